"""The last hand on a mix: a slow ride and a tilt that lead it to its aim, by what it measures."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioFile, AudioWriter
from tapeloom.dsp.level import gain_to_db
from tapeloom.dsp.spectrum import Spectrum
from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.chain import Chain, Effect, run
from tapeloom.studio.console import Aim
from tapeloom.studio.effects import Band, Equalizer, Gain

MOST_RIDE_DB = 6.0  # up or down
MOST_TILT_DB = 6.0  # of either end
_RIDE_STEP_S = 1.0
_STEPS_PER_S = 100  # of the meter


def steer(steps: NDArray[np.float64], spectrum: Spectrum, aim: Aim, *, rate: int) -> Chain:
    """Return what leads a mix to its aim; nothing for one that is there.

    steps     K-weighted mean squares of every 10 ms of the mix
    spectrum  of the whole mix
    """
    chain: list[Effect] = []
    slopes = aim.slope_db_per_octave
    if slopes is not None and (tilt := tilt_for(spectrum, slopes, rate)) is not None:
        chain.append(tilt)
    if aim.range_lu is not None and (curve := ride_for(steps, aim.range_lu)) is not None:
        chain.append(Automated(Gain(), (("gain_db", curve),)))
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


def tilt_for(spectrum: Spectrum, bounds: tuple[float, float], rate: int) -> Equalizer | None:
    """Return two shelves that lead a slope into its bounds; None where it is, or all is silent."""
    from tapeloom.dsp.filters import frequency_response

    low, high = bounds
    slope = spectrum.slope_db_per_octave
    if low <= slope <= high or not spectrum.power.any():
        return None
    frequencies_hz = np.asarray(spectrum.frequencies_hz, np.float64)
    sign = 1.0 if slope < low else -1.0

    def shelves(share: float) -> Equalizer:
        end_db = sign * share * MOST_TILT_DB
        return Equalizer(
            (Band("low_shelf", 220.0, -end_db, 0.5), Band("high_shelf", 1800.0, end_db, 0.5))
        )

    def is_there(share: float) -> bool:
        sections = [band.section(rate) for band in shelves(share).bands]
        response = frequency_response(sections, frequencies_hz, rate)
        tilted = Spectrum(frequencies_hz, spectrum.power * np.square(np.abs(response)))
        now = tilted.slope_db_per_octave
        return now >= low if sign > 0.0 else now <= high

    return shelves(_least(is_there))


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
