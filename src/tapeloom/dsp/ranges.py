"""Settings that lie where they can."""

import math
from collections.abc import Mapping

from tapeloom.core.errors import InputError


def check_ranges(
    settings: Mapping[str, float | None], ranges: Mapping[str, tuple[float, float]]
) -> None:
    """Refuse the first setting that lies outside of its range, by name; nan lies outside.

    The ends belong to a range, which may be infinite; None is no setting, and passes.

    >>> check_ranges({"wear": 2.0}, {"wear": (0.0, 1.0)})
    Traceback (most recent call last):
    ...
    tapeloom.core.errors.InputError: wear is 2; it must lie between 0 and 1
    """
    for name, (low, high) in ranges.items():
        value = settings[name]
        if value is not None and not low <= value <= high:
            rule = (
                f"lie between {low:g} and {high:g}" if high < math.inf else f"be at least {low:g}"
            )
            raise InputError(f"{name} is {value:g}; it must {rule}")


def check_cutoff(cutoff_hz: float, rate: int) -> None:
    """Refuse a corner that is no frequency at this rate.

    >>> check_cutoff(30_000.0, 44_100)
    Traceback (most recent call last):
    ...
    tapeloom.core.errors.InputError: cutoff_hz is 30000; it must lie between 0 and 22050 (rate / 2)
    """
    if not 0.0 < cutoff_hz < rate / 2:
        raise InputError(
            f"cutoff_hz is {cutoff_hz:g}; it must lie between 0 and {rate / 2:g} (rate / 2)"
        )
