"""What is written of jobs: their rows, the log of events, and the times of stages."""

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tapeloom.app.jobs.database import Database, events, jobs, model_use, stage_runs, tallies
from tapeloom.app.jobs.models import (
    CANCELLED,
    DONE,
    FAILED,
    FINAL,
    QUEUED,
    RUNNING,
    Event,
    Job,
)

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 26
STATE, PROGRESS, REMOVED = "state", "progress", "removed"
_FIND = sa.select(jobs).where(jobs.c.id == sa.bindparam("job"))  # built once, as it is asked often
_ADD, _TELL = sa.insert(jobs), sa.insert(events)


def new_id() -> str:
    """Return an id of 26 characters that sorts by time: 54 bits of microseconds, 76 by chance."""
    number = (time.time_ns() // 1000 << 76) | secrets.randbits(76)
    return "".join(_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))


def job_of_row(row: Any) -> Job:
    """Read a row of `jobs`."""
    return Job(
        id=row.id, kind=row.kind, owner=row.owner, state=row.state, stage=row.stage,
        progress=row.progress, error=row.error, created_at=row.created_at,
        updated_at=row.updated_at, result=row.result, parent=row.parent,
        payload=row.payload, priority=row.priority, attempt=row.attempt,
        started_at=row.started_at, finished_at=row.finished_at,
    )  # fmt: skip


def event_of_row(row: Any) -> Event:
    """Read a row of `events`."""
    return Event(row.id, row.job, row.owner, row.kind, row.at, row.data)


def find(connection: sa.Connection, job: str) -> Any:
    """Return a job's row, or None."""
    return connection.execute(_FIND, {"job": job}).first()


def log(connection: sa.Connection, database: Database, job: str, kind: str = STATE) -> None:
    """Enter a job as it now stands in the log of events."""
    _tell(connection, job_of_row(find(connection, job)), kind, _clock(connection, database))


def _clock(connection: sa.Connection, database: Database) -> float:
    return float(connection.execute(sa.select(database.now())).scalar() or 0.0)


def _tell(connection: sa.Connection, job: Job, kind: str, now: float) -> None:
    data = {
        "state": job.state, "stage": job.stage, "progress": round(job.progress, 4),
        "error": job.error, "job_kind": job.kind, "parent": job.parent,
    }  # fmt: skip
    event = {"job": job.id, "owner": job.owner, "kind": kind, "at": now, "data": data}
    connection.execute(_TELL, event)


def change(
    connection: sa.Connection,
    database: Database,
    job: str,
    states: Sequence[str],
    values: Mapping[str, Any],
    *,
    kind: str = STATE,
    attempt: int | None = None,
) -> bool:
    """Change a job that is in one of `states`, and log it; tell whether it was.

    attempt  where given, a job that was begun again since is left alone
    """
    query = sa.update(jobs).where(jobs.c.id == job, jobs.c.state.in_(states))
    if attempt is not None:
        query = query.where(jobs.c.attempt == attempt)
    done = connection.execute(query.values(updated_at=database.now(), **values))
    if done.rowcount:
        log(connection, database, job, kind)
    return bool(done.rowcount)


def begin_stage(database: Database, job: str, attempt: int, stage: str) -> bool:
    """Say that a stage of a job begins; tell whether the job is still wanted."""
    with database.logging() as connection:
        started = sa.func.coalesce(jobs.c.started_at, database.now())
        values = {"state": RUNNING, "stage": stage, "started_at": started}
        wanted = change(connection, database, job, (QUEUED, RUNNING), values, attempt=attempt)
        row = find(connection, job) if wanted else None
        if row is not None and row.parent:
            parent = {"state": RUNNING, "started_at": started}
            change(connection, database, row.parent, (QUEUED,), parent)
        return wanted


def end_stage(
    database: Database, job: str, kind: str, stage: str, seconds: float,
    *, models: Mapping[str, tuple[int, float]] | None = None,
) -> None:  # fmt: skip
    """Note how long a stage took; a repeated one counts once.

    models  what models wrote in it, by name: tokens and seconds; all of that counts
    """
    entry = {"job": job, "kind": kind, "stage": stage, "seconds": seconds, "at": database.now()}
    with database.engine.begin() as connection:
        connection.execute(
            database.insert(stage_runs)
            .values(entry)
            .on_conflict_do_update(
                index_elements=["job", "stage"], set_={"seconds": seconds, "at": database.now()}
            )
        )
        connection.execute(sa.update(jobs).where(jobs.c.id == job).values(repairs=0))
        for name, (tokens, model_s) in (models or {}).items():
            use = {"tokens": model_use.c.tokens + tokens, "seconds": model_use.c.seconds + model_s}
            connection.execute(
                database.insert(model_use)
                .values(model=name, tokens=tokens, seconds=model_s)
                .on_conflict_do_update(index_elements=["model"], set_=use)
            )


def report(database: Database, job: str, attempt: int, stage: str, progress: float) -> None:
    """Tell how far a running job is."""
    with database.logging() as connection:
        values = {"stage": stage, "progress": progress}
        change(connection, database, job, (RUNNING,), values, kind=PROGRESS, attempt=attempt)


def settle(
    connection: sa.Connection,
    database: Database,
    job: str,
    state: str,
    *,
    states: Sequence[str],
    result: Mapping[str, Any] | None = None,
    error: str | None = None,
    attempt: int | None = None,
) -> tuple[str, ...]:
    """End a job that is in one of `states`: once, however often it is told.

    Return what ended by it: nothing, the job, or the job and its batch.
    """
    values: dict[str, Any] = {"state": state, "finished_at": database.now(), "error": error}
    if state == DONE:
        values |= {"progress": 1.0, "result": dict(result or {})}
    if not change(connection, database, job, states, values, attempt=attempt):
        return ()
    connection.execute(sa.delete(events).where(events.c.job == job, events.c.kind == PROGRESS))
    parent = find(connection, job).parent
    if parent and settle_batch(connection, database, parent):
        return (job, parent)
    return (job,)


def settle_batch(connection: sa.Connection, database: Database, parent: str) -> bool:
    """Bring a batch up to date with its items; tell whether it ended by that."""
    counted = items_of(connection, [parent])[parent]
    total, final = sum(counted.values()), sum(counted.get(state, 0) for state in FINAL)
    values: dict[str, Any] = {"progress": final / total, "result": {"items": counted}}
    if final < total:
        change(connection, database, parent, (QUEUED, RUNNING), values, kind=PROGRESS)
        return False
    failed, cancelled = counted.get(FAILED, 0), counted.get(CANCELLED, 0)
    values["state"] = FAILED if failed else CANCELLED if cancelled else DONE
    values["error"] = f"{failed} of {total} failed" if failed else None
    values["finished_at"] = database.now()
    return change(connection, database, parent, (QUEUED, RUNNING, "paused"), values)


def items_of(connection: sa.Connection, parents: Sequence[str]) -> dict[str, dict[str, int]]:
    """Count the items of batches by state."""
    found: dict[str, dict[str, int]] = {parent: {} for parent in parents}
    query = (
        sa.select(jobs.c.parent, jobs.c.state, sa.func.count())
        .where(jobs.c.parent.in_(parents))
        .group_by(jobs.c.parent, jobs.c.state)
    )
    for parent, state, count in connection.execute(query):
        found[parent][state] = count
    return found


def tally(connection: sa.Connection, database: Database, name: str, count: int) -> None:
    """Add to a count that is kept for good."""
    connection.execute(
        database.insert(tallies)
        .values(name=name, count=count)
        .on_conflict_do_update(index_elements=["name"], set_={"count": tallies.c.count + count})
    )


def add(connection: sa.Connection, database: Database, **given: Any) -> Job:
    """Write a new job, log it and return it."""
    now = _clock(connection, database)
    values = {
        "state": QUEUED, "stage": "", "progress": 0.0, "error": None, "result": None, "attempt": 1,
        "created_at": now, "updated_at": now, "started_at": None, "finished_at": None, **given,
    }  # fmt: skip
    connection.execute(_ADD, values)
    job = Job(**{name: values[name] for name in values if name not in ("queue", "idempotency_key")})
    _tell(connection, job, STATE, now)
    return job
