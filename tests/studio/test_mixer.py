"""Mixing: the parts are the whole, levels are what was set, and `jobs` changes nothing."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from tapeloom.core.audio import Audio, AudioFile
from tapeloom.core.errors import InputError
from tapeloom.core.product import Mix, Stem, Stems
from tapeloom.core.seed import stream
from tapeloom.dsp.level import gain_to_db
from tapeloom.dsp.loudness import measure
from tapeloom.studio.balance import draw_mix
from tapeloom.studio.console import Channel, MixSettings, Vinyl
from tapeloom.studio.effects import Limiter
from tapeloom.studio.mixer import mix

RATE = 44_100
SECONDS = 5.0
TEXTURES = {"vinyl": 0.6, "rain": 0.5}


def a_band(seconds: float = SECONDS, level: float = 0.3) -> Stems:
    t = np.arange(round(seconds * RATE)) / RATE
    rng = np.random.default_rng(1)

    def tone(hz: float) -> np.ndarray:
        wave = np.sin(2 * np.pi * hz * t) * (0.6 + 0.4 * np.sin(2 * np.pi * 0.7 * t))
        return level * np.stack((wave, np.roll(wave, 20)))

    beat = np.exp(-((t % 0.4) / 0.05)) * rng.standard_normal(t.size)
    parts = {
        "melody": tone(880.0),
        "keys": tone(330.0),
        "pad": tone(440.0),
        "bass": tone(55.0),
        "drums": level * np.stack((beat, beat)) / 3,
        "rain": 0.01 * rng.standard_normal((2, t.size)),
        "guitar": np.zeros((1, t.size)),
    }
    role = {"rain": "texture"}
    return Stems(
        tuple(
            Stem(name, role.get(name, name), Audio(np.clip(x, -1, 1).astype(np.float32)))
            for name, x in parts.items()
        )
    )


def settings_for(stems: Stems, seed: int = 1, **changes: object) -> MixSettings:
    drawn = draw_mix(stems, rng=stream(seed, "mix"), brightness=0.5, energy=0.4, textures=TEXTURES)
    return dataclasses.replace(drawn, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Mix, Path]:
    folder = tmp_path_factory.mktemp("mix")
    stems = a_band()
    said: list[float] = []
    result = mix(
        stems,
        settings_for(stems),
        folder,
        kick_onsets_s=[0.0, 0.8, 1.6],
        seed=1,
        on_progress=said.append,
    )
    assert said[-1] == pytest.approx(1.0)
    return result, folder


def samples(path: Path) -> np.ndarray:
    return AudioFile.open(path).read().samples.astype(np.float64)


def test_the_stems_add_up_to_the_premix(mixed: tuple[Mix, Path]) -> None:
    result, folder = mixed
    total = sum(samples(folder / "stems" / f"{stem.name}.flac") for stem in result.stems.stems)
    residual = np.abs(total - samples(folder / "premix.flac")).max()
    assert gain_to_db(residual) < -90
    assert {path.stem for path in (folder / "stems").iterdir()} == {
        stem.name for stem in result.stems.stems
    }
    assert {"vinyl", "reverb"} <= {stem.name for stem in result.stems.stems}


def test_every_file_is_bar_exact(mixed: tuple[Mix, Path]) -> None:
    result, _ = mixed
    frames = round(SECONDS * RATE)
    for audio in (result.premix, result.mix, *(stem.audio for stem in result.stems.stems)):
        assert (audio.frames, audio.channels, audio.rate) == (frames, 2, RATE)


def test_the_premix_has_its_level_and_headroom(mixed: tuple[Mix, Path]) -> None:
    loudness = measure(mixed[0].premix)
    assert loudness.sample_peak_dbfs <= -3.0
    assert -23.5 <= loudness.integrated_lufs <= -18.9
    assert measure(mixed[0].mix).sample_peak_dbfs <= -0.5


def test_the_balance_is_what_was_drawn(mixed: tuple[Mix, Path]) -> None:
    result, _ = mixed
    level = {stem.name: measure(stem.audio).integrated_lufs for stem in result.stems.stems}
    assert level["melody"] > level["pad"] + 3
    assert level["keys"] > level["pad"]
    assert level["rain"] < level["pad"]
    assert level["guitar"] == -np.inf


def test_the_bass_is_in_the_middle(mixed: tuple[Mix, Path]) -> None:
    bass = samples(mixed[1] / "stems" / "bass.flac")[:, RATE:]
    assert np.abs(bass[0] - bass[1]).max() < 0.15 * np.abs(bass).max()


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.flac")}


def test_jobs_change_nothing_and_the_seed_does(tmp_path: Path) -> None:
    stems = a_band(2.0)
    settings = settings_for(stems)
    for name, jobs, seed in (("one", 1, 1), ("three", 3, 1), ("other", 2, 2)):
        mix(stems, settings, tmp_path / name, seed=seed, jobs=jobs)
    one, three, other = (everything(tmp_path / name) for name in ("one", "three", "other"))
    assert one == three
    assert one["stems/vinyl.flac"] != other["stems/vinyl.flac"]
    assert one["stems/keys.flac"] == other["stems/keys.flac"]


def test_the_level_of_a_stem_does_not_matter(tmp_path: Path) -> None:
    for name, level in (("soft", 0.02), ("loud", 0.6)):
        stems = a_band(3.0, level)
        mix(stems, settings_for(stems), tmp_path / name, seed=1)
    for stem in ("melody", "bass", "keys"):
        soft, loud = (
            measure(AudioFile.open(tmp_path / name / "stems" / f"{stem}.flac")).integrated_lufs
            for name in ("soft", "loud")
        )
        assert soft == pytest.approx(loud, abs=0.7)


def test_kicks_push_the_pad_down(tmp_path: Path) -> None:
    stems = a_band(3.0)
    pad = next(stem for stem in stems.stems if stem.role == "pad")
    alone = Stems((Stem("pad", "pad", Audio(np.full((2, 3 * RATE), 0.1, np.float32))),))
    assert pad
    channel = Channel("pad", -60.0, duck_db=6.0)
    mix(alone, MixSettings((channel,)), tmp_path, kick_onsets_s=[1.0], seed=1)
    y = samples(tmp_path / "stems" / "pad.flac")[0]
    assert y[RATE] == pytest.approx(y[RATE // 2] * 10 ** (-6 / 20), rel=0.02)
    assert y[round(1.2 * RATE)] == pytest.approx(y[RATE // 2], rel=0.02)


@pytest.mark.filterwarnings("error")
def test_all_silent_stems_make_a_silent_mix(tmp_path: Path) -> None:
    silent = Stems((Stem("keys", "keys", Audio(np.zeros((2, RATE), np.float32))),))
    result = mix(silent, settings_for(silent, vinyl=None), tmp_path, seed=1)
    assert not samples(tmp_path / "mix.flac").any()
    assert result.mix.frames == RATE


@pytest.mark.parametrize("frames", [1, 100, 30_000])
def test_a_very_short_mix(tmp_path: Path, frames: int) -> None:
    short = Stems((Stem("keys", "keys", Audio(np.full((1, frames), 0.1, np.float32))),))
    assert mix(short, settings_for(short), tmp_path, seed=1).mix.frames == frames


def test_peaks_beyond_full_scale_are_mixed_again_softer(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    spikes = np.where(rng.random(3 * RATE) < 2e-4, 0.9, 1e-3 * rng.standard_normal(3 * RATE))
    stem = Stem("drums", "drums", Audio(np.stack((spikes, spikes)).astype(np.float32)))
    other = Stem("keys", "keys", Audio(np.stack((spikes, spikes)).astype(np.float32)))
    stems = Stems((stem, other))
    result = mix(stems, settings_for(stems), tmp_path, seed=1)
    assert measure(result.premix).sample_peak_dbfs <= -3.0
    assert measure(result.mix).sample_peak_dbfs <= -0.49


def test_names_that_are_taken_get_an_underscore(tmp_path: Path) -> None:
    audio = Audio(0.1 * np.ones((2, 2000), np.float32))
    stems = Stems((Stem("vinyl", "keys", audio), Stem("reverb", "melody", audio)))
    result = mix(stems, settings_for(stems, vinyl=Vinyl()), tmp_path, seed=1)
    assert [stem.name for stem in result.stems.stems] == ["vinyl", "reverb", "vinyl_", "reverb_"]


def test_stems_without_a_channel_or_with_too_many_are_refused(tmp_path: Path) -> None:
    keys = Stems((Stem("keys", "keys", Audio(np.zeros((2, 10), np.float32))),))
    with pytest.raises(InputError, match="no channel for the stem 'keys'"):
        mix(keys, MixSettings(()), tmp_path, seed=1)
    surround = Stems((Stem("keys", "keys", Audio(np.zeros((6, 10), np.float32))),))
    with pytest.raises(InputError, match="has 6 channels"):
        mix(surround, settings_for(surround), tmp_path, seed=1)
    empty = Stems((Stem("keys", "keys", Audio(np.zeros((2, 0), np.float32))),))
    with pytest.raises(InputError, match="0 samples"):
        mix(empty, settings_for(empty), tmp_path, seed=1)
    with pytest.raises(InputError, match="pan is 2"):
        Channel("keys", -20.0, pan=2.0)


def test_settings_are_drawn_within_the_targets() -> None:
    stems = a_band(0.1)
    for seed in range(40):
        settings = settings_for(stems, seed)
        tape = settings.bus[-1]
        assert 0.05 <= tape.wow_percent <= 0.3  # type: ignore[attr-defined]
        assert 0.5 <= tape.wow_hz <= 1.0  # type: ignore[attr-defined]
        assert 0.02 <= tape.flutter_percent <= 0.1  # type: ignore[attr-defined]
        high_cut = settings.bus[-2].bands[-1]  # type: ignore[attr-defined]
        assert 7500 <= high_cut.cutoff_hz <= 13_000
        assert settings.vinyl is not None
        assert 5 <= settings.vinyl.crackle_per_s <= 30
    assert settings_for(stems, 1) == settings_for(stems, 1) != settings_for(stems, 2)


def test_a_bus_with_an_effect_that_is_late_stays_in_time(tmp_path: Path) -> None:
    x = np.zeros((2, RATE), np.float32)
    x[:, 20_000] = 0.2
    stems = Stems((Stem("keys", "keys", Audio(x)),))
    mix(stems, MixSettings((Channel("keys", -20.0),), bus=(Limiter(0.0),)), tmp_path, seed=1)
    assert samples(tmp_path / "mix.flac")[0].argmax() == 20_000
