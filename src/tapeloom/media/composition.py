"""Where things stand in a picture of a given format: foreground, focal point, room for words."""

from dataclasses import dataclass

from tapeloom.media.pen import Box


@dataclass(frozen=True, slots=True)
class Layout:
    """How a scene is composed, in lengths of the shorter side; `side` is 1 or -1.

    What catches the eye stands at (focus_x, floor); the calm area, dark or plain, is for words.
    """

    right: float  # the picture's width
    bottom: float  # the picture's height
    side: float  # 1: the eye is drawn to the right half; -1: to the left
    floor: float  # y of the foreground's edge: a sill, a table, the ground
    focus_x: float
    scale: float  # of the things in the foreground
    calm: Box  # in fractions of width and height

    @property
    def middle(self) -> float:
        """The x of the picture's middle."""
        return self.right / 2

    def aside(self, share: float) -> float:
        """Return the x at a share of the half width from the middle towards the focal side."""
        return self.middle * (1 + self.side * share)

    @property
    def focus(self) -> tuple[float, float]:
        """The focal point in fractions of width and height."""
        return self.focus_x / self.right, (self.floor - 0.14 * self.scale) / self.bottom


def compose(width: int, height: int, *, side: float) -> Layout:
    """Compose a picture of any format: square and tall ones keep their foot calm, wide ones the
    half away from the focal point.

    >>> compose(1280, 720, side=1).calm
    (0.05, 0.1, 0.5, 0.58)
    """
    unit = min(width, height)
    right, bottom = width / unit, height / unit
    if width > 1.2 * height:
        x = right / 2 * (1 + 0.36 * side)
        calm = (0.05, 0.1, 0.5, 0.58) if side > 0 else (0.5, 0.1, 0.95, 0.58)
        return Layout(right, bottom, side, 0.82 * bottom, x, 1.25, calm)
    x = right / 2 * (1 + 0.4 * side)
    if height > 1.2 * width:
        return Layout(right, bottom, side, 0.74 * bottom, x, 1.25, (0.06, 0.78, 0.94, 0.96))
    return Layout(right, bottom, side, 0.7 * bottom, x, 1.0, (0.06, 0.74, 0.94, 0.96))
