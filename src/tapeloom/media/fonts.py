"""Faces: the fonts that come with us, those that a user names, and which letters each one has."""

import struct
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from PIL import ImageFont, features

from tapeloom.core.errors import InputError

MAX_FONT = 64 * 2**20  # bytes; fonts of all Chinese characters have about 20 MB
_OFL = "SIL Open Font License 1.1"


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font."""

    file: str  # in its package, or the path of a file
    package: str | None = None
    index: int = 0  # in a file that holds several (.ttc)
    licence: str = "named by its own file"

    @property
    def path(self) -> Path:
        """Where the file lies."""
        if self.package is None:
            return Path(self.file)
        with as_file(files(self.package) / "files" / self.file) as path:
            return path


ROUND = Face("FredokaOne-Regular.ttf", "font_fredoka_one", licence=_OFL)
HEAVY = Face("Manrope-ExtraBold.ttf", "font_manrope", licence=_OFL)
PLAIN = Face("Manrope-SemiBold.ttf", "font_manrope", licence=_OFL)
TITLE_FACES = (ROUND, HEAVY)
SUBTITLE_FACES = (PLAIN,)


def user_face(path: Path, *, index: int = 0) -> Face:
    """Return the face of a font file that the user names.

    path   a TrueType or OpenType font, or a collection of them, of at most 64 MiB
    index  which of a collection's faces
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InputError(f"there is no font {path}; give the path of a .ttf or .otf") from error
    if size > MAX_FONT:
        raise InputError(f"{path.name} has {size} bytes; a font has at most {MAX_FONT}")
    face = Face(str(path), index=index)
    letters_of(face)
    _check_drawing(face)
    return face


def _check_drawing(face: Face) -> None:
    try:
        font(face, 16).getlength("x")
    except (OSError, ValueError) as error:
        raise InputError(f"{face.path.name} cannot be drawn with: {error}") from error


@cache
def letters_of(face: Face) -> frozenset[int]:
    """Return the code points that a face can draw."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with face.path.open("rb") as file, TTFont(file, fontNumber=face.index, lazy=True) as opened:
            return frozenset(opened.getBestCmap() or ())
    except (TTLibError, OSError, ValueError, KeyError, AssertionError, struct.error) as error:
        raise InputError(
            f"{face.path.name} is not a font that can be read; give a .ttf or .otf"
        ) from error


def can_shape() -> bool:
    """Tell whether joined and right-to-left writing can be drawn (libraqm and FriBiDi)."""
    return bool(features.check("raqm") and features.check("fribidi"))


@cache
def font(face: Face, height: int, *, shaped: bool = False) -> ImageFont.FreeTypeFont:
    """Return a face in a size of `height` pixels.

    shaped  whether letters join and run as their writing wants; plain setting is the same on
            every machine
    """
    engine = ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC
    return ImageFont.truetype(
        str(face.path), max(1, height), index=face.index, layout_engine=engine
    )
