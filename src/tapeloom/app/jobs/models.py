"""What a job is: what somebody orders, what became of it, and what is told on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tapeloom.core.errors import InputError, TapeloomError

QUEUED, RUNNING, PAUSED = "queued", "running", "paused"
DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
STATES = (QUEUED, RUNNING, PAUSED, DONE, FAILED, CANCELLED)
FINAL = frozenset({DONE, FAILED, CANCELLED})
BATCH = "batch"  # the kind of a parent, which does no work itself
MAX_KEY_LENGTH = 200
PRIORITIES = range(1, 101)  # the smallest goes first


class UnknownJob(InputError):  # noqa: N818  (what was asked for, no fault)
    """There is no such job, or it belongs to somebody else: the two look alike."""


class Conflict(InputError):  # noqa: N818  (as above)
    """A job's state forbids what is asked, or a key was used for another order."""


class Unavailable(TapeloomError):  # noqa: N818  (as above)
    """The database is away or its disk is full: nothing was accepted; ask again later."""


class TooMany(InputError):  # noqa: N818  (as above)
    """The owner has as many unfinished jobs as are allowed."""


@dataclass(frozen=True, slots=True)
class JobOrder:
    """What somebody orders.

    >>> JobOrder("compose", {"words": "rain"}, owner="ann", priority=0)
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: priority is 0; it must lie between 1 (first) and 100
    """

    kind: str  # one of kinds.KINDS
    payload: Mapping[str, Any]  # JSON; checked by the kind
    owner: str
    idempotency_key: str | None = None  # the same key again gives the same job
    priority: int = 50  # 1..100, the smallest goes first

    def __post_init__(self) -> None:
        if self.priority not in PRIORITIES:
            raise InputError(f"priority is {self.priority}; it must lie between 1 (first) and 100")
        for name, text in (("owner", self.owner), ("idempotency key", self.idempotency_key)):
            if text is None:
                continue
            if not text or len(text) > MAX_KEY_LENGTH or not text.isprintable():
                raise InputError(f"the {name} must be one line of 1 to {MAX_KEY_LENGTH} characters")


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. Times are seconds since 1970."""

    id: str
    kind: str
    owner: str
    state: str  # one of STATES
    stage: str  # the one at work or reached last, "" before the first
    progress: float  # 0..1, of the whole
    error: str | None  # one sentence, where it failed
    created_at: float
    updated_at: float
    result: Mapping[str, Any] | None  # of a finished job: facts, and `files` with their keys
    parent: str | None  # the batch that it belongs to
    payload: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 50
    attempt: int = 1  # grows with each retry and each repair
    started_at: float | None = None
    finished_at: float | None = None

    @property
    def is_final(self) -> bool:
        """Whether it is done, failed or cancelled."""
        return self.state in FINAL


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the log of jobs; ids only grow, also over restarts."""

    id: int
    job: str
    owner: str
    kind: str  # "state" or "progress"
    at: float
    data: Mapping[str, Any]  # state, stage, progress, error, job_kind, parent


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, newest first; `cursor` asks for the next, None after the last."""

    jobs: tuple[Job, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class StageTimes:
    """How long a stage of a kind took: a histogram as Prometheus has it."""

    kind: str
    stage: str
    count: int
    sum_s: float
    buckets: tuple[tuple[float, int], ...]  # (upper bound in seconds, how many were within)


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures for an operator."""

    states: Mapping[tuple[str, str], int]  # (kind, state): how many
    queues: Mapping[str, int]  # jobs that wait, by queue
    oldest_wait_s: Mapping[str, float]  # of those, the longest wait
    stages: tuple[StageTimes, ...]
    workers: int  # alive
    takeovers: int  # of dead workers' jobs, since the beginning
    models: Mapping[str, tuple[int, float]]  # by name: tokens chosen, and seconds, since then


@dataclass(frozen=True, slots=True)
class Health:
    """Whether jobs can be taken and done."""

    database: bool
    workers: int  # alive
    store: bool
    detail: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether orders can be accepted; they wait where no worker is alive."""
        return self.database and self.store
