"""Start the service, make a record in it, and take docs/images/studio.png of its page.

    python docs/make_studio.py [--seed 3] [--tab listen]

The service works in a temporary folder, which goes with it. Playwright and the system's Chromium
are needed (`pip install playwright`; the Debian package chromium).
"""

import argparse
import io
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).resolve().parent / "images" / "studio.png"
BRIEF = {"words": "coffee at dawn, warm", "bars": 32, "bpm": 84}
WIDTH, HEIGHT = 1280, 800
ARGUMENTS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
MOST_BYTES = 400_000
MOST_WAIT_S = 600
COLOURS = 256
SHOWN_S, SETTLED_S = 30, 4  # where the record is when it is shown, and how long before it plays
PLAYED = """async (time_s) => {
  const { player } = await import("/player.js");
  await player.play();
  player.seek(time_s);
}"""


@contextmanager
def service() -> Iterator[str]:
    """Yield a link that logs a browser in to a service of its own."""
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+") as log:
        command = [sys.executable, "-c", "from tapeloom.app.commands import main; main()", "serve"]
        options = [
            "--data",
            f"{folder}/data",
            "--port",
            str(_free_port()),
            "--workers",
            "1",
            "--link",
        ]
        running = subprocess.Popen([*command, *options], stdout=log, stderr=subprocess.STDOUT)
        try:
            yield _link(Path(folder) / "log")
        finally:
            running.terminate()
            running.wait(60)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _link(log: Path) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = re.findall(r"http\S+/login\?token=\S+", log.read_text())
        if found and _is_up(found[-1]):
            return str(found[-1])
        time.sleep(0.3)
    raise SystemExit(f"the service does not answer: {log.read_text()[-2000:]}")


def _is_up(link: str) -> bool:
    try:
        return httpx.get(f"{link.partition('/login')[0]}/healthz", timeout=2).is_success
    except httpx.HTTPError:
        return False


def record_of(page: Any, seed: int) -> str:
    """Make a record; return its id."""
    asked = page.request.post(
        "/v1/make", data=BRIEF | {"seed": seed}, headers={"X-Tapeloom": "1"}
    ).json()
    job, until = str(asked["id"]), time.monotonic() + MOST_WAIT_S
    while time.monotonic() < until:
        state = page.request.get(f"/v1/jobs/{job}").json()["state"]
        if state == "done":
            return job
        if state in ("failed", "cancelled"):
            break
        time.sleep(1.0)
    raise SystemExit(f"no record was made of {BRIEF}")


def picture_of(link: str, seed: int, tab: str) -> bytes:
    """Return a PNG of a record's page."""
    base = link.partition("/login")[0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium") or which("google-chrome"), args=ARGUMENTS
        )
        page = browser.new_page(
            base_url=base, viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light"
        )
        page.goto(link)
        record = record_of(page, seed)
        page.goto(f"/#/records/{record}/{tab}")
        page.locator(".roll-stage canvas, .wave canvas").first.wait_for()
        page.evaluate(PLAYED, SHOWN_S)
        page.wait_for_timeout(SETTLED_S * 1000)  # the cover is there, and the meter moves
        taken = bytes(page.screenshot())
        browser.close()
    return taken


def main() -> None:
    """Make the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--tab", default="listen")
    options = parser.parse_args()
    with service() as link:
        taken = picture_of(link, options.seed, options.tab)
    drawn = Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    drawn.save(PICTURE, optimize=True)
    if PICTURE.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{PICTURE} has {PICTURE.stat().st_size} bytes; at most {MOST_BYTES}")
    print(f"{PICTURE.name}: {PICTURE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
