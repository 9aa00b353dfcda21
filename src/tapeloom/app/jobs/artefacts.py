"""Where the files of jobs lie: a folder, or any store that fsspec knows, such as S3."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec

from tapeloom.app.jobs.models import Unavailable
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import file_name

PIECE = 2**20  # bytes read at a time
_AHEAD = 4 * PIECE  # bytes that a far store is asked for at once
_PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class Artefact:
    """One file of the store."""

    key: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Store:
    """Files by key, such as jobs/ID/master.flac. A file is there whole or not at all."""

    system: Any  # fsspec's file system
    root: str

    @staticmethod
    def open(address: str) -> "Store":
        """Open a folder, or an address such as s3://bucket/folder (needs s3fs)."""
        # Others write there, too: what a folder held a while ago says nothing.
        try:
            system, root = fsspec.core.url_to_fs(address, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise InputError(f"artefacts cannot be kept at {address!r}: {error}") from error
        store = Store(system, root.rstrip("/"))
        if store.is_local:
            try:
                Path(root).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(f"{root} cannot be written to: {error.strerror}") from error
        return store

    @property
    def is_local(self) -> bool:
        """Whether it is a folder on this machine."""
        return "file" in self.system.protocol

    def put(self, path: Path, key: str) -> Artefact:
        """Store a file under a key, in place of what was there."""
        target, size = self._at(key), path.stat().st_size
        with self.asking(key, "written"):
            if self.is_local:
                _put_local(path, Path(target))
            else:  # an object appears when its last byte has come
                self.system.put_file(str(path), target)
        return Artefact(key, size)

    def get(self, key: str, path: Path) -> None:
        """Copy an artefact to a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_PARTIAL}")
        try:
            with self.asking(key):
                self.system.get_file(self._at(key), str(temporary))
            os.replace(temporary, path)
        except OSError as error:
            raise TapeloomError(f"{path.name} cannot be written: {error.strerror}") from error
        finally:
            temporary.unlink(missing_ok=True)

    def open_file(self, key: str) -> BinaryIO:
        """Open an artefact for reading; it can seek."""
        with self.asking(key):
            return cast(BinaryIO, self.system.open(self._at(key), "rb", block_size=_AHEAD))

    def path_of(self, key: str) -> Path | None:
        """Return where an artefact lies on this machine; None where the store is elsewhere."""
        return Path(self._at(key)) if self.is_local else None

    def pieces(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` up to but without `stop`, a piece at a time."""
        left = (self.size(key) if stop is None else stop) - start
        if not self.is_local and left <= PIECE:  # no more is asked for than was
            with self.asking(key):
                piece = self.system.cat_file(self._at(key), start=start, end=start + left)
            yield piece
            return
        with self.open_file(key) as file:
            file.seek(start)
            while left > 0:
                with self.asking(key):
                    piece = file.read(min(PIECE, left))
                if not piece:
                    return
                left -= len(piece)
                yield piece

    def size(self, key: str) -> int:
        """Return how many bytes an artefact has."""
        with self.asking(key):
            return int(self.system.size(self._at(key)))

    def exists(self, key: str) -> bool:
        """Tell whether an artefact is there."""
        path = self._at(key)
        with self.asking(key):  # fsspec's own isfile takes a store that is away for an empty one
            try:
                return bool(self.system.info(path)["type"] == "file")
            except (FileNotFoundError, NotADirectoryError):
                return False

    def list(self, prefix: str) -> tuple[Artefact, ...]:
        """Return the artefacts below a prefix such as jobs/ID, by name."""
        with self.asking(prefix):
            try:
                found = self.system.find(self._at(prefix), detail=True)
            except FileNotFoundError:
                return ()
        at = len(self.root) + 1
        return tuple(Artefact(name[at:], int(about["size"]))
                     for name, about in sorted(found.items()))  # fmt: skip

    def walk(self) -> Iterator[Artefact]:
        """Yield all artefacts, folder by folder in the order of their names.

        Nothing but one folder's list is held at a time.
        """
        yield from self._below(self.root)

    def _below(self, folder: str) -> Iterator[Artefact]:
        with self.asking(folder):
            try:
                found = self.system.ls(folder, detail=True)
            except FileNotFoundError:  # removed since it was listed
                return
        for about in sorted(found, key=lambda one: str(one["name"])):
            name = str(about["name"]).rstrip("/")
            if about["type"] == "directory":
                yield from self._below(name)
            elif about["type"] == "file" and name != folder:
                yield Artefact(name[len(self.root) + 1 :], int(about["size"]))

    def delete(self, prefix: str) -> None:
        """Remove an artefact, or all below a prefix; nothing there is no error."""
        path = self._at(prefix)
        if self.is_local:
            shutil.rmtree(path, ignore_errors=True)
            Path(path).unlink(missing_ok=True)
            return
        with self.asking(prefix, "removed"), suppress(FileNotFoundError):
            self.system.rm(path, recursive=True)

    def upload(self, owner: str, name: str, file: BinaryIO, *, max_bytes: int) -> str:
        """Keep a file that an owner sends; return its key.

        Raises InputError for more than `max_bytes`, of which nothing is kept.
        """
        stem, suffix = os.path.splitext(os.path.basename(name.replace("\\", "/")))
        safe = file_name(stem) + (f".{file_name(suffix[1:])}" if suffix[1:] else "")
        key = f"uploads/{_folder_of(owner)}/{secrets.token_hex(8)}/{safe}"
        path = self._at(key)
        temporary = f"{path}{_PARTIAL}" if self.is_local else path
        if self.is_local:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        try:
            with self.asking(key, "written"), self.system.open(temporary, "wb") as target:
                size = 0
                while piece := file.read(PIECE):
                    size += len(piece)
                    if size > max_bytes:
                        raise InputError(f"the file has over {max_bytes} bytes; send a smaller one")
                    target.write(piece)
            if self.is_local:
                os.replace(temporary, path)
        except BaseException:
            with suppress(Unavailable):  # what failed before is the one to tell
                self.delete(key.rpartition("/")[0])
            raise
        return key

    def is_upload_of(self, owner: str, key: str) -> bool:
        """Tell whether a key is that of a file that this owner sent."""
        return key.startswith(f"uploads/{_folder_of(owner)}/")

    def check(self) -> None:
        """Raise TapeloomError where nothing can be written."""
        if self.is_local and not os.access(self.root, os.W_OK):
            raise TapeloomError(f"the folder of artefacts {self.root} cannot be written to")
        try:
            self.system.exists(self.root)
        except Exception as error:  # each store has errors of its own
            raise TapeloomError(f"the store of artefacts does not answer: {error}") from error

    @contextmanager
    def asking(self, key: str, what: str = "read") -> Iterator[None]:
        """Tell what a store says in our words; each kind of store has errors of its own."""
        try:
            yield
        except FileNotFoundError as error:
            raise InputError(f"there is no artefact {key!r}") from error
        except TapeloomError:
            raise
        except Exception as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            line = reason.strip().splitlines()[0][:200]
            raise Unavailable(f"the artefact {key} cannot be {what}: {line}") from error

    def _at(self, key: str) -> str:
        check_key(key)
        return f"{self.root}/{key}"


def check_key(key: str) -> None:
    """Raise InputError for a key that could lead out of the store."""
    parts = key.split("/")
    if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
        raise InputError(f"{key[:200]!r} is no artefact's key")


def _folder_of(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()


def _put_local(path: Path, target: Path) -> None:
    """Put a file by a link where the file system can, else by a copy, and a rename."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}{_PARTIAL}")
    try:
        try:
            os.link(path, temporary)
        except OSError:
            shutil.copyfile(path, temporary)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
