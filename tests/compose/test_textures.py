import numpy as np
import pytest

from tapeloom.compose.textures import TEXTURES, set_texture
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Note, Part, Score, Section
from tapeloom.core.time import PPQ
from tapeloom.theory.orchestration import check_playability

BAR = 4 * PPQ
TUNE = (72, 74, 76, 72, 77, 76, 74, 71)


def quartet() -> Score:
    """Eight bars for four: two sections of four bars with a rest in the middle of each."""
    tune = tuple(
        Note(bar * BAR + beat * PPQ, PPQ, TUNE[(beat + 4 * bar) % 8])
        for bar in (0, 1, 2, 4, 5, 6) for beat in range(3 if bar in (1, 5) else 4)
    )  # fmt: skip
    chords = tuple(ChordSpan(i * BAR, (i + 1) * BAR, Chord.parse(name))
                   for i, name in enumerate(("C", "F", "G7", "C") * 2))  # fmt: skip
    inner = tuple(Note(bar * BAR, BAR, 64) for bar in range(8))
    return Score(
        (
            Part("violin 1", "melody", "violin", tune), Part("violin 2", "other", "violin", inner),
            Part("viola", "other", "viola", inner),
            Part("cello", "bass", "cello", tuple(Note(b * BAR, BAR, 40) for b in range(8))),
            Part("drums", "drums", "jazz_kit", (Note(0, PPQ, 36),)),
        ),
        keys=((0, Key("C", "major")),), chords=chords,
        sections=(Section("A", 0, 4 * BAR), Section("B", 4 * BAR, 8 * BAR)),
    )  # fmt: skip


def in_b(score: Score, name: str) -> list[Note]:
    part = next(part for part in score.parts if part.name == name)
    return [note for note in part.notes if note.start >= 4 * BAR]


@pytest.mark.parametrize("texture", TEXTURES)
def test_a_texture_changes_its_section_alone_and_keeps_the_tune(texture: str) -> None:
    before = quartet()
    after = set_texture(before, "B", texture, rng=np.random.default_rng(1))
    assert check_playability(after) == ()
    for old, new in zip(before.parts, after.parts, strict=True):
        assert [n for n in old.notes if n.start < 4 * BAR] == [
            n for n in new.notes if n.start < 4 * BAR
        ]
    tune = {(n.start, n.pitch % 12) for n in in_b(before, "violin 1")}
    heard = {(n.start, n.pitch % 12) for p in after.parts for n in p.notes}
    assert tune <= heard
    again = set_texture(before, range(4, 8), texture, rng=np.random.default_rng(1))
    assert again == after


def make(texture: str) -> Score:
    return set_texture(quartet(), "B", texture, rng=np.random.default_rng(1))


def test_alone_nobody_else_plays() -> None:
    after = make("solo")
    assert [bool(in_b(after, n)) for n in ("violin 1", "violin 2", "viola", "cello")] == [
        True, False, False, False,
    ]  # fmt: skip


def test_in_tutti_all_play_one_tune_in_octaves() -> None:
    after = make("tutti")
    tune = [(n.start, n.pitch % 12) for n in in_b(after, "violin 1")]
    for name in ("violin 2", "viola", "cello"):
        assert [(n.start, n.pitch % 12) for n in in_b(after, name)] == tune


def test_in_a_chorale_all_move_together_on_tones_of_the_chord() -> None:
    after = make("homophonic")
    onsets = {note.start for note in in_b(after, "violin 1")}
    for name in ("violin 2", "viola"):
        assert {note.start for note in in_b(after, name)} == onsets
        for note in in_b(after, name):
            chord = after.chord_at(note.start)
            assert chord is not None
            assert note.pitch % 12 in chord.pitch_classes


def test_heterophony_is_one_tune_in_several_shapes() -> None:
    after = make("heterophonic")
    tune = {(n.start, n.pitch % 12) for n in in_b(after, "violin 1")}
    other = {(n.start, n.pitch % 12) for n in in_b(after, "violin 2")}
    assert other != tune
    assert len(other & tune) > 0.6 * len(tune)


def test_voices_imitate_one_after_another() -> None:
    after = make("polyphonic")
    head = [n.start - 4 * BAR for n in in_b(after, "violin 1")][:4]
    entries = [in_b(after, name) for name in ("violin 2", "viola")]
    for number, entry in enumerate(entries, 1):
        assert [n.start - (4 + number) * BAR for n in entry[:4]] == head
    contour = np.sign(np.diff([n.pitch for n in in_b(after, "violin 1")[:4]]))
    heard = np.sign(np.diff([n.pitch for n in entries[0][:4]]))
    assert (contour == heard).sum() >= 2


def test_a_call_is_answered_by_others() -> None:
    after = make("call and response")
    lead = {n.start for n in in_b(after, "violin 1")}
    others = {n.start for n in in_b(after, "violin 2")}
    assert lead
    assert others
    assert not lead & others


def test_what_cannot_be_set_is_said() -> None:
    with pytest.raises(InputError, match="no texture; choose one of solo"):
        set_texture(quartet(), "A", "thick", rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="its sections are A, B"):
        set_texture(quartet(), "C", "solo", rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="bars 0 to 7"):
        set_texture(quartet(), range(4, 12), "solo", rng=np.random.default_rng(1))
