"""A cassette, seen from the front, with a label to write on."""

import numpy as np

from tapeloom.media.palette import mix
from tapeloom.media.pen import Box, Pen
from tapeloom.media.sheet import Sheet

_TALL = 0.635  # of its width: 64 by 102 mm


def cassette(sheet: Sheet, *, width: float) -> Box:
    """Draw a cassette in the middle of a sheet; return the label's free part."""
    canvas = sheet.canvas
    ink, light, accent = sheet.colour("ink"), sheet.colour("light"), sheet.colour("accent")
    paper = sheet.colour("paper")
    height = _TALL * width
    x, y = (sheet.right - width) / 2, (1 - height) / 2
    right, bottom = x + width, y + height
    shadow = canvas.mask(
        lambda pen: pen.rectangle(x, y + 0.03, right, bottom + 0.03, radius=0.05),
        (x - 0.1, y - 0.08, right + 0.1, bottom + 0.12), blur=0.025,
    )  # fmt: skip
    canvas.paint(shadow, ink * np.float32(0.5), opacity=0.7)
    haze = sheet.colour("haze")
    body, edge = mix(ink, haze, 0.62), mix(haze, paper, 0.35)
    canvas.paint(canvas.rectangle(x, y, right, bottom, radius=0.045), edge)
    canvas.paint(
        canvas.rectangle(x + 0.004, y + 0.007, right - 0.004, bottom, radius=0.043),
        body, mix(body, ink, 0.5),
    )  # fmt: skip
    foot = [(x + 0.2 * width, bottom), (x + 0.235 * width, bottom - 0.115),
            (right - 0.235 * width, bottom - 0.115), (right - 0.2 * width, bottom)]  # fmt: skip
    canvas.paint(canvas.polygon(foot), mix(body, ink, 0.55))
    for sx, sy in ((0.032, 0.05), (0.968, 0.05), (0.032, 0.95), (0.968, 0.95)):
        canvas.paint(canvas.ellipse(x + sx * width, y + sy * height, 0.013, 0.013), edge)
    for hx in (0.33, 0.41, 0.59, 0.67):
        canvas.paint(canvas.ellipse(x + hx * width, bottom - 0.05, 0.017, 0.017), ink)
    label = (x + 0.07, y + 0.06, right - 0.07, bottom - 0.155)
    canvas.paint(canvas.rectangle(*label, radius=0.022), paper)
    stripes = label[3] - 0.2
    for k, colour in enumerate((accent, light, mix(accent, ink, 0.45))):
        top = stripes + k * 0.052
        canvas.paint(canvas.rectangle(label[0], top, label[2], top + 0.05), colour)
    _reels(sheet, (label[0] + label[2]) / 2, stripes + 0.076, 0.26)
    return label[0], label[1] + 0.025, label[2], stripes - 0.03


def _reels(sheet: Sheet, x: float, y: float, half: float) -> None:
    """Draw the two reels behind their window, the left one full."""
    canvas, ink, paper = sheet.canvas, sheet.colour("ink"), sheet.colour("paper")
    tall = 0.088
    canvas.paint(
        canvas.rectangle(x - half - 0.14, y - tall, x + half + 0.14, y + tall, radius=tall), ink
    )
    pane = (x - 0.13, y - 0.055, x + 0.13, y + 0.055)
    canvas.paint(canvas.rectangle(*pane, radius=0.012), mix(ink, sheet.colour("haze"), 0.5))
    tape = mix(ink, sheet.colour("accent"), 0.22)

    def wound(pen: Pen) -> None:
        pen.rectangle(x - 0.13, y - 0.055, x - 0.02, y + 0.055, radius=0.03)

    canvas.paint(canvas.mask(wound, pane), tape)
    for side, turn in ((-1, 0.2), (1, 0.7)):
        cx = x + side * half
        canvas.paint(canvas.ellipse(cx, y, 0.07, 0.07), paper)
        canvas.paint(canvas.ellipse(cx, y, 0.05, 0.05), mix(ink, sheet.colour("haze"), 0.3))

        def teeth(pen: Pen, cx: float = cx, turn: float = turn) -> None:
            for k in range(6):
                angle = turn + k * np.pi / 3
                ends = [(cx + r * np.cos(angle), y + r * np.sin(angle)) for r in (0.034, 0.054)]
                pen.stroke(ends, (0.014, 0.014))

        canvas.paint(canvas.mask(teeth, (cx - 0.07, y - 0.07, cx + 0.07, y + 0.07)), paper)
