"""A worker: one process that does jobs, says that it is alive, and looks after the others' work."""

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

import sqlalchemy as sa
from dbos import DBOS

from tapeloom.app import tracing
from tapeloom.app.alive import give_sign
from tapeloom.app.jobs import durable, sweep, watch
from tapeloom.app.jobs.database import Database, jobs
from tapeloom.app.jobs.kinds import QUEUES, QueueLimits
from tapeloom.app.jobs.models import RUNNING
from tapeloom.app.jobs.runner import Backoff, Runner, register
from tapeloom.app.jobs.schedules import register_ticks
from tapeloom.app.jobs.service import JobService
from tapeloom.app.jobs.work import NEEDED_TO_TRAIN
from tapeloom.core.errors import TapeloomError

LOST_EXIT = 70  # the others took this worker for dead: it must end and begin with a new name
log = logging.getLogger("tapeloom.jobs")


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How a worker works."""

    queues: Mapping[str, QueueLimits] = field(default_factory=lambda: dict(QUEUES))
    takes: Sequence[str] | None = (
        None  # queues that it takes from; None is all it can, () only watches
    )
    threads: int = 1  # of one job
    poll_s: float = 0.5
    dead_after_s: float = 15.0
    keep_days: float = 30.0
    sign: Path | None = None  # the file by which a health check sees that this worker lives
    backoff: Backoff = field(default_factory=Backoff)


class Worker:
    """One process's worker; `run` returns once it is told to stop."""

    def __init__(self, service: JobService, folder: Path, options: WorkerOptions) -> None:
        self._service, self._options = service, options
        # Every process has its own: under one id a second process ran a live step twice.
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._client = durable.client(service.database)
        self._runner = Runner(
            service.database, service.store, folder, options.threads, options.backoff
        )
        self._stop = threading.Event()
        self._failed_at = -float("inf")  # when the database was last away
        self._stuck: frozenset[str] = frozenset()

    def run(self) -> None:
        """Work until `stop`; a stage at work then is taken over by another worker."""
        options, database = self._options, self._service.database
        watch.enlist(database, self.name, host=socket.gethostname(), pid=os.getpid())
        DBOS(config=durable.configuration(
            database, self.name, scheduler_polling_interval_sec=max(1.0, options.poll_s),
        ))  # fmt: skip
        register(self._runner)
        register_ticks(self._service)
        takes = _all_it_can() if options.takes is None else list(options.takes)
        shared = [name for name in takes if options.queues[name].is_shared]
        if database.is_sqlite and shared:
            _count_alone(database, shared)
        DBOS.listen_queues(takes)
        DBOS.launch()
        for name in takes:
            _register_queue(name, options.queues[name], options.poll_s)
        log.info("worker %s takes from %s", self.name, ", ".join(takes) or "no queue")
        watcher = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        watcher.start()
        beat_s = options.dead_after_s / 6
        while not self._stop.wait(min(1.0, beat_s)):
            self._guarded(self._beat)
            self._give_sign()
        self._guarded(lambda: watch.leave(database, self.name))
        if options.sign is not None:
            with suppress(OSError):
                options.sign.unlink(missing_ok=True)  # other workers of this host give it again
        watcher.join()

    def close(self) -> None:
        """Let another worker run in this process; a process that ends needs no such thing."""
        DBOS.destroy(destroy_registry=True)

    def stop(self) -> None:
        """Let `run` return."""
        self._stop.set()

    def _give_sign(self) -> None:
        """Show a health check that the loop turns, whatever the database does."""
        if self._options.sign is not None:
            with suppress(OSError):
                give_sign(self._options.sign)

    def _beat(self) -> None:
        """Say that we are alive, and learn which of our jobs are no longer wanted."""
        if not watch.beat(self._service.database, self.name):
            log.error("worker %s was taken for dead; it ends", self.name)
            os._exit(LOST_EXIT)
        # Only those that had begun before we ask: one that begins meanwhile still reads as queued.
        running = [one for one in list(self._runner.at_work.values()) if one.has_begun]
        if not running:
            return
        query = sa.select(jobs.c.id, jobs.c.attempt).where(
            jobs.c.id.in_([one.job for one in running]), jobs.c.state == RUNNING
        )
        with self._service.database.reading() as connection:
            wanted = {(row.id, row.attempt) for row in connection.execute(query)}
        for one in running:
            one.unwanted = (one.job, one.attempt) not in wanted

    def _watch(self) -> None:
        """Take over dead workers' work, and remove what nobody needs any more."""
        options, database = self._options, self._service.database
        rounds = 0
        while not self._stop.wait(options.dead_after_s / 6):
            if time.monotonic() - self._failed_at < options.dead_after_s:
                continue  # the others could not say that they live, either
            self._guarded(self._watch_once)
            rounds += 1
            if rounds % 3 == 0:
                self._guarded(self._unstick)
                self._guarded(lambda: sweep.sweep(self._service, self._runner.folder))
            if rounds % 300 == 1:
                self._guarded(lambda: sweep.forget(self._client, database, options.keep_days))

    def _watch_once(self) -> None:
        done = watch.watch_once(
            self._client, self._service.database, self.name,
            dead_after_s=self._options.dead_after_s,
        )  # fmt: skip
        if done is not None and (done.lost or done.taken_over or done.begun_again):
            log.warning("dead workers: %s; taken over: %s; begun again: %s",
                        done.lost, done.taken_over, done.begun_again)  # fmt: skip

    def _unstick(self) -> None:
        """Give back what is ours by the database and yet not at work: its outcome was lost."""
        pending = self._client.list_workflows(
            name=durable.WORKFLOW, status="PENDING", executor_id=self.name,
            load_input=False, load_output=False,
        )  # fmt: skip
        idle = frozenset(one.workflow_id for one in pending) - set(self._runner.at_work)
        for name in idle & self._stuck:
            watch.take_over(self._client, self._service.database, name)
        self._stuck = idle

    def _guarded(self, work: Callable[[], object]) -> None:
        """Do something that may fail while the database or the disk is away."""
        try:
            work()
        except (sa.exc.SQLAlchemyError, TapeloomError, OSError) as error:
            self._failed_at = time.monotonic()
            log.warning("worker %s: %s", self.name, str(error).splitlines()[0])


def _all_it_can() -> list[str]:
    """Return the queues that a worker takes from: training only where its packages are."""
    learns = all(find_spec(name) for name in NEEDED_TO_TRAIN)
    return [name for name in QUEUES if learns or name != "train"]


def _count_alone(database: Database, names: Sequence[str]) -> None:
    """Let who takes from a queue hold SQLite's lock from its count on.

    Without it two workers count the same room and both fill it; PostgreSQL sees to that itself.
    """
    takers = {f"queue-worker-{name}" for name in names}  # DBOS's threads

    @sa.event.listens_for(database.engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if threading.current_thread().name in takers:
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _register_queue(name: str, limits: QueueLimits, poll_s: float) -> None:
    rate, everywhere = limits.rate, limits.everywhere
    DBOS.register_queue(
        name,
        # DBOS refuses more for a worker than for all.
        worker_concurrency=min(limits.per_worker, everywhere or limits.per_worker),
        global_concurrency=everywhere,
        limiter={"limit": rate[0], "period": rate[1]} if rate else None,
        polling_interval_sec=poll_s,
        on_conflict="always_update",
    )


def work_here(service: JobService, folder: Path, options: WorkerOptions) -> None:
    """Be a worker until the process is told to end, and end it: a stage at work is left behind."""
    tracing.start("tapeloom-worker")
    worker = Worker(service, folder, options)

    def end(_number: int, _frame: FrameType | None) -> None:
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    worker.run()
    if (spans := tracing.spans()) is not None:
        spans.flush()
    with suppress(Exception):
        logging.shutdown()
    os._exit(0)
