from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest

from tapeloom.compose import compose
from tapeloom.compose.counter_melody import write_counter_melody
from tapeloom.core.brief import Brief
from tapeloom.core.score import Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.orchestration import check_playability

SEEDS = (1, 4, 6, 9)


@lru_cache
def answered(seed: int) -> tuple[Score, Part]:
    brief = Brief("rain at night", bars=48)
    score = compose(brief, np.random.default_rng(seed))
    part = write_counter_melody(score, rng=np.random.default_rng(seed))
    assert part is not None
    return score, part


@pytest.mark.parametrize("seed", SEEDS)
def test_it_never_covers_the_lead(seed: int) -> None:
    score, part = answered(seed)
    lead = score.part("melody").notes
    for note in part.notes:
        sounding = [n for n in lead if n.start < note.end and n.end > note.start]
        begun = [n for n in sounding if n.start > note.start]
        chord = score.chord_at(begun[0].start) if begun else None
        # The lead has been heard, or comes in over a held tone of its chord.
        assert all(note.start - n.start >= PPQ for n in sounding if n not in begun)
        assert len(begun) <= 1
        assert chord is None or note.pitch % 12 in chord.pitch_classes


@pytest.mark.parametrize("seed", SEEDS)
def test_it_agrees_with_the_lead_and_keeps_to_one_side(seed: int) -> None:
    score, part = answered(seed)
    lead = score.part("melody").notes
    is_below = np.mean([n.pitch for n in lead]) >= 70
    for note in part.notes:
        for held in lead:
            if held.start <= note.start < held.end:
                assert abs(held.pitch - note.pitch) % 12 not in (1, 2, 6, 10, 11)
            if held.start < note.end and held.end > note.start:
                assert (note.pitch < held.pitch) == is_below


@pytest.mark.parametrize("seed", SEEDS)
def test_it_moves_in_no_fifths_or_octaves_with_the_bass(seed: int) -> None:
    score, part = answered(seed)
    bass = score.part("bass").notes
    for a, b in pairwise(part.notes):
        low = [next((n.pitch for n in bass if n.start <= x.start < n.end), None) for x in (a, b)]
        if None in low or b.start - a.end > PPQ:
            continue
        first, second = a.pitch - (low[0] or 0), b.pitch - (low[1] or 0)
        together = (b.pitch - a.pitch) * ((low[1] or 0) - (low[0] or 0)) > 0
        assert not (together and first % 12 == second % 12 and first % 12 in (0, 7))


def test_it_takes_its_rhythm_from_the_lead() -> None:
    score, part = answered(1)
    lead = score.part("melody").notes
    gaps = {b.start - a.start for a, b in pairwise(lead)}
    own = [b.start - a.start for a, b in pairwise(part.notes)
           if b.start - a.end < PPQ]  # fmt: skip
    assert np.mean([gap in gaps for gap in own]) > 0.9


def test_it_is_played_by_somebody_else_and_softer() -> None:
    score, part = answered(1)
    assert (part.name, part.role) == ("answer", "other")
    assert part.instrument not in {other.instrument for other in score.parts}
    loud = [np.mean([n.velocity for n in p.notes]) for p in (part, score.part("melody"))]
    assert loud[0] < loud[1] - 8
    assert check_playability(replace(score, parts=(part,))) == ()
    asked = write_counter_melody(score, rng=np.random.default_rng(1), instrument="oboe")
    assert asked is not None
    assert asked.instrument == "oboe"


def test_it_plays_only_where_it_is_asked() -> None:
    score, _ = answered(1)
    place = score.sections[2]
    part = write_counter_melody(score, rng=np.random.default_rng(1), sections=[place])
    if part is not None:
        assert all(place.start <= note.start < place.end for note in part.notes)


def test_without_a_lead_or_chords_there_is_nothing_to_answer() -> None:
    score, _ = answered(1)
    rest = tuple(part for part in score.parts if part.role != "melody")
    rng = np.random.default_rng(1)
    assert write_counter_melody(replace(score, parts=rest), rng=rng) is None
    assert write_counter_melody(replace(score, chords=()), rng=rng) is None
    lead = score.part("melody")
    full = replace(lead, notes=tuple(replace(lead.notes[0], start=i * PPQ, duration=PPQ)
                                     for i in range(score.end // PPQ)))  # fmt: skip
    assert write_counter_melody(score.with_part(full), rng=rng) is None


def test_the_mixer_sets_it_behind_the_lead() -> None:
    from tapeloom.studio.balance import _STRIPS
    from tapeloom.studio.roles import KINDS, kind_by_name

    assert _STRIPS["answer"].loudness_lufs <= _STRIPS["melody"].loudness_lufs - 4
    assert KINDS["answer"].loudness_lufs <= KINDS["melody"].loudness_lufs - 4
    assert kind_by_name("answer") == "answer"
