"""`tapeloom arrange`: a loop, a melody or chords made a piece of minutes, or set for voices."""

import json
import secrets
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.app.commands.analyze import standard_input
from tapeloom.core.errors import InputError


def arrange(
    source: Annotated[
        str,
        typer.Argument(
            help='A loop: MIDI, MusicXML, score.json, or chords such as "Dm7 G7 | Cmaj7"; with '
            "--satb Roman numerals, a figured bass and romanText, too; - reads stdin."
        ),
    ],
    satb: Annotated[
        bool,
        typer.Option("--satb", help="Set for four voices instead: soprano, alto, tenor and bass."),
    ] = False,
    minutes: Annotated[float | None, typer.Option(help="Length, 0.5 to 120 [default: 4].")] = None,
    bars: options.Bars = None,
    form: options.FormText = None,
    energy: options.EnergyText = None,
    band: Annotated[
        str | None,
        typer.Option(help="Who plays, such as lofi-quartet, jazz-trio or string-quartet."),
    ] = None,
    take: Annotated[
        str | None, typer.Option(help="Which bars of the file are the loop, such as 9-16.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="Such as Am or Eb major; the loop's own if left out.")
    ] = None,
    bpm: Annotated[
        float | None, typer.Option(help="Tempo, 40 to 200; the loop's own if left out.")
    ] = None,
    meter: Annotated[
        str | None, typer.Option(help="Of a text, such as 3/4; 4/4 if left out.")
    ] = None,
    roots: Annotated[
        bool,
        typer.Option(
            "--roots", help="With --satb: chords stand on their roots, not on what sings best."
        ),
    ] = False,
    passing: Annotated[
        bool, typer.Option("--passing", help="With --satb: passing notes in the lower voices.")
    ] = False,
    seed: options.Seed = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="A .mid, .musicxml, .mxl or .json file, or a folder; with --satb also .rntxt "
            "and .txt.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Arrange a loop: sections made of its own material, for a band, to a length."""
    if satb:
        given = options.given(minutes=minutes, bars=bars, form=form, energy=energy, band=band,
                              take=take, bpm=bpm, seed=seed)  # fmt: skip
        if given:
            raise InputError(f"--{next(iter(given))} cannot be given with --satb")
        _satb(
            source, key, meter, out, roots=roots, passing=passing, force=force, as_json=as_json,
            quiet=quiet,
        )  # fmt: skip
        return
    if roots or passing:
        name = "roots" if roots else "passing"
        raise InputError(f"--{name} goes with --satb, which sets chords for four voices")
    drawn = secrets.randbelow(1_000_000) if seed is None else seed
    _loop(
        source, out, drawn, force=force, as_json=as_json, quiet=quiet, take=take, meter=meter,
        form=form, energy=energy, minutes=minutes, bars=bars, band=band, key=key, bpm=bpm,
    )  # fmt: skip


def _loop(
    source: str, out: Path | None, seed: int, *, force: bool, as_json: bool, quiet: bool,
    **asked: Any,
) -> None:  # fmt: skip
    """Arrange a loop as `app.arranging.arrange_file` takes what is asked."""
    from tapeloom.app import kernels
    from tapeloom.app.arranging import (
        arrange_file,
        arrangement_facts,
        arrangement_lines,
        targets_of,
        write_arrangement,
    )
    from tapeloom.app.commands.output_folder import filling
    from tapeloom.core.seed import MAX_SEED

    if not 0 <= seed <= MAX_SEED:
        raise InputError(f"seed is {seed}; it must lie between 0 and {MAX_SEED}")
    stem = "chords" if not Path(source).suffix else Path(source).stem
    file_name = f"{'loop' if source == '-' else stem}-{seed}"
    targets = () if out is None else targets_of(out, file_name)
    for path in targets:
        if path.exists() and not force:
            raise InputError(f"{path} exists; use --force to replace it, or another --out")
    if len(targets) == 1 and not targets[0].parent.is_dir():
        raise InputError(f"{out} cannot be written; --out names a file in a folder that exists")
    kernels.announce_theory(lambda line: None if quiet else typer.echo(line, err=True))
    with ExitStack() as cleanup:
        name = str(standard_input(cleanup)) if source == "-" else source
        made = arrange_file(name, seed=seed, **asked)
    if targets:
        with filling(targets[0].parent):
            for path in targets:
                write_arrangement(path, made, title=stem)
    if quiet:
        return
    facts = {"seed": seed, "files": [str(path) for path in targets], **arrangement_facts(made)}
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    for line in arrangement_lines(facts):
        typer.echo(line)
    for path in targets:
        typer.echo(f"wrote {path} (seed {seed})")


def _satb(
    source: str, key: str | None, meter: str | None, out: Path | None, *, roots: bool,
    passing: bool, force: bool, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    from tapeloom.app import kernels
    from tapeloom.app.chorales import save_for_choir, set_for_choir
    from tapeloom.app.harmony_files import check_target
    from tapeloom.core.harmony import Key
    from tapeloom.core.meter import Meter

    if out is not None:
        check_target(out)
        if out.exists() and not force:
            raise InputError(f"{out} exists; use --force to replace it, or give --out")
    kernels.announce_theory(lambda line: None if quiet else typer.echo(line, err=True))
    with ExitStack() as cleanup:
        setting = set_for_choir(
            str(standard_input(cleanup)) if source == "-" else source,
            key=Key.parse(key) if key else None,
            meter=Meter.parse(meter) if meter else None,
            roots=roots,
            passing=passing,
        )
    if out is not None:
        save_for_choir(out, setting)
    if quiet:
        return
    if as_json:
        typer.echo(json.dumps(setting.figures, ensure_ascii=False, indent=1))
        return
    typer.echo(setting.text)
    for remark in setting.remarks:
        typer.echo(f"  {remark}")
    if out is not None:
        typer.echo(f"wrote {out}")
