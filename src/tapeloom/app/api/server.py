"""The service as processes: this one answers, the workers work; all end together."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from tapeloom.app.api.application import create_app
from tapeloom.app.api.gate import LOOPBACK
from tapeloom.app.api.limits import Limits
from tapeloom.app.api.logs import configure_logs
from tapeloom.app.api.protocol import timed_protocol
from tapeloom.app.api.service import ServiceSettings
from tapeloom.app.jobs import JobService

logger = logging.getLogger(__name__)
GRACE_S = 10  # that answers under way and workers have to end
_RESTART_S = 2.0  # between the end of a worker and its successor
_MOST_MESSAGE = 64 * 2**10  # bytes of a WebSocket message
_ANY = ("0.0.0.0", "::", "")  # noqa: S104  (addresses to compare with)


@dataclass(frozen=True, slots=True)
class ServeOrder:
    """What `tapeloom serve` was asked."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    hosts: tuple[str, ...] = ()  # further names by which it is reached
    wants_link: bool = False  # print a link, however often it was started before
    database_url: str | None = None
    artefacts: str | None = None

    @property
    def address(self) -> str:
        """Where a browser on this machine finds it."""
        host = "127.0.0.1" if self.host in _ANY else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def known_hosts(self) -> tuple[str, ...]:
        """The names that a request's Host header may hold."""
        own = () if self.host in _ANY else (self.host,)
        return tuple(dict.fromkeys((*LOOPBACK, *own, *self.hosts)))


def serve(order: ServeOrder, say: Callable[[str], None], *, limits: Limits | None = None) -> None:
    """Answer requests until SIGTERM or SIGINT; the workers run as long.

    say  prints a line for whoever started it: the one-time link goes there and into no log
    """
    configure_logs()
    limits = limits or Limits()
    jobs = JobService.open(
        order.data, database_url=order.database_url, artefacts=order.artefacts
    )
    try:
        app = create_app(jobs, ServiceSettings(hosts=order.known_hosts, limits=limits))
        keys = app.state.service.keys
        say(f"Tapeloom answers at {order.address}")
        if order.wants_link or keys.is_new():
            say(f"log your browser in, once, with {order.address}/login?token={keys.make_link()}")
        with Workers(worker_command(order.data), order.workers):
            uvicorn.Server(configuration(app, order.host, order.port, limits)).run()
    finally:
        jobs.close()


def configuration(app: object, host: str, port: int, limits: Limits) -> uvicorn.Config:
    """Return how uvicorn is to listen: bounded connections, times and headers, no access log."""
    return uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False,  # type: ignore[arg-type]
        http=timed_protocol(limits.header_s), ws="websockets-sansio", ws_max_size=_MOST_MESSAGE,
        ws_max_queue=8, limit_concurrency=limits.connections, timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE_S, h11_max_incomplete_event_size=32 * 2**10,
    )  # fmt: skip


def worker_command(data: Path) -> tuple[str, ...]:
    """Return the command line of a worker."""
    program = "from tapeloom.app.commands import main; main()"
    return (sys.executable, "-c", program, "worker", "--data", str(data))


class Workers:
    """Processes that are started, started again when they end, and ended."""

    def __init__(self, command: Sequence[str], count: int, *, restart_s: float = _RESTART_S) -> None:
        self._command, self._count, self._restart_s = tuple(command), count, restart_s
        self._running: list[subprocess.Popen[bytes]] = []
        self._ending = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="workers", daemon=True)

    def __enter__(self) -> "Workers":
        """Start them."""
        if self._count:
            self._running = [self._start() for _ in range(self._count)]
            self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ask them to end, then make them."""
        self._ending.set()
        if not self._count:
            return
        self._keeper.join()
        for worker in self._running:
            worker.send_signal(signal.SIGTERM)
        for worker in self._running:
            try:
                worker.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                worker.kill()  # what it was doing is taken up by the next one
                worker.wait()

    @property
    def pids(self) -> list[int]:
        """The processes that run now."""
        return [worker.pid for worker in self._running]

    def _keep(self) -> None:
        while not self._ending.wait(self._restart_s):
            for i, worker in enumerate(self._running):
                if (code := worker.poll()) is not None:
                    logger.warning("a worker ended", extra={"pid": worker.pid, "code": code})
                    self._running[i] = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        # In a session of its own: the terminal's Ctrl-C reaches it through us alone.
        return subprocess.Popen(  # noqa: S603  (our own command line)
            self._command, stdin=subprocess.DEVNULL, start_new_session=os.name == "posix"
        )
