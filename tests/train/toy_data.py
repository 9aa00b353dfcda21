"""Data sets of nobody's music in the layouts of the real ones, for the readers and what follows."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

from tapeloom.core.midi import write_midi
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap

from ..neural.toy_songs import toy_song

SHARED = Path(__file__).parents[3] / "shared" / "data"  # the real sets, where they lie beside us
LATE = 300  # ticks by which a player of the toy pop songs is late


def write_pop909(
    folder: Path, number: str, score: Score | None = None, *, bpm: int = 90, bars: int = 32
) -> Score:
    """Write a song of melody, keys and bass as both sets have it; return it as it was meant."""
    score = score or toy_song(int(number), bars=bars)
    roles = {part.role: part.notes for part in score.parts}
    piano = (*roles.get("keys", ()), *roles.get("bass", ()))
    played = {"MELODY": roles["melody"], "BRIDGE": roles.get("other", ()), "PIANO": piano}
    place = folder / "pop909" / "POP909" / number
    place.mkdir(parents=True, exist_ok=True)
    parts = tuple(
        Part(name, "melody" if name == "MELODY" else "keys", notes=tuple(map(_late, notes)))
        for name, notes in played.items() if notes
    )  # fmt: skip
    write_midi(place / f"{number}.mid", Score(parts, TempoMap.constant(bpm)))
    place = folder / "pop909cl" / "POP909_processed"
    place.mkdir(parents=True, exist_ok=True)
    together = tuple(replace(n, velocity=100) for notes in played.values() for n in notes)
    close = tuple(
        Note(span.start, span.end - span.start, 48 + (pitch - span.chord.root) % 12
             + span.chord.root)
        for span in score.chords for pitch in span.chord.pitch_classes
    )  # fmt: skip
    both = (Part("all", "keys", notes=together), Part("chords", "keys", notes=close))
    write_midi(place / f"{number}.mid", replace(score, parts=both, tempo=TempoMap.constant(120)))
    return score


def _late(note: Note) -> Note:
    return replace(note, start=note.start + LATE, velocity=64)


def write_groove(folder: Path, rows: dict[str, str]) -> None:
    """Write a beat of two bars for each session: session -> style."""
    place = folder / "groove" / "groove"
    place.mkdir(parents=True, exist_ok=True)
    lines = ["drummer,session,id,style,bpm,beat_type,time_signature,midi_filename,audio_filename,"
             "duration,split"]  # fmt: skip
    for number, (session, style) in enumerate(rows.items()):
        kick = [Note(beat * PPQ + 40, 100, 36, 90) for beat in range(0, 8, 2)]
        snare = [Note(beat * PPQ + 60, 100, 38, 80 + number) for beat in range(1, 8, 2)]
        hats = [Note(half * PPQ // 2, 100, 42, 60) for half in range(16)]
        score = Score((Part("drums", "drums", notes=(*kick, *snare, *hats)),))
        write_midi(place / f"{number}.mid", score)
        lines.append(
            f"{session.split('/')[0]},{session},{session}/{number},{style},100,beat,4-4,"
            f"{number}.mid,,2.0,train"
        )
    (place / "info.csv").write_text("\n".join(lines) + "\n", "utf-8")


def write_wjazzd(
    folder: Path, stem: str, *, bars: int = 16, meter: str = "4/4", up: int = 0
) -> None:
    """Write a solo of eighths over two chords, a walking bass under it."""
    beats, melody = folder / "wjazzd" / "mcsv_beat", folder / "wjazzd" / "mcsv_melody"
    beats.mkdir(parents=True, exist_ok=True)
    melody.mkdir(parents=True, exist_ok=True)
    table = ["onset,duration,period,division,bar,beat,signature,chord,form,chorus_id,bass"]
    solo = ["onset,duration,period,division,bar,beat,tatum,beat_duration,signature,pitch,loud_max,"
            "loud_median,phrase_id,phrase_begin,chorus_id,chord,form,idea"]  # fmt: skip
    tones = (62, 65, 69, 72, 71, 67, 65, 64)
    for bar in range(bars):
        chord = "D-7" if bar % 2 == 0 else "G7913b"
        for beat in range(1, 5):
            onset = (4 * bar + beat - 1) * 0.5
            table.append(f"{onset},0.5,4,1,{bar},{beat},'{meter}',{chord},A1,1,{38 + beat}")
            for tatum in (1, 2):
                pitch = tones[(2 * beat + tatum + 3 * bar + bar * bar) % 8] + up
                solo.append(
                    f"{onset + 0.25 * (tatum - 1)},0.2,4,2,{bar},{beat},{tatum},0.5,\"'{meter}'\","
                    f"{pitch},{0.5 + 0.01 * beat},60,1,0,1,{chord},A1,"
                )
    (beats / f"{stem}_beattrack.csv").write_text("\n".join(table) + "\n", "utf-8")
    (melody / f"{stem}.csv").write_text("\n".join(solo) + "\n", "utf-8")


def write_irb(
    folder: Path, title: str, chords: str = "Dmin7 G7 Cmaj7 Amin7", rounds: int = 8
) -> None:
    """Write a tune, a chord a bar."""
    place = folder / "irb" / "irb"
    place.mkdir(parents=True, exist_ok=True)
    rows = [[name, 4.0, "A"] for name in chords.split() * rounds]
    data = {"id": "x", "title": title, "composer": "Nobody", "key": "C-maj", "date": "1950",
            "time": "4/4", "chords": rows}  # fmt: skip
    (place / f"{title}.json").write_text(json.dumps(data), "utf-8")


def write_openewld(folder: Path, title: str, *, bars: int = 8) -> None:
    """Write a lead sheet of four quarter notes a bar."""
    place = folder / "openewld" / "dataset" / title
    place.mkdir(parents=True, exist_ok=True)
    measures = []
    own = sum(map(ord, title))
    for bar in range(bars):
        root = "CFGC"[bar % 4]
        notes = "".join(
            f"<note><pitch><step>{'CDEFGAB'[step % 7]}</step><octave>4</octave></pitch>"
            "<duration>2</duration></note>"
            for step in (own * bar + bar * bar + beat * beat * own for beat in range(4))
        )
        head = "<attributes><divisions>2</divisions><key><fifths>0</fifths><mode>major</mode></key>"
        head += "<time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
        chord = f"<harmony><root><root-step>{root}</root-step></root><kind>major</kind></harmony>"
        measures.append(f"<measure>{head if bar == 0 else ''}{chord}{notes}</measure>")
    text = (
        f"<score-partwise><work><work-title>{title}</work-title></work><identification>"
        "<creator>Nobody</creator></identification><part-list/>"
        f"<part id='P1'>{''.join(measures)}</part></score-partwise>"
    )
    with zipfile.ZipFile(place / f"{title}.mxl", "w") as archive:
        archive.writestr("tune.xml", text)


def write_all(folder: Path) -> Path:
    """Write a few songs of every set, some of each for validation."""
    for number in ("001", "002", "003"):  # 003 is for validation
        write_pop909(folder, number, bars=16)
    write_groove(folder, {"drummer1/session1": "funk", "drummer9/session1": "hiphop"})
    write_wjazzd(folder, "Nobody_First_FINAL")
    for number in (1, 7):  # 7 is for validation
        write_irb(folder, f"Tune {number}", "Dmin7 G7 Cmaj7 Amin7" if number == 1 else "C F G7 C")
        write_openewld(folder, f"Tune {number}")
    return folder
