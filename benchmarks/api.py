"""The service under load: `python benchmarks/api.py [--seconds 30] [--busy 2]`.

200 open connections send 50 reads a second in all (open loop: a request leaves when its time has
come, whether or not others have been answered, and its latency counts from that time) while niced
jobs keep the processors busy; 1,000 event streams are opened and the service's memory is read;
orders are entered one after another. Prints JSON.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tapeloom.app.api.keys import KeyRing
from tapeloom.app.api.tables import create_tables
from tapeloom.app.jobs import JobOrder, JobService

CONNECTIONS, READS_PER_S, STREAMS, ORDERS = 200, 50, 1_000, 200
KEYS = 25  # of the streams; each may open 50
PATHS = ("/v1/jobs?limit=20", "/v1/records?limit=20", "/v1/jobs/{job}", "/v1/session")
BUSY = (
    "import os; os.nice(19)\n"
    "from tapeloom.app.pipeline import make\n"
    "import tempfile\n"
    "while True: make('rain', bars=8, out=tempfile.mkdtemp(), force=True)\n"
)
SERVE = "from tapeloom.app.commands import main; main()"


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process for a `with` block."""
    process = subprocess.Popen([sys.executable, "-c", *command], stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process and its children, in MB."""
    own = Path(f"/proc/{pid}/status").read_text()
    total = int(own.split("VmRSS:")[1].split()[0]) / 1024
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return total + sum(memory_mb(int(child)) for child in children.read_text().split())


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Return p50, p99 and the worst, in milliseconds."""
    ordered = sorted(1000 * value for value in seconds)
    at = lambda share: round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)  # noqa: E731
    return {"p50_ms": at(0.5), "p99_ms": at(0.99), "worst_ms": round(ordered[-1], 1)}


async def read_on(url: str, key: str, paths: list[str], seconds: float) -> dict[str, object]:
    """Send reads over many connections at their times; return how long they took."""
    clients = [
        httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=30)
        for _ in range(CONNECTIONS)
    ]
    await asyncio.gather(*(client.get("/healthz") for client in clients))
    taken: list[float] = []
    failed = 0

    async def read(number: int, due_s: float) -> None:
        nonlocal failed
        try:
            answer = await clients[number % CONNECTIONS].get(paths[number % len(paths)])
            failed += answer.status_code != 200
        except httpx.HTTPError:
            failed += 1
        taken.append(time.perf_counter() - due_s)

    begin_s = time.perf_counter()
    reads = []
    for number in range(round(seconds * READS_PER_S)):
        due_s = begin_s + number / READS_PER_S
        await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
        reads.append(asyncio.create_task(read(number, due_s)))
    await asyncio.gather(*reads)
    for client in clients:
        await client.aclose()
    return {"reads": len(taken), "failed": failed, **percentiles(taken)}


async def open_streams(port: int, keys: list[str], pid: int) -> dict[str, object]:
    """Open event streams, wait for the first message of each, and read the memory."""
    before_mb = memory_mb(pid)

    async def follow(number: int) -> tuple[asyncio.StreamWriter, bool]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = keys[number % len(keys)]
        writer.write(
            b"GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Authorization: Bearer " + key.encode() + b"\r\n\r\n"
        )
        text = await reader.readuntil(b"event: state\n")
        return writer, text.startswith(b"HTTP/1.1 200")

    streams = []
    for first in range(0, STREAMS, 50):
        streams += await asyncio.gather(*(follow(n) for n in range(first, first + 50)))
    await asyncio.sleep(2)
    after_mb = memory_mb(pid)
    for writer, _ in streams:
        writer.close()
    return {
        "streams": sum(is_open for _, is_open in streams), "before_mb": round(before_mb, 1),
        "with_streams_mb": round(after_mb, 1),
    }  # fmt: skip


async def enter_orders(url: str, key: str) -> dict[str, float]:
    """Enter orders one by one, over HTTP; return how long each took."""
    taken = []
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client:
        for _ in range(ORDERS):
            begin_s = time.perf_counter()
            answer = await client.post("/v1/compose", json={"words": "rain", "bars": 8})
            answer.raise_for_status()
            taken.append(time.perf_counter() - begin_s)
    return percentiles(taken)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--busy", type=int, default=2, help="niced jobs beside it")
    parser.add_argument("--port", type=int, default=8731)
    told = parser.parse_args()
    url = f"http://127.0.0.1:{told.port}"
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        jobs = JobService.open(Path(folder))
        create_tables(jobs.database.engine)
        ring = KeyRing(jobs.database.engine)
        keys = [ring.make_key("load", ["read", "write"], per_minute=100_000) for _ in range(KEYS)]
        texts = [text for _, text in keys]
        owner = keys[0][0].id
        begin_s = time.perf_counter()
        for _ in range(ORDERS):
            job = jobs.submit(JobOrder("make", {"words": "rain"}, owner))
        submit_ms = 1000 * (time.perf_counter() - begin_s) / ORDERS
        jobs.close()
        serve = ("serve", "--port", str(told.port), "--data", folder, "--workers", "0")
        process = stack.enter_context(running(SERVE, *serve))
        _wait(url)
        paths = [path.format(job=job.id) for path in PATHS]
        found: dict[str, object] = {
            "processors": os.cpu_count(),
            "load_before": os.getloadavg(),
            "orders_in_process_mean_ms": round(submit_ms, 2),
            "orders_idle": asyncio.run(enter_orders(url, texts[0])),
            "event_streams": asyncio.run(open_streams(told.port, texts, process.pid)),
        }
        for _ in range(told.busy):
            stack.enter_context(running(BUSY))
        time.sleep(5 if told.busy else 0)
        found["busy_jobs"] = told.busy
        found["reads"] = asyncio.run(read_on(url, texts[0], paths, told.seconds))
        found["orders_busy"] = asyncio.run(enter_orders(url, texts[0]))
        found["load_after"] = os.getloadavg()
    print(json.dumps(found, indent=1))


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            httpx.get(f"{url}/healthz")
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the service does not answer")


if __name__ == "__main__":
    main()
