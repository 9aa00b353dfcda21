"""Make a record of three minutes for each kit, and write docs/showcase.md.

    python docs/make_showcase.py [--out out/showcase] [--reuse] [KIT ...]

The records stay in --out; the page gets their figures and a picture of sixteen bars each. With KITs
only these are made anew, with --reuse none that is there.
"""

import argparse
import io
import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from tapeloom.core.audio import AudioFile
from tapeloom.core.files import read_json
from tapeloom.core.performance import Performance, performance_from_json
from tapeloom.core.score import score_from_json
from tapeloom.dsp.spectrum import measure_spectrum
from tapeloom.rhythm.microtiming import drum_name
from tapeloom.theory.instruments import DRUMS, PERCUSSION

HERE = Path(__file__).resolve().parent
IMAGES = HERE / "images" / "showcase"
BEGIN, END = "<!-- made by docs/make_showcase.py -->", "<!-- end -->"
MINUTES, BARS_SHOWN = 3, 16
MOST_BYTES = 60_000
SHOWCASE: dict[str, tuple[str, int]] = {  # kit -> brief, seed
    "dusty": ("dusty, nostalgic rain", 21),
    "boom-bap": ("boom bap, dark city night, rhodes", 22),
    "brushes": ("brushes, warm cafe, felt, upright bass", 23),
    "jazz": ("jazz, warm cafe, sax", 24),
    "electronic": ("soft electronic, dreamy, grains", 25),
    "808": ("808, melancholic midnight train, sub bass", 26),
    "percussion": ("congas, shaker and tambourine, summer beach, guitar", 27),
}
NAMES = {key: name for name, key in (DRUMS | PERCUSSION).items()}
DARK, PALE = "#16131f", "#b8b0c8"
COLOURS = {"melody": "#ffcf87", "keys": "#7fc8c2", "pad": "#8f7fc8", "guitar": "#d79b6c",
           "bass": "#ef8577", "other": "#cccccc"}  # fmt: skip


def tapeloom(*arguments: str) -> str:
    """Run a command and return what it prints."""
    command = [sys.executable, "-c", "from tapeloom.app.commands import main; main()", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def record_of(kit: str, out: Path, *, anew: bool) -> Path:
    """Make a kit's record, or take it from an earlier run; return its folder."""
    brief, seed = SHOWCASE[kit]
    found = next(iter(out.glob(f"[!.]*-{seed}")), None)
    if found is not None and not anew:
        return found
    if found is not None:
        shutil.rmtree(found)
    told = tapeloom("make", brief, "--minutes", str(MINUTES), "--seed", str(seed),
                    "--out", str(out), "--json")  # fmt: skip
    return Path(json.loads(told)[0]["folder"])


def figures(folder: Path) -> dict[str, Any]:
    """Measure a record."""
    told = json.loads(tapeloom("analyze", str(folder), "--json"))
    score = score_from_json(read_json(folder / "score.json"))
    drums = [part for part in score.parts if part.role == "drums"]
    hits = sum(len(part.notes) for part in drums)
    (stem,) = folder.glob("dry/drums_*.flac")
    return {
        "band": [f"{part.instrument}" for part in score.parts if part.name != "percussion"],
        "bpm": float(score.tempo.initial_bpm),
        "key": told["score"]["key"],
        "lufs": told["audio"]["integrated_lufs"],
        "range": told["audio"]["range_lu"],
        "hits": hits / max(1, len(score.bar_starts)),
        "kit_hz": measure_spectrum(AudioFile.open(stem)).centroid_hz,
        "drums": sorted({drum_of(note.pitch) for part in drums for note in part.notes}),
    }


def drum_of(pitch: int) -> str:
    """Name a drum, percussion as well."""
    return NAMES.get(pitch, drum_name(pitch)).replace("_", " ")


def picture(folder: Path, path: Path) -> None:
    """Draw sixteen bars of a record: its notes and hits, and the spectrogram of its master."""
    score = score_from_json(read_json(folder / "score.json"))
    played = performance_from_json(read_json(folder / "performance.json"))
    first = min(len(score.bar_starts) // 4, max(len(score.bar_starts) - BARS_SHOWN - 1, 0))
    edges = score.bar_starts[first : first + BARS_SHOWN + 1]
    bars = [score.tempo.tick_to_s(tick) for tick in edges]
    figure = Figure(figsize=(8.6, 5.2), dpi=90, facecolor=DARK)
    roll, kit, sound = figure.subplots(
        3, 1, sharex=True, height_ratios=(3, 2, 3),
        gridspec_kw={"left": 0.12, "right": 0.99, "top": 0.98, "bottom": 0.06, "hspace": 0.06},
    )  # fmt: skip
    draw_notes(roll, kit, played, bars)
    draw_spectrogram(sound, AudioFile.open(folder / "master.flac"), bars[0], bars[-1])
    for axes in (roll, kit, sound):
        axes.set_facecolor(DARK)
        axes.tick_params(colors=PALE, labelsize=7)
        axes.set_xlim(bars[0], bars[-1])
        for bar in bars:
            axes.axvline(bar, color="#3a3450", linewidth=0.6, zorder=0)
    data = io.BytesIO()
    figure.savefig(data, format="png")
    image = Image.open(data).convert("RGB")
    path.parent.mkdir(parents=True, exist_ok=True)
    for colours in (64, 32, 16):  # the richest that is small enough
        image.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            return
    raise SystemExit(f"{path} has over {MOST_BYTES} bytes")


def draw_notes(roll: Any, kit: Any, played: Performance, bars: Sequence[float]) -> None:
    """Draw what is played between the first bar line and the last."""
    drums: dict[str, list[tuple[float, float, int]]] = {}
    for part in played.parts:
        for note in part.notes:
            if not bars[0] <= note.onset_s < bars[-1]:
                continue
            if part.role == "drums":
                hit = (note.onset_s, note.duration_s, note.velocity)
                drums.setdefault(drum_of(note.pitch), []).append(hit)
            else:
                alpha = 0.3 + 0.7 * note.velocity / 127
                roll.barh(note.pitch, note.duration_s, left=note.onset_s, height=0.9,
                          color=COLOURS[part.role], alpha=alpha)  # fmt: skip
    keys = {name: key for key, name in NAMES.items()}
    rows = sorted(drums, key=lambda name: keys.get(name.replace(" ", "_"), 0))
    for row, name in enumerate(rows):
        for onset, length, velocity in drums[name]:
            long = length if name == "brush" else 0.06
            kit.barh(row, long, left=onset, height=0.8, color="#ef8577",
                     alpha=0.25 + 0.75 * velocity / 127)  # fmt: skip
    kit.set_yticks(range(len(rows)), rows)
    roll.set_ylabel("MIDI pitch", color=PALE, fontsize=7)


def draw_spectrogram(axes: Any, audio: AudioFile, start_s: float, stop_s: float) -> None:
    """Draw the spectrogram of a stretch over logarithmic frequencies."""
    whole = np.concatenate(list(audio.blocks()), axis=1).mean(axis=0)
    sound = whole[int(start_s * audio.rate) : int(stop_s * audio.rate)]
    size, hop = 4096, 2048
    frames = np.lib.stride_tricks.sliding_window_view(sound, size)[::hop] * np.hanning(size)
    level = 20 * np.log10(np.abs(np.fft.rfft(frames)) + 1e-9)
    hz = np.fft.rfftfreq(size, 1 / audio.rate)
    edges = np.geomspace(40.0, 16_000.0, 97)
    rows = [level[:, (hz >= low) & (hz < max(high, low + hz[1]))].max(axis=1)
            for low, high in itertools.pairwise(edges)]  # fmt: skip
    top = float(level.max())
    axes.pcolormesh(
        start_s + np.arange(len(frames)) * hop / audio.rate, edges[:-1], np.array(rows),
        vmin=top - 70.0, vmax=top, cmap="magma", shading="nearest", rasterized=True,
    )  # fmt: skip
    axes.set_yscale("log")
    axes.set_yticks([100, 1000, 10_000], ["100", "1k", "10k Hz"])
    axes.set_xlabel("s", color=PALE, fontsize=7)


def section(kit: str, found: Mapping[str, Any]) -> list[str]:
    """Return a kit's part of the page."""
    brief, seed = SHOWCASE[kit]
    return [
        f"## {kit}", "",
        f"```sh\ntapeloom make \"{brief}\" --minutes {MINUTES} --seed {seed}\n```", "",
        f"{', '.join(found['band'])}; {found['bpm']:g} bpm, {found['key']}. Heard of the kit: "
        f"{', '.join(found['drums'])}.", "", f"![Sixteen bars](images/showcase/{kit}.png)", "",
    ]  # fmt: skip


def main() -> None:
    """Make, measure, draw and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kits", nargs="*", metavar="KIT", help="those to make anew")
    parser.add_argument("--out", type=Path, default=HERE.parent / "out/showcase")
    parser.add_argument("--reuse", action="store_true", help="take records of an earlier run")
    options = parser.parse_args()
    if strange := set(options.kits) - set(SHOWCASE):
        parser.error(f"{min(strange)} is none of {', '.join(SHOWCASE)}")
    options.out.mkdir(parents=True, exist_ok=True)
    table = ["| kit | LUFS | LRA, LU | kit's centroid, Hz | hits a bar |", "|---|---|---|---|---|"]
    body: list[str] = []
    for kit in SHOWCASE:
        anew = kit in options.kits or not (options.reuse or options.kits)
        folder = record_of(kit, options.out, anew=anew)
        found = figures(folder)
        picture(folder, IMAGES / f"{kit}.png")
        table.append(f"| {kit} | {found['lufs']:.1f} | {found['range']:.1f} | "
                     f"{found['kit_hz']:.0f} | {found['hits']:.1f} |")  # fmt: skip
        body += section(kit, found)
        print(kit, folder, flush=True)
    page = HERE / "showcase.md"
    text = page.read_text("utf-8")
    head, tail = text[: text.index(BEGIN)], text[text.index(END) :]
    page.write_text(head + "\n".join([BEGIN, *table, "", *body]) + tail, "utf-8")


if __name__ == "__main__":
    main()
