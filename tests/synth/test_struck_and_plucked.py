"""What physics says of struck and plucked instruments, heard in their notes."""

import numpy as np
import pytest

from tapeloom.core.audio import RATE
from tapeloom.core.performance import PlayedNote, PlayedPart
from tapeloom.core.pitch import midi_to_hz
from tapeloom.core.seed import stream
from tapeloom.synth.catalogue import design
from tapeloom.synth.modes import falls, stiff_partials
from tapeloom.synth.plucked import Plucked
from tapeloom.synth.render import render_part, schedule
from tapeloom.synth.upright import stiffness
from tapeloom.synth.wood import HEARD_HZ, draw_wood
from tests.synth.measures import (
    centroid_hz,
    cents,
    fall_db_per_s,
    middle,
    onset_s,
    partial_amplitude,
    peak_hz,
)


def play(name, pitch, velocity=95, duration_s=2.0, seed=1, **given):
    voice = design(name).build(design(name).values(given), stream(seed, name))
    return voice.note(pitch, velocity, duration_s, RATE, stream(seed, "note"))


def partial_hz(sound, near_hz, *, from_s=0.03, to_s=0.5, within_cents=40.0):
    mono = middle(sound)[int(from_s * RATE) : int(to_s * RATE)]
    return peak_hz(mono, near_hz, within_cents=within_cents)


@pytest.mark.parametrize("pitch", [40, 48, 60, 72])
def test_a_piano_s_partials_are_stretched_by_stiffness(pitch):
    # f_n = n f_0 sqrt(1 + B n^2): Fletcher, Blackham and Stratton, JASA, 1962.
    sound = play("upright_piano", pitch, velocity=110)
    f, B = midi_to_hz(pitch), stiffness(pitch)
    first = partial_hz(sound, f, to_s=1.5)
    for n in (4, 7, 9):
        found = partial_hz(sound, n * f * np.sqrt((1 + B * n * n) / (1 + B)), within_cents=25.0)
        r = (found / (n * first)) ** 2  # (1 + B n^2) / (1 + B)
        assert (r - 1.0) / (n * n - r) == pytest.approx(B, rel=0.15)
    # Rigaud, David and Daudet, JASA, 2013, figures: 1e-4 to 1e-3 over these keys.
    assert 1e-4 < B < 1.2e-3


@pytest.mark.parametrize("pitch", [52, 60, 67])
def test_a_piano_falls_fast_at_first_and_then_sings_on(pitch):
    # Weinreich, "Coupled piano strings", JASA, 1977.
    sound = play("upright_piano", pitch, duration_s=9.0, unison_cents=0.0)
    f = midi_to_hz(pitch)
    prompt = fall_db_per_s(sound, f, from_s=0.05, to_s=0.55)
    after = fall_db_per_s(sound, f, from_s=5.5, to_s=8.0, window_s=0.4)
    assert prompt > 1.6 * after
    assert 6.0 < prompt < 30.0
    assert after > 2.0


@pytest.mark.parametrize(
    ("name", "pitch", "ratios", "within_cents"),
    [
        # Bars whose second mode is tuned to two octaves: Fletcher and Rossing, chapter 19.
        ("vibraphone", 60, (1.0, 4.0), 15.0),
        ("marimba", 57, (1.0, 3.98), 30.0),
        # A bar held at one end, chapter 2.
        ("kalimba", 60, (1.0, 6.267), 130.0),
        # A bar free at both ends, chapter 2.
        ("celesta", 60, (1.0, 2.756, 5.404), 80.0),
        # A tube: the squares of 9, 11 and 13 are near 2 : 3 : 4.
        ("bells", 60, (2.0, 2 * 121 / 81, 2 * 169 / 81), 25.0),
        ("steel_drum", 60, (1.0, 2.0, 3.0, 4.0), 25.0),
    ],
)
def test_bars_ring_at_their_modes(name, pitch, ratios, within_cents):
    sound = play(name, pitch, velocity=110, beat_cents=0.0) if name != "marimba" else play(name, 57)
    f = midi_to_hz(pitch)
    heard = [partial_amplitude(sound, f * ratio, from_s=0.01, to_s=0.2) for ratio in ratios]
    beside = partial_amplitude(sound, 1.66 * f, from_s=0.01, to_s=0.2)
    for ratio, amplitude in zip(ratios, heard, strict=True):
        found = partial_hz(sound, f * ratio, from_s=0.01, to_s=0.25, within_cents=within_cents)
        assert abs(cents(found, f * ratio)) < within_cents
        assert amplitude > 0.0
    assert heard[0] > 20.0 * beside


def test_a_marimba_s_third_mode_lies_near_ten():
    sound = play("marimba", 45, velocity=120)
    f = midi_to_hz(45)
    found = partial_hz(sound, 9.8 * f, from_s=0.002, to_s=0.1, within_cents=150.0)
    assert 9.0 < found / f < 10.6


def test_the_overtones_of_bars_are_gone_before_the_lowest_mode():
    for name, ratio in (("vibraphone", 4.0), ("marimba", 3.98)):
        sound = play(name, 57, duration_s=2.0)
        f = midi_to_hz(57)
        low = fall_db_per_s(sound, f, from_s=0.03, to_s=0.25)
        high = fall_db_per_s(sound, ratio * f, from_s=0.03, to_s=0.25)
        assert high > 1.5 * low


def test_wood_dies_sooner_than_metal():
    fall = {
        name: fall_db_per_s(play(name, 64), midi_to_hz(64), from_s=0.05, to_s=0.45)
        for name in ("vibraphone", "kalimba", "marimba")
    }
    assert fall["vibraphone"] < fall["kalimba"] < fall["marimba"]


def test_a_steel_drum_blooms_after_the_blow():
    sound = play("steel_drum", 62, velocity=110, thud=0.0, beat_cents=0.0)
    f = midi_to_hz(62)
    early = partial_amplitude(sound, 3.0 * f, from_s=0.0, to_s=0.012)
    later = partial_amplitude(sound, 3.0 * f, from_s=0.04, to_s=0.06)
    assert later > 2.0 * early


@pytest.mark.parametrize("name", ["steel_guitar", "jazz_guitar", "harp", "ukulele"])
def test_a_partial_with_a_node_under_the_finger_is_weak(name):
    pitch = {"ukulele": 60, "harp": 52}.get(name, 50)
    heard = []
    for position in (0.25, 0.35):
        level = []
        for seed in range(4):
            sound = play(name, pitch, seed=seed, position=position)
            f = midi_to_hz(pitch)
            level.append(
                partial_amplitude(sound, 4 * f, from_s=0.02, to_s=0.2)
                / partial_amplitude(sound, f, from_s=0.02, to_s=0.2)
            )
        heard.append(np.mean(level))
    assert heard[0] < 0.45 * heard[1]


@pytest.mark.parametrize(
    ("name", "pitch"),
    [("steel_guitar", 52), ("nylon_guitar", 52), ("electric_bass", 33), ("clavinet", 57)],
)
def test_a_palm_makes_notes_short_and_dull(name, pitch):
    f = midi_to_hz(pitch)
    plain, muted = play(name, pitch), play(name, pitch, mute=0.8)
    fall = [fall_db_per_s(sound, f, from_s=0.05, to_s=0.3) for sound in (plain, muted)]
    assert fall[1] > 3.0 * fall[0]
    assert centroid_hz(muted) < centroid_hz(plain)


def test_strings_that_are_struck_again_stop():
    guitar = design("steel_guitar").draw(stream(1), brightness=0.5)
    assert guitar.stops(64, 64)
    assert guitar.stops(60, 62)  # a step on the second string
    assert not guitar.stops(57, 60)  # a third: on two strings
    assert not guitar.stops(40, 64)
    bass = design("electric_bass").draw(stream(1), brightness=0.5)
    assert bass.stops(28, 43)
    harp = design("harp").draw(stream(1), brightness=0.5)
    assert harp.stops(60, 60)
    assert not harp.stops(60, 61)


def test_a_strum_doesn_t_stop_its_own_strings():
    guitar = design("steel_guitar").draw(stream(1), brightness=0.5)
    chord = tuple(
        PlayedNote(0.1 + 0.02 * i, 1.0, pitch, 90) for i, pitch in enumerate((55, 60, 62))
    )
    part = PlayedPart("g", "guitar", "steel_guitar", chord)
    assert all(strike.stop_s == np.inf for strike in schedule(part, guitar, rate=RATE))
    later = (chord[1], PlayedNote(0.6, 0.5, 62, 90))
    part = PlayedPart("g", "guitar", "steel_guitar", later)
    assert schedule(part, guitar, rate=RATE)[0].stop_s == pytest.approx(0.48)


def test_a_vibraphone_s_motor_moves_both_sides_together():
    values = {"motor": 0.8, "motor_hz": 4.0, "beat_cents": 0.0}
    known = design("vibraphone")
    voice = known.build(known.values(values), stream(1))
    part = PlayedPart("v", "melody", "vibraphone", (PlayedNote(0.0, 4.0, 60, 90),))
    sound = np.concatenate(list(render_part(part, voice, frames=3 * RATE, seed=1)), axis=1)
    window = RATE // 40
    level = np.sqrt((sound[:, : 120 * window].reshape(2, -1, window) ** 2).mean(axis=2))[:, 8:]
    level = level / np.exp(
        np.stack([np.polyval(np.polyfit(np.arange(112), np.log(x), 1), np.arange(112))
                  for x in level])
    )  # fmt: skip
    turn = np.abs(np.fft.rfft(level - level.mean(axis=1, keepdims=True), axis=1))
    hz = np.fft.rfftfreq(112, window / RATE)
    assert hz[np.argmax(turn[0])] == pytest.approx(4.0, abs=0.4)
    assert np.corrcoef(level)[0, 1] > 0.5


def test_instruments_of_the_pedal_say_so():
    for name in ("upright_piano", "felt_piano", "vibraphone", "celesta", "harp"):
        assert design(name).draw(stream(1), brightness=0.5).manner.pedal, name


def test_a_guitar_answers_at_once_and_its_chord_stands_in_the_room():
    sound = play("steel_guitar", 52)
    assert onset_s(sound) < 0.003
    left, right = sound.astype(np.float64)
    assert 0.2 < np.corrcoef(left, right)[0, 1] < 0.995


def test_a_body_is_one_on_average():
    wood = draw_wood(stream(1), low=((100.0, 0.7), (200.0, 1.0)))
    heard = wood.response(np.geomspace(*HEARD_HZ, 200))
    assert heard.shape == (2, 200)
    assert np.sqrt((heard**2).mean()) == pytest.approx(1.0)
    knock = wood.knock(4_000, RATE, stream(2), contact_s=0.001)
    assert np.abs(knock).max() == pytest.approx(1.0)


def test_partials_and_their_falls_follow_their_equations():
    hz = stiff_partials(100.0, 1e-3, RATE, to_hz=3000.0)
    k = np.arange(1, len(hz) + 1)
    np.testing.assert_allclose(hz, 100.0 * k * np.sqrt((1 + 1e-3 * k**2) / (1 + 1e-3)))
    t60_s = falls(hz, t60_s=4.0, at_hz=hz[19], at_t60_s=0.5, power=2.0)
    assert t60_s[0] == pytest.approx(4.0)
    assert t60_s[19] == pytest.approx(0.5)
    assert (np.diff(t60_s) < 0.0).all()


def test_a_pitch_that_the_rate_hardly_carries_is_played_all_the_same():
    for name in ("steel_guitar", "upright_piano", "celesta"):
        voice = design(name).draw(stream(1), brightness=0.5)
        sound = voice.note(120, 90, 0.1, 8_000, stream(1))
        assert np.isfinite(sound).all()
        assert np.abs(sound).max() > 0.0


def test_a_design_builds_the_engine_it_names():
    assert isinstance(design("ukulele").draw(stream(1), brightness=0.5), Plucked)
