"""Songs as sequences: each is allowed by the grammar, and says what the song says."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.meter import Meter
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.neural.token_codec import Codec, on_grid
from tapeloom.neural.token_grammar import check
from tapeloom.neural.tokens import TASKS, VOCABULARY
from tapeloom.train.sequences import (
    EXCERPT_TOKENS,
    describe,
    page_of,
    sequences_of,
    unconditional,
)

from ..neural.toy_songs import BAR, toy_song

SONG = toy_song(1, bars=24)
BEAT = Part("drums", "drums", notes=tuple(
    Note(i * PPQ, PPQ // 4, 36 if i % 2 == 0 else 38) for i in range(96)
))  # fmt: skip
FULL = replace(SONG, parts=(*SONG.parts, BEAT))
SEP, MASK = VOCABULARY.id("SEP"), VOCABULARY.id("MASK")


def names(tokens) -> list[str]:
    return [VOCABULARY.name(int(token)) for token in tokens]


def task_of(example) -> str:
    return names(example.tokens)[1].removeprefix("TASK_")


@settings(max_examples=15)
@given(st.integers(0, 30), st.integers(0, 1000))
def test_the_grammar_allows_every_sequence(song, seed):
    score = toy_song(song, bars=12)
    made = sequences_of(score, "lofi", np.random.default_rng(seed))
    assert made
    for example in made:
        state = check(example.tokens.tolist())
        assert state.is_over
        assert example.task == task_of(example)
        assert example.weight > 0
    again = sequences_of(score, "lofi", np.random.default_rng(seed))
    assert all(np.array_equal(a.tokens, b.tokens) for a, b in zip(made, again, strict=True))


def test_every_task_is_taught():
    made = [e for seed in range(6) for e in sequences_of(FULL, "lofi", np.random.default_rng(seed))]
    assert {example.task for example in made} == set(TASKS)


def test_the_first_sequence_is_the_song():
    first = sequences_of(FULL, "lofi", np.random.default_rng(0))[0]
    assert first.task == "compose"
    read = Codec().decode(first.tokens, key=FULL.key, bpm=75)
    meant = on_grid(FULL)
    assert [p.notes for p in read.parts] == [p.notes for p in meant.parts]
    assert read.chords == meant.chords


def test_answers_fill_what_was_masked():
    made = [e for seed in range(6) for e in sequences_of(FULL, "lofi", np.random.default_rng(seed))]
    filled = [e for e in made if e.task in ("infill", "vary")]
    assert len(filled) >= 24
    for example in filled:
        tokens = example.tokens.tolist()
        assert len(tokens) <= EXCERPT_TOKENS
        at = tokens.index(SEP)
        assert tokens[at:].count(VOCABULARY.of("BAR").start) == tokens.count(MASK)
        assert 1 <= tokens.count(MASK) <= 4
        read = Codec().decode(tokens, key=FULL.key, bpm=75)
        role = next(n for n in names(tokens[at:]) if n.startswith("ROLE_")).removeprefix("ROLE_")
        assert role != "chords"  # chords are always seen
        pitches = {n.pitch for n in FULL.part(role).notes}
        assert {n.pitch for p in read.parts if p.role == role for n in p.notes} <= pitches


def test_a_part_alone_and_a_meter_that_changes_are_sequences_too():
    alone = sequences_of(Score((BEAT,)), "funk", np.random.default_rng(0))
    assert {e.task for e in alone} <= {"compose", "continue", "infill", "vary"}
    assert all("ROLE_drums" in names(e.tokens) for e in alone)
    odd = replace(SONG, meters=((0, Meter()), (8 * BAR, Meter(3, 4))))
    for example in sequences_of(odd, "pop", np.random.default_rng(0)):
        check(example.tokens.tolist())
        assert example.task not in ("continue", "infill", "vary")  # a header tells one meter
    assert sequences_of(Score(()), "pop", np.random.default_rng(0)) == []


def test_what_a_score_answers_to_is_measured_on_it():
    told = describe(SONG, "pop")
    assert (told.style, str(told.key), told.bpm) == ("pop", "C major", 75.0)
    assert told.mood == "calm"  # in major, few notes a second
    assert told.swing == "straight"
    thirds = tuple(Note(i * PPQ + (2 * PPQ // 3) * (i % 2), PPQ // 3, 60) for i in range(40))
    swung = [Note(i * PPQ + 2 * PPQ // 3, PPQ // 3, 64) for i in range(20)]
    assert describe(Score((Part("a", "melody", notes=(*thirds, *swung)),)), "jazz").swing == "hard"
    assert describe(Score((BEAT,)), "funk").density is None  # drums have no pitches


def test_controls_are_left_open_now_and_then_and_roles_come_in_any_order():
    controls = describe(SONG, "pop")
    page = Codec().page(SONG, controls)
    headers = [
        " ".join(
            names(page_of(page, controls, ["bass", "melody"], np.random.default_rng(s)).header)
        )
        for s in range(60)
    ]
    for text in ("STYLE_any", "STYLE_pop", "MOOD_any", "MOOD_calm", "SWING_any", "DENSITY"):
        shown = sum(text in header for header in headers)
        assert 0 < shown < 60, text
    turned = page_of(page, controls, ["bass", "melody", "drums"], np.random.default_rng(0))
    assert turned.roles == ("bass", "melody")
    assert all(tuple(bar) == ("bass", "melody") for bar in turned.bars)


def test_the_unconditional_reading_asks_for_nothing_and_says_the_same_music():
    first = sequences_of(SONG, "lofi", np.random.default_rng(4))[0]
    opened = unconditional(first.tokens)
    check(opened.tolist())
    header = names(opened)[: names(opened).index("BAR")]
    assert {"STYLE_any", "MOOD_any", "SWING_any", "MODE_major", "METER_4/4"} <= set(header)
    assert not any(name.startswith("DENSITY") for name in header)
    bar = VOCABULARY.of("BAR").start
    a, b = (t[t.tolist().index(bar) :] for t in (first.tokens, opened))
    assert np.array_equal(a, b)
    assert np.array_equal(unconditional(opened), opened)
