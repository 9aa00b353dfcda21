"""What two hands do at once: the tune over chords, or a bass under broken chords."""

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tapeloom.compose.arrange import draw_figure
from tapeloom.compose.lines import place_line
from tapeloom.compose.passage import Passage
from tapeloom.compose.walking import comp_in_swing
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.instruments import Instrument
from tapeloom.theory.voice_leading import Voicing, lead

_EIGHTH = PPQ // 2
_UNDER = 12  # of velocity
_LEFT = (46, 65)  # MIDI pitches of the left hand's chords
_LOW = (33, 50)  # MIDI pitches of its basses


def voice_under(
    passage: Passage, *, style: str, voices: int, low: int, high: int, bass: bool | None = None
) -> dict[int, Voicing]:
    """Voice a passage's chords between two pitches; by the tick at which each begins."""
    if not passage.chords:
        return {}
    path = lead([span.chord for span in passage.chords], style=style, voices=voices, low=low,
                high=high, bass=bass)  # fmt: skip
    return {span.start: v for span, v in zip(passage.chords, path, strict=True)}


def strike(
    passage: Passage, voicings: dict[int, Voicing], strokes: Sequence[tuple[int, int]],
    tune: Sequence[Note], *, level: int,
) -> list[Note]:  # fmt: skip
    """Strike voicings at strokes, leaving out what reaches the tune or rubs against it."""
    starts = [span.start for span in passage.chords]
    onsets = [note.start for note in tune]
    notes: list[Note] = []
    for start, end in strokes:
        at = bisect_right(starts, start) - 1
        if at < 0 or passage.chords[at].end <= start:
            continue
        stop = min(end, passage.chords[at].end)
        near = tune[max(bisect_right(onsets, start) - 1, 0) : bisect_right(onsets, stop - 1)]
        sung = [note.pitch for note in near if note.end > start]
        roof = min(sung, default=128)
        kept = (pitch for pitch in voicings[starts[at]] if pitch < roof - 1)
        notes += [Note(start, stop - start, pitch, level) for pitch in kept]
    return notes


def tune_and_chords(
    passage: Passage, player: Instrument, rng: np.random.Generator, *, alone: bool
) -> list[Note]:
    """Write the tune for the right hand and rootless chords for the left.

    alone  whether nobody else plays the bass: then the left hand strikes it before its chords
    """
    tune = place_line(passage.melody, player, around=76.0)
    level = max(round(np.mean([note.velocity for note in tune] or [74])) - _UNDER, 30)
    low, high = max(_LEFT[0], player.low), _LEFT[1]
    voicings = voice_under(passage, style="rootless", voices=3, low=low, high=high, bass=False)
    if not alone:
        strokes = comp_in_swing(passage.chords, passage.meters, passage.start, passage.end, rng)
        return [*tune, *strike(passage, voicings, strokes, tune, level=level)]
    basses, chords = _left_hand(passage)
    line = [replace(note, velocity=level + 4) for note in basses]
    low_line = place_line(line, player, around=sum(_LOW) / 2)
    return [*tune, *low_line, *strike(passage, voicings, chords, tune, level=level)]


def _left_hand(passage: Passage) -> tuple[list[Note], list[tuple[int, int]]]:
    """Lay out a left hand: each chord's bass, and its chord a beat later where there is room."""
    basses: list[Note] = []
    chords: list[tuple[int, int]] = []
    bars = passage.bars
    for span in passage.chords:
        edges = [span.start, *(bar for bar in bars if span.start < bar < span.end), span.end]
        for start, end in itertools.pairwise(edges):
            struck = start + PPQ if end - start >= 2 * PPQ else start
            pitch = 36 + span.chord.bass_pitch_class
            if struck > start:
                basses.append(Note(start, struck - start, pitch))
                chords.append((struck, end))
            else:
                basses.append(Note(start, end - start, pitch))
    return basses, chords


def bass_and_broken_chords(
    passage: Passage, player: Instrument, rng: np.random.Generator
) -> list[Note]:
    """Write broken chords over their basses, as a guitar or a harp accompanies."""
    figure = draw_figure(rng)
    is_guitar = player.family == "plucked" and len(player.strings) == 6
    style = "guitar" if is_guitar else "spread"
    low, high = (player.low, player.comfortable[1]) if is_guitar else (40, 72)
    voicings = voice_under(passage, style=style, voices=5, low=low, high=high, bass=True)
    level = max(round(np.mean([n.velocity for n in passage.melody] or [74])) - _UNDER, 30)
    notes: list[Note] = []
    for span in passage.chords:
        voicing = voicings[span.start]
        ticks = range(span.start, span.end, _EIGHTH)
        for i, tick in enumerate(ticks):
            index = 0 if i == 0 else figure[i % len(figure)]
            if index >= 0:
                pitch = voicing[min(index, len(voicing) - 1)]
                notes.append(Note(tick, min(span.end - tick, 2 * PPQ), pitch, level))
    return notes
