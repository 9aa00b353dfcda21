"""A seat in a train: somebody with headphones looks out, and the country passes."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tapeloom.media.motion import Cover, Drawn, Drift, Pulse
from tapeloom.media.palette import Colour, mix
from tapeloom.media.pen import Box, Mask, Pen, smooth
from tapeloom.media.people import listener
from tapeloom.media.props import mug, rim
from tapeloom.media.scenes.window import sheen
from tapeloom.media.sky import clouds, disc, shows_stars, sky, stars
from tapeloom.media.stage import Stage, Weather
from tapeloom.media.trees import fir
from tapeloom.media.weather import drops_on_glass, weather


def train(stage: Stage) -> None:
    """Paint the view, the window round it, and what is before the window."""
    canvas, layout = stage.canvas, stage.layout
    side, floor, scale = layout.side, layout.floor, layout.scale
    wall = mix(stage.shade(0.36), stage.accent, 0.06)
    pane: Box = (0.07, 0.15 * floor, canvas.right - 0.07, floor - 0.13)
    sky(stage, horizon=pane[1] + 0.72 * (pane[3] - pane[1]))
    _view(stage, pane)
    weather(stage, box=pane)
    if stage.weather == Weather.RAIN:
        drops_on_glass(stage, box=pane)
    sheen(canvas, pane, stage.paper)
    _wall(stage, pane, wall)
    _rack(stage, pane)
    seat_x = layout.focus_x + (0.1 if canvas.right > 1.2 else -0.02) * side
    _table(stage, seat_x - side * (0.66 if canvas.right > 1.2 else 0.5), floor - 0.03)
    listener(stage, seat_x, floor + 0.06, 0.43 * min(scale, 1.1), lit=-side)
    _seats(stage, seat_x, wall)
    bottom = (0, floor, canvas.right, canvas.bottom)
    canvas.paint(_faded(stage, bottom), stage.ink, opacity=0.9)


def _view(stage: Stage, pane: Box) -> None:
    canvas, layout, rng = stage.canvas, stage.layout, stage.rng
    low, side = stage.low, layout.side
    x0, y0, x1, y1 = pane
    tall = y1 - y0
    horizon = y0 + 0.72 * tall
    sun_x = layout.aside(-0.12 if canvas.right < 1.2 else 0.1)
    if shows_stars(stage):
        stars(stage, box=(x0, y0, x1, y0 + 0.6 * tall))
    disc(stage, sun_x, y0 + 0.42 * tall, 0.085 * layout.scale, box=pane)
    clouds(stage, box=(x0, y0 + 0.1 * tall, x1, y0 + 0.55 * tall),
           count=round(5 * canvas.right), strength=0.35)  # fmt: skip
    canvas.glow(sun_x, horizon, 0.35, low, strength=0.3, flatness=0.4, box=pane)
    far = mix(low, stage.haze, 0.6)
    going = -int(side)
    for k, (up, high, depth, periods) in enumerate(
        ((0.02, 0.2, 0.06, 1), (-0.06, 0.13, 0.22, 2), (-0.13, 0.1, 0.42, 4))
    ):
        shade = mix(far, stage.ink, depth)
        y = horizon - up * tall
        waves = [(int(n), float(a), float(p)) for n, a, p in zip(
            (1, 2, 3, 5, 8, 13), rng.uniform(0.4, 1, 6) / np.array([1, 1.6, 2.2, 3.4, 6, 9]),
            rng.uniform(0, 6.28, 6), strict=True)]  # fmt: skip
        count = round((0, 26, 34)[k] * (x1 - x0))
        firs = rng.uniform(x0, x1, count).tolist()
        heights = (rng.uniform(0.035, 0.085, count) * (1 + 0.6 * k)).tolist()

        def land(
            pen: Pen, y: float = y, high: float = high * tall,
            waves: list[tuple[int, float, float]] = waves, firs: list[float] = firs,
            heights: list[float] = heights,
        ) -> None:  # fmt: skip
            xs = np.linspace(x0, x1, 240)
            ys = y - high * 0.4 * _waves(waves, (xs - x0) / (x1 - x0)) - 0.3 * high
            points = [(float(a), float(b)) for a, b in zip(xs, ys, strict=True)]
            pen.polygon([*points, (x1 + 0.1, points[-1][1]), (x1 + 0.1, y1 + 0.1),
                         (x0 - 0.1, y1 + 0.1), (x0 - 0.1, points[0][1])])  # fmt: skip
            for x, h in zip(firs, heights, strict=True):
                foot = float(np.interp(x, xs, ys)) + 0.006
                for shift in (x0 - x1, 0.0, x1 - x0):
                    if x0 - 0.1 < x + shift < x1 + 0.1:
                        fir(pen, x + shift, foot, h)

        _pass(stage, _texture(stage, land, pane), shade, pane, going * _scaled(stage, periods))
        mist_y = y + 0.08 * tall
        if k < 2:
            _veil(stage, pane, mist_y, 0.05 * tall)
    _village(stage, pane, horizon + 0.03 * tall, going)
    _poles(stage, pane, going)


def _scaled(stage: Stage, periods: int) -> int:
    """Keep the speed whatever the loop's length."""
    return max(1, round(periods * (stage.canvas.loop_s or 20.0) / 20.0))


def _waves(waves: list[tuple[int, float, float]], u: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.zeros_like(u)
    for n, amplitude, start in waves:
        total += amplitude * np.sin(2 * np.pi * n * u + start)
    return total


def _texture(stage: Stage, draw: Callable[[Pen], None], pane: Box) -> Cover:
    return stage.canvas.mask(draw, pane, crop=False).cover


def _pass(stage: Stage, texture: Cover, colour: Colour, pane: Box, periods: int) -> None:
    left, top, _, _ = stage.canvas.pixel_box(pane)
    rows = np.flatnonzero(texture.any(axis=1))
    if not len(rows):
        return
    first, end = int(rows[0]), int(rows[-1]) + 1
    drift = Drift(texture[first:end], texture.shape[1], periods, left, top + first)
    stage.canvas.move(drift, colour, light=False)


def _veil(stage: Stage, pane: Box, y: float, tall: float) -> None:
    """Lay mist between two ranges; it stands still while they pass."""
    canvas = stage.canvas
    left, top, right, bottom = canvas.pixel_box((pane[0], y - 2 * tall, pane[2], y + 2 * tall))
    rows = ((top + np.arange(bottom - top) + 0.5) / canvas.unit - y) / tall
    cover = np.repeat(np.exp(-(rows**2))[:, None], right - left, axis=1).astype(np.float32)
    canvas.move(Pulse(Mask(cover, left, top), 1, 0.0, 0.0), stage.low, light=False, strength=0.4)


def _village(stage: Stage, pane: Box, y: float, going: int) -> None:
    """Let the lamps of a village go by."""
    if stage.is_day:
        return
    rng = stage.rng
    x0, _, x1, _ = pane
    where = float(rng.uniform(0.2, 0.6))
    lamps = [(x0 + (x1 - x0) * (where + float(rng.normal(0, 0.07))),
              y + float(rng.uniform(-0.012, 0.03)), float(rng.uniform(0.0022, 0.004)))
             for _ in range(26)]  # fmt: skip

    def draw(pen: Pen) -> None:
        for x, up, r in lamps:
            pen.rectangle(x - r, up - r, x + r, up + r)

    _pass(stage, _texture(stage, draw, pane), stage.light, pane, going * _scaled(stage, 3))


def _poles(stage: Stage, pane: Box, going: int) -> None:
    """Let the line's poles flit by, their wires hanging between them."""
    x0, y0, x1, y1 = pane
    count = max(2, round((x1 - x0) / 0.8))
    step = (x1 - x0) / count
    top = y0 + 0.2 * (y1 - y0)

    def draw(pen: Pen) -> None:
        for k in range(-1, count + 1):
            x = x0 + (k + 0.4) * step
            pen.rectangle(x - 0.006, top - 0.02, x + 0.006, y1 + 0.1)
            pen.rectangle(x - 0.04, top, x + 0.04, top + 0.008)
            for end in (-0.035, 0.035):
                u = np.linspace(0, 1, 24)
                sag = top - 0.004 + 0.06 * 4 * u * (1 - u)
                wire = [(float(x + end + step * a), float(b)) for a, b in zip(u, sag, strict=True)]
                pen.stroke(wire, (0.0018, 0.0018))

    shade = mix(stage.shade(0.2), stage.low, 0.1)
    _pass(stage, _texture(stage, draw, pane), shade, pane, going * _scaled(stage, 9))


def _wall(stage: Stage, pane: Box, wall: Colour) -> None:
    """Put the carriage's wall round the window, its inner edge lit from outside."""
    canvas, ink = stage.canvas, stage.ink
    x0, y0, x1, y1 = pane

    def around_window(grow: float) -> Mask:
        def draw(pen: Pen) -> None:
            pen.rectangle(-0.1, -0.1, canvas.right + 0.1, canvas.bottom + 0.1)
            pen.rectangle(x0 + grow, y0 + grow, x1 - grow, y1 - grow, radius=0.055, value=0.0)

        return canvas.mask(draw)

    canvas.paint(around_window(0.0), mix(wall, stage.low, 0.45))
    canvas.paint(around_window(-0.004), mix(wall, ink, 0.45))
    canvas.paint(around_window(-0.022), mix(wall, ink, 0.4), mix(wall, ink, 0.75))
    sill = canvas.rectangle(x0 - 0.03, y1 + 0.022, x1 + 0.03, y1 + 0.034, radius=0.005)
    canvas.paint(sill, mix(wall, stage.low, 0.3))


def _rack(stage: Stage, pane: Box) -> None:
    """Hang straps from a rail above the window; they swing with the train."""
    canvas = stage.canvas
    y = 0.3 * pane[1]
    rail = canvas.rectangle(-0.1, y, canvas.right + 0.1, y + 0.009)
    canvas.paint(rail, mix(stage.shade(0.5), stage.low, 0.35))
    dark = mix(stage.shade(0.3), stage.accent, 0.35)
    count = max(3, round(3.4 * canvas.right))
    swings = stage.cycles(0.3)
    for k in range(count):
        x = canvas.right * (k + 0.5) / count
        drop = 0.62 * pane[1]

        def strap(pen: Pen, phase: float, x: float = x, k: int = k, drop: float = drop) -> None:
            lean = 0.05 * np.sin(2 * np.pi * swings * phase + 0.6 * k) + 0.02 * np.sin(
                2 * np.pi * (2 * swings + 1) * phase + k
            )
            end = (x + drop * np.sin(lean), y + drop * np.cos(lean))
            pen.stroke([(x, y), end], (0.009, 0.009))
            ring = [(end[0] + 0.026 * np.sin(a + lean), end[1] + 0.03 - 0.03 * np.cos(a))
                    for a in np.linspace(0, 2 * np.pi, 26)]  # fmt: skip
            pen.stroke(ring, (0.008, 0.008))

        place = canvas.pixel_box((x - 0.06, y - 0.01, x + 0.06, y + drop + 0.08))
        canvas.move(Drawn(strap, place, canvas.unit), dark, light=False)


def _table(stage: Stage, x: float, y: float) -> None:
    canvas, scale, side = stage.canvas, stage.layout.scale, stage.layout.side
    half = 0.25 * scale

    def top(pen: Pen) -> None:
        pen.rectangle(x - half, y - 0.016, x + half, y + 0.006, radius=0.01)
        pen.polygon([(x - 0.03, y), (x + 0.03, y), (x + 0.018, y + 0.3), (x - 0.018, y + 0.3)])

    wood = mix(stage.shade(0.2), stage.accent, 0.2)
    mug(stage, x + 0.12 * side * scale, y - 0.014, 0.075 * scale,
        body=mix(stage.paper, stage.accent, 0.35), edge=stage.light, lit=-side)  # fmt: skip
    book = canvas.polygon([(x - 0.19 * scale, y - 0.016), (x - 0.1 * scale, y - 0.034),
                           (x - 0.06 * scale, y - 0.02), (x - 0.02 * scale, y - 0.034),
                           (x + 0.03 * scale, y - 0.016)])  # fmt: skip
    rim(canvas, book, mix(stage.paper, stage.ink, 0.42), mix(stage.paper, stage.low, 0.2),
        x=0, y=-0.002)  # fmt: skip
    area = (x - half - 0.02, y - 0.03, x + half + 0.02, canvas.bottom)
    rim(canvas, canvas.mask(top, area), wood, mix(wood, stage.low, 0.6), x=0, y=-0.0025)


def _seats(stage: Stage, x: float, wall: Colour) -> None:
    """Stand the backs of seats before us, rounded, with a pale cloth at the head."""
    canvas, layout = stage.canvas, stage.layout
    floor, scale, side = layout.floor, layout.scale, layout.side
    cloth = mix(mix(stage.ink, stage.accent, 0.42), wall, 0.2)
    for at, lift, wide in ((x, 0.0, 0.3), (x + 0.72 * side * scale, -0.02, 0.34),
                           (x - 1.3 * side * scale, 0.02, 0.36)):  # fmt: skip
        half, top = wide * scale * 0.8, floor + lift - 0.09 * scale

        def back(pen: Pen, at: float = at, half: float = half, top: float = top) -> None:
            outline = [(-1.0, 0.62), (-0.99, 0.2), (-0.9, 0.05), (-0.6, 0.0), (0.0, -0.012),
                       (0.6, 0.0), (0.9, 0.05), (0.99, 0.2), (1.0, 0.62)]  # fmt: skip
            pen.polygon(smooth([(at + u * half, top + v) for u, v in outline]))

        area = (at - half - 0.03, top - 0.05, at + half + 0.03, canvas.bottom)
        mask = canvas.mask(back, area)
        rim(canvas, mask, cloth, mix(cloth, stage.low, 0.6), x=-0.002 * side, y=-0.003)
        pale = canvas.rectangle(at - 0.55 * half, top + 0.012, at + 0.55 * half, top + 0.085,
                                radius=0.012)  # fmt: skip
        canvas.paint(pale, mix(cloth, stage.paper, 0.42), mix(cloth, stage.paper, 0.22))


def _faded(stage: Stage, box: Box) -> Mask:
    """Return a mask that rises from nothing to all at the foot of the picture."""
    left, top, right, bottom = stage.canvas.pixel_box(box)
    rows = np.clip(np.linspace(-0.12, 1.4, bottom - top, dtype=np.float32), 0, 1) ** 0.8
    return Mask(np.repeat(rows[:, None], right - left, axis=1), left, top)
