"""What moves in a loop: shapes whose cover is a function of the phase, equal at 0 and at 1.

A canvas that keeps its motions apart holds each as a `Moving`, in the order of depth.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from tapeloom.media.palette import Colour
from tapeloom.media.pen import Mask, Pen

Cover = NDArray[np.float32]  # (height, width), 0..1


class Motion(Protocol):
    """Something that moves, in a box of pixels."""

    @property
    def left(self) -> int:
        """The box's left edge in pixels."""
        ...

    @property
    def top(self) -> int:
        """The box's upper edge in pixels."""
        ...

    def cover(self, phase: float) -> Cover:
        """Return how much of each pixel is covered at a phase 0..1 of the loop."""
        ...


@dataclass(slots=True)
class Moving:
    """A motion on a canvas: its colour, and how much of it is seen past the things in front."""

    motion: Motion
    colour: Colour
    light: bool  # it adds light; else it covers
    strength: float  # 0..1
    seen: Cover = field(init=False)

    def __post_init__(self) -> None:
        self.seen = np.full_like(self.motion.cover(0.0), self.strength)

    def hide(self, mask: Mask) -> None:
        """Lay a mask in front."""
        h, w = self.seen.shape
        y, x = mask.top - self.motion.top, mask.left - self.motion.left
        mh, mw = mask.cover.shape
        ys, xs = slice(max(0, y), min(h, y + mh)), slice(max(0, x), min(w, x + mw))
        if ys.start < ys.stop and xs.start < xs.stop:
            self.seen[ys, xs] *= (
                1 - mask.cover[ys.start - y : ys.stop - y, xs.start - x : xs.stop - x]
            )


@dataclass(frozen=True, slots=True)
class Pulse:
    """A fixed shape whose light swells and fades: lamps, stars, embers."""

    mask: Mask
    cycles: int  # whole swells in a loop
    offset: float  # where in a swell the loop begins, 0..1
    depth: float = 1.0  # how far it fades, 0..1
    sharpness: float = 1.0  # over 1: short flashes; under 1: short dips

    @property
    def left(self) -> int:
        """The box's left edge in pixels."""
        return self.mask.left

    @property
    def top(self) -> int:
        """The box's upper edge in pixels."""
        return self.mask.top

    def level(self, phase: float) -> float:
        """Return how strong the shape is at a phase."""
        swell = 0.5 + 0.5 * np.cos(2 * np.pi * (self.cycles * phase + self.offset))
        return float(1 - self.depth + self.depth * swell**self.sharpness)

    def cover(self, phase: float) -> Cover:
        """Return the shape at the strength of a phase."""
        return self.mask.cover * np.float32(self.level(phase))


@dataclass(frozen=True, slots=True)
class Falling:
    """Sheets of rain or snow that fall through a box and enter it anew from above."""

    sheets: tuple[NDArray[np.uint8], ...]  # of the box's size; the lower edge fits the upper one
    falls: tuple[int, ...]  # how often each sheet falls through the box in a loop
    passes: tuple[int, ...]  # how often each passes the box to the left in a loop
    left: int
    top: int
    sway: float = 0.0  # pixels to either side
    is_slow: bool = False  # so slow that steps of whole pixels would be seen

    def cover(self, phase: float) -> Cover:
        """Return all sheets where they are at a phase."""
        total = np.zeros_like(self.sheets[0])
        h, w = total.shape
        for i, sheet in enumerate(self.sheets):
            swing = self.sway * np.sin(2 * np.pi * (2 * phase + i / 3))
            down, left = self.falls[i] * h * phase, round(self.passes[i] * w * phase - swing)
            moved = np.roll(sheet, (int(down) % h, -left % w), axis=(0, 1))
            if self.is_slow:
                part = np.uint16(256 * (down % 1))
                below = np.roll(moved, 1, axis=0).astype(np.uint16)
                moved = ((moved * (256 - part) + below * part) >> 8).astype(np.uint8)
            np.maximum(total, moved, out=total)
        return total.astype(np.float32) / np.float32(255)


@dataclass(frozen=True, slots=True)
class Drift:
    """A texture that passes sideways: fog, hills before a train, the lights of a train."""

    texture: Cover  # (height, period); what leaves on one side enters on the other
    width: int  # of the box in pixels
    periods: int  # that pass in a loop; under 0 to the left
    left: int
    top: int
    envelope: Cover | None = None  # (height, width) by which the texture is multiplied
    _band: Cover = field(init=False, repr=False)  # one period and a box's width more

    def __post_init__(self) -> None:
        period = self.texture.shape[1]
        at = np.arange(period + self.width + 1) % period
        object.__setattr__(self, "_band", np.ascontiguousarray(self.texture[:, at]))

    def cover(self, phase: float) -> Cover:
        """Return the part of the texture that the box shows at a phase, to parts of a pixel."""
        period = self.texture.shape[1]
        shift = (-self.periods * period * phase) % period
        first, part = int(shift), np.float32(shift % 1)
        moved = self._band[:, first : first + self.width] * (1 - part)
        moved += self._band[:, first + 1 : first + 1 + self.width] * part
        return moved if self.envelope is None else moved * self.envelope


@dataclass(frozen=True, slots=True)
class Drawn:
    """A small shape that is drawn anew for every phase: a reel, a tail, steam."""

    draw: Callable[[Pen, float], None]
    box: tuple[int, int, int, int]  # pixels
    unit: int  # pixels of the picture's shorter side
    blur: float = 0.0  # in shorter sides
    fade: Cover | None = None  # by which the drawing is multiplied

    @property
    def left(self) -> int:
        """The box's left edge in pixels."""
        return self.box[0]

    @property
    def top(self) -> int:
        """The box's upper edge in pixels."""
        return self.box[1]

    def cover(self, phase: float) -> Cover:
        """Draw the shape as it is at a phase."""
        left, top, right, bottom = self.box
        fine = 1 if self.blur * self.unit > 1.5 else 3
        image = Image.new("L", ((right - left) * fine, (bottom - top) * fine))
        pen = Pen(ImageDraw.Draw(image), float(self.unit * fine), left / self.unit, top / self.unit)
        self.draw(pen, phase)
        if fine > 1:
            image = image.reduce(fine)
        if self.blur > 0:
            image = image.filter(ImageFilter.GaussianBlur(self.blur * self.unit))
        cover = np.asarray(image, np.float32) / np.float32(255)
        return cover if self.fade is None else cover * self.fade


def whole_cycles(rate_hz: float, loop_s: float | None) -> int:
    """Return how many whole cycles come nearest to a rate, at least one.

    >>> whole_cycles(0.3, 20.0)
    6
    """
    return max(1, round(rate_hz * (20.0 if loop_s is None else loop_s)))
