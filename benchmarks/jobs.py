"""Jobs: how long an order takes to be accepted, and how many a second a worker does.

python benchmarks/jobs.py [--url postgresql://user@host/name] [--orders 300]
"""

import argparse
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from tapeloom.app.jobs import JobOrder, JobService
from tapeloom.app.jobs.pool import WorkerPool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="of PostgreSQL; SQLite where left out")
    parser.add_argument("--orders", type=int, default=300)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with closing(JobService.open(data, database_url=asked.url)) as service:
            taken_ms, jobs = [], []
            for seed in range(asked.orders):
                order = JobOrder("compose", {"words": "rain", "bars": 4, "seed": seed}, "bench")
                began = time.perf_counter()
                jobs.append(service.submit(order))
                taken_ms.append(1e3 * (time.perf_counter() - began))
            p50, p99 = np.percentile(taken_ms, (50, 99))
            print(f"{asked.orders} orders accepted: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
            environment = {"TAPELOOM_POLL_S": "0.1"}
            if asked.url:
                environment["TAPELOOM_DATABASE_URL"] = asked.url
            arguments = ["--data", str(data), "--queue", "compose", "--quiet"]
            with WorkerPool(1, arguments=arguments, environment=environment):
                ended = [service.wait_for(job.id, "bench") for job in jobs]
            first = min(job.started_at or 0.0 for job in ended)
            last = max(job.finished_at or 0.0 for job in ended)
            print(
                f"one worker: {asked.orders / (last - first):.1f} compositions of 4 bars a second"
            )


if __name__ == "__main__":
    main()
