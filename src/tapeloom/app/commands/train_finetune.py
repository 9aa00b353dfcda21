"""`tapeloom train finetune`: a model that has also learned from a user's own MIDI files."""

from pathlib import Path
from typing import Annotated

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.app.commands.train_options import (
    Force,
    Threads,
    check_target,
    need,
    reporter,
    tell,
)
from tapeloom.core.errors import InputError


def finetune(
    midi: Annotated[Path, typer.Option(help="A folder of MIDI files, yours to learn from.")],
    out: Annotated[
        Path,
        typer.Option(help="The model's file, .onnx; -originality.npz is written beside it."),
    ],
    model: Annotated[
        Path | None, typer.Option(help="A model's file, .onnx, or weights, .pt [the shipped one].")
    ] = None,
    style: Annotated[
        str, typer.Option(help="Of all the files, such as lofi, jazz, hiphop.")
    ] = "any",
    steps: Annotated[int, typer.Option(help="Of learning, at most.")] = 300,
    rank: Annotated[int, typer.Option(help="How much can be learned.")] = 8,
    rate: Annotated[float, typer.Option(help="The highest learning rate.")] = 1e-3,
    seed: options.Seed = None,
    threads: Threads = None,
    force: Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Adapt a model to your own songs on this computer.

    About one song in five is kept apart; learning stops when these are foreseen no better. The
    index of originality that is written knows your songs, so that none of them is quoted.
    """
    need("torch", "accelerate", "onnx")
    check_target(out, ".onnx", force=force)
    from tapeloom.neural.originality import OriginalityIndex
    from tapeloom.train.evaluation import SHIPPED
    from tapeloom.train.finetune import Adaptation
    from tapeloom.train.finetune import finetune as run
    from tapeloom.train.own_songs import read_own

    if model is None and not SHIPPED.is_file():
        raise InputError("this version ships no model; give one by --model, .onnx or .pt")
    adaptation = Adaptation(steps=steps, rank=rank, rate=rate, seed=1 if seed is None else seed)
    report = reporter(quiet=quiet)
    songs = read_own(midi, style=style, report=report)
    done = run(
        model or SHIPPED, songs, out, adaptation, index=OriginalityIndex.load(), threads=threads,
        report=report,
    )  # fmt: skip
    told = {
        "out": str(done.model), "index": str(done.index), "taught": len(songs.taught),
        "kept": len(songs.kept), "before": done.before, "after": done.after, "steps": done.steps,
        "learned": done.learned, "bytes": len(done.exported.file.data),
    }  # fmt: skip
    line = (
        f"{done.before:.4f} nats a token of your songs before, {done.after:.4f} now, by "
        f"{done.steps} steps\nwrote {done.model} and {done.index}"
    )
    tell(told, line, as_json=as_json, quiet=quiet)
