"""Who is told when a model writes: the clock is the watcher's, not ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Watcher(Protocol):
    """Is told of each piece of writing in its thread of work."""

    def begins(self) -> None:
        """The model begins to write."""

    def ends(self, tokens: int) -> None:
        """The model has chosen so many tokens since."""


_WATCHER: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Let a watcher be told of what is written in a `with` block, here and not in other threads."""
    before = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(before)


def watcher() -> Watcher | None:
    """Return who is to be told, if anybody."""
    return _WATCHER.get()
