"""`tapeloom mix`: stems of your own or of a record, mixed by role or by a mix that was saved."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.app.commands.output_folder import check_folder, filling
from tapeloom.core.errors import InputError


def mix(
    stems: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER|STEM...",
            help="A folder of WAV, FLAC or AIFF stems, the stems themselves, or a record's folder.",
        ),
    ],
    settings: Annotated[
        Path | None,
        typer.Option(
            metavar="MIX.json", help="A mix that was saved; drawn up by role if left out."
        ),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(metavar="MIX.json", help="Save the mix here as well, to edit and use again."),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Tell the reason of every decision; with --settings, what differs from the "
            "automatic mix.",
        ),
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(help="Of noises that a mix may hold; a record's own, or 0."),
    ] = None,
    jobs: Annotated[int, typer.Option(help="Strips worked out at once.")] = 2,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The folder for the mix; NAME-mix if left out."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Mix stems: every strip to stems/, their sum to premix.flac, and mix.flac after the bus."""
    from tapeloom.app import kernels
    from tapeloom.app.mixing import mix_stems
    from tapeloom.core.seed import MAX_SEED

    if seed is not None and not 0 <= seed <= MAX_SEED:
        raise InputError(f"seed is {seed}; it must lie between 0 and {MAX_SEED}")
    if jobs < 1:
        raise InputError(f"--jobs is {jobs}; it must be 1 or more")
    for path in stems:
        if not path.exists():
            raise InputError(f"{path} does not exist")
    folder = out or Path(f"{stems[0].resolve().stem if len(stems) == 1 else 'stems'}-mix")
    check_folder(folder, force=force)
    if not quiet and not kernels.is_compiled():
        typer.echo("first use: compiling the inner loops takes some seconds", err=True)
    with filling(folder), _bar(quiet=quiet) as on_progress:
        done = mix_stems(
            stems,
            folder,
            settings=settings,
            save=save,
            explain=explain,
            seed=seed,
            jobs=jobs,
            on_progress=on_progress,
        )
    if quiet:
        return
    if as_json:
        typer.echo(json.dumps(done, ensure_ascii=False, indent=1))
        return
    if explain:
        for line in done.get("reasons", done.get("differences", [])):
            typer.echo(line)
    loudness, peak = done["loudness"]["integrated_lufs"], done["loudness"]["true_peak_dbtp"]
    told = "silent" if loudness is None else f"{loudness:.1f} LUFS, {peak:.1f} dBTP"
    typer.echo(f"{done['mix']}: {len(done['stems'])} stems, {told}")


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Callable[[float], None]]:
    """Show how far the mix has come, where somebody looks."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(
        console=Console(stderr=True), transient=True, disable=quiet or not sys.stderr.isatty()
    ) as progress:
        task = progress.add_task("mixing", total=1.0)
        yield lambda done: progress.update(task, completed=done)
