"""`tapeloom master`: a mix, or several, to masters that measure what is asked."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.app.commands.analyze import standard_input
from tapeloom.core.errors import InputError

if TYPE_CHECKING:
    from tapeloom.app.mastering import Mastered, MasterOrder

FORMATS = ("flac", "wav")


def master(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="WAV, FLAC, MP3, ... or - for stdin; several files."),
    ] = None,
    preset: Annotated[
        str, typer.Option(help="Where it is headed; --presets lists them with their reasons.")
    ] = "streaming",
    presets: Annotated[bool, typer.Option("--presets", help="List the presets and end.")] = False,
    reference: Annotated[
        list[Path] | None,
        typer.Option(help="A track to come near in level, tone, dynamics, width; repeatable."),
    ] = None,
    assistant: Annotated[
        bool,
        typer.Option("--assistant", help="Search the settings, towards references or the preset."),
    ] = False,
    loudness: Annotated[
        float | None, typer.Option(help="LUFS, in place of the preset's, such as -14.")
    ] = None,
    ceiling: Annotated[
        float | None, typer.Option(help="True peak in dBTP, in place of the preset's, such as -1.")
    ] = None,
    width: Annotated[
        float | None, typer.Option(help="Of the stereo image: 0 mono, 1 as it is, up to 2.")
    ] = None,
    bits: Annotated[int | None, typer.Option(help="16 (with dither) or 24.")] = None,
    coding: Annotated[
        str | None,
        typer.Option(help="Write a copy as mp3, aac or opus, too, under the ceiling once decoded."),
    ] = None,
    album: Annotated[
        bool,
        typer.Option("--album", help="The files are an album: one target for all, and one file."),
    ] = False,
    gap: Annotated[float, typer.Option(help="Seconds between the tracks of an album.")] = 2.0,
    fade_in: Annotated[float, typer.Option(help="Seconds.")] = 0.0,
    fade_out: Annotated[float, typer.Option(help="Seconds, a tenth of the file at most.")] = 0.0,
    report: Annotated[
        bool,
        typer.Option("--report", help="A folder with a page, plots, before and after to compare."),
    ] = False,
    form: Annotated[str, typer.Option("--format", help="flac or wav.")] = "flac",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="A file, or a folder for several; FILE-master.flac if left out."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the dither and of the assistant's search.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Master audio: tone, density, loudness and true peak, to a preset or a reference."""
    if presets:
        _list_presets(as_json)
        return
    if not files:
        raise InputError("no file is given; name the mixes that shall be mastered")
    from tapeloom.app.mastering import CODECS, MasterOrder

    if coding is not None and coding not in CODECS:
        raise InputError(f"--coding is {coding!r}; choose one of {', '.join(CODECS)}")
    if form not in FORMATS:
        raise InputError(f"--format is {form!r}; choose one of {', '.join(FORMATS)}")
    for name, seconds in (("--gap", gap), ("--fade-in", fade_in), ("--fade-out", fade_out)):
        if not 0.0 <= seconds <= 600.0:
            raise InputError(f"{name} is {seconds:g}; it must lie between 0 and 600 seconds")
    changes = options.given(target_lufs=loudness, ceiling_dbtp=ceiling, width=width, bits=bits)
    order = MasterOrder(preset, changes, tuple(reference or ()), assistant, coding, fade_in,
                        fade_out, seed)  # fmt: skip
    order.settings()  # what cannot be is told before anything is read
    with ExitStack() as cleanup:
        sources = [standard_input(cleanup) if name == "-" else Path(name) for name in files]
        targets = _targets(files, out, form, album=album)
        outputs = _outputs(targets, coding, album=album, report=report)
        _check_free(outputs, [*sources, *order.references], force=force)
        done = _run(sources, targets, order, album=album, gap_s=gap, report=report, quiet=quiet)
    if quiet:
        return
    told = [mastered.figures() for mastered in done]
    if as_json:
        typer.echo(json.dumps(told[0] if len(told) == 1 else told, ensure_ascii=False, indent=1))
        return
    for figures in told:
        _show(figures)


def _list_presets(as_json: bool) -> None:
    from tapeloom.studio.presets import PRESETS

    if as_json:
        table = {
            name: {"lufs": found.centre_lufs, "tolerance_lu": found.tolerance_lu,
                   "dbtp": found.settings.ceiling_dbtp, "reason": found.reason}
            for name, found in PRESETS.items()
        }  # fmt: skip
        typer.echo(json.dumps(table, indent=1))
        return
    for name, found in PRESETS.items():
        head = f"{name}: {found.centre_lufs:g} LUFS, {found.settings.ceiling_dbtp:g} dBTP"
        typer.echo(f"{head}\n  {found.reason}")


def _targets(files: list[str], out: Path | None, form: str, *, album: bool) -> list[Path]:
    names = ["standard-input" if name == "-" else Path(name).stem for name in files]
    if album:
        names = [f"{number:02d} {name}" for number, name in enumerate(names, 1)]
    is_folder = out is not None and (album or len(files) > 1 or out.is_dir() or not out.suffix)
    if out is not None and not is_folder:
        if out.suffix.lower() not in (".flac", ".wav"):
            raise InputError(f"{out.name} cannot be written; use .flac or .wav")
        return [out]
    if out is not None or album:
        folder = out or Path("album")
        targets = [folder / f"{name}.{form}" for name in names]
    else:
        targets = [Path(f"{name}-master.{form}") for name in names]
    if len(set(targets)) < len(targets):
        raise InputError("two of the files have one name; master them into different folders")
    return targets


def _outputs(targets: list[Path], coding: str | None, *, album: bool, report: bool) -> list[Path]:
    """Return everything that will be written, folders of reports included."""
    from tapeloom.app.mastering import CODECS, report_folder

    outputs = list(targets)
    if coding is not None:
        outputs += [target.with_suffix(CODECS[coding]) for target in targets]
    if album:
        outputs += [
            targets[0].with_name(f"album{suffix}") for suffix in (targets[0].suffix, ".cue")
        ]
    if report:
        outputs += [report_folder(target) for target in targets]
    return outputs


def _check_free(outputs: list[Path], sources: list[Path], *, force: bool) -> None:
    """Refuse what would replace a file unasked, or a file that is read, whatever was asked."""
    read = {source.resolve() for source in sources}
    for output in outputs:
        if output.resolve() in read:
            raise InputError(
                f"{output} is what is to be mastered or its reference; choose another --out"
            )
        if output.exists() and not force:
            raise InputError(f"{output} exists; use --force to replace it, or another --out")
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{output.parent} cannot be written to: {error.strerror}") from error


def _run(
    sources: list[Path], targets: list[Path], order: "MasterOrder", *, album: bool, gap_s: float,
    report: bool, quiet: bool,
) -> "list[Mastered]":  # fmt: skip
    from rich.console import Console
    from rich.progress import Progress

    from tapeloom.app import kernels
    from tapeloom.app.album import master_album, master_each
    from tapeloom.app.master_report import write_report

    if not quiet and not kernels.is_compiled():
        typer.echo("first use: compiling the inner loops takes some seconds", err=True)
    with Progress(console=Console(stderr=True, quiet=quiet), transient=True) as progress:
        task = progress.add_task("mastering", total=1.0)

        def tell(part: float) -> None:
            progress.update(task, completed=part)

        if album:
            done = master_album(sources, targets, order, gap_s=gap_s, on_progress=tell)
        else:
            done = master_each(sources, targets, order, on_progress=tell)
        if report:
            for mastered in done:
                write_report(mastered)
    return done


def _show(figures: dict[str, Any]) -> None:
    def row(name: str, unit: str) -> str:
        before, after = figures["before"][name], figures["after"][name]
        shown = ["silent" if x is None else f"{x:.1f}" for x in (before, after)]
        return f"{shown[0]} -> {shown[1]} {unit}"

    typer.echo(f"{figures['out']}")
    typer.echo(f"  loudness    {row('integrated_lufs', 'LUFS')}")
    typer.echo(f"  true peak   {row('true_peak_dbtp', 'dBTP')}")
    typer.echo(f"  range       {row('range_lu', 'LU')}")
    for note in figures["notes"]:
        typer.echo(f"  {note}")
