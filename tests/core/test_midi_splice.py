"""Notes of a MIDI file are exchanged and every other event of it stays what and where it is."""

from collections import Counter
from pathlib import Path

import mido
import pytest

from tapeloom.core.midi import read_midi
from tapeloom.core.midi_splice import splice_notes
from tapeloom.core.score import Note, Part
from tapeloom.core.time import PPQ

SIXTEENTH = PPQ // 4


def written(path: Path, *tracks: list, kind: int = 1) -> Path:
    """Write tracks of (ticks waited, message)."""
    file = mido.MidiFile(type=kind, ticks_per_beat=96)
    for messages in tracks:
        track = mido.MidiTrack()
        track.extend(message.copy(time=wait) for wait, message in messages)
        file.tracks.append(track)
    file.save(path)
    return path


def on(pitch: int, channel: int = 0, velocity: int = 70) -> mido.Message:
    return mido.Message("note_on", note=pitch, velocity=velocity, channel=channel)


def off(pitch: int, channel: int = 0) -> mido.Message:
    return mido.Message("note_off", note=pitch, channel=channel)


def meta(kind: str, text: str) -> mido.MetaMessage:
    return mido.MetaMessage(kind, **{"name" if kind == "track_name" else "text": text})


def rest_of(path: Path) -> list[list[tuple[int, str]]]:
    """Each track's events but its notes and its end, with their ticks."""
    found = []
    for track in mido.MidiFile(path).tracks:
        tick, events = 0, []
        for message in track:
            tick += message.time
            if message.type not in ("note_on", "note_off", "end_of_track"):
                events.append((tick, str(message.copy(time=0))))
        found.append(events)
    return found


def exchanged(path: Path, part: Part, gone: list[Note], fresh: list[Note]) -> Path:
    data = splice_notes(path.read_bytes(), part, gone=gone, fresh=fresh)
    assert data is not None
    target = path.with_name("new.mid")
    target.write_bytes(data)
    return target


def rich(path: Path) -> Path:
    """What a score does not hold: lyrics, exclusive messages, aftertouch, programs on the way."""
    return written(
        path,
        [(0, meta("track_name", "song")), (0, meta("copyright", "mine")),
         (0, meta("marker", "here")), (96, mido.MetaMessage("set_tempo", tempo=700_000))],
        [(0, meta("track_name", "Lead")), (0, mido.Message("program_change", program=80)),
         (0, mido.Message("sysex", data=(1, 2, 3))), (0, on(60)), (24, off(60)),
         (0, meta("lyrics", "la")), (0, on(62)), (24, off(62)),
         (0, mido.Message("program_change", program=81)),
         (0, mido.Message("aftertouch", value=9)), (0, on(64)), (12, on(64, velocity=0)),
         (12, mido.Message("polytouch", note=64, value=3)), (0, on(60)), (24, off(60))],
    )  # fmt: skip


def test_everything_but_the_notes_stays(tmp_path: Path) -> None:
    path = rich(tmp_path / "a.mid")
    part = next(part for part in read_midi(path).parts if part.program == 80)
    fresh = [Note(2 * SIXTEENTH, SIXTEENTH, 72, 99), Note(9 * SIXTEENTH, SIXTEENTH, 74, 33)]
    new = exchanged(path, part, [part.notes[1]], fresh)
    assert rest_of(new) == rest_of(path)
    before = Counter(n for p in read_midi(path).parts for n in p.notes)
    after = Counter(n for p in read_midi(new).parts for n in p.notes)
    assert before - after == Counter([part.notes[1]])
    assert after - before == Counter(fresh)


def test_without_an_exchange_every_event_stays(tmp_path: Path) -> None:
    path = rich(tmp_path / "a.mid")
    for part in read_midi(path).parts:
        new = exchanged(path, part, [], [])
        told = [[str(m) for m in track] for track in mido.MidiFile(path).tracks]
        assert [[str(m) for m in track] for track in mido.MidiFile(new).tracks] == told


def test_of_two_players_of_the_same_notes_the_name_decides(tmp_path: Path) -> None:
    tune = [(0, on(60)), (24, off(60)), (0, on(62)), (24, off(62))]
    path = written(tmp_path / "a.mid", [(0, meta("track_name", "Choir")), *tune],
                   [(0, meta("track_name", "Lead")), *tune])  # fmt: skip
    choir, lead = read_midi(path).parts
    assert choir.notes == lead.notes
    read = read_midi(exchanged(path, lead, [lead.notes[0]], []))
    assert read.parts[0] == choir
    assert read.parts[1].notes == lead.notes[1:]


def test_one_track_may_hold_all_channels(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.mid",
        [(0, on(60, 0)), (0, on(60, 5)), (0, on(36, 9)), (24, off(60, 5)), (0, off(60, 0)),
         (0, off(36, 9)), (0, on(61, 5)), (24, off(61, 5))],
        kind=0,
    )  # fmt: skip
    drums = next(part for part in read_midi(path).parts if part.role == "drums")
    read = read_midi(exchanged(path, drums, list(drums.notes), [Note(0, SIXTEENTH, 38, 50)]))
    assert mido.MidiFile(path).type == 0
    assert read.part("drums").notes == (Note(0, SIXTEENTH, 38, 50),)
    others = [part for part in read_midi(path).parts if part.role != "drums"]
    assert [part for part in read.parts if part.role != "drums"] == others


def test_notes_that_touch_or_lie_within_each_other_keep_their_ends(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mid", [(0, on(60)), (24, off(60)), (0, on(60)), (24, off(60)),
                                        (0, on(60)), (24, off(60))])  # fmt: skip
    (part,) = read_midi(path).parts
    fresh = [Note(SIXTEENTH, SIXTEENTH, 60, 99)]
    (read,) = read_midi(exchanged(path, part, [part.notes[1]], fresh)).parts
    assert read.notes == (part.notes[0], fresh[0], part.notes[2])


@pytest.mark.parametrize("notes", [(), (Note(0, PPQ, 99),)])
def test_a_part_that_the_file_does_not_hold_is_told(tmp_path: Path, notes: tuple) -> None:
    data = rich(tmp_path / "a.mid").read_bytes()
    assert splice_notes(data, Part("x", "melody", notes=notes), gone=[], fresh=[]) is None
