"""Long records: keys by kinship, an arc of energy and tempo, and other hands."""

import itertools

import numpy as np
import pytest

from tapeloom.app.composing import pieces_of
from tapeloom.compose import engine, plan
from tapeloom.compose.casting import recast
from tapeloom.compose.sets import FARTHEST, FASTER_BPM, camelot, draw_keys, draw_steps
from tapeloom.core.brief import Brief
from tapeloom.core.harmony import MODES, Key
from tapeloom.core.score import Mark, Note, Part, Score, Section
from tapeloom.core.seed import stream
from tapeloom.theory.instruments import instrument
from tapeloom.theory.keys import related_keys

HOMES = ("C major", "A minor", "Eb minor", "F# major", "D dorian", "G mixolydian")


def next_door(first: Key, second: Key) -> bool:
    near = {(key.pitch_class, key.mode) for key in related_keys(first).values()}
    return (second.pitch_class, second.mode) in near


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("count", [1, 2, 3, 4, 9, 33])
def test_keys_go_next_door_and_come_home(home: str, count: int) -> None:
    key = Key.parse(home)
    for seed in range(3):
        drawn = [found for found, _ in draw_keys(key, count, np.random.default_rng(seed))]
        assert len(drawn) == count
        assert drawn[0] == key
        assert count < 3 or drawn[-1] == key
        jumps = [not next_door(a, b) for a, b in itertools.pairwise(drawn)]
        # Only a mode that no other key leads back to may be jumped to, at the very end.
        assert not any(jumps[:-1])
        assert not any(jumps) or key.mode not in ("major", "minor")
        assert all(a != b for a, b in itertools.pairwise(drawn))
        away = [abs(k.signature - key.signature) % 12 for k in drawn]
        assert max(min(fifths, 12 - fifths) for fifths in away) <= FARTHEST


def test_every_key_tells_why_it_follows() -> None:
    told = draw_keys(Key.parse("Am"), 12, np.random.default_rng(1))
    assert all(why for _, why in told)
    for (a, _), (b, why) in itertools.pairwise(told):
        how = next(name for name, key in related_keys(a).items() if key == b)
        word = {
            "fifth up": "fifth up",
            "fifth down": "fifth down",
            "relative": "relative",
            "parallel": "parallel",
            "third up": "third up",
            "third down": "third down",
        }[how]
        assert word in why  # fmt: skip


def test_the_wheel_goes_by_fifths() -> None:
    for mode in MODES:
        for tonic in ("C", "D", "E", "F#", "Ab"):
            key = Key(tonic, mode)
            up = related_keys(key)["fifth up"]
            here, there = int(camelot(key)[:-1]), int(camelot(up)[:-1])
            assert there == here % 12 + 1
            assert camelot(key)[-1] == camelot(up)[-1] == ("A" if key.is_minor else "B")


def test_a_set_rises_to_a_peak_behind_its_middle() -> None:
    for seed in range(10):
        steps = draw_steps(16, np.random.default_rng(seed))
        shifts = [step.energy_shift for step in steps]
        peak = int(np.argmax(shifts))
        assert 8 <= peak <= 11
        assert shifts[: peak + 1] == sorted(shifts[: peak + 1])
        assert abs(sum(shifts)) < 0.02
        assert all(0 <= step.bpm_shift <= FASTER_BPM for step in steps)
        assert steps[0].bpm_shift == 0


def test_the_pieces_of_a_record_are_told() -> None:
    told = pieces_of(Brief("study", minutes=20, key="Dm", seed=3))
    assert [piece["key"] for piece in told][:: len(told) - 1] == ["D minor", "D minor"]
    assert told[0]["camelot"] == "7A"
    assert told[0]["start_s"] == 0.0
    assert len({piece["bpm"] for piece in told}) > 1
    assert pieces_of(Brief("study", bpm=70, minutes=20, seed=3))[1]["bpm"] == 70.0


def test_melody_and_keys_change_hands() -> None:
    changed = 0
    for seed in range(2):
        drawn = plan(Brief("study", minutes=12, seed=seed), stream(seed, "plan"))
        score = engine().compose(drawn, stream(seed, "compose"))
        named = {part.name: part for part in score.parts}
        for role in ("melody", "keys"):
            first, second = named[role], named.get(f"{role} 2")
            assert first.instrument == drawn.instrument_of(role)
            if second is None:
                continue
            changed += 1
            assert second.role == role
            assert second.instrument != first.instrument
            assert second.program == instrument(second.instrument).program
            pieces = {
                s.piece for s in score.sections
                if any(s.start <= note.start < s.end for note in second.notes)
            }  # fmt: skip
            assert all(piece % 2 == 1 for piece in pieces)
            assert not pieces & {score.sections[-1].piece}
            reach = instrument(second.instrument)
            assert all(reach.low <= note.pitch <= reach.high for note in second.notes)
    assert changed >= 2


def test_a_named_instrument_stays_and_one_piece_has_one_band() -> None:
    drawn = plan(Brief("sax rhodes", minutes=14, seed=1), stream(1))
    assert drawn.other_band == (("melody", "tenor_sax"), ("keys", "electric_piano"))
    assert plan(Brief("sax", minutes=3), stream(1)).other_band == ()


def test_what_an_instrument_cannot_reach_stays_where_it_is() -> None:
    sections = (Section("A", 0, 8), Section("A", 8, 16, piece=1), Section("A", 16, 24, piece=2))
    part = Part("melody", "melody", "nylon_guitar", tuple(Note(i * 8, 8, 70 - 20 * i) for i in
                range(3)), marks=(Mark(0, 70, "bend"),))  # fmt: skip
    score = Score((part,), sections=sections)
    assert recast(score, (("melody", "flute"),)) == score
    moved = recast(score, (("melody", "upright_piano"),))
    assert [note.pitch for note in moved.parts[1].notes] == [50]
    assert moved.parts[0].marks == part.marks
