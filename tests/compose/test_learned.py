"""The learned engines: they keep to the plan, to what stands around a gap, and to locks."""

import itertools
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from tapeloom.compose import Locks, engine, plan
from tapeloom.compose.harmony import write_harmony
from tapeloom.compose.learned import AROUND, HybridEngine, TransformerEngine
from tapeloom.compose.plan import Piece, Plan, draw_progressions
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter, meter_at
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.score import Bend, ChordSpan, Control, Mark, Note, Part, Score, Section
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.neural.critic import Critic
from tapeloom.neural.drafting import Drafter
from tapeloom.neural.originality import OriginalityIndex
from tapeloom.neural.runtime import Runtime
from tapeloom.theory.instruments import instrument
from tests.neural.chance import Chance
from tests.neural.tiny_model import TINY

FREE = Locks()
ROLES = ("melody", "keys", "pad", "guitar", "bass", "drums")
BAR = Meter().bar_ticks
MELODIC = ("melody", "keys", "pad", "guitar", "bass")


@lru_cache(maxsize=2)
def drafter(name: str = "chance") -> Drafter:
    model = Chance() if name == "chance" else Runtime.load(TINY)
    return Drafter(model, Critic.load(), OriginalityIndex.load(), candidates=2)


@lru_cache(maxsize=4)
def transformer(name: str = "chance") -> TransformerEngine:
    return TransformerEngine(drafter(name))


def hand_made(
    keys: tuple[str, ...] = ("Am",), meter: Meter | None = None, *, bpm: int = 75
) -> Plan:
    """A plan of short pieces, each of ten bars: intro, A, outro."""
    meter = meter or Meter()
    drawn = plan(Brief("warm", seed=3), stream(3, "plan"))
    character = Brief("warm").character
    everyone = tuple(name for name, _ in drawn.instruments)
    sections, tempi, tick = [], [], 0
    for number in range(len(keys)):
        tempi.append((tick, Fraction(bpm + number)))
        for name, bars, roles in (
            ("intro", 2, ("keys", "bass")), ("A", 6, everyone), ("outro", 2, ("keys",))
        ):  # fmt: skip
            end = tick + bars * meter.bar_ticks
            sections.append(Section(name, tick, end, 0.5, number, roles))
            tick = end
    pieces = tuple(
        Piece(Key.parse(key), draw_progressions(character, Key.parse(key), i, stream(i)))
        for i, key in enumerate(keys)
    )
    return replace(
        drawn, tempo=TempoMap(tuple(tempi)), meters=((0, meter),), pieces=pieces,
        sections=tuple(sections),
    )  # fmt: skip


def of_brief(**fields: object) -> Plan:
    brief = Brief("rain", seed=4, **fields)  # type: ignore[arg-type]
    return plan(brief, stream(4, "plan"))


PLANS = {
    "one": lambda: of_brief(bars=12),
    "seven eighths": lambda: of_brief(bars=9, meter="7/8", grouping="3+2+2"),
    "changing meters": lambda: of_brief(bars=12, meter="7/8 x3 | 4/4"),
    "a waltz": lambda: of_brief(bars=8, meter="3/4", key="Ebm"),
    "clave": lambda: of_brief(bars=12, clave="son32"),
    "polyrhythm": lambda: of_brief(bars=8, polyrhythm="3:2"),
    "several pieces": lambda: hand_made(("Am", "Em", "C", "Am"), bpm=24),
    "several in 7/8": lambda: hand_made(("F# minor", "A"), Meter(7, 8)),
}


@pytest.mark.parametrize("kind", [TransformerEngine, HybridEngine])
@pytest.mark.parametrize("name", PLANS)
def test_a_score_has_what_its_plan_says(kind: type[TransformerEngine], name: str) -> None:
    drawn = PLANS[name]()
    score, drafts = kind(drafter()).draft(drawn, stream(1))
    planned = tuple(
        replace(section, leads_on=(), roles=tuple(r for r in section.roles if r != "other"))
        for section in score.sections
    )
    assert (score.meters, planned) == (drawn.meters, drawn.sections)
    # The tempo is the plan's up to a ritardando in the last two bars.
    steady = [tick for tick, _ in drawn.tempo.changes] + [score.bar_starts[-2] - 1]
    assert [score.tempo.bpm_at(tick) for tick in steady] == [
        drawn.tempo.bpm_at(tick) for tick in steady
    ]
    assert (score.keys, score.end) == (drawn.keys, drawn.end)
    assert len(drafts) == len(drawn.pieces)
    for part in score.parts:
        assert part.notes
        if part.name != "percussion" and part.role != "other":
            assert part.instrument == drawn.instrument_of(part.role)
            assert part.program == instrument(part.instrument).program
            reach = instrument(part.instrument)
            assert all(reach.low <= note.pitch <= reach.high for note in part.notes)
        leads = {mark.tick for mark in part.marks if mark.name == "pickup"}
        for section in score.sections:
            inside = [
                n for n in part.notes
                if section.start <= n.start < section.end and n.start not in leads
            ]  # fmt: skip
            assert not inside or part.role in section.roles
    assert {part.role for part in score.parts} - {"other"} == {
        r for s in drawn.sections for r in s.roles
    }
    assert [part.name for part in score.parts].count("percussion") == (
        drawn.clave is not None or drawn.polyrhythm is not None
    )


def test_a_hand_made_record_is_as_long_as_several_pieces() -> None:
    drawn = PLANS["several pieces"]()
    assert drawn.tempo.tick_to_s(drawn.end) > 330


@pytest.mark.parametrize("name", ["one", "changing meters", "several pieces"])
def test_no_key_is_struck_while_it_is_held_and_lines_are_of_one_voice(name: str) -> None:
    score = transformer().compose(PLANS[name](), stream(2))
    for part in score.parts:
        if part.role == "drums":
            continue
        ends: dict[int, int] = {}
        for note in part.notes:
            voice = 0 if part.role in ("melody", "bass") else note.pitch
            assert ends.get(voice, 0) <= note.start, part.name
            ends[voice] = note.end


@pytest.mark.parametrize("name", PLANS)
def test_hybrid_keeps_the_theorys_chords(name: str) -> None:
    drawn = PLANS[name]()
    rng = stream(5)
    chords = write_harmony(drawn, stream(5).spawn(3)[0])
    score = HybridEngine(drafter()).compose(drawn, rng)
    assert score.chords == chords
    assert score.chords[-1].end == drawn.end


def test_the_engines_differ_and_a_seed_is_one_score() -> None:
    drawn = of_brief(bars=8)
    for kind in (TransformerEngine, HybridEngine):
        first, again, other = (
            kind(drafter("tiny")).draft(drawn, stream(seed)) for seed in (1, 1, 2)
        )
        assert first[0] == again[0]
        assert [d.to_json() for d in first[1]] == [d.to_json() for d in again[1]]
        assert first[0] != other[0]


def test_engines_are_known_by_name() -> None:
    assert isinstance(engine("transformer"), TransformerEngine)
    assert isinstance(engine("hybrid"), HybridEngine)
    assert not isinstance(engine("transformer"), HybridEngine)


def test_a_meter_without_a_token_is_one_sentence() -> None:
    for meter in ("17/16", "4/4 x3 | 17/16"):
        with pytest.raises(InputError, match="no bars of 17/16") as caught:
            transformer().compose(of_brief(bars=8, meter=meter), stream(1))
        assert "\n" not in str(caught.value)


@lru_cache(maxsize=1)
def full_score() -> Score:
    """A score of the theory engine in which every role sounds, with marks."""
    for seed in range(5, 55):
        drawn = plan(Brief("nostalgic", bars=40, seed=seed), stream(seed))
        score = engine().compose(drawn, stream(seed, "compose"))
        if {part.role for part in score.parts} == set(ROLES):
            return score
    raise AssertionError


def bars_of(score: Score, role: str) -> range:
    """Four bars in the middle of a section in which a role sounds."""
    edges = score.bar_starts
    section = next(s for s in score.sections if role in s.roles and s.end - s.start > 4 * BAR)
    first = edges.index(section.start)
    return range(first + 2, first + 6)


def edges_of(score: Score) -> list[int]:
    """Where bars begin, and where the last one would end if it were whole."""
    starts = score.bar_starts
    return [*starts, starts[-1] + meter_at(score.meters, starts[-1]).bar_ticks]


def split(score: Score, role: str, bars: range) -> tuple[list[Note], list[Note]]:
    """The notes that begin in some bars, and the others."""
    edges = edges_of(score)
    inside, outside = [], []
    for note in score.part(role).notes:
        here = edges[bars.start] <= note.start < edges[bars.stop]
        (inside if here else outside).append(note)
    return inside, outside


def fill(score: Score, role: str, bars: range, locks: Locks = FREE, seed: int = 7) -> Score:
    return transformer().infill(score, role=role, bars=bars, locks=locks, rng=stream(seed))


def only_these_bars_changed(score: Score, filled: Score, role: str, bars: range) -> list[Note]:
    """Assert that; return the new notes."""
    edges = edges_of(score)
    new, after = split(filled, role, bars)
    assert split(score, role, bars)[1] == after
    lengths = {note.end for note in split(score, role, bars)[0]}
    assert all(note.end <= edges[bars.stop] or note.end in lengths for note in new)
    assert replace(filled, parts=()) == replace(score, parts=())
    assert [part.name for part in filled.parts] == [part.name for part in score.parts]
    for old, part in zip(score.parts, filled.parts, strict=True):
        if part.name != score.part(role).name:
            assert part == old
        else:
            assert replace(part, notes=(), marks=()) == replace(old, notes=(), marks=())
    start, end = edges[bars.start], edges[bars.stop]
    marks = [m for m in score.part(role).marks if not start <= m.tick < end]
    assert [m for m in filled.part(role).marks if not start <= m.tick < end] == marks
    places = {(note.start, note.pitch) for note in filled.part(role).notes}
    assert all((mark.tick, mark.pitch) in places for mark in filled.part(role).marks)
    return new


@pytest.mark.parametrize("role", ROLES)
def test_an_infill_changes_its_bars_and_nothing_else(role: str) -> None:
    score = full_score()
    bars = bars_of(score, role)
    new = only_these_bars_changed(score, filled := fill(score, role, bars), role, bars)
    assert new != split(score, role, bars)[0]
    assert filled == fill(score, role, bars)
    if role != "drums":
        reach = instrument(score.part(role).instrument)
        assert all(reach.low <= note.pitch <= reach.high for note in new)
    if role in ("melody", "bass"):
        notes = filled.part(role).notes
        assert all(a.end <= b.start for a, b in itertools.pairwise(notes))


@pytest.mark.parametrize("role", ["melody", "keys", "bass", "drums"])
@pytest.mark.parametrize("where", ["first", "last", "all"])
def test_the_edges_can_be_filled(role: str, where: str) -> None:
    score = full_score()
    count = len(score.bar_starts)
    bars = {"first": range(1), "last": range(count - 1, count), "all": range(count)}[where]
    only_these_bars_changed(score, fill(score, role, bars), role, bars)


def test_a_real_runtime_fills_as_well() -> None:
    score = full_score()
    for role in ("melody", "drums"):
        bars = bars_of(score, role)
        filled = transformer("tiny").infill(score, role=role, bars=bars, locks=FREE, rng=stream(2))
        only_these_bars_changed(score, filled, role, bars)


def test_locked_bars_notes_and_roles_stay() -> None:
    score = full_score()
    bars = bars_of(score, "melody")
    old = split(score, "melody", bars)[0]
    for seed in range(5):
        locks = Locks(bars=(bars.start + 1,), notes=(old[0], old[-1]))
        filled = fill(score, "melody", bars, locks, seed)
        only_these_bars_changed(score, filled, "melody", bars)
        one = range(bars.start + 1, bars.start + 2)
        assert split(filled, "melody", one)[0] == split(score, "melody", one)[0]
        assert {old[0], old[-1]} <= set(filled.part("melody").notes)
        notes = filled.part("melody").notes
        assert all(a.end <= b.start for a, b in itertools.pairwise(notes))
    assert fill(score, "melody", bars, Locks(roles=("melody",))) == score
    assert fill(score, "melody", bars, Locks(bars=tuple(bars))) == score
    locked = Locks(notes=score.part("keys").notes)
    filled = fill(score, "keys", bars, locked)
    assert set(score.part("keys").notes) <= set(filled.part("keys").notes)


@pytest.mark.parametrize("role", MELODIC)
def test_a_locked_rhythm_stays(role: str) -> None:
    score = full_score()
    bars = bars_of(score, role)
    for seed in range(3):
        filled = fill(score, role, bars, Locks(rhythm=True), seed)
        new = only_these_bars_changed(score, filled, role, bars)
        old = split(score, role, bars)[0]
        assert rhythm_of(new) == rhythm_of(old)
        assert [n.pitch for n in new] != [n.pitch for n in old]


def rhythm_of(notes: list[Note]) -> list[tuple[int, int]]:
    return sorted((note.start, note.duration) for note in notes)


def test_a_locked_rhythm_is_kept_off_the_grid() -> None:
    """What was played by hand lies between the places that tokens know."""
    rng = np.random.default_rng(3)
    score = full_score()
    for role in ("melody", "keys"):
        part = score.part(role)
        late = tuple(
            replace(n, start=n.start + int(rng.integers(0, 333)),
                    duration=max(n.duration - 700, 50))
            for n in part.notes
        )  # fmt: skip
        played = score.with_part(replace(part, notes=late, marks=()))
        bars = bars_of(played, role)
        filled = fill(played, role, bars, Locks(rhythm=True))
        new, old = (split(of, role, bars)[0] for of in (filled, played))
        assert rhythm_of(new) == rhythm_of(old)
        assert [n.pitch for n in new] != [n.pitch for n in old]


def test_a_locked_rhythm_of_two_parts_of_one_role_is_each_ones_own() -> None:
    score = full_score()
    bars = bars_of(score, "keys")
    second = Part("organ", "keys", "felt_piano", tuple(
        Note(bar * BAR + 3 * PPQ // 2, PPQ, 76) for bar in range(40)
    ))  # fmt: skip
    two = replace(score, parts=(*score.parts, second))
    filled = fill(two, "keys", bars, Locks(rhythm=True))
    assert filled.parts[-1] == second
    new, old = (split(of, "keys", bars)[0] for of in (filled, two))
    assert rhythm_of(new) == rhythm_of(old)


def test_rhythm_and_notes_are_locked_together() -> None:
    score = full_score()
    bars = bars_of(score, "keys")
    old = split(score, "keys", bars)[0]
    locks = Locks(rhythm=True, notes=tuple(old[::3]), chords=True)
    filled = fill(score, "keys", bars, locks)
    new = split(filled, "keys", bars)[0]
    assert set(old[::3]) <= set(new)
    assert set(rhythm_of(new)) <= set(rhythm_of(old))
    everything = Locks(rhythm=True, notes=tuple(old))
    assert fill(score, "keys", bars, everything) == score


def test_drums_whose_rhythm_is_locked_stay() -> None:
    score = full_score()
    bars = bars_of(score, "drums")
    assert fill(score, "drums", bars, Locks(rhythm=True)) == score


@pytest.mark.parametrize("role", ROLES)
def test_a_score_without_sections_and_chords_can_be_filled(role: str) -> None:
    score = replace(full_score(), sections=(), chords=(), keys=())
    bars = bars_of(full_score(), role)
    only_these_bars_changed(score, fill(score, role, bars), role, bars)


def test_a_last_bar_that_hardly_begins_can_be_filled() -> None:
    notes = tuple(Note(beat * PPQ, PPQ, 60 + beat % 5) for beat in range(16))
    short = (*notes, Note(16 * PPQ, 100, 60))
    score = Score((Part("tune", "melody", notes=short), Part("low", "bass", notes=notes)))
    filled = fill(score, "melody", range(4, 5))
    assert filled.part("melody").notes[: len(notes)] == notes
    assert filled.part("melody").notes[len(notes) :] != short[-1:]
    assert 16 * PPQ < filled.end <= 20 * PPQ


@pytest.mark.parametrize("role", ["melody", "keys", "bass", "drums"])
def test_a_part_that_is_silent_around_the_gap_can_be_filled(role: str) -> None:
    score = full_score()
    silent = score.with_part(replace(score.part(role), notes=(), marks=()))
    sung = [len(fill(silent, role, range(9, 13), seed=seed).part(role).notes) for seed in range(3)]
    assert max(sung) > 0
    only_these_bars_changed(silent, fill(silent, role, range(9, 13)), role, range(9, 13))
    alone = Score((Part("tune", "melody", notes=(Note(0, 30 * BAR, 60),)),))
    with pytest.raises(InputError, match="no notes and no chords"):
        fill(alone, "melody", range(AROUND + 5, AROUND + 6))


def test_meters_that_change_within_a_bar_leave_everything_in_its_place() -> None:
    """Bar 3 is cut short: its half is all that there is."""
    meters = ((0, Meter()), (5 * BAR // 2, Meter(3, 4)))
    tune = tuple(Note(beat * PPQ, PPQ // 2, 60 + beat % 7) for beat in range(34))
    score = Score((Part("tune", "melody", notes=tune), Part("low", "bass", notes=tune)),
                  meters=meters)  # fmt: skip
    for bars in (range(2, 3), range(3, 5), range(1, 4)):
        for seed in range(4):
            filled = fill(score, "melody", bars, seed=seed)
            only_these_bars_changed(score, filled, "melody", bars)
    held = fill(score, "melody", range(4, 6), Locks(rhythm=True))
    assert rhythm_of(list(held.part("melody").notes)) == rhythm_of(list(tune))


def forty_parts() -> Score:
    """Forty players in 7/8, of all roles, some off the grid, with controllers and bends."""
    titles = ("Lead", "Piano", "Strings", "Guitar", "Bass", "Drums", "Noise")
    bar = Meter(7, 8).bar_ticks
    rng = np.random.default_rng(1)
    parts = []
    for number in range(40):
        title = titles[number % len(titles)]
        role = ("melody", "keys", "pad", "guitar", "bass", "drums", "other")[number % len(titles)]
        notes = tuple(
            Note(at * bar + int(rng.integers(0, bar - 6000)), 5000, 36 + (number + at) % 24, 70)
            for at in range(24)
        )
        parts.append(
            Part(f"{title} {number}", role, notes=notes, program=number % 100,
                 controls=(Control(0, 7, 100), Control(bar, 64, 127)), bends=(Bend(bar, 99),))
        )  # fmt: skip
    return Score(tuple(parts), meters=((0, Meter(7, 8)),), keys=((0, Key("D", "minor")),))


@pytest.mark.parametrize("role", [*ROLES, "other"])
def test_forty_parts_in_seven_eighths_from_a_file(tmp_path: Path, role: str) -> None:
    write_midi(tmp_path / "forty.mid", forty_parts(), ticks_per_quarter=480)
    score = read_midi(tmp_path / "forty.mid")
    assert len(score.parts) == 40
    bars = range(8, 12)
    only_these_bars_changed(score, fill(score, role, bars), role, bars)


def test_an_instrument_that_nobody_knows_is_no_hindrance() -> None:
    score = full_score()
    part = replace(score.part("keys"), instrument="left")
    assert fill(score.with_part(part), "keys", range(9, 11)).part("keys").instrument == "left"


def test_a_part_outside_of_the_usual_range_goes_on_where_it_lies() -> None:
    tune = tuple(Note(beat * PPQ, PPQ, 96 + beat % 12) for beat in range(40))
    low = tuple(Note(bar * BAR, BAR, 40) for bar in range(10))
    score = Score((Part("flute", "melody", notes=tune), Part("low", "bass", notes=low)),
                  keys=((0, Key("A", "minor")),))  # fmt: skip
    pitches = {
        note.pitch
        for seed in range(6)
        for note in split(fill(score, "melody", range(4, 6), seed=seed), "melody", range(4, 6))[0]
    }
    assert max(pitches) > 86


def test_what_cannot_be_filled_is_said() -> None:
    score = full_score()
    with pytest.raises(InputError, match="no part for other; its parts are"):
        fill(score, "other", range(2))
    for bars in (range(5, 5000), range(-1, 2), range(3, 3), range(0, 4, 2)):
        with pytest.raises(InputError, match="cannot be rewritten; the score has 40"):
            fill(score, "bass", bars)
    odd = replace(score, meters=((0, Meter()), (16 * BAR, Meter(17, 16))), sections=())
    for bars in (range(14, 15), range(18, 20)):
        with pytest.raises(InputError, match="17/16") as caught:
            fill(odd, "melody", bars)
        assert "\n" not in str(caught.value)
    only_these_bars_changed(odd, fill(odd, "melody", range(4)), "melody", range(4))


@pytest.mark.slow
def test_a_varied_section_keeps_its_first_half_and_all_else() -> None:
    score = full_score()
    number = next(i for i, s in enumerate(score.sections) if s.name == "A")
    place = score.sections[number]
    middle = (place.start + place.end) // 2
    for seed in range(3):
        varied = transformer().vary(score, section=number, locks=FREE, rng=stream(seed))
        assert varied != score
        assert (varied.chords, varied.sections) == (score.chords, score.sections)
        for old, part in zip(score.parts, varied.parts, strict=True):
            kept = [n for n in part.notes if not middle <= n.start < place.end]
            assert kept == [n for n in old.notes if not middle <= n.start < place.end]
    locks = Locks(roles=("keys", "drums", "bass", "pad", "guitar"), rhythm=True)
    held = transformer().vary(score, section=number, locks=locks, rng=stream(1))
    assert held.part("keys") == score.part("keys")
    assert rhythm_of(list(held.part("melody").notes)) == rhythm_of(list(score.part("melody").notes))
    with pytest.raises(InputError, match="section 99 doesn't exist"):
        transformer().vary(score, section=99, locks=FREE, rng=stream(1))


def test_sections_that_begin_within_a_bar_can_be_varied() -> None:
    """Markers of a file stand anywhere."""
    score = full_score()
    loose = (Section("A", 100, 7 * BAR + 300), Section("B", 7 * BAR + 300, 12 * BAR + 1))
    odd = replace(score, sections=loose)
    for number in range(2):
        transformer().vary(odd, section=number, locks=FREE, rng=stream(1))


def test_marks_go_with_their_notes() -> None:
    score = full_score()
    notes = score.part("melody").notes
    marked = replace(score.part("melody"), marks=tuple(Mark(n.start, n.pitch, "x") for n in notes))
    bars = bars_of(score, "melody")
    filled = fill(score.with_part(marked), "melody", bars)
    outside = split(score, "melody", bars)[1]
    assert {(m.tick, m.pitch) for m in filled.part("melody").marks} == {
        (n.start, n.pitch) for n in outside
    }


def test_a_fill_stands_over_the_chords_that_are_told() -> None:
    score = replace(
        full_score(), sections=(), chords=(ChordSpan(0, full_score().end, Chord.parse("Bmaj7")),),
        keys=((0, Key("B", "major")),),
    )  # fmt: skip
    for seed in range(3):
        bars = range(9, 13)
        for note in split(fill(score, "bass", bars, seed=seed), "bass", bars)[0]:
            assert note.start % PPQ or note.pitch % 12 in score.chords[0].chord.pitch_classes
