import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.harmony import MODES, QUALITIES, Chord, Key
from tapeloom.theory.chord_scales import PLAYED, avoided, chord_scales
from tapeloom.theory.scales import SCALES, scale

chords = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))
keys = st.builds(Key, st.sampled_from(["C", "Eb", "F#", "A"]), st.sampled_from(sorted(MODES)))


@given(chords, st.none() | keys)
def test_every_choice_holds_the_chord(chord, key):
    for choice in chord_scales(chord, key):
        held = set(chord.pitch_classes)
        assert held <= set(choice.tones) == set(scale(chord.root, choice.name))
        assert not held & set(choice.avoid)
        tensions = {(chord.root + step) % 12 for step in choice.tensions}
        assert not tensions & (held | set(choice.avoid))
        assert all(13 <= step <= 21 for step in choice.tensions)


@given(chords, st.integers(1, 11))
def test_choices_commute_with_transposition(chord, semitones):
    here, there = chord_scales(chord), chord_scales(chord.transpose(semitones))
    assert [(c.name, c.tensions, c.price) for c in here] == [
        (c.name, c.tensions, c.price) for c in there
    ]


@pytest.mark.parametrize(
    ("symbol", "key", "first"),
    [("Dm7", "C major", "dorian"), ("G7", "C major", "mixolydian"), ("Cmaj7", "C major", "major"),
     ("Em7", "C major", "phrygian"), ("Fmaj7", "C major", "lydian"), ("Am7", "C major", "minor"),
     ("Bm7b5", "C major", "locrian"), ("Cmaj7", None, "lydian"), ("C7#11", None, "lydian dominant"),
     ("C7alt", None, "altered"), ("C13b9", None, "half-whole"), ("Cdim7", None, "whole-half"),
     ("C7#5", None, "whole tone"), ("G7b9b13", "C minor", "phrygian dominant"),
     ("CmMaj7", None, "melodic minor"), ("Cm7b5", None, "locrian natural 2"),
     ("Bb7", "C major", "lydian dominant"), ("Fm7", "C major", "dorian"),
     ("Fm6", "C major", "melodic minor"), ("Abmaj7", "C major", "lydian"),
     ("Dbmaj7", "C major", "lydian"), ("Dm7b5", "C major", "locrian"),
     ("C#dim7", "C major", "whole-half"), ("G7#9", "C major", "half-whole"),
     ("Gaug7", "C major", "whole tone"), ("Cmaj7#5", "A minor", "lydian augmented"),
     ("Am6", "A minor", "melodic minor"), ("AmMaj7", "A minor", "melodic minor"),
     ("E7b9", "A minor", "phrygian dominant"), ("G13b9", "C major", "half-whole"),
     ("Db7", "C major", "lydian dominant"), ("Bbmaj7", "C major", "lydian"),
     ("Gm7", "C major", "dorian"), ("Ebmaj7", "C major", "lydian")],
)  # fmt: skip
def test_what_players_choose(symbol, key, first):
    choices = chord_scales(Chord.parse(symbol), None if key is None else Key.parse(key))
    assert choices[0].name == first, [choice.name for choice in choices[:4]]


def test_a_scale_for_one_family_is_not_offered_to_another():
    c = Key("C", "major")
    for symbol in ("Cmaj7", "Dm7", "Bm7b5", "F6"):
        names = [choice.name for choice in chord_scales(Chord.parse(symbol), c)]
        assert "bebop dominant" not in names
        assert ("blues" in names) == (symbol == "Dm7")


def test_avoid_tones_and_tensions_of_textbooks():
    assert avoided(Chord.parse("Cmaj7"), scale(0, "major")) == (5,)
    assert avoided(Chord.parse("Em7"), scale(4, "phrygian")) == (5, 0)
    assert avoided(Chord.parse("Dm7"), scale(2, "dorian")) == ()
    assert avoided(Chord.parse("G7"), scale(7, "mixolydian")) == (0,)
    lydian = chord_scales(Chord.parse("Cmaj7"))[0]
    assert lydian.tensions == (14, 18, 21)
    altered = chord_scales(Chord.parse("G7alt"))[0]
    assert altered.avoid == ()


def test_the_list_of_scales_is_of_the_catalogue():
    assert set(PLAYED) <= set(SCALES)
    assert len(set(PLAYED)) == len(PLAYED)
