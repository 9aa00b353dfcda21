"""What a scene is given to paint with: canvas, colours, hour, weather, composition, chance."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tapeloom.media.canvas import Canvas
from tapeloom.media.composition import Layout
from tapeloom.media.motion import whole_cycles
from tapeloom.media.palette import Colour, Palette, mix


class TimeOfDay(StrEnum):
    """The hour that a scene shows."""

    DAWN = "dawn"
    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    """What falls from the sky, or hangs in the air."""

    CLEAR = "clear"
    RAIN = "rain"
    SNOW = "snow"
    FOG = "fog"


@dataclass(frozen=True, slots=True)
class Stage:
    """One picture to be painted."""

    canvas: Canvas
    palette: Palette
    time: TimeOfDay
    weather: Weather
    layout: Layout
    rng: np.random.Generator

    @property
    def ink(self) -> Colour:
        """The nearest silhouettes."""
        return self.palette.colour("ink")

    @property
    def haze(self) -> Colour:
        """The farthest silhouettes."""
        return self.palette.colour("haze")

    @property
    def light(self) -> Colour:
        """The source of light."""
        return self.palette.colour("light")

    @property
    def paper(self) -> Colour:
        """Lettering, and what is nearly white."""
        return self.palette.colour("paper")

    @property
    def accent(self) -> Colour:
        """The one spot of another colour."""
        return self.palette.colour("accent")

    @property
    def low(self) -> Colour:
        """The sky at the horizon."""
        return self.palette.sky_colour(2)

    def shade(self, towards_haze: float) -> Colour:
        """Return ink lightened towards the haze: 0 near, 1 far."""
        return mix(self.ink, self.haze, towards_haze)

    def cycles(self, rate_hz: float) -> int:
        """Return whole cycles in the loop, near a rate."""
        return whole_cycles(rate_hz, self.canvas.loop_s)

    @property
    def is_day(self) -> bool:
        """Whether lamps are off."""
        return self.time == TimeOfDay.DAY
