"""Where two stems compete for one band, and the cut by which the lesser gives way."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tapeloom.studio.effects import Band
from tapeloom.studio.listening import Heard

MOST_CUT_DB = 3.0
CUTS_A_STEM = 2
_NEAR_DB = 6.0  # a stem within this far of another in a band hides some of it
_MATTERS_DB = 12.0  # a band this far below a stem's own loudest third of an octave is its colour
_LEAST_CUT_DB = 0.75
_APART_OCTAVES = 1.0  # between two cuts of one stem
_RANGE_HZ = (90.0, 8000.0)
_Q = 1.6  # about an octave wide


@dataclass(frozen=True, slots=True)
class Cut:
    """A bell that makes room, and for whom."""

    stem: str
    gives_way_to: str
    band: Band
    distance_db: float  # by how much the other one is louder there before the cut

    @property
    def reason(self) -> str:
        """Why it is cut, as a sentence."""
        more = "only " if self.distance_db >= 0.0 else ""
        side = "louder" if self.distance_db >= 0.0 else "softer"
        return (
            f"{self.stem}: {self.band.gain_db:.1f} dB at {self.band.cutoff_hz:.0f} Hz, where "
            f"{self.gives_way_to} is {more}{abs(self.distance_db):.1f} dB {side}"
        )


def masking_cuts(
    heard: Sequence[Heard], gains_db: Mapping[str, float], priorities: Mapping[str, int]
) -> list[Cut]:
    """Return the cuts by which each stem gives way to those of a higher priority.

    Levels are compared by third-octave bands, as they are in the mix.

    gains_db    of each stem in the mix
    priorities  by stem; of two with the same none gives way
    """
    levels = {each.name: _levels(each, gains_db[each.name]) for each in heard}
    cuts = []
    for each in heard:
        own = levels[each.name]
        wanted: list[Cut] = []
        for other in heard:
            if priorities[other.name] > priorities[each.name]:
                wanted += _wanted(each.name, own, other.name, levels[other.name])
        taken: list[Cut] = []
        for cut in sorted(wanted, key=lambda cut: (cut.band.gain_db, cut.band.cutoff_hz)):
            apart = [abs(math.log2(cut.band.cutoff_hz / b.band.cutoff_hz)) for b in taken]
            if len(taken) < CUTS_A_STEM and all(far >= _APART_OCTAVES for far in apart):
                taken.append(cut)
        cuts += taken
    return cuts


def _levels(heard: Heard, gain_db: float) -> dict[float, float]:
    low, high = _RANGE_HZ
    bands = heard.spectrum.bands_db(per_octave=3)
    return {hz: level + gain_db for hz, level in bands if low <= hz <= high}


def _wanted(
    name: str, own: Mapping[float, float], other_name: str, other: Mapping[float, float]
) -> list[Cut]:
    """Return a cut for each band that both need, the deeper the nearer they are."""
    own_top, other_top = max(own.values()), max(other.values())
    found = []
    for hz, level in own.items():
        there = other.get(hz, -math.inf)
        if there < other_top - _MATTERS_DB or level < own_top - _MATTERS_DB:
            continue
        distance_db = there - level
        if distance_db < -_NEAR_DB:  # the band is the lesser one's own: no cut would give it away
            continue
        cut_db = min(MOST_CUT_DB, (_NEAR_DB - distance_db) / 3.0)
        if cut_db >= _LEAST_CUT_DB:
            found.append(Cut(name, other_name, Band("bell", hz, -cut_db, _Q), distance_db))
    return found
