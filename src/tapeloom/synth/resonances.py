"""What stands between a source and the ear: formants, bodies and mutes as peaks of a spectrum.

D. Klatt, "Software for a cascade/parallel formant synthesizer", JASA, 1980, for formants in series.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.filters import Biquads, Section, bell, frequency_response, high_pass, low_pass

Signal = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Resonances:
    """Bells in series, and where the sound ends below and above (0: nowhere)."""

    hz: tuple[float, ...]
    gain_db: tuple[float, ...]
    q: tuple[float, ...]
    low_hz: float = 0.0
    high_hz: float = 0.0

    def moved(self, ratios: Signal) -> "Resonances":
        """Return the same with each peak's frequency multiplied: no two bodies are alike."""
        hz = tuple(float(each) for each in np.array(self.hz) * ratios)
        return Resonances(hz, self.gain_db, self.q, self.low_hz, self.high_hz)

    def sections(self, rate: int) -> list[Section]:
        """Return the filters; peaks beyond the rate are left out."""
        peaks = zip(self.hz, self.gain_db, self.q, strict=True)
        sections = [bell(hz, rate, gain_db=db, q=q) for hz, db, q in peaks if hz < 0.45 * rate]
        if self.low_hz > 0.0:
            sections.append(high_pass(self.low_hz, rate))
        if 0.0 < self.high_hz < 0.45 * rate:
            sections.append(low_pass(self.high_hz, rate))
        return sections

    def amplitude(self, hz: Signal, rate: int) -> Signal:
        """Return the gain at each frequency."""
        return np.asarray(np.abs(frequency_response(self.sections(rate), hz, rate)), np.float64)

    def through(self, sound: Signal, rate: int) -> Signal:
        """Return a whole sound, shape (n,) or (2, n), as it comes out."""
        rows = np.atleast_2d(sound)
        filtered: Signal = Biquads(self.sections(rate), channels=len(rows)).process(rows)
        return filtered.reshape(sound.shape)
