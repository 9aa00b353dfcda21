"""What a preflight asks of files: audio, pictures and videos measured by what was written."""

import io
from pathlib import Path

import numpy as np

from tapeloom.app.converting import source_bits
from tapeloom.core.audio import AudioFile
from tapeloom.core.errors import InputError
from tapeloom.core.product import Loudness
from tapeloom.release.checks import AudioFacts, PictureFacts, VideoFacts

SILENT_DBFS = -60.0


def audio_facts(file: AudioFile, loudness: Loudness, name: str) -> AudioFacts:
    """Measure what the preflight asks of an audio file."""
    head, tail = _silences_s(file)
    return AudioFacts(
        name, file.frames / file.rate, file.rate, source_bits(file), file.channels, loudness,
        head, tail, file.path.suffix.lower() in (".flac", ".wav", ".aiff"),
    )  # fmt: skip


def _silences_s(file: AudioFile) -> tuple[float, float]:
    """Return how long nothing is heard at the beginning and at the end."""
    threshold = 10.0 ** (SILENT_DBFS / 20.0)
    first, last, at = None, 0, 0
    for block in file.blocks():
        heard = np.flatnonzero(np.abs(block).max(axis=0) > threshold)
        if heard.size:
            first = at + int(heard[0]) if first is None else first
            last = at + int(heard[-1]) + 1
        at += block.shape[1]
    if first is None:
        return at / file.rate, at / file.rate
    return first / file.rate, (at - last) / file.rate


def picture_facts(path: Path) -> PictureFacts:
    """Measure a picture by its header."""
    from PIL import Image, UnidentifiedImageError

    try:
        data = path.read_bytes()
        with Image.open(io.BytesIO(data)) as image:
            return PictureFacts(path.name, image.width, image.height, image.mode,
                                image.format or "unknown", len(data))  # fmt: skip
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise InputError(f"{path} is no picture that can be read: {error}") from error


def video_facts(path: Path) -> VideoFacts:
    """Measure a video by its container."""
    import av

    with av.open(str(path)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        lengths = [
            float((stream.duration or 0) * (stream.time_base or 0)) for stream in (picture, sound)
        ]
        return VideoFacts(
            path.name, picture.width, picture.height, float(picture.average_rate or 25),
            lengths[0], lengths[1], picture.codec_context.name, sound.codec_context.name,
            _is_fast_start(path),
        )  # fmt: skip


def _is_fast_start(path: Path) -> bool:
    """Tell whether an MP4's index lies before its data."""
    with path.open("rb") as file:
        at = 0
        while head := file.read(16):
            size, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if kind in (b"moov", b"mdat"):
                return kind == b"moov"
            size = int.from_bytes(head[8:16], "big") if size == 1 else size
            if size < 8:
                return False
            at += size
            file.seek(at)
    return False
