"""A note's own bends, pressure and brightness, and no other note's."""

import mido
import numpy as np
import pytest

from tapeloom.app.rendering import straight
from tapeloom.compose.perform import STRAIGHT, perform
from tapeloom.core.midi import read_midi
from tapeloom.core.performance import (
    Performance,
    PlayedMove,
    PlayedNote,
    PlayedPart,
    performance_from_json,
    performance_to_json,
)
from tapeloom.core.pitch import midi_to_hz
from tapeloom.core.seed import stream
from tapeloom.synth.moves import bending_of_moves, coloured
from tapeloom.synth.render import render_part

RATE = 44_100


class Sines:
    """A voice of bare sines, of amplitude 0.1 while held."""

    from tapeloom.synth.voice import Manner

    manner = Manner()
    tail_s = 0.1

    def stops(self, ringing, struck):
        return False

    def note(self, pitch, velocity, duration_s, rate, rng):
        t = np.arange(round((duration_s + 0.05) * rate)) / rate
        sine = 0.1 * np.sin(2.0 * np.pi * midi_to_hz(pitch) * t) * np.minimum(1.0, t / 0.01)
        return np.stack([sine, sine]).astype(np.float32)


def heard(notes, seconds=2.0):
    part = PlayedPart("lead", "melody", "lead", tuple(notes))
    blocks = render_part(part, Sines(), frames=int(seconds * RATE), rate=RATE, seed=1)
    return np.concatenate(list(blocks), axis=1)[0].astype(np.float64)


def pitch_at(sound, at_s, near, *, within=1.5):
    """Return the MIDI pitch of the strongest partial near a pitch, about a moment."""
    piece = sound[int((at_s - 0.08) * RATE) : int((at_s + 0.08) * RATE)]
    power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 1 << 18)) ** 2
    hz = np.fft.rfftfreq(1 << 18, 1.0 / RATE)
    pitch = 69.0 + 12.0 * np.log2(np.maximum(hz, 1.0) / 440.0)
    inside = np.flatnonzero(np.abs(pitch - near) < within)
    return float(pitch[inside[np.argmax(power[inside])]])


def test_each_note_of_an_mpe_file_follows_its_own_finger(tmp_path):
    """Written by mido at 120 bpm: one note climbs an octave, the other falls six semitones."""
    file, track = mido.MidiFile(ticks_per_beat=480), mido.MidiTrack()
    for number, value in ((101, 0), (100, 6), (6, 15)):
        track.append(mido.Message("control_change", channel=0, control=number, value=value))
    track.append(mido.Message("note_on", channel=1, note=60, velocity=90))
    track.append(mido.Message("note_on", channel=2, note=79, velocity=90))
    for step in range(1, 49):
        climb, fall = round(2048 * step / 48), round(-1024 * step / 48)
        track.append(mido.Message("pitchwheel", channel=1, pitch=climb, time=20))
        track.append(mido.Message("pitchwheel", channel=2, pitch=fall))
    track.append(mido.Message("note_off", channel=1, note=60, time=960))
    track.append(mido.Message("note_off", channel=2, note=79))
    file.tracks.append(track)
    file.save(tmp_path / "mpe.mid")
    score = read_midi(tmp_path / "mpe.mid")
    for played in (straight(score), perform(score, STRAIGHT, stream(1, "played"))):
        sound = heard(played.parts[0].notes)
        for at_s in (0.25, 0.5, 0.75):
            assert pitch_at(sound, at_s, 60 + 12 * at_s) == pytest.approx(60 + 12 * at_s, abs=0.15)
            assert pitch_at(sound, at_s, 79 - 6 * at_s) == pytest.approx(79 - 6 * at_s, abs=0.15)
        assert pitch_at(sound, 1.5, 72) == pytest.approx(72.0, abs=0.03)
        assert pitch_at(sound, 1.5, 73) == pytest.approx(73.0, abs=1.1)


def test_a_bend_before_the_note_is_there_from_its_onset():
    note = PlayedNote(0.0, 1.0, 60, 90, (PlayedMove(0.0, "bend", -3.0),))
    assert pitch_at(heard([note]), 0.1, 57) == pytest.approx(57.0, abs=0.03)


def test_a_move_stays_with_its_note():
    moved = PlayedNote(0.0, 0.9, 60, 90, (PlayedMove(0.2, "bend", 5.0),))
    after = PlayedNote(1.0, 0.9, 60, 90)
    assert pitch_at(heard([moved, after]), 1.5, 60) == pytest.approx(60.0, abs=0.03)


def test_pressure_swells_and_sways_and_slide_darkens():
    plain = PlayedNote(0.0, 1.5, 84, 90)
    pressed = PlayedNote(0.0, 1.5, 84, 90, (PlayedMove(0.5, "pressure", 127.0),))
    dark = PlayedNote(0.0, 1.5, 84, 90, (PlayedMove(0.5, "brightness", 0.0),))

    def level_db(note, at_s):
        piece = heard([note])[int((at_s - 0.1) * RATE) : int((at_s + 0.1) * RATE)]
        return 10.0 * np.log10(np.mean(piece**2))

    assert level_db(pressed, 0.3) == pytest.approx(level_db(plain, 0.3), abs=0.01)
    assert level_db(pressed, 1.0) - level_db(plain, 1.0) == pytest.approx(6.0, abs=0.1)
    assert level_db(dark, 0.3) == pytest.approx(level_db(plain, 0.3), abs=0.01)
    assert level_db(dark, 1.0) < level_db(plain, 1.0) - 5.0
    bending = bending_of_moves(pressed.moves, held_s=1.5)
    late = bending.semitones[bending.times_s > 0.6]
    assert np.abs(bending.semitones[bending.times_s < 0.5]).max() < 0.01
    assert late.max() == pytest.approx(0.45, abs=0.02)
    assert late.min() == pytest.approx(-0.45, abs=0.02)


def test_without_moves_a_note_is_left_alone():
    sound = np.ones((2, 10), np.float32)
    assert coloured(sound, (), RATE) is sound
    assert not bending_of_moves((), held_s=1.0).moves


def test_moves_come_back_from_a_performances_file():
    note = PlayedNote(0.5, 0.5, 60, 90, (PlayedMove(0.1, "bend", 0.25),))
    played = Performance((PlayedPart("a", "keys", "organ", (note, PlayedNote(1, 1, 62, 80))),), 2.0)
    assert performance_from_json(performance_to_json(played)) == played
