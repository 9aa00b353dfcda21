"""Bends: any voice's pitch moves as the part asks, exactly and without a click."""

from dataclasses import replace

import numpy as np
import pytest

from tapeloom.core.audio import RATE
from tapeloom.core.performance import (
    PlayedBend,
    PlayedControl,
    PlayedNote,
    PlayedPart,
    bend_value,
)
from tapeloom.core.pitch import midi_to_hz
from tapeloom.core.seed import stream
from tapeloom.synth import draw_voice, render_part
from tapeloom.synth.bending import Bending, bend_note, bending_of

PITCHED = ("electric_piano", "felt_piano", "upright_bass", "nylon_guitar", "warm_pad")


def played(name, bends=(), *, pitch=52, controls=()):
    notes = (PlayedNote(0.1, 1.6, pitch, 90),)
    return PlayedPart("p", "melody", name, notes, controls=controls, bends=tuple(bends))


def render(part, seconds=2.2):
    voice = draw_voice(part.instrument, stream(3, "voice"), brightness=0.5)
    blocks = render_part(part, voice, frames=int(seconds * RATE), seed=3)
    return np.concatenate(list(blocks), axis=1)


def pitch_cents(sound, near_hz, start_s, stop_s):
    """Measure the fundamental's pitch in a stretch, in cents from a frequency."""
    x = sound.sum(axis=0)[int(start_s * RATE) : int(stop_s * RATE)].astype(float)
    size = 2**20
    spectrum = np.abs(np.fft.rfft(x * np.hanning(len(x)), size))
    hz = np.arange(len(spectrum)) * RATE / size
    band = (hz > near_hz * 2 ** (-2.6 / 12)) & (hz < near_hz * 2 ** (2.6 / 12))
    return 1200 * np.log2(hz[band][np.argmax(spectrum[band])] / near_hz)


@pytest.mark.parametrize("name", PITCHED)
@pytest.mark.parametrize("semitones", [-2.0, -0.5, 1.0, 1.999])
def test_a_bent_note_sounds_at_the_bent_pitch(name, semitones):
    hz = midi_to_hz(52)
    plain = pitch_cents(render(played(name)), hz, 0.6, 1.6)
    bent = render(played(name, [PlayedBend(0.0, bend_value(semitones))]))
    assert pitch_cents(bent, hz, 0.6, 1.6) - plain == pytest.approx(100 * semitones, abs=3.0)


def test_a_slide_begins_below_and_arrives():
    times = np.linspace(0.1, 0.6, 51)
    bends = [PlayedBend(round(float(t), 6), bend_value(-2.0 + 4.0 * (t - 0.1))) for t in times]
    sound = render(played("warm_pad", bends, pitch=64))
    hz = midi_to_hz(64)
    assert pitch_cents(sound, hz, 0.8, 1.6) == pytest.approx(0.0, abs=6.0)
    assert pitch_cents(sound, hz, 0.15, 0.3) < -110.0


@pytest.mark.parametrize("name", PITCHED)
def test_a_note_without_its_own_bend_is_bit_for_bit_as_it_was(name):
    plain = render(played(name))
    later = render(played(name, [PlayedBend(1.9, 4096)]))  # after it has been let go
    back = render(played(name, [PlayedBend(0.0, 4096), PlayedBend(0.1, 0)]))  # before it begins
    assert later.tobytes() == plain.tobytes()
    assert back.tobytes() == plain.tobytes()


def test_a_note_let_go_keeps_its_pitch_when_the_next_one_slides():
    part = PlayedPart(
        "p", "melody", "nylon_guitar", (PlayedNote(0.1, 0.9, 64, 90), PlayedNote(1.0, 0.9, 67, 90)),
        bends=(PlayedBend(1.0, -8192), PlayedBend(1.1, 0)),
    )  # fmt: skip
    assert not bending_of(part, onset_s=0.1, held_s=0.9).moves
    assert bending_of(part, onset_s=1.0, held_s=0.9).moves


def test_a_step_of_the_wheel_does_not_click():
    plain = render(played("warm_pad", pitch=60))
    bent = render(played("warm_pad", [PlayedBend(1.0, 8191)], pitch=60))

    def roughest(sound):
        """Return the largest second difference about the step: a click's mark."""
        near = sound[0, int(0.95 * RATE) : int(1.05 * RATE)].astype(float)
        return np.abs(np.diff(near, 2)).max()

    assert roughest(bent) < 1.6 * roughest(plain)


def test_the_interpolation_is_clean_and_nothing_aliases():
    t = np.arange(RATE) / RATE
    for hz, semitones in ((997.0, 2.0), (8_000.0, -2.0), (11_000.0, 2.0)):
        sine = np.tile(np.sin(2 * np.pi * hz * t), (2, 1)).astype(np.float32)
        out = bend_note(sine, Bending(np.zeros(1), np.array([semitones])), RATE)[0]
        middle = out[4_000:36_000].astype(float)
        k = np.arange(len(middle)) * 2 * np.pi * hz * 2 ** (semitones / 12) / RATE
        basis = np.stack([np.sin(k), np.cos(k)], axis=1)
        rest = middle - basis @ np.linalg.lstsq(basis, middle, rcond=None)[0]
        assert 20 * np.log10(rest.std() / middle.std()) < -80.0
    # An octave up leaves no room for 15 kHz: it vanishes instead of folding to 18 kHz.
    high = np.tile(np.sin(2 * np.pi * 15_000.0 * t), (2, 1)).astype(np.float32)
    out = bend_note(high, Bending(np.zeros(1), np.array([12.0])), RATE)[0]
    assert np.abs(out[2_000:-2_000]).max() < 1e-3


def test_a_bent_note_ends_when_it_is_let_go():
    plain, bent = (render(played("electric_piano", b)) for b in ((), [PlayedBend(0.0, 8191)]))
    ends = [np.flatnonzero(np.abs(s).max(axis=0) > 1e-3)[-1] / RATE for s in (plain, bent)]
    assert ends[1] == pytest.approx(ends[0], abs=0.08)


def test_the_range_of_the_bend_is_the_parts_own():
    asked = tuple(
        PlayedControl(0.0, number, value) for number, value in ((101, 0), (100, 0), (6, 12))
    )
    part = played("warm_pad", [PlayedBend(0.0, 4096)], controls=asked)
    assert bending_of(part, onset_s=0.1, held_s=1.0).semitones[0] == pytest.approx(6.0)
    assert bending_of(replace(part, controls=()), onset_s=0.1, held_s=1.0).semitones[0] == 1.0
