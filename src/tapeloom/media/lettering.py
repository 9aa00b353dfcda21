"""Setting words: lines that balance and fit their box, and a ground on which they can be read."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from tapeloom.media.canvas import Canvas
from tapeloom.media.fonts import Face, font
from tapeloom.media.palette import Colour, contrast
from tapeloom.media.pen import Mask
from tapeloom.media.writing import Written, is_right_to_left, written

MIN_CONTRAST = 4.5  # WCAG 2.2, level AA for text of any size
_SPARE = 1.12  # times the rule, for grain and rounding come after
_MEASURE = 200  # pixels; the size in which widths are taken
# What may not begin a line of Chinese or Japanese (JIS X 4051), in short.
_NO_START = frozenset(
    "、。，．・：；？！ー’”）〕］｝〉》」』】ぁぃぅぇぉっゃゅょァィゥェォッャュョ…"
)
_ALIGN = {"left": 0.0, "center": 0.5, "right": 1.0}


@dataclass(frozen=True, slots=True)
class Place:
    """Where words may stand, in pixels, and how."""

    left: float
    top: float
    right: float
    bottom: float
    align: str = "left"  # left, center, right
    foot: float = 1.0  # 0: at the place's top; 0.5: in its middle; 1: on its floor


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of text and where they stand, in pixels."""

    lines: tuple[str, ...]
    face: Face
    height: int  # font size in pixels
    x: float  # of the left end, the middle or the right end, as `align` says
    base: float  # of the first line
    leading: float  # from line to line
    spacing: float = 0.0  # extra pixels between letters
    align: str = "left"
    shaped: bool = False
    cut: bool = False  # whether the text was shortened

    @property
    def last(self) -> float:
        """The last line's base."""
        return self.base + (len(self.lines) - 1) * self.leading

    @property
    def width(self) -> float:
        """The longest line's width."""
        return max(_line_width(line, self) for line in self.lines)

    def mask(self) -> Mask:
        """Draw the letters, as cover 0..1, with room around them for their shade."""
        margin = self.height
        begin = self.x - _ALIGN[self.align] * self.width
        left, top = math.floor(begin) - margin, math.floor(self.base) - 2 * margin
        left, top = max(0, left), max(0, top)
        size = (
            math.ceil(begin + self.width) + margin - left,
            math.ceil(self.last) + margin - top,
        )
        image = Image.new("L", (max(1, size[0]), max(1, size[1])))
        draw = ImageDraw.Draw(image)
        for i, line in enumerate(self.lines):
            x = self.x - _ALIGN[self.align] * _line_width(line, self) - left
            self._draw(draw, line, x, self.base + i * self.leading - top)
        return Mask(np.asarray(image, np.float32) / np.float32(255), left, top)

    def _draw(self, draw: ImageDraw.ImageDraw, line: str, x: float, y: float) -> None:
        face = font(self.face, self.height, shaped=self.shaped)
        if self.spacing == 0:
            draw.text((x, y), line, font=face, fill=255, anchor="ls")
            return
        for c in line:
            draw.text((x, y), c, font=face, fill=255, anchor="ls")
            x += face.getlength(c) + self.spacing


def _line_width(line: str, setting: Setting) -> float:
    return _width(line, setting.face, setting.height, setting.spacing, setting.shaped)


@lru_cache(maxsize=8192)
def _width(line: str, face: Face, height: int, spacing: float, shaped: bool) -> float:
    length = font(face, height, shaped=shaped).getlength(line)
    return length + spacing * max(0, len(line) - 1)


def pieces(text: str) -> list[str]:
    """Cut a text where a line may end: after words, and between Chinese or Japanese characters.

    >>> pieces("Rain 雨の夜。")
    ['Rain ', '雨', 'の', '夜。']
    """
    found: list[str] = []
    for word in re.findall(r"\S+\s*", text):
        for c in word:
            starts = not found or found[-1][-1].isspace() or _is_wide(c) or _is_wide(found[-1][-1])
            if starts and not c.isspace() and not (found and c in _NO_START):
                found.append(c)
            elif found:
                found[-1] += c
    return found


def _is_wide(c: str) -> bool:
    # Korean is set in words, with spaces.
    return unicodedata.east_asian_width(c) in "WF" and not 0xAC00 <= ord(c) <= 0xD7A3


def balance(parts: Sequence[str], widths: Sequence[float], count: int) -> list[str]:
    """Break a text's pieces into `count` lines of which the longest is as short as it can be.

    >>> balance(["A ", "rather ", "long ", "title"], [2, 7, 5, 5], 2)
    ['A rather', 'long title']
    """
    ends = np.concatenate([[0.0], np.cumsum(widths)])
    n = len(parts)
    longest = np.full((count + 1, n + 1), np.inf)
    longest[0, 0] = 0.0
    came = np.zeros((count + 1, n + 1), np.int64)
    for k in range(1, count + 1):
        for end in range(k, n + 1):
            starts = np.arange(k - 1, end)
            worst = np.maximum(longest[k - 1, starts], ends[end] - ends[starts])
            came[k, end] = starts[best := int(worst.argmin())]
            longest[k, end] = worst[best]
    lines: list[str] = []
    end = n
    for k in range(count, 0, -1):
        start = int(came[k, end])
        lines.insert(0, "".join(parts[start:end]).strip())
        end = start
    return lines


def fit(
    text: str,
    faces: Sequence[Face],
    place: Place,
    *,
    tallest: float,
    smallest: float = 8.0,
    most_lines: int = 3,
    leading: float = 1.06,
    spacing: float = 0.0,
) -> Setting | None:
    """Set a text as large as it fits into its place, shortened with an ellipsis where it must be.

    faces       in the order in which they are tried
    tallest, smallest  font sizes in pixels
    leading, spacing   line height and extra room between letters, times the font size

    Returns None where nothing of the text can be drawn.
    """
    said = written(text, faces)
    if not said.text:
        return None
    if said.shaped:
        spacing = 0.0  # joined letters stay joined
    room = (place.right - place.left, place.bottom - place.top)
    parts, cut = pieces(said.text), False
    while True:
        found = _largest(parts, said, room, tallest, most_lines, leading, spacing)
        if found[0] >= smallest or (len(parts) == 1 and len(parts[0]) <= 2):
            break
        parts, cut = _shorter(parts), True
    height, lines = found
    align = place.align
    if align == "left" and is_right_to_left(said.text):
        align = "right"
    x = place.left + _ALIGN[align] * room[0]
    step = leading * height
    top = place.top + place.foot * (room[1] - step * len(lines))
    # Capitals stand about 0.72 of the size over the base.
    base = top + (step - height) / 2 + 0.8 * height
    return Setting(
        tuple(lines), said.face, height, x, base, step, spacing * height, align, said.shaped, cut
    )


def _largest(
    parts: Sequence[str], said: Written, room: tuple[float, float], tallest: float,
    most_lines: int, leading: float, spacing: float,
) -> tuple[int, list[str]]:  # fmt: skip
    """Return the size and the lines of the largest setting; of equals, the one with fewer lines."""

    def width(text: str) -> float:
        return _width(text, said.face, _MEASURE, spacing * _MEASURE, said.shaped) / _MEASURE

    widths = [width(part) for part in parts]
    best: tuple[int, list[str]] = (0, [])
    for count in range(1, min(most_lines, len(parts)) + 1):
        lines = balance(parts, widths, count)
        longest = max(width(line) for line in lines)
        height = int(min(tallest, room[0] / max(longest, 1e-6), room[1] / (leading * count)))
        if height > 1.06 * best[0]:
            best = height, lines
    return best


def _shorter(parts: Sequence[str]) -> list[str]:
    if len(parts) > 1:
        return [*parts[:-2], parts[-2].rstrip(" …,.;:-") + "…"]
    word = parts[0].rstrip("…")
    return [word[: max(1, int(len(word) * 0.9) - 1)] + "…"]


def shade(letters: Mask, radius: float) -> Mask:
    """Return a soft cloud behind letters; `radius` in pixels."""
    h, w = letters.cover.shape
    coarse = max(1, min(4, int(radius // 2)))
    soft = Image.fromarray((letters.cover * 255).astype(np.uint8)).reduce(coarse)
    wide = max(3, round(radius / coarse) // 2 * 2 + 1)
    soft = soft.filter(ImageFilter.MaxFilter(min(wide, 9))).filter(
        ImageFilter.GaussianBlur(max(1.0, radius / coarse))
    )
    cloud = np.asarray(soft.resize((w, h), Image.Resampling.BILINEAR), np.float32)
    return Mask(np.clip(cloud / 255 * 1.3, 0, 1).astype(np.float32), letters.left, letters.top)


def write(
    canvas: Canvas, setting: Setting, colour: Colour, behind: Colour, *, shadow: float = 0.3
) -> Mask:
    """Lay letters down on a soft shade, made as deep as their contrast needs; return them.

    behind  the shade's colour: dark under bright letters, bright under dark ones
    shadow  how strong the shade is at least, 0..1
    """
    letters = inside(setting.mask(), canvas)
    cloud = shade(letters, max(1.5, 0.13 * setting.height))
    if shadow > 0:
        offset = round(0.035 * setting.height)
        canvas.paint(cloud.shifted(0, offset), behind, opacity=shadow)
        canvas.paint(letters.shifted(0, offset), behind, opacity=0.6 * shadow)
    deep = (
        behind * np.float32(0.8)
        if contrast(colour, behind * 0.8) > contrast(colour, behind)
        else behind
    )
    for _ in range(12):
        if (
            lowest_contrast(_ground(canvas, letters), letters.cover, colour)
            >= MIN_CONTRAST * _SPARE
        ):
            break
        canvas.paint(cloud, deep, opacity=0.35)
    canvas.paint(letters, colour)
    return letters


def inside(mask: Mask, canvas: Canvas) -> Mask:
    """Cut a mask to the picture."""
    cover = mask.cover[: canvas.height - mask.top, : canvas.width - mask.left]
    return replace(mask, cover=cover)


def _ground(canvas: Canvas, mask: Mask) -> NDArray[np.float32]:
    h, w = mask.cover.shape
    return canvas.pixels[:, mask.top : mask.top + h, mask.left : mask.left + w]


def lowest_contrast(
    ground: NDArray[np.float32], letters: NDArray[np.float32], ink: Colour
) -> float:
    """Return the lowest contrast between the letters' colour and the ground close to them.

    ground   (3, height, width), 0..1
    letters  cover, (height, width)
    """
    near = np.asarray(
        Image.fromarray((letters > 0.02).astype(np.uint8) * 255).reduce(4).resize(
            letters.shape[::-1], Image.Resampling.BOX
        )
    ) > 0  # fmt: skip
    if not near.any():
        return 21.0
    return float(contrast(ink, np.clip(ground[:, near].T, 0, 1)).min())
