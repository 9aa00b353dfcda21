import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import DENOMINATORS, Meter
from tapeloom.rhythm.feels import STYLE_FEELS
from tapeloom.rhythm.limbs import FEET, playable, sticking
from tapeloom.rhythm.meter_grooves import METER_GROOVES
from tapeloom.rhythm.patterns import (
    GROOVES,
    NO_DOWNBEAT,
    VELOCITIES,
    Groove,
    groove_distance,
    groove_in,
    grooves_in,
)
from tapeloom.theory.instruments import DRUMS

COMMON = ["4/4", "3/4", "6/8", "12/8", "5/4", "7/8", "2/4", "9/8", "3/8", "1/4", "2/2", "7/16"]


def hands_and_feet(groove, bar):
    hits = groove.bar(bar)
    for step in {step for step, _ in hits}:
        drums = [drum for at, drum in hits if at == step]
        yield (
            sum(drum not in FEET for drum in drums),
            sum(drum in FEET for drum in drums),
        )


@pytest.mark.parametrize("groove", GROOVES.values(), ids=GROOVES.keys())
@pytest.mark.parametrize("text", COMMON)
def test_a_human_can_play_every_groove(groove, text):
    played = groove_in(Meter.parse(text), groove)
    assert set(played.lines) <= set(DRUMS)
    for bar in range(played.bars):
        assert all(hands <= 2 and feet <= 2 for hands, feet in hands_and_feet(played, bar))


@pytest.mark.parametrize("groove", GROOVES.values(), ids=GROOVES.keys())
def test_grooves_begin_on_the_kick_and_differ_from_bar_to_bar(groove):
    assert ((0, "kick") in groove.bar(0)) == (groove.name not in NO_DOWNBEAT)
    assert groove.bars == 1 or groove.bar(0) != groove.bar(1)
    assert groove.bar(groove.bars) == groove.bar(0)


def test_there_are_enough_grooves_of_all_energies():
    assert len(GROOVES) >= 60
    energies = sorted(groove.energy for groove in GROOVES.values())
    assert energies[0] <= 0.15
    assert energies[-1] >= 0.7
    assert len({str(groove.lines) for groove in GROOVES.values()}) == len(GROOVES)


def test_grooves_of_a_meter_differ_audibly():
    for a, b in itertools.combinations(GROOVES.values(), 2):
        assert groove_distance(a, b) > 0.075, (a.name, b.name)


@given(*[st.sampled_from(sorted(GROOVES))] * 3)
def test_the_distance_of_grooves_is_symmetric_and_bounded(a, b, c):
    a, b, c = GROOVES[a], GROOVES[b], GROOVES[c]
    assert groove_distance(a, b) == groove_distance(b, a)
    assert 0.0 <= groove_distance(a, b) <= 1.0
    assert groove_distance(c, c) == 0.0


def test_a_snare_changed_for_a_rim_is_no_other_groove():
    groove = GROOVES["boom_bap"]
    lines = {("rim" if drum == "snare" else drum): line for drum, line in groove.lines.items()}
    assert groove_distance(groove, Groove("rim", lines)) == 0.0


@pytest.mark.parametrize("groove", GROOVES.values(), ids=GROOVES.keys())
@pytest.mark.parametrize("bpm", [62, 95])
def test_hands_and_feet_are_in_time_for_every_groove(groove, bpm):
    step_s = 60 / bpm / 4
    hits = sorted(
        (bar * groove.steps + step, drum)
        for bar in range(2 * groove.bars)
        for step, drum in groove.bar(bar)
    )
    found = sticking([step * step_s for step, _ in hits], [drum for _, drum in hits])
    assert not [hits[i] for i in found.dropped]
    assert all(playable(groove.bar(bar)) == groove.bar(bar) for bar in range(groove.bars))


@pytest.mark.parametrize("groove", GROOVES.values(), ids=GROOVES.keys())
def test_a_backbeat_or_a_lighter_answer_is_in_every_groove(groove):
    hits = groove.bar(0) | {(s + groove.steps, d): sign for (s, d), sign in groove.bar(1).items()}
    answers = [key for key in hits if key[1] == groove.backbeat and hits[key] != "o"]
    assert answers
    assert {sign for line in groove.lines.values() for sign in line} - {"."}
    ghosts = [step for (step, _), sign in hits.items() if sign == "o"]
    assert len(ghosts) <= len(hits) / 2 + 1  # ghosts accompany, they don't lead
    assert groove.style in STYLE_FEELS


def test_the_linear_groove_has_no_two_drums_together():
    for bar in range(2):
        here = [step for step, _ in GROOVES["linear"].bar(bar)]
        assert len(here) == len(set(here))


def test_labels_of_energy_and_density_follow_what_is_heard():
    def rank(values):
        return np.argsort(np.argsort(values))

    grooves = list(GROOVES.values())
    signs = ["".join(groove.lines.values()) for groove in grooves]
    steps = [groove.steps * groove.bars for groove in grooves]
    loud = [sum(VELOCITIES.get(c, 0) for c in text) / n
            for text, n in zip(signs, steps, strict=True)]  # fmt: skip
    many = [sum(c != "." for c in text) / n for text, n in zip(signs, steps, strict=True)]
    energy = np.corrcoef(rank(loud), rank([g.energy for g in grooves]))[0, 1]
    density = np.corrcoef(rank(many), rank([g.density for g in grooves]))[0, 1]
    assert energy > 0.5
    assert density > 0.7


def test_uneven_meters_have_grooves_of_their_own():
    for text in METER_GROOVES:
        meter = Meter.parse(text)
        assert all(groove.meter == meter for groove in grooves_in(meter))
        assert grooves_in(meter)
    assert {"3/4", "6/8", "5/4", "7/8", "9/8"} <= set(METER_GROOVES)
    assert len({groove.style for groove in grooves_in(Meter(4, 4))}) >= 10


def test_ghost_notes_are_quiet_and_accents_loud():
    assert 20 <= VELOCITIES["o"] <= 45 < VELOCITIES["-"] < VELOCITIES["x"] < VELOCITIES["X"]


@given(
    st.builds(Meter, st.integers(1, 64), st.sampled_from(DENOMINATORS)),
    st.sampled_from(sorted(GROOVES)),
)
def test_any_meter_gets_a_groove_with_a_downbeat_and_a_timekeeper(meter, name):
    groove = groove_in(meter, GROOVES[name])
    assert (0, "kick") in groove.bar(0) or groove.name in NO_DOWNBEAT
    assert any(drum == groove.timekeeper for _, drum in groove.bar(1))
    if meter.numerator > 1:
        assert any(drum == groove.backbeat for _, drum in groove.bar(0) | groove.bar(1))


def test_known_answers_of_the_rule():
    like = GROOVES["boom_bap"]

    def steps(text, drum):
        groove = groove_in(Meter.parse(text), like)
        return [step for step, d in sorted(groove.bar(0)) if d == drum and step < groove.steps - 2]

    assert steps("3/4", "kick") == [0]
    assert steps("3/4", "snare") == [4, 8]
    assert steps("6/8", "snare") == [6]
    assert steps("12/8", "kick") == [0, 12]
    assert steps("12/8", "snare") == [6, 18]
    assert steps("5/4", "kick") == [0, 12]
    assert steps("5/4", "snare") == [8, 16]
    assert steps("7/8", "kick") == [0, 8]
    assert steps("2/2", "snare") == [4, 12]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ({"kick": "x..."}, "whole bars of 16 steps"),
        ({"kick": "x" * 16, "snare": "x" * 32}, "whole bars"),
        ({"kick": "x" * 15 + "?"}, "none of X x - o"),
    ],
)
def test_misspelt_grooves_are_refused(lines, message):
    with pytest.raises(InputError, match=message):
        Groove("wrong", lines)


def test_names_of_the_time_and_the_backbeat():
    assert GROOVES["bossa"].timekeeper == "shaker"
    assert GROOVES["bossa"].backbeat == "rim"
    assert GROOVES["brushes"].timekeeper == "brush"
    bare = Groove("bare", {"kick": "x" * 16})
    assert (bare.timekeeper, bare.backbeat) == ("closed_hat", "snare")
