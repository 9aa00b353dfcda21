"""A running service, and a real Chromium in front of it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

import httpx
import pytest

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
PHONE, LAPTOP, DESK = (390, 844), (1280, 800), (1920, 1080)
VENDOR = Path(__file__).parents[2] / "src/tapeloom/app/web/vendor"


def skip_without_browser() -> None:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here; the Debian package chromium brings it")
    if not (VENDOR / "wavesurfer.js").is_file():
        pytest.skip("the studio lacks its parts from npm; install the package again")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """`tapeloom serve` as a process, with one worker."""

    def __init__(self, data: Path, port: int, *, workers: int = 1) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self._log = data.with_suffix(".log").open("a+")
        command = [
            *(sys.executable, "-c", "from tapeloom.app.commands import main; main()", "serve"),
            *("--data", str(data), "--port", str(port), "--workers", str(workers), "--link"),
        ]
        self.process = subprocess.Popen(
            command, stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True,
            env=os.environ | {"TAPELOOM_DEAD_AFTER_S": "3"},
        )  # fmt: skip
        self._wait()

    @property
    def link(self) -> str:
        """The newest link that logs a browser in."""
        self._log.seek(0)
        return re.findall(r"http\S+/login\?token=\S+", self._log.read())[-1]

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.base}/healthz", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
        self._log.seek(0)
        raise AssertionError(f"the service does not answer: {self._log.read()[-2000:]}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it, with all that it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
            self.process.wait(30)
        self._log.close()


@contextmanager
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        try:
            yield browser
        finally:
            browser.close()
