"""Jobs as the programs outside of the workers see them: order, look, steer, follow."""

import asyncio
import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from tapeloom.app.jobs import durable, ledger, traces, watch
from tapeloom.app.jobs.artefacts import Store
from tapeloom.app.jobs.database import Database, events, jobs, open_database, stage_runs
from tapeloom.app.jobs.figures import count_jobs
from tapeloom.app.jobs.kinds import KINDS
from tapeloom.app.jobs.models import (
    BATCH,
    CANCELLED,
    DONE,
    FAILED,
    PAUSED,
    QUEUED,
    RUNNING,
    Conflict,
    Counts,
    Event,
    Health,
    Job,
    JobOrder,
    Page,
    TooMany,
    Unavailable,
    UnknownJob,
)
from tapeloom.app.jobs.payloads import Limits, jobs_read_by, keys_of, read_payload, records_of
from tapeloom.core.errors import InputError, TapeloomError

MAX_PAGE = 200
MAX_EVENTS = 1000
POLL_S = 0.25
_STEERABLE = (QUEUED, RUNNING, PAUSED)
_UNFINISHED = sa.select(sa.func.count()).where(
    jobs.c.owner == sa.bindparam("owner"), jobs.c.state.in_(_STEERABLE), jobs.c.kind != BATCH
)


class JobService:
    """The jobs of one data folder. Safe to use from several threads.

    An `owner` sees only its own; None is the operator, who sees all.
    """

    def __init__(self, database: Database, store: Store, limits: Limits) -> None:
        self.database, self.store, self.limits = database, store, limits
        self.client = durable.client(database)

    @classmethod
    def open(
        cls,
        data: Path,
        *,
        database_url: str | None = None,
        artefacts: str | None = None,
        limits: Limits | None = None,
    ) -> "JobService":
        """Open the jobs of a data folder, made where it is not there.

        database_url  of PostgreSQL; None is a SQLite file in the folder
        artefacts     a folder or an address that fsspec knows; None is a folder in the folder
        """
        database = open_database(data, database_url)
        return cls(database, Store.open(artefacts or str(data / "artefacts")), limits or Limits())

    def close(self) -> None:
        """Close the connections."""
        self.client.destroy()
        self.database.close()

    def submit(self, order: JobOrder) -> Job:
        """Accept an order: once this returns, it will be done. The same key gives the same job."""
        return self._accept([self._checked(order)], order)

    def submit_batch(
        self, orders: Sequence[JobOrder], *, idempotency_key: str | None = None
    ) -> Job:
        """Accept several orders of one owner as the items of one batch, all or none."""
        if not 1 <= len(orders) <= self.limits.items:
            raise InputError(
                f"the batch has {len(orders)} items; it must have 1 to {self.limits.items}"
            )
        owner = orders[0].owner
        if any(order.owner != owner for order in orders):
            raise InputError("the items of a batch must have one owner")
        if any(order.idempotency_key for order in orders):
            raise InputError("a batch has one key for all of its items; give it to the batch")
        told = json.dumps([[one.kind, dict(one.payload)] for one in orders], sort_keys=True)
        payload = {"items": len(orders), "sha256": hashlib.sha256(told.encode()).hexdigest()}
        batch = JobOrder(BATCH, payload, owner, idempotency_key, orders[0].priority)
        return self._accept([self._checked(order) for order in orders], batch)

    def get(self, job: str, owner: str | None) -> Job:
        """Return a job; raise UnknownJob for one that is not there or is somebody else's."""
        with self.database.reading() as connection:
            return self._own(connection, job, owner)

    def list(
        self,
        owner: str | None,
        *,
        state: str | None = None,
        kind: str | None = None,
        parent: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        """Return jobs, newest first; the items of batches only where `parent` names one."""
        if not 1 <= limit <= MAX_PAGE:
            raise InputError(f"limit is {limit}; it must lie between 1 and {MAX_PAGE}")
        query = sa.select(jobs).order_by(jobs.c.id.desc()).limit(limit + 1)
        query = query.where(jobs.c.parent == parent if parent else jobs.c.parent.is_(None))
        for column, value in ((jobs.c.owner, owner), (jobs.c.state, state), (jobs.c.kind, kind)):
            if value is not None:
                query = query.where(column == value)
        if cursor is not None:
            query = query.where(jobs.c.id < cursor)
        with self.database.reading() as connection:
            found = [ledger.job_of_row(row) for row in connection.execute(query)]
        return Page(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)

    def stages(self, job: str) -> tuple[tuple[str, float], ...]:
        """Return a job's finished stages with how long each took, in seconds, in their order."""
        query = (
            sa.select(stage_runs.c.stage, stage_runs.c.seconds)
            .where(stage_runs.c.job == job)
            .order_by(stage_runs.c.at)
        )
        with self.database.reading() as connection:
            return tuple((stage, seconds) for stage, seconds in connection.execute(query))

    def cancel(self, job: str, owner: str | None) -> Job:
        """Stop a job for good; one that is at work stops within about two seconds."""
        with self.database.logging() as connection:
            found = self._own(connection, job, owner)
            ended = [
                name
                for one in self._with_items(connection, found)
                for name in ledger.settle(
                    connection, self.database, one.id, CANCELLED, states=_STEERABLE
                )
            ]
        traces.ended(self.database, ended)
        self._stop_workflows(found)
        return self.get(job, owner)

    def pause(self, job: str, owner: str | None) -> Job:
        """Hold a job that waits or is at work; `resume` goes on with the unfinished stage."""
        with self.database.logging() as connection:
            found = self._own(connection, job, owner)
            held = [
                ledger.change(
                    connection, self.database, one.id, (QUEUED, RUNNING), {"state": PAUSED}
                )
                for one in self._with_items(connection, found)
            ]
        if not any(held) and found.state != PAUSED:
            raise Conflict(f"the job is {found.state}; only one that waits or runs can be paused")
        self._stop_workflows(found)
        return self.get(job, owner)

    def resume(self, job: str, owner: str | None) -> Job:
        """Go on with a paused job."""
        return self._again(job, owner, PAUSED, "resumed")

    def retry(self, job: str, owner: str | None) -> Job:
        """Begin a failed or cancelled job again, or the failed items of a batch."""
        return self._again(job, owner, FAILED, "retried")

    def events(
        self, after: int, owner: str | None, *, limit: int = MAX_EVENTS
    ) -> tuple[Event, ...]:
        """Return what happened after an event's id, in order."""
        query = sa.select(events).where(events.c.id > after).order_by(events.c.id).limit(limit)
        if owner is not None:
            query = query.where(events.c.owner == owner)
        with self.database.reading() as connection:
            return tuple(ledger.event_of_row(row) for row in connection.execute(query))

    def latest_event(self) -> int:
        """Return the id of the last event, 0 where there is none."""
        with self.database.reading() as connection:
            return int(connection.execute(sa.select(sa.func.max(events.c.id))).scalar() or 0)

    def wait(self, after: int, owner: str | None, *, timeout_s: float = 30.0) -> tuple[Event, ...]:
        """Return what happened after an event's id as soon as there is something; blocks."""
        until = time.monotonic() + timeout_s
        while not (found := self.events(after, owner)) and time.monotonic() < until:
            time.sleep(min(POLL_S, timeout_s))
        return found

    async def wait_async(
        self, after: int, owner: str | None, *, timeout_s: float = 30.0
    ) -> tuple[Event, ...]:
        """Do as `wait` does without blocking the loop."""
        until = time.monotonic() + timeout_s
        while True:
            found = await asyncio.to_thread(self.events, after, owner)
            if found or time.monotonic() >= until:
                return found
            await asyncio.sleep(min(POLL_S, timeout_s))

    def wait_for(self, job: str, owner: str | None, *, timeout_s: float = 600.0) -> Job:
        """Return a job once it is done, failed or cancelled; raise when that takes too long."""
        until = time.monotonic() + timeout_s
        while not (found := self.get(job, owner)).is_final:
            if time.monotonic() >= until:
                raise TapeloomError(f"the job {job} is {found.state} after {timeout_s:g} seconds")
            time.sleep(POLL_S)
        return found

    def upload(self, owner: str, name: str, file: BinaryIO, *, max_bytes: int) -> str:
        """Keep a file that jobs of this owner may read; return its key."""
        return self.store.upload(owner, name, file, max_bytes=max_bytes)

    def health(self) -> Health:
        """Tell whether orders can be accepted and done."""
        try:
            alive = len(watch.alive(self.database, within_s=watch.HEARD_OF_S))
        except Unavailable as error:
            return Health(database=False, workers=0, store=True, detail=str(error))
        try:
            self.store.check()
        except TapeloomError as error:
            return Health(database=True, workers=alive, store=False, detail=str(error))
        return Health(database=True, workers=alive, store=True)

    def counts(self) -> Counts:
        """Return the figures of all jobs, for metrics."""
        return count_jobs(self.database)

    def _checked(self, order: JobOrder) -> JobOrder:
        """Check an order's payload, and that what it reads is the owner's."""
        payload = read_payload(order.kind, order.payload, self.limits)
        for key in keys_of(payload):
            mine = self.store.is_upload_of(order.owner, key)
            if not mine and key.startswith("jobs/"):
                mine = self._is_done(key.split("/")[1], order.owner)
            if not mine or not self.store.exists(key):
                raise InputError(f"there is no artefact {key!r}")
        for record in records_of(payload):
            if not self._is_done(record, order.owner):
                raise InputError(f"there is no finished record {record!r}")
        return order

    def _is_done(self, job: str, owner: str) -> bool:
        try:
            return self.get(job, owner).state == DONE
        except UnknownJob:
            return False

    def _accept(self, orders: Sequence[JobOrder], first: JobOrder) -> Job:
        """Write an order, or a batch and its items, with their workflows in one transaction."""
        with self.database.logging() as connection:
            if known := self._same(connection, first):
                return known
            _check_still_there(connection, orders)
            self._check_room(connection, first.owner, len(orders))
            if first.kind != BATCH:
                return self._write(connection, first, None)
            batch = self._write(connection, first, None)
            for order in orders:
                self._write(connection, order, batch.id)
            return batch

    def _write(self, connection: sa.Connection, order: JobOrder, parent: str | None) -> Job:
        """Write an order's row, its first event and its workflow."""
        queue = "" if order.kind == BATCH else KINDS[order.kind].queue
        job = ledger.add(
            connection, self.database, id=ledger.new_id(), kind=order.kind, owner=order.owner,
            queue=queue, payload=dict(order.payload), idempotency_key=order.idempotency_key,
            priority=order.priority, parent=parent,
        )  # fmt: skip
        traces.keep(connection, job.id, order.kind, parent)
        if queue:
            watch.enqueue(self.client, connection, job, queue)
        return job

    def _same(self, connection: sa.Connection, order: JobOrder) -> Job | None:
        """Return the job that this owner ordered before under the same key."""
        if order.idempotency_key is None:
            return None
        row = connection.execute(
            sa.select(jobs).where(
                jobs.c.owner == order.owner, jobs.c.idempotency_key == order.idempotency_key
            )
        ).first()
        if row is None:
            return None
        if (row.kind, row.payload) != (order.kind, dict(order.payload)):
            raise Conflict(
                f"the key {order.idempotency_key!r} belongs to another order; use a new one"
            )
        return ledger.job_of_row(row)

    def _check_room(self, connection: sa.Connection, owner: str, count: int) -> None:
        open_jobs = connection.execute(_UNFINISHED, {"owner": owner}).scalar()
        if (open_jobs or 0) + count > self.limits.unfinished:
            raise TooMany(
                f"{open_jobs} jobs are unfinished and at most {self.limits.unfinished} may be; "
                "wait for some to end"
            )

    def _own(self, connection: sa.Connection, job: str, owner: str | None) -> Job:
        row = ledger.find(connection, job)
        if row is None or (owner is not None and row.owner != owner):
            raise UnknownJob(f"there is no job {job!r}")
        return ledger.job_of_row(row)

    def _with_items(self, connection: sa.Connection, job: Job) -> tuple[Job, ...]:
        """Return a job, or a batch's items and then the batch."""
        if job.kind != BATCH:
            return (job,)
        rows = connection.execute(sa.select(jobs).where(jobs.c.parent == job.id))
        return (*(ledger.job_of_row(row) for row in rows), job)

    def _stop_workflows(self, job: Job) -> None:
        with self.database.reading() as connection:
            found = self._with_items(connection, job)
        names = [durable.workflow_id(one.id, one.attempt) for one in found if one.kind != BATCH]
        self.client.cancel_workflows(names)

    def _again(self, job: str, owner: str | None, state: str, verb: str) -> Job:
        wanted = (state,) if state == PAUSED else (FAILED, CANCELLED)
        with self.database.logging() as connection:
            found = self._own(connection, job, owner)
            if found.state not in wanted:
                raise Conflict(f"the job is {found.state}; only one {' or '.join(wanted)} "
                               f"can be {verb}")  # fmt: skip
            for one in reversed(self._with_items(connection, found)):
                watch.start_again(self.client, connection, self.database, one, wanted)
        return self.get(job, owner)


def _check_still_there(connection: sa.Connection, orders: Sequence[JobOrder]) -> None:
    """Refuse what reads a job that was removed since the order was checked."""
    read = {job for order in orders for job in jobs_read_by(order.payload)}
    if not read:
        return
    found = set(connection.execute(sa.select(jobs.c.id).where(jobs.c.id.in_(read))).scalars())
    if gone := read - found:
        raise InputError(f"there is no finished record {min(gone)!r}")
