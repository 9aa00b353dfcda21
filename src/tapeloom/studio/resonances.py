"""Narrow peaks that colour all that sounds."""

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioStream
from tapeloom.core.errors import InputError
from tapeloom.studio.chain import rebatch
from tapeloom.studio.effects.bands import Band
from tapeloom.studio.moves import Move

Curve = NDArray[np.float64]

_STEPS = 48  # points an octave on which resonances are looked for
_LOWEST_HZ, _HIGHEST_HZ = 40.0, 16_000.0
_INAUDIBLE_DB = 60.0  # under the loudest band
_PAUSE_DB = 40.0  # under the loudest window
_MOST_FRAMES = 2000
_WINDOW_S = 0.74  # lines are 1.3 Hz apart
_LINE, _TOLD_APART_HZ = 3.5 / 48, 100.0  # octaves: q 20


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
