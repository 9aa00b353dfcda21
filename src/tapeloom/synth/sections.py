"""Several players on every note: what string sections, choirs and musettes share."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.blown import Gesture
from tapeloom.synth.player import Vibrato

Signal = NDArray[np.float64]

LEADER = 0.2  # how far the one in the middle moves, as a part of the others


@dataclass(frozen=True, slots=True)
class Seats:
    """Who sits where: one in the middle and pairs about him, each a little sharp and flat."""

    cents: tuple[float, ...]
    pans: Signal  # gains of left and right, (players, 2)
    shares: Signal  # amplitudes, (players,)


def seats(pairs: int, *, cents: float, width: float, share: float) -> Seats:
    """Return the seats of a section of 1 + 2 `pairs`.

    cents  of the outermost pair; width 0..1 of the stereo picture
    share  amplitude of each of a pair against the middle one's 1

    >>> seats(2, cents=8.0, width=1.0, share=0.3).cents
    (0.0, 4.0, -4.0, 8.0, -8.0)
    """
    off, pans = [0.0], [0.0]
    for pair in range(pairs):
        reach = (pair + 1) / pairs
        # Neighbouring pairs lean to opposite sides, so that sharp ones sit on both.
        side = 1.0 if pair % 2 == 0 else -1.0
        off += [cents * reach, -cents * reach]
        pans += [side * width * (0.35 + 0.6 * reach), -side * width * (0.35 + 0.6 * reach)]
    shares = np.array([1.0] + [share] * (2 * pairs))
    return Seats(tuple(off), np.array([pan_gains(pan) for pan in pans]), shares)


def gestures(
    gesture: Gesture, count: int, rng: np.random.Generator, *, apart_s: float
) -> tuple[Gesture, ...]:
    """Return a gesture for the first player and each pair: none begins or trembles like another.

    apart_s  standard deviation of what the attacks differ by
    """
    found = []
    for index, (late, fast, deep) in enumerate(rng.standard_normal((count, 3))):
        vibrato = gesture.vibrato
        # The leader holds the pitch that the others move about.
        calm = LEADER if index == 0 else 1.0
        found.append(
            replace(
                gesture,
                attack_s=gesture.attack_s + apart_s * abs(float(late)),
                drift_cents=calm * gesture.drift_cents,
                vibrato=Vibrato(
                    vibrato.rate_hz * (1.0 + 0.07 * float(fast)),
                    calm * vibrato.depth_cents * float(np.clip(1.0 + 0.3 * deep, 0.3, 1.7)),
                    vibrato.delay_s,
                    vibrato.onset_s,
                ),
            )
        )
    return tuple(found)
