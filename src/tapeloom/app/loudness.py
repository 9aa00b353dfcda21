"""The loudness of many files: measured in parallel, alone and as one programme."""

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioFile
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.product import Loudness, loudness_to_json
from tapeloom.dsp.clipping import Places
from tapeloom.dsp.loudness import loudness_of
from tapeloom.dsp.meters import Reading, SignalMeter

SUFFIXES = (".wav", ".flac", ".aif", ".aiff", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".mp4",
            ".aac", ".wma", ".w64", ".caf")  # fmt: skip
MOST_CHANNELS = 8
_TOLD_PLACES = 20  # of clips and overs, in JSON


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A file and what the meters read of it."""

    name: str
    path: Path
    duration_s: float
    rate: int
    channels: int
    reading: Reading
    steps: NDArray[np.float64]  # the K-weighted mean square of every 10 ms


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be measured, and the sentence that says why."""

    name: str
    error: TapeloomError


def find_audio(paths: Iterable[Path]) -> list[Path]:
    """Return the files that are named, and those with the suffix of audio in folders, sorted."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        if not inside:
            raise InputError(f"{path} holds no audio files ({', '.join(SUFFIXES)})")
        found += inside
    return found


def measure_file(path: Path, name: str | None = None) -> Measured:
    """Measure a file in blocks; InputError where it cannot be trusted to hold what it says."""
    audio = AudioFile.open(path)
    shown = name or str(path)
    if audio.channels > MOST_CHANNELS:
        raise InputError(
            f"{shown} has {audio.channels} channels; loudness is defined for 1 to {MOST_CHANNELS}: "
            "mix it down, or measure its groups one by one"
        )
    meter = SignalMeter(audio.rate, audio.channels)
    frames = 0
    for block in audio.blocks():
        finite = np.isfinite(block)
        if not finite.all():
            channel, sample = np.argwhere(~finite)[0].tolist()
            raise InputError(
                f"{shown} has a sample that is no number ({block[channel, sample]}) at "
                f"{(frames + sample) / audio.rate:.6f} s in channel {channel + 1}; export it again"
            )
        meter.push(block)
        frames += block.shape[1]
    if not frames:
        raise InputError(f"{shown} holds 0 samples; there is nothing to measure")
    if audio.codec == "soundfile" and frames < audio.frames:
        raise InputError(
            f"{shown} is damaged: it says that it has {audio.frames} samples and holds {frames}"
        )
    return Measured(shown, path, frames / audio.rate, audio.rate, audio.channels, meter.read(),
                    meter.loudness.steps)  # fmt: skip


def measure_files(
    paths: Sequence[Path],
    *,
    jobs: int = 2,
    names: Sequence[str] | None = None,
    on_done: Callable[[int], None] | None = None,
) -> list[Measured | Failed]:
    """Measure files, `jobs` at a time; one that fails doesn't stop the others.

    on_done  is told how many are done
    """
    shown = names or [str(path) for path in paths]
    done = 0

    def attempt(path: Path, name: str) -> Measured | Failed:
        nonlocal done
        try:
            return measure_file(path, name)
        except TapeloomError as error:
            return Failed(name, error)
        finally:
            done += 1
            if on_done is not None:
                on_done(done)

    # The meters' inner loops and the decoders let other threads run.
    with ThreadPoolExecutor(max(1, min(jobs, len(paths)))) as pool:
        return list(pool.map(attempt, paths, shown))


def album_loudness(measured: Sequence[Measured]) -> Loudness:
    """Return the loudness of files as one programme: gated over all, with the highest peaks."""
    readings = [each.reading.loudness for each in measured]
    return loudness_of(
        np.concatenate([each.steps for each in measured]),
        true_peak_dbtp=max(each.true_peak_dbtp for each in readings),
        sample_peak_dbfs=max(each.sample_peak_dbfs for each in readings),
    )


def figures(measured: Measured) -> dict[str, Any]:
    """Return plain values with names that stay; None is what silence doesn't have."""
    reading = measured.reading
    return {
        "file": measured.name,
        "duration_s": round(measured.duration_s, 3),
        "rate_hz": measured.rate,
        "channels": measured.channels,
        **loudness_to_json(reading.loudness),
        "plr_db": _plain(reading.plr_db),
        "min_psr_db": _plain(reading.min_psr_db),
        "crest_db": _plain(reading.crest_db),
        "rms_dbfs": _plain(reading.rms_dbfs),
        "dc_dbfs": _plain(reading.dc_dbfs),
        "correlation": _plain(reading.correlation),
        "min_correlation": _plain(reading.min_correlation),
        "clips": reading.clips.count,
        "overs": reading.overs.count,
        "clips_at_s": _times(reading.clips, measured.rate),
        "overs_at_s": _times(reading.overs, measured.rate),
    }


def album_figures(measured: Sequence[Measured]) -> dict[str, Any]:
    """Return the figures of files as one programme."""
    return {
        "files": len(measured),
        "duration_s": round(sum(each.duration_s for each in measured), 3),
        **loudness_to_json(album_loudness(measured)),
    }


def _plain(value: float) -> float | None:
    return round(value, 2) + 0.0 if math.isfinite(value) else None  # no -0.0


def _times(found: Places, rate: int) -> list[float]:
    return [round(place.start / rate, 4) for place in found.places[:_TOLD_PLACES]]
