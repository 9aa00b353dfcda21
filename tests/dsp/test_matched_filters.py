"""Filters that keep the analogue curve: how close they come, and that they move without a click."""

import math

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.dsp import cascade, dynamic_filters, prototypes
from tapeloom.dsp.cascade import RAMP, Cascade
from tapeloom.dsp.dynamic_filters import DynamicFilter
from tapeloom.dsp.filters import frequency_response
from tapeloom.dsp.linear_phase import LinearPhase, part_length
from tapeloom.dsp.matched_filters import EDGE, IDENTITY, matched

RATE = 44_100


def errors_db(kind: str, cutoff_hz: float, rate: int, **design: float) -> np.ndarray:
    """How far a band is from its analogue model; what is 100 dB down counts as silent."""
    hz = np.geomspace(10.0, EDGE * rate, 300)
    stages = prototypes.prototypes(kind, **design)  # type: ignore[arg-type]
    meant = abs(prototypes.analogue_response(stages, hz, cutoff_hz=cutoff_hz))
    sections = matched(kind, cutoff_hz, rate, **design)  # type: ignore[arg-type]
    heard = abs(frequency_response(list(sections), hz, rate))
    return np.abs(20.0 * np.log10((heard + 1e-5) / (meant + 1e-5)))


@given(
    st.sampled_from(("bell", "low_shelf", "high_shelf", "tilt", "notch", "band_pass")),
    st.floats(math.log2(20.0), math.log2(20_000.0)),
    st.floats(-24.0, 24.0),
    st.floats(math.log2(0.2), math.log2(20.0)),
)
def test_bands_follow_the_analogue_curve_to_20_khz(
    kind: str, octave: float, gain_db: float, q: float
) -> None:
    gain_db = gain_db if kind in prototypes.GAINED else 0.0
    assert errors_db(kind, 2.0**octave, RATE, gain_db=gain_db, q=2.0**q).max() < 0.08


@pytest.mark.parametrize("kind", prototypes.PASSES)
@pytest.mark.parametrize("slope_db", prototypes.SLOPES_DB)
@pytest.mark.parametrize("cutoff_hz", [25.0, 900.0, 15_000.0])
def test_passes_follow_butterworth_at_every_slope(
    kind: str, slope_db: int, cutoff_hz: float
) -> None:
    assert errors_db(kind, cutoff_hz, RATE, slope_db=slope_db).max() < 0.08
    order = slope_db // 6
    hz = np.array([10.0, 100.0, 5000.0])
    ratio = hz / cutoff_hz if kind == "low_pass" else cutoff_hz / hz
    stages = prototypes.prototypes(kind, slope_db=slope_db)
    power = abs(prototypes.analogue_response(stages, hz, cutoff_hz=cutoff_hz)) ** 2
    assert power == pytest.approx(1.0 / (1.0 + ratio ** (2 * order)), rel=1e-9)


@pytest.mark.parametrize("rate", [8_000, 48_000, 192_000])
def test_other_rates_do_as_well(rate: int) -> None:
    for part_of_rate in (0.003, 0.1, 0.4, 0.49):
        for kind in prototypes.KINDS:
            gain_db = 9.0 if kind in prototypes.GAINED else 0.0
            assert errors_db(kind, part_of_rate * rate, rate, gain_db=gain_db).max() < 0.08


def test_every_section_is_stable_and_of_least_phase() -> None:
    for cutoff_hz in (20.0, 3000.0, 19_000.0, 40_000.0):
        for kind in prototypes.KINDS:
            for b0, b1, b2, a0, a1, a2 in matched(kind, cutoff_hz, RATE, gain_db=-18.0, q=3.0):
                assert (b0 > 0.0, a0) == (True, 1.0)
                assert max(abs(np.roots([a0, a1, a2]))) < 1.0
                assert max(abs(np.roots([b0, b1, b2])), default=0.0) <= 1.0 + 1e-6


def test_a_band_that_one_section_can_follow_has_no_trim() -> None:
    assert (matched("bell", 300.0, RATE, gain_db=5.0)[1] == IDENTITY).all()
    assert (matched("bell", 15_000.0, RATE, gain_db=5.0)[1] != IDENTITY).any()


def test_what_cannot_be_designed_is_refused() -> None:
    with pytest.raises(InputError, match="both must be over 0"):
        matched("bell", 0.0, RATE)
    with pytest.raises(InputError, match="'comb' is no band"):
        matched("comb", 100.0, RATE)
    with pytest.raises(InputError, match="slope_db is 13"):
        matched("low_pass", 100.0, RATE, slope_db=13)
    with pytest.raises(InputError, match="'notch' cannot be a dynamic band"):
        DynamicFilter(RATE, 1, kind="notch", cutoff_hz=100.0, q=1.0)
    with pytest.raises(InputError, match="ratio 0"):
        DynamicFilter(RATE, 1, kind="bell", cutoff_hz=100.0, q=1.0, ratio=0.0)


ROWS = np.concatenate(
    [matched("low_pass", 9000.0, RATE), matched("bell", 200.0, RATE, gain_db=-7.0)]
)


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_scipy_agrees_with_a_cascade(channels: int) -> None:
    x = np.random.default_rng(1).standard_normal((channels, 2000))
    y = Cascade(np.stack([ROWS] * channels)).process(x)
    assert np.allclose(y, scipy.signal.sosfilt(ROWS, x), atol=1e-12)


@given(st.lists(st.sampled_from([1, 5, 63, 64, 65, 400]), min_size=1, max_size=9))
def test_a_moving_cascade_in_blocks_is_the_whole(sizes: list[int]) -> None:
    total = sum(sizes)
    x = np.random.default_rng(2).standard_normal((2, total))
    both = np.stack([ROWS, ROWS])
    other = np.stack([ROWS[::-1], ROWS])

    def run(cuts: list[int]) -> np.ndarray:
        work = Cascade(both)
        work.move(other)
        parts = np.split(x, np.cumsum(cuts)[:-1], axis=1)
        return np.concatenate([work.process(part) for part in parts], axis=1)

    assert np.array_equal(run(sizes), run([total]))


def test_a_cascade_arrives_and_one_that_does_nothing_returns_its_block() -> None:
    nothing = np.tile(IDENTITY, (1, 2, 1))
    x = np.random.default_rng(3).standard_normal((1, 4000))
    work = Cascade(nothing)
    assert work.process(x) is x
    work.move(matched("bell", 900.0, RATE, gain_db=9.0)[None])
    work.process(x)
    work.move(nothing)
    work.process(x)
    assert work.is_idle
    assert work.process(x) is x


@pytest.mark.parametrize("design", [
    ("low_pass", 200.0, 8000.0), ("high_pass", 30.0, 60.0), ("bell", 90.0, 2000.0),
    ("low_shelf", 5000.0, 100.0),
])  # fmt: skip
def test_a_sudden_move_makes_no_click(design: tuple[str, float, float]) -> None:
    kind, old_hz, new_hz = design
    t = np.arange(RATE // 2) / RATE
    x = 0.5 * np.sin(2 * np.pi * 100.0 * t)[None]
    ends = [matched(kind, hz, RATE, gain_db=6.0)[None] for hz in (old_hz, new_hz)]
    steady = [Cascade(end).process(x)[0, -2000:] for end in ends]
    work = Cascade(ends[0])
    before = work.process(x)[0, -2000:]
    assert np.allclose(before, steady[0], atol=1e-12)
    work.move(ends[1])
    after = np.concatenate([work.process(x)[0] for _ in range(2)])
    y = np.concatenate((before, after[:2000]))
    # No faster than going from one to the other in a straight line of RAMP samples.
    reach = sum(np.abs(np.diff(end)).max() for end in steady)
    gap = max(np.abs(end).max() for end in steady) * 2.0 / RAMP
    assert np.abs(np.diff(y)).max() < 2.0 * reach + gap
    assert np.allclose(after[-2000:], steady[1], atol=1e-6)


def test_moving_to_where_it_is_changes_nothing() -> None:
    x = np.random.default_rng(7).standard_normal((2, 3000))
    both = np.stack([ROWS, ROWS])
    still, moved = Cascade(both), Cascade(both)
    for at in range(0, 3000, 500):
        part = x[:, at : at + 500]
        moved.move(both)
        assert np.allclose(moved.process(part), still.process(part), atol=1e-8)
    late = Cascade(both)
    late.process(x)
    other = Cascade(both)
    other.process(x)
    late.move(both)
    assert np.allclose(late.process(x), other.process(x), atol=1e-8)


def test_the_compiled_loops_are_what_is_written() -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((2, 40))
    sections = np.stack([ROWS[1:], ROWS[:0:-1]])
    for kernel, arguments in (
        (cascade._run_pairs, (sections,)),
        (
            cascade._run_moving,
            (
                cascade._state_variable(sections),
                cascade._state_variable(sections[::-1]),
            ),
        ),
    ):
        outs = []
        for function in (kernel, kernel.py_func):
            y, state = x.copy(), np.zeros((2, 3, 2))
            extra = (0, RAMP) if len(arguments) == 2 else ()
            function(y, *arguments, state, *extra)
            outs.append(y)
        assert np.allclose(*outs, atol=1e-13)
    for kind in range(3):
        outs = []
        for function in (dynamic_filters._run_dynamic, dynamic_filters._run_dynamic.py_func):
            y, settings_ = x.copy(), np.array([0.1, 1.0, 3.0, -20.0, 0.5, 12.0])
            function(
                y, kind, settings_, settings_ * 1.1, 10, np.full(3, 0.01),
                np.zeros((2, 4)), np.zeros(2),
            )  # fmt: skip
            outs.append(y)
        assert np.allclose(*outs, atol=1e-12)


def sine(hz: float, peak_db: float, seconds: float = 1.0) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return 10 ** (peak_db / 20) * np.sin(2 * np.pi * hz * t)[None]


@pytest.mark.parametrize(("ratio", "range_db", "moved"), [(2.0, 12, -8), (4.0, 6, -6), (0.5, 9, 9)])
def test_a_dynamic_bell_goes_by_its_ratio_and_no_further_than_its_range(
    ratio: float, range_db: float, moved: float
) -> None:
    work = DynamicFilter(
        RATE, 1, kind="bell", cutoff_hz=2000.0, q=2.0, gain_db=1.0, threshold_db=-26.0,
        ratio=ratio, range_db=range_db, attack_ms=20.0,
    )  # fmt: skip
    y = work.process(sine(2000.0, -10.0))[0, -2000:]
    assert 20 * np.log10(abs(y).max()) == pytest.approx(-10.0 + 1.0 + moved, abs=0.1)


@pytest.mark.parametrize("kind", dynamic_filters.KINDS)
def test_a_quiet_band_stays_at_its_static_gain(kind: str) -> None:
    work = DynamicFilter(RATE, 1, kind=kind, cutoff_hz=500.0, q=0.7071, gain_db=-6.0)
    x = np.zeros((1, 16_384))
    x[0, 0] = 1e-3
    response = abs(np.fft.rfft(work.process(x)[0])) / 1e-3
    hz = np.fft.rfftfreq(16_384, 1 / RATE)
    stages = prototypes.prototypes(kind, gain_db=-6.0)
    meant = abs(prototypes.analogue_response(stages, hz, cutoff_hz=500.0))
    low = (hz > 20) & (hz < 3000)
    assert np.abs(20 * np.log10(response / meant))[low].max() < 0.1


def test_what_lies_outside_of_a_dynamic_band_does_not_move_it() -> None:
    work = DynamicFilter(RATE, 1, kind="bell", cutoff_hz=8000.0, q=4.0, threshold_db=-30.0)
    x = sine(150.0, -6.0)
    assert np.allclose(work.process(x), x, atol=1e-2)


def test_linear_phase_has_the_magnitude_and_no_other_phase() -> None:
    stages = prototypes.prototypes("bell", gain_db=6.0, q=1.0)

    def magnitudes(hz: np.ndarray) -> np.ndarray:
        return abs(prototypes.analogue_response(stages, hz, cutoff_hz=60.0))[None, None]

    work = LinearPhase(RATE, 1, magnitudes)
    x = np.zeros((1, 40_000))
    x[0, 100] = 1.0
    y = work.process(x)[0, 0]
    late = 100 + work.latency
    assert np.allclose(y[late - 5000 : late], y[late + 5000 : late : -1], atol=1e-12)
    response = abs(np.fft.rfft(y))
    hz = np.fft.rfftfreq(40_000, 1 / RATE)
    heard = (hz > 15) & (hz < 20_000)
    wrong = 20 * np.log10(response[heard] / magnitudes(hz)[0, 0][heard])
    assert np.abs(wrong).max() < 0.1


@given(st.lists(st.integers(1, 9000), min_size=1, max_size=6))
@settings(max_examples=10)
def test_linear_phase_is_the_same_bits_in_blocks_of_any_size(sizes: list[int]) -> None:
    x = np.random.default_rng(4).standard_normal((2, sum(sizes)))

    def magnitudes(hz: np.ndarray) -> np.ndarray:
        return np.stack([np.ones(hz.size), 1.0 / (1.0 + hz / 500.0)])[None]

    whole = LinearPhase(RATE, 2, magnitudes, is_sided=True).process(x)
    work = LinearPhase(RATE, 2, magnitudes, is_sided=True)
    parts = [work.process(part) for part in np.split(x, np.cumsum(sizes)[:-1], axis=1)]
    assert np.array_equal(np.concatenate(parts, axis=2), whole)


def test_linear_phase_that_moves_blends_from_one_filter_to_the_other() -> None:
    work = LinearPhase(RATE, 1, lambda hz: np.ones((1, 1, hz.size)))
    part = part_length(RATE)
    ones = np.ones((1, part))
    for _ in range(7):
        y = work.process(ones)
    work.move(lambda hz: np.full((1, 1, hz.size), 0.25))
    y = np.concatenate([work.process(ones)[0, 0] for _ in range(3)])
    assert y[:part] == pytest.approx(1.0)
    assert y[-1] == pytest.approx(0.25)
    assert np.abs(np.diff(y)).max() < 0.001
