from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.harmony import Chord
from tapeloom.core.score import Note
from tapeloom.theory.recognition import recognise_chords


@given(st.lists(st.sampled_from(("maj", "min", "7", "maj7", "min7")), min_size=1, max_size=8),
       st.data())  # fmt: skip
def test_chords_are_recognised_from_their_notes(qualities: list[str], data: st.DataObject) -> None:
    roots = [data.draw(st.integers(0, 11)) for _ in qualities]
    written = [Chord(root, quality) for root, quality in zip(roots, qualities, strict=True)]
    notes = []
    for i, chord in enumerate(written):
        notes.append(Note(i * 8, 8, 36 + chord.root))
        notes.extend(Note(i * 8, 8, 60 + (chord.root + step) % 12) for step in chord.intervals)
    edges = range(0, 8 * len(written) + 1, 8)
    found = recognise_chords(notes, edges, change_cost=0.0)
    heard = [next(s.chord for s in found if s.start <= i * 8 < s.end) for i in range(len(written))]
    assert heard == written
