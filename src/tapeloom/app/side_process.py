"""A process beside this one that runs calls for it: niced, bounded in memory, ended when late.

It imports only what its calls need, nothing of who asks.
"""

import multiprocessing
import os
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from tapeloom.core.errors import InputError, TapeloomError

_NICENESS = 5
_MEMORY_BYTES = 4 * 2**30  # of data
_GRACE_S = 3.0


class SideProcess:
    """One process that runs one call at a time; started by the first."""

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

    def close(self) -> None:
        """Let the process end by itself, and end it where it does not at once."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.join(_GRACE_S)
        self._pipe = None
        self.end()

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
