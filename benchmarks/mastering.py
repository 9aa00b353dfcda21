"""Measure mastering: a file to a master by us and by matchering, and an hour's memory.

    python benchmarks/mastering.py [--minutes 3] [--runs 3] [--hour]

Each run is a process of its own; kernels are compiled before the clock starts. Ours reads a WAV
and writes a FLAC by the preset `streaming`, measured as it is written; matchering (pip install
matchering) reads the same WAV and a reference and writes a WAV of 24 bits. Prints medians: seconds,
times real time and the peak memory. --hour masters an hour by us, for its memory.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import numpy as np

RATE = 44_100
PIECE_S = 20


def write_song(path: Path, minutes: float, seed: int) -> None:
    """Write something like a record, in pieces: beat, bass, chords, hats, soft and loud parts."""
    import soundfile

    rng = np.random.default_rng(seed)
    t = np.arange(PIECE_S * RATE) / RATE
    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_24") as file:
        left = round(minutes * 60 * RATE)
        while left > 0:
            root = 55.0 * 2 ** (rng.integers(0, 12) / 12)
            beat = np.exp(-((t % 0.75) / 0.09)) * np.sin(2 * np.pi * 55 * t)
            hats = np.exp(-((t % 0.375) / 0.025)) * rng.standard_normal((2, t.size))
            bass = np.tanh(2 * np.sin(2 * np.pi * root * t))
            chord = sum(
                np.sin(2 * np.pi * root * ratio * t + np.array([[0.0], [1.0]]))
                for ratio in (4, 4.76, 6, 7.1)
            )
            x = 0.3 * beat + 0.03 * hats + 0.12 * bass + 0.04 * chord
            x *= rng.uniform(0.5, 1.0)
            file.write(x.T[:left])
            left -= t.size


def be_child(kind: str, source: Path, other: Path, target: Path) -> None:
    """Master once and print seconds and memory as JSON."""
    if kind == "ours":
        from tapeloom.core.audio import AudioFile
        from tapeloom.studio.mastering import master
        from tapeloom.studio.presets import PRESETS

        def run(path: Path, out: Path) -> None:
            master(AudioFile.open(path), PRESETS["streaming"].settings, out, fade_s=0.0)

    else:
        import matchering

        def run(path: Path, out: Path) -> None:
            matchering.process(
                target=str(path), reference=str(other), results=[matchering.pcm24(str(out))]
            )

    suffix = ".flac" if kind == "ours" else ".wav"
    warm = target.with_name("warm.wav")
    write_song(warm, 0.5, 9)
    run(warm, target.with_name(f"warmed{suffix}"))
    start, start_cpu = perf_counter(), process_time()
    run(source, target.with_suffix(suffix))
    wall, cpu = perf_counter() - start, process_time() - start_cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": peak}))


def measured(kind: str, source: Path, other: Path, runs: int) -> dict[str, float]:
    """Return the medians of several runs, each in a process of its own."""
    found = []
    for _ in range(runs):
        with TemporaryDirectory() as folder:
            command = [sys.executable, __file__, "--child", kind, str(source), str(other),
                       str(Path(folder) / "master")]  # fmt: skip
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            found.append(json.loads(told.splitlines()[-1]))
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


def main() -> None:
    """Read the options and measure."""
    if sys.argv[1:2] == ["--child"]:
        be_child(sys.argv[2], *(Path(argument) for argument in sys.argv[3:6]))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--hour", action="store_true")
    options = parser.parse_args()
    print(f"{'':<24}{'seconds':>9}{'x real time':>13}{'processor':>11}{'peak MiB':>10}")

    def row(name: str, minutes: float, found: dict[str, float]) -> None:
        print(
            f"{name:<24}{found['wall']:9.2f}{minutes * 60 / found['wall']:13.1f}"
            f"{found['cpu']:11.2f}{found['peak']:10.0f}",
            flush=True,
        )

    with TemporaryDirectory() as folder:
        song, reference = Path(folder) / "song.wav", Path(folder) / "reference.wav"
        write_song(song, options.minutes, 1)
        write_song(reference, options.minutes, 2)
        length = f"{options.minutes:g} minutes"
        row(f"ours, {length}", options.minutes, measured("ours", song, reference, options.runs))
        if find_spec("matchering"):
            theirs = measured("matchering", song, reference, options.runs)
            row(f"matchering, {length}", options.minutes, theirs)
        else:
            print("matchering is not there: not measured")
        if options.hour:
            hour = Path(folder) / "hour.wav"
            write_song(hour, 60.0, 3)
            row("ours, an hour", 60.0, measured("ours", hour, reference, 1))


if __name__ == "__main__":
    main()
