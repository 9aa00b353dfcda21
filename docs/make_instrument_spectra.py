"""Measure the bands of every pitched instrument of the synth, for theory.instruments.spectra.

    python docs/make_instrument_spectra.py [NAME ...]

Every fourth semitone of an instrument's range is played for four seconds at velocity 80, by the
middle of its presets, through its own cabinet. Kept are the power by third-octave bands in the
first second, relative to the whole, how long the note holds (until it has lost 10 dB for good), and
its level. With NAMEs the figures are only shown.
"""

import argparse
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import RATE
from tapeloom.core.performance import PlayedNote, PlayedPart
from tapeloom.core.seed import stream
from tapeloom.synth.render import draw_voice, render_part
from tapeloom.theory.instruments import INSTRUMENTS, KITS
from tapeloom.theory.instruments.spectra import BAND_EDGES_HZ, FILE, STEP

VELOCITY, HELD_S = 80, 4.0
WINDOW_S = 1.0  # over which the bands are summed
HOP = 1024
FLOOR_DB = -90.0
Floats = NDArray[np.float64]


def played(name: str, pitch: int, velocity: int = VELOCITY) -> Floats:
    """Return a held note, shape (2, n)."""
    part = PlayedPart(name, "other", name, (PlayedNote(0.0, HELD_S, pitch, velocity),))
    voice = draw_voice(name, stream(1, name), brightness=0.5)
    blocks = render_part(part, voice, frames=int(HELD_S * RATE), rate=RATE, seed=1)
    return np.concatenate(list(blocks), axis=1).astype(np.float64)


def bands_db(sound: Floats) -> tuple[Floats, float]:
    """Return the power by band relative to the whole, and the whole, in dB."""
    piece = sound[:, : int(WINDOW_S * RATE)]
    power = (np.abs(np.fft.rfft(piece, axis=1)) ** 2).sum(axis=0)
    hz = np.fft.rfftfreq(piece.shape[1], 1.0 / RATE)
    sums = np.array(
        [power[(hz >= low) & (hz < high)].sum() for low, high in pairwise(BAND_EDGES_HZ)]
    )
    whole = float(sums.sum())
    shape = 10.0 * np.log10(np.maximum(sums / whole, 10.0 ** (FLOOR_DB / 10.0)))
    return shape, 10.0 * float(np.log10(whole / piece.shape[1] ** 2))


def hold_s(sound: Floats) -> float:
    """Return the seconds from a note's loudest moment until it has lost 10 dB for good.

    Levels are means over a fifth of a second: what beats or is made of grains goes on sounding.
    """
    frames = sound[:, : sound.shape[1] // HOP * HOP].reshape(2, -1, HOP)
    each = (frames**2).sum(axis=(0, 2))
    size = round(0.2 * RATE / HOP)
    power = np.convolve(each, np.ones(size) / size, mode="same")
    top = int(np.argmax(power))
    last = int(np.flatnonzero(power >= power[top] / 10.0)[-1])
    # The end of the recording halves its last means.
    return HELD_S if last >= len(power) - size else float((last - top + 1) * HOP / RATE)


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    names = options.names or [name for name in INSTRUMENTS if name not in KITS]
    rows, slopes = [], []
    for index, name in enumerate(names):
        known = INSTRUMENTS[name]
        for pitch in sorted({*range(known.low, known.high + 1, STEP), known.high}):
            sound = played(name, pitch)
            shape, level_db = bands_db(sound)
            rows.append((index, pitch, level_db, hold_s(sound), *shape))
        middle = sum(known.comfortable) // 2
        soft, hard = (bands_db(played(name, middle, velocity))[1] for velocity in (40, 110))
        slopes.append((hard - soft) / np.log10(110 / 40))
        mine = np.array([row[2:4] for row in rows if row[0] == index])
        print(f"{name:16} level {mine[:, 0].mean():6.1f} dB, holds {mine[:, 1].mean():.1f} s, "
              f"{slopes[-1]:.0f} dB a decade of velocity", flush=True)  # fmt: skip
    print(f"all: {np.median(slopes):.1f} dB a decade of velocity")
    if options.names:
        return
    table = np.array(rows)
    np.savez_compressed(
        FILE, names=np.array(names), instrument=table[:, 0].astype(np.uint8),
        pitch=table[:, 1].astype(np.uint8), level_db=table[:, 2].astype(np.float16),
        hold_s=table[:, 3].astype(np.float16), bands_db=table[:, 4:].astype(np.float16),
    )  # fmt: skip


if __name__ == "__main__":
    main()
