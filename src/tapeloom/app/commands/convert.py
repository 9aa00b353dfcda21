"""`tapeloom convert`: masters in every delivery format, their levels checked after coding."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.core.errors import InputError

MAX_SEED = 2**32 - 1


def convert(
    sources: Annotated[list[Path], typer.Argument(help="Audio files, or folders of records.")],
    to: Annotated[
        str,
        typer.Option(
            help="Formats, with commas: wav16, wav24, wav32f, flac16, flac, alac, mp3, mp3-v0, "
            "aac, opus, ogg."
        ),
    ] = "",
    platform: Annotated[
        str | None,
        typer.Option(help="spotify, apple, youtube, bandcamp, soundcloud, cd or vinyl."),
    ] = None,
    rate: Annotated[int | None, typer.Option(help="Hz; the source's own if left out.")] = None,
    ceiling: Annotated[
        float | None, typer.Option(help="dBTP that coding may not pass [default: -1].")
    ] = None,
    cover: Annotated[Path | None, typer.Option(help="A picture to embed.")] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(help="Such as artist=Me; title, album, date, genre, track, isrc, ..."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the dither.")] = 0,
    out: Annotated[Path | None, typer.Option(help="A folder [default: beside the source].")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Convert audio: dither where bits are lost, true peaks checked after coding, a cover."""
    from rich.console import Console
    from rich.progress import Progress

    from tapeloom.app.converting import (
        convert_file,
        figures,
        orders_for,
        read_cover,
        target_for,
    )  # fmt: skip
    from tapeloom.core.audio import AudioFile

    if not 0 <= seed <= MAX_SEED:
        raise InputError(f"seed is {seed}; it must lie between 0 and {MAX_SEED}")
    orders = orders_for(
        [name.strip() for name in to.split(",") if name.strip()], platform,
        rate=rate, ceiling_dbtp=ceiling,
    )  # fmt: skip
    tags = _tags(tag or [])
    picture = read_cover(cover) if cover else None
    files = [AudioFile.open(_master_of(source)) for source in sources]
    suffixes = [order.format.suffix for order in orders]
    jobs = [
        (file, target_for(file.path, order, out or file.path.parent,
                          others=suffixes.count(order.format.suffix) > 1), order)
        for file in files
        for order in orders
    ]  # fmt: skip
    _check_free([target for _, target, _ in jobs], [file.path for file in files], force=force)
    made = []
    with Progress(console=Console(stderr=True, quiet=quiet), transient=True) as progress:
        task = progress.add_task("converting", total=float(len(jobs)))
        for number, (file, target, order) in enumerate(jobs):

            def tell(part: float, number: int = number) -> None:
                progress.update(task, completed=number + part)

            done = convert_file(
                file, target, order, seed=seed, tags=tags, cover=picture,
                on_progress=tell,
            )  # fmt: skip
            made.append(figures(file.path, done))
            if not quiet and not as_json:
                peak = made[-1]["loudness"]["true_peak_dbtp"]
                level = made[-1]["loudness"]["integrated_lufs"]
                read = "silent" if level is None else f"{level:.1f} LUFS, {peak:.2f} dBTP"
                typer.echo(f"{target}: {order.format.name}, {done.file.rate} Hz, {read}")
                for note in done.notes:
                    typer.echo(f"  {note}")
    if platform and not quiet and not as_json and orders[0].platform:
        typer.echo(f"{orders[0].platform.title}: {orders[0].platform.note} "
                   f"({orders[0].platform.source})")  # fmt: skip
    if as_json and not quiet:
        typer.echo(json.dumps(made, ensure_ascii=False, indent=1))


def _master_of(source: Path) -> Path:
    """Return the master within a record's folder, or the file itself."""
    if not source.is_dir():
        return source
    master = source / "master.flac"
    if not master.is_file():
        raise InputError(f"{source} holds no master.flac; name audio files or records")
    return master


def _tags(pairs: list[str]) -> dict[str, str]:
    from tapeloom.app.converting import TAGS

    tags = {}
    for pair in pairs:
        name, is_pair, text = pair.partition("=")
        if not is_pair or name not in TAGS:
            raise InputError(f"--tag is {pair!r}; write name=text, with one of {', '.join(TAGS)}")
        tags[name] = text
    return tags


def _check_free(targets: list[Path], sources: list[Path], *, force: bool) -> None:
    read = {source.resolve() for source in sources}
    if len({target.resolve() for target in targets}) < len(targets):
        raise InputError("two of the sources have one name; convert them into folders of their own")
    for target in targets:
        if target.resolve() in read:
            raise InputError(f"{target} is what is to be converted; choose another --out")
        if target.exists() and not force:
            raise InputError(f"{target} exists; use --force to replace it, or another --out")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{target.parent} cannot be written to: {error.strerror}") from error
