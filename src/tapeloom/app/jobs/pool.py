"""Several workers on this machine, each a process of its own; one that dies is started again."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

_PROGRAM = "from tapeloom.app.commands import main; main()"
RESTART_S = 1.0  # the shortest time between two starts of a worker
STOP_S = 10.0


class WorkerPool:
    """`count` processes of `tapeloom worker`; as a context it starts and stops them."""

    def __init__(
        self,
        count: int,
        *,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._command = [sys.executable, "-c", _PROGRAM, "worker", *arguments]
        self._environment = {**os.environ, **(environment or {})}
        self._count = count
        self._processes: list[subprocess.Popen[bytes]] = []
        self._started_at = [0.0] * count
        self._stopping = threading.Event()
        self._keeper: threading.Thread | None = None

    def __enter__(self) -> "WorkerPool":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers that live."""
        return tuple(one.pid for one in self._processes if one.poll() is None)

    def start(self) -> None:
        """Start the workers and keep them running."""
        self._processes = [self._begin(place) for place in range(self._count)]
        self._keeper = threading.Thread(target=self._keep, name="worker-pool", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """Tell the workers to end, and wait until they have."""
        self._stopping.set()
        if self._keeper is not None:
            self._keeper.join()
        for process in self._processes:
            with suppress(ProcessLookupError):
                process.terminate()
        until = time.monotonic() + STOP_S
        for process in self._processes:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _begin(self, place: int) -> subprocess.Popen[bytes]:
        self._started_at[place] = time.monotonic()
        return subprocess.Popen(self._command, env=self._environment)  # noqa: S603  (ours)

    def _keep(self) -> None:
        while not self._stopping.wait(0.2):
            for place, process in enumerate(self._processes):
                rested = time.monotonic() - self._started_at[place] >= RESTART_S
                if process.poll() is not None and rested:
                    self._processes[place] = self._begin(place)
