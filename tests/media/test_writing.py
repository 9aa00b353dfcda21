"""What of a text can be drawn, and by which face."""

from pathlib import Path

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.media import writing
from tapeloom.media.fonts import HEAVY, ROUND, TITLE_FACES, Face, letters_of, user_face
from tapeloom.media.writing import missing_characters, written

DEJAVU = Path(mpl.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"


def test_each_script_gets_a_face_that_has_its_letters() -> None:
    assert written("Rainy Night", TITLE_FACES).face == ROUND
    for text in ("Дождливая ночь", "Βροχερή νύχτα", "Zażółć gęślą"):
        said = written(text, TITLE_FACES)
        assert (said.text, said.face, said.lost) == (text, HEAVY, "")
    georgian = written("წვიმა", (*TITLE_FACES, user_face(DEJAVU)))
    assert georgian.face.path == DEJAVU
    assert not georgian.shaped


def test_what_no_face_can_draw_is_left_out_or_made_plain() -> None:
    said = written("Rain 🌧 雨", TITLE_FACES)
    assert (said.text, said.lost) == ("Rain", "🌧雨")
    assert written("Ａｂｃ ①", TITLE_FACES).text == "Abc 1"
    assert written("よる", TITLE_FACES).text == "yoru"
    assert written("밤비", TITLE_FACES).text == "bambi"
    assert written("雨の夜", TITLE_FACES).text == ""  # "no" would say something else
    assert missing_characters("Rain 🌧 雨雨") == "🌧雨"
    assert missing_characters("Zażółć") == ""


def test_joined_writing_is_shaped_or_refused_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faces = (*TITLE_FACES, user_face(DEJAVU))
    monkeypatch.setattr(writing, "can_shape", lambda: True)
    said = written("ليلة ممطرة", faces)
    assert said.shaped
    assert writing.is_right_to_left(said.text)
    monkeypatch.setattr(writing, "can_shape", lambda: False)
    with pytest.raises(InputError, match="libraqm and FriBiDi; install them, or give a title"):
        written("ليلة ممطرة", faces)
    assert written("Ночь", faces).text == "Ночь"  # others need none


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_what_is_left_of_any_text_has_letters(text: str) -> None:
    said = written(text, TITLE_FACES)
    assert all(ord(c) in letters_of(said.face) for c in said.text)
    assert said.text == " ".join(said.text.split())


def test_fonts_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no font"):
        user_face(tmp_path / "none.ttf")
    (tmp_path / "a.ttf").write_text("not a font")
    with pytest.raises(InputError, match=r"a\.ttf is not a font that can be read"):
        user_face(tmp_path / "a.ttf")
    with (tmp_path / "b.ttf").open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(InputError, match="a font has at most"):
        user_face(tmp_path / "b.ttf")
    (tmp_path / "c.ttf").write_bytes(DEJAVU.read_bytes()[:5000])
    with pytest.raises(InputError, match=r"c\.ttf"):
        user_face(tmp_path / "c.ttf")


def test_our_faces_are_free_and_say_so() -> None:
    for face in (*TITLE_FACES, writing.TITLE_FACES[0]):
        assert face.licence == "SIL Open Font License 1.1"
        assert "SIL Open Font License" in (face.path.parent / "OFL.txt").read_text("utf-8")
    assert Face("mine.ttf").licence != face.licence
