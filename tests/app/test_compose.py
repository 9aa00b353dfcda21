"""`tapeloom compose`, and what a grouping, a clave and a polyrhythm do to a score."""

import json

import pytest

from tapeloom.app.composing import compose_brief
from tapeloom.core.brief import Brief, brief_from_json, brief_to_json
from tapeloom.core.meter import bar_starts, meter_at
from tapeloom.core.midi import read_midi
from tapeloom.core.time import PPQ
from tapeloom.rhythm.meters import beat_starts
from tapeloom.rhythm.timelines import timeline
from tapeloom.theory.instruments import DRUMS

from .conftest import tapeloom


def percussion(score):
    return next(part for part in score.parts if part.name == "percussion")


def test_several_scores_on_seeds_that_follow(tmp_path):
    arguments = ("compose", "rain", "--bars", "8", "--seed", "4", "--count", "2", "--json")
    ran = tapeloom(*arguments, "--performance", "--out", "scores", cwd=tmp_path)
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert [entry["seed"] for entry in told] == [4, 5]
    files = sorted((tmp_path / "scores").rglob("*.mid"))
    assert len(files) == 4
    assert len({file.read_bytes() for file in files}) == 4
    again = tapeloom(*arguments, "--out", "again", cwd=tmp_path)
    assert again.code == 0
    for file in (tmp_path / "again").rglob("*.mid"):
        assert (tmp_path / "scores" / file.name).read_bytes() == file.read_bytes()


def test_compose_and_make_compose_the_same():
    brief = Brief("dusty cafe", bars=8, seed=3)
    assert compose_brief(brief) == compose_brief(brief)


@pytest.mark.parametrize("grouping", ["2+2+3", "3+2+2", "2+3+2"])
def test_a_grouping_puts_the_accents(grouping):
    score = compose_brief(Brief("focus", bars=16, meter="7/8", grouping=grouping, seed=2))
    meter = meter_at(score.meters, 0)
    assert "+".join(map(str, meter.grouping or (2, 2, 3))) == grouping
    heads = set(beat_starts(meter, tuple(map(int, grouping.split("+")))))
    starts = bar_starts(score.meters, score.end)
    drums = score.part("drums")
    strong = [
        (n.start - max(s for s in starts if s <= n.start)) in heads
        for n in drums.notes
        if n.pitch in (DRUMS["kick"], DRUMS["snare"]) and n.velocity > 80
    ]
    assert sum(strong) >= 0.6 * len(strong)


def test_a_clave_is_kept_on_the_rim():
    score = compose_brief(Brief("city", bars=16, clave="son32", seed=1))
    rhythm = timeline("son32").rhythm
    cycle = 4 * PPQ
    step = cycle // rhythm.pulses
    wanted = {onset * step for onset in rhythm.onsets}
    rims = [n.start % cycle for n in percussion(score).notes if n.pitch == DRUMS["rim"]]
    assert rims
    assert set(rims) == wanted
    assert max(n.velocity for n in percussion(score).notes) < 100


def test_a_polyrhythm_is_exact_over_the_bar():
    score = compose_brief(Brief("city", bars=16, polyrhythm="3:2", seed=1))
    places = {n.start % (4 * PPQ) for n in percussion(score).notes}
    assert places == {0, 4 * PPQ // 3, 8 * PPQ // 3, 2 * PPQ}


def test_meters_that_change_are_kept_to_the_end(tmp_path):
    ran = tapeloom(
        "compose", "rain", "--meter", "7/8 x3 | 4/4", "--bars", "16", "--seed", "1",
        "--out", "odd.mid", "--quiet", cwd=tmp_path,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    meters = [str(meter) for _, meter in read_midi(tmp_path / "odd.mid").meters]
    assert meters[:4] == ["7/8", "4/4", "7/8", "4/4"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--meter", "4/0"), "'4/0' is no meter"),
        (("--meter", "7/8", "--grouping", "2+2"), "doesn't add up"),
        (("--meter", "7/8", "--clave", "son32"), "doesn't fit in 7/8"),
        (("--clave", ""), "the clave is empty"),
        (("--polyrhythm", "3:"), "3:"),
        (("--engine", "abacus"), "abacus"),
        (("--count", "0"), "--count is 0"),
    ],
)
@pytest.mark.parametrize("verb", ["compose", "make"])
def test_bad_use_is_one_sentence(tmp_path, verb, arguments, sentence):
    ran = tapeloom(verb, "rain", "--bars", "8", *arguments, cwd=tmp_path)
    assert ran.code == 2
    assert sentence in ran.err
    assert "Traceback" not in ran.err
    assert not list(tmp_path.rglob("*.mid"))


def test_a_brief_without_the_new_words_reads_as_before():
    plain = brief_to_json(Brief("rain", seed=1))
    assert "clave" not in plain
    brief = Brief("rain", clave="rumba32", polyrhythm="5:4", meter="4/4", seed=1)
    assert brief_from_json(brief_to_json(brief)) == brief
