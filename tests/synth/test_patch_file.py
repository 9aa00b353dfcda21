"""Patches: written, read, drawn near and blended; what is wrong with one is told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.audio import RATE, Audio, write_audio
from tapeloom.core.errors import InputError
from tapeloom.core.seed import stream
from tapeloom.synth.catalogue import NAMES, design
from tapeloom.synth.choice import choose
from tapeloom.synth.patch_file import (
    MAX_BYTES,
    Patch,
    morph,
    patch_from_toml,
    patch_to_toml,
    random_near,
    read_patch,
    write_patch,
)

SORTED = sorted(NAMES)


@given(st.sampled_from(SORTED), st.floats(0, 1), st.integers(0, 1000))
def test_any_patch_comes_back_from_its_file(name, amount, seed):
    patch = random_near(Patch(name), amount, np.random.default_rng(seed))
    assert patch_from_toml(patch_to_toml(patch)) == patch


@pytest.mark.parametrize("name", SORTED)
def test_near_is_near_and_far_is_anywhere_in_the_ranges(name):
    rng = np.random.default_rng(1)
    at_home = Patch(name).all_values()
    still = random_near(Patch(name), 0.0, rng)
    for key, value in still.all_values().items():
        assert value == pytest.approx(at_home[key], rel=1e-5, abs=1e-9)
    for each in design(name).parameters:
        low, high = each.low, each.high
        for _ in range(5):
            near = random_near(Patch(name), 0.1, rng).values[each.name]
            assert low <= near <= high
            if not (low > 0 and high >= 6 * low):
                assert abs(near - at_home[each.name]) <= 0.1001 * (high - low) + 1e-6


def test_one_seed_draws_one_patch():
    drawn = [random_near(Patch("jazz_kit"), 0.3, np.random.default_rng(s)) for s in (4, 4, 5)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_morph_goes_from_one_to_the_other_and_by_ratios_where_ears_do():
    a, b = Patch("dusty_kit", values={"kick_s": 0.2}), Patch("dusty_kit", values={"kick_s": 0.8})
    for share, kick_s in ((0.0, 0.2), (0.5, 0.4), (1.0, 0.8)):
        assert morph(a, b, share).all_values()["kick_s"] == pytest.approx(kick_s, rel=1e-4)
    worn = Patch("dusty_kit", "worn")
    assert morph(a, worn, 1.0).all_values() == pytest.approx(worn.all_values(), rel=1e-5)
    with pytest.raises(InputError, match="two instruments"):
        morph(a, Patch("jazz_kit"), 0.5)


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_shares_lie_between_nothing_and_all(share):
    with pytest.raises(InputError, match="must lie between 0 and 1"):
        morph(Patch("jazz_kit"), Patch("jazz_kit"), share)
    with pytest.raises(InputError, match="must lie between 0 and 1"):
        random_near(Patch("jazz_kit"), share, np.random.default_rng(1))


def test_what_a_patch_sets_is_heard():
    short, long = (
        Patch("eight_oh_eight_kit", values={"kick_s": kick_s}).draw(stream(1), brightness=0.5)
        for kick_s in (0.3, 2.0)
    )

    def late(voice):
        sound = voice.note(36, 100, 0.2, RATE, stream(2)).astype(np.float64)
        return (sound[:, RATE // 3 :] ** 2).sum() / (sound**2).sum()

    assert late(long) > 10.0 * late(short)


BAD = [
    ("", "names no instrument"),
    ("instrument = 3", "instrument of the patch is 3; it must be a name"),
    ("[", "is no TOML"),
    ('instrument = "dusty_kitt"', "did you mean dusty_kit"),
    ('instrument = "dusty_kit"\npresett = "worn"', "'presett'; did you mean preset"),
    ('instrument = "dusty_kit"\npreset = "wrn"', "has no preset 'wrn'; its presets are worn"),
    ('instrument = "dusty_kit:worn"\npreset = "far"', "names two presets"),
    ('instrument = "dusty_kit"\nparameters = 3', "must be a table"),
    ('instrument = "dusty_kit"\n[parameters]\nkik_hz = 50', "did you mean kick_hz"),
    ('instrument = "dusty_kit"\n[parameters]\nqqqq = 50', "no parameter 'qqqq'; it has kick_hz"),
    ('instrument = "dusty_kit"\n[parameters]\nkick_hz = "low"', "is 'low'; it must be a number"),
    ('instrument = "dusty_kit"\n[parameters]\nkick_hz = true', "is True; it must be a number"),
    ('instrument = "dusty_kit"\n[parameters]\nkick_hz = nan', "is nan; it must be a number"),
    ('instrument = "dusty_kit"\n[parameters]\nkick_hz = 5000', "between 30.0 and 90.0 Hz"),
]


@pytest.mark.parametrize(("text", "sentence"), BAD, ids=[s[:30] for _, s in BAD])
def test_what_is_wrong_is_one_sentence(tmp_path, text, sentence):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_patch(path)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_files_that_are_no_patch_are_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_patch(tmp_path / "none.toml")
    (tmp_path / "raw.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="it is no text"):
        read_patch(tmp_path / "raw.toml")
    (tmp_path / "long.toml").write_text("#" * (MAX_BYTES + 1))
    with pytest.raises(InputError, match="too long"):
        read_patch(tmp_path / "long.toml")


def test_a_choice_is_a_name_a_preset_or_a_file(tmp_path):
    (tmp_path / "mine.toml").write_text('instrument = "jazz_kit:far"\n')
    for text in ("jazz_kit", "jazz_kit:far", "felt_piano", str(tmp_path / "mine.toml")):
        voice = choose(text).draw(stream(1), brightness=0.5)
        assert np.isfinite(voice.note(40, 90, 0.1, RATE, stream(2))).all()
    for text, sentence in (
        ("jaz_kit", "did you mean jazz_kit"),
        ("jazz_kit:wet", "has no preset 'wet'"),
        (str(tmp_path / "other.toml"), "cannot be read"),
    ):
        with pytest.raises(InputError, match=sentence):
            choose(text)


def write_cycle(path, harmonics):
    wave = sum(np.sin(2.0 * np.pi * k * np.arange(600) / 600) / k for k in harmonics)
    write_audio(path, Audio(np.stack([wave, wave]).astype(np.float32) * 0.5, RATE))


def test_a_patch_reads_the_users_wavetable_from_beside_it(tmp_path):
    """A square's cycle has no even harmonics, whatever else is turned."""
    write_cycle(tmp_path / "square.wav", range(1, 40, 2))
    patch = tmp_path / "mine.toml"
    patch.write_text(
        'instrument = "wave_keys"\nwavetable = "square.wav"\n'
        "[parameters]\nfilter_hz = 8000.0\ndetune_cents = 0.0\n"
    )
    sound = choose(str(patch)).draw(stream(1), brightness=0.5).note(57, 110, 1.0, RATE, stream(2))
    power = np.abs(np.fft.rfft(sound[0, :RATE] * np.hanning(RATE))) ** 2
    odd, even = (sum(power[220 * k - 3 : 220 * k + 4].sum() for k in ks)
                 for ks in ((1, 3, 5, 7), (2, 4, 6, 8)))  # fmt: skip
    assert odd > 1e6 * even


def test_a_patch_with_a_wavetable_comes_back_from_another_folder(tmp_path):
    write_cycle(tmp_path / "wave.wav", (1, 2))
    (tmp_path / "deeper").mkdir()
    here = tmp_path / "a.toml"
    write_patch(here, Patch("wave_keys", wavetable=str(tmp_path / "wave.wav")))
    assert 'wavetable = "wave.wav"' in here.read_text("utf-8")
    there = tmp_path / "deeper" / "b.toml"
    write_patch(there, random_near(read_patch(here), 0.2, np.random.default_rng(1)))
    assert 'wavetable = "../wave.wav"' in there.read_text("utf-8")
    assert read_patch(there).table() is not None


def test_wavetables_that_cannot_be_are_refused(tmp_path):
    write_cycle(tmp_path / "wave.wav", (1, 2))
    (tmp_path / "no.wav").write_bytes(b"RIFF")
    for text, sentence in (
        ('instrument = "jazz_kit"\nwavetable = "wave.wav"', "reads no wavetable; wave_keys does"),
        ('instrument = "wave_keys"\nwavetable = "none.wav"', "none.wav"),
        ('instrument = "wave_keys"\nwavetable = "no.wav"', "no.wav"),
        ('instrument = "wave_keys"\nwavetable = 3', "wavetable of the patch is 3"),
    ):
        (tmp_path / "bad.toml").write_text(text)
        with pytest.raises(InputError) as caught:
            read_patch(tmp_path / "bad.toml")
        assert sentence in str(caught.value)
    first = Patch("wave_keys", wavetable=str(tmp_path / "wave.wav"))
    with pytest.raises(InputError, match="two wavetables"):
        morph(first, Patch("wave_keys"), 0.5)
    assert morph(first, first, 0.5).wavetable == first.wavetable
    with pytest.raises(InputError, match="jazz_kit reads no wavetable"):
        design("jazz_kit").draw(stream(1), brightness=0.5, table=first.table())
