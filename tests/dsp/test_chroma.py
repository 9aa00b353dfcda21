import numpy as np
import pytest

from tapeloom.core.audio import Audio
from tapeloom.core.harmony import Chord
from tapeloom.core.pitch import midi_to_hz
from tapeloom.dsp.chroma import ChromaMeter, measure_chroma

RATE = 22_050


def sound(pitches, *, seconds=3.0, cents=0.0, rate=RATE):
    """Notes of six falling harmonics with slow beating decay, like keys."""
    t = np.arange(int(seconds * rate)) / rate
    x = np.zeros(len(t))
    for pitch in pitches:
        f0 = midi_to_hz(pitch + cents / 100)
        for n in range(1, 7):
            x += np.sin(2 * np.pi * n * f0 * t + n) * 0.5 ** (n - 1) * np.exp(-0.4 * n * t)
    return Audio((0.1 * x[None]).astype(np.float32), rate)


@pytest.mark.parametrize("pitch", range(40, 88, 3))
def test_a_single_note_is_its_own_pitch_class(pitch):
    assert int(np.argmax(measure_chroma(sound([pitch])).weights)) == pitch % 12


@pytest.mark.parametrize("symbol", ["C", "Am", "F#m", "Eb", "Dm7", "Gmaj7", "Bb7"])
def test_the_tones_of_a_chord_stand_out(symbol):
    chord = Chord.parse(symbol)
    pitches = [48 + chord.root + step for step in chord.intervals]
    weights = np.array(measure_chroma(sound(pitches)).weights)
    strongest = set(np.argsort(weights)[-len(pitches) :].tolist())
    assert len(strongest & set(chord.pitch_classes)) >= len(pitches) - 1
    assert weights[list(chord.pitch_classes)].sum() > 0.7


@pytest.mark.parametrize("cents", [-40, -20, 0, 15, 35])
def test_the_tuning_is_found_and_taken_off(cents):
    chroma = measure_chroma(sound([57, 61, 64], cents=cents))
    assert chroma.tuning_cents == pytest.approx(cents, abs=4)
    assert set(np.argsort(chroma.weights)[-3:].tolist()) == {9, 1, 4}


def test_transposing_turns_the_circle():
    low = np.array(measure_chroma(sound([50, 54, 57])).weights)
    high = np.array(measure_chroma(sound([53, 57, 60])).weights)
    assert np.corrcoef(np.roll(low, 3), high)[0, 1] > 0.97


def test_blocks_of_any_size_give_the_same_weights():
    audio = sound([60, 64, 67])
    pieces = ChromaMeter(RATE)
    for block in audio.blocks(1000):
        pieces.push(block)
    np.testing.assert_allclose(pieces.read().weights, measure_chroma(audio).weights)


def test_the_weights_sum_to_one_and_silence_to_nothing():
    assert sum(measure_chroma(sound([60])).weights) == pytest.approx(1)
    silent = measure_chroma(Audio(np.zeros((2, RATE), np.float32), RATE))
    assert silent.weights == (0.0,) * 12
    assert silent.tuning_cents == 0.0
