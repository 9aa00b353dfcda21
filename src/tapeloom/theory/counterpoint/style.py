"""What the search prefers among lines without a fault: costs, none of them a rule."""

from dataclasses import dataclass

from tapeloom.theory.counterpoint.rules import RULES


@dataclass(frozen=True, slots=True)
class Style:
    """The costs of what a line does; a cost of 1 is worth about one weak leap.

    >>> Style().melodic(1), Style().melodic(-5) > Style().melodic(4)
    (0.0, True)
    """

    leaps: tuple[float, ...] = (0.6, 0.0, 0.25, 0.6, 0.8, 1.2, 9.0, 1.0)  # by steps, 0 repeats
    falling_sixth: float = RULES["falling sixth"].weight
    fifth: float = 0.25  # a perfect fifth on a downbeat
    octave: float = 0.6  # an octave on a downbeat
    similar: float = 0.15  # both voices move the same way
    flat: float = 1.0  # a note lowered from the mode
    flat_in_lydian: float = 0.2  # where the tritone over the final asks for it
    wide: float = 0.06  # a semitone beyond a tenth from the next voice
    mixed: float = 1.2  # a note soon after the same note altered, as B after B flat
    turned_back: float = 0.35  # the note before last again
    same_shape: float = 1.0  # a florid bar in the rhythm of the one before it
    like_earlier: float = 0.4  # a florid bar in the rhythm of the one before that
    no_ligature: float = 0.4  # a florid bar entered without a ligature
    attacks: tuple[float, ...] = (2.0, 1.6, 0.9, 0.2, 0.0, 0.0, 0.5)  # in a florid bar, by number
    eighths: float = 0.6  # a pair of eighths
    loose_close: float = 1.5  # florid counterpoint that closes without a suspension
    stiff_start: float = 0.6  # two quarters at the beginning of a bar, then a half
    doubling: float = 0.4  # a chord of three voices or more with two tones only
    shared: float = 0.8  # two voices on one note within a chord
    wide_chord: float = 0.1  # a semitone beyond an octave between neighbours above the bass
    all_alike: float = 1.0  # every voice moves the same way

    def melodic(self, steps: int) -> float:
        """Return what a melodic interval costs."""
        return self.leaps[min(abs(steps), 7)] + (self.falling_sixth if steps == -5 else 0.0)

    def lowered(self, mode: str) -> float:
        """Return what the flat costs in a mode."""
        return self.flat_in_lydian if mode == "lydian" else self.flat


STYLE = Style()
