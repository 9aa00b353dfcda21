"""Filters over a finished picture: grain, scan lines, chromatic shift, halation, tape, dither.

Each takes a picture (height, width, 3) of uint8 and an amount 0..1, where 0 changes nothing, and
returns a new one. Those that draw noise take a generator: the same seed, the same picture.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from tapeloom.core.errors import InputError
from tapeloom.media.canvas import film_grain
from tapeloom.media.oklab import to_oklab

Picture = NDArray[np.uint8]  # (height, width, 3)
Filter = Callable[[Picture, float, np.random.Generator], Picture]

# B. E. Bayer, "An optimum method for two-level rendition of continuous-tone pictures", 1973.
_BAYER = np.array([[0]])
for _ in range(3):
    _BAYER = np.block([[4 * _BAYER, 4 * _BAYER + 2], [4 * _BAYER + 3, 4 * _BAYER + 1]])
_BAYER_8 = (_BAYER + 0.5) / 64 - 0.5


def grain(picture: Picture, amount: float, rng: np.random.Generator) -> Picture:
    """Add film grain, soft and strongest in the middle tones; 1 is a pushed fast film."""
    x = _read(picture, amount)
    if amount == 0:
        return picture.copy()
    tile = film_grain(rng)
    h, w = x.shape[:2]
    film = np.tile(tile, (-(-h // len(tile)), -(-w // len(tile))))[:h, :w]
    tone = x.mean(axis=2)
    x += (film * (np.float32(0.07 * amount) * (0.35 + 2.4 * tone * (1 - tone))))[..., None]
    return _written(x)


def scan_lines(picture: Picture, amount: float, rng: np.random.Generator) -> Picture:
    """Darken every other line of a tube with about 270 lines, keeping the picture's brightness."""
    del rng  # nothing is drawn
    x = _read(picture, amount)
    pitch = max(2.0, x.shape[0] / 270)
    wave = np.cos(2 * np.pi * np.arange(x.shape[0]) / pitch).astype(np.float32)
    x *= (1 + np.float32(0.35 * amount) * wave)[:, None, None]
    return _written(x) if amount else picture.copy()


def chromatic_shift(picture: Picture, amount: float, rng: np.random.Generator) -> Picture:
    """Let red grow and blue shrink about the middle, as a simple lens does; 1 is 1 % of it."""
    del rng
    _read(picture, amount)
    if amount == 0:
        return picture.copy()
    h, w = picture.shape[:2]
    shifted = picture.copy()
    for plane, zoom in ((0, 1 + 0.01 * amount), (2, 1 - 0.01 * amount)):
        image = Image.fromarray(np.ascontiguousarray(picture[..., plane]))
        if zoom > 1:
            box = (w * (1 - 1 / zoom) / 2, h * (1 - 1 / zoom) / 2,
                   w * (1 + 1 / zoom) / 2, h * (1 + 1 / zoom) / 2)  # fmt: skip
            shifted[..., plane] = np.asarray(
                image.resize((w, h), Image.Resampling.BILINEAR, box=box)
            )
            continue
        # What lies outside the lens repeats the edge.
        reach = max(1, round(max(h, w) * 0.01))
        wide = Image.fromarray(np.pad(picture[..., plane], reach, mode="edge"))
        spread = 1 / zoom
        box = (reach - w * (spread - 1) / 2, reach - h * (spread - 1) / 2,
               reach + w * (spread + 1) / 2, reach + h * (spread + 1) / 2)  # fmt: skip
        shifted[..., plane] = np.asarray(wide.resize((w, h), Image.Resampling.BILINEAR, box=box))
    return shifted


def halation(picture: Picture, amount: float, rng: np.random.Generator) -> Picture:
    """Let the lights bleed red and wide, as in film whose base reflects them."""
    del rng
    x = _read(picture, amount)
    if amount == 0:
        return picture.copy()
    bright = np.clip((x.max(axis=2) - 0.55) / 0.45, 0, 1) ** 1.5
    h, w = bright.shape
    # A wide soft light is as good from a smaller picture.
    coarse = max(1, min(h, w) // 240)
    small = Image.fromarray((255 * bright).astype(np.uint8)).reduce(coarse)
    unit = min(small.size)
    spread = small.filter(ImageFilter.GaussianBlur(0.02 * unit))
    far = small.filter(ImageFilter.GaussianBlur(0.06 * unit))
    for layer, colour, strength in ((spread, (1.0, 0.42, 0.2), 0.7), (far, (1.0, 0.3, 0.12), 0.4)):
        glow = np.asarray(layer.resize((w, h), Image.Resampling.BILINEAR), np.float32) / 255
        for c in range(3):
            x[..., c] += (1 - x[..., c]) * glow * np.float32(amount * strength * colour[c])
    return _written(x)


def vhs(picture: Picture, amount: float, rng: np.random.Generator) -> Picture:
    """Play the picture from a worn tape: smeared colour, trembling lines, noise, a torn foot."""
    x = _read(picture, amount)
    if amount == 0:
        return picture.copy()
    h, w = x.shape[:2]
    luma = x @ np.array([0.299, 0.587, 0.114], np.float32)
    colour = x - luma[..., None]
    # Colour has a tenth of the brightness' bandwidth, and comes late.
    reach = max(1, round(0.012 * amount * w))
    total = np.cumsum(np.pad(colour, ((0, 0), (2 * reach, 0), (0, 0)), mode="edge"), axis=1)
    smeared = (total[:, 2 * reach :] - total[:, : -2 * reach]) / np.float32(2 * reach)
    tremble = np.cumsum(rng.normal(0, 0.25, h))
    window = min(31, h)
    tremble -= np.convolve(tremble, np.ones(window) / window, mode="same")
    shifts = 0.0012 * amount * w * tremble
    foot = int(0.035 * h)
    if foot:
        shifts[-foot:] += (
            amount * 0.03 * w * np.linspace(0, 1, foot) ** 2 * rng.normal(1, 0.3, foot)
        )
    at = np.clip(np.arange(w)[None, :] + np.round(shifts)[:, None].astype(np.int64), 0, w - 1)
    rows = np.arange(h)[:, None]
    noise = rng.standard_normal((h, max(1, w // 3))).astype(np.float32)
    streaks = np.repeat(noise, 3, axis=1)
    streaks = np.pad(streaks, ((0, 0), (0, max(0, w - streaks.shape[1]))), mode="edge")[:, :w]
    played = luma[rows, at] * np.float32(1 - 0.06 * amount) + np.float32(0.03 * amount) * (
        1 + streaks
    )
    return _written(played[..., None] + smeared[rows, at] * np.float32(1 + 0.15 * amount))


def dither(picture: Picture, amount: float, rng: np.random.Generator) -> Picture:
    """Reduce to few colours in an ordered pattern of 8 x 8 (Bayer); 1 leaves 3 steps a colour."""
    del rng
    x = _read(picture, amount)
    if amount == 0:
        return picture.copy()
    steps = round(2 + 30 * (1 - amount) ** 2)
    h, w = x.shape[:2]
    pattern = np.tile(_BAYER_8, (-(-h // 8), -(-w // 8)))[:h, :w, None].astype(np.float32)
    return _written(np.clip(np.round(x * steps + pattern), 0, steps) / np.float32(steps))


def vignette(picture: Picture, amount: float, rng: np.random.Generator) -> Picture:
    """Darken towards the corners; 1 leaves a tenth of the light there."""
    del rng
    x = _read(picture, amount)
    y, u = (np.linspace(-1, 1, n, dtype=np.float32) ** 2 for n in x.shape[:2])
    away = (y[:, None] + u[None, :]) / 2
    x *= (1 - np.float32(0.9 * amount) * away * np.sqrt(away))[..., None]
    return _written(x) if amount else picture.copy()


def palette_dither(
    picture: Picture, colours: NDArray[np.float32], *, spread: float = 0.12
) -> Picture:
    """Reduce to given colours (n, 3) of 0..1 in an ordered pattern; nearest in OKLab.

    spread  how far the pattern reaches, in OKLab lightness
    """
    if colours.ndim != 2 or colours.shape[1] != 3 or not len(colours):
        raise InputError(f"colours have the shape {colours.shape}; it must be (n, 3)")
    known = to_oklab(colours)
    h, w = picture.shape[:2]
    # 32 steps a colour are finer than any pattern.
    keys = picture.astype(np.int64) >> 3
    flat = (keys[..., 0] << 10) | (keys[..., 1] << 5) | keys[..., 2]
    used, back = np.unique(flat, return_inverse=True)
    centres = (np.stack([used >> 10, used >> 5 & 31, used & 31], axis=-1) * 8 + 4) / 255
    lab = to_oklab(centres)
    pattern = np.arange(64)
    table = np.empty((len(used), 64), np.uint8)
    for k in pattern:
        moved = lab.copy()
        moved[:, 0] += spread * _BAYER_8.ravel()[k]
        table[:, k] = ((moved[:, None] - known[None]) ** 2).sum(axis=2).argmin(axis=1)
    cell = (np.arange(h)[:, None] % 8) * 8 + np.arange(w)[None, :] % 8
    chosen = table[back.reshape(h, w), cell]
    picked: Picture = np.asarray(np.round(colours * 255), np.uint8)[chosen]
    return picked


FILTERS: Mapping[str, Filter] = {
    "grain": grain,
    "scan_lines": scan_lines,
    "chromatic_shift": chromatic_shift,
    "halation": halation,
    "vhs": vhs,
    "dither": dither,
    "vignette": vignette,
}


def apply_filters(
    picture: Picture, amounts: Mapping[str, float], rng: np.random.Generator
) -> Picture:
    """Apply filters by name in the order given, each with its amount 0..1.

    >>> black = np.zeros((8, 8, 3), np.uint8)
    >>> apply_filters(black, {"vignette": 1.0, "halation": 0.5}, np.random.default_rng(0)).max()
    np.uint8(0)
    """
    for name, amount in amounts.items():
        if name not in FILTERS:
            raise InputError(f"filter {name!r} is not known; choose one of {', '.join(FILTERS)}")
        picture = FILTERS[name](picture, amount, rng)
    return picture


def _read(picture: Picture, amount: float) -> NDArray[np.float32]:
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise InputError(
            f"the picture has the shape {picture.shape} of {picture.dtype}; it must be "
            "(height, width, 3) of uint8"
        )
    if not 0 <= amount <= 1:
        raise InputError(f"amount is {amount}; it must lie between 0 and 1")
    return picture.astype(np.float32) / np.float32(255)


def _written(x: NDArray[Any]) -> Picture:
    return np.asarray(np.clip(x * 255 + 0.5, 0, 255), np.uint8)
