"""`tapeloom master` as people call it."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tapeloom.app.commands import main
from tapeloom.core.audio import Audio, AudioFile, encode_audio, write_audio
from tapeloom.dsp.loudness import measure

RATE = 44_100


def song(seconds: float = 6.0, level: float = 0.2, channels: int = 2, seed: int = 1) -> Audio:
    """Chords, a beat and hats."""
    t = np.arange(round(seconds * RATE)) / RATE
    rng = np.random.default_rng(seed)
    beat = np.exp(-((t % 0.8) / 0.07)) * np.sin(2 * np.pi * 60 * t)
    hats = np.exp(-((t % 0.4) / 0.02)) * rng.standard_normal((channels, t.size))
    chord = sum(np.sin(2 * np.pi * hz * t) * 220 / hz for hz in (220, 277, 330, 440))
    return Audio((level * (beat + 0.2 * hats + 0.25 * chord)).astype(np.float32), RATE)


def run(*arguments: object) -> int:
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as error:
        return int(error.code or 0)
    return 0


@pytest.fixture
def mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_audio(tmp_path / "mix.wav", song())
    return tmp_path / "mix.wav"


def test_a_mix_becomes_a_master_of_its_preset(
    mix: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("master", mix, "--preset", "vinyl", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    measured = measure(AudioFile.open(Path("mix-master.flac")))
    assert measured.integrated_lufs == pytest.approx(-12.0, abs=0.1)
    assert told["after"]["integrated_lufs"] == pytest.approx(measured.integrated_lufs, abs=0.01)
    assert told["after"]["true_peak_dbtp"] <= -1.0
    assert any("mono below 150 Hz" in note for note in told["notes"])


def test_loudness_ceiling_bits_and_format_are_as_asked(mix: Path) -> None:
    options = ("--loudness", -18, "--ceiling", -3, "--bits", 16, "-o", "quiet.wav", "--quiet")
    assert run("master", mix, *options) == 0
    info = soundfile.info("quiet.wav")
    assert (info.format, info.subtype) == ("WAV", "PCM_16")
    loudness = measure(AudioFile.open(Path("quiet.wav")))
    assert loudness.integrated_lufs == pytest.approx(-18.0, abs=0.1)
    assert loudness.true_peak_dbtp <= -3.0


def test_the_ceiling_holds_after_coding(mix: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--loudness", -10, "--coding", "mp3", "--json", "--force")
    assert run("master", mix, *options) == 0
    told = json.loads(capsys.readouterr().out)
    assert measure(AudioFile.open(Path(told["coded"]))).true_peak_dbtp <= -1.0
    assert measure(AudioFile.open(Path(told["out"]))).true_peak_dbtp <= -1.0


def test_a_report_can_be_read_and_compared(mix: Path) -> None:
    assert run("master", mix, "--report", "--quiet") == 0
    folder = Path("mix-master-report")
    page = (folder / "index.html").read_text("utf-8")
    assert "integrated loudness" in page
    assert "tilted by" in page
    assert (folder / "master.png").read_bytes().startswith(b"\x89PNG")
    levels = [measure(AudioFile.open(folder / f"{side}.flac")) for side in ("before", "after")]
    assert levels[0].integrated_lufs == pytest.approx(levels[1].integrated_lufs, abs=0.05)


def test_an_album_keeps_the_distances_between_its_tracks(tmp_path: Path) -> None:
    for name, level in (("loud", 0.3), ("soft", 0.15)):
        write_audio(tmp_path / f"{name}.wav", song(5.0, level))
    out = tmp_path / "album"
    files = (tmp_path / "loud.wav", tmp_path / "soft.wav")
    assert run("master", *files, "--album", "--gap", 1.5, "-o", out, "--quiet") == 0
    loud, soft = (measure(AudioFile.open(out / f"0{i} {n}.flac")).integrated_lufs
                  for i, n in ((1, "loud"), (2, "soft")))  # fmt: skip
    assert loud - soft == pytest.approx(6.02, abs=0.15)
    whole = AudioFile.open(out / "album.flac")
    assert whole.frames == round(11.5 * RATE)
    assert measure(whole).integrated_lufs == pytest.approx(-14.0, abs=0.25)
    cue = (out / "album.cue").read_text("utf-8").splitlines()
    assert cue[-2:] == ['    TITLE "soft"', "    INDEX 01 00:06:37"]


def test_one_bad_file_does_not_stop_the_others(
    mix: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = song().samples.copy()
    broken[0, RATE] = np.nan
    soundfile.write(tmp_path / "bad.wav", broken.T, RATE, subtype="FLOAT")
    assert run("master", tmp_path / "bad.wav", mix, "-o", tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert "the sample at 1.000 s is not a number or infinite" in said
    assert "the other 1 are mastered" in said
    assert (tmp_path / "out" / "mix.flac").exists()
    assert not (tmp_path / "out" / "bad.flac").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--preset", "steaming"), "'steaming' is no preset; did you mean 'streaming'?"),
        (("--ceiling", "2"), "ceiling_dbtp is 2; it must lie between -20 and 0"),
        (("--bits", "20"), "bits is 20; a master has 16 or 24"),
        (("--coding", "ogg"), "--coding is 'ogg'; choose one of mp3, aac, opus"),
        (("--format", "mp3"), "--format is 'mp3'; choose one of flac, wav"),
        (("--fade-out", "-1"), "--fade-out is -1; it must lie between 0 and 600 seconds"),
        (("-o", "x.mp3"), "x.mp3 cannot be written; use .flac or .wav"),
    ],
)
def test_bad_use_is_told_in_a_sentence(
    mix: Path, arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("master", mix, *arguments) == 2
    assert sentence in capsys.readouterr().err


def test_bad_files_are_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("eight.wav", np.zeros((100, 8)), RATE)
    soundfile.write("empty.wav", np.zeros((0, 2)), RATE)
    write_audio(tmp_path / "whole.flac", song(3.0))
    data = (tmp_path / "whole.flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(data[: len(data) // 2])
    for name, sentence in (
        ("eight.wav", "has 8 channels; mastering takes mono (1) or stereo (2)"),
        ("empty.wav", "has 0 samples"),
        ("none.wav", "does not exist"),
        ("cut.flac", "cut.flac"),
    ):
        assert run("master", name) == 2, name
        assert sentence in capsys.readouterr().err
    assert not list(tmp_path.glob("*-master*"))


def test_silence_stays_silent_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_audio(tmp_path / "silence.wav", Audio(np.zeros((2, RATE), np.float32), RATE))
    assert run("master", "silence.wav", "--report") == 0
    said = capsys.readouterr().out
    assert "silent -> silent LUFS" in said
    assert "its level is left alone" in said


def test_a_master_that_exists_is_not_replaced_unasked(
    mix: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mix-master.flac").write_bytes(b"mine")
    assert run("master", mix) == 2
    assert "exists; use --force" in capsys.readouterr().err
    assert Path("mix-master.flac").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("options", "victim", "sentence"),
    [
        (("-o", "mix.wav"), "mix.wav", "is what is to be mastered"),
        (("--coding", "mp3"), "mix-master.mp3", "exists; use --force"),
        (("--report",), "mix-master-report", "exists; use --force"),
        (("--album", "-o", "."), "album.cue", "exists; use --force"),
    ],
)
def test_nothing_of_mine_is_replaced(
    mix: Path,
    options: tuple[str, ...],
    victim: str,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if victim != "mix.wav":
        Path(victim).write_bytes(b"mine")
    before = Path(victim).read_bytes()
    force = ("--force",) if victim == "mix.wav" else ()
    assert run("master", mix, *options, *force) == 2
    assert sentence in capsys.readouterr().err
    assert Path(victim).read_bytes() == before


def test_a_coded_copy_never_replaces_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    encode_audio(tmp_path / "song.mp3", song(2.0))
    before = Path("song.mp3").read_bytes()
    options = ("-o", "song.flac", "--coding", "mp3", "--force")
    assert run("master", "song.mp3", *options) == 2
    assert "song.mp3 is what is to be mastered or its" in capsys.readouterr().err
    assert Path("song.mp3").read_bytes() == before


def test_presets_are_listed_with_their_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("master", "--presets") == 0
    assert "broadcast: -23 LUFS, -1 dBTP\n  EBU R 128" in capsys.readouterr().out
