"""Notes that join: slides, slurs, and cabinets that a whole part sounds through."""

from dataclasses import replace

import numpy as np
import pytest

from tapeloom.core.audio import RATE
from tapeloom.core.performance import PlayedNote, PlayedPart
from tapeloom.core.pitch import midi_to_hz
from tapeloom.core.seed import stream
from tapeloom.synth.bending import Bending, slide_into
from tapeloom.synth.catalogue import design
from tapeloom.synth.render import render_part
from tests.synth.measures import cents, mean_hz


def played(voice, *notes, seconds=2.0, block=65_536):
    part = PlayedPart("part", "lead", "lead", tuple(PlayedNote(*note) for note in notes))
    blocks = render_part(part, voice, frames=int(seconds * RATE), seed=1, block=block)
    return np.concatenate(list(blocks), axis=1)


def lead(**given):
    return design("lead").draw(
        stream(1), brightness=0.5, given={"vibrato_cents": 0.0, "drift_cents": 0.0} | given
    )


def pitch_at(sound, from_s, to_s, near):
    return cents(
        mean_hz(sound, midi_to_hz(near), from_s=from_s, to_s=to_s, within_cents=900.0),
        midi_to_hz(near),
    )


def test_a_joined_note_slides_from_the_pitch_before():
    notes = [(0.1, 0.8, 60, 90), (0.9, 0.9, 67, 90)]
    sliding = played(lead(glide_s=0.3), *notes)
    early, late = pitch_at(sliding, 0.95, 1.03, 67), pitch_at(sliding, 1.3, 1.7, 67)
    assert early < -150.0
    assert abs(late) < 3.0
    plain = played(lead(glide_s=0.0), *notes)
    assert pitch_at(plain, 0.95, 1.03, 67) > -60.0


@pytest.mark.parametrize("second", [(1.2, 0.6, 67, 90), (0.1, 0.6, 67, 90)])
def test_apart_or_together_nothing_slides(second):
    notes = sorted([(0.1, 0.8, 60, 90), second])
    voice = lead(glide_s=0.3)
    still = played(replace(voice, manner=replace(voice.manner, glide_s=0.0)), *notes)
    assert played(voice, *notes).tobytes() == still.tobytes()


def test_a_slide_adds_to_a_bend():
    bent = Bending(np.array([0.0, 1.0]), np.array([2.0, 2.0]))
    slid = slide_into(bent, semitones=-3.0, seconds=0.2)
    assert slid.semitones[0] == pytest.approx(-1.0)
    assert slid.semitones[-1] == pytest.approx(2.0)
    assert (np.diff(slid.semitones) >= 0.0).all()


def test_a_slurred_note_fades_as_the_next_one_begins():
    voice = design("flute").draw(stream(1), brightness=0.5)
    slurred = played(voice, (0.1, 0.6, 72, 90), (0.7, 0.6, 76, 90))
    cut = replace(voice, manner=replace(voice.manner, choke_s=0.002))
    tongued = played(cut, (0.1, 0.6, 72, 90), (0.7, 0.6, 76, 90))

    def dip(sound):
        level = [
            np.std(sound[:, i : i + 441]) for i in range(int(0.69 * RATE), int(0.78 * RATE), 441)
        ]
        return min(level) / level[0]

    assert dip(slurred) > 1.5 * dip(tongued)


def test_all_of_an_organ_goes_through_one_turning_speaker_in_any_blocks():
    voice = design("organ").draw(stream(1), brightness=0.5, given={"speed": 1.0})
    notes = [(0.1, 1.2, pitch, 80) for pitch in (55, 60, 64)]
    whole = played(voice, *notes)
    assert played(voice, *notes, block=64).tobytes() == whole.tobytes()
    dry = played(replace(voice, manner=replace(voice.manner, cabinet=None)), *notes)
    assert np.corrcoef(dry)[0, 1] > 0.999
    assert np.corrcoef(whole)[0, 1] < 0.95
    # Both rotors move the loudness about six times a second.
    level = np.array([np.std(whole[0, i : i + 882]) for i in range(RATE // 2, RATE, 882)])
    assert np.ptp(level) > 0.1 * level.mean()
