"""Where a chord begins: in its bar, its phrase and its section."""

from collections.abc import Sequence
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meters, meter_at
from tapeloom.core.score import Section

SECTIONS = ("A", "B", "C", "ending 1", "ending 2", "intro", "coda", "verse", "other")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chord begins: in its bar, its phrase of eight bars and its section."""

    beat: int  # 0 on the downbeat, 1 in the middle of the bar, 2 elsewhere
    bar: int  # 0..7, counted from the section's beginning
    left: int = 3  # whole bars of the section that follow this one, 3 for more
    section: int = 8  # an index in SECTIONS

    def __post_init__(self) -> None:
        if not (0 <= self.beat <= 2 and 0 <= self.bar <= 7 and 0 <= self.left <= 3):
            raise InputError(f"{self} is no place: beat 0 to 2, bar 0 to 7, left 0 to 3")
        if not 0 <= self.section < len(SECTIONS):
            raise InputError(f"section is {self.section}; it must lie between 0 and 8")


def section_kind(name: str) -> int:
    """Return the index in SECTIONS of a section's name (`A2`, `N1` of a first ending, `intro`).

    >>> [SECTIONS[section_kind(name)] for name in ("A2", "N1", "outro", "bridge", "Verse")]
    ['A', 'ending 1', 'coda', 'B', 'verse']
    """
    words = {"n1": 3, "n2": 4, "n3": 4, "intro": 5, "coda": 6, "outro": 6, "verse": 7, "n1v": 7,
             "n2v": 7, "bridge": 1}  # fmt: skip
    lowered = name.strip().lower()
    return words.get(lowered, {"a": 0, "b": 1, "c": 2}.get(lowered.rstrip("0123456789'"), 8))


def places(
    starts: Sequence[int], *, meters: Meters, sections: Sequence[Section] = (), end: int = 0
) -> tuple[Place, ...]:
    """Return the places of chords that begin at these ticks.

    sections   where there are none, phrases of eight bars are counted from the last change of meter
    end        tick of the piece's end, which tells how much is left; 0 where unknown

    >>> from tapeloom.core.meter import Meter
    >>> places([0, 20160, 40320], meters=((0, Meter(4, 4)),))[1:]
    (Place(beat=1, bar=0, left=3, section=8), Place(beat=0, bar=1, left=3, section=8))
    """
    found = []
    for start in starts:
        section = next((s for s in sections if s.start <= start < s.end), None)
        changed = max((tick for tick, _ in meters if tick <= start), default=0)
        bar_ticks = meter_at(meters, start).bar_ticks
        offset = (start - changed) % bar_ticks
        beat = 0 if offset == 0 else 1 if 2 * offset == bar_ticks else 2
        first, stop = (section.start, section.end) if section else (changed, end)
        bar = (start - first) // bar_ticks % 8
        left = min(max((stop - start - 1) // bar_ticks, 0), 3) if stop else 3
        kind = section_kind(section.name) if section else 8
        found.append(Place(beat, bar, left, kind))
    return tuple(found)
