"""Jobs outlive their workers, their database and a full disk: each ends once, with its bytes."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tapeloom.app.jobs import JobService, Unavailable
from tapeloom.app.kernels import compile_once
from tapeloom.app.order import Order
from tapeloom.app.pipeline import produce
from tapeloom.core.brief import Brief
from tests.app.jobs_faults import (
    POSTGRES,
    Postgres,
    Workers,
    all_jobs,
    digests,
    fill,
    order,
    small_disk,
    wait_until_ended,
)

COUNT = int(os.environ.get("TAPELOOM_FAULT_JOBS", "200"))
SECONDS = float(os.environ.get("TAPELOOM_FAULT_SECONDS", "60"))
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """The bytes of all jobs where nothing goes wrong."""
    data = tmp_path_factory.mktemp("calm") / "data"
    with closing(JobService.open(data)) as service, Workers(2, data) as workers:
        for seed in range(COUNT):
            service.submit(order(seed))
        wait_until_ended(service, workers, 60 + 3 * COUNT)
        found = digests(service)
    assert len(found) == COUNT
    return found


def _storm(
    service: JobService, workers: Workers, *, during: dict[float, Callable[[], object]]
) -> None:
    """Order all jobs, and kill a worker every two seconds for as long as the test says.

    during  what else happens, by the second
    """
    chance = random.Random(1)  # noqa: S311
    left = dict(sorted(during.items()))
    ordered, began = 0, time.monotonic()
    last_kill = began
    while (now := time.monotonic()) - began < SECONDS:
        due = min(COUNT, int(COUNT * (now - began) / (0.8 * SECONDS)) + 1)
        for seed in range(ordered, due):  # they come while workers die
            try:
                service.submit(order(seed))
            except Unavailable:  # the database or the disk is away: nothing was accepted
                break
            ordered = seed + 1
        if now - last_kill >= 2.0:
            workers.kill_one(chance)
            last_kill = now
        for second in [second for second in left if now - began >= second]:
            left.pop(second)()
        time.sleep(0.1)
    for action in left.values():
        action()
    for seed in range(COUNT):
        service.submit(order(seed))  # ordered again where the answer was lost: the key knows it


def _check(service: JobService, data: Path, calm: dict[str, dict[str, str]]) -> None:
    """Each job ended once, with the bytes of a calm run, and nothing lies about."""
    found = all_jobs(service)
    assert Counter(job.state for job in found) == {"done": COUNT}
    told: Counter[str] = Counter()
    after = 0
    while page := service.events(after, "ann"):
        after = page[-1].id
        told.update(event.job for event in page if event.data["state"] == "done")
    assert set(told.values()) == {1}
    assert len(told) == COUNT
    assert digests(service) == calm
    kept = {one.key for job in found for one in service.store.list(f"jobs/{job.id}")}
    assert kept == {one["key"] for job in found for one in (job.result or {})["files"]}
    assert not [path for path in (data / "work").rglob("*") if path.is_file()]
    every = [path for path in (data / "artefacts").rglob("*") if path.is_file()]
    assert len(every) == len(kept)


def _end(service: JobService, workers: Workers) -> None:
    wait_until_ended(service, workers, 120 + 2 * COUNT)
    print(f"{workers.kills} kills, {service.counts().takeovers} takeovers")  # noqa: T201


def test_workers_are_killed_on_sqlite(tmp_path: Path, calm: dict[str, dict[str, str]]) -> None:
    data = tmp_path / "data"
    with closing(JobService.open(data)) as service:
        with Workers(3, data) as workers:
            _storm(service, workers, during={})
            _end(service, workers)
        _check(service, data, calm)


def test_workers_are_killed_and_postgresql_is_restarted_twice(
    tmp_path: Path, calm: dict[str, dict[str, str]]
) -> None:
    if not POSTGRES.is_dir():
        pytest.skip("needs PostgreSQL 15")
    data = tmp_path / "data"
    with Postgres(tmp_path) as postgres:

        def restart() -> None:
            postgres.stop()
            time.sleep(1.0)
            postgres.start()

        with closing(JobService.open(data, database_url=postgres.url)) as service:
            with Workers(3, data, TAPELOOM_DATABASE_URL=postgres.url) as workers:
                _storm(service, workers, during={SECONDS / 3: restart, 2 * SECONDS / 3: restart})
                _end(service, workers)
            _check(service, data, calm)


def test_the_disk_is_full_for_a_while(tmp_path: Path, calm: dict[str, dict[str, str]]) -> None:
    disk = tmp_path / "disk"
    data, filler = disk / "data", disk / "filler"
    during = {
        SECONDS / 4: lambda: fill(filler),
        SECONDS / 2: filler.unlink,
        SECONDS * 0.6: lambda: fill(filler),
        SECONDS * 0.75: filler.unlink,
    }
    try:
        with small_disk(disk, 24 + COUNT // 4), closing(JobService.open(data)) as service:
            with Workers(3, data) as workers:
                _storm(service, workers, during=during)
                _end(service, workers)
            _check(service, data, calm)
    except PermissionError as error:
        pytest.skip(f"no file system can be mounted here: {error}")


def test_a_record_whose_maker_is_killed_in_each_stage_is_the_same(tmp_path: Path) -> None:
    compile_once(print)
    asked = order(7, "make")
    made = produce(Order(Brief(**asked.payload)), tmp_path / "calm", threads=1)
    data, chance, killed = tmp_path / "data", random.Random(1), set()  # noqa: S311
    with (
        closing(JobService.open(data)) as service,
        Workers(1, data, queue="render") as workers,
    ):
        job, until = service.submit(asked), time.monotonic() + 300
        while not (job := service.get(job.id, "ann")).is_final and time.monotonic() < until:
            if job.state == "running" and job.stage not in killed:
                killed.add(job.stage)
                workers.kill_one(chance)
            time.sleep(0.02)
        assert job.state == "done", workers.said
        assert {"render", "mix", "master"} <= killed
        assert service.list("ann").jobs == (job,)
        prefix = f"jobs/{job.id}/"
        stored = {one["key"].removeprefix(prefix): one["sha256"] for one in job.result["files"]}
        del stored["record.json"]  # tells the journal, whose order hangs on the stages' threads
        assert stored == made.data["checksums"]
        assert not list((data / "work").iterdir())
