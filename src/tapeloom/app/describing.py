"""The words of a finished record: what its folder says, told to `release.metadata`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from tapeloom.app.workshop import RECORD
from tapeloom.compose.form import kind_of
from tapeloom.core.brief import brief_from_json
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json, write_json
from tapeloom.core.harmony import Key
from tapeloom.core.performance import TimedSection, performance_from_json
from tapeloom.core.score import Score, score_from_json
from tapeloom.core.seed import stream
from tapeloom.release.chapters import Moment, name_parts
from tapeloom.release.description import SOFTWARE
from tapeloom.release.metadata import Metadata, describe, language_of, metadata_from_json
from tapeloom.release.seasons import season_of
from tapeloom.release.subject import Subject, scene_for, use_for

METADATA = "metadata.json"
MAX_NAME = 100  # characters of a title or an artist
MAX_CATALOGUE = 100_000  # titles
_SEASON_OF_SCENE = {"winter": "winter", "autumn": "autumn", "summer": "summer"}


@dataclass(frozen=True, slots=True)
class Wording:
    """What the user says of a record's words."""

    language: str = "en"
    variants: int = 1
    use: str | None = None
    licence: str = "all rights reserved"
    series: str | None = None
    number: int = 1
    day: date | None = None  # of the release: tells the season; None leaves it to the brief
    hemisphere: str = "north"
    trending: tuple[str, ...] = ()
    catalogue: tuple[str, ...] = ()  # titles that are taken


def words_of(folder: Path, wording: Wording) -> tuple[Metadata, ...]:
    """Write the words of a record and its variants, not yet into a file."""
    if not (folder / RECORD).is_file():
        raise InputError(f"{folder} is no finished record; it has no {RECORD}")
    return describe_record(
        read_json(folder / RECORD),
        score_from_json(read_json(folder / "score.json")),
        performance_from_json(read_json(folder / "performance.json")).sections,
        wording,
    )


def describe_record(
    data: Mapping[str, Any], score: Score, sections: Sequence[TimedSection], wording: Wording
) -> tuple[Metadata, ...]:
    """Write the words of a record from what record.json says, its score and its timeline."""
    subject = subject_of(data, score, sections, wording)
    first, *others = describe(
        subject, rng=stream(data["seed"], "words"), language=wording.language,
        catalogue=wording.catalogue, trending=wording.trending, variants=wording.variants,
    )  # fmt: skip
    if data.get("title_is_own") and not wording.series and (own := tellable(data["title"])):
        first = replace(first, title=own)
    return (first, *others)


def subject_of(
    data: Mapping[str, Any], score: Score, sections: Sequence[TimedSection], wording: Wording
) -> Subject:
    """Tell what a record is about."""
    brief = brief_from_json(data["brief"])
    scenes = brief.scenes
    use = wording.use or use_for(scenes)
    season = next((_SEASON_OF_SCENE[s] for s in scenes if s in _SEASON_OF_SCENE), None)
    if season is None and wording.day is not None:
        season = season_of(wording.day, hemisphere=wording.hemisphere)
    return Subject(
        mood=brief.moods[0] if brief.moods else "peaceful",
        scene=scenes[0] if scenes else scene_for(use),
        use=use,
        season=season,
        bpm=float(score.tempo.initial_bpm),
        key=score.keys[0][1],
        duration_s=data["duration_s"],
        title=tellable(data["title"]) if brief.words else None,
        series=wording.series,
        number=wording.number,
        artist=tellable(data["artist"]) or SOFTWARE,
        licence=wording.licence,
        origin=_origin(data),
        moments=moments_of(score, sections, wording.language),
    )


def tellable(text: str) -> str | None:
    """Return a name without what YouTube refuses and no longer than it may be; None of nothing.

    A record's title is its brief's words, which may hold anything: its words are no place to fail.

    >>> tellable("i <3 rain {slow}"), tellable("<>")
    ('i 3 rain slow', None)
    """
    kept = "".join(c for c in text if c not in "<>{}" and c.isprintable())
    return " ".join(kept.split())[:MAX_NAME].strip() or None


def _origin(data: Mapping[str, Any]) -> str:
    if data.get("origins"):
        return "borrowed"
    return "model" if data.get("models") else "rules"


def moments_of(score: Score, sections: Sequence[TimedSection], language: str) -> tuple[Moment, ...]:
    """Return when each section begins, or in a set of several pieces each piece, with its key."""
    said = language_of(language)
    if len({section.piece for section in sections}) == 1:
        names = name_parts([kind_of(section.name) for section in sections], said)
        return tuple(
            Moment(section.start_s, name) for section, name in zip(sections, names, strict=True)
        )
    keys: dict[int, Key] = {}
    for section in score.sections:
        at = [key for tick, key in score.keys if tick <= section.start]
        keys.setdefault(section.piece, at[-1])
    starts: dict[int, float] = {}
    for timed in sections:
        starts.setdefault(timed.piece, timed.start_s)
    return tuple(
        Moment(start_s, f"{number}. {said.key_name(str(keys[piece]))}")
        for number, (piece, start_s) in enumerate(starts.items(), 1)
    )


def write_words(folder: Path, made: Sequence[Metadata]) -> Path:
    """Write metadata.json: the first is the release's, the others are its variants."""
    path = folder / METADATA
    first, *others = made
    write_json(path, {"format": 1, **first.to_json(), "variants": [o.to_json() for o in others]})
    return path


def read_words(folder: Path) -> Metadata | None:
    """Read the words in a record's metadata.json, edited or not; None where there is none."""
    path = folder / METADATA
    return metadata_from_json(read_json(path)) if path.is_file() else None


def read_catalogue(path: Path) -> tuple[str, ...]:
    """Read titles that are taken: lines of a text file, or the records within a folder."""
    if path.is_dir():
        found = [read_json(file) for file in sorted(path.glob(f"*/{METADATA}"))]
        return tuple(str(data["title"]) for data in found if "title" in data)
    lines = read_lines(path)
    if len(lines) > MAX_CATALOGUE:
        raise InputError(f"{path} has {len(lines)} titles; at most {MAX_CATALOGUE} are read")
    return lines


def read_lines(path: Path) -> tuple[str, ...]:
    """Read the lines of a text file that are not empty."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise InputError(f"{path} cannot be read: {reason}") from error
    return tuple(line.strip() for line in text.splitlines() if line.strip())
