"""The names of an archive's entries, and the order in which they come."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tapeloom.core.errors import InputError

FORMAT = 1  # of the archive; count up where an older program cannot read a newer one
HEADER, MANIFEST = "tapeloom.json", "manifest.jsonl"
ROWS, ARTEFACTS = "rows/", "artefacts/"
COUNTERS, SCHEDULES = "rows/+counters.jsonl", "rows/+schedules.jsonl"
MOST_LINE = 2**16  # bytes of a line of the manifest


def order_of(key: str) -> tuple[str, ...]:
    """Return what keys are sorted by: folder by folder.

    >>> sorted(["a-b/x", "a/x"], key=order_of)
    ['a/x', 'a-b/x']
    """
    return tuple(key.split("/"))


@dataclass(frozen=True, slots=True)
class Line:
    """What the manifest says of an entry."""

    name: str
    size_bytes: int
    sha256: str
    rows: int | None = None

    def encode(self) -> bytes:
        """Return the line as it is written."""
        told: dict[str, Any] = {"name": self.name, "bytes": self.size_bytes, "sha256": self.sha256}
        if self.rows is not None:
            told["rows"] = self.rows
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    @staticmethod
    def decode(text: bytes) -> "Line":
        """Read a line that we wrote."""
        told = json.loads(text)
        return Line(told["name"], told["bytes"], told["sha256"], told.get("rows"))

    @property
    def key(self) -> str | None:
        """The artefact's key, None of what is no artefact."""
        is_artefact = self.name.startswith(ARTEFACTS)
        return self.name.removeprefix(ARTEFACTS) if is_artefact else None


def is_hidden(key: str) -> bool:
    """Tell whether a file of the store is one that is still being written.

    >>> is_hidden("jobs/a/.x.1f.partial"), is_hidden("uploads/a/x.mid.partial"), is_hidden("a/b")
    (True, True, False)
    """
    return key.endswith(".partial") or any(part.startswith(".") for part in key.split("/"))


def read_header(text: bytes) -> dict[str, Any]:
    """Return what an archive says of itself; InputError where it is none of ours."""
    try:
        told = json.loads(text)
        made_by = int(told["format"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            "the file is no backup of Tapeloom: its first entry says nothing"
        ) from error
    if made_by != FORMAT:
        raise InputError(
            f"the backup has the format {made_by} and this program reads {FORMAT}; "
            "use the version that it names: " + str(told.get("tapeloom", "unknown"))[:20]
        )
    return dict(told)


class Ascending:
    """Looks up names that are asked for in ascending order in names that come so, too."""

    def __init__(self, names: Iterator[tuple[tuple[str, ...], Any]]) -> None:
        self._names = names
        self._next = next(names, None)

    def find(self, name: tuple[str, ...]) -> Any:
        """Return what belongs to a name, None where there is none."""
        while self._next is not None and self._next[0] < name:
            self._next = next(self._names, None)
        if self._next is not None and self._next[0] == name:
            return self._next[1]
        return None
