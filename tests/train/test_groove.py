from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.midi import write_midi
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.neural.humaniser import DRUMS
from tapeloom.train.corpus.groove import (
    DRUM_OF_KEY,
    is_held_out,
    read_groove,
    read_groove_index,
    written,
)

HEADER = (
    "drummer,session,id,style,bpm,beat_type,time_signature,midi_filename,audio_filename,"
    "duration,split"
)
ROW = "drummer9,drummer9/session1,drummer9/session1/1,jazz/swing,100,beat,3-4,one.mid,,2.0,train"


def folder_with(tmp_path: Path, row: str = ROW) -> Path:
    keys = ((120, 36, 90), (PPQ - 60, 38, 40), (PPQ - 60, 22, 70), (2 * PPQ, 20, 70))
    notes = tuple(Note(start, 100, key, velocity) for start, key, velocity in keys)
    score = Score((Part("drums", "drums", notes=tuple(sorted(notes))),), TempoMap(((0, 100),)))
    write_midi(tmp_path / "one.mid", score)
    (tmp_path / "info.csv").write_text(f"{HEADER}\n{row}\n", "utf-8")
    return tmp_path


def test_a_performance_is_read(tmp_path: Path) -> None:
    ((file, hits),) = read_groove(folder_with(tmp_path))
    assert (file.style, file.substyle, file.bpm, file.kind) == ("jazz", "swing", 100.0, "beat")
    assert file.meter == Meter(3, 4)
    assert file.is_validation
    # Key 20 is no drum of the kit.
    assert [(hit.drum, hit.written, hit.velocity) for hit in hits] == [
        ("kick", 0, 90),
        ("closed_hat", PPQ, 70),
        ("snare", PPQ, 40),
    ]
    assert hits[0].offset_ms(file.bpm) == pytest.approx(120 * 600 / PPQ)
    assert hits[1].offset_ms(file.bpm) < 0


def test_a_performance_without_its_file_is_left_out(tmp_path: Path) -> None:
    assert read_groove_index(folder_with(tmp_path, ROW.replace("one.mid", "two.mid"))) == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("jazz/swing", "polka", "'polka' is none"),
        (",100,", ",fast,", "no performance"),
        (",100,", ",nan,", "within 20 to 400"),
        (",beat,", ",song,", "neither beat nor fill"),
        ("3-4", "3-5", "3/5"),
        ("one.mid", "../one.mid", "outside its folder"),
    ],
)
def test_bad_rows_are_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_groove_index(folder_with(tmp_path, ROW.replace(old, new)))


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no info\.csv"):
        read_groove_index(tmp_path)
    (tmp_path / "info.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(InputError, match="no performance"):
        read_groove_index(tmp_path)


def test_sessions_are_held_out_as_a_whole() -> None:
    assert set(DRUM_OF_KEY.values()) == set(DRUMS)
    assert is_held_out("drummer9/session1")
    assert not is_held_out("drummer1/session1")


steps = st.lists(st.integers(0, 63), min_size=1, max_size=40, unique=True).map(sorted)


@given(st.data(), steps, st.integers(50, 90), st.sampled_from((4, 3)))
def test_what_is_played_near_a_grid_is_written_on_it(
    data: st.DataObject, found: list[int], bpm: int, parts: int
) -> None:
    grid = PPQ // parts
    near = int(10 * bpm * PPQ / 60_000)  # 10 ms
    slips = data.draw(st.lists(st.integers(-near, near), min_size=40, max_size=40))
    whole = found if parts == 4 else list(range(24))  # triplets show when all are there
    starts = [step * grid + slip for step, slip in zip(whole, slips, strict=False)]
    assert written(starts, ["snare"] * len(starts), bpm=bpm) == [step * grid for step in whole]


@given(st.lists(st.integers(0, 40 * PPQ), max_size=60).map(sorted), st.floats(30, 300))
def test_nothing_is_written_further_off_than_half_a_sixteenth(
    starts: list[int], bpm: float
) -> None:
    places = written(starts, ["kick"] * len(starts), bpm=bpm)
    assert all(abs(s - p) <= PPQ // 6 for s, p in zip(starts, places, strict=True))


def test_a_roll_is_written_in_thirty_seconds() -> None:
    starts = [i * PPQ // 8 for i in range(8)]
    assert written(starts, ["snare"] * 8, bpm=100) == starts


def test_bad_onsets_are_refused() -> None:
    with pytest.raises(InputError, match="as many"):
        written([0, 1], ["kick"], bpm=100)
    with pytest.raises(InputError, match="over 0"):
        written([0], ["kick"], bpm=0)
