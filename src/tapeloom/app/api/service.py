"""What every request shares: the jobs, the keys, the workers for quick answers, the figures."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tapeloom.app import kernels, quick_tasks
from tapeloom.app.api.gate import LOOPBACK
from tapeloom.app.api.hub import Hub
from tapeloom.app.api.keys import KeyRing
from tapeloom.app.api.limits import Buckets, Limits
from tapeloom.app.api.metrics import Metrics
from tapeloom.app.api.preferences import Preferences
from tapeloom.app.api.problems import Problem
from tapeloom.app.api.quick import QuickWork
from tapeloom.app.api.records import Records
from tapeloom.app.api.sounds import Sounds
from tapeloom.app.api.tables import create_tables
from tapeloom.app.api.uploads import Uploads
from tapeloom.app.jobs import JobService
from tapeloom.core.errors import TapeloomError

logger = logging.getLogger(__name__)
_WARMING_S = 600.0


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What an operator decides of the service."""

    hosts: tuple[str, ...] = LOOPBACK  # names that the Host header may hold; * is any
    limits: Limits = field(default_factory=Limits)
    quick_workers: int = 2
    cache: Path | None = None  # where files are kept near; None is a folder that ends with it


class Service:
    """The parts of one running service."""

    def __init__(self, jobs: JobService, settings: ServiceSettings) -> None:
        create_tables(jobs.database.engine)
        self.jobs, self.settings, self.limits = jobs, settings, settings.limits
        self.keys = KeyRing(jobs.database.engine)
        self.buckets = Buckets()
        self.quick = QuickWork(settings.quick_workers, limit_s=self.limits.quick_s)
        self.uploads = Uploads(jobs, self.quick, self.limits)
        self.records = Records(jobs)
        self.preferences = Preferences(self.records, jobs.database.engine)
        self._own_cache = TemporaryDirectory(prefix="tapeloom-cache-") if settings.cache is None else None  # noqa: E501  # fmt: skip
        cache = Path(self._own_cache.name) if self._own_cache else settings.cache
        assert cache is not None  # noqa: S101
        self._measuring = QuickWork(1, limit_s=self.limits.sound_s)  # what takes longer than quick
        self.sounds = Sounds(self.records, jobs.store, self._measuring, self.limits, cache)
        self.live = 0  # sessions open
        self.metrics = Metrics(jobs, lambda: self.hub.open_streams, lambda: self.live)
        self.hub = Hub(jobs, self.limits, on_event=self.metrics.on_event)
        self._warming: asyncio.Task[None] | None = None
        self._tables: dict[str, Any] = {}
        self._filling = asyncio.Lock()

    async def start(self) -> None:
        """Begin to follow the log of jobs."""
        await self.hub.start()
        if not kernels.is_theory_compiled():  # at first use on this machine
            self._warming = asyncio.create_task(self._warm())

    async def _warm(self) -> None:
        """Let a quick worker compile the loops of theory, which takes longer than an answer may."""
        try:
            await self.quick.run(quick_tasks.warm, limit_s=_WARMING_S)
        except (TapeloomError, Problem) as error:
            logger.warning("the loops of theory could not be compiled", extra={"fault": str(error)})

    async def stop(self) -> None:
        """End the streams and the quick workers."""
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        await self.hub.stop()
        self.quick.close()
        self._measuring.close()
        if self._own_cache is not None:
            self._own_cache.cleanup()

    async def table(self, name: str, read: Callable[[], Any]) -> Any:
        """Return what never changes while this version runs; read once, in a quick worker."""
        if name not in self._tables:
            async with self._filling:
                if name not in self._tables:
                    self._tables[name] = await self.quick.run(read)
        return self._tables[name]
