"""What jobs are made of: the store, tables of briefs, settings, schedules, and the command."""

import io
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tapeloom.app.jobs import JobOrder, JobService, QueueLimits, Store, UnknownJob, sweep
from tapeloom.app.jobs.batches import orders_of_count, orders_of_csv
from tapeloom.app.jobs.pool import WorkerPool
from tapeloom.app.jobs.schedules import (
    Schedule,
    add_schedule,
    give_order,
    list_schedules,
    remove_schedule,
)
from tapeloom.app.jobs.settings import open_service, read_settings
from tapeloom.core.errors import InputError, TapeloomError
from tests.app.conftest import tapeloom

FOUR_BARS = {"words": "rain", "bars": 4}


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    memory = f"memory://{tmp_path.name}"  # as an object store answers
    return Store.open(str(tmp_path / "store") if request.param == "folder" else memory)


def test_a_file_comes_back_as_it_was(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(256)))
    assert store.put(path, "jobs/1/dry/a.bin").bytes == 256
    assert store.put(path, "jobs/1/dry/a.bin").bytes == 256
    store.get("jobs/1/dry/a.bin", tmp_path / "b" / "c.bin")
    assert (tmp_path / "b/c.bin").read_bytes() == path.read_bytes()
    assert b"".join(store.pieces("jobs/1/dry/a.bin", 10, 20)) == bytes(range(10, 20))
    assert b"".join(store.pieces("jobs/1/dry/a.bin", 250)) == bytes(range(250, 256))
    assert [(one.key, one.bytes) for one in store.list("jobs/1")] == [("jobs/1/dry/a.bin", 256)]
    assert (store.size("jobs/1/dry/a.bin"), store.exists("jobs/1/dry")) == (256, False)
    store.check()
    store.delete("jobs/1")
    store.delete("jobs/1")
    assert store.list("jobs/1") == ()
    for act in (store.size, store.open_file, lambda key: store.get(key, path)):
        with pytest.raises(InputError, match="no artefact"):
            act("jobs/1/dry/a.bin")


@pytest.mark.parametrize("key", ["../a", "jobs//a", "jobs/./a", "a\\..\\b", "a\0b", ""])
def test_a_key_cannot_leave_the_store(store: Store, key: str) -> None:
    with pytest.raises(InputError, match="no artefact's key"):
        store.exists(key)


def test_an_upload_is_its_owners_and_of_bounded_size(store: Store) -> None:
    key = store.upload("ann", "..\\..\\My: song?.MID", io.BytesIO(b"abc"), max_bytes=3)
    assert key.rpartition("/")[2] == "My- song.MID"
    assert (store.is_upload_of("ann", key), store.is_upload_of("bob", key)) == (True, False)
    with pytest.raises(InputError, match="over 2 bytes"):
        store.upload("bob", "b.mid", io.BytesIO(b"abc"), max_bytes=2)
    assert [one.key for one in store.list("uploads")] == [key]


def test_a_store_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        Store.open("nowhere://bucket")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        Store.open(str(tmp_path / "file" / "store"))
    store = Store.open(str(tmp_path / "store"))
    (tmp_path / "store/jobs").touch()  # a file where a folder must be
    with pytest.raises(TapeloomError, match="cannot be written"):
        store.put(tmp_path / "file", "jobs/1/a")


def test_a_table_of_briefs_becomes_orders() -> None:
    table = '\ufeffwords,bpm,bars,seed,priority\nrain,72,8,5,1\n"warm, slow",,,,\n'
    first, second = orders_of_csv(table, "make", "ann")
    assert first.payload == {"words": "rain", "bpm": 72.0, "bars": 8, "seed": 5}
    assert (first.priority, second.priority) == (1, 50)
    assert second.payload == {"words": "warm, slow", "seed": 2}
    for wrong, sentence in (
        ("mood\nrain", "no column"),
        ("words", "no record"),
        ("", "no column"),
        ("words,bpm\nrain", "more or fewer"),
        ("words,bpm\nrain,fast", "no number"),
        ('words\n"rain', "cannot be read"),
        ("words\n" + "a" * 2**20, "over 1048576"),
    ):
        with pytest.raises(InputError, match=sentence):
            orders_of_csv(wrong, "make", "ann")
    with pytest.raises(InputError, match="whole number"):
        orders_of_count(JobOrder("make", {"seed": "x"}, "ann"), 2)


def test_settings_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TAPELOOM_QUEUES", "render=2,8,30/60; compose=4")
    monkeypatch.setenv("TAPELOOM_DATABASE_URL", "mysql://a:secret@b/c")
    settings = read_settings(data=tmp_path)
    assert settings.all_queues["render"] == QueueLimits(2, 8, (30, 60.0))
    assert settings.all_queues["compose"] == QueueLimits(4)
    assert "secret" not in repr(settings)
    with pytest.raises(InputError, match="mysql") as error:
        open_service(settings)
    assert "secret" not in str(error.value)
    monkeypatch.setenv("TAPELOOM_DATABASE_URL", "postgresql://a:secret@127.0.0.1:1/c")
    with pytest.raises(TapeloomError, match="cannot be opened") as error:
        open_service(read_settings(data=tmp_path))
    assert "secret" not in str(error.value)
    for name, value, sentence in (
        ("TAPELOOM_POLL_S", "often", "TAPELOOM_POLL_S"),
        ("TAPELOOM_QUEUES", "rendr=1", "nearest is render"),
        ("TAPELOOM_QUEUES", "render=many", "limits of a queue"),
        ("TAPELOOM_QUEUES", "render=0", "above 0"),
    ):
        with monkeypatch.context() as patched:
            patched.setenv(name, value)
            with pytest.raises(InputError, match=sentence):
                read_settings()


def test_a_schedule_orders_once_at_each_moment(tmp_path: Path) -> None:
    with closing(JobService.open(tmp_path)) as service:
        order = JobOrder("compose", FOUR_BARS, "ann", priority=9)
        add_schedule(service, Schedule("morning", "0 6 * * *", order))
        assert list_schedules(service, "ann") == (Schedule("morning", "0 6 * * *", order),)
        assert list_schedules(service, "bob") == ()
        for wrong, sentence in (
            (Schedule("morning", "0 6 * * *", order), "cannot be kept"),
            (Schedule("noon", "at noon", order), "cannot be kept"),
            (Schedule("a/b", "0 6 * * *", order), "without /"),
        ):
            with pytest.raises(InputError, match=sentence):
                add_schedule(service, wrong)
        moments = [datetime(2030, 1, day, 6, tzinfo=UTC) for day in (1, 2)]
        context = service.client.list_schedules()[0]["context"]
        first, again = (give_order(service, moments[0], context) for _ in range(2))
        second = give_order(service, moments[1], context)
        assert first == again != second
        seeds = {service.get(job, "ann").payload["seed"] for job in (first, second)}
        assert len(seeds) == 2
        with pytest.raises(UnknownJob):
            remove_schedule(service, "bob", "morning")
        remove_schedule(service, "ann", "morning")
        assert list_schedules(service, "ann") == ()


def test_what_ended_jobs_leave_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "SETTLE_S", -1.0)
    with closing(JobService.open(tmp_path)) as service:
        kept, ended = (service.submit(JobOrder("compose", FOUR_BARS, "ann")) for _ in range(2))
        service.cancel(ended.id, "ann")
        work = tmp_path / "work"
        for name in (kept.id, ended.id, "nobody's"):
            (work / name).mkdir(parents=True)
        (tmp_path / "a").touch()
        for job in (kept, ended):
            service.store.put(tmp_path / "a", f"jobs/{job.id}/a")
        assert set(sweep.sweep(service, work)) == {ended.id, "nobody's"}
        assert sweep.sweep(service, work) == ()
        assert [path.name for path in work.iterdir()] == [kept.id]
        assert [one.key for one in service.store.list("jobs")] == [f"jobs/{kept.id}/a"]

        last = service.latest_event()
        assert sweep.forget(service.client, service.database, 1.0) == 0
        assert sweep.forget(service.client, service.database, -1.0) == 1
        assert {event.job for event in service.events(0, None)} == {kept.id}
        assert service.get(ended.id, "ann").state == "cancelled"
        service.cancel(kept.id, "ann")
        assert service.latest_event() > last  # an id is never given again


def test_the_command_works_until_it_is_told_to_end(tmp_path: Path) -> None:
    data = tmp_path / "data"
    environment = {"TAPELOOM_POLL_S": "0.1", "TAPELOOM_DEAD_AFTER_S": "3"}
    with closing(JobService.open(data)) as service:
        job = service.submit(JobOrder("compose", FOUR_BARS, "ann"))
        arguments = ["--data", str(data), "--queue", "compose", "--quiet"]
        with WorkerPool(1, arguments=arguments, environment=environment) as pool:
            first = pool.pids[0]
            assert service.wait_for(job.id, "ann", timeout_s=60).state == "done"
            os.kill(first, signal.SIGKILL)
            until = time.monotonic() + 20
            while pool.pids in ((), (first,)) and time.monotonic() < until:
                time.sleep(0.1)
            assert pool.pids not in ((), (first,))
        assert pool.pids == ()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--queue", "tea"), "no queue"),
        (("--queue", "render", "--watchdog"), "leave out --queue"),
        (("--processes", "0"), "between 1 and 64"),
    ],
)
def test_the_command_refuses_what_cannot_be(arguments: tuple[str, ...], sentence: str) -> None:
    import typer
    from typer.testing import CliRunner

    from tapeloom.app.commands import worker

    app = typer.Typer()
    app.command()(worker)
    done = CliRunner().invoke(app, arguments)
    assert sentence in str(done.exception)


def test_without_the_extra_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    ran = tapeloom("worker", cwd=tmp_path, before="import sys; sys.modules['dbos'] = None")
    assert ran.code == 2
    assert "pip install 'tapeloom[service]'" in ran.err


def test_help_imports_no_jobs() -> None:
    program = (
        "import sys, tapeloom.app.commands\n"
        "print([name for name in ('dbos', 'sqlalchemy', 'fsspec') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
