"""What the fault tests do to workers, PostgreSQL and the disk; no test itself."""

import hashlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tapeloom.app.jobs import JobOrder, JobService

POSTGRES = Path("/usr/lib/postgresql/15/bin")
PROGRAM = "from tapeloom.app.commands import main; main()"


def order(seed: int, kind: str = "compose") -> JobOrder:
    """Four bars."""
    brief = {"words": "rain", "bars": 4, "bpm": 90.0, "seed": seed}
    return JobOrder(kind, brief, "ann", f"{kind} {seed}")


class Workers:
    """Worker processes that a test kills and starts."""

    def __init__(
        self, count: int, data: Path, *, queue: str = "compose", **environment: str
    ) -> None:
        self._queue = queue
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._data = data
        self._environment = os.environ | environment | {
            "TAPELOOM_POLL_S": "0.1", "TAPELOOM_DEAD_AFTER_S": "3",
        }  # fmt: skip
        self.processes = [self._start() for _ in range(count)]
        self.kills = 0

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", PROGRAM, "worker", "--data", str(self._data),
                   "--queue", self._queue]  # fmt: skip
        return subprocess.Popen(
            command, env=self._environment, stdout=self._log, stderr=subprocess.STDOUT
        )

    def kill_one(self, chance: random.Random) -> None:
        """Kill a worker as the kernel would, and start another."""
        place = chance.randrange(len(self.processes))
        self.processes[place].kill()
        self.processes[place].wait()
        self.kills += 1
        self.processes[place] = self._start()

    def keep(self) -> None:
        """Start the workers that ended by themselves."""
        for place, process in enumerate(self.processes):
            if process.poll() is not None:
                self.processes[place] = self._start()

    def __enter__(self) -> "Workers":
        return self

    @property
    def said(self) -> str:
        """What the workers wrote, its end."""
        self._log.seek(0)
        return self._log.read().decode()[-4000:]

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(20)
        self._log.close()


class Postgres:
    """A PostgreSQL 15 of our own in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "pg"
        self._folder.mkdir(parents=True)
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as:
            temporary = Path(tempfile.gettempdir())
            for path in (folder, *folder.parents):
                if temporary in path.parents:
                    path.chmod(path.stat().st_mode | 0o755)
            shutil.chown(self._folder, "postgres")
        self._port = _free_port()
        self._run("initdb", "-D", str(self._folder), "-A", "trust", "-U", "tapeloom", "-N")
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self._port), "-U", "tapeloom", "jobs")

    @property
    def url(self) -> str:
        return f"postgresql://tapeloom@127.0.0.1:{self._port}/jobs"

    def start(self) -> None:
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        self._run("pg_ctl", "-D", str(self._folder), "-w", "-o", options,
                  "-l", str(self._folder / "log"), "start")  # fmt: skip

    def __enter__(self) -> "Postgres":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._folder), "-w", "-m", "immediate", "stop")

    def _run(self, name: str, *arguments: str) -> None:
        command = [*self._as, str(POSTGRES / name), *arguments]
        with tempfile.TemporaryFile() as told:  # a pipe would stay open in the server
            done = subprocess.run(command, check=False, cwd="/", stdout=told, stderr=told)
            told.seek(0)
            assert done.returncode == 0, told.read().decode()


def _free_port() -> int:
    """Return a free port below those that outgoing connections take: it must stay ours."""
    for port in random.Random(os.getpid()).sample(range(20_000, 30_000), 50):  # noqa: S311
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """Mount a small file system on a folder; PermissionError where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    size = f"size={megabytes}m"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)],
                          capture_output=True, check=False)  # fmt: skip
    if done.returncode:
        raise PermissionError(done.stderr.decode().strip())
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path: Path) -> None:
    """Fill a disk to the last byte by one file."""
    with path.open("wb", buffering=0) as file:
        for size in (2**20, 2**12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


def digests(service: JobService) -> dict[str, dict[str, str]]:
    """Return what each finished job's files hold, by the order's key."""
    found = {}
    for job in all_jobs(service):
        prefix = f"jobs/{job.id}/"
        found[f"{job.kind} {job.payload['seed']}"] = {
            one.key.removeprefix(prefix): hashlib.sha256(
                b"".join(service.store.pieces(one.key))
            ).hexdigest()
            for one in service.store.list(f"jobs/{job.id}")
        }
    return found


def all_jobs(service: JobService) -> list:  # type: ignore[type-arg]
    """Return all jobs there are."""
    found, cursor = [], None
    while True:
        page = service.list("ann", cursor=cursor, limit=200)
        found += page.jobs
        cursor = page.cursor
        if cursor is None:
            return found


def wait_until_ended(service: JobService, workers: Workers, timeout_s: float) -> None:
    """Wait until no job waits or is at work."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        workers.keep()
        if all(job.is_final for job in all_jobs(service)):
            return
        time.sleep(1.0)
    left = [(job.id, job.state, job.stage) for job in all_jobs(service) if not job.is_final]
    raise AssertionError(f"{len(left)} jobs have not ended: {left[:5]}\n{workers.said}")
