"""`tapeloom mix`: what it writes, tells and refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tapeloom.app.commands import main
from tapeloom.app.mixing import mix_stems
from tapeloom.app.pipeline import Record

RATE = 44_100


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(each) for each in arguments])
    return int(stopped.value.code or 0)


def tone(hz: float, seconds: float, level: float = 0.2) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return level * np.sin(2 * np.pi * hz * t) * np.exp(-(t % 0.5) / 0.3)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stems = tmp_path / "song"
    stems.mkdir()
    soundfile.write(stems / "bass.wav", tone(60.0, 2.0), RATE)
    both = np.stack((tone(440.0, 1.5), tone(441.0, 1.5)))
    soundfile.write(stems / "keys.flac", both.T, RATE)
    soundfile.write(stems / "vox.wav", tone(500.0, 1.0), RATE, "FLOAT")
    (stems / "notes.txt").write_text("not audio")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_of_stems_is_mixed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("mix", "song", "--explain") == 0
    told = capsys.readouterr().out
    assert "vox: taken for vocals, by its name" in told
    assert "song-mix/mix.flac: 3 stems" in told
    out = folder / "song-mix"
    names = {path.name for path in (out / "stems").iterdir()}
    assert {"bass.flac", "keys.flac", "vox.flac", "room.flac"} <= names
    lengths = {soundfile.info(path).frames for path in out.rglob("*.flac")}
    assert lengths == {2 * RATE}  # the shorter ones are padded
    total = sum(soundfile.read(path)[0] for path in sorted((out / "stems").glob("*.flac")))
    assert np.abs(total - soundfile.read(out / "premix.flac")[0]).max() < 2e-6
    vox = soundfile.read(out / "stems/vox.flac")[0]
    assert not vox[round(1.2 * RATE) :].any()


def test_a_saved_mix_is_taken_again_and_told_apart(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    song = folder / "song"
    stems = [song / name for name in ("vox.wav", "bass.wav", "keys.flac")]
    assert run("mix", *stems, "--save", "mine.json", "--quiet") == 0
    assert capsys.readouterr().out == ""
    data = json.loads((folder / "mine.json").read_text())
    assert data == json.loads((folder / "stems-mix/mix.json").read_text())
    again = mix_stems(stems, folder / "again", settings=folder / "mine.json")
    first = (folder / "stems-mix/mix.flac").read_bytes()
    assert (folder / "again/mix.flac").read_bytes() == first
    assert again["differences"] == []
    vox = next(channel for channel in data["channels"] if channel["name"] == "vox")
    vox["loudness_lufs"] = -19.0
    (folder / "mine.json").write_text(json.dumps(data))
    assert run("mix", "song", "--settings", "mine.json", "--explain", "--json", "-o", "louder") == 0
    done = json.loads(capsys.readouterr().out)
    assert "vox: loudness -22.5 -> -19 LUFS" in done["differences"]
    assert {stem["kind"] for stem in done["stems"]} == {"bass", "keys", "vocals"}
    assert (folder / "louder/mix.flac").read_bytes() != first


def test_forced_over_another_mix_the_stems_still_add_up(folder: Path) -> None:
    for jobs in (1, 3):
        assert run("mix", "song", "--jobs", jobs, "--force", "--quiet") == 0
        names = {path.name for path in (folder / "song-mix/stems").iterdir()}
        (folder / "song-mix/stems/left-over.flac").write_bytes(b"of an older mix")
    assert "left-over.flac" not in names


def test_a_record_is_mixed_from_its_dry_parts(record: Record, tmp_path: Path) -> None:
    done = mix_stems([record.folder], tmp_path / "out")
    kinds = {stem["name"]: stem["kind"] for stem in done["stems"]}
    assert kinds["bass"] == "bass"
    assert kinds["drums"] == "drums"
    assert done["loudness"]["integrated_lufs"] < -12
    assert (tmp_path / "out/stems/keys.flac").is_file()
    assert "bass: 2.5 dB down at each kick" in done["reasons"]


@pytest.mark.slow
def test_a_records_own_mix_gives_the_record_again(record: Record, tmp_path: Path) -> None:
    mix_stems([record.folder], tmp_path / "out", settings=record.folder / "mix.json")
    for name in ("mix.flac", "premix.flac", "stems/keys.flac", "stems/parallel.flac"):
        assert (tmp_path / "out" / name).read_bytes() == (record.folder / name).read_bytes()


def broken_record(folder: Path) -> None:
    (folder / "old").mkdir()
    (folder / "old/record.json").write_text("{}")


def write(folder: Path, name: str, sound: Any, rate: int = RATE) -> None:
    soundfile.write(folder / "song" / name, sound, rate, "FLOAT" if name.endswith("wav") else None)


@pytest.mark.parametrize(
    ("arguments", "before", "sentence"),
    [
        (["nowhere"], None, "nowhere does not exist"),
        (["empty"], lambda f: (f / "empty").mkdir(), "empty holds no stems"),
        (["song/notes.txt"], None, "no audio file"),
        (["song"], lambda f: write(f, "a.wav", np.zeros(9), 48_000), "must have one rate"),
        (["song"], lambda f: write(f, "a.wav", np.zeros((9, 6))), "a.wav has 6 channels"),
        (["song"], lambda f: write(f, "keys.wav", np.zeros(9)), "are both called keys"),
        (["song"], lambda f: write(f, "a.wav", np.full(99, np.nan)), "'a' has samples that are no"),
        (["song/none.wav"], lambda f: write(f, "none.wav", np.zeros(0)), "0 samples"),
        (["song", "--seed", "-1"], None, "seed is -1"),
        (["song", "--jobs", "0"], None, "--jobs is 0"),
        (["song", "-o", "song"], None, "song holds files; use --force"),
        (["song", "-o", "song/bass.wav"], None, "cannot be written to"),
        (["song", "--settings", "none.json"], None, "none.json does not exist"),
        (["song", "--settings", "song/notes.txt"], None, "cannot be read as JSON"),
        (["song", "--settings", "m.json"], lambda f: (f / "m.json").write_text('{"chanels": []}'),
         "m.json is no mix: the mix has no setting 'chanels'; the nearest is channels"),
        (["song", "--settings", "m.json"], lambda f: (f / "m.json").write_text('{"channels": []}'),
         "no channel for the stem 'bass'"),
        (["old"], broken_record, "tells no dry parts"),
        (["song", "song"], None, "are both called bass"),
    ],
)  # fmt: skip
def test_bad_use_is_one_sentence(
    arguments: list[str], before: Any, sentence: str, folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    if before is not None:
        before(folder)
    assert run("mix", *arguments) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert len(told.err.strip().splitlines()) <= 2  # the first use says that it compiles
    assert not (folder / "song-mix").exists()


def test_a_flac_cut_short_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal(3 * RATE)
    soundfile.write(folder / "song/cut.flac", noise, RATE)
    whole = (folder / "song/cut.flac").read_bytes()
    (folder / "song/cut.flac").write_bytes(whole[: len(whole) // 3])
    assert run("mix", "song") == 2
    assert "cut.flac is damaged" in capsys.readouterr().err


def test_the_stems_that_are_read_are_never_written_over(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "song").rename(folder / "stems")
    assert run("mix", "stems", "-o", ".", "--force") == 2
    assert "lies where the mix is written" in capsys.readouterr().err
    assert sorted(path.name for path in (folder / "stems").iterdir())[0] == "bass.wav"
