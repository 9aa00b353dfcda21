"""The drummer: the learned touch, the feel's places, and strokes that two hands can play."""

from dataclasses import replace

import numpy as np
import pytest

from tapeloom.compose.drums import write_drums
from tapeloom.compose.perform import STRAIGHT, perform
from tapeloom.compose.touches import ornament_drums
from tapeloom.core.meter import Meter
from tapeloom.core.mood import MOODS, character
from tapeloom.core.score import Mark, Note, Part, Score, Section
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.feel import Feel
from tapeloom.rhythm.feels import FEELS, draw_feel
from tapeloom.rhythm.limbs import sticking
from tapeloom.rhythm.microtiming import DRUM_NAMES, measure, played_notes
from tapeloom.rhythm.quantise import quantise
from tapeloom.rhythm.swing_ratio import Swing
from tapeloom.theory.instruments import DRUMS

BAR = 4 * PPQ
S = PPQ // 4


def beat(bars=32, bpm=80, seed=1):
    sections = (Section("A", 0, bars * BAR, 0.6, roles=("drums",)),)
    drums = write_drums(
        sections, meters=((0, Meter()),), end=bars * BAR, density=0.6, energy=0.6,
        rng=stream(seed, "drums"),
    )  # fmt: skip
    return Score((drums,), TempoMap.constant(bpm), sections=sections)


STILL = Feel(
    swing=0.5, timing_sd_ms=0.0, velocity_sd=0.0, breath_ms=0.0, ritardando_ms=0.0, phrasing=0.0
)


def play(drums, bpm):
    score = Score((drums,), TempoMap.constant(bpm))
    return perform(score, STRAIGHT, stream(1, "p")).parts[0].notes


def onsets_by_drum(score, feel, seed=1):
    played = perform(score, feel, stream(seed, "p")).parts[0].notes
    written = score.parts[0].notes
    found = {}
    for name, key in DRUMS.items():
        w = [n for n in written if n.pitch == key]
        p = sorted((n for n in played if n.pitch == key), key=lambda n: n.onset_s)
        if len(w) > 12 and len(w) == len(p):
            found[name] = w, p
    return found


def test_the_learned_drummer_wanders_by_the_amount_and_keeps_each_drum_in_its_place():
    score, tempo = beat(), TempoMap.constant(80)
    spreads = []
    for amount in (0.0, 0.25, 0.5, 1.0):
        found = onsets_by_drum(score, replace(STILL, humanise=amount))
        offsets = {
            name: 1000.0 * np.array([q.onset_s - tempo.tick_to_s(n.start)
                                     for n, q in zip(w, p, strict=True)])
            for name, (w, p) in found.items()
        }  # fmt: skip
        spreads.append(np.mean([o.std() for o in offsets.values()]))
        for name, ms in offsets.items():
            assert abs(ms.mean()) < 1.5, name
    assert spreads[0] == 0.0
    assert spreads[0] < spreads[1] < spreads[2] < spreads[3] < 35.0


def test_the_learned_drummer_plays_louder_and_softer_around_what_is_written():
    score = beat()
    still = perform(score, STILL, stream(1, "p")).parts[0].notes
    alive = perform(score, replace(STILL, humanise=0.5), stream(1, "p")).parts[0].notes
    for key in (DRUMS["kick"], DRUMS["closed_hat"]):
        a = np.array([n.velocity for n in still if n.pitch == key], float)
        b = np.array([n.velocity for n in alive if n.pitch == key], float)
        if len(a) < 12:
            continue
        assert b.mean() == pytest.approx(a.mean(), abs=3.0)
        assert b.std() > a.std()


def test_a_feel_moves_drums_at_their_places_in_the_bar():
    kicks = tuple(
        Note(k * BAR + at * S, S, DRUMS["kick"], 90) for k in range(8) for at in (0, 3, 10)
    )
    score = Score((Part("drums", "drums", notes=kicks),), TempoMap.constant(60))
    feel = replace(FEELS["dilla"].player(), swing=0.5, timing_sd_ms=0.0, velocity_sd=0.0,
                   breath_ms=0.0, ritardando_ms=0.0, phrasing=0.0)  # fmt: skip
    played = perform(score, feel, stream(1, "p")).parts[0].notes
    late = [1000.0 * (p.onset_s - n.start / PPQ) for p, n in zip(played, kicks, strict=True)]
    assert late[:3] == pytest.approx([0.0, 12.0, 7.0], abs=1e-3)


@pytest.mark.parametrize("name", ["flam", "drag", "ruff"])
def test_an_ornament_comes_before_its_stroke_which_stays(name):
    snare = Note(2 * PPQ, S, DRUMS["snare"], 100)
    drums = Part("drums", "drums", notes=(snare,), marks=(Mark(2 * PPQ, DRUMS["snare"], name),))
    played = play(drums, 60)
    assert len(played) == {"flam": 2, "drag": 3, "ruff": 4}[name]
    assert played[-1].onset_s == pytest.approx(2.0)
    assert max(n.velocity for n in played[:-1]) < 60


def test_a_rolled_drum_is_struck_again_and_again():
    snare = Note(0, 4 * PPQ, DRUMS["snare"], 100)
    drums = Part("drums", "drums", notes=(snare,), marks=(Mark(0, DRUMS["snare"], "roll"),))
    played = play(drums, 120)
    assert 24 <= len(played) <= 30


@pytest.mark.parametrize("seed", range(12))
def test_no_drummer_needs_a_third_hand(seed):
    moods = sorted(MOODS)
    score = beat(bars=24, bpm=70 + 3 * (seed % 8), seed=seed)
    drums = ornament_drums(score.parts[0], score.sections, stream(seed, "marks"))
    score = replace(score, parts=(drums,))
    feel = draw_feel(character([moods[seed % len(moods)]], []), stream(seed, "feel"))
    played = perform(score, feel, stream(seed, "p")).parts[0].notes
    plain = replace(score, parts=(replace(score.parts[0], marks=()),))
    graces = len(played) - len(score.parts[0].notes)
    names = [DRUM_NAMES[n.pitch] for n in played]
    dropped = sticking([n.onset_s for n in played], names).dropped
    alone = perform(plain, feel, stream(seed, "p")).parts[0].notes
    before = sticking([n.onset_s for n in alone], [DRUM_NAMES[n.pitch] for n in alone]).dropped
    assert len(dropped) <= len(before)
    assert len(before) <= 0.01 * len(alone)
    assert graces >= 0


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("amount", [0.2, 0.5])
def test_quantised_after_the_drummer_the_score_is_back(seed, amount):
    score = beat(bars=16, seed=seed)
    feel = replace(STILL, humanise=amount, drummer="hiphop")
    part = perform(score, feel, stream(seed, "p")).parts[0]
    played = played_notes(part, tempo=score.tempo)
    found = quantise(played, tempo=score.tempo, meters=score.meters, swing=Swing())
    assert sorted((n.start, n.pitch) for n in found.notes) == sorted(
        (n.start, n.pitch) for n in score.parts[0].notes
    )


@pytest.mark.parametrize("name", ["dusty", "boom_bap", "swung", "trip_hop"])
def test_a_feel_reads_back_from_what_was_played(name):
    feel = replace(FEELS[name].player(), timing_sd_ms=0.0, breath_ms=0.0, ritardando_ms=0.0)
    steps = {"kick": (0, 7, 10), "snare": (4, 12), "closed_hat": range(16)}
    notes = tuple(
        Note(bar * BAR + step * S, S, DRUMS[drum], 90)
        for bar in range(24) for drum, places in steps.items() for step in places
    )  # fmt: skip
    score = Score((Part("drums", "drums", notes=notes),), TempoMap.constant(78))
    part = perform(score, feel, stream(1, "p")).parts[0]
    found = measure(played_notes(part, tempo=score.tempo), tempo=score.tempo, meters=score.meters)
    assert found.swing.ratio == pytest.approx(feel.swing, abs=0.01)
    means = found.lateness_ms
    assert means["snare"] - means["kick"] == pytest.approx(
        feel.lateness_ms["snare"] - _kick(feel), abs=2.0
    )


def _kick(feel):
    """The kick's mean lateness over the steps that the beat above gives it."""
    extra = feel.place_ms
    places = ("one", "sixteenth", "and")
    return feel.lateness_ms["kick"] + sum(extra.get(("kick", p), 0.0) for p in places) / 3
