"""Chords for songs without: what is heard is what was played, a single line has none."""

from dataclasses import replace

import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.score import ChordSpan, Score
from tapeloom.train.chord_extraction import agreement, compare, hear_chords, main, with_chords
from tapeloom.train.corpus.song import read_songs

from ..neural.toy_songs import BAR, toy_song
from .toy_data import write_pop909

SONG = toy_song(0, bars=16)
BARE = replace(SONG, chords=())


def test_what_is_played_is_heard():
    told = agreement(hear_chords(BARE), SONG.chords)
    assert told.root > 0.95
    assert told.third > 0.95
    assert told.chord > 0.8
    assert told.change > 0.9


def test_labels_go_first_and_a_line_alone_has_no_chords():
    assert with_chords(SONG) is SONG
    assert with_chords(BARE).parts == SONG.parts
    assert with_chords(BARE).chords
    assert hear_chords(replace(BARE, parts=(SONG.part("melody"),))) == ()
    assert hear_chords(Score(())) == ()


def test_agreement_counts_time():
    c, a = Chord.parse("C"), Chord.parse("Am")
    labelled = ChordSpan(0, 3 * BAR, c), ChordSpan(3 * BAR, 4 * BAR, a)
    same = agreement(labelled, labelled)
    assert (same.root, same.third, same.chord, same.change) == (1, 1, 1, 1)
    seventh = agreement((ChordSpan(0, 4 * BAR, Chord.parse("Cmaj7")),), labelled)
    assert (seventh.root, seventh.third, seventh.chord, seventh.change) == (0.75, 0.75, 0, 0)
    assert agreement((), labelled).root == 0
    with pytest.raises(InputError, match="no labels"):
        agreement(labelled, ())
    with pytest.raises(InputError, match="no song with labels"):
        compare([BARE])


def test_songs_of_a_set_without_a_track_of_chords_have_them(tmp_path, capsys):
    write_pop909(tmp_path, "003", bars=16)
    main([str(tmp_path)])
    assert capsys.readouterr().out.startswith("1 songs: root 1.000")
    path = tmp_path / "pop909cl" / "POP909_processed" / "003.mid"
    alone = read_midi(path)
    write_midi(path, replace(alone, parts=alone.parts[:1]))
    (song,) = read_songs(tmp_path)
    assert agreement(song.score.chords, SONG.chords).root >= 0  # there are some
    with pytest.raises(SystemExit):
        main([str(tmp_path / "nothing")])
