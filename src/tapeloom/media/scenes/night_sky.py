"""A night sky: the Milky Way over hills, and a tent that glows beneath it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tapeloom.media.land import height_at, hill, ridge
from tapeloom.media.motion import Drawn, Pulse
from tapeloom.media.palette import mix
from tapeloom.media.pen import Mask, Pen
from tapeloom.media.props import cat, rim
from tapeloom.media.sky import birds, clouds, disc, shows_stars, sky, stars
from tapeloom.media.stage import Stage
from tapeloom.media.trees import fir
from tapeloom.media.weather import mist, weather


def night_sky(stage: Stage) -> None:
    """Paint from the zenith to the hill on which the tent stands."""
    canvas, layout, rng = stage.canvas, stage.layout, stage.rng
    low, side, floor, scale = stage.low, layout.side, layout.floor, layout.scale
    sky(stage, horizon=0.95 * floor)
    if shows_stars(stage):
        _milky_way(stage)
        stars(stage, box=(0, 0, canvas.right, 0.92 * floor), density=1.6, strength=0.9)
        _bright_stars(stage)
        _shooting_star(stage)
    else:
        disc(stage, layout.aside(-0.3), 0.4 * floor, 0.07 * scale)
        clouds(stage, box=(0, 0.2 * floor, canvas.right, 0.75 * floor),
               count=round(7 * canvas.right), strength=0.4)  # fmt: skip
        birds(stage, x=layout.aside(0.1), y=0.4 * floor)
    far = mix(low, stage.haze, 0.6)
    for up, tall, depth in ((0.16, 0.1, 0.1), (0.1, 0.075, 0.32), (0.05, 0.05, 0.55)):
        shade = mix(far, stage.ink, depth)
        y = floor - up * 0.9
        hill(stage, ridge(rng, octaves=6, roughness=0.5), y=y, tall=tall * scale, top=shade,
             foot=mix(shade, low, 0.45))  # fmt: skip
        mist(canvas, low, y=y + 0.05, tall=0.035, strength=0.35)
    u = np.linspace(-1, 1, 257)
    near = 1.25 * np.exp(-((u - 0.42 * side) ** 2) / 0.32) + 0.12 * ridge(
        rng, octaves=5, roughness=0.45
    )
    y, tall = floor + 0.035, 0.085

    def ground(x: float) -> float:
        return y - tall * height_at(stage, near, x)

    x = layout.focus_x - 0.05 * side * scale
    trees = [(0.3, 0.36), (0.41, 0.27), (0.5, 0.4), (0.235, 0.2)]

    def firs(pen: Pen) -> None:
        for away, h in trees:
            at = x + side * away * scale
            fir(pen, at, ground(at) + 0.02, h * scale)

    dark = stage.shade(0.06)
    rim(canvas, canvas.mask(firs), dark, mix(dark, low, 0.45), x=-0.0018 * side, y=-0.0012)
    hill(stage, near, y=y, tall=tall, top=stage.shade(0.14), foot=stage.ink)
    foot = ground(x) + 0.01
    canvas.glow(x, foot + 0.012, 0.22 * scale, stage.light, strength=0.4, flatness=0.16,
                box=(0, foot - 0.01, canvas.right, canvas.bottom))  # fmt: skip
    _tent(stage, x, foot, 0.27 * scale)
    at = x - 0.27 * side * scale
    cat(stage, at, ground(at) + 0.012, 0.105 * scale, stage.shade(0.04),
        mix(low, stage.light, 0.7), lit=side)  # fmt: skip
    _grass(stage, ground)
    weather(stage)


def _milky_way(stage: Stage) -> None:
    """Lay a band of soft light across the sky, rising from the focal side, with dark rifts."""
    canvas, layout, rng = stage.canvas, stage.layout, stage.rng
    coarse = max(1, canvas.unit // 240)
    h, w = -(-canvas.height // coarse), -(-canvas.width // coarse)
    ys, xs = np.mgrid[0:h, 0:w] * (coarse / canvas.unit)
    cx, cy = layout.aside(0.18), 0.42 * layout.floor
    a = -0.95 * layout.side
    along = (xs - cx) * np.cos(a) + (ys - cy) * np.sin(a)
    across = -(xs - cx) * np.sin(a) + (ys - cy) * np.cos(a)
    noise = _noise(rng, h, w, canvas.unit / coarse)
    band = np.exp(-((across + 0.05 * noise[0]) ** 2) / (2 * 0.125**2))
    core = np.exp(-((across + 0.03 * noise[1]) ** 2) / (2 * 0.05**2))
    rift = np.exp(-((across + 0.045 * noise[2] - 0.012) ** 2) / (2 * 0.017**2))
    fade = np.exp(-((along / 1.1) ** 2))
    cloud = np.clip(0.55 + 0.35 * noise[0], 0, 1)
    glow = fade * (0.55 * band * cloud + 0.6 * core * np.clip(0.6 + 0.3 * noise[1], 0, 1))
    glow *= 1 - 0.62 * rift * np.clip(0.6 + 0.5 * noise[2], 0, 1)
    for cover, colour, strength in (
        (glow, mix(stage.low, stage.haze, 0.3), 0.72), (glow**2.2, stage.light, 0.55),
        (fade * band * np.clip(noise[2] - 0.1, 0, 1), stage.accent, 0.16),
    ):  # fmt: skip
        image = Image.fromarray(np.clip(cover, 0, 1).astype(np.float32))
        full = np.asarray(image.resize((canvas.width, canvas.height), Image.Resampling.BICUBIC))
        canvas.light(Mask(np.clip(full, 0, 1), 0, 0), colour, strength=strength)
    # Star dust gathers in the band.
    n = int(2600 * canvas.right * canvas.bottom)
    at = rng.normal(0, 0.085, n), rng.uniform(-1.6, 1.6, n)
    px = cx + at[1] * np.cos(a) - at[0] * np.sin(a)
    py = cy + at[1] * np.sin(a) + at[0] * np.cos(a)
    sizes = 0.0005 + 0.0008 * rng.random(n) ** 3

    def dust(pen: Pen) -> None:
        for x, y, r in zip(px.tolist(), py.tolist(), sizes.tolist(), strict=True):
            if y < 0.9 * layout.floor:
                pen.ellipse(x, y, r, r, 0.7)

    canvas.light(canvas.mask(dust), stage.paper, strength=0.5)


def _noise(rng: np.random.Generator, h: int, w: int, unit: float) -> list[NDArray[np.float64]]:
    """Draw three fields of soft noise around 0, deviation about 1."""
    fields = []
    for _ in range(3):
        total = np.zeros((h, w))
        for octave in range(5):
            cell = max(2.0, unit * 0.3 / 2**octave)
            grid = rng.standard_normal((int(h / cell) + 3, int(w / cell) + 3)).astype(np.float32)
            wide = Image.fromarray(grid).resize(
                (int(grid.shape[1] * cell), int(grid.shape[0] * cell)), Image.Resampling.BICUBIC
            )
            total += np.asarray(wide)[:h, :w] * 0.62**octave
        fields.append(total / total.std())
    return fields


def _bright_stars(stage: Stage) -> None:
    """Set a few large stars with a cross of rays."""
    canvas, rng = stage.canvas, stage.rng
    for k in range(int(9 * canvas.right)):
        x, y = (
            float(rng.uniform(0, canvas.right)),
            float(rng.uniform(0.03, 0.6)) * stage.layout.floor,
        )
        size = float(rng.uniform(0.008, 0.016))

        def rays(pen: Pen, x: float = x, y: float = y, size: float = size) -> None:
            for dx, dy in ((1, 0), (0, 1)):
                pen.polygon([(x - size * dx - 0.0007 * dy, y - size * dy - 0.0007 * dx),
                             (x, y), (x + size * dx, y + size * dy), (x, y)])  # fmt: skip
                pen.polygon(
                    [
                        (x - size * dx, y - size * dy),
                        (x - 0.0009 * dy, y - 0.0009 * dx),
                        (x + size * dx, y + size * dy),
                        (x + 0.0009 * dy, y + 0.0009 * dx),
                    ]
                )
            pen.ellipse(x, y, 0.0021, 0.0021)

        mask = canvas.mask(rays, (x - size, y - size, x + size, y + size))
        pulse = Pulse(mask, stage.cycles(0.15 + 0.06 * (k % 4)), 0.381 * k % 1, 0.6)
        canvas.move(pulse, stage.paper, strength=0.95)
        canvas.glow(x, y, 0.008, stage.paper, strength=0.35)


def _shooting_star(stage: Stage) -> None:
    canvas, layout = stage.canvas, stage.layout
    start = (layout.aside(-0.1), 0.12 * layout.floor)
    dx, dy = -0.5 * layout.side * layout.scale, 0.2 * layout.floor

    def streak(pen: Pen, phase: float) -> None:
        t = (phase - 0.5) / 0.035  # it lasts less than a second of the loop
        if not 0 <= t <= 1:
            return
        head = (start[0] + dx * t, start[1] + dy * t)
        tail = (start[0] + dx * max(0.0, t - 0.4), start[1] + dy * max(0.0, t - 0.4))
        pen.stroke([tail, head], (0.0006, 0.0034), 1 - t**3)

    xs = sorted((start[0], start[0] + dx))
    place = canvas.pixel_box((xs[0] - 0.01, start[1] - 0.01, xs[1] + 0.01, start[1] + dy + 0.01))
    canvas.move(Drawn(streak, place, canvas.unit), stage.paper)


def _tent(stage: Stage, x: float, y: float, w: float) -> None:
    """Pitch a tent that is lit from within."""
    canvas, side, light = stage.canvas, stage.layout.side, stage.light
    h = 0.62 * w
    peak = (x, y - h)
    back = (x + side * 0.34 * w, y - 0.86 * h)
    cloth = mix(stage.accent, light, 0.35)
    for up, radius, strength in ((0.4, 0.42, 0.4), (0.3, 0.9, 0.16)):
        halo = canvas.halo(x, y - up * h, radius * w)
        dim = 0.3 if stage.is_day else 1.0
        canvas.move(Pulse(halo, stage.cycles(0.2), 0.0, 0.12), light, strength=dim * strength)
    flank = canvas.polygon([peak, back, (x + side * 0.72 * w, y), (x + side * 0.36 * w, y)])
    rim(
        canvas,
        flank,
        mix(cloth, stage.ink, 0.45),
        mix(cloth, light, 0.4),
        x=-0.002 * side,
        y=-0.002,
    )
    front = canvas.polygon(
        [(x - 0.42 * w, y), peak, (x + 0.36 * side * w, y), (x - 0.42 * side * w, y)]
    )
    canvas.paint(front, mix(cloth, stage.ink, 0.12), mix(light, stage.paper, 0.2))
    opening = canvas.polygon([(x - 0.16 * w, y), (peak[0], peak[1] + 0.2 * h), (x + 0.13 * w, y)])
    canvas.paint(opening, mix(light, stage.paper, 0.55), mix(light, stage.paper, 0.8))
    flap = canvas.polygon([(peak[0], peak[1] + 0.2 * h), (x + 0.13 * w, y), (x + 0.2 * w, y),
                           (x + 0.06 * w, y - 0.45 * h)])  # fmt: skip
    canvas.paint(flap, mix(cloth, stage.ink, 0.3))
    for start, end in (((x - 0.42 * w * side, y), peak), (peak, (x + 0.36 * side * w, y))):
        seam = canvas.stroke([start, end], (0.004 * w / 0.3, 0.004 * w / 0.3))
        canvas.paint(seam, mix(cloth, stage.ink, 0.5))
    ropes = canvas.mask(
        lambda pen: pen.stroke([peak, (x - 0.66 * w * side, y + 0.01)], (0.0014, 0.0014)),
        (x - w, y - 1.1 * h, x + w, y + 0.05),
    )
    canvas.paint(ropes, mix(stage.shade(0.3), light, 0.3))
    canvas.glow(x - 0.01 * w, y - 0.22 * h, 0.12 * w, stage.paper, strength=0.7)


def _grass(stage: Stage, ground: Callable[[float], float]) -> None:
    canvas, rng = stage.canvas, stage.rng
    n = int(150 * canvas.right)
    xs, sizes = rng.uniform(0, canvas.right, n), rng.uniform(0.008, 0.026, n)
    leans = rng.normal(0, 0.4, n)
    lines = [(float(x), ground(float(x)) + 0.004, float(s), float(k))
             for x, s, k in zip(xs, sizes, leans, strict=True)]  # fmt: skip

    def blades(pen: Pen) -> None:
        for x, y, size, lean in lines:
            pen.polygon([(x - 0.0016, y), (x + lean * size, y - size), (x + 0.0016, y)])

    canvas.paint(canvas.mask(blades), stage.shade(0.1))
