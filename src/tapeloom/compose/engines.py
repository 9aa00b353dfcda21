"""Engines: who writes the notes. `theory` composes by rule; others meet the same Protocol."""

from typing import Protocol

import numpy as np

from tapeloom.compose.arrange import write_guitar, write_pad
from tapeloom.compose.bassline import write_bass
from tapeloom.compose.casting import recast
from tapeloom.compose.comping import write_keys
from tapeloom.compose.drums import write_drums
from tapeloom.compose.finishing import finish
from tapeloom.compose.form import ORDER
from tapeloom.compose.harmony import write_harmony
from tapeloom.compose.layers import with_clave_kicks, without_rim, write_percussion
from tapeloom.compose.melody import write_melody
from tapeloom.compose.plan import Plan
from tapeloom.compose.rewrite import Locks, infill
from tapeloom.compose.variation import vary_section
from tapeloom.core.errors import InputError
from tapeloom.core.score import ChordSpan, Score


class Engine(Protocol):
    """Writes scores and rewrites stretches of them."""

    @property
    def name(self) -> str:
        """What a brief calls it."""

    def compose(self, plan: Plan, rng: np.random.Generator) -> Score:
        """Write a whole record."""

    def infill(
        self, score: Score, *, role: str, bars: range, locks: Locks, rng: np.random.Generator
    ) -> Score:
        """Rewrite bars of a role so that they fit both sides."""

    def vary(self, score: Score, *, section: int, locks: Locks, rng: np.random.Generator) -> Score:
        """Vary a section: related to what it was, not the same."""


class TheoryEngine:
    """Composes by what musicians know of form, harmony and line."""

    name = "theory"

    def compose(self, plan: Plan, rng: np.random.Generator) -> Score:
        """Write a whole record from its plan."""
        streams = child_streams(rng)
        score = write_parts(plan, write_harmony(plan, streams["chords"]), streams)
        return recast(finish(score, rng=rng.spawn(1)[0]), plan.other_band)

    def infill(
        self, score: Score, *, role: str, bars: range, locks: Locks, rng: np.random.Generator
    ) -> Score:
        """Rewrite bars of a role so that they fit both sides."""
        return infill(score, role=role, bars=bars, locks=locks, rng=rng)

    def vary(self, score: Score, *, section: int, locks: Locks, rng: np.random.Generator) -> Score:
        """Vary a section: related to what it was, not the same."""
        return vary_section(score, section=section, locks=locks, rng=rng)


ENGINES = (TheoryEngine.name, "transformer", "hybrid")


def engine(name: str = "theory") -> Engine:
    """Return an engine by name."""
    if name == TheoryEngine.name:
        return TheoryEngine()
    if name not in ENGINES:
        raise InputError(f"{name!r} is no engine; choose one of {', '.join(ENGINES)}")
    from tapeloom.compose.learned import HybridEngine, TransformerEngine

    return TransformerEngine() if name == TransformerEngine.name else HybridEngine()


def child_streams(rng: np.random.Generator) -> dict[str, np.random.Generator]:
    """Return a stream for the chords and one for each role: they don't disturb each other."""
    names = ("chords", *ORDER)
    seeds = rng.integers(2**63, size=len(names))
    return {name: np.random.default_rng(int(seed)) for name, seed in zip(names, seeds, strict=True)}


def write_parts(
    plan: Plan, chords: tuple[ChordSpan, ...], streams: dict[str, np.random.Generator]
) -> Score:
    """Write every part of a plan over its chords."""
    drums = write_drums(
        plan.sections, meters=plan.meters, end=plan.end, density=plan.density,
        energy=plan.energy, rng=streams["drums"], kit=plan.instrument_of("drums"),
    )  # fmt: skip
    percussion = write_percussion(plan)
    heard = with_clave_kicks(drums, percussion, plan.clave)
    parts = (
        write_melody(plan, chords, streams["melody"]),
        write_keys(plan, chords, streams["keys"]),
        write_pad(plan, chords, streams["pad"]),
        write_guitar(plan, chords, streams["guitar"]),
        write_bass(plan, chords, heard, streams["bass"]),
        *((drums,) if percussion is None else (without_rim(drums, percussion), percussion)),
    )
    return Score(
        parts=tuple(part for part in parts if part.notes),
        tempo=plan.tempo,
        meters=plan.meters,
        keys=plan.keys,
        chords=chords,
        sections=plan.sections,
    )
