"""How played time leaves the grid: swing, each player's place behind or ahead, and human drift."""

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.time import PPQ

# Milliseconds after (+) or before (-) the grid, the range that a record draws from. Kick and pedal
# hold the time; a late snare and early hats make the drag that the style is known for.
LATENESS_MS: dict[str, tuple[float, float]] = {
    "kick": (-1.0, 2.0),
    "snare": (10.0, 25.0),
    "rim": (8.0, 20.0),
    "clap": (10.0, 22.0),
    "brush": (6.0, 16.0),
    "closed_hat": (-8.0, -2.0),
    "pedal_hat": (-4.0, 2.0),
    "open_hat": (-6.0, 0.0),
    "crash": (-1.0, 2.0),
    "ride": (-7.0, -1.0),
    "shaker": (-9.0, -3.0),
    "bass": (2.0, 8.0),
    "melody": (4.0, 18.0),
    "keys": (2.0, 12.0),
    "guitar": (-2.0, 8.0),
    "pad": (0.0, 0.0),
    "other": (0.0, 6.0),
}


def swing(
    ticks: NDArray[np.int64], bar_offsets: NDArray[np.int64], *, ratio: float, level: int = 16
) -> NDArray[np.float64]:
    """Move what lies on the straight grid to the swung one.

    ticks        from the beginning of the score, shape (n,)
    bar_offsets  ticks since the start of each one's bar, shape (n,)
    ratio        the first note's share of a pair: 0.5 is straight, 2/3 a triplet, to 0.75
    level        which notes pair up: 16 sixteenths, 8 eighths

    Thirty-seconds move with the sixteenths around them; triplets and free ticks stay.

    >>> at = np.array([0, 2520, 5040, 3360])
    >>> swing(at, at, ratio=0.6)
    array([   0., 3024., 5040., 3360.])
    """
    if not 0.5 <= ratio <= 0.75:
        raise InputError(f"swing is {ratio}; it must lie between 0.5 (straight) and 0.75")
    if level not in (8, 16):
        raise InputError(f"swing_level is {level}; it must be 8 or 16")
    pair = 8 * PPQ // level
    half = pair // 2
    position = bar_offsets % pair
    first = position <= half
    warped = np.where(
        first, position * (ratio / 0.5), ratio * pair + (position - half) * ((1.0 - ratio) / 0.5)
    )
    on_grid = position % (half // 2) == 0
    return np.asarray(ticks + np.where(on_grid, warped - position, 0.0), np.float64)


def drift(n: int, rng: np.random.Generator, *, longest: int = 128) -> NDArray[np.float64]:
    """Draw n steps of 1/f noise with mean 0 and standard deviation 1.

    Players' deviations from a beat are correlated over many beats (Hennig et al., "The Nature and
    Perception of Fluctuations in Human Musical Rhythms", PLoS ONE 6(10), 2011): white jitter
    sounds like a fault, slow drift like a player. `longest` steps is the period from which on
    slower waves don't grow, so that nobody wanders off.

    >>> noise = drift(4096, np.random.default_rng(1))
    >>> bool(abs(noise.std() - 1) < 1e-9), bool(np.corrcoef(noise[1:], noise[:-1])[0, 1] > 0.4)
    (True, True)
    """
    if n < 1:
        return np.zeros(0)
    length = max(2 ** int(np.ceil(np.log2(n))), 4)
    spectrum = np.fft.rfft(rng.standard_normal(length))
    f = np.fft.rfftfreq(length)
    spectrum *= np.maximum(f, 1.0 / longest) ** -0.5
    spectrum[0] = 0.0
    noise = np.fft.irfft(spectrum, length)[:n]
    noise = noise - noise.mean() if n > 8 else noise
    spread = float(noise.std()) if n > 8 else float(np.sqrt(np.mean(np.abs(noise) ** 2)) or 1.0)
    return np.asarray(noise / (spread or 1.0), np.float64)


def played_swing(onsets: NDArray[np.float64], *, beat: float) -> float:
    """Read the swing ratio back: the mean place of the offbeats between half and 3/4 of a pair.

    onsets  in any unit, counted from a beat
    beat    the length of a pair in that unit

    >>> round(played_swing(np.array([0.0, 0.6, 1.0, 1.6]), beat=1.0), 3)
    0.6
    """
    place = (onsets / beat) % 1.0
    offbeats = place[(place > 0.4) & (place < 0.85)]
    return float(offbeats.mean()) if len(offbeats) else 0.5
