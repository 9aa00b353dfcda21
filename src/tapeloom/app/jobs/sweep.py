"""Removing what jobs leave: folders of work that has ended, files of jobs that failed, old logs."""

import shutil
from pathlib import Path

import sqlalchemy as sa
from dbos import DBOSClient

from tapeloom.app.jobs import durable, ledger
from tapeloom.app.jobs.database import Database, events, jobs, traces, workers
from tapeloom.app.jobs.models import CANCELLED, FAILED, FINAL
from tapeloom.app.jobs.removal import finish_removals
from tapeloom.app.jobs.service import JobService
from tapeloom.app.jobs.watch import ALIVE

SETTLE_S = 10.0  # a worker may need so long to notice that a job is not wanted
_AT_ONCE = 200


def sweep(service: JobService, folder: Path) -> tuple[str, ...]:
    """Remove the folders of ended jobs on this machine, and the files of those that failed.

    Return the jobs that something was removed of.
    """
    gone = finish_removals(service)
    database = service.database
    here = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    settled = jobs.c.updated_at < database.now() - SETTLE_S
    with database.reading() as connection:
        about = sa.select(jobs.c.id, sa.and_(jobs.c.state.in_(FINAL), settled))
        found = connection.execute(about.where(jobs.c.id.in_(here))).all()
        known = {row[0]: bool(row[1]) for row in found}
        failed = list(connection.execute(
            sa.select(jobs.c.id)
            .where(jobs.c.state.in_((FAILED, CANCELLED)), settled, ~jobs.c.swept,
                   jobs.c.queue != "")
            .limit(_AT_ONCE)
        ).scalars())  # fmt: skip
    ended = [name for name in here if known.get(name, True)]
    for name in ended:
        shutil.rmtree(folder / name, ignore_errors=True)
    for job in failed:
        service.store.delete(f"jobs/{job}")
    if failed:
        with database.engine.begin() as connection:
            connection.execute(sa.update(jobs).where(jobs.c.id.in_(failed)).values(swept=True))
    return (*gone, *ended, *failed)


def forget(client: DBOSClient, database: Database, keep_days: float) -> int:
    """Forget the workflows and the log of jobs that ended long ago; the jobs themselves stay.

    Return of how many jobs.
    """
    old = database.now() - keep_days * 86400.0
    with database.reading() as connection:
        found = connection.execute(
            sa.select(jobs.c.id, jobs.c.attempt)
            .where(
                jobs.c.state.in_(FINAL),
                jobs.c.finished_at < old,
                sa.exists().where(events.c.job == jobs.c.id),
            )
            .limit(_AT_ONCE)
        ).all()
    names = [durable.workflow_id(row.id, n) for row in found for n in range(1, row.attempt + 1)]
    if names:
        client.delete_workflows(names)
    old_jobs = [row.id for row in found]
    with database.engine.begin() as connection:
        connection.execute(sa.delete(events).where(events.c.job.in_(old_jobs)))
        connection.execute(sa.delete(traces).where(traces.c.job.in_(old_jobs)))
        connection.execute(
            sa.delete(events).where(events.c.kind == ledger.REMOVED, events.c.at < old)
        )
        connection.execute(
            sa.delete(workers).where(workers.c.state != ALIVE, workers.c.seen_at < old)
        )
    return len(found)
