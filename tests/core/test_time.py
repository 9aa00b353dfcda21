import io
import itertools
import warnings
from fractions import Fraction

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter, bar_and_offset, bar_starts, meter_at
from tapeloom.core.pitch import midi_to_hz, pitch_class, pitch_class_name, pitch_name
from tapeloom.core.time import PPQ, TempoMap, quarters_to_ticks, ticks_to_quarters

BPMS = st.integers(6_000, 10_000_000).map(lambda mspq: Fraction(60_000_000, mspq))
TEMPOS = st.dictionaries(st.integers(1, 10**7), BPMS, max_size=6).flatmap(
    lambda later: st.builds(
        lambda first: TempoMap(((0, first), *sorted(later.items()))), BPMS
    )
)  # fmt: skip


@pytest.mark.parametrize("divisor", [1, 2, 3, 4, 5, 6, 7, 8, 12, 14, 16, 32])
def test_tuplets_are_exact(divisor):
    assert quarters_to_ticks(Fraction(1, divisor)) * divisor == PPQ
    assert ticks_to_quarters(PPQ // divisor) == Fraction(1, divisor)


def test_an_eleventh_is_refused():
    with pytest.raises(InputError, match="must be whole"):
        quarters_to_ticks(Fraction(1, 11))


@given(TEMPOS, st.integers(0, 2 * 10**7))
def test_seconds_and_ticks_are_inverse(tempo, tick):
    assert tempo.s_to_tick(tempo.tick_to_s(tick)) == pytest.approx(tick, abs=1e-3)


@given(TEMPOS, st.lists(st.integers(0, 2 * 10**7), max_size=20))
def test_many_ticks_are_each_tick(tempo, ticks):
    assert tempo.ticks_to_s(ticks) == pytest.approx([tempo.tick_to_s(t) for t in ticks])


@given(TEMPOS)
def test_time_never_runs_backwards(tempo):
    seconds = tempo.ticks_to_s(np.linspace(0, 2 * 10**7, 200))
    assert (np.diff(seconds) > 0).all()


def test_tempo_map_agrees_with_pretty_midi():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import of a deprecated package
        import pretty_midi
    changes = ((0, 500_000), (480 * 3, 812_345), (480 * 7 + 13, 333_333), (480 * 40, 1_000_000))
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    at = 0
    for tick, mspq in changes:
        track.append(mido.MetaMessage("set_tempo", tempo=mspq, time=tick - at))
        at = tick
    track.append(mido.Message("note_on", note=60, velocity=64, time=480 * 20))
    track.append(mido.Message("note_off", note=60, time=480))
    file.tracks.append(track)
    data = io.BytesIO()
    file.save(file=data)
    data.seek(0)
    oracle = pretty_midi.PrettyMIDI(data)
    tempo = TempoMap(
        tuple((tick * (PPQ // 480), Fraction(60_000_000, mspq)) for tick, mspq in changes)
    )
    for tick in (0, 1, 480, 1440, 1441, 3373, 10_000, 480 * 41):
        assert tempo.tick_to_s(tick * (PPQ // 480)) == pytest.approx(oracle.tick_to_time(tick))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ((), "begin at tick 0"),
        (((5, Fraction(60)),), "begin at tick 0"),
        (((0, Fraction(60)), (0, Fraction(70))), "rising order"),
        (((0, Fraction(0)),), "between 1 and 10000"),
        (((0, Fraction(10_001)),), "between 1 and 10000"),
    ],
)
def test_impossible_tempo_maps_are_refused(changes, message):
    with pytest.raises(InputError, match=message):
        TempoMap(changes)


def test_tempo_in_force():
    tempo = TempoMap(((0, Fraction(60)), (PPQ, Fraction(90))))
    assert (tempo.initial_bpm, tempo.bpm_at(PPQ - 1), tempo.bpm_at(PPQ)) == (60.0, 60, 90)


@pytest.mark.parametrize("text", ["4/0", "0/4", "65/4", "4/3", "x", "4", "4/64", ""])
def test_strange_meters_are_refused(text):
    with pytest.raises(InputError, match="is no meter"):
        Meter.parse(text)


@given(st.integers(1, 64), st.sampled_from([1, 2, 4, 8, 16, 32]))
def test_meters_print_and_parse(numerator, denominator):
    meter = Meter(numerator, denominator)
    assert Meter.parse(str(meter)) == meter
    assert meter.bar_ticks * denominator == 4 * PPQ * numerator


@given(
    st.dictionaries(
        st.integers(1, 100 * PPQ), st.builds(Meter, st.integers(1, 12), st.sampled_from([4, 8])),
        max_size=4,
    ),
    st.integers(0, 120 * PPQ),
)  # fmt: skip
def test_bars_tile_the_time(later, end):
    meters = ((0, Meter()), *sorted(later.items()))
    starts = bar_starts(meters, end)
    assert starts == sorted(set(starts))
    assert {tick for tick in later if tick < end} <= set(starts)
    for a, b in itertools.pairwise([*starts, end] if starts else []):
        assert 0 < b - a <= meter_at(meters, a).bar_ticks
    if starts:
        bar, offset = bar_and_offset(starts, end - 1)
        assert starts[bar] + offset == end - 1


def test_names_of_pitches():
    assert pitch_name(60) == "C4"
    assert {pitch_class(pitch_class_name(n)) for n in range(12)} == set(range(12))
    assert all(pitch_class(pitch_class_name(n, sharps=True)) == n for n in range(12))
    assert midi_to_hz(81) == pytest.approx(880.0)
    with pytest.raises(InputError, match="no pitch name"):
        pitch_class("H")
