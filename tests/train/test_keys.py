"""Examples for key finding, and what the training of its nets does."""

import numpy as np
import pytest

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.events import Events
from tapeloom.train.corpus.lead_sheet import LeadSheet
from tapeloom.train.key_examples import (
    assemble,
    cut,
    exercises,
    gather_sections,
    set_sheet,
    sheets,
    songs,
)
from tapeloom.train.keys import JOINED, LESSONS, fit, miscalibration

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
