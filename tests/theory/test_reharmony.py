"""Reharmonisation: locks, amounts, melodies, seeds, reasons, speed, bad input."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.chart import read_chart
from tapeloom.theory.melody_fit import clashes, melody_over
from tapeloom.theory.palette import STYLES
from tapeloom.theory.reharmony import reharmonise, vary

FOUR = ((0, Meter(4, 4)),)
BAR = 4 * PPQ
TUNE = read_chart(
    "C | Am7 | Dm7 | G7 | C | C7 | F | Fm6 | C | A7 | Dm7 | G7 | C F | C | Dm7 G7 | C"
)

qualities = st.sampled_from(["maj", "min", "7", "maj7", "min7", "hdim7", "dim7"]) | st.sampled_from(
    sorted(QUALITIES)
)
lengths = st.sampled_from([PPQ // 2, BAR // 2, BAR, BAR, 2 * BAR, 3 * BAR])
progressions = st.lists(st.tuples(st.integers(0, 11), qualities, lengths), min_size=1, max_size=8)
tunes = st.lists(
    st.tuples(st.integers(55, 80), st.sampled_from([PPQ // 2, PPQ, 2 * PPQ, 4 * PPQ])), max_size=20
)
styles = st.sampled_from(sorted(STYLES))
LAWS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def spans_of(rows) -> tuple[ChordSpan, ...]:
    spans, tick = [], 0
    for root, quality, length in rows:
        spans.append(ChordSpan(tick, tick + length, Chord(root, quality)))
        tick += length
    return tuple(spans)


def line_of(rows) -> list[Note]:
    notes, tick = [], 0
    for pitch, length in rows:
        notes.append(Note(tick, length, pitch))
        tick += length
    return notes


@LAWS
@given(progressions, tunes, styles, st.floats(0.05, 1.0), st.integers(0, 5))
def test_nothing_new_puts_an_avoid_note_under_a_long_melody_note(rows, tune, style, amount, seed):
    spans, melody = spans_of(rows), line_of(tune)
    found = reharmonise(
        spans, melody=melody, amount=amount, style=style, rng=np.random.default_rng(seed)
    )[0]
    old = {(s.start, s.chord) for s in spans}
    for span in found.chords:
        was = next(s.chord for s in spans if s.start <= span.start < s.end)
        if (span.start, span.chord) in old or span.chord == was:
            continue  # what stood there before may clash: nobody asked to change it
        over = melody_over(melody, span.start, span.end, meters=FOUR)
        assert not clashes(span.chord, over), (str(span.chord), over)


@LAWS
@given(progressions, styles, st.floats(0.0, 1.0), st.data())
def test_locked_chords_stay_as_and_where_they_are(rows, style, amount, data):
    spans = spans_of(rows)
    locks = data.draw(st.sets(st.integers(0, len(spans) - 1)))
    found = reharmonise(spans, amount=amount, style=style, locks=locks)[0]
    for lock in locks:
        assert spans[lock] in found.chords
    for change in found.changes:
        for lock in locks:
            assert change.end <= spans[lock].start or change.start >= spans[lock].end


@LAWS
@given(progressions, styles, st.floats(0.0, 1.0))
def test_the_new_chords_fill_the_same_time(rows, style, amount):
    spans = spans_of(rows)
    found = reharmonise(spans, amount=amount, style=style)[0].chords
    assert found[0].start == 0
    assert found[-1].end == spans[-1].end
    assert all(a.end == b.start for a, b in itertools.pairwise(found))


@LAWS
@given(progressions, st.integers(1, 11), st.sampled_from(["jazz", "lofi"]))
def test_transposing_the_tune_transposes_the_result(rows, semitones, style):
    names = "C Db D Eb E F Gb G Ab A Bb B".split()
    spans = spans_of(rows)
    moved = tuple(ChordSpan(s.start, s.end, s.chord.transpose(semitones)) for s in spans)
    here = reharmonise(spans, key=Key("C", "major"), amount=0.7, style=style)[0]
    there = reharmonise(moved, key=Key(names[semitones], "major"), amount=0.7, style=style)[0]
    assert here.cost == pytest.approx(there.cost, abs=1e-6)
    assert [s.chord.transpose(semitones) for s in here.chords] == [s.chord for s in there.chords]


def test_amount_zero_changes_nothing():
    for style in STYLES:
        found = reharmonise(TUNE, amount=0.0, style=style)[0]
        assert found.chords == TUNE
        assert found.changes == ()


def test_more_amount_changes_more_on_average():
    amounts = (0.1, 0.3, 0.6, 0.9)
    tunes = (TUNE, read_chart("Am | Dm | E7 | Am | F | C | Bdim | E7 | Am | A7 | Dm | E7 | Am"))
    changes = {amount: [] for amount in amounts}
    roots_lost = {amount: [] for amount in amounts}
    for tune in tunes:
        for style, seed in (("jazz", 0), ("lofi", 1), ("pop", 2)):
            for amount in amounts:
                rng = np.random.default_rng(seed)
                found = reharmonise(tune, amount=amount, style=style, rng=rng)[0]
                roots = [
                    next(s.chord.root for s in found.chords if s.start <= old.start < s.end)
                    for old in tune
                ]
                changes[amount].append(len(found.changes))
                roots_lost[amount].append(
                    sum(a != b.chord.root for a, b in zip(roots, tune, strict=True))
                )
    for counted in (changes, roots_lost):
        means = [np.mean(counted[amount]) for amount in amounts]
        assert means == sorted(means)
        assert means[-1] > means[0] + 3


@pytest.mark.parametrize("style", sorted(STYLES))
def test_the_end_keeps_its_root_unless_much_is_asked(style):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        assert reharmonise(TUNE, amount=0.8, style=style, rng=rng)[0].chords[-1].chord.root == 0


def test_the_same_seed_gives_the_same_and_others_give_others():
    first = reharmonise(TUNE, amount=0.6, rng=np.random.default_rng(3), count=4)
    again = reharmonise(TUNE, amount=0.6, rng=np.random.default_rng(3), count=4)
    assert first == again
    assert len({r.chords for r in first}) == 4
    costs = [r.cost for r in first]
    assert costs == sorted(costs)
    other = reharmonise(TUNE, amount=0.6, rng=np.random.default_rng(4))[0]
    assert other.chords != reharmonise(TUNE, amount=0.6, rng=np.random.default_rng(5))[0].chords


def test_each_change_has_a_reason():
    found = reharmonise(TUNE, amount=0.9, key=Key("C", "major"))[0]
    assert found.changes
    for change, text in zip(found.changes, found.explanations(), strict=True):
        assert " for " in text
        assert change.reason in text
        assert "{" not in text


def test_a_tritone_substitute_is_explained_as_promised():
    melody = [Note(0, BAR, 65), Note(BAR, BAR, 65), Note(2 * BAR, BAR, 64)]
    texts = set()
    for seed in range(12):
        for found in reharmonise(
            read_chart("Dm7 G7 Cmaj7"), key=Key("C", "major"), melody=melody, amount=0.8,
            rng=np.random.default_rng(seed), count=6, locks=[2],
        ):  # fmt: skip
            texts.update(found.explanations())
    assert "Db7 for G7: tritone substitute; melody F is its major third" in texts


def test_a_score_brings_its_own_melody_key_and_meters():
    meters = ((0, Meter(3, 4)),)
    spans = read_chart("G | D7 | G", meter=Meter(3, 4))
    part = Part("melody", "melody", notes=(Note(0, 3 * PPQ, 71), Note(3 * PPQ, 6 * PPQ, 67)))
    score = Score((part,), meters=meters, keys=((0, Key("G", "major")),), chords=spans)
    found = reharmonise(score, amount=0.5)[0]
    assert found.key == Key("G", "major")
    assert found.meters == meters
    assert reharmonise(score, amount=0.0)[0].misfit > 0  # G over D7 clashes


def test_a_variation_has_as_many_chords_and_keeps_locks():
    line = [s.chord for s in TUNE]
    for amount in (0.2, 0.6, 1.0):
        new = vary(
            line, Key("C", "major"), rng=np.random.default_rng(1), amount=amount, locks=[0, 3]
        )
        assert len(new) == len(line)
        assert (new[0], new[3]) == (line[0], line[3])
    assert vary(line, Key("C", "major"), rng=np.random.default_rng(1), amount=0.0) == tuple(line)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount": 1.5}, "amount is 1.5"),
        ({"amount": float("nan")}, "amount is nan"),
        ({"style": "polka"}, "'polka' is no style"),
        ({"locks": [99]}, "chord 99 is locked"),
        ({"count": 0}, "count is 0"),
    ],
)
def test_bad_input_is_told(change, message):
    with pytest.raises(InputError, match=message):
        reharmonise(TUNE, **change)


def test_no_chords_and_overlapping_ones_are_refused():
    with pytest.raises(InputError, match="no chords"):
        reharmonise([])
    with pytest.raises(InputError, match="without overlap"):
        reharmonise([ChordSpan(0, 10, Chord(0)), ChordSpan(5, 15, Chord(2))])


def test_each_chord_is_judged_in_the_key_that_holds():
    half = read_chart("Dm7 G7 C6 C6")
    moved = [
        ChordSpan(s.start + 4 * BAR, s.end + 4 * BAR, s.chord.transpose(4)) for s in half
    ]  # the same in E
    keys = ((0, Key("C", "major")), (4 * BAR, Key("E", "major")))
    tune = (*half, *moved)
    there = reharmonise(tune, key=keys[0][1], keys=keys, amount=0.5, locks=[3, 4])[0]
    lost = reharmonise(tune, key=keys[0][1], amount=0.5, locks=[3, 4])[0]
    assert there.chords != lost.chords  # a tonic in E is no third degree in C
    assert all("C major" not in c.reason for c in there.changes if c.start >= 4 * BAR)
    score = Score((), keys=keys, chords=tune)
    assert reharmonise(score, amount=0.5, locks=[3, 4])[0].chords == there.chords
