"""`tapeloom describe`: the words of finished records."""

import json
import shutil
from pathlib import Path

import pytest

from tapeloom.app.commands import main
from tapeloom.app.describing import moments_of
from tapeloom.app.pipeline import Record
from tapeloom.core.files import read_json, write_json
from tapeloom.core.harmony import Key
from tapeloom.core.performance import TimedSection, performance_from_json
from tapeloom.core.score import Score, Section
from tapeloom.core.time import PPQ
from tapeloom.release.languages import LANGUAGES


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
    """What describing reads of a record, in a folder of its own."""
    copy = tmp_path / "out" / record.folder.name
    copy.mkdir(parents=True)
    for name in ("record.json", "score.json", "performance.json"):
        shutil.copy(record.folder / name, copy)
    return copy


def test_a_record_is_described_in_its_folder(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    code, out, _ = run(capsys, "describe", folder, "--variants", 3, "--date", "2026-10-05",
                       "--series", "Corner Table", "--number", 4)  # fmt: skip
    assert code == 0
    data = json.loads((folder / "metadata.json").read_text())
    assert out.splitlines()[0] == f"{folder}: {data['title']}"
    assert [one["title"] in out for one in data["variants"]] == [True, True]
    assert "Corner Table" in data["playlists"]
    assert "autumn" in data["tags"]
    record = read_json(folder / "record.json")
    assert f"{record['bpm']:.0f} bpm" in data["description"]


def test_chapters_are_where_the_sections_are_played(folder: Path) -> None:
    performance = performance_from_json(read_json(folder / "performance.json"))
    score = Score((), keys=((0, Key("A", "minor")),))
    moments = moments_of(score, performance.sections, "es")
    assert [moment.start_s for moment in moments] == [s.start_s for s in performance.sections]
    assert moments[0].name in LANGUAGES["es"].parts.values()


def test_a_set_has_a_chapter_for_each_piece_with_its_key() -> None:
    score = Score(
        (), keys=((0, Key("A", "minor")), (8 * PPQ, Key("C", "major"))),
        sections=(Section("A", 0, 4 * PPQ), Section("B", 4 * PPQ, 8 * PPQ),
                  Section("A", 8 * PPQ, 12 * PPQ, piece=1)),
    )  # fmt: skip
    timed = [TimedSection("A", 0, 4), TimedSection("B", 4, 8), TimedSection("A", 8, 12, piece=1)]
    moments = moments_of(score, timed, "de")
    assert [(m.start_s, m.name) for m in moments] == [(0, "1. a-Moll"), (8, "2. C-Dur")]


def test_no_title_is_given_twice_within_a_catalogue(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    run(capsys, "describe", folder, "--quiet")
    first = json.loads((folder / "metadata.json").read_text())["title"]
    code, out, _ = run(capsys, "describe", folder, "--catalogue", folder.parent, "--json")
    assert code == 0
    assert json.loads(out)[0]["title"] != first
    taken, wanted = tmp_path / "taken.txt", tmp_path / "wanted.txt"
    taken.write_text(f"\ufeff{first}\n\n", "utf-8")
    wanted.write_text("rain core\n", "utf-8")
    code, out, _ = run(capsys, "describe", folder, "--catalogue", taken, "--trending", wanted,
                       "--language", "JA", "--json")  # fmt: skip
    assert json.loads(out)[0]["tag_groups"]["trending"] == ["rain core"]
    assert json.loads(out)[0]["language"] == "ja"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--language", "xx"], "'xx' is no language of ours"),
        (["--date", "tomorrow"], "'tomorrow' is no date"),
        (["--hemisphere", "up", "--date", "2026-05-01"], "'up' is no hemisphere"),
        (["--variants", "99"], "variants is 99"),
        (["--use", "dance"], "'dance' is no use"),
        (["--licence", "beerware"], "'beerware' is no licence"),
        (["--catalogue", "nowhere.txt"], "nowhere.txt cannot be read"),
    ],
)
def test_bad_use_is_one_sentence(
    capsys: pytest.CaptureFixture[str], folder: Path, arguments: list[str], sentence: str
) -> None:
    code, out, err = run(capsys, "describe", folder, *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert len(err.splitlines()) == 1
    assert not (folder / "metadata.json").exists()


@pytest.mark.parametrize(
    ("title", "artist"), [("i <3 rain {slow}", "A<b>"), ("<>", "{}"), ("x" * 300, "y" * 300)]
)
def test_a_brief_of_any_words_is_described(
    capsys: pytest.CaptureFixture[str], folder: Path, title: str, artist: str
) -> None:
    data = read_json(folder / "record.json")
    write_json(folder / "record.json", {**data, "title": title, "artist": artist})
    for seed in range(6):
        write_json(folder / "record.json",
                   {**data, "title": title, "artist": artist, "seed": seed})  # fmt: skip
        code, _, err = run(capsys, "describe", folder, "--series", "Tides", "--quiet")
        assert (code, err) == (0, "")
        words = json.loads((folder / "metadata.json").read_text())
        assert not set("<>{}") & set(words["title"] + words["description"])
        assert len(words["title"]) <= 100


def test_a_folder_that_is_no_record(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = run(capsys, "describe", tmp_path)
    assert code == 2
    assert "is no finished record" in err
