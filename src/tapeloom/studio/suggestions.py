"""What an equaliser could do for a sound, as moves with reasons, to accept or to refuse.

Spectra don't know what was meant: a drone that is held through the whole song looks as a ringing
room does. That is why these are suggestions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioStream
from tapeloom.core.errors import InputError
from tapeloom.dsp.spectrum import Spectrum
from tapeloom.studio.band_fit import fit_bands
from tapeloom.studio.chain import rebatch
from tapeloom.studio.effects.bands import Band
from tapeloom.studio.effects.equalizer import Equalizer
from tapeloom.studio.spectral_targets import spectral_target

Curve = NDArray[np.float64]

# Who keeps a band that two want: the first one named here.
PRIORITY = ("vocals", "melody", "drums", "bass", "keys", "guitar", "strings", "pad", "texture")
MOST_DB = 6.0  # what matching moves at most
_STEPS = 48  # points an octave on which resonances are looked for
_LOWEST_HZ, _HIGHEST_HZ = 40.0, 16_000.0
_INAUDIBLE_DB = 60.0  # under the loudest band
_PAUSE_DB = 40.0  # under the loudest window
_MOST_FRAMES = 2000
_WINDOW_S = 0.74  # lines are 1.3 Hz apart
_LINE, _TOLD_APART_HZ = 3.5 / 48, 100.0  # octaves: q 20


@dataclass(frozen=True, slots=True)
class Move:
    """One band that may help, and why."""

    band: Band
    reason: str
    stem: str | None = None  # whose band it is; None: the whole sound's

    def __str__(self) -> str:
        """Tell the move in a line."""
        whose = f"{self.stem}: " if self.stem else ""
        band = self.band
        return (
            f"{whose}{band.kind} {band.cutoff_hz:.0f} Hz, {band.gain_db:+.1f} dB, q {band.q:.1f}: "
            f"{self.reason}"
        )


def accept(
    moves: Sequence[Move],
    which: Iterable[int] | None = None,
    *,
    stem: str | None = None,
    phase: str = "minimum",
) -> Equalizer:
    """Return the equalizer of the accepted moves.

    which  their places in the list, from 0; all where None
    stem   whose moves; those of the whole sound where None

    >>> moves = [Move(Band("bell", 300.0, -3.0), "booms"), Move(Band("bell", 900.0, 2.0), "thin")]
    >>> [band.cutoff_hz for band in accept(moves, [0]).bands]
    [300.0]
    """
    chosen = range(len(moves)) if which is None else sorted(set(which))
    for at in chosen:
        if not 0 <= at < len(moves):
            raise InputError(f"there is no move {at}; there are {len(moves)}, counted from 0")
    return Equalizer(tuple(moves[at].band for at in chosen if moves[at].stem == stem), phase)


def resonances(
    audio: AudioStream, *, least_db: float = 5.0, most: int = 5, stem: str | None = None
) -> list[Move]:
    """Suggest cuts where narrow peaks stand over the smoothed spectrum, the worst first.

    least_db  how far over the surrounding octave a peak must stand

    What counts is each frequency's median over time: notes come and go, a resonance colours all
    that sounds. Lines that are narrower than a resonance of q 20 are taken for notes too (over
    100 Hz, where a spectrum can tell). A cut takes three quarters of the excess and is as wide as
    the peak.
    """
    octaves, level = _usual_levels(audio)
    # Over a sixteenth of an octave: the tip of a peak must be no accident.
    level = np.convolve(np.pad(level, 1, mode="edge"), np.full(3, 1.0 / 3.0), mode="valid")
    excess = level - _median(level, _STEPS)
    heard = level > level.max() - _INAUDIBLE_DB
    moves: list[Move] = []
    free = excess.copy()
    while len(moves) < most:
        at = int(np.argmax(np.where(heard, free, -np.inf)))
        if free[at] < least_db:
            break
        low, high = _edges(excess, at)
        free[max(0, low - _STEPS // 6) : high + _STEPS // 6] = -np.inf
        width = max(high - low, 1) / _STEPS
        is_line = width < _LINE and octaves[at] > np.log2(_TOLD_APART_HZ)
        if is_line or width > 0.6:  # a note, or a broad hill
            continue
        weight = 10.0 ** (excess[low : high + 1] / 10.0)
        hz = float(2.0 ** (np.sum(octaves[low : high + 1] * weight) / weight.sum()))
        peak_db = float(excess[at])
        q = 1.0 / (2.0 ** (width / 2.0) - 2.0 ** (-width / 2.0))
        # A bell is narrower at its top than its q says.
        bell_q = float(np.clip(q * 10.0 ** (-peak_db / 40.0), 0.7, 12.0))
        moves.append(
            Move(
                Band("bell", hz, -min(0.75 * peak_db, 12.0), bell_q),
                f"a resonance at {hz:.0f} Hz stands {peak_db:.1f} dB over its surroundings "
                f"most of the time (q about {q:.1f})",
                stem,
            )
        )
    return moves


def masking(
    spectra: Mapping[str, Spectrum],
    *,
    priority: Sequence[str] = PRIORITY,
    within_db: float = 6.0,
    cut_db: float = 3.0,
    most: int = 6,
) -> list[Move]:
    """Suggest cuts where two stems are loud in the same third of an octave, the loudest first.

    spectra    by stem, as loud as they are in the mix
    priority   who keeps the band: the first one named; stems that it lacks come after it
    within_db  how near the two levels are, and how near each is to its own loudest band, within
               twice that

    The stem that comes later is cut. Bands side by side become one wider cut.
    """
    names = sorted(spectra, key=lambda name: _rank(name, priority))
    levels = {name: _third_octaves(spectra[name]) for name in names}
    found: list[tuple[float, str, str, list[int]]] = []
    for index, first in enumerate(names):
        for second in names[index + 1 :]:
            pair = [levels[name][1] for name in (first, second)]
            strong = [level > level.max() - 2.0 * within_db for level in pair]
            both = strong[0] & strong[1] & (np.abs(pair[0] - pair[1]) <= within_db)
            found += [
                (float(np.mean(pair[0][run])), first, second, run)
                for run in _runs(both & (levels[first][0] >= 100.0))
            ]
    found.sort(key=lambda clash: -clash[0])
    moves = []
    for _, first, second, run in found[:most]:
        centres = levels[first][0][run]
        hz = float(np.sqrt(centres[0] * centres[-1]))
        width = len(run) / 3.0
        q = float(1.0 / (2.0 ** (width / 2.0) - 2.0 ** (-width / 2.0)))
        moves.append(
            Move(
                Band("bell", hz, -cut_db, q),
                f"{first} and {second} are about as loud around {hz:.0f} Hz, and {first} "
                "comes first",
                second,
            )
        )
    return moves


def match_target(
    spectrum: Spectrum, target: str, *, bells: int = 4, most_db: float = MOST_DB
) -> list[Move]:
    """Suggest bands that bring a spectrum to a target of `studio.spectral_targets`."""
    wanted = spectral_target(target)
    return _matched(
        spectrum,
        lambda hz: wanted.density_db(hz) + 10.0 * np.log10(hz),
        f"the target '{target}'",
        bells=bells,
        most_db=most_db,
    )


def match_reference(
    spectrum: Spectrum,
    reference: Spectrum,
    *,
    bells: int = 4,
    most_db: float = MOST_DB,
    name: str = "the reference",
) -> list[Move]:
    """Suggest bands that bring a spectrum to that of a reference; the level doesn't count."""
    centres, level = _third_octaves(reference)
    return _matched(
        spectrum,
        lambda hz: np.interp(np.log2(hz), np.log2(centres), level),
        name,
        bells=bells,
        most_db=most_db,
    )


def _matched(
    spectrum: Spectrum, level_db: Callable[[Curve], Curve], name: str, *, bells: int, most_db: float
) -> list[Move]:
    """Suggest bands towards the levels of thirds of an octave, `level_db` of their centres."""
    centres, level = _third_octaves(spectrum)
    heard = level > level.max() - _INAUDIBLE_DB
    centres, missing = centres[heard], (level_db(centres) - level)[heard]
    # A change of level is no matter of an equaliser.
    missing = np.clip(missing - np.median(missing), -most_db, most_db)
    moves = []
    for band in fit_bands(centres, missing, bells=bells, most_db=most_db):
        where = {"low_shelf": "below", "high_shelf": "above"}.get(band.kind, "around")
        amount = "less" if band.gain_db > 0.0 else "more"
        moves.append(
            Move(
                band,
                f"{where} {band.cutoff_hz:.0f} Hz there is {abs(band.gain_db):.1f} dB {amount} "
                f"than in {name}",
            )
        )
    return moves


def _third_octaves(spectrum: Spectrum) -> tuple[Curve, Curve]:
    """Return the centres and the levels of the bands that can be heard."""
    bands = [
        (hz, level)
        for hz, level in spectrum.bands_db(per_octave=3)
        if _LOWEST_HZ <= hz <= _HIGHEST_HZ
    ]
    centres, level = np.array(bands, np.float64).T
    if not np.isfinite(level).any():
        raise InputError("the sound is silent; there is nothing to suggest")
    return centres, np.maximum(level, -200.0)


def _usual_levels(audio: AudioStream) -> tuple[Curve, Curve]:
    """Return octaves (the logarithms of the frequencies) and the median density there in dB.

    At most _MOST_FRAMES windows are looked at, evenly spread; those in pauses don't count.
    """
    window = int(2 ** round(np.log2(_WINDOW_S * audio.rate)))
    highest = min(_HIGHEST_HZ, 0.45 * audio.rate)
    octaves = np.arange(np.log2(_LOWEST_HZ), np.log2(highest), 1.0 / _STEPS)
    hop = max(window // 4, audio.frames // _MOST_FRAMES)
    held = np.zeros((audio.channels, 0), np.float32)
    levels = []
    for block in rebatch(audio.blocks(), hop):
        held = np.concatenate((held, block), axis=1)[:, -max(window, hop) :]
        x = held[:, :window] * np.hanning(min(window, held.shape[1]))
        power = np.square(np.abs(np.fft.rfft(x, window))).mean(axis=0)
        if power.any():
            levels.append(_fine_levels(power, audio.rate / window, octaves))
    if not levels:
        raise InputError("the sound is silent; there is nothing to suggest")
    frames = np.array(levels)
    loud = 10.0 * np.log10(np.sum(10.0 ** (frames / 10.0), axis=1))
    return octaves, np.median(frames[loud > loud.max() - _PAUSE_DB], axis=0)


def _fine_levels(power: Curve, line_hz: float, octaves: Curve) -> Curve:
    """Return the density at each point in dB, from lines that are `line_hz` apart.

    It is its share of the cumulated power: lines are split where points are closer than they are.
    """
    total = np.concatenate(([0.0], np.cumsum(power)))
    edges = (np.arange(total.size) - 0.5) * line_hz
    middle = 2.0**octaves
    # At least one line wide.
    spread = np.maximum(middle * (2.0 ** (0.5 / _STEPS) - 1.0), line_hz / 2.0)
    inside = np.interp(middle + spread, edges, total) - np.interp(middle - spread, edges, total)
    return np.asarray(10.0 * np.log10(np.maximum(inside / (2.0 * spread), 1e-20)))


def _median(level: Curve, width: int) -> Curve:
    """Return the median of each point's surroundings, `width` points to each side."""
    padded = np.pad(level, width, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * width + 1)
    return np.asarray(np.median(windows, axis=1))


def _edges(excess: Curve, at: int) -> tuple[int, int]:
    """Return where a peak is 3 dB under its top on each side."""
    low = high = at
    while low > 0 and excess[low - 1] > excess[at] - 3.0:
        low -= 1
    while high < excess.size - 1 and excess[high + 1] > excess[at] - 3.0:
        high += 1
    return low, high


def _rank(name: str, priority: Sequence[str]) -> tuple[int, str]:
    return (priority.index(name) if name in priority else len(priority), name)


def _runs(mask: NDArray[np.bool_]) -> list[list[int]]:
    """Return the stretches of places where the mask is true."""
    runs: list[list[int]] = []
    for at in np.flatnonzero(mask):
        if runs and runs[-1][-1] == at - 1:
            runs[-1].append(int(at))
        else:
            runs.append([int(at)])
    return runs
