"""All files of a job as one zip that is written while it is sent: stored, never held in memory."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import gmtime
from typing import Any

from tapeloom.app.jobs import Store

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip can tell


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive."""

    name: str  # with folders, as it shall lie there
    key: str  # in the store
    bytes: int


class _Sink:
    """A file that cannot seek: what is written to it waits until it is sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def stream_zip(store: Store, entries: Sequence[Entry], *, at_s: float) -> Iterator[bytes]:
    """Yield a zip of artefacts, as they are: audio and pictures don't get smaller.

    Sizes are known beforehand, so that an entry or an archive over 4 GiB is written as ZIP64 and
    no other is. The same files and time give the same bytes.

    at_s  the time of all entries, seconds since 1970, written in UTC
    """
    at = gmtime(at_s)
    moment = max(_EARLIEST, (at.tm_year, at.tm_mon, at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec))
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            about = zipfile.ZipInfo(entry.name, moment)
            about.file_size = entry.bytes
            about.external_attr = 0o644 << 16
            with archive.open(about, "w") as target:
                for piece in store.pieces(entry.key, 0, entry.bytes):
                    target.write(piece)
                    yield sink.taken()
    yield sink.taken()
