"""A mix as JSON: every setting by its name, read back into the same value, nothing run.

A value that may be of several kinds carries `type`, the name of its class: effects, and curves in
the place of numbers. What effects there are, and what they can be set to, is read off the classes.
"""

import math
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from tapeloom.core.audio import AudioFile
from tapeloom.core.errors import InputError, nearest
from tapeloom.core.files import read_json, write_json
from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.chain import Effect
from tapeloom.studio.console import MixSettings

T = TypeVar("T")
FORMAT = 1
_MOST_DEEP = 20  # values in one another
_INFINITE = "inf"  # which JSON has no number for: the ratio of a gate or a limiter
_UNIONS = (Union, types.UnionType)


def settings_to_json(settings: MixSettings) -> dict[str, Any]:
    """Return the JSON form of a mix.

    >>> from tapeloom.studio.console import Channel
    >>> data = settings_to_json(MixSettings((Channel("bass", -24.0),)))
    >>> data["format"], data["channels"][0]["loudness_lufs"]
    (1, -24.0)
    """
    return {"format": FORMAT, **fields_to_json(settings)}


def settings_from_json(data: Any) -> MixSettings:
    """Read what `settings_to_json` wrote, or a user wrote by hand; what is left out is as usual.

    >>> settings_from_json({"channels": [{"name": "bass", "loudness_lufs": -24}]}).channels[0].name
    'bass'
    """
    if not isinstance(data, dict) or data.get("format", FORMAT) != FORMAT:
        raise InputError(f"this is no mix of format {FORMAT}: save one by --save and edit that")
    plain = {name: value for name, value in data.items() if name != "format"}
    value = read_class(MixSettings, plain, "the mix")
    assert isinstance(value, MixSettings)  # noqa: S101 - what read_class was asked for
    return value


def save_settings(path: Path, settings: MixSettings) -> None:
    """Write a mix to a file."""
    write_json(path, settings_to_json(settings))


def load_settings(path: Path) -> MixSettings:
    """Read a mix from a file."""
    return read_file(path, settings_from_json, "mix")


def read_file(path: Path, read: Callable[[Any], T], what: str) -> T:
    """Read settings from a JSON file; what is wrong with them is said with the file's name."""
    try:
        return read(read_json(path))
    except InputError as error:
        raise InputError(
            str(error) if str(path) in str(error) else f"{path} is no {what}: {error}"
        ) from error


@cache
def effect_types() -> Mapping[str, type]:
    """Return every kind of value that a chain can hold, by name."""
    from tapeloom.studio import effects

    found: dict[str, type] = {"Automated": Automated, "Curve": Curve}
    for name in effects.__all__:
        kind = getattr(effects, name)
        if isinstance(kind, type) and is_dataclass(kind):
            found[name] = kind
    return found


def _write(value: Any) -> Any:
    if isinstance(value, AudioFile):
        return {"type": "AudioFile", "path": str(value.path)}
    if is_dataclass(value) and not isinstance(value, type):
        name = type(value).__name__
        named = {"type": name} if effect_types().get(name) is type(value) else {}
        return {**named, **fields_to_json(value)}
    if isinstance(value, tuple):
        return [_write(each) for each in value]
    if isinstance(value, float) and value == math.inf:
        return _INFINITE
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise InputError(
        f"the mix holds {type(value).__name__} in memory, which its file can't; "
        "write it to a file and take that"
    )


def fields_to_json(value: Any) -> dict[str, Any]:
    """Return a dataclass's fields as JSON."""
    return {field.name: _write(getattr(value, field.name)) for field in fields(value)}


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def read_class(kind: type, data: Any, where: str, depth: int = 0) -> Any:
    """Read a dataclass from its fields by name; what is left out has its default.

    where  what a sentence about a fault calls it
    depth  how many values it lies within
    """
    if not isinstance(data, dict):
        raise InputError(f"{where} is {_told(data)}; it must be an object with settings by name")
    if depth > _MOST_DEEP:
        raise InputError(f"{where} lies {depth} values deep; {_MOST_DEEP} are the most")
    known = {field.name: field for field in fields(kind)}
    given = {name: value for name, value in data.items() if name != "type"}
    for name in given:
        if name not in known:
            raise InputError(f"{where} has no setting {name!r}{nearest(str(name), known)}")
    missing = [
        name
        for name, field in known.items()
        if field.default is MISSING and field.default_factory is MISSING and name not in given
    ]
    if missing:
        raise InputError(f"{where} lacks {missing[0]}; give it a value")
    label = f"{where} ({data['name']})" if isinstance(data.get("name"), str) else where
    hints = _hints(kind)
    values = {
        name: math.inf
        if (name, value) == ("ratio", _INFINITE)
        else _read(hints[name], value, f"{name} of {label}", depth + 1)
        for name, value in given.items()
    }
    try:
        return kind(**values)
    except InputError as error:
        raise InputError(f"{label}: {error}") from error


def _read(hint: Any, data: Any, where: str, depth: int) -> Any:
    """Read a value of a type that a field asks for."""
    origin, options = get_origin(hint), get_args(hint)
    if origin in _UNIONS:
        return _read_union(options, data, where, depth)
    if origin is Literal:
        if data not in options:
            near = nearest(str(data), [str(option) for option in options])
            raise InputError(f"{where} is {_told(data)}{near}")
        return data
    if origin is tuple:
        return _read_tuple(options, data, where, depth)
    if hint is AudioFile:
        path = data.get("path") if isinstance(data, dict) else None
        return AudioFile.open(Path(_read_plain(str, path, f"the path of {where}")))
    if hint is Effect or (isinstance(hint, type) and is_dataclass(hint)):
        return read_class(_kind(hint, data, where), data, where, depth)
    return _read_plain(hint, data, where)


def _read_union(options: tuple[Any, ...], data: Any, where: str, depth: int) -> Any:
    if data is None and type(None) in options:
        return None
    objects = [each for each in options if each is Effect or is_dataclass(each)]
    if isinstance(data, dict) and objects:
        wanted = [each for each in objects if getattr(each, "__name__", "") == data.get("type")]
        return _read((wanted or objects)[0], data, where, depth)
    lists = [each for each in options if get_origin(each) is tuple]
    if isinstance(data, list) and lists:
        return _read(lists[0], data, where, depth)
    plain = [each for each in options if each in (bool, int, float, str)]
    literals = [each for each in options if get_origin(each) is Literal]
    for each in (*plain, *literals):
        try:
            return _read(each, data, where, depth)
        except InputError:
            if each is (*plain, *literals)[-1]:
                raise
    raise InputError(f"{where} is {_told(data)}, which cannot stand there")


def _read_tuple(options: tuple[Any, ...], data: Any, where: str, depth: int) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise InputError(f"{where} is {_told(data)}; it must be a list")
    if len(options) == 2 and options[1] is Ellipsis:
        hints = [options[0]] * len(data)
    elif len(options) == len(data):
        hints = list(options)
    else:
        raise InputError(f"{where} has {len(data)} values; it must have {len(options)}")
    numbered = enumerate(zip(hints, data, strict=True), 1)
    return tuple(
        _read(hint, each, _place(each, number, where), depth) for number, (hint, each) in numbered
    )


def _place(data: Any, number: int, where: str) -> str:
    kind = data.get("type") if isinstance(data, dict) else None
    return f"{kind} (number {number} in {where})" if kind else f"number {number} in {where}"


def _kind(hint: Any, data: Any, where: str) -> type:
    """Return the class that an object says it is, or the only one that it can be."""
    if not isinstance(data, dict):
        raise InputError(f"{where} is {_told(data)}; it must be an object with settings by name")
    name = data.get("type")
    if name is None:
        if hint is Effect:
            raise InputError(f"{where} doesn't say its type, such as Compressor")
        return hint  # type: ignore[no-any-return]
    known = effect_types()
    if name not in known:
        effects = [each for each, kind in known.items() if hasattr(kind, "open")]
        raise InputError(f"there is no effect {name!r} ({where}){nearest(str(name), effects)}")
    fits = hasattr(known[name], "open") if hint is Effect else issubclass(known[name], hint)
    if not fits:
        raise InputError(f"{where} is a {name}, which cannot stand there")
    return known[name]


def _read_plain(hint: Any, data: Any, where: str) -> Any:
    is_number = isinstance(data, int | float) and not isinstance(data, bool)
    if hint is float and is_number and abs(data) < float("inf"):
        return float(data)
    if hint is int and is_number and float(data).is_integer():
        return int(data)
    if hint in (bool, str) and isinstance(data, hint):
        return data
    rule = {float: "a number", int: "a whole number", bool: "true or false", str: "a text"}
    raise InputError(f"{where} is {_told(data)}; it must be {rule.get(hint, 'something else')}")


def _told(data: Any) -> str:
    kinds = {dict: "an object", list: "a list", type(None): "null"}
    return kinds.get(type(data)) or repr(data)[:60]
