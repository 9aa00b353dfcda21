"""One stream of named entries: a tar that any tar reads, of which we read only what we write.

Only plain files are known, headers are bounded, and no name of an entry is ever a path on this
machine: an archive from elsewhere can claim nothing that costs memory or reaches a folder.
"""

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from tapeloom.core.errors import InputError, TapeloomError

PIECE = 2**20  # bytes read at a time
MOST_NAME = 4096  # bytes
MOST_TIMES = 300  # what is unpacked may be so many times as large as what was packed,
FREE_BYTES = 64 * 2**20  # beyond this many bytes
_BLOCK = 512
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile, tarfile.HeaderError)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive; its pieces are read before the next entry is asked for."""

    name: str
    size_bytes: int
    pieces: Iterator[bytes]


class Writer:
    """Writes entries one after another."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, name: str, size: int, pieces: Iterable[bytes]) -> None:
        """Write an entry of exactly `size` bytes; raise TapeloomError where it has other ones."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self._file.write(info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape"))
        written = 0
        for piece in pieces:
            written += len(piece)
            self._file.write(piece)
        if written != size:
            raise TapeloomError(f"{name} has {written} bytes in place of {size}; it changed")
        self._file.write(b"\0" * (-size % _BLOCK))

    def end(self) -> None:
        """Write the mark of the end."""
        self._file.write(b"\0" * 2 * _BLOCK)


@contextmanager
def packing(file: BinaryIO, name: str) -> Iterator[BinaryIO]:
    """Yield a file that packs as the archive's name says: .tar, .tar.gz or .tgz, .tar.zst."""
    if name.endswith((".gz", ".tgz")):
        with gzip.GzipFile("", "wb", compresslevel=3, fileobj=file, mtime=0) as packed:
            yield cast(BinaryIO, packed)
    elif name.endswith(".zst"):
        with _zstd().ZstdFile(file, "wb") as packed:
            yield packed
    else:
        yield file


def check_name(path: Path) -> None:
    """Raise InputError for an archive's name whose ending says no way of packing."""
    if not path.name.endswith((".tar", ".tar.gz", ".tgz", ".tar.zst")):
        raise InputError(f"{path.name} must end in .tar, .tar.gz, .tgz or .tar.zst")
    if path.name.endswith(".zst"):
        _zstd()


def entries(file: BinaryIO) -> Iterator[Entry]:
    """Yield the entries of an archive, unpacked as it was packed; InputError for what is none."""
    begin = file.read(4)
    file.seek(0)
    source: Any = file
    if begin.startswith(_GZIP):
        source = gzip.GzipFile(fileobj=file, mode="rb")
    elif begin == _ZSTD:
        source = _zstd().ZstdFile(file, "rb")
    yield from _entries(_Bounded(source, file))


class _Bounded:
    """Reads exactly what is asked for, and not on and on from a few packed bytes."""

    def __init__(self, source: Any, packed: BinaryIO) -> None:
        self._source, self._packed, self._read = source, packed, 0

    def read(self, size: int) -> bytes:
        """Return so many bytes; InputError where there are fewer."""
        with _telling():
            found: bytes = self._source.read(size)
        self._read += len(found)
        if self._read > FREE_BYTES + MOST_TIMES * max(_BLOCK, self._packed.tell()):
            raise InputError(
                f"the archive unpacks to over {MOST_TIMES} times its size; that is none of ours"
            )
        if len(found) != size:
            raise InputError("the archive is broken or none: it ends in the middle")
        return found

    def read_end(self) -> None:
        """Read the mark of the end, behind which there is nothing."""
        with _telling():
            is_more = self.read(_BLOCK).strip(b"\0") or self._source.read(1)
        if is_more:
            raise InputError("something follows behind the end of the archive")


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise InputError(f"the archive is broken or none: {error}") from error


def _entries(source: _Bounded) -> Iterator[Entry]:
    long_name = None
    while True:
        block = source.read(_BLOCK)
        if not block.strip(b"\0"):
            source.read_end()
            return
        with _telling():
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        if info.size < 0:
            raise InputError("an entry of the archive has a size below 0")
        if info.type == tarfile.GNUTYPE_LONGNAME and long_name is None:
            if info.size > MOST_NAME:
                raise InputError(f"a name in the archive has over {MOST_NAME} bytes")
            text = source.read(info.size + -info.size % _BLOCK)[: info.size]
            long_name = text.rstrip(b"\0").decode("utf-8", "surrogateescape")
            continue
        name, long_name = long_name or info.name, None
        if info.type != tarfile.REGTYPE:
            raise InputError(f"{name[:80]!r} in the archive is no plain file")
        pieces = _pieces(source, info.size)
        yield Entry(name, info.size, pieces)
        for _ in pieces:  # what the reader left
            pass
        source.read(-info.size % _BLOCK)


def _pieces(source: _Bounded, size: int) -> Iterator[bytes]:
    left = size
    while left:
        piece = source.read(min(PIECE, left))
        left -= len(piece)
        yield piece


def _zstd() -> Any:
    try:
        from compression import zstd  # type: ignore[import-not-found]
    except ImportError as error:
        raise InputError("zstd needs Python 3.14 or later; use .tar or .tar.gz") from error
    return zstd


def lines(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    r"""Yield lines, each of at most so many bytes, without their ends.

    >>> list(lines([b"a\nb", b"c\n"], 10))
    [b'a', b'bc']
    """
    held = b""
    for piece in pieces:
        *whole, held = (held + piece).split(b"\n")
        if any(len(line) > most for line in (*whole, held)):
            raise InputError(f"a row in the archive has over {most} bytes")
        yield from whole
    if held:
        raise InputError("a row in the archive has no end")


def in_pieces(file: io.BufferedIOBase | BinaryIO) -> Iterator[bytes]:
    """Yield what is left of a file."""
    while piece := file.read(PIECE):
        yield piece
