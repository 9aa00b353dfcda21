"""`tapeloom kit`: records become a release, and the preflight tells what a store would refuse."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tapeloom.app.commands import main
from tapeloom.app.pipeline import Record
from tapeloom.app.release_facts import audio_facts, picture_facts
from tapeloom.core.audio import Audio, AudioFile, write_audio
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json, write_json
from tapeloom.dsp.loudness import measure


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = 0
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def folder(record: Record, tmp_path: Path) -> Path:
    """A copy of a record."""
    copy = tmp_path / "one"
    shutil.copytree(record.folder, copy, ignore=shutil.ignore_patterns("dry", "stems"))
    Image.new("RGB", (3000, 3000), (40, 60, 80)).save(copy / "cover.png")
    return copy


def test_a_single_goes_out_to_two_targets(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, _ = run(capsys, "kit", folder, "--for", "spotify,cd", "--date", "2026-12-01",
                       "--isrc", "USRC17607839", "--label", "Lantern", "--json")  # fmt: skip
    told = json.loads(out)
    fails = [check for check in told["checks"] if check["status"] == "fail"]
    assert (code, fails) == (0, [])
    kit = folder / "kit"
    assert {path.name for path in kit.iterdir()} == {
        "spotify", "cd", "credits.txt", "ern.xml", "kit.json",
    }  # fmt: skip
    spec = read_json(kit / "spotify" / "spec.json")
    track = spec["tracks"][0]
    assert track["isrc"] == "USRC17607839"
    assert (kit / "spotify" / track["file"]).is_file()
    assert AudioFile.open(kit / "spotify" / track["file"]).rate == 44_100
    assert "USRC17607839" in next((kit / "cd").glob("*.cue")).read_text()
    assert picture_facts(kit / "spotify" / "cover.jpg").width == 3000
    code, _, err = run(capsys, "kit", folder)
    assert code == 2
    assert "holds files; use --force" in err


def test_an_album_is_ordered_and_mastered_together(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "two"
    shutil.copytree(folder, other)
    data = read_json(other / "record.json")
    write_json(other / "record.json", {**data, "title": "Another One", "seed": data["seed"] + 1})
    out = tmp_path / "album"
    code, text, _ = run(capsys, "kit", folder, other, "--for", "vinyl", "--title", "Tides",
                        "--keep-order", "--gap", 1.5, "--out", out)  # fmt: skip
    assert code == 0
    assert "Single, 2 tracks" in text
    masters = sorted(path.name for path in (out / "masters").glob("0*.flac"))
    assert [name[:2] for name in masters] == ["01", "02"]
    assert masters[1] == "02 Another One.flac"
    sides = read_json(out / "vinyl" / "spec.json")["sides"]
    assert len(sides["sides"]) == 1
    assert "warn" in text  # the same music twice, and no codes


def test_what_a_store_would_refuse_fails(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    Image.new("RGB", (900, 700)).save(folder / "cover.png")
    code, out, _ = run(capsys, "kit", folder, "--for", "bandcamp", "--json")
    assert code == 1
    failed = {check["rule"] for check in json.loads(out)["checks"] if check["status"] == "fail"}
    assert failed == {"square", "at least 1400 pixels a side"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--for", "myspace"], "'myspace' is no platform"),
        (["--upc", "12"], "is no UPC or EAN"),
        (["--isrc", "12"], "is no ISRC"),
        (["--gap", "99"], "the gap is 99 s"),
        (["--date", "soon"], "'soon' is no date"),
        (["--licence", "mine"], "'mine' is no licence"),
    ],
)
def test_bad_use_is_one_sentence_and_leaves_no_folder(
    capsys: pytest.CaptureFixture[str], folder: Path, arguments: list[str], sentence: str
) -> None:
    code, out, err = run(capsys, "kit", folder, *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert not (folder / "kit").exists()


def test_several_records_need_a_folder_and_must_be_finished(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    assert "name its folder by --out" in run(capsys, "kit", folder, folder)[2]
    assert "is no finished record" in run(capsys, "kit", tmp_path)[2]
    (folder / "cover.png").unlink()
    assert "has no cover.png" in run(capsys, "kit", folder)[2]


def test_silence_at_the_ends_is_measured(tmp_path: Path) -> None:
    x = np.zeros((2, 44_100 * 4), np.float32)
    x[:, 44_100 : 2 * 44_100] = 0.25
    file = write_audio(tmp_path / "x.wav", Audio(x))
    facts = audio_facts(file, measure(file), "x")
    assert (facts.head_silence_s, facts.tail_silence_s) == (1.0, 2.0)
    silent = write_audio(tmp_path / "y.wav", Audio(np.zeros((1, 44_100), np.float32)))
    assert audio_facts(silent, measure(silent), "y").head_silence_s == 1.0
    (tmp_path / "no.png").write_bytes(b"no")
    with pytest.raises(InputError, match="no picture that can be read"):
        picture_facts(tmp_path / "no.png")
