"""Audio that is put aside between two passes: in memory while it is short, else in a file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np

from tapeloom.core.audio import BLOCK, Audio, AudioStream, Samples
from tapeloom.core.errors import TapeloomError
from tapeloom.studio.chain import rebatch

IN_MEMORY = 2**22  # samples of all channels: 16 MiB


@dataclass(frozen=True, slots=True)
class _SpooledFile:
    """Raw float32 in blocks of (channels, BLOCK), the last one shorter."""

    path: Path
    rate: int
    channels: int
    frames: int

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
        """Yield (channels, at most `size`) arrays."""
        yield from rebatch(self._stored(), size)

    def _stored(self) -> Iterator[Samples]:
        with self.path.open("rb") as file:
            for start in range(0, self.frames, BLOCK):
                frames = min(BLOCK, self.frames - start)
                flat = np.fromfile(file, np.float32, frames * self.channels)
                yield flat.reshape(self.channels, frames)


@contextmanager
def spooled(
    blocks: Iterable[Samples], *, rate: int, channels: int, folder: Path | None
) -> Iterator[AudioStream]:
    """Yield what the blocks hold as a stream; its file goes away at the end of the `with` block.

    folder  where the file of long audio is put; None: everything stays in memory
    """
    held: list[Samples] = []
    cut = rebatch(blocks, BLOCK)
    frames = 0
    for block in cut:
        held.append(block.copy())
        frames += block.shape[1]
        if folder is not None and frames * channels > IN_MEMORY:
            break
    else:
        empty = np.zeros((channels, 0), np.float32)
        yield Audio(np.concatenate((empty, *held), axis=1), rate)
        return
    try:
        with NamedTemporaryFile(dir=folder, prefix=".spool-", suffix=".partial") as file:
            for block in held:
                file.write(np.ascontiguousarray(block, np.float32).tobytes())
            held.clear()
            for block in cut:
                file.write(np.ascontiguousarray(block, np.float32).tobytes())
                frames += block.shape[1]
            file.flush()
            yield _SpooledFile(Path(file.name), rate, channels, frames)
    except OSError as error:
        raise TapeloomError(f"{folder} cannot be written to: {error.strerror}") from error
