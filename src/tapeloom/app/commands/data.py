"""`tapeloom data`: what the service keeps, a backup of it, and the way back."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.core.errors import InputError, TapeloomError

if TYPE_CHECKING:
    from rich.progress import Progress

    from tapeloom.app.jobs import JobService
    from tapeloom.app.jobs.settings import ServiceSettings

data = typer.Typer(name="data", help="Back up the service's data, put it back, look at it.",
                   no_args_is_help=True)  # fmt: skip
Folder = Annotated[
    Path | None,
    typer.Option("--data", help="The data folder [default: tapeloom-data, TAPELOOM_DATA]."),
]
MIB = 2**20


@data.command("info")
def info(folder: Folder = None, as_json: options.Json = False) -> None:
    """Say what is there: rows, jobs, files and their sizes."""
    from tapeloom.app.backup import inventory

    with _opened(folder, must_exist=True) as (service, settings):
        told = inventory(service, settings.data)
    if as_json:
        typer.echo(json.dumps(told, indent=1))
        return
    typer.echo(f"{told['database']}: {_size(told['database_bytes'])}, {told['workers']} workers")
    for state, count in sorted(told["jobs"].items()):
        typer.echo(f"jobs {state}: {count}")
    for name, count in told["rows"].items():
        typer.echo(f"{name}: {count} rows")
    for name, of_kind in sorted(told["artefacts"].items()):
        typer.echo(f"artefacts in {name}: {of_kind['files']} files, {_size(of_kind['bytes'])}")
    typer.echo(f"in the making: {_size(told['work_bytes'])}")


@data.command("export")
def export(
    file: Annotated[str, typer.Argument(help="A .tar, .tar.gz or .tar.zst; - is the output.")],
    folder: Folder = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Write all data of a service into one archive; it may be at work meanwhile."""
    from tapeloom.app.backup import export_backup
    from tapeloom.app.backup.archive import check_name, packing
    from tapeloom.core.files import replacing

    path = Path(file)
    if file == "-":
        if as_json:
            raise InputError("- is the archive itself; leave out --json or name a file")
    else:
        check_name(path)
        if path.exists() and not force:
            raise InputError(f"{path} exists; --force replaces it")
    with _opened(folder, must_exist=True) as (service, _), _progress(quiet=quiet) as (bar, task):

        def tell(files: int, done: int) -> None:
            bar.update(task, description=f"{files} files, {_size(done)}")

        if file == "-":
            taken = export_backup(service, sys.stdout.buffer, on_progress=tell)
            sys.stdout.buffer.flush()
        else:
            with replacing(path) as temporary, _private(temporary) as target:
                with packing(target, path.name) as packed:
                    taken = export_backup(service, packed, on_progress=tell)
                target.flush()
                os.fsync(target.fileno())
    told = {"rows": taken.rows, "artefacts": taken.artefacts, "bytes": taken.artefact_bytes,
            "missing": taken.missing, "altered": taken.altered}  # fmt: skip
    _tell(told, as_json=as_json, quiet=quiet,
          text=f"{sum(taken.rows.values())} rows and {taken.artefacts} files, "
               f"{_size(taken.artefact_bytes)}")  # fmt: skip
    for fault, keys in (("is not in the store", taken.missing), ("was altered", taken.altered)):
        for key in keys[:20]:
            typer.echo(f"{key} {fault}", err=True)
    if taken.missing or taken.altered:
        raise TapeloomError(
            f"the backup is written, but {len(taken.missing)} files that jobs made are not in the "
            f"store and {len(taken.altered)} were altered"
        )


@data.command("import")
def import_(
    file: Annotated[str, typer.Argument(help="An archive of `data export`; - is the input.")],
    folder: Folder = None,
    force: Annotated[
        bool, typer.Option("--force", help="Remove what is there and put the backup in its place.")
    ] = False,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="Leave the API keys of the backup out.")
    ] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Put a backup into an empty service, after all of it was checked; stop its workers first."""
    from tapeloom.app.backup import ImportOrder, import_backup
    from tapeloom.app.backup.restoring import spooled

    with _opened(folder) as (service, settings), _progress(quiet=quiet) as (bar, task):

        def tell(done: int, of_all: int) -> None:
            bar.update(task, completed=done, total=max(1, of_all), description=_size(done))

        source = spooled(sys.stdin.buffer, settings.data) if file == "-" else _open(file)
        order = ImportOrder(replaces=force, keys=not without_keys,
                            alive_within_s=max(60.0, 2 * settings.dead_after_s))  # fmt: skip
        with source:
            done = import_backup(service, source, order, on_progress=tell)
    told = {"made": done.checked.header.get("created_at"), "rows": done.checked.rows,
            "artefacts": done.checked.artefacts, "bytes": done.checked.artefact_bytes,
            "written": done.written, "kept": done.kept, "removed": done.removed,
            "waiting": done.waiting}  # fmt: skip
    _tell(told, as_json=as_json, quiet=quiet,
          text=f"{sum(done.checked.rows.values())} rows and {done.checked.artefacts} files, "
               f"{_size(done.checked.artefact_bytes)}; {done.waiting} jobs wait for a worker; "
               "`tapeloom serve --link` logs a browser in")  # fmt: skip


@contextmanager
def _opened(
    folder: Path | None, *, must_exist: bool = False
) -> Iterator[tuple["JobService", "ServiceSettings"]]:
    from tapeloom.app.jobs.settings import open_service, read_settings

    settings = read_settings(data=folder)
    if must_exist and settings.url is None and not settings.data.is_dir():
        raise InputError(f"{settings.data} is not there; name the data folder by --data")
    with closing(open_service(settings)) as service:
        yield service, settings


def _open(file: str) -> BinaryIO:
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """Open a new file that only its owner may read: briefs and hashes of keys are in it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file


@contextmanager
def _progress(*, quiet: bool) -> Iterator[tuple["Progress", Any]]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=quiet) as bar:
        yield bar, bar.add_task("reading", total=None)


def _tell(told: dict[str, Any], *, as_json: bool, quiet: bool, text: str) -> None:
    if as_json:
        typer.echo(json.dumps(told, indent=1))
    elif not quiet:
        typer.echo(text, err=True)


def _size(number: int) -> str:
    """Return bytes as people read them.

    >>> _size(3 * 2**20)
    '3.0 MiB'
    """
    return f"{number / MIB:.1f} MiB"
