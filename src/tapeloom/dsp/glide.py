"""Settings on the move: numbers that glide to where they are told, whatever the blocks' sizes."""

from collections.abc import Iterator, Mapping

STEP = 32  # samples between two settings on the way
GLIDE_S = 0.01


class Glide:
    """Named numbers that move in straight lines, in steps of STEP samples over GLIDE_S.

    Frequencies (`_hz`) move by octaves.

    >>> glide = Glide(6400, {"gain_db": 0.0})
    >>> glide.move({"gain_db": -6.0})
    >>> [(start, end, now) for start, end, now in glide.pieces(100)]
    [(0, 32, {'gain_db': -3.0}), (32, 64, {'gain_db': -6.0}), (64, 100, None)]
    """

    __slots__ = ("_aim", "_done", "_from", "_span", "_steps", "now")

    def __init__(self, rate: int, start: Mapping[str, float]) -> None:
        self._steps = max(1, round(GLIDE_S * rate / STEP))
        self._span = self._steps * STEP
        self.now = dict(start)
        self._from = self._aim = dict(start)
        self._done = self._span

    def move(self, aim: Mapping[str, float]) -> None:
        """Start towards other numbers; those that are not named stay as they were told."""
        aim = {**self._aim, **aim}
        if aim != self._aim:
            self._from, self._aim, self._done = self.now, aim, 0

    def pieces(self, frames: int) -> Iterator[tuple[int, int, dict[str, float] | None]]:
        """Yield (start, end, numbers from there on; None where they stay)."""
        start = 0
        while start < frames:
            if self._done >= self._span:
                yield start, frames, None
                return
            changed = None
            if self._done % STEP == 0:
                way = self._done // STEP + 1
                if way == self._steps:
                    self.now = self._aim
                else:
                    share = way / self._steps
                    self.now = {
                        name: _between(name, self._from[name], to, share)
                        for name, to in self._aim.items()
                    }
                changed = self.now
            end = min(frames, start + STEP - self._done % STEP)
            self._done += end - start
            yield start, end, changed
            start = end


def _between(name: str, start: float, aim: float, share: float) -> float:
    if name.endswith("_hz") and start > 0.0 < aim:
        return float(start * (aim / start) ** share)
    return start + (aim - start) * share
