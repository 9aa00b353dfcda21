"""The script and the constraints, with a model that says whatever is allowed."""

from collections.abc import Sequence

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.neural.constraints import LONG
from tapeloom.neural.generator import Floats, bars_of
from tapeloom.neural.generator import write as generate
from tapeloom.neural.limits import Limits, limits_for
from tapeloom.neural.script import Script, Writer, infill_script, script_of
from tapeloom.neural.token_codec import Codec
from tapeloom.neural.token_reader import STROKE_TICKS
from tapeloom.neural.tokens import PLACE_TICKS, VOCABULARY
from tapeloom.theory.melody_fit import AVOID, role

BAR = Meter().bar_ticks
A_MINOR = Key("A", "minor")


def song(bars: int = 4) -> Score:
    """Chords of two a bar and a part for each role."""
    symbols = ("Am9", "Fmaj7", "Dm7", "E7b9")
    spans = [
        ChordSpan(i * BAR // 2, (i + 1) * BAR // 2, Chord.parse(symbols[i % 4]))
        for i in range(2 * bars)
    ]
    parts = [
        Part(
            name,
            name,
            notes=tuple(
                Note(b * BAR + k * PPQ, STROKE_TICKS if name == "drums" else PPQ, pitch, 72)
                for b in range(bars)
                for k in range(4)
            ),
        )
        for name, pitch in (("melody", 72), ("keys", 60), ("bass", 40), ("drums", 36))
    ]
    return Score(
        tuple(parts), tempo=TempoMap.constant(75), keys=((0, A_MINOR),), chords=tuple(spans)
    )


def write(script: Script, seed: int, *, limit: int = 6000) -> list[int]:
    """Follow a script, choosing by random logits."""
    rng = np.random.default_rng(seed)
    writer = Writer(script)
    while not writer.is_over and len(writer.tokens) < limit:
        token = writer.forced()
        if token is None:
            allowed = writer.allowed()
            assert allowed.any()
            token = int(np.where(allowed, rng.normal(size=len(allowed)), -np.inf).argmax())
        writer.take(token)
    return writer.tokens


def page_and_limits() -> tuple[Score, Script]:
    score = song()
    page = Codec().page(score)
    limits = limits_for(A_MINOR, instruments={"bass": "upright_bass", "keys": "electric_piano"})
    free = {name: range(4) for name in ("melody", "keys", "bass", "drums")}
    return score, script_of(page, task="compose", free=free, limits=limits, meter=Meter())


@pytest.mark.parametrize("seed", range(12))
def test_what_is_free_keeps_to_range_key_and_chord(seed: int) -> None:
    score, script = page_and_limits()
    made = Codec().decode(write(script, seed), key=A_MINOR, bpm=75)
    assert made.chords == score.chords
    assert len(made.bar_starts) <= 4
    scale = {*A_MINOR.scale, 8}  # and the leading tone
    for part in made.parts:
        if part.role == "drums":
            continue
        low, high = {"bass": (28, 52), "keys": (45, 79), "melody": (60, 86)}[part.role]
        for note in part.notes:
            chord = made.chord_at(note.start)
            assert chord is not None
            tones = {*chord.pitch_classes, chord.bass_pitch_class}
            assert low <= note.pitch <= high
            assert note.pitch % 12 in scale | tones
            kind = role(chord.quality, (note.pitch - chord.root) % 12)
            if kind == AVOID:
                assert note.duration < LONG * PLACE_TICKS
            if note.start % PPQ == 0 and part.role == "bass":
                assert note.pitch % 12 in tones


def test_no_more_notes_than_the_budget() -> None:
    score = song()
    limits = Limits(busiest={"melody": 3, "keys": 4, "bass": 2, "drums": 5})
    page = Codec().page(score)
    free = {name: range(4) for name in limits.busiest}
    script = script_of(page, task="compose", free=free, limits=limits, meter=Meter())
    made = Codec().decode(write(script, 5), key=A_MINOR, bpm=75)
    for part in made.parts:
        for bar in range(4):
            inside = [n for n in part.notes if bar * BAR <= n.start < (bar + 1) * BAR]
            assert len(inside) <= limits.busiest[part.role]


def test_infilled_bars_change_nothing_else() -> None:
    score = song()
    page = Codec().page(score)
    script = infill_script(page, "melody", [1, 2], limits=limits_for(A_MINOR), meter=Meter())
    made = Codec().decode(write(script, 2), key=A_MINOR, bpm=75)
    for part in score.parts:
        mine = made.part(part.role)
        if part.role != "melody":
            assert mine.notes == part.notes
        outside = [n for n in part.notes if not BAR <= n.start < 3 * BAR]
        assert set(outside) <= set(mine.notes)
    assert made.part("melody").notes != score.part("melody").notes


def test_a_locked_rhythm_keeps_onsets_and_lengths() -> None:
    score = song()
    script = script_of(
        Codec().page(score), task="melody", free={"melody": range(4)},
        limits=limits_for(A_MINOR), meter=Meter(), rhythm=True,
    )  # fmt: skip
    made = Codec().decode(write(script, 3), key=A_MINOR, bpm=75)
    before, after = score.part("melody").notes, made.part("melody").notes
    assert [(n.start, n.duration) for n in before] == [(n.start, n.duration) for n in after]
    assert [n.pitch for n in before] != [n.pitch for n in after]
    assert made.part("bass") == score.part("bass")


@pytest.mark.parametrize("seed", range(8))
def test_a_locked_rhythm_leaves_room_for_every_note_of_a_chord(seed: int) -> None:
    struck = [
        Note(beat * PPQ, PPQ, 60 + 3 * voice, 40 + 16 * (voice % 2))
        for beat in range(8) for voice in range(5)
    ]  # fmt: skip
    score = song(2).with_part(Part("keys", "keys", notes=tuple(struck)))
    limits = Limits(ranges={"keys": (60, 72)}, together={"keys": 2}, busiest={"keys": 3})
    script = infill_script(
        Codec().page(score), "keys", [0, 1], limits=limits, meter=Meter(), rhythm=True
    )
    made = Codec().decode(write(script, seed), key=A_MINOR, bpm=75).part("keys").notes
    told = [(n.start, n.duration, n.velocity) for n in score.part("keys").notes]
    assert [(n.start, n.duration, n.velocity) for n in made] == told


def test_settled_tokens_that_the_grammar_forbids_are_named() -> None:
    page = Codec().page(song())
    script = script_of(page, task="compose", free={}, limits=Limits(), meter=Meter())
    writer = Writer(script)
    with pytest.raises(InputError, match="not what the script says"):
        writer.take(VOCABULARY.eos)


def test_limits_are_checked() -> None:
    with pytest.raises(InputError, match="an octave"):
        Limits(ranges={"melody": (60, 65)})
    with pytest.raises(InputError, match="at least 5"):
        Limits(scale=frozenset({0}))


class Flat:
    """A model to which all tokens are alike; it counts what it is given to read."""

    def __init__(self, context: int) -> None:
        self.context = context
        self.begun: list[int] = []
        self.lengths = [0]

    def begin(self, prompts: Sequence[Sequence[int]]) -> Floats:
        self.begun.append(max(len(prompt) for prompt in prompts))
        self.lengths = [len(prompt) for prompt in prompts]
        assert max(self.lengths) < self.context
        return np.zeros((len(prompts), VOCABULARY.size), np.float32)

    def extend(self, row: int, tokens: Sequence[int]) -> Floats:
        self.lengths[row] += len(tokens)
        assert self.lengths[row] < self.context
        return np.zeros(VOCABULARY.size, np.float32)

    def renew(self, row: int, prompt: Sequence[int]) -> Floats:
        self.begun.append(len(prompt))
        self.lengths[row] = len(prompt)
        return np.zeros(VOCABULARY.size, np.float32)

    def step(self, tokens: Sequence[int]) -> Floats:
        self.lengths = [n + (t >= 0) for n, t in zip(self.lengths, tokens, strict=True)]
        assert max(self.lengths) <= self.context
        return np.zeros((len(tokens), VOCABULARY.size), np.float32)


def small_script(seed: int) -> Script:
    page = Codec().page(song())
    free = {name: range(4) for name in ("melody", "bass")}
    limits = Limits(busiest={"melody": 4 + seed % 3, "bass": 3})
    return script_of(page, task="compose", free=free, limits=limits, meter=Meter())


def test_candidates_are_written_in_one_batch_and_each_as_if_alone() -> None:
    scripts = [small_script(seed) for seed in range(3)]

    def made(chosen: list[int]) -> list[tuple[int, ...]]:
        rngs = [np.random.default_rng(seed) for seed in chosen]
        found = generate(Flat(4096), [scripts[seed] for seed in chosen], rngs)
        for candidate in found:
            # All tokens are alike to the model: each choice costs the logarithm of their number.
            assert candidate.nll == pytest.approx(np.log(VOCABULARY.size), rel=1e-4)
            Codec().decode(candidate.tokens, key=A_MINOR, bpm=75)
        return [candidate.tokens for candidate in found]

    together = made([0, 1, 2])
    assert together == [made([0])[0], made([1])[0], made([2])[0]]


def test_a_full_context_begins_anew_with_its_header_and_last_bars() -> None:
    model = Flat(120)
    (candidate,) = generate(model, [small_script(0)], [np.random.default_rng(1)])
    assert len(candidate.tokens) > 200
    assert len(model.begun) >= 2
    assert max(model.begun[1:]) <= 60
    Codec().decode(candidate.tokens, key=A_MINOR, bpm=75)


def test_bars_come_as_they_are_written() -> None:
    told: list[int] = []
    script = small_script(1)
    rngs = [np.random.default_rng(2)]
    (candidate,) = generate(
        Flat(4096), [script], rngs, on_token=lambda _, token: told.append(token)
    )
    assert tuple(told) == candidate.tokens
    assert len(list(bars_of(candidate.tokens))) == 4


def test_as_many_scripts_as_generators() -> None:
    with pytest.raises(InputError, match="as many"):
        generate(Flat(99), [small_script(0)], [])
