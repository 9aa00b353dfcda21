"""Several records at once: a pool of processes and a progress bar for each record."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty
from typing import Any

from tapeloom.app.order import Order
from tapeloom.app.pipeline import OnProgress, Record, produce
from tapeloom.core.errors import Interrupted, TapeloomError


@dataclass(frozen=True, slots=True)
class Job:
    """One record to be made: the arguments of `produce`."""

    order: Order
    final: Path
    base: Path | None = None
    force: bool = False
    loops: tuple[str, ...] = ()
    video: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: a record or the error's sentence and exit code."""

    job: Job
    record: Record | None
    error: str = ""
    exit_code: int = 0


def run(jobs: Sequence[Job], *, workers: int = 1, quiet: bool = False) -> list[Outcome]:
    """Make all records, `workers` at a time, and return their outcomes in the order given.

    A record that fails doesn't stop the others.
    """
    threads = max(1, (os.cpu_count() or 1) // workers)
    with _bars([job.final.name for job in jobs], quiet=quiet) as update:
        if workers == 1 or len(jobs) == 1:
            return [_attempt(job, threads, partial(update, i)) for i, job in enumerate(jobs)]
        return _in_processes(jobs, workers, threads, update)


def _attempt(job: Job, threads: int, on_progress: OnProgress) -> Outcome:
    try:
        record = produce(
            job.order,
            job.final,
            base=job.base,
            force=job.force,
            loops=job.loops,
            video=job.video,
            threads=threads,
            on_progress=on_progress,
        )
    except TapeloomError as error:
        return Outcome(job, None, str(error), error.exit_code)
    return Outcome(job, record)


def _in_processes(jobs: Sequence[Job], workers: int, threads: int, update: Any) -> list[Outcome]:
    # spawn: a fork would copy the locks of numba's and libsndfile's threads as they stand.
    context = multiprocessing.get_context("spawn")
    told, stop = context.Queue(), context.Event()
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin, initargs=(told, stop)
    ) as pool:
        with _interrupts_ignored():  # by the workers, which inherit it: we tell them to stop
            futures = [pool.submit(_work, i, job, threads) for i, job in enumerate(jobs)]
        try:
            pending = set(futures)
            while pending:
                _, pending = wait(pending, timeout=0.1, return_when=FIRST_COMPLETED)
                _drain(told, update)
        except KeyboardInterrupt:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        return [future.result() for future in futures]


_told: Any = None  # in a worker: where it tells its progress
_stop: Any = None  # in a worker: set when it must stop


def _begin(told: Any, stop: Any) -> None:
    global _told, _stop
    _told, _stop = told, stop


def _work(index: int, job: Job, threads: int) -> Outcome:
    def tell(stage: str, done: float) -> None:
        if _stop.is_set():
            raise Interrupted("interrupted")
        _told.put((index, stage, done))

    return _attempt(job, threads, tell)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _drain(told: Any, update: Any) -> None:
    try:
        while True:
            update(*told.get_nowait())
    except Empty:
        return


@contextmanager
def _bars(names: Sequence[str], *, quiet: bool) -> Iterator[Any]:
    """Show one bar for each record on the standard error, and yield what moves them."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[stage]}"),
    )
    console = Console(stderr=True, quiet=quiet)
    with Progress(*columns, console=console) as progress:
        tasks = [progress.add_task(name, total=1.0, start=False, stage="waiting") for name in names]

        def update(index: int, stage: str, done: float) -> None:
            progress.start_task(tasks[index])
            label = "done" if done >= 0.9999 else stage
            progress.update(tasks[index], completed=done, stage=label)

        yield update
