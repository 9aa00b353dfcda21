"""`tapeloom compose`: the score of a record as a MIDI file, without its sound."""

import json
import secrets
from pathlib import Path
from typing import Annotated, Any

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.core.errors import InputError

MAX_COUNT = 10_000
MIDI = (".mid", ".midi")


def compose(
    words: options.Words = None,
    bpm: options.Bpm = None,
    key: options.KeyName = None,
    minutes: options.Minutes = None,
    bars: options.Bars = None,
    meter: options.MeterText = None,
    grouping: options.Grouping = None,
    clave: options.Clave = None,
    polyrhythm: options.Polyrhythm = None,
    seed: options.Seed = None,
    count: Annotated[int, typer.Option(help="How many scores, on seeds that follow.")] = 1,
    engine: options.EngineName = "theory",
    performance: Annotated[
        bool, typer.Option("--performance", help="Also write the score as played, with its feel.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="A .mid file, or a folder [default: out, or TAPELOOM_OUT]."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Compose a score and write it as MIDI; `make` with the same seed gives it its sound."""
    if not 1 <= count <= MAX_COUNT:
        raise InputError(f"--count is {count}; it must lie between 1 and {MAX_COUNT}")
    from tapeloom.app.composing import write_composition
    from tapeloom.compose import engine as engine_named
    from tapeloom.core.brief import Brief

    engine_named(engine)
    fields = options.given(
        bpm=bpm, key=key, minutes=minutes, bars=bars, meter=meter, grouping=grouping, clave=clave,
        polyrhythm=polyrhythm,
    )  # fmt: skip
    first = secrets.randbelow(1_000_000) if seed is None else seed
    briefs = [Brief(" ".join(words or ()), seed=first + i, **fields) for i in range(count)]
    options.check_brief(briefs[0])
    targets = _targets(briefs, out, performance=performance, force=force)
    made = []
    for brief, target in zip(briefs, targets, strict=True):
        figures = write_composition(brief, target, engine=engine, performed=performance)
        made.append(figures)
        if not quiet and not as_json:
            typer.echo(_line(figures))
    if as_json and not quiet:
        typer.echo(json.dumps(made, ensure_ascii=False, indent=1))


def _targets(briefs: list[Any], out: Path | None, *, performance: bool, force: bool) -> list[Path]:
    """Name the file of each score; refuse what can't be written or exists."""
    from tapeloom.app.settings import Settings
    from tapeloom.app.stages import folder_name

    if out is not None and out.suffix.lower() in MIDI and not out.is_dir():
        if len(briefs) > 1:
            raise InputError(f"{out} is one file and --count asks for {len(briefs)}; name a folder")
        folder, targets = out.parent, [out]
        if not folder.is_dir():
            raise InputError(f"{out} cannot be written; --out names a file in a folder that exists")
    else:
        folder = Settings().out if out is None else out
        targets = [folder / f"{folder_name(brief)}.mid" for brief in briefs]
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder} cannot be written to: {error.strerror}") from error
    played = [path.with_name(f"{path.stem}-performance{path.suffix}") for path in targets]
    for path in [*targets, *(played if performance else ())]:
        if path.exists() and not force:
            raise InputError(f"{path} exists; use --force to replace it, or another --seed")
    return targets


def _line(figures: Any) -> str:
    minutes, seconds = divmod(round(figures["duration_s"]), 60)
    meters = ", ".join(dict.fromkeys(meter for _, meter in figures["meters"]))
    parts = ", ".join(f"{name} {notes}" for name, notes in figures["notes"].items())
    return (
        f"{figures['file']}: seed {figures['seed']}, {figures['key']}, {figures['bpm']:g} bpm, "
        f"{meters}, {figures['bars']} bars, {minutes}:{seconds:02d}; notes: {parts}"
    )
