"""Orders are kept, done once, steered and followed; whoever owns them sees them, no one else."""

import io
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tapeloom.app.jobs import (
    QUEUES,
    Conflict,
    Job,
    JobOrder,
    JobService,
    Limits,
    QueueLimits,
    TooMany,
    UnknownJob,
    durable,
    sweep,
    watch,
)
from tapeloom.app.jobs.database import workers as workers_table
from tapeloom.app.jobs.runner import Backoff
from tapeloom.app.jobs.worker import Worker, WorkerOptions
from tapeloom.app.kernels import compile_once
from tapeloom.core.errors import InputError

FOUR_BARS = {"words": "rain", "bars": 4, "bpm": 90.0, "seed": 3}
QUICK = WorkerOptions(
    queues=dict.fromkeys(QUEUES, QueueLimits(1)), poll_s=0.1, dead_after_s=2.0,
    backoff=Backoff(0.01, 1.0, 3),
)  # fmt: skip


def compose(
    owner: str = "ann", key: str | None = None, priority: int = 50, **brief: object
) -> JobOrder:
    return JobOrder("compose", {**FOUR_BARS, **brief}, owner, key, priority)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[JobService]:
    limits = Limits(minutes=5, bars=64, items=10, unfinished=12)
    with closing(JobService.open(tmp_path / "data", limits=limits)) as opened:
        yield opened


@contextmanager
def at_work(service: JobService, folder: Path, options: WorkerOptions = QUICK) -> Iterator[Worker]:
    """A worker in a thread of this process."""
    worker = Worker(service, folder / "work", options)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join()
        worker.close()


def ended(service: JobService, *found: Job) -> list[Job]:
    return [service.wait_for(job.id, None, timeout_s=60.0) for job in found]


def test_an_order_is_kept_once_and_only_its_owner_sees_it(service: JobService) -> None:
    job = service.submit(compose(key="monday"))
    assert (job.state, job.kind, job.owner, job.progress) == ("queued", "compose", "ann", 0.0)
    assert service.submit(compose(key="monday")).id == job.id
    assert service.submit(compose("bob", key="monday")).id != job.id
    with pytest.raises(Conflict, match="another order"):
        service.submit(compose(key="monday", seed=4))
    assert service.get(job.id, "ann") == service.get(job.id, None) == job
    for act in (service.get, service.cancel, service.pause, service.resume, service.retry):
        with pytest.raises(UnknownJob, match="no job"):
            act(job.id, "bob")
        with pytest.raises(UnknownJob, match="no job"):
            act("0" * 26, None)
    assert {event.owner for event in service.events(0, "bob")} == {"bob"}
    assert len(service.list(None).jobs) == 2


def test_a_list_goes_on_where_the_page_ended(service: JobService) -> None:
    told = [service.submit(compose(seed=seed)).id for seed in range(5)]
    service.cancel(told[1], "ann")
    first = service.list("ann", limit=2)
    second = service.list("ann", limit=2, cursor=first.cursor)
    last = service.list("ann", limit=2, cursor=second.cursor)
    pages = [[job.id for job in page.jobs] for page in (first, second, last)]
    assert pages == [told[:2:-1], told[2:0:-1], told[:1]]
    assert last.cursor is None
    assert [job.id for job in service.list("ann", state="cancelled").jobs] == [told[1]]
    assert service.list("ann", kind="make").jobs == ()


def test_what_cannot_be_asked_is_refused_before_it_is_kept(service: JobService) -> None:
    refused = [
        (JobOrder("sing", {}, "ann"), "no kind of job"),
        (compose(bmp=80), "nearest is bpm"),
        (compose(bpm=900), "between 40 and 200"),
        (compose(bars=65), "at most 64"),
        (compose(bars=None, minutes=6), "at most 5"),
        (compose(bpm="fast"), "bpm"),
        (compose(engine="steam"), "engine"),
        (compose(files={"score.mid": "x"}), "no artefact's key"),
        (compose(rerolls=[{"role": "bass", "first_bar": 1, "last_bar": 2}]), "name it as base"),
        (compose(base="0" * 26), "no finished record"),
        (compose(words="a" * 70_000), "at most 65536"),
        (JobOrder("render", {}, "ann"), "source"),
        (JobOrder("render", {"source": "jobs/../x"}, "ann"), "no artefact's key"),
        (JobOrder("master", {"source": f"uploads/{'0' * 64}/1/a.wav"}, "ann"), "no artefact"),
        (JobOrder("kit", {"records": []}, "ann"), "1 to 30"),
        (JobOrder("train", {"songs": ["a"]}, "ann"), "2 to 500"),
    ]
    for order, sentence in refused:
        with pytest.raises(InputError, match=sentence):
            service.submit(order)
    assert service.counts().states == {}
    with pytest.raises(InputError, match="owner"):
        compose("")


def test_an_owner_has_room_for_so_many_jobs(service: JobService) -> None:
    for seed in range(12):
        service.submit(compose(seed=seed))
    with pytest.raises(TooMany, match="12 jobs are unfinished"):
        service.submit(compose())
    assert service.submit(compose("bob")).state == "queued"


def test_a_batch_is_accepted_whole_and_steered_whole(service: JobService) -> None:
    orders = [compose(seed=seed) for seed in range(3)]
    batch = service.submit_batch(orders, idempotency_key="week 1")
    assert service.submit_batch(orders, idempotency_key="week 1").id == batch.id
    items = service.list("ann", parent=batch.id).jobs
    assert [job.payload["seed"] for job in reversed(items)] == [0, 1, 2]
    assert [job.id for job in service.list("ann").jobs] == [batch.id]
    assert service.pause(batch.id, "ann").state == "paused"
    assert {job.state for job in service.list("ann", parent=batch.id).jobs} == {"paused"}
    assert service.resume(batch.id, "ann").state == "queued"
    assert service.cancel(batch.id, "ann").state == "cancelled"
    assert service.retry(batch.id, "ann").state == "queued"
    again = service.list("ann", parent=batch.id).jobs
    assert [(job.state, job.attempt) for job in again] == [("queued", 3)] * 3
    assert service.cancel(batch.id, "ann").error is None
    assert {job.state for job in service.list("ann", parent=batch.id).jobs} == {"cancelled"}
    with pytest.raises(InputError, match="one owner"):
        service.submit_batch([compose(), compose("bob")])
    with pytest.raises(InputError, match="1 to 10"):
        service.submit_batch([])
    with pytest.raises(InputError, match="key"):
        service.submit_batch([compose(key="x")])


def test_jobs_are_done_by_priority_with_files_and_a_log(
    service: JobService, tmp_path: Path
) -> None:
    late, first = service.submit(compose(priority=90)), service.submit(compose(priority=1, seed=8))
    batch = service.submit_batch([compose(seed=seed) for seed in (5, 6)])
    with at_work(service, tmp_path):
        late, first, batch = ended(service, late, first, batch)
        health = service.health()
    assert {job.state for job in (late, first, batch)} == {"done"}
    assert first.started_at < late.started_at
    assert batch.result == {"items": {"done": 2}}
    assert (health.is_ready, health.workers) == (True, 1)

    result = late.result
    assert (result["bars"], result["bpm"]) == (4, 90.0)
    names = [one["key"].removeprefix(f"jobs/{late.id}/") for one in result["files"]]
    assert {"score.json", "score.mid", "performance.mid", "brief.json"} <= set(names)
    key = f"jobs/{late.id}/score.mid"
    whole = b"".join(service.store.pieces(key))
    assert whole[:4] == b"MThd"
    assert b"".join(service.store.pieces(key, 4, 10)) == whole[4:10]
    assert not list((tmp_path / "work").iterdir())

    told = [event for event in service.events(0, "ann") if event.job == late.id]
    assert [event.data["state"] for event in told][:: len(told) - 1] == ["queued", "done"]
    assert {"compose", "perform", "publish"} <= {event.data["stage"] for event in told}
    ids = [event.id for event in service.events(0, None)]
    assert ids == sorted(set(ids))
    assert service.latest_event() == ids[-1]
    assert service.wait(ids[-2], None, timeout_s=1.0)[0].id == ids[-1]

    counts = service.counts()
    assert counts.states == {("compose", "done"): 4, ("batch", "done"): 1}
    assert counts.queues == {}
    times = {one.stage: one for one in counts.stages}
    assert times["compose"].count == 4
    assert times["compose"].buckets[-1][1] == 4


def test_a_failure_is_told_in_a_sentence_and_can_be_tried_again(
    service: JobService, tmp_path: Path
) -> None:
    key = service.upload("ann", "../my song.mid", io.BytesIO(b"no music"), max_bytes=100)
    assert key.endswith("/my song.mid")
    wrong = service.submit(JobOrder("analyze", {"source": key}, "ann"))
    with pytest.raises(InputError, match="no artefact"):
        service.submit(JobOrder("analyze", {"source": key}, "bob"))
    with pytest.raises(Conflict, match="queued"):
        service.retry(wrong.id, "ann")
    with at_work(service, tmp_path):
        wrong = ended(service, wrong)[0]
        assert (wrong.state, wrong.result) == ("failed", None)
        assert "my song.mid" in wrong.error
        again = service.retry(wrong.id, "ann")
        assert again.attempt == 2
        assert ended(service, again)[0].state == "failed"
    assert not list((tmp_path / "work").iterdir())


def test_another_job_reads_what_one_has_made(service: JobService, tmp_path: Path) -> None:
    first = service.submit(compose())
    with at_work(service, tmp_path):
        first = ended(service, first)[0]
        reroll = {"role": "bass", "first_bar": 2, "last_bar": 2, "seed": 9}
        order = JobOrder("compose", {"base": first.id, "rerolls": [reroll]}, "ann")
        edited, figures = ended(
            service,
            service.submit(order),
            service.submit(JobOrder("analyze", {"source": f"jobs/{first.id}/score.mid"}, "ann")),
        )
    assert figures.result["meter"] == "4/4"
    assert edited.state == "done", edited.error
    assert edited.result["notes"]["melody"] == first.result["notes"]["melody"]
    score = {job.id: b"".join(service.store.pieces(f"jobs/{job.id}/score.mid"))
             for job in (first, edited)}  # fmt: skip
    assert score[first.id] != score[edited.id]


def test_a_paused_job_waits_and_a_cancelled_one_is_not_begun(
    service: JobService, tmp_path: Path
) -> None:
    paused, cancelled, other = (service.submit(compose(seed=seed)) for seed in range(3))
    assert service.pause(paused.id, "ann").state == "paused"
    assert service.cancel(cancelled.id, "ann").state == "cancelled"
    with pytest.raises(Conflict, match="cancelled"):
        service.pause(cancelled.id, "ann")
    with at_work(service, tmp_path):
        ended(service, other)
        assert service.get(paused.id, "ann").state == "paused"
        assert service.resume(paused.id, "ann").attempt == 2
        assert ended(service, paused)[0].state == "done"
    assert service.get(cancelled.id, "ann").started_at is None
    assert service.cancel(other.id, "ann").state == "done"


def test_a_dead_workers_job_is_taken_over(service: JobService, tmp_path: Path) -> None:
    job = service.submit(compose())
    watch.enlist(service.database, "ghost", host="gone", pid=1)
    status = sa.table("workflow_status", sa.column("status"), sa.column("executor_id"))
    with service.database.engine.begin() as connection:  # as if it had died at work
        connection.execute(sa.update(status).values(status="PENDING", executor_id="ghost"))
        connection.execute(sa.update(workers_table).values(seen_at=0.0))
    assert not watch.watch_once(service.client, service.database, "a", dead_after_s=1e12).lost
    assert watch.watch_once(service.client, service.database, "b", dead_after_s=1.0) is None
    done = watch.watch_once(service.client, service.database, "a", dead_after_s=1.0)
    assert (done.lost, done.taken_over) == (("ghost",), (job.id,))
    assert not watch.beat(service.database, "ghost")
    with at_work(service, tmp_path):
        assert ended(service, job)[0].state == "done"
    assert service.counts().takeovers == 1


def test_a_job_whose_workflow_ended_without_it_begins_again(
    service: JobService, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = service.submit(compose())
    service.client.cancel_workflow(durable.workflow_id(job.id, 1))
    monkeypatch.setattr(watch, "_SETTLING_S", -1.0)
    for attempt in range(2, watch.MOST_REPAIRS + 2):
        done = watch.watch_once(service.client, service.database, "a", dead_after_s=1.0)
        assert done.begun_again == (job.id,)
        assert service.get(job.id, "ann").attempt == attempt
        service.client.cancel_workflow(durable.workflow_id(job.id, attempt))
    watch.watch_once(service.client, service.database, "a", dead_after_s=1.0)
    assert "its worker died 20 times" in service.get(job.id, "ann").error


def test_a_job_at_work_stops_when_it_is_cancelled(
    service: JobService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "SETTLE_S", 0.0)
    job = service.submit(compose(bars=64))
    with at_work(service, tmp_path):
        _cancel_at(service, job, "compose")
        _wait_until_swept(tmp_path / "work")
    assert service.get(job.id, "ann").state == "cancelled"
    assert service.store.list(f"jobs/{job.id}") == ()
    assert {one.stage for one in service.counts().stages} <= {"compose"}


@pytest.mark.slow
def test_a_record_stops_in_the_middle_of_a_stage(service: JobService, tmp_path: Path) -> None:
    compile_once(print)
    job = service.submit(JobOrder("make", {**FOUR_BARS, "bars": 64}, "ann"))
    with at_work(service, tmp_path):
        _cancel_at(service, job, "render")
        _wait_until_swept(tmp_path / "work")
    assert service.get(job.id, "ann").state == "cancelled"
    assert service.store.list(f"jobs/{job.id}") == ()
    assert {one.stage for one in service.counts().stages} <= {"compose", "perform"}


def _cancel_at(service: JobService, job: Job, stage: str) -> None:
    until = time.monotonic() + 60
    while service.get(job.id, "ann").stage != stage and time.monotonic() < until:
        time.sleep(0.02)
    service.cancel(job.id, "ann")


def _wait_until_swept(folder: Path) -> None:
    until = time.monotonic() + 60
    while list(folder.iterdir()) and time.monotonic() < until:
        time.sleep(0.1)


def test_ordering_imports_no_sound() -> None:
    program = (
        "import sys, tapeloom.app.jobs\n"
        "print([name for name in ('scipy', 'numba', 'onnxruntime', 'soundfile') "
        "if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_what_was_accepted_is_there_when_the_program_begins_anew(tmp_path: Path) -> None:
    with closing(JobService.open(tmp_path)) as one:
        job = one.submit(compose())
    with closing(JobService.open(tmp_path)) as other:
        assert other.get(job.id, "ann") == job
