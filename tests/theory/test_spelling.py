import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.harmony import MODES, QUALITIES, Chord, Key
from tapeloom.core.pitch import line_of_fifths, name_on_line, pitch_class, plain_name
from tapeloom.core.score import ChordSpan
from tapeloom.core.time import PPQ
from tapeloom.theory.events import Events
from tapeloom.theory.spelling import chord_places, spell, spell_chords, spell_pitches

FUX = Path(__file__).parents[3] / "shared" / "bench" / "theory" / "fux_solutions.jsonl.gz"
lines = st.lists(st.integers(30, 90), max_size=40)
keys = st.builds(
    Key, st.sampled_from(["C", "D", "Eb", "F", "G", "A", "Bb"]), st.sampled_from(sorted(MODES))
)
chords = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))


def names(pitches, key=None, chord=None) -> list[str]:
    home = None if key is None else Key.parse(key)
    over = None if chord is None else Chord.parse(chord)
    return [pitch.name for pitch in spell_pitches(pitches, key=home, chord=over)]


@given(lines, st.none() | keys, st.none() | chords)
def test_spelling_changes_no_pitch(pitches, key, chord):
    spelled = spell_pitches(pitches, key=key, chord=chord)
    assert [pitch.midi for pitch in spelled] == pitches


@given(lines, keys)
def test_tones_of_the_key_keep_their_names(pitches, key):
    for pitch in spell_pitches(pitches, key=key):
        if pitch.midi % 12 in key.scale:
            assert pitch.name == name_on_line(key.place_of(pitch.midi % 12))


@given(lines, st.sampled_from(["C", "F", "Bb"]), st.sampled_from(["major", "minor"]))
def test_a_tone_higher_is_two_fifths_higher(pitches, tonic, mode):
    here, up = Key(tonic, mode), Key(name_on_line(line_of_fifths(tonic) + 2), mode)
    ticks = np.arange(len(pitches)) * PPQ
    events = Events.from_columns(ticks, ticks + PPQ, pitches)
    low = spell(events, keys=((0, here),))
    high = spell(events.transpose(2), keys=((0, up),))
    # Only what is drawn to the naturals when no key is heard may differ.
    diatonic = np.isin(events.pitch % 12, here.scale)
    assert (high[diatonic] - low[diatonic] == 2).all()


@pytest.mark.parametrize(
    ("key", "pitches", "spelled"),
    [
        ("A minor", [69, 68, 69, 71, 72, 70, 69], "A G# A B C Bb A"),
        ("C major", [67, 66, 67, 68, 69], "G F# G G# A"),
        ("C major", [69, 68, 67], "A Ab G"),
        ("C major", [64, 63, 62, 61, 60], "E Eb D Db C"),
        ("C major", [60, 61, 62, 63, 64], "C C# D D# E"),
        ("Eb major", [75, 74, 72, 71, 72], "Eb D C B C"),
        ("G minor", [67, 66, 67, 69, 70], "G F# G A Bb"),
        ("E major", [64, 63, 64, 66, 68], "E D# E F# G#"),
        ("F# major", [66, 65, 66], "F# E# F#"),
        ("C minor", [60, 61, 59, 60], "C Db B C"),
    ],
)
def test_textbook_lines(key, pitches, spelled):
    assert names(pitches, key) == spelled.split()


@pytest.mark.parametrize(
    ("chord", "pitches", "spelled"),
    [("E7", [64, 68, 71, 74], "E G# B D"), ("Ab7", [68, 72, 75, 78], "Ab C Eb Gb"),
     ("C#dim7", [61, 64, 67, 70], "C# E G Bb"), ("Caug", [60, 64, 68], "C E G#"),
     ("Fm", [65, 68, 72], "F Ab C"), ("A7", [57, 61, 64, 67], "A C# E G")],
)  # fmt: skip
def test_chord_tones_are_spelled_by_their_chord(chord, pitches, spelled):
    assert names(pitches, "C major", chord) == spelled.split()


@given(chords, keys)
def test_a_chords_places_are_its_tones(chord, key):
    places = chord_places(chord, key)
    assert set(places) == set(chord.pitch_classes)
    assert all((7 * place - number) % 12 == 0 for number, place in places.items())


def test_keys_and_chords_change_on_the_way():
    ticks = np.arange(4) * PPQ
    events = Events.from_columns(ticks, ticks + PPQ, [66, 66, 66, 66])
    keys_on_the_way = ((0, Key("G", "major")), (2 * PPQ, Key("Db", "major")))
    assert [plain_name(place) for place in spell(events, keys=keys_on_the_way)] == [
        "F#", "F#", "Gb", "Gb"]  # fmt: skip
    events = Events.from_columns(ticks, ticks + PPQ, [68, 72, 68, 64])
    spans = [ChordSpan(0, 2 * PPQ, Chord.parse("Fm")), ChordSpan(2 * PPQ, 4 * PPQ, Chord(4, "7"))]
    places = spell(events, keys=((0, Key("C", "major")),), chords=spans)
    assert [name_on_line(place) for place in places] == ["Ab", "C", "G#", "E"]


def test_chord_symbols_in_a_line():
    c = Key("C", "major")
    for line in ("Em7 Ebdim7 Dm7 Db7 Cmaj7", "C C#dim7 Dm7 D#dim7 Em7", "F F#dim7 C/G A7/C# Dm",
                 "Fmaj7 Bb7 Am7 Ab7 G7", "Dm7 G7 Ab Bb C", "Dbmaj7 Dm7b5 G7"):  # fmt: skip
        assert spell_chords([Chord.parse(text) for text in line.split()], c) == tuple(line.split())
    a = Key("A", "minor")
    line = "Am G#dim7 Am E7/G# F"
    assert spell_chords([Chord.parse(text) for text in line.split()], a) == tuple(line.split())


@given(st.lists(chords, max_size=6), keys)
def test_spelled_symbols_are_the_same_chords(line, key):
    assert [Chord.parse(text) for text in spell_chords(line, key)] == line


def test_nothing_to_spell():
    assert spell_pitches([]) == ()
    assert [str(pitch) for pitch in spell_pitches([61])] in (["C#4"], ["Db4"])
    assert len(spell(Events.from_columns([], [], []))) == 0


@pytest.mark.skipif(not FUX.exists(), reason="the spelled counterpoints lie beside the checkout")
def test_fux_is_spelled_as_fux_spelled_it():
    wrong = naive = notes = 0
    with gzip.open(FUX, "rt") as file:
        for item in map(json.loads, file):
            rows = sorted(
                (onset, duration, pitch, part, name.rstrip("0123456789").replace("-", "b"))
                for part, voice in enumerate(item["voices"])
                for onset, duration, pitch, name in voice
            )
            rows.sort(key=lambda row: (row[0], row[2]))
            onset, duration, pitch, part = (np.array([row[i] for row in rows]) for i in range(4))
            events = Events.from_columns(onset * PPQ, (onset + duration) * PPQ, pitch, part)
            wanted = [line_of_fifths(row[4]) for row in rows]
            wrong += sum(int(a != b) for a, b in zip(spell(events), wanted, strict=True))
            sharps = [line_of_fifths(name) for name in map(_sharp, pitch)]
            naive += sum(a != b for a, b in zip(sharps, wanted, strict=True))
            notes += len(rows)
    assert wrong / notes < 0.001 < naive / notes


def _sharp(pitch: int) -> str:
    return next(name for name in "C C# D D# E F F# G G# A A# B".split()
                if pitch_class(name) == pitch % 12)  # fmt: skip
