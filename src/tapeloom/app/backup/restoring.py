"""Putting a backup back: files first, then all rows in one transaction, or nothing at all."""

import hashlib
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa

from tapeloom.app.api.tables import create_tables
from tapeloom.app.backup import names
from tapeloom.app.backup.archive import Entry, entries, in_pieces, lines
from tapeloom.app.backup.checking import Checked, check
from tapeloom.app.backup.names import Ascending, Line
from tapeloom.app.backup.tables import MOST_ROW, read_row, set_last_event, tables
from tapeloom.app.jobs import BATCH, JobService, Store, durable, ledger, watch
from tapeloom.app.jobs.database import jobs
from tapeloom.app.jobs.models import QUEUED
from tapeloom.core.errors import InputError, TapeloomError

_AT_ONCE = 500
_COMING = ".import-"  # what is still being written
_LEFT_FREE = 256 * 2**20  # bytes of the disk that a backup may not take

OnProgress = Callable[[int, int], None]  # (bytes done, of all)


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """How a backup is put back."""

    replaces: bool = False  # what is there is removed
    keys: bool = True  # the API keys come along, as hashes
    alive_within_s: float = 60.0  # a worker heard of so lately is at work


@dataclass(frozen=True, slots=True)
class Imported:
    """What a backup brought."""

    checked: Checked
    written: int  # artefacts
    kept: int  # artefacts that were there already: of an import that was cut off
    removed: int  # artefacts of what was there before
    waiting: int  # jobs that go on


def import_backup(
    service: JobService,
    file: BinaryIO,
    order: ImportOrder,
    *,
    on_progress: OnProgress = lambda _done, _all: None,
) -> Imported:
    """Check a whole backup, and put it into an empty service.

    file  can seek

    Raises InputError before anything is written for a backup that is damaged or forged, and for a
    service that holds something else, where the order does not replace it. Where it fails later
    (a full disk), the files that it wrote are removed and the database is as it was. One that was
    killed is asked for again: it keeps the files that are there whole.
    """
    create_tables(service.database.engine)
    if watch.alive(service.database, within_s=order.alive_within_s):
        raise InputError("workers are at work on this data; stop them, and wait a minute")
    with tempfile.TemporaryFile() as manifest:
        checked = check(file, manifest, room_bytes=_room(service.store))
        if not order.replaces:
            _check_empty(service, manifest)
        with tempfile.TemporaryFile() as journal:
            try:
                written, kept = _put_artefacts(
                    service.store, file, manifest, journal, checked, on_progress
                )
                _stop_everything(service)
                waiting = _put_rows(service, file, checked, keys=order.keys)
            except BaseException:
                _take_back(service.store, journal)
                raise
        _put_schedules(service, checked)
        removed = _remove_others(service.store, manifest) if order.replaces else 0
    return Imported(checked, written, kept, removed, waiting)


def spooled(source: BinaryIO, folder: Path) -> BinaryIO:
    """Copy a stream that cannot seek to a temporary file; InputError where the disk fills."""
    spool = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  (the caller closes it)
    for number, piece in enumerate(in_pieces(source)):
        if number % 16 == 0 and shutil.disk_usage(folder).free < _LEFT_FREE:
            spool.close()
            raise InputError(f"the backup does not fit on the disk of {folder}")
        spool.write(piece)
    spool.seek(0)
    return spool


def _room(store: Store) -> int | None:
    """Return how many bytes can be written, None where nobody can tell."""
    if not store.is_local:
        return None
    return max(0, shutil.disk_usage(store.root).free - _LEFT_FREE)


def _lines(manifest: BinaryIO) -> Iterator[Line]:
    manifest.seek(0)
    return map(Line.decode, manifest)


def _by_key(manifest: BinaryIO) -> Ascending:
    return Ascending(
        (names.order_of(line.key), line) for line in _lines(manifest) if line.key is not None
    )


def _check_empty(service: JobService, manifest: BinaryIO) -> None:
    """See that nothing is there but files of this backup, from an import that was cut off."""
    way_out = "choose an empty data folder, or --force to put the backup in its place"
    with service.database.reading() as connection:
        for table in tables():
            if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
                raise InputError(f"the database holds rows in {table.name}; {way_out}")
    known = _by_key(manifest)
    for one in service.store.walk():
        if not names.is_hidden(one.key) and known.find(names.order_of(one.key)) is None:
            raise InputError(f"the store holds {one.key[:120]!r}; {way_out}")


def _put_artefacts(
    store: Store, file: BinaryIO, manifest: BinaryIO, journal: BinaryIO, checked: Checked,
    on_progress: OnProgress,
) -> tuple[int, int]:  # fmt: skip
    """Write the files that are not there yet; return how many, and how many were."""
    if store.is_local:
        for left in Path(store.root).glob(f"{_COMING}*"):  # by an import that was killed
            shutil.rmtree(left, ignore_errors=True)
    file.seek(0)
    told = (line for line in _lines(manifest) if line.key is not None)
    written, kept, done = 0, 0, 0
    with tempfile.TemporaryDirectory(dir=store.root if store.is_local else None,
                                     prefix=_COMING, suffix=".partial") as folder:  # fmt: skip
        for entry in entries(file):
            if not entry.name.startswith(names.ARTEFACTS):
                continue
            line = next(told)
            assert line.key is not None  # noqa: S101
            if _is_there(store, line):
                kept += 1
            else:
                if not store.exists(line.key):
                    journal.write(line.key.encode() + b"\n")
                _put_artefact(store, entry, line, Path(folder) / secrets.token_hex(8))
                written += 1
            done += line.size_bytes
            on_progress(done, checked.artefact_bytes)
    return written, kept


def _is_there(store: Store, line: Line) -> bool:
    key = str(line.key)
    if not store.exists(key) or store.size(key) != line.size_bytes:
        return False
    digest = hashlib.sha256()
    for piece in store.pieces(key):
        digest.update(piece)
    return digest.hexdigest() == line.sha256


def _put_artefact(store: Store, entry: Entry, line: Line, path: Path) -> None:
    digest = hashlib.sha256()
    try:
        with path.open("wb") as target:
            for piece in entry.pieces:
                digest.update(piece)
                target.write(piece)
        if digest.hexdigest() != line.sha256:
            raise TapeloomError(f"the backup changed while it was read, at {line.key}")
        store.put(path, str(line.key))
    except OSError as error:
        reason = error.strerror or error
        raise TapeloomError(f"the artefact {line.key} cannot be written: {reason}") from error
    finally:
        path.unlink(missing_ok=True)


def _stop_everything(service: JobService) -> None:
    """Forget the workflows that wait; a job that is left without one is begun again."""
    while found := service.client.list_workflows(limit=_AT_ONCE, load_input=False,
                                                 load_output=False):  # fmt: skip
        service.client.delete_workflows([one.workflow_id for one in found])
    for schedule in service.client.list_schedules(workflow_name=durable.TICK):
        service.client.delete_schedule(schedule["schedule_name"])


def _put_rows(service: JobService, file: BinaryIO, checked: Checked, *, keys: bool) -> int:
    """Write all rows, and enqueue the jobs that wait, in one transaction; return how many do."""
    database = service.database
    known = {f"{names.ROWS}{one.name}.jsonl": one for one in tables()}
    file.seek(0)
    try:
        with database.logging() as connection:
            for table in tables():
                connection.execute(sa.delete(table))
            for entry in entries(file):
                table_or_none = known.get(entry.name)
                if table_or_none is None or (entry.name.endswith("keys.jsonl") and not keys):
                    continue
                _insert(connection, table_or_none, entry)
            set_last_event(connection, database, checked.last_event)
            return _enqueue(service, connection)
    except sa.exc.SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise TapeloomError(f"the rows of the backup cannot be written: {reason}") from error


def _insert(connection: sa.Connection, table: sa.Table, entry: Entry) -> None:
    held: list[Mapping[str, Any]] = []
    for row in lines(entry.pieces, MOST_ROW):
        held.append(read_row(table, row))
        if len(held) >= _AT_ONCE:
            connection.execute(sa.insert(table), held)
            held.clear()
    if held:
        connection.execute(sa.insert(table), held)


def _enqueue(service: JobService, connection: sa.Connection) -> int:
    waiting = sa.select(jobs.c.id).where(jobs.c.state == QUEUED, jobs.c.kind != BATCH)
    found = connection.execute(waiting.order_by(jobs.c.id)).scalars().all()
    for job in found:
        row = ledger.find(connection, job)
        watch.enqueue(service.client, connection, ledger.job_of_row(row), row.queue)
    return len(found)


def _put_schedules(service: JobService, checked: Checked) -> None:
    service.client.apply_schedules([
        {"schedule_name": one["name"], "workflow_name": durable.TICK, "schedule": one["cron"],
         "context": one["context"]}
        for one in checked.schedules
    ])  # fmt: skip
    for one in checked.schedules:
        if one["is_paused"]:
            service.client.pause_schedule(one["name"])


def _remove_others(store: Store, manifest: BinaryIO) -> int:
    """Remove the files that are not of the backup; nothing names them any more."""
    known, removed = _by_key(manifest), 0
    for one in store.walk():
        if not names.is_hidden(one.key) and known.find(names.order_of(one.key)) is None:
            _remove(store, one.key)
            removed += 1
    return removed


def _take_back(store: Store, journal: BinaryIO) -> None:
    """Remove the files that this import wrote."""
    journal.seek(0)
    for line in journal:
        with suppress(Exception):  # the failure that led here is the one to tell
            _remove(store, line.rstrip(b"\n").decode())


def _remove(store: Store, key: str) -> None:
    store.delete(key)
    if store.is_local:
        folder = Path(store.root, key).parent
        with suppress(OSError):  # until one that holds something
            while folder != Path(store.root):
                folder.rmdir()
                folder = folder.parent
