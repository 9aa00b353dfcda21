"""What is known of an instrument: its range, its registers, its player, and whom it goes with."""

from dataclasses import dataclass
from typing import Literal

from tapeloom.core.errors import InputError

COMMON_PRACTICE = "common practice"  # what textbooks of orchestration agree on, give or take a tone

Clef = Literal["treble", "treble_8vb", "treble_8va", "treble_15ma", "alto", "bass", "bass_8vb",
               "grand", "percussion"]  # fmt: skip
Family = Literal["keyboard", "mallet", "plucked", "bowed", "flute", "reed", "brass", "voice",
                 "synth", "drums"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Register:
    """A stretch of an instrument's range that has a colour of its own.

    >>> Register.parse("chalumeau 50 65 dark -4")
    Register(name='chalumeau', low=50, high=65, colour='dark', loudness_db=-4.0)
    """

    name: str
    low: int  # MIDI pitch, sounding, the lowest of the register
    high: int  # MIDI pitch, the highest
    colour: str  # one word
    loudness_db: float  # at mezzo-forte, about a flute's middle register

    @classmethod
    def parse(cls, text: str) -> "Register":
        """Read `NAME LOW HIGH COLOUR LOUDNESS_DB`."""
        name, low, high, colour, loudness_db = text.split()
        return cls(name, int(low), int(high), colour, float(loudness_db))


def registers(text: str) -> tuple[Register, ...]:
    """Read registers from the lowest, separated by semicolons.

    >>> [register.colour for register in registers("low 60 71 breathy -8; high 72 96 clear 2")]
    ['breathy', 'clear']
    """
    return tuple(Register.parse(row) for row in text.split(";"))


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument as an arranger knows it; every pitch is a sounding one.

    >>> horn = Instrument("horn", "Horn", 35, 77, (41, 72), 60, 1, transposition=-7)
    >>> horn.written(60), horn.fits(77), horn.fits(78)
    (67, True, False)
    """

    name: str
    title: str
    low: int  # MIDI pitch, the lowest that it sounds
    high: int  # MIDI pitch, the highest
    comfortable: tuple[int, int]  # MIDI pitches that sound best
    program: int  # General MIDI program 0..127
    polyphony: int  # notes at once
    family: Family = "synth"
    registers: tuple[Register, ...] = ()  # from the lowest, without gaps; empty: one colour
    transposition: int = 0  # semitones, sounding minus written
    clef: Clef = "treble"
    notes_per_s: float = 16.0  # the fastest that a good player keeps up
    repeats_per_s: float = 12.0  # the same for one note struck again
    leap: int = 36  # semitones, the largest that is easy at speed
    breath_s: float | None = None  # seconds of one breath at mezzo-forte; None: needs none
    hands: int = 0  # that share its notes; 0: no hand limits it
    hand_span: int = 0  # semitones that one hand spans in comfort
    hand_notes: int = 5  # notes that one hand strikes at once
    strings: tuple[int, ...] = ()  # MIDI pitches of the open strings, from the lowest
    articulations: tuple[str, ...] = ()
    blends: tuple[Family, ...] = ()  # families that it melts into
    partners: tuple[str, ...] = ()  # instruments that double it, the best known first
    players: int = 1  # that play its one line: a section's desks
    acoustic: bool = True  # whether its loudness is its own and not an amplifier's
    stand_in: str = (
        ""  # the synth's instrument that sounds in its place; "" where it is the synth's
    )
    source: str = COMMON_PRACTICE  # of the range

    def __post_init__(self) -> None:
        low, high = self.comfortable
        if not 0 <= self.low <= low <= high <= self.high <= 127:
            raise InputError(
                f"{self.name} reaches from {self.low} to {self.high} and is comfortable from {low} "
                f"to {high}; the second must lie within the first"
            )
        edge = self.low
        for register in self.registers:
            if register.low != edge or register.high < register.low:
                raise InputError(
                    f"{self.name}'s register {register.name} begins at {register.low}; it must "
                    f"begin at {edge}, where the one below it ends"
                )
            edge = register.high + 1
        if self.registers and edge != self.high + 1:
            raise InputError(f"{self.name}'s registers end at {edge - 1}, its range at {self.high}")

    def fits(self, pitch: int) -> bool:
        """Return whether it sounds a MIDI pitch at all."""
        return self.low <= pitch <= self.high

    def written(self, pitch: int) -> int:
        """Return the pitch that its player reads for a sounding one."""
        return pitch - self.transposition

    @property
    def written_range(self) -> tuple[int, int]:
        """The lowest and the highest pitch as its player reads them."""
        return self.written(self.low), self.written(self.high)

    def register_at(self, pitch: int) -> Register:
        """Return the register of a MIDI pitch, the nearest one for a pitch beyond its range."""
        if not self.registers:
            return Register("whole", self.low, self.high, "even", 0.0)
        for register in self.registers:
            if pitch <= register.high:
                return register
        return self.registers[-1]
