"""Minutes long: queues' limits and cron lines, with workers at work."""

import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tapeloom.app.jobs import Job, JobOrder, JobService
from tapeloom.app.jobs.pool import WorkerPool
from tapeloom.app.jobs.schedules import Schedule, add_schedule, remove_schedule
from tapeloom.app.kernels import compile_once

pytestmark = pytest.mark.slow
POLL_S, WAIT_S = 0.1, 90.0


@contextmanager
def at_work(data: Path, queues: str, *, workers: int) -> Iterator[JobService]:
    """Workers in processes of their own, with limits as an operator sets them."""
    compile_once(print)
    environment = {"TAPELOOM_QUEUES": queues, "TAPELOOM_POLL_S": str(POLL_S)}
    arguments = ("--data", str(data), "--quiet")
    with closing(JobService.open(data)) as service:
        first = service.submit(order(0))
        with WorkerPool(workers, arguments=arguments, environment=environment):
            service.wait_for(first.id, None, timeout_s=WAIT_S)
            until = time.monotonic() + 60
            while service.health().workers < workers and time.monotonic() < until:
                time.sleep(0.1)
            yield service


def order(seed: int) -> JobOrder:
    return JobOrder("compose", {"words": "rain", "bars": 4, "seed": seed}, "ann")


def done(service: JobService, count: int) -> list[Job]:
    """Order jobs; return them once they are done."""
    found = [service.submit(order(seed)) for seed in range(count)]
    return [service.wait_for(job.id, None, timeout_s=WAIT_S) for job in found]


def at_once(jobs: Sequence[Job]) -> int:
    """How many were at work at the same moment, at most."""
    times = [(job.started_at, job.finished_at) for job in jobs]
    return max(sum(a <= moment < b for a, b in times if a and b) for moment, _ in times if moment)


def test_one_job_everywhere_is_one_job(tmp_path: Path) -> None:
    with at_work(tmp_path, "compose=2,1", workers=2) as service:
        assert at_once(done(service, 30)) == 1


def test_a_worker_takes_so_many_at_once_and_not_more(tmp_path: Path) -> None:
    with at_work(tmp_path, "compose=3", workers=1) as service:
        assert 2 <= at_once(done(service, 12)) <= 3


def test_so_many_begin_in_a_time(tmp_path: Path) -> None:
    with at_work(tmp_path, "compose=4,,2/3", workers=2) as service:
        time.sleep(3)
        begun = sorted(job.started_at or 0.0 for job in done(service, 7))
    spans = [later - first for first, later in zip(begun, begun[2:], strict=False)]
    assert min(spans) > 3 - 4 * POLL_S - 0.5  # a job's start is entered a little after it is taken
    assert begun[-1] - begun[0] > 3 * 3 - 2


def test_a_cron_line_orders_at_its_moments_until_it_is_dropped(tmp_path: Path) -> None:
    """Two workers see each moment; one job comes of it."""
    with at_work(tmp_path, "compose=2", workers=2) as service:
        payload = {"words": "rain", "bars": 4}
        add_schedule(
            service, Schedule("often", "*/2 * * * * *", JobOrder("compose", payload, "bob"))
        )
        until = time.monotonic() + 60
        while len(ordered(service)) < 4 and time.monotonic() < until:
            time.sleep(0.2)
        remove_schedule(service, "bob", "often")
        time.sleep(2.5)
        found = ordered(service)
        assert len(found) >= 4
        moments = [job.created_at for job in found]
        assert min(b - a for a, b in itertools.pairwise(moments)) > 0.5  # none is ordered twice
        assert len({job.payload["seed"] for job in found}) == len(found)
        assert all(
            service.wait_for(job.id, None, timeout_s=WAIT_S).state == "done" for job in found
        )
        time.sleep(4.5)
        assert len(ordered(service)) == len(found)


def ordered(service: JobService) -> list[Job]:
    """Bob's jobs, the oldest first."""
    return list(reversed(service.list("bob").jobs))
