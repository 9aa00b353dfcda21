"""Video: a loop encoded once, repeated by packet copy under the whole of the audio.

H.264 without frames that refer forwards, so that a loop can be cut after any frame, and AAC, in an
MP4 whose index comes first. A key frame comes every second, all coded alike: where a loop begins
again looks like any second of it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import replacing

Frame = NDArray[np.uint8]  # (height, width, 3), RGB
Progress = Callable[[float], None]
RATE_FPS = 24
SIZES = {"720p": 720, "1080p": 1080, "1440p": 1440}
ASPECTS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}
# Constant quality: flat colours show blocks early, so better than x264's default of 23.
_OPTIONS = {
    "crf": "18", "preset": "veryfast", "tune": "animation", "bf": "0", "sc_threshold": "0",
    "mbtree": "0",  # it would spend more on some key frames than on others
}  # fmt: skip
_THREADS = 2  # fixed: the same frames give the same bytes on any machine


@dataclass(frozen=True, slots=True)
class Loop:
    """An encoded loop, all of it in memory: some megabytes."""

    packets: tuple[tuple[bytes, bool], ...]  # and whether each is a key frame
    width: int
    height: int
    rate_fps: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.packets) / self.rate_fps


def picture_size(size: str, aspect: str) -> tuple[int, int]:
    """Return width and height in pixels: the shorter side is the size's.

    >>> picture_size("1080p", "16:9"), picture_size("720p", "9:16"), picture_size("1080p", "1:1")
    ((1920, 1080), (720, 1280), (1080, 1080))
    """
    if size not in SIZES:
        raise InputError(f"{size!r} is no size; choose one of {', '.join(SIZES)}")
    if aspect not in ASPECTS:
        raise InputError(f"{aspect!r} is no aspect; choose one of {', '.join(ASPECTS)}")
    side = SIZES[size]
    across, down = ASPECTS[aspect]
    if across >= down:
        return side * across // down, side
    return side, side * down // across


def encode_frames(
    path: Path,
    frames: Iterable[Frame],
    *,
    width: int,
    height: int,
    rate_fps: int = RATE_FPS,
    sound: Path | None = None,
    count: int | None = None,
    on_progress: Progress | None = None,
) -> int:
    """Encode frames to an MP4 and return how many there were.

    sound  an AAC file whose packets are copied beside them
    count  how many frames will come, for the progress
    """
    import av

    if width % 2 or height % 2:
        raise InputError(f"the picture is {width} x {height}; H.264 takes even numbers of pixels")
    tell = on_progress or (lambda part: None)
    options = {**_OPTIONS, "g": str(rate_fps), "keyint_min": str(rate_fps)}
    done = 0
    with replacing(path) as temporary:
        try:
            with av.open(str(temporary), "w", options={"movflags": "faststart"}) as target:
                stream: Any = target.add_stream("libx264", rate=rate_fps, options=options)
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                stream.codec_context.thread_count = _THREADS
                stream.codec_context.time_base = Fraction(1, rate_fps)
                _say_colours(stream)
                tone = _Sound(sound, target) if sound is not None else None
                for picture in frames:
                    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")
                    frame = frame.reformat(
                        format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
                    )
                    frame.pts, frame.time_base = done, Fraction(1, rate_fps)
                    target.mux(stream.encode(frame))
                    done += 1
                    if tone is not None:
                        tone.copy_until(done / rate_fps)
                    if count:
                        tell(done / count)
                target.mux(stream.encode(None))
                if tone is not None:
                    tone.copy_until(None)
        except av.FFmpegError as error:
            raise TapeloomError(f"{path} cannot be written: {error}") from error
    return done


def _say_colours(stream: Any) -> None:
    """Tell players that the colours are BT.709's, as those of high-definition video are."""
    from av.video import reformatter

    context = stream.codec_context
    context.color_range = reformatter.ColorRange.MPEG
    context.colorspace = reformatter.Colorspace.ITU709
    context.color_primaries = reformatter.ColorPrimaries.BT709
    context.color_trc = reformatter.ColorTrc.BT709


class _Sound:
    """Packets of a file's sound, copied into another as its picture goes on."""

    def __init__(self, path: Path, target: Any) -> None:
        import av

        self._source: Any = av.open(str(path))
        stream = self._source.streams.audio[0]
        if stream.codec_context.name != "aac":
            raise InputError(f"{path} holds {stream.codec_context.name}; a video takes AAC")
        self._target = target
        self._stream = target.add_stream_from_template(stream)
        self._packets: Iterator[Any] = self._source.demux(stream)
        self._next: Any = next(self._packets, None)

    def copy_until(self, end_s: float | None) -> None:
        """Copy packets that begin before a time; all that are left where it is None."""
        while self._next is not None:
            packet = self._next
            if packet.dts is None:
                self._next = next(self._packets, None)
                continue
            if end_s is not None and float(packet.dts * packet.time_base) >= end_s:
                return
            self._next = next(self._packets, None)
            packet.stream = self._stream
            self._target.mux(packet)
        self._source.close()


def read_loop(path: Path) -> Loop:
    """Read an encoded loop's packets."""
    import av

    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            packets = [
                (bytes(packet), packet.is_keyframe)
                for packet in container.demux(stream) if packet.size
            ]  # fmt: skip
            rate = stream.average_rate
            if rate is None or rate.denominator != 1:
                raise InputError(f"{path} has {rate} frames a second; a loop has a whole number")
            return Loop(tuple(packets), stream.width, stream.height, int(rate))
    except (av.FFmpegError, IndexError) as error:
        raise InputError(f"{path} is no video that can be read: {error}") from error


def sound_duration_s(path: Path) -> float:
    """Return how long a coded file sounds, by its container."""
    import av

    try:
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            return float((stream.duration or 0) * (stream.time_base or 0))
    except (av.FFmpegError, IndexError) as error:
        raise InputError(f"{path} holds no sound that can be read: {error}") from error


def repeat_loop(
    path: Path,
    loop: Path,
    sound: Path,
    *,
    duration_s: float | None = None,
    tags: dict[str, str] | None = None,
    on_progress: Progress | None = None,
) -> int:
    """Write a video of a loop again and again beside an AAC file, packets copied; return frames.

    duration_s  of the sound; what its container says if left out
    """
    import av

    tell = on_progress or (lambda part: None)
    found = read_loop(loop)
    length_s = duration_s if duration_s is not None else sound_duration_s(sound)
    frames = max(1, round(length_s * found.rate_fps))
    with replacing(path) as temporary:
        try:
            with (
                av.open(str(loop)) as source,
                av.open(str(temporary), "w", options={"movflags": "faststart"}) as target,
            ):
                target.metadata.update(tags or {})
                stream = target.add_stream_from_template(source.streams.video[0])
                tone = _Sound(sound, target)
                base = Fraction(1, found.rate_fps)
                for number in range(frames):
                    data, is_key = found.packets[number % len(found.packets)]
                    packet: Any = av.Packet(data)
                    packet.stream, packet.time_base = stream, base
                    packet.pts = packet.dts = number
                    packet.duration = 1
                    packet.is_keyframe = is_key
                    target.mux(packet)
                    tone.copy_until((number + 1) / found.rate_fps)
                    if number % 1000 == 0:
                        tell(number / frames)
                tone.copy_until(None)
        except av.FFmpegError as error:
            raise TapeloomError(f"{path} cannot be written: {error}") from error
    tell(1.0)
    return frames


def decode_loop(path: Path) -> Iterator[Frame]:
    """Yield a loop's pictures, round and round."""
    import av

    while True:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def seam(frames: Sequence[Frame]) -> tuple[float, float]:
    """Return the mean difference of the last frame and the first, and the largest of neighbours.

    0..255; a loop is seamless where the first figure is no larger than the second.
    """
    small = [frame.astype(np.int16) for frame in frames]
    steps = [float(np.abs(b - a).mean()) for a, b in pairwise(small)]
    return float(np.abs(small[0] - small[-1]).mean()), max(steps, default=0.0)
