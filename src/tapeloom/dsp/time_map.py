"""Which moment of a sound is heard when it is stretched: evenly, but onsets run at their speed.

Around each onset a stretch of the sound as long as the transform's window passes unstretched, so
that the attack isn't smeared; what lies between takes up the difference.
"""

import math

import numpy as np
from numpy.typing import NDArray

_SHARE = 3.0  # of the gap between two onsets each may keep unstretched


class TimeMap:
    """Pairs of moments, of the sound and of the stretched one, made as onsets become known.

    ratio  how much longer the sound becomes
    half   samples on either side of an onset that pass unstretched, where there is room
    wander samples over which the even pace is found again

    >>> times = TimeMap(2.0, half=100, wander=1000)
    >>> times.extend([5000], known_until=20000, ended=True)
    >>> times.source(np.array([0.0, 9950.0, 10000.0, 10050.0]))
    array([   0., 4950., 5000., 5050.])
    """

    def __init__(self, ratio: float, *, half: int, wander: int) -> None:
        self._ratio, self._half, self._wander = ratio, half, wander
        start = -float(8 * half + wander)
        self._in, self._out = [start], [ratio * start]
        self.placed: list[int] = []  # onsets that the map holds

    @property
    def until(self) -> float:
        """The moment of the stretched sound up to which the map is made."""
        return self._out[-1]

    def extend(self, onsets: list[int], *, known_until: int, ended: bool = False) -> None:
        """Go on as far as what is known allows; onsets that are placed leave the list."""
        ahead = 2 * self._wander
        known = math.inf if ended else known_until
        end = known_until + ahead
        while True:
            last = self._in[-1]
            if onsets and onsets[0] - last <= ahead:
                if known < onsets[0] + ahead:
                    return
                self._place(onsets.pop(0), onsets[0] if onsets else math.inf)
            elif known >= last + ahead and not (ended and last >= end):
                self._add(last + self._wander, self._ratio * (last + self._wander))
            else:
                return

    def _place(self, onset: int, following: float) -> None:
        room = min(1.0, self._ratio) / _SHARE
        left = min(self._half, math.floor(room * (onset - self._in[-1])))
        right = min(self._half, room * (following - onset))
        heard = self._ratio * onset
        if left > 0:
            self._add(onset - left, heard - left)
        self._add(onset + right, heard + right)
        self.placed.append(onset)

    def _add(self, moment: float, heard: float) -> None:
        self._in.append(moment)
        self._out.append(heard)

    def source(self, heard: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return which moments of the sound are heard at moments up to `until`."""
        return np.interp(heard, self._out, self._in)

    def forget(self, heard: float) -> None:
        """Drop what lies before a moment."""
        while len(self._out) > 2 and self._out[1] < heard:
            del self._out[0], self._in[0]
        while self.placed and self.placed[0] < self._in[0] - 4 * self._half:
            del self.placed[0]
