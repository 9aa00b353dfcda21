"""The service as processes: this one answers, the workers work; all end together."""

import signal
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from tapeloom.app import tracing
from tapeloom.app.api.application import create_app
from tapeloom.app.api.gate import LOOPBACK
from tapeloom.app.api.keys import KeyRing
from tapeloom.app.api.limits import Limits
from tapeloom.app.api.protocol import timed_protocol
from tapeloom.app.api.service import ServiceSettings
from tapeloom.app.api.tables import create_tables
from tapeloom.app.jobs.pool import WorkerPool
from tapeloom.app.jobs.settings import open_service, read_settings
from tapeloom.app.logs import configure_logs
from tapeloom.core.errors import InputError

CACHE = "cache"  # in the data folder
GRACE_S = 10  # that answers under way have to end
_MOST_MESSAGE = 64 * 2**10  # bytes of a WebSocket message
_ANY = ("0.0.0.0", "::", "")  # nosec B104  # noqa: S104  (addresses to compare with)


@dataclass(frozen=True, slots=True)
class ServeOrder:
    """What `tapeloom serve` was asked."""

    data: Path | None = None  # None: TAPELOOM_DATA, or tapeloom-data
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    hosts: tuple[str, ...] = ()  # further names by which it is reached
    wants_link: bool = False  # print a link, however often it was started before
    public_url: str | None = None  # where browsers find it behind a proxy

    def __post_init__(self) -> None:
        if self.public_url is None:
            return
        parts = urlsplit(self.public_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise InputError(
                f"--public-url is {self.public_url!r}; write such as https://tapes.example"
            )

    @property
    def address(self) -> str:
        """Where a browser finds it: by the proxy if there is one, else on this machine."""
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        host = "127.0.0.1" if self.host in _ANY else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def known_hosts(self) -> tuple[str, ...]:
        """The names that a request's Host header may hold."""
        own = () if self.host in _ANY else (self.host,)
        public = (urlsplit(self.public_url).hostname or "",) if self.public_url else ()
        return tuple(dict.fromkeys((*LOOPBACK, *own, *public, *self.hosts)))


def serve(order: ServeOrder, say: Callable[[str], None], *, limits: Limits | None = None) -> None:
    """Answer requests until SIGTERM or SIGINT; the workers run as long.

    say  prints a line for whoever started it: the one-time link goes there and into no log
    """
    configure_logs()
    tracing.start("tapeloom-api")
    limits = limits or Limits()
    settings = read_settings(data=order.data)
    jobs = open_service(settings)
    try:
        app = create_app(
            jobs,
            ServiceSettings(hosts=order.known_hosts, limits=limits, cache=settings.data / CACHE),
        )
        keys = app.state.service.keys
        say(f"Tapeloom answers at {order.address}")
        if order.wants_link or keys.is_new():
            _say_link(order, keys, say)
        arguments = ("--data", str(settings.data), "--quiet")
        with WorkerPool(order.workers, arguments=arguments) if order.workers else nullcontext():
            # uvicorn raises the signal that ended it once more; we have workers to end first.
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: None)
            uvicorn.Server(configuration(app, order.host, order.port, limits)).run()
    finally:
        jobs.close()
        tracing.stop()


def print_link(order: ServeOrder, say: Callable[[str], None]) -> None:
    """Make a one-time link for a service that runs elsewhere on the same database."""
    jobs = open_service(read_settings(data=order.data))
    try:
        create_tables(jobs.database.engine)
        _say_link(order, KeyRing(jobs.database.engine), say)
    finally:
        jobs.close()


def _say_link(order: ServeOrder, keys: KeyRing, say: Callable[[str], None]) -> None:
    say(f"log your browser in, once, with {order.address}/login?token={keys.make_link()}")


def configuration(app: object, host: str, port: int, limits: Limits) -> uvicorn.Config:
    """Return how uvicorn is to listen: bounded connections, times and headers, no access log."""
    return uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False,  # type: ignore[arg-type]
        http=timed_protocol(limits.header_s), ws="websockets-sansio", ws_max_size=_MOST_MESSAGE,
        ws_max_queue=8, limit_concurrency=limits.connections, timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE_S, h11_max_incomplete_event_size=32 * 2**10,
    )  # fmt: skip
