"""Stems to a mix: one pass over all of them, block by block, side by side."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioFile, AudioStream
from tapeloom.core.errors import InputError
from tapeloom.core.product import Mix, Stem, Stems
from tapeloom.studio.balance import Channel, MixSettings
from tapeloom.studio.desk import Desk, Reading

PEAK_DBFS = -3.0  # of the premix, at most
_STEM_PEAK_DBFS = -0.1
_BUS_PEAK_DBFS = -0.5
_TOLERANCE_LU = 1.0
_PASSES = 4

Progress = Callable[[float], None]


def mix(
    stems: Stems,
    settings: MixSettings,
    folder: Path,
    *,
    kick_onsets_s: Sequence[float] = (),
    seed: int,
    on_progress: Progress | None = None,
    jobs: int = 2,
) -> Mix:
    """Mix stems into `folder`: stems/*.flac, their sum premix.flac, and mix.flac after the bus.

    Every part is there after its channel; what they send to the room is the stem `reverb`, the
    surface noise the stem `vinyl`. Files don't depend on `jobs`.
    """
    channels = _match(stems, settings)
    (folder / "stems").mkdir(parents=True, exist_ok=True)
    say = on_progress or (lambda _: None)
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        steps = list(pool.map(_measure, [stem.audio for stem in stems.stems]))
        say(0.15)
        gains_db = _balance(steps, channels, settings.premix_lufs)
        trim_db, bus_db = 0.0, 0.0
        for attempt in range(_PASSES):
            desk = Desk(
                stems,
                channels,
                settings,
                gains_db=[gain_db + trim_db for gain_db in gains_db],
                trim_db=trim_db,
                bus_db=bus_db,
                kick_onsets_s=kick_onsets_s,
                seed=seed,
            )
            reading = desk.run(folder, pool, lambda done: say(0.15 + 0.85 * done))
            change_db = _correction(reading, settings.premix_lufs)
            bus_change_db = min(0.0, _BUS_PEAK_DBFS - reading.mix_peak_dbfs)
            if (change_db == 0.0 and bus_change_db == 0.0) or attempt == _PASSES - 1:
                break
            trim_db, bus_db = trim_db + change_db, bus_db + bus_change_db
    written = tuple(
        Stem(name, role, AudioFile.open(folder / "stems" / f"{name}.flac"))
        for name, role in desk.names
    )
    return Mix(
        Stems(written), AudioFile.open(folder / "premix.flac"), AudioFile.open(folder / "mix.flac")
    )


def _match(stems: Stems, settings: MixSettings) -> list[Channel]:
    by_name = {channel.name: channel for channel in settings.channels}
    for stem in stems.stems:
        if stem.name not in by_name:
            raise InputError(f"the mix has no channel for the stem {stem.name!r}; add one")
        if stem.audio.channels > 2:
            raise InputError(
                f"the stem {stem.name!r} has {stem.audio.channels} channels; it must have 1 or 2"
            )
    return [by_name[stem.name] for stem in stems.stems]


def _measure(audio: AudioStream) -> NDArray[np.float64]:
    """Return the K-weighted mean squares of a stem, 100 a second, as stereo."""
    from tapeloom.dsp.loudness import Meter

    meter = Meter(audio.rate, audio.channels, true_peak=False)
    for block in audio.blocks():
        meter.push(block)
    # A mono stem will sound from both sides.
    return meter.steps * (2.0 if audio.channels == 1 else 1.0)


def _balance(
    steps: list[NDArray[np.float64]], channels: list[Channel], premix_lufs: float
) -> list[float]:
    """Return each channel's gain: its own loudness first, then all of them to the premix's."""
    from tapeloom.dsp.loudness import integrated_lufs

    gains_db = []
    total = np.zeros(max(step.size for step in steps))
    for step, channel in zip(steps, channels, strict=True):
        measured = integrated_lufs(step)
        # Nearly silent stems are left alone: their noise is not music.
        gain_db = channel.loudness_lufs - measured if measured > -65.0 else 0.0
        gain_db = min(30.0, gain_db)
        gains_db.append(gain_db)
        total[: step.size] += step * 10.0 ** (gain_db / 10.0)
    loudness = integrated_lufs(total)
    shift_db = premix_lufs - loudness if math.isfinite(loudness) else 0.0
    shift_db = float(np.clip(shift_db, -20.0, 12.0))
    return [gain_db + shift_db for gain_db in gains_db]


def _correction(reading: Reading, premix_lufs: float) -> float:
    """Return by how many dB the next pass must be louder; 0 where this one will do."""
    if not math.isfinite(reading.premix_lufs):
        return 0.0
    off_lu = premix_lufs - reading.premix_lufs
    room_db = min(
        PEAK_DBFS - reading.premix_peak_dbfs, _STEM_PEAK_DBFS - reading.stem_peak_dbfs
    )
    if room_db < 0.0:
        return min(room_db - 0.3, off_lu)
    if abs(off_lu) > _TOLERANCE_LU and room_db > 0.5:
        return min(off_lu, room_db - 0.3)
    return off_lu if off_lu < -_TOLERANCE_LU else 0.0
