import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, QUALITIES, Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.performance import (
    Performance,
    PlayedControl,
    PlayedNote,
    PlayedPart,
    TimedSection,
    performance_from_json,
    performance_to_json,
)
from tapeloom.core.product import Loudness, Origin, Provenance, Stem, Stems
from tapeloom.core.score import (
    ROLES,
    Bend,
    ChordSpan,
    Control,
    Mark,
    Note,
    Part,
    Score,
    Section,
    score_from_json,
    score_to_json,
)
from tapeloom.core.time import TempoMap

TICKS = st.integers(0, 10**6)
NAMES = st.text(max_size=8)


def spans_of(make):
    """Build spans that follow one another from pairs of (gap, length)."""

    def build(pairs):
        spans, at = [], 0
        for gap, length, value in pairs:
            spans.append(make(at + gap, at + gap + length, value))
            at += gap + length
        return tuple(spans)

    return build


def changes_of(values):
    return st.tuples(values, st.dictionaries(st.integers(1, 10**6), values, max_size=3)).map(
        lambda pair: ((0, pair[0]), *sorted(pair[1].items()))
    )


NOTES = st.builds(
    Note, TICKS, st.integers(1, 10**5), st.integers(0, 127), velocity=st.integers(1, 127)
)
PARTS = st.builds(
    Part,
    NAMES,
    st.sampled_from(ROLES),
    NAMES,
    st.lists(NOTES, max_size=8).map(tuple),
    st.integers(0, 127),
    st.lists(st.builds(Control, TICKS, st.integers(0, 127), st.integers(0, 127)), max_size=3).map(
        tuple
    ),
    st.lists(st.builds(Bend, TICKS, st.integers(-8192, 8191)), max_size=3).map(tuple),
    st.lists(st.builds(Mark, TICKS, st.integers(0, 127), NAMES), max_size=3).map(tuple),
)
LENGTHS = st.tuples(st.integers(0, 500), st.integers(1, 500))
CHORD = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))
SCORES = st.builds(
    Score,
    st.lists(PARTS, max_size=3).map(tuple),
    changes_of(st.fractions(1, 1000)).map(TempoMap),
    changes_of(st.builds(Meter, st.integers(1, 64), st.sampled_from([1, 2, 4, 8, 16, 32]))),
    changes_of(st.builds(Key, st.sampled_from(["C", "F#", "Bb"]), st.sampled_from(sorted(MODES)))),
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 99), CHORD), max_size=3).map(
        spans_of(ChordSpan)
    ),
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 99), NAMES), max_size=3).map(
        spans_of(lambda a, b, name: Section(name, a, b, 0.25, 1, ("keys", "drums")))
    ),
    st.integers(1, 32767),
)


@given(SCORES)
def test_a_score_survives_json(score):
    assert score_from_json(json.loads(json.dumps(score_to_json(score)))) == score


@given(SCORES)
def test_parts_are_in_order_and_end_after_their_notes(score):
    for part in score.parts:
        starts = [(note.start, note.pitch) for note in part.notes]
        assert starts == sorted(starts)
        assert all(note.end <= part.end <= score.end for note in part.notes)


def test_a_part_is_replaced_by_name_or_added():
    bass = Part("bass", "bass", notes=(Note(0, 10, 40),))
    score = Score((bass,))
    lower = replace(bass, notes=(Note(0, 10, 28),))
    assert score.with_part(lower).parts == (lower,)
    keys = Part("keys", "keys")
    assert score.with_part(keys).parts == (bass, keys)
    assert score.part("bass") is bass
    with pytest.raises(KeyError):
        score.part("drums")


def test_what_holds_at_a_tick():
    score = Score((), chords=(ChordSpan(5, 10, Chord(0)), ChordSpan(10, 20, Chord(2))))
    assert score.chord_at(4) is None
    assert score.chord_at(10) == Chord(2)
    assert score.key is None
    assert replace(score, keys=((0, Key()),)).key == Key("A", "minor")
    assert score.end == 0
    assert score.bar_starts == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: Note(-1, 1, 60),
        lambda: Note(0, 0, 60),
        lambda: Note(0, 1, 128),
        lambda: Note(0, 1, 60, 0),
        lambda: Note(2**50, 1, 60),
        lambda: Part("x", "kazoo"),
        lambda: Part("x", "bass", program=128),
        lambda: ChordSpan(5, 5, Chord(0)),
        lambda: Section("A", 5, 5),
        lambda: Section("A", 0, 5, energy=2.0),
        lambda: Score((), meters=((5, Meter()),)),
        lambda: Score((), keys=((5, Key()), (5, Key()))),
        lambda: Score((), sections=(Section("A", 0, 5), Section("B", 4, 6))),
        lambda: PlayedNote(-0.1, 1.0, 60, 64),
        lambda: PlayedNote(0.0, 0.0, 60, 64),
        lambda: PlayedNote(float("nan"), 1.0, 60, 64),
        lambda: Loudness(float("nan"), 0, 0, 0, 0, 0),
        lambda: Stems(()),
    ],
)
def test_what_cannot_exist_is_refused_at_birth(make):
    with pytest.raises(InputError):
        make()


@pytest.mark.parametrize(
    "damage",
    [{"format": 2}, {"parts": 5}, {"tempo": None}, {"meters": [[0, 5]]}, {"keys": [[0, None]]}],
)
def test_damaged_scores_are_refused(damage):
    with pytest.raises(InputError):
        score_from_json(score_to_json(Score(())) | damage)


def test_a_missing_field_is_refused():
    data = score_to_json(Score(()))
    del data["sections"]
    with pytest.raises(InputError, match="damaged"):
        score_from_json(data)


PERFORMANCES = st.builds(
    Performance,
    st.lists(
        st.builds(
            PlayedPart,
            NAMES,
            st.sampled_from(ROLES),
            NAMES,
            st.lists(
                st.builds(
                    PlayedNote,
                    st.floats(0, 1e5),
                    st.floats(1e-4, 60),
                    st.integers(0, 127),
                    st.integers(1, 127),
                ),
                max_size=5,
            ).map(tuple),
            st.integers(0, 127),
            st.lists(
                st.builds(
                    PlayedControl, st.floats(0, 1e5), st.integers(0, 127), st.integers(0, 127)
                ),
                max_size=2,
            ).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    st.floats(0, 1e5),
    changes_of(st.fractions(1, 1000)).map(TempoMap),
    st.just(((0, Meter(7, 8)),)),
    st.lists(st.builds(TimedSection, NAMES, st.floats(0, 9), st.floats(9, 99)), max_size=2).map(
        tuple
    ),
)


@given(PERFORMANCES)
def test_a_performance_survives_json(performance):
    data = json.loads(json.dumps(performance_to_json(performance)))
    assert performance_from_json(data) == performance


def test_damaged_performances_are_refused():
    good = performance_to_json(Performance((PlayedPart("b", "bass", "", ()),), 1.0))
    assert performance_from_json(good).part("bass").name == "b"
    with pytest.raises(KeyError):
        performance_from_json(good).part("keys")
    for damage in ({"format": 9}, {"parts": None}, {"sections": [{}]}):
        with pytest.raises(InputError):
            performance_from_json(good | damage)


def test_stems_have_one_length():
    from tapeloom.core.audio import Audio, np

    short, long = (Stem(str(n), "keys", Audio(np.zeros((2, n)))) for n in (5, 6))
    with pytest.raises(InputError, match="rate or length"):
        Stems((short, long))
    assert (Stems((short,)).frames, Stems((short,)).rate) == (5, 44_100)


def test_borrowing_ends_the_freedom_from_rights():
    mine = Provenance("1", 0, {}, "theory")
    assert mine.is_free_of_other_rights
    borrowed = replace(mine, origins=(Origin("song.mid", "00", ("melody",)),))
    assert not borrowed.is_free_of_other_rights


def test_a_section_keeps_its_curves_and_older_scores_are_read() -> None:
    section = Section("A", 0, 960, 0.7, 0, ("keys",), 0.8, -2.0, ("fill", "stop"))
    score = Score((), sections=(section,))
    told = score_to_json(score)
    assert score_from_json(told) == score
    for name in ("density", "register", "leads_on"):
        del told["sections"][0][name]
    old = score_from_json(told).sections[0]
    assert (old.density, old.register, old.leads_on) == (0.5, 0.0, ())
    with pytest.raises(InputError, match="register is 30"):
        Section("A", 0, 960, register=30.0)
