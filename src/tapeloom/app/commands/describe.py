"""`tapeloom describe`: title, description, tags and playlists of a finished record."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tapeloom.app.commands import brief_options as options


def describe(
    folders: Annotated[list[Path], typer.Argument(help="Finished records, each a folder.")],
    language: Annotated[
        str, typer.Option(help="en, es, ja, de, pt or fr; every template is native.")
    ] = "en",
    variants: Annotated[int, typer.Option(help="How many versions to compare, 1 to 20.")] = 1,
    use: Annotated[
        str | None,
        typer.Option(help="What the music is for: study, sleep, work, relax, read, code, ..."),
    ] = None,
    licence: Annotated[
        str, typer.Option(help="all rights reserved, cc by 4.0, cc by-nc 4.0 or cc0 1.0.")
    ] = "all rights reserved",
    series: Annotated[str | None, typer.Option(help="The series that it belongs to.")] = None,
    number: Annotated[int, typer.Option(help="Number in the series of the first folder.")] = 1,
    day: Annotated[
        str | None, typer.Option("--date", help="Of the release, such as 2026-12-01 [today].")
    ] = None,
    hemisphere: Annotated[str, typer.Option(help="north or south: whose seasons.")] = "north",
    trending: Annotated[
        Path | None, typer.Option(help="A text file of tags that are wanted now, a line each.")
    ] = None,
    catalogue: Annotated[
        Path | None,
        typer.Option(help="Titles that are taken: a text file, or a folder of records."),
    ] = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Write metadata.json: words that a channel would use, within each platform's limits."""
    from dataclasses import replace

    from tapeloom.app.describing import Wording, read_catalogue, read_lines, words_of, write_words

    taken = read_catalogue(catalogue) if catalogue else ()
    wording = Wording(
        language=language, variants=variants, use=use, licence=licence, series=series,
        day=options.day_of(day), hemisphere=hemisphere,
        trending=read_lines(trending) if trending else (),
    )  # fmt: skip
    made = []
    for i, folder in enumerate(folders):
        words = words_of(folder, replace(wording, number=number + i, catalogue=taken))
        taken = (*taken, *(one.title for one in words))
        write_words(folder, words)
        made.append({"folder": str(folder), **words[0].to_json(),
                     "variants": [one.to_json() for one in words[1:]]})  # fmt: skip
        if not quiet and not as_json:
            typer.echo(f"{folder}: {words[0].title}")
            for one in words[1:]:
                typer.echo(f"  or: {one.title} (differs in {', '.join(one.differs)})")
    if as_json and not quiet:
        typer.echo(json.dumps(made, ensure_ascii=False, indent=1))
