"""Write the tables of docs/sound.md from what benchmarks/sound.py measured.

    python docs/make_sound.py

docs/sound/before.json holds records of the first six instruments, docs/sound/after.json today's.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
BEGIN, END = "<!-- figures: made by docs/make_sound.py -->", "<!-- end of figures -->"
# Figure -> title, least, most, where the range is from.
TARGETS: dict[str, tuple[str, float, float, str]] = {
    "integrated_lufs": ("integrated loudness, LUFS", -16.0, -12.0, "B: mixing guides for lo-fi"),
    "true_peak_dbtp": ("true peak, dBTP", -99.0, -1.0, "A: EBU R 128"),
    "range_lu": ("loudness range, LU", 3.0, 7.0, "C"),
    "plr_db": ("PLR, dB", 9.0, 13.0, "C"),
    "slope_db_per_octave": ("slope 100 Hz to 4 kHz, dB/octave", -7.0, -5.0,
                            "A for pop (Pestana 2013: about -5), C darker"),
    "centroid_hz": ("centroid, Hz", 900.0, 2000.0, "C"),
    "over_12_khz_db": ("energy over 12 kHz, dB below the whole", -99.0, -35.0,
                       "B: rolled off above 8 to 12 kHz; the number is ours"),
    "correlation": ("correlation of the channels", 0.5, 0.95, "C"),
    "crest_db": ("crest factor, dB", 9.0, 16.0, "C"),
    "quietest_dbfs": ("quietest 2 % of 0.4 s, dBFS", -60.0, -20.0, "C: never digital silence"),
}  # fmt: skip
SHOWN = ("integrated_lufs", "range_lu", "centroid_hz", "slope_db_per_octave", "rolloff_85_hz",
         "crest_db", "over_12_khz_db", "correlation")  # fmt: skip


def targets(after: Sequence[dict[str, Any]]) -> list[str]:
    """Return the table of ranges and how today's records lie in them."""
    lines = [
        "| figure | range | source | least | median | most | within |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, (title, low, high, source) in TARGETS.items():
        values = np.array([row[name] for row in after])
        inside = int(((values >= low - 1e-6) & (values <= high + 1e-6)).sum())
        bounds = f"{low:g} to {high:g}" if low > -99 else f"at most {high:g}"
        lines.append(
            f"| {title} | {bounds} | {source} | {values.min():.2f} | {np.median(values):.2f} | "
            f"{values.max():.2f} | {inside} of {len(values)} |"
        )
    return lines


def compared(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> list[str]:
    """Return a table with a line before and one after for each brief."""
    lines = [f"| brief | | melody, keys, bass, drums | {' | '.join(SHOWN)} |",
             "|---|---|---|" + "---|" * len(SHOWN)]  # fmt: skip
    for old, new in zip(before, after, strict=True):
        for when, row in (("before", old), ("after", new)):
            band = ", ".join(
                row["instruments"].get(role, "-") for role in ("melody", "keys", "bass", "drums")
            )
            cells = " | ".join(f"{row[name]:.4g}" for name in SHOWN)
            lines.append(
                f"| {old['brief'] if when == 'before' else ''} | {when} | {band} | {cells} |"
            )
    return lines


def main() -> None:
    """Put both tables into the page."""
    before, after = (
        json.loads((HERE / "sound" / f"{name}.json").read_text("utf-8"))
        for name in ("before", "after")
    )
    page = HERE / "sound.md"
    text = page.read_text("utf-8")
    head, tail = text[: text.index(BEGIN)], text[text.index(END) :]
    body = ["## In the ranges of lo-fi", "", *targets(after), "", "## Before and after", "",
            *compared(before, after)]  # fmt: skip
    page.write_text(head + BEGIN + "\n" + "\n".join(body) + "\n" + tail, "utf-8")


if __name__ == "__main__":
    main()
