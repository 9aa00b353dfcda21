"""Imitation, invertible counterpoint, canon and stretto: laws of lines that go with themselves."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.counterpoint.canon import Canon, check_canon, solve_canon
from tapeloom.theory.counterpoint.dissonance import find_dissonances
from tapeloom.theory.counterpoint.imitation import Degree, degrees, find_imitation, imitate, place
from tapeloom.theory.counterpoint.invertible import (
    check_inversion,
    invert,
    inverted_interval,
    permutations_checked,
    troubled_intervals,
)
from tapeloom.theory.counterpoint.stretto import find_strettos, overlap

C, A_MINOR, D_MINOR = Key("C", "major"), Key("A", "minor"), Key("D", "minor")
KEYS = st.sampled_from([C, A_MINOR, Key("Eb", "major"), Key("F#", "minor")])


def line(*pitches: int, length: int = PPQ) -> tuple[Note, ...]:
    return tuple(Note(i * length, length, pitch) for i, pitch in enumerate(pitches))


@given(st.integers(24, 100), KEYS)
@settings(max_examples=60)
def test_a_degree_sounds_as_the_pitch_that_it_was_read_from(pitch: int, key: Key) -> None:
    assert Degree.of(pitch, key).pitch(key) == pitch


@given(st.lists(st.integers(48, 84), min_size=1, max_size=8), KEYS)
@settings(max_examples=40)
def test_a_line_moved_to_another_key_of_its_mode_is_transposed(
    pitches: list[int], key: Key
) -> None:
    other = Key("G", key.mode)
    moved = place(degrees(pitches, key), key, other)
    assert len({b - a for a, b in zip(pitches, moved, strict=True)}) == 1


def test_the_leading_tone_is_raised_where_a_line_comes_to_minor() -> None:
    in_major = degrees([72, 71, 72, 69, 71, 72, 71, 69], C)
    assert place(in_major, C, A_MINOR) == (81, 80, 81, 78, 80, 81, 79, 77)


@given(st.integers(-7, 7), st.integers(0, 8))
@settings(max_examples=30)
def test_an_imitation_is_found_again(steps: int, delay: int) -> None:
    leader = line(60, 64, 62, 67, 65)
    follower = imitate(leader, key=C, steps=steps, delay_ticks=delay * PPQ)
    found = find_imitation(leader, follower, C)
    assert (found.delay_ticks, found.steps, found.count) == (delay * PPQ, steps, 5)


def test_imitation_inverts_augments_and_is_real() -> None:
    leader = line(60, 62, 64, 67)
    assert [n.pitch for n in imitate(leader, key=C, inverted=True)] == [60, 59, 57, 53]
    slow = imitate(leader, key=C, stretch=Fraction(2))
    assert [n.start for n in slow] == [0, 2 * PPQ, 4 * PPQ, 6 * PPQ]
    real = imitate(leader, key=C, semitones=7)
    assert [n.pitch for n in real] == [67, 69, 71, 74]
    assert find_imitation((), leader, C).count == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [({"delay_ticks": -1}, "delay"), ({"stretch": Fraction(1, 11)}, "whole ticks"),
     ({"semitones": 80}, "0 to 127")],
)  # fmt: skip
def test_an_imitation_that_cannot_be_is_refused(change: dict, told: str) -> None:
    with pytest.raises(InputError, match=told):
        imitate(line(60, 62), key=C, **change)
    with pytest.raises(InputError, match="nothing to imitate"):
        imitate((), key=C)


def test_dissonances_are_explained_by_how_they_come_and_go() -> None:
    bass = (Note(0, 4 * PPQ, 48),)
    passing = line(64, 65, 67)
    neighbour = line(64, 65, 64)
    free = line(64, 65, 69)
    ticks = range(0, 3 * PPQ, PPQ)
    for upper, kind in ((passing, "passing"), (neighbour, "neighbour"), (free, "free")):
        (found,) = find_dissonances([bass, upper], ticks=ticks)
        assert (found.kind, found.tick) == (kind, PPQ)
    pedal = find_dissonances([bass, free], ticks=ticks, pedal_ticks=4 * PPQ)
    assert [d.kind for d in pedal] == ["pedal"]


@pytest.mark.parametrize("at", [8, 10, 12])
def test_the_table_of_inversion_turns_back(at: int) -> None:
    for number in range(1, at + 1):
        assert inverted_interval(inverted_interval(number, at=at), at=at) == number
    with pytest.raises(InputError, match="8, 10 or 12"):
        inverted_interval(3, at=9)
    with pytest.raises(InputError, match="unison"):
        inverted_interval(0, at=at)


def test_what_goes_wrong_in_inversion_is_told() -> None:
    assert troubled_intervals(8) == (5,)
    assert troubled_intervals(12) == (6,)
    low, sixths, fifth = line(60, 62, 64), line(69, 71, 72), line(67, 71, 72)
    assert not check_inversion(low, sixths, key=C, beat_ticks=PPQ)
    (clash,) = check_inversion(low, fifth, key=C, beat_ticks=PPQ)
    assert (clash.tick, clash.before, clash.after) == (0, 5, 4)
    at_twelfth = check_inversion(low, line(69, 67, 72), key=C, beat_ticks=PPQ, at=12)
    assert {clash.after for clash in at_twelfth} == {7}


def test_parallel_thirds_become_parallel_octaves_at_the_tenth() -> None:
    clashes = check_inversion(line(60, 62), line(64, 65), key=C, beat_ticks=PPQ, at=10)
    assert any("parallel" in clash.reason for clash in clashes)


def test_inverted_voices_have_changed_places() -> None:
    low, high = line(60, 62, 64), line(64, 65, 79)
    below, above = invert(low, high, key=C)
    assert below == high
    assert all(a.pitch <= b.pitch for a, b in zip(below, above, strict=True))
    pairs = permutations_checked([low, high, line(84, 86, 88)], key=C, beat_ticks=PPQ)
    assert [(i, j) for i, j, _ in pairs] == [(0, 1), (0, 2), (1, 2)]
    with pytest.raises(InputError, match="both voices"):
        invert((), high, key=C)


def test_a_triad_follows_itself_and_planted_parallels_cost() -> None:
    strettos = find_strettos(line(60, 64, 67, 72), C, beat_ticks=PPQ)
    assert strettos[0].is_clean
    assert all(a.cost <= b.cost for a, b in itertools.pairwise(strettos))
    scale = find_strettos(line(60, 62, 64, 65, 67), C, beat_ticks=PPQ, steps=(4,))
    assert any(s.parallels == 0 for s in scale)
    for s in strettos[:5]:
        voices = overlap(line(60, 64, 67, 72), C, delay_ticks=s.delay_ticks, steps=s.steps)
        assert len(voices) == 2
    with pytest.raises(InputError, match="two notes"):
        find_strettos(line(60), C, beat_ticks=PPQ)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("steps", "delay", "voices", "key"),
    [(0, 2, 2, C), (4, 1, 2, D_MINOR), (-3, 2, 3, C), (7, 4, 2, C)],
)
def test_a_canon_is_exact_and_clean(steps: int, delay: int, voices: int, key: Key) -> None:
    canon = solve_canon(np.random.default_rng(3), key=key, steps=steps, delay=delay, beats=16,
                        voices=voices)  # fmt: skip
    assert len(canon.lines) == voices
    assert check_canon(canon).is_clean
    assert max(len(line) for line in canon.lines) >= 16
    assert len({line[-1].end for line in canon.lines}) == 1


def test_a_canon_keeps_to_its_frame() -> None:
    frame = [Chord.parse(text) for text in "C F G C C F G C C F G C".split()]
    canon = solve_canon(np.random.default_rng(0), key=C, steps=0, delay=4, beats=12, chords=frame)
    on_beats = {n.start: n.pitch % 12 for n in canon.lines[0] if n.start % PPQ == 0}
    inside = [on_beats[i * PPQ] in frame[i].pitch_classes for i in range(12)]
    assert np.mean(inside) > 0.9


def test_a_stray_note_in_a_canon_is_found() -> None:
    leader = line(60, 62, 64, 65)
    follower = imitate(leader, key=C, steps=7, delay_ticks=2 * PPQ)[:1]
    wrong = (*follower, Note(3 * PPQ, PPQ, 73))
    report = check_canon(Canon((leader, wrong), C, 7, 2 * PPQ))
    assert report.strays == ((1, 3 * PPQ),)
    assert not report.is_clean


@pytest.mark.parametrize(
    ("change", "told"),
    [({"voices": 17}, "2 to 4"), ({"delay": 0}, "delay"), ({"beats": 3}, "beats or more"),
     ({"reach": (60, 62)}, "widen"), ({"chords": [Chord.parse("C")]}, "one for each")],
)  # fmt: skip
def test_a_canon_that_cannot_be_is_refused(change: dict, told: str) -> None:
    asked = {"key": C, "steps": 0, "delay": 2, "beats": 12} | change
    with pytest.raises(InputError, match=told):
        solve_canon(np.random.default_rng(0), **asked)
