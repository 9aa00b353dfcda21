"""Where sound may be cut into bands."""

from collections.abc import Sequence

from tapeloom.core.errors import InputError

ORDERS = (2, 4, 8)  # 12, 24 and 48 dB an octave
MOST_BANDS = 6


def check_cuts(cutoffs_hz: Sequence[float], order: int = 4) -> None:
    """Refuse cuts that make no bands.

    >>> check_cuts((2000.0, 100.0))
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: cutoffs_hz are 2000, 100; they must rise from over 0
    """
    if not 1 <= len(cutoffs_hz) < MOST_BANDS:
        raise InputError(
            f"{len(cutoffs_hz)} cuts make {len(cutoffs_hz) + 1} bands; "
            f"there must be 2 to {MOST_BANDS} bands"
        )
    if any(not high > low for low, high in zip((0.0, *cutoffs_hz), cutoffs_hz, strict=False)):
        told = ", ".join(f"{cutoff_hz:g}" for cutoff_hz in cutoffs_hz)
        raise InputError(f"cutoffs_hz are {told}; they must rise from over 0")
    if order not in ORDERS:
        raise InputError(f"order is {order}; it must be one of {', '.join(map(str, ORDERS))}")
