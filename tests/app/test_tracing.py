"""A request, the job that it ordered and the stages of its worker are one trace."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tapeloom.app import tracing
from tapeloom.app.jobs import JobOrder, JobService, Unavailable, ledger
from tapeloom.app.jobs.pool import WorkerPool
from tapeloom.core.errors import InputError
from tests.app.api.conftest import build
from tests.app.collector import Collector, Span, collecting
from tests.app.test_jobs import at_work

ASKED = {"words": "rain", "bars": 4, "bpm": 90.0, "seed": 3}
GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"  # of W3C's own example


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as found:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        tracing.start("tapeloom-test")
        try:
            yield found
        finally:
            tracing.stop()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[JobService]:
    with closing(JobService.open(tmp_path / "data")) as opened:
        yield opened


def tree(spans: list[Span], root: Span) -> dict[str, list[str]]:
    """The names of the spans below one, by the name of their parent."""
    names = {span.id: span.name for span in spans}
    found: dict[str, list[str]] = {}
    for span in sorted(spans, key=lambda one: one.begin_ns):
        assert span.trace == root.trace
        if span.id != root.id:
            found.setdefault(names[span.parent], []).append(span.name)
    return found


def test_a_request_its_job_and_its_stages_are_one_trace(
    collector: Collector, tmp_path: Path
) -> None:
    with contextmanager(build)(tmp_path) as house:
        client = house.client("read", "write")
        headers = {"traceparent": GIVEN}
        job = client.post("/v1/compose", json=ASKED, headers=headers).json()["id"]
        client.get("/healthz")
        with at_work(house.jobs, tmp_path):
            found = house.jobs.wait_for(job, None, timeout_s=60)
        collector.wait(lambda: collector.named("job compose"))
    ours = [span for span in collector.spans if span.trace == GIVEN.split("-")[1]]
    request = next(span for span in ours if span.name == "POST /v1/compose")
    assert (request.parent, request.kind) == (GIVEN.split("-")[2], 2)
    assert request.attributes["http.response.status_code"] == 202
    assert tree(ours, request) == {
        "POST /v1/compose": ["job compose"],
        "job compose": ["stage compose", "stage perform", "stage publish"],
    }
    whole = collector.named("job compose")[0]
    assert whole.begin_ns == pytest.approx(found.created_at * 1e9, abs=1e6)
    assert whole.end_ns == pytest.approx((found.finished_at or 0) * 1e9, abs=1e6)
    assert whole.attributes["tapeloom.state"] == "done"
    assert not any("healthz" in span.name for span in collector.spans)


def test_a_batch_holds_its_items_and_what_is_cancelled_ends(
    collector: Collector, service: JobService
) -> None:
    batch = service.submit_batch([JobOrder("compose", {**ASKED, "seed": n}, "ann") for n in (1, 2)])
    service.cancel(batch.id, "ann")
    collector.wait(lambda: len(collector.spans) == 3)
    root = collector.named("job batch")[0]
    assert root.parent == ""
    assert tree(collector.spans, root) == {"job batch": ["job compose", "job compose"]}
    assert {span.attributes["tapeloom.state"] for span in collector.spans} == {"cancelled"}


def test_a_failure_is_told_without_its_secrets(collector: Collector, service: JobService) -> None:
    trace = tracing.JobTrace(GIVEN, None)
    with tracing.stage(trace, "stage x", {}) as span:
        tracing.fail(span, "refused: Bearer abcdefghijklmnop")
    with pytest.raises(Unavailable), tracing.stage(trace, "stage y", {}):
        raise Unavailable("away")
    job = service.submit(JobOrder("compose", ASKED, "ann"))
    with service.database.logging() as connection:
        ended = ledger.settle(connection, service.database, job.id, "failed", states=("queued",),
                              error="no")  # fmt: skip
    assert ended == (job.id,)
    collector.wait(lambda: len(collector.spans) == 2)
    told = {span.name: span.sentence for span in collector.spans if span.has_failed}
    assert told == {"stage x": "refused: Bearer [secret]", "stage y": "Unavailable: away"}


def test_what_is_not_sampled_is_not_sent(
    collector: Collector, service: JobService, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracing.stop()
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    tracing.start("x")
    job = service.submit(JobOrder("compose", ASKED, "ann"))
    service.cancel(job.id, "ann")
    tracing.stop()
    assert collector.spans == []


@pytest.mark.parametrize(
    "environment",
    [{}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"},
     {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://x", "OTEL_TRACES_EXPORTER": "none"},
     {"OTEL_EXPORTER_OTLP_ENDPOINT": ""}],
)  # fmt: skip
def test_without_a_collector_there_are_no_traces(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert tracing.start("x") is None
    with tracing.request(GIVEN) as traced:
        assert traced is None
        assert tracing.CURRENT.get() is None


def test_another_protocol_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    with pytest.raises(InputError, match="http/protobuf"):
        tracing.start("x")
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_PROTOCOL")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(InputError, match=r"tapeloom\[otel\]"):
        tracing.start("x")


def test_traces_that_are_off_import_nothing() -> None:
    program = (
        "import sys\n"
        "from tapeloom.app import tracing\n"
        "from tapeloom.app.jobs import traces\n"
        "assert tracing.start('x') is None\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')\n"
        "       or name.startswith('opentelemetry.exporter')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_the_context_crosses_processes(
    collector: Collector, service: JobService, tmp_path: Path
) -> None:
    """Two workers of their own, one of which is killed: its stages and the other's are one job."""
    environment = {"TAPELOOM_POLL_S": "0.1", "TAPELOOM_DEAD_AFTER_S": "3"}
    arguments = ["--data", str(tmp_path / "data"), "--queue", "compose", "--quiet"]
    made = [service.submit(JobOrder("compose", {**ASKED, "seed": n}, "ann")) for n in range(6)]
    with WorkerPool(2, arguments=arguments, environment=environment):
        for job in made:
            assert service.wait_for(job.id, "ann", timeout_s=120).state == "done"
    collector.wait(lambda: len(collector.named("job compose")) == len(made))
    for root in collector.named("job compose"):
        ours = [span for span in collector.spans if span.trace == root.trace]
        assert tree(ours, root)["job compose"][-1] == "stage publish"
        assert {span.service for span in ours} == {"tapeloom-worker"}


@pytest.mark.slow
def test_a_collector_that_is_away_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    tracing.start("x")
    try:
        with contextmanager(build)(tmp_path) as house:
            client: httpx.Client = house.client("read", "write")
            assert client.post("/v1/compose", json=ASKED).status_code == 202
            assert client.get("/v1/jobs").elapsed.total_seconds() < 5
    finally:
        tracing.stop()
