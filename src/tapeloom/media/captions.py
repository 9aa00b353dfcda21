"""Words over moving pictures: letters with a soft shade, drawn once, blended frame by frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.media.fonts import SUBTITLE_FACES, TITLE_FACES, Face
from tapeloom.media.lettering import Place, Setting, fit, shade
from tapeloom.media.palette import Colour
from tapeloom.media.pen import Mask

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
    own: tuple[Face, ...] = (),
) -> Overlay | None:
    """Set words as large as they fit into a box of the picture; None where nothing can be drawn.

    box  left, top, right, bottom in fractions of width and height; the words stand on its floor
    own  faces for letters that ours lack
    """
    left, top, right, bottom = box
    place = Place(left * width, top * height, right * width, bottom * height)
    setting = fit(
        text, (*(TITLE_FACES if is_title else SUBTITLE_FACES), *own), place,
        tallest=0.16 * min(width, height), smallest=6.0, most_lines=most_lines, leading=_LEADING,
    )  # fmt: skip
    return None if setting is None else _overlay(setting, width, height, colour, ink)


def _overlay(setting: Setting, width: int, height: int, colour: Colour, ink: Colour) -> Overlay:
    mask = setting.mask()
    letters = mask.cover[: height - mask.top, : width - mask.left]
    cloud = shade(Mask(letters, mask.left, mask.top), 0.28 * setting.height)
    under = (1 - letters) * cloud.cover * np.float32(_SHADE)
    paint = letters[..., None] * colour * 255 + under[..., None] * ink * 255
    stays = (1 - letters) * (1 - cloud.cover * np.float32(_SHADE))
    return Overlay(mask.top, mask.left, paint.astype(np.float32), stays[..., None])
