"""A fixed classifier that tries to tell real drummers from made ones, window by window.

Logistic regression on what a listener might notice in 64 hits: how far and how steadily the hits
lean, how the drums lie to each other, how loud, how even and how repeatable they are.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.time import PPQ
from tapeloom.neural.humaniser import DRUMS
from tapeloom.train.humaniser import Piece

Floats = NDArray[np.float64]

WINDOW = 64  # hits
RIDGE = 0.01  # of the squared weights, a window
LESSON = 8  # windows of a training piece
ROUNDS = 8  # of Newton's method
_GROUPS = (("kick",), ("snare", "rim"), ("closed_hat", "open_hat", "ride"), ("pedal_hat",))


def judge(
    pieces: Sequence[Piece],
    draws: Sequence[Floats],
    *,
    lessons: Sequence[tuple[Piece, Floats]] = (),
) -> float:
    """Return the share of windows that are told right, real or made, cross-validated by drummer.

    draws    how each piece was made to be played: offset in ms and velocity, shape (n, 2)
    lessons  further pieces and their draws, only to learn from: LESSON windows each at most

    Each drummer's windows, real and made in equal number, are told by what the other drummers'
    windows teach.
    """
    x, y, who = _windows(list(zip(pieces, draws, strict=True)))
    more_x, more_y, more_who = _windows(lessons, most=LESSON)
    right = 0
    for drummer in sorted(set(who.tolist())):
        out, other = who == drummer, more_who != drummer
        teach_x = np.concatenate([x[~out], more_x[other]]) if len(more_x) else x[~out]
        teach_y = np.concatenate([y[~out], more_y[other]])
        right += int((told(teach_x, teach_y, x[out]) == (y[out] > 0.5)).sum())
    return right / len(y)


def _windows(
    played: Sequence[tuple[Piece, Floats]], *, most: int | None = None
) -> tuple[Floats, Floats, NDArray[np.str_]]:
    """Return what is noticed of each window, real and made, 1 where it is made, and who plays."""
    rows, made, drummers = [], [], []
    for piece, draw in played:
        truth = np.stack([piece.offsets_ms, piece.velocities], 1).astype(np.float64)
        starts = range(0, len(truth) - WINDOW + 1, WINDOW)
        for start in starts[:: max(len(starts) // most, 1) if most else 1]:
            here = slice(start, start + WINDOW)
            for values, label in ((truth, 0.0), (draw, 1.0)):
                rows.append(notice(piece, values, here))
                made.append(label)
                drummers.append(piece.file.drummer)
    return np.array(rows), np.array(made), np.array(drummers, np.str_)


def notice(piece: Piece, values: Floats, here: slice) -> Floats:
    """Describe a window of a performance."""
    offsets, velocities = values[here, 0], values[here, 1]
    drums = piece.part.numbers[here]
    ticks = np.array(piece.part.ticks[here], np.int64)
    places = np.array(piece.part.bar_offsets[here], np.int64)
    _, group = np.unique(ticks, return_inverse=True)
    sizes = np.bincount(group)
    lean = np.bincount(group, offsets) / sizes
    loud = np.bincount(group, velocities) / sizes
    centred = offsets - offsets.mean()
    spread = max(float(offsets.std()), 1e-6)
    found = [
        offsets.mean(), spread, (centred**3).mean() / spread**3, (centred**4).mean() / spread**4,
        np.abs(np.diff(lean)).mean() if len(lean) > 1 else 0.0,
        *(_follows(lean, lag) for lag in (1, 2, 4, 8)),
        np.abs(offsets - lean[group])[sizes[group] > 1].mean() if (sizes > 1).any() else 0.0,
        velocities.mean(), velocities.std(), (velocities < 35).mean(), (velocities > 110).mean(),
        (velocities > 126).mean(), np.abs(np.diff(loud)).mean() if len(loud) > 1 else 0.0,
        *(_follows(loud, lag) for lag in (1, 2, 4, 8)),
        _agree(offsets, velocities),
        _agree(velocities, (places % PPQ == 0).astype(np.float64)),
        _agree(velocities, (places % (PPQ // 2) == 0).astype(np.float64)),
    ]  # fmt: skip
    cells = drums * 1_000_000 + places
    for column, steps in (
        (offsets, drums),
        (velocities, drums),
        (offsets, cells),
        (velocities, cells),
    ):
        found.append(_repeats(column, steps))
    for names in _GROUPS:
        mine = np.isin(drums, [DRUMS.index(name) for name in names])
        if mine.sum() < 3:
            found += [0.0] * 6
            continue
        own, level = offsets[mine], velocities[mine]
        found += [
            own.mean() - offsets.mean(), own.std(), level.mean() - velocities.mean(), level.std(),
            _follows(own, 1), _follows(level, 1),
        ]  # fmt: skip
    return np.array(found, np.float64)


def told(x: Floats, y: Floats, unknown: Floats) -> NDArray[np.bool_]:
    """Learn from windows x and their labels y (1 made) and tell which of others are made."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9

    def widen(rows: Floats) -> Floats:
        z = np.clip((rows - mean) / spread, -4.0, 4.0)
        return np.concatenate([np.ones((len(z), 1)), z, z**2 - 1.0], axis=1)

    a, w = widen(x), np.zeros(1 + 2 * x.shape[1])
    penalty = RIDGE * len(a) * np.eye(len(w))
    for _ in range(ROUNDS):
        p = 1.0 / (1.0 + np.exp(-np.clip(a @ w, -30.0, 30.0)))
        slope = a.T @ (p - y) + penalty @ w
        bend = (a * (p * (1.0 - p))[:, None]).T @ a + penalty
        w -= np.linalg.solve(bend, slope)
    return np.asarray(widen(unknown) @ w > 0.0)


def _follows(x: Floats, lag: int) -> float:
    """Return the autocorrelation at a lag, 0 where there is none."""
    return _agree(x[lag:], x[:-lag]) if len(x) > lag + 2 else 0.0


def _agree(x: Floats, y: Floats) -> float:
    """Return the correlation, 0 where one of the two is constant."""
    x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return float((x * y).sum() / scale) if scale > 1e-9 else 0.0


def _repeats(x: Floats, cells: NDArray[np.int64]) -> float:
    """Return how much of the variance lies between cells, 0..1."""
    _, index = np.unique(cells, return_inverse=True)
    means = np.bincount(index, x) / np.bincount(index)
    total = float(x.var())
    return float(means[index].var() / total) if total > 1e-9 else 0.0
