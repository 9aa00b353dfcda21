"""The picture of a master: both sides, whatever they lack."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tapeloom.media.figures import ROLE_COLOURS
from tapeloom.media.master_plot import MasterTraces, plot_master

BANDS = [(31.25 * 2 ** (k / 3), -10.0 - k) for k in range(28)]
SIDE = MasterTraces(
    short_term_lufs=[-20.0] * 300,
    bands_db=BANDS,
    peak_to_loudness_db=[12.0, 13.0, 14.0],
    widths_db=[("20-120", -40.0), ("120-500", -10.0), ("500-2k", -6.0)],
    correlation=[0.9] * 30,
)
SILENT = MasterTraces([], [(hz, -np.inf) for hz, _ in BANDS], [], [("20-120", -99.0)], [])


def colours(path: Path) -> set[tuple[int, ...]]:
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    return {tuple(int(x) for x in row) for row in np.unique(pixels, axis=0)}


def rgb(name: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(ROLE_COLOURS[name][1:]))


def test_both_sides_and_the_target_are_drawn_and_the_same_data_give_the_same_bytes(
    tmp_path: Path,
) -> None:
    louder = replace(SIDE, short_term_lufs=[-14.0] * 300)
    for name in ("a.png", "b.png"):
        plot_master(SIDE, louder, tmp_path / name, title="song", target_lufs=-14.0,
                    target_bands_db=[(hz, db + 3) for hz, db in BANDS])  # fmt: skip
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    drawn = colours(tmp_path / "a.png")
    assert {rgb("bass"), rgb("melody"), rgb("keys")} <= drawn


@pytest.mark.slow
def test_silence_and_mono_have_their_picture(tmp_path: Path) -> None:
    plot_master(SILENT, SILENT, tmp_path / "silence.png", title="nothing")
    assert rgb("melody") in colours(tmp_path / "silence.png")  # the name of the side at least
