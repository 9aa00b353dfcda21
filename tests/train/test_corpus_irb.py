"""The reader of irb: layout in time, sections, spellings, what is wrong is told."""

import json
from pathlib import Path

import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.core.time import PPQ
from tapeloom.train.corpus.irb import SUFFIXES, parse_irb_chord, read_irb, read_irb_folder
from tapeloom.train.corpus.lead_sheet import LeadSheet, is_validation

# A twelve-bar blues of nobody's.
ROWS = [["C7", 16.0, "A"], ["F7", 8.0, "A"], ["C7", 8.0, "A"], ["Dmin7", 4.0, "A"],
        ["G79b", 4.0, "A"], ["C6", 8.0, "A"]]  # fmt: skip


def write(folder: Path, **changes: object) -> Path:
    data = {"id": "x", "title": "Blues", "composer": "Nobody", "key": "C-maj", "date": "1950",
            "time": "4/4", "chords": ROWS} | changes  # fmt: skip
    path = folder / f"{data['title']}.json"
    path.write_text(json.dumps(data), "utf-8")
    return path


def test_a_tune_is_laid_out_in_time(tmp_path):
    sheet = read_irb(write(tmp_path))
    assert (sheet.title, sheet.composer, sheet.year) == ("Blues", "Nobody", 1950)
    assert sheet.problems == ()
    score = sheet.score
    assert [str(s.chord) for s in score.chords] == ["C7", "F7", "C7", "Dm7", "G7b9", "C6"]
    assert [(s.end - s.start) // PPQ for s in score.chords] == [16, 8, 8, 4, 4, 8]
    assert [(s.name, s.end // PPQ) for s in score.sections] == [("A", 48)]
    assert str(score.key) == "C major"


def test_equal_neighbours_stay_apart_and_sections_follow_the_rows(tmp_path):
    rows = [["C6", 4.0, "A"], ["C6", 4.0, "A"], ["F6", 4.0, "B"], ["C6", 4.0, "A"]]
    score = read_irb(write(tmp_path, chords=rows)).score
    assert len(score.chords) == 4
    assert [s.name for s in score.sections] == ["A", "B", "A"]


def test_what_is_wrong_is_told_and_no_time_is_lost(tmp_path):
    rows = [["C6", 4.0, "A"], ["H7", 4.0, "A"], ["Dmin7", 3.0, "A"]]
    sheet = read_irb(write(tmp_path, chords=rows, key="F#-maj"))
    assert [(s.end - s.start) // PPQ for s in sheet.score.chords] == [8, 3]
    texts = " | ".join(sheet.problems)
    assert "'H7' is no chord" in texts
    assert "tonic" in texts
    assert "whole bars" in texts


@pytest.mark.parametrize(
    "changes",
    [{"key": "C"}, {"time": "4"}, {"chords": []}, {"chords": [["H", 4.0, "A"]]}, {"chords": 3},
     {"chords": [["C6"]]}],
)  # fmt: skip
def test_a_tune_that_makes_no_sense_is_refused(tmp_path, changes):
    with pytest.raises(InputError):
        read_irb(write(tmp_path, **changes))


def test_a_file_that_is_none_is_refused(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("[1, 2", "utf-8")
    with pytest.raises(InputError, match=r"x\.json is no tune"):
        read_irb(path)


def test_every_suffix_of_the_corpus_is_read_in_every_root():
    for suffix in SUFFIXES:
        for root in ("C", "F#", "Bb", "Eb"):
            chord = parse_irb_chord(root + suffix)
            assert isinstance(chord, Chord), suffix
    assert str(parse_irb_chord("Cmin7/Bb")) == "Cm7/Bb"


def test_a_folder_is_read_in_order(tmp_path):
    for title in ("Zoo", "Air"):
        write(tmp_path, title=title)
    assert [sheet.title for sheet in read_irb_folder(tmp_path)] == ["Air", "Zoo"]


def test_about_a_twentieth_is_kept_for_validation():
    kept = sum(is_validation(str(number)) for number in range(4000))
    assert 150 < kept < 250


def test_a_sheet_needs_a_title(tmp_path):
    score = read_irb(write(tmp_path)).score
    with pytest.raises(InputError, match="no title"):
        LeadSheet(" ", "Nobody", None, score)
