import contextlib
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.chord_grammar import DEGREE_OF, write_degree
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, QUALITIES, Chord, Key, parse_chords
from tapeloom.core.pitch import FLAT_NAMES, SHARP_NAMES

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from mir_eval import chord as oracle

CHORDS = st.builds(
    Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)), st.none() | st.integers(0, 11)
)


@given(CHORDS)
def test_chords_print_and_parse_both_ways(chord):
    assert Chord.parse(str(chord)) == chord
    assert Chord.parse_harte(chord.harte()) == chord


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("root", range(12))
def test_mir_eval_reads_our_harte_text_as_the_same_notes(quality, root):
    chord = Chord(root, quality)
    heard_root, bitmap, bass = oracle.encode(chord.harte(), reduce_extended_chords=True)
    assert {(heard_root + i) % 12 for i in range(12) if bitmap[i]} == set(chord.pitch_classes)
    assert (heard_root, bass) == (root, 0)
    # Without extensions it hears what lies below the octave; the rest is left out, nothing added.
    _, plain, _ = oracle.encode(chord.harte())
    heard = {(root + i) % 12 for i in range(12) if plain[i]}
    assert {(root + i) % 12 for i in chord.intervals if i < 12} == heard


@given(CHORDS)
def test_mir_eval_hears_our_bass(chord):
    root, _, bass = oracle.encode(chord.harte())
    assert (root + bass) % 12 == chord.bass_pitch_class


@given(CHORDS, st.integers(-24, 24))
def test_transposing_there_and_back_is_nothing(chord, semitones):
    assert chord.transpose(semitones).transpose(-semitones) == chord
    moved = chord.transpose(semitones)
    assert {(pc + semitones) % 12 for pc in chord.pitch_classes} == set(moved.pitch_classes)


SPELLINGS = """
maj7: C7M CM7 Cmaj7 CMaj7 CMAJ7 Cma7 CMA7 C(maj7) CΔ CΔ7 C△7 C^ C^7 Cj7 Cmajor7
min7: Cm7 C-7 Cmi7 Cmin7 CMin7 Cminor7
min: Cm C- Cmi Cmin
hdim7: Chalfdim Chalf-dim7 Cø Cø7 Cm7b5 C-7b5 Cm7-5 Cm7(b5) Cmin7b5 Cm7♭5
dim: Cdim C° Co
dim7: Cdim7 C°7 Co7 Cdiminished7
aug: Caug C+ C(#5)
aug7: C+7 C7+ C7#5 Caug7 C7aug C7(#5) C7+5
augmaj7: Cmaj7#5 C+M7 CaugMaj7 Cmaj7+5
minmaj7: Cm7M CmMaj7 CmM7 Cm(maj7) Cmin(maj7) Cm(M7) C-Δ7 CmΔ C-maj7 Cm#7
dimmaj7: CdimMaj7 Cdim(maj7) C°M7
sus4: Csus Csus4
7sus4: C7sus C7sus4 C7(sus4) Csus7
9sus4: C9sus C9sus4 C7sus4(9)
7b9sus4: C7b9sus4 C7sus4b9 C7susb9 C7sus(b9)
6/9: C69 C6/9 C6add9 C6(9)
min6/9: Cm69 Cm6/9 C-69 Cmi6/9
add9: Cadd9 C(add9) Cadd2 C2
7b9: C7b9 C7(b9) C7-9 C7♭9 C7[b9]
7#9: C7#9 C7(#9) C7+9 C7♯9
7#5#9: C7#5#9 C7#9#5 C7(#9,#5) C7(#5#9) C+7#9 C7(#5)(#9)
7b9#11: C7(b9,#11) C7b9#11 C7#11b9 C7(#11,b9)
13b9: C13b9 C13(b9) C7b9(13)
7alt: C7alt Calt C7(alt)
5: C5 Cno3 C(no3) Comit3
9: C9 C7(9) C7add9
13: C13 C9(13) C7(9,13)
minb6: Cmb6 Cm(b6)
9b5: C9b5 C9(b5)
aug9: C9#5 C+9 C9(#5)
sus2sus4: Csus2sus4 Csus24 Csus4add9
"""


@pytest.mark.parametrize("line", SPELLINGS.split("\n")[1:-1])
def test_other_spellings_of_chords(line):
    quality, _, texts = line.partition(": ")
    for text in texts.split():
        assert Chord.parse(text) == Chord(0, quality), text
        assert Chord.parse(f"Eb{text[1:]}/G") == Chord(3, quality, 7), text


def test_a_raised_fifth_under_a_minor_third_is_written_short():
    assert Chord.parse("C-7#5").symbol() == "Cm7#5"
    assert Chord.parse("Cm#5").symbol() == "Cm#5"


def test_roots_of_every_spelling():
    for text, root in {"D#m": 3, "Ebb7": 2, "B##7": 1, "B#": 0, "E#m7": 5, "Cb": 11, "Fb7": 4,
                       "C♯m": 1, "B♭7": 10, "Cx7": 2}.items():  # fmt: skip
        assert Chord.parse(text).root == root
    assert Chord.parse("C/C") == Chord(0)
    assert Chord.parse("C6/9/E") == Chord(0, "6/9", 4)


@pytest.mark.parametrize(
    ("text", "quality"),
    [("D|C7", "13#11"), ("D/C7", "13#11"), ("D|C", "6/9#11"), ("Eb|C7", "7#9"), ("Em|C", "maj7"),
     ("G|C", "maj9"), ("Ab|C7", "7#9b13")],
)  # fmt: skip
def test_polychords_are_named_by_their_notes(text, quality):
    chord = Chord.parse(text)
    assert chord == Chord(0, quality)
    upper, lower = (Chord.parse(part) for part in text.replace("/", "|").split("|"))
    assert set(chord.pitch_classes) == {*upper.pitch_classes, *lower.pitch_classes}


ALL_SETS = st.sets(st.integers(1, 11)).map(lambda steps: (0, *sorted(steps)))


@given(ALL_SETS, st.integers(0, 11))
def test_any_notes_make_a_chord_that_prints_and_parses(steps, root):
    degrees = ",".join(write_degree(DEGREE_OF[step]) for step in steps)
    chord = Chord(root, f"({degrees})")
    assert set(chord.pitch_classes) == {(root + step) % 12 for step in steps}
    assert Chord.parse(str(chord)) == chord
    assert Chord.parse_harte(chord.harte()) == chord
    assert Chord(root, chord.quality) == chord


def test_harte_lists_leave_out_and_add():
    assert Chord.parse_harte("C:maj7(*5,9)").pitch_classes == (0, 4, 11, 2)
    assert Chord.parse_harte("C:(b3,5,b7)") == Chord(0, "min7")
    assert Chord.parse_harte("C:maj(*3)") == Chord(0, "5")
    assert Chord.parse_harte("Db:7/b7") == Chord(1, "7", 11)
    assert Chord.parse_harte("C:13") == Chord(0, "13")
    assert Chord.parse_harte("C") == Chord(0)


HARTE = st.builds(
    lambda root, short, added, bass: f"{root}:{short}({added}){bass}",
    st.sampled_from(["C", "F#", "Bb", "Ebb"]),
    st.sampled_from(["maj", "min", "7", "maj7", "min7", "hdim7", "dim7", "sus4", "maj6", "min9"]),
    st.lists(st.sampled_from(["9", "b9", "#11", "13", "*5", "*3", "b13", "11"]), min_size=1,
             unique=True).map(",".join),
    st.sampled_from(["", "/3", "/5", "/b7", "/2"]),
)  # fmt: skip


@given(HARTE)
def test_harte_lists_mean_what_mir_eval_hears(text):
    root, bitmap, bass = oracle.encode(text, reduce_extended_chords=True)
    chord = Chord.parse_harte(text)
    heard = {(root + i) % 12 for i in range(12) if bitmap[i]}
    assert {*chord.pitch_classes, chord.bass_pitch_class} == heard
    assert chord.bass_pitch_class == (root + bass) % 12


def test_a_line_of_chords():
    line = parse_chords("| Dm7 G7 | N.C. | Cmaj7, % || NC |")
    assert [str(chord) for chord in line] == ["Dm7", "G7", "None", "Cmaj7", "Cmaj7", "None"]
    assert parse_chords("") == ()
    assert parse_chords("D|C7 Em7") == (Chord(0, "13#11"), Chord(4, "min7"))
    with pytest.raises(InputError, match="there is none"):
        parse_chords("% C")
    with pytest.raises(InputError, match="'H7b5' is no chord"):
        parse_chords("C H7b5")


@pytest.mark.parametrize("text", ["H7b5", "Hm", "H"])
def test_the_german_h_is_explained(text):
    with pytest.raises(InputError, match=f"the German H is called B here: write B{text[1:]}$"):
        Chord.parse(text)


@given(st.text(max_size=12))
def test_any_text_is_a_chord_or_an_input_error(text):
    for parse in (Chord.parse, Chord.parse_harte, Key.parse, parse_chords):
        with contextlib.suppress(InputError):
            parse(text)


@given(st.text("CEGb#mMaj7913(),/|-+sus4doø°Δlt65", max_size=14))
def test_what_looks_like_a_chord_reads_the_same_when_written(text):
    try:
        chord = Chord.parse(text)
    except InputError:
        return
    assert Chord.parse(str(chord)) == chord


@pytest.mark.parametrize("text", ["", "H7", "Cfoo", "c", "C//E", "C:maj7", "N"])
def test_unknown_chords_are_refused(text):
    with pytest.raises(InputError, match="no chord that is known"):
        Chord.parse(text)


@pytest.mark.parametrize("text", ["", "H:maj", "C:foo", "C:maj/99", "N"])
def test_unknown_harte_chords_are_refused(text):
    with pytest.raises(InputError, match="no Harte chord"):
        Chord.parse_harte(text)


@pytest.mark.parametrize(
    "wrong", [{"root": 12}, {"root": 0, "bass": 12}, {"root": 0, "quality": "?"}]
)
def test_impossible_chords_are_refused(wrong):
    with pytest.raises(InputError):
        Chord(**wrong)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("tonic", sorted({*FLAT_NAMES, *SHARP_NAMES}))
def test_keys_print_and_parse(tonic, mode):
    key = Key(tonic, mode)
    assert Key.parse(str(key)) == key
    assert len(set(key.scale)) == 7
    assert key.scale[0] == key.pitch_class


def test_signatures_follow_the_circle_of_fifths():
    for tonic, sharps in {"C": 0, "G": 1, "D": 2, "A": 3, "F": -1, "Bb": -2, "Db": -5}.items():
        assert Key(tonic, "major").signature == sharps
    # Relative keys and modes share a signature.
    for text in ("A minor", "D dorian", "E phrygian", "F lydian", "G mixolydian", "B locrian"):
        assert Key.parse(text).signature == 0


@pytest.mark.parametrize(
    ("text", "tonic", "mode"),
    [("Am", "A", "minor"), ("a", "A", "major"), ("F#m", "F#", "minor"), ("Bb", "Bb", "major"),
     ("E♭ major", "Eb", "major"), ("CM", "C", "major"), ("d_dorian", "D", "dorian"),
     ("g-Mixolydian", "G", "mixolydian"), ("C ionian", "C", "major")],
)  # fmt: skip
def test_ways_to_write_a_key(text, tonic, mode):
    assert Key.parse(text) == Key(tonic, mode)


@pytest.mark.parametrize("text", ["H#", "", "A#b", "C hungarian", "minor", "12"])
def test_unknown_keys_are_refused(text):
    with pytest.raises(InputError, match="is no key"):
        Key.parse(text)


@pytest.mark.parametrize(
    ("key", "chord", "text"),
    [("C major", Chord(1, "7"), "Db7"), ("C major", Chord(1, "dim7"), "C#dim7"),
     ("C major", Chord(9, "7", 1), "A7/C#"), ("C major", Chord(6, "hdim7"), "F#m7b5"),
     ("A minor", Chord(8, "dim7"), "G#dim7"), ("C minor", Chord(8, "maj7"), "Abmaj7"),
     ("Gb major", Chord(11, "maj"), "Cb"), ("E major", Chord(3, "7"), "D#7"),
     ("F major", Chord(10, "min6"), "Bbm6"), ("G major", Chord(5, "7"), "F7"),
     ("D minor", Chord(9, "7", 1), "A7/C#"), ("Db major", Chord(6, "maj"), "Gb")],
)  # fmt: skip
def test_chords_are_spelled_as_players_write_them(key, chord, text):
    assert chord.symbol(Key.parse(key)) == text


@given(CHORDS, st.sampled_from(sorted(MODES)), st.sampled_from(sorted({*FLAT_NAMES, *SHARP_NAMES})))
def test_a_chord_spelled_in_any_key_is_the_same_chord(chord, mode, tonic):
    assert Chord.parse(chord.symbol(Key(tonic, mode))) == chord


def test_chords_are_spelled_on_the_side_of_their_key():
    assert Chord(6, "hdim7", 1).symbol(Key("E", "minor")) == "F#m7b5/C#"
    assert Chord(6, "hdim7", 1).symbol() == "Gbm7b5/Db"
    with pytest.raises(InputError, match="is no mode"):
        Key("C", "hungarian")
