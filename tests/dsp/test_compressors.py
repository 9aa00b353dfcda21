"""Six compressors: static curves, the times of their sources, and what sets them apart."""

import math
import operator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.dsp import compressor_kernels
from tapeloom.dsp.circuits import CIRCUITS, VARI_MU_POSITIONS
from tapeloom.dsp.compressors import Compressor, reduction_db
from tapeloom.dsp.filters import high_pass

from .riding import NASTY, gain_db, in_blocks, nasty, time_ms, tone

RATE = 48_000
LINES = ("digital", "vca", "fet", "bus")  # one ratio above the threshold
every_kind = pytest.mark.parametrize("kind", CIRCUITS)


def steady_gain_db(
    level_db: float, *, rate: int = RATE, hz: float = 997.0, seconds: float = 1.2, **asked: Any
) -> float:
    x = tone([(level_db, seconds)], hz, rate)
    y = Compressor(rate, 1, **asked).process(x)
    return float(gain_db(x, y)[-rate // 5 :].mean())


def attack_ms(over_db: float, *, rate: int = RATE, hz: float = 5000.0, **asked: Any) -> float:
    x = tone([(-60.0, 0.3), (-40.0 + over_db, 0.6)], hz, rate)
    y = Compressor(rate, 1, threshold_db=-40.0, **asked).process(x)
    gain = gain_db(x, y)[round(0.3 * rate) :]
    return time_ms(gain, rate, to_db=gain[-1])


def release_ms(
    hold_s: float, tail_s: float, *, share: float = 0.632, rate: int = RATE, **asked: Any
) -> float:
    x = tone([(-20.0, hold_s), (-60.0, tail_s)], 0.104 * rate, rate)
    y = Compressor(rate, 1, threshold_db=-40.0, **asked).process(x)
    return time_ms(gain_db(x, y)[round(hold_s * rate) - 1 :], rate, to_db=0.0, share=share)


@every_kind
@pytest.mark.parametrize("knee_db", [0.0, 8.0])
@pytest.mark.parametrize("level_db", [-45.0, -31.0, -28.0, -20.0, -3.0])
def test_a_steady_tone_comes_out_where_the_curve_says(
    kind: str, knee_db: float, level_db: float
) -> None:
    over, slope = level_db + 30.0, 1.0 - 1.0 / 4.0
    if kind not in LINES:
        above = max(over, 0.0)
        expected = slope * above**2 / (above + knee_db) if above else 0.0
    elif abs(over) < knee_db / 2:
        expected = slope * (over + knee_db / 2) ** 2 / (2 * knee_db)
    else:
        expected = slope * max(over, 0.0)
    asked = {"kind": kind, "threshold_db": -30.0, "ratio": 4.0, "knee_db": knee_db}
    assert steady_gain_db(level_db, **asked) == pytest.approx(-expected, abs=0.1)


@pytest.mark.parametrize("hz", [60.0, 200.0, 12_000.0])
def test_the_level_of_a_tone_is_its_peak_at_any_pitch(hz: float) -> None:
    heard = steady_gain_db(-10.0, hz=hz, threshold_db=-30.0, ratio=math.inf, attack_ms=1.0)
    assert heard == pytest.approx(-20.0, abs=0.1)


def test_the_knee_is_smooth_and_meets_both_lines() -> None:
    levels = np.linspace(-40, 0, 401)
    hard = reduction_db(levels, threshold_db=-20, ratio=4, knee_db=0)
    soft = reduction_db(levels, threshold_db=-20, ratio=4, knee_db=12)
    outside = np.abs(levels + 20) >= 6
    assert np.allclose(hard[outside], soft[outside])
    assert soft[200] > 0.1 > hard[200]
    assert np.abs(np.diff(soft, 2)).max() < 0.01


def test_the_ratio_of_a_vari_mu_grows_from_one_to_what_is_set() -> None:
    levels = np.linspace(-30.0, 470.0, 5001)
    curve = {"threshold_db": -30.0, "ratio": 20.0, "knee_db": 12.0, "range_db": 999.0}
    out = levels - reduction_db(levels, kind="vari_mu", **curve)
    ratios = np.diff(levels) / np.diff(out)
    assert ratios[0] == pytest.approx(1.0, abs=0.02)
    assert ratios[-1] == pytest.approx(20.0, rel=0.03)
    assert (np.diff(ratios) > 0).all()


@pytest.mark.parametrize("hz", [1000.0, 5000.0])
@pytest.mark.parametrize("ms", [5.0, 15.0, 60.0])
def test_the_digital_attack_and_release_take_the_time_that_is_set(hz: float, ms: float) -> None:
    assert attack_ms(20.0, hz=hz, attack_ms=ms) == pytest.approx(ms, rel=0.05)
    assert release_ms(0.5, 0.6, release_ms=4 * ms) == pytest.approx(4 * ms, rel=0.05)


@pytest.mark.parametrize(("over_db", "ms"), [(10.0, 15.0), (20.0, 5.0), (30.0, 3.0)])
def test_a_dbx_160_attacks_faster_what_is_louder(over_db: float, ms: float) -> None:
    assert attack_ms(over_db, kind="vca", ratio=math.inf) == pytest.approx(ms, rel=0.1)
    assert attack_ms(over_db, kind="vca", ratio=4.0) == pytest.approx(ms, rel=0.1)


def test_a_dbx_160_releases_at_120_db_a_second() -> None:
    x = tone([(-5.0, 0.6), (-80.0, 0.4)], 5000.0, RATE)
    y = Compressor(RATE, 1, kind="vca", threshold_db=-50.0, ratio=math.inf).process(x)
    gain = gain_db(x, y)[round(0.6 * RATE) :]
    at = np.array([0.02, 0.12, 0.22])
    rates = np.diff(gain[np.round(at * RATE).astype(int)]) / 0.1
    assert rates == pytest.approx([120.0, 120.0], rel=0.1)


@pytest.mark.parametrize("ratio", [4.0, 8.0, 12.0, 20.0])
def test_a_1176_attacks_in_microseconds_and_releases_in_its_range(ratio: float) -> None:
    asked = {"kind": "fet", "ratio": ratio}
    for ms in (0.2, 0.8):
        found = attack_ms(20.0, rate=192_000, hz=20_000.0, attack_ms=ms, **asked)
        assert found == pytest.approx(ms, rel=0.1)
    # The fastest is two looks at 192 kHz: right to within one of them.
    fastest = attack_ms(20.0, rate=192_000, hz=40_000.0, attack_ms=0.02, **asked)
    assert fastest == pytest.approx(0.02, abs=0.0105)
    for ms in (50.0, 1100.0):
        found = release_ms(0.2, 3 * ms / 1000, release_ms=ms, **asked)
        assert found == pytest.approx(ms, rel=0.1)


@pytest.mark.parametrize(("light_s", "complete_ms"), [(0.1, 500.0), (15.0, 5000.0)])
def test_an_opto_cell_lets_go_of_half_at_once_and_of_the_rest_as_it_was_lit(
    light_s: float, complete_ms: float
) -> None:
    assert attack_ms(20.0, kind="opto") == pytest.approx(10.0, rel=0.1)
    assert release_ms(light_s, 0.2, kind="opto", share=0.5) == pytest.approx(60.0, rel=0.1)
    complete = release_ms(light_s, 7.0, rate=8000, kind="opto", share=0.95)
    assert complete == pytest.approx(complete_ms, rel=0.1)


@pytest.mark.parametrize("position", [1, 2, 3, 4])
def test_the_first_four_positions_of_a_670(position: int) -> None:
    attack, release, automatic = VARI_MU_POSITIONS[position]
    asked = {"kind": "vari_mu", "attack_ms": attack, "release_ms": release}
    assert not automatic
    found = attack_ms(20.0, rate=192_000, hz=20_000.0, **asked)
    assert found == pytest.approx(attack, rel=0.1)
    assert release_ms(0.1, 1.2 * release / 1000, **asked) == pytest.approx(release, rel=0.1)


@pytest.mark.parametrize(("loud_s", "ms"), [(0.02, 300.0), (2.5, 10_000.0), (40.0, 25_000.0)])
def test_the_automatic_release_of_a_670_goes_by_the_programme(loud_s: float, ms: float) -> None:
    attack, release, automatic = VARI_MU_POSITIONS[6]
    asked = {"attack_ms": attack, "release_ms": release, "auto_release": automatic}
    found = release_ms(loud_s, 1.3 * ms / 1000, rate=8000, kind="vari_mu", **asked)
    assert found == pytest.approx(ms, rel=0.1)


@pytest.mark.parametrize("ms", [0.3, 1.0, 3.0, 10.0, 30.0])
def test_the_attacks_of_a_bus_compressor(ms: float) -> None:
    found = attack_ms(20.0, rate=192_000, hz=20_000.0, kind="bus", attack_ms=ms)
    assert found == pytest.approx(ms, rel=0.1)


@pytest.mark.parametrize("ms", [100.0, 300.0, 600.0, 1200.0])
def test_the_releases_of_a_bus_compressor(ms: float) -> None:
    found = release_ms(0.3, 2 * ms / 1000, kind="bus", release_ms=ms)
    assert found == pytest.approx(ms, rel=0.1)


def test_the_automatic_release_of_a_bus_compressor_waits_behind_long_peaks() -> None:
    found = [release_ms(s, 2.0, kind="bus", auto_release=True) for s in (0.015, 3.0)]
    assert found == pytest.approx([100.0, 1200.0], rel=0.1)
    with pytest.raises(InputError, match="vari_mu, bus have one"):
        Compressor(RATE, 1, kind="vca", auto_release=True)


def test_a_vca_hears_power_where_a_fet_hears_peaks() -> None:
    n = np.arange(2 * RATE)
    even = np.sin(2 * np.pi * 1000 * n / RATE)[None]
    spiky = np.where(n % 400 < 10, np.sqrt(20.0), 0.0)[None] * even
    spiky *= np.sqrt(np.mean(even**2) / np.mean(spiky**2))

    def lowered(kind: str, x: np.ndarray) -> float:
        asked = {"threshold_db": -30.0, "ratio": 4.0, "knee_db": 0.0, "release_ms": 200.0}
        y = Compressor(RATE, 1, kind=kind, **asked).process(x)
        ends = (np.square(z[0, -RATE // 2 :]).sum() for z in (x, y))
        return float(10 * np.log10(next(ends) / next(ends)))

    more = {kind: lowered(kind, spiky) - lowered(kind, even) for kind in ("vca", "fet")}
    assert abs(more["vca"]) < 3.5
    assert more["fet"] > 7.0


def test_a_capacitor_empties_towards_nothing_and_stops_where_the_sound_holds_it() -> None:
    x = tone([(-10.0, 0.5), (-20.0, 1.0)], 5000.0, RATE)
    asked = {"threshold_db": -40.0, "ratio": math.inf, "knee_db": 0.0, "release_ms": 200.0}
    later = gain_db(x, Compressor(RATE, 1, kind="fet", **asked).process(x))[RATE // 2 :]
    there = time_ms(later, RATE, to_db=-20.0, share=0.99)
    assert there == pytest.approx(200.0 * math.log(30.0 / 20.1), rel=0.03)
    smooth = gain_db(x, Compressor(RATE, 1, kind="digital", **asked).process(x))[RATE // 2 :]
    assert time_ms(smooth, RATE, to_db=-20.0, share=0.99) > 4 * there


def test_looking_ahead_catches_what_an_attack_would_miss() -> None:
    x = tone([(-60.0, 0.2), (-6.0, 0.2)], 2000.0, RATE)
    peaks = []
    for look_ahead_ms in (0.0, 5.0):
        asked = {"threshold_db": -26.0, "ratio": math.inf, "attack_ms": 1.0}
        work = Compressor(RATE, 1, look_ahead_ms=look_ahead_ms, **asked)
        assert work.latency == round(look_ahead_ms * RATE / 1000)
        peaks.append(20 * np.log10(np.abs(work.process(x)).max()))
    assert peaks[0] > -10.0
    assert peaks[1] < -24.0


def test_linked_channels_get_one_gain_and_others_their_own() -> None:
    x = np.concatenate((tone([(-6.0, 0.5)], 500.0, RATE), tone([(-40.0, 0.5)], 700.0, RATE)))
    ends = []
    for link in (1.0, 0.5, 0.0):
        y = Compressor(RATE, 2, threshold_db=-30.0, ratio=8.0, link=link).process(x)
        ends.append(gain_db(x[1:], y[1:])[-1])
        assert gain_db(x, y)[-1] == pytest.approx(-21.0, abs=0.1)
    assert ends[0] == pytest.approx(-21.0, abs=0.1)
    assert ends[0] < ends[1] < ends[2]
    assert ends[2] == pytest.approx(0.0, abs=0.01)


def test_channels_that_part_part_without_a_jump() -> None:
    x = tone([(-6.0, 0.5)], 500.0, RATE).repeat(2, axis=0) * [[1.0], [0.05]]
    work = Compressor(RATE, 2, threshold_db=-30.0)
    first = work.process(x[:, :10_000])
    work.retune(threshold_db=-30.0, link=0.0)
    gain = gain_db(x[1:], np.concatenate((first, work.process(x[:, 10_000:])), axis=1)[1:])
    assert np.abs(np.diff(gain)).max() < 0.1
    assert gain[10_000] < -11.0
    assert gain[-1] > -2.0


def test_a_key_ducks_what_is_itself_soft_whatever_its_channels() -> None:
    soft = np.full((2, RATE // 2), 0.01)
    for link in (1.0, 0.0):
        for channels in (1, 2, 3):
            work = Compressor(RATE, 2, threshold_db=-20.0, ratio=10.0, link=link)
            assert np.abs(work.process(soft, np.ones((channels, RATE // 2)))[:, -1]).max() < 0.002


def test_a_filter_on_the_side_chain_lets_the_bass_through() -> None:
    low, high = tone([(-6.0, 0.5)], 60.0, RATE), tone([(-6.0, 0.5)], 3000.0, RATE)
    for x, lowered in ((low, False), (high, True)):
        work = Compressor(RATE, 1, threshold_db=-20.0, key_sections=[high_pass(500.0, RATE)] * 2)
        assert (gain_db(x, work.process(x))[-1] < -3.0) == lowered
        work.retune(threshold_db=-20.0)
        assert gain_db(x, work.process(x))[-1] < -3.0


def test_parallel_compression_keeps_half_of_the_dry_sound() -> None:
    x = tone([(0.0, 0.5)], 1000.0, RATE)
    y = Compressor(RATE, 1, threshold_db=-60.0, ratio=100.0, mix=0.5).process(x)
    assert np.abs(y[0, -2000:]).max() == pytest.approx(0.5, abs=0.01)


def test_upward_compression_raises_what_is_soft_and_no_further_than_its_range() -> None:
    asked = {"upward": True, "threshold_db": -30.0, "ratio": 2.0, "knee_db": 0.0}
    assert steady_gain_db(-50.0, range_db=20.0, **asked) == pytest.approx(10.0, abs=0.1)
    assert steady_gain_db(-50.0, range_db=6.0, **asked) == pytest.approx(6.0, abs=0.1)
    assert steady_gain_db(-20.0, range_db=20.0, **asked) == pytest.approx(0.0, abs=0.1)
    assert steady_gain_db(-90.0, **asked) == pytest.approx(12.0, abs=0.1)


@every_kind
@pytest.mark.parametrize(("level_db", "gain"), [(-20.0, 0.0), (-40.0, 5.0), (-50.0, 10.0)])
def test_every_kind_works_upward(kind: str, level_db: float, gain: float) -> None:
    asked = {"kind": kind, "upward": True, "threshold_db": -30.0, "ratio": 2.0, "knee_db": 0.0}
    # An opto cell takes its seconds to let go.
    found = steady_gain_db(level_db, rate=8000, seconds=14.0, **asked)
    assert found == pytest.approx(gain, abs=0.1)


def test_a_range_holds_the_reduction() -> None:
    asked = {"threshold_db": -40.0, "ratio": 10.0, "range_db": 6.0}
    assert steady_gain_db(-5.0, **asked) == pytest.approx(-6.0, abs=0.01)


def test_automatic_make_up_gives_back_half_of_the_most() -> None:
    asked = {"threshold_db": -20.0, "ratio": 2.0, "knee_db": 0.0, "auto_makeup": True}
    assert steady_gain_db(0.0, **asked) == pytest.approx(-5.0, abs=0.1)
    assert steady_gain_db(-40.0, makeup_db=1.0, **asked) == pytest.approx(6.0, abs=0.01)


@every_kind
def test_a_ratio_of_one_changes_no_bit(kind: str) -> None:
    x = nasty("noise", 9000)
    assert np.array_equal(Compressor(RATE, 2, kind=kind, ratio=1.0).process(x), x)


@every_kind
@pytest.mark.parametrize("name", NASTY)
def test_nothing_breaks_it(kind: str, name: str) -> None:
    x = nasty(name, 30_000)
    work = Compressor(RATE, 2, kind=kind, threshold_db=-30.0, link=0.5)
    y = work.process(x)
    assert np.isfinite(y).all()
    assert np.abs(y).max() <= np.abs(x).max() * 1.0001
    # Silence afterwards: what decays is cut off before it gets slow.
    work.process(np.zeros((2, 20_000)))
    states = (work._held, work._mean, *work._detector._states.values())
    assert not any(((np.abs(s) > 0) & (np.abs(s) < 1e-290)).any() for s in states)


@given(
    st.sampled_from(sorted(CIRCUITS)),
    st.lists(st.integers(1, 65_536), min_size=1, max_size=5),
    st.booleans(),
    st.sampled_from(["bursts", "noise"]),
)
def test_blocks_of_any_size_give_the_whole(
    kind: str, sizes: list[int], upward: bool, name: str
) -> None:
    x = nasty(name, min(70_000, 200 * len(sizes) * min(sizes)))
    asked = {"kind": kind, "upward": upward, "threshold_db": -24.0, "link": 0.4}
    whole = Compressor(RATE, 2, look_ahead_ms=1.0, **asked).process(x)
    parts = in_blocks(Compressor(RATE, 2, look_ahead_ms=1.0, **asked).process, x, sizes)
    assert np.abs(parts - whole).max() < 1e-6


def test_what_cannot_change_in_a_stream_is_refused() -> None:
    work = Compressor(RATE, 2, look_ahead_ms=2.0)
    work.retune(threshold_db=-30.0, look_ahead_ms=2.0, kind="digital")
    for name, value in {"look_ahead_ms": 3.0, "kind": "fet", "upward": True}.items():
        with pytest.raises(InputError, match=f"{name} cannot change from"):
            work.retune(**{name: value})
    with pytest.raises(InputError, match="'tube' is no compressor"):
        Compressor(RATE, 2, kind="tube")


@pytest.mark.parametrize("growing", [False, True])
@pytest.mark.parametrize("upward", [False, True])
@pytest.mark.parametrize("diode", [False, True])
@pytest.mark.parametrize("slews", [False, True])
def test_the_compiled_kernels_are_what_is_written(
    growing: bool, upward: bool, diode: bool, slews: bool
) -> None:
    power = 10 ** np.random.default_rng(2).uniform(-6, 0, 100)
    before = np.array([-30.0, 0.5, 6.0, 40.0, 1.0, 1.0, 0.0])
    after = np.array([-20.0, 0.9, 0.0, 12.0, 1.0, 0.5, 0.5])
    stages = np.array([[1.0, 0.5, 0.01, 0.05], [0.5, 0.1, 0.001, 0.001]])
    found = []
    for name in ("ride_gain", "ride_gain.py_func"):
        kernel = operator.attrgetter(name)(compressor_kernels)
        held, gains = np.array([3.0, 1e-12]), np.empty(100)
        manner = (growing, upward, diode, slews)
        scratch = np.empty((6, 100))
        kernel(power, before, after, 3, 0.01, manner, 0.3, stages, held, scratch, gains)
        found.append(np.concatenate((gains, held)))
    assert np.allclose(*found, rtol=1e-12)


def test_the_parts_of_the_kernel_are_what_is_written() -> None:
    levels = np.linspace(-60.0, 0.0, 50)
    numbers = np.array([-30.0, 0.5, 6.0, 40.0])
    stages = np.array([[1.0, 0.5, 0.01, 0.05], [0.5, 0.1, 0.001, 0.001]])
    for diode in (False, True):
        found = []
        for part in ("want", "ride", "slew"):
            kernel = getattr(compressor_kernels, part)
            for run in (kernel, kernel.py_func):
                out = np.zeros((2, 50))
                held = np.array([20.0, 1.0])
                if part == "want":
                    run(levels, numbers, numbers, 0, 1.0, diode, diode, *out)
                elif part == "ride":
                    run(levels[::-1] + 60.0, levels / -60.0, stages, diode, held, out[0])
                else:
                    run(levels + 60.0, 0.5, held, out[0])
                found.append(out)
        assert all(np.allclose(a, b) for a, b in zip(found[::2], found[1::2], strict=True))
