"""Chord-scale choices: which scales hold a chord, with their tensions and their avoid tones."""

from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.harmony import MODES, Chord, Key
from tapeloom.theory.chords import chord_scale
from tapeloom.theory.families import FAMILIES, family
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
# What is seldom the first thought: the modes of the harmonic major scale, and exotic ones.
_RARE = frozenset({
    "harmonic major", "dorian #4", "ionian augmented", "mixolydian b2", "lydian #2", "lydian b3",
    "locrian natural 6", "altered diminished", "augmented", "double harmonic", "hungarian minor",
    "dorian b2",
})  # fmt: skip
# The scale that a quality by itself calls for, whatever the key.
_CUSTOMARY = {
    "dim7": "whole-half", "aug": "whole tone", "aug7": "whole tone", "aug9": "whole tone",
    "7#9": "half-whole", "13b9": "half-whole", "augmaj7": "lydian augmented",
    "augmaj9": "lydian augmented", "minmaj7": "melodic minor", "minmaj9": "melodic minor",
    "min6": "melodic minor", "min6/9": "melodic minor",
}  # fmt: skip
_FOR = {  # scales that are made for some families of chords only
    "bebop dominant": ("dominant", "suspended"), "bebop major": ("major",),
    "bebop minor": ("minor7",), "major pentatonic": ("major", "dominant"),
    "major blues": ("major", "dominant"), "minor pentatonic": ("minor7", "minor"),
    "blues": ("minor7", "minor"),
}  # fmt: skip
_PRICE_OF_AVOID = 0.5
_PRICE_OF_OUTSIDE = 0.8
_PRICE_OF_RANK = 0.02
_PRICE_OF_RARITY = 1.0
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

    key   tones outside of it cost; a chord that it borrows is heard in the parallel key that lends
          it, and other chords bend the key. A quality that calls for a scale by itself (a
          diminished seventh for the whole-half scale) takes it in any key.

    >>> [choice.name for choice in chord_scales(Chord.parse("G7"), Key("C", "major"))][:2]
    ['mixolydian', 'lydian dominant']
    >>> best = chord_scales(Chord.parse("Cmaj7"))[0]
    >>> best.name, best.tensions, best.avoid
    ('lydian', (14, 18, 21), ())
    """
    inside = set(range(12)) if key is None else _inside(chord, key)
    held = set(chord.pitch_classes)
    kind = FAMILIES[family(chord.quality)]
    customary = _CUSTOMARY.get(chord.quality)
    choices = []
    for order, name in enumerate(PLAYED):
        if kind not in _FOR.get(name, FAMILIES):
            continue
        tones = scale(chord.root, name)
        if not held <= set(tones):
            continue
        avoid = avoided(chord, tones)
        free = [(tone - chord.root) % 12 for tone in tones if tone not in (*avoid, *held)]
        tensions = tuple(sorted(step + 12 for step in free if step not in (0, 4, 7, 10, 11)))
        price = (
            _PRICE_OF_AVOID * len(avoid)
            + _PRICE_OF_OUTSIDE * len(set(tones) - inside) * (name != customary)
            + _PRICE_OF_RANK * order * (name != customary)
            + _PRICE_OF_RARITY * (name in _RARE)
            + _PRICE_OF_LACK * max(6 - len(tones), 0)
        )
        choices.append(ScaleChoice(name, tones, tensions, avoid, round(price, 6)))
    return tuple(sorted(choices, key=lambda choice: choice.price))


def _inside(chord: Chord, key: Key) -> set[int]:
    """Return the tones of the key around a chord: of the nearest parallel key that holds it."""
    held, own = set(chord.pitch_classes), set(key.scale)
    if FAMILIES[family(chord.quality)] != "dominant":  # which leads away: it keeps what it can
        lenders = [{(key.pitch_class + step) % 12 for step in steps} for steps in MODES.values()]
        lenders = [tones for tones in (own, *lenders) if held <= tones]
        if lenders:
            return max(lenders, key=lambda tones: len(tones & own))
    return set(chord_scale(chord, key))


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
