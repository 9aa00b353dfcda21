"""The last hand on a mix: a slow ride and a tilt that lead it to its aim, by what it measures."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioFile, AudioWriter
from tapeloom.dsp.level import gain_to_db
from tapeloom.dsp.spectrum import Spectrum
from tapeloom.studio.automation import Curve
from tapeloom.studio.chain import Chain, Effect, run
from tapeloom.studio.console import Aim
from tapeloom.studio.effects import Band, Equalizer, Gain, Ride

MOST_RIDE_DB = 6.0  # up or down
MOST_TONE_DB = 6.0  # of any shelf
_RIDE_STEP_S = 1.0
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


def ride_for(steps: NDArray[np.float64], range_lu: float) -> Curve | None:
    """Return the fader's way that takes the loudness range down to a width; None: it need not.

    What is louder than the mean of its surroundings of 3 s goes down and what is softer comes up,
    all by one share, the least that will do.
    """
    from tapeloom.dsp.loudness import range_lu as range_of

    if range_of(steps) <= range_lu:
        return None
    times_s, away_lu = _away(steps)
    middles_s = (np.arange(steps.size) + 0.5) / _STEPS_PER_S

    def gains_db(share: float) -> NDArray[np.float64]:
        return np.clip(-share * away_lu, -MOST_RIDE_DB, MOST_RIDE_DB)

    def ridden(share: float) -> float:
        gain_db = np.interp(middles_s, times_s, gains_db(share))
        return range_of(steps * 10.0 ** (gain_db / 10.0))

    share = _least(lambda share: ridden(share) <= range_lu)
    return Curve(tuple(zip(times_s.tolist(), gains_db(share).round(3).tolist(), strict=True)))


def _away(steps: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times a second apart and by how many LU the sound there is off the whole's mean."""
    from tapeloom.dsp.loudness import RANGE_GATE_LU, SHORT_TERM_STEPS, integrated_lufs

    count = max(2, round(steps.size / _STEPS_PER_S / _RIDE_STEP_S) + 1)
    times_s = np.linspace(0.0, steps.size / _STEPS_PER_S, count)
    middles = np.round(times_s * _STEPS_PER_S).astype(int)
    # A whole window at the ends too: the first and last 3 s have one gain.
    low = np.clip(middles - SHORT_TERM_STEPS // 2, 0, max(0, steps.size - SHORT_TERM_STEPS))
    high = np.minimum(low + SHORT_TERM_STEPS, steps.size)
    sums = np.concatenate(([0.0], np.cumsum(steps)))
    power = (sums[high] - sums[low]) / np.maximum(1, high - low)
    lufs = -0.691 + 10.0 * np.log10(np.maximum(power, 1e-12))
    away = lufs - integrated_lufs(steps)
    # What lies below the range's own gate is no music: the fader stays where it last was.
    heard = away > RANGE_GATE_LU
    return times_s, np.interp(times_s, times_s[heard], away[heard])


def tone_for(spectrum: Spectrum, aim: Aim, rate: int) -> Equalizer | None:
    """Return shelves that lead slope and centroid to their aim; None where they are there.

    Two shelves tilt the slope; what is then still too bright is lowered at the top alone.
    """
    bands: tuple[Band, ...] = ()
    if spectrum.power.any() and aim.slope_db_per_octave is not None:
        least, most = aim.slope_db_per_octave
        slope = spectrum.slope_db_per_octave
        if slope < least:
            bands = _least_bands(_tilt, spectrum, rate, lambda t: t.slope_db_per_octave >= least)
        elif slope > most:
            bands = _least_bands(
                lambda db: _tilt(-db), spectrum, rate, lambda t: t.slope_db_per_octave <= most
            )
    if aim.centroid_hz is not None:
        highest_hz = aim.centroid_hz
        tilted = _shaped(spectrum, bands, rate)
        if tilted.centroid_hz > highest_hz:
            bands += _least_bands(
                lambda db: (Band("high_shelf", 5000.0, -db, 0.6),),
                tilted,
                rate,
                lambda t: t.centroid_hz <= highest_hz,
            )
    return Equalizer(bands) if bands else None


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
    from tapeloom.dsp.filters import frequency_response

    frequencies_hz = np.asarray(spectrum.frequencies_hz, np.float64)
    sections = [band.section(rate) for band in bands]
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
    peak = max((float(np.abs(block).max()) for block in run(chain, audio)), default=0.0)
    softer = (Gain(min(0.0, peak_dbfs - gain_to_db(peak))),) if peak > 0.0 else ()
    with AudioWriter(path, rate=audio.rate, channels=audio.channels) as writer:
        for block in run((*chain, *softer), audio):
            writer.write(block)
