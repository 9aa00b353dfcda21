import itertools
from dataclasses import replace
from functools import lru_cache

import pytest

from tapeloom.compose import Locks, engine, likeness, plan
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.seed import stream
from tapeloom.theory.instruments import instrument

ROLES = ("melody", "keys", "pad", "guitar", "bass", "drums")
FREE = Locks()


@lru_cache(maxsize=8)
def score_of(seed: int = 5) -> Score:
    """A score in which every role sounds."""
    for attempt in range(seed, seed + 50):
        drawn = plan(Brief("nostalgic", seed=attempt), stream(attempt))
        score = engine().compose(drawn, stream(attempt, "compose"))
        if {part.role for part in score.parts} >= set(ROLES):
            return score
    raise AssertionError


def bars_of(score: Score, role: str) -> range:
    """Four bars in the middle of a section in which a role sounds."""
    edges = score.bar_starts
    section = next(s for s in score.sections if role in s.roles and s.end - s.start > 4 * 40320)
    first = edges.index(section.start)
    return range(first + 2, first + 6)


def split(score: Score, role: str, bars: range) -> tuple[list[Note], list[Note]]:
    edges = [*score.bar_starts, score.end]
    inside, outside = [], []
    for note in score.part(role).notes:
        here = edges[bars.start] <= note.start < edges[bars.stop]
        (inside if here else outside).append(note)
    return inside, outside


@pytest.mark.parametrize("role", ROLES)
def test_an_infill_changes_its_bars_and_nothing_else(role: str) -> None:
    score = score_of()
    bars = bars_of(score, role)
    filled = engine().infill(score, role=role, bars=bars, locks=FREE, rng=stream(77))
    (old, before), (new, after) = split(score, role, bars), split(filled, role, bars)
    assert before == after
    assert new
    assert new != old or role == "pad"  # the smoothest pad may be the one that was there
    for other in ROLES:
        if other != role:
            assert filled.part(other) == score.part(other)
    reach = instrument(score.part(role).instrument)
    assert all(reach.low <= note.pitch <= reach.high for note in new)
    if role in ("melody", "bass"):
        notes = filled.part(role).notes
        assert all(a.end <= b.start for a, b in itertools.pairwise(notes))
    places = {(note.start, note.pitch) for note in filled.part(role).notes}
    assert all((mark.tick, mark.pitch) in places for mark in filled.part(role).marks)


@pytest.mark.parametrize("role", ["melody", "keys", "guitar", "bass", "pad"])
def test_a_locked_rhythm_stays(role: str) -> None:
    score = score_of()
    bars = bars_of(score, role)
    filled = engine().infill(score, role=role, bars=bars, locks=Locks(rhythm=True), rng=stream(78))
    old, new = split(score, role, bars)[0], split(filled, role, bars)[0]
    assert {(n.start, n.duration) for n in new} <= {(n.start, n.duration) for n in old}
    assert len({n.start for n in new}) == len({n.start for n in old})
    assert new != old
    chords = [score.chord_at(note.start) for note in new]
    if role in ("keys", "pad", "guitar"):
        assert all(
            chord is not None and note.pitch % 12 in chord.pitch_classes
            for note, chord in zip(new, chords, strict=True)
        )


def test_locked_bars_notes_and_roles_stay() -> None:
    score = score_of()
    bars = bars_of(score, "melody")
    old = split(score, "melody", bars)[0]
    locks = Locks(bars=(bars.start + 1,), notes=(old[-1],))
    filled = engine().infill(score, role="melody", bars=bars, locks=locks, rng=stream(1))
    one = range(bars.start + 1, bars.start + 2)
    assert split(filled, "melody", one)[0] == split(score, "melody", one)[0]
    assert old[-1] in filled.part("melody").notes
    kept = engine().infill(
        score, role="melody", bars=bars, locks=Locks(roles=("melody",)), rng=stream(1)
    )
    assert kept == score


def test_an_infilled_melody_meets_both_sides() -> None:
    score = score_of()
    bars = bars_of(score, "melody")
    for seed in range(20):
        filled = engine().infill(score, role="melody", bars=bars, locks=FREE, rng=stream(seed))
        notes = filled.part("melody").notes
        edges = [*score.bar_starts, score.end]
        pairs = [
            (a, b)
            for a, b in itertools.pairwise(notes)
            if edges[bars.start] <= b.start < edges[bars.stop]
        ]
        assert max(abs(a.pitch - b.pitch) for a, b in pairs) <= 12


def test_what_cannot_be_infilled_is_said() -> None:
    score = score_of()
    act = engine().infill
    with pytest.raises(InputError, match="other is no role to rewrite"):
        act(score, role="other", bars=range(2), locks=FREE, rng=stream(1))
    with pytest.raises(InputError, match="cannot be rewritten"):
        act(score, role="bass", bars=range(5, 5000), locks=FREE, rng=stream(1))
    bare = replace(score, chords=())
    with pytest.raises(InputError, match="no chords"):
        act(bare, role="bass", bars=range(2), locks=FREE, rng=stream(1))
    with pytest.raises(InputError, match="is no engine"):
        engine("oracle")


def test_a_section_without_a_form_can_be_infilled() -> None:
    """A score from a file has no sections; an empty part is filled all the same."""
    score = replace(score_of(), sections=())
    empty = score.with_part(Part("keys", "keys", "felt_piano"))
    filled = engine().infill(empty, role="keys", bars=range(4, 8), locks=FREE, rng=stream(2))
    assert filled.part("keys").notes
    quiet = score.with_part(Part("melody", "melody", "felt_piano"))
    sung = engine().infill(quiet, role="melody", bars=range(4, 8), locks=FREE, rng=stream(2))
    assert sung.part("melody").notes
    held = engine().infill(
        quiet, role="melody", bars=range(4, 8), locks=Locks(rhythm=True), rng=stream(2)
    )
    assert not held.part("melody").notes


def test_a_varied_section_is_related_not_the_same() -> None:
    score = score_of()
    index = next(i for i, s in enumerate(score.sections) if s.name == "A")
    place = score.sections[index]

    def tune(of: Score) -> list[Note]:
        return [n for n in of.part("melody").notes if place.start <= n.start < place.end]

    for seed in range(10):
        varied = engine().vary(score, section=index, locks=FREE, rng=stream(seed))
        alike = likeness(tune(score), tune(varied), starts=(place.start, place.start))
        assert 0.3 <= alike < 1.0
        for part in score.parts:
            notes = varied.part(part.role).notes
            outside = [n for n in notes if not place.start <= n.start < place.end]
            assert outside == [n for n in part.notes if not place.start <= n.start < place.end]
        melody = varied.part("melody").notes
        assert all(a.end <= b.start for a, b in itertools.pairwise(melody))


def test_variation_obeys_its_locks() -> None:
    score = score_of()
    index = next(i for i, s in enumerate(score.sections) if s.name == "B")
    place = score.sections[index]
    locks = Locks(chords=True, rhythm=True, roles=("keys", "drums"))
    varied = engine().vary(score, section=index, locks=locks, rng=stream(3))
    assert varied.chords == score.chords
    assert varied.part("keys") == score.part("keys")
    assert varied.part("drums") == score.part("drums")
    old = [n for n in score.part("melody").notes if place.start <= n.start < place.end]
    new = [n for n in varied.part("melody").notes if place.start <= n.start < place.end]
    assert [n.start for n in new] == [n.start for n in old]
    assert new != old
    first = score.bar_starts.index(place.start)
    locked = tuple(range(first, first + 8))
    same = engine().vary(score, section=index, locks=Locks(bars=locked), rng=stream(3))
    assert same.part("melody").notes == score.part("melody").notes
    free = [engine().vary(score, section=index, locks=FREE, rng=stream(s)) for s in range(5)]
    assert any(of.chords != score.chords for of in free)


def test_a_section_that_is_not_there_is_said() -> None:
    with pytest.raises(InputError, match="section 99 doesn't exist"):
        engine().vary(score_of(), section=99, locks=FREE, rng=stream(1))
