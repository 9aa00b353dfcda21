"""What falls from the sky and hangs in the air: rain, drops on a pane, snow, fog, mist."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tapeloom.media.canvas import Canvas
from tapeloom.media.motion import Drift, Falling
from tapeloom.media.palette import Colour, mix
from tapeloom.media.pen import Box, Mask, Pen
from tapeloom.media.stage import Stage, Weather

_SLANT = 0.16  # of rain: sideways for each length down


def weather(stage: Stage, *, box: Box | None = None, strength: float = 1.0) -> None:
    """Let the stage's weather happen in a box, out of doors or behind a pane."""
    if stage.weather == Weather.RAIN:
        rain(stage, box=box, strength=0.3 * strength)
    elif stage.weather == Weather.SNOW:
        snow(stage, box=box, strength=strength)
    elif stage.weather == Weather.FOG:
        place = box or (0.0, 0.0, stage.canvas.right, stage.layout.floor + 0.04)
        tall = place[3] - place[1]
        fog(stage, y=place[1] + 0.84 * tall, tall=min(0.3, 0.36 * tall), box=box,
            strength=0.7 * strength)  # fmt: skip


def rain(stage: Stage, *, box: Box | None = None, strength: float = 0.3) -> None:
    """Draw slanting rain in three depths; the nearest falls fastest."""
    canvas, rng = stage.canvas, stage.rng
    place = box or canvas.whole
    area = (place[2] - place[0]) * (place[3] - place[1])
    tall = place[3] - place[1]
    sheets, falls = [], []
    for depth, density in ((0.45, 190), (0.7, 120), (1.0, 55)):
        n = max(4, int(density * area))
        xs, ys = rng.uniform(place[0], place[2], n), rng.uniform(place[1], place[3], n)
        lengths = depth * rng.uniform(0.035, 0.075, n)
        half = 0.0009 * depth

        def draw(
            pen: Pen, drops: tuple[list[float], ...] = (xs.tolist(), ys.tolist(), lengths.tolist()),
            half: float = half, depth: float = depth,
        ) -> None:  # fmt: skip
            for x, y, length in zip(*drops, strict=True):
                for up in (0.0, tall):  # the drop that leaves below enters above
                    top, end = y - up, y - up + length
                    lean = _SLANT * length
                    pen.polygon([(x - half, top), (x + half, top), (x - lean + half, end),
                                 (x - lean - half, end)], depth)  # fmt: skip

        sheets.append(_sheet(canvas, draw, place))
        falls.append(stage.cycles((0.5 + 0.8 * depth) / tall))
    width = place[2] - place[0]
    passes = tuple(round(_SLANT * fall * tall / width) for fall in falls)
    left, top, _, _ = canvas.pixel_box(place)
    motion = Falling(tuple(sheets), tuple(falls), passes, left, top)
    canvas.move(motion, mix(stage.paper, stage.low, 0.35), strength=strength)


def snow(stage: Stage, *, box: Box | None = None, strength: float = 1.0) -> None:
    """Let snow fall and sway, near flakes large and soft."""
    canvas, rng = stage.canvas, stage.rng
    place = box or canvas.whole
    area, tall = (place[2] - place[0]) * (place[3] - place[1]), place[3] - place[1]
    sheets, falls = [], []
    for blur, r, density, value, speed in (
        (0.0, 0.0016, 170, 0.6, 0.05), (0.0008, 0.0029, 110, 0.72, 0.085),
        (0.003, 0.0065, 32, 0.5, 0.14),
    ):  # fmt: skip
        n = max(3, int(density * area))
        xs, ys = rng.uniform(place[0], place[2], n), rng.uniform(place[1], place[3], n)
        sizes = r * rng.uniform(0.6, 1.3, n)

        def draw(
            pen: Pen, flakes: tuple[list[float], ...] = (xs.tolist(), ys.tolist(), sizes.tolist()),
            value: float = value,
        ) -> None:  # fmt: skip
            for x, y, s in zip(*flakes, strict=True):
                for up in (-tall, 0.0, tall):
                    pen.ellipse(x, y + up, s, s, value)

        sheets.append(_sheet(canvas, draw, place, blur=blur))
        falls.append(stage.cycles(speed / tall))
    left, top, _, _ = canvas.pixel_box(place)
    motion = Falling(
        tuple(sheets), tuple(falls), (0, 0, 0), left, top, sway=0.012 * canvas.unit, is_slow=True
    )
    canvas.move(motion, stage.paper, strength=strength)


def fog(
    stage: Stage, *, y: float, tall: float, box: Box | None = None, strength: float = 0.6,
    colour: Colour | None = None,
) -> None:  # fmt: skip
    """Let a bank of fog drift, thickest at `y`, fading over `tall` up and down."""
    canvas, rng = stage.canvas, stage.rng
    place = box or canvas.whole
    left, top, right, bottom = canvas.pixel_box(
        (place[0], max(place[1], y - 1.6 * tall), place[2], min(place[3], y + 1.6 * tall))
    )
    height, width = bottom - top, right - left
    coarse = max(2, canvas.unit // 90)
    small = (max(4, -(-height // coarse)), max(8, -(-width // coarse)))
    across = np.linspace(0, 2 * np.pi, small[1], endpoint=False)
    down = np.linspace(0, height / canvas.unit, small[0])
    thick = np.full(small, 0.6)
    for k in (1, 2, 3, 4, 6, 9):
        # Banks are several times as long as they are high.
        wave = np.sin(k * across + rng.uniform(0, 6.28))[None, :]
        bent = 0.8 * np.sin((k + 1) * across + rng.uniform(0, 6.28))[None, :]
        layers = np.sin((9 + 7 * k) * down[:, None] + rng.uniform(0, 6.28) + bent)
        thick += (0.28 / k**0.5) * wave * (0.5 + 0.5 * layers)
    texture = np.asarray(
        Image.fromarray(np.clip(thick, 0, 1).astype(np.float32)).resize(
            (width, height), Image.Resampling.BILINEAR
        )
    )
    rows = ((top + np.arange(height) + 0.5) / canvas.unit - y) / tall
    # It rises softly from below the middle and thins out above.
    envelope = np.exp(-2.2 * rows**2).astype(np.float32)[:, None]
    motion = Drift(texture * envelope, width, stage.cycles(0.05), left, top)
    canvas.move(motion, mix(stage.low, stage.haze, 0.35) if colour is None else colour,
                light=False, strength=strength)  # fmt: skip


def mist(canvas: Canvas, colour: Colour, *, y: float, tall: float, strength: float) -> None:
    """Lay a soft still band of mist."""
    top = max(0, int((y - 2.5 * tall) * canvas.unit))
    bottom = min(canvas.height, int((y + 2.5 * tall) * canvas.unit))
    if bottom <= top:
        return
    rows = ((np.arange(top, bottom) + 0.5) / canvas.unit - y) / tall
    cover = np.repeat(np.exp(-(rows**2))[:, None], canvas.width, axis=1).astype(np.float32)
    canvas.paint(Mask(cover, 0, top), colour, opacity=strength)


def drops_on_glass(stage: Stage, *, box: Box) -> None:
    """Bead a window pane with drops, the trails that some left, and a few that run down."""
    canvas, rng = stage.canvas, stage.rng
    light, dark = mix(stage.paper, stage.low, 0.3), stage.shade(0.5)
    area = (box[2] - box[0]) * (box[3] - box[1])
    n = int(950 * area)
    xs, ys = rng.uniform(box[0], box[2], n), rng.uniform(box[1], box[3], n)
    sizes = 0.0011 + 0.0042 * rng.random(n) ** 5
    trails = [
        (float(rng.uniform(box[0], box[2])), float(rng.uniform(box[1], box[3] - 0.08)),
         float(rng.uniform(0.06, 0.24)))
        for _ in range(int(60 * area))
    ]  # fmt: skip
    wobble = rng.uniform(-0.0022, 0.0022, (len(trails), 6))

    def run(pen: Pen) -> None:
        for (x, y, length), w in zip(trails, wobble.tolist(), strict=True):
            end = min(y + length, box[3])
            points = [(x + dx, y + (end - y) * k / 5) for k, dx in enumerate(w)]
            pen.stroke(points, (0.0007, 0.0016, 0.0026), 0.75)
            pen.ellipse(points[-1][0], end, 0.0034, 0.0052)

    def beads(pen: Pen) -> None:
        for x, y, r in zip(xs.tolist(), ys.tolist(), sizes.tolist(), strict=True):
            pen.ellipse(x, y, r, 1.2 * r)

    def shine(pen: Pen) -> None:
        for x, y, r in zip(xs.tolist(), ys.tolist(), sizes.tolist(), strict=True):
            if r > 0.0018:
                pen.ellipse(x + 0.25 * r, y + 0.45 * r, 0.5 * r, 0.45 * r)
        for x, y, length in trails:
            pen.ellipse(x, min(y + length, box[3]) + 0.001, 0.0016, 0.002)

    canvas.light(canvas.mask(run, box), light, strength=0.16)
    canvas.paint(canvas.mask(beads, box), dark, opacity=0.28)
    canvas.light(canvas.mask(shine, box), light, strength=0.6)
    _running_drops(stage, box, light)


def _running_drops(stage: Stage, box: Box, light: Colour) -> None:
    canvas, rng = stage.canvas, stage.rng
    tall = box[3] - box[1]
    n = max(3, int(26 * (box[2] - box[0]) * tall))
    xs, ys = rng.uniform(box[0], box[2], n), rng.uniform(box[1], box[3], n)

    def draw(pen: Pen) -> None:
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
            for up in (0.0, tall):
                pen.stroke([(x, y - up - 0.07), (x, y - up)], (0.0004, 0.0022), 0.35)
                pen.ellipse(x, y - up, 0.0028, 0.0042)

    left, top, _, _ = canvas.pixel_box(box)
    motion = Falling((_sheet(canvas, draw, box),), (stage.cycles(0.1 / tall),), (0,), left, top)
    canvas.move(motion, light, strength=0.38)


def _sheet(
    canvas: Canvas, draw: Callable[[Pen], None], box: Box, *, blur: float = 0.0
) -> NDArray[np.uint8]:
    mask = canvas.mask(draw, box, blur=blur, crop=False)
    return (mask.cover * np.float32(255)).astype(np.uint8)
