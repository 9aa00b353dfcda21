"""What the driver asks of an instrument."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples


class Speaker(Protocol):
    """A cabinet that plays: blocks of (2, n) in order."""

    def process(self, block: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what is heard of a block, shape (2, n)."""


class Cabinet(Protocol):
    """What a whole part sounds through, all its notes together."""

    def start(self, rate: int) -> Speaker:
        """Return a speaker that starts to play."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a whole part is treated: what its player and its amplifier do to every note."""

    pedal: bool = False  # the sustain pedal holds its notes
    cutoff_hz: float = 16_000.0  # the amplifier's low-pass (12 dB per octave)
    tremolo_hz: float = 0.0  # the stereo tremolo's rate
    tremolo_depth: float = 0.0  # 0..1
    tremolo_phase: float = 0.0  # radians
    choke_s: float = 0.014  # in which a note that another one stops is gone
    glide_s: float = 0.0  # in which a note that joins the one before slides from its pitch
    cabinet: Cabinet | None = None
    tremolo_together: float = 0.0  # 0: from side to side; 1: both sides swell as one
    strum_s: float = 0.001  # strings struck within it don't stop each other


class Voice(Protocol):
    """One instrument with the parameters drawn for this record."""

    @property
    def tail_s(self) -> float:
        """Longest time that a note sounds after it was let go, in seconds."""

    @property
    def manner(self) -> Manner:
        """How the whole part is treated."""

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether striking one pitch stops another that rings (one string, a closed hat)."""

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
