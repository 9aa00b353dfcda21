"""Files converted: to formats by name, or to what a platform asks for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapeloom.core.audio import MAX_RATE, MIN_RATE, AudioFile
from tapeloom.core.errors import InputError
from tapeloom.core.product import loudness_to_json
from tapeloom.release.conversion import CEILING_DBTP, Converted, convert
from tapeloom.release.formats import FORMATS, Format, Platform, format_named, platform_named
from tapeloom.release.tagging import small_cover

TAGS = (
    "title", "artist", "album", "album_artist", "composer", "date", "genre", "track", "comment",
    "copyright", "isrc",
)  # fmt: skip
MAX_COVER = 64 * 2**20  # bytes
_BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}


@dataclass(frozen=True, slots=True)
class ConvertOrder:
    """What somebody asks of a conversion."""

    format: Format
    rate: int | None = None
    ceiling_dbtp: float = CEILING_DBTP
    platform: Platform | None = None


def orders_for(
    formats: Sequence[str], platform: str | None, *, rate: int | None, ceiling_dbtp: float | None
) -> tuple[ConvertOrder, ...]:
    """Return what to write, from names of formats or of a platform; at least one of them."""
    orders = []
    if platform is not None:
        wanted = platform_named(platform)
        peak = wanted.ceiling_dbtp if ceiling_dbtp is None else ceiling_dbtp
        form = FORMATS[wanted.format]
        orders.append(ConvertOrder(form, rate or wanted.rate, peak, wanted))
        if wanted.coding is not None:
            orders.append(ConvertOrder(FORMATS[wanted.coding], wanted.rate, peak, wanted))
    peak = CEILING_DBTP if ceiling_dbtp is None else ceiling_dbtp
    orders += [ConvertOrder(format_named(name), rate, peak) for name in formats]
    if not orders:
        raise InputError(
            f"nothing says into what; use --to with one of {', '.join(FORMATS)}, or --platform"
        )
    if rate is not None and not MIN_RATE <= rate <= MAX_RATE:
        raise InputError(f"rate is {rate}; it must lie between {MIN_RATE} and {MAX_RATE}")
    if not -20.0 <= peak <= 0.0:
        raise InputError(f"the ceiling is {peak:g} dBTP; it must lie between -20 and 0")
    return tuple({order.format.name: order for order in orders}.values())


def target_for(source: Path, order: ConvertOrder, folder: Path, *, others: bool) -> Path:
    """Name the file of a conversion; several formats with one suffix are told apart."""
    tail = f"-{order.format.name}" if others else ""
    return folder / f"{source.stem}{tail}{order.format.suffix}"


def tags_of(path: Path) -> dict[str, str]:
    """Read the tags that a file has, by the names that are written."""
    import av

    try:
        with av.open(str(path)) as container:
            found: dict[str, str] = dict(container.metadata)
            for stream in container.streams.audio:
                found |= dict(stream.metadata)
    except (av.FFmpegError, UnicodeDecodeError):
        return {}
    named = {name.lower(): text for name, text in found.items()}
    return {name: named[name] for name in TAGS if named.get(name)}


def read_cover(path: Path) -> bytes:
    """Read a picture and make it small enough to be embedded."""
    try:
        if path.stat().st_size > MAX_COVER:
            raise InputError(f"{path} has over {MAX_COVER // 2**20} MiB; give a smaller cover")
        return small_cover(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def source_bits(source: AudioFile) -> int | None:
    """Return the bits of a file's integer samples; None where they are floating or coded."""
    if source.codec != "soundfile":
        return None
    import soundfile

    return _BITS.get(soundfile.info(str(source.path)).subtype)


def convert_file(
    source: AudioFile,
    target: Path,
    order: ConvertOrder,
    *,
    seed: int = 0,
    tags: dict[str, str] | None = None,
    cover: bytes | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Converted:
    """Convert one file; its tags come along, and those given replace them."""
    return convert(
        source, target, order.format, rate=order.rate, source_bits=source_bits(source),
        ceiling_dbtp=order.ceiling_dbtp, seed=seed, tags=tags_of(source.path) | (tags or {}),
        cover=cover if order.format.holds_cover else None, on_progress=on_progress,
    )  # fmt: skip


def figures(source: Path, made: Converted) -> dict[str, Any]:
    """Return what is told of a conversion, as JSON."""
    return {
        "file": str(source),
        "out": str(made.file.path),
        "format": made.format.name,
        "rate": made.file.rate,
        "duration_s": round(made.file.frames / made.file.rate, 6),
        "gain_db": round(made.gain_db, 3),
        "loudness": loudness_to_json(made.loudness),
        "notes": list(made.notes),
    }
