"""Songs of nobody's, made by rule: chords, a bass, keys and a tune of chord tones and steps."""

import numpy as np

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap

BAR = 4 * PPQ
PROGRESSIONS = ("Cmaj7 Am7 Dm7 G7", "Am7 Dm7 G7 Cmaj7", "Fmaj7 G7 Em7 Am7", "Dm7 G7 Cmaj7 Fmaj7")


def toy_song(seed: int, *, bars: int = 32) -> Score:
    """Make a song in C major whose four-bar phrases come back."""
    rng = np.random.default_rng(seed)
    names = PROGRESSIONS[seed % len(PROGRESSIONS)].split()
    chords = [Chord.parse(name) for name in names]
    phrases = [[_bar(chord, rng) for chord in chords] for _ in range(2)]
    tune, keys, bass, spans = [], [], [], []
    for bar in range(bars):
        chord, at = chords[bar % 4], bar * BAR
        spans.append(ChordSpan(at, at + BAR, chord))
        bass += [Note(at, 2 * PPQ, 36 + chord.root), Note(at + 2 * PPQ, 2 * PPQ, 36 + chord.root)]
        keys += [
            Note(at + beat * PPQ, 2 * PPQ, 52 + (p - 4) % 12)
            for beat in (0, 2) for p in chord.pitch_classes
        ]  # fmt: skip
        tune += [Note(at + a, b - a, p) for a, b, p in phrases[bar // 4 % 4 == 2][bar % 4]]
    parts = (
        Part("tune", "melody", notes=tuple(tune)),
        Part("keys", "keys", notes=tuple(keys)),
        Part("bass", "bass", notes=tuple(bass)),
    )
    return Score(parts, TempoMap.constant(75), keys=((0, Key("C", "major")),), chords=tuple(spans))


def _bar(chord: Chord, rng: np.random.Generator) -> list[tuple[int, int, int]]:
    scale = [p for p in range(67, 86) if p % 12 in (0, 2, 4, 5, 7, 9, 11)]
    tones = [p for p in scale if p % 12 in chord.pitch_classes]
    at, place, notes = 0, int(rng.choice(tones)), []
    while at < BAR:
        wait = min(int(rng.choice([PPQ // 2, PPQ, PPQ, 3 * PPQ // 2])), BAR - at)
        if at % PPQ == 0:
            place = min(tones, key=lambda p: abs(p - place - int(rng.integers(-3, 4))))
        else:
            i = scale.index(place) + int(rng.choice([-1, 1]))
            place = scale[min(max(i, 0), len(scale) - 1)]
        notes.append((at, at + wait, place))
        at += wait
    return notes
