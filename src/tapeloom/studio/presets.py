"""Where a master is headed: loudness, ceiling, tone and the handling of each destination, as data.

Grades of the sources: A a standard or the service's own words, B common practice, C our choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.studio.effects import Band
from tapeloom.studio.effects.settings import check_settings


@dataclass(frozen=True, slots=True)
class MasterSettings:
    """What a master is made to be."""

    target_lufs: float = -14.0
    ceiling_dbtp: float = -1.0
    low_cut_hz: float = 32.0  # 12 dB an octave; 0: none
    high_cut_hz: float = 12_000.0  # 12 dB an octave; 0: none
    slope_db_per_octave: float | None = -6.0  # that 100 Hz to 4 kHz is led towards; None: as it is
    most_tilt_db: float = 3.0  # of either end, however far the slope is off
    air_db: float = 0.0  # a shelf above 6 kHz
    bands: tuple[Band, ...] = ()  # further bells and shelves: a reference's, the assistant's
    glue: float = 0.0  # 0..1: how much a slow compressor holds the whole together
    density: float = 1.0  # 0..1: how far faster compression may go where the limiter can't alone
    drive_db: float = 0.0  # into soft saturation; 0: none
    sibilance_db: float | None = None  # the most that 5 to 10 kHz may stand to the whole; None: any
    width: float = 1.0  # of the side: 0 mono, 1 as it is
    mono_below_hz: float = 0.0  # 0: nowhere
    release_ms: float = 140.0  # of the limiter
    most_limiting_db: float = 9.0  # exceeded in 5 % of the time at most; loudness ends there
    bits: int = 24  # 16: with dither, its noise shaped

    def __post_init__(self) -> None:
        check_settings(self, **_RANGES)
        if self.bits not in (16, 24):
            raise InputError(f"bits is {self.bits}; a master has 16 or 24")


_RANGES: Mapping[str, tuple[float, float]] = {
    "target_lufs": (-70.0, 0.0),
    "ceiling_dbtp": (-20.0, 0.0),
    "low_cut_hz": (0.0, 500.0),
    "high_cut_hz": (0.0, 400_000.0),
    "slope_db_per_octave": (-12.0, 3.0),
    "most_tilt_db": (0.0, 12.0),
    "air_db": (-12.0, 12.0),
    "glue": (0.0, 1.0),
    "density": (0.0, 1.0),
    "drive_db": (0.0, 24.0),
    "sibilance_db": (-30.0, 0.0),
    "width": (0.0, 2.0),
    "mono_below_hz": (0.0, 500.0),
    "release_ms": (1.0, 2000.0),
    "most_limiting_db": (0.0, 24.0),
}


@dataclass(frozen=True, slots=True)
class Preset:
    """A destination, by name."""

    settings: MasterSettings
    tolerance_lu: float  # what the destination accepts around the centre
    reason: str

    @property
    def centre_lufs(self) -> float:
        """The loudness that is aimed at."""
        return self.settings.target_lufs


PRESETS: Mapping[str, Preset] = {
    "streaming": Preset(
        MasterSettings(high_cut_hz=0.0, slope_db_per_octave=-5.0, most_tilt_db=2.0, glue=0.3),
        0.5,
        "Spotify plays at -14 LUFS and asks for -1 dBTP (A); louder is only turned down again, "
        "so that peaks may live",
    ),
    "apple": Preset(
        MasterSettings(
            target_lufs=-16.0, high_cut_hz=0.0, slope_db_per_octave=-5.0, most_tilt_db=2.0, glue=0.2
        ),
        0.5,
        "Sound Check plays at -16 LUFS (B); -1 dBTP leaves AAC its overs",
    ),
    "cd": Preset(
        MasterSettings(
            target_lufs=-9.0, ceiling_dbtp=-0.3, low_cut_hz=25.0, high_cut_hz=0.0,
            slope_db_per_octave=-5.0, most_tilt_db=2.0, glue=0.4, release_ms=90.0, bits=16,
        ),
        1.0,
        "players don't turn discs down, so that the record stands beside others of -10 to -8 LUFS "
        "(B); 16 bits with dither, its noise where the ear is dull",
    ),
    "vinyl": Preset(
        MasterSettings(
            target_lufs=-12.0, low_cut_hz=35.0, high_cut_hz=16_000.0, slope_db_per_octave=-5.0,
            most_tilt_db=2.0, glue=0.3, sibilance_db=-10.0, mono_below_hz=150.0,
        ),
        0.5,
        "a cutter head wants bass in the middle, no rumble, bounded sibilance and little above "
        "16 kHz (B); level is "
        "the cutting engineer's, so that -12 LUFS keeps the transients",
    ),
    "club": Preset(
        MasterSettings(
            target_lufs=-7.0, ceiling_dbtp=-0.3, low_cut_hz=28.0, high_cut_hz=0.0,
            slope_db_per_octave=-4.8, most_tilt_db=2.0, glue=0.5, drive_db=3.0, mono_below_hz=110.0,
            release_ms=60.0,
        ),
        1.0,
        "large rooms are played without normalisation, from tracks of -8 to -6 LUFS (B); bass in "
        "the middle, since many of them are mono",
    ),
    "lofi": Preset(
        MasterSettings(glue=0.5, drive_db=3.0, width=0.95, mono_below_hz=120.0),
        0.5,
        "the streaming level with a soft top: -6 dB an octave from 100 Hz to 4 kHz, cut at "
        "12 kHz (B, C)",
    ),
    "electronic": Preset(
        MasterSettings(
            target_lufs=-9.0, low_cut_hz=25.0, high_cut_hz=0.0, slope_db_per_octave=-4.8,
            most_tilt_db=2.0, glue=0.4, drive_db=2.0, mono_below_hz=110.0, release_ms=70.0,
        ),
        1.0,
        "dense by nature, and it loses little at -9 LUFS; streaming turns it down (C)",
    ),
    "acoustic": Preset(
        MasterSettings(
            target_lufs=-16.0, low_cut_hz=25.0, high_cut_hz=0.0, slope_db_per_octave=-5.5,
            most_tilt_db=1.5, release_ms=200.0,
        ),
        0.5,
        "played music lives by its dynamics: no glue, a soft limiter, -16 LUFS (C)",
    ),
    "broadcast": Preset(
        MasterSettings(
            target_lufs=-23.0, low_cut_hz=25.0, high_cut_hz=0.0, slope_db_per_octave=None
        ),
        0.5,
        "EBU R 128: -23.0 LUFS, at most -1 dBTP; the tone is left alone (A)",
    ),
    "transparent": Preset(
        MasterSettings(
            low_cut_hz=0.0, high_cut_hz=0.0, slope_db_per_octave=None, density=0.0
        ),
        0.5,
        "-14 LUFS and -1 dBTP by gain and limiter alone (C)",
    ),
}  # fmt: skip


def preset(name: str) -> Preset:
    """Return a preset; InputError that names the nearest where there is none of that name.

    >>> preset("broadcast").centre_lufs
    -23.0
    >>> preset("steaming")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: 'steaming' is no preset; did you mean 'streaming'? ...
    """
    if name in PRESETS:
        return PRESETS[name]
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), PRESETS, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise InputError(f"{name!r} is no preset; {hint}there are {', '.join(PRESETS)}")
