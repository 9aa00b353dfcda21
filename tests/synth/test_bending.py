import numpy as np
import pytest

from tapeloom.core.performance import PlayedBend, PlayedNote, PlayedPart
from tapeloom.synth.bending import bend, bend_curve
from tapeloom.synth.render import draw_voice, render_part

RATE = 44_100


def tone(hz, seconds=1.0):
    t = np.arange(int(seconds * RATE)) / RATE
    return np.stack([np.sin(2 * np.pi * hz * t)] * 2).astype(np.float32)


def pitch_hz(sound):
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 19))
    return spectrum.argmax() * RATE / (1 << 19)


@pytest.mark.parametrize("semitones", [-2.0, -0.5, 0.5, 1.0, 2.0])
def test_a_bent_tone_has_the_bent_pitch_and_nothing_else(semitones):
    bent = bend(tone(440.0), np.full(30_000, semitones))[0]
    assert pitch_hz(bent) == pytest.approx(440.0 * 2 ** (semitones / 12), rel=1e-3)
    spectrum = np.abs(np.fft.rfft(bent[:16_384] * np.blackman(16_384)))
    peak = spectrum.argmax()
    rest = np.delete(spectrum, range(max(peak - 8, 0), peak + 9))
    assert 20 * np.log10(rest.max() / spectrum[peak]) < -70.0


def test_bending_by_nothing_changes_nothing():
    sound = tone(2000.0, 0.2)
    inside = slice(64, -64)
    np.testing.assert_allclose(
        bend(sound, np.zeros(sound.shape[1]))[:, inside], sound[:, inside], atol=2e-4
    )


def test_a_curve_glides_between_near_points_and_jumps_between_far_ones():
    bends = (PlayedBend(0.0, 0.0), PlayedBend(0.5, 2.0), PlayedBend(0.52, 1.0))
    curve = bend_curve(bends, start_s=0.0, frames=1000, rate=1000)
    assert curve[490] == 0.0
    assert curve[500] == 2.0
    assert curve[510] == pytest.approx(1.5)
    assert curve[999] == 1.0


def test_what_is_not_bent_has_no_curve():
    bends = (PlayedBend(1.0, -2.0), PlayedBend(1.04, 0.0))
    assert bend_curve(bends, start_s=2.0, frames=100, rate=1000) is None
    assert bend_curve(bends, start_s=0.0, frames=900, rate=1000) is None


def render(bends):
    notes = (PlayedNote(0.0, 1.5, 45, 90), PlayedNote(2.0, 1.0, 50, 90))
    part = PlayedPart("bass", "bass", "upright_bass", notes, bends=bends)
    voice = draw_voice("upright_bass", np.random.default_rng(1), brightness=0.5)
    return np.concatenate(list(render_part(part, voice, frames=4 * RATE, seed=1)), axis=1)


def test_a_slide_is_heard_and_the_other_notes_are_as_they_were():
    slide = tuple(PlayedBend(round(0.005 * k, 3), -2.0 + 0.1 * k) for k in range(21))
    plain, slid = render(()), render(slide)
    start = slice(0, int(0.05 * RATE))
    assert not np.allclose(plain[:, start], slid[:, start], atol=1e-3)
    late = slice(int(0.6 * RATE), int(1.3 * RATE))
    assert pitch_hz(slid[0, late]) == pytest.approx(pitch_hz(plain[0, late]), rel=3e-3)
    second = slice(int(2.3 * RATE), int(3.0 * RATE))
    assert pitch_hz(slid[0, second]) == pytest.approx(pitch_hz(plain[0, second]), rel=1e-3)
    assert np.isfinite(slid).all()
    # No click where the slide ends: no sample jumps further than the plain note's do.
    assert np.abs(np.diff(slid)).max() < 1.3 * np.abs(np.diff(plain)).max()
