"""Tags and a cover in audio files; the sound itself is copied as it is."""

import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import replacing
from tapeloom.release.mp4_tags import tag_mp4

CONTAINERS = {
    ".flac": "flac", ".mp3": "mp3", ".opus": "ogg", ".ogg": "ogg", ".oga": "ogg",
    ".m4a": "mp4", ".mp4": "mp4",
}  # fmt: skip
MP4 = (".m4a", ".mp4")
# FFmpeg writes these into MP4 files by itself; others go into free-form tags.
_OF_MP4 = frozenset(
    "title artist album album_artist composer date genre track disc comment copyright".split()
)
COVER_SIDE = 1400  # pixels of a cover inside a file: more is weight without use


def small_cover(data: bytes, *, side: int = COVER_SIDE) -> bytes:
    """Return a picture as a JPEG of at most `side` pixels, for embedding."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > 40_000_000:
                raise InputError(
                    f"the cover has {image.width} x {image.height} pixels; at most 40 million"
                )
            picture = image.convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise InputError("the cover is no picture that can be read; give a PNG or JPEG") from error
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, subsampling=0)
    return out.getvalue()


def tag_copy(path: Path, tags: Mapping[str, str], *, cover: bytes | None = None) -> None:
    """Put a copy of a file, with tags and a JPEG cover, in its place; its packets stay.

    Tags that it has by other names stay too; a cover that it has is replaced by a new one.
    """
    import av

    kind = CONTAINERS.get(path.suffix.lower())
    if kind is None:
        raise InputError(f"{path} cannot hold tags; {', '.join(CONTAINERS)} can")
    picture = _picture_tag(cover) if cover and kind == "ogg" else {}
    free = {name: text for name, text in tags.items() if kind == "mp4" and name not in _OF_MP4}
    plain = {name: text for name, text in tags.items() if name not in free} | picture
    try:
        with (
            replacing(path) as temporary,
            av.open(str(path)) as source,
        ):
            with av.open(str(temporary), "w", format=kind) as target:
                _copy(source, target, plain, cover if kind != "ogg" else None, kind)
            if free:
                tag_mp4(temporary, free)
    except (av.FFmpegError, ValueError) as error:
        raise TapeloomError(f"{path} cannot be tagged: {error}") from error


def _copy(
    source: Any, target: Any, tags: Mapping[str, str], cover: bytes | None, kind: str
) -> None:
    streams: dict[int, Any] = {}
    for stream in source.streams:
        if cover is not None and stream.type == "video":
            continue
        copied = target.add_stream_from_template(stream)
        # Ogg has its tags in the stream, the others in the container.
        copied.metadata.update(with_tags(stream.metadata, tags if kind in ("ogg", "opus") else {}))
        copied.disposition = stream.disposition
        streams[stream.index] = copied
    attached = add_cover(target, cover) if cover is not None else None
    target.metadata.update(with_tags(source.metadata, tags))
    if attached is not None:
        target.mux(attached)
    for packet in source.demux():
        if packet.dts is not None and packet.stream.index in streams:
            packet.stream = streams[packet.stream.index]
            target.mux(packet)


def add_cover(target: Any, cover: bytes) -> Any:
    """Add a stream for a JPEG cover to an open container; return the packet to mux first."""
    import av

    pictures: Any = av.open(io.BytesIO(cover), format="jpeg_pipe")
    with pictures as source:
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.disposition = av.stream.Disposition.attached_pic
        packet = next(packet for packet in source.demux() if packet.size)
        packet.stream, packet.pts, packet.dts = stream, 0, 0
        return packet


def _picture_tag(cover: bytes) -> dict[str, str]:
    """Return a cover as Ogg files hold it: FLAC's picture block in a comment (RFC 9639, 8.8)."""
    from PIL import Image

    with Image.open(io.BytesIO(cover)) as image:
        width, height = image.size
    mime = b"image/jpeg"
    numbers = (3, len(mime)), (width, height, 24, 0, len(cover))
    block = b"".join(n.to_bytes(4, "big") for n in numbers[0]) + mime
    block += bytes(4) + b"".join(n.to_bytes(4, "big") for n in numbers[1]) + cover
    return {"METADATA_BLOCK_PICTURE": base64.b64encode(block).decode()}


def with_tags(before: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags with others of theirs, whatever the case of their names, replaced.

    >>> with_tags({"Title": "Old", "Genre": "Lo-Fi"}, {"title": "New"})
    {'Genre': 'Lo-Fi', 'title': 'New'}
    """
    names = {name.upper() for name in tags}
    return {name: text for name, text in before.items() if name.upper() not in names} | dict(tags)
