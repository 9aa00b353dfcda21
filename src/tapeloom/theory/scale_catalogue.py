"""The scales and modes by name. Modes are turned from their parents, none is typed twice."""

import re

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES


def turn(steps: tuple[int, ...], degree: int) -> tuple[int, ...]:
    """Return the mode of a scale that begins on a degree, counted from 0.

    >>> turn((0, 2, 4, 5, 7, 9, 11), 1)
    (0, 2, 3, 5, 7, 9, 10)
    """
    return tuple((step - steps[degree]) % 12 for step in steps[degree:] + steps[:degree])


def repeat(*gaps: int) -> tuple[int, ...]:
    """Return the symmetric scale that repeats a pattern of semitones up to the octave.

    >>> repeat(1, 2)
    (0, 1, 3, 4, 6, 7, 9, 10)
    """
    steps = [0]
    while steps[-1] < 12:
        steps.append(steps[-1] + gaps[(len(steps) - 1) % len(gaps)])
    return tuple(steps[:-1])


# Parent -> its steps, and the names of its modes from each degree up (None where none is in use).
_FAMILIES: dict[str, tuple[tuple[int, ...], tuple[str | None, ...]]] = {
    "major": (
        MODES["major"],
        ("major", "dorian", "phrygian", "lydian", "mixolydian", "minor", "locrian"),
    ),
    "melodic minor": (
        (0, 2, 3, 5, 7, 9, 11),
        ("melodic minor", "dorian b2", "lydian augmented", "lydian dominant", "mixolydian b6",
         "locrian natural 2", "altered"),
    ),
    "harmonic minor": (
        (0, 2, 3, 5, 7, 8, 11),
        ("harmonic minor", "locrian natural 6", "ionian augmented", "dorian #4",
         "phrygian dominant", "lydian #2", "altered diminished"),
    ),
    "harmonic major": (
        (0, 2, 4, 5, 7, 8, 11),
        ("harmonic major", "dorian b5", "phrygian b4", "lydian b3", "mixolydian b2",
         "lydian augmented #2", "locrian bb7"),
    ),
    "double harmonic": (
        (0, 1, 4, 5, 7, 8, 11),
        ("double harmonic", "lydian #2 #6", "ultraphrygian", "hungarian minor", "oriental",
         "ionian augmented #2", "locrian bb3 bb7"),
    ),
    "major pentatonic": (
        (0, 2, 4, 7, 9),
        ("major pentatonic", "egyptian", "man gong", "yo", "minor pentatonic"),
    ),
    "hirajoshi": ((0, 2, 3, 7, 8), ("hirajoshi", "iwato", None, "in", "chinese")),
    "kumoi": ((0, 2, 3, 7, 9), ("kumoi", "in-sen", None, None, None)),
    "blues": ((0, 3, 5, 6, 7, 10), ("blues", "major blues", None, None, None, None)),
    "half-whole": (repeat(1, 2), ("half-whole", "whole-half")),
    "augmented": (repeat(3, 1), ("augmented", "inverse augmented")),
}  # fmt: skip
# Seven notes and a passing one, so that eight eighths end on a chord tone: bebop.
_BEBOP = {
    "bebop dominant": ("mixolydian", 11),
    "bebop major": ("major", 8),
    "bebop minor": ("dorian", 4),
    "bebop melodic minor": ("melodic minor", 8),
    "bebop harmonic minor": ("harmonic minor", 10),
}
_OTHERS: dict[str, tuple[int, ...]] = {
    "whole tone": repeat(2),
    "chromatic": repeat(1),
    "messiaen 3": repeat(2, 1, 1),
    "messiaen 4": repeat(1, 1, 3, 1),
    "messiaen 5": repeat(1, 4, 1),
    "messiaen 6": repeat(2, 2, 1, 1),
    "messiaen 7": repeat(1, 1, 1, 2, 1),
    "tritone": repeat(1, 3, 2),
    "dominant pentatonic": (0, 2, 4, 7, 10),
    "pelog": (0, 1, 3, 7, 8),
    "prometheus": (0, 2, 4, 6, 9, 10),
    "neapolitan minor": (0, 1, 3, 5, 7, 8, 11),
    "neapolitan major": (0, 1, 3, 5, 7, 9, 11),
    "hungarian major": (0, 3, 4, 6, 7, 9, 10),
    "romanian major": (0, 1, 4, 6, 7, 9, 10),
    "persian": (0, 1, 4, 5, 6, 8, 11),
    "enigmatic": (0, 1, 4, 6, 8, 10, 11),
    "leading whole tone": (0, 2, 4, 6, 8, 10, 11),
    "major locrian": (0, 2, 4, 5, 6, 8, 10),
    "spanish eight-tone": (0, 1, 3, 4, 5, 6, 8, 10),
}

SCALES: dict[str, tuple[int, ...]] = {}
PARENTS: dict[str, tuple[str, int]] = {}  # mode -> its parent and the degree it begins on, from 0
for _parent, (_steps, _names) in _FAMILIES.items():
    for _degree, _name in enumerate(_names):
        if _name is not None:
            SCALES[_name] = turn(_steps, _degree)
            PARENTS[_name] = (_parent, _degree)
for _name, (_seven, _passing) in _BEBOP.items():
    SCALES[_name] = tuple(sorted((*SCALES[_seven], _passing)))
SCALES |= _OTHERS

ALIASES: dict[str, str] = {
    "ionian": "major", "aeolian": "minor", "natural minor": "minor", "diatonic": "major",
    "phrygian natural 6": "dorian b2", "phrygian #6": "dorian b2", "javanese": "dorian b2",
    "lydian #5": "lydian augmented", "lydian b7": "lydian dominant", "acoustic": "lydian dominant",
    "overtone": "lydian dominant", "mixolydian #4": "lydian dominant",
    "mixolydian #11": "lydian dominant", "melodic major": "mixolydian b6",
    "aeolian dominant": "mixolydian b6", "hindu": "mixolydian b6",
    "half diminished": "locrian natural 2",
    "locrian #2": "locrian natural 2", "aeolian b5": "locrian natural 2",
    "super locrian": "altered", "superlocrian": "altered", "diminished whole tone": "altered",
    "jazz minor": "melodic minor", "locrian #6": "locrian natural 6",
    "ionian #5": "ionian augmented", "major #5": "ionian augmented",
    "ukrainian dorian": "dorian #4", "romanian minor": "dorian #4", "dorian #11": "dorian #4",
    "spanish": "phrygian dominant", "freygish": "phrygian dominant",
    "phrygian major": "phrygian dominant", "spanish phrygian": "phrygian dominant",
    "mixolydian b9 b13": "phrygian dominant", "ultralocrian": "altered diminished",
    "super locrian bb7": "altered diminished", "locrian natural 2 natural 6": "dorian b5",
    "lydian diminished": "lydian b3", "melodic minor #4": "lydian b3",
    "mixolydian b9": "mixolydian b2", "byzantine": "double harmonic", "arabic": "double harmonic",
    "gypsy major": "double harmonic", "double harmonic major": "double harmonic",
    "hungarian gypsy": "hungarian minor", "double harmonic minor": "hungarian minor",
    "gypsy minor": "hungarian minor", "pentatonic": "major pentatonic",
    "suspended pentatonic": "egyptian", "blues major": "major blues", "blues minor": "blues",
    "minor blues": "blues", "sakura": "in", "miyako-bushi": "in", "insen": "in-sen",
    "octatonic": "half-whole", "diminished": "whole-half", "dominant diminished": "half-whole",
    "half-whole diminished": "half-whole", "whole-half diminished": "whole-half",
    "hexatonic": "augmented", "bebop": "bebop dominant", "bebop mixolydian": "bebop dominant",
    "bebop dorian": "bebop minor", "messiaen 1": "whole tone", "messiaen 2": "half-whole",
    "wholetone": "whole tone", "arabian": "major locrian", "mystic": "prometheus",
    "eight-tone spanish": "spanish eight-tone",
}  # fmt: skip


_LOOKUP = {alias.replace("-", " "): name for alias, name in ALIASES.items()}
_LOOKUP |= {name.replace("-", " "): name for name in SCALES}


def find_scale(name: str) -> str:
    """Return the name under which `SCALES` holds a scale, of any of its names.

    >>> find_scale("Super Locrian"), find_scale("lydian ♭7")
    ('altered', 'lydian dominant')
    >>> find_scale("C minor")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: 'C minor' is no scale; choose one of major, dorian, ...
    """
    plain = re.sub(r"[\s_]+", " ", name.strip().lower().replace("♭", "b").replace("♯", "#"))
    plain = re.sub(r"\b(flat|sharp) ?(?=\d)", lambda m: "b" if m[1] == "flat" else "#", plain)
    plain = plain.replace("♮", "natural ").removesuffix(" scale").removesuffix(" mode")
    found = _LOOKUP.get(plain.replace("-", " "))
    if found is not None:
        return found
    raise InputError(f"{name!r} is no scale; choose one of {', '.join(SCALES)}")
