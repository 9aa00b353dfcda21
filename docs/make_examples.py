"""Make the records of docs/examples/briefs.txt, and write docs/examples.md: `make docs`.

Five songs of the training data are built on too, where ../shared/data is present.
"""

import argparse
import json
import shlex
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
SONGS = ROOT.parent / "shared/data/pop909.tar.xz"
NUMBERS = ("004", "112", "246", "301", "555")
BEGIN, END = "<!-- figures: made by docs/make_examples.py -->", "<!-- end of figures -->"
COLUMNS = (
    "record", "key", "bpm", "meter", "length", "notes a bar", "in key", "LUFS", "LRA", "dBTP",
    "PLR", "centroid Hz", "slope dB/oct", "correlation", "longest silence s",
)  # fmt: skip


def tapeloom(*arguments: str) -> str:
    """Run a command and return what it prints."""
    command = [sys.executable, "-c", "from tapeloom.app.commands import main; main()", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def make(arguments: Sequence[str], out: Path) -> dict[str, Any]:
    """Make one record, or take it from an earlier run, and return its record.json."""
    print("tapeloom make", shlex.join(arguments), flush=True)
    seed = arguments[arguments.index("--seed") + 1]
    for folder in out.glob(f"[!.]*-{seed}"):
        return {**json.loads((folder / "record.json").read_text("utf-8")), "folder": str(folder)}
    made = tapeloom("make", *arguments, "--out", str(out), "--json")
    return dict(json.loads(made)[0])


def row(record: dict[str, Any], plots: Path) -> str:
    """Analyse a record, draw it, and return its line of the table."""
    folder = Path(record["folder"])
    plot = plots / f"{folder.name}.png"
    found = json.loads(tapeloom("analyze", str(folder), "--json", "--plot", str(plot)))
    score, audio = found["score"], found["audio"]
    minutes, seconds = divmod(round(audio["duration_s"]), 60)
    in_key = score["notes_in_key"]
    pitched = sum(part["notes"] for part in score["parts"] if part["role"] != "drums")
    cells = (
        folder.name, score["key"], f"{score['tempo_bpm']:g}", score["meter"],
        f"{minutes}:{seconds:02d}", f"{pitched / score['bars']:.1f}", f"{in_key:.0%}",
        f"{audio['integrated_lufs']:.2f}", f"{audio['range_lu']:.1f}",
        f"{audio['true_peak_dbtp']:.2f}", f"{audio['plr_db']:.1f}", f"{audio['centroid_hz']:.0f}",
        f"{audio['slope_db_per_octave']:.1f}", f"{audio['correlation']:.2f}",
        f"{audio['longest_silence_s']:.1f}",
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def sheet(pictures: Sequence[Path], target: Path, *, columns: int, width: int) -> None:
    """Put pictures on one sheet."""
    images = [Image.open(path).convert("RGB") for path in pictures]
    small = [image.resize((width, round(image.height * width / image.width))) for image in images]
    height = max(image.height for image in small)
    rows = -(-len(small) // columns)
    paper = Image.new("RGB", (columns * width, rows * height), (24, 21, 34))
    for i, image in enumerate(small):
        paper.paste(image, (i % columns * width, i // columns * height))
    paper.save(target, optimize=True)


def side_by_side(cover: Path, roll: Path, target: Path, *, height: int = 560) -> None:
    """Put a cover and a piano roll beside each other."""
    images = [Image.open(path).convert("RGB") for path in (cover, roll)]
    scaled = [
        image.resize((round(image.width * height / image.height), height)) for image in images
    ]
    paper = Image.new("RGB", (sum(image.width for image in scaled), height))
    at = 0
    for image in scaled:
        paper.paste(image, (at, 0))
        at += image.width
    paper.save(target, optimize=True)


def songs(folder: Path) -> list[Path]:
    """Unpack the five songs, where the training data is present."""
    if not SONGS.exists():
        return []
    with tarfile.open(SONGS) as archive:
        for member in archive:
            name = Path(member.name)
            if name.suffix == ".mid" and name.stem in NUMBERS and name.parent.name == name.stem:
                source = archive.extractfile(member)
                if source is not None:
                    (folder / name.name).write_bytes(source.read())
    return sorted(folder.glob("*.mid"))


def main() -> None:
    """Make everything again."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "out/examples")
    parser.add_argument("--reuse", action="store_true", help="take records of an earlier run")
    options = parser.parse_args()
    out: Path = options.out
    if not options.reuse:
        shutil.rmtree(out, ignore_errors=True)
    plots = out / "plots"
    plots.mkdir(parents=True, exist_ok=True)

    lines = (ROOT / "docs/examples/briefs.txt").read_text("utf-8").splitlines()
    briefs = [shlex.split(line) for line in lines if line and not line.startswith("#")]
    head = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    records = [make(brief, out) for brief in briefs]
    table = [*head, *(row(record, plots) for record in records)]

    borrowed = []
    for i, song in enumerate(songs(plots)):
        keep = ("melody", "chords", "both")[i % 3]
        asked = ["nostalgic", "--from", str(song), "--keep", keep, "--seed", str(100 + i)]
        line = row(make(asked, out / f"song-{song.stem}"), plots)
        borrowed.append(line.replace("| nostalgic", f"| song {song.stem}, {keep} kept: nostalgic"))
    if borrowed:
        table += ["", "Built on songs of POP909 (`--from`):", "", *head, *borrowed]

    names = [Path(record["folder"]).name for record in records]
    images = ROOT / "docs/images"
    sheet([plots / f"{n}-score.png" for n in names], images / "rolls.png", columns=4, width=560)
    sheet([plots / f"{n}-audio.png" for n in names], images / "spectra.png", columns=4, width=440)
    sheet([out / n / "cover.png" for n in names], images / "covers.png", columns=5, width=280)
    first = names[0]
    side_by_side(out / first / "cover.png", plots / f"{first}-score.png", images / "record.png")
    page = ROOT / "docs/examples.md"
    text = page.read_text("utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n\n" + "\n".join(table) + f"\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
