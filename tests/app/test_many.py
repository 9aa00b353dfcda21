"""Records of every mood and several meters, held to the same limits (`make slow`)."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from tapeloom.app.pipeline import make
from tapeloom.core.files import read_json
from tapeloom.core.mood import MOODS, SCENES

pytestmark = pytest.mark.slow

METERS = ("4/4", "3/4", "6/8", "5/4", "7/8")
BRIEFS = [
    (f"{mood} {list(SCENES)[i]}", METERS[i % len(METERS)], 40 + i) for i, mood in enumerate(MOODS)
]


@pytest.mark.parametrize(("words", "meter", "seed"), BRIEFS, ids=[brief[0] for brief in BRIEFS])
def test_a_record_keeps_every_limit(words: str, meter: str, seed: int, tmp_path: Path) -> None:
    record = make(words, meter=meter, bars=16, seed=seed, out=tmp_path)
    master, rate = soundfile.read(record.folder / "master.flac", always_2d=True)
    assert record.loudness.integrated_lufs == pytest.approx(-14.0, abs=0.2)
    true_peak = np.abs(resample_poly(master, 16, 1, axis=0)).max()
    assert 20 * np.log10(true_peak) <= -1.0 + 0.02
    assert np.abs(master.mean(axis=0)).max() < 1e-3  # -60 dBFS
    for path in record.folder.rglob("*.flac"):
        samples, _ = soundfile.read(path, always_2d=True)
        assert np.abs(samples).max() < 0.999, path.name

    # Every bar sounds: the quietest lies within 30 dB of the whole.
    bars = record.data["bars"]
    length = read_json(record.folder / "performance.json")["duration_s"] * rate / bars
    levels = [
        np.sqrt(np.mean(master[round(i * length) : round((i + 1) * length)] ** 2))
        for i in range(bars)
    ]
    assert min(levels) > 10 ** (-30 / 20) * np.sqrt(np.mean(master**2))
