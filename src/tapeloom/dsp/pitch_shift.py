"""Sound at another pitch and as long as before: stretched, then read faster or slower."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.audio import BLOCK, AudioStream, Samples, rebatch
from tapeloom.core.errors import InputError
from tapeloom.dsp.envelope import spectral_envelope
from tapeloom.dsp.stretching import Shape, Spectra, Stretched

WIDEST = 24.0  # semitones
_LOBES = 24  # zero crossings of the sinc on either side
_PHASES = 512  # points of its table between two of them
_PASS = 0.95  # of the lower Nyquist frequency is kept
_MOST_GAIN = 3.5  # nepers (30 dB): how far formants are lifted or lowered


def _sinc_table() -> NDArray[np.float64]:
    u = np.arange(_LOBES * _PHASES + 2) / _PHASES
    inside = np.minimum(1.0, u / _LOBES)
    kaiser = np.i0(9.0 * np.sqrt(1.0 - inside**2)) / np.i0(9.0)
    return np.asarray(np.sinc(u) * kaiser * (u < _LOBES))


@njit(cache=True, nogil=True)
def _read_between(
    x: NDArray[np.float64],
    start: float,
    step: float,
    cutoff: float,
    table: NDArray[np.float64],
    lobes: int,
    out: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Read x (channels, samples) at start, start + step, ... by a windowed sinc."""
    phases = (table.size - 2) // lobes
    reach = lobes / cutoff
    for n in range(out.shape[1]):
        at = start + n * step
        low, high = int(np.ceil(at - reach)), int(np.floor(at + reach))
        for c in range(x.shape[0]):
            out[c, n] = 0.0
        for k in range(low, high + 1):
            u = abs(k - at) * cutoff * phases
            i = int(u)
            weight = cutoff * (table[i] + (u - i) * (table[i + 1] - table[i]))
            for c in range(x.shape[0]):
                out[c, n] += weight * x[c, k]


@dataclass(frozen=True, slots=True)
class Shifted:
    """A stream at another pitch: itself a stream, made as it is read, in constant memory."""

    audio: AudioStream
    factor: float  # of all frequencies
    keep_formants: bool

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self.audio.rate

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.audio.channels

    @property
    def frames(self) -> int:
        """Samples a channel: as before."""
        return self.audio.frames

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
        """Yield (channels, at most `size`) arrays, float32."""
        return rebatch(self._read(), size)

    def _read(self) -> Iterator[Samples]:
        cutoff = _PASS * min(1.0, 1.0 / self.factor)
        table = _sinc_table()
        reach = int(np.ceil(_LOBES / cutoff)) + 2
        # Some more than is needed at the end: its last samples are read from both sides.
        longer = int(np.ceil(self.frames * self.factor)) + reach
        shape = self._shape() if self.keep_formants else None
        stretched = Stretched(self.audio, self.factor, longer, shape)
        x = np.zeros((self.channels, reach))
        first, done = -reach, 0  # the sample that x begins with; those that were put out
        for block in stretched.precise_blocks():
            x = np.concatenate((x, block), axis=1)
            last = (first + x.shape[1] - reach) / self.factor
            count = min(self.frames, int(np.floor(last))) - done
            if count <= 0:
                continue
            out = np.empty((self.channels, count))
            start = done * self.factor - first
            _read_between(x, start, self.factor, cutoff, table, _LOBES, out)
            done += count
            yield out.astype(np.float32)
            unused = max(0, int(done * self.factor) - reach - first)
            x, first = x[:, unused:], first + unused
        if done < self.frames:
            yield np.zeros((self.channels, self.frames - done), np.float32)

    def _shape(self) -> Shape:
        def shape(spectra: Spectra) -> NDArray[np.float64]:
            """Move the outline against the shift to come: E(f factor) / E(f)."""
            power = np.square(np.abs(spectra)).sum(axis=1)
            outline = spectral_envelope(power, self.rate)
            at = np.arange(power.shape[1]) * self.factor
            low = np.minimum(at.astype(np.int64), power.shape[1] - 1)
            high = np.minimum(low + 1, power.shape[1] - 1)
            part = at - np.floor(at)
            moved = outline[:, low] * (1.0 - part) + outline[:, high] * part
            gains = np.exp(np.clip(moved - outline, -_MOST_GAIN, _MOST_GAIN))
            # The loudness stays as well: a lone partial is its own formant.
            heard = at < power.shape[1] - 1
            before = power[:, heard].sum(axis=1)
            after = (power[:, heard] * np.square(gains[:, heard])).sum(axis=1)
            return gains * np.sqrt(np.where(after > 0.0, before / (after + 1e-300), 1.0))[:, None]

        return shape


def shift_pitch(audio: AudioStream, semitones: float, *, keep_formants: bool = True) -> AudioStream:
    """Return a stream at another pitch, as long as before; 0 semitones give the stream itself.

    semitones      -24 to 24
    keep_formants  leave the outline of the spectrum where it is, as a singer does

    >>> from tapeloom.core.audio import Audio
    >>> t = np.arange(22050) / 44100
    >>> tone = Audio(np.sin(2 * np.pi * 441 * t)[None].astype(np.float32))
    >>> up = np.concatenate(list(shift_pitch(tone, 12.0).blocks()), axis=1)
    >>> up.shape, int(np.abs(np.fft.rfft(up[0])).argmax()) * 2
    ((1, 22050), 882)
    """
    if not -WIDEST <= semitones <= WIDEST:
        raise InputError(
            f"semitones is {semitones:g}; it must lie between {-WIDEST:g} and {WIDEST:g}"
        )
    if semitones == 0.0:
        return audio
    return Shifted(audio, 2.0 ** (semitones / 12.0), keep_formants)
