"""Audio as (channels, samples) float32, in memory or as a file, read and written in blocks."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import replacing

RATE = 44_100  # Hz, the default
BLOCK = 65_536  # samples a block
MIN_RATE, MAX_RATE = 8_000, 384_000

Samples = NDArray[np.float32]  # (channels, samples)


class AudioStream(Protocol):
    """Audio of known length that comes in blocks; `blocks()` may be called again and again."""

    @property
    def rate(self) -> int:
        """Samples a second."""

    @property
    def channels(self) -> int:
        """Number of channels."""

    @property
    def frames(self) -> int:
        """Samples a channel."""

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
        """Yield arrays of (channels, at most `size`), in order, float32."""


@dataclass(frozen=True, eq=False)
class Audio:
    """Audio in memory.

    >>> audio = Audio(np.zeros((2, 44100), np.float32), 44100)
    >>> audio.channels, audio.frames, audio.duration_s
    (2, 44100, 1.0)
    >>> Audio(np.zeros(5, np.float32), 44100)
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: audio has the shape (5,); it must be (channels, samples)
    """

    samples: Samples
    rate: int = RATE

    def __post_init__(self) -> None:
        if self.samples.ndim != 2:
            raise InputError(
                f"audio has the shape {self.samples.shape}; it must be (channels, samples)"
            )
        if not MIN_RATE <= self.rate <= MAX_RATE:
            raise InputError(f"rate is {self.rate}; it must lie between {MIN_RATE} and {MAX_RATE}")
        object.__setattr__(self, "samples", np.ascontiguousarray(self.samples, np.float32))

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.samples.shape[0])

    @property
    def frames(self) -> int:
        """Samples a channel."""
        return int(self.samples.shape[1])

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.rate

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
        """Yield views of at most `size` samples."""
        for start in range(0, self.frames, size):
            yield self.samples[:, start : start + size]


@dataclass(frozen=True, slots=True)
class AudioFile:
    """An audio file that is read in blocks: WAV, FLAC, AIFF, Ogg by soundfile, the rest by PyAV."""

    path: Path
    rate: int
    channels: int
    frames: int  # exact for what soundfile reads, from the container's duration otherwise
    codec: str = "soundfile"  # or "av"

    @classmethod
    def open(cls, path: Path) -> "AudioFile":
        """Look at a file's header; InputError where it is no audio that can be read."""
        import soundfile

        if not path.is_file():
            raise InputError(f"{path} does not exist")
        try:
            info = soundfile.info(str(path))
            file = cls(path, info.samplerate, info.channels, info.frames)
        except soundfile.LibsndfileError:
            file = _open_with_av(path)
        if not MIN_RATE <= file.rate <= MAX_RATE or not 1 <= file.channels <= 64:
            raise InputError(
                f"{path} has {file.channels} channels at {file.rate} Hz; "
                f"1 to 64 channels at {MIN_RATE} to {MAX_RATE} Hz can be read"
            )
        return file

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
        """Yield (channels, at most `size`) arrays."""
        if self.codec == "av":
            yield from rebatch(_av_blocks(self.path, self.channels), size)
            return
        import soundfile

        try:
            with soundfile.SoundFile(str(self.path)) as file:
                while len(block := file.read(size, dtype="float32", always_2d=True)):
                    yield np.ascontiguousarray(block.T)
        except soundfile.LibsndfileError as error:
            raise InputError(f"{self.path} is damaged: {error}") from error

    def read(self) -> Audio:
        """Read the whole file into memory."""
        parts = list(self.blocks())
        empty = np.zeros((self.channels, 0), np.float32)
        return Audio(np.concatenate(parts, axis=1) if parts else empty, self.rate)


def _open_with_av(path: Path) -> AudioFile:
    import av

    try:
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            duration_s = float(container.duration or 0) / 1e6
            return AudioFile(
                path, stream.rate, stream.channels, round(duration_s * stream.rate), "av"
            )
    except (av.FFmpegError, IndexError, OSError, ValueError) as error:
        raise InputError(f"{path} is no audio file that can be read") from error


def _av_blocks(path: Path, channels: int) -> Iterator[Samples]:
    import av

    try:
        with av.open(str(path)) as container:
            for frame in container.decode(audio=0):
                array: NDArray[Any] = frame.to_ndarray()
                if np.issubdtype(array.dtype, np.integer):
                    scale = float(np.iinfo(array.dtype).max) + 1.0
                    array = (array / scale).astype(np.float32)
                if not frame.format.is_planar:
                    array = array.reshape(-1, channels).T
                yield np.ascontiguousarray(array, np.float32)
    except av.FFmpegError as error:
        raise InputError(f"{path} is damaged: {error}") from error


def rebatch(blocks: Iterable[Samples], size: int) -> Iterator[Samples]:
    """Cut blocks of any lengths into blocks of `size` (the last may be shorter)."""
    pending: list[Samples] = []
    held = 0
    for block in blocks:
        pending.append(block)
        held += block.shape[1]
        if held >= size:
            joined = np.concatenate(pending, axis=1)
            whole = held - held % size
            for start in range(0, whole, size):
                yield joined[:, start : start + size]
            pending, held = [joined[:, whole:]], held - whole
    if held:
        yield np.concatenate(pending, axis=1)


_SOUNDFILE_TAGS = ("title", "artist", "album", "date", "genre", "comment", "license", "copyright")
_EXTENSIONS = {".wav": "WAV", ".flac": "FLAC"}


class AudioWriter:
    """Write WAV or FLAC in blocks under a temporary name; renamed at the end of the `with` block.

    Values beyond full scale in an integer format are a fault of the caller and raise.
    """

    def __init__(
        self,
        path: Path,
        *,
        rate: int = RATE,
        channels: int = 2,
        subtype: str = "PCM_24",
        tags: Mapping[str, str] | None = None,
    ) -> None:
        if path.suffix.lower() not in _EXTENSIONS:
            raise InputError(f"{path.name} cannot be written in blocks; use .wav or .flac")
        self.path, self.rate, self.channels = path, rate, channels
        self.frames = 0
        self._subtype = subtype
        self._tags = dict(tags or {})
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        import soundfile

        kind = _EXTENSIONS[self.path.suffix.lower()]
        # Level 3 of FLAC (0.375) is twice as fast as the default and 1 % larger.
        level = {"compression_level": 0.375} if kind == "FLAC" else {}
        with ExitStack() as stack:
            self._temporary = stack.enter_context(replacing(self.path))
            self._temporary.touch()  # tells what is wrong with the folder; libsndfile doesn't
            with self._told_why():
                self._file = soundfile.SoundFile(
                    self._temporary, "w", self.rate, self.channels, self._subtype, format=kind,
                    **level,
                )  # fmt: skip
            self._stack = stack.pop_all()
        for name in _SOUNDFILE_TAGS:
            if name in self._tags:
                setattr(self._file, name, self._tags[name])
        return self

    def write(self, block: Samples) -> None:
        """Append one (channels, samples) block."""
        peak = max(float(block.max()), -float(block.min())) if block.size else 0.0
        if self._subtype.startswith("PCM") and not peak <= 1.0:
            raise TapeloomError(
                f"{self.path.name} would clip: its peak is {peak:.3f} of full scale"
            )
        self.frames += block.shape[1]
        with self._told_why():
            self._file.write(block.T)

    @contextmanager
    def _told_why(self) -> Iterator[None]:
        """Raise the system's reason for what soundfile or libsndfile only call a failure."""
        import soundfile

        try:
            yield
        except (AssertionError, soundfile.LibsndfileError) as error:
            with self._temporary.open("ab", buffering=0) as file:
                file.write(bytes(2**20))  # fails as the library's own write did
            raise TapeloomError(f"{self.path} cannot be written: {error}") from error

    def _check_end(self) -> None:
        """Read the last sample: libsndfile's FLAC encoder drops the errors of its last frames."""
        import soundfile

        with self._told_why(), soundfile.SoundFile(self._temporary) as file:
            file.seek(max(self.frames - 1, 0))
            assert len(file.read(2)) == min(self.frames, 1)  # noqa: S101 - as soundfile does

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            if error is not None:
                with suppress(Exception):  # what went wrong first is what counts
                    self._file.close()
                raise error
            with self._told_why():
                self._file.close()
            self._check_end()


def write_audio(
    path: Path,
    audio: AudioStream,
    *,
    subtype: str = "PCM_24",
    tags: Mapping[str, str] | None = None,
) -> AudioFile:
    """Write a WAV or FLAC file from any stream and return it as a stream."""
    with AudioWriter(
        path, rate=audio.rate, channels=audio.channels, subtype=subtype, tags=tags
    ) as writer:
        for block in audio.blocks():
            writer.write(block)
    return AudioFile.open(path)


MP3_BIT_RATE = 320_000
_CODECS = {".mp3": "libmp3lame", ".m4a": "aac", ".opus": "libopus"}


def encode_audio(
    path: Path,
    audio: AudioStream,
    *,
    bit_rate: int = MP3_BIT_RATE,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Encode to MP3, AAC (.m4a) or Opus by FFmpeg's libraries, with tags, in blocks."""
    import av

    codec = _CODECS.get(path.suffix.lower())
    if codec is None:
        raise InputError(f"{path.name} cannot be encoded; use one of {', '.join(_CODECS)}")
    layout = {1: "mono", 2: "stereo"}.get(audio.channels)
    if layout is None:
        raise InputError(f"{path.name}: {audio.channels} channels cannot be encoded; use 1 or 2")
    # At 320 kbit/s LAME's search for noise shaping, its bit reservoir and its middle and side
    # channels gain nothing that can be measured, and take half of the time.
    fast = {"compression_level": "7", "reservoir": "0", "joint_stereo": "0"}
    options = fast if codec == "libmp3lame" and bit_rate == MP3_BIT_RATE else {}
    with replacing(path) as temporary:
        try:
            with av.open(str(temporary), "w") as container:
                container.metadata.update(tags or {})
                stream: Any = container.add_stream(codec, rate=audio.rate, options=options)
                stream.bit_rate = bit_rate
                stream.layout = layout
                resampler = av.AudioResampler(format=stream.format, layout=layout, rate=stream.rate)
                at = 0
                for block in audio.blocks():
                    frame = av.AudioFrame.from_ndarray(
                        np.ascontiguousarray(block), format="fltp", layout=layout
                    )
                    frame.rate, frame.pts = audio.rate, at
                    at += block.shape[1]
                    for resampled in resampler.resample(frame):
                        container.mux(stream.encode(resampled))
                for resampled in resampler.resample(None):
                    container.mux(stream.encode(resampled))
                container.mux(stream.encode(None))
        except av.FFmpegError as error:
            raise TapeloomError(f"{path} cannot be written: {error}") from error
