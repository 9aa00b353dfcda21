"""Trees: firs by the row, and a palm whose fronds stir."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.media.land import height_at
from tapeloom.media.motion import Drawn
from tapeloom.media.palette import Colour, mix
from tapeloom.media.pen import Pen, smooth
from tapeloom.media.props import rim
from tapeloom.media.stage import Stage


def fir(pen: Pen, x: float, foot: float, h: float) -> None:
    """Draw a fir tree: drooping tiers, the more the taller it is, a little uneven."""
    pen.rectangle(x - 0.016 * h, foot - 0.2 * h, x + 0.016 * h, foot + 0.02)
    tiers = 7 if h < 0.3 else 12
    for k in range(tiers):
        v = k / tiers
        wild = np.sin(5.3 * k + 40 * x), np.sin(7.1 * k + 23 * x)
        up = foot - h * (0.07 + 0.8 * v)
        tip = up - 1.9 * h / tiers
        left, right = (h * (0.2 - 0.175 * v) * (1 + 0.14 * w) for w in wild)
        pen.polygon([(x - left, up + 0.02 * h), (x - 0.52 * left, up - 0.052 * h), (x, tip),
                     (x + 0.52 * right, up - 0.052 * h), (x + right, up + 0.02 * h),
                     (x + 0.62 * right, up + 0.004 * h), (x + 0.3 * right, up + 0.012 * h),
                     (x, up - 0.004 * h), (x - 0.34 * left, up + 0.014 * h),
                     (x - 0.66 * left, up + 0.003 * h)])  # fmt: skip


def pines(
    stage: Stage, line: NDArray[np.float64], *, y: float, tall: float,
    height: tuple[float, float], count: int, colour: Colour, spread: Sequence[float],
    to: Colour | None = None,
) -> None:  # fmt: skip
    """Plant fir trees along a ridge; `spread` weights equal stretches from left to right."""
    canvas, rng = stage.canvas, stage.rng
    weights = np.asarray(spread, np.float64)
    slots = rng.choice(len(weights), count, p=weights / weights.sum())
    xs = (slots + rng.random(count)) / len(weights) * canvas.right
    sizes = rng.uniform(*height, count)

    def draw(pen: Pen) -> None:
        for x, h in zip(xs.tolist(), sizes.tolist(), strict=True):
            fir(pen, x, y - tall * height_at(stage, line, x) + 0.01, h)

    area = (0.0, y - 1.5 * tall - 1.2 * height[1], canvas.right, y + 1.5 * tall)
    canvas.paint(canvas.mask(draw, area), colour, to)


def palm(stage: Stage) -> None:
    """Lean a palm in from the focal side, its fronds stirring over the sea."""
    canvas, layout, rng = stage.canvas, stage.layout, stage.rng
    side, floor, scale = layout.side, layout.floor, layout.scale
    edge = canvas.right if side > 0 else 0.0
    foot = (edge + 0.06 * side, canvas.bottom + 0.1)
    head = (edge - side * 0.2 * scale, 0.24 * floor)
    trunk = smooth([foot, (edge - side * 0.02 * scale, 0.78 * floor),
                    (edge - side * 0.1 * scale, 0.46 * floor), head])  # fmt: skip
    dark, lit = stage.shade(0.04), mix(stage.ink, mix(stage.low, stage.light, 0.4), 0.5)
    wood = canvas.stroke(trunk, (0.06 * scale, 0.04 * scale, 0.032 * scale))
    rim(canvas, wood, dark, lit, x=-0.0022 * side, y=-0.001)
    sways = stage.cycles(0.12)
    turns = [-2.75, -2.3, -1.8, -1.2, -0.65, -0.1, 0.35, -3.15]
    lengths = rng.uniform(0.34, 0.44, len(turns)) * scale
    drops = rng.uniform(0.35, 0.6, len(turns))

    def fronds(pen: Pen, phase: float) -> None:
        for k, (turn, length, drop) in enumerate(zip(turns, lengths, drops, strict=True)):
            sway = 0.022 * np.sin(2 * np.pi * sways * phase + 0.7 * k)
            _frond(pen, head, turn + sway, float(length), float(drop) + 2 * sway)

    reach = 0.62 * scale
    place = canvas.pixel_box((head[0] - reach, head[1] - reach, head[0] + reach, head[1] + reach))
    motion = Drawn(fronds, place, canvas.unit)
    canvas.move(motion, dark, light=False)
    nuts = [(0.012, 0.016), (-0.016, 0.02), (0.0, 0.03)]
    for dx, dy in nuts:
        nut = canvas.ellipse(
            head[0] + dx * scale, head[1] + dy * scale, 0.014 * scale, 0.015 * scale
        )
        rim(canvas, nut, dark, lit, x=-0.0014 * side, y=-0.0014)


def _frond(pen: Pen, head: tuple[float, float], turn: float, length: float, drop: float) -> None:
    """Draw one frond: a rib that bends under its weight, with leaflets down both sides."""
    t = np.linspace(0, 1, 17)
    xs = head[0] + length * np.cos(turn) * t
    ys = head[1] + length * np.sin(turn) * t + drop * length * t**2.2
    rib = [(float(a), float(b)) for a, b in zip(xs, ys, strict=True)]
    pen.stroke(rib, (0.009, 0.003))
    for k in range(1, 17):
        dx, dy = xs[k] - xs[k - 1], ys[k] - ys[k - 1]
        along = np.arctan2(dy, dx)
        size = length * 0.27 * np.sin(np.pi * min(1.0, 0.1 + 0.9 * t[k])) ** 0.6 + 0.02
        for spread in (0.75, -0.75):
            # Leaflets hang: their tips are drawn towards the ground.
            a = along + spread * (1 - 0.4 * t[k])
            tip = (float(xs[k] + size * np.cos(a)), float(ys[k] + size * np.sin(a) + 0.25 * size))
            base = 0.0075 * length / 0.38
            pen.polygon([(float(xs[k] - base * np.cos(along)), float(ys[k] - base * np.sin(along))),
                         (float(xs[k] + base * np.cos(along)), float(ys[k] + base * np.sin(along))),
                         tip])  # fmt: skip
