"""Settings that lie where they can."""

from collections.abc import Mapping

from tapeloom.core.errors import InputError


def check_ranges(settings: Mapping[str, float], ranges: Mapping[str, tuple[float, float]]) -> None:
    """Refuse the first setting that lies outside of its range, by name; nan lies outside.

    >>> check_ranges({"wear": 2.0}, {"wear": (0.0, 1.0)})
    Traceback (most recent call last):
    ...
    tapeloom.core.errors.InputError: wear is 2; it must lie between 0 and 1
    """
    for name, (low, high) in ranges.items():
        if not low <= settings[name] <= high:
            raise InputError(
                f"{name} is {settings[name]:g}; it must lie between {low:g} and {high:g}"
            )
