"""A service with something of everything in it."""

import hashlib
import io
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from tapeloom.app.api.keys import KeyRing
from tapeloom.app.api.tables import TAGS, UPLOADS, create_tables
from tapeloom.app.backup import Imported, ImportOrder, export_backup, import_backup
from tapeloom.app.jobs import Job, JobOrder, JobService, ledger
from tapeloom.app.jobs.schedules import Schedule, add_schedule

FOUR_BARS = {"words": "rain", "bars": 4, "bpm": 90.0, "seed": 3}
FILES = {"master.flac": bytes(range(256)) * 600, "dry/keys ü.flac": b"dry", "a" * 190: b""}


def compose(**brief: object) -> JobOrder:
    return JobOrder("compose", {**FOUR_BARS, **brief}, "ann")


def finish(service: JobService, job: str, files: dict[str, bytes]) -> None:
    """Let a job be done, with these files."""
    told = []
    for name, content in files.items():
        key = f"jobs/{job}/{name}"
        path = Path(service.store.root, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        told.append({"key": key, "bytes": len(content), "sha256": sha256})
    with service.database.logging() as connection:
        ledger.settle(connection, service.database, job, "done", states=("queued", "running"),
                      result={"files": told, "title": "Rain"})  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """What was put into a service."""

    done: Job
    waiting: Job
    at_work: Job
    failed: Job
    upload: str
    key: str


def fill(service: JobService) -> Filled:
    """Put jobs of each state, a batch, an upload, tags, a key and a schedule into a service."""
    create_tables(service.database.engine)
    done, waiting, at_work, failed = (service.submit(compose(seed=n)) for n in range(1, 5))
    finish(service, done.id, FILES)
    assert ledger.begin_stage(service.database, at_work.id, 1, "compose")
    ledger.end_stage(service.database, at_work.id, "compose", "compose", 0.25)
    ledger.report(service.database, at_work.id, 1, "perform", 0.1 + 0.2)
    service.pause(service.submit(compose(seed=5)).id, "ann")
    with service.database.logging() as connection:
        ledger.settle(connection, service.database, failed.id, "failed", states=("queued",),
                      error="no such key \u2603")  # fmt: skip
        ledger.tally(connection, service.database, "takeovers", 3)
    stray = Path(service.store.root, f"jobs/{at_work.id}/half.flac")
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"half")
    service.submit_batch([compose(seed=7), compose(seed=8)], idempotency_key="batch")
    upload = service.upload("ann", "song.mid", io.BytesIO(b"MThd"), max_bytes=100)
    rows = {"id": "0" * 26, "owner": "ann", "name": "song.mid", "artefact": upload,
            "kind": "score", "bytes": 4, "sha256": "ab", "created_at": 1e9 / 3}  # fmt: skip
    keys = KeyRing(service.database.engine)
    _, key = keys.make_key("script", ["read", "write"])
    keys.make_link()
    with service.database.engine.begin() as connection:
        connection.execute(sa.insert(UPLOADS).values(rows))
        connection.execute(sa.insert(TAGS), [{"record": done.id, "tag": t} for t in ("a-b", "a b")])
    add_schedule(service, Schedule("morning", "0 6 * * *", compose()))
    add_schedule(service, Schedule("noon", "0 12 * * *", compose()))
    service.client.pause_schedule("ann/noon")
    return Filled(done, waiting, at_work, failed, upload, key)


def exported(service: JobService) -> bytes:
    file = io.BytesIO()
    taken = export_backup(service, file)
    assert not taken.missing
    assert not taken.altered
    return file.getvalue()


def brought(service: JobService, archive: bytes, **order: bool) -> Imported:
    return import_backup(service, io.BytesIO(archive), ImportOrder(**order))


def members(archive: bytes) -> dict[str, bytes]:
    """The entries of an archive, as any tar reads them."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
        return {one.name: tar.extractfile(one).read() for one in tar}  # type: ignore[union-attr]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[JobService]:
    with closing(JobService.open(tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[JobService]:
    with closing(JobService.open(tmp_path / "empty")) as opened:
        yield opened
