"""The commands of compose.yaml run, are healthy by its own checks, and make a record together."""

import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.app.jobs_faults import POSTGRES
from tests.deploy.files import DEPLOY
from tests.deploy.stack import STARTED, Stack

pytestmark = pytest.mark.slow
_NEEDED = ("caddy", "prometheus", "wget", "setpriv", "unshare")
_FIRST_START_S = 420.0  # the inner loops are compiled


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing or not POSTGRES.is_dir():
        pytest.skip(f"not installed: {', '.join(missing) or 'PostgreSQL 15'}")
    # Not below pytest's folder: the next session of pytest closes that to other users.
    folder = Path(tempfile.mkdtemp(prefix="tapeloom-stack-"))
    stack = Stack(folder)
    try:
        for name in STARTED:
            stack.start(name)
            if name == "postgres":  # the others depend on its health
                stack.wait_healthy(name)
        for name in STARTED:
            stack.wait_healthy(name, _FIRST_START_S)
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def browser(stack: Stack) -> Iterator[httpx.Client]:
    """A browser that came by the link in the log, through the proxy."""
    found = re.search(r"(http\S+/login\?token=\S+)", stack.log("api"))
    assert found is not None, stack.log("api")
    assert found[1].startswith(stack.site)
    with httpx.Client(base_url=stack.site, timeout=60, headers={"X-Tapeloom": "1"}) as client:
        assert client.get(found[1]).status_code == 303
        yield client


def _wait_done(client: httpx.Client, job: str, timeout_s: float) -> None:
    """Follow a job by its events, as the proxy lets them through."""
    until = time.monotonic() + timeout_s
    with client.stream("GET", f"/v1/jobs/{job}/events", timeout=timeout_s) as stream:
        for line in stream.iter_lines():
            assert time.monotonic() < until, "the job has not ended"
            if line.startswith("data:"):
                told = json.loads(line.removeprefix("data:"))
                states = [told.get("state"), *(one.get("state") for one in told.get("jobs", []))]
                assert "failed" not in states, told
                if "done" in states:
                    return
    raise AssertionError("the stream ended before the job")


def test_a_record_is_made_through_the_proxy_and_prometheus_sees_it(
    stack: Stack, browser: httpx.Client
) -> None:
    ordered = browser.post("/v1/make", json={"words": "rain", "bars": 4, "bpm": 90, "seed": 7})
    assert ordered.status_code == 202, ordered.text
    job = ordered.json()["id"]
    _wait_done(browser, job, 300.0)
    master = f"/v1/artefacts/{job}/master.flac"
    piece = browser.get(master, headers={"Range": "bytes=0-3"})
    assert (piece.status_code, piece.content) == (206, b"fLaC")
    assert len(browser.get(master).content) > 100_000
    wanted = {
        'tapeloom_jobs{kind="make", state="done"}': 1,
        "tapeloom_workers": 2,  # the worker and the watchdog
        'up{job="tapeloom"}': 1,
        'tapeloom:queue_load:sum{queue="render"}': 0,
        'tapeloom_stage_seconds_count{kind="make", stage="master"}': 1,
    }
    until = time.monotonic() + 120
    while True:  # two rounds of scraping and of rules
        told = {query: [float(one["value"][1]) for one in stack.query(query)] for query in wanted}
        if told == {query: [value] for query, value in wanted.items()}:
            break
        assert time.monotonic() < until, told
        time.sleep(2)


def test_every_expression_of_the_dashboards_is_answered(stack: Stack) -> None:
    for path in sorted((DEPLOY / "grafana/dashboards").glob("*.json")):
        for panel in json.loads(path.read_text("utf-8"))["panels"]:
            for target in panel["targets"]:
                stack.query(target["expr"])  # fails where Prometheus refuses it


def test_figures_are_not_told_through_the_proxy(stack: Stack, browser: httpx.Client) -> None:
    assert browser.get("/metrics").status_code == 404
    assert browser.get("/readyz").json()["ready"] is True
    told = httpx.get(f"http://127.0.0.1:{stack.ports['8000']}/metrics", timeout=30)
    assert told.status_code == 200


def test_no_log_holds_a_secret(stack: Stack, browser: httpx.Client) -> None:
    password = (stack.folder / "secrets/postgres_password").read_text("utf-8")
    cookie = browser.cookies["tapeloom_session"]
    for name in STARTED:
        assert password not in stack.log(name), name
        assert cookie not in stack.log(name), name
    assert "token=" in stack.log("api")  # the link is printed for whoever started it
    assert not re.search(r"token=[\w-]{16,}", stack.log("caddy"))


def test_a_worker_that_is_gone_is_not_healthy(stack: Stack) -> None:
    stack.processes["watchdog"].terminate()
    assert stack.processes["watchdog"].wait(30) == 0
    with pytest.raises(AssertionError, match="watchdog ended with 0"):
        stack.wait_healthy("watchdog", 5.0)
    sign = Path(stack.folder / "data/alive/watchdog")
    assert not sign.exists() or not stack._is_root
