"""The critic: each measure tells what it should; points, ranking and bad tables."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.neural.critic import SENSES, SHARES, STEPS, Critic, Quality, rank
from tapeloom.neural.critic_parts import Page, count_steps, measure_parts
from tapeloom.train.corruption import (
    flatten_lines,
    loop_bar,
    random_in_key,
    shuffle_bars,
    shuffle_melody,
    transpose_bars,
)

from .toy_songs import toy_song

SONG = toy_song(3)
BASE = measure_parts(SONG, STEPS)


def spoilt(spoil) -> dict[str, float]:
    return measure_parts(spoil(SONG, np.random.default_rng(1)), STEPS)


def test_every_part_is_measured():
    assert set(BASE) == set(SENSES) - {"nll"}
    assert all(math.isfinite(value) for value in BASE.values())


def test_a_song_of_chord_tones_fits_its_key_and_chords():
    assert BASE["key_fit"] == 1.0
    assert BASE["bass_fit"] == 1.0
    assert BASE["chord_fit"] > 0.9


def test_each_fault_is_seen_by_its_own_measure():
    assert spoilt(transpose_bars)["key_fit"] < 0.9
    assert spoilt(transpose_bars)["chord_fit"] == pytest.approx(BASE["chord_fit"], abs=0.01)
    assert spoilt(shuffle_bars)["repetition"] < BASE["repetition"]
    assert spoilt(shuffle_melody)["chord_fit"] < BASE["chord_fit"]
    assert spoilt(random_in_key)["chord_fit"] < BASE["chord_fit"] - 0.1
    assert spoilt(random_in_key)["clashes"] > BASE["clashes"]
    assert spoilt(random_in_key)["key_fit"] > 0.95
    assert spoilt(loop_bar)["variety"] == pytest.approx(0.0)
    assert spoilt(flatten_lines)["chord_fit"] < BASE["chord_fit"]


def test_measures_keep_to_the_key():
    up = replace(
        SONG,
        keys=((0, type(SONG.key)("Eb", "major")),),
        chords=tuple(replace(s, chord=s.chord.transpose(3)) for s in SONG.chords),
        parts=tuple(
            replace(p, notes=tuple(replace(n, pitch=n.pitch + 3) for n in p.notes))
            for p in SONG.parts
        ),
    )
    moved = measure_parts(up, STEPS)
    for name in set(BASE) - {"register"}:
        assert moved[name] == pytest.approx(BASE[name]), name


def test_a_clash_of_two_parts_is_counted():
    low = Part("a", "keys", notes=tuple(Note(i * PPQ, PPQ, 60) for i in range(8)))
    high = Part("b", "melody", notes=tuple(Note(i * PPQ, PPQ, 73 - i // 4) for i in range(8)))
    assert measure_parts(Score((low, high)), STEPS)["clashes"] == 0.5


def test_little_music_is_no_error():
    assert measure_parts(Score(()), STEPS) == {}
    one = measure_parts(Score((Part("a", "melody", notes=(Note(0, PPQ, 60),)),)), STEPS)
    assert math.isnan(one["chord_fit"])
    drums = Part("kit", "drums", notes=(Note(0, PPQ, 36),))
    assert measure_parts(Score((drums,)), STEPS) == {}
    assert Critic.load  # a critic of nothing gives nothing
    assert Critic({}, {}, STEPS).judge(SONG).total == 0.0


def test_steps_are_probabilities():
    table = count_steps([Page.of(SONG)])
    np.testing.assert_allclose(table.sum(axis=1), 1.0)
    assert measure_parts(SONG, table)["line_surprise"] < BASE["line_surprise"]


LINE = tuple(np.linspace(0.0, 1.0, len(SHARES)).tolist())


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("key_fit", [0.0, 0.2, 1.0, 1.0, 1.0]),
        ("clashes", [1.0, 1.0, 1.0, 0.2, 0.0]),
        ("groove", [0.0, 0.4, 1.0, 0.4, 0.0]),
        ("repetition", [0.0, 0.2, 1.0, 1.0, 0.0]),
        ("line_surprise", [0.0, 1.0, 1.0, 0.2, 0.0]),
    ],
)
def test_points_follow_the_sense_of_a_measure(name, points):
    critic = Critic({name: LINE}, {name: 1.0}, STEPS)
    values = (0.0, 0.1, 0.5, 0.9, 1.0)
    assert [critic.points(name, v) for v in values] == pytest.approx(points)
    assert critic.points(name, -5.0) == points[0]
    assert critic.points(name, 5.0) == points[-1]


def test_equal_percentiles_share_their_middle():
    critic = Critic({"key_fit": (0.5,) * 10 + (1.0,) * 11}, {"key_fit": 1.0}, STEPS)
    assert critic.points("key_fit", 1.0) == 1.0
    assert critic.points("key_fit", 0.5) == pytest.approx(0.45)
    assert critic.points("key_fit", 0.4) == 0.0


def test_an_asked_density_counts():
    critic = Critic({"key_fit": LINE}, {"key_fit": 1.0}, STEPS)
    right = critic.weigh(BASE, density=BASE["density"])
    wrong = critic.weigh(BASE, density=2 * BASE["density"])
    assert right.parts["density"] == 1.0
    assert right.total > wrong.total
    assert "density" not in critic.weigh(BASE).parts


def test_likelihoods_count_where_they_are_told():
    critic = Critic({"key_fit": LINE}, {"key_fit": 1.0}, STEPS).with_likelihoods([1, 2, 3])
    assert critic.judge(SONG, nll=1.0).parts["nll"] == 1.0
    assert critic.judge(SONG, nll=9.0).parts["nll"] == 0.0
    assert "nll" not in critic.judge(SONG).parts


def test_candidates_are_refused_and_ranked():
    filters = {"original": lambda n: n != 7}
    ranking = rank([3, 7, 9, 1], lambda n: Quality(n / 10, {}, {}), filters=filters, least=0.2)
    assert [n for n, _ in ranking.kept] == [9, 3]
    assert ranking.refused == {"original": 1, "quality": 1}
    assert ranking.yield_share == 0.5
    assert rank([], lambda n: Quality(0, {}, {})).yield_share == 0.0


def test_a_table_is_read_back_and_a_bad_one_refused(tmp_path):
    critic = Critic({"key_fit": LINE}, {"key_fit": 1.0}, STEPS)
    good = critic.to_json()
    path = tmp_path / "good.json"
    path.write_text(json.dumps(good))
    again = Critic.load(path)
    assert again.judge(SONG).total == critic.judge(SONG).total
    bad = {
        "format": good | {"format": 2},
        "steps": good | {"steps": [[1.0]]},
        "falling": good | {"percentiles": {"key_fit": [1.0, *LINE[1:]]}},
        "name": good | {"percentiles": {"charm": list(LINE)}},
        "weight": good | {"weights": {"key_fit": -1}},
        "list": [],
    }
    for name, data in bad.items():
        wrong = tmp_path / f"{name}.json"
        wrong.write_text(json.dumps(data))
        with pytest.raises(InputError, match="no critic's table"):
            Critic.load(wrong)
    with pytest.raises(InputError, match="no critic's table"):
        Critic.load(tmp_path / "nowhere.json")
