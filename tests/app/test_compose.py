"""`tapeloom compose`, and the rhythms that it and `make` are asked for."""

import json

import pytest

from tapeloom.app.commands import main
from tapeloom.app.composing import compose_brief
from tapeloom.app.order import read_order
from tapeloom.core.brief import Brief, brief_from_json, brief_to_json
from tapeloom.core.errors import InputError
from tapeloom.core.midi import read_midi
from tapeloom.core.score import score_to_json


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAPELOOM_OUT", raising=False)
    return tmp_path


def run(*arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code in (0, None)


def compose(capsys, *arguments):
    run("compose", *arguments, "--json")
    return json.loads(capsys.readouterr().out)


def test_a_score_is_written_as_midi(folder, capsys):
    asked = "--bpm 75 --key Am --bars 16 --meter 7/8 --grouping 3+2+2 --seed 4 --out a.mid"
    (found,) = compose(capsys, "rainy night", *asked.split())
    assert (found["file"], found["key"], found["bpm"]) == ("a.mid", "A minor", 75)
    assert (found["meters"], found["bars"]) == ([[1, "7/8 3+2+2"]], 16)
    score = read_midi(folder / "a.mid")
    assert [str(meter) for _, meter in score.meters] == ["7/8"]
    assert {p.name: len(p.notes) for p in score.parts} == found["notes"]
    assert found["performance"] is None


def test_the_performance_is_written_beside_it(folder, capsys):
    (found,) = compose(capsys, "rain", "--bars", "8", "--seed", "1", "--performance")
    assert found["file"] == "out/rain-1.mid"
    assert found["performance"] == "out/rain-1-performance.mid"
    written, played = (read_midi(folder / found[name]) for name in ("file", "performance"))
    for part, performed in zip(written.parts, played.parts, strict=True):
        assert len(part.notes) <= len(performed.notes)  # mordents and flams are played out
        assert part.name == performed.name
    assert written.parts[0].notes != played.parts[0].notes


def test_several_are_different_and_one_seed_is_one_score(folder, capsys):
    many = compose(capsys, "rain", "--bars", "8", "--count", "3", "--seed", "5", "--out", "many")
    assert [found["seed"] for found in many] == [5, 6, 7]
    contents = [(folder / found["file"]).read_bytes() for found in many]
    assert len(set(contents)) == 3
    (again,) = compose(capsys, "rain", "--bars", "8", "--seed", "6", "--out", "again.mid")
    assert (folder / again["file"]).read_bytes() == contents[1]


def test_it_is_the_score_of_the_record(record):
    brief = read_order(record.folder, {}).brief
    made = json.loads((record.folder / "score.json").read_text())
    assert score_to_json(compose_brief(brief)) == made


def test_the_summary_is_one_line(capsys):
    run("compose", "rain", "--bars", "8", "--seed", "1", "--clave", "son32")
    told = capsys.readouterr()
    assert told.out.count("\n") == 1
    assert "percussion" in told.out
    run("compose", "rain", "--bars", "8", "--seed", "2", "--quiet")
    assert capsys.readouterr().out == ""


BAD = [
    (["--meter", "4/0"], "'4/0' is no meter"),
    (["--meter", "7/8", "--grouping", "2+2+4"], "2+2+4 makes 8 and doesn't add up to the 7"),
    (["--meter", "7/8", "--grouping", "2,2,3"], "'2,2,3' is no grouping; write one like"),
    (["--meter", "7/8 x3 | 4/4", "--grouping", "2+2+3"], "can't be given beside"),
    (["--meter", "7/8 2+2 x3 | 4/4"], "2+2 makes 4 and doesn't add up"),
    (["--meter", "7/8 x3 |"], "is no meter"),
    (["--meter", "7/8", "--clave", "son32"], "doesn't fit in 7/8; take 4/4, 2/4 or 12/8"),
    (["--meter", "7/8 x3 | 4/4", "--clave", "son32"], "doesn't fit in 7/8"),
    (["--meter", "12/8 | 4/4", "--clave", "son32"], "take meters of one kind"),
    (["--clave", "salsa"], "'salsa' is no clave; take son32"),
    (["--clave", " "], "the clave is empty"),
    (["--polyrhythm", ""], "the polyrhythm is empty"),
    (["--polyrhythm", "3"], "2 to 8 layers"),
    (["--polyrhythm", "0:2"], "0 pulses"),
    (["--polyrhythm", "3 against 2"], "is no polyrhythm; write one like 3:2"),
]
OWN = [
    (["--engine", "magic"], "'magic' is no engine"),
    (["--count", "0"], "--count is 0"),
    (["--count", "2", "--out", "a.mid"], "name a folder"),
    (["--out", "nowhere/a.mid"], "folder that exists"),
    (["--minutes", "1", "--bars", "8"], "give one of them"),
]


@pytest.mark.parametrize("verb", ["compose", "make"])
@pytest.mark.parametrize(("arguments", "sentence"), BAD, ids=[" ".join(a)[:40] for a, _ in BAD])
def test_rhythms_that_cannot_be_are_one_sentence(folder, capsys, verb, arguments, sentence):
    refused(folder, capsys, [verb, "rain", "--bars", "8", *arguments], sentence)


@pytest.mark.parametrize(("arguments", "sentence"), OWN, ids=[" ".join(a)[:40] for a, _ in OWN])
def test_bad_use_is_one_sentence(folder, capsys, arguments, sentence):
    refused(folder, capsys, ["compose", "rain", *arguments], sentence)


def refused(folder, capsys, arguments, sentence):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    told = capsys.readouterr()
    assert stopped.value.code == 2
    assert sentence in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""
    assert not list(folder.iterdir())


def test_what_exists_is_kept(capsys):
    compose(capsys, "rain", "--bars", "8", "--seed", "1", "--out", "a.mid")
    with pytest.raises(SystemExit):
        main(["compose", "rain", "--seed", "1", "--out", "a.mid"])
    assert "use --force" in capsys.readouterr().err
    compose(capsys, "rain", "--bars", "8", "--seed", "1", "--out", "a.mid", "--force")


def test_a_song_brings_its_own_meter(capsys):
    compose(capsys, "rain", "--bars", "8", "--seed", "1", "--out", "song.mid")
    with pytest.raises(SystemExit) as stopped:
        main(["make", "--from", "song.mid", "--grouping", "3+1"])
    assert stopped.value.code == 2
    assert "which has its own meter" in capsys.readouterr().err


def test_briefs_from_before_still_read_and_keep_their_form():
    old = {"format": 1, "words": "rain", "bpm": 75, "key": "Am", "minutes": 3, "bars": None,
           "meter": "4/4", "seed": 1}  # fmt: skip
    assert brief_from_json(old) == Brief("rain", bpm=75, key="Am", minutes=3, seed=1)
    assert brief_to_json(brief_from_json(old)) == old
    asked = Brief("rain", meter="7/8", grouping="2+2+3", polyrhythm="3:2")
    assert brief_from_json(brief_to_json(asked)) == asked


def test_a_brief_refuses_a_grouping_at_birth():
    with pytest.raises(InputError, match="doesn't add up"):
        Brief(meter="7/8", grouping="2+2")


def test_a_form_and_a_curve_are_obeyed_and_told(capsys):
    form, curve = "intro4 A8 B8 outro4", "0.2 0.4 0.8 0.3"
    asked = ("warm", "--form", form, "--energy", curve, "--seed", "3", "--out", "form.mid")
    (found,) = compose(capsys, *asked)
    assert [section["name"] for section in found["sections"]] == ["intro", "A", "B", "outro"]
    assert [section["energy"] for section in found["sections"]] == [0.2, 0.4, 0.8, 0.3]
    measured = [section["measured_energy"] for section in found["sections"]]
    assert max(measured) == measured[2]
    assert found["bars"] == 24
    assert "rises by 0.40" in found["sections"][1]["why"]
    assert all(section["leads_on"] for section in found["sections"])
    assert found["pieces"][0]["why"] == "home"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--form", "A8 hook8"), "'hook8' is no section"),
        (("--energy", "0.2 2"), "2 is out of range"),
        (("--form", "A8", "--bars", "16"), "the form tells the length"),
        (("--infill", "a.mid", "--bars", "1-2", "--role", "keys", "--form", "A8"),
         "--form cannot be given with --infill"),
    ],
)  # fmt: skip
def test_wrong_forms_stop_before_any_work(capsys, arguments, told):
    with pytest.raises(SystemExit) as stopped:
        main(("compose", "rain", *arguments) if "--infill" not in arguments
             else ("compose", *arguments))  # fmt: skip
    assert stopped.value.code == 2
    assert told in capsys.readouterr().err


def test_a_new_form_takes_the_place_of_an_old_length(tmp_path):
    from tapeloom.app.order import Order, read_order, write_order

    write_order(Order(Brief("rain", minutes=2, seed=1)), tmp_path)
    assert read_order(tmp_path, {"form": "A8 outro4"}).brief.minutes is None
    write_order(Order(Brief("rain", form="A8", seed=1)), tmp_path)
    changed = read_order(tmp_path, {"bars": 16}).brief
    assert (changed.bars, changed.form) == (16, None)
