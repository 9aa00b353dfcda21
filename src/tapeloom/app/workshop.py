"""A record's folder in the making: locked, resumed step by step, swapped in when it is whole.

The work happens in `.NAME.partial` beside the final folder. Each finished step is entered in a
journal with a fingerprint of its inputs; a step runs again only when that fingerprint has changed
or a file of it is missing. So an interrupted make continues, an edited file keeps its edit, and
what depends on it is made anew.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from tapeloom import __version__
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import read_json, sha256_of, write_json

RECORD = "record.json"
_JOURNAL = "journal.json"
_SOURCE = ".source.json"  # what the folder looked like that the work began from

Made = tuple[Iterable[Path], Any]  # the files that a step wrote, and a JSON value to remember


def partial_of(final: Path) -> Path:
    """Return the hidden folder in which a record is made."""
    return final.with_name(f".{final.name}.partial")


def final_of(folder: Path) -> Path:
    """Return the folder that a hidden one will become; any other is itself.

    >>> final_of(Path("out/.rain-7.partial")).name, final_of(Path("out/rain-7")).name
    ('rain-7', 'rain-7')
    """
    name = folder.name
    hidden = name.startswith(".") and name.endswith(".partial")
    return folder.with_name(name[1 : -len(".partial")]) if hidden else folder


class Workshop:
    """The temporary folder of one record."""

    def __init__(self, final: Path) -> None:
        self.final = final
        self.folder = partial_of(final)
        self._journal: dict[str, Any] = {}
        self._writing = Lock()  # of the journal: two steps may end at once
        self._hashes: dict[str, tuple[tuple[int, int], str]] = {}

    def step(
        self,
        name: str,
        *,
        inputs: Mapping[str, Any],
        reads: Iterable[str] = (),
        make: Callable[[], Made],
    ) -> Any:
        """Run a step unless its inputs are as they were; return its remembered JSON value.

        inputs  JSON values that the step depends on
        reads   files of the folder that it depends on, by their content
        make    does the work: writes its files whole, returns them and a JSON value
        """
        fingerprint = self._fingerprint(name, inputs, reads)
        entry = self._journal.get(name)
        if entry and entry["fingerprint"] == fingerprint and self._has_all(entry["files"]):
            return entry["value"]
        files, value = make()
        paths = list(files)
        with ThreadPoolExecutor(2) as pool:
            hashes = pool.map(self.sha256, paths)
            names = (str(path.relative_to(self.folder)) for path in paths)
            written = dict(zip(names, hashes, strict=True))
        for stale in set(entry["files"] if entry else ()) - set(written):
            (self.folder / stale).unlink(missing_ok=True)
        with self._writing:
            self._journal[name] = {"fingerprint": fingerprint, "files": written, "value": value}
            write_json(self.folder / _JOURNAL, self._journal)
        return json.loads(json.dumps(value))

    def value(self, name: str) -> Any:
        """Return what a step remembered; None of a step that has not run."""
        return self._journal.get(name, {}).get("value")

    def steps(self, prefix: str) -> list[str]:
        """List the steps whose names begin so."""
        return [name for name in self._journal if name.startswith(prefix)]

    def forget(self, name: str) -> None:
        """Remove a step, its files, and the folders that they leave empty."""
        for file in self._journal.pop(name)["files"]:
            path = self.folder / file
            path.unlink(missing_ok=True)
            with suppress(OSError):  # others' files lie there, or it is gone
                path.parent.rmdir()

    def is_edited(self, name: str, file: str) -> bool:
        """Tell whether a file that a step wrote is no longer what the step wrote."""
        known = self._journal.get(name, {}).get("files", {}).get(file)
        path = self.folder / file
        return known is not None and path.is_file() and self.sha256(path) != known

    def accept(self, name: str, *files: str) -> None:
        """Enter files of a step as they are now."""
        for file in files:
            self._journal[name]["files"][file] = self.sha256(self.folder / file)
        write_json(self.folder / _JOURNAL, self._journal)

    def sha256(self, path: Path) -> str:
        """Return a file's SHA-256, computed once as long as its size and time stand."""
        stat = path.stat()
        seen = (stat.st_size, stat.st_mtime_ns)
        known = self._hashes.get(str(path))
        if known is None or known[0] != seen:
            known = (seen, sha256_of(path))
            self._hashes[str(path)] = known
        return known[1]

    def finish(self, record: Mapping[str, Any]) -> None:
        """Write record.json with the checksum of every file, and swap the folder in."""
        checksums = {
            str(path.relative_to(self.folder)): self.sha256(path)
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.name not in (RECORD, _JOURNAL, _SOURCE)
        }
        write_json(
            self.folder / RECORD, {**record, "checksums": checksums, "stages": self._journal}
        )
        for name in (_JOURNAL, _SOURCE):
            (self.folder / name).unlink(missing_ok=True)
        _swap(self.folder, self.final)

    def _has_all(self, files: Iterable[str]) -> bool:
        return all((self.folder / file).is_file() for file in files)

    def _fingerprint(self, name: str, inputs: Mapping[str, Any], reads: Iterable[str]) -> str:
        content = {file: self.sha256(self.folder / file) for file in sorted(reads)}
        text = json.dumps([__version__, name, inputs, content], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _begin(self, base: Path | None) -> None:
        """Prepare the folder: what an interrupted make left, or a copy of the record `base`."""
        state = _state_of(base) if base else None
        left = self.folder / _SOURCE
        if base and (not left.is_file() or read_json(left) != state):
            shutil.rmtree(self.folder, ignore_errors=True)
            _copy_tree(base, self.folder)
            write_json(left, state)
            if (base / RECORD).is_file():
                write_json(self.folder / _JOURNAL, read_json(base / RECORD).get("stages", {}))
        self.folder.mkdir(parents=True, exist_ok=True)
        for stray in self.folder.rglob(".*.partial*"):
            stray.unlink()
        if (self.folder / _JOURNAL).is_file():
            self._journal = _checked(read_json(self.folder / _JOURNAL))


@contextmanager
def open_workshop(
    final: Path, *, base: Path | None = None, force: bool = False
) -> Iterator[Workshop]:
    """Open the workshop of a record's folder; work that it finds half done is continued.

    final  where the finished record goes; refused where it exists, unless it is `base` or `force`
    base   an earlier record to continue from
    """
    workshop = Workshop(final)
    _recover(final)
    if final.exists() and final != base and not force:
        raise InputError(
            f"{final} exists; use --force to replace it, --from to continue it, or another --seed"
        )
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        workshop.folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"{final.parent} cannot be written to: {error.strerror}") from error
    with _lock(workshop.folder):
        try:
            workshop._begin(base)
            yield workshop
        except OSError as error:
            reason = error.strerror or str(error)
            raise TapeloomError(f"the record cannot be written: {reason}") from error


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Hold a folder for this process, where the system can."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise TapeloomError(f"another make is at work in {folder}; wait for it to end") from error
    finally:
        os.close(descriptor)


def _checked(journal: Any) -> dict[str, Any]:
    """Return a journal whose files all lie in the record: it may come from another's record."""
    try:
        entries = {str(name): dict(entry) for name, entry in dict(journal).items()}
        named = [str(file) for entry in entries.values() for file in entry["files"]]
        named += [
            str(stem["file"])
            for entry in entries.values()
            for stem in (entry["value"] if isinstance(entry["value"], list) else ())
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"the record's list of stages is damaged: {error!r}") from error
    for file in named:
        if Path(file).is_absolute() or ".." in Path(file).parts:
            raise InputError(f"the record names the file {file!r}, which lies outside of it")
    return entries


def _old(final: Path) -> Path:
    return final.with_name(f".{final.name}.old")


def _recover(final: Path) -> None:
    """Undo a swap that was cut off between its two renames."""
    if _old(final).exists() and not final.exists():
        os.replace(_old(final), final)


def _swap(folder: Path, final: Path) -> None:
    old = _old(final)
    shutil.rmtree(old, ignore_errors=True)
    if final.exists():
        os.replace(final, old)
    os.replace(folder, final)
    shutil.rmtree(old, ignore_errors=True)


def _state_of(folder: Path) -> list[list[Any]]:
    """Return names, sizes and times of a folder's files."""
    return [
        [str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def _copy_tree(source: Path, target: Path) -> None:
    """Copy by hard links where possible: every writer here replaces files, none changes them."""

    def link(a: str, b: str) -> str:
        try:
            os.link(a, b)
        except OSError:
            shutil.copy2(a, b)
        return b

    shutil.copytree(source, target, copy_function=link)
