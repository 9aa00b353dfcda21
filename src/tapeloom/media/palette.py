"""Colours: limited palettes by mood and place, mixing in OKLab, and WCAG contrast."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.media.oklab import from_oklab, linear, to_oklab

Colour = NDArray[np.float32]  # (3,) display sRGB, 0..1


@dataclass(frozen=True, slots=True)
class Palette:
    """The few colours of one picture, as sRGB hexadecimal."""

    name: str
    sky: tuple[str, str, str]  # zenith, middle, horizon
    haze: str  # the farthest silhouettes
    ink: str  # the nearest silhouettes and the ground under the title
    light: str  # lamps, lit windows, sun or moon
    accent: str  # one warm or cool spot: a book, a label, a roof
    paper: str  # lettering
    brightness: float  # 0..1, of the whole
    is_night: bool
    suits: Mapping[str, float]  # mood or scene -> how well
    green: str = "#2a5f50"  # leaves in the foreground

    def colour(self, name: str) -> Colour:
        """Return one of haze, ink, light, accent, paper, green as an array."""
        return rgb(getattr(self, name))

    def sky_colour(self, i: int) -> Colour:
        """Return the sky's colour at the zenith (0), in the middle (1), at the horizon (2)."""
        return rgb(self.sky[i])


PALETTES: dict[str, Palette] = {
    palette.name: palette
    for palette in (
        Palette(
            "midnight", ("#0c1230", "#232a5c", "#4d4c8c"), "#353c70", "#0b0d20", "#ffd08a",
            "#e2817f", "#fdf0da", 0.25, True,
            {"night": 4, "sleep": 3, "city": 1, "peaceful": 1, "focused": 2, "study": 2},
        ),
        Palette(
            "rain_teal", ("#0d232f", "#24505c", "#6f9c98"), "#3a6871", "#08161d", "#ffc77a",
            "#e0795f", "#f6efdc", 0.35, True,
            {"rain": 5, "peaceful": 2, "melancholic": 2, "cafe": 1, "focused": 1, "night": 1,
             "beach": 4},
        ),
        Palette(
            "rain_violet", ("#171433", "#3d3566", "#8b7aa8"), "#574f82", "#100d22", "#ffbf86",
            "#e8807e", "#f8ecdf", 0.33, True,
            {"rain": 4, "dreamy": 2, "melancholic": 3, "night": 2, "romantic": 1},
        ),
        Palette(
            "violet_hour", ("#2a1c4f", "#80437f", "#f6957c"), "#9c5583", "#190f2e", "#ffd9a0",
            "#f06d6d", "#fff1df", 0.45, False,
            {"dreamy": 4, "romantic": 2, "city": 3, "nostalgic": 2, "night": 1, "playful": 1},
        ),
        Palette(
            "ember", ("#38203f", "#a5475a", "#f9aa62"), "#b05a5c", "#20101f", "#ffe0a0",
            "#5f8f8a", "#fff0d8", 0.5, False,
            {"warm": 4, "nostalgic": 3, "autumn": 5, "cafe": 2, "city": 1, "summer": 1,
             "fireplace": 5, "home": 3},
        ),
        Palette(
            "rose", ("#41224c", "#b25a80", "#ffbd9f"), "#b8698a", "#24122b", "#ffe3b8",
            "#d9485f", "#fff2e4", 0.52, False,
            {"romantic": 5, "dreamy": 2, "summer": 1, "playful": 2, "warm": 1},
        ),
        Palette(
            "snow_blue", ("#1d2e50", "#5a7ca5", "#cbd9e4"), "#7f9cbd", "#121d33", "#ffdba0",
            "#d9705f", "#fbf6ea", 0.5, True,
            {"winter": 6, "peaceful": 1, "melancholic": 1, "sleep": 1},
        ),
        Palette(
            "golden", ("#5c7f9c", "#f0b183", "#fee3ad"), "#c9997f", "#33222f", "#fff0c4",
            "#cf5c4a", "#fff4e0", 0.68, False,
            {"morning": 4, "summer": 4, "uplifting": 4, "warm": 3, "playful": 2, "cafe": 1,
             "beach": 2},
        ),
        Palette(
            "mint", ("#4f9aa3", "#a9d3bf", "#fcebc8"), "#86b5a8", "#1a3138", "#fff3d0",
            "#f08a63", "#fff6e6", 0.7, False,
            {"morning": 3, "uplifting": 3, "playful": 4, "summer": 3, "study": 1},
        ),
        Palette(
            "forest", ("#11302f", "#346f60", "#b4cd9f"), "#5b8f78", "#0a1c1c", "#ffe19d",
            "#d98452", "#f8f2dd", 0.42, False,
            {"focused": 4, "peaceful": 4, "study": 3, "autumn": 1, "sleep": 1,
             "forest": 5},
        ),
        Palette(
            "noir", ("#080a13", "#1d2033", "#4b4260"), "#2f3047", "#06070d", "#f0ad5e",
            "#b2504d", "#f3e9d8", 0.15, True,
            {"dark": 6, "night": 2, "rain": 1, "city": 1, "melancholic": 1},
        ),
        Palette(
            "plum", ("#2b1b3d", "#6f3f62", "#e0937e"), "#7f4f6e", "#190f24", "#ffd296",
            "#5a9a94", "#fcefdc", 0.4, False,
            {"nostalgic": 4, "warm": 2, "melancholic": 2, "cafe": 3, "study": 1,
             "fireplace": 2, "home": 2},
        ),
    )
}  # fmt: skip


_DARK, _LIGHT = {"night", "sleep"}, {"morning", "summer"}


def choose_palette(words: Sequence[str], *, brightness: float, rng: np.random.Generator) -> Palette:
    """Draw a palette that suits moods and scenes, near a brightness of 0..1."""
    palettes = list(PALETTES.values())
    wanted = [word for word in words if any(word in palette.suits for palette in palettes)]
    weights = np.array(
        [
            (0.02 + sum(palette.suits.get(word, 0.0) for word in wanted) ** 2)
            * np.exp(-3.0 * abs(palette.brightness - brightness))
            * (0.05 if _DARK.intersection(words) and not palette.is_night else 1.0)
            * (0.05 if _LIGHT.intersection(words) and palette.is_night else 1.0)
            for palette in palettes
        ]
    )
    return palettes[int(rng.choice(len(palettes), p=weights / weights.sum()))]


def rgb(text: str) -> Colour:
    """Read `#rrggbb`."""
    return np.array([int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def hexadecimal(colour: Colour) -> str:
    """Write `#rrggbb`."""
    return "#" + "".join(f"{round(float(c) * 255):02x}" for c in np.clip(colour, 0, 1))


def mix(a: Colour, b: Colour, t: float) -> Colour:
    """Blend two colours in OKLab, where the middle of blue and yellow is not grey mud."""
    blend: Colour = ramp([(0.0, a), (1.0, b)], np.array([t]))[0]
    return blend


def ramp(stops: Sequence[tuple[float, Colour]], at: NDArray[Any]) -> NDArray[np.float32]:
    """Read a gradient of (position, colour) stops at many positions; returns (n, 3)."""
    positions = [position for position, _ in stops]
    lab = np.stack([to_oklab(colour) for _, colour in stops])
    mixed = np.stack([np.interp(at, positions, lab[:, i]) for i in range(3)], axis=-1)
    return from_oklab(mixed)


def luminance(colour: NDArray[Any]) -> NDArray[np.float64]:
    """Return the relative luminance of sRGB 0..1 (last axis of 3), WCAG 2.2."""
    weights: NDArray[np.float64] = np.array([0.2126, 0.7152, 0.0722])
    return linear(np.asarray(colour, np.float64)) @ weights


def contrast(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float64]:
    """Return the contrast ratio 1..21 of two colours or arrays of colours, WCAG 2.2."""
    la, lb = luminance(a), luminance(b)
    return (np.maximum(la, lb) + 0.05) / (np.minimum(la, lb) + 0.05)
