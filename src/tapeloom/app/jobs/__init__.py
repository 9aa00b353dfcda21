"""Durable jobs: an order that was accepted is done, whatever dies on the way. Extra `service`."""

from tapeloom.core.errors import InputError

try:
    import dbos  # noqa: F401  (asked for here, so that its lack is told in one sentence)
    import fsspec  # noqa: F401
    import sqlalchemy  # noqa: F401
except ImportError as error:
    raise InputError(
        f"{error.name} is not installed; `pip install 'tapeloom[service]'` brings what jobs need"
    ) from error

from tapeloom.app.jobs.artefacts import Artefact, Store
from tapeloom.app.jobs.kinds import KINDS, QUEUES, QueueLimits
from tapeloom.app.jobs.models import (
    BATCH,
    FINAL,
    STATES,
    Conflict,
    Counts,
    Event,
    Health,
    Job,
    JobOrder,
    Page,
    StageTimes,
    TooMany,
    Unavailable,
    UnknownJob,
)
from tapeloom.app.jobs.payloads import Limits
from tapeloom.app.jobs.service import JobService

__all__ = [
    "BATCH", "FINAL", "KINDS", "QUEUES", "STATES", "Artefact", "Conflict", "Counts", "Event",
    "Health", "Job", "JobOrder", "JobService", "Limits", "Page", "QueueLimits", "StageTimes",
    "Store", "TooMany", "Unavailable", "UnknownJob",
]  # fmt: skip
