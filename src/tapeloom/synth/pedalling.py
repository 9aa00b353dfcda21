"""The sustain pedal: how deep it is pressed, and when the dampers fall on a note.

Between its ends the pedal only lets the dampers brush the strings: a note that is let go under half
a pedal fades sooner the less the pedal is pressed. B. Bank and J. Chabassier, "Model-Based Digital
Pianos", IEEE Signal Processing Magazine, 2019, tell what the pedal does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.performance import PlayedPart

SUSTAIN = 64  # the controller
LIFTED, DOWN = 0.3, 0.85  # below, the dampers lie on the strings; above, they are off
BRUSHED_S = 0.5  # how long a note lives whose dampers all but lie on its strings

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pedal:
    """How deep the pedal is at times that rise, each holding until the next: 0 up, 1 down."""

    times_s: Floats
    depth: Floats
    end_s: float  # when a pedal that nobody lifts is lifted

    @classmethod
    def of(cls, part: PlayedPart) -> "Pedal":
        """Read a part's controller 64; a pedal left down is lifted with the last note's end."""
        moves = sorted((c.time_s, c.value) for c in part.controls if c.number == SUSTAIN)
        times = np.array([time for time, _ in moves], np.float64)
        depth = np.array([value for _, value in moves], np.float64) / 127.0
        depth = np.clip((depth - LIFTED) / (DOWN - LIFTED), 0.0, 1.0)
        last = max((note.onset_s + note.duration_s for note in part.notes), default=0.0)
        return cls(times, depth, max(last, float(times[-1]) if len(times) else 0.0))

    def depth_at(self, time_s: float) -> float:
        """Return the depth at a time.

        >>> Pedal(np.array([1.0]), np.array([0.5]), 9.0).depth_at(1.5)
        0.5
        """
        at = int(np.searchsorted(self.times_s, time_s, side="right")) - 1
        return float(self.depth[at]) if at >= 0 and time_s < self.end_s else 0.0

    def let_go(self, end_s: float) -> float:
        """Return when the damper of a key falls that a finger leaves at `end_s`.

        >>> down = Pedal(np.array([0.0, 3.0]), np.array([1.0, 0.0]), 9.0)
        >>> down.let_go(1.0), down.let_go(4.0)
        (3.0, 4.0)
        """
        left, now = BRUSHED_S, end_s
        at = int(np.searchsorted(self.times_s, end_s, side="right"))
        while True:
            depth = self.depth_at(now)
            if depth <= 0.0:
                return now
            until = float(self.times_s[at]) if at < len(self.times_s) else self.end_s
            # A depth of 1 costs nothing; near 0 a second costs a second.
            cost = (1.0 - depth) * (until - now)
            if cost >= left:
                return now + left / (1.0 - depth)
            left, now, at = left - cost, until, at + 1
            if now >= self.end_s:
                return now
