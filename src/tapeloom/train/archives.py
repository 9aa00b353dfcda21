"""Data sets as archives: checked by their sums, unpacked once and safely.

A folder of data holds each set unpacked (`pop909/`) or packed (`pop909.tar.xz`), with SHA256SUMS
beside the archives.
"""

import hashlib
import lzma
import shutil
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from tapeloom.core.errors import InputError
from tapeloom.core.files import sha256_of
from tapeloom.train.corpus.song import SOURCES

ENDING = ".tar.xz"
SUMS = "SHA256SUMS"
MAX_BYTES = 2**30  # of one archive unpacked
MAX_FILES = 100_000
COMPANIONS = {"pop909": ("pop909cl",)}  # what a set cannot be read without
BLOCK = 2**20
Report = Callable[[str], None]


def unpacked(
    folder: Path, cache: Path, *, sources: tuple[str, ...] = (), report: Report = lambda text: None
) -> Path:
    """Return a folder that holds data sets unpacked: the given one, or one in the cache.

    folder   holds data sets, each as a folder (which is taken before) or an archive
    cache    receives what is unpacked; a set is unpacked again only if its archive has changed
    sources  which sets are wanted; () is every one that is there
    """
    names = _names(sources or tuple(SOURCES))
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; give one that holds data sets")
    packed = {
        name: folder / f"{name}{ENDING}" for name in names
        if not (folder / name).is_dir() and (folder / f"{name}{ENDING}").is_file()
    }  # fmt: skip
    if not packed:
        return folder
    sums = checked(packed.values(), folder / SUMS)
    place = cache / f"data-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
    place.mkdir(parents=True, exist_ok=True)
    for name in names:
        there, target, mark = folder / name, place / name, place / f"{name}.sha256"
        told = sums[packed[name]] if name in packed else str(there.resolve())
        if target.exists() and mark.is_file() and mark.read_text("utf-8") == told:
            continue
        _remove(target)
        if name in packed:
            report(f"unpacking {packed[name].name}")
            unpack(packed[name], target)
        elif there.is_dir():
            target.symlink_to(there.resolve(), target_is_directory=True)
        else:
            continue
        mark.write_text(told, "utf-8")
    return place


def _names(sources: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in sources if name not in SOURCES]
    if unknown:
        raise InputError(f"{unknown[0]!r} is no data set; choose among {', '.join(SOURCES)}")
    found = [each for name in sources for each in (name, *COMPANIONS.get(name, ()))]
    return tuple(dict.fromkeys(found))


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    shutil.rmtree(path, ignore_errors=True)


def checked(paths: Iterable[Path], sums: Path) -> dict[Path, str]:
    """Return the SHA-256 of files; raise where a list of sums names one and tells another."""
    known = read_sums(sums) if sums.is_file() else {}
    found: dict[Path, str] = {}
    for path in paths:
        found[path] = sha256_of(path)
        if known.get(path.name, found[path]) != found[path]:
            raise InputError(f"{path} is not what {sums.name} says; fetch it again")
    return found


def read_sums(path: Path) -> dict[str, str]:
    """Read what `sha256sum` wrote: name -> sum in hexadecimal."""
    try:
        pairs = [line.split(maxsplit=1) for line in path.read_text("utf-8").splitlines() if line]
        return {name.lstrip("*"): told.lower() for told, name in pairs}
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is no list of sums that can be read: {error}") from error


def unpack(
    archive: Path, target: Path, *, max_bytes: int = MAX_BYTES, max_files: int = MAX_FILES
) -> None:
    """Unpack a .tar.xz of plain files into a folder that is not there yet: whole, or not at all.

    Refused are links, devices, names that lead outside, and more bytes or files than the bounds.
    """
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        with lzma.open(archive) as packed:
            _extract(_Bounded(packed, max_bytes), partial, max_files)
        partial.rename(target)
    except (OSError, ValueError, EOFError, tarfile.TarError, lzma.LZMAError) as error:
        raise InputError(f"{archive} cannot be unpacked: {error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


class _Bounded:
    """A stream that ends in an error rather than after too many bytes."""

    def __init__(self, stream: IO[bytes], room: int) -> None:
        self._stream, self._room, self._most = stream, room, room

    def read(self, size: int) -> bytes:
        data = self._stream.read(min(size, BLOCK))
        self._room -= len(data)
        if self._room < 0:
            raise InputError(f"it holds over {self._most} bytes; that is no data set of ours")
        return data


def _extract(stream: _Bounded, target: Path, max_files: int) -> None:
    with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]
        for number, member in enumerate(archive):
            if number >= max_files:
                raise InputError(f"it holds over {max_files} files; that is no data set of ours")
            name = Path(member.name)
            if name.is_absolute() or ".." in name.parts:
                raise InputError(f"it names {member.name}, which is outside its folder")
            if not (member.isfile() or member.isdir()):
                raise InputError(f"it holds {member.name}, which is neither file nor folder")
            if member.isdir():
                (target / name).mkdir(parents=True, exist_ok=True)
                continue
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            content = archive.extractfile(member)
            if content is not None:
                with (target / name).open("wb") as file:
                    shutil.copyfileobj(content, file, BLOCK)
