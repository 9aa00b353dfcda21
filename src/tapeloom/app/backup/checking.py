"""Reading a whole backup before anything of it is written: its form, its sums, each of its rows."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from croniter import croniter

from tapeloom.app.backup import names
from tapeloom.app.backup.archive import Entry, entries, lines
from tapeloom.app.backup.names import Line
from tapeloom.app.backup.tables import MOST_ROW, read_object, read_row, tables
from tapeloom.app.jobs import JobOrder
from tapeloom.app.jobs.artefacts import check_key
from tapeloom.core.errors import InputError

_MOST_SMALL = 2**16  # bytes of the header


@dataclass(slots=True)
class Checked:
    """What a backup that was found whole holds."""

    header: Mapping[str, Any]
    last_event: int = 0
    schedules: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)  # by table
    artefacts: int = 0
    artefact_bytes: int = 0


def check(file: BinaryIO, manifest: BinaryIO, *, room_bytes: int | None = None) -> Checked:
    """Read a backup from its beginning to its end; raise InputError where anything is amiss.

    manifest    a temporary file, which then holds its entries, line by line
    room_bytes  how much its artefacts may need
    """
    found: Checked | None = None
    last: tuple[str, ...] = ()
    is_over = False
    for entry in entries(file):
        if is_over:
            raise InputError("something follows behind the manifest of the backup")
        if found is None:
            if entry.name != names.HEADER:
                raise InputError("the file is no backup of Tapeloom: it begins with another entry")
            found = Checked(names.read_header(_small(entry)))
            continue
        if entry.name == names.MANIFEST:
            _compare(entry, manifest)
            is_over = True
            continue
        if (key := Line(entry.name, 0, "").key) is None:
            if last:
                raise InputError(f"{entry.name[:80]!r} stands behind the artefacts of the backup")
            line = _check_rows(entry, found)
        else:
            check_key(key)
            if not key.isprintable():
                raise InputError(f"{key[:80]!r} is no artefact's key")
            if names.order_of(key) <= last or names.is_hidden(key) or "/" not in key:
                raise InputError(f"{key[:80]!r} stands twice or at the wrong place of the backup")
            last = names.order_of(key)
            line = _digested(entry)
            found.artefacts += 1
            found.artefact_bytes += line.size_bytes
        manifest.write(line.encode())
        if room_bytes is not None and found.artefact_bytes > room_bytes:
            raise InputError(
                f"the backup needs over {room_bytes // 2**20} MiB, which is all the room there is"
            )
    if found is None or not is_over:
        raise InputError("the backup has no manifest: it was cut off")
    if missing := [one.name for one in tables() if one.name not in found.rows]:
        found.rows |= dict.fromkeys(missing, 0)  # of an earlier version, without these tables
    return found


def _check_rows(entry: Entry, found: Checked) -> Line:
    known = {f"{names.ROWS}{one.name}.jsonl": one for one in tables()}
    name = entry.name.removeprefix(names.ROWS).removesuffix(".jsonl")
    if name in found.rows or entry.name not in (*known, names.COUNTERS, names.SCHEDULES):
        raise InputError(f"{entry.name[:80]!r} is no entry of a backup, or stands there twice")
    digest, count = hashlib.sha256(), 0
    for count, row in enumerate(lines(_counted(entry.pieces, digest), MOST_ROW), 1):  # noqa: B007
        if entry.name == names.COUNTERS:
            found.last_event = _counter(row)
        elif entry.name == names.SCHEDULES:
            found.schedules.append(_schedule(row))
        else:
            read_row(known[entry.name], row)
    found.rows[name] = count
    return Line(entry.name, entry.size_bytes, digest.hexdigest(), count)


def _counter(row: bytes) -> int:
    told = read_object(row)
    value = told.get("value")
    if told.get("name") != "last_event" or not isinstance(value, int) or not 0 <= value < 2**62:
        raise InputError("the backup's counter of events cannot be read")
    return value


def _schedule(row: bytes) -> dict[str, Any]:
    told = read_object(row)
    try:
        context = told["context"]
        JobOrder(context["kind"], context["payload"], context["owner"], None, context["priority"])
        is_good = croniter.is_valid(told["cron"], second_at_beginning=True)
        is_good = is_good and isinstance(context["name"], str) and len(told) == 4
        is_good = is_good and told["name"] == f"{context['owner']}/{context['name']}"
        is_good = is_good and isinstance(told["is_paused"], bool)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError("a schedule of the backup cannot be read") from error
    if not is_good:
        raise InputError(f"the schedule {str(told['name'])[:80]!r} of the backup cannot be kept")
    return told


def _small(entry: Entry) -> bytes:
    if entry.size_bytes > _MOST_SMALL:
        raise InputError(f"{entry.name} has over {_MOST_SMALL} bytes")
    return b"".join(entry.pieces)


def _digested(entry: Entry) -> Line:
    digest = hashlib.sha256()
    for _ in _counted(entry.pieces, digest):
        pass
    return Line(entry.name, entry.size_bytes, digest.hexdigest())


def _counted(pieces: Iterator[bytes], digest: Any) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _compare(entry: Entry, manifest: BinaryIO) -> None:
    """See that the manifest says of each entry what we found."""
    size = manifest.tell()
    manifest.seek(0)
    told = lines(entry.pieces, names.MOST_LINE)
    for ours in manifest:
        if next(told, None) != ours.rstrip(b"\n"):
            name = Line.decode(ours).name
            raise InputError(f"{name[:80]!r} is not what the manifest says; the backup is damaged")
    if next(told, None) is not None:
        raise InputError("the manifest names more than the backup holds; it was cut off")
    manifest.seek(size)
