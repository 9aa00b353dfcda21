"""`tapeloom instruments` and `tapeloom render`: what they tell, write and refuse."""

import json

import numpy as np
import pytest

from tapeloom.app import kernels
from tapeloom.app.commands import main
from tapeloom.app.rendering import straight
from tapeloom.core.audio import AudioFile
from tapeloom.core.files import write_json
from tapeloom.core.midi import write_midi
from tapeloom.core.score import Bend, Control, Note, Part, Score, score_to_json
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.synth.catalogue import NAMES, design
from tapeloom.synth.patch_file import read_patch
from tapeloom.theory.instruments import INSTRUMENTS, KITS


def run(*arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code in (0, None)


def small_score():
    kit = tuple(Note(i * PPQ // 2, PPQ // 4, 42 if i % 2 else 36, 90) for i in range(8))
    tune = tuple(Note(i * PPQ, PPQ, 72 + i, 80) for i in range(4))
    return Score(
        (
            Part("Kit", "drums", "dusty_kit", kit),
            Part("Low", "bass", "upright_bass", (Note(0, 4 * PPQ, 40),), 32),
            Part("Tune", "melody", "felt_piano", tune),
        ),
        TempoMap.constant(120),
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    write_midi(tmp_path / "song.mid", small_score())
    write_json(tmp_path / "song.json", score_to_json(small_score()))
    (tmp_path / "boom.toml").write_text('instrument = "eight_oh_eight_kit:short"\n')
    (tmp_path / "broken.toml").write_text('instrument = "eight_oh_eight_kit"\nvolume = 3\n')
    fifth = "fifths\n2\n3/2\n2/1\n"
    (tmp_path / "fifths.scl").write_text(fifth)
    (tmp_path / "broken.scl").write_text("fifths\n2\n3/2\n")
    (tmp_path / "broken.kbm").write_text("12\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_instrument_is_listed(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    run("instruments")
    out = capsys.readouterr().out
    for name in NAMES:
        assert name in out
        assert design(name).about in out


def test_figures_are_those_of_the_designs(capsys):
    run("instruments", "--json")
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == list(NAMES)
    for row in rows:
        known = design(row["name"])
        assert [each["name"] for each in row["parameters"]] == [p.name for p in known.parameters]
        assert list(row["presets"]) == list(known.presets)
        assert (row["low"], row["high"]) == (
            INSTRUMENTS[row["name"]].low, INSTRUMENTS[row["name"]].high,
        )  # fmt: skip
        for each in row["parameters"]:
            low, high = each["drawn"]
            assert each["low"] <= low <= each["default"] <= high <= each["high"]


def test_one_is_shown_with_what_can_be_turned(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    run("instruments", "jazz_kit")
    out = capsys.readouterr().out
    for each in design("jazz_kit").parameters:
        assert each.name in out
        assert each.about in out
    assert "worn: dust_hz 7000" in out


@pytest.mark.parametrize("name", [f"{KITS[0]}:worn", KITS[1]])
def test_a_demo_is_its_phrase(folder, capsys, name):
    run("instruments", "--demo", name, "--seed", "3", "-o", "a.wav", "--json")
    told = json.loads(capsys.readouterr().out)
    audio = AudioFile.open(folder / "a.wav").read()
    known = design(name.split(":")[0])
    last = max(note.beat + note.beats for note in known.demo) * 60.0 / known.demo_bpm
    assert audio.samples.shape[1] / audio.rate == pytest.approx(last + 3.0, abs=0.01)
    assert told["duration_s"] == pytest.approx(last + 3.0, abs=0.01)
    assert 0.1 < np.abs(audio.samples).max() <= 0.501
    assert np.abs(audio.samples[:, -100:]).max() < 1e-3
    run("instruments", "--demo", name, "--seed", "3", "-o", "b.wav", "--quiet")
    assert (folder / "a.wav").read_bytes() == (folder / "b.wav").read_bytes()
    assert capsys.readouterr().out == ""


def test_a_patch_is_drawn_near_and_heard(folder, capsys):
    run("instruments", "--random", "near:jazz_kit:worn", "--seed", "4", "-o", "p.toml")
    assert "near jazz_kit:worn, seed 4" in capsys.readouterr().out
    patch = read_patch(folder / "p.toml")
    assert patch.instrument == "jazz_kit"
    assert set(patch.values) == {each.name for each in design("jazz_kit").parameters}
    run("instruments", "--random", "near:p.toml", "--amount", "0", "-o", "same.toml")
    assert read_patch(folder / "same.toml").values == pytest.approx(patch.values, rel=1e-5)
    run("instruments", "--demo", "p.toml", "--seed", "1", "-o", "p.wav")
    assert (folder / "p.wav").is_file()


def test_a_score_is_played_straight():
    score = small_score()
    bent = Part("Tune", "melody", "felt_piano", score.parts[2].notes,
                controls=(Control(PPQ, 64, 127),), bends=(Bend(2 * PPQ, 100),))  # fmt: skip
    played = straight(Score((bent,), TempoMap.constant(120)))
    assert [n.onset_s for n in played.parts[0].notes] == [0.0, 0.5, 1.0, 1.5]
    assert [n.duration_s for n in played.parts[0].notes] == [0.5] * 4
    assert played.parts[0].controls[0].time_s == 0.5
    assert played.parts[0].bends[0].time_s == 1.0
    assert played.duration_s == pytest.approx(2.0)


def test_stems_are_rendered_by_whom_is_asked(folder, capsys):
    run("render", "song.mid", "-o", "plain", "--json")
    told = json.loads(capsys.readouterr().out)
    assert [p["instrument"] for p in told["parts"]] == ["dusty_kit", "upright_bass", "felt_piano"]
    run("render", "song.json", "--instrument", "drums=boom.toml",
        "--instrument", "Tune=electric_piano", "-o", "other", "--json")  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert [p["instrument"] for p in told["parts"]] == [
        "boom.toml", "upright_bass", "electric_piano",
    ]  # fmt: skip
    names = ["Kit_120bpm.flac", "Low_120bpm.flac", "Tune_120bpm.flac"]
    assert sorted(p.name for p in (folder / "plain").iterdir()) == names
    same, changed = ("Low_120bpm.flac", "Kit_120bpm.flac")
    first, second = (folder / "plain", folder / "other")
    assert (first / same).read_bytes() == (second / same).read_bytes()
    assert (first / changed).read_bytes() != (second / changed).read_bytes()


def test_a_tuning_is_for_all_but_the_drums(folder, capsys):
    run("render", "song.mid", "-o", "plain", "--quiet")
    run("render", "song.mid", "--tuning", "fifths.scl", "-o", "tuned", "--quiet")
    assert capsys.readouterr().out == ""
    pairs = {
        path.name: path.read_bytes() == (folder / "tuned" / path.name).read_bytes()
        for path in (folder / "plain").iterdir()
    }
    assert pairs == {"Kit_120bpm.flac": True, "Low_120bpm.flac": False, "Tune_120bpm.flac": False}


def test_a_mix_is_made_where_it_is_asked_for(folder, capsys):
    run("render", "song.mid", "--mix")
    assert "song-stems/mix.flac: the mix" in capsys.readouterr().out
    assert (folder / "song-stems/mix.flac").is_file()
    assert (folder / "song-stems/Kit_120bpm.flac").is_file()


def test_nothing_is_left_to_compile_after_the_first_use(record):
    assert kernels.is_compiled()


@pytest.mark.slow
def test_a_record_rendered_again_is_as_it_was(record, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("render", str(record.folder), "-o", "again", "--quiet")
    for path in (tmp_path / "again").iterdir():
        assert path.read_bytes() == (record.folder / "dry" / path.name).read_bytes()
    played = json.loads((record.folder / "performance.json").read_text("utf-8"))["parts"]
    kit = next(part["instrument"] for part in played if part["role"] == "drums")
    other = "jazz_kit" if kit != "jazz_kit" else "dusty_kit"
    run("render", str(record.folder), "--instrument", f"drums={other}", "-o", "jazz", "--quiet")
    changed = [
        path.name
        for path in (tmp_path / "jazz").iterdir()
        if path.read_bytes() != (record.folder / "dry" / path.name).read_bytes()
    ]
    assert [name.split("_")[0] for name in changed] == ["drums"]


BAD = [
    (["instruments", "jaz_kit"], "did you mean jazz_kit"),
    (["instruments", "x", "--demo", "y"], "give one"),
    (["instruments", "-o", "x.wav"], "--out goes with --demo, --random or --morph"),
    (["instruments", "--demo", "jazz_kit:wet"], "has no preset 'wet'"),
    (["instruments", "--demo", "jazz_kit", "-o", "x.mid"], "end it in .wav or .flac"),
    (["instruments", "--demo", "jazz_kit", "-o", "no/x.wav"], "cannot be written"),
    (["instruments", "--demo", "jazz_kit", "-o", "song.wav"], "use --force"),
    (["instruments", "--demo", "broken.toml"], "a patch has no key 'volume'"),
    (["instruments", "--demo", "jazz_kit", "--seed", "-1"], "seed is -1"),
    (["instruments", "--random", "jazz_kit"], "write near:NAME"),
    (["instruments", "--random", "near:jazz_kit", "--amount", "2"], "amount is 2"),
    (["instruments", "--random", "near:jazz_kit", "-o", "x.wav"], "end it in .toml"),
    (["render", "none.mid"], "none.mid does not exist"),
    (["render", "song.wav"], "song.wav"),
    (["render", "song.mid", "--instrument", "keys"], "write keys=tine:worn"),
    (["render", "song.mid", "--instrument", "keys=jazz_kit"], "has no part 'keys'; its parts are"),
    (["render", "song.mid", "--instrument", "bass=tuba9"], "is no instrument"),
    (["render", "song.mid", "--instrument", "bass=felt_piano", "--instrument", "bass=harp"],
     "two instruments are given for bass"),
    (["render", "song.mid", "--instrument", "drums=broken.toml"], "a patch has no key 'volume'"),
    (["render", "song.mid", "--tuning", "broken.scl"], "promises 2 steps and has 1"),
    (["render", "song.mid", "--tuning", "none.scl"], "none.scl cannot be read"),
    (["render", "song.mid", "--tuning", "fifths.scl", "--keymap", "broken.kbm"], "1 values of 7"),
    (["render", "song.mid", "--keymap", "broken.kbm"], "--keymap goes with --tuning"),
    (["render", "song.mid", "--brightness", "nan"], "brightness is nan"),
    (["render", "song.mid", "--jobs", "0"], "--jobs is 0"),
    (["render", "song.mid", "-o", "full"], "full holds files; use --force"),
    (["render", "song.mid", "-o", "song.json/x"], "cannot be written to"),
    (["render", "empty.mid"], "has no notes"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "sentence"), BAD, ids=[" ".join(a)[:48] for a, _ in BAD])
def test_bad_use_is_one_sentence(folder, capsys, arguments, sentence):
    (folder / "song.wav").write_bytes(b"RIFF")
    (folder / "full").mkdir()
    (folder / "full/x").write_text("x")
    write_midi(folder / "empty.mid", Score(()))
    before = sorted(folder.rglob("*"))
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    told = capsys.readouterr()
    assert stopped.value.code == 2
    assert sentence in told.err
    assert "Traceback" not in told.err
    assert told.out == ""
    assert sorted(folder.rglob("*")) == before


def test_two_patches_are_blended(folder, capsys):
    run("instruments", "--morph", "jazz_kit", "jazz_kit:worn", "--at", "0.5", "-o", "half.toml")
    assert "half.toml: jazz_kit, 0.5 of the way from jazz_kit to jazz_kit:worn" in (
        capsys.readouterr().out
    )
    half = read_patch(folder / "half.toml").values
    plain, worn = (design("jazz_kit").values(preset=preset) for preset in ("", "worn"))
    for name, value in half.items():
        assert min(plain[name], worn[name]) - 1e-4 <= value <= max(plain[name], worn[name]) + 1e-4
    run("instruments", "--morph", "jazz_kit", "half.toml", "--at", "1", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["parameters"] == pytest.approx(half, rel=1e-5)
    assert (folder / told["file"]).is_file()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--morph", "jazz_kit", "harp"), "two instruments"),
        (("--morph", "jazz_kit", "jazz_kit:far", "--at", "2"), "must lie between 0 and 1"),
        (("--morph", "jazz_kit", "jazz_kit:far", "--demo", "harp"), "give one"),
        (("--morph", "jazz_kit", "jazz_kit:far", "-o", "half.wav"), "end it in .toml"),
    ],
)
def test_blends_that_cannot_be_are_refused(folder, capsys, arguments, sentence):
    with pytest.raises(SystemExit) as stopped:
        main(("instruments", *arguments))
    assert stopped.value.code
    assert sentence in capsys.readouterr().err
