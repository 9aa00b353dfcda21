"""The last hand on a mix: a slow ride and a tilt that lead it to its aim, by what it measures."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioFile, AudioWriter
from tapeloom.core.files import replacing
from tapeloom.dsp.level import gain_to_db
from tapeloom.dsp.spectrum import Spectrum
from tapeloom.studio.automation import Curve
from tapeloom.studio.chain import Chain, Effect, run
from tapeloom.studio.console import Aim
from tapeloom.studio.effects import Band, Equalizer, Gain, Ride

MOST_RIDE_DB = 6.0  # up or down
MOST_TONE_DB = 6.0  # of any shelf
_RIDE_STEP_S = 1.0
_ROUNDS = 3
_MUSIC_LU = -15.0  # of the whole: what lies under that isn't lifted
_STEPS_PER_S = 100  # of the meter


def steer(steps: NDArray[np.float64], spectrum: Spectrum, aim: Aim, *, rate: int) -> Chain:
    """Return what leads a mix to its aim; nothing for one that is there.

    steps     K-weighted mean squares of every 10 ms of the mix
    spectrum  of the whole mix
    """
    chain: list[Effect] = []
    if (tone := tone_for(spectrum, aim, rate)) is not None:
        chain.append(tone)
    if aim.range_lu is not None and (curve := ride_for(steps, aim.range_lu)) is not None:
        chain.append(Ride(curve))
    return tuple(chain)


def ride_for(steps: NDArray[np.float64], bounds_lu: tuple[float, float]) -> Curve | None:
    """Return the fader's way that leads the loudness range into bounds; None: it is there.

    By the loudness of the 3 s around, what lies over the middle of the range goes down and what
    lies under it comes up, or the other way round where the range is too narrow: all by one share,
    the least that will do.
    """
    from tapeloom.dsp.loudness import range_lu as range_of

    least_lu, most_lu = bounds_lu
    now_lu = range_of(steps)
    if least_lu <= now_lu <= most_lu:
        return None
    sign = 1.0 if now_lu < least_lu else -1.0
    times_s, away_lu = _away(steps)
    middles_s = (np.arange(steps.size) + 0.5) / _STEPS_PER_S

    def gains_db(share: float) -> NDArray[np.float64]:
        return np.clip(sign * share * away_lu, -MOST_RIDE_DB, MOST_RIDE_DB)

    def is_there(share: float) -> bool:
        gain_db = np.interp(middles_s, times_s, gains_db(share))
        ridden_lu = range_of(steps * 10.0 ** (gain_db / 10.0))
        return ridden_lu >= least_lu if sign > 0.0 else ridden_lu <= most_lu

    ridden_db = gains_db(_least(is_there)).round(3)
    if not ridden_db.any():
        return None
    return Curve(tuple(zip(times_s.tolist(), ridden_db.tolist(), strict=True)))


def _away(steps: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times a second apart and by how many LU the sound there is off the range's middle."""
    from tapeloom.dsp.loudness import (
        SHORT_TERM_STEPS,
        integrated_lufs,
        lufs_to_power,
    )

    count = max(2, round(steps.size / _STEPS_PER_S / _RIDE_STEP_S) + 1)
    times_s = np.linspace(0.0, steps.size / _STEPS_PER_S, count)
    middles = np.round(times_s * _STEPS_PER_S).astype(int)
    # A whole window at the ends too: the first and last 3 s have one gain.
    low = np.clip(middles - SHORT_TERM_STEPS // 2, 0, max(0, steps.size - SHORT_TERM_STEPS))
    high = np.minimum(low + SHORT_TERM_STEPS, steps.size)
    # Tails and gaps are no music that has to be heard: there the fader stays where it last was.
    sounds = steps > lufs_to_power(integrated_lufs(steps) + _MUSIC_LU)
    summed, counted = (
        np.concatenate(([0.0], np.cumsum(each)))[[low, high]] for each in (steps * sounds, sounds)
    )
    lengths = counted[1] - counted[0]
    heard = lengths > 0
    if not heard.any():
        return times_s, np.zeros(times_s.size)
    lufs = 10.0 * np.log10((summed[1] - summed[0])[heard] / lengths[heard])
    away_lu = lufs - np.percentile(lufs, [10.0, 95.0]).mean()
    return times_s, np.interp(times_s, times_s[heard], away_lu)


def tone_for(spectrum: Spectrum, aim: Aim, rate: int) -> Equalizer | None:
    """Return shelves that lead slope and centroid to their aim; None where they are there.

    Two shelves tilt the slope; what is then still too bright is lowered at the top alone.
    """
    if not spectrum.power.any():
        return None
    tilt: tuple[Band, ...] = ()
    top: tuple[Band, ...] = ()
    for _ in range(_ROUNDS):  # each moves the other's figure a little
        tilt = _tilt_for(_shaped(spectrum, top, rate), aim.slope_db_per_octave, rate)
        top = _top_for(_shaped(spectrum, tilt, rate), aim.centroid_hz, rate)
    return Equalizer(tilt + top) if tilt + top else None


def _tilt_for(
    spectrum: Spectrum, bounds: tuple[float, float] | None, rate: int
) -> tuple[Band, ...]:
    if bounds is None:
        return ()
    least, most = bounds
    slope = spectrum.slope_db_per_octave
    if slope < least:
        return _least_bands(_tilt, spectrum, rate, lambda t: t.slope_db_per_octave >= least)
    if slope > most:
        return _least_bands(
            lambda db: _tilt(-db), spectrum, rate, lambda t: t.slope_db_per_octave <= most
        )
    return ()


def _top_for(spectrum: Spectrum, highest_hz: float | None, rate: int) -> tuple[Band, ...]:
    if highest_hz is None or spectrum.centroid_hz <= highest_hz:
        return ()
    return _least_bands(
        lambda db: (Band("high_shelf", 5000.0, -db, 0.6),),
        spectrum,
        rate,
        lambda t: t.centroid_hz <= highest_hz,
    )


def _tilt(end_db: float) -> tuple[Band, ...]:
    return Band("low_shelf", 220.0, -end_db, 0.5), Band("high_shelf", 1800.0, end_db, 0.5)


def _least_bands(
    bands: Callable[[float], tuple[Band, ...]],
    spectrum: Spectrum,
    rate: int,
    is_there: Callable[[Spectrum], bool],
) -> tuple[Band, ...]:
    """Return the bands with the least of MOST_TONE_DB that leads a spectrum there."""
    share = _least(lambda share: is_there(_shaped(spectrum, bands(share * MOST_TONE_DB), rate)))
    return bands(share * MOST_TONE_DB)


def _shaped(spectrum: Spectrum, bands: Sequence[Band], rate: int) -> Spectrum:
    """Return a spectrum behind shelves."""
    from tapeloom.dsp.filters import frequency_response, high_shelf, low_shelf

    designs = {"low_shelf": low_shelf, "high_shelf": high_shelf}
    sections = [
        designs[band.kind](min(band.cutoff_hz, 0.45 * rate), rate, gain_db=band.gain_db, q=band.q)
        for band in bands
    ]
    frequencies_hz = np.asarray(spectrum.frequencies_hz, np.float64)
    response = frequency_response(sections, frequencies_hz, rate)
    return Spectrum(frequencies_hz, spectrum.power * np.square(np.abs(response)))


def _least(is_enough: Callable[[float], bool]) -> float:
    """Return the least share of 0..1 that is enough, to a thousandth; 1 where none is."""
    low, high = 0.0, 1.0
    while high - low > 0.001:
        middle = 0.5 * (low + high)
        if is_enough(middle):
            high = middle
        else:
            low = middle
    return high


def rewrite(path: Path, chain: Chain, *, peak_dbfs: float) -> None:
    """Put a chain on a file, softer by what its peaks would pass `peak_dbfs`."""
    audio = AudioFile.open(path)
    with replacing(path) as steered:
        over_db = gain_to_db(_write(steered, audio, chain)) - peak_dbfs
        if over_db > 0.0:
            _write(steered, audio, (*chain, Gain(-over_db)))


def _write(path: Path, audio: AudioFile, chain: Chain) -> float:
    """Write a file behind a chain and return its peak; over full scale it is not yet right."""
    peak = 0.0
    with AudioWriter(path, rate=audio.rate, channels=audio.channels) as writer:
        for block in run(chain, audio):
            peak = max(peak, float(np.abs(block).max()))
            writer.write(np.clip(block, -1.0, 1.0))
    return peak
