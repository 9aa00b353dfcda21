"""Suggestions: what was planted is found, what was bent is straightened, and you may refuse."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError
from tapeloom.dsp.spectrum import Spectrum, measure_spectrum
from tapeloom.studio.band_fit import fit_bands
from tapeloom.studio.effects import Band, Equalizer
from tapeloom.studio.spectral_targets import TARGETS, spectral_target
from tapeloom.studio.suggestions import (
    Move,
    accept,
    masking,
    match_reference,
    match_target,
    resonances,
)

RATE = 44_100


@cache
def pink(seed: int, seconds: int = 8) -> Audio:
    frames = seconds * RATE
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal((2, frames)))
    spectrum /= np.sqrt(np.maximum(1.0, np.arange(spectrum.shape[1])))
    x = np.fft.irfft(spectrum, frames)
    return Audio((0.1 * x / x.std()).astype(np.float32), RATE)


PINK = pink(1)


def third_octaves(audio: Audio) -> np.ndarray:
    levels = np.array(measure_spectrum(audio).bands_db(per_octave=3))
    return levels[(levels[:, 0] >= 50) & (levels[:, 0] <= 14_000), 1]


@pytest.mark.parametrize("hz", [90.0, 237.0, 1180.0, 5600.0])
@pytest.mark.parametrize(("gain_db", "q"), [(10.0, 4.0), (15.0, 5.0)])
def test_a_planted_resonance_is_found_within_a_twentieth(hz: float, gain_db: float, q: float):
    ringing = Equalizer((Band("bell", hz, gain_db, q),))(PINK)
    first = resonances(ringing)[0]
    assert first.band.cutoff_hz == pytest.approx(hz, rel=0.05)
    # Three quarters of what it stands over its surroundings, where its own skirts lie.
    assert -0.75 * gain_db < first.band.gain_db < -0.45 * gain_db
    assert first.band.q == pytest.approx(q, rel=0.4)
    assert f"{first.band.cutoff_hz:.0f} Hz" in first.reason
    assert resonances(accept([first])(ringing)) == []


def test_two_resonances_come_worst_first_and_noise_has_none() -> None:
    assert resonances(PINK) == []
    both = Equalizer((Band("bell", 300.0, 8.0, 7.0), Band("bell", 3000.0, 14.0, 7.0)))(PINK)
    moves = resonances(both, stem="keys")
    assert [move.band.cutoff_hz for move in moves] == pytest.approx([3000.0, 300.0], rel=0.05)
    assert {move.stem for move in moves} == {"keys"}
    assert len(resonances(both, most=1)) == 1


def test_notes_that_come_and_go_are_no_resonances() -> None:
    t = np.arange(PINK.frames) / RATE
    tune = np.zeros(PINK.frames)
    for at, hz in enumerate((262.0, 330.0, 392.0, 523.0, 440.0, 349.0, 294.0, 494.0)):
        sounding = (t >= at) & (t < at + 1)
        tune[sounding] = np.sin(2 * np.pi * hz * t[sounding])
    audio = Audio((0.3 * PINK.samples + 0.1 * tune).astype(np.float32), RATE)
    assert resonances(audio) == []
    room = Equalizer((Band("bell", 700.0, 14.0, 8.0),))(audio)
    assert [move.band.cutoff_hz for move in resonances(room)] == pytest.approx([700.0], rel=0.05)


def test_a_broad_hill_is_no_resonance() -> None:
    hill = Equalizer((Band("bell", 1000.0, 9.0, 0.5),))(PINK)
    assert resonances(hill) == []


BENDS = [
    st.tuples(st.floats(*hz), st.floats(-4, 4), st.floats(0.5, 1.5))
    for hz in ((100, 300), (800, 2400), (5000, 9000))
]


@given(*BENDS)
@settings(max_examples=4)
def test_a_bent_spectrum_is_brought_back_to_its_reference(
    low: tuple[float, ...], middle: tuple[float, ...], high: tuple[float, ...]
) -> None:
    bent = Equalizer(tuple(Band("bell", *bend) for bend in (low, middle, high)))(PINK)
    moves = match_reference(measure_spectrum(bent), measure_spectrum(pink(2)))
    left = third_octaves(accept(moves)(bent)) - third_octaves(pink(2))
    assert np.std(left) < 0.5


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_pink_noise_is_brought_to_a_target_as_far_as_the_limit_lets(name: str) -> None:
    spectrum = measure_spectrum(PINK)
    moves = match_target(spectrum, name, most_db=12.0)
    y = measure_spectrum(accept(moves)(PINK))
    slope = y.slope_db_per_octave
    wanted = TARGETS[name].curve.density_db(np.array([500.0, 1000.0]))
    assert slope == pytest.approx(wanted[1] - wanted[0], abs=0.5)
    assert all(abs(move.band.gain_db) <= 6.0 for move in match_target(spectrum, name))
    assert all("target" in move.reason for move in moves)


def test_matching_to_itself_moves_nothing_and_the_level_does_not_count() -> None:
    louder = Audio(PINK.samples * 2.0, RATE)
    assert match_reference(measure_spectrum(PINK), measure_spectrum(louder)) == []


def test_the_stem_that_comes_later_makes_room() -> None:
    def band_of_noise(seed: int, hz: float) -> Spectrum:
        return measure_spectrum(Equalizer((Band("band_pass", hz, q=2.0),) * 2)(pink(seed)))

    spectra = {
        "keys": band_of_noise(1, 900.0),
        "melody": band_of_noise(2, 900.0),
        "bass": band_of_noise(3, 60.0),
    }
    moves = masking(spectra)
    assert moves
    assert {move.stem for move in moves} == {"keys"}
    assert 600.0 < moves[0].band.cutoff_hz < 1300.0
    assert moves[0].band.gain_db == -3.0
    assert "melody and keys" in moves[0].reason
    turned = masking(spectra, priority=("keys",))
    assert {move.stem for move in turned} == {"melody"}
    apart = {"melody": spectra["melody"], "bass": spectra["bass"]}
    assert masking(apart) == []


def test_moves_may_be_refused() -> None:
    moves = [
        Move(Band("bell", 300.0, -3.0), "booms"),
        Move(Band("bell", 900.0, 2.0), "thin", "keys"),
        Move(Band("bell", 5000.0, 2.0), "dull"),
    ]
    assert accept(moves).bands == (moves[0].band, moves[2].band)
    assert accept(moves, [2, 2]).bands == (moves[2].band,)
    assert accept(moves, stem="keys", phase="linear") == Equalizer((moves[1].band,), "linear")
    assert accept(moves, []).bands == ()
    assert str(moves[1]) == "keys: bell 900 Hz, +2.0 dB, q 0.7: thin"
    with pytest.raises(InputError, match="there is no move 3; there are 3"):
        accept(moves, [3])


def test_silence_and_unknown_targets_are_refused() -> None:
    silent = Audio(np.zeros((2, 9000), np.float32), RATE)
    for suggest in (resonances, lambda audio: match_target(measure_spectrum(audio), "pink")):
        with pytest.raises(InputError, match="the sound is silent"):
            suggest(silent)
    with pytest.raises(InputError, match="did you mean 'lofi'"):
        spectral_target("lo-fi")
    with pytest.raises(InputError, match="choose one of pink"):
        spectral_target("xyz")


def test_a_fit_finds_shelves_and_bells() -> None:
    hz = np.geomspace(40.0, 16_000.0, 27)
    made = (
        Band("low_shelf", 120.0, 4.0, 0.7), Band("bell", 700.0, -3.0, 1.2),
        Band("high_shelf", 7000.0, -5.0, 0.7),
    )  # fmt: skip
    wanted = sum(20 * np.log10(band.magnitude(hz)) for band in made)
    found = fit_bands(hz, wanted, bells=2)
    error = sum(20 * np.log10(band.magnitude(hz)) for band in found) - wanted
    assert np.abs(error).max() < 0.2
    assert fit_bands(hz, np.zeros(27)) == ()
