import tarfile
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from tapeloom.compose import accompany, compose
from tapeloom.compose.borrow import find_melody, key_of
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.midi import read_midi
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.theory.instruments import instrument

BRIEF = Brief("nostalgic")
# "Twinkle, twinkle" in D: degrees of the scale by quarters, 0 holds the note before.
TUNE = "1 1 5 5 6 6 5 0 4 4 3 3 2 2 1 0 5 5 4 4 3 3 2 0 5 5 4 4 3 3 2 0 " * 2
CHORDS = "D D G D G D A D D G D A D G D A " * 2  # one a half bar
TRIADS = {"D": (50, 57, 62, 66), "G": (43, 59, 62, 67), "A": (45, 57, 61, 64)}


def song(meter: str = "4/4", names: tuple[str, str] = ("MELODY", "PIANO")) -> Score:
    scale = (74, 76, 78, 79, 81, 83, 85)
    tune: list[Note] = []
    for i, degree in enumerate(TUNE.split()):
        if degree == "0":
            tune[-1] = replace(tune[-1], duration=2 * PPQ)
        else:
            tune.append(Note(i * PPQ + 37 * (i % 3), PPQ - 200, scale[int(degree) - 1], 90 - i % 9))
    piano = [
        Note(2 * i * PPQ, 2 * PPQ, pitch, 64)
        for i, name in enumerate(CHORDS.split())
        for pitch in TRIADS[name]
    ]
    return Score(
        (
            Part(names[1], "other", notes=tuple(piano)),
            Part(names[0], "other", notes=tuple(tune)),
            Part("kit", "drums", notes=(Note(0, PPQ, 36),)),
        ),
        tempo=TempoMap.constant(92),
        meters=((0, Meter.parse(meter)),),
        ticks_per_quarter=480,
    )


def test_the_melody_is_found_by_name_and_by_its_looks() -> None:
    for names in (("MELODY", "PIANO"), ("", ""), ("Lead vox", "track 1"), ("x", "lead sheet")):
        found = find_melody(song(names=names))
        assert found is not None
        assert found.notes == song().parts[1].notes


def test_the_melody_stays_note_for_note() -> None:
    score = accompany(song(), BRIEF, kept=("melody",), rng=stream(1))
    assert score.part("melody").notes == song().parts[1].notes
    assert score.tempo == song().tempo
    assert score.key == Key("D", "major")
    assert {"keys", "bass", "drums"} <= {part.role for part in score.parts}
    assert 64 * PPQ <= score.end <= 68 * PPQ


def test_the_chords_are_those_of_the_song() -> None:
    score = accompany(song(), BRIEF, kept=("melody", "chords"), rng=stream(1))
    heard = [str(score.chord_at(2 * i * PPQ)) for i in range(32)]
    same = sum(a == b for a, b in zip(heard, CHORDS.split(), strict=True))
    assert same >= 30


def test_chords_alone_get_a_new_melody() -> None:
    score = accompany(song(), BRIEF, kept=("chords",), rng=stream(1))
    assert score.part("melody").notes != song().parts[1].notes
    assert str(score.chord_at(0)) == "D"
    assert len(score.part("melody").notes) > 8


def test_a_melody_alone_gets_chords_that_suit_it() -> None:
    score = accompany(song(), BRIEF, kept=("melody",), rng=stream(1))
    fits = []
    for note in score.part("melody").notes:
        chord = score.chord_at(note.start)
        assert chord is not None
        if note.start % (4 * PPQ) < 100:
            fits.append(note.pitch % 12 in chord.pitch_classes)
    assert sum(fits) / len(fits) > 0.6
    assert score.chords[-1].chord.root == 2


def test_a_faster_brief_changes_only_the_tempo() -> None:
    score = accompany(song(), Brief("nostalgic", bpm=75), rng=stream(1))
    assert score.tempo.initial_bpm == 75.0
    assert score.part("melody").notes == song().parts[1].notes


@pytest.mark.parametrize("meter", ["4/4", "2/4", "1/4", "3/4", "6/8"])
def test_songs_in_any_meter_are_accompanied(meter: str) -> None:
    score = accompany(song(meter), BRIEF, rng=stream(2))
    for part in score.parts:
        reach = instrument(part.instrument)
        assert all(reach.low <= note.pitch <= reach.high for note in part.notes)
    assert score.sections[0].start == 0
    assert all(a.end == b.start for a, b in zip(score.sections, score.sections[1:], strict=False))


def test_a_late_melody_has_an_introduction() -> None:
    late = song()
    moved = tuple(
        replace(part, notes=tuple(replace(n, start=n.start + 16 * PPQ) for n in part.notes))
        if part.name == "MELODY"
        else replace(part, notes=(*part.notes, *(replace(n, start=n.start + 64 * PPQ)
                                                for n in part.notes[:32])))
        for part in late.parts
    )  # fmt: skip
    score = accompany(replace(late, parts=moved), BRIEF, rng=stream(1))
    assert score.sections[0].name == "intro"
    assert score.sections[0].end == 16 * PPQ
    assert score.sections[1].name == "A"
    assert "melody" not in score.sections[0].roles


def test_a_score_of_ours_can_be_borrowed_from() -> None:
    ours = compose(Brief("warm", seed=3), stream(3))
    again = accompany(ours, BRIEF, rng=stream(4))
    assert again.part("melody").notes == ours.part("melody").notes
    assert again.key == ours.key


def test_what_cannot_be_kept_is_said() -> None:
    with pytest.raises(InputError, match="drums cannot be kept"):
        accompany(song(), BRIEF, kept=("drums",), rng=stream(1))
    with pytest.raises(InputError, match="nothing cannot be kept"):
        accompany(song(), BRIEF, kept=(), rng=stream(1))
    silent = replace(song(), parts=song().parts[2:])
    with pytest.raises(InputError, match="no pitched notes"):
        accompany(silent, BRIEF, rng=stream(1))
    only_chords = replace(song(names=("a", "b")), parts=(song(names=("a", "b")).parts[0],))
    with pytest.raises(InputError, match="no line that could be its melody"):
        accompany(only_chords, BRIEF, rng=stream(1))
    low = Part("MELODY", "melody", notes=tuple(Note(i * PPQ, PPQ, 12 + i) for i in range(8)))
    with pytest.raises(InputError, match="reaches from 12 to 19"):
        accompany(replace(song(), parts=(song().parts[0], low)), BRIEF, rng=stream(1))


POP909 = Path(__file__).parents[2].parent / "shared/data/pop909.tar.xz"


@pytest.mark.skipif(not POP909.is_file(), reason="the POP909 set is not here")
def test_real_songs_are_accompanied(tmp_path: Path) -> None:
    with tarfile.open(POP909) as archive:
        songs = (member for member in archive if member.name.endswith(".mid"))
        for member in islice(songs, 5):
            path = tmp_path / Path(member.name).name
            path.write_bytes(archive.extractfile(member).read())
            kept = read_midi(path)
            score = accompany(kept, BRIEF, rng=stream(1))
            melody = find_melody(kept)
            assert melody is not None
            assert score.part("melody").notes == melody.notes


def test_a_stated_key_that_the_notes_deny_is_not_believed() -> None:
    scale = [60 + step for step in (1, 3, 5, 6, 8, 10, 12)]  # Db major
    tune = [Note(i * PPQ, PPQ, scale[i * 2 % 7]) for i in range(28)] + [Note(28 * PPQ, 4 * PPQ, 61)]
    song = Score((Part("MELODY", "melody", notes=tuple(tune)),), keys=((0, Key("C", "major")),))
    assert key_of(song).pitch_class == 1
    honest = replace(song, keys=((0, Key("Db", "major")),))
    assert key_of(honest) == Key("Db", "major")
    told = accompany(song, Brief(key="Bb minor"), kept=("melody",), rng=stream(1, "song"))
    assert told.key == Key("Bb", "minor")
