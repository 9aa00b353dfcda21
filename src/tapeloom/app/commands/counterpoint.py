"""`tapeloom counterpoint`: species counterpoint to a cantus firmus, or the faults of one."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from tapeloom.core.errors import InputError

_MAX_INPUT = 2**24  # bytes of standard input


def counterpoint(
    source: Annotated[
        str,
        typer.Argument(
            metavar="CANTUS",
            help='A cantus firmus such as "D4 F4 E4 D4", or a file: MIDI, MusicXML, .txt; '
            "- reads stdin.",
        ),
    ],
    species: Annotated[int, typer.Option(help="1 to 5, of one voice beside the cantus.")] = 1,
    above: Annotated[
        bool, typer.Option("--above/--below", help="Where the counterpoint lies.")
    ] = True,
    voices: Annotated[int, typer.Option(help="2 to 4, the cantus counted.")] = 2,
    place: Annotated[
        int | None, typer.Option(help="Which voice the cantus is, 1 the lowest.")
    ] = None,
    voice: Annotated[
        int | None, typer.Option(help="Which voice has the species; the highest if left out.")
    ] = None,
    mode: Annotated[
        str | None, typer.Option(help="Such as dorian or G phrygian; found if left out.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many alternatives, 1 to 16, the best first.")] = 1,
    seed: Annotated[
        int | None, typer.Option(help="Draw other solutions; the same seed finds the same ones.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Take a file of voices and print every fault.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write .mid, .musicxml, .mxl, .txt or .json.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Write the best counterpoint of a species to a cantus firmus, or check one by Fux's rules."""
    with TemporaryDirectory() as folder:
        given = _standard_input(Path(folder)) if source == "-" else source
        if check:
            if out is not None:
                raise InputError("--out takes solutions; --check only prints what it finds")
            _check(given, place, mode, as_json=as_json, quiet=quiet)
            return
        from tapeloom.app.counterpoint import (
            mode_name,
            save_solutions,
            solution_figures,
            solve_cantus,
            voice_lines,
        )

        lies = (0 if above else voices - 1) if place is None else place - 1
        solutions = solve_cantus(
            given, species=species, voices=voices, place=lies,
            voice=None if voice is None else voice - 1, mode=mode, count=count, seed=seed,
        )  # fmt: skip
    if out is not None:
        save_solutions(out, solutions, force=force)
    if quiet:
        return
    if as_json:
        told = [solution_figures(solution) for solution in solutions]
        typer.echo(json.dumps({"solutions": told}, ensure_ascii=False, indent=1))
        return
    for i, solution in enumerate(solutions, 1):
        typer.echo(f"# {i}. {mode_name(solution.exercise.mode)}, cost {solution.cost:g}")
        for line in voice_lines(solution.exercise):
            typer.echo(line)
        for fault in solution.faults:
            typer.echo(f"# advice not taken: {fault}")


def _check(source: str, place: int | None, mode: str | None, *, as_json: bool, quiet: bool) -> None:
    from tapeloom.app.counterpoint import check_voices, exercise_figures, mode_name

    exercise, faults = check_voices(source, cantus=place, mode=mode)
    if quiet:
        return
    if as_json:
        figures = exercise_figures(exercise, faults)
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=1))
        return
    hard = [fault for fault in faults if fault.is_hard]
    numbers = ", ".join(str(number) for number in exercise.species)
    typer.echo(
        f"{mode_name(exercise.mode)}, {exercise.bars} bars, cantus firmus in voice "
        f"{exercise.cantus + 1}, species by voice from the lowest {numbers}"
    )
    for fault in hard:
        typer.echo(f"fault: {fault}; {fault.rule.says}")
    for fault in faults:
        if not fault.is_hard:
            typer.echo(f"advice: {fault}; {fault.rule.says}")
    typer.echo(f"{len(hard)} faults, {len(faults) - len(hard)} pieces of advice")


def _standard_input(folder: Path) -> str:
    data = sys.stdin.buffer.read(_MAX_INPUT + 1)
    if len(data) > _MAX_INPUT:
        raise InputError(f"standard input has over {_MAX_INPUT // 2**20} MiB; that is no exercise")
    if not data.strip():
        raise InputError("standard input is empty")
    is_music = data.startswith((b"MThd", b"PK")) or data.lstrip(b"\xef\xbb\xbf \r\n")[:1] == b"<"
    path = folder / ("standard-input" if is_music else "standard-input.txt")
    path.write_bytes(data)
    return str(path)
