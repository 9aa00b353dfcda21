"""Minutes long: the whole API under drawn requests, and a record made by `tapeloom serve`."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from ..jobs_faults import POSTGRES, Postgres
from . import (
    test_catalogue,
    test_orders,
    test_records,
    test_security,
    test_shelf,
    test_status,
    test_streams,
)
from .conftest import House, build
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


@pytest.mark.skipif(not POSTGRES.is_dir(), reason="needs PostgreSQL 15")
def test_on_postgresql_it_answers_alike(tmp_path: Path) -> None:
    with Postgres(tmp_path) as postgres, contextmanager(build)(tmp_path, postgres.url) as house:
        test_records.test_records_are_found_by_title_words_key_and_tag(house)
        test_catalogue.test_what_is_said_of_a_record_is_kept_beside_it(house)
        test_catalogue.test_records_are_sorted_and_paged(house)
        test_catalogue.test_a_record_tells_its_base_and_its_versions(house)
        test_catalogue.test_a_removed_record_leaves_nothing(house)
        test_shelf.test_preferences_are_kept_and_given_out_for_training(house)
        test_shelf.test_a_schedule_is_made_held_and_dropped_by_its_owner(house)
        test_orders.test_a_job_is_paused_resumed_cancelled_and_begun_again(house)
        test_orders.test_a_record_is_continued_with_an_edited_score(house)
        test_security.test_another_keys_things_look_as_if_they_were_not_there(house)
        test_security.test_the_one_time_link_works_once_and_its_cookie_is_kept_from_scripts(house)
        test_streams.test_one_who_comes_back_hears_what_was_missed(house)
        test_status.test_prometheus_reads_jobs_stages_and_requests(house)


def _command(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
