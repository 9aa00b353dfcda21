"""The catchiest passage: whole bars, where the band and the tune are."""

import pytest

from tapeloom.compose import engine, plan
from tapeloom.compose.hook import find_hook
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.score import Score
from tapeloom.core.seed import stream


@pytest.fixture(scope="module")
def score() -> Score:
    return engine().compose(plan(Brief("warm cafe", seed=3), stream(3)), stream(3, "compose"))


@pytest.mark.parametrize("seconds", [15.0, 30.0, 60.0])
def test_a_clip_is_whole_bars_of_about_the_length_asked_for(score: Score, seconds: float) -> None:
    found = find_hook(score, seconds=seconds)
    edges = [*score.bar_starts, score.end]
    assert {found.start, found.end} <= set(edges)
    bar_s = score.tempo.tick_to_s(edges[1])
    length_s = found.end_s - found.start_s
    assert 15.0 <= length_s <= max(seconds, 15.0 + bar_s) + 1e-6
    assert length_s > seconds - bar_s - 1e-6


def test_it_is_where_the_tune_sings_and_the_energy_is_high(score: Score) -> None:
    found = find_hook(score, seconds=30.0)
    tune = [n for n in score.part("melody").notes if found.start <= n.start < found.end]
    energies = {s.name: s.energy for s in score.sections}
    assert tune
    assert energies[found.section] >= sorted(energies.values())[len(energies) // 2]
    assert found.section not in ("intro", "outro", "breakdown")


def test_what_has_no_such_passage_is_said(score: Score) -> None:
    with pytest.raises(InputError, match="the clip is 5 s; it must lie between 15 and 60"):
        find_hook(score, seconds=5.0)
    with pytest.raises(InputError, match="the piece lasts 0 s"):
        find_hook(Score(()), seconds=30.0)
