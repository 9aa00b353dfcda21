import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.compose import engine, plan
from tapeloom.compose.form import KINDS, draw_form, kind_of
from tapeloom.compose.grid import STEP, Measure, measure_at, measures
from tapeloom.core.brief import Brief
from tapeloom.core.meter import DENOMINATORS, Meter
from tapeloom.core.mood import MOODS
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ
from tapeloom.theory.keys import related_keys

meters = st.builds(Meter, st.integers(1, 64), st.sampled_from(DENOMINATORS))


@given(st.integers(1, 400), st.sampled_from((1, 2, 4, 8)), st.integers(0, 50))
def test_a_form_has_exactly_the_bars_that_are_asked(bars: int, unit: int, seed: int) -> None:
    form = draw_form(bars, unit=unit, rng=np.random.default_rng(seed))
    assert sum(length for _, length in form) == bars
    assert all(length > 0 for _, length in form)
    assert len({name for name, _ in form}) == len(form)
    assert {kind_of(name) for name, _ in form} <= set(KINDS)


def test_a_three_minute_form_has_contrast_and_return() -> None:
    for seed in range(50):
        kinds = [kind_of(n) for n, _ in draw_form(56, unit=4, rng=np.random.default_rng(seed))]
        assert kinds[0] == "intro"
        assert kinds[-1] == "outro"
        assert {"A", "A'", "B"} <= set(kinds) or kinds.count("A") > 1
        assert "B" in kinds


@given(meters, st.sampled_from((0.5, 1.0, 3.0, 9.0)), st.integers(0, 20))
def test_the_length_is_met_within_a_bar(meter: Meter, minutes: float, seed: int) -> None:
    drawn = plan(Brief(meter=str(meter), minutes=minutes, seed=seed), stream(seed))
    seconds = drawn.tempo.tick_to_s(drawn.end)
    slowest = max(60 / float(bpm) for _, bpm in drawn.tempo.changes) * meter.bar_ticks / PPQ
    assert abs(seconds - 60 * minutes) <= slowest or drawn.end == meter.bar_ticks
    assert drawn.end % meter.bar_ticks == 0


@pytest.mark.parametrize("bars", [4, 5, 7, 8, 16, 33, 56, 500, 1203])
def test_the_bars_are_met_exactly(bars: int) -> None:
    drawn = plan(Brief(bars=bars), stream(bars))
    assert drawn.end == bars * 4 * PPQ


def test_a_brief_is_obeyed() -> None:
    drawn = plan(Brief("dark", bpm=71.5, key="F# minor", meter="3/4"), stream(4))
    assert drawn.tempo.changes == ((0, Fraction(143, 2)),)
    assert str(drawn.keys[0][1]) == "F# minor"
    assert str(drawn.meters[0][1]) == "3/4"


def test_what_is_not_asked_is_drawn_from_the_character() -> None:
    for name, mood in MOODS.items():
        drawn = [plan(Brief(name, seed=seed), stream(seed)) for seed in range(30)]
        tempi = [float(d.tempo.initial_bpm) for d in drawn]
        assert mood.bpm[0] - 1 <= min(tempi) < max(tempi) <= mood.bpm[1] + 1
        assert {d.pieces[0].key.mode for d in drawn} <= set(mood.modes)
        assert len({d.pieces[0].key.tonic for d in drawn}) > 5


def test_an_hour_is_a_sequence_of_related_pieces() -> None:
    drawn = plan(Brief("focused study", minutes=60, key="Dm"), stream(8))
    assert 14 <= len(drawn.pieces) <= 20
    assert drawn.pieces[0].key == drawn.pieces[-1].key
    lengths = []
    for i in range(len(drawn.pieces)):
        own = [section for section in drawn.sections if section.piece == i]
        lengths.append(drawn.tempo.tick_to_s(own[-1].end) - drawn.tempo.tick_to_s(own[0].start))
        assert kind_of(own[0].name) == "intro"
        assert kind_of(own[-1].name) == "outro"
    assert all(150 <= length <= 300 for length in lengths)
    for a, b in zip(drawn.pieces[:-2], drawn.pieces[1:-1], strict=True):
        assert b.key in related_keys(a.key).values()
    ends = [section.end for section in drawn.sections]
    starts = [section.start for section in drawn.sections]
    assert ends[:-1] == starts[1:]  # without a gap
    tempi = [float(bpm) for _, bpm in drawn.tempo.changes]
    assert max(abs(a - b) for a, b in itertools.pairwise(tempi)) <= 4
    heard = {piece.progressions[0].text for piece in drawn.pieces}
    assert len(heard) >= 6


@pytest.mark.slow
def test_two_hours_are_composed() -> None:
    drawn = plan(Brief(minutes=120), stream(1))
    score = engine().compose(drawn, stream(1, "compose"))
    assert len(score.keys) > 5
    assert score.tempo.tick_to_s(score.end) == pytest.approx(7200, abs=4)


def test_melody_and_keys_are_not_the_same_instrument() -> None:
    for seed in range(40):
        drawn = plan(Brief(seed=seed), stream(seed))
        assert drawn.instrument_of("melody") != drawn.instrument_of("keys")
        for section in drawn.sections:
            assert not {"guitar"} & set(section.roles) or (
                drawn.instrument_of("melody") != "nylon_guitar"
            )


@given(meters, st.integers(1, 20))
def test_measures_cover_the_bars_and_are_of_singable_length(meter: Meter, bars: int) -> None:
    end = bars * meter.bar_ticks
    grid = measures(0, end, ((0, meter),))
    assert grid[0].start == 0
    assert grid[-1].end == end
    assert all(a.end == b.start for a, b in itertools.pairwise(grid))
    assert all(measure.ticks <= 8 * PPQ for measure in grid)
    if end >= 5 * PPQ:
        assert max(measure.ticks for measure in grid) >= 2 * PPQ


def test_measures_keep_a_change_of_meter() -> None:
    changing = ((0, Meter(2, 4)), (2 * PPQ, Meter(3, 4)), (8 * PPQ, Meter(6, 8)))
    grid = measures(0, 14 * PPQ, changing)
    assert [measure.start // PPQ for measure in grid] == [0, 2, 5, 8, 11]
    assert grid[-1].groups == (3 * PPQ // 2, 3 * PPQ // 2)


def test_weights_fall_from_the_downbeat() -> None:
    common = Measure(0, (2 * PPQ, 2 * PPQ))
    assert [common.weight(i * STEP) for i in range(9)] == [
        1.0, 0.1, 0.3, 0.1, 0.6, 0.1, 0.3, 0.1, 0.8,
    ]  # fmt: skip
    assert common.middle == 2 * PPQ
    assert measure_at((common,), 99 * PPQ) is common
