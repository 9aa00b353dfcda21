"""Drawing pictures into files: one, several versions of one, or a table's rows; and their sheet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from tapeloom.app.picturing import readable
from tapeloom.core.errors import InputError
from tapeloom.core.files import file_name
from tapeloom.core.seed import stream
from tapeloom.media.contact_sheet import contact_sheet
from tapeloom.media.cover import draw_cover_of
from tapeloom.media.likeness import picture_hash
from tapeloom.media.picture_file import check_suffix, save_picture
from tapeloom.media.thumbnail import ThumbnailGenerator
from tapeloom.media.thumbnail_config import ThumbnailConfig
from tapeloom.media.variants import vary

COVER, THUMBNAIL = "cover", "thumbnail"
COVER_SIZE = 3000  # pixels a side
_TILE = 320  # pixels, width on the sheet
COVER_MAX_BYTES = 10_000_000  # common practice of stores


@dataclass(frozen=True, slots=True)
class Job:
    """One picture to draw."""

    kind: str  # COVER or THUMBNAIL
    config: ThumbnailConfig
    path: Path
    differs: tuple[str, ...] = ()  # from the first of several versions


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture drawn."""

    job: Job
    config: ThumbnailConfig  # with the words and the font that were used
    likeness: int  # perceptual hash, 64 bits
    small: Image.Image  # for the contact sheet
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what a program wants to know of it."""
        config = self.config
        return {
            "file": str(self.job.path), "title": config.title_text,
            "subtitle": config.subtitle_text, "scene": config.scene, "time": str(config.time),
            "weather": str(config.weather), "palette": config.palette,
            "grading": str(config.color_grading) if config.color_grading else None,
            "style": str(config.style) if self.job.kind == THUMBNAIL else None,
            "side": "right" if config.side > 0 else "left", "seed": config.seed,
            "font": str(config.font) if config.font else None,
            "image": str(config.image) if config.image else None,
            "differs": list(self.job.differs), "hash": f"{self.likeness:016x}",
            "notes": list(self.notes),
        }  # fmt: skip


def plan_versions(
    kind: str, config: ThumbnailConfig, path: Path, *, count: int = 1, kept: Collection[str] = ()
) -> list[Job]:
    """Plan a picture and its versions: `thumbnail.png`, `thumbnail-2.png`, ...

    kept  fields that all versions have alike
    """
    check_suffix(path)
    fixed = {*kept, "style"} if kind == COVER else kept
    versions = vary(config, count, stream(config.seed, "variants"), kept=fixed)
    return [
        Job(kind, version.config, path if i == 1 else _numbered(path, i), version.differs)
        for i, version in enumerate(versions, 1)
    ]


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")


def plan_batch(kind: str, configs: Sequence[ThumbnailConfig], folder: Path) -> list[Job]:
    """Plan a picture for each row of a table, named by number and title."""
    width = len(str(len(configs)))
    return [
        Job(kind, config, folder / f"{i:0{width}d} {file_name(config.title_text)[:60].strip()}.png")
        for i, config in enumerate(configs, 1)
    ]


def draw(
    kind: str, config: ThumbnailConfig, path: Path, *, size: int = COVER_SIZE
) -> tuple[Image.Image, tuple[str, ...]]:
    """Draw a cover or a thumbnail into a file; return it, and what was shortened.

    size  of a cover, pixels a side
    """
    if kind == COVER:
        image, notes = draw_cover_of(config, size)
        save_picture(image, path, max_bytes=COVER_MAX_BYTES)
        return image, notes
    made = ThumbnailGenerator().generate_thumbnail(config)
    made.save(path)
    return made.image, made.notes


def draw_job(job: Job, *, size: int = COVER_SIZE) -> Drawn:
    """Draw a planned picture, its words as they can be read with the fonts that are here."""
    found = readable(job.config)
    image, notes = draw(job.kind, found.config, job.path, size=size)
    small = image.resize(
        (_TILE, round(_TILE * image.height / image.width)), Image.Resampling.LANCZOS
    )
    return Drawn(job, found.config, picture_hash(small), small, (*found.notes, *notes))


def check_paths(jobs: Sequence[Job], *others: Path, force: bool) -> None:
    """Refuse files that exist, unless they may be replaced, before anything is drawn."""
    for path in (*(job.path for job in jobs), *others):
        if path.is_dir():
            raise InputError(f"{path} is a folder; --out names a file")
        if path.exists() and not force:
            raise InputError(f"{path} exists; use --force to replace it, or another --out")


def write_sheet(drawn: Sequence[Drawn], path: Path) -> None:
    """Write a contact sheet of all pictures, each named by what it shows."""
    names = [_caption(one) for one in drawn]
    save_picture(contact_sheet([one.small for one in drawn], names, tile=_TILE), path)


def _caption(drawn: Drawn) -> str:
    config = drawn.config
    words = [config.scene if config.image is None else config.image.name]
    if drawn.job.kind == THUMBNAIL:
        words.insert(0, config.style)
    if config.color_grading:
        words.append(config.color_grading)
    return f"{drawn.job.path.stem}: {', '.join(words)}"
