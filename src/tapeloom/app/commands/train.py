"""`tapeloom train`: making models. Needs the extra `train`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tapeloom.app.commands import brief_options as options
from tapeloom.app.commands.train_evaluate import evaluate
from tapeloom.app.commands.train_finetune import finetune
from tapeloom.app.commands.train_options import (
    Force,
    Threads,
    check_target,
    need,
    print_table,
    reporter,
    tell,
)
from tapeloom.core.errors import InputError, Interrupted

train = typer.Typer(
    name="train",
    help="Make models: the data set, training, export, evaluation, your own songs.",
    no_args_is_help=True,
)


@train.command()
def corpus(
    folder: Annotated[
        Path, typer.Argument(help="Data sets, each unpacked (pop909/) or packed (pop909.tar.xz).")
    ],
    out: Annotated[Path, typer.Option(help="The folder that receives the data set.")],
    sources: Annotated[
        str, typer.Option(help="Which sets, such as pop909,groove [default: all that are there].")
    ] = "",
    composed: Annotated[int, typer.Option(help="Pieces that the theory engine adds.")] = 400,
    processes: Annotated[int, typer.Option(help="How many work at it.")] = 2,
    seed: options.Seed = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Clean songs, augment them and write them as tokens; tell what they hold.

    A run that was stopped goes on with the same command.
    """
    need("pyarrow")
    if not 1 <= processes <= 256:
        raise InputError(f"--processes is {processes}; it must lie between 1 and 256")
    if not 0 <= composed <= 100_000:
        raise InputError(f"--composed is {composed}; it must lie between 0 and 100000")
    if seed is not None and seed < 0:
        raise InputError(f"--seed is {seed}; it must be 0 or more")
    from tapeloom.app.commands.doctor import cache_folder
    from tapeloom.core.files import write_json
    from tapeloom.train.archives import unpacked
    from tapeloom.train.corpus_statistics import CorpusStatistics, plot_statistics
    from tapeloom.train.dataset import DatasetRecipe, build

    names = tuple(name for name in sources.replace(" ", "").split(",") if name)
    report = reporter(quiet=quiet)
    place = unpacked(folder, cache_folder(), sources=names, report=report)
    statistics = CorpusStatistics()
    recipe = DatasetRecipe(composed=composed, seed=1 if seed is None else seed)
    try:
        manifest = build(
            place, out, recipe, processes=processes, sources=names, report=report,
            watch=statistics.add,
        )  # fmt: skip
    except KeyboardInterrupt as error:
        raise Interrupted(f"stopped; the same command goes on in {out}") from error
    write_json(out / "statistics.json", statistics.to_json())
    plot_statistics(statistics, out / "statistics.png")
    if quiet:
        return
    told = {"out": str(out), "sources": manifest["sources"], "dropped": manifest["dropped"],
            "mended": manifest["mended"], "statistics": statistics.to_json()}  # fmt: skip
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    headings, rows = statistics.table()
    tokens = {
        name: f"{facts['train']['tokens'] / 1e6:.2f} M"
        for name, facts in manifest["sources"].items()
    }
    print_table((*headings, "tokens"), [(*row, tokens.pop(row[0], "-")) for row in rows])
    for name, count in tokens.items():
        typer.echo(f"and {count} tokens of {name}, arranged and composed by the theory engine")
    typer.echo(f"wrote {out}, statistics.json and statistics.png beside the tokens")


@train.command()
def pretrain(
    data: Annotated[Path, typer.Argument(help="A data set that `train corpus` made.")],
    out: Annotated[Path, typer.Argument(help="The folder that receives weights and log.")],
    preset: Annotated[str, typer.Option(help="tiny, mini, small, medium or base.")] = "small",
    steps: Annotated[int, typer.Option(help="Changes of the weights.")] = 10_000,
    tokens: Annotated[int, typer.Option(help="To predict in a step.")] = 16_384,
    groups: Annotated[
        int, typer.Option(help="Parts that a step is worked through in; more need less memory.")
    ] = 4,
    window: Annotated[int, typer.Option(help="Tokens seen at once, but for the last steps.")] = 512,
    rate: Annotated[float, typer.Option(help="The highest learning rate.")] = 1e-3,
    warmup: Annotated[int, typer.Option(help="Steps in which the rate climbs to it.")] = 200,
    optimiser: Annotated[str, typer.Option(help="muon or adamw.")] = "muon",
    dropout: Annotated[float, typer.Option(help="Share of values zeroed.")] = 0.0,
    check_every: Annotated[
        int, typer.Option(help="Steps between looks at the validation songs.")
    ] = 250,
    save_every: Annotated[int, typer.Option(help="Steps between checkpoints.")] = 250,
    seed: options.Seed = None,
    threads: Threads = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last checkpoint in OUT.")
    ] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Train a transformer on a data set; best.pt holds what did best on validation songs."""
    need("torch", "accelerate")
    from tapeloom.train.pretrain import pretrain as run
    from tapeloom.train.recipe import Recipe

    recipe = Recipe(
        preset=preset, steps=steps, tokens=tokens, groups=groups, window=window, rate=rate,
        warmup=warmup, optimiser=optimiser, dropout=dropout, check_every=check_every,
        save_every=save_every, seed=1 if seed is None else seed,
    )  # fmt: skip
    done = run(recipe, data, out, resume=resume, threads=threads, report=reporter(quiet=quiet))
    told = {
        "steps": done.steps, "loss": done.loss, "best": done.best,
        "parameters": done.parameters, "weights": str(done.weights),
    }  # fmt: skip
    tell(told, f"best validation loss {done.best:.4f} nats a token, in {done.weights}",
          as_json=as_json, quiet=quiet)  # fmt: skip


@train.command()
def export(
    weights: Annotated[Path, typer.Argument(help="best.pt or checkpoint.pt of a training.")],
    out: Annotated[Path, typer.Argument(help="The model's file, .onnx.")],
    data: Annotated[
        Path | None, typer.Option(help="A data set, to measure on what rounding costs.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="The model's name [the weights' file's].")
    ] = None,
    form: Annotated[str, typer.Option(help="Of the matrices: int8 or float32.")] = "int8",
    facts: Annotated[
        Path | None, typer.Option(help="JSON to keep in the file: data, licence, command.")
    ] = None,
    force: Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Turn trained weights into the file that runs without torch."""
    need("torch", "accelerate", "onnx")
    check_target(out, ".onnx", force=force)
    from tapeloom.core.files import read_json
    from tapeloom.train.export import export_file

    training = {} if facts is None else read_json(facts)
    if not isinstance(training, dict):
        raise InputError(f'{facts} holds no object of JSON; write one like {{"licence": "MIT"}}')
    made = export_file(weights, out, data=data, name=name, form=form, training=training)
    told = {
        "out": str(out), "bytes": len(made.file.data), "sha256": made.file.sha256,
        "nats_float32": made.before, "nats": made.after, "tokens": made.tokens,
    }  # fmt: skip
    line = (
        f"{out}: {len(made.file.data) / 2**20:.2f} MiB; {made.before:.4f} nats a token in float32, "
        f"{made.after:.4f} as written, on {made.tokens} tokens"
    )
    tell(told, line, as_json=as_json, quiet=quiet)


train.command()(evaluate)
train.command()(finetune)
