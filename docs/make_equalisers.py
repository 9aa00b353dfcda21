"""Print the tables of docs/effects.md that tell how exact equalisers and crossovers are.

python docs/make_equalisers.py
"""

import numpy as np

from tapeloom.core.audio import Audio
from tapeloom.dsp import filters
from tapeloom.dsp.band_edges import ORDERS
from tapeloom.dsp.crossover import LinearSplit, LinkwitzRiley
from tapeloom.dsp.filters import frequency_response
from tapeloom.dsp.matched_filters import IDENTITY, matched
from tapeloom.dsp.prototypes import analogue_response, prototypes
from tapeloom.studio.effects import Band, Equalizer

RATE = 44_100
BANDS = (
    Band("bell", 1000.0, 6.0, 1.0),
    Band("bell", 10_000.0, 6.0, 1.0),
    Band("bell", 16_000.0, 12.0, 1.0),
    Band("high_shelf", 10_000.0, 6.0),
    Band("low_pass", 15_000.0),
    Band("high_pass", 30.0),
)
STEEP = (Band("low_pass", 12_000.0, slope_db=48), Band("notch", 15_000.0, q=2.0))
SEVEN_HZ = (60.0, 150.0, 400.0, 1000.0, 2500.0, 6000.0, 12_000.0)


def worst_db(heard: np.ndarray, meant: np.ndarray) -> float:
    """Return the largest error; what is 100 dB down counts as silent."""
    return float(np.abs(20 * np.log10((abs(heard) + 1e-5) / (abs(meant) + 1e-5))).max())


def cookbook(band: Band) -> np.ndarray:
    """Design the same band by the bilinear transform."""
    design = getattr(filters, band.kind)
    gain = {} if band.kind.endswith("pass") else {"gain_db": band.gain_db}
    return design(band.cutoff_hz, RATE, q=band.q, **gain)


def bands() -> None:
    """Print how far bands are from their analogue models."""
    hz = np.geomspace(10.0, 20_000.0, 2000)
    print("| band | sections | error to 20 kHz, dB | bilinear, dB |")
    print("|---|---|---|---|")
    for band in (*BANDS, *STEEP):
        stages = prototypes(band.kind, gain_db=band.gain_db, q=band.q, slope_db=band.slope_db)
        meant = analogue_response(stages, hz, cutoff_hz=band.cutoff_hz)
        rows = matched(
            band.kind, band.cutoff_hz, RATE,
            gain_db=band.gain_db, q=band.q, slope_db=band.slope_db,
        )  # fmt: skip
        used = [row for row in rows if (row != IDENTITY).any()]
        error = worst_db(frequency_response(used, hz, RATE), meant)
        peer = "" if band in STEEP else (
            f"{worst_db(frequency_response([cookbook(band)], hz, RATE), meant):.2f}"
        )  # fmt: skip
        name = f"{band.kind} {band.cutoff_hz:.0f} Hz, {band.gain_db:+.0f} dB, q {band.q:.2f}"
        if band.kind.endswith("_pass"):
            name = f"{band.kind} {band.cutoff_hz:.0f} Hz, {band.slope_db} dB/octave"
        print(f"| {name} | {len(used)} | {error:.3f} | {peer} |")


def linear_phase() -> None:
    """Print how far seven bands of linear phase are from the magnitude, and how late."""
    effect = Equalizer(tuple(Band("bell", hz, 3.0) for hz in SEVEN_HZ), "linear")
    pulse = np.zeros((1, 65_536), np.float32)
    pulse[0, 30_000] = 1.0
    hz = np.fft.rfftfreq(65_536, 1 / RATE)
    heard = (hz > 20.0) & (hz < 20_000.0)
    meant = np.prod([band.magnitude(hz) for band in effect.bands], axis=0)
    error = worst_db(np.fft.rfft(effect(Audio(pulse, RATE)).samples[0])[heard], meant[heard])
    latency = effect.open(RATE, 2).latency
    print(f"\nlinear phase, seven bells: {error:.3f} dB, {latency} samples late")


def crossovers() -> None:
    """Print how flat the sums of six bands are."""
    cuts = (80.0, 250.0, 800.0, 2500.0, 8000.0)
    pulse = np.zeros((1, 65_536))
    pulse[0, 0] = 1.0
    print("\n| six bands | sum |")
    print("|---|---|")
    for order in ORDERS:
        total = LinkwitzRiley(RATE, 1, cutoffs_hz=cuts, order=order).process(pulse).sum(axis=0)
        ripple = np.abs(20 * np.log10(abs(np.fft.rfft(total[0]))))[20:-20].max()
        print(f"| Linkwitz-Riley, order {order} | flat within {ripple:.0e} dB |")
    x = np.random.default_rng(1).uniform(-1, 1, (1, 65_536))
    split = LinearSplit(RATE, 1, cutoffs_hz=cuts)
    wrong = split.process(x).sum(axis=0)[:, split.latency :] - x[:, : -split.latency]
    print(f"| linear phase | the input within {20 * np.log10(np.abs(wrong).max()):.0f} dBFS |")


if __name__ == "__main__":
    bands()
    linear_phase()
    crossovers()
