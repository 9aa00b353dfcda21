"""Small exercises, each with one fault that is known: its name, its bar, and the voices.

Voices from the lowest; `*` marks the cantus firmus. Lines are as `counterpoint.text` reads.
"""

from tapeloom.core.harmony import Key
from tapeloom.theory.counterpoint.exercise import Exercise, species_of
from tapeloom.theory.counterpoint.text import read_line

D = "*D4 F4 E4 D4 G4 F4 E4 D4"
A = "*A3 C4 B3 D4 C4 B3 A3"
E = "*E4 G4 A4 F4 G4 F4 E4"
TRIO = ("*D3 F3 E3 D3 G3 F3 E3 D3", "D4 C4 C4 D4 E4 F4 G4 F#4", "F4 A4 G4 B4 B4 A4 C#5 D5")

# Strict rules: nothing else in the exercise is a fault.
FAULTY = (
    ("parallel fifths", 2, "D dorian", D, "A4 C5 G4 B4 B4 A4 C#5 D5"),
    ("parallel fifths", 4, "D dorian", "D3 D3 A3 G3 G3 A3 C#4 D4", D),
    ("parallel fifths", 5, "D dorian", D,
     "rh D5h A4h B4h C5h E5h F5h A4h D5h B4h D5h A4h B4h C#5h D5"),  # weak half to downbeat
    ("parallel fifths", 3, "D dorian", D,
     "rh A4h. G4q F4q C5q B4q C5q D5q E5q F5q G5q F5h. E5q D5q C5q D5q E5q D5 C#5h D5"),
    ("parallel octaves", 4, "D dorian", D, "A4 A4 E5 D5 E5 A4 C#5 D5"),
    ("parallel octaves", 4, "A minor", A, "A4 A4 B4 D5 A4 G#4 A4"),
    ("parallel octaves", 5, "D dorian", D,
     "rh D5h A4h B4h C5h E5h F5h D5h G5h B4h D5h A4h B4h C#5h D5"),
    ("parallel octaves", 6, "D dorian",
     "D3q E3q F3q G3q A3q F3q G3q A3q C4q B3q A3q G3q B3q A3q G3q F3q E3q D3q C3q G3q F3q G3q "
     "A3q B3q C#4q D4q E4q C#4q D4", D),
    ("direct fifth", 5, "D dorian", D, "A4 A4 G4 B4 D5 A4 C#5 D5"),
    ("direct fifth", 3, "A minor", "A2 A2 E2 B2 E3 G#3 A3", A),
    ("direct octave", 2, "D dorian", D, "A4 F5 C5 D5 E5 A4 C#5 D5"),
    ("direct octave", 5, "D dorian", "D4 A3 G3 F3 G3 D3 C#3 D3", D),
    ("contrary fifths", 5, "E phrygian", "E4 E4 F4 C5 C4 D4 E4", E),
    ("contrary octaves", 5, "D dorian",
     "rh D3h A3h F3h G3h E3h F3h D3h G2h C3h D3h F3h A3h C#4h D4", D),
    ("fifths on downbeats", 3, "D dorian", D,
     "rh D5h C5h A4h B4h E5h F5h D5h E5h B4h D5h A4h B4h C#5h D5"),
    ("octaves on downbeats", 8, "D dorian", D,
     "rh D5h A4h B4h C5h E5h F5h D5h E5h B4h D5h A4h E5h C#5h D5"),
    ("octaves on downbeats", 7, "A minor", A, "rh E4 A4 G4 F4 E4h B4h G#4h A4"),
    ("unison", 2, "D dorian", D, "A4 F4 G4 B4 B4 A4 C#5 D5"),
    ("leap", 3, "D dorian", "D3 D3 C4 B3 G3 A3 C#4 D4", D),  # a seventh
    ("leap", 4, "A minor", "A2 A2 D3 B3 E3 G#3 A3", A),  # a major sixth
    ("awkward leap", 5, "D dorian", D, "A4 A4 G4 F4 B4 A4 C#5 D5"),  # an augmented fourth
    ("awkward leap", 3, "E phrygian", E, "B4 B4 F5 D5 B4 D5 E5"),  # a diminished fifth
    ("awkward leap", 4, "A minor", A, "E4 E4 G#3 F4 E4 G#4 A4"),  # a diminished seventh
    ("chromatic step", 5, "D dorian", D, "A4 A4 G4 Bb4 B4 A4 C#5 D5"),
    ("foreign note", 5, "D dorian", "D4 A3 G3 F3 Eb3 D3 C#3 D3", D),
    ("compass", 7, "D dorian", "A4 A3 G3 F3 E3 D3 C#3 D3", D),
    ("range", 4, "A minor", "A3 E3 D3 D2 A2 G#2 A2", A),
    ("repeated note", 2, "D dorian", D,
     "rh A4h A4h B4h C5h E5h F5h D5h E5h B4h D5h A4h B4h C#5h D5"),
    ("repeated note", 4, "D dorian", D, "rh A4 C5 B4 B4 E5 D5 C#5h D5"),
    ("opening", 1, "D dorian", D, "F4 A4 G4 B4 B4 A4 C#5 D5"),
    ("opening", 1, "D dorian", "F3 D3 A3 B3 G3 A3 C#4 D4", D),
    ("opening", 1, "D dorian", "G3 D3 A3 B3 G3 A3 C#4 D4", D),  # a fifth under the final
    ("cadence", 8, "D dorian", D, "A4 A4 G4 B4 B4 A4 C5 D5"),  # no leading tone
    ("cadence", 7, "A minor", A, "A4 A4 B4 B4 A4 G4 A4"),
    ("dissonance", 2, "D dorian", D, "A4 E4 G4 B4 B4 A4 C#5 D5"),  # a second
    ("dissonance", 3, "D dorian", D, "A4 A4 A4 B4 B4 A4 C#5 D5"),  # a fourth
    ("dissonance", 2, "D dorian", D,
     "rh D5h C5h B4h C5h E5h F5h D5h E5h B4h D5h A4h B4h C#5h D5"),  # a neighbour in halves
    ("dissonance", 4, "D dorian", D,
     "rh D5h A4h B4h C5h D5h E5h F5h D5h B4h D5h A4h B4h C#5h D5"),  # on the downbeat
    ("dissonance", 2, "D dorian", D, "rh A4 G4 B4 D5 E5 D5 C#5h D5"),  # leapt to, and held
    ("dissonance", 4, "D dorian", "rh D3 D4 C4 F4 E4 D4 C#4h D4", D),  # resolved by a leap up
    ("dissonance", 4, "D dorian", D, "rh D5 C5 E5 F#5 E5 D5 C#5h D5"),  # resolved by a step up
    ("dissonance", 5, "A minor",
     "A2q B2q C3q D3q E3q C3q D3q E3q G3q A3q B3q G3q F3q D3q E3q F3q A3q D3q F3q E3q G3q F3q "
     "E3q G#3q A3", A),  # leapt to and from
    ("dissonance", 2, "D dorian", D,
     "rh D4h. G4q F4q A4q B4q C5q D5q E5q F5q G5q F5h. E5q D5q C5q D5q E5q D5 C#5h D5"),
    ("rhythm", 2, "D dorian", D, "A4 A4h C5h G4 B4 B4 A4 C#5 D5"),
    ("eighths", 4, "A minor", A,
     "rh E4h. D4q E4q F4q G4q A4q B4h. D5e A4e B4h. G4q A4 G#4h A4"),
    ("close", 8, "D dorian", *TRIO[:1], TRIO[1].replace("F#4", "F4"), TRIO[2]),  # a minor third
    ("parallel fifths", 6, "D dorian", TRIO[0], "D4 C4 C4 D4 D4 C4 G4 F#4", TRIO[2]),
    ("dissonance", 2, "D dorian", TRIO[0], "D4 Bb3 C4 D4 E4 F4 G4 F#4", TRIO[2]),  # over the bass
)  # fmt: skip

# Advice: what else is said of these doesn't matter.
UNADVISED = (
    ("crossing", 2, "D dorian", D, "A4 D4 G4 B4 B4 A4 C#5 D5"),
    ("falling sixth", 5, "D dorian", D, "A4 A4 C5 F5 A4 A4 C#5 D5"),
    ("spacing", 5, "D dorian", "D3 D3 A2 B2 G2 A2 C#3 D3", D),
    ("leaps that make a seventh", 3, "D dorian", "D3 A3 C4 B3 G3 A3 C#4 D4", D),
    ("leap not turned", 3, "D dorian", D, "D4 D5 E5 D5 B4 A4 C#5 D5"),
    ("standing line", 3, "E phrygian", E, "B4 B4 B4 D5 B4 D5 E5"),
    ("second climax", 8, "D dorian", D, "D5 A4 C5 B4 B4 A4 C#5 D5"),
    ("chain of thirds or sixths", 5, "A minor", A, "C4 E4 D4 F4 E4 G#4 A4"),
    ("tritone outline", 4, "D dorian", D, "A4 F4 G4 B4 B4 A4 C#5 D5"),
    ("broken ligature", 3, "D dorian", D, "rh A4 F5h D5h E5h B4h D5 E5 D5 C#5h D5"),
    ("figure repeated", 2, "D dorian", D,
     "A4q B4q A4q G4q A4q B4q A4q G4q E4q F4q G4q E4q F4q G4q A4q B4q D5q C5q B4q A4q C5q B4q "
     "A4q C5q B4q A4q B4q C#5q D5"),
    ("false relation", 5, "D dorian", "D3 D3 A3 Bb3 G3 A3 C#4 D4",
     "*D4 F4 E4 D4 B3 F4 E4 D4"),
    ("battuta", 5, "D dorian", D, "A5 A5 G5 A5 G5 F5 C#5 D5"),
)  # fmt: skip


def read_exercise(mode: str, *voices: str) -> Exercise:
    """Read an exercise, each voice's species by its rhythm."""
    cantus = next(k for k, voice in enumerate(voices) if voice.startswith("*"))
    lines = tuple(read_line(voice.lstrip("*")) for voice in voices)
    species = tuple(1 if k == cantus else species_of(line) for k, line in enumerate(lines))
    return Exercise(lines, Key.parse(mode), species, cantus)
