"""An archive from elsewhere that means harm is refused before anything of it is written."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tapeloom.app.backup import archive as archives
from tapeloom.app.backup.archive import Writer, entries, packing
from tapeloom.app.jobs import JobService
from tapeloom.core.errors import InputError

from .conftest import brought, exported, fill, members

Members = list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    service = JobService.open(tmp_path_factory.mktemp("good"))
    fill(service)
    found = exported(service)
    service.close()
    return found


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobService]:
    """A service that stays empty, however often it is tried."""
    with closing(JobService.open(tmp_path_factory.mktemp("empty"))) as opened:
        yield opened


def packed(found: Members, *, manifest: bool = True) -> bytes:
    """Write entries with a manifest that is true of them."""
    import hashlib

    file = io.BytesIO()
    writer = Writer(file)
    lines = b""
    for name, content in found:
        writer.add(name, len(content), [content])
        told: dict[str, object] = {
            "name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()
        }  # fmt: skip
        if name.startswith("rows/"):
            told["rows"] = content.count(b"\n")
        if name != "tapeloom.json":
            lines += json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    if manifest:
        writer.add("manifest.jsonl", len(lines), [lines])
    writer.end()
    return file.getvalue()


def changed(good: bytes, change: Callable[[Members], object]) -> bytes:
    found = list(members(good).items())[:-1]
    change(found)
    return packed(found)


def row(table: str, **values: object) -> Callable[[Members], None]:
    """Change the first row of a table."""

    def change(found: Members) -> None:
        name = f"rows/{table}.jsonl"
        at = [one for one, _ in found].index(name)
        first, *rest = found[at][1].splitlines(keepends=True)
        first = json.dumps({**json.loads(first), **values}).encode() + b"\n"
        found[at] = (name, first + b"".join(rest))

    return change


def artefact(name: str) -> Callable[[Members], None]:
    return lambda found: found.append((f"artefacts/{name}", b"x"))


def header(**values: object) -> Callable[[Members], None]:
    def change(found: Members) -> None:
        told = {**json.loads(found[0][1]), **values}
        found[0] = ("tapeloom.json", json.dumps(told).encode())

    return change


def test_the_entries_alone_make_a_good_backup(good: bytes, tmp_path: Path) -> None:
    with closing(JobService.open(tmp_path)) as service:
        brought(service, changed(good, lambda _: None))


CASES: list[tuple[str, Callable[[Members], object], str]] = [
    ("up", artefact("../../../etc/cron.d/x"), "no artefact's key"),
    ("root", artefact("/etc/passwd"), "no artefact's key"),
    ("dot", artefact("uploads/./x"), "no artefact's key"),
    ("back", artefact("uploads\\..\\x"), "no artefact's key"),
    ("line", artefact("uploads/a\nb"), "no artefact's key"),
    ("hidden", artefact("uploads/.x"), "wrong place"),
    ("top", artefact("zzz"), "wrong place"),
    ("twice", lambda found: found.append(found[-1]), "twice"),
    ("order", artefact("aaa/b"), "wrong place"),
    ("late rows", lambda found: found.append(("rows/tapeloom_keys.jsonl", b"")), "behind"),
    ("other rows", lambda found: found.insert(1, ("rows/sqlite_master.jsonl", b"")), "no entry"),
    ("other file", lambda found: found.insert(1, ("evil.sh", b"")), "no entry"),
    ("no header", lambda found: found.pop(0), "begins with another"),
    ("later", header(format=2), "format 2"),
    ("no format", header(format=None), "says nothing"),
    ("column", row("tapeloom_jobs", evil=1), "no column 'evil'"),
    ("id", row("tapeloom_jobs", id="../../../../tmp/x"), "no job's id"),
    ("parent", row("tapeloom_jobs", parent="../x"), "no job's id"),
    ("kind", row("tapeloom_jobs", kind="shell"), "no kind"),
    ("queue", row("tapeloom_jobs", queue="render"), "queue of another"),
    ("payload", row("tapeloom_jobs", payload=[1]), "no payload"),
    ("files", row("tapeloom_jobs", result={"files": [{"key": "uploads/x", "sha256": ""}]}),
     "not its own"),
    ("result", row("tapeloom_jobs", result=["x"]), "cannot be read"),
    ("null", row("tapeloom_jobs", owner=None), "owner cannot be"),
    ("type", row("tapeloom_jobs", priority="1; DROP TABLE"), "priority cannot be"),
    ("bool", row("tapeloom_jobs", priority=True), "priority cannot be"),
    ("large", row("tapeloom_jobs", attempt=2**70), "attempt cannot be"),
    ("nul", row("tapeloom_jobs", owner="a\0b"), "owner cannot be"),
    ("half", row("tapeloom_jobs", owner="\ud800"), "owner cannot be"),
    ("long", row("tapeloom_keys", id="123456789"), "id cannot be"),
    ("upload", row("tapeloom_uploads", artefact="jobs/x/y"), "no upload's key"),
    ("cron", row("+schedules", cron="at noon"), "cannot be kept"),
    ("whose", row("+schedules", name="bob/morning"), "cannot be kept"),
    ("context", row("+schedules", context="gASVKAAAAAAAAACMBXBvc2l4"), "cannot be read"),
    ("counter", row("+counters", value=-1), "counter"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])  # fmt: skip
def test_a_forged_backup_is_refused_and_harms_nothing(
    good: bytes, empty: JobService, tmp_path: Path, change: Callable[[Members], object],
    sentence: str,
) -> None:  # fmt: skip
    folder = Path(empty.store.root).parent
    before = sorted(folder.rglob("*"))
    with pytest.raises(InputError, match=sentence):
        brought(empty, changed(good, change))
    assert list(empty.store.walk()) == []
    assert empty.list(None).jobs == ()
    assert sorted(folder.rglob("*")) == before
    assert not list(tmp_path.iterdir())


def test_a_damaged_backup_is_refused_at_each_place(good: bytes, empty: JobService) -> None:
    for at in range(0, len(good), len(good) // 23):
        for harmed in (good[:at], good[:at] + bytes([good[at] ^ 0x20]) + good[at + 1 :]):
            if harmed.rstrip(b"\0") == good.rstrip(b"\0"):
                continue
            try:
                brought(empty, harmed)
            except InputError:
                continue
            # Owner, group and the like of a header are read by nobody.
            assert members(harmed) == members(good)
            raise AssertionError(at)
    assert empty.list(None).jobs == ()


def test_sums_and_the_end_are_looked_at(good: bytes, empty: JobService) -> None:
    found = list(members(good).items())
    without = [one for one in found if one[0] != "manifest.jsonl"]
    for archive, sentence in (
        (packed(without, manifest=False), "no manifest"),
        (packed([*without[:-1]], manifest=False), "no manifest"),
        (good + b"more", "behind the end"),
        (packed([*found, ("artefacts/z/z", b"")], manifest=False), "behind the manifest"),
        (packed([*without[:-1], found[-1]], manifest=False), "more than the backup"),
        (packed([*without[:-1], (without[-1][0], b"0"), found[-1]], manifest=False), "damaged"),
        (b"", "broken or none"),
        (b"PK\x03\x04 a zip", "broken or none"),
        (b"\x1f\x8b no gzip", "broken or none"),
    ):
        with pytest.raises(InputError, match=sentence):
            brought(empty, archive)


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE,
     tarfile.XHDTYPE, tarfile.GNUTYPE_SPARSE, tarfile.GNUTYPE_LONGLINK, tarfile.CONTTYPE],
)  # fmt: skip
def test_links_devices_and_odd_entries_are_no_files(kind: bytes) -> None:
    info = tarfile.TarInfo("artefacts/a/b")
    info.type, info.linkname = kind, "/etc/passwd"
    with pytest.raises(InputError, match="no plain file"):
        list(entries(io.BytesIO(info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024)))


def test_a_header_cannot_ask_for_memory() -> None:
    for size, sentence in ((2**40, "over 4096"), (-1, "below 0"), (-(2**40), "below 0")):
        info = tarfile.TarInfo("x")
        info.type, info.size = tarfile.GNUTYPE_LONGNAME, max(0, size)
        block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
        if size < 0:
            block[124:136] = b"\xff" + (size + 2**88).to_bytes(11, "big")
            total = sum(block) - sum(block[148:156]) + 8 * 32
            block[148:156] = b"%06o\0 " % total
        with pytest.raises(InputError, match=sentence):
            list(entries(io.BytesIO(bytes(block) + b"\0" * 1024)))


def test_a_bomb_is_put_out(monkeypatch: pytest.MonkeyPatch, empty: JobService) -> None:
    """A real one would be of gigabytes; the bound is made small instead."""
    monkeypatch.setattr(archives, "FREE_BYTES", 2**20)
    monkeypatch.setattr(archives, "MOST_TIMES", 30)
    file = io.BytesIO()
    with packing(file, "bomb.tar.gz") as target:
        writer = Writer(target)
        zeros = bytes(2**20)
        writer.add("tapeloom.json", 13, [b'{"format": 1}'])
        writer.add("artefacts/a/b", 64 * 2**20, (zeros for _ in range(64)))
    assert len(file.getvalue()) < 2**19
    with pytest.raises(InputError, match="30 times its size"):
        brought(empty, file.getvalue())
    with pytest.raises(InputError, match="a row in the archive has over"):
        brought(empty, packed([("tapeloom.json", b'{"format": 1}'),
                               ("rows/tapeloom_jobs.jsonl", b" " * (9 * 2**20))]))  # fmt: skip


def test_a_backup_larger_than_the_disk_is_refused(
    good: bytes, empty: JobService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tapeloom.app.backup import restoring

    monkeypatch.setattr(restoring, "_room", lambda _: 1000)
    with pytest.raises(InputError, match="all the room"):
        brought(empty, good)


def test_gzip_gives_the_same_entries(good: bytes) -> None:
    squeezed = gzip.compress(good)
    told = [(one.name, b"".join(one.pieces)) for one in entries(io.BytesIO(squeezed))]
    assert dict(told) == members(good)
