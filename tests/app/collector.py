"""A collector of OTLP over HTTP as the specification has it: what it was sent, as spans."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True)
class Span:
    """A span as it arrived."""

    name: str
    trace: str
    id: str
    parent: str
    kind: int  # 1 internal, 2 server
    begin_ns: int
    end_ns: int
    has_failed: bool
    sentence: str
    attributes: dict[str, Any]
    service: str


@dataclass
class Collector:
    """What has arrived so far."""

    url: str
    spans: list[Span] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    def wait(self, is_enough: Callable[[], object], timeout_s: float = 20.0) -> None:
        until = time.monotonic() + timeout_s
        while not is_enough():
            assert time.monotonic() < until, [span.name for span in self.spans]
            time.sleep(0.05)

    def take(self, body: bytes) -> None:
        for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = {one.key: one.value.string_value for one in sent.resource.attributes}
            for scope in sent.scope_spans:
                self.spans += [_span(one, about["service.name"]) for one in scope.spans]


def _span(one: Any, service: str) -> Span:
    attributes = {
        each.key: getattr(each.value, each.value.WhichOneof("value")) for each in one.attributes
    }
    return Span(
        one.name, one.trace_id.hex(), one.span_id.hex(), one.parent_span_id.hex(), one.kind,
        one.start_time_unix_nano, one.end_time_unix_nano, one.status.code == 2,
        one.status.message, attributes, service,
    )  # fmt: skip


@contextmanager
def collecting() -> Iterator[Collector]:
    """Listen at a free port."""
    collector = Collector("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            if self.path != "/v1/traces":
                collector.faults.append(self.path)
            if self.headers["Content-Type"] != "application/x-protobuf":
                collector.faults.append(self.headers["Content-Type"])
            collector.take(body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert not collector.faults
