import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, QUALITIES, Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ROLES, ChordSpan, Note, Part, Score, Section
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.neural.controls import (
    Controls,
    measure_mood,
    mood_of_words,
    notes_per_bar,
    tempo_bin,
    tempo_of,
)
from tapeloom.neural.token_codec import Codec, on_grid
from tapeloom.neural.token_grammar import Grammar, check
from tapeloom.neural.token_reader import STROKE_TICKS
from tapeloom.neural.tokens import (
    DURATIONS,
    METERS,
    PLACE_TICKS,
    TEMPO_EDGES,
    VELOCITIES,
    VOCABULARY,
    to_c,
)

TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
KEYS = st.builds(Key, st.sampled_from(TONICS), st.sampled_from(tuple(MODES)))
BAR = Meter().bar_ticks


@st.composite
def scores(draw: st.DrawFn, *, micro: bool = False) -> Score:
    """Scores that lie on the grid: what they are is what is read back."""
    meter = Meter.parse(draw(st.sampled_from(METERS)))
    bars = draw(st.integers(1, 5))
    places = bars * meter.bar_ticks // PLACE_TICKS
    parts = []
    for role in draw(st.lists(st.sampled_from(ROLES), min_size=1, unique=True)):
        found: dict[tuple[int, int], Note] = {}
        for _ in range(draw(st.integers(1, 12))):
            place = draw(st.integers(0, places - 1))
            velocity = draw(st.sampled_from(VELOCITIES))
            if role == "drums":
                off = draw(st.sampled_from((-1, 0, 1, 2))) if micro and place else 0
                start = place * PLACE_TICKS + off * PLACE_TICKS // 4
                note = Note(start, STROKE_TICKS, draw(st.integers(35, 81)), velocity)
            else:
                length = draw(st.sampled_from(DURATIONS)) * PLACE_TICKS
                pitch = draw(st.integers(12, 115))
                note = Note(place * PLACE_TICKS, length, pitch, velocity)
            found[note.start, note.pitch] = note
        parts.append(Part(role, role, notes=tuple(found.values())))
    cuts = sorted(draw(st.sets(st.integers(0, places), max_size=5)))
    spans = []
    for a, b in itertools.pairwise(cuts):
        chord = Chord(
            draw(st.integers(0, 11)),
            draw(st.sampled_from(tuple(QUALITIES))),
            draw(st.none() | st.integers(0, 11)),
        )
        if not spans or spans[-1].chord != chord:
            spans.append(ChordSpan(a * PLACE_TICKS, b * PLACE_TICKS, chord))
    return Score(
        tuple(sorted(parts, key=lambda part: ROLES.index(part.role))),
        tempo=TempoMap.constant(draw(st.integers(60, 100))),
        meters=((0, meter),),
        keys=((0, draw(KEYS)),),
        chords=tuple(spans),
    )


@given(scores())
def test_what_lies_on_the_grid_comes_back_as_it_was(score: Score) -> None:
    assert on_grid(score) == score


@given(scores(micro=True))
def test_drums_keep_a_quarter_of_a_step(score: Score) -> None:
    assert on_grid(score, micro=True) == score


@given(scores(), st.integers(-5, 6))
def test_tokens_do_not_know_the_key(score: Score, semitones: int) -> None:
    tonic = (score.keys[0][1].pitch_class + semitones) % 12
    moved = replace(
        score,
        keys=((0, Key(TONICS[tonic], score.keys[0][1].mode)),),
        chords=tuple(replace(s, chord=s.chord.transpose(semitones)) for s in score.chords),
        parts=tuple(
            part
            if part.role == "drums"
            else replace(
                part, notes=tuple(replace(n, pitch=n.pitch + semitones) for n in part.notes)
            )
            for part in score.parts
        ),
    )
    ours, theirs = Codec().encode(score), Codec().encode(moved)
    octave = (to_c(moved.keys[0][1]) + semitones - to_c(score.keys[0][1])) // 12
    pitch = VOCABULARY.masks["PITCH"]
    shifted = np.where(pitch[ours], ours + 12 * octave, ours)
    kept = VOCABULARY.masks["PITCH"][shifted] | ~pitch[ours]  # no pitch fell off the table
    inside = all(0 <= n.pitch + to_c(score.keys[0][1]) + 12 * octave <= 127
                 for p in score.parts if p.role != "drums" for n in p.notes)  # fmt: skip
    if kept.all() and inside:
        assert np.array_equal(shifted, theirs)


@given(scores())
def test_the_grammar_lets_through_what_the_codec_writes(score: Score) -> None:
    tokens = Codec().encode(score).tolist()
    assert check(tokens).is_over
    with pytest.raises(InputError, match="the grammar allows PAD"):
        check([*tokens, VOCABULARY.bos])


@given(scores())
def test_infilling_asks_for_some_bars_and_gets_the_piece_back(score: Score) -> None:
    page = Codec().page(score)
    role = page.roles[-1]
    if role == "chords":
        return
    masked = range(0, len(page.bars), 2)
    prompt, answer = page.infilling(role, masked)
    whole = np.concatenate([prompt, answer])
    assert check(whole.tolist()).is_over
    again = Codec().decode(whole, key=score.keys[0][1], bpm=score.tempo.initial_bpm)
    assert again == score


def walk(rng: np.random.Generator, limit: int) -> list[int]:
    """Choose every token by random logits, among those allowed."""
    grammar = Grammar()
    state, tokens = grammar.start(), []
    while not state.is_over and len(tokens) < limit:
        logits = np.where(grammar.allowed(state), rng.normal(size=VOCABULARY.size), -np.inf)
        token = int(logits.argmax())
        assert np.isfinite(logits[token])
        tokens.append(token)
        state = grammar.advance(state, token)
    return tokens


@pytest.mark.parametrize("seed", range(40))
def test_random_walks_decode(seed: int) -> None:
    tokens = walk(np.random.default_rng(seed), 250)
    score = Codec().decode(tokens)
    bars = sum(VOCABULARY.family(token) == "LEFT" for token in tokens)
    if VOCABULARY.eos in tokens:
        assert len(score.bar_starts) <= bars


@pytest.mark.slow
def test_ten_thousand_random_walks_decode() -> None:
    for seed in range(10_000):
        Codec().decode(walk(np.random.default_rng(seed), 120))


def test_off_the_grid_notes_go_to_the_nearest_place() -> None:
    rng = np.random.default_rng(3)
    starts = np.sort(rng.choice(20 * BAR, 300, replace=False))
    notes = tuple(Note(int(s), 2520, 60, 72) for s in starts)
    back = on_grid(Score((Part("m", "melody", notes=notes),), keys=((0, Key("C", "major")),)))
    errors = [min(abs(n.start - s) for n in back.parts[0].notes) for s in starts]
    assert max(errors) <= PLACE_TICKS // 2
    assert 0.2 * PLACE_TICKS < np.mean(errors) < 0.3 * PLACE_TICKS  # a quarter of a step


def test_sections_and_changes_of_meter_are_written() -> None:
    melody = Part("melody", "melody", notes=(Note(0, PPQ, 60, 72), Note(BAR, PPQ, 62, 72)))
    score = Score(
        (melody,),
        tempo=TempoMap.constant(75),
        meters=((0, Meter()), (BAR, Meter(3, 4))),
        keys=((0, Key("C", "major")),),
        sections=(Section("intro", 0, BAR), Section("A'", BAR, BAR + 3 * PPQ)),
    )
    assert on_grid(score) == score
    names = [VOCABULARY.name(token) for token in Codec().encode(score).tolist()]
    assert "METER_3/4" in names[10:]
    assert "SECTION_A'" in names


def test_a_score_without_anything_is_refused() -> None:
    with pytest.raises(InputError, match="nothing to write"):
        Codec().encode(Score(()))


def test_bars_without_a_token_are_refused() -> None:
    notes = Part("melody", "melody", notes=(Note(0, PPQ, 60),))
    with pytest.raises(InputError, match="17/16"):
        Codec().encode(Score((notes,), meters=((0, Meter(17, 16)),)))


def test_a_broken_sequence_names_its_first_fault() -> None:
    tokens = [VOCABULARY.bos, VOCABULARY.id("DUR_24")]
    with pytest.raises(InputError, match="token 2, DUR_24"):
        Codec().decode(tokens)


def test_names_numbers_and_families_agree() -> None:
    assert len(set(VOCABULARY.names)) == VOCABULARY.size
    for number, name in enumerate(VOCABULARY.names):
        assert VOCABULARY.id(name) == number
        assert VOCABULARY.masks[VOCABULARY.family(number)][number]
    assert sum(int(mask.sum()) for mask in VOCABULARY.masks.values()) == VOCABULARY.size


def test_tempo_bins_hold_their_middles() -> None:
    for number in range(len(TEMPO_EDGES) + 1):
        assert tempo_bin(tempo_of(number)) == number


def test_controls_are_checked() -> None:
    with pytest.raises(InputError, match="bpm"):
        Controls(bpm=5)
    with pytest.raises(InputError, match="17/16"):
        Controls(meter=Meter(17, 16))
    with pytest.raises(InputError, match="mood"):
        Controls(mood="hungry")


def test_mood_is_told_by_rule() -> None:
    slow = Score(
        (Part("m", "melody", notes=tuple(Note(i * PPQ, PPQ, p) for i, p in enumerate((60, 64)))),),
        tempo=TempoMap.constant(Fraction(75)),
        keys=((0, Key("C", "major")),),
    )
    assert measure_mood(slow) == "calm"
    assert notes_per_bar(slow) == 2
    assert mood_of_words(["dark"]) == "sad"
