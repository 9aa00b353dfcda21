"""Taking a backup while the service runs: the rows of one moment, and the files that they name."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, BinaryIO

from tapeloom import __version__
from tapeloom.app.api.tables import create_tables
from tapeloom.app.backup import names
from tapeloom.app.backup.archive import Writer, in_pieces
from tapeloom.app.backup.names import Line
from tapeloom.app.backup.tables import (
    files_of,
    last_event,
    line_of,
    read_object,
    rows,
    snapshot,
    tables,
)
from tapeloom.app.jobs import JobService, durable
from tapeloom.app.jobs.artefacts import Artefact
from tapeloom.app.jobs.models import DONE
from tapeloom.core.errors import InputError

OnProgress = Callable[[int, int], None]  # (files so far, their bytes)


@dataclass(slots=True)
class Taken:
    """What went into a backup."""

    rows: dict[str, int] = field(default_factory=dict)  # by table
    artefacts: int = 0
    artefact_bytes: int = 0
    missing: list[str] = field(default_factory=list)  # named by a job, and not in the store
    altered: list[str] = field(default_factory=list)  # with other bytes than its job made


def export_backup(
    service: JobService, file: BinaryIO, *, on_progress: OnProgress = lambda _files, _bytes: None
) -> Taken:
    """Write a backup of all data of a service, which may be at work meanwhile.

    The rows are of one moment. Files are written once and never changed, so that those which the
    rows name are copied afterwards, one piece at a time. An upload that is removed meanwhile is
    left out and told.
    """
    create_tables(service.database.engine)
    taken, archive = Taken(), Writer(file)
    with tempfile.TemporaryFile() as manifest, tempfile.TemporaryFile() as jobs:
        header = {
            "format": names.FORMAT, "tapeloom": __version__, "jobs": durable.VERSION,
            "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }  # fmt: skip
        _add_bytes(archive, names.HEADER, json.dumps(header).encode() + b"\n")
        _add_rows(service, archive, manifest, jobs, taken)
        jobs.seek(0)
        _add_artefacts(service, archive, manifest, jobs, taken, on_progress)
        size = manifest.tell()
        manifest.seek(0)
        archive.add(names.MANIFEST, size, in_pieces(manifest))
        archive.end()
    return taken


def _add_bytes(archive: Writer, name: str, content: bytes) -> None:
    archive.add(name, len(content), [content])


def _add_rows(
    service: JobService, archive: Writer, manifest: BinaryIO, jobs: BinaryIO, taken: Taken
) -> None:
    """Write all tables; the transaction is over before the first byte of a file is read."""
    database = service.database
    with tempfile.TemporaryFile() as spool:
        written: list[Line] = []
        with snapshot(database) as connection:
            counters = [line_of({"name": "last_event", "value": last_event(connection, database)})]
            written.append(_spool(spool, names.COUNTERS, counters))
            written.append(_spool(spool, names.SCHEDULES, map(line_of, _schedules(service))))
            for table in tables():
                found: Iterable[bytes] = rows(connection, database, table)
                if table.name == "tapeloom_jobs":
                    found = _copied(found, jobs)
                written.append(_spool(spool, f"{names.ROWS}{table.name}.jsonl", found))
        spool.seek(0)
        for line in written:
            archive.add(line.name, line.size_bytes, _next(spool, line.size_bytes))
            manifest.write(line.encode())
            taken.rows[line.name.removeprefix(names.ROWS).removesuffix(".jsonl")] = line.rows or 0


def _schedules(service: JobService) -> list[dict[str, Any]]:
    found = service.client.list_schedules(workflow_name=durable.TICK)
    told = [
        {"name": one["schedule_name"], "cron": one["schedule"], "context": one["context"],
         "is_paused": one["status"] != "ACTIVE"}
        for one in found
    ]  # fmt: skip
    return sorted(told, key=lambda one: str(one["name"]))


def _spool(spool: BinaryIO, name: str, found: Iterable[bytes]) -> Line:
    digest, size, count = hashlib.sha256(), 0, 0
    for count, line in enumerate(found, 1):  # noqa: B007  (the last is the count)
        digest.update(line)
        size += spool.write(line)
    return Line(name, size, digest.hexdigest(), count)


def _copied(found: Iterable[bytes], copy: BinaryIO) -> Iterator[bytes]:
    for line in found:
        copy.write(line)
        yield line


def _next(spool: BinaryIO, size: int) -> Iterator[bytes]:
    left = size
    while left:
        piece = spool.read(min(2**20, left))
        left -= len(piece)
        yield piece


def _add_artefacts(
    service: JobService, archive: Writer, manifest: BinaryIO, jobs: BinaryIO, taken: Taken,
    on_progress: OnProgress,
) -> None:  # fmt: skip
    """Write the files of the store but those of jobs that were not done at that moment."""
    done = _done_jobs(jobs)
    made = next(done, None)
    for folder, group in groupby(service.store.walk(), lambda one: one.key.split("/")[:2]):
        expected: dict[str, str] = {}
        if folder[0] == "jobs":
            while made is not None and made[0] < folder[1]:
                taken.missing += made[1]
                made = next(done, None)
            if made is None or made[0] != folder[1]:
                continue
            expected, made = made[1], next(done, None)
        for one in group:
            wanted = expected.pop(one.key, None)
            if names.is_hidden(one.key):
                continue
            if (line := _add_artefact(service, archive, one)) is None:
                taken.missing.append(one.key)
                continue
            manifest.write(line.encode())
            taken.artefacts += 1
            taken.artefact_bytes += line.size_bytes
            if wanted not in (None, line.sha256):
                taken.altered.append(one.key)
            on_progress(taken.artefacts, taken.artefact_bytes)
        taken.missing += expected
    taken.missing += made[1] if made else {}
    for _, files in done:
        taken.missing += files


def _done_jobs(jobs: BinaryIO) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the jobs that are done, by id, with the keys of their files and their checksums."""
    for line in jobs:
        row = read_object(line)
        if row["state"] == DONE:
            yield row["id"], files_of(row)


def _add_artefact(service: JobService, archive: Writer, one: Artefact) -> Line | None:
    try:
        opened = service.store.open_file(one.key)
    except InputError:  # removed since it was listed
        return None
    digest = hashlib.sha256()

    def told() -> Iterator[bytes]:
        with service.store.asking(one.key):
            while piece := opened.read(2**20):
                digest.update(piece)
                yield piece

    name = f"{names.ARTEFACTS}{one.key}"
    with opened:
        archive.add(name, one.bytes, told())
    return Line(name, one.bytes, digest.hexdigest())
