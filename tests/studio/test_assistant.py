"""Masters led by references and by search: nearer to the target, and within bounds."""

from dataclasses import replace

import numpy as np
import pytest

from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError
from tapeloom.studio.assistant import assist, match
from tapeloom.studio.chain import apply
from tapeloom.studio.effects import Band, Equalizer, Gain, Width
from tapeloom.studio.presets import PRESETS, preset
from tapeloom.studio.profile import measure_profile
from tapeloom.studio.shaping import first_density, shaping
from tapeloom.studio.targets import bands_at_0_lufs, target_for, target_of

RATE = 44_100


def song(seconds: float = 12.0) -> Audio:
    """Pink-ish bursts of noise with a beat, wider on top."""
    frames = round(seconds * RATE)
    rng = np.random.default_rng(5)
    hz = np.fft.rfftfreq(frames, 1 / RATE)
    shape = np.maximum(hz, 50.0) ** -0.8
    middle, side = (
        np.fft.irfft(np.fft.rfft(rng.standard_normal(frames)) * shape, frames) for _ in range(2)
    )
    t = np.arange(frames) / RATE
    beat = np.exp(-((t % 0.6) / 0.2)) * (0.5 + 0.5 * (t > seconds / 2))
    x = np.stack((middle + 0.4 * side, middle - 0.4 * side)) * (0.2 + beat)
    return Audio((0.2 * x / np.abs(x).max()).astype(np.float32), RATE)


def test_a_dull_narrow_soft_mix_is_led_to_its_reference() -> None:
    reference = song()
    dulled = (Gain(-6.0), Equalizer((Band("high_shelf", 3000.0, -5.0),)), Width(0.6))
    mix = apply(dulled, reference)
    target = target_of([measure_profile(reference)], "the reference")
    profile = measure_profile(mix)
    settings, notes = match(profile, target, preset("streaming").settings)
    shelf = next(band for band in settings.bands if band.kind == "high_shelf")
    assert shelf.gain_db > 2.0
    assert settings.width == pytest.approx(1 / 0.6, abs=0.17)
    assert settings.target_lufs == pytest.approx(target.integrated_lufs)
    shaped = apply(shaping(settings, profile, 0.0)[0], mix)
    before = target.distance_db(bands_at_0_lufs(profile))
    assert target.distance_db(bands_at_0_lufs(measure_profile(shaped))) < 0.4 * before
    assert any("the mix lies" in note for note in notes)
    assert any("narrower than the reference" in note for note in notes)


@pytest.mark.slow
def test_the_assistant_comes_nearer_and_says_by_how_much() -> None:
    mix = apply((Equalizer((Band("bell", 350.0, 5.0),)),), song(10.0))
    profile = measure_profile(mix)
    start = replace(preset("lofi").settings, glue=0.0, drive_db=0.0)
    target = target_for(start, "lofi", profile)
    parts: list[float] = []
    settings, notes = assist(mix, profile, target, start, on_progress=parts.append)
    assert parts == sorted(parts)
    shaped = apply(shaping(settings, profile, first_density(settings, profile))[0], mix)
    found = target.distance_db(bands_at_0_lufs(measure_profile(shaped)))
    assert found < target.distance_db(bands_at_0_lufs(profile))
    assert any("dB RMS off lofi before" in note for note in notes)
    assert any("trials" in note for note in notes)
    assert assist(mix, profile, target, start) == (settings, notes)


def test_silence_has_nothing_to_search_and_is_no_reference() -> None:
    silence = Audio(np.zeros((2, RATE), np.float32), RATE)
    profile = measure_profile(silence)
    settings = PRESETS["streaming"].settings
    target = target_for(settings, "streaming", profile)
    assert assist(silence, profile, target, settings)[0] == settings
    with pytest.raises(InputError, match="the reference is silent"):
        target_of([profile], "nothing")


def test_several_references_are_their_median() -> None:
    songs = [apply((Gain(gain_db),), song(6.0)) for gain_db in (-6.0, -12.0, 0.0)]
    target = target_of([measure_profile(one) for one in songs], "three")
    middle = measure_profile(songs[0]).loudness.integrated_lufs
    assert target.integrated_lufs == pytest.approx(middle)
    assert {spread for _, _, spread in target.bands} == {1.0}
