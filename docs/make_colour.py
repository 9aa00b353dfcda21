"""Write the table of docs/effects.md, section Colour, from what the effects do to test tones.

python docs/make_colour.py
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tapeloom.core.audio import RATE, Audio
from tapeloom.dsp.flutter import weighted_flutter_percent
from tapeloom.studio.effects import (
    CRUSHERS,
    RADIOS,
    TAPES,
    TRANSFORMERS,
    TUBES,
    VINYLS,
)
from tapeloom.studio.effects.amount import Colour

HERE = Path(__file__).resolve().parent
BEGIN, END = "<!-- colour: made by docs/make_colour.py -->", "<!-- end of colour -->"
VU = 10 ** (-15 / 20)  # the peak of a sine at 0 VU: -18 dBFS RMS
QUIET = {"hiss_db", "noise_db", "static_db", "crackle_db", "rumble_db"}
STILL = {"wow_percent", "flutter_percent", "dropouts_per_minute", "fading_db"}
MEASURED: tuple[tuple[str, dict[str, Colour]], ...] = (
    ("TAPES", dict(TAPES)), ("TUBES", dict(TUBES)), ("TRANSFORMERS", dict(TRANSFORMERS)),
    ("CRUSHERS", dict(CRUSHERS)), ("VINYLS", dict(VINYLS)), ("RADIOS", dict(RADIOS)),
)  # fmt: skip


def without(effect: Colour, names: set[str], value: float) -> Colour:
    """Return an effect with some settings, where it has them, at a value."""
    known = {field.name for field in dataclasses.fields(effect)}  # type: ignore[arg-type]
    return dataclasses.replace(effect, **dict.fromkeys(names & known, value))


def tone(hz: float, amplitude: float, seconds: float) -> Audio:
    """Return a stereo sine."""
    x = amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    return Audio(np.stack((x, x)).astype(np.float32), RATE)


def harmonics(effect: Colour, hz: int) -> np.ndarray:
    """Return the levels of harmonics 1, 2... of a tone at 0 VU in dB, noise and wow left out."""
    quiet = without(without(effect, QUIET, -120.0), STILL, 0.0)
    y = quiet(tone(hz, VU, 2.0)).samples[0, -RATE - 4410 : -4410].astype(np.float64)
    window = np.blackman(RATE)
    levels = 20 * np.log10(np.abs(np.fft.rfft(y * window)) / window.sum() * 2 + 1e-9)
    return np.asarray(levels[hz : 10 * hz + 1 : hz])


def thd(effect: Colour, hz: int) -> str:
    """Return the distortion of a tone at 0 VU in percent, and its strongest harmonic."""
    levels = harmonics(effect, hz)
    if levels[0] < 20 * np.log10(VU) - 20:
        return "out of its band"
    percent = 100 * np.sqrt(np.sum(10 ** ((levels[1:] - levels[0]) / 10)))
    return f"{percent:.2f} (H{int(levels[1:].argmax()) + 2})" if percent >= 0.005 else "< 0.01"


def noise_dbfs(effect: Colour) -> str:
    """Return the RMS of what the effect says by itself in dBFS."""
    y = effect(Audio(np.zeros((2, 6 * RATE), np.float32), RATE)).samples
    return f"{20 * np.log10(y.std()):.1f}" if y.any() else "none"


def flutter_percent(effect: Colour) -> str:
    """Return the weighted peak of wow and flutter, noise left out."""
    quiet = without(without(effect, QUIET, -120.0), {"dropouts_per_minute", "fading_db"}, 0.0)
    y = quiet(tone(3150, 0.5, 12.0)).samples[0, RATE // 2 :].astype(np.float64)
    reading = weighted_flutter_percent(y, RATE)
    return f"{reading:.3f}" if reading >= 0.002 else "none"


def table() -> list[str]:
    """Return the rows of every preset."""
    lines = [
        "| table | preset | THD at 0 VU, 1 kHz, % | THD at 0 VU, 50 Hz, % | noise, dBFS RMS | "
        "wow and flutter, weighted peak % |",
        "|---|---|---|---|---|---|",
    ]
    for name, presets in MEASURED:
        for preset, effect in presets.items():
            lines.append(
                f"| {name} | {preset} | {thd(effect, 1000)} | {thd(effect, 50)} | "
                f"{noise_dbfs(effect)} | {flutter_percent(effect)} |"
            )
    return lines


def written(page: str, lines: Sequence[str]) -> str:
    """Return the page with other lines between the marks."""
    head, tail = page[: page.index(BEGIN)], page[page.index(END) :]
    return head + BEGIN + "\n" + "\n".join(lines) + "\n" + tail


def main() -> None:
    """Put the table into the page."""
    page = HERE / "effects.md"
    page.write_text(written(page.read_text("utf-8"), table()), "utf-8")


if __name__ == "__main__":
    main()
