"""What theory mends in parts that a model wrote."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.compose.repair import LOW, RUB, repair
from tapeloom.core.harmony import Chord
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Note, Part, Score, Section
from tapeloom.core.strikes import separate
from tapeloom.core.time import PPQ
from tapeloom.theory.instruments import instrument

BAR = Meter().bar_ticks
SYMBOLS = ("Am9", "F/C", "Dm7", "E7b9", "C6", "Bm7b5", "Gsus4")


def over(symbols: str, *parts: Part) -> Score:
    """Parts over a chord a bar."""
    names = symbols.split()
    chords = tuple(
        ChordSpan(bar * BAR, (bar + 1) * BAR, Chord.parse(name)) for bar, name in enumerate(names)
    )
    return Score(parts, chords=chords, sections=(Section("A", 0, len(names) * BAR),))


def line(role: str, *notes: tuple[int, int], beats: int = 1, instrument: str = "") -> Part:
    """A part of (beat, pitch)."""
    return Part(role, role, instrument, tuple(Note(b * PPQ, beats * PPQ, p) for b, p in notes))


def test_the_first_bass_note_under_a_chord_is_its_bass() -> None:
    bass = line("bass", (0, 40), (2, 40), (5, 41), (6, 41), (8, 38), (12, 43))
    mended = repair(over("Am F/C Dm Em", bass)).part("bass").notes
    assert [n.pitch % 12 for n in mended] == [9, 4, 0, 5, 2, 4]
    assert [(n.start, n.duration) for n in mended] == [(n.start, n.duration) for n in bass.notes]
    assert all(abs(a.pitch - b.pitch) <= 6 for a, b in zip(mended, bass.notes, strict=True))


def test_the_bass_stays_where_it_can_be_played() -> None:
    low, high = instrument("upright_bass").comfortable
    bass = line("bass", (0, low), (4, high), instrument="upright_bass")
    mended = repair(over("Eb Bb", bass)).part("bass").notes
    assert [n.pitch % 12 for n in mended] == [3, 10]
    assert all(low <= n.pitch <= high for n in mended)


def test_chords_leave_out_what_rubs_with_the_melody() -> None:
    melody = line("melody", (0, 72), (4, 76))
    keys = line("keys", (0, 64), (0, 71), (0, 72), (0, 73), (4, 64), (4, 74), (5, 75))
    for role in ("keys", "pad", "guitar"):
        mended = repair(over("Am C", melody, replace(keys, name=role, role=role)))
        assert [n.pitch for n in mended.part(role).notes] == [64, 64, 74, 75]
        assert mended.part("melody") == melody


def test_low_semitones_are_left_out_and_high_ones_stay() -> None:
    keys = line("keys", (0, 52), (0, 53), (0, 71), (0, 72), (1, 59), (1, 60))
    mended = repair(over("Fmaj7", keys)).part("keys").notes
    assert [n.pitch for n in mended] == [52, 71, 72, 59, 60]


def test_a_melody_ends_on_a_tone_of_its_chord() -> None:
    melody = line("melody", (0, 74), (6, 74), beats=2)
    mended = repair(over("C F", melody)).part("melody").notes
    assert (mended[0].pitch, mended[1].pitch % 12 in (5, 9, 0)) == (74, True)
    assert abs(mended[1].pitch - 74) <= 2
    fits = line("melody", (0, 74), (6, 77), beats=2)
    assert repair(over("C F", fits)).part("melody") == fits
    early = line("melody", (0, 74), beats=2)  # it ends long before the piece
    assert repair(over("C F C F", early)).part("melody") == early


@pytest.mark.parametrize("pitch", [0, 1, 126, 127])
def test_the_ends_of_the_keyboard_are_kept(pitch: int) -> None:
    repair(over("Bbm", line("melody", (0, pitch)), line("bass", (0, pitch))))


def test_without_chords_and_without_notes_nothing_is_mended() -> None:
    melody, drums = line("melody", (0, 61)), line("drums", (0, 36), (0, 37))
    score = Score((melody, drums))
    assert repair(score) == score
    assert repair(Score((*score.parts, Part("keys", "keys")))) == score
    assert repair(Score(())) == Score(())


notes = st.builds(
    Note,
    st.integers(0, 4 * BAR - 1).map(lambda tick: tick // 2520 * 2520),
    st.integers(1, 2 * BAR),
    st.integers(28, 90),
)
parts = st.lists(notes, max_size=24).map(tuple)


@given(parts, parts, parts, st.lists(st.sampled_from(SYMBOLS), min_size=4, max_size=4))
def test_laws_of_repair(
    tune: tuple[Note, ...], chords: tuple[Note, ...], low: tuple[Note, ...], names: list[str]
) -> None:
    melody = tuple(separate(tune, alone=True))
    bass = tuple(separate([replace(n, pitch=28 + n.pitch % 24) for n in low], alone=True))
    score = over(
        " ".join(names), Part("melody", "melody", notes=melody),
        Part("keys", "keys", notes=chords), Part("bass", "bass", notes=bass),
    )  # fmt: skip
    mended = repair(score)
    assert repair(mended).parts == mended.parts
    assert replace(mended, parts=()) == replace(score, parts=())
    by_role = {part.role: part.notes for part in mended.parts}
    for note in by_role.get("keys", ()):
        assert note in chords
        together = [n.pitch for n in by_role.get("melody", ()) if n.start == note.start]
        assert not any(abs(pitch - note.pitch) in (0, RUB) for pitch in together)
    struck = sorted((n.start, n.pitch) for n in by_role.get("keys", ()))
    for (a, p), (b, q) in itertools.pairwise(struck):
        assert a != b or q - p != RUB or q >= LOW
    for span in score.chords:
        under = [n for n in by_role.get("bass", ()) if span.start <= n.start < span.end]
        assert not under or under[0].pitch % 12 == span.chord.bass_pitch_class


@given(parts, st.booleans())
def test_laws_of_separate_notes(held: tuple[Note, ...], alone: bool) -> None:
    apart = separate(held, alone=alone)
    assert separate(apart, alone=alone) == apart
    assert {n.start for n in apart} == {n.start for n in held}
    ends: dict[int, int] = {}
    for note in apart:
        voice = 0 if alone else note.pitch
        assert ends.get(voice, 0) <= note.start
        ends[voice] = note.end
    assert {(n.start, n.pitch) for n in apart} <= {(n.start, n.pitch) for n in held}
    if not alone:
        assert {(n.start, n.pitch) for n in apart} == {(n.start, n.pitch) for n in held}
