import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.seed import stream
from tapeloom.rhythm.groove import drift
from tapeloom.rhythm.pulse import find_pulse
from tapeloom.theory.instruments import DRUMS

# A bar of each meter in eighths: what kick, snare and hat play.
BARS = {
    "4/4": {"kick": (0, 3, 5), "snare": (2, 6), "closed_hat": range(8)},
    "3/4": {"kick": (0, 5), "snare": (2, 4), "closed_hat": range(6)},
    "6/8": {"kick": (0, 5), "snare": (3,), "closed_hat": range(6)},
    "5/4": {"kick": (0, 5, 6), "snare": (2, 8), "closed_hat": range(10)},
    "7/8": {"kick": (0, 3), "snare": (2, 4), "closed_hat": range(7)},
}


def performance(name, *, bpm, bars, seed=0, drift_ms=6.0, start_s=0.0, dropped=0.1):
    """Play a bar again and again with 1/f drift, dropping some hits that aren't the kick's."""
    rng = stream(seed, "pulse")
    eighth_s = 30.0 / bpm
    meter = Meter.parse(name)
    length = meter.numerator * 8 // meter.denominator
    wander = drift(length * bars, rng) * drift_ms / 1000.0
    rows = []
    for bar in range(bars):
        for drum, places in BARS[name].items():
            for place in places:
                if drum != "kick" and rng.random() < dropped:
                    continue
                at = bar * length + place
                beat = 3 if name == "6/8" else 2
                loud = 100 if drum != "closed_hat" else 45 + 25 * (place % beat == 0)
                rows.append((start_s + at * eighth_s + wander[at], loud, DRUMS[drum]))
    onsets, velocities, pitches = zip(*rows, strict=True)
    return onsets, velocities, pitches


@pytest.mark.parametrize("name", BARS)
@pytest.mark.parametrize("seed", range(4))
def test_meter_tempo_and_downbeat_of_a_plain_groove(name, seed):
    bpm = {"6/8": 84.0, "7/8": 120.0}.get(name, 92.0) + 3.0 * seed
    start = 0.7 * seed
    onsets, velocities, pitches = performance(name, bpm=bpm, bars=16, seed=seed, start_s=start)
    pulse = find_pulse(onsets, velocities, pitches=pitches)
    assert pulse.meter == Meter.parse(name)
    assert pulse.bpm == pytest.approx(bpm, rel=0.01)
    off = (pulse.downbeat_s - start + pulse.bar_s / 2) % pulse.bar_s - pulse.bar_s / 2
    assert abs(off) < 0.04


@settings(derandomize=True)
@given(st.floats(70.0, 140.0), st.integers(0, 2**31))
def test_any_usual_tempo_is_found_up_to_its_octave(bpm, seed):
    onsets, velocities, pitches = performance("4/4", bpm=bpm, bars=12, seed=seed)
    ratio = find_pulse(onsets, velocities, pitches=pitches).bpm / bpm
    assert min(abs(ratio * octave - 1.0) for octave in (0.5, 1.0, 2.0)) < 0.04


@settings(derandomize=True)
@given(st.integers(0, 2**31), st.floats(-5.0, 500.0))
def test_later_is_the_same_pulse(seed, shift):
    onsets, velocities, pitches = performance("4/4", bpm=90, bars=8, seed=seed)
    here = find_pulse(onsets, velocities, pitches=pitches)
    there = find_pulse([onset + shift for onset in onsets], velocities, pitches=pitches)
    assert there.bpm == pytest.approx(here.bpm, rel=0.003)
    assert there.meter == here.meter


@given(st.permutations(range(24)))
def test_the_order_of_the_onsets_is_no_matter(order):
    onsets, velocities, pitches = performance("4/4", bpm=90, bars=2, dropped=0.0)
    assert len(onsets) >= 24
    shuffled = [(onsets[i], velocities[i], pitches[i]) for i in order]
    a = find_pulse(onsets[:24], velocities[:24], pitches=pitches[:24])
    b = find_pulse(
        [row[0] for row in shuffled],
        [row[1] for row in shuffled],
        pitches=[row[2] for row in shuffled],
    )
    assert b.bpm == pytest.approx(a.bpm)


def test_little_evidence_is_four_four_without_confidence():
    onsets, velocities, pitches = performance("3/4", bpm=100, bars=1)
    pulse = find_pulse(onsets, velocities, pitches=pitches)
    assert pulse.meter == Meter(4, 4)
    assert pulse.meter_confidence == 0.0


def test_a_steady_groove_is_surer_than_noise():
    onsets, velocities, pitches = performance("4/4", bpm=100, bars=16, drift_ms=2.0)
    noise = np.sort(stream(3, "noise").uniform(0.0, 40.0, len(onsets)))
    steady = find_pulse(onsets, velocities, pitches=pitches)
    assert steady.confidence > find_pulse(noise).confidence


@given(st.lists(st.floats(0.0, 400.0), min_size=3, max_size=40))
def test_any_onsets_give_a_pulse_or_an_input_error(onsets):
    try:
        pulse = find_pulse(onsets)
    except InputError:
        return
    assert 10.0 < pulse.bpm < 900.0
    assert 0.0 <= pulse.confidence <= 1.0
    assert 0.0 <= pulse.meter_confidence <= 1.0


@pytest.mark.parametrize(
    ("onsets", "options", "message"),
    [
        ([], {}, "3 onsets or more"),
        ([0.0, 1.0], {}, "3 onsets or more"),
        ([1.0, 1.0, 1.0], {}, "one moment"),
        ([0.0, 1.0, float("nan")], {}, "finite"),
        ([0.0, 1.0, 2.0], {"velocities": [1, 2]}, "3 onsets, but 2 velocities"),
        ([0.0, 1.0, 2.0], {"pitches": [1]}, "3 onsets, but 1 pitches"),
    ],
)
def test_what_holds_no_pulse_is_refused(onsets, options, message):
    with pytest.raises(InputError, match=message):
        find_pulse(onsets, **options)
