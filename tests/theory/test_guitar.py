import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord
from tapeloom.theory.guitar import FINGERS, SPAN, TUNING, GuitarShape, guitar_shapes, lead_shapes
from tapeloom.theory.voicing import steps_in_need, voicings

chords = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))

# What every guitarist plays first.
EASIEST = {
    "C": "x32010", "G": "320003", "D": "xx0232", "A": "x02220", "E": "022100", "Am": "x02210",
    "Em": "022000", "Dm": "xx0231", "F": "133211", "E7": "020100", "A7": "x02020", "D7": "xx0212",
    "G7": "320001", "B7": "x21202", "Cmaj7": "x32000", "Am7": "x02010", "Em7": "020000",
}  # fmt: skip
KNOWN = {
    "Bm": "x24432", "Gm": "355333", "Bb": "x13331", "Cm7": "x35343", "C9": "x3233x",
    "E7#9": "x7678x", "F#m7b5": "2x221x", "Bdim7": "x2313x", "C13": "8-x-8-9-10-x",
    "D/F#": "2x0232",
    "C/G": "332010", "G/B": "x20003", "Fmaj7": "xx3210", "Dm7": "xx0211", "Cmaj9": "x3243x",
    "Dm9": "x5355x", "Asus4": "x02230", "Dsus2": "xx0230", "Caug": "x32110", "A6": "x02222",
}  # fmt: skip


@pytest.mark.parametrize(("name", "shape"), EASIEST.items())
def test_the_easiest_shape_is_the_campfires(name: str, shape: str) -> None:
    assert str(guitar_shapes(Chord.parse(name))[0]) == shape


@pytest.mark.parametrize(("name", "shape"), KNOWN.items())
def test_known_shapes_are_found(name: str, shape: str) -> None:
    assert shape in {str(each) for each in guitar_shapes(Chord.parse(name))}


@given(chords)
def test_a_shape_can_be_held_and_tells_its_chord(chord: Chord) -> None:
    shapes = guitar_shapes(chord)
    assert shapes
    telling = [(chord.root + step) % 12 for step in steps_in_need(chord.quality)]
    for shape in shapes:
        pressed = [fret for fret in shape.frets if fret]
        assert not pressed or max(pressed) - min(pressed) < SPAN
        assert shape.fingers <= FINGERS
        assert shape.pitches[0] % 12 == chord.root
        assert {pitch % 12 for pitch in shape.pitches} <= set(chord.pitch_classes)
        assert telling[0] in {pitch % 12 for pitch in shape.pitches}
        assert list(shape.pitches) == sorted(set(shape.pitches))
        assert shape.barre is None or shape.fingers <= len(pressed)
    assert len(set(shapes)) == len(shapes)


@given(st.sampled_from(sorted(QUALITIES)), st.integers(0, 8), st.integers(1, 3))
def test_shapes_move_along_the_neck(quality: str, root: int, by: int) -> None:
    """A shape without open strings is as good a few frets up."""

    def closed(chord: Chord, at: int) -> set[tuple[int | None, ...]]:
        return {
            tuple(None if fret is None else fret - at for fret in shape.frets)
            for shape in guitar_shapes(chord)
            if 0 not in shape.frets and shape.position - at > 0
            and max(fret or 0 for fret in shape.frets) - at <= 12 - by
        }  # fmt: skip

    assert closed(Chord(root, quality), 0) == closed(Chord(root + by, quality), by)


@given(chords)
def test_shapes_print_and_parse(chord: Chord) -> None:
    for shape in guitar_shapes(chord, strings=4):
        assert GuitarShape.parse(str(shape)) == shape


def test_fingers_and_barres() -> None:
    for text, fingers, barre in (
        ("133211", 4, 1), ("x24432", 4, 2), ("xx0232", 2, 2), ("000000", 0, None),
        ("x02220", 3, None), ("577555", 3, 5), ("xx3211", 3, 1),
    ):  # fmt: skip
        shape = GuitarShape.parse(text)
        assert (shape.fingers, shape.barre) == (fingers, barre), text


def test_another_tuning() -> None:
    ukulele = (60, 64, 67, 69)
    shapes = guitar_shapes(Chord.parse("C"), strings=4, tuning=ukulele)
    assert "0003" in {str(shape) for shape in shapes}


def test_a_progression_stays_where_the_hand_is() -> None:
    path = lead_shapes([Chord.parse(name) for name in ("Dm7", "G7", "Cmaj7")], strings=4)
    positions = [shape.position for shape in path]
    assert max(positions) - min(positions) <= 4
    assert lead_shapes([]) == ()


def test_the_style_guitar_sounds_shapes() -> None:
    found = voicings(Chord.parse("C"), style="guitar", voices=5)
    assert (48, 52, 55, 60, 64) in found
    playable = {shape.pitches for shape in guitar_shapes(Chord.parse("C"), strings=5)}
    assert set(found) <= playable


def test_bad_shapes_are_refused() -> None:
    for wrong, match in (
        (lambda: GuitarShape.parse("x3201h"), "'x3201h' is no guitar shape"),
        (lambda: GuitarShape.parse("x3201"), "5 strings, its tuning 6"),
        (lambda: GuitarShape((0, 0, 0, 0, 0, 30)), "between 0 and 24"),
        (lambda: guitar_shapes(Chord(0), strings=9), "strings is 9"),
        (lambda: lead_shapes([Chord(0, "maj13")], strings=1), "no guitar shape of Cmaj13"),
    ):
        with pytest.raises(InputError, match=match):
            wrong()
    assert TUNING == (40, 45, 50, 55, 59, 64)
