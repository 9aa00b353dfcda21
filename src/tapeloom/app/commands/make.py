"""`tapeloom make`: one command makes a record, or a batch of them."""

import json
import secrets
from pathlib import Path
from typing import Annotated, Any

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.core.errors import InputError, Interrupted

MAX_COUNT = 10_000


def make(
    words: options.Words = None,
    mood: options.Mood = None,
    bpm: options.Bpm = None,
    key: options.KeyName = None,
    minutes: options.Minutes = None,
    bars: options.Bars = None,
    meter: options.MeterText = None,
    grouping: options.Grouping = None,
    clave: options.Clave = None,
    polyrhythm: options.Polyrhythm = None,
    form: options.FormText = None,
    energy: options.EnergyText = None,
    seed: options.Seed = None,
    title: Annotated[
        str | None, typer.Option(help="The record's title [default: drawn from the words].")
    ] = None,
    count: Annotated[int, typer.Option(help="How many records, on seeds that follow.")] = 1,
    jobs: Annotated[int, typer.Option(help="How many records at once.")] = 1,
    engine: Annotated[
        str | None,
        typer.Option(help="Who composes: theory, transformer, or hybrid (both) [default: theory]."),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="A record to continue, or a MIDI file to build on."),
    ] = None,
    keep: Annotated[
        str, typer.Option(help="What of the MIDI file stays: melody, chords or both.")
    ] = "both",
    loop: Annotated[
        list[str] | None, typer.Option(help="A section to cut as a loop, such as A; repeatable.")
    ] = None,
    video: Annotated[
        bool, typer.Option("--video", help="Also make video.mp4: the cover's scene in motion.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Where records go [default: out, or TAPELOOM_OUT].")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a record that exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the records as JSON.")] = False,
    quiet: options.Quiet = False,
) -> None:
    """Make a record: compose, perform, render, mix and master it, and write its folder."""
    for name, value, most in (("count", count, MAX_COUNT), ("jobs", jobs, 256)):
        if not 1 <= value <= most:
            raise InputError(f"--{name} is {value}; it must lie between 1 and {most}")
    from tapeloom.app import batch, kernels
    from tapeloom.app.settings import Settings

    settings = Settings()
    fields = options.given(
        bpm=bpm, key=key, minutes=minutes, bars=bars, meter=meter, grouping=grouping, clave=clave,
        polyrhythm=polyrhythm, form=form, energy_curve=energy,
    )  # fmt: skip
    text = options.words_of(words, mood)
    if source is not None and source.is_dir():
        if text:
            fields["words"] = text
        if seed is not None:
            fields["seed"] = seed
        if engine is not None:
            raise InputError(f"--engine cannot be given with {source}, which keeps its own")
        planned = [_continued(source, fields, title, tuple(loop or ()), force=force, video=video)]
    else:
        planned = _ordered(
            text, fields, seed, title, count, engine or "theory", source, keep,
            out or settings.out, settings.artist, tuple(loop or ()), force=force, video=video,
        )  # fmt: skip
    if not planned:
        return
    if not quiet:
        for line in _announce(planned[0].order):
            typer.echo(line, err=True)
    try:
        kernels.compile_once(lambda line: None if quiet else typer.echo(line, err=True))
        outcomes = batch.run(planned, workers=min(jobs, len(planned)), quiet=quiet)
    except KeyboardInterrupt:
        raise Interrupted(_how_to_continue(planned)) from None
    _report(outcomes, as_json=as_json, quiet=quiet)


def _ordered(
    text: str,
    fields: dict[str, Any],
    seed: int | None,
    title: str | None,
    count: int,
    engine: str,
    song: Path | None,
    keep: str,
    out: Path,
    artist: str,
    loops: tuple[str, ...],
    *,
    force: bool,
    video: bool,
) -> list[Any]:
    """Return the jobs of new records, on seeds that follow one another."""
    from tapeloom.app.batch import Job
    from tapeloom.app.order import KEEPABLE, Order
    from tapeloom.app.stages import folder_name
    from tapeloom.compose import engine as engine_named
    from tapeloom.core.brief import Brief

    engine_named(engine)
    if song is not None:
        from tapeloom.core.midi import read_midi

        if engine != "theory":
            raise InputError(f"--engine cannot be given with {song}: theory accompanies a song")
        read_midi(song)  # what is wrong with it is told before any work
        for name in ("minutes", "bars", "meter", "form", "energy_curve"):
            if name in fields:
                option = name.removesuffix("_curve")
                raise InputError(f"--{option} cannot be given with {song}, which has its own")
    kept = KEEPABLE if keep == "both" else (keep,)
    first = secrets.randbelow(1_000_000) if seed is None else seed
    planned = []
    for i in range(count):
        brief = Brief(text, seed=first + i, **fields)
        if i == 0:
            options.check_brief(brief, song, engine=engine)
        order = Order(brief, artist=artist, engine=engine, song=song, keep=kept, title=title)
        final = out / folder_name(brief, title)
        if count > 1 and not force and _is_made(final, brief):
            typer.echo(f"{final} is made already", err=True)
            continue
        if final.exists() and not force:
            raise InputError(
                f"{final} exists; use --force to replace it, --from {final} to continue it, "
                "or another --seed"
            )
        planned.append(Job(order, final, force=force, loops=loops, video=video))
    return planned


def _is_made(final: Path, brief: Any) -> bool:
    """Tell whether a record of a batch was finished before the batch was interrupted."""
    from tapeloom.app.order import read_order
    from tapeloom.app.workshop import RECORD

    return (final / RECORD).is_file() and read_order(final, {}).brief == brief


def _continued(
    folder: Path, changes: dict[str, Any], title: str | None, loops: tuple[str, ...], *,
    force: bool, video: bool,
) -> Any:  # fmt: skip
    """Return the job of a record that is continued."""
    from tapeloom.app.batch import Job
    from tapeloom.app.pipeline import continued

    order, final, base = continued(folder, changes, title=title)
    options.check_brief(order.brief, order.song, engine=order.engine)
    return Job(order, final, base=base, force=force, loops=loops, video=video)


def _how_to_continue(planned: list[Any]) -> str:
    from tapeloom.app.workshop import partial_of

    if len(planned) > 1:
        first = planned[0].order.brief.seed
        return f"interrupted; the same command with --seed {first} continues the batch"
    job = planned[0]
    if not partial_of(job.final).exists():
        return "interrupted"
    return f"interrupted; `tapeloom make --from {job.base or partial_of(job.final)}` continues"


def _announce(order: Any) -> list[str]:
    """Say the seed, which words only name the record, and what the cover cannot show."""
    brief = order.brief
    from tapeloom.app.picturing import title_notes
    from tapeloom.app.stages import title_of
    from tapeloom.compose.band import NAMED

    lines = [f"seed {brief.seed}"]
    if unknown := [word for word in brief.unknown if word not in NAMED]:
        lines.append(f"not in the vocabulary, so only in the title: {', '.join(unknown)}")
    lines.extend(title_notes(title_of(order)))
    return lines


def _report(outcomes: list[Any], *, as_json: bool, quiet: bool) -> None:
    """Print what was made; exit with the worst code where a record failed."""
    made = [outcome.record for outcome in outcomes if outcome.record]
    if as_json:
        typer.echo(
            json.dumps(
                [{"folder": str(r.folder), **_without_stages(r.data)} for r in made], indent=1
            )
        )
    elif not quiet:
        for record in made:
            data = record.data
            minutes, seconds = divmod(round(data["duration_s"]), 60)
            typer.echo(
                f"{record.folder}: {record.title}, {data['key']}, {data['bpm']:g} bpm, "
                f"{data['meter']}, {minutes}:{seconds:02d}, "
                f"{record.loudness.integrated_lufs:.1f} LUFS, "
                f"{record.loudness.true_peak_dbtp:.1f} dBTP"
            )
    failed = [outcome for outcome in outcomes if outcome.record is None]
    for outcome in failed:
        typer.echo(f"tapeloom: {outcome.job.final.name}: {outcome.error}", err=True)
    if failed:
        raise typer.Exit(max(outcome.exit_code for outcome in failed))


def _without_stages(data: Any) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "stages"}
