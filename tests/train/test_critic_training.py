"""Calibrating the critic: corruptions are what they say; the critic prefers songs to them."""

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.score import Score
from tapeloom.neural.critic import Critic
from tapeloom.train.corruption import CORRUPTIONS, excerpt, loop_bar, move_bars, shuffle_bars
from tapeloom.train.critic import calibrate, evaluate, excerpts, save_critic

from ..neural.toy_songs import BAR, toy_song

SONG = toy_song(2)


def test_an_excerpt_is_what_stands_in_its_bars():
    cut = excerpt(SONG, first=4, bars=8)
    assert len(cut.bar_starts) == 8
    assert [s.chord for s in cut.chords] == [s.chord for s in SONG.chords[4:12]]
    tune = [n.pitch for n in SONG.part("melody").notes if 4 * BAR <= n.start < 12 * BAR]
    assert [n.pitch for n in cut.part("melody").notes] == tune
    with pytest.raises(InputError, match="can't be cut"):
        excerpt(SONG, first=30, bars=8)


def test_moving_bars_back_is_identity():
    rng = np.random.default_rng(0)
    order = rng.permutation(32)
    shifts = rng.integers(-3, 4, 32)
    there = move_bars(SONG, order, shifts)
    back = move_bars(there, np.argsort(order), -shifts[np.argsort(order)])
    assert back.parts == SONG.parts
    assert back.chords == SONG.chords


def test_corruptions_spoil_and_keep_the_number_of_bars():
    for name, spoil in CORRUPTIONS.items():
        worse = spoil(SONG, np.random.default_rng(1))
        assert worse != SONG, name
        assert len(worse.bar_starts) == len(SONG.bar_starts), name
        assert spoil(SONG, np.random.default_rng(1)) == worse, name


def test_a_looped_bar_is_the_same_everywhere():
    looped = loop_bar(SONG, np.random.default_rng(0))
    bars = [
        [(n.start % BAR, n.pitch) for n in looped.part("melody").notes if n.start // BAR == i]
        for i in range(32)
    ]
    assert all(bar == bars[0] for bar in bars)
    assert len({s.chord for s in looped.chords}) == 1


def test_bars_of_two_meters_are_not_moved():
    two = Score(SONG.parts, meters=((0, Meter()), (4 * BAR, Meter(3, 4))))
    with pytest.raises(InputError, match="one meter"):
        shuffle_bars(two, np.random.default_rng(0))
    assert all(len(cut.meters) == 1 for cut in excerpts(two, bars=4))
    assert excerpts(toy_song(0, bars=8)) == []


@pytest.mark.slow
def test_a_critic_prefers_songs_to_what_is_made_of_them(tmp_path):
    critic = calibrate((toy_song(i) for i in range(12)), np.random.default_rng(0))
    assert sum(critic.weights.values()) == pytest.approx(1.0)
    assert min(critic.weights.values()) >= 0.0
    found = evaluate(critic, [toy_song(i) for i in range(100, 104)], np.random.default_rng(1))
    assert found["all"]["mean"] > 0.9
    assert found["chord_fit"]["random in key"] > 0.8
    path = tmp_path / "critic.json"
    save_critic(critic, path)
    again = Critic.load(path)
    assert again.judge(SONG).total == pytest.approx(critic.judge(SONG).total, abs=1e-3)


def test_a_critic_without_songs_is_refused():
    with pytest.raises(InputError, match="a critic needs"):
        calibrate([], np.random.default_rng(0))
    critic = Critic({}, {}, np.full((12, 25), 0.04))
    with pytest.raises(InputError, match="no song has an excerpt"):
        evaluate(critic, [], np.random.default_rng(0))
