import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory import chord_net, recognition
from tapeloom.theory.chord_net import shipped_net
from tapeloom.theory.chord_rules import rotations
from tapeloom.theory.events import Events
from tapeloom.theory.recognition import (
    LABELS,
    STATES,
    bass_of,
    beat_edges,
    best_path,
    chord_evidence,
    find_boundaries,
    recognise,
    recognise_chords,
)
from tapeloom.theory.span_features import CHANNELS

roots = st.integers(0, 11)
spans_of_notes = st.lists(
    st.builds(
        lambda start, length, pitch: Note(start * PPQ // 4, length * PPQ // 4, pitch),
        st.integers(0, 31), st.integers(1, 8), st.integers(36, 84),
    ),
    max_size=40,
)  # fmt: skip
EDGES = np.arange(9) * PPQ


def block(chords: list[Chord], *, unit: int = PPQ) -> list[Note]:
    """Write chords in root position over a doubled root."""
    notes = []
    for i, chord in enumerate(chords):
        notes.append(Note(i * unit, unit, 36 + chord.root))
        notes.extend(Note(i * unit, unit, 60 + pitch) for pitch in chord.pitch_classes)
    return notes


def named(chords: list[Chord], *, unit: int = PPQ) -> list[Chord]:
    """Name written chords, each span on its own."""
    edges = np.arange(len(chords) + 1) * unit
    evidence = chord_evidence(Events.from_notes(block(chords, unit=unit)), edges)
    best = evidence.reshape(-1, STATES).argmax(axis=1)
    return [Chord(int(at) // len(LABELS), LABELS[at % len(LABELS)]) for at in best]


@given(st.lists(st.tuples(roots, st.sampled_from(("maj", "min", "7", "maj7", "min7", "hdim7"))),
                min_size=1, max_size=8))  # fmt: skip
def test_chords_are_recognised_from_their_notes(chords: list[tuple[int, str]]) -> None:
    written = [Chord(root, quality) for root, quality in chords]
    edges = range(0, PPQ * len(written) + 1, PPQ)
    found = recognise_chords(block(written), edges, change_cost=0.0)
    heard = [next(s.chord for s in found if s.start <= at < s.end) for at in edges[:-1]]
    assert heard == written


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("unit", [PPQ // 2, PPQ, 4 * PPQ])
def test_a_chord_played_whole_is_named_in_every_root(label: str, unit: int) -> None:
    for root in range(12):
        assert named([Chord(root, label)], unit=unit) == [Chord(root, label)]


@given(spans_of_notes, st.integers(-12, 12))
def test_transposed_notes_make_transposed_evidence(notes: list[Note], semitones: int) -> None:
    events = Events.from_notes(notes)
    evidence = chord_evidence(events, EDGES)
    moved = chord_evidence(events.transpose(semitones), EDGES)
    np.testing.assert_allclose(moved, np.roll(evidence, semitones, axis=1), atol=1e-4)
    basses = bass_of(events, EDGES)
    expected = np.where(basses < 0, -1, (basses + semitones) % 12)
    np.testing.assert_array_equal(bass_of(events.transpose(semitones), EDGES), expected)


@given(spans_of_notes)
def test_evidence_is_a_distribution_and_silence_knows_nothing(notes: list[Note]) -> None:
    events = Events.from_notes(notes)
    evidence = chord_evidence(events, EDGES)
    assert evidence.shape == (8, 12, len(LABELS))
    np.testing.assert_allclose(np.exp(evidence).sum(axis=(1, 2)), 1.0)
    for k in range(8):
        if not len(events.between(int(EDGES[k]), int(EDGES[k + 1]))):
            np.testing.assert_allclose(np.exp(evidence[k]), 1 / STATES)


@given(spans_of_notes)
def test_chords_found_follow_one_another_and_change_at_beats(notes: list[Note]) -> None:
    events = Events.from_notes(notes)
    found = recognise(events)
    assert bool(found) == bool(notes)
    for one, after in itertools.pairwise(found):
        assert one.end == after.start
        assert (one.chord.root, one.chord.quality) != (after.chord.root, after.chord.quality)
    assert all(heard.start % PPQ == 0 and 0.0 <= heard.confidence <= 1.0 for heard in found)
    if found:
        assert found[0].start == 0
        assert found[-1].end >= events.last
        edges = [heard.start for heard in found] + [found[-1].end]
        assert find_boundaries(events).tolist() == edges


def test_boundaries_lie_where_the_harmony_changes() -> None:
    written = [Chord.parse(text) for text in ("C", "C", "Am", "F", "F", "F", "G7", "C")]
    found = recognise(Events.from_notes(block(written)))
    assert [str(heard.chord) for heard in found] == ["C", "Am", "F", "G7", "C"]
    assert [heard.start // PPQ for heard in found] == [0, 2, 3, 6, 7]


def test_the_bass_is_told_in_inversions() -> None:
    notes = [Note(0, 4 * PPQ, pitch) for pitch in (40, 55, 60, 64)]
    assert [str(heard.chord) for heard in recognise(Events.from_notes(notes))] == ["C/E"]


def test_passing_notes_leave_the_chord_as_it_is() -> None:
    notes = [Note(0, 2 * PPQ, pitch) for pitch in (43, 55, 59)]
    notes += [Note(i * PPQ // 2, PPQ // 2, pitch) for i, pitch in enumerate((67, 69, 71, 72))]
    assert recognise(Events.from_notes(notes))[0].chord == Chord.parse("G")


def test_a_cadential_six_four_is_a_dominant() -> None:
    chords = [(48, 60, 64, 67), (41, 60, 65, 69), (43, 60, 64, 67), (43, 59, 62, 65), (48, 60, 64)]
    notes = [Note(i * PPQ, PPQ, pitch) for i, chord in enumerate(chords) for pitch in chord]
    evidence = chord_evidence(Events.from_notes(notes), np.arange(6) * PPQ)
    dominant = np.exp(evidence[2, 7]).sum()
    assert dominant > np.exp(evidence[0, 7]).sum()
    assert dominant > 0.2  # the tonic's notes, yet much of the weight is on G


def test_music_without_notes_has_no_chords() -> None:
    empty = Events.from_notes([])
    assert recognise(empty) == ()
    assert find_boundaries(empty).tolist() == []
    assert bass_of(empty, [0, PPQ]).tolist() == [-1]
    assert chord_evidence(empty, []).shape == (0, 12, len(LABELS))
    assert recognise_chords([], [0]) == ()
    drums = Score((Part("drums", "drums", notes=(Note(0, PPQ, 36), Note(PPQ, PPQ, 38))),))
    assert recognise(Events.from_score(drums), drums.meters) == ()


def test_one_note_and_all_twelve_are_named_without_certainty() -> None:
    (one,) = recognise(Events.from_notes([Note(0, PPQ, 60)]))
    (all_twelve,) = recognise(Events.from_notes([Note(0, PPQ, 60 + k) for k in range(12)]))
    triad = recognise(Events.from_notes([Note(0, PPQ, pitch) for pitch in (48, 60, 64, 67)]))[0]
    assert one.confidence < triad.confidence
    assert all_twelve.confidence < 0.6 < triad.confidence


@pytest.mark.parametrize("edges", [[0, 0], [4, 2, 8]])
def test_edges_must_rise(edges: list[int]) -> None:
    with pytest.raises(InputError, match="must rise"):
        chord_evidence(Events.from_notes([Note(0, 4, 60)]), edges)


def test_music_without_end_is_refused() -> None:
    with pytest.raises(InputError, match="cut it into pieces"):
        recognise(Events.from_notes([Note(2**40, 4, 60)]))


def test_beats_follow_the_meters() -> None:
    meters = ((0, Meter(3, 4)), (3 * PPQ, Meter(6, 8)), (6 * PPQ, Meter(7, 8)))
    quarters = beat_edges(meters, 8 * PPQ) / PPQ
    assert quarters.tolist() == [0, 1, 2, 3, 4.5, 6, 6.5, 7, 7.5, 8]


@given(st.lists(st.lists(st.integers(-8, 0), min_size=3, max_size=3), min_size=1, max_size=5),
       st.integers(0, 6))  # fmt: skip
def test_the_best_path_is_the_best_of_all(rows: list[list[int]], cost: int) -> None:
    evidence = np.array(rows, np.float64)
    paths = np.stack(np.meshgrid(*[range(3)] * len(rows), indexing="ij"), -1).reshape(-1, len(rows))

    def worth(path: np.ndarray) -> float:
        return float(evidence[np.arange(len(rows)), path].sum() - cost * (np.diff(path) != 0).sum())

    found = best_path(evidence, change_cost=cost)
    assert worth(np.array(found)) == max(worth(path) for path in paths)


def test_the_spectrum_sees_what_the_layer_sees_from_each_root() -> None:
    net, spectrum = shipped_net()
    channels = np.random.default_rng(0).random((5, CHANNELS, 12)).astype(np.float32)
    turned = channels[:, :, rotations()].swapaxes(1, 2).reshape(5, 12, -1)
    plain = turned @ net.first[: CHANNELS * 12]
    found = chord_net._first_layer(spectrum, channels)
    np.testing.assert_allclose(found.swapaxes(0, 1), plain, atol=1e-4)


def test_the_path_is_found_uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = np.random.default_rng(1).normal(size=(12, 4))
    compiled = best_path(evidence, change_cost=1.0)
    monkeypatch.setattr(recognition, "_kernel", lambda: recognition.follow_best)
    assert best_path(evidence, change_cost=1.0) == compiled
