"""SoundFonts and SFZ files, made here: in tune, looped, enveloped; damaged ones told."""

import struct

import numpy as np
import pytest
import soundfile

from tapeloom.core.audio import RATE
from tapeloom.core.errors import InputError
from tapeloom.core.pitch import midi_to_hz
from tapeloom.core.seed import stream
from tapeloom.synth import sampler
from tapeloom.synth.choice import choose
from tapeloom.synth.sampler import SINC, Envelope, Zone, resample_kernel, sampled
from tapeloom.synth.sfz import parse_sfz, read_sfz
from tapeloom.synth.soundfont import presets_of, read_soundfont

CYCLE = 100  # samples: 441 Hz, a little above A4


def tone(seconds=0.5, hz=441.0, rate=RATE):
    return (0.8 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def play(choice, pitch=69.0, *, velocity=127, duration_s=0.5, seed=1, rate=RATE):
    voice = choice.draw(stream(1), brightness=0.5)
    return voice.note(pitch, velocity, duration_s, rate, stream(seed)).astype(np.float64)


def heard_hz(sound, near_hz, rate=RATE):
    mono = sound.mean(axis=0)[int(0.02 * rate) :]
    power = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), 2**20))
    hz = np.fft.rfftfreq(2**20, 1 / rate)
    near = np.abs(hz - near_hz) < 0.06 * near_hz
    return float(hz[near][np.argmax(power[near])])


def cents(hz, wanted):
    return 1200.0 * np.log2(hz / wanted)


# ---- SoundFont ----


def chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def listed(kind, *chunks):
    return chunk(b"LIST", kind + b"".join(chunks))


def soundfont(
    path, *, generators=(), preset_generators=(), loop=(1000, 1000 + 10 * CYCLE), frames=22_050,
    sample_id=0, root=69, correction=0, end=None, kind=1, tables=None, bank=0,
):  # fmt: skip
    """Write a SoundFont of one tone in program 5."""
    data = (tone(frames / RATE) * 32_000).astype("<i2").tobytes() + b"\0" * 92

    def gens(pairs, last):
        rows = b"".join(struct.pack("<Hh", number, amount) for number, amount in pairs)
        return rows + struct.pack("<HH", *last)

    pgen = gens(preset_generators, (41, 0)) + b"\0" * 4
    igen = gens(generators, (53, sample_id)) + b"\0" * 4
    count = (len(preset_generators) + 1, len(generators) + 1)
    made = {
        b"phdr": struct.pack("<20sHHHIII", b"Tone", 5, bank, 0, 0, 0, 0)
        + struct.pack("<20sHHHIII", b"EOP", 0, 0, 1, 0, 0, 0),
        b"pbag": struct.pack("<HHHH", 0, 0, count[0], 0),
        b"pmod": b"\0" * 10,
        b"pgen": pgen,
        b"inst": struct.pack("<20sH20sH", b"Tone", 0, b"EOI", 1),
        b"ibag": struct.pack("<HHHH", 0, 0, count[1], 0),
        b"imod": b"\0" * 10,
        b"igen": igen,
        b"shdr": struct.pack("<20sIIIIIBbHH", b"tone", 0, end or frames, *loop, RATE, root,
                             correction, 0, kind)
        + struct.pack("<20sIIIIIBbHH", b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0),
    }  # fmt: skip
    made |= tables or {}
    body = b"sfbk" + listed(b"INFO", chunk(b"ifil", b"\2\0\1\0"))
    body += listed(b"sdta", chunk(b"smpl", data))
    body += listed(b"pdta", *(chunk(name, table) for name, table in made.items()))
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


LOOPED = ((54, 1),)


def test_a_soundfont_is_in_tune_at_any_key_and_loops(tmp_path):
    choice = choose(f"{soundfont(tmp_path / 'a.sf2', generators=LOOPED)}:5")
    for pitch in (45, 57.5, 69, 81, 93):
        sound = play(choice, pitch, duration_s=2.0)
        wanted = 441.0 * 2.0 ** ((pitch - 69) / 12)
        assert abs(cents(heard_hz(sound, wanted), wanted)) < 1.0
        late = np.abs(sound[:, int(1.5 * RATE) : int(1.9 * RATE)]).max()
        assert late == pytest.approx(np.abs(sound[:, : RATE // 2]).max(), rel=0.05)
    assert sound.shape[1] / RATE == pytest.approx(2.0, abs=0.05)


def test_without_a_loop_it_ends_where_the_sample_does(tmp_path):
    sound = play(read_soundfont(soundfont(tmp_path / "a.sf2"), program=5), duration_s=5.0)
    assert sound.shape[1] == pytest.approx(22_050, abs=2)


def test_a_loop_is_seamless_and_nothing_folds_back(tmp_path):
    choice = read_soundfont(soundfont(tmp_path / "a.sf2", generators=LOOPED), program=5)
    for pitch in (62, 69, 97):
        sound = play(choice, pitch, duration_s=1.5).mean(axis=0)[RATE // 10 : RATE]
        power = np.abs(np.fft.rfft(sound * np.blackman(len(sound)))) ** 2
        hz = np.fft.rfftfreq(len(sound), 1 / RATE)
        wanted = 441.0 * 2.0 ** ((pitch - 69) / 12)
        other = power[np.abs(hz - wanted) > 60.0].max()
        assert 10 * np.log10(other / power.max()) < -70.0


def test_tuning_root_and_scale_are_heard(tmp_path):
    cases = [
        ({"root": 57}, 69, 882.0),
        ({"generators": ((58, 57),)}, 69, 882.0),
        ({"correction": 50}, 69, 441.0 * 2 ** (0.5 / 12)),
        ({"generators": ((51, 12), (52, -100))}, 69, 441.0 * 2 ** (11 / 12)),
        ({"generators": ((56, 50),)}, 81, 441.0 * 2 ** (6 / 12)),
        ({"generators": ((56, 0), (51, 2))}, 30, 441.0 * 2 ** (2 / 12)),
        ({"preset_generators": ((51, 12),)}, 69, 882.0),
    ]
    for number, (how, pitch, wanted) in enumerate(cases):
        path = soundfont(tmp_path / f"{number}.sf2", **how)
        sound = play(read_soundfont(path, program=5), pitch, duration_s=0.4)
        assert abs(cents(heard_hz(sound, wanted), wanted)) < 2.0, how


def test_zones_are_chosen_by_key_and_velocity(tmp_path):
    keys = (60 | 72 << 8, 64 | 127 << 8)
    path = soundfont(tmp_path / "a.sf2", generators=((43, keys[0]), (44, keys[1])))
    choice = read_soundfont(path, program=5)
    assert play(choice, 66, velocity=100).any()
    assert not play(choice, 66, velocity=50).any()
    assert not play(choice, 59, velocity=100).any()
    assert not play(choice, 73, velocity=100).any()


def test_velocity_is_heard_in_level_and_colour(tmp_path):
    path = tmp_path / "noise.sfz"
    soundfile.write(tmp_path / "noise.wav", stream(1).normal(0, 0.1, RATE), RATE)
    path.write_text("<region> sample=noise.wav")
    soft, loud = (np.abs(play(read_sfz(path), 60, velocity=v)).max() for v in (32, 127))
    assert 20 * np.log10(loud / soft) == pytest.approx(40 * np.log10(127 / 32), abs=0.5)
    font = read_soundfont(soundfont(tmp_path / "a.sf2", generators=((8, 8000),)), program=5)
    ratio = [np.abs(play(font, 93, velocity=v)).max() for v in (20, 127)]
    assert 20 * np.log10(ratio[1] / ratio[0]) > 40 * np.log10(127 / 20) + 3.0  # and duller


def test_attenuation_pan_and_envelope(tmp_path):
    plain = read_soundfont(soundfont(tmp_path / "a.sf2", generators=LOOPED), program=5)
    quiet = soundfont(tmp_path / "b.sf2", generators=(*LOOPED, (48, 250), (17, -500)))
    first, second = play(plain), play(read_soundfont(quiet, program=5))
    assert np.abs(second[1]).max() < 1e-3
    drop_db = 20 * np.log10(np.sqrt((second**2).sum() / (first**2).sum()))
    assert drop_db == pytest.approx(-10.0, abs=0.2)
    slow = soundfont(tmp_path / "c.sf2", generators=(*LOOPED, (34, 0), (38, 0)))
    sound = play(read_soundfont(slow, program=5), duration_s=2.0)  # a second up, a second down
    peak = np.abs(sound).max()
    assert np.abs(sound[:, int(0.45 * RATE) : int(0.55 * RATE)]).max() == pytest.approx(
        0.55 * peak, rel=0.05
    )
    assert np.abs(sound[:, int(2.4 * RATE) : int(2.5 * RATE)]).max() < 0.02 * peak
    assert sound.shape[1] / RATE == pytest.approx(2.8, abs=0.01)


def test_presets_are_listed_and_a_missing_one_is_told(tmp_path):
    path = soundfont(tmp_path / "a.sf2", bank=128)
    assert presets_of(path) == [(128, 5, "Tone")]
    assert play(choose(f"{path}:128/5")).any()
    with pytest.raises(InputError, match="no program 6 in bank 0; it has 128/5 Tone"):
        choose(f"{path}:6")


DAMAGED = [
    ({"tables": {b"phdr": b""}}, "table phdr is missing or damaged"),
    ({"tables": {b"igen": b"\0" * 7}}, "table igen is missing or damaged"),
    ({"tables": {b"ibag": struct.pack("<HHHH", 0, 0, 999, 0)}}, "table igen is damaged"),
    ({"tables": {b"inst": struct.pack("<20sH20sH", b"", 0, b"", 9)}}, "table ibag is damaged"),
    ({"sample_id": 9}, "names a sample that it lacks"),
    ({"end": 10_000_000}, "a sample lies outside of the file"),
    ({"kind": 0x8001}, "ROM of a sound card"),
    ({"kind": 77}, "a sample's description is damaged"),
    ({"generators": ((43, 60 | 70 << 8),), "preset_generators": ((43, 10 | 20 << 8),)},
     "nothing in it that a key would play"),
]  # fmt: skip


@pytest.mark.parametrize(("how", "sentence"), DAMAGED, ids=[s for _, s in DAMAGED])
def test_a_damaged_soundfont_is_one_sentence(tmp_path, how, sentence):
    path = soundfont(tmp_path / "bad.sf2", **how)
    with pytest.raises(InputError) as caught:
        read_soundfont(path, program=5)
    assert str(caught.value).startswith(f"{path} cannot be used: ")
    assert sentence in str(caught.value)


def test_every_cut_of_a_soundfont_is_refused_or_plays(tmp_path):
    whole = soundfont(tmp_path / "a.sf2", frames=2000, loop=(100, 200)).read_bytes()
    for length in [*range(0, 80), *range(80, len(whole), 97), *range(len(whole) - 300, len(whole))]:
        path = tmp_path / "cut.sf2"
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"cut|SoundFont|samples|table"):
            read_soundfont(path, program=5)


def test_strange_bytes_in_a_soundfont_never_crash(tmp_path):
    whole = bytearray(soundfont(tmp_path / "a.sf2", frames=300, loop=(10, 200)).read_bytes())
    rng = np.random.default_rng(1)
    start = whole.index(b"pdta")
    path = tmp_path / "odd.sf2"
    for _ in range(400):
        odd = bytearray(whole)
        for at in rng.integers(start, len(whole), 3):
            odd[at] = int(rng.integers(256))
        path.write_bytes(odd)
        try:
            sound = play(read_soundfont(path, program=5), 60, duration_s=0.05)
        except InputError:
            continue
        assert np.isfinite(sound).all()


def test_huge_and_missing_files_are_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_soundfont(tmp_path / "none.sf2")
    with (tmp_path / "huge.sf2").open("wb") as file:
        file.truncate(3 * 2**30)
    with pytest.raises(InputError, match="has over 2 GiB"):
        read_soundfont(tmp_path / "huge.sf2")
    (tmp_path / "text.sf2").write_text("no soundfont" * 9)
    with pytest.raises(InputError, match="it is no SoundFont"):
        read_soundfont(tmp_path / "text.sf2")


# ---- SFZ ----


@pytest.fixture
def folder(tmp_path):
    soundfile.write(tmp_path / "a tone.wav", tone(), RATE)
    soundfile.write(tmp_path / "low.wav", tone(hz=220.5, rate=22_050), 22_050)
    return tmp_path


def sfz(folder, text):
    path = folder / "test.sfz"
    path.write_text(text)
    return path


def test_regions_take_what_stands_above_them():
    text = """
    // a comment
    #define $LOW 36
    <control> default_path=wavs/
    <global> volume=-6
    <group> lokey=$LOW hikey=47 /* two
    lines */ pan=10
    <region> sample=a b.wav pitch_keycenter=c3
    <region> sample=c.wav volume=0
    <group> <region> sample=d.wav
    <curve> v000=0
    """
    first, second, third = parse_sfz(text)
    assert first == {
        "default_path": "wavs/", "volume": "-6", "lokey": "36", "hikey": "47", "pan": "10",
        "sample": "a b.wav", "pitch_keycenter": "c3",
    }  # fmt: skip
    assert second["volume"] == "0"
    assert third == {"default_path": "wavs/", "volume": "-6", "sample": "d.wav"}


def test_an_sfz_is_in_tune_with_names_spaces_and_other_rates(folder):
    path = sfz(folder, """
    <region> sample=a tone.wav lokey=60 pitch_keycenter=a4
    <region> sample=low.wav hikey=59 pitch_keycenter=57 tune=50
    """)  # fmt: skip
    for pitch, wanted in ((69, 441.0), (81, 882.0), (57, 220.5 * 2 ** (0.5 / 12))):
        for rate in (RATE, 96_000):
            sound = play(choose(str(path)), pitch, duration_s=0.3, rate=rate)
            assert abs(cents(heard_hz(sound, wanted, rate), wanted)) < 2.0
    assert midi_to_hz(69) == 440.0


def test_velocity_layers_rounds_and_choke_groups(folder):
    path = sfz(folder, """
    <region> sample=a tone.wav key=60 hivel=63 pitch_keycenter=69
    <region> sample=a tone.wav key=60 lovel=64 pitch_keycenter=57
    <region> sample=a tone.wav key=62 seq_length=2 seq_position=1 pitch_keycenter=69
    <region> sample=a tone.wav key=62 seq_length=2 seq_position=2 pitch_keycenter=57
    <region> sample=a tone.wav key=46 group=1 off_by=2
    <region> sample=a tone.wav key=42 group=2 off_by=1
    """)  # fmt: skip
    choice = read_sfz(path)
    soft, loud = (heard_hz(play(choice, 60, velocity=v, duration_s=0.2), hz)
                  for v, hz in ((40, 262.0), (100, 524.0)))  # fmt: skip
    assert loud / soft == pytest.approx(2.0, rel=0.01)
    heard = {play(choice, 62, seed=seed, duration_s=0.1).tobytes() for seed in range(12)}
    assert len(heard) == 2
    voice = choice.draw(stream(1), brightness=0.5)
    assert voice.stops(46, 42)
    assert not voice.stops(60, 42)


def test_loops_one_shots_and_the_envelope(folder):
    with (folder / "a tone.wav").open("ab") as file:  # the WAV tells its own loop
        smpl = struct.pack("<9I", 0, 0, 0, 69, 0, 0, 0, 1, 0)
        smpl += struct.pack("<6I", 0, 0, 1000, 1000 + 10 * CYCLE - 1, 0, 0)
        file.write(chunk(b"smpl", smpl))
    own = play(read_sfz(sfz(folder, "<region> sample=a tone.wav pitch_keycenter=sample")),
               69, duration_s=3.0)  # fmt: skip
    assert own.shape[1] / RATE == pytest.approx(3.03, abs=0.01)
    assert np.abs(own[:, int(2.8 * RATE) : int(2.95 * RATE)]).max() > 0.15
    said = "<region> sample=low.wav loop_mode=loop_continuous loop_start=1000 loop_end=1999"
    looped = play(read_sfz(sfz(folder, said + " pitch_keycenter=57")), 57, duration_s=3.0)
    assert abs(cents(heard_hz(looped, 220.5), 220.5)) < 1.0
    shot = play(read_sfz(sfz(folder, "<region> sample=low.wav loop_mode=one_shot key=57")), 57,
                duration_s=0.05)  # fmt: skip
    assert shot.shape[1] / RATE == pytest.approx(0.5, abs=0.01)
    cut = play(read_sfz(sfz(folder, "<region> sample=low.wav key=57 ampeg_release=0.1")), 57,
               duration_s=0.05)  # fmt: skip
    assert cut.shape[1] / RATE == pytest.approx(0.15, abs=0.01)
    assert np.abs(cut[:, -1]).max() < 1e-3


BAD = [
    ("", "nothing in it that a key would play"),
    ("<region> sample=none.wav", "none.wav does not exist"),
    ("<region> sample=test.sfz", "test.sfz"),
    ("<region> sample=*sine", "is an oscillator, which isn't played"),
    ("<region> sample=low.wav key=h9", "key is 'h9'"),
    ("<region> sample=low.wav lovel=loud", "lovel is 'loud'"),
    ("<region> sample=low.wav volume=nan", "volume is 'nan'"),
    ("<region> sample=low.wav volume=1e9", "must lie between -144 and 24"),
    ("<region> sample=low.wav loop_mode=around", "loop_mode is 'around'"),
    ('#include "other.sfz"', "includes another file"),
    ("<region> sample=huge.wav", "huge.wav has 2147483625 frames"),
    ("<region> sample=empty.wav", "empty.wav is empty"),
]


@pytest.mark.parametrize(("text", "sentence"), BAD, ids=[t[:40] for t, _ in BAD])
def test_a_wrong_sfz_is_one_sentence(folder, text, sentence):
    soundfile.write(folder / "empty.wav", np.zeros(0), RATE)
    header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 0xFFFFFFFE, b"WAVE", b"fmt ", 16, 1, 1,
                         RATE, 2 * RATE, 2, 16, b"data", 0xFFFFFFF6)  # fmt: skip
    with (folder / "huge.wav").open("wb") as file:
        file.write(header)
        file.truncate(2**32 - 1)  # sparse: four gigabytes that take no space
    path = sfz(folder, text)
    with pytest.raises(InputError) as caught:
        read_sfz(path)
    assert str(caught.value).startswith(f"{path} cannot be used: ")
    assert sentence in str(caught.value)


def test_an_sfz_that_is_too_long_or_missing_is_refused(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_sfz(tmp_path / "none.sfz")
    with (tmp_path / "long.sfz").open("wb") as file:
        file.truncate(9 * 2**20)
    with pytest.raises(InputError, match="over 8 MiB"):
        read_sfz(tmp_path / "long.sfz")


# ---- the kernel, in Python ----


def test_the_kernel_in_python_is_the_compiled_one():
    data = np.stack([tone(0.01), -tone(0.01)])
    for ratio, loop in ((0.7, (0, 0)), (1.0, (50, 250)), (2.3, (50, 350))):
        outs = [np.zeros((2, 600)) for _ in range(2)]
        made = [
            kernel(out, data, SINC, 0.0, ratio, *loop, 500)
            for kernel, out in zip((resample_kernel, resample_kernel.py_func), outs, strict=True)
        ]
        assert made[0] == made[1]
        np.testing.assert_allclose(*outs, atol=1e-12)


def test_a_sample_read_as_it_is_comes_back():
    data = tone(0.02)[None]
    out = np.zeros((1, data.shape[1]))
    assert resample_kernel(out, data, SINC, 0.0, 1.0, 0, 0, 0) == data.shape[1]
    np.testing.assert_allclose(out, data, atol=1e-6)


def test_an_envelope_holds_and_falls():
    curve = Envelope(0.1, 0.1, 0.1, 0.4, 0.5, 0.2).curve(10_000, 0.8, 10_000)
    assert curve[:1000].max() == 0.0
    assert curve[1500] == pytest.approx(0.5, abs=0.01)
    assert curve[2500] == pytest.approx(1.0)
    assert curve[7000] == pytest.approx(0.5)
    assert curve[-1] < 1e-4


def test_a_choice_without_zones_is_refused():
    with pytest.raises(InputError, match="nothing in it"):
        sampled((), ())
    zone = Zone(lambda: (tone()[None], RATE), one_shot=True)
    assert sampled((zone,), (0.5,)).tail_s == pytest.approx(0.6)
    assert sampler.cents_to_ratio(1200.0) == pytest.approx(2.0)
