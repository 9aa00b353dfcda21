"""Ways from section to section, and endings, on scores that nobody composed."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from tapeloom.compose import engine, plan
from tapeloom.compose.endings import SAYS as ENDINGS
from tapeloom.compose.endings import end_piece
from tapeloom.compose.finishing import finish
from tapeloom.compose.retouch import Retouch
from tapeloom.compose.transitions import (
    SAYS,
    Transition,
    add_transitions,
    draw_transitions,
    transitions_of,
)
from tapeloom.core.brief import Brief
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Control, Mark, Note, Part, Score, Section
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.theory.instruments import DRUMS

BAR = 4 * PPQ
BARS = 8
SEEDS = range(40)


def loop(*energies: float, meter: str = "4/4", kit: str = "dusty_kit", quiet: str = "") -> Score:
    """Return a band that goes round for eight bars a section; `quiet` rests in odd sections."""
    bar = Meter.parse(meter).bar_ticks
    end = BARS * len(energies) * bar
    quarters = range(0, end, PPQ)
    held = range(0, end, bar)
    resting = [range((2 * i + 1) * BARS * bar, (2 * i + 2) * BARS * bar) for i in range(9)]

    def part(name: str, instrument: str, notes: list[Note]) -> Part:
        rests = name == quiet
        kept = [n for n in notes if not (rests and any(n.start in span for span in resting))]
        return Part(name, name, instrument, tuple(kept))

    drums = [Note(t, PPQ // 4, DRUMS["kick" if t // PPQ % 2 == 0 else "snare"], 90)
             for t in quarters]  # fmt: skip
    drums += [Note(t, PPQ // 4, DRUMS["closed_hat"], 60) for t in range(0, end, PPQ // 2)]
    tune = [Note(t + k * PPQ, PPQ // 2, 72 + k, 80) for t in held for k in range(2)
            if t + k * PPQ < end]  # fmt: skip
    parts = (
        part("melody", "felt_piano", tune),
        part("keys", "electric_piano", [Note(t, bar, p, 66) for t in held for p in (60, 64, 67)]),
        part("pad", "warm_pad", [Note(t, bar, p, 55) for t in held for p in (52, 55)]),
        part("bass", "upright_bass", [Note(t, PPQ, 36, 80) for t in quarters]),
        part("drums", kit, drums),
    )
    names = ("A", "B", "A2", "B2", "A3", "B3", "A4")
    sections = tuple(
        Section(names[i], i * BARS * bar, (i + 1) * BARS * bar, energy)
        for i, energy in enumerate(energies)
    )
    chord = Chord.parse("C")
    chords = tuple(ChordSpan(s.start, s.end, chord) for s in sections)
    return Score(parts, TempoMap.constant(75), ((0, Meter.parse(meter)),), ((0, Key("C")),),
                 chords, sections)  # fmt: skip


def led(score: Score, kind: str, *, alone: bool = True) -> Score:
    """Return a score with a transition of a kind between its first two sections."""
    for seed in range(300):
        found = add_transitions(score, rng=stream(seed))
        kinds = found.sections[0].leads_on
        if kinds == (kind,) if alone else kind in kinds:
            return found
    raise AssertionError(f"no {kind} was drawn")


def last_beat(score: Score, beats: int = 1) -> list[tuple[str, Note]]:
    end = score.sections[0].end
    return [(p.name, n) for p in score.parts for n in p.notes if end - beats * PPQ < n.end
            and n.start < end]  # fmt: skip


# ---- transitions ----


def test_what_is_done_is_told_with_its_reason() -> None:
    score = add_transitions(loop(0.3, 0.6, 0.62, 0.3), rng=stream(1))
    told = transitions_of(score)
    assert [t.section for t in told] == [0, 1, 2]
    assert [t.tick for t in told] == [s.start for s in score.sections[1:]]
    assert told[0].why == "the energy rises by 0.30 to B"
    assert told[1].why == "the energy stays where it is to A2"
    assert told[2].why == "the energy falls by 0.32 to B2"
    assert all(kind in SAYS for t in told for kind in t.kinds)
    assert all(t.kinds for t in told)


def test_rises_swell_and_falls_drop() -> None:
    counts: dict[str, dict[str, int]] = {"rise": {}, "fall": {}}
    for seed in SEEDS:
        for way, energies in (("rise", (0.3, 0.6)), ("fall", (0.6, 0.3))):
            for kind in add_transitions(loop(*energies), rng=stream(seed)).sections[0].leads_on:
                counts[way][kind] = counts[way].get(kind, 0) + 1
    assert counts["rise"]["riser"] > 15 > counts["fall"].get("riser", 0) == 0
    assert counts["fall"]["drop"] > 15
    assert "drop" not in counts["rise"]
    assert counts["fall"]["filter"] > 5


def test_drawing_writes_nothing_and_the_seed_decides() -> None:
    score = loop(0.3, 0.6)
    drawn = draw_transitions(score, rng=stream(3))
    assert drawn == draw_transitions(score, rng=stream(3))
    assert isinstance(drawn[0], Transition)
    assert add_transitions(score, rng=stream(3)) == add_transitions(score, rng=stream(3))


def test_a_stop_is_a_beat_of_silence_for_all() -> None:
    stopped = led(loop(0.4, 0.6), "stop")
    assert last_beat(stopped) == []
    assert last_beat(stopped, beats=2)
    before = loop(0.4, 0.6)
    after = [n for p in stopped.parts for n in p.notes if n.start >= BARS * BAR]
    assert after == [n for p in before.parts for n in p.notes if n.start >= BARS * BAR]


def test_a_bar_of_one_beat_has_no_stop() -> None:
    for seed in SEEDS:
        found = add_transitions(loop(0.4, 0.6, meter="1/4"), rng=stream(seed))
        assert "stop" not in found.sections[0].leads_on


def test_a_fill_ends_the_bar_on_the_drums_that_play() -> None:
    filled = led(loop(0.5, 0.55), "fill")
    drums = filled.part("drums")
    ticks = [mark.tick for mark in drums.marks if mark.name == "fill"]
    assert ticks
    assert all((BARS - 1) * BAR <= tick < BARS * BAR for tick in ticks)
    kit = {DRUMS[name] for name in ("kick", "snare", "closed_hat", "open_hat")}
    assert {mark.pitch for mark in drums.marks} <= kit
    assert filled.part("keys") == loop(0.5, 0.55).part("keys")
    # Twice is no more: what has a fill keeps it.
    again = led(replace(filled, sections=loop(0.5, 0.55).sections), "fill")
    assert again.part("drums") == drums


def test_a_pick_up_leads_along_the_scale_into_the_next_note() -> None:
    picked = led(loop(0.5, 0.55), "pickup", alone=False)
    melody = picked.part("melody")
    lead = [n for n in melody.notes if Mark(n.start, n.pitch, "pickup") in melody.marks]
    assert len(lead) in (2, 3)
    assert lead[-1].end == BARS * BAR
    target = next(n for n in melody.notes if n.start == BARS * BAR)
    line = [*lead, target]
    steps = [b.pitch - a.pitch for a, b in itertools.pairwise(line)]
    assert all(0 < abs(step) <= 2 for step in steps)
    assert len({step > 0 for step in steps}) == 1
    assert all(note.pitch % 12 in Key("C").scale for note in lead)
    assert all(a.end <= b.start for a, b in itertools.pairwise(melody.notes))


def test_a_riser_rolls_over_the_feet_and_swells_the_pad() -> None:
    risen = led(loop(0.3, 0.7), "riser", alone=False)
    drums = risen.part("drums")
    (roll,) = [note for note in drums.notes if note.pitch == DRUMS["crash"]]
    assert Mark(roll.start, roll.pitch, "roll") in drums.marks
    assert roll.end == BARS * BAR
    under = [n for n in drums.notes if roll.start <= n.start < roll.end and n is not roll]
    assert {n.pitch for n in under} == {DRUMS["kick"]}
    swell = risen.part("pad").controls
    values = [control.value for control in swell]
    assert values == sorted(values)
    assert values[-1] == 127
    assert (BARS - 1) * BAR <= swell[0].tick < swell[-1].tick <= BARS * BAR


def test_an_own_expression_is_left_alone() -> None:
    score = loop(0.3, 0.7)
    own = (Control(0, 11, 100),)
    pad = replace(score.part("pad"), controls=own)
    for seed in SEEDS:
        assert add_transitions(score.with_part(pad), rng=stream(seed)).part("pad").controls == own


def test_who_rests_next_leaves_a_bar_early() -> None:
    dropped = led(loop(0.6, 0.3, quiet="bass"), "drop", alone=False)
    assert dropped.part("bass").end == (BARS - 1) * BAR
    assert any(n.start >= (BARS - 1) * BAR for n in dropped.part("keys").notes)


def test_where_all_go_on_the_kit_thins_out() -> None:
    dropped = led(loop(0.6, 0.3), "drop")
    bar = [n for n in dropped.part("drums").notes
           if (BARS - 1) * BAR <= n.start < BARS * BAR]  # fmt: skip
    assert DRUMS["snare"] not in {n.pitch for n in bar}
    assert DRUMS["closed_hat"] in {n.pitch for n in bar}


def test_a_band_without_drums_or_melody_still_leads_on() -> None:
    score = loop(0.3, 0.6, 0.3)
    bare = replace(score, parts=(score.part("keys"),))
    for seed in SEEDS:
        found = add_transitions(bare, rng=stream(seed))
        assert all(section.leads_on for section in found.sections[:-1])
        assert not {"fill", "pickup", "riser", "drop"} & set(found.sections[0].leads_on)


@pytest.mark.parametrize("meter", ["3/4", "6/8", "7/8", "2/4", "12/8", "1/4"])
@pytest.mark.parametrize("kit", ["dusty_kit", "brushes_kit"])
def test_any_meter_and_kit_is_led_on_without_clashes(meter: str, kit: str) -> None:
    for seed in range(4):
        found = finish(loop(0.3, 0.6, 0.2, meter=meter, kit=kit), rng=stream(seed))
        for part in found.parts:
            ends: dict[int, int] = {}
            for note in part.notes:
                assert ends.get(note.pitch, 0) <= note.start or part.role == "drums"
                ends[note.pitch] = note.end
            places = {(n.start, n.pitch) for n in part.notes}
            assert all((m.tick, m.pitch) in places for m in part.marks)
        assert found.end == found.sections[-1].end


def test_a_piece_of_a_set_does_not_lead_into_the_next() -> None:
    score = loop(0.5, 0.5)
    apart = replace(score, sections=(score.sections[0], replace(score.sections[1], piece=1)))
    assert draw_transitions(apart, rng=stream(1)) == ()
    ended = end_piece(apart, rng=stream(1))
    assert all(set(s.leads_on) <= set(ENDINGS) and s.leads_on for s in ended.sections)
    assert transitions_of(ended) == ()


# ---- endings ----


def ended(energy: float, *kinds: str, score: Score | None = None) -> Score:
    for seed in range(300):
        found = end_piece(score or loop(energy), rng=stream(seed))
        if found.sections[-1].leads_on == kinds:
            return found
    raise AssertionError(f"{kinds} was not drawn")


def test_every_score_gets_an_ending_and_no_longer() -> None:
    for energy in (0.1, 0.4, 0.8):
        for seed in SEEDS:
            found = end_piece(loop(energy), rng=stream(seed))
            assert found.sections[-1].leads_on
            assert found.end == loop(energy).end


def test_calm_pieces_slow_down_and_lively_ones_may_stop_cold() -> None:
    kinds = {
        energy: [end_piece(loop(energy), rng=stream(seed)).sections[-1].leads_on for seed in SEEDS]
        for energy in (0.1, 0.8)
    }
    assert not any("cold" in found for found in kinds[0.1])
    assert 8 <= sum("cold" in found for found in kinds[0.8]) <= 26
    assert sum("ritardando" in found for found in kinds[0.1]) > 15


def test_a_ritardando_slows_ever_more_and_holds_the_chord() -> None:
    found = ended(0.1, "ritardando", "held")
    tempi = [float(bpm) for _, bpm in found.tempo.changes]
    assert tempi[0] == 75.0
    falls = -np.diff(tempi)
    assert (falls > 0).all()
    assert falls[-1] > falls[1]
    assert 0.75 * 75 < tempi[-1] < 0.85 * 75
    assert found.tempo.changes[1][0] == (BARS - 2) * BAR
    end = found.end
    for name in ("keys", "pad", "melody", "bass"):
        last = [note for note in found.part(name).notes if note.end == end]
        assert last
        assert not [n for n in found.part(name).notes if n.start > (BARS - 1) * BAR]
    assert max(n.start for n in found.part("drums").notes) == (BARS - 1) * BAR


def test_a_fade_thins_out_until_the_chords_are_alone() -> None:
    found = ended(0.1, "fade", "held")
    ends = {p.name: max(n.start for n in p.notes) for p in found.parts}
    assert ends["drums"] < ends["bass"] < ends["pad"] <= ends["keys"]
    loud = [n.velocity for n in found.part("keys").notes]
    assert loud == sorted(loud, reverse=True)
    assert loud[-1] < 0.7 * loud[0]
    alone = replace(loop(0.1), parts=(loop(0.1).part("bass"),))
    assert ended(0.1, "fade", "held", score=alone).part("bass").end == BARS * BAR


def test_a_tag_says_two_bars_again_softer() -> None:
    score = loop(0.8)
    moved = [replace(n, pitch=n.pitch + n.start // BAR) for n in score.part("melody").notes]
    melody = replace(score.part("melody"), notes=tuple(moved),
                     marks=(Mark(2 * BAR, 74, "accent"),))  # fmt: skip
    chords = tuple(ChordSpan(i * BAR, (i + 1) * BAR, Chord(i, "maj")) for i in range(BARS))
    found = ended(0.8, "tag", "held", score=replace(score.with_part(melody), chords=chords))
    line = found.part("melody")
    pitches = [n.pitch for n in line.notes]
    assert pitches[8:12] == pitches[4:8] == [74, 75, 75, 76]
    assert line.notes[8].velocity < line.notes[4].velocity
    assert Mark(4 * BAR, 74, "accent") in line.marks
    assert [span.chord.root for span in found.chords] == [0, 1, 2, 3, 2, 3, 6, 7]


def test_a_cold_stop_is_one_stroke_together() -> None:
    found = ended(0.8, "cold")
    last = (BARS - 1) * BAR
    for part in found.parts:
        strokes = [note for note in part.notes if note.start >= last]
        assert strokes
        assert {note.start for note in strokes} == {last}
        assert max(note.end for note in strokes) <= last + PPQ // 2
    assert {n.pitch for n in found.part("drums").notes if n.start == last} == {
        DRUMS["kick"], DRUMS["crash"],
    }  # fmt: skip


def test_only_the_last_piece_slows_down() -> None:
    score = loop(0.1, 0.1)
    apart = replace(score, sections=(score.sections[0], replace(score.sections[1], piece=1)))
    for seed in range(10):
        found = end_piece(apart, rng=stream(seed))
        assert "ritardando" not in found.sections[0].leads_on
        assert found.tempo.tick_to_s(BARS * BAR) == apart.tempo.tick_to_s(BARS * BAR)


def test_short_sections_and_bare_scores_are_ended_too() -> None:
    one = Section("A", 0, BAR, 0.8)
    short = replace(loop(0.8), sections=(one,))
    for seed in range(10):
        assert set(end_piece(short, rng=stream(seed)).sections[0].leads_on) <= {
            "cold", "held", "ritardando",
        }  # fmt: skip
    bare = Score((), sections=(one,))
    assert finish(bare, rng=stream(1)).parts == ()
    nothing = Score(())
    assert finish(nothing, rng=stream(1)) is nothing


# ---- retouching ----


def test_silences_may_lie_within_one_another() -> None:
    notes = tuple(Note(i * 10, 10, 60) for i in range(10))
    touch = Retouch()
    touch.silence(20, 80, lambda note: note.start == 50)
    touch.silence(40, 60)
    touch.change(0, 20, lambda note: replace(note, velocity=9))
    touch.add(Note(95, 5, 60), "accent")
    part = touch.on(Part("bass", "bass", notes=notes))
    assert [n.start for n in part.notes] == [0, 10, 80, 90, 95]
    assert [n.velocity for n in part.notes][:3] == [9, 9, 80]
    assert part.notes[3].end == 95
    assert part.marks == (Mark(95, 60, "accent"),)
    assert Retouch().on(part) is part


def test_made_records_end_and_lead_on() -> None:
    for seed in range(3):
        brief = Brief("warm", minutes=1.5, seed=seed)
        score = engine().compose(plan(brief, stream(seed, "plan")), stream(seed, "compose"))
        assert score.sections[-1].leads_on
        assert set(score.sections[-1].leads_on) <= set(ENDINGS)
        assert len(transitions_of(score)) == len(score.sections) - 1
