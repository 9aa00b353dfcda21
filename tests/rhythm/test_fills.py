import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.rhythm.fills import FILLS, Fill, end_with, fills_for
from tapeloom.rhythm.ghosts import (
    KICK_RULES,
    LONGEST_RUN,
    add_ghosts,
    ghost_places,
    move_kick,
    vary,
)
from tapeloom.rhythm.limbs import playable, sticking
from tapeloom.rhythm.patterns import GROOVES, VELOCITIES, Groove

PLAIN = Groove("plain", {"kick": "X.......x.......", "snare": "....X.......X..."})
names = st.sampled_from(sorted(GROOVES))
seeds = st.integers(0, 10_000)


def loudness(fill):
    return [
        sum(VELOCITIES.get(line[step], 0) for line in fill.lines.values())
        for step in range(fill.steps)
    ]


@pytest.mark.parametrize("fill", FILLS.values(), ids=FILLS.keys())
def test_fills_lead_where_they_say(fill):
    level = loudness(fill)
    half = fill.steps // 2
    last = max(fill.steps // 4, 1)
    if fill.leads == "rise":
        backbeat = [VELOCITIES.get(sign, 0) for sign in fill.lines["backbeat"]]
        assert sum(backbeat[half:]) >= sum(backbeat[:half])
        assert sum(level[-last:]) > 0
    elif fill.leads == "space":
        assert sum(level[-last:]) == 0
        assert sum(level[half:]) <= sum(level[:half])
    else:
        assert sum(level[-2:]) > 0


@pytest.mark.parametrize("fill", FILLS.values(), ids=FILLS.keys())
@pytest.mark.parametrize("name", ["boom_bap", "brushes", "bossa", "ride_along", "clap_back"])
def test_two_hands_and_feet_play_every_fill(fill, name):
    hits = fill.hits(GROOVES[name])
    assert playable(hits) == hits
    order = sorted(hits)
    step_s = 60 / 90 / 4
    found = sticking([step * step_s for step, _ in order], [drum for _, drum in order])
    assert found.is_playable


def test_there_are_fills_of_all_lengths_and_energies():
    assert len(FILLS) >= 20
    assert {fill.steps for fill in FILLS.values()} >= {4, 6, 8, 12, 16}
    assert {fill.leads for fill in FILLS.values()} == {"rise", "space", "pickup"}
    for beat in (4, 6):
        for energy in (0.0, 0.5, 1.0):
            assert len({fill.steps for fill in fills_for(energy=energy, beat=beat)}) >= 1
    assert len(fills_for(energy=1.0)) > len(fills_for(energy=0.0)) >= 5
    assert len({str(sorted(fill.lines.items())) for fill in FILLS.values()}) == len(FILLS)


@given(st.floats(0.0, 1.0), st.sampled_from([4, 6]), st.integers(1, 16))
def test_what_is_asked_for_is_given(energy, beat, longest):
    for fill in fills_for(energy=energy, beat=beat, longest=longest):
        assert fill.energy <= energy + 0.15
        assert fill.beat == beat
        assert fill.steps <= longest


@given(names, st.sampled_from(sorted(FILLS)))
def test_a_fill_ends_the_bar_and_leaves_its_beginning(name, fill_name):
    groove, fill = GROOVES[name], FILLS[fill_name]
    if groove.steps <= fill.steps:
        with pytest.raises(InputError, match="shorter than the bar"):
            end_with(groove.bar(0), fill, groove)
        return
    bar, added = end_with(groove.bar(0), fill, groove)
    first = groove.steps - fill.steps
    before = {key: sign for key, sign in groove.bar(0).items() if key[0] < first}
    assert {key: sign for key, sign in bar.items() if key[0] < first} == before
    assert {key for key in bar if key[0] >= first} == added


@given(names, seeds, st.floats(0.0, 1.0))
def test_variations_keep_what_makes_the_groove(name, seed, amount):
    groove = GROOVES[name]
    varied = vary(groove, np.random.default_rng(seed), amount=amount)
    assert (varied.meter, varied.style, varied.bars) == (groove.meter, groove.style, groove.bars)
    for index in range(groove.bars):
        old, new = groove.bar(index), varied.bar(index)
        assert playable(new) == new
        assert ((0, "kick") in new) == ((0, "kick") in old)
        for key, sign in old.items():
            if sign == "X" or key[1] != "kick":
                assert new[key] == sign
    assert vary(groove, np.random.default_rng(seed), amount=amount) == varied
    assert vary(groove, np.random.default_rng(seed), amount=0.0).lines == groove.lines


@given(names, seeds, st.integers(0, 6))
def test_ghosts_follow_their_grammar(name, seed, count):
    groove = GROOVES[name]
    before = groove.bar(0)
    after = add_ghosts(before, groove, np.random.default_rng(seed), count=count)
    new = {key for key in after if key not in before}
    assert len(new) <= count
    for step, drum in new:
        assert drum == groove.backbeat
        assert after[step, drum] == "o"
        assert (step, "kick") not in before
    ghosts = {
        step for (step, drum), sign in after.items() if (drum, sign) == (groove.backbeat, "o")
    }
    fresh = {step for step, _ in new}
    for step in range(groove.steps - LONGEST_RUN):
        run = {step + i for i in range(LONGEST_RUN + 1)}
        assert not (run <= ghosts and run & fresh)


def test_known_ghost_places():
    assert set(ghost_places(PLAIN.bar(0), PLAIN)) == {1, 3, 5, 7, 9, 11, 13, 15}
    clap = GROOVES["clap_back"]
    assert not ghost_places(clap.bar(0), clap)  # a clap has no soft stroke


@given(names, seeds, st.sampled_from(sorted(KICK_RULES)))
def test_a_rule_changes_at_most_one_kick(name, seed, rule):
    groove = GROOVES[name]
    before = groove.bar(0)
    after = move_kick(before, groove, np.random.default_rng(seed), rule=rule)
    assert len(before.keys() ^ after.keys()) <= 2
    assert all(drum == "kick" for _, drum in before.keys() ^ after.keys())
    assert playable(after) == after
    count = len(after) - len(before)
    assert count in {"early": {0}, "late": {0}, "leave_out": {0, -1}}.get(rule, {0, 1})


@pytest.mark.parametrize("rule", sorted(KICK_RULES))
def test_every_rule_finds_something_in_a_plain_groove(rule):
    bar = PLAIN.bar(0)
    assert move_kick(bar, PLAIN, np.random.default_rng(0), rule=rule) != bar


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Fill("f", {"kick": "x", "snare": "xx"}, 0.1, "rise"), "as many steps"),
        (lambda: Fill("f", {}, 0.1, "rise"), "as many steps"),
        (lambda: Fill("f", {"kick": "?"}, 0.1, "rise"), "none of X x - o"),
        (lambda: Fill("f", {"gong": "x"}, 0.1, "rise"), "'gong' is no drum"),
        (lambda: Fill("f", {"kick": "x"}, 0.1, "fall"), "'fall' is none of"),
        (lambda: Fill("f", {"kick": "x"}, 7, "rise"), "energy 7"),
        (lambda: fills_for(energy=2.0), "energy is 2.0"),
        (lambda: vary(PLAIN, np.random.default_rng(0), amount=2.0), "amount is 2.0"),
        (lambda: move_kick({}, PLAIN, np.random.default_rng(0), rule="up"), "'up' is no rule"),
    ],
)
def test_misuse_is_told(call, message):
    with pytest.raises(InputError, match=message):
        call()
