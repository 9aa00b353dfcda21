"""What theory mends in parts that a model wrote: the bass under a chord, rubs, an open end."""

from collections.abc import Sequence
from dataclasses import replace

from tapeloom.core.meter import meter_at
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.instruments import instrument
from tapeloom.theory.melody_fit import AVOID, role

RUB = 1  # semitones between a low pair of notes that rub
LOW = 60  # below it a semitone is mud, not colour


def repair(score: Score) -> Score:
    """Return a score with its bass on the chords, without rubs and unisons, and with an end.

    - The first bass note under each chord is the chord's bass.
    - Chord instruments leave out what lies a semitone from a sounding melody note or, low, from
      one of their own, and what doubles the melody on its pitch.
    - A melody's last note is a tone of its chord.
    """
    parts = [_with_an_end(part, score) if part.role == "melody" else part for part in score.parts]
    melody = next((part.notes for part in parts if part.role == "melody"), ())
    for number, part in enumerate(parts):
        if part.role == "bass":
            parts[number] = _on_the_chords(part, score.chords)
        elif part.role in ("keys", "pad", "guitar"):
            parts[number] = _without_rubs(part, melody)
    return replace(score, parts=tuple(part for part in parts if part.notes))


def _on_the_chords(part: Part, chords: Sequence[ChordSpan]) -> Part:
    notes = list(part.notes)
    at = 0
    for span in chords:
        while at < len(notes) and notes[at].start < span.start:
            at += 1
        if at < len(notes) and notes[at].start < span.end:
            step = (span.chord.bass_pitch_class - notes[at].pitch + 6) % 12 - 6
            pitch = notes[at].pitch + step
            low, high = _reach(part)
            pitch += 12 if pitch < low else -12 if pitch > high else 0
            notes[at] = replace(notes[at], pitch=pitch)
    return replace(part, notes=tuple(notes))


def _reach(part: Part) -> tuple[int, int]:
    if part.instrument:
        return instrument(part.instrument).comfortable
    return 28, 55


def _without_rubs(part: Part, melody: Sequence[Note]) -> Part:
    kept: list[Note] = []
    at = 0
    for note in part.notes:
        while at < len(melody) and melody[at].end <= note.start:
            at += 1
        over = [m for m in melody[at : at + 4] if m.start < note.end and m.end > note.start]
        on_it = any(m.pitch == note.pitch and m.start == note.start for m in over)
        rubs = any(abs(m.pitch - note.pitch) == RUB and m.start == note.start for m in over)
        own = any(
            k.start == note.start and note.pitch - k.pitch == RUB and note.pitch < LOW
            for k in kept[-4:]
        )
        if not (on_it or rubs or own):
            kept.append(note)
    return replace(part, notes=tuple(kept))


def _with_an_end(part: Part, score: Score) -> Part:
    if not part.notes or not score.chords:
        return part
    last = part.notes[-1]
    bar = meter_at(score.meters, last.start).bar_ticks
    chord = score.chord_at(last.start)
    if chord is None or last.start < score.end - 2 * bar or last.duration < PPQ // 2:
        return part
    if role(chord.quality, (last.pitch - chord.root) % 12) != AVOID and (
        last.pitch % 12 in chord.pitch_classes
    ):
        return part
    near = min(range(max(last.pitch - 6, 0), min(last.pitch + 7, 128)),
               key=lambda p: (p % 12 not in chord.pitch_classes, abs(p - last.pitch)))  # fmt: skip
    return replace(part, notes=(*part.notes[:-1], replace(last, pitch=near)))
