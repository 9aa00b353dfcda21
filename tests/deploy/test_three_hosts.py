"""PostgreSQL and three workers, each on a host of its own: the loss of one loses no job."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tapeloom.app.jobs import JobService
from tapeloom.app.kernels import compile_once
from tests.app.jobs_faults import POSTGRES, PROGRAM, all_jobs, digests, order
from tests.deploy.namespaces import Network, can_be_made

pytestmark = pytest.mark.slow
JOBS = 60
WORKERS = ("one", "two", "three")
_HOLD = """
import sys, time
from pathlib import Path
from tapeloom.app.jobs.database import open_database
with open_database(Path("."), sys.argv[1]).logging():
    print("held", flush=True)
    time.sleep(600)
"""


@dataclass
class Hosts:
    """The network, its database, its workers."""

    folder: Path
    network: Network
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The database as its network knows it."""
        return f"postgresql://tapeloom@{self.network.address['db']}:5432/jobs"

    def run(self, host: str, command: list[str], **more: object) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(self.network.command(host, command), cwd=self.folder, **more)  # type: ignore[call-overload]
        self.started.append(process)
        return process  # type: ignore[no-any-return]

    def work(self, host: str) -> None:
        """Start a host's worker: its own folder of work, the common folder of artefacts."""
        environment = os.environ | {
            "TAPELOOM_DATABASE_URL": self.url, "TAPELOOM_DATA": str(self.folder / host),
            "TAPELOOM_ARTEFACTS": str(self.folder / "artefacts"), "TAPELOOM_POLL_S": "0.1",
            "TAPELOOM_DEAD_AFTER_S": "3",
        }  # fmt: skip
        with (self.folder / f"{host}.log").open("ab") as log:
            self.workers[host] = self.run(
                host, [sys.executable, "-c", PROGRAM, "worker", "--queue", "compose"],
                env=environment, stdout=log, stderr=log,
            )  # fmt: skip

    def service(self) -> JobService:
        """Open the jobs from this machine, which is in no network of theirs: by a socket file."""
        url = f"postgresql://tapeloom@/jobs?host={self.folder / 'run'}"
        return JobService.open(
            self.folder / "here", database_url=url, artefacts=str(self.folder / "artefacts")
        )

    def log(self, host: str) -> str:
        return (self.folder / f"{host}.log").read_text("utf-8")[-3000:]


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    if not POSTGRES.is_dir() or not can_be_made():
        pytest.skip("needs root, network namespaces and PostgreSQL 15")
    folder = Path(tempfile.mkdtemp(prefix="tapeloom-hosts-"))
    folder.chmod(0o755)
    network = Network("db", *WORKERS)
    hosts = Hosts(folder, network)
    try:
        _start_postgres(hosts)
        yield hosts
    finally:
        network.close()
        for process in hosts.started:
            process.wait(30)
        shutil.rmtree(folder)


def _start_postgres(hosts: Hosts) -> None:
    cluster, run = hosts.folder / "cluster", hosts.folder / "run"
    for path in (cluster, run):
        path.mkdir()
        shutil.chown(path, "postgres")
    prefix = ["runuser", "-u", "postgres", "--"]
    subprocess.run([*prefix, str(POSTGRES / "initdb"), "-D", str(cluster), "-A", "trust", "-U",
                    "tapeloom", "-N"], check=True, capture_output=True, cwd="/")  # fmt: skip
    with (cluster / "pg_hba.conf").open("a") as file:
        file.write("host all all 10.77.0.0/24 trust\n")
    hosts.run("db", [
        *prefix, str(POSTGRES / "postgres"), "-D", str(cluster),
        "-c", f"listen_addresses={hosts.network.address['db']}",
        "-c", f"unix_socket_directories={run}",
    ], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    ready = [str(POSTGRES / "pg_isready"), "-h", str(run)]
    _until(lambda: subprocess.run(ready, check=False, capture_output=True).returncode == 0, 30)
    create = ["createdb", "-h", str(run), "-U", "tapeloom", "jobs"]
    subprocess.run([str(POSTGRES / create[0]), *create[1:]], check=True)


def _until(is_so: Callable[[], bool], timeout_s: float) -> None:
    until = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < until, "it has not come to be"
        time.sleep(0.2)


def _done(service: JobService) -> int:
    return Counter(job.state for job in all_jobs(service))["done"]


def test_the_loss_of_one_host_of_three_loses_and_doubles_no_job(hosts: Hosts) -> None:
    compile_once(print)
    with closing(hosts.service()) as service:
        for host in WORKERS:
            hosts.work(host)
        _until(lambda: service.health().workers == 3, 60)
        for seed in range(JOBS):
            service.submit(order(seed))
        _until(lambda: _done(service) >= JOBS // 6, 120)
        hosts.network.cut("two")  # in the middle of what it was at
        time.sleep(1.0)
        hosts.workers["one"].kill()  # dies as well; `three` goes on alone
        _until(lambda: _done(service) >= JOBS // 2, 180)
        _until(lambda: service.health().workers == 1, 60)  # both are known to be lost
        hosts.network.mend("two")  # it finds that it was taken for dead, and ends
        hosts.workers["two"].wait(60)
        hosts.work("two")
        hosts.work("one")
        _until(lambda: all(job.is_final for job in all_jobs(service)), 240)
        _check(service, hosts)
        assert service.counts().takeovers >= 1
        calm = _calm(hosts)
        assert digests(service) == calm
        for host in WORKERS:
            hosts.workers[host].terminate()
            assert hosts.workers[host].wait(30) == 0, hosts.log(host)


def _check(service: JobService, hosts: Hosts) -> None:
    jobs = all_jobs(service)
    assert Counter(job.state for job in jobs) == {"done": JOBS}, hosts.log("three")
    ends: Counter[str] = Counter()
    cursor = 0
    while events := service.wait(cursor, "ann", timeout_s=0.1):
        cursor = events[-1].id
        ends.update(
            one.job for one in events if one.kind == "state" and one.data["state"] == "done"
        )
    assert ends == {job.id: 1 for job in jobs}
    known = {f"jobs/{job.id}" for job in jobs}
    assert {one.key.rpartition("/")[0] for one in service.store.list("jobs")} == known


def _calm(hosts: Hosts) -> dict[str, dict[str, str]]:
    """The bytes of the same orders where nothing goes wrong."""
    from tests.app.jobs_faults import Workers, wait_until_ended

    data = hosts.folder / "calm"
    with closing(JobService.open(data)) as service, Workers(2, data) as workers:
        for seed in range(JOBS):
            service.submit(order(seed))
        wait_until_ended(service, workers, 240)
        return digests(service)


def test_a_host_that_falls_silent_in_a_transaction_holds_nobody_up_for_long(hosts: Hosts) -> None:
    with closing(hosts.service()) as service:
        holder = hosts.run("one", [sys.executable, "-c", _HOLD, hosts.url], stdout=subprocess.PIPE)
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        hosts.network.cut("one")
        began = time.monotonic()
        service.submit(order(1))  # has to write into the event log, too
        assert 1.0 < time.monotonic() - began < 40.0
        holder.kill()
        holder.wait()
        holder.stdout.close()
