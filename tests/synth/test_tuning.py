"""Scala's files: known scales at known pitches; damaged ones told in a sentence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.audio import RATE
from tapeloom.core.errors import InputError
from tapeloom.core.performance import PlayedNote, PlayedPart
from tapeloom.core.pitch import midi_to_hz
from tapeloom.core.seed import stream
from tapeloom.synth.render import draw_voice, render_part
from tapeloom.synth.tuning import (
    MAX_BYTES,
    KeyMap,
    Scale,
    parse_key_map,
    parse_scale,
    read_temperament,
    temperament,
)

JUST = """! just.scl
!
Five-limit just major
 7
!
 9/8
 5/4   the third
 4/3
 3/2
 5/3
 15/8
 2
"""
WHITE = """! white keys only
12
0
127
60
69
440.0
7
0
x
1
x
2
3
x
4
x
5
x
6
"""
EQUAL = Scale("12", tuple(100.0 * i for i in range(1, 13)))


def test_a_just_scale_on_the_white_keys():
    tuned = temperament(parse_scale(JUST), parse_key_map(WHITE))
    assert midi_to_hz(tuned.pitch(69)) == pytest.approx(440.0)
    c = midi_to_hz(tuned.pitch(60))
    assert c == pytest.approx(440.0 * 3 / 5)
    for key, ratio in ((64, 5 / 4), (67, 3 / 2), (72, 2.0), (48, 0.5), (76, 2.5)):
        assert midi_to_hz(tuned.pitch(key)) == pytest.approx(c * ratio)
    assert tuned.pitch(61) is None


def test_without_a_mapping_each_key_is_a_step_and_middle_c_stays():
    tuned = temperament(parse_scale(JUST))
    assert midi_to_hz(tuned.pitch(60)) == pytest.approx(261.6256, abs=1e-3)
    assert midi_to_hz(tuned.pitch(67)) == pytest.approx(2 * 261.6256, abs=1e-3)
    assert tuned.pitch(0) is None or tuned.pitch(0) >= -12.0


def test_twelve_equal_steps_change_nothing():
    for key, pitch in enumerate(temperament(EQUAL).pitches):
        assert pitch == pytest.approx(key)


@given(st.lists(st.floats(1.0, 300.0), min_size=1, max_size=40), st.integers(-60, 60))
def test_a_scale_repeats_at_its_last_step(steps, degree):
    scale = Scale("x", tuple(np.cumsum(steps)))
    above = scale.cents_of(degree + len(steps)) - scale.cents_of(degree)
    assert above == pytest.approx(scale.cents[-1])
    assert scale.cents_of(degree + 1) > scale.cents_of(degree)


def test_cents_ratios_comments_and_strange_spacing_are_read():
    scale = parse_scale("!c\n\n 3\n! c\n  100.0 cents\n5/4\n\n 2 octave\nrest is ignored\n")
    assert scale.about == ""
    assert scale.cents == pytest.approx((100.0, 386.3137, 1200.0))
    assert parse_scale("empty\n0\n").cents_of(5) == 0.0


def test_a_map_that_ends_early_is_silent_there_and_a_range_ends():
    keys = parse_key_map("3\n50\n70\n60\n60\n261.6256\n0\n0\n")
    assert keys == KeyMap((0, None, None), 50, 70, 60, 60, 261.6256, 0)
    tuned = temperament(EQUAL, keys)
    assert tuned.pitch(60) == pytest.approx(60.0, abs=1e-4)
    assert tuned.pitch(61) is None
    assert tuned.pitch(72) is None


BAD = [
    ("", "no line with the number"),
    ("name\nmany\n", "the number of steps is 'many'"),
    ("name\n\n", "the number of steps is ''"),
    ("name\n-3\n", "the number of steps is '-3'"),
    ("name\n999999\n", "must be a number from 0 to 4096"),
    ("name\n2\n3/2\n", "promises 2 steps and has 1"),
    ("name\n1\nfifth\n", "step 1 is 'fifth'"),
    ("name\n1\n3/0\n", "step 1 is '3/0'"),
    ("name\n1\n0\n", "step 1 is '0'"),
    ("name\n1\n-3/2\n", "step 1 is '-3/2'"),
    ("name\n1\n1e400.0\n", "step 1 is"),
    ("name\n1\n0.0\n", "its last step is 0 cents"),
    ("name\n1\n1\x00\n", "it is no text"),
]


@pytest.mark.parametrize(("text", "sentence"), BAD, ids=[repr(t)[:24] for t, _ in BAD])
def test_a_damaged_scale_is_one_sentence(tmp_path, text, sentence):
    path = tmp_path / "bad.scl"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_temperament(path)
    assert str(caught.value).startswith(f"{path} cannot be used: ")
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("12\n0\n", "it has 2 values of 7"),
        ("500\n0\n127\n60\n69\n440\n12\n", "the size of the map is '500'"),
        ("0\n0\n127\n60\n69\n0\n12\n", "its reference is '0'"),
        ("0\n0\n127\n60\n69\nnan\n12\n", "its reference is 'nan'"),
        ("1\n0\n127\n60\n69\n440\n12\ny\n", "entry 1 is 'y'"),
        ("2\n0\n127\n60\n61\n440\n2\n0\nx\n", "key 61 of the mapping is silent"),
    ],
)
def test_a_damaged_mapping_is_one_sentence(tmp_path, rows, sentence):
    scale, keys = tmp_path / "just.scl", tmp_path / "bad.kbm"
    scale.write_text(JUST)
    keys.write_text(rows)
    with pytest.raises(InputError, match=sentence):
        read_temperament(scale, keys)


def test_files_that_are_not_there_or_too_long_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"none\.scl cannot be read: No such file"):
        read_temperament(tmp_path / "none.scl")
    (tmp_path / "long.scl").write_text("!" * (MAX_BYTES + 1))
    with pytest.raises(InputError, match="over 1 MiB"):
        read_temperament(tmp_path / "long.scl")


def test_a_part_is_played_in_the_tuning_and_drums_are_not():
    tuned = temperament(parse_scale(JUST), parse_key_map(WHITE))

    def heard(part, tuning):
        voice = draw_voice(part.instrument, stream(1), brightness=0.5)
        blocks = render_part(part, voice, frames=2 * RATE, seed=1, tuning=tuning)
        return np.concatenate(list(blocks), axis=1)

    keys = PlayedPart("k", "keys", "felt_piano", (PlayedNote(0.0, 1.8, 64, 90),))
    mono = heard(keys, tuned).mean(axis=0)[RATE // 5 : int(1.7 * RATE)].astype(np.float64)
    power = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), 2**20))
    hz = np.fft.rfftfreq(2**20, 1 / RATE)
    near = np.abs(hz - 330.0) < 8.0
    peak = hz[near][np.argmax(power[near])]
    assert 1200.0 * np.log2(peak / 330.0) == pytest.approx(0.0, abs=3.0)  # 264 Hz times 5/4
    silent = PlayedPart("k", "keys", "felt_piano", (PlayedNote(0.0, 1.0, 61, 90),))
    assert not heard(silent, tuned).any()
    drums = PlayedPart("d", "drums", "dusty_kit", (PlayedNote(0.0, 0.1, 37, 90),))
    assert heard(drums, tuned).tobytes() == heard(drums, None).tobytes()
