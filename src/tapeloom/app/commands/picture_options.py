"""What `cover` and `thumbnail` have in common: their options, and the run of their jobs."""

import json
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from tapeloom.core.errors import InputError

Folder = Annotated[
    Path | None, typer.Argument(help="A finished record, whose title and scene are taken.")
]
Title = Annotated[str | None, typer.Option(help="At most 120 characters.")]
Subtitle = Annotated[str | None, typer.Option(help="A line below it, at most 80 characters.")]
SceneName = Annotated[
    str | None,
    typer.Option(
        help="window, desk, city, train, beach, cabin, cafe, night_sky or hills "
        "[default: one that suits the title]."
    ),
]
Time = Annotated[str | None, typer.Option(help="dawn, day, dusk or night.")]
WeatherName = Annotated[str | None, typer.Option("--weather", help="clear, rain, snow or fog.")]
Grading = Annotated[
    str | None,
    typer.Option(help="warm, cool, vintage, cyberpunk, pastel, noir, sunset or forest."),
]
Side = Annotated[str | None, typer.Option(help="left or right: where the focal point lies.")]
ImageFile = Annotated[
    Path | None, typer.Option("--image", help="A PNG, JPEG or WebP of yours instead of a scene.")
]
FontFile = Annotated[
    Path | None, typer.Option("--font", help="A font file for letters that ours lack.")
]
Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        help="grain, scan_lines, chromatic_shift, halation, vhs, dither or vignette, with an "
        "amount 0..1, such as vhs=0.5; repeatable.",
    ),
]
Variants = Annotated[int, typer.Option(help="How many versions to compare, 1 to 24.")]
Batch = Annotated[
    Path | None,
    typer.Option(
        help="A CSV table, a picture a row: title, subtitle, scene, time, weather, grading, "
        "style, side, seed."
    ),
]
Sheet = Annotated[
    Path | None, typer.Option(help="Also write all of them on one contact sheet, here.")
]
Seed = Annotated[
    int | None, typer.Option(help="The same seed draws the same picture; drawn if left out.")
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="The .png or .jpg to write; of a table, the folder."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]


def plan(
    kind: str, folder: Path | None, title: str | None, fields: dict[str, str | None],
    *, image: Path | None, font: Path | None, filters: list[str] | None, variants: int,
    batch: Path | None, seed: int | None, out: Path | None,
) -> list[Any]:  # fmt: skip
    """Return the jobs that the options ask for; nothing is drawn yet."""
    from tapeloom.app.picture_jobs import plan_batch, plan_versions
    from tapeloom.app.picturing import (
        parse_fields,
        picture_of_record,
        picture_of_words,
        read_batch,
    )

    number = secrets.randbelow(1_000_000) if seed is None else seed
    given = {name: text for name, text in fields.items() if text is not None}
    changes = parse_fields(given) | {"image": image, "font": font, "filters": _amounts(filters)}
    if batch is not None:
        if folder is not None or title is not None or variants != 1:
            raise InputError("--batch takes its titles from the table; leave out the others")
        common = picture_of_words(batch.stem, "", seed=number)
        rows = read_batch(batch, replace(common, **({"seed": number} | changes)))
        return plan_batch(kind, rows, out or Path(f"{kind}s"))
    if folder is None and title is None:
        raise InputError("say what to draw: a record's folder, --title, or --batch")
    if folder is not None:
        base = picture_of_record(folder)
        if title is not None:
            changes["title_text"] = title
        if seed is not None:
            changes["seed"] = seed
    else:
        base = picture_of_words(title or "", given.get("subtitle", ""), seed=number)
        changes["seed"] = number
    base = replace(base, **changes)
    _check_files(base)
    kept = {"color_grading" if name == "grading" else name for name in given}
    path = out or (folder or Path()) / f"{kind}.png"
    return plan_versions(kind, base, path, count=variants, kept=kept)


def _check_files(config: Any) -> None:
    """Tell what is wrong with the user's files before any picture is drawn."""
    config.faces()
    config.user_image()


def _amounts(texts: list[str] | None) -> tuple[tuple[str, float], ...]:
    amounts = []
    for text in texts or ():
        name, _, number = text.partition("=")
        try:
            amounts.append((name.strip(), float(number or 0.5)))
        except ValueError:
            raise InputError(f"--filter {text!r} has no number; write it like vhs=0.5") from None
    return tuple(amounts)


def run(
    jobs: list[Any], *, sheet: Path | None, force: bool, as_json: bool, quiet: bool,
    size: int | None = None,
) -> None:  # fmt: skip
    """Draw the jobs, each into its file, and tell of them."""
    from tapeloom.app.commands.output_folder import filling
    from tapeloom.app.picture_jobs import COVER_SIZE, check_paths, draw_job, write_sheet
    from tapeloom.media.picture_file import check_suffix

    others = [] if sheet is None else [sheet]
    for path in others:
        check_suffix(path)
    check_paths(jobs, *others, force=force)
    drawn = []
    with filling(jobs[0].path.parent):
        for job in jobs:
            drawn.append(draw_job(job, size=size or COVER_SIZE))
            if not quiet and not as_json:
                _tell(drawn[-1])
        if sheet is not None:
            write_sheet(drawn, sheet)
    if as_json and not quiet:
        typer.echo(json.dumps([one.to_json() for one in drawn], ensure_ascii=False, indent=1))


def _tell(drawn: Any) -> None:
    facts = drawn.to_json()
    shown = [facts["style"], facts["scene"] if facts["image"] is None else facts["image"],
             facts["grading"] or facts["palette"], f"seed {facts['seed']}"]  # fmt: skip
    line = f"{facts['file']}: {', '.join(str(word) for word in shown if word)}"
    if facts["differs"]:
        line += f" (differs in {', '.join(facts['differs'])})"
    typer.echo(line)
    for note in drawn.notes:
        typer.echo(f"  {note}", err=True)
