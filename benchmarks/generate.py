"""Measure generation: our runtime against transformers' `generate` with the same weights.

    python benchmarks/generate.py [--preset small | --weights best.pt] [--batches 1 8] ...

Each side runs in a process of its own, one behind the other, and chooses among all tokens by the
model's chances. Prints tokens a second up to some lengths, their ratio by the clock and by the
time of the processor (which counts where others use it, too), and the peak memory; then the time
of 64 bars of 4 parts with the grammar's masks. Needs the extras `train` and `oracle`.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import TempoMap
from tapeloom.neural.generator import write
from tapeloom.neural.limits import limits_for
from tapeloom.neural.runtime import Runtime
from tapeloom.neural.sampling import Sampling
from tapeloom.neural.script import Script, script_of
from tapeloom.neural.token_codec import Codec
from tapeloom.neural.tokens import VOCABULARY

PROMPT = [VOCABULARY.bos, *range(5, 20)]
PARTS = {"melody": 72, "keys": 60, "bass": 40, "drums": 36}
# Notes a bar at most: weights of chance know no measure.
BUSIEST = {"melody": 8, "keys": 12, "bass": 5, "drums": 16}


def peak_mib() -> float:
    status = Path("/proc/self/status")
    if status.exists():  # where a process begins with its parent's ru_maxrss
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**10 if sys.platform != "darwin" else 2**20)


def now() -> list[float]:
    """Return seconds of the clock and of the processor: others may be using it, too."""
    return [perf_counter(), process_time()]


def since(start: Sequence[float]) -> list[float]:
    return [end - begin for begin, end in zip(start, now(), strict=True)]


def run_ours(model: Path, batch: int, lengths: Sequence[int], threads: int) -> dict[str, Any]:
    """Return seconds up to each length."""
    runtime = Runtime.load(model, threads=threads)
    rngs = [np.random.default_rng(i) for i in range(batch)]
    allowed = np.ones(VOCABULARY.size, np.bool_)
    choose = Sampling().choose
    runtime.begin([PROMPT] * batch)
    runtime.step([PROMPT[0]] * batch)
    marks, start = {}, now()
    texts = [list(PROMPT) for _ in range(batch)]
    logits = runtime.begin(texts)
    for count in range(1, max(lengths) + 1):
        for text, row, rng in zip(texts, logits, rngs, strict=True):
            text.append(choose(row, allowed, text, rng))
        if count in lengths:
            marks[count] = since(start)
        logits = runtime.step([text[-1] for text in texts])
    return {"marks": marks, "peak": peak_mib()}


def run_peer(weights: Path, batch: int, lengths: Sequence[int], threads: int) -> dict[str, Any]:
    """Return seconds up to each length."""
    import torch
    import transformers

    from tapeloom.train.gpt import to_gpt_2
    from tapeloom.train.pretrain import load_weights

    torch.set_num_threads(threads)
    model, _ = load_weights(weights)
    config = model.config
    peer = transformers.GPT2LMHeadModel(
        transformers.GPT2Config(
            vocab_size=config.vocabulary, n_positions=config.context, n_embd=config.width,
            n_layer=config.layers, n_head=config.heads, activation_function="gelu_new",
            bos_token_id=VOCABULARY.bos, eos_token_id=None, pad_token_id=VOCABULARY.pad,
        )
    ).eval()  # fmt: skip
    peer.load_state_dict(to_gpt_2(model.state_dict()), strict=False)
    del model
    marks: dict[int, list[float]] = {}
    start = now()

    class Clock(transformers.StoppingCriteria):
        def __call__(self, tokens: Any, scores: Any, **_: Any) -> Any:
            count = tokens.shape[1] - len(PROMPT)
            if count in lengths:
                marks[count] = since(start)
            return torch.zeros(len(tokens), dtype=torch.bool)

    prompt = torch.tensor([PROMPT] * batch)

    def make(count: int) -> None:
        peer.generate(
            prompt, attention_mask=torch.ones_like(prompt), do_sample=True, top_k=0,
            max_new_tokens=count, stopping_criteria=transformers.StoppingCriteriaList([Clock()]),
        )  # fmt: skip

    make(8)
    start = now()
    make(max(lengths))
    return {"marks": marks, "peak": peak_mib()}


def script(bars: int) -> Script:
    """Return the script of a song with two chords a bar and four free parts."""
    bar = Meter().bar_ticks
    symbols = ("Am9", "Fmaj7", "Dm7", "E7b9")
    spans = tuple(
        ChordSpan(i * bar // 2, (i + 1) * bar // 2, Chord.parse(symbols[i % 4]))
        for i in range(2 * bars)
    )
    parts = tuple(
        Part(name, name, notes=tuple(Note(b * bar, bar // 8, pitch) for b in range(bars)))
        for name, pitch in PARTS.items()
    )
    key = Key("A", "minor")
    score = Score(parts, tempo=TempoMap.constant(75), keys=((0, key),), chords=spans)
    limits = replace(limits_for(key), busiest=BUSIEST)
    free = {name: range(bars) for name in PARTS}
    return script_of(Codec().page(score), task="compose", free=free, limits=limits, meter=Meter())


def run_song(model: Path, batch: int, bars: int, threads: int) -> dict[str, Any]:
    """Return the seconds of some candidates of a song, and their tokens."""
    runtime = Runtime.load(model, threads=threads)
    rngs = [np.random.default_rng(i) for i in range(batch)]
    start = now()
    found = write(runtime, [script(bars)] * batch, rngs, choose=Sampling(top_p=0.98).choose)
    seconds, processor = since(start)
    tokens = sum(len(candidate.tokens) for candidate in found)
    return {"seconds": seconds, "processor": processor, "tokens": tokens, "peak": peak_mib()}


def child(kind: str, model: Path, batch: int, numbers: Sequence[int], threads: int) -> Any:
    """Measure in a process of its own."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    words = [sys.executable, __file__, "--child", kind, str(model), str(batch), str(threads)]
    done = subprocess.run(
        [*words, *map(str, numbers)], capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def be_child(words: Sequence[str]) -> None:
    kind, model, batch, threads = words[0], Path(words[1]), int(words[2]), int(words[3])
    numbers = [int(word) for word in words[4:]]
    if kind == "song":
        found = run_song(model, batch, numbers[0], threads)
    else:
        run = {"ours": run_ours, "peer": run_peer}[kind]
        found = run(model, batch, numbers, threads)
    print(json.dumps(found))


def make_weights(preset: str, path: Path) -> None:
    """Write weights as training starts with."""
    import torch

    from tapeloom.train.gpt import GPT, PRESETS
    from tapeloom.train.pretrain import save_weights
    from tapeloom.train.token_store import Vocabulary

    torch.manual_seed(1)
    told = Vocabulary(
        VOCABULARY.size, VOCABULARY.digest, VOCABULARY.pad, VOCABULARY.of("BAR").start
    )
    save_weights(GPT(replace(PRESETS[preset], vocabulary=VOCABULARY.size)), told, path)


def main() -> None:
    """Read the options and measure."""
    if sys.argv[1:2] == ["--child"]:
        be_child(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="small", help="weights of chance of this size [small]")
    parser.add_argument("--weights", type=Path, help="trained ones instead")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--lengths", type=int, nargs="+", default=[128, 512, 1000, 1900])
    parser.add_argument("--threads", type=int, default=2, help="of each side [2]")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each, the best counts [1]")
    parser.add_argument("--bars", type=int, default=64)
    parser.add_argument("--form", default="int8", help="of our matrices: int8 or float32 [int8]")
    parser.add_argument("--cache", default="int8", help="of our keys and values [int8]")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        measure(options, Path(folder))


def measure(options: argparse.Namespace, folder: Path) -> None:
    """Print the figures."""
    weights = options.weights or folder / "weights.pt"
    if options.weights is None:
        make_weights(options.preset, weights)
    model, threads = folder / "model.onnx", options.threads
    subprocess.run(
        [sys.executable, "-m", "tapeloom.train.export", weights, model,
         "--form", options.form, "--cache", options.cache], check=True,
    )  # fmt: skip
    print(f"{threads} threads; load {os.getloadavg()[0]:.1f}; tokens a second, all rows together")
    print(
        f"{'batch':>5} {'tokens':>7} {'ours':>9} {'peer':>9} {'ratio':>7} {'processor':>10}"
        "   peak MiB ours, peer"
    )
    for batch in options.batches:
        runs: dict[str, list[Any]] = {"peer": [], "ours": []}
        for _ in range(options.repeat):
            for kind, path in (("peer", weights), ("ours", model)):
                runs[kind].append(child(kind, path, batch, options.lengths, threads))
        peaks = {kind: max(run["peak"] for run in found) for kind, found in runs.items()}
        for length in options.lengths:
            best = {
                kind: [min(run["marks"][str(length)][i] for run in found) for i in (0, 1)]
                for kind, found in runs.items()
            }
            ours, peer = best["ours"], best["peer"]
            tokens = batch * length
            print(
                f"{batch:5} {length:7} {tokens / ours[0]:9.1f} {tokens / peer[0]:9.1f} "
                f"{peer[0] / ours[0]:6.2f}x {peer[1] / ours[1]:9.2f}x   "
                f"{peaks['ours']:.0f}, {peaks['peer']:.0f}",
                flush=True,
            )
    for batch in options.batches:
        song = child("song", model, batch, [options.bars], threads)
        print(
            f"{options.bars} bars of {len(PARTS)} parts, {batch} at once: {song['seconds']:.1f} s "
            f"({song['processor']:.1f} s of the processor), "
            f"{song['tokens']} tokens, {song['tokens'] / song['seconds']:.0f} a second, "
            f"peak {song['peak']:.0f} MiB"
        )


if __name__ == "__main__":
    main()
