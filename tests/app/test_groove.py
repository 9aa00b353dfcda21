"""`tapeloom groove`: measure, quantise, put in a feel, humanise, take a groove."""

import json

import pytest

from tapeloom.app.grooving import groove_score
from tapeloom.compose.regroove import GrooveChange
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.feels import FEELS
from tapeloom.rhythm.microtiming import measure
from tapeloom.rhythm.swing_ratio import Swing
from tapeloom.theory.instruments import DRUMS

from .conftest import tapeloom

S = PPQ // 4


def beat(bars=16, bpm=84):
    steps = {"kick": (0, 7, 10), "snare": (4, 12), "closed_hat": range(16)}
    notes = tuple(
        Note(bar * 4 * PPQ + step * S, S, DRUMS[drum], 90)
        for bar in range(bars) for drum, places in steps.items() for step in places
    )  # fmt: skip
    bass = tuple(
        Note(bar * 4 * PPQ + k * PPQ, PPQ, 40 + k, 80) for bar in range(bars) for k in (0, 2)
    )
    parts = (Part("Drums", "drums", notes=notes), Part("Bass", "bass", notes=bass))
    return Score(parts, TempoMap.constant(bpm))


@pytest.fixture(scope="module")
def midi(tmp_path_factory):
    path = tmp_path_factory.mktemp("groove") / "beat.mid"
    write_midi(path, beat())
    return path


@pytest.mark.parametrize("name", ["dusty", "boom_bap", "swung"])
def test_a_groove_applied_and_then_measured_comes_back(name):
    feel = FEELS[name]
    score = beat(bars=24)
    changed = groove_score(score, GrooveChange(feel=feel)).score
    drums = changed.part("drums").notes
    found = measure(drums, tempo=score.tempo, meters=score.meters)
    assert found.swing.ratio == pytest.approx(feel.swing, abs=0.01)
    snare = found.lateness_ms["snare"] - found.lateness_ms["kick"]
    places = [feel.offset_ms("kick", step=step, meter=score.meters[0][1]) for step in (0, 7, 10)]
    assert snare == pytest.approx(feel.lateness_ms["snare"] - sum(places) / 3, abs=2.0)


@pytest.mark.parametrize("amount", [0.2, 0.5])
@pytest.mark.parametrize("seed", range(4))
def test_quantised_after_it_was_humanised_the_beat_is_back(amount, seed):
    score = beat()
    human = groove_score(score, GrooveChange(humanise=amount), seed=seed).score
    assert human.part("drums").notes != score.part("drums").notes
    back = groove_score(human, GrooveChange(quantise=1.0)).score
    for part in score.parts:
        mine = next(p for p in back.parts if p.name == part.name)
        assert [(n.start, n.pitch) for n in mine.notes] == [(n.start, n.pitch) for n in part.notes]


def test_half_an_amount_goes_half_of_the_way():
    change = GrooveChange(feel=FEELS["dusty"], amount=0.5, swing=Swing(0.6))
    score = beat()
    found = measure(
        groove_score(score, change).score.part("drums").notes, tempo=score.tempo,
        meters=score.meters,
    )  # fmt: skip
    assert found.swing.ratio == pytest.approx(0.55, abs=0.01)


def test_nothing_asked_for_changes_nothing():
    score = beat()
    done = groove_score(score, GrooveChange())
    assert done.score is score
    assert done.after is None


def test_the_command_writes_midi_and_a_template(midi, tmp_path):
    ran = tapeloom(
        "groove", str(midi), "--feel", "dusty", "--swing", "58%", "--amount", "0.7", "--seed", "1",
        "--out", "out.mid", "--json", cwd=tmp_path,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["after"]["swing"] != told["before"]["swing"]
    assert len(read_midi(tmp_path / "out.mid").part("drums").notes) == len(beat().parts[0].notes)
    ran = tapeloom("groove", "out.mid", "--extract", "groove.toml", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert "snare" in (tmp_path / "groove.toml").read_text("utf-8")
    ran = tapeloom(
        "groove", str(midi), "--template", "groove.toml", "--out", "again.mid", "--quiet",
        cwd=tmp_path,
    )  # fmt: skip
    assert (ran.code, ran.out) == (0, ""), ran.err
    score = read_midi(tmp_path / "again.mid")
    found = measure(score.part("drums").notes, tempo=score.tempo, meters=score.meters)
    wanted = measure(
        read_midi(tmp_path / "out.mid").part("drums").notes, tempo=score.tempo, meters=score.meters
    )
    assert found.swing.ratio == pytest.approx(wanted.swing.ratio, abs=0.01)
    assert found.lateness_ms["snare"] == pytest.approx(wanted.lateness_ms["snare"], abs=2.0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--swing", "120%"), "swing is 120 %"),
        (("--feel", "wobbly"), "wobbly"),
        (("--amount", "2", "--feel", "dusty"), "amount is 2"),
        (("--humanise", "0.5", "--style", "polka"), "polka"),
        (("--template", "none.toml"), "none.toml"),
    ],
)
def test_bad_use_is_one_sentence(midi, tmp_path, arguments, sentence):
    ran = tapeloom("groove", str(midi), *arguments, cwd=tmp_path)
    assert ran.code == 2
    assert sentence in ran.err
    assert "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_a_file_without_notes_says_so(tmp_path):
    write_midi(tmp_path / "empty.mid", Score(()))
    ran = tapeloom("groove", "empty.mid", cwd=tmp_path)
    assert ran.code == 2
    assert "no notes" in ran.err
