"""What a symbolic model is asked for, measured on music by rule: mood, tempo, swing, density."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, Key
from tapeloom.core.meter import Meter, bar_starts
from tapeloom.core.mood import Character, character
from tapeloom.core.score import Note, Score
from tapeloom.core.time import PPQ
from tapeloom.neural.tokens import (
    DENSITY_EDGES,
    MOODS,
    STYLES,
    SWING_EDGES,
    SWINGS,
    TEMPO_EDGES,
    check_meter,
)
from tapeloom.theory.keys import find_keys, spell_key

BRISK = 6.5  # notes a second: from here on music is taken to be aroused
CALM_ENERGY = 0.5  # of a brief's character


@dataclass(frozen=True, slots=True)
class Controls:
    """What a piece should be like; `any` and None leave it open.

    >>> Controls(key=Key("A", "minor"), bpm=75.0).mood
    'any'
    """

    key: Key = Key("C", "major")
    bpm: float = 75.0  # quarter notes a minute, 20..400
    meter: Meter = Meter()
    style: str = "any"  # one of tokens.STYLES
    mood: str = "any"  # one of tokens.MOODS
    swing: str = "any"  # one of tokens.SWINGS
    density: float | None = None  # pitched notes a bar

    def __post_init__(self) -> None:
        if not 20 <= self.bpm <= 400:
            raise InputError(f"bpm is {self.bpm}; it must lie between 20 and 400")
        check_meter(self.meter)
        for name, table in (("style", STYLES), ("mood", MOODS), ("swing", SWINGS)):
            if getattr(self, name) not in table:
                raise InputError(
                    f"{name} is {getattr(self, name)!r}; choose one of {', '.join(table)}"
                )


def tempo_bin(bpm: float) -> int:
    """Return the number of a tempo's token.

    >>> tempo_bin(75), tempo_bin(76), tempo_bin(10)
    (6, 7, 0)
    """
    return bisect_right(TEMPO_EDGES, bpm)


def tempo_of(number: int) -> float:
    """Return the middle of a tempo's token in quarter notes a minute.

    >>> tempo_of(6)
    74.0
    """
    edges = (40, *TEMPO_EDGES, 360)
    return (edges[number] + edges[number + 1]) / 2


def density_bin(notes_per_bar: float) -> int:
    """Return the number of a density's token.

    >>> density_bin(8.0), density_bin(30)
    (3, 7)
    """
    return bisect_right(DENSITY_EDGES, notes_per_bar)


def swing_name(ratio: float) -> str:
    """Name how much a pair swings, by its first note's share.

    >>> swing_name(0.5), swing_name(0.58), swing_name(0.667)
    ('straight', 'medium', 'hard')
    """
    return SWINGS[1 + bisect_right(SWING_EDGES, ratio)]


def mood_of(notes_per_second: float, *, is_bright: bool) -> str:
    """Name the quadrant of valence and arousal, by a rule: brisk music is aroused, major is happy.

    >>> mood_of(8, is_bright=True), mood_of(3, is_bright=False)
    ('happy', 'sad')
    """
    if notes_per_second >= BRISK:
        return "happy" if is_bright else "tense"
    return "calm" if is_bright else "sad"


def most_notes(controls: Controls) -> float | None:
    """Return the notes a bar, drums included, beyond which a calm mood would be a brisk one.

    >>> most_notes(Controls(bpm=60, mood="sad")), most_notes(Controls(mood="tense"))
    (26.0, None)
    """
    if controls.mood not in ("sad", "calm"):
        return None
    return BRISK * controls.meter.bar_ticks / PPQ * 60 / controls.bpm


def mood_of_words(moods: Sequence[str], scenes: Sequence[str] = ()) -> str:
    """Return the quadrant that the moods of a brief lie in; `any` without a mood.

    >>> mood_of_words(["dark"]), mood_of_words(["uplifting"]), mood_of_words([])
    ('sad', 'happy', 'any')
    """
    if not moods:
        return "any"
    asked = character(moods, scenes)
    return _quadrant(asked)


def _quadrant(asked: Character) -> str:
    bright = sum(w for mode, w in asked.modes.items() if MODES[mode][2] == 4)
    is_bright = bright >= sum(asked.modes.values()) / 2
    if asked.energy > CALM_ENERGY:
        return "happy" if is_bright else "tense"
    return "calm" if is_bright else "sad"


def pitched(score: Score) -> list[Note]:
    """Return every note but the drums'."""
    return [note for part in score.parts if part.role != "drums" for note in part.notes]


def notes_per_bar(score: Score) -> float:
    """Return the pitched notes a bar, over all bars up to the last note.

    >>> from tapeloom.core.score import Note, Part
    >>> from tapeloom.core.time import PPQ
    >>> notes_per_bar(Score((Part("a", "melody", notes=(Note(0, PPQ, 60), Note(PPQ, PPQ, 62))),)))
    2.0
    """
    notes = pitched(score)
    bars = len(bar_starts(score.meters, max((note.end for note in notes), default=0)))
    return len(notes) / bars if bars else 0.0


def measure_mood(score: Score, key: Key | None = None) -> str:
    """Return the quadrant that a score lies in, by `mood_of`.

    The notes of all parts count, drums included; a key that is None is the likeliest one.
    """
    notes = sum(len(part.notes) for part in score.parts)
    seconds = score.tempo.tick_to_s(score.end)
    if not notes or seconds <= 0:
        return "any"
    found = key or key_of(score)
    return mood_of(notes / seconds, is_bright=MODES[found.mode][2] == 4)


def key_of(score: Score) -> Key:
    """Return a score's key: the one it states, else the likeliest, else C major.

    >>> str(key_of(Score(())))
    'C major'
    """
    if score.key is not None:
        return score.key
    notes = pitched(score)
    if notes:
        return find_keys(notes)[0].key
    if score.chords:
        weights = np.zeros(12)
        for span in score.chords:
            for place in span.chord.pitch_classes:
                weights[place] += span.end - span.start
        return max(
            (spell_key(tonic, mode) for mode in ("major", "minor") for tonic in range(12)),
            key=lambda key: float(weights[list(key.scale)].sum() + weights[key.pitch_class]),
        )
    return Key("C", "major")
