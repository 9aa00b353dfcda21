"""The errors that a user may meet: one clear sentence each, with the exit code of the command."""

from collections.abc import Iterable
from difflib import get_close_matches


class TapeloomError(Exception):
    """Something failed that is nobody's misuse (a full disk, a damaged record): exit code 1."""

    exit_code = 1


class InputError(TapeloomError, ValueError):
    """A value, file or option that cannot be used: exit code 2.

    The message names the value, the rule and the way out.

    >>> InputError("bpm is 0; it must lie between 40 and 200").exit_code
    2
    """

    exit_code = 2


class Interrupted(TapeloomError):  # noqa: N818  (what happened, no fault)
    """The user stopped a long work; the message says how it goes on: exit code 130."""

    exit_code = 130


def nearest(name: str, known: Iterable[str]) -> str:
    """Return how a sentence about an unknown name goes on: what is near it, or all there is.

    >>> nearest("Compresor", ["Compressor", "Limiter"]), nearest("x", ["room"]), nearest("x", [])
    ('; the nearest is Compressor', '; choose one of room', '; there are none')
    """
    names = list(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"; the nearest is {near[0]}"
    return f"; choose one of {', '.join(names)}" if names else "; there are none"
