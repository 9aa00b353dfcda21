"""Write the measured tables of docs/effects.md on spaces and spectral effects.

    python docs/make_space.py

Takes about a minute; speeds are the best of three, by processor time.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from scipy.signal import butter, sosfilt

from tapeloom.core.audio import Audio, AudioStream
from tapeloom.dsp import learn_noise, noise_response, shift_pitch, stretch
from tapeloom.studio.effects import (
    Blur,
    Chorus,
    Convolution,
    Denoise,
    Flanger,
    Freeze,
    Morph,
    Phaser,
    PingPong,
    Reverb,
    SpectralGate,
    TapeDelay,
    Tremolo,
    Vibrato,
)

HERE = Path(__file__).resolve().parent
RATE = 44_100
RNG = np.random.default_rng(0)


def audio(x: np.ndarray) -> Audio:
    return Audio(np.atleast_2d(x).astype(np.float32), RATE)


def read(stream: AudioStream) -> np.ndarray:
    return np.concatenate(list(stream.blocks()), axis=1).astype(np.float64)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    line = "| " + " | ".join(head) + " |"
    return [line, "|" + "---|" * len(head), *("| " + " | ".join(row) + " |" for row in rows)]


def decay_s(h: np.ndarray, centre_hz: float) -> float:
    """Time to fall by 60 dB in an octave, by Schroeder's integral from -5 to -35 dB."""
    band = butter(3, [centre_hz / 2**0.5, centre_hz * 2**0.5], "bandpass", fs=RATE, output="sos")
    energy = np.square(sosfilt(band, h)).sum(axis=0)[::-1].cumsum()[::-1]
    level = 10 * np.log10(energy / energy[0] + 1e-30)
    begin, end = (int(np.flatnonzero(level < db)[0]) for db in (-5.0, -35.0))
    return float(-60.0 / np.polyfit(np.arange(begin, end) / RATE, level[begin:end], 1)[0])


def speed(work: Callable[[Audio], Any], seconds: float = 4.0) -> str:
    """Return how many seconds of stereo sound a second of processor time works on."""
    x = audio(RNG.uniform(-0.3, 0.3, (2, round(seconds * RATE))))
    work(Audio(x.samples[:, :9000], RATE))
    times = []
    for _ in range(3):
        begin = process_time()
        work(x)
        times.append(process_time() - begin)
    return f"{seconds / min(times):.0f}"


def spaces() -> list[str]:
    rows = []
    x = np.zeros((2, 3 * RATE))
    x[:, 0] = 1.0
    for kind in ("warm", "room", "plate", "hall", "spring"):
        effect = Reverb(1.5, 0.3, 1.0, 0.0, 20.0, 18_000.0, kind=kind)
        h = effect(audio(x)).samples.astype(np.float64)
        rows.append([kind, *(f"{decay_s(h, hz):.2f}" for hz in (250, 500, 1000, 2000, 4000)),
                     speed(effect)])  # fmt: skip
    return table(["kind", "250 Hz", "500 Hz", "1 kHz", "2 kHz", "4 kHz", "seconds a second"], rows)


def speeds() -> list[str]:
    long, short = (audio(noise_response(RATE, rng=RNG, decay_s=decay)) for decay in (20.0, 1.6))
    noise = learn_noise(audio(RNG.uniform(-0.01, 0.01, (2, RATE))))
    named = (
        ("tape delay", TapeDelay()), ("ping-pong", PingPong()),
        ("convolution, 2 s", Convolution(short)), ("convolution, 25 s", Convolution(long)),
        ("chorus", Chorus()), ("flanger", Flanger()), ("vibrato", Vibrato()),
        ("phaser", Phaser()), ("tremolo", Tremolo()), ("freeze", Freeze(1.0)), ("blur", Blur(1)),
        ("spectral gate", SpectralGate()), ("denoise", Denoise(noise)), ("morph", Morph()),
    )  # fmt: skip
    rows = [[name, speed(effect)] for name, effect in named]
    changes: tuple[tuple[str, Callable[[Audio], AudioStream]], ...] = (
        ("stretch by 1.5", lambda x: stretch(x, 1.5)),
        ("pitch up by 5, formants kept", lambda x: shift_pitch(x, 5.0)),
    )
    rows += [[name, speed(lambda x, change=change: read(change(x)))] for name, change in changes]
    return table(["effect", "seconds a second"], rows)


def frequency(y: np.ndarray) -> float:
    y = y * np.hanning(y.size)
    analytic = np.fft.ifft(np.fft.fft(y) * (np.arange(y.size) < y.size // 2) * 2)
    phase = np.unwrap(np.angle(analytic[y.size // 4 : -y.size // 4]))
    return float(np.polyfit(np.arange(phase.size), phase, 1)[0] * RATE / (2 * np.pi))


def stretched() -> list[str]:
    rows = []
    tone = 0.5 * np.sin(2 * np.pi * 440.0 * np.arange(2 * RATE) / RATE)
    clicks = np.zeros(3 * RATE)
    at = np.arange(RATE // 5, clicks.size - RATE // 5, RATE // 5)
    clicks[at] = 0.8
    noise = RNG.uniform(-0.3, 0.3, (2, 2 * RATE))
    for ratio in (0.25, 0.5, 0.8, 1.25, 2.0, 4.0):
        y = read(stretch(audio(tone), ratio))[0]
        y = y[y.size // 5 : -y.size // 5]
        z = read(stretch(audio(clicks), ratio))[0]
        off, wide = [], []
        for place in at * ratio:
            half = round(0.09 * min(1.0, ratio) * RATE)
            low = round(place) - half
            energy = np.square(z[low : low + 2 * half])
            off.append(abs(int(energy.argmax()) + low - place) / RATE * 1000)
            share = energy.cumsum() / energy.sum()
            wide.append((np.searchsorted(share, 0.95) - np.searchsorted(share, 0.05)) / RATE * 1000)
        heard = read(stretch(audio(noise), ratio))
        rows.append(
            [
                f"{ratio:g}",
                f"{abs(1200 * np.log2(frequency(y) / 440.0)):.3f}",
                f"{20 * np.log10(y.std() * 2**0.5 / 0.5):+.2f}".replace("-0.00", "0.00"),
                f"{max(off):.2f}",
                f"{max(wide):.2f}",
                f"{20 * np.log10(heard.std() / noise.std()):+.1f}",
            ]
        )
    return table(
        ["ratio", "tone off by cents", "tone's level, dB", "clicks off by ms",
         "90 % of a click within ms", "white noise's level, dB"], rows,
    )  # fmt: skip


def denoised() -> list[str]:
    seconds = 4
    noise = 0.02 * RNG.standard_normal((2, seconds * RATE))
    tone = np.tile(0.2 * np.sin(2 * np.pi * 440.0 * np.arange(seconds * RATE) / RATE), (2, 1))
    tone[:, : 2 * RATE] = 0.0
    x = audio(noise + tone)
    profile = learn_noise(x)
    steady, alone = slice(round(2.5 * RATE), round(3.8 * RATE)), slice(RATE // 4, 7 * RATE // 4)
    wave = np.exp(-2j * np.pi * 440.0 / RATE * np.arange(seconds * RATE))[steady]

    def kurtosis(y: np.ndarray) -> float:
        windows = np.lib.stride_tricks.sliding_window_view(y, 1024)[::512] * np.hanning(1024)
        power = np.abs(np.fft.rfft(windows)) ** 2
        power /= power.mean(axis=0)
        return float((power**4).mean() / (power**2).mean() ** 2)

    rows = []
    for reduction_db in (12.0, 18.0, 24.0):
        y = Denoise(profile, reduction_db)(x).samples.astype(np.float64)
        left = y[:, steady] - tone[:, steady]
        kept = abs(y[0, steady] @ wave) / abs(tone[0, steady] @ wave)
        rows.append(
            [
                f"{reduction_db:g}",
                f"{20 * np.log10(noise[:, steady].std() / left.std()):.1f}",
                f"{20 * np.log10(kept):+.2f}",
                f"{20 * np.log10(y[:, alone].std() / noise[:, alone].std()):.1f}",
                f"{kurtosis(y[0, alone]) / kurtosis(noise[0, alone]):.2f}",
            ]
        )
    return table(
        ["reduction_db", "signal to noise gained, dB", "tone changed by dB", "noise alone, dB",
         "kurtosis ratio"], rows,
    )  # fmt: skip


def main() -> None:
    """Put each table between its marks in the page."""
    page = HERE / "effects.md"
    text = page.read_text("utf-8")
    for name, make in (
        ("spaces", spaces), ("stretched", stretched), ("denoised", denoised), ("speeds", speeds),
    ):  # fmt: skip
        begin, end = f"<!-- {name}: made by docs/make_space.py -->", f"<!-- end of {name} -->"
        head, tail = text[: text.index(begin)], text[text.index(end) :]
        text = head + begin + "\n" + "\n".join(make()) + "\n" + tail
    page.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
