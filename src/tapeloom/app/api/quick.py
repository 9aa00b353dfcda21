"""Work that answers at once, in processes beside the service: few, niced, and ended when late.

A thread could not be stopped, and would hold the interpreter that answers everybody else.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from tapeloom.app.api.problems import Problem
from tapeloom.app.side_process import SideProcess
from tapeloom.core.errors import InputError, TapeloomError

logger = logging.getLogger(__name__)
_WAITING = 8  # calls that may wait for each worker; more are told to come back


class QuickWork:
    """A few worker processes, started when they are first needed."""

    def __init__(self, workers: int = 2, *, limit_s: float = 20.0) -> None:
        self.limit_s = limit_s
        self._most_waiting = workers * (_WAITING + 1)
        self._free: asyncio.Queue[SideProcess] = asyncio.Queue()
        self._workers = [SideProcess() for _ in range(workers)]
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
        worker: "SideProcess",
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
            worker.close()


def busy() -> Problem:
    """Return the answer where too much is asked at once."""
    return Problem(503, "the service is busy; try again in 1 s", headers={"Retry-After": "1"})
