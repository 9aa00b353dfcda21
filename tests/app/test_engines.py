"""The commands with the learned engines: several scores with their figures, bars written anew."""

import json
import shutil
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import mido
import pytest

from tapeloom.app import stages
from tapeloom.app.commands import main
from tapeloom.app.composing import compose_brief
from tapeloom.app.order import Order
from tapeloom.app.pipeline import produce, remake
from tapeloom.compose import learned
from tapeloom.core.brief import Brief
from tapeloom.core.midi import read_midi
from tapeloom.core.product import Loudness
from tapeloom.core.score import score_from_json
from tapeloom.neural import drafting
from tapeloom.neural.tokens import VOCABULARY
from tests.neural.tiny_model import TINY

SHIPPED = drafting.MODEL


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAPELOOM_OUT", raising=False)
    return tmp_path


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Let the tiny model of the tests stand in for the package's."""
    learned._shipped.cache_clear()
    monkeypatch.setattr(drafting, "MODEL", TINY)
    yield
    learned._shipped.cache_clear()


def run(*arguments):
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    assert stopped.value.code in (0, None)


def refused(capsys, *arguments, code=2):
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    assert stopped.value.code == code, told.err
    assert told.err.startswith("tapeloom: ")
    assert told.err.count("\n") == 1
    assert "internal error" not in told.err
    assert told.out == ""
    return told.err


@pytest.mark.slow
@pytest.mark.parametrize(("model", "count"), [(TINY, 8), (SHIPPED, 2)], ids=["tiny", "shipped"])
def test_moody_scores_are_different_and_tell_how_good_they_are(
    folder, capsys, monkeypatch, model, count
):
    monkeypatch.setattr(drafting, "MODEL", model)
    asked = f"--mood dreamy --key Ebm --bpm 72 --bars 4 --count {count} --seed 3"
    run("compose", "--engine", "transformer", *asked.split(), "--json")
    made = json.loads(capsys.readouterr().out)
    assert len(made) == count
    files = [folder / figures["file"] for figures in made]
    assert len({path.read_bytes() for path in files}) == count
    for path, figures in zip(files, made, strict=True):
        score = read_midi(path)
        assert (figures["key"], figures["bpm"], figures["bars"]) == ("Eb minor", 72, 4)
        assert str(score.key) == "Eb minor"
        assert float(score.tempo.initial_bpm) == pytest.approx(72, rel=1e-6)
        assert sum(len(part.notes) for part in score.parts) > 0
        sidecar = json.loads(path.with_suffix(".json").read_text())
        assert (sidecar["engine"], sidecar["seed"]) == ("transformer", figures["seed"])
        (draft,) = sidecar["drafts"]
        assert 0 <= draft["quality"]["total"] <= 1
        assert draft["originality"]["is_original"] is True
        assert 0 <= draft["originality"]["copied_share"] <= 1
        assert figures["drafts"] == sidecar["drafts"]
    assert (
        sorted(path.suffix for path in (folder / "out").iterdir())
        == [".json"] * count + [".mid"] * count
    )


def test_a_mood_by_option_is_a_word_of_the_brief(folder, capsys):
    run("compose", "rain", "--mood", "dark", "--bars", "8", "--seed", "1", "--out", "a.mid")
    run("compose", "rain dark", "--bars", "8", "--seed", "1", "--out", "b.mid")
    assert (folder / "a.mid").read_bytes() == (folder / "b.mid").read_bytes()
    assert not (folder / "a.json").exists()  # the theory engine has no drafts to tell of


@pytest.mark.parametrize("engine", ["transformer", "hybrid"])
def test_a_line_tells_quality_and_quotations_and_a_seed_is_one_score(folder, capsys, engine):
    for name in ("a", "b"):
        run("compose", "--engine", engine, "--bars", "4", "--seed", "1", "--out", f"{name}.mid")
    told = capsys.readouterr().out
    assert told.count("\n") == 2
    assert told.count("; quality 0.") + told.count("; quality 1.") == 2
    assert "% quoted" in told
    assert (folder / "a.mid").read_bytes() == (folder / "b.mid").read_bytes()
    assert (folder / "a.json").read_bytes() == (folder / "b.json").read_bytes()


def test_a_file_of_figures_is_not_replaced_unasked(folder, capsys):
    (folder / "score.json").write_text("mine")
    asked = ("compose", "--engine", "hybrid", "--bars", "4", "--seed", "1", "--out", "score.mid")
    assert "score.json exists; use --force" in refused(capsys, *asked)
    assert (folder / "score.json").read_text() == "mine"
    run(*asked, "--force")
    assert json.loads((folder / "score.json").read_text())["engine"] == "hybrid"


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    """A file as other programs write it, at 480 ticks a quarter."""
    file = mido.MidiFile(ticks_per_beat=480)
    first = mido.MidiTrack()
    file.tracks.append(first)
    for message in (
        mido.MetaMessage("set_tempo", tempo=800_000),
        mido.MetaMessage("time_signature", numerator=4, denominator=4),
        mido.MetaMessage("key_signature", key="Ebm"),
        mido.MetaMessage("marker", text="verse"),
        mido.MetaMessage("set_tempo", tempo=790_000, time=480 * 16),
        mido.MetaMessage("marker", text="chorus"),
        mido.MetaMessage("key_signature", key="Gb", time=480 * 16),
        mido.MetaMessage("time_signature", numerator=3, denominator=4, time=480 * 16),
        mido.MetaMessage("set_tempo", tempo=850_001, time=480 * 2),
    ):
        first.append(message)
    tracks = (("Lead melody", 80, 0, 75), ("Piano (left)", 0, 1, 51), ("Bass", 33, 2, 39),
              ("Drums", 0, 9, 38), ("Choir", 52, 3, 63))  # fmt: skip
    for title, program, channel, pitch in tracks:
        track = mido.MidiTrack()
        file.tracks.append(track)
        track.append(mido.MetaMessage("track_name", name=title))
        track.append(mido.Message("program_change", program=program, channel=channel))
        for control, value in ((7, 100), (10, 40), (91, 12)):
            track.append(mido.Message("control_change", control=control, value=value,
                                      channel=channel))  # fmt: skip
        for beat in range(64):
            on = {"note": pitch + (beat * 5) % 7, "channel": channel}
            track.append(mido.Message("note_on", velocity=60 + beat % 30, time=7, **on))
            if beat % 8 == 0:
                track.append(mido.Message("pitchwheel", pitch=100 * beat - 3000, channel=channel))
                track.append(mido.Message("control_change", control=64, value=beat,
                                          channel=channel, time=11))  # fmt: skip
                track.append(mido.Message("note_off", time=400, **on))
            else:
                track.append(mido.Message("note_off", time=411, **on))
            track.append(mido.Message("control_change", control=1, value=beat, channel=channel,
                                      time=62))  # fmt: skip
    path = tmp_path_factory.mktemp("song") / "song.mid"
    file.save(path)
    return path


def events(path: Path) -> Counter:
    """Everything that a file holds but its notes: track by track, with times in ticks."""
    found: Counter = Counter()
    for track in mido.MidiFile(path).tracks:
        title = next((m.name for m in track if m.type == "track_name"), "")
        tick = 0
        for message in track:
            tick += message.time
            if message.type not in ("note_on", "note_off", "end_of_track"):
                found[title, tick, str(message.copy(time=0))] += 1
    return found


def notes(path: Path) -> Counter:
    """Notes by title: (start, length, pitch, velocity) in ticks."""
    found: Counter = Counter()
    for track in mido.MidiFile(path).tracks:
        title = next((m.name for m in track if m.type == "track_name"), "")
        sounding: dict[tuple[int, int], list[tuple[int, int]]] = {}
        tick = 0
        for message in track:
            tick += message.time
            if message.type == "note_on" and message.velocity:
                key = message.channel, message.note
                sounding.setdefault(key, []).append((tick, message.velocity))
            elif message.type in ("note_on", "note_off"):
                start, velocity = sounding[message.channel, message.note].pop(0)
                found[title, start, tick - start, message.note, velocity] += 1
        assert not any(sounding.values())
    return found


TITLES = {"melody": "Lead melody", "keys": "Piano (left)", "bass": "Bass", "drums": "Drums",
          "pad": "Choir"}  # fmt: skip


@pytest.mark.parametrize("engine", ["theory", "transformer"])
@pytest.mark.parametrize("role", TITLES)
def test_an_infill_changes_its_bars_and_no_other_event(folder, song, engine, role):
    run("compose", "--infill", song, "--bars", "9-12", "--role", role, "--engine", engine,
        "--seed", "4", "--out", "new.mid")  # fmt: skip
    assert events(folder / "new.mid") == events(song)
    old, new = notes(song), notes(folder / "new.mid")
    inside = range(8 * 4 * 480, 12 * 4 * 480)
    for here, there in ((old, new), (new, old)):
        for note in here - there:
            assert note[0] == TITLES[role]
            assert note[1] in inside
    assert old != new


def test_an_infill_of_a_composed_file_keeps_everything_else(folder, capsys):
    run("compose", "warm", "--bars", "16", "--seed", "2", "--out", "song.mid", "--quiet")
    for engine in ("theory", "transformer", "hybrid"):
        run("compose", "--infill", "song.mid", "--bars", "9-12", "--role", "melody", "--engine",
            engine, "--seed", "1", "--out", f"{engine}.mid")  # fmt: skip
        assert events(folder / "song.mid") == events(folder / f"{engine}.mid")
        changed = notes(folder / "song.mid") - notes(folder / f"{engine}.mid")
        assert {note[0].split()[0] for note in changed} == {"melody"}
    told = capsys.readouterr().out
    assert "bars 9 to 12 of melody written anew" in told


@pytest.mark.slow
def test_several_infills_lie_beside_the_file_or_in_a_folder(folder, song, capsys):
    shutil.copy(song, folder / "mine.mid")
    asked = ("compose", "--infill", "mine.mid", "--bars", "9", "--role", "bass", "--engine",
             "transformer", "--seed", "5", "--json")  # fmt: skip
    run(*asked, "--count", "3")
    made = json.loads(capsys.readouterr().out)
    assert [figures["file"] for figures in made] == [f"mine-bass-{n}.mid" for n in (5, 6, 7)]
    assert [figures["bars"] for figures in made] == [[9, 9]] * 3
    assert len({(folder / figures["file"]).read_bytes() for figures in made}) == 3
    run(*asked, "--out", "many")
    assert (folder / "many/mine-bass-5.mid").read_bytes() == (
        folder / "mine-bass-5.mid"
    ).read_bytes()
    assert "mine-bass-5.mid exists; use --force" in refused(capsys, *asked)
    run(*asked, "--force", "--out", "mine.mid")
    assert (folder / "mine.mid").read_bytes() == (folder / "mine-bass-5.mid").read_bytes()


BAD = [
    ("--bars 9-12", "needs a --role; choose one of melody"),
    ("--bars 9-12 --role tuba", "needs a --role"),
    ("--bars 9-12 --role guitar", "has no part for guitar; its parts are melody"),
    ("--role melody", "needs the bars to write, such as --bars 9-12"),
    ("--bars 0 --role melody", "the first bar is 1"),
    ("--bars 12-9 --role melody", "the last comes not before it"),
    ("--bars 9- --role melody", "needs the bars"),
    ("--bars 17-90 --role melody", "bars; 90 is beyond its end"),
    ("--bars 9 --role melody --bpm 80", "--bpm cannot be given with --infill"),
    ("--bars 9 --role melody --mood dark", "--mood cannot be given with --infill"),
    ("--bars 9 --role melody --performance", "--performance cannot be given with --infill"),
    ("--bars 9 --role melody --engine magic", "'magic' is no engine"),
    ("--bars 9 --role melody --count 2 --out a.mid", "name a folder"),
    ("--bars 9 --role melody --seed -5", "seed is -5"),
]


@pytest.mark.parametrize(("asked", "sentence"), BAD, ids=[asked for asked, _ in BAD])
def test_an_infill_that_cannot_be_is_one_sentence(folder, song, capsys, asked, sentence):
    assert sentence in refused(capsys, "compose", "--infill", song, *asked.split())
    assert not list(folder.iterdir())


def test_other_bad_uses_are_one_sentence(folder, song, capsys):
    infill = ("--bars", "9", "--role", "melody")
    assert "does not exist" in refused(capsys, "compose", "--infill", "none.mid", *infill)
    (folder / "text.mid").write_text("no MIDI file")
    assert "text.mid" in refused(capsys, "compose", "--infill", "text.mid", *infill)
    assert "--role goes with --infill" in refused(capsys, "compose", "--role", "melody")
    assert "--bars is '9-12'" in refused(capsys, "compose", "rain", "--bars", "9-12")
    assert "words" in refused(capsys, "compose", "rain", "--infill", song, *infill)
    told = refused(capsys, "compose", "--infill", song, *infill, "--out", "text.mid/x")
    assert "text.mid/x" in told


@pytest.mark.parametrize("engine", ["transformer", "hybrid"])
def test_a_meter_that_the_model_does_not_know_is_one_sentence(folder, capsys, engine):
    for verb in ("compose", "make"):
        told = refused(capsys, verb, "rain", "--engine", engine, "--bars", "8", "--meter", "17/16",
                       "--seed", "1", *(("--quiet",) if verb == "make" else ()))  # fmt: skip
        assert "no bars of 17/16" in told
    assert not list(folder.iterdir())


def damages():
    whole = TINY.read_bytes()
    middle = len(whole) // 2
    return {
        "missing": None,
        "empty": b"",
        "cut short": whole[:middle],
        "a page instead": b"<!DOCTYPE html><html>not found</html>",
        "a pointer instead": b"version https://git-lfs.github.com/spec/v1\n",
        "another vocabulary": whole.replace(VOCABULARY.digest.encode(), b"0" * 64),
    }


@pytest.mark.parametrize("kind", ["missing", "empty", "cut short", "a page instead",
                                  "a pointer instead", "another vocabulary"])  # fmt: skip
def test_a_damaged_model_of_the_package_is_one_sentence(folder, capsys, monkeypatch, song, kind):
    data = damages()[kind]
    path = folder / "generator.onnx"
    monkeypatch.setattr(drafting, "MODEL", path)
    if data is not None:
        path.write_bytes(data)
    for arguments in (
        ("compose", "rain", "--engine", "transformer", "--bars", "4", "--seed", "1"),
        ("compose", "--infill", song, "--bars", "9", "--role", "bass", "--engine", "hybrid",
         "--out", "a.mid"),
    ):  # fmt: skip
        told = refused(capsys, *arguments)
        assert "generator.onnx" in told
    assert not list(folder.rglob("*.mid"))


@pytest.fixture
def scores_only(monkeypatch):
    """Records without a sound: the stages behind the score are left out."""
    loudness = Loudness(-14.0, 3.0, -1.0, -9.0, -10.0, -1.5)
    master = SimpleNamespace(audio=SimpleNamespace(frames=44_100, rate=44_100), loudness=loudness)
    played = SimpleNamespace(sections=())
    for name, made in (("perform", played), ("render", None), ("mix", None), ("cover", None),
                       ("thumbnail", None), ("words", None), ("master", master)):  # fmt: skip
        monkeypatch.setattr(stages, name, lambda *_, made=made: made)


def test_a_record_tells_how_its_pieces_were_drawn(folder, scores_only):
    order = Order(Brief(bars=4, bpm=95, seed=3), engine="hybrid")
    record = produce(order, folder / "r")
    told = json.loads((folder / "r" / "record.json").read_text())
    assert told["engine"] == "hybrid"
    (draft,) = told["drafts"]
    assert draft["originality"]["is_original"] is True
    assert 0 <= draft["quality"]["total"] <= 1
    assert record.data["drafts"] == told["drafts"]
    score = score_from_json(json.loads((folder / "r" / "score.json").read_text()))
    assert score == compose_brief(order.brief, engine="hybrid")
    assert read_midi(folder / "r" / "score.mid").sections[-1].end == score.end

    written = (folder / "r" / "score.json").read_bytes()
    again = remake(folder / "r")  # nothing has changed: the score stands, its figures as well
    assert again.data["engine"] == "hybrid"
    assert again.data["drafts"] == told["drafts"]
    assert (folder / "r" / "score.json").read_bytes() == written
    moved = remake(folder / "r", key="E minor")
    assert (moved.data["engine"], moved.data["key"]) == ("hybrid", "E minor")
    assert moved.data["drafts"] != told["drafts"]

    plain = produce(Order(Brief(bars=4, seed=3)), folder / "plain")
    assert plain.data["drafts"] == []


def test_a_record_of_before_without_drafts_is_continued(folder, scores_only):
    produce(Order(Brief(bars=4, seed=3)), folder / "r")
    path = folder / "r" / "record.json"
    told = json.loads(path.read_text())
    for value in (None, [], {}, {"drafts": None}, "none", {"drafts": 3}):
        told["stages"]["compose"]["value"] = value
        path.write_text(json.dumps(told))
        assert remake(folder / "r").data["drafts"] == []


def test_a_record_and_a_song_keep_their_engine(folder, song, scores_only, capsys):
    produce(Order(Brief(bars=4, seed=3), engine="hybrid"), folder / "r")
    for engine in ("theory", "hybrid", "magic"):
        told = refused(capsys, "make", "--from", "r", "--engine", engine)
        assert "--engine cannot be given with r, which keeps its own" in told
    told = refused(capsys, "make", "--from", song, "--engine", "transformer")
    assert "theory accompanies a song" in told
    assert "'magic' is no engine" in refused(capsys, "make", "--engine", "magic")
