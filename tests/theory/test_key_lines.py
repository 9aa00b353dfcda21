"""The outer lines of a passage, as evidence of its key."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.meter import Meter
from tapeloom.core.time import PPQ
from tapeloom.theory import key_lines
from tapeloom.theory.events import Events
from tapeloom.theory.key_lines import LINE_INPUTS, LINES, line_evidence, lines_from_keys

notes = st.lists(
    st.tuples(st.integers(0, 64), st.integers(1, 20), st.integers(30, 90)), min_size=1, max_size=30
)


def of(rows: list[tuple[float, float, int]]) -> Events:
    """Take notes by onset and length in quarters, and pitch."""
    onset, length, pitch = np.array(rows, float).T
    return Events.from_columns(onset * PPQ, (onset + length) * PPQ, pitch)


def row(lines: np.ndarray, name: str) -> np.ndarray:
    return lines[LINES.index(name)]


# A tune over an Alberti bass that never pauses: two phrases of two bars, C to G, G to C.
TUNE = [(0, 1, 76), (1, 1, 77), (2, 2, 79), (8, 1, 79), (9, 1, 77), (10, 1, 74), (11, 3, 72)]
ALBERTI = [(i / 2, 0.5, (48, 55, 52, 55)[i % 4]) for i in range(32)]


def test_the_line_is_told_from_what_moves_below_it() -> None:
    lines = line_evidence(of([*TUNE, *ALBERTI]))
    assert set(np.flatnonzero(row(lines, "line"))) == {0, 2, 4, 5, 7}  # no note of the Alberti bass
    ends = row(lines, "line_ends")
    assert set(np.flatnonzero(ends)) == {0, 7}  # where the phrases close
    assert set(np.flatnonzero(row(lines, "line_begins"))) == {7}  # where the second one begins
    assert row(lines, "highest")[7] == row(lines, "lowest")[0] == 1.0
    steps = lines[len(LINES) + 12 :]
    assert steps[4, 5] > 0  # E goes to F
    assert steps[5, 4] == 0


def test_the_bass_and_its_steps_are_found() -> None:
    walk = [(4 * i, 4, pitch) for i, pitch in enumerate((36, 41, 43, 36))]
    held = [(4 * i + j, 1, 72) for i in range(4) for j in range(4)]
    lines = line_evidence(of([*walk, *held]))
    steps = lines[len(LINES) : len(LINES) + 12]
    assert {tuple(pair) for pair in np.argwhere(steps > 0).tolist()} == {(0, 5), (5, 7), (7, 0)}
    assert row(lines, "bass_downbeats")[0] == pytest.approx(0.5)


def test_downbeats_follow_the_meter() -> None:
    waltz = of([(i, 1, 60 if i % 3 == 0 else 67) for i in range(12)])
    assert row(line_evidence(waltz, meters=((0, Meter(3, 4)),)), "downbeats")[0] == 1.0
    assert row(line_evidence(waltz), "downbeats")[0] < 1.0


@settings(max_examples=30)
@given(notes, st.integers(-6, 6), st.integers(0, 5))
def test_lines_turn_with_a_transposition_and_do_not_mind_when(
    rows: list[tuple[int, int, int]], shift: int, bars: int
) -> None:
    piece = of([(onset / 4, length / 4, pitch) for onset, length, pitch in rows])
    here = lines_from_keys(line_evidence(piece))
    assert here.shape == (12, LINE_INPUTS)
    assert np.isfinite(here).all()
    later = Events.from_columns(
        piece.onset + bars * 4 * PPQ, piece.end + bars * 4 * PPQ, piece.pitch + shift
    )
    there = lines_from_keys(line_evidence(later))
    np.testing.assert_array_equal(np.roll(here, shift, axis=0), there)


def test_the_loop_does_the_same_uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    piece = of([*TUNE, *ALBERTI])
    compiled = line_evidence(piece)
    monkeypatch.setattr(key_lines, "_kernel", lambda: key_lines.sweep_lines)
    np.testing.assert_allclose(compiled, line_evidence(piece), atol=1e-12)


def test_nothing_has_no_lines() -> None:
    assert not line_evidence(Events.from_notes([])).any()
    assert np.isfinite(line_evidence(of([(0, 2.0**25, 60), (2.0**25, 1, 62)]))).all()
