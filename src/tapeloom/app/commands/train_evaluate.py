"""`tapeloom train evaluate`: how well a model foresees songs that it was not taught."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.app.commands.train_options import Threads, need, reporter
from tapeloom.core.errors import InputError


def evaluate(
    data: Annotated[
        Path, typer.Option(help="Data sets, each unpacked (pop909/) or packed (pop909.tar.xz).")
    ],
    model: Annotated[
        Path | None, typer.Option(help="A model's file, .onnx, or weights, .pt [the shipped one].")
    ] = None,
    ngram: Annotated[
        Path | None,
        typer.Option(help="A data set of `train corpus`, to count the n-grams of orders 1 to 5."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="All songs of the folder, not those for validation alone.")
    ] = False,
    songs: Annotated[
        int | None, typer.Option(help="The most songs of a set [default: all of them].")
    ] = None,
    pieces: Annotated[
        int, typer.Option(help="Pieces to generate and measure as well; the model is an .onnx.")
    ] = 0,
    samples: Annotated[
        int, typer.Option(help="Samples of four bars, with --pieces: how many are valid.")
    ] = 500,
    out: Annotated[
        Path | None, typer.Option(help="Write the report, .md, and the same as .json beside it.")
    ] = None,
    threads: Threads = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Tell nats a token and bits a note of songs, beside n-grams and the model asked for nothing.

    With --all every song counts: give a folder that holds only songs that the model never saw.
    With --pieces also what it writes: as asked (tempo, key, chords, density, mood), like lo-fi,
    original, valid.
    """
    if model is not None and model.suffix == ".pt":
        need("torch", "accelerate")
    if songs is not None and songs < 1:
        raise InputError(f"--songs is {songs}; it must be at least 1")
    if pieces and (samples < 1 or pieces < 1):
        raise InputError(f"--pieces is {pieces} and --samples {samples}; give at least 1 of each")
    if pieces and model is not None and model.suffix != ".onnx":
        raise InputError(f"--pieces needs a model's file, .onnx; {model} is none")
    if out is not None and (out.suffix != ".md" or not out.parent.is_dir()):
        raise InputError(f"{out} must end in .md and lie in a folder that exists")
    from tapeloom import __version__
    from tapeloom.app.commands.doctor import cache_folder
    from tapeloom.core.files import sha256_of
    from tapeloom.neural.lofi_generator import GeneratorConfig
    from tapeloom.neural.runtime import Runtime
    from tapeloom.train.archives import unpacked
    from tapeloom.train.evaluate import tables_to_json, write_report
    from tapeloom.train.evaluation import SHIPPED, judged, models_of, report_of, songs_to_judge
    from tapeloom.train.generation import generated

    if model is None and SHIPPED.is_file():
        model = SHIPPED
    models = models_of(model, ngram, threads=threads)
    report = reporter(quiet=quiet)
    place = unpacked(data, cache_folder(), report=report)
    found = judged(songs_to_judge(place, every=every, own=not every, report=report), most=songs)
    report(f"{len(found)} songs of {sum(len(song.tokens) for song in found)} tokens")
    tables = report_of(found, models, report=report)
    if pieces:
        tables += generated(
            Runtime.load(model or SHIPPED, threads=threads or 1), pieces=pieces, samples=samples,
            candidates=GeneratorConfig().candidates, report=report,
        )  # fmt: skip
    name = next(iter(models))
    facts = {
        "version": __version__,
        "songs": f"{'all' if every else 'those for validation'}, {len(found)}; the header is given",
    }
    if model is not None:
        facts["model"] = f"{model.name}, sha256 {sha256_of(model)}"
    if out is not None:
        command = f"tapeloom train evaluate --data {data} --model {model}"
        command += f" --ngram {ngram}" if ngram else ""
        command += " --all" if every else ""
        command += f" --songs {songs}" if songs else ""
        command += f" --pieces {pieces} --samples {samples}" if pieces else ""
        write_report(tables, out, title=f"{name}: likelihood", command=command, facts=facts)
    if quiet:
        return
    if as_json:
        told = {"facts": facts, "tables": tables_to_json(tables)}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    typer.echo("\n\n".join(table.markdown() for table in tables))
