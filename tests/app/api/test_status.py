"""What machines ask of the service, and the server around it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import typer
from typer.testing import CliRunner

import tapeloom.app.api.service as service_module
from tapeloom.app.api import Limits
from tapeloom.app.api.problems import Problem
from tapeloom.app.api.quick import QuickWork
from tapeloom.app.api.server import ServeOrder
from tapeloom.app.commands.serve import serve
from tapeloom.app.jobs import Health, ledger
from tapeloom.core.errors import InputError

from ..conftest import tapeloom
from .conftest import House, me

app = typer.Typer()
app.command()(serve)


def test_it_is_alive_and_ready(shared: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client = shared.client()
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["ready"] is True
    monkeypatch.setattr(
        shared.jobs, "health", lambda: Health(database=False, workers=0, store=True)
    )
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_prometheus_reads_jobs_stages_and_requests(shared: House) -> None:
    client = shared.client("read", "write")
    record = shared.record(me(client), duration_s=60.0)
    ledger.end_stage(shared.jobs.database, record, "make", "render", 20.0)
    client.get(f"/v1/jobs/{record}")
    from prometheus_client.parser import text_string_to_metric_families

    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    read = {sample.name: sample.value for family in text_string_to_metric_families(answer.text)
            for sample in family.samples}  # fmt: skip
    assert read["tapeloom_render_realtime"] == 3.0
    assert read["tapeloom_workers"] == 0
    assert 'tapeloom_stage_seconds_count{kind="make",stage="render"} 1.0' in answer.text
    assert re.search(
        r'tapeloom_stage_seconds_bucket\{kind="make",le="30",stage="render"\} 1', answer.text
    )
    assert 'tapeloom_stage_seconds_bucket{kind="make",le="+Inf",stage="render"} 1.0' in answer.text
    assert 'tapeloom_jobs{kind="make",state="done"}' in answer.text
    assert (
        'tapeloom_http_requests_total{method="GET",route="/v1/jobs/{job}",status="200"}'
        in answer.text
    )
    assert record not in answer.text


def test_metrics_are_closed_to_those_behind_a_proxy(shared: House) -> None:
    headers = {"X-Forwarded-For": "198.51.100.7"}
    assert shared.client().get("/metrics", headers=headers).status_code == 401
    assert shared.client("read").get("/metrics", headers=headers).status_code == 403
    assert shared.client("metrics").get("/metrics", headers=headers).status_code == 200


def test_every_operation_is_described_and_every_order_has_an_example(shared: House) -> None:
    told = shared.client().get("/openapi.json").json()
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            if path.startswith("/v1/"):
                assert "application/problem+json" in operation["responses"]["401"]["content"]
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body:
                schema = body["schema"]
                if "$ref" in schema:
                    schema = told["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
                assert schema["examples"], path


async def _slow(quick: QuickWork) -> None:
    with pytest.raises(Problem) as late:
        await quick.run(time.sleep, 60, limit_s=0.5)
    assert late.value.status_code == 503
    assert await quick.run(abs, -3) == 3  # another process has taken its place
    with pytest.raises(Problem) as lost:
        await quick.run(os._exit, 3)
    assert lost.value.status_code == 500
    with pytest.raises(Problem):
        await quick.run(divmod, 1, 0)


def test_quick_work_that_is_late_or_lost_ends_and_others_go_on() -> None:
    import asyncio

    quick = QuickWork(1, limit_s=120.0)
    try:
        asyncio.run(_slow(quick))
    finally:
        quick.close()


def test_too_many_who_wait_for_quick_work_are_told_to_come_back() -> None:
    import asyncio

    async def run() -> list[object]:
        quick = QuickWork(1, limit_s=120.0)
        try:
            calls = [quick.run(time.sleep, 0.01) for _ in range(12)]
            return list(await asyncio.gather(*calls, return_exceptions=True))
        finally:
            quick.close()

    answers = asyncio.run(run())
    assert sum(isinstance(answer, Problem) for answer in answers) == 3


def test_loops_of_theory_are_compiled_at_first_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    from tapeloom.app.jobs import JobService

    async def run() -> list[object]:
        jobs = JobService.open(tmp_path)
        service = service_module.Service(jobs, service_module.ServiceSettings())
        asked: list[object] = []

        async def note(task: object, **more: object) -> None:
            asked.append(task)
            raise InputError("no room")

        monkeypatch.setattr(service.quick, "run", note)
        await service.start()
        await asyncio.sleep(0)
        await service.stop()
        jobs.close()
        return asked

    monkeypatch.setattr(service_module.kernels, "is_theory_compiled", lambda: False)
    assert asyncio.run(run()) == [service_module.quick_tasks.warm]


@pytest.mark.parametrize("arguments", [("--port", "0"), ("--port", "70000"), ("--workers", "-1")])
def test_serve_refuses_what_cannot_be(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, list(arguments))
    assert isinstance(result.exception, InputError)


def test_limits_are_above_0() -> None:
    with pytest.raises(InputError, match="body_s is 0"):
        Limits(body_s=0)


def test_the_address_is_what_a_browser_here_can_open() -> None:
    assert ServeOrder(host="0.0.0.0").address == "http://127.0.0.1:8000"  # noqa: S104
    assert ServeOrder(host="::1", port=1).address == "http://[::1]:1"
    order = ServeOrder(host="studio.lan", hosts=("tapes.example",))
    assert set(order.known_hosts) >= {"127.0.0.1", "localhost", "studio.lan", "tapes.example"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_it_answers(client: httpx.Client) -> None:
    """Wait for a service that was just started."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            client.get("/healthz")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the service does not answer")


def test_serve_prints_a_link_answers_and_ends_with_its_workers(tmp_path: Path) -> None:
    port = free_port()
    program = "from tapeloom.app.commands import main; main()"
    arguments = ("serve", "--port", str(port), "--data", str(tmp_path / "data"), "--workers", "0")
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        try:
            lines = [process.stderr.readline() for _ in range(2)]
            token = lines[1].rpartition("token=")[2].strip()
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as browser:
                until_it_answers(browser)
                assert browser.get("/login", params={"token": token}).status_code == 303
                assert browser.get("/v1/session").json()["owner"] == "studio"
        finally:
            process.send_signal(signal.SIGTERM)
        log = process.stderr.read()
        assert process.wait(30) == 0
    assert token not in log
    assert all(json.loads(line)["message"] for line in log.splitlines())


def test_without_the_extra_one_sentence_tells_what_to_install(tmp_path: Path) -> None:
    blocked = "import sys; sys.modules['fastapi'] = None"
    ran = tapeloom("serve", cwd=tmp_path, before=blocked)
    assert ran.code == 2
    assert ran.err.strip() == (
        "tapeloom: fastapi is not installed; "
        "`pip install 'tapeloom[service]'` brings what the service needs"
    )
