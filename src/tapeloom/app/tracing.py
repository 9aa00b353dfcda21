"""Traces for OpenTelemetry: requests, and each job from its order to its end. Extra `otel`.

Off, and nothing of it imported, unless the environment names a collector as OpenTelemetry's own
specification does: OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT. Contexts
are kept and handed on as text, the `traceparent` of W3C Trace Context.
"""

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from tapeloom import __version__
from tapeloom.app.logs import TRACE_ID, redact
from tapeloom.core.errors import InputError

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)
_FLUSH_MS = 3000
CURRENT: ContextVar[str | None] = ContextVar("traceparent", default=None)  # of the request
_FORCED: ContextVar[tuple[int, int] | None] = ContextVar("forced_ids", default=None)

Attributes = Mapping[str, str | int | float | bool]


@dataclass(frozen=True, slots=True)
class JobTrace:
    """The place of a job in a trace."""

    traceparent: str  # of the job's own span, which its stages are children of
    parent: str | None  # of the span that ordered it


class Spans:
    """The spans of this process."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("tapeloom", __version__)

    @contextmanager
    def span(
        self, name: str, *, parent: str | None = None, kind: str = "INTERNAL",
        attributes: Attributes | None = None,
    ) -> Iterator[Any]:  # fmt: skip
        """Time a block as a span; what it raises is told in it."""
        from opentelemetry.trace import SpanKind

        span = self._tracer.start_span(
            name, _context_of(parent), kind=SpanKind[kind], attributes=dict(attributes or {})
        )
        try:
            yield span
        except BaseException as error:
            fail(span, f"{type(error).__name__}: {error}")
            raise
        finally:
            span.end()

    def new_job(self, name: str, parent: str | None) -> JobTrace:
        """Draw the ids of a job's span, which is sent once the job has ended."""
        match = _PARENT.fullmatch(parent or "")
        if match is not None:
            trace, flags = match[1], match[3]
        else:
            trace, parent = secrets.token_hex(16), None
            is_kept = self._provider.sampler.should_sample(None, int(trace, 16), name).decision
            flags = "01" if is_kept.is_sampled() else "00"
        return JobTrace(f"00-{trace}-{secrets.token_hex(8)}-{flags}", parent)

    def job(
        self, trace: JobTrace, name: str, begin_s: float, end_s: float, attributes: Attributes,
        error: str | None,
    ) -> None:  # fmt: skip
        """Send the span of a job that has ended, under the ids that were drawn for it."""
        match = _PARENT.fullmatch(trace.traceparent)
        if match is None:
            return
        token = _FORCED.set((int(match[1], 16), int(match[2], 16)))
        try:
            span = self._tracer.start_span(
                name, _context_of(trace.parent), start_time=round(begin_s * 1e9),
                attributes=dict(attributes),
            )  # fmt: skip
        finally:
            _FORCED.reset(token)
        if error:
            fail(span, error)
        span.end(round(end_s * 1e9))

    def flush(self) -> None:
        """Send what waits, for at most some seconds."""
        with suppress(Exception):  # a collector that is away must hold up nobody
            self._provider.force_flush(_FLUSH_MS)

    def close(self) -> None:
        """Send what waits, and stop."""
        self.flush()
        self._provider.shutdown()


_spans: Spans | None = None


def spans() -> Spans | None:
    """Return this process's spans, None where there are no traces."""
    return _spans


def is_wanted() -> bool:
    """Tell whether the environment names a collector of traces."""
    is_off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    is_off = is_off or os.environ.get("OTEL_TRACES_EXPORTER") == "none"
    return not is_off and any(os.environ.get(name) for name in _ENDPOINTS)


def start(service: str) -> Spans | None:
    """Begin to send traces where the environment asks for it.

    service  its name where OTEL_SERVICE_NAME gives none
    """
    global _spans  # noqa: PLW0603  (one exporter a process)
    if _spans is not None or not is_wanted():
        return _spans
    protocol = next((os.environ[name] for name in _PROTOCOLS if os.environ.get(name)), None)
    if protocol not in (None, "http/protobuf"):
        raise InputError(f"traces are sent by http/protobuf; {protocol!r} is asked for")
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
    except ImportError as error:
        raise InputError(
            f"{error.name} is not installed; `pip install 'tapeloom[otel]'` brings what traces need"
        ) from error

    class Ids(RandomIdGenerator):
        """Draws ids, but for a job's span, whose ids were drawn when it was ordered."""

        def generate_span_id(self) -> int:
            forced = _FORCED.get()
            return forced[1] if forced else super().generate_span_id()

        def generate_trace_id(self) -> int:
            forced = _FORCED.get()
            return forced[0] if forced else super().generate_trace_id()

    about = {"service.version": __version__}
    named = os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    if not os.environ.get("OTEL_SERVICE_NAME") and "service.name=" not in named:
        about["service.name"] = service
    provider = TracerProvider(
        resource=Resource.create(about), id_generator=Ids(), shutdown_on_exit=False
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _spans = Spans(provider)
    return _spans


def stop() -> None:
    """Send what waits, and send no more."""
    global _spans  # noqa: PLW0603  (as above)
    if _spans is not None:
        _spans.close()
    _spans = None


class Request:
    """The span of a request, named once its route is known."""

    def __init__(self, span: Any) -> None:
        self._span = span

    def tell(self, method: str, route: str, status: int) -> None:
        """Say which route answered and how: never the address itself, which may hold a token."""
        self._span.update_name(f"{method} {route}")
        self._span.set_attributes({
            "http.request.method": method, "http.route": route, "http.response.status_code": status,
        })  # fmt: skip
        if status >= 500:
            fail(self._span, f"status {status}")


@contextmanager
def request(traceparent: str | None) -> Iterator[Request | None]:
    """Time a request, as a child of the caller's span where it gave one; None where off."""
    if _spans is None:
        yield None
        return
    parent = traceparent if traceparent and _PARENT.fullmatch(traceparent) else None
    with _spans.span("request", parent=parent, kind="SERVER") as span:
        own = traceparent_of(span)
        in_trace, in_log = CURRENT.set(own), TRACE_ID.set(own.split("-")[1])
        try:
            yield Request(span)
        finally:
            CURRENT.reset(in_trace)
            TRACE_ID.reset(in_log)


@contextmanager
def stage(trace: JobTrace | None, name: str, attributes: Attributes) -> Iterator[Any]:
    """Time a stage as a child of its job's span; None where off."""
    if _spans is None or trace is None:
        yield None
        return
    with _spans.span(name, parent=trace.traceparent, attributes=attributes) as span:
        yield span


def fail(span: Any, sentence: str) -> None:
    """Mark a span as failed."""
    from opentelemetry.trace import Status, StatusCode

    span.set_status(Status(StatusCode.ERROR, redact(sentence)[:500]))


def traceparent_of(span: Any) -> str:
    """Return the context of a span as text."""
    about = span.get_span_context()
    return f"00-{about.trace_id:032x}-{about.span_id:016x}-{int(about.trace_flags):02x}"


def _context_of(traceparent: str | None) -> Any:
    """Return the context in which a span is a child, an empty one for a root."""
    from opentelemetry.context import Context
    from opentelemetry.trace import (
        NonRecordingSpan,
        SpanContext,
        TraceFlags,
        set_span_in_context,
    )

    match = _PARENT.fullmatch(traceparent or "")
    if match is None:
        return Context()
    about = SpanContext(int(match[1], 16), int(match[2], 16), is_remote=True,
                        trace_flags=TraceFlags(int(match[3], 16)))  # fmt: skip
    return set_span_in_context(NonRecordingSpan(about), Context())
