"""Measure the making of a record, stage by stage: `python benchmarks/make_record.py --help`.

Prints the seconds of each stage, the whole as a multiple of real time, and the peak memory of the
process. Kernels are compiled before the clock starts.
"""

import argparse
import cProfile
import pstats
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from tapeloom.app.kernels import compile_once
from tapeloom.app.order import Order
from tapeloom.app.pipeline import STAGES, produce
from tapeloom.core.brief import Brief


def measure(minutes: float, threads: int, seed: int, folder: Path) -> None:
    """Make one record and print its figures."""
    begun: dict[str, float] = {}
    ended: dict[str, float] = {}

    def note(stage: str, _done: float) -> None:
        begun.setdefault(stage, perf_counter())
        ended[stage] = perf_counter()

    order = Order(Brief("rainy night, peaceful", bpm=75, key="Am", minutes=minutes, seed=seed))
    start, start_cpu = perf_counter(), process_time()
    record = produce(order, folder / "record", threads=threads, on_progress=note)
    wall, cpu = perf_counter() - start, process_time() - start_cpu

    print(f"{'stage':<10}{'seconds':>9}{'share':>8}")
    for stage in STAGES:
        seconds = ended[stage] - begun[stage]
        print(f"{stage:<10}{seconds:9.2f}{seconds / wall:8.0%}")
    duration = record.data["duration_s"]
    size = sum(path.stat().st_size for path in record.folder.rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        2**20 if sys.platform != "darwin" else 2**30
    )
    print(
        f"{'whole':<10}{wall:9.2f}    {duration / wall:.1f} x real time ({duration:.0f} s of audio)"
    )
    print(f"processor {cpu:9.2f}    on {threads} threads")
    print(f"peak memory {peak:.2f} GiB, folder {size / 2**20:.0f} MiB")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", action="store_true", help="print the costliest functions too")
    parser.add_argument("--folder", type=Path, help="where to work [default: a temporary folder]")
    options = parser.parse_args()
    compile_once(print)
    with TemporaryDirectory(dir=options.folder) as folder:
        arguments = (options.minutes, options.threads, options.seed, Path(folder))
        if not options.profile:
            measure(*arguments)
            return
        profiler = cProfile.Profile()
        profiler.runcall(measure, *arguments)
        pstats.Stats(profiler).sort_stats("cumulative").print_stats("tapeloom|soundfile|av", 40)


if __name__ == "__main__":
    main()
