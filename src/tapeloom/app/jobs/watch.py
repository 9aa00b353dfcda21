"""Who is alive, and who goes on with the work of those who are not."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from dbos import DBOSClient

from tapeloom.app.jobs import durable, ledger, traces
from tapeloom.app.jobs.database import Database, jobs, leases, workers
from tapeloom.app.jobs.models import BATCH, FAILED, QUEUED, RUNNING, Job

log = logging.getLogger("tapeloom.jobs")
TAKEOVERS = "takeovers"
HEARD_OF_S = 60.0  # a worker counts for an operator when it was heard of in this time
ALIVE, LOST, STOPPED = "alive", "lost", "stopped"
MOST_REPAIRS = 20  # in a row, without one finished stage: then the job itself kills its workers
_LEASE = "watchdog"
_PENDING = "PENDING"
_ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_LOOKED_AT = 200  # jobs that one pass compares with their workflows
_SETTLING_S = 5.0  # for this long after a change a job and its workflow may differ


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass of the watchdog did."""

    lost: tuple[str, ...] = ()  # workers that were found dead
    taken_over: tuple[str, ...] = ()  # jobs that wait again
    begun_again: tuple[str, ...] = ()  # jobs whose workflow had ended without them


def enqueue(client: DBOSClient, connection: sa.Connection, job: Job, queue: str) -> None:
    """Enqueue the workflow of a job's present attempt, in the transaction of its row."""
    client.enqueue_in_transaction(
        connection,
        {
            "workflow_name": durable.WORKFLOW,
            "queue_name": queue,
            "workflow_id": durable.workflow_id(job.id, job.attempt),
            "app_version": durable.VERSION,
            "priority": job.priority,
            "application_name": durable.APPLICATION,
        },
        job.id,
        job.attempt,
    )


def start_again(
    client: DBOSClient,
    connection: sa.Connection,
    database: Database,
    job: Job,
    states: Sequence[str],
    *,
    repairs: int = 0,
) -> bool:
    """Begin the next attempt of a job that is in one of `states`; finished stages stay done."""
    values: dict[str, Any] = {
        "state": QUEUED, "error": None, "finished_at": None, "swept": False, "repairs": repairs,
    }  # fmt: skip
    if job.kind != BATCH:
        values["attempt"] = job.attempt + 1
    if not ledger.change(connection, database, job.id, states, values, attempt=job.attempt):
        return False
    if job.kind != BATCH:
        row = ledger.find(connection, job.id)
        enqueue(client, connection, ledger.job_of_row(row), row.queue)
    if job.parent:
        values = {"state": RUNNING, "error": None, "finished_at": None}
        ledger.change(connection, database, job.parent, (*states, "done"), values)
    return True


def alive(database: Database, *, within_s: float | None = None) -> frozenset[str]:
    """Return the executors of the workers that are not known to be dead.

    within_s  only those that said so in the last seconds: where all died, nobody marks them
    """
    query = sa.select(workers.c.id).where(workers.c.state == ALIVE)
    if within_s is not None:
        query = query.where(workers.c.seen_at >= database.now() - within_s)
    with database.reading() as connection:
        return frozenset(connection.execute(query).scalars())


def enlist(database: Database, executor: str, *, host: str, pid: int) -> None:
    """Enter a worker that begins."""
    with database.engine.begin() as connection:
        now = database.now()
        connection.execute(
            sa.insert(workers).values(
                id=executor, host=host, pid=pid, state=ALIVE, started_at=now, seen_at=now
            )
        )


def beat(database: Database, executor: str) -> bool:
    """Say that a worker is alive; tell whether the others still think so."""
    with database.engine.begin() as connection:
        done = connection.execute(
            sa.update(workers)
            .where(workers.c.id == executor, workers.c.state == ALIVE)
            .values(seen_at=database.now())
        )
        return bool(done.rowcount)


def leave(database: Database, executor: str) -> None:
    """Say that a worker ends; what it was doing is taken over at once."""
    with database.engine.begin() as connection:
        connection.execute(sa.update(workers).where(workers.c.id == executor).values(state=STOPPED))


def watch_once(
    client: DBOSClient, database: Database, name: str, *, dead_after_s: float
) -> Pass | None:
    """Look after the work of dead workers once; None where another watchdog is at it.

    name          of this watchdog
    dead_after_s  how long a worker may be silent
    """
    if not _take_turn(database, name, 4 * dead_after_s):
        return None
    lost = _find_dead(database, dead_after_s)
    living = alive(database)
    pending = client.list_workflows(status=_PENDING, load_input=False, load_output=False)
    orphans = [one for one in pending if one.executor_id not in living]
    for one in orphans:
        if one.name != durable.WORKFLOW:  # a schedule's tick
            client.resume_workflow(one.workflow_id)
    names = [one.workflow_id for one in orphans if one.name == durable.WORKFLOW]
    taken = [job for name in names if (job := take_over(client, database, name))]
    return Pass(tuple(lost), tuple(taken), tuple(_repair(client, database)))


def take_over(client: DBOSClient, database: Database, workflow: str) -> str | None:
    """Give a workflow that nobody runs back to its queue; return its job unless it had ended."""
    job = durable.job_of(workflow)
    ended: tuple[str, ...] = ()
    with database.logging() as connection:
        row = ledger.find(connection, job)
        wanted = row is not None and row.state in (QUEUED, RUNNING)
        if wanted and row.repairs >= MOST_REPAIRS:
            ended = _give_up(connection, database, row)
            wanted = False
        elif wanted:
            values = {"state": QUEUED, "repairs": row.repairs + 1}
            ledger.change(connection, database, job, (QUEUED, RUNNING), values)
            ledger.tally(connection, database, TAKEOVERS, 1)
    traces.ended(database, ended)
    if wanted:
        client.resume_workflow(workflow, queue_name=row.queue)
        return job
    client.cancel_workflow(workflow)
    return None


def _repair(client: DBOSClient, database: Database) -> list[str]:
    """Begin jobs again whose workflow has ended without them: a full disk, a lost database."""
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(jobs)
            .where(
                jobs.c.state.in_((QUEUED, RUNNING)),
                jobs.c.kind != BATCH,
                jobs.c.updated_at < database.now() - _SETTLING_S,
            )
            .order_by(jobs.c.updated_at)
            .limit(_LOOKED_AT)
        ).all()
    if not rows:
        return []
    named = {durable.workflow_id(row.id, row.attempt): row for row in rows}
    found = client.list_workflows(workflow_ids=list(named), load_input=False, load_output=False)
    state = {one.workflow_id: one.status for one in found}
    begun = []
    for name, row in named.items():
        ended = state.get(name, "ERROR")
        if ended not in _ENDED:
            continue
        ended_now: tuple[str, ...] = ()
        with database.logging() as connection:
            if row.repairs >= MOST_REPAIRS:
                ended_now = _give_up(connection, database, row)
            elif start_again(
                client, connection, database, ledger.job_of_row(row), (QUEUED, RUNNING),
                repairs=row.repairs + 1,
            ):  # fmt: skip
                log.warning("the workflow %s ended as %s without its job", name, ended)
                begun.append(row.id)
        traces.ended(database, ended_now)
    return begun


def _give_up(connection: sa.Connection, database: Database, row: Any) -> tuple[str, ...]:
    sentence = (
        f"its worker died {row.repairs} times in the stage {row.stage or 'before the first'}; "
        "look at the workers' log for why"
    )
    return ledger.settle(
        connection, database, row.id, FAILED, states=(QUEUED, RUNNING), error=sentence
    )


def _take_turn(database: Database, name: str, for_s: float) -> bool:
    """Hold or renew the watchdog's lease: one watches at a time."""
    now = database.now()
    with database.engine.begin() as connection:
        done = connection.execute(
            database.insert(leases)
            .values(name=_LEASE, holder=name, until=now + for_s)
            .on_conflict_do_update(
                index_elements=["name"],
                set_={"holder": name, "until": now + for_s},
                where=sa.or_(leases.c.holder == name, leases.c.until < now),
            )
        )
        return bool(done.rowcount)


def _find_dead(database: Database, dead_after_s: float) -> list[str]:
    """Mark the workers that have been silent too long, and return them."""
    late = sa.and_(workers.c.state == ALIVE, workers.c.seen_at < database.now() - dead_after_s)
    with database.engine.begin() as connection:
        found = list(connection.execute(sa.select(workers.c.id).where(late)).scalars())
        if found:
            connection.execute(
                sa.update(workers)
                .where(workers.c.id.in_(found), workers.c.state == ALIVE)
                .values(state=LOST)
            )
    return found
