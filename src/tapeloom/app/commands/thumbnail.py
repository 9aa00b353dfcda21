"""`tapeloom thumbnail`: a video's thumbnail, of a record or from words."""

from typing import Annotated

import typer

from tapeloom.app.commands import brief_options, picture_options

_Style = Annotated[
    str | None,
    typer.Option(
        help="big-title, corner-badge, film-frame, cassette-label, window or minimal "
        "[default: big-title; a record has its own]."
    ),
]


def thumbnail(
    folder: picture_options.Folder = None,
    title: picture_options.Title = None,
    subtitle: picture_options.Subtitle = None,
    style: _Style = None,
    scene: picture_options.SceneName = None,
    time: picture_options.Time = None,
    weather: picture_options.WeatherName = None,
    grading: picture_options.Grading = None,
    side: picture_options.Side = None,
    image: picture_options.ImageFile = None,
    font: picture_options.FontFile = None,
    filters: picture_options.Filters = None,
    variants: picture_options.Variants = 1,
    batch: picture_options.Batch = None,
    sheet: picture_options.Sheet = None,
    seed: picture_options.Seed = None,
    out: picture_options.Out = None,
    force: picture_options.Force = False,
    as_json: brief_options.Json = False,
    quiet: brief_options.Quiet = False,
) -> None:
    """Draw a thumbnail of 1280 x 720 under 2 MB, its words clear of YouTube's badge."""
    fields = {"subtitle": subtitle, "style": style, "scene": scene, "time": time,
              "weather": weather, "grading": grading, "side": side}  # fmt: skip
    jobs = picture_options.plan(
        "thumbnail", folder, title, fields, image=image, font=font, filters=filters,
        variants=variants, batch=batch, seed=seed, out=out,
    )  # fmt: skip
    picture_options.run(jobs, sheet=sheet, force=force, as_json=as_json, quiet=quiet)
