"""Measure the kits, and write the table of docs/instruments.md.

python docs/make_kits.py [--seeds 8]
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import RATE
from tapeloom.core.seed import stream
from tapeloom.synth.catalogue import design
from tapeloom.theory.instruments import DRUMS, KITS

PAGE = Path(__file__).resolve().parent / "instruments.md"
HEAD = "| kit | kick | kick rings | snare above 1 kHz | snare rings | hat | hat rings |"
Sound = NDArray[np.float64]


def hit(name: str, drum: str, seed: int) -> Sound:
    """Return a hit of velocity 100 with its room, shape (2, n)."""
    kit = design(name).draw(stream(seed, name), brightness=0.5)
    return kit.note(DRUMS[drum], 100, 0.2, RATE, stream(seed, drum)).astype(np.float64)


def strongest_hz(sound: Sound, start_s: float, end_s: float) -> float:
    """Return the strongest frequency between 25 and 400 Hz of a stretch."""
    piece = sound.mean(axis=0)[int(start_s * RATE) : int(end_s * RATE)]
    power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 2**16))
    hz = np.fft.rfftfreq(2**16, 1 / RATE)
    inside = (hz > 25.0) & (hz < 400.0)
    return float(hz[inside][np.argmax(power[inside])])


def ring_s(sound: Sound) -> float:
    """Return the time to fall by 60 dB, from the fall between -5 and -25 dB."""
    left = np.cumsum((sound**2).sum(axis=0)[::-1])[::-1]
    level = 10.0 * np.log10(left / left[0] + 1e-12)
    return float(3.0 * (np.argmax(level < -25.0) - np.argmax(level < -5.0)) / RATE)


def spectrum(sound: Sound) -> tuple[Sound, Sound]:
    """Return frequencies and powers."""
    mono = sound.mean(axis=0)
    return np.fft.rfftfreq(len(mono), 1 / RATE), np.abs(np.fft.rfft(mono)) ** 2


def row(name: str, seeds: int) -> str:
    """Return a kit's line: means over seeds."""
    found = []
    for seed in range(1, seeds + 1):
        kick, snare, hat = (hit(name, drum, seed) for drum in ("kick", "snare", "closed_hat"))
        (hz, power), (hat_hz, hat_power) = spectrum(snare), spectrum(hat)
        found.append((
            strongest_hz(kick, 0.0, 0.03), strongest_hz(kick, 0.08, 0.25), ring_s(kick),
            100 * power[hz > 1000.0].sum() / power.sum(), ring_s(snare),
            (hat_hz * hat_power).sum() / hat_power.sum() / 1000.0, ring_s(hat),
        ))  # fmt: skip
    a, b, c, d, e, f, g = np.mean(found, axis=0)
    return (
        f"| `{name}` | {a:.0f} to {b:.0f} Hz | {c:.2f} s | {d:.0f} % | {e:.2f} s | "
        f"{f:.1f} kHz | {g:.2f} s |"
    )


def main() -> None:
    """Measure, and put the lines in the place of the old ones."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=8)
    options = parser.parse_args()
    lines = PAGE.read_text("utf-8").splitlines()
    first = lines.index(HEAD) + 2
    lines[first : first + len(KITS)] = [row(name, options.seeds) for name in KITS]
    PAGE.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
