"""Harmonising a melody: its end, its meters, its clashes, bad input."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.harmonise import harmonise, harmoniser, phase, step_ticks
from tapeloom.theory.melody_fit import clashes, melody_over
from tapeloom.theory.palette import STYLES

FOUR = ((0, Meter(4, 4)),)
# Twinkle, twinkle, little star (traditional).
STAR = [
    Note(i * PPQ, PPQ * (2 if i % 8 == 6 else 1), p)
    for i, p in enumerate((60, 60, 67, 67, 69, 69, 67, 0, 65, 65, 64, 64, 62, 62, 60, 0))
    if p
]
scale_tunes = st.lists(
    st.tuples(
        st.sampled_from([60, 62, 64, 65, 67, 69, 71, 72]),
        st.sampled_from([PPQ // 2, PPQ, 2 * PPQ, 4 * PPQ]),
    ),
    min_size=1, max_size=24,
)  # fmt: skip


def tune_of(rows, start=0):
    notes, tick = [], start
    for pitch, length in rows:
        notes.append(Note(tick, length, pitch))
        tick += length
    return notes


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(scale_tunes, st.sampled_from(sorted(STYLES)), st.floats(0, 1))
# F lies across the middle of the bar: short on both sides, long over a chord that is held.
@example([(62, PPQ // 2), (60, PPQ // 2), (62, PPQ // 2), (65, PPQ)], "bossa", 0.0)
def test_chords_fill_the_bars_and_avoid_no_long_note(rows, style, richness):
    tune = tune_of(rows)
    spans = harmonise(tune, key=Key("C", "major"), style=style, richness=richness)
    assert spans[0].start == 0
    assert spans[-1].end % (4 * PPQ) == 0
    assert spans[-1].end >= tune[-1].end
    assert all(a.end == b.start for a, b in itertools.pairwise(spans))
    for span in spans:
        over = melody_over(tune, span.start, span.end, meters=FOUR)
        assert not clashes(span.chord, over) or len({n.pitch for n in over if n.is_long}) > 1


def test_a_nursery_tune_begins_and_ends_at_home():
    for style in STYLES:
        spans = harmonise(STAR, style=style)
        assert spans[-1].chord.root == 0
        assert {s.chord.root for s in spans} & {5, 2, 7}  # and goes somewhere
    assert harmonise(STAR, style="pop")[0].chord.root == 0


def test_more_richness_changes_more_often():
    counts = [len(harmonise(STAR * 1, style="jazz", richness=r)) for r in (0.0, 0.5, 1.0)]
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


@given(scale_tunes, st.integers(1, 11))
def test_transposing_the_melody_transposes_the_chords(rows, semitones):
    names = "C Db D Eb E F Gb G Ab A Bb B".split()
    tune = tune_of(rows)
    moved = [Note(n.start, n.duration, n.pitch + semitones - 12) for n in tune]
    here = harmonise(tune, key=Key("C", "major"))
    there = harmonise(moved, key=Key(names[semitones], "major"))
    assert [s.chord.transpose(semitones) for s in here] == [s.chord for s in there]


@pytest.mark.parametrize("meter", ["3/4", "6/8", "2/4", "5/4", "7/8", "2/2"])
def test_other_meters_have_whole_bars(meter):
    bar = Meter.parse(meter)
    tune = [Note(i * PPQ, PPQ, p) for i, p in enumerate((67, 64, 65, 62, 60, 62, 64, 60))]
    spans = harmonise(tune, meters=((0, bar),), style="pop")
    assert spans[-1].end % bar.bar_ticks == 0
    assert all(span.start % step_ticks(bar) == 0 for span in spans)


def test_a_change_of_meter_and_a_late_beginning():
    meters = ((0, Meter(4, 4)), (8 * PPQ, Meter(3, 4)))
    tune = [Note(5 * PPQ, PPQ, 64), Note(8 * PPQ, 3 * PPQ, 67), Note(11 * PPQ, 3 * PPQ, 60)]
    spans = harmonise(tune, meters=meters, key=Key("C", "major"), end=17 * PPQ)
    assert spans[0].start == 4 * PPQ
    assert spans[-1].end == 17 * PPQ


def test_one_note_and_a_note_out_of_the_key_are_harmonised():
    for pitch in range(60, 72):
        spans = harmonise([Note(0, 4 * PPQ, pitch)], key=Key("C", "major"))
        over = melody_over([Note(0, 4 * PPQ, pitch)], 0, 4 * PPQ, meters=FOUR)
        assert not any(clashes(s.chord, over) for s in spans)
    assert harmonise([Note(0, 1, 60)])


def test_twelve_pitches_at_once_give_chords_all_the_same():
    assert harmonise([Note(0, 4 * PPQ, 60 + i) for i in range(12)])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"melody": []}, "no notes"),
        ({"richness": 2.0}, "richness is 2"),
        ({"style": "polka"}, "no style"),
        ({"melody": [Note(9 * PPQ, PPQ, 60)], "end": 4 * PPQ}, "before the melody"),
    ],
)
def test_bad_input_is_told(change, message):
    arguments = {"melody": STAR} | change
    with pytest.raises(InputError, match=message):
        harmonise(arguments.pop("melody"), **arguments)


def test_the_tables_are_chances():
    tables = harmoniser()
    np.testing.assert_allclose(np.exp(tables.melody).sum(axis=1), 1.0, atol=1e-5)
    assert tables.ways["jazz"].distribution([0, 0, 0]).sum() == pytest.approx(1.0)
    assert phase(0, FOUR) == (0, 0)
