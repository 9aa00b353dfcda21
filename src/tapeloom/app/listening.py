"""What an ear and an eye need of a long audio file: a cut of it, its outline, its loudness curves.

All of it flows in blocks: an hour is never in memory.
"""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import BLOCK, AudioFile
from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing, write_json
from tapeloom.core.product import loudness_to_json
from tapeloom.dsp.loudness import MOMENTARY_STEPS, SHORT_TERM_STEPS, Meter, curve_lufs
from tapeloom.dsp.steps import STEPS_PER_S

MOST_CELLS = 2**17  # of an outline: of an hour a cell is 27 ms long
MOST_CURVE = 6_000  # values of a curve
_FINEST_S = 0.1  # between two values of a curve
_FULL = 32_767  # the integer of full scale
_FASTEST = 0.0  # of FLAC's levels: a cut is heard once


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an audio file, in samples."""

    rate: int
    total: int  # samples of the whole file
    start: int
    stop: int


def span_of(path: Path, start_s: float, seconds: float) -> Span | None:
    """Return the samples from round(start_s * rate) to round((start_s + seconds) * rate).

    The span ends with the file; None where it begins at the end or behind it. Spans of which one
    begins at the second at which the other ends join without a gap.
    """
    file = AudioFile.open(path)
    if file.codec != "soundfile":
        raise InputError(f"{path.name} cannot be cut exactly; name a FLAC or WAV file")
    start = round(start_s * file.rate)
    stop = min(round((start_s + seconds) * file.rate), file.frames)
    return Span(file.rate, file.frames, start, stop) if start < stop else None


def cut_flac(path: Path, span: Span) -> bytes:
    """Return a span of a file as FLAC of 16 bit.

    Each sample goes to the nearest step, without dither: a cut depends on nothing around it, and
    cuts that join are what one cut of the whole would be.
    """
    import soundfile

    held = io.BytesIO()
    try:
        with soundfile.SoundFile(str(path)) as source:
            source.seek(span.start)
            with soundfile.SoundFile(
                held, "w", source.samplerate, source.channels, "PCM_16", format="FLAC",
                compression_level=_FASTEST,
            ) as target:  # fmt: skip
                left = span.stop - span.start
                while left and len(block := source.read(min(BLOCK, left), "int32", always_2d=True)):
                    left -= len(block)
                    target.write(to_16_bit(block))
    except soundfile.LibsndfileError as error:
        raise InputError(f"{path.name} is damaged: {error}") from error
    if left:
        raise InputError(f"{path.name} is damaged: it is {left} samples shorter than it says")
    return held.getvalue()


def to_16_bit(samples: NDArray[np.int32]) -> NDArray[np.int16]:
    """Round samples of 32 bit to the nearest of 16 bit; what is 16 bit already stays as it is.

    >>> to_16_bit(np.array([3 << 16, (3 << 16) + 40_000, 2**31 - 1], np.int32)).tolist()
    [3, 4, 32767]
    """
    wide = (samples.astype(np.int64) + 2**15) >> 16
    return np.asarray(np.minimum(wide, _FULL), np.int16)


def write_outline(source: Path, target: Path) -> None:
    """Write the lowest and highest value of each cell of a file, shape (2, cells), as .npy.

    A cell is a power of two of samples, over all channels; a value is rounded away from 0, in
    steps of 1 / 32767, so that no peak is hidden.
    """
    file = AudioFile.open(source)
    size = cell_samples(file.frames)
    lows: list[NDArray[Any]] = []
    highs: list[NDArray[Any]] = []
    for block in file.blocks(max(BLOCK, size)):  # whole cells, the last one may be shorter
        starts = np.arange(0, block.shape[1], size)
        lows.append(np.minimum.reduceat(block.min(axis=0), starts))
        highs.append(np.maximum.reduceat(block.max(axis=0), starts))
    if not lows:
        raise InputError(f"{source.name} holds no samples")
    low, high = np.concatenate(lows), np.concatenate(highs)
    cells = np.stack((np.floor(low * _FULL), np.ceil(high * _FULL)))
    with replacing(target) as temporary, temporary.open("wb") as written:
        np.save(written, np.clip(np.nan_to_num(cells), -_FULL, _FULL).astype(np.int16))


def cell_samples(frames: int) -> int:
    """Return how many samples a cell of an outline has: 1, or the least power of two that fits.

    >>> cell_samples(44_100), cell_samples(3600 * 44_100)
    (1, 2048)
    """
    return 1 << max(0, math.ceil(math.log2(max(1, frames) / MOST_CELLS)))


def peaks_of(
    outline: Path, points: int, *, rate: int, frames: int, channels: int
) -> dict[str, Any]:
    """Return an outline as so many points, fewer where there are fewer samples.

    Point i covers the samples from i * frames / points to (i + 1) * frames / points, and the rest
    of the cells that these bounds lie in.
    """
    cells = np.load(outline).astype(np.float64) / _FULL
    size = cell_samples(frames)
    points = min(points, frames)
    bounds = np.arange(points + 1) * frames // points
    edges = np.empty(2 * points, np.int64)
    edges[0::2], edges[1::2] = bounds[:-1] // size, (bounds[1:] - 1) // size + 1
    low = np.minimum.reduceat(np.append(cells[0], 0.0), edges)[::2]
    high = np.maximum.reduceat(np.append(cells[1], 0.0), edges)[::2]
    return {
        "duration_s": round(frames / rate, 6), "rate": rate, "channels": channels,
        "low": (low.round(3) + 0.0).tolist(), "high": (high.round(3) + 0.0).tolist(),
    }  # fmt: skip


def write_curves(source: Path, target: Path, known: Mapping[str, float | None] | None) -> None:
    """Measure a file, and write its loudness with its curves as JSON.

    known  its figures where they were measured before: then only the curves are read
    """
    file = AudioFile.open(source)
    meter = Meter(file.rate, file.channels, true_peak=known is None)
    for block in file.blocks():
        meter.push(block)
    figures = known if known is not None else loudness_to_json(meter.read())
    steps = meter.steps
    every = max(round(_FINEST_S * STEPS_PER_S), math.ceil(steps.size / MOST_CURVE))
    write_json(
        target,
        {
            "integrated_lufs": figures["integrated_lufs"],
            "true_peak_dbtp": figures["true_peak_dbtp"],
            "loudness_range_lu": figures["range_lu"],
            "step_s": round(every / STEPS_PER_S, 6),
            "momentary": _thinned(curve_lufs(steps, MOMENTARY_STEPS), every),
            "short_term": _thinned(curve_lufs(steps, SHORT_TERM_STEPS), every),
        },
    )


def _thinned(curve: NDArray[np.float64], every: int) -> list[float | None]:
    """Keep the highest of so many values in a row; None is silence."""
    if not curve.size:
        return []
    highest = np.maximum.reduceat(curve, np.arange(0, curve.size, every))
    return [round(value, 1) if math.isfinite(value) else None for value in highest.tolist()]
