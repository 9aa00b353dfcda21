import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory import span_features
from tapeloom.theory.chord_rules import LABELS, rule_evidence
from tapeloom.theory.events import Events, weigh
from tapeloom.theory.span_features import (
    BASS,
    FIRST,
    FIRST_BASS,
    HELD,
    LAST,
    LATE,
    LOWEST,
    ONSETS,
    OWN,
    PASSING,
    PRESENCE,
    SHARE,
    TOP,
    describe,
    find_steps,
)

notes_lists = st.lists(
    st.builds(Note, st.integers(0, 60), st.integers(1, 20), st.integers(30, 90)), max_size=25
)
EDGES = np.array([5, 9, 20, 41, 70])


@given(notes_lists)
def test_shares_are_the_sums_of_the_time(notes: list[Note]) -> None:
    events = Events.from_notes(notes)
    channels, general = describe(events, EDGES)
    heard = weigh(events, EDGES)
    total = heard.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(channels[:, SHARE], heard / np.maximum(total, 1e-9), atol=1e-6)
    np.testing.assert_array_equal(general[:, 3] > 0, total[:, 0] == 0)
    for channel in (SHARE, BASS, TOP):
        np.testing.assert_allclose(channels[:, channel].sum(axis=1), total[:, 0] > 0, atol=1e-5)
    assert (channels >= 0).all()
    assert (channels <= 1.00001).all()


@given(notes_lists)
def test_lowest_and_bass_agree_with_a_plain_count(notes: list[Note]) -> None:
    events = Events.from_notes(notes)
    channels, _ = describe(events, EDGES)
    for row, (start, end) in enumerate(itertools.pairwise(EDGES.tolist())):
        inside = events.between(start, end)
        if not len(inside):
            assert not channels[row, : len(OWN)].any()
            continue
        assert channels[row, LOWEST, inside.pitch.min() % 12] == 1.0
        bass = np.zeros(12)
        for tick in range(start, end):
            sounding = inside.pitch[(inside.onset <= tick) & (inside.end > tick)]
            if len(sounding):
                bass[sounding.min() % 12] += 1
        np.testing.assert_allclose(channels[row, BASS], bass / bass.sum(), atol=1e-6)


def test_a_passing_note_and_a_held_one_are_told_apart() -> None:
    line = [Note(k * PPQ, PPQ, pitch) for k, pitch in enumerate((60, 62, 64))]
    events = Events.from_notes([*line, Note(0, 3 * PPQ, 48)])
    channels, general = describe(events, [0, PPQ, 3 * PPQ])
    assert channels[1, PASSING].nonzero()[0].tolist() == [2]
    assert channels[1, HELD].nonzero()[0].tolist() == [0]
    assert channels[1, ONSETS].nonzero()[0].tolist() == [2, 4]
    assert channels[1, FIRST].nonzero()[0].tolist() == [0, 2]
    assert channels[1, LAST].nonzero()[0].tolist() == [0, 4]
    assert channels[1, FIRST_BASS].nonzero()[0].tolist() == [0]
    assert channels[1, LATE].nonzero()[0].tolist() == [0, 4]
    assert channels[1, PRESENCE, [0, 2, 4]].tolist() == [1.0, 0.5, 0.5]
    assert general[:, 0].tolist() == [0.0, 1.0]


@given(notes_lists)
def test_the_compiled_loops_do_what_their_python_does(notes: list[Note]) -> None:
    events = Events.from_notes(notes)
    mark, sweep = span_features._kernels()
    approached, left = find_steps(events)
    slow = np.zeros(len(events), np.bool_), np.zeros(len(events), np.bool_)
    mark.py_func(events.onset, events.end, events.pitch, span_features.STEP_TICKS, *slow)
    np.testing.assert_array_equal(approached, slow[0])
    np.testing.assert_array_equal(left, slow[1])
    times = np.unique(np.concatenate((events.onset, events.end, EDGES)))
    columns = (events.onset, events.end, events.pitch, approached, left, EDGES, times)
    fast, plain = np.zeros((2, len(EDGES) - 1, len(OWN), 12))
    sweep(*columns, fast)
    sweep.py_func(*columns, plain)
    np.testing.assert_array_equal(fast, plain)


@given(notes_lists, st.integers(-6, 6))
def test_the_rules_follow_a_transposition(notes: list[Note], semitones: int) -> None:
    events = Events.from_notes(notes)
    rules = rule_evidence(describe(events, EDGES)[0])
    moved = rule_evidence(describe(events.transpose(semitones), EDGES)[0])
    np.testing.assert_allclose(moved, np.roll(rules, semitones, axis=1), atol=1e-4)


def test_the_rules_alone_name_plain_chords() -> None:
    notes = [Note(0, PPQ, pitch) for pitch in (43, 59, 62, 65)]
    rules = rule_evidence(describe(Events.from_notes(notes), [0, PPQ])[0])
    root, label = np.unravel_index(rules[0].argmax(), rules[0].shape)
    assert (root, LABELS[label]) == (7, "7")
