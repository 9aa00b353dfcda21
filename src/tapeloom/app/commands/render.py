"""`tapeloom render`: the stems of a score, by instruments and in a tuning of your choice."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.app.commands.analyze import standard_input
from tapeloom.app.commands.output_folder import check_folder, filling
from tapeloom.core.errors import InputError


def render(
    score: Annotated[
        str,
        typer.Argument(
            metavar="SCORE",
            help="MIDI, MusicXML, score.json, a record's folder; - reads stdin.",
        ),
    ],
    instrument: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PART=WHO",
            help="Who plays a part or role: keys=tine:worn, bass=PATCH.toml; repeatable.",
        ),
    ] = None,
    tuning: Annotated[
        Path | None, typer.Option(help="A Scala scale (.scl), for all parts but the drums.")
    ] = None,
    keymap: Annotated[
        Path | None, typer.Option(help="The scale's keyboard mapping (.kbm).")
    ] = None,
    brightness: Annotated[
        float | None,
        typer.Option(help="How bright the instruments are drawn, 0 to 1; a record's own, or 0.5."),
    ] = None,
    mix: Annotated[
        bool, typer.Option("--mix", help="Also balance and mix the stems, as a record is.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same sound; a record's own, or 0.")
    ] = None,
    jobs: Annotated[int, typer.Option(help="Parts rendered at once.")] = 2,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The folder for the stems; SCORE-stems if left out."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Render a score as it is written to one FLAC file a part."""
    from tapeloom.app import kernels
    from tapeloom.app.rendering import render_score, split_choices
    from tapeloom.core.seed import MAX_SEED

    if seed is not None and not 0 <= seed <= MAX_SEED:
        raise InputError(f"seed is {seed}; it must lie between 0 and {MAX_SEED}")
    if jobs < 1:
        raise InputError(f"--jobs is {jobs}; it must be 1 or more")
    asked = split_choices(instrument or ())
    name = "standard-input" if score == "-" else Path(score).resolve().stem
    folder = out or Path(f"{name}-stems")
    check_folder(folder, force=force)
    with ExitStack() as cleanup:
        path = standard_input(cleanup) if score == "-" else Path(score)
        if not path.exists():
            raise InputError(f"{path} does not exist")
        cleanup.enter_context(filling(folder))
        if not quiet and not kernels.is_compiled():
            typer.echo("first use: compiling the inner loops takes some seconds", err=True)
        done = render_score(path, folder, instruments=asked, tuning=tuning, keymap=keymap,
                            brightness=brightness, seed=seed, mixed=mix, jobs=jobs)  # fmt: skip
    if quiet:
        return
    if as_json:
        typer.echo(json.dumps(done, ensure_ascii=False, indent=1))
        return
    for part in done["parts"]:
        typer.echo(f"{part['stem']}: {part['instrument']}, {part['notes']} notes")
    if done["mix"]:
        typer.echo(f"{done['mix']}: the mix")
