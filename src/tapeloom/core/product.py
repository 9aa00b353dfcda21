"""What the later stages hand on: stems, the mix, the master and where a record comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, isnan
from typing import Any

from tapeloom.core.audio import AudioStream
from tapeloom.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Stem:
    """One part's audio from 0:00 of the record."""

    name: str
    role: str  # one of core.score.ROLES, or "texture"
    audio: AudioStream


@dataclass(frozen=True, slots=True)
class Stems:
    """Parts of one length and rate, ready to be mixed."""

    stems: tuple[Stem, ...]

    def __post_init__(self) -> None:
        if not self.stems:
            raise InputError("there are no stems; at least one part must sound")
        if len({(stem.audio.rate, stem.audio.frames) for stem in self.stems}) != 1:
            raise InputError("the stems differ in rate or length; they must all have the same")

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self.stems[0].audio.rate

    @property
    def frames(self) -> int:
        """Samples a channel."""
        return self.stems[0].audio.frames


@dataclass(frozen=True, slots=True)
class Mix:
    """Stems after their channels, their sum (premix), and the sum after the bus (mix)."""

    stems: Stems
    premix: AudioStream
    mix: AudioStream


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a meter after ITU-R BS.1770 and EBU R 128 reads; -inf for silence."""

    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float
    max_momentary_lufs: float
    max_short_term_lufs: float
    sample_peak_dbfs: float

    def __post_init__(self) -> None:
        if any(isnan(getattr(self, name)) for name in self.__slots__):
            raise InputError("a loudness is not a number")


def loudness_to_json(loudness: Loudness) -> dict[str, float | None]:
    """Return the figures to two decimals; null is silence, which has no loudness."""
    figures = {name: getattr(loudness, name) for name in Loudness.__slots__}
    return {name: round(x, 2) if isfinite(x) else None for name, x in figures.items()}


def loudness_from_json(data: Mapping[str, float | None]) -> Loudness:
    """Read what `loudness_to_json` wrote.

    >>> loudness = Loudness(-14.0, 5.0, -1.0, -10.0, -12.0, float("-inf"))
    >>> loudness_from_json(loudness_to_json(loudness)) == loudness
    True
    """
    figures = {name: data[name] for name in Loudness.__slots__}
    return Loudness(**{name: float("-inf") if x is None else x for name, x in figures.items()})


@dataclass(frozen=True, slots=True)
class Master:
    """The finished audio with its measured loudness."""

    audio: AudioStream
    loudness: Loudness
    notes: tuple[str, ...] = ()  # what was done and why, in sentences


@dataclass(frozen=True, slots=True)
class Origin:
    """A source that a record borrows from."""

    file: str  # its name, without the folder
    sha256: str
    kept: tuple[str, ...]  # "melody", "chords"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a record comes from, and what may be said of its rights."""

    version: str  # of tapeloom
    seed: int
    brief: Mapping[str, Any]
    engine: str
    origins: tuple[Origin, ...] = ()

    @property
    def is_free_of_other_rights(self) -> bool:
        """Whether nothing of it was borrowed from a file that the user gave."""
        return not self.origins
