"""The reader of OpenEWLD: notes, ties, upbeats, chord kinds, and files that mean ill."""

import io
import zipfile
from pathlib import Path

import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.time import PPQ
from tapeloom.train.corpus import openewld
from tapeloom.train.corpus.openewld import read_openewld, read_openewld_folder


def note(step: str, length: int, *, octave: int = 4, alter: int = 0, extra: str = "") -> str:
    return (
        f"<note>{extra}<pitch><step>{step}</step><alter>{alter}</alter><octave>{octave}</octave>"
        f"</pitch><duration>{length}</duration></note>"
    )


def harmony(step: str, kind: str, *, alter: int = 0, more: str = "") -> str:
    return (
        f"<harmony><root><root-step>{step}</root-step><root-alter>{alter}</root-alter></root>"
        f"<kind>{kind}</kind>{more}</harmony>"
    )


HEAD = (
    "<attributes><divisions>2</divisions><key><fifths>1</fifths><mode>major</mode></key>"
    "<time><beats>3</beats><beat-type>4</beat-type></time></attributes>"
)


def write(folder: Path, *measures: str, name: str = "tune.mxl", head: str = "") -> Path:
    inside = "".join(f"<measure>{measure}</measure>" for measure in measures)
    text = (
        f"{head}<score-partwise><work><work-title>A Tune</work-title></work><identification>"
        "<creator>Nobody</creator></identification><part-list/>"
        f"<part id='P1'>{inside}</part></score-partwise>"
    )
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("tune.xml", text)
    return path


def test_a_lead_sheet_is_read(tmp_path):
    path = write(
        tmp_path,
        HEAD + note("D", 2),
        harmony("G", "major") + note("G", 4) + note("B", 2, extra="<tie type='start'/>"),
        note("B", 2, extra="<tie type='stop'/>") + harmony("D", "dominant") + note("A", 4),
        harmony("G", "major") + note("G", 6),
    )
    sheet = read_openewld(path)
    assert (sheet.title, sheet.composer, sheet.problems) == ("A Tune", "Nobody", ())
    score = sheet.score
    assert [(n.start // PPQ, n.duration // PPQ, n.pitch) for n in score.parts[0].notes] == [
        (0, 1, 62), (1, 2, 67), (3, 2, 71), (5, 2, 69), (7, 3, 67),
    ]  # fmt: skip
    assert [(s.start // PPQ, str(s.chord)) for s in score.chords] == [(1, "G"), (5, "D7"), (7, "G")]
    # The upbeat is a bar of its own, so that the other bars lie right.
    assert [(tick // PPQ, str(meter)) for tick, meter in score.meters] == [(0, "1/4"), (1, "3/4")]
    assert str(score.key) == "G major"


def test_a_minor_key_is_told_by_its_last_chord(tmp_path):
    path = write(tmp_path, HEAD + harmony("E", "minor") + note("E", 6))
    assert str(read_openewld(path).score.key) == "E minor"


@pytest.mark.parametrize(
    ("kind", "more", "wanted"),
    [
        ("half-diminished", "", "Bbm7b5"), ("suspended-fourth", "", "Bbsus4"),
        ("dominant", "<degree><degree-value>9</degree-value><degree-alter>-1</degree-alter>"
         "<degree-type>add</degree-type></degree>", "Bb7b9"),
        ("minor-seventh", "<bass><bass-step>A</bass-step><bass-alter>-1</bass-alter></bass>",
         "Bbm7/Ab"),
    ],
)  # fmt: skip
def test_kinds_and_degrees_are_read(tmp_path, kind, more, wanted):
    path = write(tmp_path, HEAD + harmony("B", kind, alter=-1, more=more) + note("B", 6))
    assert str(read_openewld(path).score.chords[0].chord) == wanted


def test_kinds_and_degrees_that_are_not_known_are_told(tmp_path):
    odd = "<degree><degree-value>6</degree-value><degree-alter>1</degree-alter></degree>"
    path = write(
        tmp_path, HEAD + harmony("C", "Tristan") + harmony("D", "major", more=odd) + note("B", 6)
    )
    problems = read_openewld(path).problems
    assert any("'Tristan'" in text for text in problems)
    assert any("#6" in text for text in problems)


def test_grace_notes_and_chord_notes_are_left_out_and_voices_do_not_add_time(tmp_path):
    path = write(
        tmp_path,
        HEAD + note("C", 6) + note("E", 6, extra="<chord/>")
        + "<note><grace/><pitch><step>D</step><octave>4</octave></pitch></note>"
        + "<backup><duration>6</duration></backup><forward><duration>6</duration></forward>",
        note("G", 6),
    )  # fmt: skip
    assert [n.start // PPQ for n in read_openewld(path).score.parts[0].notes] == [0, 3]


def test_files_that_mean_ill_are_refused(tmp_path, monkeypatch):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    with pytest.raises(InputError, match="defines entities"):
        read_openewld(write(tmp_path, HEAD + note("C", 6), head=bomb))
    monkeypatch.setattr(openewld, "MAX_BYTES", 100)
    with pytest.raises(InputError, match="larger than"):
        read_openewld(write(tmp_path, HEAD + note("C", 6)))


def test_files_that_are_none_are_refused(tmp_path):
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    for name, data, message in (
        ("a.mxl", b"\x89PNG", "no XML"),
        ("b.mxl", empty.getvalue(), "no MusicXML document"),
        ("c.xml", b"<score-timewise/>", "no partwise"),
        ("d.mxl", empty.getvalue()[:30], "no XML|defines entities"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(InputError, match=message):
            read_openewld(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_openewld(tmp_path / "nothing.mxl")
    with pytest.raises(InputError, match="no melody"):
        read_openewld(write(tmp_path, HEAD))
    broken = HEAD.replace("<beats>3", "<beats>x") + note("C", 6)
    with pytest.raises(InputError, match=r"damaged|no meter"):
        read_openewld(write(tmp_path, broken))


def test_a_folder_is_read_through(tmp_path):
    (tmp_path / "deep").mkdir()
    write(tmp_path / "deep", HEAD + note("C", 6), name="b.mxl")
    write(tmp_path, HEAD + note("C", 6), name="a.mxl")
    assert len(list(read_openewld_folder(tmp_path))) == 2
