"""How an instrument's notes lie in third-octave bands, as measured from the synth.

The table is made by docs/make_instrument_spectra.py. An instrument that the synth hasn't got is
told by its stand-in's figures: a violin by the cello's, an oboe by the clarinet's. Where it goes
beyond the stand-in's range, the nearest note's bands are moved up or down whole. So an oboe has a
clarinet's hollow spectrum here, a tuba a saxophone's: the bands are right by register, not by
colour.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.theory.instruments.catalogue import played_by
from tapeloom.theory.instruments.kits import KITS

FILE = Path(__file__).parents[2] / "models" / "spectra.npz"
STEP = 4  # semitones between the notes measured: a third of an octave, one band
BANDS_HZ = tuple(round(1000.0 * 2.0 ** (k / 3.0), 1) for k in range(-15, 12))  # 31 Hz to 12.7 kHz
BAND_EDGES_HZ = tuple(1000.0 * 2.0 ** ((k - 0.5) / 3.0) for k in range(-15, 13))

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Spectra:
    """What every MIDI pitch of an instrument is like, by pitch 0..127."""

    power: Floats  # (128, bands), of each note; a row's sum is 1
    hold_s: Floats  # (128,), seconds until a held note has lost 10 dB, at most 4
    level_db: Floats  # (128,), as the synth plays it, about the median of all instruments


@cache
def _table() -> dict[str, tuple[NDArray[np.int64], Floats]]:
    """Return by instrument the pitches and the rows of level, hold and bands."""
    with np.load(FILE) as file:
        columns = [file["level_db"][:, None], file["hold_s"][:, None], file["bands_db"]]
        rows = np.concatenate([column.astype(np.float64) for column in columns], axis=1)
        rows[:, 0] -= np.median(rows[:, 0])
        pitches = file["pitch"].astype(np.int64)
        owner = file["instrument"]
        return {
            str(name): (pitches[owner == index], rows[owner == index])
            for index, name in enumerate(file["names"])
        }


@cache
def spectra_of(name: str) -> Spectra:
    """Return an instrument's spectra by pitch; InputError where it is unknown, or a drum kit.

    >>> flute = spectra_of("flute")
    >>> BANDS_HZ[int(flute.power[81].argmax())]  # A5, 880 Hz: the fundamental
    793.7
    """
    player = played_by(name)
    if player in KITS:
        raise InputError(f"{name} is a drum kit and has no spectrum by pitch; give a pitched one")
    pitches, rows = _table()[player]
    wanted = np.arange(128)
    inside = np.clip(wanted, pitches[0], pitches[-1])
    mixed = np.stack([np.interp(inside, pitches, column) for column in rows.T], axis=1)
    power = 10.0 ** (mixed[:, 2:] / 10.0)
    for pitch in np.flatnonzero(inside != wanted):
        power[pitch] = _moved(power[pitch], round((pitch - inside[pitch]) / STEP))
    return Spectra(power / power.sum(axis=1, keepdims=True), mixed[:, 1], mixed[:, 0])


def _moved(power: Floats, bands: int) -> Floats:
    """Move a note's power by whole bands; what leaves at an end stays in the last band."""
    at = np.clip(np.arange(len(power)) + bands, 0, len(power) - 1)
    return np.asarray(np.bincount(at, weights=power, minlength=len(power)) + 1e-12, np.float64)
