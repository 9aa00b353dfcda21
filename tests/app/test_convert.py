"""`tapeloom convert`: files in, files out, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest

from tapeloom.app.commands import main
from tapeloom.app.converting import tags_of
from tapeloom.core.audio import Audio, write_audio


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = 0
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def song(tmp_path: Path) -> Path:
    t = np.arange(44_100) / 44_100
    x = (0.3 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
    path = tmp_path / "in" / "song.flac"
    path.parent.mkdir()
    write_audio(path, Audio(np.stack((x, x))), tags={"title": "Song", "artist": "Me"})
    return path


def test_formats_lie_beside_the_source_with_its_tags(
    capsys: pytest.CaptureFixture[str], song: Path
) -> None:
    code, out, _ = run(capsys, "convert", song, "--to", "mp3, aac,opus", "--tag", "album=Tides",
                       "--json")  # fmt: skip
    assert code == 0
    made = json.loads(out)
    assert [Path(one["out"]).name for one in made] == ["song.mp3", "song.m4a", "song.opus"]
    for one in made:
        tags = tags_of(Path(one["out"]))
        assert (tags["title"], tags["album"]) == ("Song", "Tides")
    assert [one["rate"] for one in made] == [44_100, 44_100, 48_000]


def test_a_platform_says_what_it_wants(
    capsys: pytest.CaptureFixture[str], song: Path, tmp_path: Path
) -> None:
    code, out, _ = run(capsys, "convert", song, "--platform", "youtube", "--out", tmp_path / "yt")
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "yt").iterdir()) == ["song.m4a", "song.wav"]
    assert "48000 Hz" in out
    assert "Recommended upload encoding settings" in out


def test_two_formats_of_one_suffix_are_told_apart(
    capsys: pytest.CaptureFixture[str], song: Path, tmp_path: Path
) -> None:
    run(capsys, "convert", song.parent / "song.flac", "--to", "wav16,wav24", "--out", tmp_path)
    assert {path.name for path in tmp_path.glob("*.wav")} == {"song-wav16.wav", "song-wav24.wav"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "nothing says into what"),
        (["--to", "wma"], "'wma' is no format"),
        (["--platform", "myspace"], "'myspace' is no platform"),
        (["--to", "flac"], "is what is to be converted"),
        (["--to", "mp3", "--ceiling", "3"], "the ceiling is 3 dBTP"),
        (["--to", "mp3", "--tag", "mood=sad"], "--tag is 'mood=sad'"),
        (["--to", "mp3", "--rate", "7"], "rate is 7"),
        (["--to", "mp3", "--seed", "-1"], "seed is -1"),
        (["--to", "mp3", "--cover", "nowhere.png"], "nowhere.png cannot be read"),
    ],
)
def test_bad_use_is_one_sentence_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str], song: Path, arguments: list[str], sentence: str
) -> None:
    code, out, err = run(capsys, "convert", song, *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert [path.name for path in song.parent.iterdir()] == ["song.flac"]


def test_nothing_is_replaced_unasked(capsys: pytest.CaptureFixture[str], song: Path) -> None:
    assert run(capsys, "convert", song, "--to", "mp3", "--quiet") == (0, "", "")
    code, _, err = run(capsys, "convert", song, "--to", "mp3")
    assert code == 2
    assert "use --force" in err
    assert run(capsys, "convert", song, "--to", "mp3", "--force", "--quiet")[0] == 0
    assert run(capsys, "convert", song, song, "--to", "opus")[2].count("one name") == 1
    assert "holds no master.flac" in run(capsys, "convert", song.parent, "--to", "mp3")[2]
