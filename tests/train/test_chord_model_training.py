"""Training the chord model and the harmoniser's tables on a handful of made-up tunes."""

import json
from pathlib import Path

import numpy as np
import pytest

from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.chart import read_chart
from tapeloom.theory.chord_model import chord_model, load_chord_model
from tapeloom.train.chord_model import count, fit_weights, main, measure, tune_of
from tapeloom.train.corpus.irb import read_irb_folder
from tapeloom.train.corpus.lead_sheet import LeadSheet
from tapeloom.train.harmoniser import count_melody, count_way

CHARTS = ("Dm7 G7 Cmaj7 Am7", "Dm7 G7 Em7 A7 Dm7 G7 C6", "Cmaj7 Am7 Dm7 G7 C6", "Dm7 Db7 Cmaj7")
IRB = Path(__file__).parents[3] / "shared" / "data"


def sheet(number: int, text: str) -> LeadSheet:
    score = Score(
        (), meters=((0, Meter()),), keys=((0, Key("C", "major")),), chords=read_chart(text)
    )
    return LeadSheet(f"Tune {number}", "Nobody", None, score)


def test_counting_and_weighing_make_what_was_seen_likelier():
    tunes = [tune_of(sheet(i, text)) for i, text in enumerate(CHARTS * 5)]
    counted = count(tunes)
    weights = fit_weights([(counted, tunes)])
    assert weights.shape == chord_model().weights.shape
    assert np.isfinite(weights).all()
    figures = measure(counted, tunes, tunes)
    assert figures["trigram"] < figures["bigram"] < figures["unigram"] < np.log2(96)


def test_the_command_writes_a_model_that_loads(tmp_path):
    folder = tmp_path / "irb"
    folder.mkdir()
    for i in range(60):
        rows = [[name.replace("m7", "min7"), 4.0, "A"] for name in CHARTS[i % 4].split()]
        data = {"title": f"Tune {i}", "composer": "Nobody", "key": "C-maj", "date": "1950",
                "time": "4/4", "chords": rows}  # fmt: skip
        (folder / f"{i}.json").write_text(json.dumps(data), "utf-8")
    out, figures = tmp_path / "model.npz", tmp_path / "figures.json"
    main([str(folder), "--out", str(out), "--figures", str(figures)])
    model = load_chord_model(out)
    told = json.loads(figures.read_text("utf-8"))
    assert told["training tunes"] + told["validation tunes"] == 60
    assert told["with metre and section"] < told["unigram"]
    assert model.next_chords([], Key("C", "major"))


def test_tables_of_the_harmoniser_count_what_sounds_and_what_follows():
    notes = tuple(Note(i * PPQ, PPQ, 60 if i % 8 < 4 else 67) for i in range(16))
    score = Score(
        (Part("melody", "melody", notes=notes),), keys=((0, Key("C", "major")),),
        chords=read_chart("C G7 C G7"),
    )  # fmt: skip
    table = count_melody([score])
    assert int(table[0].argmax()) == 0  # roots over the major chord
    assert int(table[1].argmax()) == 0  # and over the dominant
    way = count_way([score])
    assert int(way.distribution([0, 0, 8 * 7 + 1]).argmax()) == 0  # the tonic after the dominant


@pytest.mark.slow
def test_the_shipped_model_has_the_figures_of_its_card(tmp_path):
    import tarfile

    archive = IRB / "irb.tar.xz"
    if not archive.exists():
        pytest.skip("the corpus is not here")
    with tarfile.open(archive) as file:
        file.extractall(tmp_path, filter="data")
    folder = next(tmp_path.rglob("*.json")).parent
    from tapeloom.train.corpus.lead_sheet import is_validation

    tunes = [tune_of(s) for s in read_irb_folder(folder) if is_validation(s.title)]
    bits = [
        bit
        for tune in tunes
        for bit in chord_model().surprise(tune.chords, tune.key, places=tune.places, memory=False)
    ]
    assert np.mean(bits) == pytest.approx(2.692, abs=0.02)
