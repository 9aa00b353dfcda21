"""Work that answers at once, in processes beside the service: few, niced, and ended when late.

A thread could not be stopped, and would hold the interpreter that answers everybody else.
"""

import asyncio
import logging
import multiprocessing
import os
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from tapeloom.app.api.problems import Problem
from tapeloom.core.errors import InputError, TapeloomError

logger = logging.getLogger(__name__)
_NICENESS = 5
_MEMORY_BYTES = 4 * 2**30  # of data, a worker's
_WAITING = 8  # calls that may wait for each worker; more are told to come back


class QuickWork:
    """A few worker processes, started when they are first needed."""

    def __init__(self, workers: int = 2, *, limit_s: float = 20.0) -> None:
        self.limit_s = limit_s
        self._most_waiting = workers * (_WAITING + 1)
        self._free: asyncio.Queue[_Worker] = asyncio.Queue()
        self._workers = [_Worker() for _ in range(workers)]
        self._asked = 0
        for worker in self._workers:
            self._free.put_nowait(worker)

    async def run(
        self, task: Callable[..., Any], *arguments: Any, limit_s: float | None = None
    ) -> Any:
        """Run a function of a module on plain values; return what it returns.

        Raises InputError and TapeloomError as the function does; Problem 503 where too many wait
        already, or where it takes longer than the limit: then its process is ended.

        limit_s  in place of the limit of all
        """
        if self._asked >= self._most_waiting:
            raise busy()
        self._asked += 1
        try:
            worker = await self._free.get()
            try:
                return await asyncio.shield(
                    self._ask(worker, task, arguments, limit_s or self.limit_s)
                )
            except asyncio.CancelledError:
                worker.end()  # nobody waits for it any more
                raise
            finally:
                self._free.put_nowait(worker)
        finally:
            self._asked -= 1

    async def _ask(
        self,
        worker: "_Worker",
        task: Callable[..., Any],
        arguments: tuple[Any, ...],
        limit_s: float,
    ) -> Any:
        kind, value = await asyncio.to_thread(worker.ask, task, arguments, limit_s)
        match kind:
            case "done":
                return value
            case "input":
                raise InputError(value)
            case "failed":
                raise TapeloomError(value)
            case "late":
                raise Problem(503, f"that takes over {limit_s:g} s; ask for less of it")
        logger.error("a quick task failed", extra={"fault": value})
        raise Problem(500, "something failed that is not your fault; it is logged")

    def close(self) -> None:
        """End the workers."""
        for worker in self._workers:
            worker.end()


def busy() -> Problem:
    """Return the answer where too much is asked at once."""
    return Problem(503, "the service is busy; try again in 1 s", headers={"Retry-After": "1"})


class _Worker:
    """One process that runs one call at a time."""

    def __init__(self) -> None:
        self._process: Any = None
        self._pipe: Connection | None = None

    def ask(
        self, task: Callable[..., Any], arguments: tuple[Any, ...], limit_s: float
    ) -> tuple[str, Any]:
        """Run a call; return how it ended and with what."""
        try:
            pipe = self._started()
            pipe.send((task, arguments))
            if not pipe.poll(limit_s):
                self.end()
                return "late", None
            kind, value = pipe.recv()
        except (EOFError, OSError) as error:
            self.end()
            return "lost", f"the process ended: {error}"
        return str(kind), value

    def end(self) -> None:
        """End the process; the next call starts another."""
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        if process is not None:
            process.kill()
            process.join()
        if pipe is not None:
            pipe.close()

    def _started(self) -> Connection:
        if self._pipe is None or self._process is None or not self._process.is_alive():
            self.end()
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe


def _serve(pipe: Connection) -> None:
    """Answer calls until the service goes away."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service ends us, not the terminal
    with suppress(OSError):
        os.nice(_NICENESS)
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))
    with suppress(EOFError, OSError):
        while True:
            task, arguments = pipe.recv()
            pipe.send(answer(task, arguments))


def answer(task: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    """Run a call; return how it ended and with what.

    >>> answer(len, ("abc",))
    ('done', 3)
    """
    try:
        return "done", task(*arguments)
    except InputError as error:
        return "input", str(error)
    except TapeloomError as error:
        return "failed", str(error)
    except MemoryError:
        return "input", "that needs too much memory"
    except Exception:
        return "fault", traceback.format_exc()
