"""`tapeloom compose`: the score of a record as a MIDI file, without its sound."""

import json
import re
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
    mood: options.Mood = None,
    bpm: options.Bpm = None,
    key: options.KeyName = None,
    minutes: options.Minutes = None,
    bars: Annotated[
        str | None,
        typer.Option(help="Length in bars, such as 32; with --infill which bars, such as 9-12."),
    ] = None,
    meter: options.MeterText = None,
    grouping: options.Grouping = None,
    clave: options.Clave = None,
    polyrhythm: options.Polyrhythm = None,
    form: options.FormText = None,
    energy: options.EnergyText = None,
    seed: options.Seed = None,
    count: Annotated[int, typer.Option(help="How many scores, on seeds that follow.")] = 1,
    engine: options.EngineName = "theory",
    performance: Annotated[
        bool, typer.Option("--performance", help="Also write the score as played, with its feel.")
    ] = False,
    infill: Annotated[
        Path | None,
        typer.Option(help="A MIDI file of which --bars of --role are written anew."),
    ] = None,
    role: Annotated[
        str | None, typer.Option(help="With --infill: melody, keys, pad, guitar, bass or drums.")
    ] = None,
    fugue: Annotated[
        str | None,
        typer.Option(help="A subject (MIDI, MusicXML or text) of which a fugue is made; or: draw."),
    ] = None,
    voices: Annotated[int | None, typer.Option(help="With --fugue: 3 or 4 [default: 4].")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="A .mid file, or a folder [default: out, or TAPELOOM_OUT]; "
            "with --fugue a .mid or .musicxml file.",
        ),
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
    first = secrets.randbelow(1_000_000) if seed is None else seed
    if fugue is not None:
        taken = options.given(words=words, mood=mood, minutes=minutes, bars=bars,
                              grouping=grouping, clave=clave, polyrhythm=polyrhythm, infill=infill,
                              role=role)  # fmt: skip
        if taken or performance or count > 1:
            name = next(iter(taken), "performance" if performance else "count")
            raise InputError(f"{'words' if name == 'words' else '--' + name} cannot be given with "
                             "--fugue, which makes one fugue of one subject")  # fmt: skip
        _fugue(fugue, voices or 4, out, key=key, meter=meter, bpm=bpm, seed=first, force=force,
               as_json=as_json, quiet=quiet)  # fmt: skip
        return
    if voices is not None:
        raise InputError("--voices goes with --fugue, which names the subject")
    if infill is not None:
        given = options.given(words=words, mood=mood, bpm=bpm, key=key, minutes=minutes,
                              meter=meter, grouping=grouping, clave=clave,
                              polyrhythm=polyrhythm, form=form, energy=energy)  # fmt: skip
        if given or performance:
            name = next(iter(given), "performance")
            told = "words" if name == "words" else f"--{name}"
            raise InputError(f"{told} cannot be given with --infill, which keeps the file's own")
        _infill(infill, bars, role, engine, first, count, out, force=force, as_json=as_json,
                quiet=quiet)  # fmt: skip
        return
    if role is not None:
        raise InputError("--role goes with --infill, which names the file to fill")
    fields = options.given(
        bpm=bpm, key=key, minutes=minutes, bars=_length(bars), meter=meter, grouping=grouping,
        clave=clave, polyrhythm=polyrhythm, form=form, energy_curve=energy,
    )  # fmt: skip
    briefs = [Brief(options.words_of(words, mood), seed=first + i, **fields) for i in range(count)]
    options.check_brief(briefs[0], engine=engine)
    targets = _targets(
        briefs, out, performance=performance, figures=engine != "theory", force=force
    )
    made = []
    for brief, target in zip(briefs, targets, strict=True):
        figures = write_composition(brief, target, engine=engine, performed=performance)
        made.append(figures)
        if not quiet and not as_json:
            typer.echo(_line(figures))
    if as_json and not quiet:
        typer.echo(json.dumps(made, ensure_ascii=False, indent=1))


def _length(bars: str | None) -> int | None:
    if bars is None:
        return None
    if not re.fullmatch(r"\d{1,6}", bars):
        raise InputError(f"--bars is {bars!r}; it must be a number such as 32")
    return int(bars)


def _fugue(
    source: str, voices: int, out: Path | None, *, key: str | None, meter: str | None,
    bpm: float | None, seed: int, force: bool, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Make a fugue of a subject."""
    from tapeloom.app.fugues import DRAW, check_fugue_target, write_fugue
    from tapeloom.core.seed import MAX_SEED

    if not 0 <= seed <= MAX_SEED:
        raise InputError(f"seed is {seed}; it must lie between 0 and {MAX_SEED}")
    name = f"fugue-{seed}" if source == DRAW else f"{Path(source).stem}-fugue"
    target = out or Path(f"{name}.mid")
    if target.is_dir():
        target /= f"{name}.mid"
    check_fugue_target(target)
    _refuse_existing([target, target.with_suffix(".json")], force=force)
    facts = write_fugue(source, target, voices=voices, key=key, meter=meter, bpm=bpm, seed=seed)
    if as_json and not quiet:
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))
    elif not quiet:
        typer.echo(
            f"{target}: seed {seed}, {facts['key']}, {facts['meter']}, {facts['bars']} bars, "
            f"{voices} voices, {facts['answer']} answer, {facts['entries']} entries"
            f"{', stretto' if facts['stretto'] else ''}; {facts['parallels']} parallels"
        )


def _infill(
    source: Path, bars: str | None, role: str | None, engine: str, first: int, count: int,
    out: Path | None, *, force: bool, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Write bars of a role of a MIDI file anew, once for each seed."""
    from tapeloom.app.composing import write_infilled
    from tapeloom.core.score import ROLES
    from tapeloom.core.seed import MAX_SEED

    match = re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", bars or "")
    if match is None:
        raise InputError("--infill needs the bars to write, such as --bars 9-12")
    if role not in ROLES:
        raise InputError(f"--infill needs a --role; choose one of {', '.join(ROLES)}")
    begin, end = int(match[1]), int(match[2] or match[1])
    if not 0 <= first <= MAX_SEED:
        raise InputError(f"seed is {first}; it must lie between 0 and {MAX_SEED}")
    if not 1 <= begin <= end:
        raise InputError(f"--bars is {bars}; the first bar is 1, and the last comes not before it")
    seeds = range(first, first + count)
    names = [f"{source.stem}-{role}-{seed}.mid" for seed in seeds]
    if out is not None and out.suffix.lower() in MIDI and not out.is_dir():
        if count > 1:
            raise InputError(f"{out} is one file and --count asks for {count}; name a folder")
        targets = [out]
    else:
        folder = out or source.parent
        targets = [folder / name for name in names]
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder} cannot be written to: {error.strerror}") from error
    _refuse_existing(targets, force=force)
    made = []
    for seed, target in zip(seeds, targets, strict=True):
        made.append(
            write_infilled(
                source, target, role=role, bars=range(begin - 1, end), engine=engine, seed=seed
            )
        )
        if not quiet and not as_json:
            told = made[-1]
            typer.echo(f"{target}: seed {seed}, bars {begin} to {end} of {role} written anew, "
                       f"{told['notes']} notes")  # fmt: skip
    if as_json and not quiet:
        typer.echo(json.dumps(made, ensure_ascii=False, indent=1))


def _targets(
    briefs: list[Any], out: Path | None, *, performance: bool, figures: bool, force: bool
) -> list[Path]:
    """Name the file of each score; refuse what can't be written or exists, it or one beside it."""
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
    told = [path.with_suffix(".json") for path in targets]
    others = [*(played if performance else ()), *(told if figures else ())]
    _refuse_existing([*targets, *others], force=force)
    return targets


def _refuse_existing(paths: list[Path], *, force: bool) -> None:
    for path in paths:
        if path.exists() and not force:
            raise InputError(f"{path} exists; use --force to replace it, or another --seed")


def _line(figures: Any) -> str:
    minutes, seconds = divmod(round(figures["duration_s"]), 60)
    meters = ", ".join(dict.fromkeys(meter for _, meter in figures["meters"]))
    parts = ", ".join(f"{name} {notes}" for name, notes in figures["notes"].items())
    told = "".join(
        f"; quality {draft['quality']['total']:.2f}, "
        f"{100 * draft['originality']['copied_share']:.1f} % quoted"
        for draft in figures["drafts"]
    )
    return (
        f"{figures['file']}: seed {figures['seed']}, {figures['key']}, {figures['bpm']:g} bpm, "
        f"{meters}, {figures['bars']} bars, {minutes}:{seconds:02d}; notes: {parts}{told}"
    )
