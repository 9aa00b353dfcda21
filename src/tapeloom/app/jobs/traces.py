"""Where a job belongs in a trace: kept beside it, so that each worker's stages join its span."""

from collections.abc import Sequence

import sqlalchemy as sa

from tapeloom.app import tracing
from tapeloom.app.jobs.database import Database, jobs, traces
from tapeloom.app.tracing import JobTrace


def keep(connection: sa.Connection, job: str, kind: str, parent: str | None) -> None:
    """Draw the ids of a new job's span and keep them, where traces are on.

    parent  the batch that it belongs to
    """
    if (spans := tracing.spans()) is None:
        return
    batch = find(connection, parent) if parent else None
    trace = spans.new_job(f"job {kind}", batch.traceparent if batch else tracing.CURRENT.get())
    row = {"job": job, "traceparent": trace.traceparent, "parent": trace.parent}
    connection.execute(sa.insert(traces).values(row))


def find(connection: sa.Connection, job: str) -> JobTrace | None:
    """Return where a job belongs, None of one that was ordered while traces were off."""
    row = connection.execute(sa.select(traces).where(traces.c.job == job)).first()
    return JobTrace(row.traceparent, row.parent) if row else None


def of(database: Database, job: str) -> JobTrace | None:
    """Return where a job belongs, without a question to the database where traces are off."""
    if tracing.spans() is None:
        return None
    with database.reading() as connection:
        return find(connection, job)


def ended(database: Database, names: Sequence[str]) -> None:
    """Send the spans of jobs that have ended just now, batches among them."""
    spans = tracing.spans()
    if spans is None or not names:
        return
    with database.reading() as connection:
        for row in connection.execute(sa.select(jobs).where(jobs.c.id.in_(names))):
            if (trace := find(connection, row.id)) is None or row.finished_at is None:
                continue
            attributes: dict[str, str | int | float | bool] = {
                "tapeloom.job": row.id, "tapeloom.kind": row.kind, "tapeloom.state": row.state,
                "tapeloom.attempt": row.attempt,
            }  # fmt: skip
            if row.started_at is not None:
                attributes["tapeloom.wait_s"] = round(row.started_at - row.created_at, 3)
            spans.job(trace, f"job {row.kind}", row.created_at, row.finished_at, attributes,
                      row.error)  # fmt: skip
