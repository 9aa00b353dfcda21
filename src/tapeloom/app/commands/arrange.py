"""`tapeloom arrange`: a progression, a melody or a loop set for other voices."""

import json
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
            help='Chords such as "C G/B | Am", Roman numerals, a figured bass, or a file: text, '
            "romanText, MIDI, MusicXML, score.json; - reads stdin."
        ),
    ],
    satb: Annotated[
        bool, typer.Option("--satb", help="Four voices: soprano, alto, tenor and bass.")
    ] = False,
    key: Annotated[
        str | None, typer.Option(help="Such as Am or Eb major; found if left out.")
    ] = None,
    meter: Annotated[
        str | None, typer.Option(help="Of a text, such as 3/4; 4/4 if left out.")
    ] = None,
    roots: Annotated[
        bool,
        typer.Option("--roots", help="Chord symbols stand on their roots, not on what sings best."),
    ] = False,
    passing: Annotated[
        bool, typer.Option("--passing", help="Passing notes in the lower voices.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write .mid, .musicxml, .mxl, .rntxt, .txt or .json."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Set chords or a melody for four voices."""
    if not satb:
        raise InputError("arrange needs to know for whom; give --satb for four voices")
    _satb(
        source, key, meter, out, roots=roots, passing=passing, force=force, as_json=as_json,
        quiet=quiet,
    )  # fmt: skip


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
