"""Examples for key finding, and what the training of its nets does."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.events import Events
from tapeloom.train.corpus.lead_sheet import LeadSheet
from tapeloom.train.key_examples import (
    KINDS,
    assemble,
    cut,
    exercises,
    gather_sections,
    heard,
    set_sheet,
    sheets,
    songs,
)
from tapeloom.train.key_trees import join_trees, look, read_trees, teach_relatives
from tapeloom.train.keys import (
    JOINED,
    LESSONS,
    TREE_LESSONS,
    fit,
    main,
    miscalibration,
    read_excluded,
)

TUNE = (60, 64, 67, 69, 71, 72, 69, 67, 65, 64, 62, 59, 60, 64, 62, 60)


def sheet(*names: str, key: str = "C major") -> LeadSheet:
    bar = 4 * PPQ
    spans = tuple(
        ChordSpan(i * bar, (i + 1) * bar, Chord.parse(name)) for i, name in enumerate(names)
    )
    notes = tuple(Note(i * PPQ, PPQ, TUNE[i % len(TUNE)]) for i in range(4 * len(names)))
    score = Score(
        (Part("melody", "melody", notes=notes),), keys=((0, Key.parse(key)),), chords=spans
    )
    return LeadSheet("A tune", "", None, score)


def test_a_sheet_in_minor_keeps_its_dominants() -> None:
    tune = sheet("C", "F", "G7", "Am", "Em", "D7", "G7", "C")
    bar = 4 * PPQ
    score = Score((), keys=tune.score.keys, chords=tune.score.chords)
    minor = set_sheet(score, np.random.default_rng(0), to_minor=True)
    heard = [set((minor.between(i * bar, (i + 1) * bar).pitch % 12).tolist()) for i in range(8)]
    assert heard[0] <= {0, 3, 7}
    assert heard[1] <= {5, 8, 0}
    assert heard[2] <= {7, 11, 2, 5}
    assert heard[3] <= {8, 0, 3}
    assert heard[4] <= {3, 7, 10}
    assert heard[5] <= {2, 6, 9, 0}  # what leads elsewhere stays


def test_sheets_are_heard_in_both_modes() -> None:
    rng = np.random.default_rng(1)
    found = list(sheets([sheet(*["C", "F", "G7", "C"] * 4)], rng, kind="sheet"))
    assert {(example.kind, example.key) for example, _ in found} == {
        ("sheet", 0),
        ("minor_sheet", 12),
    }
    assert {is_passage for _, is_passage in found} == {True, False}


def test_songs_give_passages_of_each_key() -> None:
    notes = tuple(Note(i * PPQ // 2, PPQ, 60 + 12 * (i % 3)) for i in range(320))
    keys = ((0, Key("A", "minor")), (80 * PPQ, Key("B", "major")))
    score = Score((Part("piano", "keys", notes=notes),), keys=keys)
    found = list(songs([LeadSheet("7", "", None, score)], np.random.default_rng(0)))
    assert {example.key for example, _ in found} == {21, 11}
    assert all(is_passage for _, is_passage in found)  # a song of two keys is no whole


def test_exercises_and_pieces_have_keys() -> None:
    rng = np.random.default_rng(2)
    assert all(0 <= example.key < 24 for example in exercises(4, rng))
    pieces = list(assemble(gather_sections(12, rng), 6, rng))
    assert {example.key for example in pieces} <= {0, 12}
    assert all(example.vectors[0].sum() == pytest.approx(1.0) for example in pieces)


def test_a_passage_begins_at_nothing() -> None:
    events = Events.from_notes([Note(0, 8, 60), Note(8, 8, 62)])
    passage = cut(events, 4, 12)
    assert passage.onset.tolist() == [0, 4]
    assert passage.end.tolist() == [4, 8]


def test_a_net_learns_what_is_there() -> None:
    """A rule that a net without its inputs can't know: the key is where the first input is 1."""
    rng = np.random.default_rng(3)
    key = rng.integers(24, size=1200)
    seen = rng.normal(size=(1200, 12, 6)).astype(np.float32)
    seen[:, :, 0] = 0.0
    seen[np.arange(1200), key % 12, 0] = 1.0
    seen[:, :, 1] = np.where(key >= 12, 1.0, -1.0)[:, None]
    net = fit(seen[:900], key[:900], np.ones(900), hidden=8, epochs=40, seed=0)
    assert np.mean(net.logits(seen[900:]).argmax(axis=1) == key[900:]) > 0.9


def test_calibration_is_measured() -> None:
    right = np.array([True, False])
    assert miscalibration(np.array([0.95, 0.95]), right) == pytest.approx(0.45)


def test_each_net_is_joined_of_lessons_of_one_span_and_evidence() -> None:
    assert set().union(*JOINED.values()) == set(LESSONS)
    for name, parts in JOINED.items():
        assert len({LESSONS[part].span for part in parts}) == 1
        assert {LESSONS[part].lines for part in parts} == {name.endswith("lines")}


def test_trees_are_read_from_what_lightgbm_dumps() -> None:
    """A tree of two splits, written by hand."""
    leaves = [{"leaf_index": i, "leaf_value": float(i)} for i in range(3)]
    inner = {
        "split_feature": 1,
        "threshold": 0.5,
        "left_child": leaves[1],
        "right_child": leaves[2],
    }
    root = {"split_feature": 0, "threshold": 0.0, "left_child": leaves[0], "right_child": inner}
    trees = read_trees({"tree_info": [{"tree_structure": root}]})
    rows = np.array([[-1, 9], [0, 9], [1, 0.5], [1, 0.6]], np.float32)
    assert trees.log_odds(rows).tolist() == [0.0, 0.0, 1.0, 2.0]
    stump = read_trees({"tree_info": [{"tree_structure": {"leaf_value": 4.0}}]})
    assert join_trees([trees, stump]).log_odds(rows).tolist() == [2.0, 2.0, 2.5, 3.0]


def test_trees_look_from_the_major_key() -> None:
    """A song in A minor and its transposition look alike."""
    events = Events.from_notes([Note(i * PPQ, PPQ, p) for i, p in enumerate(TUNE)])
    here, there = (
        look(heard(events.transpose(steps), 12 + (9 + steps) % 12, "song", "1"), lines=True)
        for steps in (0, 4)
    )
    np.testing.assert_allclose(here, there, atol=1e-6)


@pytest.mark.slow
def test_trees_learn_what_tells_relative_keys() -> None:
    """Songs that end on the tonic of theirs, whose bass else is drawn."""
    pytest.importorskip("lightgbm")
    rng = np.random.default_rng(4)
    found = []
    for number in range(1500):
        minor = bool(rng.integers(2))
        scale = rng.choice([60, 62, 64, 65, 67, 69, 71], size=24)
        notes = [Note(i * PPQ, PPQ, int(p)) for i, p in enumerate(scale)]
        notes.append(Note(24 * PPQ, PPQ, 57 if minor else 60))
        shift = int(rng.integers(12))
        events = Events.from_notes(notes).transpose(shift)
        key = (9 + shift) % 12 + 12 if minor else shift
        found.append(heard(events, key, "song", str(number)))
    taught = [
        replace(example, is_validation=number >= 1200) for number, example in enumerate(found)
    ]
    trees = teach_relatives(taught, {"song": 1.0}, lines=True, fits=2, rounds=150)
    odds = trees.log_odds(np.stack([look(each, lines=True) for each in found[1200:]]))
    assert np.mean((odds > 0) == [each.key >= 12 for each in found[1200:]]) > 0.95


def test_trees_are_taught_on_what_there_is() -> None:
    assert set(TREE_LESSONS) == {"whole", "passage"}
    for lessons in TREE_LESSONS.values():
        assert set().union(*lessons) <= set(KINDS)


def test_without_lightgbm_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(InputError, match=r"pip install 'tapeloom\[train\]'"):
        teach_relatives([], {"song": 1.0}, lines=False, fits=1)


def test_excluded_songs_are_numbers_a_line(tmp_path: Path) -> None:
    (tmp_path / "songs.txt").write_text("# those of the benchmark\n003\n\n 017 \n", "utf-8")
    assert read_excluded(tmp_path / "songs.txt") == {"003", "017"}


def test_a_missing_file_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(tmp_path)] * 3 + [str(tmp_path / "none.txt"), str(tmp_path / "keys.npz")]
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert "none.txt cannot be read" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
