"""Zones of MPE: whose note a message means, and what each finger did. mido writes the files."""

import mido
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.midi import read_midi
from tapeloom.core.score import Move, Note, Part, Score, score_from_json, score_to_json
from tapeloom.core.time import PPQ

Q = 480


def configured(members=15, master=0):
    return [mido.Message("control_change", channel=master, control=number, value=value)
            for number, value in ((101, 0), (100, 6), (6, members))]  # fmt: skip


def at(tick, kind, **fields):
    return tick, mido.Message(kind, **fields)


def saved(path, timed, *, setup=None, name="Seaboard"):
    file, track = mido.MidiFile(ticks_per_beat=Q), mido.MidiTrack()
    track.append(mido.MetaMessage("track_name", name=name))
    track.extend(configured() if setup is None else setup)
    before = 0
    for tick, message in timed:
        track.append(message.copy(time=tick - before))
        before = tick
    file.tracks.append(track)
    file.save(path)
    return path


CHORD = [
    at(0, "pitchwheel", channel=1, pitch=0),
    at(0, "note_on", channel=1, note=60, velocity=90),
    at(0, "pitchwheel", channel=2, pitch=-1024),  # -6 semitones of 48
    at(0, "control_change", channel=2, control=74, value=20),
    at(0, "aftertouch", channel=2, value=30),
    at(0, "note_on", channel=2, note=64, velocity=80),
    at(240, "pitchwheel", channel=1, pitch=2048),  # 12 semitones up, the one note alone
    at(480, "aftertouch", channel=2, value=100),
    at(960, "note_off", channel=1, note=60, velocity=0),
    at(960, "note_off", channel=2, note=64, velocity=0),
]


def test_each_note_has_the_moves_of_its_own_channel(tmp_path):
    (part,) = read_midi(saved(tmp_path / "a.mid", CHORD)).parts
    low, high = part.notes
    assert (part.name, low.pitch, high.pitch, low.duration) == ("Seaboard", 60, 64, 2 * PPQ)
    assert low.moves == (Move(PPQ // 2, "bend", 12.0),)
    assert high.moves == (
        Move(0, "bend", -6.0), Move(0, "pressure", 30.0), Move(0, "brightness", 20.0),
        Move(PPQ, "pressure", 100.0),
    )  # fmt: skip


def test_the_master_channel_speaks_to_all(tmp_path):
    timed = [
        at(0, "program_change", channel=0, program=73),
        at(0, "control_change", channel=0, control=64, value=127),
        at(0, "note_on", channel=3, note=70, velocity=70),
        at(240, "pitchwheel", channel=0, pitch=4096),
        at(480, "note_off", channel=3, note=70, velocity=0),
    ]
    (part,) = read_midi(saved(tmp_path / "a.mid", timed)).parts
    assert part.program == 73
    assert [(c.number, c.value) for c in part.controls] == [(64, 127)]
    assert [(b.tick, b.value) for b in part.bends] == [(PPQ // 2, 4096)]
    assert part.notes[0].moves == ()


def test_the_masters_own_range_is_kept(tmp_path):
    asked = [at(0, "control_change", channel=0, control=number, value=value)
             for number, value in ((101, 0), (100, 0), (6, 12))]  # fmt: skip
    (part,) = read_midi(saved(tmp_path / "a.mid", [*asked, *CHORD])).parts
    assert [(c.number, c.value) for c in part.controls] == [(101, 0), (100, 0), (6, 12)]


def test_a_range_for_one_member_is_that_of_all(tmp_path):
    asked = [at(0, "control_change", channel=5, control=number, value=value)
             for number, value in ((101, 0), (100, 0), (6, 24), (38, 50))]  # fmt: skip
    timed = [
        *asked,
        at(0, "pitchwheel", channel=1, pitch=4096),
        at(0, "note_on", channel=1, note=60, velocity=90),
        at(480, "note_off", channel=1, note=60, velocity=0),
    ]
    (part,) = read_midi(saved(tmp_path / "a.mid", timed)).parts
    assert part.notes[0].moves == (Move(0, "bend", 12.25),)


def test_one_pitch_may_sound_on_two_channels_at_once(tmp_path):
    timed = [
        at(0, "note_on", channel=1, note=60, velocity=90),
        at(240, "note_on", channel=2, note=60, velocity=50),
        at(480, "note_off", channel=1, note=60, velocity=0),
        at(960, "note_off", channel=2, note=60, velocity=0),
    ]
    (part,) = read_midi(saved(tmp_path / "a.mid", timed)).parts
    assert [(n.start, n.end, n.velocity) for n in part.notes] == [
        (0, PPQ, 90), (PPQ // 2, 2 * PPQ, 50),
    ]  # fmt: skip


def test_two_zones_are_two_parts_and_other_channels_stay_as_they_are(tmp_path):
    setup = configured(4) + configured(5, master=15)
    timed = [
        at(0, "note_on", channel=1, note=60, velocity=90),
        at(0, "note_on", channel=14, note=72, velocity=80),
        at(0, "note_on", channel=9, note=36, velocity=99),
        at(0, "note_on", channel=7, note=50, velocity=60),
        at(100, "pitchwheel", channel=14, pitch=1024),
        at(100, "pitchwheel", channel=7, pitch=1024),
        at(100, "aftertouch", channel=7, value=9),
        *(at(480, "note_off", channel=c, note=n, velocity=0)
          for c, n in ((1, 60), (14, 72), (9, 36), (7, 50))),
    ]  # fmt: skip
    parts = read_midi(saved(tmp_path / "a.mid", timed, setup=setup)).parts
    by_pitch = {part.notes[0].pitch: part for part in parts}
    assert set(by_pitch) == {60, 72, 36, 50}
    assert by_pitch[72].notes[0].moves == (Move(round(100 / Q * PPQ), "bend", 6.0),)
    assert by_pitch[50].notes[0].moves == ()
    assert [bend.value for bend in by_pitch[50].bends] == [1024]
    assert by_pitch[36].role == "drums"


def test_without_a_zone_a_bend_is_the_parts(tmp_path):
    parts = read_midi(saved(tmp_path / "a.mid", CHORD, setup=[])).parts
    assert all(note.moves == () for part in parts for note in part.notes)
    assert {bend.value for part in parts for bend in part.bends} == {0, -1024, 2048}


def test_a_zone_that_was_switched_off_or_never_sounds_changes_nothing(tmp_path):
    parts = read_midi(saved(tmp_path / "a.mid", CHORD, setup=configured(0))).parts
    assert sum(len(part.notes) for part in parts) == 2
    silent = read_midi(saved(tmp_path / "b.mid", [])).parts
    assert all(not part.notes for part in silent)


def test_a_note_that_never_ends_closes_with_its_track(tmp_path):
    timed = [
        at(0, "note_on", channel=1, note=60, velocity=90),
        at(960, "control_change", channel=0, control=7, value=90),
    ]
    (part,) = read_midi(saved(tmp_path / "a.mid", timed)).parts
    assert part.notes[0].end == 2 * PPQ


def test_moves_come_back_from_a_scores_file():
    note = Note(0, PPQ, 60, 90, (Move(0, "bend", -0.5), Move(100, "pressure", 64.0)))
    score = Score((Part("lead", "melody", "lead", (note, Note(PPQ, PPQ, 62))),))
    assert score_from_json(score_to_json(score)) == score


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [((0, "twist", 1.0), "'twist' is no move; choose one of bend"),
     ((-1, "bend", 1.0), "must lie between 0 and"), ((0, "bend", 97.0), "between -96 and 96"),
     ((0, "pressure", 128.0), "between 0 and 127")],
)  # fmt: skip
def test_moves_that_cannot_be_are_refused(fields, sentence):
    with pytest.raises(InputError, match=sentence):
        Move(*fields)
