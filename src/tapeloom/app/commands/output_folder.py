"""The folder that a command fills: never another's files, and none left empty by a failure."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tapeloom.core.errors import InputError


def check_folder(folder: Path, *, force: bool) -> None:
    """Refuse a folder that holds files, unless they may be replaced."""
    if not force and folder.is_dir() and any(folder.iterdir()):
        raise InputError(f"{folder} holds files; use --force to replace them, or another --out")


@contextmanager
def filling(folder: Path) -> Iterator[None]:
    """Make the folder for a `with` block; one that was made and stays empty goes away again."""
    existed = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be written to: {error.strerror}") from error
    try:
        yield
    except BaseException:
        if not existed and not any(folder.iterdir()):
            folder.rmdir()
        raise
