"""What a master is led towards: spectrum, dynamics and width, of a table or of references."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.dsp.target_curve import sloped
from tapeloom.studio.presets import MasterSettings
from tapeloom.studio.profile import Profile

LOWEST_HZ, HIGHEST_HZ = 40.0, 16_000.0  # third octaves outside are not compared
_TABLE_HZ = 8000.0  # above, a table says nothing: how dark a top is, is taste
_SPREAD_DB = 3.0  # how far records of one kind lie apart in a band, where nothing tells
_DEFAULT_SLOPE = -5.0  # dB an octave: pop (Pestana 2013, by way of our table of lo-fi figures)


@dataclass(frozen=True, slots=True)
class Target:
    """Figures of the kind of record that is wanted."""

    name: str
    bands: tuple[tuple[float, float, float], ...]  # third octaves: Hz, dB at 0 LUFS, spread in dB
    peak_to_loudness_db: float
    range_lu: float
    widths_db: tuple[float, ...] | None  # side under middle in the bands of SPLITS_HZ; None: as is
    integrated_lufs: float
    reach: float = 1.0  # which part of the way the tone is led
    most_db: float = 6.0  # of a band

    def distance_db(self, bands_db: Sequence[tuple[float, float]]) -> float:
        """Return how far the shape of a spectrum lies off: RMS over bands, in dB."""
        offs = [wanted - found for wanted, found, _ in self.compared(bands_db)]
        return float(np.std(offs)) if offs else 0.0

    def compared(self, bands_db: Sequence[tuple[float, float]]) -> list[tuple[float, float, float]]:
        """Return (wanted dB, found dB, Hz) of the bands that both have and that are heard."""
        found = {round(hz): db for hz, db in bands_db if math.isfinite(db)}
        highest = max(found.values(), default=0.0)
        return [
            (wanted, found[round(hz)], hz)
            for hz, wanted, _ in self.bands
            if LOWEST_HZ <= hz <= HIGHEST_HZ and found.get(round(hz), -math.inf) > highest - 60.0
        ]


def bands_at_0_lufs(profile: Profile) -> list[tuple[float, float]]:
    """Return third octaves (Hz, dB) as if the audio's loudness were 0 LUFS."""
    level = profile.loudness.integrated_lufs
    shift = level if math.isfinite(level) else 0.0
    return [(hz, db - shift) for hz, db in profile.spectrum.bands_db(per_octave=3)]


def target_of(references: Sequence[Profile], name: str) -> Target:
    """Learn a target from references: the median of each figure.

    The spread of a band is what the references differ by, 1 dB at least.
    """
    heard = [profile for profile in references if not profile.is_silent]
    if not heard:
        raise InputError("the reference is silent or shorter than 0.4 s; give one with music")
    tables = [dict(bands_at_0_lufs(profile)) for profile in heard]
    bands = []
    for hz in tables[0]:
        levels = [table[hz] for table in tables if math.isfinite(table.get(hz, -math.inf))]
        if levels:
            spread = float(np.std(levels)) if len(levels) > 2 else _SPREAD_DB
            bands.append((hz, float(np.median(levels)), max(1.0, spread)))
    stereo = [profile.widths_db() for profile in heard if profile.side is not None]
    return Target(
        name=name,
        bands=tuple(bands),
        peak_to_loudness_db=float(np.median([profile.peak_to_loudness_db for profile in heard])),
        range_lu=float(np.median([profile.loudness.range_lu for profile in heard])),
        widths_db=tuple(np.median(stereo, axis=0).tolist()) if stereo else None,
        integrated_lufs=float(np.median([profile.loudness.integrated_lufs for profile in heard])),
    )


def target_for(settings: MasterSettings, name: str, profile: Profile) -> Target:
    """Return our own target for settings: a straight fall, and dynamics by their loudness.

    The level of the line is the mix's own, so that only the shape is compared. It is led half of
    the way and by 3 dB a band at most: a line says less of a record than another record does.
    Louder masters have less between loudness and peak: the ceiling less the loudness, up to 13 dB.
    """
    slope = settings.slope_db_per_octave
    slope = _DEFAULT_SLOPE if slope is None else slope
    curve = sloped(slope, below=(60.0, slope + 6.0), above=(4000.0, slope - 1.5))
    line = [
        (hz, float(curve.level_db(np.array(hz))), db)
        for hz, db in bands_at_0_lufs(profile)
        if LOWEST_HZ <= hz <= _TABLE_HZ
    ]
    loudest = max((db for _, _, db in line), default=0.0)
    heard = [db - level for hz, level, db in line if db > loudest - 30.0 and 100.0 <= hz <= 4000.0]
    shift = float(np.mean(heard)) if heard else 0.0
    return Target(
        name=name,
        bands=tuple((hz, level + shift, _SPREAD_DB) for hz, level, _ in line),
        peak_to_loudness_db=min(13.0, settings.ceiling_dbtp - settings.target_lufs),
        range_lu=min(max(profile.loudness.range_lu, 3.0), 7.0),
        widths_db=None,
        integrated_lufs=settings.target_lufs,
        reach=0.5,
        most_db=3.0,
    )
