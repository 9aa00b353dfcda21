"""A learned drummer's touch: microtiming and velocities for a written drum part.

The model (train/humaniser) reads the whole part in both directions, then plays it hit by hit,
each from a distribution that depends on what it has just played: its samples drift and lean like
a player's, and its central values are what players do on average.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.time import PPQ

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

DRUMS = (
    "kick", "snare", "rim", "closed_hat", "open_hat", "pedal_hat", "ride", "crash", "high_tom",
    "mid_tom", "low_tom",
)  # fmt: skip
STAND_INS = {"clap": "snare", "brush": "snare", "shaker": "closed_hat"}  # what the model never met
STYLES = (
    "afrobeat", "afrocuban", "blues", "country", "dance", "funk", "gospel", "highlife", "hiphop",
    "jazz", "latin", "middleeastern", "neworleans", "pop", "punk", "reggae", "rock", "soul",
)  # fmt: skip
PLACES = 24  # of a beat: thirty-seconds and sextuplets
BEATS = 8  # of a bar that are told apart
FEATURES = 2 * len(DRUMS) + PLACES + BEATS + len(STYLES) + 11
MODEL = Path(__file__).parent.parent / "models" / "humaniser.onnx"
MAX_HITS = 200_000
FURTHEST = 0.98 / 8  # of a beat: what is written in sixteenths can be read back


@dataclass(frozen=True, slots=True)
class Touch:
    """How each hit of a part is played, in the order in which the hits were given."""

    offsets_ms: NDArray[np.float64]  # late (+) or early (-), shape (n,)
    velocities: NDArray[np.float64]  # 1..127, shape (n,)


@dataclass(frozen=True, slots=True)
class DrumPart:
    """A written drum part as the model reads it; the hits may come in any order.

    >>> part = DrumPart((0, 5040, 0), ("kick", "closed_hat", "closed_hat"), (0, 5040, 0), 75.0)
    >>> part.describe().shape == (3, FEATURES), part.order.tolist()
    (True, [0, 2, 1])
    """

    ticks: tuple[int, ...]  # from the beginning
    drums: tuple[str, ...]  # of DRUMS or STAND_INS
    bar_offsets: tuple[int, ...]  # ticks since the start of each one's bar
    bpm: float  # quarter notes a minute, 20..400
    style: str | None = None  # one of STYLES; None: no style in particular

    def __post_init__(self) -> None:
        if not len(self.ticks) == len(self.drums) == len(self.bar_offsets):
            raise InputError(
                f"the part has {len(self.ticks)} ticks, {len(self.drums)} drums and "
                f"{len(self.bar_offsets)} bar offsets; there must be as many of each"
            )
        if len(self.ticks) > MAX_HITS:
            raise InputError(f"the part has {len(self.ticks)} hits; at most {MAX_HITS} are played")
        if self.ticks and (min(self.ticks) < 0 or min(self.bar_offsets) < 0):
            raise InputError("a hit of the part lies before its beginning or before its bar")
        if strange := set(self.drums) - {*DRUMS, *STAND_INS}:
            known = ", ".join((*DRUMS, *STAND_INS))
            raise InputError(f"{min(strange)!r} is no drum of the humaniser; it knows {known}")
        if not 20 <= self.bpm <= 400:
            raise InputError(f"bpm is {self.bpm}; it must lie between 20 and 400")
        if self.style is not None and self.style not in STYLES:
            known = ", ".join(STYLES)
            raise InputError(f"{self.style!r} is no style of the humaniser; it knows {known}")

    @property
    def numbers(self) -> Ints:
        """Return each hit's drum as an index of DRUMS, shape (n,)."""
        names = (STAND_INS.get(drum, drum) for drum in self.drums)
        return np.fromiter((DRUMS.index(name) for name in names), np.int64, len(self.drums))

    @property
    def cells(self) -> Ints:
        """Return a number for each hit's drum and place in its bar, shape (n,)."""
        places = np.array(self.bar_offsets, np.int64) * len(DRUMS) + self.numbers
        return np.asarray(np.unique(places, return_inverse=True)[1], np.int64)

    @property
    def order(self) -> Ints:
        """Return the order in which the model meets the hits: by tick, then by drum."""
        return np.lexsort((self.numbers, np.array(self.ticks, np.int64)))

    def describe(self) -> Floats:
        """Return what the model is told of each hit, in its order, shape (n, FEATURES)."""
        n = len(self.ticks)
        if n == 0:
            return np.zeros((0, FEATURES), np.float32)
        order = self.order
        ticks = np.array(self.ticks, np.int64)[order]
        offsets = np.array(self.bar_offsets, np.int64)[order]
        drums = self.numbers[order]
        drum = np.eye(len(DRUMS), dtype=np.float32)[drums]
        _, group, sizes = np.unique(ticks, return_inverse=True, return_counts=True)
        together = np.zeros((len(sizes), len(DRUMS)), np.float32)
        np.maximum.at(together, group, drum)
        place = (offsets % PPQ * PLACES + PPQ // 2) // PPQ % PLACES
        beat = np.minimum(offsets // PPQ, BEATS - 1)
        style = np.zeros((n, len(STYLES)), np.float32)
        if self.style is not None:
            style[:, STYLES.index(self.style)] = 1.0
        firsts = np.cumsum(sizes) - sizes
        rank = np.arange(n) - firsts[group]
        return np.concatenate(
            [
                drum,
                together[group],
                np.eye(PLACES, dtype=np.float32)[place],
                np.eye(BEATS, dtype=np.float32)[beat],
                style,
                np.full((n, 1), np.log2(self.bpm / 100.0), np.float32),
                (rank[:, None] > 0).astype(np.float32),
                (sizes[group][:, None] / 4.0).astype(np.float32),
                self._gaps(ticks, firsts, group, drums),
            ],
            axis=1,
            dtype=np.float32,
        )

    def _gaps(self, ticks: Ints, firsts: Ints, group: Ints, drums: Ints) -> Floats:
        """Return the logarithms of the waits before and after, of any drum and of its own."""
        never = 8 * PPQ
        steps = np.diff(ticks[firsts])
        before = np.concatenate([[never], steps])[group]
        after = np.concatenate([steps, [never]])[group]
        own_before, own_after = np.full(len(ticks), never), np.full(len(ticks), never)
        for drum in np.unique(drums):
            at = np.flatnonzero(drums == drum)
            steps = np.diff(ticks[at])
            own_before[at[1:]], own_after[at[:-1]] = steps, steps
        beats = np.clip(np.stack([before, after, own_before, own_after], 1) / PPQ, 0.04, 8.0)
        seconds = beats * 60.0 / self.bpm
        return np.concatenate([np.log2(beats), np.log2(seconds)], 1).astype(np.float32)


class Humaniser:
    """The learned drummer.

    >>> part = DrumPart((0, 5040), ("kick", "closed_hat"), (0, 5040), 75.0, "hiphop")
    >>> touch = Humaniser.load().play(part, np.random.default_rng(1))
    >>> touch.offsets_ms.shape, bool((touch.velocities >= 1).all())
    ((2,), True)
    """

    def __init__(self, session: Any) -> None:
        self._session = session

    @classmethod
    def load(cls, path: Path = MODEL) -> "Humaniser":
        """Load a model; the shipped one is kept for the next call."""
        return _load(path)

    @property
    def leans_ms(self) -> tuple[float, ...]:
        """Return where the drummers that taught it lie as a whole, early (-) to late (+)."""
        text = self._session.get_modelmeta().custom_metadata_map.get("leans_ms", "")
        return tuple(float(word) for word in text.split())

    def play(
        self,
        part: DrumPart,
        rng: np.random.Generator,
        *,
        amount: float = 1.0,
        lean_ms: float = 0.0,
    ) -> Touch:
        """Draw how a part is played.

        amount  0 what is expected of a player on average ... 1 a player; the timing of amounts
                below 1 shrinks towards the grid, the velocities towards the expected ones
        lean_ms where the player lies as a whole, -100..100; 0 is on the click (see leans_ms)

        The same part and the same state of `rng` give the same touch. No hit lies further off
        than half a sixteenth, at amounts up to 0.5 than half a thirty-second: a score on the grid
        can be read back.
        """
        if not 0.0 <= amount <= 1.0:
            raise InputError(f"amount is {amount}; it must lie between 0 and 1")
        _check_lean(lean_ms)
        noise = rng.random((len(part.ticks), 2))  # drawn first, whatever the amount
        played, expected = self._run(part, noise)
        furthest_ms = FURTHEST * 60_000.0 / part.bpm
        return Touch(
            amount * np.clip(played[:, 0] + lean_ms, -furthest_ms, furthest_ms),
            expected[:, 1] + amount * (played[:, 1] - expected[:, 1]),
        )

    def expect(self, part: DrumPart, *, lean_ms: float = 0.0) -> Touch:
        """Return the central touch: the medians of what players do, given the page alone."""
        _check_lean(lean_ms)
        _, expected = self._run(part, np.full((len(part.ticks), 2), 0.5))
        return Touch(expected[:, 0] + lean_ms, expected[:, 1])

    def _run(
        self, part: DrumPart, noise: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return played and expected offsets and velocities in the order of the part."""
        n = len(part.ticks)
        if n == 0:
            return np.zeros((0, 2)), np.zeros((0, 2))
        order = part.order
        feed = {
            "features": part.describe(),
            "cells": part.cells[order],
            "noise": noise.astype(np.float32),
        }
        found = []
        for table in self._session.run(["played", "expected"], feed):
            back = np.empty((n, 2))
            back[order] = table
            back[:, 1] = np.clip(back[:, 1], 1.0, 127.0)
            found.append(back)
        return found[0], found[1]


def _check_lean(lean_ms: float) -> None:
    if not -100.0 <= lean_ms <= 100.0:
        raise InputError(f"lean_ms is {lean_ms}; it must lie between -100 and 100")


@lru_cache(maxsize=2)
def _load(path: Path) -> Humaniser:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime has one class of error for each cause
        raise InputError(f"{path} is no humaniser that can be loaded: {error}") from error
    return Humaniser(session)
