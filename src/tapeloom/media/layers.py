"""A scene in motion: what stands still, painted once, and what moves, laid over it frame by frame.

The last frame of a loop leads back to the first: every motion is the same at phase 0 and 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tapeloom.core.errors import InputError
from tapeloom.media.canvas import Canvas
from tapeloom.media.motion import Moving, Pulse

Frame = NDArray[np.uint8]  # (height, width, 3)
_DENSE = 0.3  # share of a box from which it is worked on as a whole
_FAINTEST = np.float32(1 / 400)  # what is covered less shows in no frame


@dataclass(frozen=True, slots=True)
class Camera:
    """A hand that breathes: how far the picture is enlarged, least and most, and its wandering."""

    nearest: float = 1.035
    farthest: float = 1.015  # over 1, so that every frame is resampled alike
    wander: float = 0.003  # of the width

    def box(self, phase: float, width: int, height: int) -> tuple[float, float, float, float]:
        """Return the part of the picture that is seen at a phase, in pixels."""
        turn = 2 * np.pi * phase
        zoom = self.farthest + (self.nearest - self.farthest) * (0.5 - 0.5 * np.cos(turn))
        w, h = width / zoom, height / zoom
        x = (width - w) / 2 + self.wander * width * np.sin(turn)
        y = (height - h) / 2 + 0.5 * self.wander * width * np.sin(turn + 1.0) * (
            height / max(width, height)
        )
        return float(x), float(y), float(x + w), float(y + h)


class Layers:
    """A painted scene that gives its frames.

    canvas    painted with `loop_s`, so that it has its motions apart
    rng       draws the noise that keeps gradients free of bands
    camera    None holds it still
    vignette  0..1
    """

    def __init__(
        self,
        canvas: Canvas,
        rng: np.random.Generator,
        *,
        camera: Camera | None = None,
        vignette: float = 0.2,
    ) -> None:
        self.width, self.height, self._camera = canvas.width, canvas.height, camera
        shade = canvas.shade(vignette)
        self._still = canvas.pixels * (shade * np.float32(255))
        laid = (_laid(moving, self._still, shade) for moving in canvas.moving)
        self._moving = [layer for layer in laid if layer is not None]
        self._still += rng.random((self.height, self.width), np.float32)
        self._frame = np.empty_like(self._still)

    def frame(self, phase: float) -> Frame:
        """Return the picture at a phase of the loop; 0 and 1 are the same."""
        frame = self._frame
        np.copyto(frame, self._still)
        for layer in self._moving:
            layer.lay(frame, phase % 1.0)
        np.clip(frame, 0, 255, out=frame)
        picture = np.empty((self.height, self.width, 3), np.uint8)
        for c in range(3):
            picture[..., c] = frame[c]
        if self._camera is None:
            return picture
        box = self._camera.box(phase % 1.0, self.width, self.height)
        seen = Image.fromarray(picture).resize(
            (self.width, self.height), Image.Resampling.BILINEAR, box=box
        )
        return np.asarray(seen)

    def frames(self, count: int) -> Iterator[Frame]:
        """Yield the frames of one loop; the frame after the last would be the first again."""
        if count < 1:
            raise InputError(f"frames is {count}; a loop has at least 1")
        for i in range(count):
            yield self.frame(i / count)


@dataclass(slots=True)
class _Sheet:
    """A motion whose shape changes, in the part of its box where it is seen."""

    moving: Moving
    seen: NDArray[np.float32]
    inside: tuple[slice, slice]  # the part of the motion's box
    box: tuple[slice, slice]  # the same in the picture
    colour: NDArray[np.float32]  # of 0..255

    def lay(self, frame: NDArray[np.float32], phase: float) -> None:
        cover = self.moving.motion.cover(phase)[self.inside] * self.seen
        rows = np.flatnonzero(cover.max(axis=1) > _FAINTEST)
        if not len(rows):
            return
        used = slice(rows[0], rows[-1] + 1)
        cover = cover[used]
        at = np.flatnonzero(cover > _FAINTEST)
        ys, xs = self.box
        if len(at) < _DENSE * cover.size:  # rain and snow touch few pixels
            views = frame[:, ys, xs][:, used]
            w = cover.shape[1]
            y, x = at // w, at % w
            _blend(views, (y, x), cover[y, x], self.colour, self.moving.light)
            return
        for c in range(3):
            view = frame[c, ys, xs][used]
            if self.moving.light:
                view += (255 - view) * (cover * (self.colour[c] / np.float32(255)))
            else:
                view += (self.colour[c] - view) * cover


@dataclass(slots=True)
class _Swell:
    """A fixed shape of changing strength, as what it adds to the picture that stands still."""

    pulse: Pulse
    box: tuple[slice, slice]
    change: NDArray[np.float32]  # (3, height, width) at full strength

    def lay(self, frame: NDArray[np.float32], phase: float) -> None:
        level = np.float32(self.pulse.level(phase))
        for c in range(3):
            frame[c][self.box] += self.change[c] * level


@dataclass(slots=True)
class _Sparks:
    """The same for a shape of few pixels in a wide box: stars, lit windows, glitter."""

    pulse: Pulse
    at: NDArray[np.intp]  # places in a plane of the picture
    change: NDArray[np.float32]  # (3, places)

    def lay(self, frame: NDArray[np.float32], phase: float) -> None:
        level = np.float32(self.pulse.level(phase))
        for c in range(3):
            frame[c].reshape(-1)[self.at] += self.change[c] * level


def _blend(
    frame: NDArray[np.float32],
    at: tuple[NDArray[np.intp], NDArray[np.intp]],
    cover: NDArray[np.float32],
    colour: NDArray[np.float32],
    light: bool,
) -> None:
    for c in range(3):
        under = frame[c][at]
        if light:
            frame[c][at] = under + (255 - under) * (cover * (colour[c] / np.float32(255)))
        else:
            frame[c][at] = under + (colour[c] - under) * cover


def _laid(
    moving: Moving, still: NDArray[np.float32], shade: NDArray[np.float32]
) -> "_Sheet | _Swell | _Sparks | None":
    """Cut a motion to where it is seen, and darken its colour as the vignette does there."""
    motion, cover = moving.motion, moving.seen
    if isinstance(motion, Pulse):
        cover = motion.mask.cover * moving.seen
    visible = cover > _FAINTEST
    if not visible.any():
        return None
    rows, columns = np.flatnonzero(visible.any(axis=1)), np.flatnonzero(visible.any(axis=0))
    ys, xs = (slice(int(line[0]), int(line[-1]) + 1) for line in (rows, columns))
    box = (
        slice(ys.start + motion.top, ys.stop + motion.top),
        slice(xs.start + motion.left, xs.stop + motion.left),
    )
    colour = (moving.colour * 255).astype(np.float32)
    if not isinstance(motion, Pulse):
        dimmed = colour * np.float32(shade[box].mean())
        return _Sheet(moving, moving.seen[ys, xs], (ys, xs), box, dimmed)
    cover = cover[ys, xs]
    fill = colour[:, None, None] * shade[box]
    under = still[(slice(None), *box)]
    added = (255 - under) * fill / np.float32(255) if moving.light else fill - under
    change = np.asarray(added * cover, np.float32)
    if visible.mean() > _DENSE * cover.size / visible.size:
        return _Swell(motion, box, change)
    y, x = np.nonzero(cover > _FAINTEST)
    at = (y + box[0].start) * still.shape[2] + x + box[1].start
    return _Sparks(motion, at, np.ascontiguousarray(change[:, y, x]))
