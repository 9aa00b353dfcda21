"""`tapeloom video`: a record in motion."""

import json
import shutil
from pathlib import Path

import av
import pytest

from tapeloom.app.commands import main
from tapeloom.app.pipeline import Record


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
    copy = tmp_path / "one"
    copy.mkdir()
    for name in ("record.json", "score.json", "performance.json", "master.flac"):
        shutil.copy(record.folder / name, copy)
    return copy


def test_a_clip_is_tall_and_cut_on_bar_lines(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    code, out, _ = run(capsys, "video", folder, "--clip", 16, "--aspect", "9:16", "--size", "720p",
                       "--loop", 2, "--grading", "sunset", "--json")  # fmt: skip
    assert code == 0
    told = json.loads(out)
    path = folder / "clip-9x16.mp4"
    with av.open(str(path)) as container:
        picture = container.streams.video[0]
        assert (picture.width, picture.height) == (720, 1280)
        assert picture.frames == told["frames"]
        assert abs(told["duration_s"] - (told["end_s"] - told["start_s"])) < 0.05
    assert sorted(p.name for p in folder.iterdir()) == [
        "clip-9x16.mp4", "master.flac", "performance.json", "record.json", "score.json",
    ]  # fmt: skip
    assert run(capsys, "video", folder, "--clip", 16, "--aspect", "9:16")[0] == 2


@pytest.mark.slow
def test_the_sound_is_seen_in_every_frame(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, _ = run(capsys, "video", folder, "--size", "720p", "--loop", 2, "--visualiser",
                       "spectrum", "--progress", "--chapters")  # fmt: skip
    assert code == 0
    assert "1280 x 720" in out
    with av.open(str(folder / "video.mp4")) as container:
        lengths = [float(s.duration * s.time_base) for s in container.streams]
        assert abs(lengths[0] - lengths[1]) <= 1 / 24


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--size", "8k"], "'8k' is no size"),
        (["--aspect", "3:2"], "'3:2' is no aspect"),
        (["--scene", "moon"], "'moon' is not known"),
        (["--grading", "neon"], "'neon' is no grading; choose one of warm"),
        (["--visualiser", "lava"], "'lava' is no visualiser"),
        (["--clip", "5"], "the clip is 5 s"),
        (["--loop", "0"], "the loop is 0 s"),
        (["--out", "x.gif"], "x.gif is no .mp4 file"),
    ],
)
def test_bad_use_is_one_sentence_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str], folder: Path, arguments: list[str], sentence: str
) -> None:
    before = sorted(folder.iterdir())
    code, out, err = run(capsys, "video", folder, *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert sorted(folder.iterdir()) == before
    assert "is no finished record" in run(capsys, "video", folder / "none")[2]
