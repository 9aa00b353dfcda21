import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.harmony import QUALITIES, Chord
from tapeloom.core.midi import write_midi
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.chord_net import load_net, save_net, shipped_net
from tapeloom.theory.chord_rules import LABELS
from tapeloom.theory.events import Events
from tapeloom.theory.span_features import describe
from tapeloom.train.chord_labels import (
    Examples,
    cut_at_beats,
    cut_at_random,
    fill_gaps,
    state_of,
)
from tapeloom.train.corpus.pop909 import chord_of, read_pop909, read_song
from tapeloom.train.exercises import Exercise, exercise, lounge, plain
from tapeloom.train.harmonies import random_tune, reduce_quality

seeds = st.integers(0, 2**32 - 1)
makers = st.sampled_from(
    (
        lambda rng: exercise(rng, length=8),
        lambda rng: lounge(rng, random_tune(rng, length=6)),
        lambda rng: plain(rng, length=6),
    )
)


@given(seeds, makers)
def test_exercises_keep_their_promises(seed: int, maker) -> None:
    piece: Exercise = maker(np.random.default_rng(seed))
    assert piece.chords[0].start == 0
    for one, after in itertools.pairwise(piece.chords):
        assert one.end == after.start > one.start
    for chord in piece.chords:
        own = set(Chord(chord.root, chord.quality).pitch_classes)
        assert chord.quality in LABELS
        assert chord.bass in {*own, *chord.sounding}
        six_four = set(chord.sounding) != own and len(chord.sounding) == 3
        assert own <= set(chord.sounding) or six_four
    assert (piece.events.end > piece.events.onset).all()
    again: Exercise = maker(np.random.default_rng(seed))
    np.testing.assert_array_equal(piece.events.pitch, again.events.pitch)


@given(seeds)
def test_plain_exercises_sound_as_labelled(seed: int) -> None:
    piece = plain(np.random.default_rng(seed), length=5)
    for chord in piece.chords:
        heard = set((piece.events.between(chord.start, chord.end).pitch % 12).tolist())
        own = set(Chord(chord.root, chord.quality).pitch_classes)
        assert heard <= own
        assert len(own - heard) <= 1


@pytest.mark.parametrize("label", LABELS)
def test_chord_tracks_are_named_as_they_are_written(label: str) -> None:
    for root in range(12):
        pitches = [48 + root + step for step in QUALITIES[label].intervals]
        assert chord_of(pitches) == Chord(root, label)
        assert reduce_quality(QUALITIES[label].intervals) == label


def test_inversions_of_the_chord_track_keep_their_root() -> None:
    assert [str(chord_of(p)) for p in ([52, 55, 60], [47, 50, 53, 55], [48, 52, 55, 57])] == [
        "C/E", "G7/B", "Am7/C"]  # fmt: skip
    assert chord_of([60]) is None
    assert chord_of([]) is None


def test_songs_are_read_with_their_chords(tmp_path: Path) -> None:
    song = Part("piano", "keys", notes=(Note(0, PPQ, 72), Note(PPQ, 7 * PPQ, 76)))
    played = [(0, 4, (48, 52, 55)), (4, 2, (50,)), (6, 2, (45, 48, 52, 55))]
    chords = Part("chords", "keys", notes=tuple(
        Note(at * PPQ, length * PPQ, pitch) for at, length, pitches in played for pitch in pitches
    ))  # fmt: skip
    write_midi(tmp_path / "001.mid", Score((song, chords)))
    write_midi(tmp_path / "002.mid", Score((song,)))
    sheet = read_song(tmp_path / "001.mid")
    assert sheet.title == "001"
    assert [(s.start // PPQ, s.end // PPQ, str(s.chord)) for s in sheet.score.chords] == [
        (0, 4, "C"), (6, 8, "Am7")]  # fmt: skip
    assert len(sheet.score.parts) == len(sheet.problems) == 1
    songs = {sheet.title: sheet for sheet in read_pop909(tmp_path)}
    assert songs["002"].score.chords == ()
    assert list(read_pop909(tmp_path, excluded=frozenset({"001", "002"}))) == []


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(-1, 179)), min_size=1, max_size=8), seeds)
def test_cutting_spans_keeps_the_time_and_its_labels(
    lengths: list[tuple[int, int]], seed: int
) -> None:
    spans, at = [], 0
    for quarters, target in lengths:
        spans.append((at, at + quarters * PPQ, target))
        at = spans[-1][1]

    def by_quarter(cut: list[tuple[int, int, int]]) -> list[int]:
        return [target for start, end, target in cut for _ in range((end - start) // PPQ)]

    assert by_quarter(cut_at_beats(spans)) == by_quarter(spans)
    cut = cut_at_random(spans, np.random.default_rng(seed), share=0.7)
    assert by_quarter(cut) == by_quarter(spans)
    kept = [span for span in spans if span[2] >= 0]
    if kept:
        assert by_quarter(fill_gaps(kept, at)) == by_quarter(spans)


def test_examples_leave_out_what_has_no_label_or_no_sound() -> None:
    events = Events.from_notes([Note(0, PPQ, 60), Note(PPQ, PPQ, 62)])
    examples = Examples()
    examples.add(events, [(0, PPQ, 3), (PPQ, 2 * PPQ, -1), (2 * PPQ, 3 * PPQ, 4)])
    channels, general, target, weight = examples.arrays()
    assert target.tolist() == [3]
    assert len(channels) == len(general) == len(weight) == 1


def test_a_net_is_written_and_read_back(tmp_path: Path) -> None:
    net, _ = shipped_net()
    save_net(net, tmp_path / "net.npz")
    again = load_net(tmp_path / "net.npz")
    described = describe(Events.from_notes([Note(0, PPQ, 60), Note(0, PPQ, 63)]), [0, PPQ])
    np.testing.assert_array_equal(again.evidence(*described), net.evidence(*described))


@pytest.mark.slow
def test_training_learns_plain_chords() -> None:
    pytest.importorskip("torch")
    from tapeloom.train.chord_labels import measure, train

    rng = np.random.default_rng(0)
    sets = []
    for count in (300, 30):
        examples = Examples()
        for _ in range(count):
            piece = plain(rng, length=12)
            spans = [(c.start, c.end, state_of(c.root, c.quality)) for c in piece.chords]
            examples.add(piece.events, spans)
        sets.append(examples.arrays())
    figures = measure(train(sets[:1], hidden=16, epochs=6, seed=0, batch=64), sets[1])
    assert figures["net chord"] > 90
    assert figures["net chord"] > figures["rules chord"]
