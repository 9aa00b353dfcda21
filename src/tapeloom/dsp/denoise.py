"""Steady noise taken out: learnt from a stretch without music, then gated bin by bin.

Y. Ephraim, D. Malah, "Speech enhancement using a minimum mean-square error short-time spectral
amplitude estimator", IEEE Transactions on Acoustics, Speech, and Signal Processing 32(6), 1984 (the
decision-directed signal-to-noise ratio, which keeps the residue from twittering); the gain is
Wiener's.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioStream
from tapeloom.core.errors import InputError
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.spectral import WINDOW_MS, Spectral
from tapeloom.dsp.stft import Analysis, Spectra

QUIETEST = 0.1  # of the windows are taken for noise where no stretch is named
_STEADY = 0.98  # how much the last window counts in the signal-to-noise ratio
_LEAST_SNR = 10.0 ** (-25.0 / 10.0)


@dataclass(frozen=True, slots=True)
class NoiseProfile:
    """The mean power of noise in each bin, of the windows that the denoiser takes."""

    power: tuple[float, ...]
    rate: int


def learn_noise(
    audio: AudioStream, *, start_s: float | None = None, end_s: float | None = None
) -> NoiseProfile:
    """Learn the noise of a stream from a stretch of it, or from its quietest tenth.

    >>> from tapeloom.core.audio import Audio
    >>> hiss = np.random.default_rng(0).standard_normal((1, 40000)).astype(np.float32)
    >>> profile = learn_noise(Audio(hiss, 8000), start_s=1.0, end_s=4.0)
    >>> len(profile.power), profile.rate
    (193, 8000)
    """
    named = start_s is not None or end_s is not None
    first, last = start_s or 0.0, end_s if end_s is not None else audio.frames / audio.rate
    if not 0.0 <= first < last <= audio.frames / audio.rate + 1e-9:
        raise InputError(
            f"the stretch from {first:g} to {last:g} s cannot be; it must lie within the "
            f"{audio.frames / audio.rate:g} s of the sound"
        )
    loudest = np.inf
    if not named:
        sums = np.concatenate([p.sum(axis=1) for _, p in _powers(audio)] or [np.zeros(0)])
        heard = sums[sums > 0.0]
        loudest = float(np.quantile(heard, QUIETEST)) if heard.size else 0.0
    total, count = np.zeros(0), 0
    for middles_s, power in _powers(audio):
        sums = power.sum(axis=1)
        taken = (middles_s >= first) & (middles_s <= last) & (sums > 0.0) & (sums <= loudest)
        total = power[taken].sum(axis=0) + (total if total.size else 0.0)
        count += int(taken.sum())
    if not count:
        raise InputError(
            f"there is no sound from {first:g} to {last:g} s to learn noise from; name another "
            "stretch"
        )
    return NoiseProfile(tuple((total / count).tolist()), audio.rate)


def _powers(
    audio: AudioStream,
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yield the windows' middles in seconds and their powers (windows, bins), mean of channels."""
    analysis = Analysis(audio.rate, audio.channels, window_ms=WINDOW_MS)
    done = 0
    for block in audio.blocks():
        spectra = analysis.push(block)
        ends = (done + 1 + np.arange(len(spectra))) * analysis.hop
        done += len(spectra)
        whole = ends >= analysis.length  # the first ones reach back into nothing
        power = np.square(np.abs(spectra[whole])).mean(axis=1)
        yield (ends[whole] - 0.5 * analysis.length) / audio.rate, power


class Denoiser(Spectral):
    """Takes noise of a known profile out of (channels, samples); all channels get one gain.

    reduction_db    how far down noise goes at most; it stays itself, only softer
    sensitivity_db  how much louder than it was learnt the noise is taken for

    >>> noise = 0.1 * np.random.default_rng(0).standard_normal((1, 40000))
    >>> from tapeloom.core.audio import Audio
    >>> profile = learn_noise(Audio(noise.astype(np.float32), 8000))
    >>> y = Denoiser(8000, 1, profile=profile).process(noise)
    >>> bool(y[:, 8000:].std() < 0.3 * noise.std())
    True
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        profile: NoiseProfile,
        reduction_db: float = 18.0,
        sensitivity_db: float = 3.0,
    ) -> None:
        super().__init__(rate, channels)
        if profile.rate != rate:
            raise InputError(
                f"the noise was learnt at {profile.rate} Hz and the sound has {rate} Hz; learn it "
                "from sound of the same rate"
            )
        self._learnt = np.array(profile.power)
        self._clean = np.zeros(self._analysis.bins)  # power after the gain, of the last window
        self.retune(reduction_db=reduction_db, sensitivity_db=sensitivity_db)

    def retune(self, *, reduction_db: float, sensitivity_db: float) -> None:
        """Take other settings from the next window on."""
        self._least = db_to_gain(-reduction_db)
        self._noise = self._learnt * 10.0 ** (sensitivity_db / 10.0) + 1e-20

    def _change(self, now: Spectra) -> Spectra:
        power = np.square(np.abs(now)).mean(axis=0)
        posterior = power / self._noise
        prior = _STEADY * self._clean / self._noise
        prior += (1.0 - _STEADY) * np.maximum(0.0, posterior - 1.0)
        prior = np.maximum(prior, _LEAST_SNR)
        gain = prior / (1.0 + prior)
        self._clean = np.square(gain) * power
        # Neighbours in frequency go together: single bins that flicker are heard as chirps.
        wide = np.pad(gain, 1, mode="edge")
        gain = np.maximum(0.25 * wide[:-2] + 0.5 * gain + 0.25 * wide[2:], self._least)
        return np.asarray(now * gain)
