"""`tapeloom harmonize`: chords for a melody that has none."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tapeloom.app.commands.reharmonize import save_settings, song_of
from tapeloom.core.errors import InputError


def harmonize(
    source: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A melody: MIDI, MusicXML, score.json; - reads stdin."),
    ],
    style: Annotated[str, typer.Option(help="jazz, lofi, gospel, bossa or pop.")] = "jazz",
    key: Annotated[
        str | None, typer.Option(help="Such as Am or Eb major; found if left out.")
    ] = None,
    richness: Annotated[float, typer.Option(help="0 changes chords seldom, 1 twice a bar.")] = 0.5,
    out: Annotated[
        Path | None,
        typer.Option(help="Write a file: .mid, .musicxml, .mxl, .rntxt, .txt or .json."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Find chords for a melody, one or two a bar."""
    song = song_of(source)
    from tapeloom.app import kernels
    from tapeloom.app.harmony_files import check_target
    from tapeloom.app.reharmony import harmonize_song
    from tapeloom.core.harmony import Key

    if out is not None:
        check_target(out)
    if song.score.chords and not song.score.parts:
        raise InputError("there is no melody in it; reharmonize takes chords")
    kernels.announce_theory(lambda line: None if quiet else typer.echo(line, err=True))
    setting = harmonize_song(
        song, key=Key.parse(key) if key else None, style=style, richness=richness
    )
    if out is not None:
        save_settings(out, (setting,), song.title)
    if as_json and not quiet:
        typer.echo(json.dumps(setting.figures | {"style": style}, ensure_ascii=False, indent=1))
    elif not quiet:
        typer.echo(setting.chart)
