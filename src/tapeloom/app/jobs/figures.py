"""The figures of jobs for metrics: how many in which state, their waits, the times of stages."""

import sqlalchemy as sa

from tapeloom.app.jobs import watch
from tapeloom.app.jobs.database import Database, jobs, model_use, stage_runs, tallies
from tapeloom.app.jobs.models import BATCH, QUEUED, Counts, StageTimes

BUCKETS_S = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)


def count_jobs(database: Database) -> Counts:
    """Count the jobs of all owners."""
    with database.reading() as connection:
        states = connection.execute(
            sa.select(jobs.c.kind, jobs.c.state, sa.func.count()).group_by(
                jobs.c.kind, jobs.c.state
            )
        ).all()
        waits = connection.execute(
            sa.select(
                jobs.c.queue,
                sa.func.count(),
                database.now() - sa.func.min(jobs.c.created_at),
            )
            .where(jobs.c.state == QUEUED, jobs.c.kind != BATCH)
            .group_by(jobs.c.queue)
        ).all()
        takeovers = connection.execute(
            sa.select(tallies.c.count).where(tallies.c.name == watch.TAKEOVERS)
        ).scalar()
        stages = _stage_times(connection)
        models = {
            row.model: (int(row.tokens), float(row.seconds))
            for row in connection.execute(sa.select(model_use))
        }
    return Counts(
        states={(kind, state): count for kind, state, count in states},
        queues={queue: count for queue, count, _ in waits},
        oldest_wait_s={queue: max(0.0, float(wait_s)) for queue, _, wait_s in waits},
        stages=stages,
        workers=len(watch.alive(database, within_s=watch.HEARD_OF_S)),
        takeovers=int(takeovers or 0),
        models=models,
    )


def _stage_times(connection: sa.Connection) -> tuple[StageTimes, ...]:
    seconds = stage_runs.c.seconds
    within = [sa.func.sum(sa.case((seconds <= bound, 1), else_=0)) for bound in BUCKETS_S]
    query = sa.select(
        stage_runs.c.kind, stage_runs.c.stage, sa.func.count(), sa.func.sum(seconds), *within
    ).group_by(stage_runs.c.kind, stage_runs.c.stage)
    return tuple(
        StageTimes(
            kind,
            stage,
            int(count),
            float(sum_s),
            tuple(zip(BUCKETS_S, map(int, counts), strict=True)),
        )
        for kind, stage, count, sum_s, *counts in connection.execute(query)
    )
