"""Every chord quality: its notes by a second source, and its name from its notes."""

import itertools
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.theory.chord_names import diatonic_chords, identify, name_chord, name_chords

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from music21 import harmony as oracle

# music21 has no symbol for these, or reads only a part of it (an alteration of a thirteenth chord
# is lost, a plain thirteenth brings its eleventh along); where it has another spelling it is used.
MUSIC21_TEXT = {
    "majb5": "addb5subtract5", "minmaj7": "mM7", "augmaj7": "+M7", "maj9": "M9", "minmaj9": "mM9",
    "augmaj9": "+M9", "maj13": None, "maj11": "M11", "minmaj11": "mM11", "6/9": "6add9",
    "min6/9": "m6add9", "min13": None, "13": None,
}  # fmt: skip
STACKS_ELEVENTH = ("13", "min13", "maj13")


def test_there_are_more_than_sixty_qualities_with_names_of_their_own():
    assert len(QUALITIES) >= 60
    assert len({entry.intervals for entry in QUALITIES.values()}) == len(QUALITIES)
    assert len({entry.symbol for entry in QUALITIES.values()}) == len(QUALITIES)
    assert len({entry.harte for entry in QUALITIES.values()}) == len(QUALITIES)
    sets = [frozenset(step % 12 for step in entry.intervals) for entry in QUALITIES.values()]
    assert len(set(sets)) == len(sets)


def test_music21_reads_our_symbols_as_the_same_notes():
    agreed, refused, lost = [], [], []
    for quality, entry in QUALITIES.items():
        text = MUSIC21_TEXT.get(quality, entry.symbol)
        if text is None:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                heard = {pitch.pitchClass for pitch in oracle.ChordSymbol("C" + text).pitches}
            except ValueError:
                refused.append(quality)
                continue
        if heard == set(Chord(0, quality).pitch_classes):
            agreed.append(quality)
        else:
            lost.append(quality)
    assert len(agreed) >= 80
    # What it reads otherwise are thirteenth chords whose alterations it drops.
    assert {quality for quality in lost if "13" not in quality} <= {"majb5"}
    assert not set(refused) & {"maj", "min", "dim", "aug", "7", "maj7", "min7", "dim7", "hdim7"}


@pytest.mark.parametrize("quality", STACKS_ELEVENTH)
def test_a_thirteenth_is_music21s_without_the_eleventh(quality):
    text = {"13": "13", "min13": "m13", "maj13": "M13"}[quality]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        heard = {pitch.pitchClass for pitch in oracle.ChordSymbol("C" + text).pitches}
    assert heard - {5} == set(Chord(0, quality).pitch_classes)


@pytest.mark.parametrize("quality", QUALITIES)
def test_each_quality_is_named_from_its_notes_over_its_root(quality):
    for root in range(12):
        tones = Chord(root, quality).pitch_classes
        named = name_chord(reversed(tones), bass=root)
        if quality == "quartal4":  # the fourths C F Bb Eb are a Cm7add11 without its fifth too
            assert named in {Chord(root, "quartal4"), Chord(root, "min7add11")}
        else:
            assert named == Chord(root, quality)
        assert Chord(root, quality) in [name.chord for name in name_chords(tones, bass=root)]


@pytest.mark.parametrize("quality", QUALITIES)
def test_each_quality_is_offered_without_its_fifth(quality):
    chord = Chord(2, quality)
    tones = set(chord.pitch_classes) - {9}
    if 7 not in chord.intervals or len(tones) < 2 or quality == "minb6":
        return
    names = name_chords(tones, bass=2)
    assert chord in [name.chord for name in names]
    without = next(name for name in names if name.chord == chord)
    assert without.missing in ((7,), ())
    # Another name comes first only where all of its own tones sound.
    assert names[0].chord == chord or not names[0].missing


@pytest.mark.parametrize(
    "symbol",
    ["C7alt", "C6/9", "Cmaj9", "C9sus4", "Cm6/9", "C13b9", "C13", "Cm9", "C7#9", "Cm11", "Cmaj7",
     "Cm7", "C7", "C9", "Cadd9", "Cm7b5", "CmMaj7", "C13sus4", "C7b9", "Cmaj13", "C13#9"],
)  # fmt: skip
def test_chords_that_others_misread_are_named_with_and_without_fifth(symbol):
    chord = Chord.parse(symbol)
    low = [48 + step for step in chord.intervals]
    assert identify(low)[0].chord == chord
    without = [48 + step for step in chord.intervals if step != 7]
    shuffled = [48, *(pitch + 12 for pitch in without[::-1])]
    assert identify(shuffled)[0].chord == chord


def test_the_bass_decides_between_names_of_the_same_notes():
    for tones, bass, name in [
        ((0, 4, 7, 9), 0, "C6"), ((0, 4, 7, 9), 9, "Am7"), ((0, 2, 7), 0, "Csus2"),
        ((0, 2, 7), 7, "Gsus4"), ((0, 3, 6, 9), 6, "Gbdim7"), ((0, 4, 8), 4, "Eaug"),
        ((0, 4, 7), 4, "C/E"), ((0, 3, 7, 9), 9, "Am7b5"), ((0, 4, 9), 0, "Am/C"),
        ((0, 2, 6, 9), 0, "D7/C"), ((5, 9, 0, 7), 5, "Fadd9"), ((11, 2, 5, 7), 11, "G7/B"),
    ]:  # fmt: skip
        assert str(name_chord(tones, bass=bass)) == name
    both = [str(name) for name in name_chords([0, 4, 7, 9], bass=0)]
    assert both[:2] == ["C6", "Am7/C"]


chords = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))
pitch_sets = st.lists(st.integers(0, 127), max_size=14)


@given(pitch_sets, st.integers(-11, 11))
def test_naming_commutes_with_transposition(pitches, semitones):
    pitches = [pitch for pitch in pitches if 0 <= pitch + semitones <= 127]
    here = identify(pitches)
    there = identify([pitch + semitones for pitch in pitches])
    # Names that cost the same may change places: the best price and the set of names don't.
    assert [round(name.confidence, 9) for name in here] == [
        round(name.confidence, 9) for name in there
    ]
    if here and (len(here) == 1 or here[0].confidence > here[1].confidence):
        assert here[0].chord.transpose(semitones) == there[0].chord


@given(chords, st.data())
def test_octave_and_order_change_no_name(chord, data):
    tones = data.draw(st.permutations(chord.pitch_classes[1:]))
    octaves = data.draw(st.lists(st.integers(4, 8), min_size=len(tones), max_size=len(tones)))
    pitches = [36 + chord.root]
    pitches += [tone + 12 * octave for tone, octave in zip(tones, octaves, strict=True)]
    straight = [36 + chord.root + step for step in chord.intervals]
    assert identify(pitches)[:2] == identify(straight)[:2]


def test_odd_input_has_an_answer():
    assert identify([]) == identify([60]) == identify([60, 72, 84]) == ()
    everything = identify(range(48, 60))
    assert everything
    assert all(name.confidence < 0.05 and name.foreign for name in everything)
    assert name_chord([]) is None
    assert name_chord([0, 1, 2, 3]) is None
    cluster = identify([60, 61, 62, 63])
    assert cluster[0].confidence < 0.4
    with pytest.raises(InputError, match="whole MIDI number"):
        identify([60.5, 64])
    with pytest.raises(InputError, match="whole MIDI number"):
        identify([60, 164])


def test_a_key_prefers_names_inside_of_it():
    tones = [0, 4, 9]
    inside = name_chords(tones, key=Key("C", "major"))
    assert str(inside[0]) == "Am"
    assert sum(name.confidence for name in inside) <= 1.0 + 1e-9


@pytest.mark.parametrize(
    ("key", "sevenths"),
    [("C major", "Cmaj7 Dm7 Em7 Fmaj7 G7 Am7 Bm7b5"),
     ("A minor", "Am7 Bm7b5 Cmaj7 Dm7 Em7 Fmaj7 G7"),
     ("D dorian", "Dm7 Em7 Fmaj7 G7 Am7 Bm7b5 Cmaj7")],
)  # fmt: skip
def test_chords_of_a_key(key, sevenths):
    assert [str(chord) for chord in diatonic_chords(Key.parse(key))] == sevenths.split()
    triads = diatonic_chords(Key.parse(key), sevenths=False)
    assert all(len(chord.intervals) == 3 for chord in triads)


def test_symbols_of_all_roots_are_read_back():
    for root, quality in itertools.product(range(12), QUALITIES):
        chord = Chord(root, quality, (root + 5) % 12)
        assert Chord.parse(str(chord)) == chord
