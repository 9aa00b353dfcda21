"""`tapeloom loudness`: how loud files are, by the standards, alone and as an album."""

import csv
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.app.commands.analyze import standard_input
from tapeloom.core.errors import InputError, TapeloomError

if TYPE_CHECKING:
    from tapeloom.app.loudness import Measured

_COLUMNS = {
    "integrated_lufs": "LUFS", "range_lu": "LRA", "true_peak_dbtp": "dBTP",
    "max_momentary_lufs": "max M", "max_short_term_lufs": "max S", "sample_peak_dbfs": "dBFS",
    "plr_db": "PLR", "crest_db": "crest", "correlation": "corr.", "clips": "clips",
    "overs": "overs",
}  # fmt: skip

_FIGURES_WIDTH = 98  # of all columns but the first


def loudness(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Audio files, and folders of them; - reads stdin."),
    ],
    album: Annotated[
        bool, typer.Option("--album", help="Also measure all files as one programme.")
    ] = False,
    tag: Annotated[
        bool,
        typer.Option("--tag", help="Write ReplayGain 2.0 tags (-18 LUFS) into the files."),
    ] = False,
    as_json: options.Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table as CSV.")] = False,
    jobs: Annotated[int, typer.Option(help="Files measured at once.")] = 2,
    quiet: options.Quiet = False,
) -> None:
    """Measure loudness, range, true peak and more (ITU-R BS.1770-5, EBU R 128)."""
    from tapeloom.app import kernels
    from tapeloom.app.loudness import Failed, find_audio, measure_files
    from tapeloom.app.replaygain import check_taggable

    if jobs < 1:
        raise InputError(f"--jobs is {jobs}; it must be 1 or more")
    if as_json and as_csv:
        raise InputError("--json and --csv are given; choose one of them")
    with ExitStack() as cleanup:
        named = [Path(name) for name in files if name != "-"]
        if tag and len(named) < len(files):
            raise InputError("standard input cannot be tagged; name a file")
        paths = find_audio(named)
        names = [str(path) for path in paths]
        if len(named) < len(files):
            paths.append(standard_input(cleanup))
            names.append("-")
        if tag:
            for path in paths:
                check_taggable(path)
        if not quiet and not kernels.is_compiled():
            typer.echo("first use: compiling the inner loops takes some seconds", err=True)
        with _progress(len(paths), quiet=quiet) as tell:
            results = measure_files(paths, jobs=jobs, names=names, on_done=tell)
        measured = [each for each in results if not isinstance(each, Failed)]
        failed = [each for each in results if isinstance(each, Failed)]
        errors = [each.error for each in failed]
        if measured:
            told = _tell(measured, album=album, as_json=as_json, as_csv=as_csv)
            if not quiet:
                typer.echo(told, nl=False)
            if tag:
                errors += _tag(measured, album=album)
    if len(results) == 1 and errors:
        raise errors[0]
    if errors:
        what = "tagged" if not failed else "measured"
        listed = "; ".join(str(error) for error in errors)
        kind = InputError if len(errors) == len(results) else TapeloomError
        raise kind(f"{len(errors)} of {len(results)} files were not {what}: {listed}")


def _tell(measured: "Sequence[Measured]", *, album: bool, as_json: bool, as_csv: bool) -> str:
    from tapeloom.app.loudness import album_figures, figures

    rows = [figures(each) for each in measured]
    together = album_figures(measured) if album else None
    if as_json:
        alone = rows[0] if len(rows) == 1 else rows
        shown = {"files": rows, "album": together} if together is not None else alone
        return json.dumps(shown, ensure_ascii=False, indent=1) + "\n"
    rows = [_with_silence(row) for row in rows]
    if together is not None:
        rows.append(dict.fromkeys(rows[0]) | _with_silence(together) | {"file": "album"})
    return _csv(rows) if as_csv else _table(rows)


def _with_silence(row: Mapping[str, Any]) -> dict[str, Any]:
    """Show the levels that silence doesn't have as -inf."""
    levels = ("_lufs", "_dbtp", "_dbfs")
    return {name: "-inf" if value is None and name.endswith(levels) else value
            for name, value in row.items()}  # fmt: skip


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    names = [name for name in rows[0] if not name.endswith("_at_s")]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    names = _short([row["file"] for row in rows])
    table = Table(box=box.SIMPLE, header_style="bold")
    table.add_column("file", overflow="fold")
    for heading in _COLUMNS.values():
        table.add_column(heading, justify="right", no_wrap=True)
    for row, name in zip(rows, names, strict=True):
        table.add_row(Text(name), *(_cell(row[column]) for column in _COLUMNS))
    text = io.StringIO()
    width = _FIGURES_WIDTH + min(60, max(len(name) for name in names))
    Console(file=text, width=width, highlight=False).print(table)
    return "".join(line.rstrip() + "\n" for line in text.getvalue().splitlines())


def _short(names: Sequence[str]) -> list[str]:
    """Leave out the folder that all files share."""
    files = [name for name in names if os.path.dirname(name)]
    if len(files) < 2 or len(files) < len(names) - 1:
        return list(names)
    shared = os.path.commonpath([os.path.dirname(os.path.abspath(name)) for name in files])
    return [os.path.relpath(name, shared) if name in files else name for name in names]


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{round(value, 1) + 0.0:.1f}" if isinstance(value, float) else str(value)


def _tag(measured: "Sequence[Measured]", *, album: bool) -> list[TapeloomError]:
    """Write the tags, and return what went wrong."""
    from tapeloom.app.loudness import album_loudness
    from tapeloom.app.replaygain import tag_file

    together = album_loudness(measured) if album else None
    errors = []
    for each in measured:
        try:
            tag_file(each.path, each.reading.loudness, together)
        except TapeloomError as error:
            errors.append(error)
    return errors


@contextmanager
def _progress(count: int, *, quiet: bool) -> "Iterator[Callable[[int], None]]":
    """Show how many of several files are done, on the standard error of a terminal."""
    if quiet or count < 2 or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("measuring", total=count)
        yield lambda done: progress.update(task, completed=done)
