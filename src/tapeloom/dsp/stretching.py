"""Sound made longer or shorter at its pitch: a phase vocoder that keeps attacks.

J. Laroche, M. Dolson, "Improved phase vocoder time-scale modification of audio", IEEE Transactions
on Speech and Audio Processing 7(3), 1999 (identity phase locking). A. Röbel, "A new approach to
transient processing in the phase vocoder", DAFx-03 (phases begin anew in what an attack brings).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.audio import BLOCK, AudioStream, Samples, rebatch
from tapeloom.core.errors import InputError
from tapeloom.dsp.onsets import OnsetFinder
from tapeloom.dsp.stft import fast_length
from tapeloom.dsp.time_map import TimeMap

LEAST, MOST = 0.25, 4.0  # ratios
WINDOW_MS = 56.0
OVERLAP = 4  # windows that lie over each other
_WANDER_MS = 350.0
_BATCH = 32  # windows that are worked on together
_READ = 8_192  # samples that are read at once
_GREW = 2.0  # a peak whose power grows by more belongs to the attack

Spectra = NDArray[np.complex128]  # (windows, channels, bins)
Shape = Callable[[Spectra], NDArray[np.float64]]  # gains (windows, bins) for spectra


@njit(cache=True, nogil=True)
def _lock_phases(
    now: NDArray[np.complex128],
    before: NDArray[np.complex128],
    attacks: NDArray[np.bool_],
    heard: NDArray[np.complex128],
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Turn the spectra `now` (windows, channels, bins) so that they follow each other.

    before   spectra one hop earlier in the sound
    attacks  which windows hold an onset
    heard    (channels, bins): the last window that was put out; kept up to date

    Around each peak all bins of all channels are turned by one angle, which carries on the phase
    that was heard there: now = now * unit(heard * conj(before)).
    """
    windows, channels, bins = now.shape
    power = np.zeros(bins)
    peaks = np.zeros(bins // 2 + 2, np.int64)
    for w in range(windows):
        power[:] = 0.0
        for c in range(channels):
            for k in range(bins):
                z = now[w, c, k]
                power[k] += z.real * z.real + z.imag * z.imag
        found = 0
        for k in range(2, bins - 2):
            if (
                power[k] > power[k - 1]
                and power[k] > power[k - 2]
                and power[k] >= power[k + 1]
                and power[k] >= power[k + 2]
            ):
                peaks[found] = k
                found += 1
        begin = 0
        for i in range(found):
            peak = peaks[i]
            end = bins if i == found - 1 else (peak + peaks[i + 1] + 1) // 2
            turn = 0.0j
            earlier = 0.0
            for c in range(channels):
                z = before[w, c, peak]
                turn += heard[c, peak] * z.conjugate()
                earlier += z.real * z.real + z.imag * z.imag
            size = abs(turn)
            if size > 0.0 and not (attacks[w] and power[peak] > _GREW * earlier):
                turn /= size
                for c in range(channels):
                    for k in range(begin, end):
                        now[w, c, k] *= turn
            begin = end
        heard[:] = now[w]


@dataclass(frozen=True, slots=True)
class Stretched:
    """A stream made longer or shorter: itself a stream, made as it is read, in constant memory."""

    audio: AudioStream
    ratio: float
    frames: int
    shape: Shape | None = None

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self.audio.rate

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.audio.channels

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
        """Yield (channels, at most `size`) arrays, float32."""
        return rebatch((block.astype(np.float32) for block in self.precise_blocks()), size)

    def precise_blocks(self) -> Iterator[NDArray[np.float64]]:
        """Yield blocks of any lengths in float64."""
        hop = fast_length(WINDOW_MS / 1000.0 * self.rate / OVERLAP)
        length = OVERLAP * hop
        source = _Source(self.audio, self.ratio, length)
        window = np.sin(np.pi * (np.arange(length) + 0.5) / length) ** 2
        # Squares of Hann windows a quarter apart sum to 1.5.
        scale = window / (0.375 * OVERLAP)
        heard: NDArray[np.complex128] = np.zeros((self.channels, length // 2 + 1), np.complex128)
        sums = np.zeros((self.channels, length + _BATCH * hop))
        first = -OVERLAP  # the window that begins `first` hops into the result
        while first * hop < self.frames:
            middles = (np.arange(first, first + _BATCH) * hop + length / 2).astype(np.float64)
            starts = source.starts(middles)
            now = np.fft.rfft(source.windows(starts) * window)
            before = np.fft.rfft(source.windows(starts - hop) * window)
            _lock_phases(now, before, source.attacks(starts + length // 2), heard)
            if self.shape is not None:
                now *= self.shape(now)[:, None, :]
            pieces = np.fft.irfft(now, length) * scale
            for w in range(_BATCH):
                sums[:, w * hop : w * hop + length] += pieces[w]
            begin, end = first * hop, (first + _BATCH) * hop
            done = sums[:, max(0, -begin) : min(end, self.frames) - begin]
            if done.shape[1]:
                yield done.copy()
            sums[:, :length] = sums[:, _BATCH * hop :].copy()
            sums[:, length:] = 0.0
            first += _BATCH


class _Source:
    """The sound that is stretched, read as far as it is needed."""

    def __init__(self, audio: AudioStream, ratio: float, length: int) -> None:
        self._blocks = audio.blocks(_READ)
        self._length = length
        self._x = np.zeros((audio.channels, 4 * length))
        self._first = -4 * length  # the sample that _x begins with
        self._read = 0
        self._ended = False
        self._onsets = OnsetFinder(audio.rate)
        self._map = TimeMap(ratio, half=length // 2, wander=round(_WANDER_MS / 1000 * audio.rate))

    def starts(self, middles: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return where in the sound the windows with these middles in the result begin."""
        while self._map.until < middles[-1] and not self._ended:
            self._more()
        self._map.forget(middles[0] - self._length)
        sources = np.floor(self._map.source(middles) + 0.5).astype(np.int64) - self._length // 2
        needed = int(sources.max()) + self._length
        while self._first + self._x.shape[1] < needed:
            if self._ended:
                missing = needed - self._first - self._x.shape[1]
                self._x = np.pad(self._x, ((0, 0), (0, missing)))
            else:
                self._more()
        unused = int(sources.min()) - self._length - self._first
        if unused > 0:
            self._x, self._first = self._x[:, unused:], self._first + unused
        return sources

    def _more(self) -> None:
        block = next(self._blocks, None)
        if block is None:
            self._ended = True
            self._onsets.finish()
        else:
            self._x = np.concatenate((self._x, block), axis=1)
            self._read += block.shape[1]
            self._onsets.push(block)
        known = self._read if self._ended else self._onsets.known_until
        self._map.extend(self._onsets.onsets, known_until=known, ended=self._ended)

    def windows(self, starts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return (windows, channels, samples)."""
        views = np.lib.stride_tricks.sliding_window_view(self._x, self._length, axis=1)
        return np.moveaxis(views[:, starts - self._first], 0, 1)

    def attacks(self, middles: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which windows see an onset that is to come or has just been."""
        flags = np.zeros(middles.size, np.bool_)
        for onset in self._map.placed:
            flags |= (middles > onset - self._length // 2) & (middles < onset + self._length // 4)
        return flags


def stretch(audio: AudioStream, ratio: float) -> AudioStream:
    """Return a stream `ratio` times as long at the same pitch; ratio 1 gives the stream itself.

    ratio  0.25 to 4

    >>> from tapeloom.core.audio import Audio
    >>> slow = stretch(Audio(np.zeros((2, 1000), np.float32)), 1.5)
    >>> slow.frames, [block.shape for block in slow.blocks(1000)]
    (1500, [(2, 1000), (2, 500)])
    """
    if not LEAST <= ratio <= MOST:
        raise InputError(f"ratio is {ratio:g}; it must lie between {LEAST:g} and {MOST:g}")
    if ratio == 1.0:
        return audio
    return Stretched(audio, ratio, round(audio.frames * ratio))
