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
    box = (x - 0.6 * h, y - 1.2 * h, x + 0.6 * h, y + 0.02)

    def body(pen: Pen) -> None:
        half = [(0.06, -0.6), (0.1, -0.56), (0.3, -0.49), (0.39, -0.4), (0.43, -0.2), (0.45, 0.0)]
        right = [(x + a * h, y + b * h) for a, b in half]
        left = [(x - a * h, y + b * h) for a, b in reversed(half)]
        pen.polygon([*smooth(left), *smooth(right)])
        pen.rectangle(x - 0.075 * h, y - 0.68 * h, x + 0.075 * h, y - 0.5 * h, radius=0.03 * h)

    def hood(pen: Pen) -> None:
        pen.ellipse(x, y - 0.515 * h, 0.17 * h, 0.06 * h)

    def head(pen: Pen) -> None:
        crown = [(0.0, -0.995), (0.1, -0.965), (0.155, -0.88), (0.168, -0.77), (0.172, -0.66),
                 (0.15, -0.595), (0.08, -0.605), (0.0, -0.612)]  # fmt: skip
        right = [(x + a * h, y + b * h) for a, b in crown]
        left = [(x - a * h, y + b * h) for a, b in reversed(crown[1:-1])]
        pen.polygon(smooth([*right, *left], closed=True))
        pen.ellipse(x + 0.035 * h, y - 1.03 * h, 0.075 * h, 0.062 * h)  # a bun
        pen.stroke([(x - 0.16 * h, y - 0.62 * h), (x - 0.185 * h, y - 0.585 * h)],
                   (0.03 * h, 0.006 * h))  # fmt: skip

    def band(pen: Pen) -> None:
        a = np.linspace(np.pi * 1.02, np.pi * 1.98, 24)
        arc = [(float(x + 0.178 * h * np.cos(t)), float(y - 0.77 * h + 0.236 * h * np.sin(t)))
               for t in a]  # fmt: skip
        pen.stroke(arc, (0.03 * h, 0.036 * h, 0.03 * h))

    def cups(pen: Pen) -> None:
        for s in (-1, 1):
            at = x + s * 0.182 * h
            pen.rectangle(at - 0.036 * h, y - 0.835 * h, at + 0.036 * h, y - 0.69 * h,
                          radius=0.034 * h)  # fmt: skip

    rim(canvas, canvas.mask(body, box), coat, mix(coat, edge, 0.7), x=0.0032 * lit, y=-0.0026)
    canvas.paint(canvas.mask(hood, box), mix(coat, stage.ink, 0.25))
    rim(canvas, canvas.mask(head, box), hair, mix(hair, edge, 0.75), x=0.003 * lit, y=-0.0026)
    phones = mix(stage.accent, stage.paper, 0.15)
    rim(canvas, canvas.mask(band, box), mix(phones, stage.ink, 0.3), mix(phones, edge, 0.6),
        x=0.002 * lit, y=-0.002)  # fmt: skip
    rim(canvas, canvas.mask(cups, box), mix(phones, stage.ink, 0.12), mix(phones, edge, 0.7),
        x=0.002 * lit, y=-0.002)  # fmt: skip
