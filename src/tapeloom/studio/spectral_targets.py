"""Spectra that a mix may be matched to, with where each comes from."""

from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.dsp.target_curve import TargetCurve, sloped


@dataclass(frozen=True, slots=True)
class SpectralTarget:
    """A curve, and how well founded it is."""

    curve: TargetCurve
    grade: str  # A: measured on many records, and published; C: our own judgement; D: a definition
    source: str


TARGETS = {
    "pink": SpectralTarget(
        sloped(-3.01),
        "D",
        "equal power in every octave, by definition",
    ),
    "popular": SpectralTarget(
        sloped(-5.0, below=(100.0, 0.0), above=(4000.0, -7.0)),
        "A",
        "P. D. Pestana et al., 'Spectral Characteristics of Popular Commercial Recordings "
        "1950-2010', 135th AES Convention, 2013: about -5 dB an octave from 100 Hz to 4 kHz; "
        "the slopes outside of that are ours",
    ),
    "lofi": SpectralTarget(
        sloped(-6.0, below=(100.0, 0.0), above=(4000.0, -11.0)),
        "C",
        "ours: one decibel an octave darker than popular records, as the range in docs/sound.md",
    ),
}


def spectral_target(name: str) -> SpectralTarget:
    """Return a target by its name.

    >>> spectral_target("pnk")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: 'pnk' is no target; did you mean 'pink'? ...
    """
    from difflib import get_close_matches

    if name not in TARGETS:
        near = get_close_matches(name, TARGETS, 1, 0.5)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(f"{name!r} is no target; {meant}choose one of {', '.join(TARGETS)}")
    return TARGETS[name]
