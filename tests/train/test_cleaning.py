"""Cleaning songs: what is mended, what is left out, and that no song lies on both sides."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.train.cleaning import (
    LONGEST_SILENCE,
    RANGE,
    STUCK,
    TEMPI,
    CleaningReport,
    clean,
    fault,
    mend,
    shift,
)
from tapeloom.train.corpus.song import Song
from tapeloom.train.quotations import random_tune

from ..neural.toy_songs import BAR, toy_song

SONG = toy_song(0)


def tune(*notes: Note, role: str = "melody", **more) -> Score:
    return Score((Part(role, role, notes=notes),), **more)


def song(key: str, score: Score, source: str = "pop909") -> Song:
    return Song(source, key, score)


def test_a_sound_song_stays_as_it_is():
    assert mend(SONG) == (SONG, ())
    report = CleaningReport()
    assert [s.score for s in clean([song("001", SONG)], report)] == [SONG]
    assert (dict(report.kept), report.dropped, dict(report.mended)) == ({"pop909": 1}, [], {})


def test_stuck_stray_and_doubled_notes_are_mended():
    held, low = Note(0, STUCK + 1, 60), Note(PPQ, PPQ, RANGE[0] - 1)
    twice = Note(2 * PPQ, PPQ, 64), Note(2 * PPQ, 2 * PPQ, 64)
    mended, told = mend(tune(held, low, *twice))
    assert mended.parts[0].notes == (Note(0, BAR, 60), twice[1])
    assert told == ("stuck notes", "notes out of range", "doubled notes")
    drums = tune(Note(0, PPQ, 112), role="drums")
    assert mend(drums)[0].parts[0].notes[0].pitch == 112  # a drum's key is no pitch


def test_what_is_played_becomes_what_is_written():
    place = PPQ // 24
    played = (
        Note(place, 5 * place, 60, 84),  # an onset and an end beside a sixteenth
        Note(8 * place, 7 * place, 62, 80), Note(15 * place, 10 * place, 64, 78),  # triplets
        Note(PPQ, 2 * PPQ + 2 * place, 65, 120), Note(21 * place, 2 * place, 67, 80),  # as it is
    )  # fmt: skip
    mended, told = mend(tune(*played))
    assert told == ("what is played, not written",)
    assert [(n.start // place, n.end // place) for n in mended.parts[0].notes] == [
        (0, 6), (8, 16), (16, 24), (21, 27), (24, 72),
    ]  # fmt: skip
    assert [n.velocity for n in mended.parts[0].notes] == [80, 80, 80, 80, 100]
    strokes = tune(*(Note(i * PPQ, PPQ, 38, v) for i, v in enumerate((20, 60, 127))), role="drums")
    assert [n.velocity for n in mend(strokes)[0].parts[0].notes] == [40, 72, 104]


def test_an_upbeat_fills_a_bar_and_takes_from_the_last():
    quarter = tuple(Note(i * PPQ, PPQ, 60 + i) for i in range(8))
    # One beat, a bar of four, and the three that the upbeat left.
    meters = ((0, Meter(1, 4)), (PPQ, Meter(4, 4)), (5 * PPQ, Meter(3, 4)))
    mended, told = mend(tune(*quarter, meters=meters, chords=(
        ChordSpan(PPQ, 5 * PPQ, Chord.parse("C")),)))  # fmt: skip
    assert told[0] == "an upbeat"
    assert [n.start // PPQ for n in mended.parts[0].notes] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert mended.chords[0].start == BAR
    assert mended.meters[0] == (0, Meter(4, 4))


def test_long_silences_are_cut_and_a_beginning_is_none():
    notes = Note(2 * BAR, BAR, 60), Note(9 * BAR, BAR, 62)
    spans = ChordSpan(2 * BAR, 3 * BAR, Chord.parse("C")), ChordSpan(9 * BAR, 10 * BAR,
                                                                    Chord.parse("G"))  # fmt: skip
    mended, told = mend(tune(*notes, chords=spans))
    assert told == ("silences",)
    assert [n.start // BAR for n in mended.parts[0].notes] == [0, 1 + LONGEST_SILENCE]
    assert [c.start // BAR for c in mended.chords] == [0, 1 + LONGEST_SILENCE]


@pytest.mark.parametrize(("bpm", "folded"), [(30, 60), (360, 180), (75, 75)])
def test_a_tempo_is_folded_into_what_music_has(bpm, folded):
    mended, told = mend(tune(Note(0, PPQ, 60), tempo=TempoMap.constant(bpm)))
    assert mended.tempo.initial_bpm == folded
    assert told == (("its tempo",) if bpm != folded else ())


def test_what_teaches_nothing_is_told():
    assert fault(tune(Note(0, PPQ, 60))) == "it has 1 notes and chords"
    odd = replace(SONG, meters=((0, Meter(17, 16)),))
    assert fault(odd) == "it has bars of 17/16"
    report = CleaningReport()
    assert list(clean([song("001", odd)], report)) == []
    assert report.dropped == [("pop909", "001", "it has bars of 17/16")]


def test_one_melody_under_two_names_comes_once_and_versions_of_a_song_stay():
    melody = random_tune_score(1)
    up = replace(melody, parts=tuple(
        replace(p, notes=tuple(replace(n, pitch=n.pitch + 3) for n in p.notes))
        for p in melody.parts
    ))  # fmt: skip
    other = random_tune_score(2)
    report = CleaningReport()
    songs = [song("a", melody), song("a", up), song("b", up, "openewld"), song("c", other)]
    assert [s.key for s in clean(songs, report)] == ["a", "a", "c"]
    assert report.dropped == [("openewld", "b", "it is a under another name")]


def random_tune_score(seed: int) -> Score:
    import numpy as np

    return tune(*random_tune(np.random.default_rng(seed), bars=32), keys=((0, Key("C", "major")),))


# Onsets off the sixteenths stay where they are, and with them the end of a short note.
sixteenths = st.integers(0, 640).map(lambda number: number * PPQ // 4)
notes = st.builds(Note, sixteenths, st.integers(1, 20 * BAR), st.integers(0, 127))


@given(st.lists(notes, max_size=30), st.integers(20, 400), st.sampled_from(("4/4", "3/4", "7/8")))
def test_mending_twice_is_mending_once(found, bpm, meter):
    score = tune(*found, tempo=TempoMap.constant(bpm), meters=((0, Meter.parse(meter)),))
    once, _ = mend(score)
    again, told = mend(once)
    assert again == once
    assert told == ()
    assert TEMPI[0] <= once.tempo.initial_bpm <= TEMPI[1]
    assert sum(len(p.notes) for p in once.parts) <= len(found)


@given(st.integers(0, 10 * BAR))
def test_shifting_back_is_identity(ticks):
    assert shift(shift(SONG, ticks), -ticks) == SONG
