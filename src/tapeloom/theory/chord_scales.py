"""Chord-scale choices: which scales hold a chord, with their tensions and their avoid tones."""

from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.chords import chord_scale
from tapeloom.theory.scales import scale

# The scales that players choose from, the commonest first.
PLAYED = (
    "major", "dorian", "mixolydian", "lydian", "minor", "lydian dominant", "whole tone", "altered",
    "half-whole",
    "locrian", "melodic minor", "phrygian", "locrian natural 2", "phrygian dominant",
    "mixolydian b6", "whole-half", "harmonic minor", "dorian b2", "lydian augmented",
    "harmonic major", "dorian #4", "ionian augmented", "mixolydian b2", "lydian #2", "lydian b3",
    "locrian natural 6", "altered diminished", "augmented", "bebop dominant", "bebop major",
    "bebop minor", "double harmonic", "hungarian minor", "major pentatonic", "minor pentatonic",
    "blues", "major blues",
)  # fmt: skip
_PRICE_OF_AVOID = 0.5
_PRICE_OF_OUTSIDE = 0.8
_PRICE_OF_RANK = 0.02
_PRICE_OF_LACK = 1.0  # each tone short of six: a pentatonic leaves much unsaid


@dataclass(frozen=True, slots=True)
class ScaleChoice:
    """A scale over a chord, on the chord's root."""

    name: str  # a name in SCALES
    tones: tuple[int, ...]  # pitch classes from the root up
    tensions: tuple[int, ...]  # semitones above the root, 13..21, that may be held
    avoid: tuple[int, ...]  # pitch classes to pass through only
    price: float  # the lower the better: avoid tones, tones outside of the key, rarity


@lru_cache(maxsize=8192)
def chord_scales(chord: Chord, key: Key | None = None) -> tuple[ScaleChoice, ...]:
    """Rank the scales that hold all tones of a chord, the best choice first.

    A tone a semitone above a chord tone is to be avoided, except over a dominant, where the flat
    ninth and the flat thirteenth are tensions (but not the fourth over its third).

    key   tones outside of the key, bent to the chord, cost

    >>> [choice.name for choice in chord_scales(Chord.parse("G7"), Key("C", "major"))][:2]
    ['mixolydian', 'lydian dominant']
    >>> best = chord_scales(Chord.parse("Cmaj7"))[0]
    >>> best.name, best.tensions, best.avoid
    ('lydian', (14, 18, 21), ())
    """
    inside = set(range(12)) if key is None else set(chord_scale(chord, key))
    held = set(chord.pitch_classes)
    choices = []
    for order, name in enumerate(PLAYED):
        tones = scale(chord.root, name)
        if not held <= set(tones):
            continue
        avoid = avoided(chord, tones)
        free = [(tone - chord.root) % 12 for tone in tones if tone not in (*avoid, *held)]
        tensions = tuple(sorted(step + 12 for step in free if step not in (0, 4, 7, 10, 11)))
        price = (
            _PRICE_OF_AVOID * len(avoid)
            + _PRICE_OF_OUTSIDE * len(set(tones) - inside)
            + _PRICE_OF_RANK * order
            + _PRICE_OF_LACK * max(6 - len(tones), 0)
        )
        choices.append(ScaleChoice(name, tones, tensions, avoid, round(price, 6)))
    return tuple(sorted(choices, key=lambda choice: choice.price))


def avoided(chord: Chord, tones: tuple[int, ...]) -> tuple[int, ...]:
    """Return which tones of a scale are to be avoided over a chord.

    >>> avoided(Chord.parse("Cmaj7"), scale(0, "major"))
    (5,)
    >>> avoided(Chord.parse("C7"), scale(0, "altered"))
    ()
    """
    held = chord.pitch_classes
    steps = {step % 12 for step in chord.intervals}
    is_dominant = {4, 10} <= steps or {5, 7, 10} <= steps
    found = []
    for tone in tones:
        above = (tone - chord.root) % 12
        if tone in held or (tone - 1) % 12 not in held:
            continue
        if not (is_dominant and above in (1, 3, 8)):
            found.append(tone)
    return tuple(found)
