"""What every instrument must do: in tune, even, soft and loud, without clicks, at any extreme."""

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tapeloom.core.audio import RATE
from tapeloom.core.errors import InputError
from tapeloom.core.pitch import midi_to_hz
from tapeloom.core.seed import stream
from tapeloom.synth.kit import drum_of
from tapeloom.synth.render import draw_voice
from tapeloom.theory.instruments import DRUMS, INSTRUMENTS, KITS

PITCHED = [name for name in INSTRUMENTS if name not in KITS]
HELD = (
    "warm_pad",
    "glass_pad",
    "grain_pad",
    "wave_keys",
    "organ",
)  # a held key sounds for two minutes
WAVERING = (
    "accordion", "choir_pad", "clarinet", "flute", "lead", "muted_trumpet", "ocarina",
    "solo_cello", "string_ensemble", "tape_choir", "tenor_sax",
)  # fmt: skip
# Breath, bows, and pipes below the note: what they fold is told in test_instruments.
BELOW = (*WAVERING, "organ", "sub_bass", "synth_bass")
VIRTUAL = ("bells",)  # what is heard as their pitch is no partial, and partials lie below it
SHORT = ("marimba",)  # its highest notes are over within the tenth of a second
LONGEST = 30.0  # no single note may last longer than its duration plus this


@lru_cache
def voice(name, seed=1, brightness=0.5):
    return draw_voice(name, stream(seed, name), brightness=brightness)


def play(name, pitch, *, velocity=90, duration_s=1.5, seed=1, rate=RATE, note=0, brightness=0.5):
    rng = stream(seed, name, note)
    return voice(name, seed, brightness).note(pitch, velocity, duration_s, rate, rng)


def centroid_hz(sound):
    power = np.abs(np.fft.rfft(sound.mean(axis=0))) ** 2
    return float((np.fft.rfftfreq(sound.shape[1], 1 / RATE) * power).sum() / power.sum())


def fundamental_hz(mono, near_hz):
    """Return the peak of the spectrum within half a semitone, to a fraction of a cent."""
    size = 8 * len(mono)
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), size))
    hz = np.fft.rfftfreq(size, 1 / RATE)
    inside = np.abs(1200.0 * np.log2(np.maximum(hz, 1.0) / near_hz)) < 50.0
    i = int(np.argmax(np.where(inside, spectrum, 0.0)))
    a, b, c = np.log(spectrum[i - 1 : i + 2])
    return (i + 0.5 * (a - c) / (a - 2 * b + c)) * RATE / size


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_a_harder_touch_is_louder_and_brighter(name):
    pitch = DRUMS["snare"] if name in KITS else sum(INSTRUMENTS[name].comfortable) // 2
    soft, loud = (play(name, pitch, velocity=velocity) for velocity in (30, 115))
    peak = [float(np.abs(sound).max()) for sound in (soft, loud)]
    assert peak[1] > 3.0 * peak[0]
    assert centroid_hz(loud) > 1.08 * centroid_hz(soft), (centroid_hz(loud), centroid_hz(soft))


@pytest.mark.parametrize("name", PITCHED)
def test_peaks_stay_where_a_mixer_wants_them(name):
    low, high = INSTRUMENTS[name].comfortable
    for pitch in range(low, high + 1, 8):
        assert 0.05 < np.abs(play(name, pitch, velocity=127)).max() < 0.5


@pytest.mark.parametrize("name", ["electric_piano", "felt_piano", "nylon_guitar", "upright_bass"])
def test_low_notes_ring_longer(name):
    low, high = INSTRUMENTS[name].comfortable

    def fall_db(pitch):
        sound = play(name, pitch, duration_s=2.0).astype(np.float64)
        early, late = (sound[:, int(at * RATE) :][:, : RATE // 5] for at in (0.1, 1.6))
        return 10.0 * np.log10((early**2).mean() / (late**2).mean())

    assert fall_db(low) < fall_db(high)


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_notes_begin_and_end_without_a_click(name):
    for note, duration_s in enumerate((0.02, 0.3, 1.0)):
        pitch = DRUMS["shaker"] if name in KITS else INSTRUMENTS[name].comfortable[1]
        sound = play(name, pitch, duration_s=duration_s, note=note)
        peak = np.abs(sound).max()
        assert np.abs(sound[:, 0]).max() < 0.02 * peak
        assert np.abs(sound[:, -1]).max() < 1e-4 * peak


@pytest.mark.parametrize("name", PITCHED)
def test_letting_go_does_not_click(name):
    pitch = sum(INSTRUMENTS[name].comfortable) // 2
    sound = play(name, pitch, duration_s=0.7).mean(axis=0)
    # What a jump would add lies high: no burst there as the damper falls.
    high = np.abs(np.diff(sound, n=4))
    at = int(0.7 * RATE)
    assert high[at - 100 : at + 400].max() < 1.5 * high[at - 6000 : at - 200].max() + 2e-4


@given(
    name=st.sampled_from(sorted(INSTRUMENTS)),
    pitch=st.integers(0, 127),
    velocity=st.integers(1, 127),
    duration_s=st.sampled_from([0.001, 0.01, 0.5]),
    brightness=st.sampled_from([0.0, 0.5, 1.0]),
    rate=st.sampled_from([8_000, 44_100, 96_000]),
)
@example("warm_pad", 120, 89, 0.001, 0.0, 8_000)  # a pitch above the rate
def test_any_note_sounds_finite_and_bounded(name, pitch, velocity, duration_s, brightness, rate):
    sound = play(
        name, pitch, velocity=velocity, duration_s=duration_s, brightness=brightness, rate=rate
    )
    assert sound.dtype == np.float32
    assert sound.shape[0] == 2
    assert 1 <= sound.shape[1] <= (duration_s + voice(name).tail_s + 1.0) * rate
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() < 1.0


@pytest.mark.parametrize("name", INSTRUMENTS)
@pytest.mark.parametrize(
    "pitch",
    [60, pytest.param(0, marks=pytest.mark.slow), pytest.param(127, marks=pytest.mark.slow)],
)
@pytest.mark.slow
def test_two_minutes_of_a_key_are_bounded(name, pitch):
    sound = play(name, pitch, duration_s=120.0)
    longest = 120.0 + 3.0 if name in HELD else LONGEST
    assert sound.shape[1] <= longest * RATE
    assert np.isfinite(sound).all()
    assert abs(sound.astype(np.float64).mean()) < 1e-3


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_two_hits_of_a_key_differ_and_one_seed_repeats(name):
    pitch = 42 if name in KITS else INSTRUMENTS[name].comfortable[0]
    first, again = play(name, pitch, note=1), play(name, pitch, note=1)
    assert first.tobytes() == again.tobytes()
    others = [play(name, pitch, note=note).tobytes() for note in range(2, 5)]
    assert len({first.tobytes(), *others}) == 4


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_brightness_of_the_mood_is_heard(name):
    pitch = DRUMS["closed_hat"] if name in KITS else INSTRUMENTS[name].comfortable[0]

    def bright(brightness):
        sounds = []
        for seed in range(4):
            drawn = draw_voice(name, stream(seed, name), brightness=brightness)
            sounds.append(drawn.note(pitch, 90, 0.5, RATE, stream(seed, "note")))
        return np.mean([centroid_hz(sound) for sound in sounds])

    assert bright(1.0) > 1.05 * bright(0.0)


@pytest.mark.parametrize(
    "name", [name for name in PITCHED if name not in (*BELOW, *VIRTUAL, *SHORT)]
)
def test_no_alias_sounds_below_the_note(name):
    pitch = min(INSTRUMENTS[name].high, 100)
    sound = play(name, pitch, velocity=127, duration_s=1.0).mean(axis=0).astype(np.float64)
    settled = sound[int(0.3 * RATE) : int(0.9 * RATE)]
    power = np.abs(np.fft.rfft(settled * np.blackman(len(settled)))) ** 2
    hz = np.fft.rfftfreq(len(settled), 1 / RATE)
    below = power[(hz > 300.0) & (hz < 0.85 * midi_to_hz(pitch))].max()
    assert 10.0 * np.log10(below / power.max()) < -70.0


def test_every_drum_key_has_a_drum():
    kit = voice("dusty_kit")
    for key in range(0, 128, 3):
        sound = kit.note(key, 80, 0.1, RATE, stream(1, key))
        assert 0.01 < np.abs(sound).max() < 0.5
    assert {drum_of(key)[0] for key in range(35, 82)} >= {*DRUMS, "tom"}


def test_any_hat_closes_the_open_one_and_nothing_else_does():
    kit = voice("dusty_kit")
    assert kit.stops(DRUMS["open_hat"], DRUMS["closed_hat"])
    assert kit.stops(DRUMS["open_hat"], DRUMS["pedal_hat"])
    assert not kit.stops(DRUMS["open_hat"], DRUMS["kick"])
    assert not kit.stops(DRUMS["crash"], DRUMS["closed_hat"])


def test_drums_of_the_middle_stand_in_the_middle_and_the_hat_to_the_right():
    def balance_db(drum):
        sound = play("dusty_kit", DRUMS[drum], velocity=100).astype(np.float64)
        left, right = (sound**2).sum(axis=1)
        return 10.0 * np.log10(right / left)

    assert abs(balance_db("kick")) < 0.5
    assert abs(balance_db("snare")) < 1.0
    assert 1.0 < balance_db("closed_hat") < 6.0


def test_an_unknown_voice_is_refused_by_name():
    with pytest.raises(InputError, match="'theremin' is no instrument"):
        draw_voice("theremin", stream(1), brightness=0.5)
