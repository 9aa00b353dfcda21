"""Outlines: forms that fill their bars, what returns in them, and the scripts along them."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter, Meters
from tapeloom.core.score import ChordSpan, Note, Score, Section
from tapeloom.neural.controls import Controls, measure_mood, notes_per_bar
from tapeloom.neural.limits import limits_for, limits_of
from tapeloom.neural.outline import (
    DRUM_LOOP,
    LAYERS,
    TURN,
    Outline,
    base_of,
    echoes_of,
    returns_of,
    simple_form,
)
from tapeloom.neural.script import Script
from tapeloom.neural.token_codec import ORDER, Codec
from tapeloom.neural.token_grammar import check
from tapeloom.neural.tokens import METERS, MICRO, PLACE_TICKS
from tapeloom.rhythm.meters import beat_starts

from .chance import write_by_chance

BAR = Meter().bar_ticks
KEY = Key("A", "minor")
KNOWN = st.sampled_from([Meter.parse(text) for text in METERS])
ROLES = tuple(role for role in ORDER if role not in ("chords", "other"))
NAMES = ("intro", "A", "A'", "B", "bridge", "breakdown", "A2", "B2", "outro", "Verse")
SYMBOLS = ("Am9", "Fmaj7", "Dm7", "E7b9")


@st.composite
def outlines(draw: st.DrawFn, *, most_bars: int = 8) -> Outline:
    """Sections of any length, meters that change between them, chords settled or not."""
    sections: list[Section] = []
    meters: list[tuple[int, Meter]] = []
    chords: list[ChordSpan] = []
    settled = draw(st.booleans())
    tick = 0
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5)):
        meter = draw(st.sampled_from([Meter(4, 4), Meter(4, 4), Meter(7, 8), Meter(3, 4)]))
        if not meters or meters[-1][1] != meter:
            meters.append((tick, meter))
        roles = tuple(draw(st.lists(st.sampled_from(ROLES), unique=True, max_size=4)))
        bars = draw(st.integers(1, most_bars))
        end = tick + bars * meter.bar_ticks
        sections.append(Section(name, tick, end, roles=roles))
        for bar in range(bars if settled else 0):
            at = tick + bar * meter.bar_ticks
            symbol = SYMBOLS[draw(st.sampled_from([bar % 4, bar % 4, 0]))]
            chords.append(ChordSpan(at, at + meter.bar_ticks, Chord.parse(symbol)))
        tick = end
    controls = Controls(KEY, 75, meters[0][1], density=draw(st.sampled_from([None, 3.0, 9.0])))
    return Outline(controls, tuple(sections), tuple(meters), tuple(chords))


def returns(outline: Outline, seed: int = 1) -> dict[tuple[int, str], int]:
    return returns_of(outline, np.random.default_rng(seed))


def script_along(outline: Outline, seed: int = 1) -> Script:
    limits = limits_for(KEY, density=outline.controls.density)
    return outline.script(limits, np.random.default_rng(seed))


def notes_in(score: Score, role: str, outline: Outline, bar: int) -> list[Note]:
    """The notes of a role's bar, from the bar's beginning; drums may come in a little before it."""
    start = outline.bars[bar].start
    end = start + outline.bars[bar].meter.bar_ticks
    early = PLACE_TICKS // MICRO if role == "drums" else 0
    return [
        replace(note, start=max(note.start - start, 0))
        for part in score.parts if part.role == role
        for note in part.notes if start <= note.start + early < end
    ]  # fmt: skip


@given(st.integers(1, 200), KNOWN)
def test_a_form_fills_its_bars_exactly(bars: int, meter: Meter) -> None:
    form = simple_form(bars, meter)
    assert form[0].start == 0
    assert form[-1].end == bars * meter.bar_ticks
    assert all(a.end == b.start for a, b in itertools.pairwise(form))
    assert all((section.end - section.start) % meter.bar_ticks == 0 for section in form)
    assert len({section.name for section in form}) == len(form)
    assert all(section.roles == LAYERS[section.name.rstrip("0123456789")] for section in form)


@given(st.integers(16, 200), KNOWN)
def test_a_form_of_some_length_begins_ends_and_has_its_music(bars: int, meter: Meter) -> None:
    names = [section.name for section in simple_form(bars, meter)]
    assert (names[0], names[-1]) == ("intro", "outro")
    assert any("melody" in section.roles for section in simple_form(bars, meter))
    assert bars < 32 or {"A", "B"} <= set(names)


@pytest.mark.parametrize(
    ("name", "base"),
    [("intro", "A"), ("A", "A"), ("A2", "A"), ("A'", "A"), ("A'3", "A"), ("B", "B"), ("B2", "B"),
     ("bridge", "bridge"), ("bridge2", "bridge"), ("breakdown", "A"), ("breakdown2", "A"),
     ("outro", "A"), ("Verse", "Verse")],
)  # fmt: skip
def test_a_section_is_made_of_its_base(name: str, base: str) -> None:
    assert base_of(name) == base


@given(outlines(most_bars=16), st.integers(0, 20))
def test_what_returns_is_an_earlier_bar_that_fits(outline: Outline, seed: int) -> None:
    found = returns(outline, seed)
    for (bar, role), source in found.items():
        here, there = outline.bars[bar], outline.bars[source]
        assert 0 <= source < bar
        assert (source, role) not in found, "a return of a return"
        assert here.meter == there.meter
        if role != "drums":
            assert base_of(here.section.name) == base_of(there.section.name)
            assert here.chords == there.chords
        if role == "chords":
            assert not outline.chords
        else:
            assert role in here.section.roles
            assert role in there.section.roles


@given(outlines(most_bars=16), st.integers(0, 20))
def test_turns_are_written_anew(outline: Outline, seed: int) -> None:
    found = returns(outline, seed)
    for number, bar in enumerate(outline.bars):
        left = sum(other.section == bar.section for other in outline.bars[number:])
        if left == 1:
            assert (number, "drums") not in found
        if left <= TURN:
            assert (number, "melody") not in found


@given(outlines(most_bars=16))
def test_what_returns_stands_over_the_chords_it_was_written_to(outline: Outline) -> None:
    """Where the model writes the chords, they return with the notes."""
    found = returns(outline)

    def chords_of(bar: int) -> int:
        return found.get((bar, "chords"), bar)

    for (bar, role), source in found.items():
        if role not in ("drums", "chords"):
            assert outline.chords or chords_of(bar) == chords_of(source), role


def test_a_melody_is_no_loop_of_the_bars_behind_a_short_intro() -> None:
    """The intro has four bars: it lends A none of its later ones, and A itself is no intro."""
    form = (
        Section("intro", 0, 4 * BAR, roles=("keys",)),
        Section("A", 4 * BAR, 20 * BAR, roles=("melody", "keys")),
    )
    found = returns(Outline(Controls(KEY), form))
    assert not [bar for bar, role in found if role == "melody"]
    assert all(found[bar, "keys"] == bar % 4 for bar in range(4, 20))


def test_sections_come_back_and_loops_go_round() -> None:
    outline = Outline(Controls(KEY), simple_form(32, Meter()))
    found = returns(outline)
    first = {bar.section.name: n for n, bar in reversed(list(enumerate(outline.bars)))}
    a, b, again = first["A"], first["B"], first["A'"]
    for at in range(8 - TURN):
        source = a + at
        assert found[again + at, "melody"] == found.get((source, "melody"), source)
    assert all((b + at, "melody") not in found for at in range(4))
    assert found[a + DRUM_LOOP, "drums"] == a
    assert found[b + 4, "keys"] == b


def test_a_second_phrase_begins_as_the_first_did_or_not() -> None:
    outline = Outline(Controls(KEY), simple_form(8, Meter()))
    told = {tuple(sorted(b for b, r in returns(outline, s) if r == "melody")) for s in range(30)}
    assert told == {(), (4, 5)}


@given(outlines(), st.integers(0, 5))
def test_a_script_along_an_outline_is_written_as_it_says(outline: Outline, seed: int) -> None:
    tokens = write_by_chance(script_along(outline, seed), seed)
    assert check(tokens).is_over
    score = Codec().decode(tokens, key=KEY, bpm=75)
    assert score.meters == outline.meters
    assert score.sections[-1].end == outline.end
    assert [s.start for s in score.sections] == [s.start for s in outline.sections]
    if outline.chords:
        for number, bar in enumerate(outline.bars):
            at = [(bar.start + offset, chord) for offset, chord in bar.chords]
            assert all(score.chord_at(tick) == chord for tick, chord in at), number
    found = returns_of(outline, np.random.default_rng(seed))
    for (bar, role), source in found.items():
        if role != "chords":
            again, once = (notes_in(score, role, outline, n) for n in (bar, source))
            assert _told(again) == _told(once)
    for number, bar in enumerate(outline.bars):
        for role in {part.role for part in score.parts} - set(bar.section.roles):
            assert not notes_in(score, role, outline, number)


@given(outlines(), st.integers(0, 5))
def test_new_bars_keep_to_their_budget(outline: Outline, seed: int) -> None:
    limits = limits_for(KEY, density=outline.controls.density)
    score = Codec().decode(write_by_chance(script_along(outline, seed), seed), key=KEY, bpm=75)
    rng = np.random.default_rng(seed)
    old = returns_of(outline, rng)
    old = old | echoes_of(outline, old, rng)
    so_far = 0
    for number, bar in enumerate(outline.bars):
        budget = limits.budget(number, so_far)
        chords = [c for c in score.chords if bar.start <= c.start < bar.start + bar.meter.bar_ticks]
        for role, most in budget.items():
            count = len(notes_in(score, role, outline, number))
            if (number, role) not in old:
                told = max(len(chords), len(bar.chords), 1)  # one that goes on may be told again
                assert count <= max(most, told * (3 if role in ("keys", "pad") else 1))
            so_far += count if role != "drums" else 0


@given(outlines(), st.integers(0, 5))
def test_a_rhythm_comes_again_where_chords_change_alike(outline: Outline, seed: int) -> None:
    score = Codec().decode(write_by_chance(script_along(outline, seed), seed), key=KEY, bpm=75)
    rng = np.random.default_rng(seed)
    old = returns_of(outline, rng)
    echoing = echoes_of(outline, old, rng)
    assert not echoing.keys() & old.keys()
    for (number, role), source in echoing.items():
        bar, once = outline.bars[number], outline.bars[source]
        assert once.section == bar.section
        assert bar.place // 4 == once.place // 4
        changes = [
            [c.start - b.start for c in score.chords if 0 <= c.start - b.start < b.meter.bar_ticks]
            for b in (bar, once)
        ]
        here, there = (notes_in(score, role, outline, n) for n in (number, source))
        if changes[0] == changes[1] and there:
            rhythms = [[(n.start, n.velocity) for n in notes] for notes in (here, there)]
            assert rhythms[0] == rhythms[1], (role, number)


def test_rhythms_echo_more_often_than_not() -> None:
    outline = Outline(Controls(KEY), simple_form(24, Meter()))
    found = [echoes_of(outline, {}, np.random.default_rng(seed)) for seed in range(40)]
    at = dict.fromkeys((1, 2, 3), 0)
    for echoing in found:
        for bar, role in echoing:
            if role == "keys" and outline.bars[bar].section.name == "A":
                at[bar % 4] += bar < 8
    assert 25 < at[2] < 40
    assert at[2] == at[3]
    assert 5 < at[1] < 25


def _told(notes: list[Note]) -> list[tuple[int, int, int]]:
    """What a bar's tokens tell; a note of the last bar may be cut at the end."""
    return sorted((note.start, note.pitch, note.velocity) for note in notes)


def test_the_model_may_write_the_chords_and_they_return_as_well() -> None:
    outline = Outline(Controls(KEY), simple_form(24, Meter()))
    score = Codec().decode(write_by_chance(script_along(outline), 3), key=KEY, bpm=75)
    for bar, source in ((b, s) for (b, r), s in returns(outline).items() if r == "chords"):
        there, here = outline.bars[source].start, outline.bars[bar].start
        for offset in range(0, BAR, BAR // 96):
            assert score.chord_at(here + offset) == score.chord_at(there + offset)


def test_a_long_outline_is_laid_out() -> None:
    outline = Outline(Controls(KEY), simple_form(800, Meter()))
    assert [bar.start for bar in outline.bars] == list(range(0, 800 * BAR, BAR))
    assert all(source < bar for (bar, _), source in returns(outline).items())
    assert max(bar for bar, _ in returns(outline)) > 780


UNKNOWN: Meters = ((0, Meter()), (4 * BAR, Meter(17, 16)))
LATE = (Section("A", BAR, 2 * BAR),)
ODD = (Section("A", 0, BAR // 2), Section("B", BAR // 2, 2 * BAR))
GAP = (Section("A", 0, BAR), Section("B", 2 * BAR, 4 * BAR))


@pytest.mark.parametrize(
    ("sections", "meters", "told"),
    [
        ((), ((0, Meter()),), "the first of them at tick 0"),
        (LATE, ((0, Meter()),), "the first of them at tick 0"),
        (ODD, ((0, Meter()),), "section B must begin with a bar"),
        (GAP, ((0, Meter()),), "section B must begin with a bar"),
        (simple_form(8, Meter()), UNKNOWN, "no bars of 17/16"),
    ],
)
def test_what_is_no_outline_is_said(
    sections: tuple[Section, ...], meters: Meters, told: str
) -> None:
    with pytest.raises(InputError, match=told):
        Outline(Controls(KEY), sections, meters)


def test_the_bass_knows_the_beats_of_every_bar() -> None:
    """Meters change and come back; on a beat the bass plays a tone of the chord."""
    changes = (Meter(4, 4), Meter(7, 8, (3, 2, 2)), Meter(3, 4), Meter(4, 4))
    edges = [0, *itertools.accumulate(4 * meter.bar_ticks for meter in changes)]
    form = tuple(
        Section(name, start, end, roles=("bass",))
        for name, (start, end) in zip(
            ("A", "B", "bridge", "A2"), itertools.pairwise(edges), strict=True
        )
    )
    chords = (ChordSpan(0, edges[-1], Chord.parse("Fmaj7")),)
    meters = tuple(zip(edges[:-1], changes, strict=True))
    outline = Outline(Controls(KEY), form, meters, chords)
    for seed in range(5):
        score = Codec().decode(write_by_chance(script_along(outline), seed), key=KEY, bpm=75)
        for number, bar in enumerate(outline.bars):
            for note in notes_in(score, "bass", outline, number):
                if note.start in beat_starts(bar.meter):
                    assert note.pitch % 12 in chords[0].chord.pitch_classes, bar


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1))
def test_who_plays_is_heard_and_sections_begin_at_home(seed: int) -> None:
    controls = Controls(Key("C", "minor"), 75.0, style="lofi", density=8.0)
    outline = Outline(controls, simple_form(16, controls.meter))
    script = outline.script(limits_for(controls.key, density=8.0), np.random.default_rng(seed))
    score = Codec().decode(write_by_chance(script, seed), key=controls.key, bpm=75)
    for bar in outline.bars:
        end = bar.start + bar.meter.bar_ticks
        for role in bar.section.roles:
            if role not in ("melody", "guitar") or bar.place % 2 == 0:
                notes = score.part(role).notes
                assert any(bar.start <= note.start < end for note in notes), (role, bar.place)
        if bar.place == 0:
            chord = score.chord_at(bar.start)
            assert chord is not None
            assert chord.root == 0
            assert 3 in chord.intervals


def over_a_loop(controls: Controls, *symbols: str) -> Outline:
    """24 bars with a chord a bar, and two in every fourth."""
    spans, half = [], BAR // 2
    for bar in range(24):
        first, second = symbols[bar % len(symbols)], symbols[(bar + 1) % len(symbols)]
        if bar % 4 == 3:
            spans.append(ChordSpan(bar * BAR, bar * BAR + half, Chord.parse(first)))
            spans.append(ChordSpan(bar * BAR + half, (bar + 1) * BAR, Chord.parse(second)))
        else:
            spans.append(ChordSpan(bar * BAR, (bar + 1) * BAR, Chord.parse(first)))
    return Outline(controls, simple_form(24, Meter()), chords=tuple(spans))


@pytest.mark.parametrize("seed", range(4))
def test_the_keys_tell_every_chord_and_go_with_it(seed: int) -> None:
    controls = Controls(Key("C", "minor"), 75.0, style="lofi", density=8.0)
    outline = over_a_loop(controls, "Cm9", "Ab13", "F9sus4", "Bb/D", "G7b9")
    script = outline.script(limits_of(controls), np.random.default_rng(seed))
    score = Codec().decode(write_by_chance(script, seed), key=controls.key, bpm=75)
    rng = np.random.default_rng(seed)
    returning = returns_of(outline, rng)
    echoing = echoes_of(outline, returning, rng)
    echoing |= {bar: source for bar, source in returning.items() if (source, bar[1]) in echoing}
    keys = score.part("keys").notes
    for number, bar in enumerate(outline.bars):
        spans = [c for c in score.chords if bar.start <= c.start < bar.start + BAR]
        for span in spans:
            struck = [note for note in keys if note.start == span.start]
            classes = {(note.pitch - span.chord.root) % 12 for note in struck}
            steps = {step % 12 for step in span.chord.intervals}
            if (number, "keys") not in echoing:
                assert classes & (steps & {3, 4} or steps & {2, 5}), span.chord
                assert 10 in classes or not {9, 10} <= steps
            if "bass" not in bar.section.roles:
                assert min(note.pitch for note in struck) % 12 == span.chord.bass_pitch_class
        for note in notes_in(score, "keys", outline, number):
            if (number, "keys") not in echoing:
                assert note.end <= BAR
                over = [c.chord for c in spans if note.start < c.start - bar.start < note.end]
                assert all(note.pitch % 12 in chord.pitch_classes for chord in over)


@pytest.mark.parametrize("density", [7.0, 8.5, 10.0])
def test_there_are_about_as_many_notes_as_asked(density: float) -> None:
    found = []
    for seed in range(6):
        controls = Controls(KEY, 75.0, style="lofi", mood="sad", density=density)
        outline = over_a_loop(controls, "Am9", "Fmaj7", "Dm7", "E7")
        script = outline.script(limits_of(controls), np.random.default_rng(seed))
        score = Codec().decode(write_by_chance(script, seed), key=KEY, bpm=75)
        found.append(notes_per_bar(score))
        assert measure_mood(score, KEY) == "sad"
    assert abs(float(np.median(found)) - density) < 1.5, found
