"""`tapeloom arrange`: a loop, a melody or chords made a piece that grows over minutes."""

import json
import secrets
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.app.commands.analyze import standard_input
from tapeloom.core.errors import InputError


def arrange(
    source: Annotated[
        str,
        typer.Argument(
            help='A loop: MIDI, MusicXML, score.json, or chords such as "Dm7 G7 | Cmaj7"; - reads '
            "stdin."
        ),
    ],
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
        str | None, typer.Option(help="Of chords given as text, such as 3/4; 4/4 if left out.")
    ] = None,
    seed: options.Seed = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="A .mid, .musicxml, .mxl or .json file, or a folder."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Arrange a loop: sections made of its own material, for a band, to a length."""
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

    drawn = secrets.randbelow(1_000_000) if seed is None else seed
    if not 0 <= drawn <= MAX_SEED:
        raise InputError(f"seed is {drawn}; it must lie between 0 and {MAX_SEED}")
    stem = "chords" if not Path(source).suffix else Path(source).stem
    name = f"{'loop' if source == '-' else stem}-{drawn}"
    targets = () if out is None else targets_of(out, name)
    for path in targets:
        if path.exists() and not force:
            raise InputError(f"{path} exists; use --force to replace it, or another --out")
    kernels.announce_theory(lambda line: None if quiet else typer.echo(line, err=True))
    with ExitStack() as cleanup:
        made = arrange_file(
            str(standard_input(cleanup)) if source == "-" else source,
            take=take, meter=meter, form=form, energy=energy, minutes=minutes, bars=bars,
            band=band, key=key, bpm=bpm, seed=drawn,
        )  # fmt: skip
    if len(targets) == 1 and not targets[0].parent.is_dir():
        raise InputError(f"{out} cannot be written; --out names a file in a folder that exists")
    if targets:
        with filling(targets[0].parent):
            for path in targets:
                write_arrangement(path, made, title=stem)
    if quiet:
        return
    facts = {"seed": drawn, "files": [str(path) for path in targets], **arrangement_facts(made)}
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    for line in arrangement_lines(facts):
        typer.echo(line)
    for path in targets:
        typer.echo(f"wrote {path} (seed {drawn})")
