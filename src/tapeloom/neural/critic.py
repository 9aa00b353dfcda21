"""How good a piece is, part by part, by what real songs measure; and the choice among candidates.

Each measure of `neural.critic_parts` becomes points from 0 to 1 by where it lies among real songs:
the table models/critic.json holds their percentiles, as `train.critic` made them.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.score import Score
from tapeloom.neural.critic_parts import DEGREES, WIDEST, measure_parts

T = TypeVar("T")
Floats = NDArray[np.float64]

MODEL = Path(__file__).parents[1] / "models" / "critic.json"
MAX_BYTES = 1_000_000
FORMAT = 1
# What is good of each measure: much (high), little (low), much or little but no more than songs
# do (rather), or what is usual.
SENSES = {
    "key_fit": "high", "chord_fit": "high", "bass_fit": "high", "voice_leading": "low",
    "continuity": "low", "line_surprise": "rather low", "groove": "usual",
    "repetition": "rather high", "variety": "usual", "register": "high", "dissonance": "usual",
    "clashes": "low", "chord_surprise": "usual", "density": "usual", "nll": "low",
}  # fmt: skip
DENSITY_TOLERANCE = 0.5  # octaves off the target at which a density has 1/e of the points
ASKED = 0.1  # weight of a density that was asked for, and of a likelihood where one is told
SHARES = tuple(range(0, 101, 5))  # percent


@dataclass(frozen=True, slots=True)
class Quality:
    """What a critic says of a piece."""

    total: float  # 0..1, the weighted mean of the parts
    parts: Mapping[str, float]  # points 0..1 of each part that could be judged
    measures: Mapping[str, float]  # what was measured, in its own unit

    def to_json(self) -> dict[str, Any]:
        """Return the figures for a record's provenance."""
        return {
            "total": round(self.total, 4),
            "parts": {name: round(value, 4) for name, value in self.parts.items()},
        }


@dataclass(frozen=True, slots=True, eq=False)
class Critic:
    """What real songs measure, and how much each part weighs.

    >>> critic = Critic({"key_fit": tuple(np.linspace(0.8, 1.0, 21))}, {"key_fit": 1.0}, STEPS)
    >>> [round(critic.points("key_fit", value), 2) for value in (0.7, 0.85, 0.95)]
    [0.0, 0.5, 1.0]
    """

    percentiles: Mapping[str, tuple[float, ...]]  # of each measure at SHARES
    weights: Mapping[str, float]  # 0 or more
    steps: Floats  # of critic_parts.count_steps

    def judge(
        self, score: Score, *, density: float | None = None, nll: float | None = None
    ) -> Quality:
        """Judge a piece.

        density  pitched notes a bar that were asked for; None judges by what is usual
        nll      what a model needs for the piece, in nats a note, where one is at hand
        """
        measures = measure_parts(score, self.steps)
        if nll is not None:
            measures["nll"] = nll
        return self.weigh(measures, density=density)

    def weigh(self, measures: Mapping[str, float], *, density: float | None = None) -> Quality:
        """Judge what has been measured already."""
        parts = {}
        for name, value in measures.items():
            target = density if name == "density" else None
            if not math.isnan(value) and (name in self.percentiles or target):
                parts[name] = self.points(name, value, target=target)
        weights = dict(self.weights) | ({"density": ASKED} if density else {})
        weight = sum(weights.get(name, 0.0) for name in parts)
        total = sum(weights.get(name, 0.0) * points for name, points in parts.items())
        return Quality(total / weight if weight else 0.0, parts, dict(measures))

    def points(self, name: str, value: float, *, target: float | None = None) -> float:
        """Return the points of a measure, 0..1.

        By rank among real songs: what is at least as good as their median has all points, what is
        worse than all of them none. Of what should be usual the middle half has all; where much or
        little is good within reason, the last tenth on the good side loses points again.
        """
        if target is not None:
            return math.exp(-abs(math.log2(max(value, 1e-9) / target)) / DENSITY_TOLERANCE)
        table = self.percentiles[name]
        rank = _rank(table, value)
        much, little = 2 * rank, 2 * (1 - rank)
        return min(1.0, {
            "high": much, "low": little, "usual": min(2 * much, 2 * little),
            "rather high": min(much, 5 * little), "rather low": min(little, 5 * much),
        }[SENSES[name]])  # fmt: skip

    def with_likelihoods(self, nats: Sequence[float], *, weight: float = ASKED) -> "Critic":
        """Return a critic that judges a model's likelihoods too.

        nats    what the model needs for real pieces, in nats a note
        """
        table = tuple(np.percentile(np.asarray(nats, np.float64), SHARES).tolist())
        return replace(
            self,
            percentiles={**self.percentiles, "nll": table},
            weights={**self.weights, "nll": weight},
        )

    @classmethod
    def load(cls, path: Path = MODEL) -> "Critic":
        """Read a critic's table; the one that comes with the package is kept."""
        return _load(path)

    def to_json(self) -> dict[str, Any]:
        """Return what `load` reads."""
        return {
            "format": FORMAT,
            "percentiles": {k: [round(x, 6) for x in v] for k, v in self.percentiles.items()},
            "weights": {k: round(v, 4) for k, v in self.weights.items()},
            "steps": np.round(self.steps, 6).tolist(),
        }


STEPS = np.full((DEGREES, 2 * WIDEST + 1), 1 / (2 * WIDEST + 1))  # nothing is known of lines


def _rank(table: Sequence[float], value: float) -> float:
    """Return where a value lies among percentiles, 0..1; among equal ones in their middle."""
    low = np.searchsorted(table, value, side="left")
    high = np.searchsorted(table, value, side="right")
    if high > low:  # it is one of the percentiles, or several
        return float(low + high - 1) / 2 / (len(table) - 1)
    if low in (0, len(table)):
        return 0.0 if low == 0 else 1.0
    a, b = table[int(low) - 1], table[int(low)]
    return float(low - 1 + (value - a) / (b - a)) / (len(table) - 1)


@lru_cache(maxsize=2)
def _load(path: Path) -> Critic:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path} has over {MAX_BYTES} bytes; that is no critic's table")
        data = json.loads(path.read_text("utf-8"))
        if data["format"] != FORMAT:
            raise ValueError(f"format {data['format']!r} is not known; this version reads {FORMAT}")
        steps = np.array(data["steps"], np.float64)
        table = {str(k): tuple(map(float, v)) for k, v in data["percentiles"].items()}
        weights = {str(k): float(v) for k, v in data["weights"].items()}
        if steps.shape != STEPS.shape or not (steps > 0).all():
            raise ValueError("its table of steps is incomplete")
        if any(name not in SENSES or len(row) != len(SHARES) or list(row) != sorted(row)
               for name, row in table.items()):  # fmt: skip
            raise ValueError("its percentiles are incomplete")
        if not all(0 <= weight < math.inf for weight in weights.values()):
            raise ValueError("its weights must be 0 or more")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is no critic's table that can be read: {error}") from error
    return Critic(table, weights, steps)


@dataclass(frozen=True, slots=True)
class Ranking(Generic[T]):
    """Candidates that passed, the best first."""

    kept: tuple[tuple[T, Quality], ...]
    drawn: int  # how many there were
    refused: Mapping[str, int]  # by reason

    @property
    def yield_share(self) -> float:
        """Share of the candidates that passed, 0..1."""
        return len(self.kept) / self.drawn if self.drawn else 0.0


def rank(
    candidates: Sequence[T],
    judge: Callable[[T], Quality],
    *,
    filters: Mapping[str, Callable[[T], bool]] | None = None,
    least: float = 0.0,
) -> Ranking[T]:
    """Refuse what fails a filter, judge the rest, and order it by quality.

    filters  reason -> whether a candidate passes (originality, validity); the cheapest first
    least    quality below which a candidate is refused, 0..1

    >>> tests = {"small": lambda n: n > 1}
    >>> ranking = rank([3, 1, 2], lambda n: Quality(n / 4, {}, {}), filters=tests)
    >>> [n for n, _ in ranking.kept], ranking.refused, round(ranking.yield_share, 2)
    ([3, 2], {'small': 1}, 0.67)
    """
    refused: dict[str, int] = {}
    kept: list[tuple[T, Quality]] = []
    for candidate in candidates:
        reason = next(
            (name for name, passes in (filters or {}).items() if not passes(candidate)), ""
        )
        if not reason:
            quality = judge(candidate)
            if quality.total >= least:
                kept.append((candidate, quality))
                continue
            reason = "quality"
        refused[reason] = refused.get(reason, 0) + 1
    kept.sort(key=lambda row: -row[1].total)
    return Ranking(tuple(kept), len(candidates), refused)
