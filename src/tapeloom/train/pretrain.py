"""Train the transformer on songs as tokens: `pretrain(recipe, DATA, OUT)`.

    python -m tapeloom.train.pretrain DATA OUT [--preset P] [--steps N] ... [--resume]
    accelerate launch --multi_gpu -m tapeloom.train.pretrain DATA OUT ...

DATA is a folder of train.token_store. OUT receives checkpoint.pt (everything a run needs to go on),
best.pt (the weights that did best on the validation songs), log.jsonl and losses.png. A run that
was killed goes on from its checkpoint and ends, on one processor, bit for bit as it would have.
Needs torch and accelerate (the extra `train`).
"""
# mypy: disable-error-code="misc, no-any-return"

import argparse
import json
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator

from tapeloom.core.errors import InputError, Interrupted
from tapeloom.core.files import replacing
from tapeloom.train.gpt import GPT, PRESETS, GPTConfig
from tapeloom.train.muon import Muon
from tapeloom.train.recipe import Recipe
from tapeloom.train.token_store import TokenStore, Vocabulary
from tapeloom.train.training_plot import plot_losses
from tapeloom.train.windows import Batch, Drawer, gather

FREE = {"steps", "whole_share", "compile", "check_every", "save_every"}  # may change on the way
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a run."""

    steps: int
    loss: float  # on the last step's songs, nats a token
    best: float  # on validation songs, nats a token
    parameters: int
    checkpoint: Path
    weights: Path


def pretrain(
    recipe: Recipe,
    data: Path,
    out: Path,
    *,
    resume: bool = False,
    threads: int | None = None,
    report: Report = print,
    until: int | None = None,
) -> Trained:
    """Train a model from nothing, or go on where a run was stopped.

    resume   go on from OUT/checkpoint.pt, if there is one
    threads  of the processor; None: as torch chooses
    until    stop behind this step, as a kill would; None: at the recipe's end
    """
    if recipe.preset not in PRESETS:
        raise InputError(f"preset is {recipe.preset!r}; it must be one of {', '.join(PRESETS)}")
    out.mkdir(parents=True, exist_ok=True)
    if threads is not None:
        torch.set_num_threads(threads)
    store, checks = TokenStore.load(data, "train"), TokenStore.load(data, "validation")
    if not len(store) or not len(checks):
        raise InputError(f"{data} needs songs to learn from and songs for validation")
    config = replace(
        PRESETS[recipe.preset], vocabulary=store.vocabulary.size, dropout=recipe.dropout
    )
    run = _Run(recipe, config, store.vocabulary, out)
    if resume and run.checkpoint.exists():
        run.read()
        report(f"goes on at step {run.step}")
    elif run.checkpoint.exists():
        raise InputError(f"{out} holds a run; go on with --resume or choose another folder")
    drawer, checker = Drawer(store, context=config.context), Drawer(checks, context=config.context)
    report(
        f"{config.parameters / 1e6:.2f} M weights, {len(store)} songs of "
        f"{len(store.tokens) / 1e6:.2f} M tokens, on {run.accelerator.device}"
    )
    end = recipe.steps if until is None else min(until, recipe.steps)
    try:
        while run.step < end:
            run.advance(drawer)
            if run.step % recipe.check_every == 0 or run.step == recipe.steps:
                report(run.check(checker))
            if run.step % recipe.save_every == 0 or run.step == recipe.steps:
                run.write()
    except KeyboardInterrupt as error:
        raise Interrupted(
            f"stopped at step {run.step}; --resume goes on from the last checkpoint in {out}"
        ) from error
    run.plot()
    return Trained(run.step, run.loss, run.best, config.parameters, run.checkpoint, out / "best.pt")


class _Run:
    """The state of a run: model, optimiser, step and the best loss so far."""

    def __init__(
        self, recipe: Recipe, config: GPTConfig, vocabulary: Vocabulary, out: Path
    ) -> None:
        self.recipe, self.config, self.vocabulary, self.out = recipe, config, vocabulary, out
        self.checkpoint, self.log = out / "checkpoint.pt", out / "log.jsonl"
        cuda = torch.cuda.is_available()
        half = recipe.precision == "bfloat16" or (
            recipe.precision == "auto" and cuda and torch.cuda.is_bf16_supported()
        )
        self.accelerator = Accelerator(mixed_precision="bf16" if half else "no", cpu=not cuda)
        torch.manual_seed(recipe.seed)
        self.model = GPT(config)
        module = _Losses(self.model)
        self.module, *self.optimisers = self.accelerator.prepare(
            module, *_optimisers(self.model, recipe)
        )
        if recipe.compile:
            self.module = torch.compile(self.module, dynamic=True)
        self.step, self.loss, self.best, self.seconds = 0, float("inf"), float("inf"), 0.0
        self.lines: list[dict[str, Any]] = []

    def advance(self, drawer: Drawer) -> None:
        """Change the weights once."""
        began, recipe, accelerator = time.perf_counter(), self.recipe, self.accelerator
        rank, world = accelerator.process_index, accelerator.num_processes
        # All chance of a step hangs on its number: nothing of it has to be saved.
        rng = np.random.default_rng([recipe.seed, self.step, rank])
        torch.manual_seed(int(rng.integers(2**62)))
        length = recipe.window_at(self.step, self.config.context)
        windows = drawer.draw(rng, tokens=recipe.tokens, length=length)
        batches = gather(windows, pad=self.vocabulary.pad, groups=recipe.groups)
        counted = sum(batch.counted for batch in batches)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = recipe.rate_at(self.step)
        self.module.train()
        total = torch.zeros((), device=accelerator.device)
        for number, batch in enumerate(batches):
            last = number == len(batches) - 1
            # Processes exchange their gradients with the last part only.
            with nullcontext() if last or world == 1 else self.module.no_sync():
                loss = self.module(*_tensors(batch, accelerator.device)) / counted
                accelerator.backward(loss)
            total += loss.detach()
        norm = accelerator.clip_grad_norm_(self.module.parameters(), recipe.clip)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.step += 1
        self.loss = float(total)
        self.seconds += time.perf_counter() - began
        if self.step % 10 == 0 or self.step == recipe.steps:
            self._note(
                loss=round(self.loss, 5), rate=recipe.rate_at(self.step - 1),
                norm=round(float(norm), 4), window=length, tokens=counted * world,
                seconds=round(self.seconds, 1),
            )  # fmt: skip

    def check(self, checker: Drawer) -> str:
        """Measure the validation songs; keep the weights if they never did better."""
        losses = validation_losses(
            self.model, checker,
            tokens=self.recipe.check_tokens, length=self.config.context,
            device=self.accelerator.device,
        )  # fmt: skip
        mean = losses.pop("all")
        self._note(validation=round(mean, 5), **{k: round(v, 5) for k, v in losses.items()})
        if mean < self.best:
            self.best = mean
            if self.accelerator.is_main_process:
                save_weights(self.model, self.vocabulary, self.out / "best.pt")
        each = ", ".join(f"{name} {value:.3f}" for name, value in losses.items())
        return (
            f"step {self.step}: loss {self.loss:.4f}, validation {mean:.4f} ({each}), "
            f"{self.seconds:.0f} s"
        )

    def write(self) -> None:
        """Save all that the run needs to go on; the log and the plot too."""
        if not self.accelerator.is_main_process:
            return
        state = {
            "recipe": asdict(self.recipe), "config": asdict(self.config),
            "vocabulary": asdict(self.vocabulary), "model": self.model.state_dict(),
            "optimisers": [each.state_dict() for each in self.optimisers], "step": self.step,
            "best": self.best, "loss": self.loss, "seconds": self.seconds, "lines": self.lines,
        }  # fmt: skip
        with replacing(self.checkpoint) as temporary:
            torch.save(state, temporary)
        with replacing(self.log) as temporary:
            temporary.write_text("".join(json.dumps(line) + "\n" for line in self.lines), "utf-8")
        self.plot()

    def read(self) -> None:
        """Take up the state of the checkpoint."""
        state = read_torch(self.checkpoint)
        then = {**asdict(Recipe()), **state["recipe"]}
        for field in fields(Recipe):
            was, now = then[field.name], getattr(self.recipe, field.name)
            if field.name not in FREE and was != now:
                raise InputError(
                    f"{field.name} was {was} when the run began and is {now} now; "
                    "go on with the same or begin another run"
                )
        if state["vocabulary"] != asdict(self.vocabulary):
            raise InputError(f"{self.checkpoint} was trained with another vocabulary")
        self.model.load_state_dict(state["model"])
        for optimiser, held in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(held)
        self.step, self.best, self.loss = state["step"], state["best"], state["loss"]
        self.seconds, self.lines = state["seconds"], state["lines"]

    def plot(self) -> None:
        """Draw the losses."""
        if self.accelerator.is_main_process:
            plot_losses(self.lines, self.out / "losses.png", title=self.recipe.preset)

    def _note(self, **values: Any) -> None:
        self.lines.append({"step": self.step, **values})


class _Losses(torch.nn.Module):
    """The model as accelerate wants it: called, it returns the loss."""

    def __init__(self, model: GPT) -> None:
        super().__init__()
        self.model = model

    def forward(self, *batch: torch.Tensor) -> torch.Tensor:
        """Return the summed loss of tokens, positions and targets."""
        return self.model.loss(*batch)


def validation_losses(
    model: GPT, checker: Drawer, *, tokens: int, length: int, device: Any = "cpu"
) -> dict[str, float]:
    """Return nats a token of windows that are the same at every call: all, and by source."""
    windows = checker.draw(np.random.default_rng(0), tokens=tokens, length=length)
    windows = [replace(w, positions=np.arange(len(w.positions))) for w in windows]
    names, pad = checker.store.source_names, checker.store.vocabulary.pad
    total, count = np.zeros(len(names)), np.zeros(len(names))
    model.eval()
    with torch.no_grad():
        for batch in gather(windows, pad=pad, groups=max(tokens // 8192, 1)):
            inputs, positions, targets = _tensors(batch, device)
            logits = model(inputs, positions).float()
            costs = torch.nn.functional.cross_entropy(
                logits.flatten(0, 1), targets.flatten(), ignore_index=-1, reduction="none"
            ).view(targets.shape)
            np.add.at(total, batch.sources, costs.sum(1).double().cpu().numpy())
            np.add.at(count, batch.sources, (batch.targets >= 0).sum(1))
    each = {name: float(t / n) for name, t, n in zip(names, total, count, strict=True) if n}
    return {"all": float(total.sum() / count.sum()), **each}


def save_weights(model: GPT, vocabulary: Vocabulary, path: Path) -> None:
    """Write a model's weights, size and vocabulary: what export and finetune read."""
    state = {
        "config": asdict(model.config), "vocabulary": asdict(vocabulary),
        "model": model.state_dict(),
    }  # fmt: skip
    with replacing(path) as temporary:
        torch.save(state, temporary)


def load_weights(path: Path) -> tuple[GPT, Vocabulary]:
    """Read a model from a file of weights or a checkpoint."""
    state = read_torch(path)
    try:
        model = GPT(GPTConfig(**state["config"]))
        model.load_state_dict(state["model"])
        return model.eval(), Vocabulary(**state["vocabulary"])
    except (KeyError, TypeError, RuntimeError) as error:
        raise InputError(f"{path} holds no weights of our transformer: {error}") from error


def read_torch(path: Path) -> dict[str, Any]:
    """Read a file of torch's that holds nothing but plain values and tensors."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch has one class of error for each cause
        raise InputError(f"{path} cannot be read as a file of torch's: {error}") from error
    if not isinstance(state, dict):
        raise InputError(f"{path} holds no weights of our transformer")
    return state


def _optimisers(model: GPT, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Return what changes the weights: Muon the matrices of the blocks, AdamW the others."""
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and "blocks" in n]
    others = [p for n, p in model.named_parameters() if p.dim() != 2 or "blocks" not in n]
    groups = [{"params": others, "weight_decay": 0.0}]
    found: list[torch.optim.Optimizer] = []
    if recipe.optimiser == "muon":
        found.append(Muon(matrices, lr=recipe.rate, weight_decay=recipe.weight_decay))
    else:
        groups.insert(0, {"params": matrices, "weight_decay": recipe.weight_decay})
    betas = (0.9, recipe.beta_2)
    found.append(torch.optim.AdamW(groups, lr=recipe.rate, betas=betas, fused=True))
    return found


def _tensors(batch: Batch, device: Any) -> list[torch.Tensor]:
    arrays = (batch.tokens, batch.positions, batch.targets)
    return [torch.from_numpy(array).to(device, non_blocking=True) for array in arrays]


def main(words: Sequence[str] | None = None) -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    parser.add_argument("--threads", type=int)
    for field in fields(Recipe):
        kind: Any = type(field.default)
        if kind is bool:
            parser.add_argument(f"--{field.name.replace('_', '-')}", action="store_true")
        else:
            parser.add_argument(
                f"--{field.name.replace('_', '-')}", type=kind, default=field.default
            )
    options = vars(parser.parse_args(words))
    data, out = options.pop("data"), options.pop("out")
    resume, threads = options.pop("resume"), options.pop("threads")

    def say(text: str) -> None:
        print(text, flush=True)  # noqa: T201  (the command's output)

    try:
        trained = pretrain(Recipe(**options), data, out, resume=resume, threads=threads, report=say)
    except InputError as error:
        parser.error(str(error))
    say(f"best validation loss {trained.best:.4f} nats a token, in {trained.weights}")


if __name__ == "__main__":
    main()
