"""`tapeloom kit`: a single, an EP or an album for every target, and the preflight."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.core.errors import InputError

if TYPE_CHECKING:
    from tapeloom.release.checks import Check


def kit(
    folders: Annotated[list[Path], typer.Argument(help="Finished records, 1 to 35.")],
    targets: Annotated[
        str,
        typer.Option(
            "--for", help="With commas: spotify, apple, youtube, bandcamp, soundcloud, cd, vinyl."
        ),
    ] = "spotify,apple,youtube,bandcamp,soundcloud",
    title: Annotated[str | None, typer.Option(help="Of the release.")] = None,
    artist: Annotated[str | None, typer.Option(help="Of the release and its tracks.")] = None,
    label: Annotated[str | None, typer.Option(help="Who owns the recordings.")] = None,
    composer: Annotated[str | None, typer.Option(help="A name, as stores ask for it.")] = None,
    upc: Annotated[str | None, typer.Option(help="If you have one; never invented.")] = None,
    isrc: Annotated[
        str | None, typer.Option(help="Of the first track, if you have them; the others follow.")
    ] = None,
    day: Annotated[
        str | None, typer.Option("--date", help="Of the release, such as 2026-12-01 [today].")
    ] = None,
    gap: Annotated[float, typer.Option(help="Seconds between tracks, 0 to 10.")] = 2.0,
    keep_order: Annotated[
        bool, typer.Option("--keep-order", help="Keep the order given, not by key and energy.")
    ] = False,
    preset: Annotated[str, typer.Option(help="Of an album's mastering.")] = "streaming",
    licence: Annotated[
        str, typer.Option(help="all rights reserved, cc by 4.0, cc by-nc 4.0 or cc0 1.0.")
    ] = "all rights reserved",
    language: Annotated[str, typer.Option(help="Of the words: en, es, ja, de, pt or fr.")] = "en",
    certificate: Annotated[
        Path | None,
        typer.Option(help="Of a C2PA signer, PEM: content credentials go into each file."),
    ] = None,
    key: Annotated[Path | None, typer.Option(help="The certificate's private key, PEM.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder [default: kit, within a single's record].")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Fill a folder for each target, and say what a store would refuse."""
    from rich.console import Console
    from rich.progress import Progress

    from tapeloom.app.commands.output_folder import check_folder, filling
    from tapeloom.app.describing import Wording
    from tapeloom.app.kit import KitOrder, make_kit
    from tapeloom.release.checks import FAIL, worst

    if (certificate is None) != (key is None):
        raise InputError("signing needs both, --certificate and --key")
    released = options.day_of(day)
    order = KitOrder(
        targets=tuple(name.strip() for name in targets.split(",") if name.strip()),
        title=title, artist=artist, label=label, composer=composer, upc=upc, isrc=isrc,
        day=released, gap_s=gap, keeps_order=keep_order, preset=preset,
        certificate=certificate, signing_key=key,
        wording=Wording(language=language, licence=licence, day=released),
    )  # fmt: skip
    if out is None and len(folders) > 1:
        raise InputError(f"{len(folders)} records make one release; name its folder by --out")
    target = out or folders[0] / "kit"
    check_folder(target, force=force)
    with (
        filling(target),
        Progress(console=Console(stderr=True, quiet=quiet), transient=True) as progress,
    ):
        task = progress.add_task("kit", total=2.0)

        def tell(stage: str, part: float) -> None:
            progress.update(task, description=stage, completed=part + (stage == "convert"))

        made, checks = make_kit(folders, target, order, on_progress=tell)
    if as_json and not quiet:
        told: dict[str, Any] = {
            "folder": str(target), "kind": made.kind, "status": worst(checks),
            "tracks": [track.title for track in made.tracks],
            "checks": [asdict(check) for check in checks],
        }  # fmt: skip
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    elif not quiet:
        _show(checks)
        tracks = "1 track" if len(made.tracks) == 1 else f"{len(made.tracks)} tracks"
        typer.echo(f"{target}: {made.kind}, {tracks}, {worst(checks)}")
    if worst(checks) == FAIL:
        raise typer.Exit(1)


def _show(checks: "tuple[Check, ...]") -> None:
    """Print the preflight as one table, what needs attention first."""
    from rich.console import Console
    from rich.table import Table

    table = Table(show_edge=False)
    for heading in ("", "what", "rule", "found", "source"):
        table.add_column(heading, overflow="fold")
    order = {"fail": 0, "warn": 1, "pass": 2}
    for check in sorted(checks, key=lambda one: order[one.status]):
        table.add_row(check.status, check.about, check.rule, check.found, check.source)
    Console(width=None).print(table, markup=False)
