"""Somebody who listens: a figure from behind, with headphones."""

import numpy as np

from tapeloom.media.palette import mix
from tapeloom.media.pen import Pen, smooth
from tapeloom.media.props import rim
from tapeloom.media.stage import Stage


def listener(stage: Stage, x: float, y: float, h: float, *, lit: float = 1.0) -> None:
    """Seat a listener seen from behind; (x, y) is the middle of the waist, `h` from there up."""
    canvas = stage.canvas
    edge = mix(stage.low, stage.light, 0.4)
    coat = mix(stage.shade(0.16), stage.accent, 0.2)
    hair = stage.shade(0.05)
    box = (x - 0.6 * h, y - 1.1 * h, x + 0.6 * h, y + 0.02)

    def body(pen: Pen) -> None:
        half = [(0.06, -0.6), (0.1, -0.56), (0.3, -0.49), (0.39, -0.4), (0.43, -0.2), (0.45, 0.0)]
        right = [(x + a * h, y + b * h) for a, b in half]
        left = [(x - a * h, y + b * h) for a, b in reversed(half)]
        pen.polygon([*smooth(left), *smooth(right)])
        pen.rectangle(x - 0.075 * h, y - 0.68 * h, x + 0.075 * h, y - 0.5 * h, radius=0.03 * h)

    def hood(pen: Pen) -> None:
        pen.ellipse(x, y - 0.52 * h, 0.2 * h, 0.085 * h)

    def head(pen: Pen) -> None:
        pen.ellipse(x, y - 0.8 * h, 0.165 * h, 0.18 * h)
        bob = [(-0.17, -0.8), (-0.195, -0.68), (-0.165, -0.575), (0.0, -0.6), (0.165, -0.575),
               (0.195, -0.68), (0.17, -0.8), (0.0, -0.96)]  # fmt: skip
        pen.polygon(smooth([(x + a * h, y + b * h) for a, b in bob], closed=True))

    def band(pen: Pen) -> None:
        a = np.linspace(np.pi * 1.02, np.pi * 1.98, 24)
        arc = [(float(x + 0.198 * h * np.cos(t)), float(y - 0.77 * h + 0.228 * h * np.sin(t)))
               for t in a]  # fmt: skip
        pen.stroke(arc, (0.03 * h, 0.036 * h, 0.03 * h))

    def cups(pen: Pen) -> None:
        for s in (-1, 1):
            pen.rectangle(x + s * 0.2 * h - 0.04 * h, y - 0.84 * h, x + s * 0.2 * h + 0.04 * h,
                          y - 0.68 * h, radius=0.035 * h)  # fmt: skip

    rim(canvas, canvas.mask(body, box), coat, mix(coat, edge, 0.7), x=0.0032 * lit, y=-0.0026)
    canvas.paint(canvas.mask(hood, box), mix(coat, stage.ink, 0.25))
    rim(canvas, canvas.mask(head, box), hair, mix(hair, edge, 0.75), x=0.003 * lit, y=-0.0026)
    phones = mix(stage.accent, stage.paper, 0.15)
    rim(canvas, canvas.mask(band, box), mix(phones, stage.ink, 0.3), mix(phones, edge, 0.6),
        x=0.002 * lit, y=-0.002)  # fmt: skip
    rim(canvas, canvas.mask(cups, box), mix(phones, stage.ink, 0.12), mix(phones, edge, 0.7),
        x=0.002 * lit, y=-0.002)  # fmt: skip
