"""Removing what a job was and made: its row first, so that nothing half gone looks whole."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from tapeloom.app.jobs import durable, ledger
from tapeloom.app.jobs.database import Database, events, jobs, removals
from tapeloom.app.jobs.models import BATCH, FINAL, STATES, Conflict, Job, UnknownJob
from tapeloom.app.jobs.payloads import jobs_read_by
from tapeloom.app.jobs.service import JobService

Also = Callable[[sa.Connection, Sequence[str]], None]
_UNFINISHED = tuple(state for state in STATES if state not in FINAL)
_SETTLE_S = 30.0  # a worker may write on for so long before it notices that a job was cancelled


def remove_job(
    service: JobService, job: str, owner: str | None, *, also: Also | None = None
) -> tuple[str, ...]:
    """Remove a job that has ended, or a batch with its items, and their files; return their ids.

    also  removes what others keep of these jobs, in the same transaction

    Raises UnknownJob, and Conflict where one of them is unfinished or read by an unfinished job.
    What a process that dies here leaves of the files is removed by the workers.
    """
    with service.database.logging() as connection:
        row = ledger.find(connection, job)
        if row is None or owner not in (None, row.owner):
            raise UnknownJob(f"there is no job {job!r}")
        gone = _with_its_own(connection, ledger.job_of_row(row))
        _check(connection, gone)
        names = [one.id for one in gone]
        for one in gone:
            _forget(connection, service.database, one)
        if also is not None:
            also(connection, names)
    service.client.delete_workflows(
        [durable.workflow_id(one.id, n) for one in gone for n in range(1, one.attempt + 1)]
    )
    for name in names:
        service.store.delete(f"jobs/{name}")
    return tuple(names)


def finish_removals(service: JobService) -> tuple[str, ...]:
    """Remove what is left of the files of jobs that were removed a while ago; return those."""
    settled = removals.c.at < service.database.now() - _SETTLE_S
    with service.database.reading() as connection:
        found = list(connection.execute(sa.select(removals.c.job).where(settled)).scalars())
    for job in found:
        service.store.delete(f"jobs/{job}")
    if found:
        with service.database.engine.begin() as connection:
            connection.execute(sa.delete(removals).where(removals.c.job.in_(found)))
    return tuple(found)


def _with_its_own(connection: sa.Connection, job: Job) -> tuple[Job, ...]:
    """Return a job with what goes with it: a batch's items; the batch of which it is the last."""
    if job.kind == BATCH:
        rows = connection.execute(sa.select(jobs).where(jobs.c.parent == job.id))
        return (*(ledger.job_of_row(row) for row in rows), job)
    if job.parent is None:
        return (job,)
    others = sa.select(jobs.c.id).where(jobs.c.parent == job.parent, jobs.c.id != job.id).limit(1)
    batch = ledger.find(connection, job.parent)
    is_last = connection.execute(others).first() is None and batch is not None
    return (job, ledger.job_of_row(batch)) if is_last else (job,)


def _check(connection: sa.Connection, gone: Sequence[Job]) -> None:
    for job in gone:
        if not job.is_final:
            raise Conflict(f"the job {job.id} is {job.state}; cancel it first")
    names = {job.id for job in gone}
    waiting = sa.select(jobs.c.id, jobs.c.kind, jobs.c.payload).where(
        jobs.c.owner == gone[0].owner, jobs.c.state.in_(_UNFINISHED), jobs.c.kind != BATCH
    )
    for row in connection.execute(waiting):
        if read := names & jobs_read_by(row.payload):
            raise Conflict(
                f"the {row.kind} job {row.id} still reads {min(read)}; wait for it, or cancel it"
            )


def _forget(connection: sa.Connection, database: Database, job: Job) -> None:
    """Remove a job's row and its log but for one last event."""
    now = database.now()
    connection.execute(sa.delete(jobs).where(jobs.c.id == job.id))
    connection.execute(sa.delete(events).where(events.c.job == job.id))
    told = {"state": ledger.REMOVED, "job_kind": job.kind, "parent": job.parent}
    connection.execute(
        sa.insert(events).values(
            job=job.id, owner=job.owner, kind=ledger.REMOVED, at=now, data=told
        )
    )
    if job.kind != BATCH:
        connection.execute(sa.insert(removals).values(job=job.id, at=now))
