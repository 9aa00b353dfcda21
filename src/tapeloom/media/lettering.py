"""Titles: a face that has the letters, lines that fit, and a ground dark enough to read them."""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tapeloom.media.palette import Colour, contrast

TITLE_FACES = (
    ("font_fredoka_one", "FredokaOne-Regular.ttf"),
    ("font_manrope", "Manrope-ExtraBold.ttf"),
)
SUBTITLE_FACES = (("font_manrope", "Manrope-SemiBold.ttf"),)
Face = tuple[str, str]
MIN_CONTRAST = 4.5  # WCAG 2.2, level AA for text of any size


def face_path(face: Face) -> Path:
    """Return where a face's file lies in its package."""
    with as_file(files(face[0]) / "files" / face[1]) as path:
        return path


@cache
def _letters_of(face: Face) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(face_path(face))).get_charmap())


def printable(text: str, faces: tuple[Face, ...]) -> tuple[str, Face]:
    """Return the text with what no face can draw replaced or left out, and the face to use.

    The first face that has every letter is taken; accents are dropped before letters are.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    for face in faces:
        if all(ord(c) in _letters_of(face) for c in text):
            return text, face
    best = max(faces, key=lambda face: sum(ord(c) in _letters_of(face) for c in text))
    kept = []
    for c in text:
        plain = [c, *unicodedata.normalize("NFKD", c)]
        kept.append(
            next((p for p in plain if ord(p) in _letters_of(best)), " " if c == " " else "")
        )
    return " ".join("".join(kept).split()), best


def missing_characters(text: str) -> str:
    """Return the characters of a title that none of our faces can draw, each once, in order."""
    known = frozenset().union(*(_letters_of(face) for face in TITLE_FACES))
    lacking = [c for c in unicodedata.normalize("NFC", text) if ord(c) not in known]
    return "".join(dict.fromkeys(c for c in lacking if not c.isspace()))


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of text and where they stand, in pixels."""

    lines: tuple[str, ...]
    face: Face
    height: int  # font size in pixels
    left: int
    top: int
    leading: int  # from line to line
    spacing: float = 0.0  # extra pixels between letters

    def mask(self, size: int) -> NDArray[np.float32]:
        """Draw the letters as cover 0..1 of (size, size)."""
        image = Image.new("L", (size, size))
        draw = ImageDraw.Draw(image)
        font = _font(self.face, self.height)
        for i, line in enumerate(self.lines):
            y = self.top + i * self.leading
            if self.spacing == 0:
                draw.text((self.left, y), line, font=font, fill=255, anchor="ls")
                continue
            x = float(self.left)
            for c in line:
                draw.text((x, y), c, font=font, fill=255, anchor="ls")
                x += font.getlength(c) + self.spacing
        return np.asarray(image, np.float32) / np.float32(255)

    @property
    def last(self) -> int:
        """The last line's base in pixels."""
        return self.top + (len(self.lines) - 1) * self.leading


@cache
def _font(face: Face, height: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        str(face_path(face)), max(1, height), layout_engine=ImageFont.Layout.BASIC
    )


@lru_cache(maxsize=8192)
def _width(text: str, face: Face, height: int, spacing: float = 0.0) -> float:
    return _font(face, height).getlength(text) + spacing * len(text)


def wrap(words: list[str], face: Face, height: int, width: float, count: int) -> list[str] | None:
    """Break words into at most `count` lines of even length; None where they don't fit."""
    best: tuple[float, list[str]] | None = None
    for n in range(1, min(count, len(words)) + 1):
        for lines in _splits(words, n):
            widths = [_width(line, face, height) for line in lines]
            if max(widths) <= width and (best is None or max(widths) < best[0]):
                best = max(widths), lines
        if best is not None:
            return best[1]
    return None


def _splits(words: list[str], n: int) -> list[list[str]]:
    if n == 1:
        return [[" ".join(words)]]
    return [
        [" ".join(words[:i]), *rest]
        for i in range(1, len(words) - n + 2)
        for rest in _splits(words[i:], n - 1)
    ]


def set_title(text: str, *, size: int, left: float, width: float, base: float) -> Setting | None:
    """Set a title as large as it fits: one line, or two or three smaller ones, then cut short."""
    text, face = printable(text, TITLE_FACES)
    if not text:
        return None
    words = text.split()[:24]
    lines: list[str] | None = None
    # Each more line must leave the picture above the ground as it is.
    for fraction, count in (
        (0.125, 1), (0.112, 1), (0.1, 1), (0.09, 1), (0.08, 1), (0.078, 2), (0.07, 2), (0.062, 2),
        (0.053, 3), (0.045, 3),
    ):  # fmt: skip
        height = round(fraction * size)
        lines = wrap(words, face, height, width * size, count)
        if lines:
            break
    while lines is None:
        words = (
            [_shorten(words[0])] if len(words) == 1 else [*words[:-2], words[-2].rstrip("…") + "…"]
        )
        lines = wrap(words, face, height, width * size, 3)
    leading = round(1.06 * height)
    top = round(base * size) - leading * (len(lines) - 1)
    return Setting(tuple(lines), face, height, round(left * size), top, leading)


def _shorten(word: str) -> str:
    return word.rstrip("…")[: max(1, int(len(word) * 0.9) - 1)] + "…"


def set_subtitle(text: str, *, size: int, left: float, width: float, base: float) -> Setting | None:
    """Set one small line with open letter spacing."""
    text, face = printable(text, SUBTITLE_FACES)
    if not text:
        return None
    height = round(0.0295 * size)
    while _width(text, face, height, 0.09 * height) > width * size and height > 0.02 * size:
        height -= 1
    while _width(text, face, height, 0.09 * height) > width * size and len(text) > 2:
        text = text.rstrip("…")[:-1].rstrip() + "…"
    return Setting((text,), face, height, round(left * size), round(base * size), 0, 0.09 * height)


def lowest_contrast(
    ground: NDArray[np.float32], letters: NDArray[np.float32], ink: Colour
) -> float:
    """Return the lowest contrast between the letters' colour and the ground close to them."""
    near = np.asarray(
        Image.fromarray((letters > 0.02).astype(np.uint8) * 255).reduce(4).resize(
            letters.shape[::-1], Image.Resampling.BOX
        )
    ) > 0  # fmt: skip
    if not near.any():
        return 21.0
    return float(contrast(ink, np.clip(ground[:, near].T, 0, 1)).min())
