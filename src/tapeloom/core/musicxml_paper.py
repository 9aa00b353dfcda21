"""What the MusicXML writer's modules share: elements, the bars, and how a part is written."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from fractions import Fraction

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter

DYNAMIC = Fraction(9, 10)  # MIDI velocity of one percent of MusicXML's forte
# Dynamics and the MIDI velocities that they are worth.
LEVELS = {"ppp": 32, "pp": 42, "p": 54, "mp": 67, "mf": 80, "f": 93, "ff": 106, "fff": 119}
# Clefs: sign, line, octaves that the clef itself moves.
CLEFS = {
    "treble": ("G", "2", 0), "bass": ("F", "4", 0), "alto": ("C", "3", 0), "tenor": ("C", "4", 0),
    "treble_8vb": ("G", "2", -1), "treble_8va": ("G", "2", 1), "treble_15ma": ("G", "2", 2),
    "bass_8vb": ("F", "4", -1),
    "percussion": ("percussion", "", 0),
}  # fmt: skip
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Staff:
    """How a part is written down, told by who knows its instrument; nothing here changes a sound.

    >>> Staff("Clarinet in Bb", clefs=("treble",), transposition=(-1, -2)).fifths
    2
    """

    name: str = ""  # before the first line; the part's own where it is empty
    abbreviation: str = ""  # before the other lines
    clefs: tuple[str, ...] = ()  # of each staff from above, in CLEFS; by the pitches where empty
    transposition: tuple[int, int] = (0, 0)  # steps and semitones from written to sounding
    group: str = ""  # neighbours of one group are bracketed

    def __post_init__(self) -> None:
        for clef in self.clefs:
            if clef not in CLEFS:
                raise InputError(f"{clef!r} is no clef; choose one of {', '.join(CLEFS)}")
        if len(self.clefs) > 2:
            raise InputError(f"a part on {len(self.clefs)} staves; write it on one or two")

    @property
    def fifths(self) -> int:
        """How far the written notes lie above the sounding ones on the line of fifths."""
        steps, semitones = self.transposition
        fitting = (
            place for place in range(-24, 25)
            if (7 * place + semitones) % 12 == 0 and (4 * place + steps) % 7 == 0
        )  # fmt: skip
        return min(fitting, key=abs, default=0)


@dataclass(frozen=True, slots=True)
class Stack:
    """Notes of one voice that begin and end together: pitches, places and velocities."""

    start: int
    end: int
    tones: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """What all parts share: the bars, the ticks of a division, and the keys."""

    bars: tuple[tuple[int, int, Meter], ...]
    grid: int
    keys: tuple[tuple[int, Key], ...]

    def divisions(self, ticks: int) -> str:
        """Return a length as the file counts it.

        >>> Paper((), 40, ()).divisions(120)
        '3'
        """
        return str(ticks // self.grid)


def move(measure: ET.Element, way: str, ticks: int, paper: Paper) -> None:
    """Go `forward` in a bar, or `backup`, by so many ticks, if any.

    >>> measure = ET.Element("measure")
    >>> move(measure, "forward", 480, Paper((), 120, ()))
    >>> ET.tostring(measure, "unicode")
    '<measure><forward><duration>4</duration></forward></measure>'
    """
    if ticks > 0:
        add(add(measure, way), "duration", paper.divisions(ticks))


def add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    r"""Add an element and return it; characters that XML cannot hold are left out.

    >>> add(ET.Element("work"), "work-title", "Rain\x00").text
    'Rain'
    """
    element = ET.SubElement(parent, tag, attributes)
    if text:
        element.text = _ILLEGAL.sub("", text)
    return element
