"""A master converted: levels are checked on what was written, and mended where coding raised them.

Coding changes peaks: a file whose decoded true peak passes the ceiling is written again, softer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tapeloom.core.audio import AudioFile, AudioStream
from tapeloom.core.errors import TapeloomError
from tapeloom.core.product import Loudness
from tapeloom.dsp.level import db_to_gain, gain_to_db
from tapeloom.release.encoding import Prepared, encode, quantiser_for
from tapeloom.release.formats import Format, rate_for

CEILING_DBTP = -1.0
TRIES = 4
MARGIN_DB = 0.05
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Converted:
    """A file that was written, what it measures, and what was done on the way."""

    file: AudioFile
    format: Format
    loudness: Loudness
    gain_db: float
    notes: tuple[str, ...]


def convert(
    source: AudioStream,
    path: Path,
    form: Format,
    *,
    rate: int | None = None,
    source_bits: int | None = None,
    ceiling_dbtp: float = CEILING_DBTP,
    seed: int = 0,
    tags: Mapping[str, str] | None = None,
    cover: bytes | None = None,
    on_progress: Progress | None = None,
) -> Converted:
    """Write a stream in a format and measure what was written.

    rate          Hz; the nearest that the format takes, near the source's own if left out
    source_bits   of the source's integer samples; None where it is floating or coded
    ceiling_dbtp  what the decoded true peak of a lossy file may not pass

    A lossless file at the source's own rate keeps its samples; where its bits are fewer, they are
    dithered. What would clip is made softer, and that is told.
    """
    from tapeloom.dsp.loudness import measure

    tell = on_progress or (lambda part: None)
    new_rate = rate_for(form, rate or source.rate)
    notes: list[str] = []
    changes_samples = new_rate != source.rate
    gain_db = 0.0
    loses_bits = form.is_integer and (source_bits is None or source_bits > (form.bits or 0))
    if form.is_integer and (changes_samples or loses_bits):
        gain_db = _room_db(Prepared(source, new_rate), form, seed)
        if gain_db < 0.0:
            notes.append(f"made {-gain_db:.2f} dB softer, or its samples would clip")
    for attempt in range(TRIES):
        prepared = Prepared(source, new_rate, db_to_gain(gain_db) if gain_db else 1.0)
        dithered = form.is_integer and (changes_samples or loses_bits or gain_db != 0.0)
        encode(
            path, prepared, form, dither_seed=seed if dithered else None, tags=tags, cover=cover,
            on_progress=lambda part: tell(0.5 * part),
        )  # fmt: skip
        written = AudioFile.open(path)
        loudness = measure(written)
        tell(0.9)
        over_db = loudness.true_peak_dbtp - ceiling_dbtp
        if form.is_lossless or over_db <= 0.0:
            break
        if attempt == TRIES - 1:
            raise TapeloomError(
                f"{path} still peaks at {loudness.true_peak_dbtp:.2f} dBTP after {TRIES} tries"
            )
        gain_db -= over_db + MARGIN_DB
    if not form.is_lossless and gain_db < 0.0:
        notes.append(
            f"made {-gain_db:.2f} dB softer: coding had raised the true peak over "
            f"{ceiling_dbtp:g} dBTP"
        )
    if form.is_lossless and loudness.true_peak_dbtp > ceiling_dbtp:
        notes.append(
            f"the true peak is {loudness.true_peak_dbtp:.2f} dBTP, over {ceiling_dbtp:g}: "
            "master it with a lower ceiling"
        )
    if dithered:
        notes.append(f"dithered to {form.bits} bits")
    if changes_samples:
        notes.append(f"resampled from {source.rate} to {new_rate} Hz")
    tell(1.0)
    return Converted(written, form, loudness, gain_db, tuple(notes))


def _room_db(prepared: Prepared, form: Format, seed: int) -> float:
    """Return the gain, at most 0, with which no sample clips, dither and all."""
    peak = 0.0
    for block in prepared.blocks():
        if block.size:
            peak = max(peak, float(block.max()), -float(block.min()))
    quantiser = quantiser_for(form, prepared, seed)
    most = 1.0 - (quantiser.margin if quantiser is not None else 0.0)
    return min(0.0, gain_to_db(most / peak)) if peak > 0.0 else 0.0
