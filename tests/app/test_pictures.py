"""`tapeloom cover` and `tapeloom thumbnail`, and the fonts of this machine."""

import json
import shutil
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from tapeloom.app import system_fonts
from tapeloom.app.commands import app, main
from tapeloom.app.picturing import (
    parse_fields,
    picture_of_record,
    picture_of_words,
    read_batch,
    readable,
    readable_title,
    title_notes,
)
from tapeloom.app.pipeline import Record
from tapeloom.core.errors import InputError
from tapeloom.media.grading import ColorGrading
from tapeloom.media.stage import TimeOfDay
from tapeloom.media.thumbnail_config import ThumbnailConfig

FONTS = Path(mpl.get_data_path()) / "fonts/ttf"
COMMON = ThumbnailConfig("common", seed=5)


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Work in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Run a command here; return its code and what it printed."""
    code = 0
    try:
        main(arguments)
    except SystemExit as end:
        code = int(end.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_records_pictures_can_be_drawn_again(
    record: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(record.folder)
    code, _, err = run("thumbnail", folder, capsys=capsys)
    assert (code, "thumbnail.png exists; use --force" in err) == (2, True)
    assert run("thumbnail", folder, "--out", "again.png", capsys=capsys)[0] == 0
    with (
        Image.open(record.folder / "thumbnail.png") as made,
        Image.open("again.png") as again,
    ):
        assert made.size == again.size == (1280, 720)
        assert np.array_equal(np.asarray(made.convert("RGB")), np.asarray(again.convert("RGB")))
    assert (record.folder / "thumbnail.png").stat().st_size < 2_000_000
    with Image.open(record.folder / "cover.png") as cover:
        assert cover.size == (3000, 3000)
    config = picture_of_record(record.folder)
    assert config.title_text == record.title
    with pytest.raises(InputError, match="is no finished record"):
        picture_of_record(tmp_path)


def test_versions_are_numbered_named_and_on_one_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("thumbnail", "--title", "Autumn Walk", "--scene", "cabin", "--seed", "3",
                 "--variants", "3", "--out", "a.jpg", "--sheet", "sheet.png")  # fmt: skip
    code, out, _ = run(*arguments, "--json", capsys=capsys)
    assert code == 0
    made = json.loads(out)
    assert [one["file"] for one in made] == ["a.jpg", "a-2.jpg", "a-3.jpg"]
    assert {one["scene"] for one in made} == {"cabin"}
    assert made[0]["differs"] == []
    assert all(one["differs"] for one in made[1:])
    assert len({int(one["hash"], 16) for one in made}) == 3
    for one in made:
        with Image.open(one["file"]) as image:
            assert (image.size, image.format) == ((1280, 720), "JPEG")
    with Image.open("sheet.png") as sheet:
        assert sheet.width > 300
    code, _, err = run(*arguments, capsys=capsys)
    assert (code, "a.jpg exists; use --force" in err) == (2, True)


def test_a_cover_is_square_and_says_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run("cover", "--title", "Night 🌧", "--grading", "noir", "--size", "240",
                         "--filter", "grain=0.4", "--seed", "1", capsys=capsys)  # fmt: skip
    assert code == 0
    assert out.startswith("cover.png: ")
    assert "noir, seed 1" in out
    assert "left out of the picture, pictographs: 🌧" in err
    with Image.open("cover.png") as image:
        assert image.size == (240, 240)
    code, out, _ = run(
        "cover", "--title", "Night", "--size", "128", "--quiet", "--force", capsys=capsys
    )
    assert (code, out) == (0, "")


def test_a_picture_of_the_users_own(capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (400, 300), (200, 30, 30)).save("mine.png")
    code, out, _ = run("thumbnail", "--title", "Mine", "--image", "mine.png", "--style", "minimal",
                       "--seed", "1", "--side", "right", capsys=capsys)  # fmt: skip
    assert code == 0
    assert "mine.png" in out
    with Image.open("thumbnail.png") as image:
        assert image.convert("RGB").getpixel((900, 360))[0] > 150


def test_a_table_is_drawn_row_by_row(capsys: pytest.CaptureFixture[str]) -> None:
    Path("batch.csv").write_text(
        "Title,subtitle,scene,grading,style,seed\n"
        "Rainy Night,beats,night sky,noir,big title,4\n"
        '"Rain, again",,,,,\n'
    )
    code, out, _ = run("cover", "--batch", "batch.csv", "--out", "made", "--size", "128",
                       "--sheet", "all.png", "--json", "--seed", "7", capsys=capsys)  # fmt: skip
    assert code == 0
    made = json.loads(out)
    assert [Path(one["file"]).name for one in made] == ["1 Rainy Night.png", "2 Rain- again.png"]
    assert (made[0]["scene"], made[0]["grading"], made[0]["seed"]) == ("night_sky", "noir", 4)
    assert made[1]["seed"] == 8
    assert Path("all.png").is_file()


@pytest.mark.parametrize(("table", "message"), [
    ("title,grading\nA,warm\nB,sepia\n", "line 3: grading 'sepia' is not known; choose one of"),
    ("title,style\nA,poster\n", "line 2: style 'poster' is not known; choose one of big-title"),
    ("title,seed\nA,-1\n", "line 2: seed is '-1'; it must be a whole number"),
    ("title,side\nA,up\n", "line 2: side is 'up'; it must be left or right"),
    ("title,scene\nA,moon base\n", "line 2: scene 'moon_base' is not known"),
    ("title,seed\nA\n", "line 2: it has another number of cells"),
    ("title,seed\nA,1,2\n", "line 2: it has another number of cells"),
    ("title\n" + "a" * 300 + "\n", "line 2: title_text has 300 characters"),
    ("title,seed\n,3\n", "line 2: title_text is empty"),
    ("title,colour\nA,red\n", "has a column 'colour'; its columns are title, subtitle"),
    ("name\nA\n", "has a column 'name'"),
    ("scene\ncity\n", "lacks the column 'title'"),
    ("title\n", "has no rows under its head"),
    ("title\n" + "a\n" * 1001, "has over 1000 rows"),
])  # fmt: skip
def test_a_row_that_is_wrong_is_named_by_its_line(table: str, message: str) -> None:
    path = Path("batch.csv")
    path.write_text(table)
    with pytest.raises(InputError, match=message):
        read_batch(path, COMMON)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be read as a CSV table: No such file"):
        read_batch(Path("none.csv"), COMMON)
    Path("a.csv").write_bytes(b"title\n\xff\xfe\n")
    with pytest.raises(InputError, match="cannot be read as a CSV table"):
        read_batch(Path("a.csv"), COMMON)


@pytest.mark.parametrize(("arguments", "message"), [
    ((), "say what to draw"),
    (("--title", "A", "--grading", "sepia"), "grading 'sepia' is not known"),
    (("--title", "A", "--font", "none.ttf"), "there is no font none.ttf"),
    (("--title", "A", "--image", "none.png"), "there is no picture none.png"),
    (("--title", "a" * 300), "title_text has 300 characters; at most 120"),
    (("--title", "A", "--filter", "vhs=much"), "has no number; write it like vhs=0.5"),
    (("--title", "A", "--filter", "vhs=2"), "filter vhs is 2.0"),
    (("--title", "A", "--variants", "0"), "variants are 0"),
    (("--title", "A", "--out", "a.webp"), "must end in .png or .jpg"),
    (("--title", "A", "--batch", "b.csv"), "leave out the others"),
    (("nothing",), "is no finished record"),
])  # fmt: skip
def test_bad_use_is_told_in_a_sentence_and_leaves_nothing(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run("thumbnail", *arguments, capsys=capsys)
    assert code == 2
    assert message in err
    assert list(Path().iterdir()) == []


def test_words_choose_the_scene_and_options_replace_it() -> None:
    assert picture_of_words("Café in the City", "", seed=3).scene in {"cafe", "city"}
    assert parse_fields({"grading": "Warm", "scene": "night-sky", "side": "left"}) == {
        "color_grading": ColorGrading.WARM, "scene": "night_sky", "side": -1,
    }  # fmt: skip
    assert parse_fields({"time": "day"}) == {"time": TimeOfDay.DAY, "palette": None}


def test_letters_that_ours_lack_come_from_a_font_of_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for program in (None, shutil.which("fc-list")):
        monkeypatch.setattr(shutil, "which", lambda name, found=program: found)
        monkeypatch.setattr(system_fonts, "font_folders", lambda: [FONTS])
        found = system_fonts.find_font("წვიმა")
        if program is None:
            assert found is not None
            assert found.parent == FONTS
            assert "Mono" not in found.name
    assert system_fonts.find_font("\U00012000\U00013000") is None  # cuneiform and hieroglyphs
    monkeypatch.setattr(system_fonts, "MAX_FILES", 0)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert system_fonts.find_font("წვიმა") is None
    assert all(isinstance(folder, Path) for folder in system_fonts.font_folders())


def test_a_broken_fc_list_is_gone_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/nowhere/fc-list")
    monkeypatch.setattr(system_fonts, "font_folders", lambda: [FONTS])
    assert system_fonts.find_font("წ") is not None


def test_without_a_font_the_picture_says_something_that_can_be_read() -> None:
    config = ThumbnailConfig("雨の夜", "よる", scene="night_sky")
    found = readable(config, find=lambda text: None)
    assert (found.config.title_text, found.config.subtitle_text) == ("Night Sky", "yoru")
    assert "no font here has 雨の夜よる" in found.notes[0]
    assert found.notes[1:] == (
        "the picture says 'Night Sky' instead of '雨の夜'",
        "the picture says 'yoru' instead of 'よる'",
    )  # fmt: skip
    assert readable_title("Rain") == ("Rain", ())
    here = readable(ThumbnailConfig("წვიმა"), find=lambda text: FONTS / "DejaVuSans.ttf")
    assert (here.config.title_text, here.notes) == ("წვიმა", ())
    assert here.config.font is not None
    lacking = readable(ThumbnailConfig("雨", font=FONTS / "DejaVuSans.ttf"))
    assert "DejaVuSans.ttf lacks 雨" in lacking.notes[0]
    plain = readable(ThumbnailConfig("Rain", "lo-fi 🌧"), find=lambda text: None)
    assert plain.config.subtitle_text == "lo-fi"
    assert title_notes("Rain 🌧") == plain.notes
    assert plain.notes == ("left out of the picture, pictographs: 🌧",)


def test_writing_that_cannot_be_set_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from tapeloom.media import writing

    monkeypatch.setattr(writing, "can_shape", lambda: False)
    found = readable(ThumbnailConfig("ليل", font=FONTS / "DejaVuSans.ttf", scene="beach"))
    assert found.config.title_text == "Beach"
    assert "needs joined or right-to-left writing" in found.notes[0]


@pytest.mark.parametrize("verb", ["cover", "thumbnail"])
def test_every_option_is_on_the_page_of_releases(verb: str) -> None:
    from typer.main import get_command

    page = (Path(__file__).parents[2] / "docs/release.md").read_text("utf-8")
    command = get_command(app).commands[verb]  # type: ignore[attr-defined]
    for option in command.params:
        for name in option.opts:
            if name.startswith("--") and name != "--help":
                assert name in page, name
