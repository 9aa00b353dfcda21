"""`tapeloom groove`: how a MIDI file is played, measured and changed."""

import json
import secrets
from pathlib import Path
from typing import Annotated, Any

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.app.commands.analyze import standard_input
from tapeloom.core.errors import InputError

MIDI = (".mid", ".midi")


def groove(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="MIDI, MusicXML, score.json, a record's folder; - reads stdin."
        ),
    ],
    feel: Annotated[
        str, typer.Option(help="A feel such as dusty, dilla, boom_bap, bossa, shuffle, or none.")
    ] = "none",
    swing: Annotated[
        str | None,
        typer.Option(help="58%, 0.58 or 2:1, in place of the feel's; alone it only re-swings."),
    ] = None,
    swing_level: Annotated[
        int | None, typer.Option(help="Which notes swing: 16 or 8 [default: the feel's, or 16].")
    ] = None,
    template: Annotated[
        Path | None, typer.Option(help="A groove that --extract wrote, in place of a feel.")
    ] = None,
    amount: Annotated[
        float, typer.Option(help="0 leaves the file as it is, 1 is the feel or groove wholly.")
    ] = 1.0,
    quantise: Annotated[
        float, typer.Option(help="First move notes to the grid: 0 not at all, 1 wholly.")
    ] = 0.0,
    triplets: Annotated[
        bool, typer.Option("--triplets/--no-triplets", help="Whether a beat may be in threes.")
    ] = True,
    humanise: Annotated[
        float, typer.Option(help="Last a player's touch: 0 none, 1 as loose as a drummer.")
    ] = 0.0,
    style: Annotated[
        str | None, typer.Option(help="Of that drummer, such as hiphop, jazz, funk, latin.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same touch; drawn if left out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The MIDI file to write [default: FILE-groove.mid].")
    ] = None,
    extract: Annotated[
        Path | None, typer.Option(help="Write the groove of FILE as a template, .toml.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Measure how a file is played; put it on the grid, in a feel or a groove, humanise it."""
    if seed is not None and seed < 0:
        raise InputError(f"seed is {seed}; it must be 0 or more")
    change = _change(
        feel, swing, swing_level, template, amount, quantise, triplets, humanise, style
    )
    name = "standard-input" if source == "-" else Path(source).name
    target = _target(source, out, extract, force=force, changes=not change.is_nothing)
    score = _read(source)
    from tapeloom.app.grooving import groove_score, write_grooved, write_template

    drawn = secrets.randbelow(1_000_000) if seed is None else seed
    done = groove_score(score, change, seed=drawn)
    if extract is not None:
        write_template(extract, score, name=Path(name).stem)
    if target is not None:
        write_grooved(target, done.score)
    told: dict[str, Any] = {
        "file": source,
        "out": str(target) if target else None,
        "extract": str(extract) if extract else None,
        "seed": drawn if change.humanise else None,
        "before": done.before,
        "after": done.after,
    }
    if quiet:
        return
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    _show(told)


def _change(
    feel: str, swing: str | None, level: int | None, template: Path | None, amount: float,
    quantise: float, triplets: bool, humanise: float, style: str | None,
) -> Any:  # fmt: skip
    """Return what is asked for, checked."""
    from tapeloom.app.grooving import read_template
    from tapeloom.compose.regroove import GrooveChange
    from tapeloom.rhythm.feels import FEELS
    from tapeloom.rhythm.swing_ratio import LEVELS, Swing

    if feel != "none" and feel not in FEELS:
        raise InputError(f"{feel!r} is no feel; choose one of none, {', '.join(FEELS)}")
    if level is not None and level not in LEVELS:
        raise InputError(f"--swing-level is {level}; it must be 8 or 16")
    if level is not None and swing is None:
        raise InputError("--swing-level says which notes --swing moves; give --swing, too")
    found = FEELS.get(feel)
    usual = found.swing_level if found else 16
    return GrooveChange(
        quantise=quantise,
        triplets=triplets,
        feel=found,
        template=read_template(template) if template else None,
        swing=Swing.parse(swing, level=level or usual) if swing is not None else None,
        amount=amount,
        humanise=humanise,
        style=style,
    )


def _target(
    source: str, out: Path | None, extract: Path | None, *, force: bool, changes: bool
) -> Path | None:
    """Name the file to write, None where nothing changes; refuse what can't be written."""
    target: Path | None = out
    if target is None and changes:
        played = Path("standard-input" if source == "-" else source)
        target = played.with_name(f"{played.stem}-groove.mid")
    if target is not None and out is not None and not changes:
        raise InputError(
            "--out is given, but nothing that changes the groove; add --feel, --swing, "
            "--template, --quantise or --humanise"
        )
    for option, path, endings in (("--out", target, MIDI), ("--extract", extract, (".toml",))):
        if path is None:
            continue
        if path.suffix.lower() not in endings:
            raise InputError(f"{path} is no name for {option}; end it in {endings[0]}")
        if path.is_dir() or not path.parent.is_dir():
            raise InputError(f"{path} cannot be written; {option} names a file in a folder")
        if path.exists() and not force:
            raise InputError(f"{path} exists; use --force to replace it, or give {option}")
    return target


def _read(source: str) -> Any:
    from contextlib import ExitStack

    from tapeloom.app.analysis import open_source
    from tapeloom.app.timing import played_score

    with ExitStack() as cleanup:
        path = standard_input(cleanup) if source == "-" else Path(source)
        score, _ = open_source(path)
        if score is None:
            raise InputError(f"{source} is audio; give notes, as MIDI or MusicXML")
        return played_score(path, score)


def _show(told: Any) -> None:
    from rich.console import Console

    from tapeloom.app.commands.timing_tables import print_change

    console = Console(highlight=False)
    console.print(told["file"], style="bold", markup=False, soft_wrap=True)
    print_change(console, told["before"], told["after"])
    for key in ("out", "extract"):
        if told[key]:
            seeded = f", seed {told['seed']}" if key == "out" and told["seed"] is not None else ""
            console.print(f"wrote {told[key]}{seeded}", markup=False, soft_wrap=True)
