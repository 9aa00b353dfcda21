"""Minutes long: the whole API under drawn requests, and a record made by `tapeloom serve`."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from .conftest import House
from .test_status import free_port, until_it_answers

pytestmark = pytest.mark.slow
CHECKS = "not_a_server_error,content_type_conformance,response_schema_conformance,status_code_conformance"  # noqa: E501  # fmt: skip


def test_no_drawn_request_makes_it_fail(shared: House) -> None:
    """Streams are left out: they do not end."""
    key = shared.client("admin", per_minute=100_000).headers["Authorization"]
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "run", f"{shared.url}/openapi.json",
            "--header", f"Authorization: {key}", "--exclude-path-regex", "/events$",
            "--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--checks", CHECKS,
            "--seed", "1", "--no-color", "--generation-database", "none",
        ],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:]
    generated = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert generated is not None
    assert int(generated[1]) > 1_000


def test_serve_makes_a_record_that_can_be_heard(tmp_path: Path) -> None:
    port = free_port()
    program = "from tapeloom.app.commands import main; main()"
    arguments = ("serve", "--port", str(port), "--data", str(tmp_path / "data"), "--workers", "1")
    log = (tmp_path / "log").open("w+")
    with log, subprocess.Popen([sys.executable, "-c", program, *arguments], stderr=log) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as browser:
                until_it_answers(browser)
                token = re.search(r"token=(\S+)", (tmp_path / "log").read_text())
                assert token is not None
                browser.get("/login", params={"token": token[1]})
                browser.headers["X-Tapeloom"] = "1"
                job = browser.post("/v1/make", json={"words": "rain", "bars": 4, "bpm": 120})
                with browser.stream("GET", f"/v1/jobs/{job.json()['id']}/events") as stream:
                    for line in stream.iter_lines():
                        if '"state": "done"' in line or '"state": "failed"' in line:
                            break
                made = browser.get(job.headers["location"]).json()
                assert made["state"] == "done", made["error"]
                record = browser.get("/v1/records").json()["records"][0]
                assert record["id"] == made["id"]
                audio = browser.get(f"/v1/artefacts/{made['id']}/master.flac")
                assert audio.content.startswith(b"fLaC")
                assert "tapeloom_render_realtime" in browser.get("/metrics").text
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    time.sleep(0.5)
    left = [  # no worker outlives the service
        pid for pid in os.listdir("/proc") if pid.isdigit() and str(tmp_path) in _command(pid)
    ]
    assert not left


def _command(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
