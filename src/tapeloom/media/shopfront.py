"""The front of a house on a street: bricks, windows above, a door, an awning, a sign."""

import numpy as np

from tapeloom.media.palette import Colour, mix
from tapeloom.media.pen import Mask, Pen
from tapeloom.media.props import rim
from tapeloom.media.stage import Stage


def bricks(stage: Stage, wall: Colour) -> None:
    """Hint at bricks: a few courses here and there, so that the wall stays calm."""
    canvas, rng, floor = stage.canvas, stage.rng, stage.layout.floor
    n = int(60 * canvas.right * floor)
    xs, ys = rng.uniform(0, canvas.right, n), rng.integers(1, int(floor / 0.022), n) * 0.022

    def draw(pen: Pen) -> None:
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
            shift = 0.026 * (round(y / 0.022) % 2)
            a = round(x / 0.052) * 0.052 + shift
            pen.rectangle(a, y, a + 0.048, y + 0.018, radius=0.002)

    mask = canvas.mask(draw, (0, 0, canvas.right, floor))
    canvas.paint(mask, mix(wall, stage.haze, 0.5), opacity=0.2)


def upstairs(stage: Stage, wall: Colour, *, top: float) -> None:
    """Put dark windows above, one of them dimly lit."""
    canvas, layout, scale = stage.canvas, stage.layout, stage.layout.scale
    w, h = 0.085 * scale, 0.17 * scale
    count = max(2, round(canvas.right / (0.3 * scale)))
    lit = count - 1 if layout.side < 0 else 0
    if top < -0.12:
        return
    for k in range(count):
        x = canvas.right * (k + 0.5) / count
        y0, y1 = top - 0.5 * h, top + 0.42 * h
        for base in np.arange(y0, -h, -1.9 * h):
            low = base + (y1 - y0)
            frame = canvas.rectangle(
                x - w - 0.01, base - 0.01, x + w + 0.01, low + 0.014, radius=0.004
            )
            canvas.paint(frame, mix(wall, stage.ink, 0.55))
            glass = canvas.rectangle(x - w, base, x + w, low)
            dim = k == lit and base == y0 and not stage.is_day
            colour = mix(stage.ink, stage.light, 0.42) if dim else mix(stage.ink, stage.low, 0.3)
            canvas.paint(glass, mix(colour, stage.palette.sky_colour(1), 0.25), colour)

            def cross(pen: Pen, x: float = x, base: float = float(base), low: float = low) -> None:
                pen.rectangle(x - 0.004, base, x + 0.004, low)
                pen.rectangle(
                    x - w, base + 0.34 * (low - base), x + w, base + 0.34 * (low - base) + 0.006
                )

            area = (x - w, float(base), x + w, low)
            canvas.paint(canvas.mask(cross, area), mix(wall, stage.ink, 0.5))
            sill = canvas.rectangle(
                x - w - 0.02, low + 0.014, x + w + 0.02, low + 0.026, radius=0.003
            )
            canvas.paint(sill, mix(wall, stage.low, 0.2))


def door(stage: Stage, x: float, floor: float, w: float) -> None:
    """Hang a door with a lit glass and a card on it."""
    canvas, light, ink = stage.canvas, stage.light, stage.ink
    h = 2.05 * w
    wood = mix(stage.accent, ink, 0.52)
    leaf = canvas.rectangle(x - w / 2, floor - h, x + w / 2, floor, radius=0.004)
    rim(canvas, leaf, wood, mix(wood, light, 0.4), x=0.002, y=-0.002)
    glass = canvas.rectangle(
        x - 0.33 * w, floor - 0.93 * h, x + 0.33 * w, floor - 0.36 * h, radius=0.006
    )
    warm = mix(light, stage.accent, 0.25)
    canvas.paint(
        glass,
        mix(warm, ink, 0.5 if stage.is_day else 0.12),
        mix(light, ink, 0.5) if stage.is_day else mix(light, stage.paper, 0.15),
    )
    card = canvas.rectangle(
        x - 0.16 * w, floor - 0.72 * h, x + 0.16 * w, floor - 0.6 * h, radius=0.004
    )
    canvas.paint(card, mix(ink, stage.accent, 0.3))
    lines = canvas.rectangle(x - 0.1 * w, floor - 0.675 * h, x + 0.1 * w, floor - 0.655 * h)
    canvas.paint(lines, stage.paper)
    knob = canvas.ellipse(x - 0.41 * w * stage.layout.side, floor - 0.45 * h, 0.024 * w, 0.024 * w)
    canvas.paint(knob, mix(light, stage.paper, 0.5))


def awning(stage: Stage, x0: float, x1: float, y: float, tall: float) -> None:
    """Stretch a striped awning with a scalloped edge."""
    canvas, light, ink = stage.canvas, stage.light, stage.ink
    count = max(7, 2 * round((x1 - x0) / 0.13) + 1)
    step = (x1 - x0) / count
    red, pale = mix(stage.accent, ink, 0.28), mix(mix(stage.paper, ink, 0.26), stage.low, 0.16)
    grow = 0.035
    shadow = canvas.rectangle(x0, y + tall, x1, y + 1.6 * tall)
    canvas.paint(
        Mask(
            shadow.cover * np.linspace(1, 0, len(shadow.cover), dtype=np.float32)[:, None],
            shadow.left,
            shadow.top,
        ),
        ink,
        opacity=0.5,
    )
    for parity, colour in ((0, red), (1, pale)):

        def stripes(pen: Pen, parity: int = parity) -> None:
            for k in range(parity, count, 2):
                a, b = x0 + k * step, x0 + (k + 1) * step
                spread = [(p - (x0 + x1) / 2) * grow / ((x1 - x0) / 2) for p in (a, b)]
                pen.polygon([(a, y), (b, y), (b + spread[1], y + tall), (a + spread[0], y + tall)])
                middle, half = (a + b + sum(spread)) / 2, (b - a + spread[1] - spread[0]) / 2
                pen.ellipse(middle, y + tall, half, 0.2 * tall)

        area = (x0 - grow - 0.01, y - 0.01, x1 + grow + 0.01, y + 1.3 * tall)
        mask = canvas.mask(stripes, area)
        canvas.paint(
            mask, mix(colour, ink, 0.3), mix(colour, light, 0.05 if stage.is_day else 0.16)
        )
    top = canvas.rectangle(x0 - 0.004, y - 0.008, x1 + 0.004, y + 0.004, radius=0.003)
    canvas.paint(top, mix(red, stage.low, 0.4))


def sign(stage: Stage, x: float, y: float, r: float) -> None:
    """Hang a round sign with a cup."""
    canvas, light, ink = stage.canvas, stage.light, stage.ink
    arm = canvas.rectangle(x - r * 1.1, y - 1.45 * r, x + r * 1.1, y - 1.37 * r)
    canvas.paint(arm, stage.shade(0.1))

    def chains(pen: Pen) -> None:
        for s in (-0.5, 0.5):
            pen.rectangle(x + s * r - 0.0012, y - 1.4 * r, x + s * r + 0.0012, y - 0.8 * r)

    canvas.paint(canvas.mask(chains, (x - r, y - 1.6 * r, x + r, y)), stage.shade(0.1))
    plate = mix(stage.accent, ink, 0.3)
    rim(canvas, canvas.ellipse(x, y, r, r), plate, mix(plate, light, 0.7), x=0.002, y=-0.002)
    ring = mix(stage.paper, ink, 0.12)

    def cup(pen: Pen) -> None:
        pen.ellipse(x + 0.34 * r, y + 0.06 * r, 0.2 * r, 0.19 * r)
        pen.ellipse(x + 0.34 * r, y + 0.06 * r, 0.11 * r, 0.1 * r, 0.0)
        pen.rectangle(x - 0.4 * r, y - 0.16 * r, x + 0.34 * r, y + 0.36 * r, radius=0.2 * r)
        pen.rectangle(x - 0.4 * r, y - 0.16 * r, x + 0.34 * r, y + 0.08 * r)
        pen.rectangle(x - 0.52 * r, y + 0.42 * r, x + 0.46 * r, y + 0.49 * r, radius=0.03 * r)
        for k in (-0.2, 0.02, 0.24):
            pen.stroke([(x + k * r - 0.03 * r, y - 0.28 * r), (x + k * r + 0.04 * r, y - 0.4 * r),
                        (x + k * r - 0.03 * r, y - 0.54 * r)], (0.05 * r, 0.05 * r))  # fmt: skip

    canvas.paint(canvas.mask(cup, (x - r, y - r, x + r, y + r)), ring)
