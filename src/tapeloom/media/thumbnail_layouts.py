"""Six ways to lay out a thumbnail: where the picture goes, where the words, in which type."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np

from tapeloom.media.cassette import cassette
from tapeloom.media.fonts import HEAVY, PLAIN, ROUND
from tapeloom.media.palette import mix
from tapeloom.media.pen import Mask, Pen
from tapeloom.media.sheet import BADGE_HEIGHT, BADGE_WIDTH, Sheet

_TITLE, _HEAVY, _SMALL = (ROUND, HEAVY), (HEAVY,), (HEAVY, PLAIN)
_MARGIN = 0.08


class ThumbnailStyle(StrEnum):
    """The layouts that a thumbnail may have."""

    BIG_TITLE = "big-title"
    CORNER_BADGE = "corner-badge"
    FILM_FRAME = "film-frame"
    CASSETTE_LABEL = "cassette-label"
    WINDOW = "window"
    MINIMAL = "minimal"


def big_title(sheet: Sheet) -> None:
    """Let the title fill the calm half, beside the picture's focal point."""
    sheet.show(sheet.canvas.whole)
    ink, paper = sheet.colour("ink"), sheet.colour("paper")
    begin, end = (0.0, 1.2) if sheet.side > 0 else (sheet.right, sheet.right - 1.2)
    sheet.fade((begin, 0.5), (end, 0.5), ink, 0.9)
    x = _MARGIN if sheet.side > 0 else sheet.right - 0.88
    box = (x, 0.09, x + 0.81, 0.72 if sheet.subtitle else 0.84)
    title = sheet.write(sheet.title, _TITLE, box, paper, ink, tallest=0.27, lines=3, foot=0.55)
    if title is None:
        return
    under = title.last / sheet.canvas.unit + 0.06
    accent = sheet.between("light", "paper", 0.25)
    bar = x + 0.006 if title.align == "left" else x + 0.686  # under the first word
    sheet.canvas.paint(
        sheet.canvas.rectangle(bar, under, bar + 0.124, under + 0.016, radius=0.008), accent
    )
    sheet.write(
        sheet.subtitle, _SMALL, (x, under + 0.035, x + 0.81, under + 0.12), accent, ink,
        tallest=0.072, lines=1, spacing=0.03, foot=0.5,
    )  # fmt: skip


def corner_badge(sheet: Sheet) -> None:
    """Show the whole picture, a badge in the emptier upper corner, the title along the foot."""
    sheet.show(sheet.canvas.whole, raised=0.13)
    ink, paper = sheet.colour("ink"), sheet.colour("paper")
    sheet.fade((0.0, 0.86), (0.0, 0.56), ink, 0.94)
    box = (_MARGIN, 0.62, sheet.right - BADGE_WIDTH - 0.05, 0.95)
    sheet.write(sheet.title, _TITLE, box, paper, ink, tallest=0.22, lines=2, leading=1.0)
    _badge(sheet, sheet.subtitle or "lo-fi")


def _badge(sheet: Sheet, text: str) -> None:
    """Draw a pill with a short text, in the colour of the light."""
    from tapeloom.media.lettering import Place, fit

    unit, h = sheet.canvas.unit, 0.115
    y = 0.07
    place = Place(0, y * unit, 0.9 * unit, (y + h) * unit, foot=0.5)
    measured = fit(text, (*_SMALL, *sheet.own), place, tallest=0.062 * unit, most_lines=1,
                   spacing=0.04)  # fmt: skip
    if measured is None:
        return
    width = measured.width / unit + 0.1
    corners = (_MARGIN, sheet.right - _MARGIN - width)
    x = min(corners, key=lambda left: sheet.detail((left, y, left + width, y + h)))
    fill, ink = sheet.colour("light"), sheet.colour("ink")
    canvas = sheet.canvas
    pill = canvas.rectangle(x, y, x + width, y + h, radius=h / 2)
    shade = canvas.mask(
        lambda pen: pen.rectangle(x, y + 0.01, x + width, y + h + 0.012, radius=h / 2),
        (x - 0.08, y - 0.07, x + width + 0.08, y + h + 0.09), blur=0.012,
    )  # fmt: skip
    canvas.paint(shade, ink, opacity=0.5)
    canvas.paint(pill, fill)
    sheet.write(
        text, _SMALL, (x + 0.05, y, x + width, y + h), ink, fill, tallest=0.062, lines=1,
        foot=0.5, spacing=0.04, shadow=0.0,
    )  # fmt: skip


def film_frame(sheet: Sheet) -> None:
    """Show the picture as a frame of film, between its perforations and its neighbours."""
    canvas, ink = sheet.canvas, sheet.colour("ink")
    base = mix(ink * np.float32(0.55), sheet.colour("accent"), 0.06)
    sheet.fill(base)
    top, bottom, left = 0.13, 0.87, 0.115
    frame = (left, top, sheet.right - left, bottom)
    for x0, x1 in ((-0.2, left - 0.04), (sheet.right - left + 0.04, sheet.right + 0.2)):
        beside = canvas.rectangle(max(0.0, x0), top, min(sheet.right, x1), bottom)
        sheet.show(canvas.whole, beside, dim=0.45)
    sheet.show(frame, canvas.rectangle(*frame, radius=0.025), raised=0.16)
    holes = canvas.mask(lambda pen: _holes(pen, sheet.right))
    canvas.paint(holes, sheet.between("paper", "light", 0.35))
    words = canvas.rectangle(*frame, radius=0.025)
    fade = _rising(sheet, words, 0.34)
    canvas.paint(fade, ink, opacity=0.9)
    paper, x = sheet.colour("paper"), left + 0.065
    # The badge covers the foot's right end: the title stays off it.
    box = (x, 0.5, sheet.right - BADGE_WIDTH - 0.06, bottom - (0.125 if sheet.subtitle else 0.045))
    sheet.write(sheet.title, _HEAVY, box, paper, ink, tallest=0.19, lines=2, leading=1.0)
    sheet.write(
        sheet.subtitle, _SMALL, (x, bottom - 0.12, x + 1.1, bottom - 0.045),
        sheet.between("light", "paper", 0.25), ink, tallest=0.06, lines=1, spacing=0.03, foot=0.5,
    )  # fmt: skip


def _holes(pen: Pen, right: float) -> None:
    pitch = 0.127
    for k in range(round(right / pitch) + 1):
        x = (k - 0.2) * pitch
        for y in (0.035, 0.905):
            pen.rectangle(x, y, x + 0.062, y + 0.06, radius=0.014)


def _rising(sheet: Sheet, mask: Mask, height: float) -> Mask:
    """Keep of a mask what lies near its foot, fading upwards over `height`."""
    rows = np.arange(len(mask.cover))[::-1] / sheet.canvas.unit
    t = np.clip(1 - rows / height, 0, 1).astype(np.float32)
    return Mask(mask.cover * (t * t * (3 - 2 * t))[:, None], mask.left, mask.top)


def cassette_label(sheet: Sheet) -> None:
    """Write the title on a cassette's label, before the picture out of focus."""
    sheet.show(sheet.canvas.whole, dim=0.1)
    sheet.canvas.pixels[:] = _blurred(sheet.canvas.pixels, 0.007 * sheet.canvas.unit)
    ink = sheet.colour("ink")
    label = cassette(sheet, width=1.3)
    left, top, right, bottom = label
    paper = sheet.colour("paper")
    small = 0.078 if sheet.subtitle else 0.0
    sheet.write(
        sheet.title, _TITLE, (left + 0.05, top + 0.015, right - 0.05, bottom - small), ink, paper,
        tallest=0.19, lines=2, align="center", foot=0.5, shadow=0.0, leading=0.98,
    )  # fmt: skip
    sheet.write(
        sheet.subtitle, _SMALL, (left + 0.05, bottom - small, right - 0.05, bottom),
        ink, paper, tallest=0.058, lines=1, align="center", foot=0.5, spacing=0.03, shadow=0.0,
    )  # fmt: skip


def _blurred(pixels: np.ndarray, radius: float) -> np.ndarray:
    from PIL import Image, ImageFilter

    planes = [
        np.asarray(
            Image.fromarray((np.clip(plane, 0, 1) * 255).astype(np.uint8)).filter(
                ImageFilter.GaussianBlur(radius)
            ),
            np.float32,
        )
        for plane in pixels
    ]
    return np.stack(planes) / np.float32(255)


def window(sheet: Sheet) -> None:
    """Show the picture through a window in a dark wall, the title beside it."""
    canvas, ink = sheet.canvas, sheet.colour("ink")
    wall = sheet.between("ink", "haze", 0.42)
    sheet.fill(wall, mix(wall, ink, 0.7))
    width, top, bottom = 0.78, 0.075, 0.8
    x = sheet.right - width - 0.1 if sheet.side > 0 else 0.1
    middle = x + width / 2
    canvas.glow(middle, 0.45, 0.42, sheet.palette.sky_colour(2), strength=0.5)
    wood = sheet.between("haze", "ink", 0.2)
    bright = mix(wood, sheet.colour("light"), 0.24)
    frame = canvas.rectangle(x - 0.035, top - 0.035, x + width + 0.035, bottom + 0.02, radius=0.03)
    canvas.paint(frame, bright, wood)
    opening = (x, top, x + width, bottom)
    sheet.show(opening, canvas.rectangle(*opening, radius=0.012), foot=0.19)
    for bar in (
        (middle - 0.011, top, middle + 0.011, bottom),
        (x, 0.34, x + width, 0.36),
    ):
        canvas.paint(canvas.rectangle(*bar), wood)
    sill = canvas.rectangle(x - 0.085, bottom, x + width + 0.085, bottom + 0.052, radius=0.012)
    canvas.paint(sill, bright, wood)
    under = canvas.rectangle(x - 0.06, bottom + 0.052, x + width + 0.06, bottom + 0.075)
    canvas.paint(under, ink, opacity=0.5)
    left = _MARGIN if sheet.side > 0 else x + width + 0.13
    right = x - 0.12 if sheet.side > 0 else sheet.right - _MARGIN + 0.02
    paper, small = sheet.colour("paper"), 0.12 if sheet.subtitle else 0.0
    title = sheet.write(
        sheet.title, _TITLE, (left, 0.1, right, 0.86 - small), paper, ink,
        tallest=0.23, lines=3, foot=0.5, shadow=0.2,
    )  # fmt: skip
    if title is None:
        return
    under_title = title.last / canvas.unit + 0.045
    sheet.write(
        sheet.subtitle, _SMALL, (left, under_title, right, under_title + 0.08),
        sheet.between("light", "paper", 0.3), ink, tallest=0.06, lines=1, spacing=0.03,
        foot=0.5, shadow=0.2,
    )  # fmt: skip


def minimal(sheet: Sheet) -> None:
    """Set dark words on plain paper, beside the picture in a circle."""
    canvas, ink = sheet.canvas, sheet.colour("ink")
    paper = sheet.between("paper", "haze", 0.1)
    sheet.fill(paper)
    r = 0.41
    x = sheet.right - r - 0.1 if sheet.side > 0 else r + 0.1
    box = (x - r, 0.5 - r, x + r, 0.5 + r)
    sheet.show(box, canvas.ellipse(x, 0.5, r, r), foot=0.13)
    left = _MARGIN if sheet.side > 0 else x + r + 0.1
    right = x - r - 0.07 if sheet.side > 0 else sheet.right - _MARGIN + 0.03
    small = 0.11 if sheet.subtitle else 0.0
    title = sheet.write(
        sheet.title, _HEAVY, (left, 0.09, right, 0.87 - small), ink, paper,
        tallest=0.19, lines=3, foot=0.5, shadow=0.0, leading=1.05,
    )  # fmt: skip
    if title is None:
        return
    under = title.last / canvas.unit + 0.06
    sheet.write(
        sheet.subtitle, _SMALL, (left, under, right, under + 0.075),
        mix(ink, sheet.colour("accent"), 0.35), paper, tallest=0.062, lines=1, spacing=0.02,
        foot=0.5, shadow=0.0,
    )  # fmt: skip


LAYOUTS: Mapping[ThumbnailStyle, Callable[[Sheet], None]] = {
    ThumbnailStyle.BIG_TITLE: big_title,
    ThumbnailStyle.CORNER_BADGE: corner_badge,
    ThumbnailStyle.FILM_FRAME: film_frame,
    ThumbnailStyle.CASSETTE_LABEL: cassette_label,
    ThumbnailStyle.WINDOW: window,
    ThumbnailStyle.MINIMAL: minimal,
}

__all__ = ["BADGE_HEIGHT", "BADGE_WIDTH", "LAYOUTS", "ThumbnailStyle"]
