"""Stems to a mix: one pass over all of them, block by block, side by side."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from tapeloom.core.audio import AudioFile, AudioStream
from tapeloom.core.errors import InputError, nearest
from tapeloom.core.product import Mix, Stem, Stems
from tapeloom.dsp.level import gain_to_db
from tapeloom.studio.console import MixSettings
from tapeloom.studio.desk import Desk, Levels, Reading
from tapeloom.studio.forecast import Forecast
from tapeloom.studio.steering import rewrite, steer

PEAK_DBFS = -3.0  # of the premix, at most
_STEM_PEAK_DBFS = -0.1
_BUS_PEAK_DBFS = -0.5
_TOLERANCE_LU = 2.0
_PASSES = 4
_WAITING = 2  # threads that mostly wait for others

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

    stems/ holds every strip behind its fader: channels, groups, returns and the surface noise. The
    members of a group with effects lie in a folder named after it, since only the group's sum is
    heard; what lies in stems/ itself adds up to the premix. Files don't depend on `jobs`.
    """
    settings = present(settings, stems)
    (folder / "stems").mkdir(parents=True, exist_ok=True)
    say = on_progress or (lambda _: None)
    with ThreadPoolExecutor(max(1, jobs) + _WAITING) as pool:
        measured = list(pool.map(_measure, [stem.audio for stem in stems.stems]))
        say(0.15)
        gains_db, trim_db, short_db = _balance(measured, settings)
        bus_db = 0.0
        for attempt in range(_PASSES):
            premix_lufs = settings.premix_lufs - short_db
            levels = Levels(
                gains_db,
                trim_db,
                # However soft the premix has to be, the bus hears it as loud as it is set for.
                bus_input_db=short_db,
                bus_output_db=bus_db,
            )
            desk = Desk(stems, settings, levels, kick_onsets_s=kick_onsets_s, seed=seed)
            reading = desk.run(folder, pool, lambda done: say(0.15 + 0.8 * done))
            change_db = _correction(reading, premix_lufs)
            bus_change_db = min(0.0, _BUS_PEAK_DBFS - reading.mix_peak_dbfs)
            if (change_db == 0.0 and bus_change_db == 0.0) or attempt == _PASSES - 1:
                break
            trim_db, bus_db = trim_db + change_db, bus_db + bus_change_db
            if change_db and math.isfinite(reading.premix_lufs):
                short_db = settings.premix_lufs - reading.premix_lufs - change_db
    chain = steer(reading.mix_steps, reading.mix_spectrum, settings.aim, rate=stems.rate)
    if chain:
        rewrite(folder / "mix.flac", chain, peak_dbfs=_BUS_PEAK_DBFS)
    say(1.0)
    written = tuple(
        Stem(part.name, part.role, AudioFile.open(folder / "stems" / part.file))
        for part in desk.parts
        if part.reaches_bus
    )
    return Mix(
        Stems(written), AudioFile.open(folder / "premix.flac"), AudioFile.open(folder / "mix.flac")
    )


def present(settings: MixSettings, stems: Stems) -> MixSettings:
    """Return the settings with the channels of these stems alone; each stem must have one."""
    if not stems.frames:
        raise InputError("the stems have 0 samples; they must have at least 1")
    by_name = {channel.name: channel for channel in settings.channels}
    for stem in stems.stems:
        if stem.name not in by_name:
            raise InputError(
                f"the mix has no channel for the stem {stem.name!r}; add one"
                f"{nearest(stem.name, by_name)}"
            )
        if stem.audio.channels > 2:
            raise InputError(
                f"the stem {stem.name!r} has {stem.audio.channels} channels; it must have 1 or 2"
            )
    return replace(settings, channels=tuple(by_name[stem.name] for stem in stems.stems))


def _measure(audio: AudioStream) -> Forecast:
    """Return the K-weighted mean squares and peaks of a stem, 100 a second, as stereo."""
    forecast = Forecast.of(audio.blocks(), audio.rate, audio.channels)
    # A mono stem will sound from both sides.
    return replace(forecast, powers=forecast.powers * (2.0 if audio.channels == 1 else 1.0))


def _balance(
    measured: Sequence[Forecast], settings: MixSettings
) -> tuple[dict[str, float], float, float]:
    """Return each channel's gain in dB, the trim, and how far the premix stays below its loudness.

    Each stem gets its channel's loudness; the trim then brings all of them to the premix's, as far
    as their peaks leave room.
    """
    from tapeloom.dsp.loudness import integrated_lufs

    gains_db: dict[str, float] = {}
    powers = np.zeros(min(stem.powers.size for stem in measured))
    peaks = np.zeros(min(stem.peaks.size for stem in measured))
    for stem, channel in zip(measured, settings.channels, strict=True):
        loudness = integrated_lufs(stem.powers)
        # Nearly silent stems are left alone: their noise is not music.
        gain_db = min(30.0, channel.loudness_lufs - loudness) if loudness > -65.0 else 0.0
        gains_db[channel.name] = gain_db
        powers += stem.powers[: powers.size] * 10.0 ** (gain_db / 10.0)
        peaks += stem.peaks[: peaks.size] * 10.0 ** (gain_db / 20.0)
    loudness = integrated_lufs(powers)
    if not math.isfinite(loudness):
        return gains_db, 0.0, 0.0
    wanted_db = float(np.clip(settings.premix_lufs - loudness, -40.0, 12.0))
    # Peaks of different stems seldom all meet with one sign.
    room_db = PEAK_DBFS + 1.5 - gain_to_db(float(peaks.max()))
    trim_db = min(wanted_db, room_db)
    return gains_db, trim_db, wanted_db - trim_db


def _correction(reading: Reading, premix_lufs: float) -> float:
    """Return by how many dB the next pass must be louder; 0 where this one will do."""
    if not math.isfinite(reading.premix_lufs):
        return 0.0
    off_lu = premix_lufs - reading.premix_lufs
    room_db = min(PEAK_DBFS - reading.premix_peak_dbfs, _STEM_PEAK_DBFS - reading.stem_peak_dbfs)
    if room_db < 0.0:
        return min(room_db - 0.3, off_lu)
    if abs(off_lu) > _TOLERANCE_LU and room_db > 0.5:
        return min(off_lu, room_db - 0.3)
    return off_lu if off_lu < -_TOLERANCE_LU else 0.0
