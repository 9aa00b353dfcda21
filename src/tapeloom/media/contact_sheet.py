"""A contact sheet: many pictures on one, each with its name below."""

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

from tapeloom.core.errors import InputError
from tapeloom.media.fonts import PLAIN, font

BACK, TEXT = "#14151c", "#d8d2c4"
MAX_PICTURES = 400
_GAP, _CAPTION = 8, 24  # pixels


def contact_sheet(
    pictures: Sequence[Image.Image], names: Sequence[str], *, columns: int | None = None,
    tile: int = 320,
) -> Image.Image:  # fmt: skip
    """Lay pictures of one format out in rows, from left to right.

    names    one a picture, written below it and cut where it is too long
    columns  how many in a row; about as many as rows if None
    tile     width of each, in pixels

    >>> contact_sheet([Image.new("RGB", (160, 90))] * 3, ["a", "b", "c"], columns=2, tile=80).size
    (184, 162)
    """
    if not 1 <= len(pictures) <= MAX_PICTURES or len(names) != len(pictures):
        raise InputError(
            f"a contact sheet shows 1 to {MAX_PICTURES} pictures with a name each, "
            f"not {len(pictures)} with {len(names)}"
        )
    width, height = tile, round(tile * pictures[0].height / pictures[0].width)
    across = columns or math.ceil(math.sqrt(len(pictures) * height / width * 1.3))
    rows = math.ceil(len(pictures) / across)
    page = Image.new(
        "RGB",
        (across * (width + _GAP) + _GAP, rows * (height + _CAPTION + _GAP) + _GAP),
        BACK,
    )
    draw = ImageDraw.Draw(page)
    face = font(PLAIN, 14)
    for i, (picture, name) in enumerate(zip(pictures, names, strict=True)):
        x = _GAP + i % across * (width + _GAP)
        y = _GAP + i // across * (height + _CAPTION + _GAP)
        page.paste(picture.resize((width, height), Image.Resampling.LANCZOS), (x, y))
        while face.getlength(name) > width and len(name) > 1:
            name = name.rstrip("…")[:-1] + "…"  # noqa: PLW2901
        draw.text((x + 2, y + height + _CAPTION / 2), name, font=face, fill=TEXT, anchor="lm")
    return page
