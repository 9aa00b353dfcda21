"""Files that are kept near for a while: whole, within a bound, the longest unused removed first."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tapeloom.core.files import replacing


class FileCache:
    """Files by name in a folder; safe to use from several threads.

    Several processes may share a folder: a file appears by a rename, and one that was just asked
    for is the last that another process removes.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self._most = folder, most_bytes
        self._lock = threading.Lock()
        self._makers: dict[str, threading.Lock] = {}
        self._held: dict[str, int] = {}

    @contextmanager
    def lease(self, name: str, make: Callable[[Path], None]) -> Iterator[Path]:
        """Yield a file that stays for the `with` block; where it is not there, it is made first.

        Of those who ask at once, one makes it. More than the bound is held only by what is in use.

        make  writes the file to the path that it is given
        """
        path = self._folder / name
        with self._lock:
            self._held[name] = self._held.get(name, 0) + 1
            maker = self._makers.setdefault(name, threading.Lock())
        try:
            with maker:
                if not path.is_file():
                    self._folder.mkdir(parents=True, exist_ok=True)
                    with replacing(path) as temporary:
                        make(temporary)
                    self._make_room()
                os.utime(path)
            yield path
        finally:
            with self._lock:
                self._held[name] -= 1
                if not self._held[name]:
                    del self._held[name], self._makers[name]

    def _make_room(self) -> None:
        """Remove what was unused longest until the rest is within the bound."""
        with self._lock:
            found = []
            for entry in os.scandir(self._folder):
                if entry.is_file() and not entry.name.startswith("."):
                    told = entry.stat()
                    found.append((told.st_mtime_ns, told.st_size, entry))
            held = sum(size for _, size, _ in found)
            for _, size, entry in sorted(found, key=lambda each: each[0]):
                if held <= self._most:
                    return
                if entry.name not in self._held:
                    Path(entry.path).unlink(missing_ok=True)
                    held -= size
