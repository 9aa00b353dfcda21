"""Every data set as one kind of song: roles, styles, splits; what cannot be read is told."""

import tarfile

import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.train.corpus.pop909_roles import split_hands
from tapeloom.train.corpus.song import SOURCES, Song, read_songs
from tapeloom.train.corpus.wjazzd import parse_chord, read_solo

from .toy_data import SHARED, write_all, write_groove, write_pop909, write_wjazzd


def test_every_set_is_read_in_a_fixed_order(tmp_path):
    write_all(tmp_path)
    songs = list(read_songs(tmp_path))
    assert [(song.source, song.key) for song in songs] == [
        ("pop909", "001"), ("pop909", "002"), ("pop909", "003"),
        ("groove", "drummer1/session1"), ("groove", "drummer9/session1"),
        ("wjazzd", "First"), ("openewld", "Tune 1"), ("openewld", "Tune 7"),
        ("irb", "Tune 1"), ("irb", "Tune 7"),
    ]  # fmt: skip
    kept = {(song.source, song.key) for song in songs if song.validation}
    assert kept == {("pop909", "003"), ("groove", "drummer9/session1"), ("openewld", "Tune 7"),
                    ("irb", "Tune 7")}  # fmt: skip
    assert [song.style for song in songs][::3] == ["pop", "funk", "any", "jazz"]
    assert {song.source for song in songs if not song.tempo_known} == {"openewld", "irb"}
    assert list(read_songs(tmp_path)) == songs


def test_a_pop_song_has_its_players_its_grid_and_its_chords(tmp_path):
    meant = write_pop909(tmp_path, "001", bpm=96)
    (song,) = read_songs(tmp_path, sources=("pop909",))
    for role in ("melody", "keys", "bass"):
        told = [(n.start, n.duration, n.pitch) for n in song.score.part(role).notes]
        assert told == [(n.start, n.duration, n.pitch) for n in meant.part(role).notes], role
        assert {n.velocity for n in song.score.part(role).notes} == {64}  # as played
    assert [(c.start, str(c.chord)) for c in song.score.chords] == [
        (c.start, str(c.chord)) for c in meant.chords
    ]
    assert float(song.score.tempo.initial_bpm) == pytest.approx(96, abs=0.5)


def test_a_bridge_is_another_tune(tmp_path):
    other = tuple(Note(i * PPQ, PPQ, 90 + i % 3) for i in range(16))
    song = write_pop909(tmp_path, "001", bars=8)
    write_pop909(tmp_path, "001", Score(
        (*song.parts, Part("other", "other", notes=other)), keys=song.keys, chords=song.chords
    ))  # fmt: skip
    (read,) = read_songs(tmp_path, sources=("pop909",))
    assert [n.pitch for n in read.score.part("other").notes] == [n.pitch for n in other]


def test_pop_songs_that_do_not_fit_together_are_told(tmp_path):
    write_pop909(tmp_path, "001", bars=8)
    write_pop909(tmp_path, "002", bars=8)
    alone = tmp_path / "pop909cl" / "POP909_processed"
    (alone / "002.mid").unlink()
    strange = Score((Part("all", "keys", notes=tuple(Note(i, 1, i) for i in range(30))),) * 2)
    write_midi(alone / "001.mid", strange)
    told: list[str] = []
    assert list(read_songs(tmp_path, sources=("pop909",), report=told.append)) == []
    assert "differ in over half of their pitches" in told[0]
    assert "pop909cl has no such song" in told[1]


def test_a_piano_has_two_hands():
    chord = [Note(0, 4, pitch) for pitch in (36, 60, 64)]
    low, high = split_hands([*chord, Note(4, 4, 38), Note(8, 8, 72)], 8)
    assert [n.pitch for n in low] == [36, 38]
    assert [n.pitch for n in high] == [60, 64, 72]
    low, _ = split_hands([Note(0, 8, 36), Note(4, 4, 35)], 8)  # a line has one voice
    assert [(n.start, n.end) for n in low] == [(0, 4), (4, 8)]


def test_drums_are_written_and_come_once_a_place(tmp_path):
    write_groove(tmp_path, {"drummer1/session1": "rock"})
    (song,) = read_songs(tmp_path)
    part = song.score.part("drums")
    assert part.style == "rock"
    assert {n.start % (PPQ // 2) for n in part.notes} == {0}
    assert len({(n.start, n.pitch) for n in part.notes}) == len(part.notes) == 24


def test_a_solo_lies_where_it_is_written(tmp_path):
    write_wjazzd(tmp_path, "Nobody_First_FINAL")
    (song,) = read_songs(tmp_path)
    tune, bass = song.score.part("melody").notes, song.score.part("bass").notes
    assert [n.start for n in tune] == [i * PPQ // 2 for i in range(128)]
    assert [n.pitch for n in bass[:5]] == [39, 40, 41, 42, 39]
    assert [(c.start // PPQ, str(c.chord)) for c in song.score.chords[:2]] == [
        (0, "Dm7"), (4, "G9b13"),
    ]  # fmt: skip
    assert float(song.score.tempo.initial_bpm) == 120


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (",2,'4/4'", ",2,'3/4'", "its meter changes"), (",2,'4/4'", ",9,'4/4'", "has a beat 9"),
        ("0,2,'4/4'", "0,x,'4/4'", "a row is damaged"), (",4,1,3,1,", ",4,1,2,1,", "comes twice"),
    ],
)  # fmt: skip
def test_damaged_solos_are_refused(tmp_path, old, new, words):
    write_wjazzd(tmp_path, "Nobody_First_FINAL")
    path = tmp_path / "wjazzd" / "mcsv_beat" / "Nobody_First_FINAL_beattrack.csv"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    told: list[str] = []
    assert list(read_songs(tmp_path, report=told.append)) == []
    assert words in told[0]


def test_a_solo_without_beats_or_notes_is_refused(tmp_path):
    write_wjazzd(tmp_path, "Nobody_First_FINAL")
    melody = tmp_path / "wjazzd" / "mcsv_melody" / "Nobody_First_FINAL.csv"
    beats = tmp_path / "wjazzd" / "mcsv_beat" / "Nobody_First_FINAL_beattrack.csv"
    with pytest.raises(InputError, match="cannot be read"):
        read_solo(melody, tmp_path / "nothing.csv")
    melody.write_text(melody.read_text().splitlines()[0] + "\n")
    with pytest.raises(InputError, match="it has 0 notes"):
        read_solo(melody, beats)
    assert str(parse_chord("Ebj7911#")) == "Ebmaj9#11"
    assert parse_chord("H7") is None


def test_folders_and_names_that_are_none_are_told(tmp_path):
    with pytest.raises(InputError, match="holds none of the data sets"):
        list(read_songs(tmp_path))
    with pytest.raises(InputError, match="'jsb' is no data set"):
        list(read_songs(tmp_path, sources=("jsb",)))
    with pytest.raises(InputError, match=r"unpack irb\.tar\.xz"):
        list(read_songs(tmp_path, sources=("irb",)))
    with pytest.raises(InputError, match="no style"):
        Song("irb", "x", Score(()), "polka")


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not here")
@pytest.mark.slow
def test_the_real_sets_are_read(tmp_path):
    wanted = {
        "pop909": ("POP909/001/001.mid", "POP909/003/003.mid"),
        "pop909cl": ("POP909_processed/001.mid", "POP909_processed/003.mid"),
        "wjazzd": ("mcsv_melody/ArtPepper_BluesForBlanche_FINAL.csv",
                   "mcsv_beat/ArtPepper_BluesForBlanche_FINAL_beattrack.csv"),
    }  # fmt: skip
    for name, members in wanted.items():
        with tarfile.open(SHARED / f"{name}.tar.xz", "r|xz") as archive:
            for found in archive:
                member = next((m for m in members if found.name.endswith(m)), None)
                if member is not None:
                    target = tmp_path / name / member
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.extractfile(found).read())
    songs = {song.key: song for song in read_songs(tmp_path)}
    assert set(songs) <= {"001", "003", "BluesForBlanche"}
    assert songs
    for song in songs.values():
        assert {"melody", "bass"} <= {part.role for part in song.score.parts}
        assert len(song.score.chords) > 10
        assert SOURCES[song.source]
    if "001" in songs:
        whole = read_midi(tmp_path / "pop909cl" / "POP909_processed" / "001.mid").parts[0].notes
        told = [note for part in songs["001"].score.parts for note in part.notes]
        assert len(told) >= 0.97 * len(whole)
