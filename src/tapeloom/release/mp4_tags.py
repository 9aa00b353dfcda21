"""Free-form iTunes tags in MP4 files: only the file's description is read and written."""

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from tapeloom.core.errors import InputError

MAX_DESCRIPTION = 64 * 2**20  # bytes of the atom `moov`
_HANDLER = bytes(8) + b"mdirappl" + bytes(9)  # of a `meta` atom with iTunes tags


def tag_mp4(path: Path, tags: Mapping[str, str]) -> None:
    """Set free-form tags in place.

    The atom `moov` goes to the end, and its old place becomes free space: no offset changes. A
    file that must not be lost is tagged as a copy.
    """
    with path.open("r+b") as file:
        at, size = _find_moov(file, path)
        file.seek(at + 8)
        moov = _edited(file.read(size - 8), (b"udta", b"meta", b"ilst"), tags)
        end = file.seek(0, 2)
        if at + size == end:
            file.truncate(at)
        else:
            file.seek(at + 4)
            file.write(b"free")
        file.seek(0, 2)
        file.write(_atom(b"moov", moov))


def _find_moov(file: BinaryIO, path: Path) -> tuple[int, int]:
    """Return where the description begins and its size."""
    end = file.seek(0, 2)
    at = 0
    found = []
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        elif size == 0:
            size = end - at
        if size < 8 or at + size > end:
            break
        if head[4:8] == b"moov":
            found.append((at, size))
        at += size
    if len(found) != 1 or found[0][1] > MAX_DESCRIPTION:
        raise InputError(f"{path} has no atom 'moov'; it is no MP4 file that can be tagged")
    return found[0]


def _edited(body: bytes, path: tuple[bytes, ...], tags: Mapping[str, str]) -> bytes:
    """Return the body of an atom with the tags in the list that `path` leads to."""
    if not path:
        names = {name.lower().encode() for name in tags}
        kept = [body[at:end] for kind, at, end in _atoms(body)
                if not (kind == b"----" and _name_of(body[at + 8 : end]) in names)]  # fmt: skip
        return b"".join(kept) + b"".join(_free_form(*item) for item in tags.items())
    name, rest = path[0], path[1:]
    skip = 4 if name == b"meta" else 0  # its version and flags
    out, is_there = b"", False
    for kind, at, end in _atoms(body):
        if kind == name and not is_there:
            is_there = True
            inner = body[at + 8 : end]
            out += _atom(name, inner[:skip] + _edited(inner[skip:], rest, tags))
        else:
            out += body[at:end]
    if not is_there:
        start = bytes(4) + _atom(b"hdlr", _HANDLER) if name == b"meta" else b""
        out += _atom(name, start + _edited(b"", rest, tags))
    return out


def _atoms(data: bytes) -> list[tuple[bytes, int, int]]:
    """Return (kind, begin, end) of the atoms that lie one after another."""
    atoms, at = [], 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8 or at + size > len(data):
            break
        atoms.append((data[at + 4 : at + 8], at, at + size))
        at += size
    return atoms


def _atom(kind: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def _free_form(name: str, text: str) -> bytes:
    return _atom(
        b"----",
        _atom(b"mean", bytes(4) + b"com.apple.iTunes")
        + _atom(b"name", bytes(4) + name.encode())
        + _atom(b"data", (1).to_bytes(4, "big") + bytes(4) + text.encode()),
    )


def _name_of(body: bytes) -> bytes:
    names = [body[at + 12 : end] for kind, at, end in _atoms(body) if kind == b"name"]
    return names[0].lower() if names else b""
