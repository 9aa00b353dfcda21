"""The automatic mix: what it takes stems for, what it does, and that it says so."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tapeloom.core.audio import Audio, AudioFile
from tapeloom.core.errors import InputError
from tapeloom.core.product import Stem, Stems
from tapeloom.dsp.loudness import measure
from tapeloom.dsp.spectrum import measure_spectrum
from tapeloom.studio.automix import FirstMix, first_mix
from tapeloom.studio.effects import Compressor, Ducker, Equalizer
from tapeloom.studio.listening import listen
from tapeloom.studio.masking import MOST_CUT_DB, masking_cuts
from tapeloom.studio.mixer import mix
from tapeloom.studio.roles import KINDS, kind_by_name, kind_by_sound

RATE = 44_100
T = np.arange(8 * RATE) / RATE
RNG = np.random.default_rng(7)
NOISE = RNG.standard_normal(T.size)


def struck(wave: np.ndarray, every_s: float, decay_s: float) -> np.ndarray:
    return wave * np.exp(-(T % every_s) / decay_s)


def chord(*hz: float) -> np.ndarray:
    return sum(np.sin(2 * np.pi * f * k * T) / k for f in hz for k in range(1, 9)) / len(hz)


def high(x: np.ndarray) -> np.ndarray:
    return np.diff(np.diff(np.diff(x, prepend=0), prepend=0), prepend=0) / 4


SOUNDS = {
    "kick": struck(np.sin(2 * np.pi * (50 * T + 2 * np.exp(-(T % 0.5) / 0.03))), 0.5, 0.07),
    "hats": struck(high(NOISE), 0.25, 0.02),
    "snare": struck(0.5 * NOISE + np.sin(2 * np.pi * 330 * T), 1.0, 0.06),
    "bass": chord(55.0) + 0.2 * np.sin(2 * np.pi * 110 * T),
    "pad": chord(220.0, 277.0, 330.0),
    "lead": np.sin(2 * np.pi * 440 * T) * np.where(T % 2 < 1.4, 1.0, 0.05),
}


def stem(name: str, sound: np.ndarray, level: float = 0.1, channels: int = 1) -> Stem:
    sound = level * sound / np.abs(sound).max()
    return Stem(name, "other", Audio(np.repeat(sound[None], channels, 0).astype(np.float32)))


def band(**names: str) -> Stems:
    return Stems(tuple(stem(name, SOUNDS[sound]) for name, sound in names.items()))


BAND = band(kick="kick", snare="snare", hats="hats", bass="bass", pad="pad", lead="lead")


@pytest.fixture(scope="module")
def first() -> FirstMix:
    return first_mix(BAND)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Kick In", "kick"), ("bass drum 1", "kick"), ("SN_top", "snare"), ("hihat", "hats"),
        ("Overheads L", "hats"), ("DrumLoop_92", "drums"), ("808", "bass"), ("Bass DI", "bass"),
        ("bass gtr", "bass"), ("LeadVox", "vocals"), ("vox_double", "vocals"),
        ("backing vocals", "vocals"), ("BVs", "backing"), ("e-piano", "keys"), ("Rhodes2", "keys"),
        ("acoustic_guitar", "guitar"), ("synth pad", "pad"), ("Sax solo", "melody"),
        ("rain", "texture"), ("shaker", "percussion"), ("Audio 12-3", None), ("track", None),
    ],
)  # fmt: skip
def test_names_say_what_plays(name: str, kind: str | None) -> None:
    assert kind_by_name(name) == kind


@pytest.mark.parametrize(
    ("sound", "kind"),
    [("kick", "kick"), ("hats", "hats"), ("snare", "snare"), ("bass", "bass"), ("pad", "pad")],
)
def test_sound_says_what_plays_where_the_name_does_not(sound: str, kind: str) -> None:
    heard = listen("audio 1", stem("x", SOUNDS[sound]).audio)
    found, why = kind_by_sound(heard)
    assert found == kind, why
    assert re.search(r"\d", why)


def test_every_decision_has_a_sentence_with_its_number(first: FirstMix) -> None:
    channels = {channel.name: channel for channel in first.settings.channels}
    text = "\n".join(first.reasons)
    for name, channel in channels.items():
        assert f"to {channel.loudness_lufs:g} LUFS" in text
        if channel.pan:
            side = "left" if channel.pan < 0 else "right"  # type: ignore[operator]
            assert f"{name}: {abs(100 * channel.pan):.0f} % to the {side}" in text  # type: ignore[arg-type]
        for effect in channel.effects:
            if isinstance(effect, Equalizer):
                for cut in effect.bands:
                    assert f"{name}: {cut.gain_db:.1f} dB at {cut.cutoff_hz:.0f} Hz" in text
            if isinstance(effect, Ducker):
                assert f"{name}: {effect.depth_db:g} dB down while kick" in text
    assert all("\n" not in reason and len(reason) < 400 for reason in first.reasons)


def test_the_kick_ducks_bass_and_pad_and_drums_are_bound(first: FirstMix) -> None:
    channels = {channel.name: channel for channel in first.settings.channels}
    for name in ("bass", "pad"):
        assert [e.key for e in channels[name].effects if isinstance(e, Ducker)] == ["kick"]
    assert {channels[name].group for name in ("kick", "snare", "hats")} == {"drum bus"}
    crushed = next(bus for bus in first.settings.returns if bus.name == "parallel")
    assert crushed.group == "drum bus"
    assert isinstance(crushed.effects[0], Compressor)
    assert crushed.effects[0].ratio >= 8.0
    assert {s.to for s in channels["pad"].sends} == {"room"}


def test_lows_that_are_no_part_of_a_stem_are_cut_and_no_others(first: FirstMix) -> None:
    for heard in (listen(s.name, s.audio) for s in BAND.stems):
        channel = next(c for c in first.settings.channels if c.name == heard.name)
        cutoff_hz = channel.high_pass_hz
        assert isinstance(cutoff_hz, float)
        assert heard.share(0.0, cutoff_hz) < 0.031 or cutoff_hz <= 25.0
        assert cutoff_hz <= KINDS[first.kinds[heard.name]].high_pass_hz


def test_the_mix_is_made_and_its_balance_is_what_was_said(first: FirstMix, tmp_path: Path) -> None:
    result = mix(BAND, first.settings, tmp_path, seed=1)
    level = {s.name: measure(s.audio).integrated_lufs for s in result.stems.stems}
    assert 5.0 < level["bass"] - level["pad"] < 9.5
    # The pad gives way to the lead by 3 dB at most in a band, and that is heard as level too.
    assert 5.5 < level["lead"] - level["pad"] < 10.5
    assert level["drum bus"] > level["room"]
    assert measure(result.premix).sample_peak_dbfs <= -3.0
    kick = AudioFile.open(tmp_path / "stems/drum bus/kick.flac").read().samples
    bass = AudioFile.open(tmp_path / "stems/bass.flac").read().samples

    def power(at_s: float) -> float:
        hits = [int((beat + at_s) * RATE) for beat in np.arange(2.0, 7.0, 0.5)]
        return float(np.mean([np.square(bass[:, i : i + 1600]).mean() for i in hits]))

    assert np.abs(kick).max() > 0.05
    assert 10 * np.log10(power(0.03) / power(0.45)) < -1.2


def test_two_stems_in_one_band_part_and_the_lesser_gives_way() -> None:
    pair = Stems((stem("pad", chord(300.0)), stem("vox", chord(310.0))))
    heard = [listen(s.name, s.audio) for s in pair.stems]
    gains_db = {"pad": 0.0, "vox": 0.0}
    cuts = masking_cuts(heard, gains_db, {"pad": 20, "vox": 100})
    assert {(cut.stem, cut.gives_way_to) for cut in cuts} == {("pad", "vox")}
    assert all(-MOST_CUT_DB <= cut.band.gain_db < 0.0 for cut in cuts)
    cutoffs = sorted(cut.band.cutoff_hz for cut in cuts)
    assert cutoffs[0] == pytest.approx(315.0, rel=0.02)
    assert all(b / a >= 1.99 for a, b in pairwise(cutoffs))
    # After the cut the voice stands clearer by what was taken.
    after = Equalizer(tuple(cut.band for cut in cuts))(pair.stems[0].audio)  # type: ignore[arg-type]
    was, now = (measure_spectrum(x).band_db(280, 355) for x in (pair.stems[0].audio, after))
    assert was - now == pytest.approx(-cuts[0].band.gain_db, abs=0.5)
    # Of equals none gives way, and neither where one is far below the other.
    assert not masking_cuts(heard, gains_db, {"pad": 20, "vox": 20})
    assert not masking_cuts(heard, {"pad": -20.0, "vox": 0.0}, {"pad": 20, "vox": 100})


def test_stems_of_one_kind_go_to_both_sides() -> None:
    stems = Stems(tuple(stem(f"guitar {n}", chord(200.0 + 40 * n)) for n in range(3)))
    pans = [channel.pan for channel in first_mix(stems).settings.channels]
    assert pans[0] == -pans[1]  # type: ignore[operator]
    assert pans[2] > pans[0] > 0.0  # type: ignore[operator]


def test_what_is_stereo_stays_where_it_is() -> None:
    wide = np.stack((chord(200.0), chord(303.0))) * 0.05
    stems = Stems((Stem("guitar", "other", Audio(wide.astype(np.float32))),))
    assert first_mix(stems).settings.channels[0].pan == 0.0


def test_an_uneven_voice_is_levelled_and_says_why() -> None:
    loud = np.where(T < 4, 1.0, 0.2) * chord(300.0)
    result = first_mix(Stems((stem("vox", loud),)))
    assert isinstance(result.settings.channels[0].effects[-1], Compressor)
    assert any("loudness range" in reason for reason in result.reasons)


def test_silence_and_names_that_are_taken(tmp_path: Path) -> None:
    silent = Stem("room", "other", Audio(np.zeros((1, T.size), np.float32)))
    stems = Stems((silent, stem("keys", chord(300.0)), stem("parallel", SOUNDS["snare"])))
    result = first_mix(stems, kinds={"parallel": "drums"})
    assert "room: silent, so it is left as it is" in result.reasons
    assert {bus.name for bus in result.settings.returns} == {"room_", "parallel_"}
    assert result.kinds["parallel"] == "drums"
    mixed = mix(stems, result.settings, tmp_path, seed=1)
    assert measure(mixed.mix).integrated_lufs > -40


def test_samples_that_are_no_numbers_are_refused() -> None:
    broken = np.zeros((1, 5000), np.float32)
    broken[0, 4000] = np.nan
    with pytest.raises(InputError, match="'keys' has samples that are no numbers"):
        first_mix(Stems((Stem("keys", "keys", Audio(broken)),)))
