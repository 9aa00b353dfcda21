"""What each kind of job may be asked, checked before it is accepted; nothing heavy is imported."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tapeloom.app.order import check_cover, check_title
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError, nearest

MAX_PAYLOAD_BYTES = 64 * 2**10
ENGINES = ("theory", "transformer", "hybrid")
CODINGS = ("mp3", "aac", "opus")
ROLES = ("melody", "chords", "keys", "bass", "drums")
EDITABLE = ("score.mid", "score.json", "performance.mid", "mix.json", "master.json")
_NOTES = ("score.mid", "score.json", "performance.mid")  # of which one replaces the others
_BRIEF = tuple(one.name for one in fields(Brief))
_KEY = re.compile(r"(uploads/[0-9a-f]{64}|jobs/[0-9a-z]{26})(/[^/.\\][^/\\]{0,199}){1,5}")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one order may ask; an operator sets them (settings.ServiceSettings)."""

    minutes: float = 30.0
    bars: int = 1000
    items: int = 1000  # of a batch
    unfinished: int = 5000  # jobs of one owner


@dataclass(frozen=True, slots=True)
class Reroll:
    """Bars of a role that an engine writes anew, counted from 1."""

    role: str
    first_bar: int
    last_bar: int
    engine: str = "theory"
    seed: int = 0

    def __post_init__(self) -> None:
        _one_of("role", self.role, ROLES)
        _one_of("engine", self.engine, ENGINES)
        if not 1 <= self.first_bar <= self.last_bar <= 5000:
            raise InputError(
                f"bars {self.first_bar} to {self.last_bar} can't be written anew; "
                "the first is at least 1 and not behind the last"
            )


@dataclass(frozen=True, slots=True)
class RecordPayload:
    """Of `make` and `compose`: a new record, or another one that goes on from `base`."""

    brief: Brief
    engine: str = "theory"
    artist: str = "Tapeloom"
    loops: tuple[str, ...] = ()
    base: str | None = None  # the job of a record to continue; the brief's fields are then changes
    changes: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)  # name in the record -> key of an upload
    rerolls: tuple[Reroll, ...] = ()
    title: str | None = None  # None: drawn, or the base's
    cover: Mapping[str, str] | None = None  # None: drawn, or the base's


@dataclass(frozen=True, slots=True)
class RenderPayload:
    """Of `render`: the sound of a score."""

    source: str
    instruments: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    brightness: float | None = None
    mixed: bool = True

    def __post_init__(self) -> None:
        _check_key(self.source)
        if self.brightness is not None and not 0.0 <= self.brightness <= 1.0:
            raise InputError(f"brightness is {self.brightness}; it must lie between 0 and 1")


@dataclass(frozen=True, slots=True)
class MasterPayload:
    """Of `master`: an audio file, led by a preset, a reference or the assistant."""

    source: str
    preset: str = "streaming"
    changes: Mapping[str, float] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    assistant: bool = False
    coding: str | None = None
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        for key in (self.source, *self.references):
            _check_key(key)
        if self.coding is not None:
            _one_of("coding", self.coding, CODINGS)
        for name, value in (("fade_in_s", self.fade_in_s), ("fade_out_s", self.fade_out_s)):
            if not 0.0 <= value <= 60.0:
                raise InputError(f"{name} is {value}; it must lie between 0 and 60")
        if len(self.references) > 8:
            raise InputError(f"{len(self.references)} references are given; give at most 8")


@dataclass(frozen=True, slots=True)
class AnalyzePayload:
    """Of `analyze`: notes or audio."""

    source: str

    def __post_init__(self) -> None:
        _check_key(self.source)


@dataclass(frozen=True, slots=True)
class DescribePayload:
    """Of `describe`: the words of a record."""

    base: str
    language: str = "en"
    variants: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.variants <= 20:
            raise InputError(f"variants is {self.variants}; it must lie between 1 and 20")


@dataclass(frozen=True, slots=True)
class KitPayload:
    """Of `kit`: a release of one record or several."""

    records: tuple[str, ...]
    targets: tuple[str, ...] = ("spotify", "apple", "youtube", "bandcamp", "soundcloud")
    title: str | None = None
    artist: str | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.records) <= 30:
            raise InputError(f"{len(self.records)} records are given; give 1 to 30")


@dataclass(frozen=True, slots=True)
class TrainPayload:
    """Of `train`: the shipped model learns from the owner's songs, MIDI files that were sent."""

    songs: tuple[str, ...]
    style: str = "any"
    steps: int = 300
    seed: int = 1

    def __post_init__(self) -> None:
        if not 2 <= len(self.songs) <= 500:
            raise InputError(f"{len(self.songs)} songs are given; give 2 to 500")
        for key in self.songs:
            _check_key(key)
        if not 1 <= self.steps <= 5000:
            raise InputError(f"steps is {self.steps}; it must lie between 1 and 5000")


Payload = (
    RecordPayload
    | RenderPayload
    | MasterPayload
    | AnalyzePayload
    | DescribePayload
    | KitPayload
    | TrainPayload
)


def read_record(data: Mapping[str, Any], limits: Limits) -> RecordPayload:
    """Read the payload of `make` or `compose`."""
    known = (*_BRIEF, "engine", "artist", "loops", "base", "files", "rerolls", "title", "cover")
    _known_only(data, known)
    given = {name: data[name] for name in _BRIEF if name in data and data[name] is not None}
    base = data.get("base")
    brief = _make(Brief, given)
    length_min = brief.minutes or 0.0
    if length_min > limits.minutes:
        raise InputError(
            f"minutes is {length_min:g}; this service makes at most {limits.minutes:g}"
        )
    if (brief.bars or 0) > limits.bars:
        raise InputError(f"bars is {brief.bars}; this service makes at most {limits.bars}")
    engine, artist = str(data.get("engine", "theory")), str(data.get("artist", "Tapeloom"))
    _one_of("engine", engine, ENGINES)
    if not artist.strip() or len(artist) > 200 or not artist.isprintable():
        raise InputError("the artist must be one line of 1 to 200 characters")
    files = dict(_mapping("files", data.get("files", {})))
    for name, key in files.items():
        _one_of("file", name, EDITABLE)
        _check_key(key)
    rerolls = tuple(_make(Reroll, _mapping("reroll", one)) for one in data.get("rerolls", ()))
    written = [name for name in _NOTES if name in files]
    if len(written) > 1 or (rerolls and "performance.mid" in files):
        others = [*written, *(["rerolls"] if rerolls else [])]
        raise InputError(f"{' and '.join(others)} both say what is played; give one of them")
    if base is None and (files or rerolls):
        raise InputError("files and rerolls change a record; name it as base")
    loops = tuple(str(name) for name in data.get("loops", ()))
    title, cover = data.get("title"), data.get("cover")
    if title is not None:
        check_title(title if isinstance(title, str) else "")
    if cover is not None:
        check_cover(_mapping("cover", cover))
    changes = given if base else {}
    return RecordPayload(brief, engine, artist, loops, base, changes, files, rerolls, title, cover)


def _reader(kind: type[Any]) -> Callable[[Mapping[str, Any], Limits], Any]:
    def read(data: Mapping[str, Any], _limits: Limits) -> Any:
        return _make(kind, data)

    return read


READERS: Mapping[str, Callable[[Mapping[str, Any], Limits], Any]] = {
    "compose": read_record,
    "make": read_record,
    "render": _reader(RenderPayload),
    "master": _reader(MasterPayload),
    "analyze": _reader(AnalyzePayload),
    "describe": _reader(DescribePayload),
    "kit": _reader(KitPayload),
    "train": _reader(TrainPayload),
}


def read_payload(kind: str, data: Mapping[str, Any], limits: Limits) -> Payload:
    """Return a checked payload; raise InputError for what cannot be asked.

    >>> read_payload("make", {"words": "rain", "bmp": 80}, Limits())
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: 'bmp' is no field of this order; the nearest is bpm
    """
    if kind not in READERS:
        raise InputError(f"{kind!r} is no kind of job{nearest(kind, READERS)}")
    try:
        size = len(json.dumps(data))
    except (TypeError, ValueError) as error:
        raise InputError(f"the order is no JSON: {error}") from error
    if size > MAX_PAYLOAD_BYTES:
        raise InputError(f"the order has {size} bytes; it must have at most {MAX_PAYLOAD_BYTES}")
    payload: Payload = READERS[kind](data, limits)
    return payload


def keys_of(payload: Payload) -> tuple[str, ...]:
    """Return the keys of the artefacts that a job reads."""
    if isinstance(payload, RecordPayload):
        return tuple(payload.files.values())
    if isinstance(payload, MasterPayload):
        return (payload.source, *payload.references)
    if isinstance(payload, TrainPayload):
        return payload.songs
    return (payload.source,) if isinstance(payload, RenderPayload | AnalyzePayload) else ()


def records_of(payload: Payload) -> tuple[str, ...]:
    """Return the jobs whose records a job reads."""
    if isinstance(payload, KitPayload):
        return payload.records
    base = payload.base if isinstance(payload, RecordPayload | DescribePayload) else None
    return (base,) if base else ()


def jobs_read_by(data: Mapping[str, Any]) -> frozenset[str]:
    """Return the jobs whose files an accepted payload names.

    >>> sorted(jobs_read_by({"base": "b1", "files": {"mix.json": "uploads/0/m.json"}}))
    ['b1']
    >>> sorted(jobs_read_by({"source": "jobs/a1/mix.flac", "records": ["c1"]}))
    ['a1', 'c1']
    """
    keys = [data.get("source"), *data.get("references", ()), *data.get("songs", ()),
            *data.get("files", {}).values()]  # fmt: skip
    named = [key.split("/")[1] for key in keys if key and key.startswith("jobs/")]
    return frozenset([*named, *data.get("records", ()), *filter(None, [data.get("base")])])


def _make(kind: Any, data: Mapping[str, Any]) -> Any:
    """Build a dataclass from JSON, with the types of its fields checked."""
    _known_only(data, [one.name for one in fields(kind)])
    try:
        return _types_of(kind).validate_python(dict(data))
    except ValidationError as error:
        first = error.errors()[0]
        own = first.get("ctx", {}).get("error")
        if isinstance(own, InputError):
            raise own from None
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where or 'the order'}: {first['msg'].lower()}") from None


@cache
def _types_of(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _known_only(data: Mapping[str, Any], known: Any) -> None:
    for name in _mapping("order", data):
        if name not in known:
            raise InputError(f"{name!r} is no field of this order{nearest(str(name), known)}")


def _mapping(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"the {name} must be an object with named fields")
    return value


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(f"{name} is {value!r}{nearest(str(value), known)}")


def _check_key(key: str) -> None:
    if not isinstance(key, str) or not _KEY.fullmatch(key) or not key.isprintable():
        raise InputError(f"{key!r} is no artefact's key; give one that an upload or a job told")
