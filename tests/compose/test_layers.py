"""Groupings, changing meters, a clave and a polyrhythm in what is composed."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from tapeloom.compose import compose
from tapeloom.compose.edit import take_notes
from tapeloom.compose.grid import measures
from tapeloom.compose.layers import layered_sections
from tapeloom.core.brief import Brief
from tapeloom.core.meter import Meter, meter_at
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.score import score_from_json, score_to_json
from tapeloom.core.time import PPQ
from tapeloom.rhythm.meters import beat_starts, grouped, groupings, metric_weights
from tapeloom.rhythm.patterns import GROOVES, TIMEKEEPERS, groove_in, grooves_in
from tapeloom.rhythm.polyrhythm import Polyrhythm
from tapeloom.rhythm.timelines import clave, place
from tapeloom.theory.instruments import DRUMS

EIGHTH = PPQ // 2


def made(seed=1, bars=24, words="rainy cafe", **fields):
    return compose(Brief(words, bars=bars, seed=seed, **fields), np.random.default_rng(seed))


def test_a_grouping_is_the_meters_own_wherever_beats_are_asked_for():
    meter = Meter.parse("7/8 3+2+2")
    assert groupings(meter)[0] == (3, 2, 2)
    assert beat_starts(meter) == (0, 3 * EIGHTH, 5 * EIGHTH)
    assert [i for i, weight in enumerate(metric_weights(meter)) if weight >= 0.8] == [0, 6, 10]
    grid = measures(0, meter.bar_ticks, ((0, meter),))
    assert grid[0].group_starts == (0, 3 * EIGHTH, 5 * EIGHTH)
    assert grouped(Meter(7, 8), (2, 2, 3)) == Meter(7, 8)


@pytest.mark.parametrize("text", ["7/8 3+2+2", "7/8 2+3+2", "9/8 2+2+2+3", "5/4 2+3"])
def test_grooves_are_laid_out_by_the_grouping(text):
    meter = Meter.parse(text)
    usual = grooves_in(Meter(meter.numerator, meter.denominator))
    found = grooves_in(meter)
    assert len(found) == len(usual) > 0
    for groove in found:
        assert groove.meter == meter
        assert groove_in(meter, groove) is groove
        struck = {step for bar in range(groove.bars) for step, _ in groove.bar(bar)}
        assert {start // (PPQ // 4) for start in beat_starts(meter)} <= struck


@pytest.mark.parametrize("grouping", [None, "2+2+3", "3+2+2", "2+3+2"])
def test_the_time_is_counted_in_the_groups(grouping):
    scores = [made(seed, meter="7/8", grouping=grouping, bars=16) for seed in range(8)]
    bar = Meter(7, 8).bar_ticks
    loud: Counter[int] = Counter()
    time = {DRUMS[drum] for drum in TIMEKEEPERS}
    for score in scores:
        for note in score.part("drums").notes:
            if note.pitch in time:
                loud[note.start % bar // EIGHTH] += note.velocity
    groups = [int(size) for size in (grouping or "2+2+3").split("+")]
    starts = {0, groups[0], groups[0] + groups[1]}
    offs = [loud[i] for i in range(7) if i not in starts]
    assert min(loud[i] for i in starts) > 1.1 * max(offs)


def test_kick_and_backbeat_move_with_the_groups():
    def answered(grouping):
        """Return how loud kick and snare are on each eighth, over several records."""
        loud: Counter[int] = Counter()
        for seed in range(8):
            score = made(seed, meter="7/8", grouping=grouping, bars=16)
            for note in score.part("drums").notes:
                if note.pitch in (DRUMS["kick"], DRUMS["snare"], DRUMS["rim"]):
                    loud[note.start % Meter(7, 8).bar_ticks // EIGHTH] += note.velocity
        return loud

    usual, other = answered("2+2+3"), answered("3+2+2")
    assert other[3] > 1.5 * usual[3]  # the second group's backbeat came from the third eighth
    assert usual[2] > 1.5 * other[2]


def test_the_usual_grouping_is_no_change():
    assert made(meter="7/8", grouping="2+2+3") == made(meter="7/8")


@pytest.mark.parametrize(
    ("text", "names"),
    [("7/8 x3 | 4/4", ["7/8", "4/4"]), ("4/4 x4 | 7/8 3+2+2 x4", ["4/4", "7/8 3+2+2"]),
     ("3/4 | 5/8 x2", ["3/4", "5/8"])],
)  # fmt: skip
def test_meters_change_and_every_part_fills_them(text, names):
    for seed in range(3):
        score = made(seed, meter=text)
        assert list(dict.fromkeys(str(meter) for _, meter in score.meters)) == names
        assert len(score.bar_starts) == 24
        assert {s.start for s in score.sections} <= set(score.bar_starts)
        for section in score.sections:
            if "drums" in section.roles and section.name in ("A", "B"):
                for start in score.bar_starts:
                    if section.start <= start < section.end:
                        end = start + meter_at(score.meters, start).bar_ticks
                        assert any(start <= n.start < end for n in score.part("drums").notes)
        assert score_from_json(score_to_json(score)) == score


def test_a_grouping_outlives_an_edit_in_a_daw(tmp_path):
    score = made(meter="7/8", grouping="3+2+2")
    write_midi(tmp_path / "score.mid", score)
    assert take_notes(score, read_midi(tmp_path / "score.mid")).meters == score.meters


@pytest.mark.parametrize(
    ("name", "meter"), [("son32", "4/4"), ("rumba23", "4/4"), ("son32", "12/8"), ("son", "2/4")]
)
def test_the_clave_is_kept_by_the_rim(name, meter):
    score = made(2, clave=name, meter=meter)
    percussion = next(part for part in score.parts if part.name == "percussion")
    assert {note.pitch for note in percussion.notes} == {DRUMS["rim"]}
    onsets, cycle = place(clave(name, meter=Meter.parse(meter)), Meter.parse(meter))
    sections = layered_sections(score.sections)
    assert sections
    for section in sections:
        inside = range(section.start, section.end)
        here = [n.start - section.start for n in percussion.notes if n.start in inside]
        wanted = [c + o for c in range(0, section.end - section.start, cycle) for o in onsets]
        assert here == [at for at in wanted if at < section.end - section.start]
    rims = {n.start for n in score.part("drums").notes if n.pitch == DRUMS["rim"]}
    first, last = percussion.notes[0].start, percussion.notes[-1].start
    assert not [at for at in rims if first <= at <= last]


def test_the_layers_lie_under_the_kit():
    for seed in range(4):
        score = made(seed, clave="son32", polyrhythm="3:2")
        percussion = next(part for part in score.parts if part.name == "percussion")
        backbeats = [n.velocity for n in score.part("drums").notes if n.velocity > 70]
        assert max(n.velocity for n in percussion.notes) < np.mean(backbeats)


def test_the_bass_leans_on_the_clave():
    def share(score):
        bar = 4 * PPQ
        bass = {n.start for n in score.part("bass").notes}
        bars = {start // bar for start in bass}
        leans = (3 * PPQ // 4, 3 * PPQ // 2)
        return sum(any(b * bar + at in bass for at in leans) for b in bars) / len(bars)

    plain = np.mean([share(made(seed, words="lively cafe")) for seed in range(8)])
    leaning = np.mean([share(made(seed, words="lively cafe", clave="son32")) for seed in range(8)])
    assert leaning > plain + 0.1


@pytest.mark.parametrize("text", ["3:2", "4:3", "5:4", "7:4", "11:8"])
@pytest.mark.parametrize("meter", ["4/4", "7/8"])
def test_a_polyrhythm_is_exact_over_each_bar(text, meter):
    score = made(3, polyrhythm=text, meter=meter)
    percussion = next(part for part in score.parts if part.name == "percussion")
    bar = Meter.parse(meter).bar_ticks
    layers = Polyrhythm.parse(text).layers
    for drum, layer in zip(("rim", "shaker"), layers, strict=True):
        found = {n.start % bar for n in percussion.notes if n.pitch == DRUMS[drum]}
        assert found == {round(onset * bar) for onset in layer.onsets}
        assert layer.onsets == tuple(Fraction(i, layer.count) for i in range(layer.count))


def test_short_bars_share_a_round():
    score = made(3, polyrhythm="3:2", meter="2/4")
    percussion = next(part for part in score.parts if part.name == "percussion")
    start = layered_sections(score.sections)[0].start
    rim = [n.start - start for n in percussion.notes if n.pitch == DRUMS["rim"]]
    assert rim[:3] == [0, 4 * PPQ // 3, 8 * PPQ // 3]


def test_without_layers_nothing_is_added():
    assert "percussion" not in {part.name for part in made().parts}
    assert set(GROOVES) >= {groove.name for groove in grooves_in(Meter(7, 8))}
