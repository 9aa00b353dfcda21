"""`tapeloom instruments`: which there are, what can be turned on each, and what they sound like."""

import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.core.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

SOUND = (".wav", ".flac")


def instruments(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One of them: what can be turned on it.")
    ] = None,
    demo: Annotated[
        str | None,
        typer.Option(metavar="NAME[:PRESET]", help="Play its phrase into --out; or a patch's."),
    ] = None,
    random: Annotated[
        str | None,
        typer.Option(metavar="near:NAME", help="Draw a patch near an instrument or a patch."),
    ] = None,
    morph: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="A B", help="Blend two presets or patches of one instrument."),
    ] = None,
    at: Annotated[float, typer.Option(help="With --morph where: 0 is A, 1 is B.")] = 0.5,
    amount: Annotated[
        float, typer.Option(help="With --random how far: 0 there, 1 anywhere.")
    ] = 0.25,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same; drawn if left out.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="The file to write: audio, or a patch (.toml).",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """List the instruments, show one, hear one, draw a new one near it, or blend two."""
    from tapeloom.core.seed import MAX_SEED

    if sum(given is not None for given in (name, demo, random, morph)) > 1:
        raise InputError("a NAME, --demo, --random and --morph are given together; give one")
    if seed is not None and not 0 <= seed <= MAX_SEED:
        raise InputError(f"seed is {seed}; it must lie between 0 and {MAX_SEED}")
    drawn = secrets.randbelow(1_000_000) if seed is None else seed
    told: Any
    if demo is not None:
        target = _target(out, demo, SOUND, force=force)
        from tapeloom.app.instruments import write_demo

        told = write_demo(demo, target, seed=drawn)
        line = f"{target}: {demo}, {told['duration_s']:.1f} s, seed {drawn}"
    elif random is not None:
        told = _draw(random, out, amount, drawn, force=force)
        line = f"{told['file']}: {told['instrument']}, near {told['near']}, seed {drawn}"
    elif morph is not None:
        told = _blend(morph, out, at, force=force)
        line = f"{told['file']}: {told['instrument']}, {at:g} of the way from {' to '.join(morph)}"
    else:
        if out is not None:
            raise InputError("--out goes with --demo, --random or --morph, which write a file")
        from tapeloom.app.instruments import instrument_figures

        told = instrument_figures(name)
        line = ""
    if quiet:
        return
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    elif line:
        typer.echo(line)
    else:
        _show(told, one=name is not None)


def _draw(text: str, out: Path | None, amount: float, seed: int, *, force: bool) -> dict[str, Any]:
    """Draw a patch and write it."""
    sign, _, near = text.partition(":")
    if sign != "near" or not near:
        raise InputError(f"--random is {text!r}; write near:NAME, such as near:dusty_kit")
    target = _target(out, near, (".toml",), force=force)
    from tapeloom.app.instruments import write_random

    instrument, values = write_random(near, target, amount=amount, seed=seed)
    return {"file": str(target), "instrument": instrument, "near": near, "amount": amount,
            "seed": seed, "parameters": dict(values)}  # fmt: skip


def _blend(ends: tuple[str, str], out: Path | None, at: float, *, force: bool) -> dict[str, Any]:
    """Blend two patches and write what comes of them."""
    plain = "-".join(Path(end).stem.replace(":", "-") for end in ends)
    target = _target(out or Path(f"{plain}.toml"), plain, (".toml",), force=force)
    from tapeloom.app.instruments import write_morph

    instrument, values = write_morph(*ends, target, share=at)
    return {"file": str(target), "instrument": instrument, "from": ends[0], "to": ends[1],
            "at": at, "parameters": dict(values)}  # fmt: skip


def _target(out: Path | None, name: str, endings: Sequence[str], *, force: bool) -> Path:
    """Name the file to write; refuse what can't be written or exists."""
    plain = Path(name).stem.replace(":", "-")
    path = out or Path(f"{plain}{'-near' if endings[0] == '.toml' else ''}{endings[0]}")
    if path.suffix.lower() not in endings:
        raise InputError(f"{path} is no name for --out; end it in {' or '.join(endings)}")
    if path.is_dir() or not path.parent.is_dir():
        raise InputError(f"{path} cannot be written; --out names a file in a folder that exists")
    if path.exists() and not force:
        raise InputError(f"{path} exists; use --force to replace it, or another --out")
    return path


def _show(rows: Sequence[Mapping[str, Any]], *, one: bool) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not one:
        table = _table("name", "what it is", "range", "presets")
        for row in rows:
            also = f" ({', '.join(row['also'])})" if row["also"] else ""
            table.add_row(row["name"] + also, row["about"],
                          "drum keys" if row["kind"] == "kit" else row["range"],
                          ", ".join(row["presets"]))  # fmt: skip
        console.print(table)
        return
    (row,) = rows
    console.print(f"{row['name']}: {row['about']}", style="bold", markup=False)
    if row["kind"] != "kit":
        console.print(f"  range {row['range']}, General MIDI program {row['program'] + 1}")
    table = _table("parameter", "what it is", "default", "from", "to", "unit", numbers=(2, 3, 4))
    for each in row["parameters"]:
        numbers = (f"{each[key]:g}" for key in ("default", "low", "high"))
        table.add_row(each["name"], each["about"], *numbers, each["unit"])
    console.print(table)
    for preset, values in row["presets"].items():
        settings = ", ".join(f"{key} {value:g}" for key, value in values.items())
        console.print(f"  {preset}: {settings}", markup=False, soft_wrap=True)


def _table(*headings: str, numbers: Sequence[int] = ()) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, header_style="bold")
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="right" if i in numbers else "left")
    return table
