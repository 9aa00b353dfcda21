"""One job as a workflow of DBOS: each stage is a step, done at least once and settled once."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dbos import DBOS
from dbos import error as dbos_errors

from tapeloom.app import tracing
from tapeloom.app.jobs import durable, ledger, traces
from tapeloom.app.jobs.artefacts import Store
from tapeloom.app.jobs.database import Database
from tapeloom.app.jobs.kinds import FINISH, KINDS, PUBLISH
from tapeloom.app.jobs.models import DONE, FAILED, QUEUED, RUNNING
from tapeloom.app.jobs.work import Bench, clear, do
from tapeloom.core.errors import InputError, Interrupted, TapeloomError
from tapeloom.neural.watching import watched_by

GENERATOR = "generator"  # the model that writes notes
TELL_EVERY_S = 0.4  # a job's progress is written at most so often
log = logging.getLogger("tapeloom.jobs")


@dataclass(frozen=True, slots=True)
class Backoff:
    """How a stage that fails on the way is tried again: a full disk, a store that is away."""

    first_s: float = 1.0
    rate: float = 2.0
    tries: int = 8  # 1 + 2 + 4 + ... seconds: about two minutes in all


@dataclass(slots=True)
class ModelUse:
    """What a model wrote in a stage, and how long that took."""

    tokens: int = 0
    seconds: float = 0.0
    _began_s: float = 0.0

    def begins(self) -> None:
        """Start the clock."""
        self._began_s = time.perf_counter()

    def ends(self, tokens: int) -> None:
        """Stop the clock and count."""
        self.seconds += time.perf_counter() - self._began_s
        self.tokens += tokens


@dataclass(slots=True)
class Running:
    """One job at work in this process."""

    job: str
    attempt: int
    has_begun: bool = False  # its first stage is entered in the database
    unwanted: bool = False  # cancelled, paused or begun again elsewhere
    told_at: float = 0.0
    trace: tracing.JobTrace | None = None


@dataclass(slots=True)
class Runner:
    """Does the jobs of this process; `register` gives them to DBOS."""

    database: Database
    store: Store
    folder: Path  # where jobs are worked at
    threads: int = 1
    backoff: Backoff = field(default_factory=Backoff)
    at_work: dict[str, Running] = field(default_factory=dict)  # by workflow
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, job: str, attempt: int) -> None:
        """Go through the stages of a job."""
        workflow = durable.workflow_id(job, attempt)
        running = Running(job, attempt)
        with self._lock:
            self.at_work[workflow] = running
        try:
            self._stages(running)
        except Exception as error:  # the watchdog begins the job again
            log.warning("the workflow %s was cut off: %r", workflow, error)
            raise
        finally:
            with self._lock:
                self.at_work.pop(workflow, None)

    def _stages(self, running: Running) -> None:
        with self.database.reading() as connection:
            row = ledger.find(connection, running.job)
        if row is None:  # it was removed
            return
        running.trace = traces.of(self.database, running.job)
        bench = Bench(
            row.id, row.kind, row.payload, self.folder / row.id, self.store, self.threads,
            lambda stage, progress: self._tell(running, stage, progress),
        )  # fmt: skip
        found: dict[str, Any] = {}
        for stage in (*KINDS[row.kind].stages, PUBLISH):
            found = self._step(stage, partial(self._stage, bench, running, stage))
            if found.get("stopped"):
                return
            if "error" in found:
                break
        self._step(FINISH, lambda: self._finish(bench, running, found))

    def _step(self, name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Run a step of the workflow, again where it fails on the way; a failure is told."""
        options: Any = {
            "name": name, "retries_allowed": True, "should_retry": _may_pass,
            "interval_seconds": self.backoff.first_s, "backoff_rate": self.backoff.rate,
            "max_attempts": self.backoff.tries,
        }  # fmt: skip
        try:
            return DBOS.run_step(options, work)
        except dbos_errors.DBOSMaxStepRetriesExceeded as error:
            return {"error": f"{error.errors[-1]} ({self.backoff.tries} tries)"}

    def _stage(self, bench: Bench, running: Running, stage: str) -> dict[str, Any]:
        """Do a stage, as a span of its job's trace."""
        about: dict[str, str | int | float | bool] = {
            "tapeloom.job": running.job, "tapeloom.kind": bench.kind,
            "tapeloom.attempt": running.attempt,
        }  # fmt: skip
        with tracing.stage(running.trace, f"stage {stage}", about) as span:
            found = self._do_stage(bench, running, stage)
            if span is not None and found.get("error"):
                tracing.fail(span, found["error"])
        return found

    def _do_stage(self, bench: Bench, running: Running, stage: str) -> dict[str, Any]:
        if not ledger.begin_stage(self.database, running.job, running.attempt, stage):
            return {"stopped": True}
        running.has_begun = True
        began, use = time.perf_counter(), ModelUse()
        try:
            with watched_by(use):
                found = do(bench, stage)
        except Interrupted:
            return {"stopped": True}
        except InputError as error:
            return {"error": str(error)}
        except (TapeloomError, OSError, sa.exc.SQLAlchemyError):
            raise
        except Exception as error:
            log.exception("the job failed in %s", stage, extra={"job_id": running.job})
            return {"error": f"internal error in {stage}: {type(error).__name__}: {error}"}
        seconds = time.perf_counter() - began
        models = {GENERATOR: (use.tokens, use.seconds)} if use.tokens else {}
        ledger.end_stage(self.database, running.job, bench.kind, stage, seconds, models=models)
        return found

    def _finish(self, bench: Bench, running: Running, found: dict[str, Any]) -> dict[str, Any]:
        """Remove what lies about and settle the job, done or failed."""
        error = found.get("error")
        with self.database.reading() as connection:
            row = ledger.find(connection, running.job)
        if row is None or row.attempt != running.attempt:
            return {}
        clear(bench)
        if error:
            self.store.delete(f"jobs/{running.job}")
        with self.database.logging() as connection:
            ended = ledger.settle(
                connection, self.database, running.job, FAILED if error else DONE,
                states=(QUEUED, RUNNING), result=found, error=error, attempt=running.attempt,
            )  # fmt: skip
        traces.ended(self.database, ended)
        return {}

    def _tell(self, running: Running, stage: str, progress: float) -> None:
        """Write a job's progress now and then, and stop a job that is no longer wanted."""
        if running.unwanted:
            raise Interrupted("the job is no longer wanted")
        now = time.monotonic()
        if now - running.told_at < TELL_EVERY_S:
            return
        running.told_at = now
        with suppress(sa.exc.SQLAlchemyError):  # a report that is lost matters to nobody
            ledger.report(self.database, running.job, running.attempt, stage, progress)


def register(runner: Runner) -> None:
    """Give the workflow of jobs to DBOS."""

    @DBOS.workflow(name=durable.WORKFLOW)
    def run_job(job: str, attempt: int) -> None:
        runner.run(job, attempt)


def _may_pass(error: BaseException) -> bool:
    """Whether a failure may be gone after a while."""
    if isinstance(error, InputError | Interrupted):
        return False
    return isinstance(error, TapeloomError | OSError | sa.exc.SQLAlchemyError)
