"""What of the database goes into a backup: every table of ours but those of the moment.

Of DBOS only the schedules go along. Its rows are of one version of it and hold pickled objects,
which must never be read from elsewhere; a job's row says enough to enqueue it again.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tapeloom.app.api.tables import TABLES
from tapeloom.app.jobs import BATCH, KINDS, STATES
from tapeloom.app.jobs.database import Database, events, jobs, metadata
from tapeloom.app.jobs.models import QUEUED, RUNNING
from tapeloom.core.errors import InputError

LEFT_OUT = {
    "tapeloom_workers": "who works now",
    "tapeloom_leases": "who watches now",
    "tapeloom_preference_keys": "what a browser may be telling twice just now",
    "tapeloom_tokens": "links and sessions: whoever restores a backup logs in anew",
}
MOST_ROW = 8 * 2**20  # bytes
_AT_ONCE = 500
_ID = re.compile(r"[0-9a-z]{26}")


def tables() -> tuple[sa.Table, ...]:
    """Return the tables of a backup, by name."""
    every = {**metadata.tables, **TABLES.tables}
    return tuple(every[name] for name in sorted(every) if name not in LEFT_OUT)


@contextmanager
def snapshot(database: Database) -> Iterator[sa.Connection]:
    """Connect to read all tables as they stand at one moment, while others write."""
    with database.asking(), database.engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection
        connection.rollback()


def rows(connection: sa.Connection, database: Database, table: sa.Table) -> Iterator[bytes]:
    """Yield the rows of a table as lines of JSON, in the order of their keys' bytes."""
    order = [
        column if database.is_sqlite or not isinstance(column.type, sa.String)
        else sa.collate(column, "C")
        for column in table.primary_key
    ]  # fmt: skip
    names = [column.name for column in table.columns]
    query = sa.select(table).order_by(*order).execution_options(yield_per=_AT_ONCE)
    for row in connection.execute(query):
        values = dict(zip(names, row, strict=True))
        if table is jobs and values["state"] == RUNNING and values["kind"] != BATCH:
            values["state"] = QUEUED  # in the archive nobody is at it
        yield line_of(values)


def line_of(values: Mapping[str, Any]) -> bytes:
    """Return a row as it is written."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_row(table: sa.Table, line: bytes) -> dict[str, Any]:
    """Return a row that a table can take; InputError for any other."""
    values = read_object(line)
    for name in values:
        if name not in table.columns:
            raise InputError(
                f"{table.name} has no column {name[:40]!r}; the archive is of a later version"
            )
    for column in table.columns:
        if column.name in values:
            _check_value(table, column, values[column.name])
        elif not column.nullable and column.default is None:
            raise InputError(f"a row of {table.name} lacks {column.name}")
    if table is jobs:
        _check_job(values)
    elif table.name == "tapeloom_uploads" and not values["artefact"].startswith("uploads/"):
        raise InputError(f"{values['artefact'][:80]!r} is no upload's key")
    return values


def read_object(line: bytes) -> dict[str, Any]:
    """Return a line as an object."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"a row of the archive is no JSON: {error}") from error
    if not isinstance(values, dict):
        raise InputError("a row of the archive is no object")
    return values


def _check_value(table: sa.Table, column: sa.Column[Any], value: Any) -> None:
    kind = column.type
    wanted: tuple[type, ...]
    if isinstance(kind, sa.JSON):
        return
    if isinstance(kind, sa.Boolean):
        wanted = (bool,)
    elif isinstance(kind, sa.Integer):
        wanted = (int,)
    elif isinstance(kind, sa.Float):
        wanted = (int, float)
    else:
        wanted = (str,)
    is_good = isinstance(value, wanted) and (isinstance(value, bool) == (wanted == (bool,)))
    if value is None:
        is_good = bool(column.nullable)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        is_good = False
    if isinstance(value, str):
        is_good = is_good and "\0" not in value and value.isascii() | _is_text(value)
        length = getattr(kind, "length", None)
        is_good = is_good and (length is None or len(value) <= length)
    if not is_good:
        raise InputError(f"{table.name}.{column.name} cannot be {str(value)[:60]!r}")


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return True


def _check_job(values: Mapping[str, Any]) -> None:
    """A job's id names a folder of its worker, its files lie below the id."""
    identity = values["id"]
    for name in (identity, values.get("parent")):
        if name is not None and not _ID.fullmatch(name):
            raise InputError(f"{name[:60]!r} is no job's id")
    if values["kind"] not in (*KINDS, BATCH) or values["state"] not in STATES:
        raise InputError(f"the job {identity} is no kind of job, or in no state")
    if values["kind"] != BATCH and values["queue"] != KINDS[values["kind"]].queue:
        raise InputError(f"the job {identity} waits in a queue of another kind")
    if not isinstance(values["payload"], dict):
        raise InputError(f"the job {identity} has no payload")
    for file in files_of(values):
        if not file.startswith(f"jobs/{identity}/"):
            raise InputError(f"the job {identity} names a file that is not its own")


def files_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the keys of a job's files with their checksums."""
    result = values.get("result") or {}
    try:
        return {str(one["key"]): str(one["sha256"]) for one in result.get("files", ())}
    except (AttributeError, KeyError, TypeError) as error:
        raise InputError(f"the result of the job {values['id']} cannot be read") from error


def last_event(connection: sa.Connection, database: Database) -> int:
    """Return the last id that an event was given, of those that were removed, too."""
    if database.is_sqlite:
        query = sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'tapeloom_job_events'")
    else:
        query = sa.text(
            "SELECT pg_sequence_last_value("
            "CAST(pg_get_serial_sequence('tapeloom_job_events', 'id') AS regclass))"
        )
    return int(connection.execute(query).scalar() or 0)


def set_last_event(connection: sa.Connection, database: Database, value: int) -> None:
    """Let the ids of events go on behind this one."""
    if not database.is_sqlite:
        set_to = sa.text("SELECT setval(:sequence, :value, :called)")
        given = {"sequence": _sequence(connection), "value": max(1, value), "called": value > 0}
        connection.execute(set_to, given)
        return
    name = events.name
    connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
    put = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :value)")
    connection.execute(put, {"name": name, "value": value})


def _sequence(connection: sa.Connection) -> str:
    query = sa.text("SELECT pg_get_serial_sequence('tapeloom_job_events', 'id')")
    return str(connection.execute(query).scalar_one())
