import itertools
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, QUALITIES, Chord, Key, parse_chords
from tapeloom.theory.keys import spell_key
from tapeloom.theory.roman import RomanNumeral, roman

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from music21 import key as oracle_key
    from music21 import roman as oracle

FIGURES = """
I ii iii IV V vi viio I6 I64 V6 V64 V7 V65 V43 V42 V2 ii65 IV7 I7 ii7 iii7 vi7 viiø7 vii/o65 viio7
viio65 viio43 viio42 ii/o65 iiø42 iio6 iio bII N N6 N53 bIII bVI bVII iv i i7 iv7 v v6 VI III VII
VI6 VII7 III+ III+6 V+ V+7 #ivo7 #ivo IV[add9] V7[no5] V[no3][add4] It6 It Ger65 Ger6 Ger Fr43 Fr6
Sw43 Cad64 V65/V V7/IV viio7/ii V/vi viio65/V V42/iii V7/bVII ii7/V ii65/V V6/V V9 V11 I9 ii9 IV9
V7[b5] V7[#5] V7[addb9] vi vii VI7 bVI7 bVII7 iv65 vio #vi #viio #viio7 bvi bVI6 iii6 III7 i64 iv6
IV[add6] I[add4] I[add2] V7/V/V It6/V Ger65/V Id7 Vd65 I[b7] IV7[b7] #VI #VII bvii
V7/III viiø7/V V43/ii I42 vi42 ii43
""".split()
KEYS = [spell_key(tonic, mode) for tonic in range(12) for mode in ("major", "minor")]


def read_by_music21(figure: str, key: Key) -> tuple[set[int], int]:
    tonic = key.tonic.replace("b", "-")
    name = tonic if key.mode == "major" else tonic.lower()
    cautionary = oracle.Minor67Default.CAUTIONARY  # as romanText files are read
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        numeral = oracle.RomanNumeral(
            figure, oracle_key.Key(name), sixthMinor=cautionary, seventhMinor=cautionary
        )
        return {pitch.pitchClass for pitch in numeral.pitches}, numeral.bass().pitchClass


@pytest.mark.parametrize("key", [KEYS[0], KEYS[1], KEYS[6], KEYS[11]], ids=str)
def test_figures_mean_what_music21_reads(key):
    for figure in FIGURES:
        chord = RomanNumeral.parse(figure).chord(key)
        heard = set(chord.pitch_classes), chord.bass_pitch_class
        assert heard == read_by_music21(figure, key), figure


@pytest.mark.parametrize("figure", FIGURES)
def test_numerals_are_written_as_they_are_read(figure):
    numeral = RomanNumeral.parse(figure)
    assert RomanNumeral.parse(str(numeral)) == numeral
    for key in KEYS[:4]:
        moved = Key.parse(str(spell_key(key.pitch_class + 5, key.mode)))
        assert numeral.chord(key).transpose(5) == numeral.chord(moved)


PLAIN = ("maj", "min", "dim", "aug", "7", "maj7", "min7", "hdim7", "dim7", "minmaj7", "aug7",
         "augmaj7", "sus2", "sus4", "7sus4", "maj6", "9", "maj9", "min9", "7b9", "add9", "13",
         "7b5")  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_every_chord_is_named_and_read_back_in_24_keys(key):
    for quality, root in itertools.product(PLAIN, range(12)):
        for step in (0, 3, 4, 7, 10, 2):
            chord = Chord(root, quality, (root + step) % 12)
            numeral = roman(chord, key)
            assert numeral.chord(key) == chord
            assert RomanNumeral.parse(str(numeral)) == numeral


@pytest.mark.slow
def test_what_we_write_music21_reads():
    for key in (Key("C", "major"), Key("C", "minor")):
        for quality, root, step in itertools.product(PLAIN, range(12), (0, 3, 4, 7)):
            chord = Chord(root, quality, (root + step) % 12)
            if chord.bass is not None and chord.bass not in chord.pitch_classes:
                continue
            numeral = roman(chord, key)
            if numeral.suffix is not None:
                continue
            heard, bass = read_by_music21(str(numeral), key)
            assert heard == set(chord.pitch_classes), (str(numeral), str(chord))
            # An added tone below all others is a bass that figures cannot say.
            if not any(change.startswith("bass") for change in numeral.changes):
                assert bass == chord.bass_pitch_class, (str(numeral), str(chord))


chords = st.builds(
    Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)), st.none() | st.integers(0, 11)
)
any_keys = st.builds(Key, st.sampled_from(["C", "F#", "Bb", "Eb"]), st.sampled_from(sorted(MODES)))


@given(chords, any_keys, st.none() | chords, st.booleans())
def test_naming_and_reading_cancel(chord, key, following, jazz):
    numeral = roman(chord, key, next_chord=following, jazz=jazz)
    assert numeral.chord(key) == chord
    assert RomanNumeral.parse(str(numeral), jazz=jazz).chord(key) == chord


@given(chords, any_keys, st.integers(1, 11), st.none() | chords)
def test_a_numeral_is_the_same_in_every_key(chord, key, semitones, following):
    moved = spell_key(key.pitch_class + semitones, key.mode)
    there = None if following is None else following.transpose(semitones)
    assert roman(chord, key, next_chord=following) == roman(
        chord.transpose(semitones), moved, next_chord=there
    )


@pytest.mark.parametrize(
    ("key", "line", "numerals"),
    [
        ("C major", "C Am Dm7 G7 C", "I vi ii7 V7 I"),
        ("C major", "C/E F G/B G7/F C/E", "I6 IV V6 V42 I6"),
        ("C major", "C A7 Dm7 D7/F# G7 E7 Am", "I V7/ii ii7 V65/V V7 V7/vi vi"),
        ("C major", "C F#dim7 C/G G7 C", "I viio7/V Cad64 V7 I"),
        ("C major", "C Ab7 G C", "I Ger65 V I"),
        ("C minor", "Cm Ab7b5 G Cm", "i Fr43 V i"),
        ("C minor", "Cm Db/F G7 Cm", "i N6 V7 i"),
        ("C minor", "Cm Dm7b5 G7 Ab Bb7 Eb", "i iiø7 V7 VI V7/III III"),
        ("C minor", "Cm Bdim7 Cm Gm Bb Fm", "i viio7 i v VII iv"),
        ("C major", "C Fm Bb Eb Ab C", "I iv bVII bIII bVI I"),
        ("C major", "Gm7 C7 F", "ii7/IV V7/IV IV"),
        ("C major", "F#m7b5 B7 Em", "iiø7/iii V7/iii iii"),
        ("C major", "C#dim7 Dm D#dim7 Em", "viio7/ii ii viio7/iii iii"),
        ("A minor", "Am F G C E7 Am D", "i VI VII III V7 i IV"),
        ("A minor", "A7 Dm A Dm", "V7/iv iv V/iv iv"),
        ("D dorian", "Dm G Dm C", "i IV i VII"),
    ],
)
def test_textbook_lines(key, line, numerals):
    home = Key.parse(key)
    line_of_chords = parse_chords(line)
    named = [
        str(roman(chord, home, next_chord=following))
        for chord, following in itertools.pairwise([*line_of_chords, None])
        if chord is not None
    ]
    assert named == numerals.split()


def test_jazz_numerals_keep_the_lead_sheets_text():
    c = Key("C", "major")
    names = [str(roman(chord, c, jazz=True)) for chord in parse_chords("Dm9 G7alt Cmaj9 Bb13 A7b9")]
    assert names == ["ii9", "V7alt", "Imaj9", "bVII13", "V7b9/ii"]
    minor = [str(roman(chord, c, jazz=True)) for chord in parse_chords("Dm7b5 Bdim7 Fm6 FmMaj7")]
    assert minor == ["iiø7", "viio7", "iv6", "ivMaj7"]
    assert str(RomanNumeral.parse("I7", jazz=True).chord(c)) == "C7"
    assert str(RomanNumeral.parse("I7").chord(c)) == "Cmaj7"


@pytest.mark.parametrize(
    "text",
    ["", "H", "VIII", "iV", "V8", "V65/", "/V", "Ger53x", "V[", "Vfoo", "Cad6", "#", "V65//V"],
)
def test_what_is_no_numeral_is_refused(text):
    with pytest.raises(InputError, match="is no Roman numeral"):
        RomanNumeral.parse(text)


@given(st.text("IViv#bo/ø+65432[]addno79NGerCd ", max_size=10))
def test_any_text_is_a_numeral_or_an_input_error(text):
    try:
        numeral = RomanNumeral.parse(text)
    except InputError:
        return
    assert isinstance(numeral.chord(Key("F", "minor")), Chord)
    assert RomanNumeral.parse(str(numeral)).chord(Key("F", "minor")) == numeral.chord(
        Key("F", "minor")
    )


def test_impossible_numerals_are_refused():
    for wrong in (
        {"degree": 0}, {"degree": 8}, {"degree": 1, "triad": "?"}, {"degree": 1, "inversion": 3},
        {"degree": 1, "extension": 6}, {"degree": 1, "changes": ("plus9",)},
    ):  # fmt: skip
        with pytest.raises(InputError):
            RomanNumeral(**wrong)
