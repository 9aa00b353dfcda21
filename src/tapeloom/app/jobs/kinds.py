"""The kinds of jobs: which queue takes them, and through which stages they go."""

from collections.abc import Mapping
from dataclasses import dataclass

from tapeloom.core.errors import InputError

PUBLISH, FINISH = "publish", "finish"  # the last two stages of each kind


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work."""

    queue: str
    stages: tuple[str, ...]  # each is a step; publish and finish follow


KINDS: Mapping[str, Kind] = {
    "compose": Kind("compose", ("compose", "perform")),
    "analyze": Kind("compose", ("analyze",)),
    "describe": Kind("compose", ("describe",)),
    "make": Kind("render", ("compose", "perform", "render", "mix", "master")),
    "render": Kind("render", ("render",)),
    "master": Kind("render", ("master",)),
    "kit": Kind("publish", ("kit",)),
    "train": Kind("train", ("learn",)),
}


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How many jobs of a queue run at once, and how many may begin in a time.

    >>> QueueLimits.parse("2,8,30/60")
    QueueLimits(per_worker=2, everywhere=8, rate=(30, 60.0))
    """

    per_worker: int = 1
    everywhere: int | None = None
    rate: tuple[int, float] | None = None  # (jobs, seconds)

    def __post_init__(self) -> None:
        numbers = (self.per_worker, self.everywhere or 1, *(self.rate or (1, 1.0)))
        if any(number <= 0 for number in numbers):
            raise InputError("a queue's limits must be above 0")

    @property
    def is_shared(self) -> bool:
        """Whether workers share a limit."""
        return self.everywhere is not None or self.rate is not None

    @staticmethod
    def parse(text: str) -> "QueueLimits":
        """Read `PER_WORKER[,EVERYWHERE[,JOBS/SECONDS]]`; an empty place sets no limit."""
        per_worker, everywhere, rate = (*(part.strip() for part in text.split(",")), "", "")[:3]
        try:
            jobs, _, seconds = rate.partition("/")
            return QueueLimits(
                int(per_worker or 1),
                int(everywhere) if everywhere else None,
                (int(jobs), float(seconds)) if rate else None,
            )
        except ValueError as error:
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"{text!r} are no limits of a queue; write such as 2,8,30/60"
            ) from error


QUEUES: Mapping[str, QueueLimits] = {
    "compose": QueueLimits(per_worker=2),
    "render": QueueLimits(per_worker=1),
    "publish": QueueLimits(per_worker=1),
    "train": QueueLimits(per_worker=1),
}
