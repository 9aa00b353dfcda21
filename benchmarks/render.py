"""Measure the synthesis: a record of five parts rendered by us and by fluidsynth.

    python benchmarks/render.py [--minutes 3] [--soundfont FluidR3_GM.sf2]

Ours writes dry stems as FLAC, on one thread, on two, and by two processes that are started for it
(imports and cached kernels count), each run in a process of its own; fluidsynth (the program of
that name) renders the same performance from samples to one WAV. Prints seconds, times real time
and the peak memory. Kernels are compiled before the clock starts.
"""

import argparse
import json
import multiprocessing
import resource
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from tapeloom.compose import engine, plan
from tapeloom.compose.perform import draw_feel, perform
from tapeloom.core.brief import Brief
from tapeloom.core.midi import write_performance_midi
from tapeloom.core.performance import (
    Performance,
    performance_from_json,
    performance_to_json,
)
from tapeloom.core.seed import stream
from tapeloom.synth.render import render

FONTS = ("/usr/share/sounds/sf2/FluidR3_GM.sf2", "/usr/share/soundfonts/FluidR3_GM.sf2")
WARM_S = 12.0


def play(minutes: float, words: str, seed: int) -> Performance:
    """Compose and perform a record."""
    brief = Brief(words, bpm=75, key="Am", minutes=minutes, seed=seed)
    drawn = plan(brief, stream(seed, "plan"))
    score = engine("theory").compose(drawn, stream(seed, "compose"))
    return perform(score, draw_feel(brief.character, stream(seed, "feel")), stream(seed, "played"))


def opening(performance: Performance, seconds: float) -> Performance:
    """Return what begins in the first seconds."""
    parts = tuple(
        replace(part, notes=tuple(note for note in part.notes if note.onset_s < seconds))
        for part in performance.parts
    )
    return replace(performance, parts=parts, duration_s=seconds)


def render_alone(performance: Performance, folder: Path, index: int) -> float:
    """Render one part in a process that a pool has started; return its peak memory in MiB."""
    alone = replace(performance, parts=performance.parts[index : index + 1])
    render(alone, folder, seed=1, brightness=0.5, jobs=1)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def be_child(path: Path, jobs: int, kind: str) -> None:
    """Render once and print seconds and memory as JSON."""
    performance = performance_from_json(json.loads(path.read_text("utf-8")))
    peaks = []
    with TemporaryDirectory() as warm, TemporaryDirectory() as out:
        render(opening(performance, WARM_S), Path(warm), seed=2, brightness=0.5, jobs=1)
        start, start_cpu = perf_counter(), process_time()
        if kind == "threads":
            render(performance, Path(out), seed=1, brightness=0.5, jobs=jobs)
        else:
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(jobs, mp_context=context) as pool:
                order = range(len(performance.parts) - 1, -1, -1)
                peaks = list(pool.map(partial(render_alone, performance, Path(out)), order))
        wall, cpu = perf_counter() - start, process_time() - start_cpu
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu += ended.ru_utime + ended.ru_stime
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # The largest of a pool's processes stands for each of them.
    peak += jobs * max(peaks, default=0.0)
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": peak}))


def ours(path: Path, jobs: int, kind: str = "threads") -> dict[str, float]:
    """Render in a process of its own."""
    command = [sys.executable, __file__, "--child", str(path), str(jobs), kind]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(told.splitlines()[-1]))


def theirs(midi: Path, font: Path, out: Path) -> dict[str, float]:
    """Render with fluidsynth."""
    command = ["fluidsynth", "-ni", "-r", "44100", "-F", str(out), str(font), str(midi)]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    wall, after = perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu, "peak": after.ru_maxrss / 1024}


def main() -> None:
    """Read the options and measure."""
    if sys.argv[1:2] == ["--child"]:
        be_child(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--words", default="rainy night, peaceful")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--soundfont", type=Path)
    options = parser.parse_args()
    performance = play(options.minutes, options.words, options.seed)
    voices = ", ".join(part.instrument for part in performance.parts)
    print(f"{performance.duration_s:.0f} s, {len(performance.parts)} parts: {voices}")
    print(f"{'':<22}{'seconds':>9}{'x real time':>13}{'processor':>11}{'x':>7}{'peak MiB':>10}")

    def row(name: str, found: dict[str, float]) -> None:
        length = performance.duration_s
        print(
            f"{name:<22}{found['wall']:9.2f}{length / found['wall']:13.1f}{found['cpu']:11.2f}"
            f"{length / found['cpu']:7.1f}{found['peak']:10.0f}"
        )

    with TemporaryDirectory() as folder:
        path, midi = Path(folder) / "performance.json", Path(folder) / "performance.mid"
        path.write_text(json.dumps(performance_to_json(performance)), "utf-8")
        write_performance_midi(midi, performance)
        row("ours, one thread", ours(path, 1))
        row("ours, two threads", ours(path, 2))
        row("ours, two processes", ours(path, 2, "processes"))
        fonts = [options.soundfont] if options.soundfont else [Path(font) for font in FONTS]
        font = next((font for font in fonts if font.exists()), None)
        if font is None or shutil.which("fluidsynth") is None:
            print("fluidsynth and its soundfont FluidR3 are not there: not measured")
            return
        row("fluidsynth", theirs(midi, font, Path(folder) / "theirs.wav"))


if __name__ == "__main__":
    main()
