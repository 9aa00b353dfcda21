"""`tapeloom worker`: a process that does the jobs which were ordered. Needs the extra `service`."""

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tapeloom.app import alive
from tapeloom.core.errors import InputError

if TYPE_CHECKING:
    from tapeloom.app.jobs.settings import ServiceSettings


def worker(
    queue: Annotated[
        list[str] | None,
        typer.Option(
            help="Take from this queue only: compose, render, publish or train; repeatable."
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="The data folder [default: tapeloom-data].", envvar="TAPELOOM_DATA"),
    ] = None,
    processes: Annotated[
        int, typer.Option(help="How many workers, each a process that is started again.")
    ] = 1,
    threads: Annotated[int | None, typer.Option(help="Threads of one job [default: 1].")] = None,
    watchdog: Annotated[
        bool, typer.Option("--watchdog", help="Only watch over the others; do no jobs.")
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Only tell, by the exit status, whether a worker lives here."),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Do the jobs of a data folder or database until told to end; run it on any number of hosts."""
    if check:
        alive.check(data or alive.DATA_FOLDER)
        return
    from tapeloom.app.jobs import QUEUES
    from tapeloom.app.jobs.settings import read_settings

    for name in queue or ():
        if name not in QUEUES:
            raise InputError(f"{name!r} is no queue; choose from {', '.join(QUEUES)}")
    if queue and watchdog:
        raise InputError("--watchdog takes from no queue; leave out --queue")
    if not 1 <= processes <= 64:
        raise InputError(f"--processes is {processes}; it must lie between 1 and 64")
    settings = read_settings(data=data, threads=threads)
    if processes > 1:
        _several(processes, settings, queue or [], watchdog=watchdog, quiet=quiet)
        return
    _one(settings, queue, watchdog=watchdog, quiet=quiet)


def _one(
    settings: "ServiceSettings", queue: list[str] | None, *, watchdog: bool, quiet: bool
) -> None:
    import logging

    from tapeloom.app import kernels
    from tapeloom.app.jobs.settings import open_service
    from tapeloom.app.jobs.worker import WorkerOptions, work_here
    from tapeloom.app.logs import configure_logs

    configure_logs(level=logging.WARNING if quiet else logging.INFO)
    takes = () if watchdog else tuple(queue) if queue else None
    if takes is None or "render" in takes:
        kernels.compile_once(logging.getLogger("tapeloom.jobs").info)
    options = WorkerOptions(
        queues=settings.all_queues, takes=takes, threads=settings.threads,
        poll_s=settings.poll_s, dead_after_s=settings.dead_after_s, keep_days=settings.keep_days,
        sign=alive.sign_of_life(settings.data),
    )  # fmt: skip
    work_here(open_service(settings), settings.data / "work", options)


def _several(
    processes: int, settings: "ServiceSettings", queue: list[str], *, watchdog: bool, quiet: bool
) -> None:
    from tapeloom.app.jobs.pool import WorkerPool

    arguments = ["--data", str(settings.data), "--threads", str(settings.threads)]
    arguments += [part for name in queue for part in ("--queue", name)]
    arguments += ["--watchdog"] * watchdog + ["--quiet"] * quiet
    told_to_end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_end.set())
    with WorkerPool(processes, arguments=arguments):
        while not told_to_end.wait(1.0):  # a wait without end would not hear the signal
            pass
