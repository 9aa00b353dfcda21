"""What brushes make of a groove: circles under the time, taps on the backbeat."""

import itertools

import pytest

from tapeloom.compose.brushwork import (
    BRUSHED,
    MACHINES,
    brush_part,
    put_brushes_away,
    stir_lengths,
    take_brushes,
)
from tapeloom.compose.drums import STYLES, draw_kit, write_drums
from tapeloom.core.meter import Meter
from tapeloom.core.score import Mark, Note, Part, Section
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ
from tapeloom.rhythm.limbs import playable
from tapeloom.rhythm.meters import step_ticks
from tapeloom.theory.instruments import DRUMS

FORM = (("intro", 4, 0.3), ("A", 8, 0.5), ("B", 8, 0.7), ("breakdown", 4, 0.2), ("A2", 8, 0.55))


def brushed(seed, *, text="4/4", kit=BRUSHED):
    meter, at, sections = Meter.parse(text), 0, []
    for name, bars, energy in FORM:
        sections.append(Section(name, at, at + bars * meter.bar_ticks, energy, 0, ("drums",)))
        at = sections[-1].end
    part = write_drums(sections, meters=((0, meter),), end=at, density=0.4, energy=0.35,
                       rng=stream(seed, "drums"), kit=kit)  # fmt: skip
    return sections, part


def stirs(part):
    return [n for n in part.notes if n.pitch == DRUMS["brush"] and n.duration > PPQ // 4]


@pytest.mark.parametrize("text", ["4/4", "3/4", "6/8", "7/8"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_left_hand_stirs_nearly_all_the_time(seed, text):
    sections, part = brushed(seed, text=text)
    circles = stirs(part)
    assert sum(n.duration for n in circles) > 0.7 * sections[-1].end
    for first, second in itertools.pairwise(circles):
        assert first.end <= second.start


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_calm_sections_are_stirred_over_two_beats_and_livelier_ones_over_one(seed):
    sections, part = brushed(seed)
    for section in sections:
        lengths = {n.duration for n in stirs(part) if section.start <= n.start < section.end}
        assert lengths == {2 * PPQ if section.energy < 0.4 else PPQ}, section.name


@pytest.mark.parametrize("seed", range(1, 7))
def test_the_backbeat_is_tapped_on_the_snare_and_no_stick_is_heard(seed):
    _, part = brushed(seed)
    pitches = {n.pitch for n in part.notes}
    assert DRUMS["snare"] in pitches
    assert not pitches & {DRUMS["rim"], DRUMS["clap"]}


@pytest.mark.parametrize("kit", MACHINES)
def test_a_machine_has_no_brushes(kit):
    """Of grooves for brushes it plays what was struck on the snare, what was swept on the hats."""
    for seed in range(12):
        _, part = brushed(seed, kit=kit)
        assert DRUMS["brush"] not in {n.pitch for n in part.notes}
    bar = {(4, "brush"): "X", (4, "snare"): "o", (6, "brush"): "-", (8, "kick"): "x"}
    out, filled = put_brushes_away(bar, {(4, "brush")})
    assert out == {(4, "snare"): "X", (6, "closed_hat"): "-", (8, "kick"): "x"}
    assert filled == {(4, "snare")}


def test_a_jazz_drummer_has_no_hand_free_to_clap():
    for seed in range(12):
        _, part = brushed(seed, kit="jazz_kit")
        assert DRUMS["clap"] not in {n.pitch for n in part.notes}


def test_other_kits_have_no_circles():
    _, part = brushed(1, kit="jazz_kit")
    assert not stirs(part)


def test_a_part_of_sticks_is_brushed_note_by_note():
    """As the learned engine writes them: any velocity on any tick."""
    bar = 4 * PPQ
    notes = [Note(PPQ, 900, DRUMS["snare"], 97), Note(PPQ, 900, DRUMS["closed_hat"], 80),
             Note(PPQ, 900, DRUMS["clap"], 60), Note(3 * PPQ + 7, 900, DRUMS["rim"], 55),
             Note(2 * PPQ, 900, DRUMS["closed_hat"], 80),
             Note(0, 900, DRUMS["kick"], 90)]  # fmt: skip
    sections = (Section("A", 0, bar, 0.6), Section("outro", bar, 2 * bar, 0.2))
    marks = (Mark(3 * PPQ + 7, DRUMS["rim"], "ghost"),)
    part = Part("drums", "drums", BRUSHED, tuple(notes), marks=marks)
    found = brush_part(part, sections, ((0, Meter(4, 4)),))
    heard = {(n.start, n.pitch): n for n in found.notes}
    assert heard[PPQ, DRUMS["snare"]].velocity == 97
    assert heard[PPQ, DRUMS["pedal_hat"]].velocity == 60
    assert heard[2 * PPQ, DRUMS["closed_hat"]].velocity == 60
    assert (3 * PPQ + 7, DRUMS["snare"]) in heard
    assert found.marks == (Mark(3 * PPQ + 7, DRUMS["snare"], "ghost"),)
    assert [(n.start, n.duration) for n in stirs(found)] == [(i * PPQ, PPQ) for i in range(4)]
    assert not {n.pitch for n in found.notes} & {DRUMS["rim"], DRUMS["clap"]}


def test_a_fill_is_tapped_with_both_hands():
    fill = {(12, "brush"), (15, "brush")}
    bar = {(0, "kick"): "x", (4, "clap"): "X", (12, "brush"): "x", (15, "brush"): "o"}
    out, filled = take_brushes(bar, fill, Meter(4, 4), 0.6)
    assert filled == {(12, "snare"), (15, "snare")}
    assert {step for step, drum in out if drum == "brush"} == {0, 4, 8}
    assert out[4, "snare"] == "X"


def test_the_foot_has_the_hats_where_a_hand_taps_and_time_keeps_to_eighths():
    bar = {(step, "closed_hat"): "x" for step in range(16)} | {
        (4, "snare"): "x",
        (12, "snare"): "x",
    }
    out, _ = take_brushes(bar, set(), Meter(4, 4), 0.5)
    assert {step for step, drum in out if drum == "pedal_hat"} == {4, 12}
    assert {step for step, drum in out if drum == "closed_hat"} == {0, 2, 6, 8, 10, 14}
    assert playable(out) == out


def test_of_two_strokes_that_become_one_tap_the_louder_stays():
    bar = {(4, "brush"): "o", (4, "snare"): "X"}
    assert take_brushes(bar, set(), Meter(4, 4), 0.5)[0][4, "snare"] == "X"


@pytest.mark.parametrize("text", ["4/4", "3/4", "5/4", "7/8", "12/8", "1/4", "5/32"])
def test_circles_fill_the_bar(text):
    meter = Meter.parse(text)
    for energy in (0.1, 0.9):
        lengths = stir_lengths(meter, energy)
        at = 0
        for begin, length in lengths.items():
            assert begin == at
            at += length
        assert at * step_ticks(meter) == meter.bar_ticks


@pytest.mark.parametrize("kit", STYLES)
def test_kits_lean_to_the_grooves_of_their_players(kit):
    def often(kit):
        kits = [draw_kit(0.4, 0.4, stream(seed, "kit"), kit=kit) for seed in range(80)]
        return sum(drawn.main.style in STYLES[named][0] for drawn in kits) / len(kits)

    named = kit
    assert often(kit) > 1.5 * often("dusty_kit")
