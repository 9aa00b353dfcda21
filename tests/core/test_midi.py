import io
import random
import tarfile
import warnings
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import mido
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapeloom.core import midi, smf
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.midi import read_midi, write_midi, write_performance_midi
from tapeloom.core.performance import (
    Performance,
    PlayedControl,
    PlayedNote,
    PlayedPart,
    TimedSection,
)
from tapeloom.core.score import Bend, Control, Note, Part, Score, Section
from tapeloom.core.time import PPQ, TempoMap

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
HEAD = b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x00\x60"


def saved(tracks, path, *, kind=1, ppq=480):
    file = mido.MidiFile(type=kind, ticks_per_beat=ppq, charset="latin1")
    for messages in tracks:
        track = mido.MidiTrack()
        track.extend(messages)
        file.tracks.append(track)
    file.save(path)
    return path


def on(pitch, velocity=64, time=0, channel=0):
    return mido.Message("note_on", note=pitch, velocity=velocity, time=time, channel=channel)


def off(pitch, time=0, channel=0):
    return mido.Message("note_off", note=pitch, time=time, channel=channel)


def meta(kind, time=0, **fields):
    return mido.MetaMessage(kind, time=time, **fields)


def music(score):
    """What two scores must share to be the same music."""
    parts = [
        (p.name, p.role, p.instrument, p.program, p.notes, p.controls, p.bends) for p in score.parts
    ]
    return parts, score.tempo, score.meters, score.keys, score.ticks_per_quarter


def file_notes(score):
    q = score.ticks_per_quarter
    return sorted(
        (round(n.start * q / PPQ), round(n.end * q / PPQ), n.pitch, n.velocity)
        for part in score.parts
        for n in part.notes
    )


def oracle_notes(path):
    """The notes that mido reads: first begun, first ended; what never ends is closed at the end."""
    notes = []
    for track in mido.MidiFile(path, charset="latin1").tracks:
        tick, sounding = 0, defaultdict(list)
        for message in track:
            tick += message.time
            if message.type == "note_on" and message.velocity:
                sounding[message.channel, message.note].append((tick, message.velocity))
            elif message.type in ("note_on", "note_off"):
                for start, velocity in sounding[message.channel, message.note][:1]:
                    notes.append((start, max(tick, start + 1), message.note, velocity))
                del sounding[message.channel, message.note][:1]
        for (_, pitch), left in sounding.items():
            notes += [(start, max(tick, start + 1), pitch, v) for start, v in left]
    return sorted(notes)


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 700),
        st.sampled_from(["on", "on", "on", "off", "zero", "control", "bend", "program"]),
        st.integers(0, 3).map(lambda c: 9 if c == 3 else c),
        st.integers(60, 63),
        st.integers(1, 127),
    ),
    max_size=40,
)


def message(time, kind, channel, pitch, value):
    where = {"time": time, "channel": channel}
    match kind:
        case "on" | "zero":
            return on(pitch, value if kind == "on" else 0, time, channel)
        case "control":
            return mido.Message("control_change", control=64, value=value, **where)
        case "bend":
            return mido.Message("pitchwheel", pitch=value * 64 - 8192, **where)
        case "program":
            return mido.Message("program_change", program=value, **where)
    return off(pitch, time, channel)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(EVENTS, min_size=1, max_size=3),
    st.sampled_from([1, 24, 96, 120, 384, 480, 960, 1000, 5040, 10_080]),
)
def test_a_file_written_at_its_own_ppq_is_the_same_music(tmp_path, tracks, ppq):
    path = saved(
        [[message(*event) for event in events] for events in tracks], tmp_path / "a.mid", ppq=ppq
    )
    score = read_midi(path)
    assert file_notes(score) == oracle_notes(path)
    write_midi(tmp_path / "b.mid", score)
    again = read_midi(tmp_path / "b.mid")
    assert file_notes(again) == file_notes(score)
    assert [part.notes for part in again.parts if part.notes] == [
        part.notes for part in score.parts if part.notes
    ]
    assert again.ticks_per_quarter == ppq
    write_midi(tmp_path / "c.mid", again)
    assert (tmp_path / "c.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()


def test_format_0_running_status_and_everything_that_we_keep(tmp_path):
    path = saved(
        [[
            meta("track_name", name="Caf\xe9"), meta("set_tempo", tempo=800_000),
            meta("time_signature", numerator=7, denominator=8),
            meta("key_signature", key="F#m"), meta("marker", text="intro"),
            meta("lyrics", text="la"), mido.Message("sysex", data=[1, 2, 3]),
            mido.Message("program_change", program=32), mido.Message("aftertouch", value=5),
            mido.Message("control_change", control=64, value=127),
            on(40, 100), on(36, 90, channel=9), off(40, 480), on(36, 0, 0, 9),
            mido.Message("pitchwheel", pitch=-300, time=10),
            meta("set_tempo", tempo=750_000, time=470), meta("marker", text="A"),
            on(41, 70), on(41, 0, 240),
        ]],
        tmp_path / "a.mid", kind=0,
    )  # fmt: skip
    score = read_midi(path)
    bass, drums = score.parts
    assert (bass.name, bass.role, bass.program) == ("Café", "bass", 32)
    assert (drums.name, drums.role) == ("Café 2", "drums")
    assert bass.notes == (Note(0, PPQ, 40, 100), Note(2 * PPQ, PPQ // 2, 41, 70))
    assert drums.notes == (Note(0, PPQ, 36, 90),)
    assert bass.controls == (Control(0, 64, 127),)
    assert bass.bends == (Bend(10 * PPQ // 480 + PPQ, -300),)
    assert score.tempo.changes == ((0, Fraction(75)), (2 * PPQ, Fraction(80)))
    assert score.meters == ((0, Meter(7, 8)),)
    assert score.keys == ((0, Key("F#", "minor")),)
    assert [(s.name, s.start) for s in score.sections] == [("intro", 0), ("A", 2 * PPQ)]
    assert score.sections[-1].end == Meter(7, 8).bar_ticks
    write_midi(tmp_path / "b.mid", score)
    again = read_midi(tmp_path / "b.mid")
    assert music(again) == music(score)
    assert again.sections == score.sections


@pytest.mark.parametrize("fifths", range(-7, 8))
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_key_signatures_come_back(tmp_path, fifths, mode):
    key = midi._key(fifths, int(mode == "minor"))
    assert (key.signature, key.mode) == (fifths, mode)
    part = Part("keys", "keys", notes=(Note(0, PPQ, 60),))
    write_midi(tmp_path / "x.mid", Score((part,), keys=((0, key),)))
    assert read_midi(tmp_path / "x.mid").keys == ((0, key),)


def test_a_key_beyond_seven_sharps_is_written_as_its_neighbour(tmp_path):
    part = Part("keys", "keys", notes=(Note(0, PPQ, 60),))
    write_midi(tmp_path / "x.mid", Score((part,), keys=((0, Key("G#", "major")),)))
    assert read_midi(tmp_path / "x.mid").keys == ((0, Key("Ab", "major")),)


def our_score():
    return Score(
        (
            Part("melody", "melody", "felt_piano", (Note(0, PPQ, 72, 80),), 0),
            Part("lead", "keys", "electric_piano", (Note(0, PPQ, 60, 80),), 4,
                 (Control(0, 64, 127), Control(5, 64, 0))),
            Part("bass", "bass", "upright_bass", (Note(3, 5041, 40, 80),), 32, bends=(Bend(7, 5),)),
            Part("x", "other", "", (Note(0, 1, 1, 1),), 127),
            Part("drums", "drums", "dusty_kit", (Note(0, 2520, 36, 100), Note(0, 2520, 42, 60))),
        ),
        TempoMap(((0, Fraction(75)), (8 * PPQ, Fraction(80)))),
        ((0, Meter(4, 4)), (4 * PPQ, Meter(3, 4))),
        ((0, Key("D", "minor")),),
        sections=(Section("intro", 0, 4 * PPQ), Section("A'", 4 * PPQ, 10 * PPQ)),
    )  # fmt: skip


def test_our_own_files_give_everything_back(tmp_path):
    score = our_score()
    path = tmp_path / "x.mid"
    write_midi(path, score)
    again = read_midi(path)
    assert music(again) == music(score)
    assert again.sections == score.sections
    tracks = [track.name for track in mido.MidiFile(path).tracks]
    assert tracks[0] == "tempo"
    assert tracks[1] == "melody (felt_piano)"
    assert tracks[-1] == "drums (dusty_kit)"
    assert all(m.channel == 9 for m in mido.MidiFile(path).tracks[-1] if hasattr(m, "channel"))


def test_coarser_ticks_round_both_ends(tmp_path):
    part = Part("bass", "bass", notes=(Note(PPQ // 3, PPQ // 3, 40), Note(2 * PPQ // 3, 1, 41)))
    write_midi(tmp_path / "x.mid", Score((part,)), ticks_per_quarter=4)
    assert [(n.start, n.end) for n in read_midi(tmp_path / "x.mid").parts[0].notes] == [
        (PPQ // 4, 3 * PPQ // 4), (3 * PPQ // 4, PPQ)
    ]  # fmt: skip


def test_what_a_file_cannot_hold_is_refused(tmp_path):
    path = tmp_path / "x.mid"
    part = Part("bass", "bass", notes=(Note(0, PPQ, 40),))
    for wrong in (0, -1, 32_768):
        with pytest.raises(InputError, match="ticks_per_quarter"):
            write_midi(path, Score((part,)), ticks_per_quarter=wrong)
    with pytest.raises(InputError, match="4 bpm or more"):
        write_midi(path, Score((part,), TempoMap.constant(2)))
    late = Part("bass", "bass", notes=(Note(2**30, PPQ, 40),))
    with pytest.raises(InputError, match="fewer"):
        write_midi(path, Score((late,)))
    with pytest.raises(TapeloomError, match="cannot be written"):
        write_midi(tmp_path / "none" / "x.mid", Score((part,)))
    assert not list(tmp_path.iterdir())


def test_a_performance_is_written_in_time(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pretty_midi
    notes = tuple(PlayedNote(0.37 * i, 0.2, 60 + i, 70 + i) for i in range(20))
    performance = Performance(
        (
            PlayedPart("keys", "keys", "felt_piano", notes, 0, (PlayedControl(0.5, 64, 127),)),
            PlayedPart("drums", "drums", "dusty_kit", notes),
        ),
        8.0,
        our_score().tempo,
        sections=(TimedSection("A", 0.0, 8.0),),
    )
    path = tmp_path / "x.mid"
    write_performance_midi(path, performance)
    oracle = pretty_midi.PrettyMIDI(str(path))
    assert [track.is_drum for track in oracle.instruments] == [False, True]
    for track in oracle.instruments:
        heard = sorted(track.notes, key=lambda note: note.start)
        for note, played in zip(heard, notes, strict=True):
            assert note.start == pytest.approx(played.onset_s, abs=0.0005)
            assert note.end == pytest.approx(played.onset_s + played.duration_s, abs=0.001)
            assert (note.pitch, note.velocity) == (played.pitch, played.velocity)
    assert oracle.instruments[0].control_changes[0].time == pytest.approx(0.5, abs=0.0005)


@pytest.mark.parametrize(
    ("name", "program", "role"),
    [
        ("MELODY", 0, "melody"), ("BRIDGE", 0, "keys"), ("PIANO", 0, "keys"), ("Bass", 0, "bass"),
        ("E-Gtr", 0, "guitar"), ("Warm Pad", 0, "pad"), ("Drum Kit", 0, "drums"),
        ("Lead vocal", 0, "melody"), ("", 33, "bass"), ("", 25, "guitar"), ("", 89, "pad"),
        ("Track 1", 73, "melody"), ("Track 2", 120, "other"), ("other", 0, "other"),
    ],
)  # fmt: skip
def test_roles_are_guessed_from_names_and_programs(name, program, role):
    assert midi._role(name, program, False) == role
    assert midi._role(name, program, True) == "drums"


def track(body):
    return HEAD + b"MTrk" + len(body).to_bytes(4, "big") + body


NOTE = b"\x00\x90\x3c\x40\x60\x80\x3c\x00"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "header MThd"),
        (b"just some text, called .mid", "header MThd"),
        (HEAD[:10], "cut short"),
        (HEAD, "has no track"),
        (HEAD[:9] + b"\x02" + HEAD[10:] + b"MTrk\x00\x00\x00\x00", "format is 2"),
        (HEAD[:12] + b"\x00\x00MTrk\x00\x00\x00\x00", "not counted in ticks"),
        (HEAD[:12] + b"\xe7\x28MTrk\x00\x00\x00\x00", "not counted in ticks"),
        (HEAD + b"MTrk\xff\xff\xff\xff" + NOTE, "middle of a track"),
        (track(b"\x00\x3c\x40"), "without a status byte"),
        (track(b"\x00\x90\x3c"), "no MIDI event"),
        (track(b"\x00\x90\x3c\x80"), "no MIDI event"),
        (track(b"\x00"), "middle of an event"),
        (track(b"\x00\xff\x03\x50abc"), "middle of an event"),
        (track(b"\x00\xf0\x50abc"), "middle of an event"),
        (track(b"\x00\xff"), "without an end"),
        (track(b"\x00\xf5"), "the byte 245"),
        (track(b"\xff\xff\xff\xff\x90\x3c\x40"), "number without an end"),
        (track(b"\xff\xff\xff\x7f\x90\x3c\x40"), "lasts over"),
        (track(b"\x00\xff\x51\x02\x07\xa1" + NOTE), "wrong length"),
        (track(b"\x00\xff\x51\x03\x00\x00\x00" + NOTE), "endless"),
        (track(b"\x00\xff\x51\x03\x00\x00\x01" + NOTE), "between 1 and 10000"),
        (track(b"\x00\xff\x58\x04\x00\x02\x18\x08" + NOTE), "no meter"),
        (track(b"\x00\xff\x58\x04\x04\x0f\x18\x08" + NOTE), "no meter"),
        (track(b"\x00\xff\x59\x02\x55\x00" + NOTE), "key signature"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(tmp_path, data, reason):
    path = tmp_path / "x.mid"
    path.write_bytes(data)
    with pytest.raises(InputError, match=f"no MIDI file that can be read: .*{reason}"):
        read_midi(path)


def test_missing_and_huge_files_are_refused_before_reading(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_midi(tmp_path / "none.mid")
    with pytest.raises(InputError, match="is no file"):
        read_midi(tmp_path)
    huge = tmp_path / "huge.mid"
    with huge.open("wb") as file:
        file.truncate(2 * 2**30)  # sparse: takes no room
    with pytest.raises(InputError, match="over 16 MiB"):
        read_midi(huge)


def test_small_files_cannot_ask_for_much(tmp_path, monkeypatch):
    monkeypatch.setattr(smf, "MAX_NOTES", 10)
    with pytest.raises(InputError, match="over 10 notes"):
        smf.clean_midi(track(NOTE * 12))
    monkeypatch.undo()
    programs = b"".join(bytes((0, 0xC0, p)) + NOTE for p in range(128))
    with pytest.raises(InputError, match="1024 tracks"):
        smf.clean_midi(HEAD + (b"MTrk" + len(programs).to_bytes(4, "big") + programs) * 20)


def test_strange_but_legal_files_are_read(tmp_path):
    path = tmp_path / "x.mid"
    unknown = b"XFIH\x00\x00\x00\x03abc"
    body = b"\x00\xff\x7f\x02ab" + NOTE + b"\x00\xff\x2f\x00\x00\xf5junk"
    path.write_bytes(HEAD + unknown + b"MTrk" + len(body).to_bytes(4, "big") + body + unknown)
    assert read_midi(path).parts[0].notes == (Note(0, PPQ, 60, 64),)
    # A note that never ends is closed with its track; an end without a note is nothing.
    path.write_bytes(track(b"\x00\x80\x3c\x00\x00\x90\x3c\x40\x60\xff\x2f\x00"))
    assert read_midi(path).parts[0].notes == (Note(0, PPQ, 60, 64),)


def outcome(path, data):
    path.write_bytes(data)
    try:
        score = read_midi(path)
    except InputError:
        return None
    assert len(score.bar_starts) < 10**7
    return score


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200), st.sampled_from([b"", HEAD, HEAD + b"MTrk", track(NOTE)[:18]]))
def test_random_bytes_give_a_score_or_one_sentence(tmp_path, tail, head):
    outcome(tmp_path / "x.mid", head + tail)
    outcome(tmp_path / "x.mid", track(tail))


def mutated(data, rng):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 4, 16])):
        at = rng.randrange(len(data))
        match rng.randrange(5):
            case 0:
                data[at] = rng.randrange(256)
            case 1:
                data[at] ^= 1 << rng.randrange(8)
            case 2:
                del data[at : at + rng.randrange(1, 20)]
            case 3:
                data[at:at] = rng.randbytes(rng.randrange(1, 8))
            case 4:
                data[at : at + 4] = b"\xff\xff\xff\x7f"
        if not data:
            return b"M"
    last = data.rfind(b"MTrk")
    if last > 0 and rng.random() < 0.7:  # a true length, so that the events are reached
        data[last + 4 : last + 8] = max(len(data) - last - 8, 0).to_bytes(4, "big")
    return bytes(data)


def seeds(tmp_path):
    """Files to mutate: our own, mido's, and real ones where the shared data lies beside us."""
    write_midi(tmp_path / "ours.mid", our_score())
    kinds = ("on", "zero", "bend", "control", "program")
    saved([[message(9, kind, 0, 60, 90) for kind in kinds] * 20], tmp_path / "mido.mid", kind=0)
    files = [(tmp_path / name).read_bytes() for name in ("ours.mid", "mido.mid")]
    archive = SHARED / "groove.tar.xz"
    if archive.exists():
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.name.endswith((".mid", ".midi")) and member.size < 4000:
                    files.append(tar.extractfile(member).read())
                if len(files) >= 8:
                    break
    return files


def test_mutated_files_give_a_score_or_one_sentence(tmp_path):
    files = seeds(tmp_path)
    rng = random.Random(1)  # noqa: S311
    read = [outcome(tmp_path / "x.mid", mutated(rng.choice(files), rng)) for _ in range(800)]
    assert 50 < sum(score is not None for score in read) < 750


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not here")
@pytest.mark.parametrize("name", ["pop909.tar.xz", "groove.tar.xz"])
@pytest.mark.slow
def test_real_files_come_back_note_for_note(tmp_path, name):
    checked = 0
    with tarfile.open(SHARED / name) as tar:
        for member in tar:
            if not member.name.endswith((".mid", ".midi")):
                continue
            path = tmp_path / "real.mid"
            path.write_bytes(tar.extractfile(member).read())
            score = read_midi(path)
            assert file_notes(score) == oracle_notes(path)
            write_midi(tmp_path / "again.mid", score)
            assert music(read_midi(tmp_path / "again.mid")) == music(score)
            checked += 1
            if checked == 15:
                break
    assert checked == 15


def test_bytes_are_deterministic(tmp_path):
    for name in ("a.mid", "b.mid"):
        write_midi(tmp_path / name, our_score())
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()
    assert mido.MidiFile(file=io.BytesIO((tmp_path / "a.mid").read_bytes())).ticks_per_beat == PPQ
