"""The sky: its gradient, stars, moon or sun, clouds, birds."""

import numpy as np
from numpy.typing import NDArray

from tapeloom.media.motion import Pulse
from tapeloom.media.palette import Colour, mix
from tapeloom.media.pen import Box, Pen
from tapeloom.media.stage import Stage, TimeOfDay, Weather


def sky(stage: Stage, *, horizon: float, box: Box | None = None) -> None:
    """Fill the sky down to the horizon."""
    palette = stage.palette
    place = box or stage.canvas.whole
    top, middle, low = (palette.sky_colour(i) for i in range(3))
    span = horizon - place[1]
    stage.canvas.gradient(
        [(place[1], top), (place[1] + 0.58 * span, middle), (horizon, low),
         (horizon + 1.0, low)], place
    )  # fmt: skip


def shows_stars(stage: Stage) -> bool:
    """Whether the sky is dark and clear enough for stars."""
    return stage.palette.is_night and stage.weather in {Weather.CLEAR, Weather.SNOW}


def stars(stage: Stage, *, box: Box, density: float = 1.0, strength: float = 0.75) -> None:
    """Scatter stars, denser towards the zenith; they twinkle in five groups."""
    canvas, rng = stage.canvas, stage.rng
    count = int(1040 * density * (box[2] - box[0]) * (box[3] - box[1]))
    xs = rng.uniform(box[0], box[2], count)
    ys = box[1] + (box[3] - box[1]) * rng.beta(1.0, 1.9, count)
    sizes = 0.0007 + 0.0016 * rng.random(count) ** 6
    values = rng.uniform(0.25, 1.0, count)
    groups = rng.integers(0, 5, count)
    for group in range(5):
        own = np.flatnonzero(groups == group)

        def draw(pen: Pen, own: NDArray[np.intp] = own) -> None:
            for i in own:
                r = float(sizes[i])
                pen.ellipse(float(xs[i]), float(ys[i]), r, r, float(values[i]))

        mask = canvas.mask(draw, box)
        pulse = Pulse(mask, stage.cycles(0.2 + 0.05 * group), group / 5, 0.7)
        canvas.move(pulse, stage.paper, strength=strength)


def disc(
    stage: Stage, x: float, y: float, r: float, *, box: Box | None = None, halo: float = 0.42
) -> None:
    """Hang the moon (night) or the sun (day and dusk) with its halo."""
    canvas, palette = stage.canvas, stage.palette
    light, paper = stage.light, stage.paper
    place = box or canvas.whole
    r = 0.72 * r if stage.is_day else r  # high up it looks smaller
    canvas.glow(x, y, 3.4 * r, light, strength=halo, box=box)
    near = (max(place[0], x - 1.2 * r), max(place[1], y - 1.2 * r), min(place[2], x + 1.2 * r),
            min(place[3], y + 1.2 * r))  # fmt: skip
    veiled = stage.weather in {Weather.RAIN, Weather.FOG}
    body = canvas.ellipse(x, y, r, r, box=near, blur=0.05 * r if veiled else 0.0)
    if not palette.is_night:
        canvas.paint(body, mix(paper, light, 0.35), mix(light, palette.sky_colour(2), 0.55))
        return
    canvas.paint(body, mix(paper, light, 0.2), mix(paper, light, 0.55))
    seas = ((-0.35, -0.25, 0.26), (0.25, 0.05, 0.2), (-0.1, 0.4, 0.22), (0.35, -0.4, 0.13))
    for a, b, s in seas:
        sea = canvas.ellipse(x + a * r, y + b * r, s * r, 0.9 * s * r, box=near, blur=0.06 * r)
        canvas.paint(sea, mix(light, palette.sky_colour(1), 0.5), opacity=0.28)


def clouds(stage: Stage, *, box: Box, count: int, strength: float = 0.4, size: float = 1.0) -> None:
    """Lay long flat-bottomed clouds, lit from below near the horizon."""
    canvas, palette, rng = stage.canvas, stage.palette, stage.rng
    for y in np.sort(rng.uniform(box[1] + 0.1 * (box[3] - box[1]), box[3], count)):
        x, length = float(rng.uniform(box[0], box[2])), size * float(rng.uniform(0.18, 0.42))
        puffs = rng.uniform(0, 1, (14, 2))

        def draw(
            pen: Pen, y: float = float(y), x: float = x, length: float = length,
            puffs: NDArray[np.float64] = puffs,
        ) -> None:  # fmt: skip
            for a, b in puffs:
                u = a - 0.5
                tall = 0.022 * size * (1 - 3.4 * u * u) * (0.5 + b)
                pen.ellipse(x + u * length, y - tall * 0.4, length * 0.11, max(0.003, tall))
            pen.ellipse(x, y, length * 0.55, 0.0045)
            pen.rectangle(x - length, y + 0.002, x + length, y + 0.08, value=0.0)

        depth = (y - box[1]) / (box[3] - box[1])
        colour = mix(palette.sky_colour(2), stage.light, 0.25 + 0.3 * depth)
        reach = (max(box[0], x - 0.8 * length), max(0.0, box[1] - 0.1),
                 min(box[2], x + 0.8 * length), box[3])  # fmt: skip
        if reach[0] >= reach[2]:
            continue
        mask = canvas.mask(draw, reach, blur=0.0022)
        canvas.paint(mask, colour, mix(colour, stage.haze, 0.5), opacity=strength)


def birds(stage: Stage, *, x: float, y: float, colour: Colour | None = None) -> None:
    """Let a few birds fly far off, in clear weather by day."""
    if stage.palette.is_night or stage.weather != Weather.CLEAR or stage.time == TimeOfDay.NIGHT:
        return
    canvas, rng = stage.canvas, stage.rng
    flock = [(x + float(rng.normal(0, 0.05)), y + float(rng.normal(0, 0.025)),
              float(rng.uniform(0.006, 0.012))) for _ in range(6)]  # fmt: skip

    def draw(pen: Pen) -> None:
        for a, b, w in flock:
            wings = ((-1.0, 0.35), (-0.4, 0.5), (0.0, 0.0), (0.4, 0.5), (1.0, 0.35))
            pen.stroke([(a + u * w, b - v * w) for u, v in wings], (0.0011, 0.0017, 0.0011))

    area = (x - 0.25, y - 0.15, x + 0.25, y + 0.15)
    canvas.paint(canvas.mask(draw, area), stage.shade(0.4) if colour is None else colour,
                 opacity=0.8)  # fmt: skip
