"""Writing files so that they are whole or not there."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tapeloom.core.errors import InputError, TapeloomError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` and rename it over `path` when the block succeeds.

    The temporary name keeps the suffix, for writers that choose a format by it.
    """
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise TapeloomError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, data: Any) -> None:
    """Write JSON with sorted keys left as given, one trailing newline."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")


def read_json(path: Path, *, max_bytes: int = 256 * 2**20) -> Any:
    """Read a JSON file of bounded size."""
    try:
        if path.stat().st_size > max_bytes:
            raise InputError(f"{path} has over {max_bytes // 2**20} MiB; that is no file of ours")
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist") from error
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path} cannot be read as JSON: {error}") from error


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_name(name: str) -> str:
    """Return a name, without its suffix, that is safe for a file anywhere.

    >>> file_name("../Piano / left"), file_name("???")
    ('Piano - left', 'part')
    """
    return re.sub(r"[^\w #+-]+", "-", name).strip(" -")[:80] or "part"
