"""Fewer bits without distortion: dither with its noise shaped away from where the ear is keen.

S. P. Lipshitz, R. A. Wannamaker, J. Vanderkooy, "Quantization and Dither: A Theoretical Survey",
JAES 40(5), 1992; the shaping filter is the five-tap one of Lipshitz, Vanderkooy and Wannamaker,
"Minimally Audible Noise Shaping", JAES 39(11), 1991, made for 44.1 kHz.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError

SHAPERS: dict[str, tuple[float, ...]] = {
    "none": (),
    "lipshitz": (2.033, -2.165, 1.959, -1.590, 0.6149),
}
_ERROR = 1.5  # steps that a sample may be off: half of one by rounding, one by dither


@njit(cache=True, nogil=True)
def _quantise(
    x: NDArray[np.float64],
    dither: NDArray[np.float64],
    taps: NDArray[np.float64],
    errors: NDArray[np.float64],
    scale: float,
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Round (channels, samples) in place to steps of 1 / scale, feeding the error back."""
    count = taps.size
    lowest, highest = -scale, scale - 1.0
    for c in range(x.shape[0]):
        error = errors[c]
        for n in range(x.shape[1]):
            wanted = x[c, n] * scale
            for k in range(count):
                wanted -= taps[k] * error[k]
            rounded = np.floor(wanted + dither[c, n] + 0.5)
            rounded = min(highest, max(lowest, rounded))
            for k in range(count - 1, 0, -1):
                error[k] = error[k - 1]
            if count:
                # Beyond full scale the error would be as large as what is cut off.
                error[0] = min(_ERROR, max(-_ERROR, rounded - wanted))
            x[c, n] = rounded / scale


class Quantiser:
    """Rounds to `bits` with triangular dither of two steps and a shaper, over blocks.

    `margin` is the most that a sample can be off, as a part of full scale.

    A sine far below the last bit stays audible instead of vanishing:

    >>> t = np.arange(44100) / 44100
    >>> soft = 10 ** (-102 / 20) * np.sin(2 * np.pi * 1000 * t)[None]
    >>> y = Quantiser(1, bits=16, rng=np.random.default_rng(1)).process(soft)
    >>> float(abs(np.fft.rfft(y[0]))[1000] / 22050 / 10 ** (-102 / 20)).__round__(1)
    1.0
    """

    latency = 0

    def __init__(
        self, channels: int, *, bits: int = 16, shaper: str = "lipshitz", rng: np.random.Generator
    ) -> None:
        if not 2 <= bits <= 24:
            raise InputError(f"bits is {bits}; it must lie between 2 and 24")
        if shaper not in SHAPERS:
            raise InputError(f"{shaper!r} is no noise shaper; choose one of {', '.join(SHAPERS)}")
        self._scale = 2.0 ** (bits - 1)
        self._taps = np.array(SHAPERS[shaper])
        self._errors = np.zeros((channels, self._taps.size))
        self._rng = rng
        self.margin = _ERROR * (1.0 + float(np.abs(self._taps).sum())) / self._scale

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the (channels, samples) in steps of the last bit."""
        y = np.array(block, np.float64, order="C")
        # Drawn sample by sample, all channels of one together: blocks of any size draw alike.
        drawn = self._rng.random((y.shape[1], len(y), 2))
        dither = np.ascontiguousarray((drawn[..., 0] - drawn[..., 1]).T)
        _quantise(y, dither, self._taps, self._errors, self._scale)
        return y
