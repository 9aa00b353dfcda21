"""What a thumbnail's layout is given to draw on: a blank canvas, its words, and the picture."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tapeloom.media.canvas import Canvas
from tapeloom.media.fonts import Face
from tapeloom.media.lettering import Place, Setting, fit, write
from tapeloom.media.palette import Colour, Palette, mix
from tapeloom.media.pen import Box, Mask

# What YouTube's badge of the duration may hide, in lengths of the shorter side from the lower right
# corner: it is smaller on most screens.
BADGE_WIDTH, BADGE_HEIGHT = 0.3, 0.125
Painter = Callable[[int, int], NDArray[np.float32]]  # (width, height) -> (3, height, width)


@dataclass(slots=True)
class Sheet:
    """One thumbnail in the making; lengths are of the shorter side, as on the canvas."""

    canvas: Canvas
    title: str
    subtitle: str
    palette: Palette
    side: int  # 1 or -1: where the picture's focal point lies
    picture: Painter  # the scene or the user's image in any size
    own: tuple[Face, ...] = ()  # faces for letters that ours lack
    settings: list[Setting] = field(default_factory=list)
    letters: list[Mask] = field(default_factory=list)

    @property
    def right(self) -> float:
        """The picture's width."""
        return self.canvas.right

    def colour(self, name: str) -> Colour:
        """Return one of the palette's colours."""
        return self.palette.colour(name)

    def between(self, first: str, second: str, share: float) -> Colour:
        """Return a blend of two of the palette's colours."""
        return mix(self.colour(first), self.colour(second), share)

    def show(
        self, box: Box, cover: Mask | None = None, *, dim: float = 0.0, foot: float = 0.0,
        raised: float = 0.0,
    ) -> None:  # fmt: skip
        """Lay the picture into a box, through a mask of that box if one is given.

        dim     0 shows it as it is, 1 all ink
        foot    the share of its height that is cut off below, where a scene has its dark ground
        raised  how far it is moved up, in shares of its height; its ground is drawn out below
        """
        left, top, right, bottom = self.canvas.pixel_box(box)
        width, height = right - left, bottom - top
        seen = self.picture(width, round(height / (1 - foot)))[:, :height]
        if raised > 0:
            rows = np.minimum(np.arange(height) + round(raised * height), height - 1)
            seen = seen[:, rows]
        seen = seen + np.float32(dim) * (self.colour("ink")[:, None, None] - seen)
        view = self.canvas.pixels[:, top:bottom, left:right]
        if cover is None:
            view[:] = seen
            return
        through = np.zeros((bottom - top, right - left), np.float32)
        y, x = cover.top - top, cover.left - left
        h, w = cover.cover.shape
        y0, x0 = max(0, y), max(0, x)
        y1, x1 = min(bottom - top, y + h), min(right - left, x + w)
        through[y0:y1, x0:x1] = cover.cover[y0 - y : y1 - y, x0 - x : x1 - x]
        view += through * (seen - view)

    def fill(self, colour: Colour, to: Colour | None = None) -> None:
        """Fill the whole sheet, with a vertical gradient if a second colour is given."""
        self.canvas.gradient([(0.0, colour), (1.0, colour if to is None else to)])

    def fade(
        self, start: tuple[float, float], end: tuple[float, float], colour: Colour, strength: float
    ) -> None:
        """Lay a colour that is `strength` strong at `start` and gone at `end`."""
        y, x = np.mgrid[0 : self.canvas.height, 0 : self.canvas.width].astype(np.float32)
        x, y = (x + 0.5) / self.canvas.unit, (y + 0.5) / self.canvas.unit
        dx, dy = end[0] - start[0], end[1] - start[1]
        along = ((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy)
        t = np.clip(1 - along, 0, 1)
        self.canvas.paint(Mask(t * t * (3 - 2 * t) * np.float32(strength), 0, 0), colour)

    def write(
        self, text: str, faces: tuple[Face, ...], box: Box, colour: Colour, behind: Colour, *,
        tallest: float, lines: int, align: str = "left", foot: float = 1.0, leading: float = 1.04,
        spacing: float = 0.0, shadow: float = 0.3,
    ) -> Setting | None:  # fmt: skip
        """Set a text into a box as large as it fits, and lay it down with contrast enough.

        Returns None where there is nothing to draw.
        """
        unit = self.canvas.unit
        left, top, right, bottom = (edge * unit for edge in box)
        place = Place(left, top, right, bottom, align, foot)
        setting = fit(
            text, (*faces, *self.own), place, tallest=tallest * unit, most_lines=lines,
            smallest=max(8.0, 0.42 * tallest * unit), leading=leading, spacing=spacing,
        )  # fmt: skip
        if setting is None:
            return None
        self.settings.append(setting)
        self.letters.append(write(self.canvas, setting, colour, behind, shadow=shadow))
        return setting

    def detail(self, box: Box) -> float:
        """Return how much there is to see in a box: the mean step between neighbouring pixels."""
        left, top, right, bottom = self.canvas.pixel_box(box)
        part = self.canvas.pixels[:, top:bottom, left:right]
        return float(np.abs(np.diff(part, axis=1)).mean() + np.abs(np.diff(part, axis=2)).mean())
