"""What the commands of `tapeloom train` have in common."""

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from tapeloom.core.errors import InputError, TapeloomError

Force = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]
Threads = Annotated[int | None, typer.Option(help="Of the processor [default: as torch chooses].")]


def need(*modules: str) -> None:
    """Refuse where a package of the extra `train` is missing."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise TapeloomError(
            f"training needs {' and '.join(missing)}; install the extra: "
            "pip install 'tapeloom[train]'"
        )


def reporter(*, quiet: bool) -> Callable[[str], None]:
    """Return what tells of progress, on standard error."""
    return (lambda text: None) if quiet else (lambda text: typer.echo(text, err=True))


def check_target(path: Path, ending: str, *, force: bool) -> None:
    """Refuse a file that cannot be written."""
    if path.suffix != ending:
        raise InputError(f"{path} must end in {ending}")
    if path.exists() and not force:
        raise InputError(f"{path} exists; use --force to replace it")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent} is no folder; give one that exists")


def tell(told: dict[str, Any], line: str, *, as_json: bool, quiet: bool) -> None:
    """Print what a command found, as a line or as JSON."""
    if not quiet:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1) if as_json else line)


def print_table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print rows under headings, the first column to the left."""
    columns = list(zip(headings, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    for row in (headings, *rows):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        typer.echo("  ".join(cells))
