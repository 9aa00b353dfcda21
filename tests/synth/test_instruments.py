"""What every pitched design must do: in tune, even, soft and loud, clean, the same each time."""

from functools import lru_cache

import numpy as np
import pytest

from tapeloom.core.audio import RATE
from tapeloom.core.pitch import midi_to_hz
from tapeloom.core.seed import stream
from tapeloom.dsp.level import dc_offset_db
from tapeloom.synth.catalogue import MODULES, design
from tapeloom.theory.instruments import INSTRUMENTS
from tests.synth.measures import (
    alias_dbfs,
    centroid_hz,
    cents,
    click_ratio,
    loudness_lufs,
    mean_hz,
    onset_s,
    pitch_hz,
)

PITCHED = [name for name in MODULES if not name.endswith("_kit")]
# Where the tuned partial is none of the first: its frequency in terms of the written pitch.
TUNED: dict[str, float] = {"bells": 2.0}
# The part of a note in which its pitch has settled, where that isn't 0.05 to 0.95 s.
SETTLED: dict[str, tuple[float, float]] = {
    "upright_bass": (0.45, 1.4),
    "nylon_guitar": (0.3, 1.4),  # once the box has rung off
}
# What makes a pitch waver: its mean is measured then.
WAVERING = ("vibrato_cents", "wow_cents")
# What stands between the harmonics and is no alias: noise, wavering, reeds apart, an octave below.
STILLED = (*WAVERING, "drift_cents", "detune_cents", "musette", "air", "bow", "chiff", "hiss",
           "key_noise", "leak", "sub")  # fmt: skip
ATTACK_S = 0.012  # of what is struck or plucked; others state `attack_s`


@lru_cache
def voice(name, seed=1, preset=""):
    return design(name).draw(stream(seed, name), brightness=0.5, preset=preset)


@lru_cache
def still(name):
    """Return a voice whose notes are as steady and as free of noise as it can make them."""
    known = design(name)
    given = {each.name: each.low for each in known.parameters if each.name in STILLED}
    return known.draw(stream(1, name), brightness=0.5, given=given)


@lru_cache(maxsize=64)
def play(name, pitch, velocity=90, duration_s=1.0, seed=1, note=0, preset=""):
    rng = stream(seed, name, note)
    return voice(name, seed, preset).note(pitch, velocity, duration_s, RATE, rng)


def pitches(name, count):
    """Return pitches from the lowest to the highest, the ends included."""
    found = INSTRUMENTS[name]
    return sorted({round(pitch) for pitch in np.linspace(found.low, found.high, count)})


def off_by(name, pitch, seed=1):
    """Return how many cents a note is off."""
    hz = midi_to_hz(pitch) * TUNED.get(name, 1.0)
    start, stop = SETTLED.get(name, (0.05, 0.95))
    sound = play(name, pitch, duration_s=max(1.0, stop), seed=seed)
    wavers = any(parameter.name in WAVERING for parameter in design(name).parameters)
    measured = (mean_hz if wavers else pitch_hz)(sound, hz, from_s=start, to_s=stop)
    return cents(measured, hz)


@pytest.mark.parametrize("name", PITCHED)
def test_it_is_in_tune_from_the_lowest_to_the_highest_note(name):
    found = INSTRUMENTS[name]
    for pitch in (found.low, *found.comfortable, found.high, sum(found.comfortable) / 2 + 0.37):
        assert abs(off_by(name, pitch)) < 2.0, (pitch, off_by(name, pitch))


@pytest.mark.parametrize("name", PITCHED)
def test_its_register_is_even(name):
    loudness = {pitch: loudness_lufs(play(name, pitch)) for pitch in pitches(name, 7)}
    assert max(loudness.values()) - min(loudness.values()) < 3.0, loudness


@pytest.mark.parametrize("name", PITCHED)
def test_a_harder_touch_is_louder_and_brighter(name):
    pitch = sum(INSTRUMENTS[name].comfortable) // 2
    touches = [play(name, pitch, velocity=velocity) for velocity in (20, 45, 70, 100, 127)]
    loudness = np.array([loudness_lufs(sound) for sound in touches])
    assert (np.diff(loudness) > 0.0).all(), loudness
    assert loudness[-1] - loudness[0] >= 18.0, loudness
    bright = [centroid_hz(sound) for sound in touches]
    assert bright[-1] > 1.05 * bright[0], bright


@pytest.mark.parametrize("name", PITCHED)
def test_it_begins_at_once(name):
    allowed_s = getattr(voice(name), "attack_s", ATTACK_S)
    for pitch in pitches(name, 3):
        assert onset_s(play(name, pitch)) <= allowed_s, (pitch, onset_s(play(name, pitch)))


@pytest.mark.parametrize("name", PITCHED)
def test_it_is_clean(name):
    for pitch in pitches(name, 3):
        sound = play(name, pitch, velocity=110)
        peak = float(np.abs(sound).max())
        assert sound.dtype == np.float32
        assert np.isfinite(sound).all()
        assert 0.02 < peak < 0.6, (pitch, peak)
        assert sound.shape[1] <= (1.0 + voice(name).tail_s + 1.0) * RATE
        assert np.abs(sound[:, 0]).max() < 0.02 * peak
        assert np.abs(sound[:, -1]).max() < 1e-4 * peak
        # Even a sine that decays from nothing has a mean, of about its amplitude / (2 pi f t).
        assert dc_offset_db(sound) < -64.0, (pitch, dc_offset_db(sound))
        if sound.shape[1] > 1.05 * RATE:
            assert click_ratio(sound, 1.0) < 2.0, (pitch, click_ratio(sound, 1.0))


@pytest.mark.parametrize("name", PITCHED)
def test_nothing_folds_back(name):
    # Between the harmonics of low notes there is too little room to tell what is folded.
    middle_pitch = max(60, sum(INSTRUMENTS[name].comfortable) // 2)
    for pitch in {INSTRUMENTS[name].high - 0.31, middle_pitch + 0.13}:
        sound = still(name).note(pitch, 127, 1.0, RATE, stream(1, name, 0))
        assert alias_dbfs(sound, midi_to_hz(pitch)) < -70.0, pitch


@pytest.mark.parametrize("name", PITCHED)
def test_a_seed_repeats_and_each_note_differs(name):
    pitch = INSTRUMENTS[name].comfortable[0]

    def bytes_of(note):
        rng = stream(1, name, note)
        return voice(name).note(pitch, 90, 0.3, RATE, rng).tobytes()

    assert bytes_of(1) == bytes_of(1)
    assert len({bytes_of(note) for note in range(3)}) == 3


@pytest.mark.parametrize("name", PITCHED)
def test_every_parameter_can_be_turned_to_its_ends(name):
    known = design(name)
    pitch = sum(INSTRUMENTS[name].comfortable) // 2
    for parameter in known.parameters:
        for value in (parameter.low, parameter.high):
            turned = known.build(known.values({parameter.name: value}), stream(1, name))
            sound = turned.note(pitch, 100, 0.15, RATE, stream(1, "note"))
            assert np.isfinite(sound).all(), (parameter.name, value)
            assert 0.01 < np.abs(sound).max() < 1.0, (parameter.name, value)


@pytest.mark.parametrize("name", PITCHED)
def test_every_parameter_is_heard(name):
    known = design(name)
    pitch = sum(INSTRUMENTS[name].comfortable) // 2
    for parameter in known.parameters:

        def heard(value, turned=parameter.name):
            made = known.build(known.values({turned: value}), stream(1, name))
            sound = made.note(pitch, 100, 0.15, RATE, stream(1, "note"))
            return sound.tobytes(), made.manner

        assert heard(parameter.low) != heard(parameter.high), parameter.name


@pytest.mark.parametrize("name", PITCHED)
def test_its_presets_are_its_own(name):
    known = design(name)
    pitch = INSTRUMENTS[name].comfortable[0] + 7
    plain = play(name, pitch)
    for preset in known.presets:
        assert play(name, pitch, preset=preset).tobytes() != plain.tobytes() or (
            voice(name, 1, preset).manner != voice(name).manner
        )
    if "far" in known.presets:
        far = voice(name, 1, "far")
        darker = centroid_hz(play(name, pitch, preset="far")) < 0.97 * centroid_hz(plain)
        assert darker or far.manner.cutoff_hz < 0.8 * voice(name).manner.cutoff_hz


@pytest.mark.parametrize("name", PITCHED)
def test_its_demo_phrase_can_be_played(name):
    known, found = design(name), INSTRUMENTS[name]
    assert known.name == name
    assert len(known.demo) >= 4
    assert known.about
    assert not known.about.endswith(".")
    beats = [note.beat for note in known.demo]
    assert beats == sorted(beats)
    for note in known.demo:
        assert found.low <= note.pitch <= found.high, note
        assert note.beats > 0.0
        assert 1 <= note.velocity <= 127
        together = [
            other
            for other in known.demo
            if other.beat <= note.beat < other.beat + other.beats - 1e-9
        ]
        assert len(together) <= found.polyphony, note
    assert max(n.beat + n.beats for n in known.demo) * 60.0 / known.demo_bpm <= 20.0


@pytest.mark.slow
@pytest.mark.parametrize("name", PITCHED)
def test_every_semitone_of_three_copies_is_in_tune_and_even(name):
    found = INSTRUMENTS[name]
    for seed in (1, 2, 3):
        loudness = []
        for pitch in range(found.low, found.high + 1):
            assert abs(off_by(name, pitch, seed)) < 2.0, (seed, pitch, off_by(name, pitch, seed))
            loudness.append(loudness_lufs(play(name, pitch, seed=seed)))
        assert max(loudness) - min(loudness) < 3.0, (seed, min(loudness), max(loudness))
