"""What an equaliser could do for a sound, as moves with reasons, to accept or to refuse.

Spectra don't know what was meant: a drone that is held through the whole song looks as a ringing
room does. That is why these are suggestions.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.spectrum import Spectrum
from tapeloom.studio.band_fit import fit_bands
from tapeloom.studio.effects.bands import Band
from tapeloom.studio.moves import Move, accept
from tapeloom.studio.resonances import resonances
from tapeloom.studio.spectral_targets import spectral_target

__all__ = ["Move", "accept", "masking", "match_reference", "match_target", "resonances"]

Curve = NDArray[np.float64]

# Who keeps a band that two want: the first one named here.
PRIORITY = ("vocals", "melody", "drums", "bass", "keys", "guitar", "strings", "pad", "texture")
MOST_DB = 6.0  # what matching moves at most
_LOWEST_HZ, _HIGHEST_HZ = 40.0, 16_000.0
_INAUDIBLE_DB = 60.0  # under the loudest band


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
    return _matched(
        spectrum,
        spectral_target(target).curve.level_db,
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
