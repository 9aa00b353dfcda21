"""Width, and what is in the middle."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.equalizer import Band
from tapeloom.studio.effects.work import Work


@dataclass(frozen=True, slots=True)
class Width(Effect):
    """The width of a stereo image (0 mono, 1 as it is) and mono below a frequency."""

    width: float = 1.0
    mono_below_hz: float = 0.0  # 0: nowhere

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work; audio that isn't stereo stays as it is."""
        from tapeloom.dsp.filters import Biquads

        if channels != 2:
            return Work(lambda block: block)
        cuts = [Band("high_pass", self.mono_below_hz)] if self.mono_below_hz > 0.0 else []
        side_filter = Biquads([band.section(rate) for band in cuts], channels=1)

        def work(block: Samples) -> NDArray[Any]:
            half = np.asarray(block, np.float64) * 0.5
            middle = half[0] + half[1]
            side = self.width * side_filter.process((half[0] - half[1])[None])[0]
            return np.stack((middle + side, middle - side))

        return Work(work)
