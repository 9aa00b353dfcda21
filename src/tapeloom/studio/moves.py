"""A move of an equaliser: one band that may help, with its reason, to accept or to refuse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.studio.effects.bands import Band
from tapeloom.studio.effects.equalizer import Equalizer


@dataclass(frozen=True, slots=True)
class Move:
    """One band that may help, and why."""

    band: Band
    reason: str
    stem: str | None = None  # whose band it is; None: the whole sound's

    def __str__(self) -> str:
        """Tell the move in a line."""
        whose = f"{self.stem}: " if self.stem else ""
        band = self.band
        return (
            f"{whose}{band.kind} {band.cutoff_hz:.0f} Hz, {band.gain_db:+.1f} dB, q {band.q:.1f}: "
            f"{self.reason}"
        )


def accept(
    moves: Sequence[Move],
    which: Iterable[int] | None = None,
    *,
    stem: str | None = None,
    phase: str = "minimum",
) -> Equalizer:
    """Return the equalizer of the accepted moves.

    which  their places in the list, from 0; all where None
    stem   whose moves; those of the whole sound where None

    >>> moves = [Move(Band("bell", 300.0, -3.0), "booms"), Move(Band("bell", 900.0, 2.0), "thin")]
    >>> [band.cutoff_hz for band in accept(moves, [0]).bands]
    [300.0]
    """
    chosen = range(len(moves)) if which is None else sorted(set(which))
    for at in chosen:
        if not 0 <= at < len(moves):
            raise InputError(f"there is no move {at}; there are {len(moves)}, counted from 0")
    return Equalizer(tuple(moves[at].band for at in chosen if moves[at].stem == stem), phase)
