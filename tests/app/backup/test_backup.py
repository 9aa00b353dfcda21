"""A backup holds all data of a moment, and what is put back goes on as it would have gone on."""

import gzip
import hashlib
import io
import json
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from tapeloom.app.api.keys import KeyRing
from tapeloom.app.api.tables import create_tables
from tapeloom.app.backup import export_backup
from tapeloom.app.backup.tables import LEFT_OUT, tables
from tapeloom.app.commands import app
from tapeloom.app.jobs import JobOrder, JobService, watch
from tapeloom.app.jobs.pool import WorkerPool
from tapeloom.core.errors import InputError, TapeloomError
from tests.app.conftest import tapeloom
from tests.app.jobs_faults import POSTGRES, Postgres
from tests.app.test_jobs import at_work

from .conftest import FILES, brought, compose, exported, fill, finish, members


def test_export_import_export_gives_the_same_manifest(
    service: JobService, empty: JobService
) -> None:
    filled = fill(service)
    archive = exported(service)
    told = brought(empty, archive)
    assert (told.written, told.kept, told.removed) == (len(FILES) + 1, 0, 0)
    assert told.waiting == 4  # one that waited, one at work, two of the batch
    again = members(exported(empty))
    first = members(archive)
    assert again["manifest.jsonl"] == first["manifest.jsonl"]
    assert set(again) == set(first)
    for name, content in FILES.items():
        assert b"".join(empty.store.pieces(f"jobs/{filled.done.id}/{name}")) == content
    assert f"artefacts/jobs/{filled.at_work.id}/half.flac" not in first


def test_every_line_of_the_manifest_is_true(service: JobService) -> None:
    fill(service)
    found = members(exported(service))
    lines = [json.loads(line) for line in found.pop("manifest.jsonl").splitlines()]
    assert json.loads(found.pop("tapeloom.json"))["format"] == 1
    assert [line["name"] for line in lines] == list(found)
    for line in lines:
        content = found[line["name"]]
        assert line["bytes"] == len(content)
        assert line["sha256"] == hashlib.sha256(content).hexdigest()
        assert line.get("rows", content.count(b"\n")) == content.count(b"\n")


def test_every_table_is_kept_or_left_out_for_a_reason(service: JobService) -> None:
    create_tables(service.database.engine)
    there = {name for name in sa.inspect(service.database.engine).get_table_names()
             if name.startswith("tapeloom_")}  # fmt: skip
    assert there == {table.name for table in tables()} | set(LEFT_OUT)


def test_keys_are_hashes_and_sessions_are_left_out(service: JobService, empty: JobService) -> None:
    key = fill(service).key
    token = KeyRing(service.database.engine).make_link()
    archive = exported(service)
    for secret in (key.rpartition("_")[2], token, hashlib.sha256(token.encode()).hexdigest()):
        assert secret.encode() not in archive
    brought(empty, archive)
    assert KeyRing(empty.database.engine).look_up("key", key) is not None


def test_keys_can_be_left_behind(service: JobService, empty: JobService) -> None:
    key = fill(service).key
    brought(empty, exported(service), keys=False)
    assert KeyRing(empty.database.engine).look_up("key", key) is None


def test_unfinished_work_waits_again_where_it_is_put_back(
    service: JobService, empty: JobService
) -> None:
    filled = fill(service)
    last = service.latest_event()
    brought(empty, exported(service))
    assert empty.latest_event() == last
    enqueued = {one.workflow_id: one.queue_name for one in empty.client.list_workflows()}
    queued = [job for job in empty.list(None, state="queued").jobs if job.kind == "compose"]
    batch = empty.list(None, kind="batch").jobs[0]
    items = empty.list(None, parent=batch.id).jobs
    assert enqueued == {f"{job.id}-1": "compose" for job in (*queued, *items)}
    assert {filled.waiting.id, filled.at_work.id} == {job.id for job in queued}
    empty.cancel(filled.waiting.id, "ann")
    assert empty.events(last, None)[0].id > last
    assert empty.get(filled.done.id, "ann") == service.get(filled.done.id, "ann")
    paused = empty.list("ann", state="paused").jobs[0]
    assert empty.resume(paused.id, "ann").attempt == 2
    schedules = {one["schedule_name"]: one["status"] for one in empty.client.list_schedules()}
    assert schedules == {"ann/morning": "ACTIVE", "ann/noon": "PAUSED"}


@pytest.mark.slow
def test_unfinished_work_is_done_where_it_is_put_back(
    service: JobService, empty: JobService, tmp_path: Path
) -> None:
    filled = fill(service)
    brought(empty, exported(service))
    with at_work(service, tmp_path / "here"):
        here = service.wait_for(filled.waiting.id, "ann", timeout_s=60)
    with at_work(empty, tmp_path / "elsewhere"):
        there = empty.wait_for(filled.waiting.id, "ann", timeout_s=60)
        assert empty.wait_for(filled.at_work.id, "ann", timeout_s=60).state == "done"
    assert (there.state, there.result) == ("done", here.result)


def test_a_backup_is_of_one_moment_while_orders_come(
    service: JobService, empty: JobService
) -> None:
    create_tables(service.database.engine)
    told = threading.Event()

    def order() -> None:
        number = 0
        while not told.is_set():
            job = service.submit(compose(seed=number))
            finish(service, job.id, {"a": str(number).encode()})
            number += 1
            time.sleep(0.005)

    ordering = threading.Thread(target=order)
    ordering.start()
    try:
        time.sleep(0.3)
        archives = [exported(service) for _ in range(3)]
    finally:
        told.set()
        ordering.join()
    for archive in archives:
        found = members(archive)
        jobs = [json.loads(line) for line in found["rows/tapeloom_jobs.jsonl"].splitlines()]
        events = [json.loads(line) for line in found["rows/tapeloom_job_events.jsonl"].splitlines()]
        done = {job["id"] for job in jobs if job["state"] == "done"}
        assert done == {one["job"] for one in events if one["data"]["state"] == "done"}
        assert {name.split("/")[2] for name in found if name.startswith("artefacts/")} == done
        counter = json.loads(found["rows/+counters.jsonl"])
        assert counter["value"] == events[-1]["id"]
    assert len(done) > 3
    brought(empty, archives[-1])


def test_what_is_there_is_not_replaced_unless_it_is_asked(
    service: JobService, empty: JobService
) -> None:
    fill(service)
    archive = exported(service)
    other = empty.submit(compose(seed=99))
    finish(empty, other.id, {"old.flac": b"old"})
    with pytest.raises(InputError, match="database holds rows in tapeloom_job"):
        brought(empty, archive)
    assert empty.get(other.id, "ann").state == "done"
    told = brought(empty, archive, replaces=True)
    assert told.removed == 1
    assert not empty.store.exists(f"jobs/{other.id}/old.flac")
    assert members(exported(empty))["manifest.jsonl"] == members(archive)["manifest.jsonl"]
    told = brought(empty, archive, replaces=True)  # once more: nothing is written again
    assert (told.written, told.removed) == (0, 0)
    empty.cancel(empty.list("ann", state="queued").jobs[0].id, "ann")  # it can still be steered


def test_a_store_that_holds_something_is_not_empty(service: JobService, empty: JobService) -> None:
    fill(service)
    archive = exported(service)
    key = empty.upload("bob", "b.mid", io.BytesIO(b"b"), max_bytes=9)
    with pytest.raises(InputError, match="store holds 'uploads/"):
        brought(empty, archive)
    assert [one.key for one in empty.store.walk()] == [key]


def test_nothing_is_put_back_under_the_hands_of_workers(
    service: JobService, empty: JobService
) -> None:
    fill(service)
    watch.enlist(empty.database, "w", host="h", pid=1)
    with pytest.raises(InputError, match="stop them"):
        brought(empty, exported(service), replaces=True)


def test_a_failure_on_the_way_leaves_nothing(
    service: JobService, empty: JobService, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(service)
    archive = exported(service)
    for place in ("_put_artefact", "_enqueue", "_insert"):
        with monkeypatch.context() as patched:
            from tapeloom.app.backup import restoring

            real, count = getattr(restoring, place), iter(range(99))

            def fail(*given: object, real=real, count=count) -> object:  # type: ignore[no-untyped-def]
                if next(count) == (2 if real.__name__ != "_enqueue" else 0):
                    raise TapeloomError("the disk is full")
                return real(*given)

            patched.setattr(restoring, place, fail)
            with pytest.raises(TapeloomError, match="disk is full"):
                brought(empty, archive)
        assert list(empty.store.walk()) == []
        assert not any(Path(empty.store.root).iterdir())
        assert empty.list(None).jobs == ()
    brought(empty, archive)


def test_files_of_an_import_that_was_cut_off_are_kept(
    service: JobService, empty: JobService, tmp_path: Path
) -> None:
    filled = fill(service)
    archive = exported(service)
    whole, half = f"jobs/{filled.done.id}/master.flac", f"jobs/{filled.done.id}/dry/keys ü.flac"
    for key, content in ((whole, FILES["master.flac"]), (half, b"d")):
        (tmp_path / "file").write_bytes(content)
        empty.store.put(tmp_path / "file", key)
        (tmp_path / "file").unlink()
    left = Path(empty.store.root, ".import-abc.partial")
    left.mkdir()
    told = brought(empty, archive)
    assert (told.written, told.kept) == (len(FILES), 1)
    assert not left.exists()
    assert members(exported(empty))["manifest.jsonl"] == members(archive)["manifest.jsonl"]


@pytest.mark.slow
def test_an_import_that_was_killed_is_gone_on_with(service: JobService, tmp_path: Path) -> None:
    fill(service)
    (tmp_path / "all.tar").write_bytes(exported(service))
    program = (
        "import os, sys\n"
        "from tapeloom.app.backup import restoring\n"
        "real, told = restoring._put_artefact, []\n"
        "def die(*given):\n"
        "    if len(told) == 2: os._exit(9)\n"
        "    real(*given); told.append(1)\n"
        "restoring._put_artefact = die\n"
    )
    ran = tapeloom("data", "import", "all.tar", "--data", "new", cwd=tmp_path, before=program)
    assert ran.code == 9
    ran = tapeloom("data", "import", "all.tar", "--data", "new", "--json", cwd=tmp_path)
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert (told["written"], told["kept"]) == (len(FILES) - 1, 2)
    with closing(JobService.open(tmp_path / "new")) as opened:
        assert (
            members(exported(opened))["manifest.jsonl"]
            == members((tmp_path / "all.tar").read_bytes())["manifest.jsonl"]
        )
        assert not list((tmp_path / "new").rglob("*.partial"))


def test_files_that_are_gone_or_altered_are_told(service: JobService) -> None:
    filled = fill(service)
    folder = Path(service.store.root, f"jobs/{filled.done.id}")
    (folder / "master.flac").unlink()
    (folder / "dry/keys ü.flac").write_bytes(b"wet")
    lost = service.submit(compose(seed=50))
    finish(service, lost.id, {"a": b"a"})
    service.store.delete(f"jobs/{lost.id}")
    taken = export_backup(service, io.BytesIO())
    prefix = f"jobs/{filled.done.id}"
    assert taken.missing == [f"{prefix}/master.flac", f"jobs/{lost.id}/a"]
    assert taken.altered == [f"{prefix}/dry/keys ü.flac"]


def run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(app, ["data", *arguments], input=given)


def test_the_commands_pack_unpack_and_tell(
    service: JobService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(service)
    monkeypatch.chdir(tmp_path)
    ran = run("export", "all.tar.gz", "--data", "data", "--json")
    assert json.loads(ran.stdout)["artefacts"] == len(FILES) + 1
    path = tmp_path / "all.tar.gz"
    assert path.stat().st_mode & 0o077 == 0
    assert isinstance(run("export", "all.tar.gz", "--data", "data").exception, InputError)
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]
    ran = run("import", "-", "--data", "new", given=path.read_bytes())
    assert ran.exit_code == 0, ran.exception
    assert "4 jobs wait for a worker" in ran.stderr
    told = json.loads(run("info", "--data", "new", "--json").stdout)
    assert told["jobs"] == {"queued": 5, "paused": 1, "failed": 1, "done": 1}
    assert told["artefacts"]["jobs"]["files"] == len(FILES)
    assert "jobs paused: 1" in run("info", "--data", "new").stdout
    plain = run("export", "-", "--data", "new", "--quiet").stdout_bytes
    with gzip.open(path) as first:
        assert members(plain)["manifest.jsonl"] == members(first.read())["manifest.jsonl"]
    Path(service.store.root, "uploads").rename(tmp_path / "elsewhere")
    job = service.list("ann", state="done").jobs[0]
    service.store.delete(f"jobs/{job.id}")
    ran = run("export", "all.tar", "--data", "data")
    assert "is not in the store" in ran.stderr
    assert isinstance(ran.exception, TapeloomError)
    assert (tmp_path / "all.tar").is_file()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("export", "all.zip", "--data", "."), "must end in .tar"),
        (("export", "-", "--json"), "leave out --json"),
        (("export", "a.tar", "--data", "nowhere"), "not there"),
        (("import", "nowhere.tar", "--data", "new"), "cannot be read"),
    ],
)
def test_bad_use_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert isinstance(done.exception, InputError)
    assert sentence in str(done.exception)


@pytest.mark.slow
@pytest.mark.skipif(not POSTGRES.is_dir(), reason="needs PostgreSQL 15")
def test_from_sqlite_to_postgresql_and_back(
    service: JobService, empty: JobService, tmp_path: Path
) -> None:
    filled = fill(service)
    archive = exported(service)
    manifest = members(archive)["manifest.jsonl"]
    with Postgres(tmp_path) as postgres:
        there = JobService.open(tmp_path / "pg_data", database_url=postgres.url)
        with closing(there):
            brought(there, archive)
            back = exported(there)
            assert members(back)["manifest.jsonl"] == manifest
            last = there.latest_event()
            order = JobOrder("compose", {"bars": 4, "seed": 77}, "ann")
            there.cancel(there.submit(order).id, "ann")
            assert there.events(last, None)[0].id > last  # the ids go on
            brought(there, archive, replaces=True)
            assert members(exported(there))["manifest.jsonl"] == manifest
            environment = {"TAPELOOM_DATABASE_URL": postgres.url, "TAPELOOM_POLL_S": "0.1"}
            arguments = ["--data", str(tmp_path / "pg_data"), "--queue", "compose", "--quiet"]
            with WorkerPool(1, arguments=arguments, environment=environment):
                assert there.wait_for(filled.at_work.id, "ann", timeout_s=60).state == "done"
        brought(empty, back)
    assert members(exported(empty))["manifest.jsonl"] == manifest
