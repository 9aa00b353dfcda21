"""Hand percussion that a brief names: lines that are heard, in any meter, under the kit."""

import numpy as np
import pytest

from tapeloom.compose import engine, plan
from tapeloom.compose.hands import CELL, HANDS, WORDS, hand_strokes, hands_in
from tapeloom.core.brief import Brief
from tapeloom.core.meter import Meter
from tapeloom.core.seed import stream
from tapeloom.rhythm.meters import step_ticks
from tapeloom.rhythm.patterns import VELOCITIES
from tapeloom.theory.instruments import DRUMS, PERCUSSION


def test_lines_are_two_bars_of_known_signs_and_drums():
    for lines in HANDS.values():
        for drum, line in lines.items():
            assert drum in DRUMS | PERCUSSION
            assert len(line) == 8 * CELL
            assert set(line) <= {*VELOCITIES, "."}
    assert {name for names in WORDS.values() for name in names} == set(HANDS)


def test_two_hands_play_one_instrument():
    """No two drums of one player on one step."""
    for name, lines in HANDS.items():
        struck = [i for line in lines.values() for i, sign in enumerate(line) if sign != "."]
        assert len(struck) == len(set(struck)), name


@pytest.mark.parametrize("text", ["4/4", "3/4", "6/8", "7/8", "5/4", "12/8", "1/4"])
@pytest.mark.parametrize("name", HANDS)
def test_a_bar_of_any_meter_holds_its_strokes(name, text):
    meter = Meter.parse(text)
    for number in range(3):
        notes = list(hand_strokes(name, number, 1000, meter))
        for note in notes:
            assert 1000 <= note.start < 1000 + meter.bar_ticks
            assert (note.start - 1000) % step_ticks(meter) == 0
            assert note.velocity < VELOCITIES["x"]
    if text == "4/4":
        signs = sum(len(line[: 4 * CELL].replace(".", "")) for line in HANDS[name].values())
        assert len(list(hand_strokes(name, 0, 0, meter))) == signs


def test_words_name_a_part_that_plays_where_the_kit_does():
    brief = Brief("warm night, bongos and a tambourine", bars=24, seed=2)
    drawn = plan(brief, stream(2, "plan"))
    assert drawn.hands == ("bongos", "tambourine")
    score = engine("theory").compose(drawn, stream(2, "compose"))
    part = next(part for part in score.parts if part.name == "percussion")
    assert {n.pitch for n in part.notes} == {
        PERCUSSION[drum] for drum in ("high_bongo", "low_bongo", "tambourine")
    }
    kit = next(part for part in score.parts if part.name == "drums")
    backbeats = [n.velocity for n in kit.notes if n.pitch in (38, 39, 37) and n.velocity > 60]
    assert np.mean([n.velocity for n in part.notes]) < np.mean(backbeats)
    plain = engine("theory").compose(
        plan(Brief("warm night", bars=24, seed=2), stream(2, "plan")), stream(2, "compose")
    )
    # Dynamics hear the whole band; strokes are the same.
    assert [(n.start, n.pitch) for n in plain.part("drums").notes] == [
        (n.start, n.pitch) for n in kit.notes
    ]


def test_hands_are_named_once():
    assert hands_in("Congas, conga, percussion") == ("congas", "shaker")
