"""Measure how long a cover of 3000 x 3000 and a thumbnail take, painted and written, as JSON.

    python benchmarks/pictures.py [--runs 3]

Every scene is painted once a run, with the six layouts in turn; told are seconds by the clock and
of the processor for both pictures together, and the machine's load before it began.
"""

import argparse
import json
import os
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tapeloom.app.picture_jobs import COVER, THUMBNAIL, draw
from tapeloom.media.scenes import SCENES
from tapeloom.media.stage import Weather
from tapeloom.media.thumbnail_config import ThumbnailConfig
from tapeloom.media.thumbnail_layouts import ThumbnailStyle


def measure(config: ThumbnailConfig, folder: Path) -> dict[str, float]:
    """Return seconds for a cover and a thumbnail, and the bytes of their files."""
    clock, processor = time.perf_counter(), time.process_time()
    draw(COVER, config, folder / "cover.png")
    between = time.perf_counter()
    draw(THUMBNAIL, config, folder / "thumbnail.png")
    end = time.perf_counter()
    return {
        "both_s": end - clock,
        "cover_s": between - clock,
        "thumbnail_s": end - between,
        "processor_s": time.process_time() - processor,
        "cover_mb": (folder / "cover.png").stat().st_size / 1e6,
        "thumbnail_mb": (folder / "thumbnail.png").stat().st_size / 1e6,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    load = os.getloadavg()[0]
    styles = list(ThumbnailStyle)
    told = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        measure(ThumbnailConfig("Warm"), folder)  # imports and fonts
        for i, scene in enumerate(SCENES):
            config = ThumbnailConfig(
                "Rainy Night in the Old Town", "A minor · 75 bpm", scene=scene,
                weather=Weather.RAIN, style=styles[i % len(styles)], seed=i,
            )  # fmt: skip
            taken = [measure(config, folder) for _ in range(runs)]
            told[scene] = {
                key: round(statistics.median(one[key] for one in taken), 3) for key in taken[0]
            }
    slowest = max(told, key=lambda scene: told[scene]["both_s"])
    print(json.dumps({
        "cores": os.cpu_count(), "load_before": round(load, 1), "runs": runs, "scenes": told,
        "median_processor_s": round(
            statistics.median(one["processor_s"] for one in told.values()), 2
        ),
        "median_both_s": round(statistics.median(one["both_s"] for one in told.values()), 2),
        "slowest": [slowest, told[slowest]["both_s"]],
    }, indent=1))  # fmt: skip


if __name__ == "__main__":
    main()
