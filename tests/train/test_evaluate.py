"""The frame of the evaluation: intervals, tables, controls heard again, the report."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.neural.originality import OriginalityIndex
from tapeloom.train import evaluate
from tapeloom.train.confidence import paired_bootstrap, wilson
from tapeloom.train.control_accuracy import Asked, Rules, control_accuracy, density, heard_key
from tapeloom.train.ngram import TokenNGrams

from ..neural.toy_songs import toy_song

RULES = Rules(
    tempo_bin=lambda bpm: int(bpm // 4),
    density_bin=lambda notes: int(notes // 4),
    mood=lambda score: "any" if score.key else "calm",
)
SONG = toy_song(0)
RNG = np.random.default_rng(2)


def asked_of(song: Score) -> Asked:
    return Asked(75.0, Key("C", "major"), song.chords, density(song), "calm")


def test_wilson_holds_what_the_literature_tells():
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(15, 15)[1] == 1.0
    low, high = wilson(50, 100)
    assert (low, high) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    with pytest.raises(InputError, match="no share"):
        wilson(3, 2)


def test_the_bootstrap_covers_the_truth():
    inside = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        pairs = rng.normal([1.0, 0.0], 1.0, (50, 2))
        _, low, high = paired_bootstrap(pairs[:, 0], pairs[:, 1], rng, draws=1000)
        inside += low < 1.0 < high
    assert inside >= 51  # about 57 are to be expected
    with pytest.raises(InputError, match="no pairs"):
        paired_bootstrap([1.0], [1.0, 2.0], RNG)


def test_weights_count_in_the_bootstrap():
    mean, low, high = paired_bootstrap([1.0, 0.0], [0.0, 0.0], RNG, weights=[3.0, 1.0])
    assert mean == 0.75
    assert low <= mean <= high


def test_a_song_is_what_was_asked():
    found = control_accuracy([(asked_of(SONG), SONG)], RULES)
    assert {name: share.value for name, share in found.items()} == dict.fromkeys(found, 1.0)
    assert found["chords"].count == len(SONG.chords)


def test_what_a_score_states_of_itself_is_not_believed():
    lying = replace(SONG, keys=((0, Key("F#", "major")),), chords=())
    up = replace(lying, tempo=TempoMap.constant(100), parts=tuple(
        replace(p, notes=tuple(replace(n, pitch=n.pitch + 2) for n in p.notes)) for p in SONG.parts
    ))  # fmt: skip
    assert str(heard_key(up)) == "D major"
    found = control_accuracy([(asked_of(SONG), up)], RULES)
    assert found["key"].value == 0.0
    assert found["tempo"].value == 0.0
    assert found["chords"].value < 0.3
    assert found["mood"].value == 1.0


def test_what_was_left_open_is_not_counted():
    found = control_accuracy([(Asked(), SONG), (Asked(bpm=75.0), Score(()))], RULES)
    assert [share.count for share in found.values()] == [1, 0, 0, 0, 0]
    silent = control_accuracy([(asked_of(SONG), Score(()))], RULES)
    assert silent["key"].value == silent["chords"].value == 0.0


def judged(source: str, tokens: list[int]) -> evaluate.Judged:
    array = np.array(tokens)
    return evaluate.Judged(source, array, {"bass": array < 2}, {"bass": int((array == 0).sum())})


def test_likelihoods_are_compared_song_by_song():
    songs = [judged("pop", [0, 1, 0, 1, 2] * 8) for _ in range(5)]
    songs += [judged("jazz", [0, 1, 2] * 9) for _ in range(4)]
    tokens = [song.tokens for song in songs]
    models = {f"{n}-gram": TokenNGrams.count(tokens, size=3, order=n).nll for n in (3, 1)}
    by_set, by_role = evaluate.likelihoods(models, songs, RNG)
    rows = {(row[0], row[1]): row for row in by_set.rows}
    assert rows["pop", "3-gram"][2:4] == (5, 200)
    assert rows["all", "1-gram"][4] > rows["all", "3-gram"][4]
    assert rows["pop", "1-gram"][5] == pytest.approx(
        rows["pop", "1-gram"][4] - rows["pop", "3-gram"][4]
    )
    role, notes, long, short = by_role.rows[0]
    assert (role, notes) == ("bass", 5 * 16 + 4 * 9)
    total = sum(models["3-gram"](s.tokens)[s.roles["bass"]].sum() for s in songs)
    assert long == pytest.approx(total / math.log(2) / notes)
    assert long < short


def test_tables_of_generated_pieces(tmp_path):
    real, made = [toy_song(i) for i in range(12)], [toy_song(i) for i in range(12, 18)]
    tunes, new = ([replace(s, parts=s.parts[:1]) for s in songs] for songs in (real, made))
    index = OriginalityIndex.of(tunes)

    def broken() -> Score:
        raise InputError("no such token")

    tables = [
        evaluate.controls({"toy": [(asked_of(s), s) for s in made]}, RULES),
        evaluate.validity({"toy": [lambda: SONG, broken, lambda: Score(())]}),
        *evaluate.distributions({"toy": made, "copies": real}, real, RNG),
        evaluate.originality({"toy": new, "copies": tunes}, index),
    ]
    valid = tables[1].rows[0]
    assert valid[1:3] == (3, pytest.approx(1 / 3))
    original = {row[0]: row[2] for row in tables[4].rows}
    assert original["copies"] == 0.0
    assert original["toy"] > original["copies"]

    path = tmp_path / "report.md"
    evaluate.write_report(tables, path, title="Toy", command="make toy", facts={"seed": "2"})
    text = path.read_text("utf-8")
    assert text.startswith("# Toy")
    assert text.count("\n### ") == len(tables)
    data = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert [each["title"] for each in data["tables"]] == [each.title for each in tables]
    with pytest.raises(InputError, match=r"\.md"):
        evaluate.write_report(tables, tmp_path / "report.txt", title="", command="", facts={})


def test_numbers_that_are_none_are_written_as_such(tmp_path):
    table = evaluate.Table("T", ("a|b", "c"), (("x|y", math.nan),))
    assert "| x\\|y | - |" in table.markdown()
    evaluate.write_report([table], tmp_path / "t.md", title="", command="", facts={})
    assert json.loads((tmp_path / "t.json").read_text())["tables"][0]["rows"] == [["x|y", None]]


def test_chords_of_one_sound_are_alike():
    from tapeloom.train.control_accuracy import alike

    assert not alike(Chord.parse("C"), Chord.parse("Cm"))
    assert not alike(Chord.parse("C"), Chord.parse("G"))
    assert alike(Chord.parse("Dm9"), Chord.parse("Dm7"))


def test_a_note_held_over_counts_bars_to_its_end():
    long = Score((Part("a", "keys", notes=(Note(0, 8 * PPQ, 60), Note(0, PPQ, 64))),))
    assert density(long) == 1.0
