"""Write docs/instruments.md: every instrument with its parameters and its phrase as a spectrogram.

    python docs/make_instruments.py [--audio FOLDER] [NAME ...]

--audio also keeps the phrases as FLAC. With NAMEs only their phrases are played and drawn anew.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from tapeloom.core.audio import RATE, AudioFile, AudioWriter
from tapeloom.synth.catalogue import NAMES, design
from tapeloom.synth.demo import render_demo
from tapeloom.synth.patch import Design
from tapeloom.theory.instruments import INSTRUMENTS, Instrument

HERE = Path(__file__).resolve().parent
IMAGES = HERE / "images" / "instruments"
BEGIN, END = "<!-- made by docs/make_instruments.py -->", "<!-- end -->"
FLOOR_DB = 75.0


def write_demo(name: str, path: Path) -> AudioFile:
    """Render an instrument's phrase to a file."""
    with AudioWriter(path, rate=RATE, channels=2) as writer:
        for block in render_demo(name, seed=1):
            writer.write(block)
    return AudioFile.open(path)


def draw(audio: AudioFile, path: Path) -> None:
    """Draw the spectrogram of a phrase over logarithmic frequencies."""
    sound = np.concatenate(list(audio.blocks()), axis=1).mean(axis=0)
    figure = Figure(figsize=(7.2, 2.0), dpi=80, facecolor="#16131f")
    axes = figure.add_axes((0.07, 0.17, 0.92, 0.8), facecolor="#16131f")
    size, hop = 2048, 512
    frames = np.lib.stride_tricks.sliding_window_view(sound, size)[::hop] * np.hanning(size)
    level = 20 * np.log10(np.abs(np.fft.rfft(frames)) + 1e-9)
    times = np.arange(len(frames)) * hop / audio.rate
    hz = np.fft.rfftfreq(size, 1 / audio.rate)
    top = float(level.max())
    axes.pcolormesh(
        times, hz[1:], level.T[1:], vmin=top - FLOOR_DB, vmax=top, cmap="magma",
        shading="nearest", rasterized=True,
    )  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(40, 16_000)
    axes.set_yticks([100, 1000, 10_000], ["100", "1k", "10k Hz"])
    axes.tick_params(colors="#b8b0c8", labelsize=7)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def section(found: Design, known: Instrument, picture: str) -> list[str]:
    """Return an instrument's part of the page."""
    lines = [f"### {known.title}", "", f"`{found.name}`: {found.about}", ""]
    if not found.name.endswith("_kit"):
        low, high = known.comfortable
        lines += [f"MIDI pitches {known.low} to {known.high}, at its best {low} to {high}; "
                  f"General MIDI program {known.program + 1}.", ""]  # fmt: skip
    if found.presets:
        lines += ["Presets: " + ", ".join(f"`{name}`" for name in found.presets) + ".", ""]
    lines += [f"![Spectrogram of its phrase]({picture})", "",
              "| parameter | | default | range | unit |", "|---|---|---|---|---|"]  # fmt: skip
    lines += [
        f"| {each.name} | {each.about} | {each.default:g} | {each.low:g} to {each.high:g} | "
        f"{each.unit} |" for each in found.parameters
    ]  # fmt: skip
    return [*lines, ""]


def main() -> None:
    """Render, draw and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="whose phrases; all if left out")
    parser.add_argument("--audio", type=Path, help="keep the phrases here, as FLAC")
    options = parser.parse_args()
    body: list[str] = []
    for name in INSTRUMENTS:
        if name not in NAMES:
            continue
        if name in (options.names or NAMES):
            with tempfile.TemporaryDirectory() as folder:
                kept = options.audio or Path(folder)
                kept.mkdir(parents=True, exist_ok=True)
                draw(write_demo(name, kept / f"{name}.flac"), IMAGES / f"{name}.png")
        body += section(design(name), INSTRUMENTS[name], f"images/instruments/{name}.png")
        print(name, flush=True)
    page = HERE / "instruments.md"
    text = page.read_text("utf-8")
    head, tail = text[: text.index(BEGIN)], text[text.index(END) :]
    page.write_text(head + BEGIN + "\n" + "\n".join(body) + tail, "utf-8")


if __name__ == "__main__":
    main()
