"""Measure how records sound: ten briefs made and described by number, as JSON.

    python benchmarks/sound.py OUT.json [--bars 16] [--briefs 10]

What is held against the ranges of lo-fi (docs/sound.md) is the finished master.
"""

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tapeloom import Brief, make
from tapeloom.core.audio import AudioFile
from tapeloom.dsp.loudness import measure
from tapeloom.dsp.spectrum import measure_spectrum
from tapeloom.dsp.stereo import correlation

BRIEFS = (
    ("rainy night, peaceful", {"bpm": 75, "key": "Am"}),
    ("melancholic winter evening", {}),
    ("uplifting summer morning", {"bpm": 86, "key": "D major"}),
    ("dreamy", {"key": "F lydian"}),
    ("nostalgic city rain", {"bpm": 78, "key": "G major"}),
    ("dark midnight train", {"key": "C# minor"}),
    ("warm cafe", {"bpm": 82, "key": "Bb major"}),
    ("focus study session", {"key": "D dorian"}),
    ("playful afternoon", {"bpm": 90, "key": "Eb mixolydian"}),
    ("sleep, soft rain", {"bpm": 62, "key": "D major"}),
)
FRAME_S = 0.4
FADE_S = 2.0  # at the end of a master: what is softer there is no floor of the record


def describe(path: Path) -> dict[str, float]:
    """Return loudness, dynamics, spectrum and width of a file."""
    audio = AudioFile.open(path)
    told, spectrum = measure(audio), measure_spectrum(audio)
    sound = np.concatenate(list(audio.blocks()), axis=1).astype(np.float64)
    frame = round(FRAME_S * audio.rate)
    music = sound[:, : -round(FADE_S * audio.rate)]
    frames = music[:, : music.shape[1] // frame * frame].reshape(2, -1, frame)
    power = np.sqrt((frames**2).mean(axis=(0, 2)))
    heard = spectrum.power > 0
    cumulated = spectrum.power.cumsum() / spectrum.power.sum()
    logs = np.log(spectrum.power[heard]).mean()
    whole = spectrum.band_db(20.0, 20_000.0)
    return {
        "integrated_lufs": told.integrated_lufs,
        "range_lu": told.range_lu,
        "true_peak_dbtp": told.true_peak_dbtp,
        "plr_db": told.true_peak_dbtp - told.integrated_lufs,
        "crest_db": 20 * np.log10(np.abs(sound).max() / np.sqrt((sound**2).mean())),
        "quietest_dbfs": 20 * np.log10(max(float(np.percentile(power, 2)), 1e-9)),
        "slope_db_per_octave": spectrum.slope_db_per_octave,
        "centroid_hz": spectrum.centroid_hz,
        "rolloff_85_hz": float(spectrum.frequencies_hz[int(np.searchsorted(cumulated, 0.85))]),
        "flatness": float(np.exp(logs) / spectrum.power[heard].mean()),
        "over_12_khz_db": spectrum.band_db(12_000.0, 20_000.0) - whole,
        "below_40_hz_db": spectrum.band_db(10.0, 40.0) - whole,
        "correlation": correlation(sound),
    }


def main() -> None:
    """Read the options, make the records, and write what they measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--briefs", type=int, default=len(BRIEFS))
    options = parser.parse_args()
    rows = []
    for seed, (words, fields) in enumerate(BRIEFS[: options.briefs], 1):
        with TemporaryDirectory() as folder:
            brief = Brief(words, bars=options.bars, seed=seed, **fields)
            record = make(brief, out=folder)
            row = {"brief": words, **{k: round(v, 4) for k, v in
                                      describe(record.folder / "master.flac").items()}}  # fmt: skip
            parts = json.loads((record.folder / "performance.json").read_text("utf-8"))["parts"]
            row["instruments"] = {part["role"]: part["instrument"] for part in parts}
        rows.append(row)
        sys.stdout.write(f"{words}: {row['instruments']}\n")
        sys.stdout.flush()
    options.out.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
