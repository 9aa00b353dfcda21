"""What one make is asked, as it lies in a record's brief.json."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tapeloom.core.brief import Brief, brief_from_json, brief_to_json
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json, sha256_of, write_json
from tapeloom.core.product import Origin

KEEPABLE = ("melody", "chords")
BRIEF, SONG = "brief.json", "source.mid"


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

    def __post_init__(self) -> None:
        for name in self.keep:
            if name not in KEEPABLE:
                raise InputError(
                    f"{name!r} cannot be kept of a song; choose melody, chords or both"
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
        "origin": asdict(order.origin) if order.origin else None,
    }
    write_json(folder / BRIEF, data)
    return order


def read_order(folder: Path, changes: Mapping[str, Any]) -> Order:
    """Read what `write_order` wrote, with fields of the brief changed."""
    if not (folder / BRIEF).is_file():
        raise InputError(f"{folder} is no record: it has no {BRIEF}")
    data = dict(read_json(folder / BRIEF))
    artist, engine = data.pop("artist", "Tapeloom"), data.pop("engine", "theory")
    found = data.pop("origin", None)
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
    )
