"""Pictures from indoors: a window with a cat, a desk with a cassette."""

import numpy as np

from tapeloom.media.canvas import GROUND, Box, Canvas, Mask, Pen, smooth
from tapeloom.media.gear import cassette, fairy_lights, lamp, photographs
from tapeloom.media.land import skyline
from tapeloom.media.palette import Colour, Palette, mix
from tapeloom.media.props import books, cat, mug, plant
from tapeloom.media.sky import clouds, disc, drops_on_glass, rain, sky, snow, stars


def window(
    canvas: Canvas,
    palette: Palette,
    weather: tuple[str, ...],
    side: float,
    rng: np.random.Generator,
) -> None:
    """A cat on the sill looks out over the town."""
    ink, light, haze = (palette.colour(name) for name in ("ink", "light", "haze"))
    paper, accent = palette.colour("paper"), palette.colour("accent")
    low = palette.sky_colour(2)
    wall = mix(ink, haze, 0.28)
    canvas.gradient([(0.0, mix(wall, ink, 0.35)), (0.5, wall), (1.0, ink)])
    pane: Box = (0.13, 0.07, 0.87, GROUND - 0.035)

    sky(canvas, palette, horizon=0.56, box=pane)
    moon_x, moon_y, moon_r = (
        0.5 - side * rng.uniform(0.1, 0.24),
        rng.uniform(0.2, 0.3),
        rng.uniform(0.05, 0.078),
    )
    if palette.is_night and "rain" not in weather:
        stars(canvas, palette, rng, box=(pane[0], pane[1], pane[2], 0.4))
    disc(canvas, palette, moon_x, moon_y, moon_r, box=pane, haze="rain" in weather)
    clouds(canvas, palette, rng, box=(pane[0], 0.2, pane[2], 0.45), count=5, strength=0.3)
    for base, tall, width, depth, lit in (
        (0.6, 0.2, 0.07, 0.1, 0.0), (0.64, 0.19, 0.085, 0.42, 0.16), (0.69, 0.17, 0.12, 0.75, 0.3),
    ):  # fmt: skip
        shade = mix(mix(low, haze, 0.55), ink, depth)
        skyline(
            canvas, rng, base=base, low=0.06, high=tall, width=width, top=shade,
            foot=mix(shade, low, 0.35), box=pane, blur=0.0011, lit=lit, light=light,
        )  # fmt: skip
    canvas.glow(moon_x, 0.56, 0.3, low, strength=0.18, flatness=0.35, box=pane)
    if "rain" in weather:
        rain(canvas, rng, mix(paper, low, 0.4), box=pane, count=200, strength=0.16)
        drops_on_glass(canvas, rng, box=pane, light=mix(paper, low, 0.3), dark=mix(ink, haze, 0.5))
    if "snow" in weather:
        snow(canvas, rng, paper, box=pane, count=260)
    _sheen(canvas, pane, paper)

    frame = mix(ink, haze, 0.14)
    lit_edge = mix(frame, low, 0.45)

    def bars(pen: Pen) -> None:
        x0, y0, x1, y1 = pane
        t = 0.02
        pen.rectangle(x0 - 1.6 * t, y0 - 1.6 * t, x1 + 1.6 * t, y1 + 1.6 * t, radius=0.008)
        middle = (x0 + x1) / 2
        cross = y0 + 0.2 * (y1 - y0)
        for a, b in ((x0, middle - t / 2), (middle + t / 2, x1)):
            pen.rectangle(a, y0, b, cross - t / 3, radius=0.006, value=0.0)
            pen.rectangle(a, cross + t / 3, b, y1, radius=0.006, value=0.0)

    mask = canvas.mask(bars)
    canvas.paint(mask, lit_edge)
    n = round(0.0022 * canvas.size)
    canvas.paint(Mask(np.minimum(mask.cover, mask.shifted(n, n).cover), mask.left, mask.top), frame)
    fairy_lights(canvas, (0.02, 0.04), (0.98, 0.04), sag=0.06, count=13, wire=ink, light=light)
    _curtains(canvas, palette)

    _table(canvas, palette, GROUND - 0.02, edge=mix(low, paper, 0.15))
    canvas.glow(moon_x, GROUND, 0.22, low, strength=0.3, flatness=0.1,
                box=(0, GROUND - 0.02, 1, 1))  # fmt: skip
    foot = GROUND - 0.008
    cat(
        canvas,
        0.5 + side * rng.uniform(0.16, 0.22),
        foot,
        rng.uniform(0.25, 0.29),
        mix(ink, haze, 0.06),
        mix(low, light, 0.35),
    )
    green = mix(mix(ink, low, 0.25), np.array([0.16, 0.36, 0.3], np.float32), 0.55)
    plant(canvas, 0.5 - 0.27 * side, foot, 0.25, pot=mix(accent, ink, 0.35), green=green,
          edge=mix(low, light, 0.4), rng=rng)  # fmt: skip
    mug(canvas, 0.5 - 0.09 * side, foot + 0.004, 0.062, body=mix(paper, ink, 0.35),
        edge=light, steam=paper, rng=rng)  # fmt: skip


def desk(
    canvas: Canvas,
    palette: Palette,
    weather: tuple[str, ...],
    side: float,
    rng: np.random.Generator,
) -> None:
    """A cassette in the light of a lamp, the night in the window behind."""
    ink, light, haze = (palette.colour(name) for name in ("ink", "light", "haze"))
    paper, accent, low = palette.colour("paper"), palette.colour("accent"), palette.sky_colour(2)
    wall = mix(ink, haze, 0.42)
    canvas.gradient([(0.0, mix(wall, ink, 0.5)), (0.55, wall), (1.0, mix(wall, ink, 0.6))])
    left = 0.5 - 0.23 * side
    pane: Box = (left - 0.17, 0.1, left + 0.17, 0.5)
    sky(canvas, palette, horizon=0.48, box=pane)
    if palette.is_night and "rain" not in weather:
        stars(canvas, palette, rng, box=(pane[0], pane[1], pane[2], 0.36))
    disc(canvas, palette, left + rng.uniform(-0.08, 0.08), rng.uniform(0.17, 0.26), 0.036, box=pane)
    for base, tall, depth, lit in ((0.49, 0.13, 0.3, 0.1), (0.52, 0.12, 0.62, 0.25)):
        shade = mix(mix(low, haze, 0.55), ink, depth)
        skyline(canvas, rng, base=base, low=0.04, high=tall, width=0.06, top=shade, foot=shade,
                box=pane, blur=0.0014, lit=lit, light=light)  # fmt: skip
    if "rain" in weather:
        rain(canvas, rng, paper, box=pane, count=70, strength=0.2)
        drops_on_glass(canvas, rng, box=pane, light=mix(paper, low, 0.3), dark=mix(ink, haze, 0.5))
    if "snow" in weather:
        snow(canvas, rng, paper, box=pane, count=90)
    _sheen(canvas, pane, paper)

    def bars(pen: Pen) -> None:
        x0, y0, x1, y1 = pane
        pen.rectangle(x0 - 0.016, y0 - 0.016, x1 + 0.016, y1 + 0.016, radius=0.006)
        for a, b in ((x0, left - 0.006), (left + 0.006, x1)):
            pen.rectangle(a, y0, b, y1, radius=0.004, value=0.0)
        pen.rectangle(x0 - 0.03, y1 + 0.012, x1 + 0.03, y1 + 0.032, radius=0.004)

    canvas.paint(canvas.mask(bars), mix(ink, haze, 0.18), mix(ink, haze, 0.3))
    _table(canvas, palette, GROUND - 0.035, edge=mix(light, ink, 0.25))

    line = (left + 0.27 * side, left + 0.64 * side)
    photographs(canvas, (min(line), 0.13), (max(line), 0.13), palette=palette, rng=rng)

    foot = GROUND - 0.012
    lamp_x = 0.5 + 0.36 * side
    top = books(canvas, 0.5 - 0.31 * side, foot, 0.24,
                colours=[mix(accent, ink, 0.35), mix(haze, ink, 0.35), mix(paper, ink, 0.42)],
                edge=light, rng=rng)  # fmt: skip
    green = mix(mix(ink, low, 0.2), np.array([0.17, 0.38, 0.3], np.float32), 0.6)
    plant(canvas, 0.5 - 0.31 * side, top, 0.17, pot=mix(accent, paper, 0.2), green=green,
          edge=light, rng=rng)  # fmt: skip
    corners = lamp(canvas, lamp_x, foot, 0.42, palette, lean=-side)
    (ax, ay), (bx, by) = sorted(corners)
    spread = [(ax, ay), (bx, by), (bx + 0.1 + 0.1 * max(side, 0), foot + 0.02),
              (ax - 0.34 + 0.1 * max(side, 0), foot + 0.02)]  # fmt: skip
    if side < 0:
        spread[2], spread[3] = (bx + 0.34, foot + 0.02), (ax - 0.1, foot + 0.02)
    cone = canvas.polygon(spread, blur=0.02)
    ys = (cone.top + np.arange(len(cone.cover))) / canvas.size
    fade = np.clip(1.15 - (ys - ay) / (foot - ay), 0.25, 1.0)
    cone = Mask((cone.cover * fade[:, None]).astype(np.float32), cone.left, cone.top)
    canvas.light(cone, light, strength=0.4)
    spot = 0.5 + 0.06 * side
    canvas.glow(spot, foot, 0.2, light, strength=0.62, flatness=0.14,
                box=(0, GROUND - 0.035, 1, 1))  # fmt: skip
    canvas.glow((ax + bx) / 2, (ay + by) / 2 + 0.03, 0.085, light, strength=0.6)
    shadow = canvas.ellipse(spot, foot + 0.004, 0.19, 0.012, blur=0.006)
    canvas.paint(shadow, ink, opacity=0.7)
    cassette(canvas, spot, foot, 0.33, palette)
    mug(canvas, 0.5 - 0.14 * side, foot + 0.012, 0.07, body=mix(paper, accent, 0.5), edge=light,
        steam=paper, rng=rng)  # fmt: skip


def _sheen(canvas: Canvas, pane: Box, paper: Colour) -> None:
    """Let a window pane catch two slanting bands of light."""
    x0, y0, x1, y1 = pane
    w, h = x1 - x0, y1 - y0

    def bands(pen: Pen) -> None:
        for a, b in ((0.1, 0.2), (0.24, 0.275)):
            pen.polygon([(x0 + (a + 0.3) * w, y0), (x0 + (b + 0.3) * w, y0), (x0 + b * w, y0 + h),
                         (x0 + a * w, y0 + h)])  # fmt: skip

    canvas.light(canvas.mask(bands, pane), paper, strength=0.05)


def _table(canvas: Canvas, palette: Palette, y: float, *, edge: Colour) -> None:
    """Lay a table top or sill across the picture, its front falling into the dark."""
    ink, haze = palette.colour("ink"), palette.colour("haze")
    canvas.gradient([(y, mix(ink, haze, 0.36)), (y + 0.04, mix(ink, haze, 0.24))],
                    (0, y, 1, y + 0.04))  # fmt: skip
    canvas.gradient([(y + 0.04, mix(ink, haze, 0.13)), (1.0, ink)], (0, y + 0.04, 1, 1))
    line = canvas.rectangle(-0.1, y, 1.1, y + 0.0022)
    canvas.paint(line, edge, opacity=0.65)
    lip = canvas.rectangle(-0.1, y + 0.04, 1.1, y + 0.0418)
    canvas.paint(lip, edge, opacity=0.3)


def _curtains(canvas: Canvas, palette: Palette) -> None:
    """Draw two curtains back, each held by a band."""
    ink, accent = palette.colour("ink"), palette.colour("accent")
    cloth = mix(ink, accent, 0.36)
    for side in (-1, 1):
        edge = 0.5 + side * 0.372
        outline = ((-0.05, -0.02), (-0.035, 0.16), (0.0, 0.32), (0.06, 0.45), (0.078, 0.485),
                   (0.07, 0.53), (0.048, 0.61), (0.038, 0.7))  # fmt: skip
        inner = smooth([(edge + side * dx, y) for dx, y in outline])
        outer = 0.5 + side * 0.52
        mask = canvas.polygon([*inner, (outer, 0.7), (outer, -0.02)])
        canvas.paint(mask, mix(cloth, ink, 0.25), mix(cloth, ink, 0.5))
        # Folds gather at the band: they follow the share of the way from the wall to the edge.
        h, w = mask.cover.shape
        ys = (mask.top + np.arange(h)) / canvas.size
        xs = (mask.left + np.arange(w)) / canvas.size
        line = np.interp(ys, [y for _, y in inner], [x for x, _ in inner])
        share = (xs[None, :] - outer) / (line[:, None] - outer)
        folds = np.clip(0.5 + 0.5 * np.sin(21 * share + 1.2 * np.sin(9 * share)), 0, 1) ** 1.5
        lit = Mask((mask.cover * folds).astype(np.float32), mask.left, mask.top)
        canvas.light(lit, cloth, strength=0.5)
        knot = [(outer, 0.455), (edge + side * 0.11, 0.492), (edge + side * 0.074, 0.487)]
        band = canvas.stroke(knot, (0.02, 0.02))
        canvas.paint(band, mix(accent, ink, 0.3))
