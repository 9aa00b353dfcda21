"""What one make is asked, as it lies in a record's brief.json."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tapeloom.core.brief import Brief, brief_from_json, brief_to_json
from tapeloom.core.errors import InputError, nearest
from tapeloom.core.files import read_json, sha256_of, write_json
from tapeloom.core.product import Origin

KEEPABLE = ("melody", "chords")
BRIEF, SONG = "brief.json", "source.mid"
MAX_TITLE = 120  # characters: more cannot be read on a cover
PICTURE = ("subtitle", "scene", "time", "weather", "grading", "style", "side", "seed")
_MAX_WISH = 80  # characters


@dataclass(frozen=True, slots=True)
class Order:
    """All that decides what a record contains.

    >>> Order(Brief("rain"), keep=("drums",))
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: 'drums' cannot be kept of a song; choose melody, chords or both
    """

    brief: Brief
    artist: str = "Tapeloom"
    engine: str = "theory"
    song: Path | None = None  # a MIDI file whose melody or chords are kept
    keep: tuple[str, ...] = KEEPABLE
    origin: Origin | None = None  # of the song, once it has been read
    title: str | None = None  # None: drawn from the brief's words
    cover: Mapping[str, str] = field(default_factory=dict)  # fields of PICTURE; the rest is drawn

    def __post_init__(self) -> None:
        if self.title is not None:
            check_title(self.title)
        check_cover(self.cover)
        for name in self.keep:
            if name not in KEEPABLE:
                raise InputError(
                    f"{name!r} cannot be kept of a song; choose melody, chords or both"
                )


def check_title(title: str) -> None:
    r"""Refuse a title that is no line of 1 to MAX_TITLE characters.

    >>> check_title("two\nlines")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: the title must be one line of 1 to 120 characters
    """
    if not title.strip() or len(title) > MAX_TITLE or not title.isprintable():
        raise InputError(f"the title must be one line of 1 to {MAX_TITLE} characters")


def check_cover(cover: Mapping[str, str]) -> None:
    """Refuse what is no field of a picture, or no short line; what it names is looked up later."""
    for name, text in cover.items():
        if name not in PICTURE:
            raise InputError(f"{name!r} is no field of a cover{nearest(str(name), PICTURE)}")
        if not isinstance(text, str) or len(text) > _MAX_WISH or not text.isprintable():
            raise InputError(
                f"{name} of the cover must be one line of at most {_MAX_WISH} characters"
            )


def write_order(order: Order, folder: Path) -> Order:
    """Write brief.json, and the song beside it; return the order with the song's origin."""
    if order.song is not None:
        origin = order.origin
        if order.song != folder / SONG:
            origin = Origin(order.song.name, sha256_of(order.song), order.keep)
            (folder / SONG).write_bytes(order.song.read_bytes())
        order = replace(order, song=folder / SONG, origin=origin)
    data = brief_to_json(order.brief) | {
        "artist": order.artist,
        "engine": order.engine,
        "title": order.title,
        "cover": dict(order.cover),
        "origin": asdict(order.origin) if order.origin else None,
    }
    write_json(folder / BRIEF, data)
    return order


def read_order(
    folder: Path,
    changes: Mapping[str, Any],
    *,
    title: str | None = None,
    cover: Mapping[str, str] | None = None,
) -> Order:
    """Read what `write_order` wrote, with fields of the brief, the title or the cover changed.

    cover  in the place of all that was asked of it before; None leaves that
    """
    if not (folder / BRIEF).is_file():
        raise InputError(f"{folder} is no record: it has no {BRIEF}")
    data = dict(read_json(folder / BRIEF))
    artist, engine = data.pop("artist", "Tapeloom"), data.pop("engine", "theory")
    found = data.pop("origin", None)
    kept_title, kept_cover = data.pop("title", None), data.pop("cover", None)
    origin = Origin(found["file"], found["sha256"], tuple(found["kept"])) if found else None
    brief = brief_from_json(data)
    if {"minutes", "bars", "form"} & set(changes):  # the new length replaces the old one
        brief = replace(brief, minutes=None, bars=None, form=None)
    if "meter" in changes:
        brief = replace(brief, grouping=None)
    return Order(
        brief=replace(brief, **changes),
        artist=artist,
        engine=engine,
        song=folder / SONG if origin else None,
        keep=origin.kept if origin else KEEPABLE,
        origin=origin,
        title=kept_title if title is None else title,
        cover=(kept_cover or {}) if cover is None else cover,
    )
