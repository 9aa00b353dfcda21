"""Gradings: the whole picture leaned towards one family of colours, as a film print does.

A grading works in OKLab: a curve on lightness, less or more colour, and split toning, in which
shadows, middle tones and lights lean towards colours of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from tapeloom.core.errors import InputError
from tapeloom.media.oklab import from_oklab, to_oklab
from tapeloom.media.palette import Palette, hexadecimal, rgb

_CUBE = 25  # steps a side of the table that grades whole pictures


class ColorGrading(StrEnum):
    """The looks that a picture may be given."""

    WARM = "warm"
    COOL = "cool"
    VINTAGE = "vintage"
    CYBERPUNK = "cyberpunk"
    PASTEL = "pastel"
    NOIR = "noir"
    SUNSET = "sunset"
    FOREST = "forest"


@dataclass(frozen=True, slots=True)
class Look:
    """What a grading does; the three tints are leant to by shadows, middle tones and lights."""

    shadows: str
    middles: str
    lights: str
    hold: float  # 0 keeps the picture's own hues, 1 leaves only the tints'
    colour: float = 1.0  # by which chroma is multiplied
    contrast: float = 1.0  # slope of the curve around the middle grey
    lift: float = 0.0  # lightness that black rises to
    gain: float = 1.0  # lightness that white falls to
    gamma: float = 1.0  # under 1 lightens the middle tones


LOOKS: Mapping[ColorGrading, Look] = {
    ColorGrading.WARM: Look("#2b130c", "#b8603a", "#ffdf9c", 0.8, 1.0, 1.03, 0.015),
    ColorGrading.COOL: Look("#06182e", "#357f9e", "#d6f2f4", 0.76, 0.95, 1.02, 0.015),
    ColorGrading.VINTAGE: Look("#1f2d2b", "#a87f48", "#fae8bd", 0.76, 1.0, 1.0, 0.075, 0.97),
    ColorGrading.CYBERPUNK: Look("#140a3c", "#a02a9c", "#7df4ff", 0.68, 1.3, 1.12),
    ColorGrading.PASTEL: Look("#45407e", "#d493b8", "#fff2ea", 0.64, 0.9, 0.98, 0.2, 1.0, 0.78),
    ColorGrading.NOIR: Look("#08090c", "#5b5e66", "#efe8da", 0.9, 0.55, 1.2, -0.01),
    ColorGrading.SUNSET: Look("#2a1038", "#c8435a", "#ffcf86", 0.74, 1.15, 1.06),
    ColorGrading.FOREST: Look("#07231a", "#4c8a52", "#f2efb8", 0.8, 0.95, 1.0, 0.015),
}


def parse_grading(text: str) -> ColorGrading:
    """Read a grading's name.

    >>> parse_grading("Noir").value
    'noir'
    """
    try:
        return ColorGrading(text.strip().lower())
    except ValueError:
        known = ", ".join(ColorGrading)
        raise InputError(f"grading {text!r} is not known; choose one of {known}") from None


def grade(colours: NDArray[np.float32], grading: ColorGrading) -> NDArray[np.float32]:
    """Grade display colours 0..1 (last axis of 3).

    Lightness goes through the look's curve; the two colour axes are blended with those of the
    tint of that lightness. Strong colours keep more of themselves, so that a red cup stays red.
    """
    look = LOOKS[grading]
    lab = to_oklab(colours)
    tints = to_oklab(np.stack([rgb(t) for t in (look.shadows, look.middles, look.lights)]))
    middle = 0.5
    light = middle + look.contrast * (lab[..., 0] - middle)
    # Round shoulders: a steeper curve must not clip.
    light = np.clip(light, 0.0, 1.0) if look.contrast <= 1 else _shouldered(light)
    light = look.lift + (look.gain - look.lift) * light**look.gamma
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    hold = look.hold * (1 - 0.6 * np.clip((chroma - 0.09) / 0.12, 0, 1))
    graded = np.empty_like(lab)
    graded[..., 0] = light
    for axis in (1, 2):
        tint = np.interp(light, tints[:, 0], tints[:, axis])
        graded[..., axis] = (1 - hold) * look.colour * lab[..., axis] + hold * tint
    # Black and white have no room for colour.
    graded[..., 1:] *= np.clip(4.5 * np.minimum(light, 1.12 - light), 0, 1)[..., None]
    return from_oklab(graded)


def _shouldered(light: NDArray[np.float64]) -> NDArray[np.float64]:
    soft = 0.04
    low = soft * np.logaddexp(0.0, light / soft)
    high: NDArray[np.float64] = 1 - soft * np.logaddexp(0.0, (1 - low) / soft)
    return np.clip(high, 0.0, 1.0)


def graded_palette(palette: Palette, grading: ColorGrading) -> Palette:
    """Grade a palette's colours: what is painted from it needs no grading afterwards."""

    def tinted(text: str) -> str:
        return hexadecimal(grade(rgb(text), grading))

    zenith, middle, horizon = (tinted(text) for text in palette.sky)
    return replace(
        palette, name=f"{palette.name}, {grading}", sky=(zenith, middle, horizon),
        haze=tinted(palette.haze), ink=tinted(palette.ink), light=tinted(palette.light),
        accent=tinted(palette.accent), paper=tinted(palette.paper), green=tinted(palette.green),
    )  # fmt: skip


def grade_image(image: Image.Image, grading: ColorGrading) -> Image.Image:
    """Grade a finished picture through a table of colours (a 3D LUT)."""
    return image.convert("RGB").filter(_table(grading))


@cache
def _table(grading: ColorGrading) -> ImageFilter.Color3DLUT:
    steps = np.linspace(0, 1, _CUBE, dtype=np.float32)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    colours = grade(np.stack([red, green, blue], axis=-1), grading)
    return ImageFilter.Color3DLUT(_CUBE, colours.ravel().tolist())
