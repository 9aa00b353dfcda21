"""Figures for Prometheus: requests by route, jobs by kind and state, how long their stages take."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from tapeloom.app.jobs.database import jobs as JOBS  # noqa: N812  (a table)
from tapeloom.app.jobs.database import stage_runs
from tapeloom.app.jobs.kinds import QUEUES

if TYPE_CHECKING:
    from tapeloom.app.jobs import Event, JobService

_HTTP_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SPEEDS = (
    ("tapeloom_render_realtime", "render", "Seconds of music rendered in a second, lately."),
    ("tapeloom_master_realtime", "master", "Seconds of music mastered in a second, lately."),
)
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WEBSOCKET"))


class Metrics:
    """The figures of one service."""

    def __init__(
        self, jobs: "JobService", streams: Callable[[], int], live: Callable[[], int]
    ) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "tapeloom_http_requests", "Requests answered.", ("method", "route", "status"),
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "tapeloom_http_request_seconds", "Time to the end of an answer.", ("route",),
            buckets=_HTTP_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self._errors = Counter(
            "tapeloom_job_errors", "Jobs that failed, as this process saw them.", ("kind", "stage"),
            registry=self.registry,
        )  # fmt: skip
        self._ended = Counter(
            "tapeloom_jobs_ended", "Jobs that ended, as this process saw them.", ("kind", "state"),
            registry=self.registry,
        )  # fmt: skip
        self.registry.register(_Jobs(jobs, streams, live))

    def on_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; a stream's time tells nothing and is left out."""
        method = method if method in _METHODS else "OTHER"
        self._requests.labels(method, route, str(status)).inc()
        if method != "WEBSOCKET" and not route.endswith("/events"):
            self._seconds.labels(route).observe(seconds)

    def on_event(self, event: "Event") -> None:
        """Count how jobs end."""
        state, kind = event.data.get("state"), str(event.data.get("job_kind"))
        if event.kind != "state":
            return
        if state in ("done", "failed", "cancelled"):
            self._ended.labels(kind, state).inc()
        if state == "failed":
            self._errors.labels(kind, str(event.data.get("stage") or "none")).inc()

    def text(self) -> bytes:
        """Return all figures as Prometheus reads them."""
        return generate_latest(self.registry)


def stage_speed(jobs: "JobService", stage: str, *, lately: int = 50) -> float | None:
    """Return how many seconds of music a second of a stage gave in the latest records.

    None where there are none.
    """
    wanted = (
        sa.select(JOBS.c.result["duration_s"].as_float(), stage_runs.c.seconds)
        .join(stage_runs, stage_runs.c.job == JOBS.c.id)
        .where(JOBS.c.kind == "make", JOBS.c.state == "done", stage_runs.c.stage == stage)
        .order_by(JOBS.c.id.desc())
        .limit(lately)
    )
    with jobs.database.engine.connect() as connection:
        rows = [(music, work) for music, work in connection.execute(wanted) if music and work]
    work_s = sum(work for _, work in rows)
    return sum(music for music, _ in rows) / work_s if work_s else None


class _Jobs(Collector):
    """What the database of jobs tells, asked when it is scraped."""

    def __init__(
        self, jobs: "JobService", streams: Callable[[], int], live: Callable[[], int]
    ) -> None:
        self._jobs, self._streams, self._live = jobs, streams, live

    def describe(self) -> list[Metric]:
        """Name nothing beforehand: to register must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the figures."""
        counts = self._jobs.counts()
        jobs = GaugeMetricFamily(
            "tapeloom_jobs", "Jobs by kind and state.", labels=("kind", "state")
        )
        for (kind, state), number in counts.states.items():
            jobs.add_metric((kind, state), number)
        yield jobs
        depth = GaugeMetricFamily(
            "tapeloom_queue_depth", "Jobs that wait for a worker.", labels=("queue",)
        )
        for queue in QUEUES:  # those without a job too: what is absent cannot fall to 0
            depth.add_metric((queue,), counts.queues.get(queue, 0))
        yield depth
        wait = GaugeMetricFamily(
            "tapeloom_queue_oldest_wait_seconds", "The longest wait.", labels=("queue",)
        )
        for queue in QUEUES:
            wait.add_metric((queue,), counts.oldest_wait_s.get(queue, 0.0))
        yield wait
        stages = HistogramMetricFamily(
            "tapeloom_stage_seconds", "How long stages took.", labels=("kind", "stage")
        )
        for stage in counts.stages:
            buckets = [(f"{edge:g}", float(number)) for edge, number in stage.buckets]
            if not buckets or buckets[-1][0] != "inf":
                buckets.append(("+Inf", float(stage.count)))
            else:
                buckets[-1] = ("+Inf", buckets[-1][1])
            stages.add_metric((stage.kind, stage.stage), buckets, stage.sum_s)
        yield stages
        for name, step, about in _SPEEDS:
            if (speed := stage_speed(self._jobs, step)) is not None:
                yield GaugeMetricFamily(name, about, speed)
        tokens = CounterMetricFamily(
            "tapeloom_model_tokens", "Tokens that models chose for workers.", labels=("model",)
        )
        model_s = CounterMetricFamily(
            "tapeloom_model_seconds", "Seconds that models wrote for workers.", labels=("model",)
        )
        for model, (count, seconds) in counts.models.items():
            tokens.add_metric((model,), count)
            model_s.add_metric((model,), seconds)
        yield tokens
        yield model_s
        yield GaugeMetricFamily("tapeloom_workers", "Workers alive.", counts.workers)
        yield CounterMetricFamily(
            "tapeloom_takeovers", "Jobs taken over from dead workers.", counts.takeovers
        )
        yield GaugeMetricFamily("tapeloom_event_streams", "Event streams open.", self._streams())
        yield GaugeMetricFamily("tapeloom_live_sessions", "Live generations open.", self._live())
