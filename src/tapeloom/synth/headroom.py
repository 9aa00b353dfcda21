"""Six decibels of headroom: gain that moves slowly, looks ahead, and never distorts."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples

CEILING = 0.5  # -6 dBFS
HOP = 64  # samples that share one measured peak
REACH = 32  # hops (46 ms at 44.1 kHz) over which the gain moves, to either side


def with_headroom(
    take: Callable[[int], Samples], *, frames: int, block: int, ceiling: float = CEILING
) -> Iterator[Samples]:
    """Yield `frames` samples in blocks, turned down around whatever would pass the ceiling.

    take   gives the next so many samples, silence after the end
    block  a multiple of HOP

    The gain of each hop is a moving mean of a moving minimum of what its neighbours need, and is
    interpolated between hops; the same samples come out whatever the blocks are.
    """
    margin = 2 * REACH + 2  # hops of context on either side
    before = np.ones(margin)
    ahead = take(margin * HOP)
    for start in range(0, frames, block):
        ahead = np.concatenate([ahead, take(block)], axis=1)
        peaks = np.abs(ahead).max(axis=0).reshape(-1, HOP).max(axis=1).astype(np.float64)
        needed = np.concatenate([before, np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))])
        out = ahead[:, :block]
        if needed.min() < 1.0:
            out = (out * _gain(needed, margin, block // HOP)).astype(np.float32)
            np.clip(out, -ceiling, ceiling, out=out)  # the last bit of rounding
        before = needed[block // HOP : block // HOP + margin]
        ahead = ahead[:, block:]
        yield np.ascontiguousarray(out[:, : frames - start])


def _gain(needed: NDArray[np.float64], margin: int, hops: int) -> NDArray[np.float64]:
    """Return the gain of each sample of the block whose first hop is needed[margin]."""
    windows = np.lib.stride_tricks.sliding_window_view
    least = windows(needed, 2 * REACH + 3).min(axis=1)  # one hop more than the mean reaches
    smooth = np.ascontiguousarray(windows(least, 2 * REACH + 1)).mean(axis=1)
    first = margin - (2 * REACH + 1)  # index in `smooth` of the block's first hop
    around = smooth[first - 1 : first + hops + 1]
    steps = (np.arange(HOP) + 0.5) / HOP - 0.5
    here, left, right = around[1:-1, None], around[:-2, None], around[2:, None]
    ramp: NDArray[np.float64] = np.where(
        steps < 0.0, here + (here - left) * steps, here + (right - here) * steps
    )
    return ramp.reshape(-1)
