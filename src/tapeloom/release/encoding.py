"""Audio written in a delivery format: rate, dither, codec, and the exact length kept."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tapeloom.core.audio import BLOCK, AudioStream, AudioWriter, Samples, rebatch
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import replacing
from tapeloom.release.formats import Format
from tapeloom.release.mp4_tags import tag_mp4
from tapeloom.release.tagging import CONTAINERS, MP4, add_cover, tag_copy

AAC_DELAY = 1024  # samples that FFmpeg's encoder begins before the music
_LAYOUTS = {1: "mono", 2: "stereo"}
_QUALITY_OF_OGG = 0.2  # libsndfile's compression level: 0 is best, 1 smallest
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A stream at another level and rate."""

    source: AudioStream
    rate: int
    gain: float = 1.0

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.source.channels

    @property
    def frames(self) -> int:
        """Samples a channel."""
        from tapeloom.dsp.resample import resampled_frames

        return resampled_frames(self.source.frames, self.source.rate, self.rate)

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
        """Yield (channels, at most `size`) arrays."""
        from tapeloom.dsp.resample import resample

        found: Iterator[Samples] = self.source.blocks(size)
        if self.rate != self.source.rate:
            found = rebatch(
                resample(found, rate=self.source.rate, new_rate=self.rate, channels=self.channels),
                size,
            )
        for block in found:
            yield block if self.gain == 1.0 else (block * np.float32(self.gain))


def encode(
    path: Path,
    audio: AudioStream,
    form: Format,
    *,
    dither_seed: int | None = None,
    tags: Mapping[str, str] | None = None,
    cover: bytes | None = None,
    on_progress: Progress | None = None,
) -> None:
    """Write a stream, whose rate the format must take, in a format.

    dither_seed  where bits are lost: dither, drawn from this seed; None rounds nothing
    cover        a JPEG (see tagging.small_cover)

    Raises TapeloomError where samples of whole steps would clip.
    """
    if audio.channels not in _LAYOUTS:
        raise InputError(f"{path.name}: {audio.channels} channels cannot be written; use 1 or 2")
    if form.rates and audio.rate not in form.rates:
        rates = ", ".join(map(str, form.rates))
        raise InputError(f"{form.name} cannot be written at {audio.rate} Hz; it takes {rates}")
    tags = dict(tags or {})
    blocks = _told(audio, on_progress or (lambda part: None))
    if form.codec in ("PCM_16", "PCM_24", "FLOAT"):
        _write_pcm(path, audio, blocks, form, dither_seed, tags)
    elif form.codec == "VORBIS":
        _write_vorbis(path, audio, blocks)
    else:
        _write_coded(path, audio, blocks, form, tags, cover)
    if path.suffix.lower() in (".flac", ".ogg", ".opus"):
        tag_copy(path, tags, cover=cover)


def _told(audio: AudioStream, tell: Progress) -> Iterator[Samples]:
    done = 0
    for block in audio.blocks():
        yield block
        done += block.shape[1]
        tell(done / max(1, audio.frames))


def _write_pcm(
    path: Path, audio: AudioStream, blocks: Iterator[Samples], form: Format,
    dither_seed: int | None, tags: Mapping[str, str],
) -> None:  # fmt: skip
    quantiser = quantiser_for(form, audio, dither_seed)
    with AudioWriter(
        path, rate=audio.rate, channels=audio.channels, subtype=form.codec, tags=tags
    ) as writer:
        for block in blocks:
            writer.write(block if quantiser is None else
                         quantiser.process(block).astype(np.float32))  # fmt: skip


def quantiser_for(form: Format, audio: AudioStream, dither_seed: int | None) -> Any:
    """Return the dither of a format, shaped where the shaper was made for the rate; or None."""
    from tapeloom.dsp.dither import Quantiser

    if dither_seed is None or form.bits is None:
        return None
    shaper = "lipshitz" if form.bits == 16 and audio.rate == 44_100 else "none"
    rng = np.random.default_rng(dither_seed)
    return Quantiser(audio.channels, bits=form.bits, shaper=shaper, rng=rng)


def _write_vorbis(path: Path, audio: AudioStream, blocks: Iterator[Samples]) -> None:
    import soundfile

    with replacing(path) as temporary:
        try:
            with soundfile.SoundFile(
                temporary, "w", audio.rate, audio.channels, "VORBIS", format="OGG",
                compression_level=_QUALITY_OF_OGG,
            ) as file:  # fmt: skip
                for block in blocks:
                    file.write(block.T)
        except soundfile.LibsndfileError as error:
            raise TapeloomError(f"{path} cannot be written: {error}") from error


def _write_coded(
    path: Path, audio: AudioStream, blocks: Iterator[Samples], form: Format,
    tags: Mapping[str, str], cover: bytes | None,
) -> None:  # fmt: skip
    """Encode by FFmpeg's libraries."""
    import av

    layout, kind = _LAYOUTS[audio.channels], CONTAINERS[form.suffix]
    with replacing(path) as temporary:
        try:
            with av.open(str(temporary), "w", format=kind) as container:
                container.metadata.update(tags)
                stream: Any = container.add_stream(form.codec, rate=audio.rate)
                stream.layout = layout
                if form.bit_rate is not None:
                    stream.bit_rate = form.bit_rate
                elif not form.is_lossless:  # LAME's V0
                    stream.codec_context.qscale = True
                    stream.codec_context.global_quality = 0
                if form.codec == "alac":
                    stream.format = "s32p"
                picture = add_cover(container, cover) if cover and kind != "ogg" else None
                resampler = av.AudioResampler(format=stream.format, layout=layout, rate=stream.rate)
                at = 0
                for block in blocks:
                    frame = av.AudioFrame.from_ndarray(
                        np.ascontiguousarray(block), format="fltp", layout=layout
                    )
                    frame.rate, frame.pts = audio.rate, at
                    at += block.shape[1]
                    for resampled in resampler.resample(frame):
                        container.mux(stream.encode(resampled))
                    if picture is not None:  # after the header, which the first packet writes
                        container.mux(picture)
                        picture = None
                for resampled in resampler.resample(None):
                    container.mux(stream.encode(resampled))
                container.mux(stream.encode(None))
            if path.suffix.lower() in MP4:
                _finish_mp4(temporary, form, at, tags)
        except av.FFmpegError as error:
            raise TapeloomError(f"{path} cannot be written: {error}") from error


def _finish_mp4(path: Path, form: Format, frames: int, tags: Mapping[str, str]) -> None:
    """Add what FFmpeg's muxer leaves out: the ISRC, and the exact length as iTunes writes it."""
    free = {name.upper(): tags[name] for name in ("isrc", "upc") if name in tags}
    if form.codec == "aac":
        padding = -(AAC_DELAY + frames) % 1024
        numbers = f"00000000 {AAC_DELAY:08X} {padding:08X} {frames:016X}"
        free["iTunSMPB"] = f" {numbers}{' 00000000' * 8}"
    if free:
        tag_mp4(path, free)
