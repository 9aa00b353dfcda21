"""Other chords in some bars: what accompanies follows, all else stays to the tick."""

from dataclasses import replace

import numpy as np
import pytest

from tapeloom.compose.rechord import HARMONY, clashes_of, put_chords, read_line
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ

from .test_rewrite import score_of

BAR = 4 * PPQ
ALL = (*HARMONY, "bass")


def changed(line: str, first_bar: int, roles: tuple[str, ...] = ALL, seed: int = 1):
    score = score_of()
    spans, bars = read_line(line, score, first_bar=first_bar)
    return score, put_chords(score, spans, bars, roles=roles, rng=np.random.default_rng(seed)), bars


def outside(part: Part, start: int, end: int) -> list[Note]:
    return [note for note in part.notes if not start <= note.start < end and note.end <= start]


def test_the_chords_stand_in_their_bars_and_those_around_stay() -> None:
    score, after, bars = changed("Fm7 Bb7 | Ebmaj7", 8)
    start, end = score.bar_starts[bars.start], score.bar_starts[bars.stop]
    inside = [span for span in after.chords if span.start < end and span.end > start]
    assert [(span.start - start, str(span.chord)) for span in inside] == [
        (0, "Fm7"), (BAR // 2, "Bb7"), (BAR, "Ebmaj7"),
    ]  # fmt: skip
    for tick in (0, start - 1, end, score.chords[-1].end - 1):
        assert after.chord_at(tick) == score.chord_at(tick)


def test_what_accompanies_follows_and_the_rest_stays_to_the_tick() -> None:
    score, after, bars = changed("F#maj7 | F#maj7", 8)
    start, end = score.bar_starts[bars.start], score.bar_starts[bars.stop]
    tones = set(Chord.parse("F#maj9").pitch_classes) | {3, 8}  # with its thirteenth and ninth
    for old, new in zip(score.parts, after.parts, strict=True):
        assert (old.name, old.instrument, old.controls) == (new.name, new.instrument, new.controls)
        assert outside(old, start, end) == outside(new, start, end)
        assert [n for n in old.notes if n.start >= end] == [n for n in new.notes if n.start >= end]
        if old.role not in ALL:
            assert old == new
        elif old.role != "bass":
            fresh = [note for note in new.notes if start <= note.start < end]
            assert {note.pitch % 12 for note in fresh} <= tones, old.name
    bass = [note for note in after.part("bass").notes if start <= note.start < end]
    assert bass[0].pitch % 12 == 6


def test_only_the_roles_that_were_named_are_written_anew() -> None:
    score, after, _ = changed("F#maj7", 8, roles=("bass",))
    assert after.part("keys") == score.part("keys")
    assert after.part("bass") != score.part("bass")


def test_a_bar_in_which_a_part_is_silent_stays_silent() -> None:
    score = score_of()
    start, end = score.bar_starts[8], score.bar_starts[9]
    bass = score.part("bass")
    rest = tuple(note for note in bass.notes if note.end <= start or note.start >= end)
    quiet = score.with_part(replace(bass, notes=rest))
    spans, bars = read_line("F#maj7 | Bmaj7", quiet, first_bar=8)
    after = put_chords(quiet, spans, bars, roles=ALL, rng=np.random.default_rng(1)).part("bass")
    assert not [note for note in after.notes if start <= note.start < end]
    assert [note for note in after.notes if end <= note.start < end + BAR] != list(bass.notes)


def test_what_rings_into_another_chord_ends_at_the_bar() -> None:
    pad = Part("pad", "pad", "warm_pad", (Note(0, 2 * BAR, 60), Note(0, 2 * BAR, 64)))
    score = Score((pad,), chords=(ChordSpan(0, 2 * BAR, Chord.parse("C")),))
    spans, bars = read_line("Am", score, first_bar=1)
    after = put_chords(score, spans, bars, roles=ALL, rng=np.random.default_rng(1))
    held = [note for note in after.parts[0].notes if note.start == 0]
    assert {note.pitch: note.end for note in held} == {60: 2 * BAR, 64: 2 * BAR}  # both are in Am
    spans, bars = read_line("F#m", score, first_bar=1)
    after = put_chords(score, spans, bars, roles=ALL, rng=np.random.default_rng(1))
    assert {note.end for note in after.parts[0].notes if note.start == 0} == {BAR}


def test_a_line_follows_the_meters_and_holds_the_scores_own_chord() -> None:
    melody = Part("melody", "melody", notes=(Note(0, BAR + 6 * PPQ, 60),))
    score = Score(
        (melody,), meters=((0, Meter()), (BAR, Meter(3, 4))),
        chords=(ChordSpan(0, BAR, Chord.parse("Dm7")),),
    )  # fmt: skip
    spans, bars = read_line("| % | G7 . C |", score, first_bar=1)
    assert bars == range(1, 3)
    told = [(span.start - BAR, span.end - BAR, str(span.chord)) for span in spans]
    assert told == [
        (0, 3 * PPQ, "Dm7"), (3 * PPQ, 5 * PPQ, "G7"), (5 * PPQ, 6 * PPQ, "C"),
    ]  # fmt: skip
    assert len(read_line("- | C", score, first_bar=0)[0]) == 1
    for line, sentence in (
        ("C | F | G | C", "the line has 4 bars; from bar 2 on the score has 2"),
        ("- | N.C.", "there is no chord in the line"),
        ("C D E F G |", "cannot hold"),
    ):
        with pytest.raises(InputError, match=sentence):
            read_line(line, score, first_bar=1)


def test_a_held_melody_note_that_rubs_is_told_with_its_bar() -> None:
    melody = Part("tune", "melody", notes=(Note(BAR, 2 * PPQ, 65), Note(BAR + 2 * PPQ, PPQ, 64)))
    score = Score((melody,), keys=((0, Key.parse("C")),))
    span = ChordSpan(BAR, 2 * BAR, Chord.parse("Cmaj7"))
    assert clashes_of(score, [span]) == [
        "bar 2: the tune holds F, the eleventh of Cmaj7, which rubs against it"
    ]
    assert clashes_of(score, [replace(span, chord=Chord.parse("Fmaj7"))]) == []
