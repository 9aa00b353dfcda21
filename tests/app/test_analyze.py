import io
import json
from fractions import Fraction

import numpy as np
import pytest
import soundfile
import typer
from PIL import Image
from typer.testing import CliRunner

from tapeloom.app.commands.analyze import analyze
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import write_json
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.midi import write_midi
from tapeloom.core.musicxml import write_musicxml
from tapeloom.core.pitch import midi_to_hz
from tapeloom.core.score import ChordSpan, Note, Part, Score, Section, score_to_json
from tapeloom.core.time import PPQ, TempoMap

BAR = 4 * PPQ
app = typer.Typer()
app.command()(analyze)


def run(*arguments, standard_input=None):
    result = CliRunner().invoke(app, [str(a) for a in arguments], input=standard_input)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


def read(*arguments, standard_input=None):
    return json.loads(run("--json", *arguments, standard_input=standard_input))


@pytest.fixture
def song():
    """Eight bars of ii V I vi in C at 80 bpm, with a change to 90 and a bar of 3/4 at the end."""
    notes, bass, spans = [], [], []
    for i, symbol in enumerate(("Dm7", "G7", "Cmaj7", "Am7") * 2):
        chord = Chord.parse(symbol)
        notes += [Note(i * BAR, BAR, 60 + (chord.root + k) % 12) for k in chord.intervals]
        bass.append(Note(i * BAR, BAR, 36 + chord.root))
        spans.append(ChordSpan(i * BAR, (i + 1) * BAR, chord))
    kit = [Note(i * PPQ, 100, 36) for i in range(32)]
    return Score(
        (
            Part("Keys", "keys", "electric_piano", tuple(notes)),
            Part("Bass", "bass", "upright_bass", tuple(bass)),
            Part("Kit", "drums", "dusty_kit", tuple(kit)),
        ),
        tempo=TempoMap(((0, Fraction(80)), (4 * BAR, Fraction(90)))),
        meters=((0, Meter()), (7 * BAR, Meter(3, 4))),
        keys=((0, Key("C", "major")),),
        chords=tuple(spans),
        sections=(Section("A", 0, 4 * BAR), Section("B", 4 * BAR, 8 * BAR)),
    )


@pytest.fixture
def tone(tmp_path):
    """Twelve seconds of repeated A minor chords at 75 bpm, the right side half as loud."""
    rate = 22_050
    t = np.arange(12 * rate) / rate
    x = sum(np.sin(2 * np.pi * midi_to_hz(pitch) * t) for pitch in (45, 57, 60, 64))
    x *= 0.08 * np.exp(-4 * (t % 0.8))
    path = tmp_path / "tone.wav"
    soundfile.write(path, np.stack([x, 0.5 * x]).T, rate)
    return path


def test_a_score_tells_its_key_tempo_chords_and_form(song, tmp_path):
    write_json(tmp_path / "score.json", score_to_json(song))
    found = read(tmp_path / "score.json")
    assert found["kind"] == "score"
    assert (found["key"], found["key_found"]) == ("C major", "C major")
    assert found["tempo_bpm"] == 80
    assert found["tempo_range_bpm"] == [80, 90]
    assert found["meters"] == [[1, "4/4"], [8, "3/4"]]
    assert found["chords"][:4] == ["Dm7", "G7", "Cmaj7", "Am7"]
    assert [(s["name"], s["bar"], s["bars"]) for s in found["sections"]] == [
        ("A", 1, 4), ("B", 5, 5),
    ]  # fmt: skip
    assert found["duration_s"] == pytest.approx(16 * 0.75 + 16 * 60 / 90, abs=0.01)
    assert found["notes_in_key"] == 1.0


def test_parts_tell_their_density_and_range(song, tmp_path):
    write_json(tmp_path / "score.json", score_to_json(song))
    keys, bass, kit = read(tmp_path / "score.json")["parts"]
    assert (bass["notes"], bass["range"], bass["lowest"]) == (8, "C2 to A2", 36)
    assert kit["range"] is None
    assert keys["notes_per_bar"] == pytest.approx(32 / 9, abs=0.01)


def test_a_midi_file_is_heard_without_being_told(song, tmp_path):
    write_midi(tmp_path / "song.mid", song)
    found = read(tmp_path / "song.mid")
    assert found["key"] == "C major"
    assert found["tempo_bpm"] == pytest.approx(80, abs=0.001)
    assert [chord.split()[0] for chord in found["chords"][:4]] == ["Dm7", "G7", "Cmaj7", "Am7"]
    assert {part["role"] for part in found["parts"]} == {"keys", "bass", "drums"}


def test_midi_is_told_by_its_first_bytes_whatever_its_name(song, tmp_path):
    write_midi(tmp_path / "song.mid", song)
    (tmp_path / "song.mid").rename(tmp_path / "song.bin")
    assert read(tmp_path / "song.bin")["kind"] == "score"


def test_audio_figures_are_those_of_the_signal(tone):
    found = read(tone)
    assert found["kind"] == "audio"
    assert found["duration_s"] == 12
    assert found["tempo_bpm"] == pytest.approx(75, abs=0.5)
    assert found["key"] == "A minor"
    assert found["correlation"] == pytest.approx(1, abs=0.001)
    assert found["dc_dbfs"] < -60
    x, _ = soundfile.read(tone)
    assert found["sample_peak_dbfs"] == pytest.approx(20 * np.log10(np.abs(x).max()), abs=0.01)
    assert found["true_peak_dbtp"] >= found["sample_peak_dbfs"]
    assert found["plr_db"] == pytest.approx(
        found["true_peak_dbtp"] - found["integrated_lufs"], abs=0.01
    )
    assert max(found["bands_db"], key=lambda hz: found["bands_db"][hz] or -200) in ("200", "250")


def test_silence_has_no_figures_but_null(tmp_path):
    soundfile.write(tmp_path / "silence.wav", np.zeros((44_100, 2)), 44_100)
    found = read(tmp_path / "silence.wav")
    for name in ("integrated_lufs", "true_peak_dbtp", "key", "tempo_bpm", "plr_db"):
        assert found[name] is None
    assert found["longest_silence_s"] == 1.0
    assert "none found" in run(tmp_path / "silence.wav")


def test_a_records_folder_gives_both(song, tone, tmp_path):
    folder = tmp_path / "record"
    folder.mkdir()
    write_json(folder / "score.json", score_to_json(song))
    x, rate = soundfile.read(tone)
    soundfile.write(folder / "master.flac", x, rate)
    found = read(folder, "--plot", tmp_path / "look.png")
    assert found["kind"] == "record"
    assert found["score"]["key"] == "C major"
    assert found["audio"]["tempo_bpm"] == pytest.approx(75, abs=0.5)
    for name in ("look-score.png", "look-audio.png"):
        with Image.open(tmp_path / name) as image:
            assert image.width > 1000
    text = run(folder)
    for word in ("C major", "80 bpm (80 to 90)", "Dm7", "Bass", "LUFS", "dBTP", "A (4), B (5)"):
        assert word in text


def test_several_files_give_a_list_and_quiet_gives_nothing(tone):
    assert [entry["file"] for entry in read(tone, tone)] == [str(tone), str(tone)]
    assert run("--quiet", tone) == ""


def test_standard_input_is_read(tone, song, tmp_path):
    assert read("-", standard_input=tone.read_bytes())["channels"] == 2
    write_midi(tmp_path / "song.mid", song)
    assert read("-", standard_input=(tmp_path / "song.mid").read_bytes())["bars"] == 9


@pytest.mark.parametrize("plotted", ["midi", "audio"])
def test_plot_writes_one_picture(plotted, tone, song, tmp_path):
    write_midi(tmp_path / "song.mid", song)
    source = tone if plotted == "audio" else tmp_path / "song.mid"
    run(source, "--quiet", "--plot", tmp_path / "p.PNG")
    assert (tmp_path / "p.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("no.wav", None, "does not exist"),
        ("empty.wav", b"", "is empty"),
        ("text.dat", b"hello, I am no audio" * 9, "is no audio file"),
        ("text.txt", b"hello, I am no chart" * 9, "is no chord"),
        ("list.json", b"[1, 2]", "is no score"),
        ("broken.json", b"{", "cannot be read as JSON"),
        ("other.json", b'{"format": 9}', "score format 9 is not known"),
        ("text.mid", b"no midi at all", "text.mid"),
        ("head.mid", b"MThd", "head.mid"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(name, content, message, tmp_path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        run(tmp_path / name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bad_uses_of_plot_are_refused(tone, tmp_path):
    for arguments, message in (
        ((tone, "--plot", tmp_path / "p.jpg"), "is no PNG"),
        ((tone, tone, "--plot", tmp_path / "p.png"), "takes one file, and 2 are given"),
        ((tone, "--plot", tmp_path / "no" / "p.png"), "is no folder"),
        ((tmp_path,), "it is no record"),
    ):
        with pytest.raises(TapeloomError, match=message):
            run(*arguments)


def test_markup_in_names_is_printed_as_it_stands(song, tmp_path):
    odd = Score((Part("[bold]Lead[/x]", "melody", notes=song.parts[1].notes),))
    path = tmp_path / "score [red].json"
    write_json(path, score_to_json(odd))
    text = run(path)
    assert "[bold]Lead[/x]" in text
    assert "[red]" in text


def test_harmony_is_told_with_bars_numerals_cadences_and_tension(song, tmp_path):
    write_midi(tmp_path / "song.mid", song)
    found = read(tmp_path / "song.mid")["harmony"]
    assert found["key"] == "C major"
    assert [(c["bar"], c["numeral"]) for c in found["chords"]][:3] == [
        (1, "ii7"), (2, "V7"), (3, "I7"),
    ]  # fmt: skip
    assert [span["key"] for span in found["keys"]] == ["C major"]
    tensions = [chord["tension"] for chord in found["chords"]]
    assert tensions[1] > tensions[2]
    assert "ii-V-I" in {pattern["name"] for pattern in found["patterns"]}
    for chord in found["chords"]:
        assert 0 <= chord["confidence"] <= 1
    text = run(tmp_path / "song.mid")
    for word in ("Dm7", "ii7", "V7", "tension", "ii-V-I", "confidence"):
        assert word in text


def test_musicxml_is_read_and_told_like_midi(song, tmp_path):
    score = Score(song.parts, song.tempo, song.meters, song.keys)
    for name in ("song.musicxml", "song.mxl"):
        write_musicxml(tmp_path / name, score)
        found = read(tmp_path / name)
        assert [chord.split()[0] for chord in found["chords"][:4]] == ["Dm7", "G7", "Cmaj7", "Am7"]
        assert found["key_stated"] == "C major"
    data = (tmp_path / "song.musicxml").read_bytes()
    assert read("-", standard_input=data)["bars"] == 9


def test_romantext_is_written_as_music21_reads_it(song, tmp_path):
    write_midi(tmp_path / "song.mid", song)
    run(tmp_path / "song.mid", "--quiet", "--romantext", tmp_path / "song.rntxt")
    text = (tmp_path / "song.rntxt").read_text()
    assert text.startswith("Title: song\n")
    assert "m1 C: ii7" in text
    converter = pytest.importorskip("music21.converter")
    theirs = converter.parse(text, format="romanText").flatten()
    figures = [numeral.figure for numeral in theirs.getElementsByClass("RomanNumeral")]
    assert figures[:3] == ["ii7", "V7", "I7"]
    again = read(tmp_path / "song.rntxt")
    assert again["chords"][:3] == ["Dm7", "G7", "Cmaj7"]


def test_chords_may_be_given_in_the_place_of_a_file(tmp_path):
    found = read("Dm7 G7 | Cmaj7 A7 | Dm7 Db7 | C6")
    assert found["key"] == "C major"
    assert found["bars"] == 4
    assert [chord["numeral"] for chord in found["harmony"]["chords"]][:4] == [
        "ii7", "V7", "I7", "V7/ii",
    ]  # fmt: skip
    run("Dm7 G7 | Cmaj7", "--plot", tmp_path / "p.png")
    assert (tmp_path / "p.png").stat().st_size > 5000


@pytest.mark.parametrize(
    ("pitches", "role", "key"),
    [((), "keys", False), ((60,), "keys", True), (tuple(range(60, 72)), "keys", True),
     ((36, 38), "drums", False)],
    ids=["nothing", "one note", "twelve pitches", "drums"],
)  # fmt: skip
def test_odd_scores_are_analysed_shown_and_drawn(pitches, role, key, tmp_path):
    notes = tuple(Note(0, PPQ, pitch) for pitch in pitches)
    path = tmp_path / "odd.mid"
    write_midi(path, Score((Part("x", role, notes=notes, program=4),)))
    found = read(path, "--plot", tmp_path / "odd.png", "--romantext", tmp_path / "odd.rntxt")
    assert (found["harmony"]["key"] is not None) == key
    assert 0 <= found["harmony"]["confidence"] < 0.9
    assert run(path)
    assert (tmp_path / "odd.png").is_file()
    assert (tmp_path / "odd.rntxt").is_file()


def test_bad_uses_of_romantext_are_refused(tone, song, tmp_path):
    write_midi(tmp_path / "song.mid", song)
    for arguments, message in (
        ((tone, "--romantext", tmp_path / "x.rntxt"), "is audio"),
        ((tone, tone, "--romantext", tmp_path / "x.rntxt"), "takes one file"),
        ((tmp_path / "song.mid", "--romantext", tmp_path / "no" / "x.rntxt"), "is no folder"),
    ):
        with pytest.raises(InputError, match=message):
            run(*arguments)


def test_an_empty_score_is_no_error(tmp_path):
    write_json(tmp_path / "score.json", score_to_json(Score(())))
    assert read(tmp_path / "score.json")["key"] is None
    assert "none found" in run(tmp_path / "score.json")
    buffer = io.BytesIO()
    soundfile.write(buffer, np.zeros((0, 1)), 8000, format="WAV")
    (tmp_path / "nothing.wav").write_bytes(buffer.getvalue())
    assert read(tmp_path / "nothing.wav")["duration_s"] == 0


def test_swing_microtiming_and_syncopation_are_told(tmp_path):
    late, swung = round(0.015 * PPQ * 80 / 60), round(0.08 * PPQ / 2)

    def at(bar, step):
        return bar * BAR + step * PPQ // 4 + step % 2 * swung

    notes = [Note(at(b, s) + late, 600, 38, 90) for b in range(8) for s in (0, 3, 6, 10, 12)]
    notes += [Note(at(b, s), 600, 42, 70 + s % 2 * 10) for b in range(8) for s in range(16)]
    kit = Part("Kit", "drums", "dusty_kit", tuple(notes))
    write_midi(tmp_path / "beat.mid", Score((kit,), TempoMap.constant(80)))
    found = read(tmp_path / "beat.mid")
    assert found["swing"]["ratio"] == pytest.approx(0.58, abs=0.01)
    assert found["swing"]["level"] == 16
    snare, hat = found["microtiming"]
    assert (snare["line"], hat["line"]) == ("snare", "closed_hat")
    assert snare["mean_ms"] - hat["mean_ms"] == pytest.approx(15, abs=2)
    assert hat["velocity_sd"] == 5
    told = found["syncopation"][0]
    assert (told["line"], told["timeline"], told["timeline_share"]) == ("snare", "son32", 1.0)
    assert (told["lhl"], told["wnbd"], told["metric_complexity"]) == (4.0, 2.8, 4.0)
    assert not found["pulse"]["used"]
    out = run(tmp_path / "beat.mid")
    assert "% in sixteenths" in out
    assert "son32" in out


def test_a_tempo_is_heard_where_the_file_has_none_that_fits(tmp_path):
    played, wrong = TempoMap.constant(93), TempoMap.constant(120)
    ticks = [round(wrong.s_to_tick(played.tick_to_s(i * PPQ // 2) + 0.2)) for i in range(128)]
    notes = tuple(Note(t, 300, 36 if i % 4 == 0 else 42, 90) for i, t in enumerate(ticks))
    write_midi(tmp_path / "free.mid", Score((Part("Kit", "drums", notes=notes),), wrong))
    pulse = read(tmp_path / "free.mid")["pulse"]
    assert pulse["used"]
    assert min(abs(pulse["bpm"] * k / 93 - 1) for k in (0.5, 1, 2)) < 0.01
    assert "no grid of the file's tempo fits" in run(tmp_path / "free.mid")


def test_a_record_is_measured_as_it_is_played(record):
    found = read(record.folder)["score"]
    assert found["swing"]["ratio"] > 0.52  # score.json is straight
    assert {"kick", "bass"} <= {row["line"] for row in found["microtiming"]}
    (record.folder / "performance.json").rename(record.folder / "away.json")
    try:
        midi = read(record.folder)["score"]  # performance.mid tells the same
    finally:
        (record.folder / "away.json").rename(record.folder / "performance.json")
    assert midi["swing"]["ratio"] == pytest.approx(found["swing"]["ratio"], abs=0.005)


def test_chords_alone_have_no_time_to_measure():
    found = read("Dm7 G7 | Cmaj7")
    assert (found["microtiming"], found["syncopation"], found["pulse"]) == ([], [], None)
