"""Words over moving pictures: letters with a soft shade, drawn once, blended frame by frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from tapeloom.media.lettering import SUBTITLE_FACES, TITLE_FACES, Setting, printable, wrap
from tapeloom.media.palette import Colour

Frame = NDArray[np.uint8]  # (height, width, 3)
_LEADING = 1.12  # of the letters' height
_SHADE = 0.62  # how dark it is under the letters


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is laid over a part of each frame: colour times its cover, and how much stays below."""

    top: int
    left: int
    paint: NDArray[np.float32]  # (height, width, 3), 0..255, times the cover
    stays: NDArray[np.float32]  # (height, width, 1), 0..1

    def lay(self, frame: Frame, strength: float = 1.0) -> None:
        """Blend into a frame in place.

        strength  0 leaves the frame as it is, 1 lays all of it
        """
        height, width = self.paint.shape[:2]
        view = frame[self.top : self.top + height, self.left : self.left + width]
        s = np.float32(strength)
        blended = view * (1 - s * (1 - self.stays)) + s * self.paint
        view[:] = np.clip(blended, 0, 255).astype(np.uint8)


def caption(
    text: str,
    *,
    width: int,
    height: int,
    box: tuple[float, float, float, float],
    colour: Colour,
    ink: Colour,
    most_lines: int = 3,
    is_title: bool = True,
) -> Overlay | None:
    """Set words as large as they fit into a box of the picture; None where nothing can be drawn.

    box  left, top, right, bottom in fractions of width and height; the words stand on its floor
    """
    words, face = printable(text, TITLE_FACES if is_title else SUBTITLE_FACES)
    if not words:
        return None
    left, top, right, bottom = box
    room_w, room_h = (right - left) * width, (bottom - top) * height
    for lines_most in range(1, most_lines + 1):
        size = int(min(room_h / (_LEADING * lines_most), 0.16 * min(width, height)))
        smallest = max(6, int(size * (0.55 if lines_most < most_lines else 0.25)))
        for letter_height in range(size, smallest, -max(1, size // 24)):
            lines = wrap(words.split()[:24], face, letter_height, room_w, lines_most)
            if lines:
                return _set(lines, face, letter_height, width, height, box, colour, ink)
    return None


def _set(
    lines: list[str], face: tuple[str, str], letter_height: int, width: int, height: int,
    box: tuple[float, float, float, float], colour: Colour, ink: Colour,
) -> Overlay:  # fmt: skip
    leading = round(_LEADING * letter_height)
    margin = letter_height  # for the shade
    left, floor = round(box[0] * width), round(box[3] * height)
    first = floor - leading * (len(lines) - 1) - round(0.2 * letter_height)
    x0, y0 = max(0, left - margin), max(0, first - letter_height - margin)
    x1, y1 = min(width, round(box[2] * width) + margin), min(height, floor + margin)
    side = max(x1 - x0, y1 - y0)
    setting = Setting(tuple(lines), face, letter_height, left - x0, first - y0, leading)
    letters = setting.mask(side)[: y1 - y0, : x1 - x0]
    soft = Image.fromarray((letters * 255).astype(np.uint8))
    soft = soft.filter(ImageFilter.GaussianBlur(0.28 * letter_height))
    shade = np.clip(np.asarray(soft, np.float32) / 255 * 1.8, 0, 1) * np.float32(_SHADE)
    under = (1 - letters) * shade
    paint = letters[..., None] * colour * 255 + under[..., None] * ink * 255
    stays = (1 - letters) * (1 - shade)
    return Overlay(y0, x0, paint.astype(np.float32), stays[..., None].astype(np.float32))
