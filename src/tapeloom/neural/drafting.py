"""From an outline to a finished piece: candidates in one batch, the best original one is taken."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.score import Note, Score
from tapeloom.neural.controls import (
    Controls,
    density_bin,
    measure_mood,
    notes_per_bar,
    pitched,
)
from tapeloom.neural.critic import Critic, Quality, rank
from tapeloom.neural.generator import Candidate, Choose, Model, write
from tapeloom.neural.limits import Limits
from tapeloom.neural.originality import Originality, OriginalityIndex
from tapeloom.neural.outline import Outline
from tapeloom.neural.runtime import Runtime
from tapeloom.neural.sampling import Sampling
from tapeloom.neural.script import Script
from tapeloom.neural.token_codec import Codec
from tapeloom.neural.tokens import TOKEN_IDS
from tapeloom.neural.watching import watcher
from tapeloom.theory.events import Events
from tapeloom.theory.keys import find_key

MODEL = Path(__file__).parents[1] / "models" / "generator.onnx"
SAMPLING = Sampling(temperature=0.95, top_p=0.97)


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A piece that was chosen, and what is known of it."""

    score: Score
    tokens: tuple[int, ...]
    quality: Quality
    originality: Originality
    nll: float  # nats a token that the model chose
    drawn: int  # candidates in all
    refused: Mapping[str, int]  # by reason

    def to_json(self) -> dict[str, Any]:
        """Return the figures for a record's provenance."""
        return {
            "quality": self.quality.to_json(),
            "originality": self.originality.to_json(),
            "nll": round(self.nll, 4),
            "candidates": self.drawn,
            "refused": dict(self.refused),
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    score: Score
    candidate: Candidate
    originality: Originality


@dataclass(frozen=True, slots=True, eq=False)
class Drafter:
    """A model with its judge and its memory of the songs that it learned from."""

    model: Model
    critic: Critic
    index: OriginalityIndex
    choose: Choose = SAMPLING.choose
    candidates: int = 6  # in a batch
    rounds: int = 4  # batches at most, where all candidates of one were refused
    by_controls: bool = True  # whether what is as asked goes before what is better
    finish: Callable[[Score], Score] = field(default=lambda score: score)  # before it is judged
    turn: Lock = field(default_factory=Lock, repr=False)  # the model has one memory for all

    def __post_init__(self) -> None:
        if not 1 <= self.candidates <= 64 or not 1 <= self.rounds <= 100:
            raise InputError(
                f"candidates is {self.candidates} and rounds is {self.rounds}; "
                "they must lie within 1 to 64 and 1 to 100"
            )

    @classmethod
    def load(cls, *, threads: int = 2, **settings: Any) -> "Drafter":
        """Make the models that come with the package ready."""
        return cls(
            Runtime.load(MODEL, threads=threads), Critic.load(), OriginalityIndex.load(),
            **settings,
        )  # fmt: skip

    def draft(self, outline: Outline, limits: Limits, rng: np.random.Generator) -> Draft:
        """Write a piece along an outline: of what is original what is as asked, and best of that.

        Raises InputError where all candidates of all rounds were refused.
        """
        script = outline.script(limits, rng)
        refused: dict[str, int] = {}
        for round_number in range(1, self.rounds + 1):
            pieces = self._write(outline, [script] * self.candidates, rng)
            ranking = rank(
                pieces,
                lambda piece: self.critic.judge(piece.score, density=outline.controls.density),
                filters={
                    "silent": lambda piece: any(part.notes for part in piece.score.parts),
                    "quotation": lambda piece: piece.originality.is_original,
                },
            )
            for reason, count in ranking.refused.items():
                refused[reason] = refused.get(reason, 0) + count
            if ranking.kept:
                piece, quality = max(
                    ranking.kept,
                    key=lambda row: (self._met(row[0].score, outline), row[1].total),
                )
                return Draft(
                    piece.score, piece.candidate.tokens, quality, piece.originality,
                    piece.candidate.nll, round_number * self.candidates, refused,
                )  # fmt: skip
        told = ", ".join(f"{count} for {reason}" for reason, count in refused.items())
        raise InputError(f"all candidates were refused ({told}); take another seed")

    def _met(self, score: Score, outline: Outline) -> int:
        return as_asked(score, outline.controls) if self.by_controls else 0

    def fill(
        self, script: Script, role: str, key: Key, bpm: float, rng: np.random.Generator
    ) -> tuple[Note, ...]:
        """Write a script that fills bars; return the role's notes of the likeliest original one.

        What the bars around quote is theirs: a fill is refused where it makes a quotation longer.
        """
        scripts = [script] * self.candidates
        around = self._heard(_before_the_answer(script), role, key, bpm)[1]
        for _ in range(self.rounds):
            written = self._candidates(scripts, rng)
            for candidate in sorted(written, key=lambda candidate: candidate.nll):
                notes, found = self._heard(candidate.tokens, role, key, bpm)
                if found.is_original or (
                    found.longest_run <= around.longest_run
                    and found.copied_share <= around.copied_share
                ):
                    return notes
        raise InputError("all candidates quote songs that the model knows; take another seed")

    def _candidates(
        self, scripts: Sequence[Script], rng: np.random.Generator
    ) -> tuple[Candidate, ...]:
        """Write a candidate along each script; of threads that ask at once each has its turn."""
        told = watcher()
        with self.turn:
            if told is not None:
                told.begins()
            found = write(self.model, scripts, rng.spawn(len(scripts)), choose=self.choose)
            if told is not None:
                told.ends(sum(candidate.chosen for candidate in found))
        return found

    def _heard(
        self, tokens: Sequence[int], role: str, key: Key, bpm: float
    ) -> tuple[tuple[Note, ...], Originality]:
        """Return a role's notes, and what they alone share with the known songs."""
        score = Codec().decode(tokens, key=key, bpm=bpm)
        parts = tuple(part for part in score.parts if part.role == role)
        found = self.index.check(replace(score, parts=parts))
        return (parts[0].notes if parts else ()), found

    def _write(
        self, outline: Outline, scripts: Sequence[Script], rng: np.random.Generator
    ) -> list[_Piece]:
        written = self._candidates(scripts, rng)
        controls = outline.controls
        found = []
        for candidate in written:
            score = Codec().decode(candidate.tokens, key=controls.key, bpm=controls.bpm)
            score = self.finish(score)
            found.append(_Piece(score, candidate, self.index.check(score)))
        return found


def as_asked(score: Score, controls: Controls) -> int:
    """Tell how many of key, density and mood a piece has as they were asked for, by its notes."""
    notes = pitched(score)
    if not notes:
        return 0
    heard = find_key(Events.from_notes(notes), meters=score.meters).key
    met = [(heard.pitch_class, heard.is_minor) == (controls.key.pitch_class, controls.key.is_minor)]
    if controls.density is not None:
        met.append(density_bin(notes_per_bar(score)) == density_bin(controls.density))
    if controls.mood != "any":
        met.append(measure_mood(score, heard) == controls.mood)
    return sum(met)


def _before_the_answer(script: Script) -> tuple[int, ...]:
    """Return what a script gives to see before the bars that it fills; nothing without them."""
    prompt = script.prompt()
    return prompt[: prompt.index(TOKEN_IDS["SEP"])] if TOKEN_IDS["SEP"] in prompt else ()
