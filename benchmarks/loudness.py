"""Measure the meters' speed: three minutes of stereo against the peers, in one run.

    python benchmarks/loudness.py [--seconds 180] [--rounds 5] [--audio mix.flac]

All work on one thread. Integrated loudness: ours, libebur128 (the system's library, by ctypes) and
pyloudnorm, of samples in memory. True peak with loudness: ours in memory, libebur128, and FFmpeg's
filter ebur128=peak=true, which reads a WAV file; what FFmpeg takes to read the file alone is taken
off. The limiter has no peer here: its own speed. Prints medians of seconds and of processor time,
which other work on the machine disturbs less: the comparison is of the latter. Kernels are compiled
before the clock starts.
"""

import argparse
import ctypes
import ctypes.util
import math
import re
import resource
import shutil
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import soundfile

from tapeloom.core.audio import AudioFile
from tapeloom.dsp.limiter import TruePeakLimiter
from tapeloom.dsp.loudness import Meter

RATE = 44_100
BLOCK = 65_536
INTEGRATED, TRUE_PEAK = 1 << 0 | 1 << 2, 1 << 4 | 1 << 5  # libebur128's modes


def music(seconds: float) -> np.ndarray:
    """Struck chords, a bass, and bursts of noise with a falling spectrum; (2, samples)."""
    rng = np.random.default_rng(1)
    t = np.arange(round(seconds * RATE)) / RATE
    strike = np.exp(-6.0 * (t % 0.4))
    noise = rng.standard_normal((2, t.size))
    noise = np.cumsum(noise - 0.02 * np.roll(noise, 1, axis=1), axis=1)
    noise -= np.repeat(noise.reshape(2, -1, 42).mean(axis=2), 42, axis=1) if t.size % 42 == 0 else 0
    x = 0.35 * np.sin(2 * np.pi * 55 * t) + 0.02 * noise * strike**2
    for hz in (220.0, 277.0, 330.0, 440.0, 880.0, 1760.0, 3520.0):
        level = 0.12 * (330.0 / max(330.0, hz)) ** 0.5
        x += level * strike * np.sin(2 * np.pi * hz * t + rng.uniform(0, 6, (2, 1)))
    return np.asarray(0.9 * x / np.abs(x).max(), np.float32)


def ours(x: np.ndarray, *, true_peak: bool) -> tuple[float, float]:
    meter = Meter(RATE, len(x), true_peak=true_peak)
    for start in range(0, x.shape[1], BLOCK):
        meter.push(x[:, start : start + BLOCK])
    read = meter.read()
    return read.integrated_lufs, read.true_peak_dbtp


def limited(x: np.ndarray, gain_db: float) -> tuple[float, float]:
    work = TruePeakLimiter(RATE, len(x), ceiling_db=-1.0)
    gain = np.float32(10 ** (gain_db / 20))
    peak = 0.0
    for start in range(0, x.shape[1], BLOCK):
        peak = max(peak, float(np.abs(work.process(gain * x[:, start : start + BLOCK])).max()))
    return math.nan, 20.0 * math.log10(peak)


def libebur128(frames: np.ndarray, *, true_peak: bool) -> tuple[float, float]:
    library = ctypes.CDLL(ctypes.util.find_library("ebur128"))
    library.ebur128_init.restype = ctypes.c_void_p
    mode = INTEGRATED | (TRUE_PEAK if true_peak else 0)
    state = ctypes.c_void_p(library.ebur128_init(frames.shape[1], RATE, mode))
    data = frames.ctypes.data_as(ctypes.c_void_p)
    library.ebur128_add_frames_float(state, data, ctypes.c_size_t(len(frames)))
    told, peak = ctypes.c_double(), ctypes.c_double(math.nan)
    library.ebur128_loudness_global(state, ctypes.byref(told))
    peaks = []
    for channel in range(frames.shape[1] if true_peak else 0):
        library.ebur128_true_peak(state, ctypes.c_uint(channel), ctypes.byref(peak))
        peaks.append(peak.value)
    library.ebur128_destroy(ctypes.byref(state))
    return told.value, 20.0 * math.log10(max(peaks)) if peaks else math.nan


def pyloudnorm(frames: np.ndarray) -> tuple[float, float]:
    import pyloudnorm as peer

    return float(peer.Meter(RATE).integrated_loudness(frames)), math.nan


def ffmpeg(path: Path, *options: str) -> tuple[float, float]:
    command = ["ffmpeg", "-nostats", "-hide_banner", "-threads", "1", "-i", str(path), *options]
    done = subprocess.run([*command, "-f", "null", "-"], check=True, capture_output=True, text=True)
    summary = done.stderr.rsplit("Summary:", 1)[-1]
    found = [re.search(rf"{name}:\s+(-?[\d.]+)", summary) for name in ("I", "Peak")]
    loudness, peak = (float(each[1]) if each else math.nan for each in found)
    return loudness, peak


def processor_s() -> float:
    """Processor time of this process and of those that have ended."""
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def has(what: str) -> bool:
    try:
        __import__(what)
    except ImportError:
        return False
    return True


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--audio", type=Path, help="a stereo file at 44.1 kHz, in place of ours")
    options = parser.parse_args()
    x = AudioFile.open(options.audio).read().samples if options.audio else music(options.seconds)
    x = np.ascontiguousarray(x[:, : round(options.seconds * RATE)])
    frames = np.ascontiguousarray(x.T)
    length_s = x.shape[1] / RATE
    with TemporaryDirectory() as folder:
        path = Path(folder) / "music.wav"
        soundfile.write(path, frames, RATE, subtype="FLOAT")
        works: dict[str, Callable[[], tuple[float, float]]] = {
            "loudness: ours": lambda: ours(x, true_peak=False),
            "true peak and loudness: ours": lambda: ours(x, true_peak=True),
        }
        if ctypes.util.find_library("ebur128"):
            works["loudness: libebur128"] = lambda: libebur128(frames, true_peak=False)
            works["true peak and loudness: libebur128"] = lambda: libebur128(frames, true_peak=True)
        else:
            print("libebur128 is not there: not measured")
        if has("pyloudnorm"):
            works["loudness: pyloudnorm"] = lambda: pyloudnorm(frames)
        else:
            print("pyloudnorm is not there: not measured")
        if shutil.which("ffmpeg"):
            works["ffmpeg reads the file"] = lambda: ffmpeg(path)
            works["true peak and loudness: ffmpeg"] = lambda: ffmpeg(
                path, "-af", "ebur128=peak=true"
            )
        else:
            print("ffmpeg is not there: not measured")
        works["limiter, +3 dB"] = lambda: limited(x, 3.0)
        works["limiter, +6 dB"] = lambda: limited(x, 6.0)
        for work in works.values():
            work()
        seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
        told: dict[str, tuple[float, float]] = {}
        for _ in range(options.rounds):
            for name, work in works.items():
                start, start_cpu = perf_counter(), processor_s()
                told[name] = work()
                seconds[name].append((perf_counter() - start, processor_s() - start_cpu))
    walls, busy = (
        {name: statistics.median(pair[k] for pair in each) for name, each in seconds.items()}
        for k in (0, 1)
    )
    for each in (walls, busy):
        if "ffmpeg reads the file" in each:
            each["true peak and loudness: ffmpeg"] -= each.pop("ffmpeg reads the file")
    print(f"{length_s:.0f} s of stereo, medians of {options.rounds}")
    print(f"{'':<36}{'seconds':>9}{'processor':>11}{'x real time':>13}{'LUFS':>9}{'dBTP':>8}")
    for name in sorted(busy):
        lufs, peak = told[name]
        print(
            f"{name:<36}{walls[name]:9.3f}{busy[name]:11.3f}{length_s / busy[name]:13.0f}"
            f"{lufs:9.2f}{peak:8.2f}"
        )
    for name in sorted(busy):
        kind, _, who = name.partition(": ")
        if who not in ("", "ours"):
            print(f"{kind}: {busy[name] / busy[f'{kind}: ours']:.1f} times as fast as {who}")


if __name__ == "__main__":
    main()
