"""Covers and thumbnails: of a brief, of a finished record, of a table's rows; their fonts."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tapeloom.app.system_fonts import find_font
from tapeloom.app.workshop import RECORD
from tapeloom.core.brief import Brief, brief_from_json
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json
from tapeloom.core.score import Score
from tapeloom.core.seed import stream
from tapeloom.media.cover import draw_cover
from tapeloom.media.fonts import TITLE_FACES, Face, user_face
from tapeloom.media.grading import parse_grading
from tapeloom.media.scene_design import SceneDesign
from tapeloom.media.stage import TimeOfDay, Weather
from tapeloom.media.thumbnail_config import MAX_TITLE, ThumbnailConfig
from tapeloom.media.thumbnail_layouts import ThumbnailStyle
from tapeloom.media.writing import is_emoji, missing_characters, written

COLUMNS = ("title", "subtitle", "scene", "time", "weather", "grading", "style", "side", "seed")
MAX_ROWS = 1000
Find = Callable[[str], Path | None]


@dataclass(frozen=True, slots=True)
class Readable:
    """A picture whose words can be drawn, and a sentence about each thing that had to change."""

    config: ThumbnailConfig
    notes: tuple[str, ...] = ()


def picture_of(
    brief: Brief, score: Score, title: str, cover: Mapping[str, str] | None = None
) -> ThumbnailConfig:
    """Draw the picture that suits a record: cover and thumbnail show the same scene.

    cover  what is asked of it: words for `parse_fields`
    """
    subtitle = _subtitle(str(score.key) if score.key else "", float(score.tempo.initial_bpm))
    return wished(_drawn(brief, title, subtitle), cover or {})


def picture_of_record(folder: Path) -> ThumbnailConfig:
    """Return the picture of a finished record, as `make` draws it."""
    if not (folder / RECORD).is_file():
        raise InputError(f"{folder} is no finished record; it has no {RECORD}")
    return picture_of_facts(read_json(folder / RECORD))


def picture_of_facts(data: Mapping[str, Any]) -> ThumbnailConfig:
    """Return the picture of a record of which record.json says this."""
    subtitle = _subtitle(data.get("key") or "", float(data["bpm"]))
    drawn = _drawn(brief_from_json(data["brief"]), data["title"], subtitle)
    return wished(drawn, data.get("cover") or {})


def wished(picture: ThumbnailConfig, cover: Mapping[str, str]) -> ThumbnailConfig:
    """Return a picture with what is asked of it; InputError for what cannot be drawn."""
    return replace(picture, **parse_fields(cover))


def _subtitle(key: str, bpm: float) -> str:
    return " · ".join(fact for fact in (key, f"{bpm:.0f} bpm") if fact)


def scene_of(brief: Brief, cover: Mapping[str, str] | None = None) -> SceneDesign:
    """Return the scene of a record: its cover, thumbnail and video show the same."""
    return wished(_drawn(brief, "scene", ""), cover or {}).design()


def _drawn(brief: Brief, title: str, subtitle: str) -> ThumbnailConfig:
    scene = draw_cover(
        moods=brief.moods, scenes=brief.scenes, brightness=brief.character.brightness,
        rng=stream(brief.seed, "cover"),
    ).scene()  # fmt: skip
    styles = list(ThumbnailStyle)
    return ThumbnailConfig(
        title_text=title[:MAX_TITLE], subtitle_text=subtitle,
        style=styles[int(stream(brief.seed, "thumbnail").integers(len(styles)))],
        scene=scene.scene, time=scene.time, weather=scene.weather, palette=scene.palette,
        side=scene.side, seed=scene.seed,
    )  # fmt: skip


def picture_of_words(title: str, subtitle: str, *, seed: int, about: str = "") -> ThumbnailConfig:
    """Draw the picture that suits a title, for one that belongs to no record.

    about  a brief's words, which then decide the scene beside the title
    """
    ThumbnailConfig(title, subtitle)  # what is wrong with the words is told of them
    words = "".join(c if c.isprintable() else " " for c in f"{about} {title} {subtitle}".strip())
    return replace(_drawn(Brief(words, seed=seed), title, subtitle), style=ThumbnailStyle.BIG_TITLE)


def readable(config: ThumbnailConfig, *, find: Find = find_font) -> Readable:
    """Find a font for letters that ours lack, or say what the picture will say instead.

    find  looks for a font on this machine
    """
    notes: list[str] = []
    words = f"{config.title_text}{config.subtitle_text}"
    if pictographs := "".join(dict.fromkeys(c for c in words if is_emoji(c) and c.isprintable())):
        notes.append(f"left out of the picture, pictographs: {pictographs}")
    faces = TITLE_FACES if config.font is None else (*TITLE_FACES, user_face(config.font))
    missing = "".join(c for c in missing_characters(words, faces) if not is_emoji(c))
    if missing and config.font is None:
        # One face draws a whole line: it must have the Latin letters beside the others too.
        for wanted in (words, config.title_text):
            found = find("".join(c for c in wanted if not is_emoji(c)))
            if found is not None and missing_characters(wanted):
                config = replace(config, font=found)
                faces = (*faces, user_face(found))
                missing = "".join(c for c in missing_characters(words, faces) if not is_emoji(c))
                break
    if missing:
        who = "no font here has" if config.font is None else f"{config.font.name} lacks"
        notes.append(f"{who} {missing}; --font names a file that has, such as one of Noto Sans")
    title = _drawable(config.title_text, faces, notes) or config.scene.replace("_", " ").title()
    subtitle = _drawable(config.subtitle_text, faces, notes)
    for before, after in ((config.title_text, title), (config.subtitle_text, subtitle)):
        if not after and before.strip():
            notes.append(f"left out of the picture: {before!r}")
        elif any(not is_emoji(c) for c in missing_characters(before, faces)):
            notes.append(f"the picture says {after!r} instead of {before!r}")
    return Readable(replace(config, title_text=title, subtitle_text=subtitle), tuple(notes))


def title_notes(title: str) -> tuple[str, ...]:
    """Return what of a record's title its pictures cannot show, a sentence each."""
    return readable(ThumbnailConfig(title[:MAX_TITLE])).notes


def readable_title(title: str) -> tuple[str, tuple[Face, ...]]:
    """Return a title as it can be drawn here, and the face that it needs besides ours."""
    config = readable(ThumbnailConfig(title[:MAX_TITLE])).config
    return config.title_text, config.faces()


def _drawable(text: str, faces: tuple[Face, ...], notes: list[str]) -> str:
    try:
        return written(text, faces).text
    except InputError as error:  # writing that this machine cannot set
        notes.append(str(error))
        return ""


def read_batch(path: Path, common: ThumbnailConfig) -> list[ThumbnailConfig]:
    """Read a CSV table of pictures, one a row, with the columns of COLUMNS; only title is needed.

    common  what a row's empty cells and missing columns are taken from
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            columns = [name.strip().lower() for name in reader.fieldnames or ()]
            unknown = [name for name in columns if name not in COLUMNS]
            if unknown or "title" not in columns:
                wrong = f"has a column {unknown[0]!r}" if unknown else "lacks the column 'title'"
                raise InputError(f"{path.name} {wrong}; its columns are {', '.join(COLUMNS)}")
            reader.fieldnames = columns
            configs: list[ThumbnailConfig] = []
            for row in reader:
                if len(configs) == MAX_ROWS:
                    raise InputError(f"{path.name} has over {MAX_ROWS} rows; split it")
                where = f"{path.name}, line {reader.line_num}"
                numbered = replace(common, seed=common.seed + len(configs))
                configs.append(_row_config(row, numbered, where))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path} cannot be read as a CSV table: {reason}") from error
    if not configs:
        raise InputError(f"{path.name} has no rows under its head")
    return configs


def _row_config(row: Mapping[Any, Any], common: ThumbnailConfig, where: str) -> ThumbnailConfig:
    if None in row or None in row.values():
        raise InputError(f"{where}: it has another number of cells than the head")
    cells = {name: text.strip() for name, text in row.items() if text.strip()}
    try:
        return replace(common, title_text=cells.pop("title", ""), **parse_fields(cells))
    except InputError as error:
        raise InputError(f"{where}: {error}") from error


def parse_fields(cells: Mapping[str, str]) -> dict[str, Any]:
    """Turn words of a table or of options into fields of a ThumbnailConfig.

    >>> parse_fields({"grading": "noir", "seed": "7", "scene": "night sky"})
    {'color_grading': <ColorGrading.NOIR: 'noir'>, 'seed': 7, 'scene': 'night_sky'}
    """
    fields: dict[str, Any] = {}
    for name, text in cells.items():
        if name == "subtitle":
            fields["subtitle_text"] = text
        elif name == "grading":
            fields["color_grading"] = parse_grading(text)
        elif name in _WORDS:
            fields[name] = _one_of(_WORDS[name], name, text)
        elif name == "scene":
            fields[name] = text.lower().replace(" ", "_").replace("-", "_")
        elif name in {"seed", "side"}:
            fields[name] = _whole(name, text)
    if "time" in fields:
        fields["palette"] = None  # an hour has colours of its own
    return fields


_WORDS: Mapping[str, Any] = {"time": TimeOfDay, "weather": Weather, "style": ThumbnailStyle}


def _one_of(kind: Any, name: str, text: str) -> Any:
    word = text.lower().replace(" ", "-").replace("_", "-")
    if word not in list(kind):
        raise InputError(f"{name} {text!r} is not known; choose one of {', '.join(kind)}")
    return kind(word)


def _whole(name: str, text: str) -> int:
    sides = {"left": -1, "right": 1}
    if name == "side" and text.lower() in sides:
        return sides[text.lower()]
    if name == "side" or not text.isascii() or not text.isdigit() or len(text) > 9:
        rule = "left or right" if name == "side" else "a whole number from 0"
        raise InputError(f"{name} is {text!r}; it must be {rule}")
    return int(text)
