"""The errors that a user may meet: one clear sentence each, with the exit code of the command."""


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
