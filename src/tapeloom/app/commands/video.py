"""`tapeloom video`: a record's scene in motion under its sound, whole or as a clip."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.core.errors import InputError


def video(
    folder: Annotated[Path, typer.Argument(help="A finished record.")],
    size: Annotated[str, typer.Option(help="720p, 1080p or 1440p.")] = "1080p",
    aspect: Annotated[str, typer.Option(help="16:9, 9:16 (Shorts, Reels) or 1:1.")] = "16:9",
    clip: Annotated[
        float | None,
        typer.Option(help="Seconds, 15 to 60: the catchiest passage, cut on bar lines."),
    ] = None,
    visualiser: Annotated[
        str | None, typer.Option(help="spectrum, waveform or vu: slower, every frame is drawn.")
    ] = None,
    progress: Annotated[bool, typer.Option("--progress", help="Show how far it has come.")] = False,
    chapters: Annotated[bool, typer.Option("--chapters", help="Name sections as they begin.")] = (
        False
    ),
    scene: Annotated[
        str | None,
        typer.Option(help="window, desk, city, train, beach, cabin, cafe, night_sky or hills."),
    ] = None,
    grading: Annotated[
        str | None,
        typer.Option(help="warm, cool, vintage, cyberpunk, pastel, noir, sunset or forest."),
    ] = None,
    loop: Annotated[int, typer.Option(help="Seconds until the picture repeats, 2 to 120.")] = 20,
    out: Annotated[
        Path | None, typer.Option(help="An .mp4 file [default: video.mp4 in the record].")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Make a video: the scene as a seamless loop, encoded once, under the whole sound."""
    from rich.console import Console
    from rich.progress import Progress

    from tapeloom.app.videos import VideoOrder, make_video

    order = VideoOrder(size, aspect, loop, clip, visualiser, progress, chapters, scene, grading)
    target = out or folder / (
        "video.mp4" if clip is None else f"clip-{aspect.replace(':', 'x')}.mp4"
    )
    if target.suffix.lower() != ".mp4":
        raise InputError(f"{target} is no .mp4 file; name one")
    if target.exists() and not force:
        raise InputError(f"{target} exists; use --force to replace it, or another --out")
    with Progress(console=Console(stderr=True, quiet=quiet), transient=True) as bar:
        task = bar.add_task("picture", total=2.0)

        def tell(stage: str, part: float) -> None:
            bar.update(task, description=stage, completed=part + (stage == "video"))

        told = make_video(folder, target, order, on_progress=tell)
    if as_json and not quiet:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    elif not quiet:
        where = f", {told['section']} from {told['start_s']:.1f} s" if clip else ""
        typer.echo(f"{target}: {told['width']} x {told['height']}, {told['scene']}, "
                   f"{told['duration_s']:.1f} s{where}")  # fmt: skip
