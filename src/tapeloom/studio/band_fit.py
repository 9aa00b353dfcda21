"""Fitting a few bands to a curve of gains."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.prototypes import prototypes
from tapeloom.studio.effects.bands import Band

Curve = NDArray[np.float64]

# Where each kind may lie and how narrow it may be: what is narrower is a note, no colour, and a
# sharp shelf rings.
_RANGES = {
    "low_shelf": ((60.0, 500.0), (0.4, 0.9)),
    "high_shelf": ((1800.0, 12_000.0), (0.4, 0.9)),
    "bell": ((40.0, 16_000.0), (0.4, 2.0)),
}
_SHELVES_HZ = (150.0, 5000.0)
_RESTRAINT = 0.12  # dB of error that a decibel of gain costs: or bands would fight each other


def fit_bands(
    frequencies_hz: Curve, wanted_db: Curve, *, bells: int = 4, most_db: float = 6.0
) -> tuple[Band, ...]:
    """Return a low shelf, a high shelf and bells whose gains together come close to a curve.

    frequencies_hz, wanted_db  (n,), rising; the error is the mean square over these points
    most_db                    what the gain of a band is at most, up or down

    Each bell begins where most is missing; then all settings are refined together by least
    squares. Bands that come out under 0.2 dB are left out.

    >>> hz = np.geomspace(40.0, 16_000.0, 27)
    >>> wanted = 20 * np.log10(Band("bell", 1000.0, 4.0, 1.0).magnitude(hz))
    >>> [(band.kind, round(band.cutoff_hz), round(band.gain_db, 1))
    ...  for band in fit_bands(hz, wanted, bells=1)]
    [('bell', 1000, 4.0)]
    """
    kinds = ["low_shelf", "high_shelf"]
    settings = [[hz, 0.0, 0.7] for hz in _SHELVES_HZ]
    settings = _refined(kinds, settings, frequencies_hz, wanted_db, most_db)
    for _ in range(bells):
        missing = wanted_db - _curve(kinds, settings, frequencies_hz)
        at = int(np.argmax(np.abs(_smoothed(missing))))
        gain_db = float(np.clip(missing[at], -most_db, most_db)) * 0.7
        kinds.append("bell")
        settings.append([float(frequencies_hz[at]), gain_db, 1.0])
        settings = _refined(kinds, settings, frequencies_hz, wanted_db, most_db)
    bands = [Band(kind, hz, gain, q) for kind, (hz, gain, q) in zip(kinds, settings, strict=True)]
    return tuple(band for band in bands if abs(band.gain_db) >= 0.2)


def _curve(kinds: list[str], settings: list[list[float]], frequencies_hz: Curve) -> Curve:
    """Return the gains of bands in series in dB: what `Band.magnitude` says, all at once."""
    stages = [
        prototypes(kind, gain_db=gain_db, q=q)[0]
        for kind, (_, gain_db, q) in zip(kinds, settings, strict=True)
    ]
    n, d = np.moveaxis(np.array(stages), 1, 0)[..., None]
    w = frequencies_hz / np.array([row[0] for row in settings])[:, None]
    power = ((n[:, 2] - n[:, 0] * w * w) ** 2 + (n[:, 1] * w) ** 2) / (
        (d[:, 2] - d[:, 0] * w * w) ** 2 + (d[:, 1] * w) ** 2
    )
    return np.asarray(10.0 * np.log10(power).sum(axis=0))


def _smoothed(curve: Curve) -> Curve:
    """Weigh each point with its neighbours: a bell is no use for one point alone."""
    padded = np.pad(curve, 1, mode="edge")
    return np.asarray((padded[:-2] + 2.0 * padded[1:-1] + padded[2:]) / 4.0)


def _refined(
    kinds: list[str],
    settings: list[list[float]],
    frequencies_hz: Curve,
    wanted_db: Curve,
    most_db: float,
) -> list[list[float]]:
    from scipy.optimize import least_squares

    def unpacked(packed: Curve) -> list[list[float]]:
        rows = packed.reshape(-1, 3)
        return [[float(2.0**hz), float(gain), float(2.0**q)] for hz, gain, q in rows]

    def error(packed: Curve) -> Curve:
        settings = unpacked(packed)
        missing = _curve(kinds, settings, frequencies_hz) - wanted_db
        return np.concatenate((missing, [_RESTRAINT * gain_db for _, gain_db, _ in settings]))

    start, lowest, highest = [], [], []
    for kind, (hz, gain_db, q) in zip(kinds, settings, strict=True):
        (low_hz, high_hz), (low_q, high_q) = _RANGES[kind]
        lowest += [np.log2(low_hz), -most_db, np.log2(low_q)]
        highest += [np.log2(high_hz), most_db, np.log2(high_q)]
        start += [np.log2(hz), gain_db, np.log2(q)]
    inside = np.clip(start, np.array(lowest) + 1e-6, np.array(highest) - 1e-6)
    found: Any = least_squares(
        error, inside, bounds=(lowest, highest), max_nfev=40, x_scale=[0.5, 2.0, 0.5] * len(kinds)
    )
    return unpacked(np.asarray(found.x))
