"""What is heard and seen of records: cuts, outlines and loudness curves of files, small covers.

A file of a distant store is fetched whole, once, and kept near within a bound. What takes long is
worked out by a process of its own and kept beside it. Threads wait for both; the event loop never
does.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import anyio
import anyio.from_thread
import anyio.to_thread

from tapeloom.app import listening
from tapeloom.app.api.file_cache import FileCache
from tapeloom.app.api.limits import Limits
from tapeloom.app.api.problems import Problem, not_found
from tapeloom.app.api.quick import QuickWork
from tapeloom.app.api.records import Records, files_of
from tapeloom.app.jobs import Store
from tapeloom.core.audio import AudioFile
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json

SUFFIXES = (".flac", ".wav")  # whose samples can be counted
_VIEWS_BYTES = 128 * 2**20
_CUTS_AT_ONCE, _VIEWS_AT_ONCE = 4, 8
_MOST_SCORE = 32 * 2**20  # bytes of a score.json

Told = TypeVar("Told")
Found = Mapping[str, Any]  # a file of a record: key, bytes, sha256


class Sounds:
    """The sound of the records of one service."""

    def __init__(
        self, records: Records, store: Store, quick: QuickWork, limits: Limits, folder: Path
    ) -> None:
        self._records, self._store, self._quick = records, store, quick
        self._files = FileCache(folder / "files", limits.cached_bytes)
        self._views = FileCache(folder / "views", _VIEWS_BYTES)
        self._cutting = anyio.CapacityLimiter(_CUTS_AT_ONCE)
        self._viewing = anyio.CapacityLimiter(_VIEWS_AT_ONCE)

    async def find(
        self, record: str, name: str, owner: str | None, *others: str
    ) -> tuple[Found, list[Found | None]]:
        """Return a file of a record, and other ones where they are there.

        Problem 404 where the record or the file is not there, or somebody else's.
        """
        job = await self._in_thread(lambda: self._records.job(record, owner))
        files = files_of(job)
        if name not in files:
            raise not_found("file", name)
        return files[name], [files.get(other) for other in others]

    async def span(self, found: Found, start_s: float, seconds: float) -> listening.Span:
        """Return the samples that were asked for; Problem 416 where there are none."""

        def look() -> listening.Span | None:
            with self._near(found) as path:
                return listening.span_of(path, start_s, seconds)

        span = await self._in_thread(look)
        if span is None:
            raise Problem(416, f"the file ends before {start_s:g} s")
        return span

    async def cut(self, found: Found, span: listening.Span) -> bytes:
        """Return a span as FLAC of 16 bit."""

        def work() -> bytes:
            with self._near(found) as path:
                return listening.cut_flac(path, span)

        return await anyio.to_thread.run_sync(work, limiter=self._cutting)

    async def peaks(self, found: Found, points: int) -> bytes:
        """Return a file's outline as so many points, as JSON."""

        def work() -> bytes:
            with self._near(found) as path:
                file = AudioFile.open(path)
                name = f"{found['sha256']}-outline.npy"
                make = self._by_worker(listening.write_outline, path)
                with self._views.lease(name, make) as outline:
                    told = listening.peaks_of(
                        outline, points, rate=file.rate, frames=file.frames, channels=file.channels
                    )
                    return json.dumps(told).encode()

        return await self._in_thread(work)

    async def loudness(self, found: Found, known: Found | None) -> bytes:
        """Return a file's loudness with its curves, as JSON.

        known  the file with figures of it that were measured before
        """

        def work() -> bytes:
            figures = None
            if known is not None:
                with self._near(known) as path:
                    figures = read_json(path, max_bytes=2**20)
            with self._near(found) as path:
                make = self._by_worker(listening.write_curves, path, figures)
                kind = "master" if figures is not None else "loudness"
                with self._views.lease(f"{found['sha256']}-{kind}.json", make) as curves:
                    return curves.read_bytes()

        return await self._in_thread(work)

    async def score(self, found: Found) -> bytes:
        """Return a record's score with its bars as JSON."""
        from tapeloom.app import score_tasks

        if found["bytes"] > _MOST_SCORE:
            raise InputError(
                f"the score has {found['bytes']} bytes; at most {_MOST_SCORE} can be shown"
            )

        def work() -> bytes:
            with self._near(found) as path:
                make = self._by_worker(score_tasks.write_sheet, path)
                with self._views.lease(f"{found['sha256']}-sheet.json", make) as sheet:
                    return sheet.read_bytes()

        return await self._in_thread(work)

    async def cover(self, found: Found, width: int) -> bytes:
        """Return a picture as a JPEG that is `width` pixels wide and high."""
        from tapeloom.app.picturing import write_small

        def work() -> bytes:
            with self._near(found) as path:
                make = self._by_worker(write_small, path, width)
                with self._views.lease(f"{found['sha256']}-{width}.jpg", make) as small:
                    return small.read_bytes()

        return await self._in_thread(work)

    async def _in_thread(self, work: Callable[[], Told]) -> Told:
        return await anyio.to_thread.run_sync(work, limiter=self._viewing)

    def _by_worker(
        self, task: Callable[..., None], source: Path, *more: Any
    ) -> Callable[[Path], None]:
        """Return what lets a quick worker write a file; it is called in a thread."""

        async def run(target: str) -> None:
            await self._quick.run(_on_paths, task, str(source), target, *more)

        return lambda target: anyio.from_thread.run(run, str(target))

    @contextmanager
    def _near(self, found: Found) -> Iterator[Path]:
        """Yield an artefact as a file on this machine."""
        key = str(found["key"])
        path = self._store.path_of(key)
        if path is not None:
            if not path.is_file():
                raise not_found("file", PurePosixPath(key).name)
            yield path
            return
        name = f"{found['sha256']}{PurePosixPath(key).suffix.lower()}"
        with self._files.lease(name, lambda target: self._store.get(key, target)) as near:
            yield near


def _on_paths(task: Callable[..., None], source: str, target: str, *more: Any) -> None:
    task(Path(source), Path(target), *more)
