"""Effects on short spectra: freeze, blur and a gate for each bin; all come `latency` late."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.followers import smoothing
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.stft import OVERLAP, Analysis, Spectra, Synthesis

WINDOW_MS = 46.0
# Windows of drawn phases are even noise, whose powers add up, no longer arches that add to 1.
_UNRELATED = math.sqrt(OVERLAP)
_GONE = 1e-12  # magnitudes that have died away to this are silenced


class Spectral:
    """Analysis, a change of window after window, synthesis."""

    def __init__(self, rate: int, channels: int) -> None:
        self._analysis = Analysis(rate, channels, window_ms=WINDOW_MS)
        self._synthesis = Synthesis(self._analysis, channels)
        self._hop_s = self._analysis.hop / rate
        self.latency = self._analysis.length

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the changed (channels, samples)."""
        spectra = self._analysis.push(block)
        for w in range(len(spectra)):
            spectra[w] = self._change(spectra[w])
        return self._synthesis.take(spectra, block.shape[1])

    def _change(self, now: Spectra) -> Spectra:
        """Change the spectra (channels, bins) of the next window."""
        raise NotImplementedError

    def _step(self, time_ms: float) -> float:
        """Return the share of the way that a follower goes from one window to the next."""
        return smoothing(time_ms, 1.0 / self._hop_s)


def peak_regions(power: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return for each bin the peak that it belongs to: the nearest; its own where there is none.

    >>> peak_regions(np.array([0.0, 1.0, 3.0, 1.0, 0.0, 2.0, 5.0, 2.0, 0.0]))
    array([2, 2, 2, 2, 6, 6, 6, 6, 6])
    """
    k = np.arange(2, power.size - 2)
    higher = (power[k] > power[k - 1]) & (power[k] > power[k - 2])
    peaks = k[higher & (power[k] >= power[k + 1]) & (power[k] >= power[k + 2])]
    bins = np.arange(power.size)
    if not peaks.size:
        return bins
    borders = (peaks[:-1] + peaks[1:] + 1) // 2 - 0.5
    return np.asarray(peaks[np.searchsorted(borders, bins)])


class Freeze(Spectral):
    """A moment that goes on for ever: each partial keeps its loudness and its pitch.

    at_s    the moment
    amount  how much of the frozen sound is heard from there on, 0 to 1

    >>> freeze = Freeze(8000, 1, at_s=0.5)
    >>> x = np.zeros((1, 16000)); x[0, :8000] = np.sin(2 * np.pi * 500 * np.arange(8000) / 8000)
    >>> bool(abs(freeze.process(x)[0, 15000:]).max() > 0.99)
    True
    """

    def __init__(self, rate: int, channels: int, *, at_s: float, amount: float = 1.0) -> None:
        super().__init__(rate, channels)
        self._amount = amount
        first_s = (self._analysis.hop - 0.5 * self._analysis.length) / rate
        self._wait = max(1, math.ceil((at_s - first_s) / self._hop_s))  # windows until then
        self._before = np.zeros((channels, self._analysis.bins), np.complex128)
        self._frozen = self._turn = self._before

    def retune(self, *, amount: float) -> None:
        """Hear more or less of what is frozen."""
        self._amount = amount

    def _change(self, now: Spectra) -> Spectra:
        self._wait -= 1
        if self._wait > 0:
            self._before = now.copy()
            return now
        if self._wait == 0:
            turn = (now * self._before.conj()).sum(axis=0)
            turn = turn[peak_regions(np.square(np.abs(now)).sum(axis=0))]
            size = np.abs(turn)
            self._turn = np.where(size > 0.0, turn / np.where(size > 0.0, size, 1.0), 1.0)
            self._frozen = now.copy()
        else:
            self._frozen = self._frozen * self._turn
            if self._wait % 64 == 0:
                # Many turns add up to a little more or less than a circle's radius.
                self._turn /= np.abs(self._turn)
        return np.asarray((1.0 - self._amount) * now + self._amount * self._frozen)


class Blur(Spectral):
    """Loudness that is smeared over time in each bin, on phases that are drawn.

    blur_ms  what a rise or a fall takes for 63 %
    amount   0 leaves the sound, 1 leaves only the blur

    >>> blur = Blur(8000, 1, rng=np.random.default_rng(0), blur_ms=500.0)
    >>> y = blur.process(np.eye(1, 8000))
    >>> bool(abs(y[0, 4000:]).max() > 0)
    True
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        rng: np.random.Generator,
        blur_ms: float = 400.0,
        amount: float = 1.0,
    ) -> None:
        super().__init__(rate, channels)
        self._rng = rng
        self._amount, self._share = amount, self._step(blur_ms)
        self._loudness = np.zeros((channels, self._analysis.bins))

    def retune(self, *, blur_ms: float, amount: float) -> None:
        """Take other settings from the next window on."""
        self._amount, self._share = amount, self._step(blur_ms)

    def _change(self, now: Spectra) -> Spectra:
        size = np.abs(now)
        # Powers, not amplitudes: what is spread over ten windows is as loud as it was.
        self._loudness += self._share * (np.square(size) - self._loudness)
        self._loudness[self._loudness < _GONE**2] = 0.0
        angles = np.exp(2j * np.pi * self._rng.random(size.shape[1]))
        heard = np.where(size > 0.0, now / np.where(size > 0.0, size, 1.0), 1.0)
        blurred = _UNRELATED * np.sqrt(self._loudness) * heard * angles
        return np.asarray((1.0 - self._amount) * now + self._amount * blurred)


class SpectralGate(Spectral):
    """A gate for each bin: what is soft there goes down.

    threshold_db  level in dBFS of a sine of that peak; a bin this loud is half-way open
    range_db      how far down the others go
    attack_ms, release_ms   what opening and closing take for 63 %

    >>> gate = SpectralGate(8000, 1, threshold_db=-40.0)
    >>> x = 0.001 * np.sin(2 * np.pi * 500 * np.arange(8000) / 8000)[None]
    >>> bool(abs(gate.process(x)[0, 2000:]).max() < 0.0001)
    True
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        threshold_db: float = -60.0,
        range_db: float = 40.0,
        attack_ms: float = 5.0,
        release_ms: float = 80.0,
    ) -> None:
        super().__init__(rate, channels)
        # A sine of amplitude 1 reads half of the window's sum.
        self._full = 0.5 * float(self._analysis.window.sum())
        self._open = np.zeros(self._analysis.bins)
        self.retune(
            threshold_db=threshold_db,
            range_db=range_db,
            attack_ms=attack_ms,
            release_ms=release_ms,
        )

    def retune(
        self, *, threshold_db: float, range_db: float, attack_ms: float, release_ms: float
    ) -> None:
        """Take other settings from the next window on."""
        self._threshold = db_to_gain(threshold_db) * self._full
        self._least = db_to_gain(-range_db)
        self._rise, self._fall = self._step(attack_ms), self._step(release_ms)

    def _change(self, now: Spectra) -> Spectra:
        ratio = np.square(np.abs(now)).max(axis=0) / self._threshold**2
        wanted = np.square(ratio) / (1.0 + np.square(ratio))
        step = np.where(wanted > self._open, self._rise, self._fall)
        self._open += step * (wanted - self._open)
        return np.asarray(now * (self._least + (1.0 - self._least) * self._open))
