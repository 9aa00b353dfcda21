"""Another rate for audio, in blocks, by the SoX resampler's best quality."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import MAX_RATE, MIN_RATE, Samples
from tapeloom.core.errors import InputError


def resampled_frames(frames: int, rate: int, new_rate: int) -> int:
    """Return how many samples `frames` become, rounded to the nearest.

    >>> resampled_frames(44_100, 44_100, 48_000)
    48000
    """
    return (2 * frames * new_rate + rate) // (2 * rate)


def resample(
    blocks: Iterable[Samples], *, rate: int, new_rate: int, channels: int
) -> Iterator[Samples]:
    """Yield (channels, samples) float32 blocks at another rate; nothing is shifted in time.

    soxr's "very high quality": the band up to 0.95 of the lower Nyquist frequency is kept.

    >>> block = np.ones((1, 44_100), np.float32)
    >>> sum(out.shape[1] for out in resample([block], rate=44_100, new_rate=22_050, channels=1))
    22050
    """
    import soxr

    for hz in (rate, new_rate):
        if not MIN_RATE <= hz <= MAX_RATE:
            raise InputError(f"rate is {hz}; it must lie between {MIN_RATE} and {MAX_RATE}")
    stream = soxr.ResampleStream(rate, new_rate, channels, dtype="float32", quality="VHQ")
    taken = given = 0
    for block in blocks:
        taken += block.shape[1]
        out = _turned(stream.resample_chunk(np.ascontiguousarray(block.T)), channels)
        given += out.shape[1]
        yield out
    last = _turned(stream.resample_chunk(np.zeros((0, channels), np.float32), last=True), channels)
    # The stream's end is good to a sample; the length is made exact.
    wanted = resampled_frames(taken, rate, new_rate) - given
    yield (
        last[:, :wanted]
        if last.shape[1] >= wanted
        else np.pad(last, ((0, 0), (0, wanted - last.shape[1])))
    )


def _turned(frames: NDArray[np.float32], channels: int) -> Samples:
    return np.ascontiguousarray(frames.reshape(-1, channels).T)
