"""One reader of the log of jobs feeds every event stream.

A stream costs a small queue and nothing else: no thread, no query of its own. Each event is
written out once and shared. A stream that reads too slowly loses its queue and is told the whole
state anew.
"""

import asyncio
import json
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from tapeloom.app.api.limits import Limits
from tapeloom.app.api.problems import Problem
from tapeloom.app.api.records import artefacts_of
from tapeloom.app.jobs import Event, Job

logger = logging.getLogger(__name__)
POLL_S = 0.25
IDLE_POLL_S = 2.0  # where nobody listens
BEAT_S = 15.0  # a comment now and then keeps proxies from closing a quiet stream
_KEPT = 20_000  # events, for those who come back
_QUEUE = 256  # events that one stream may be behind
_STATES = 512  # whole states that are remembered while nothing has happened since
_STATE_BYTES = 32 * 2**20


class Log(Protocol):
    """What the hub reads: of `JobService`."""

    def events(self, after: int, owner: str | None) -> Sequence[Event]:
        """List events with ids above `after`, the oldest first."""

    def latest_event(self) -> int:
        """Return the id of the newest event, 0 where there is none."""


class _Stream:
    """One listener: what it wants to hear, and what it has not read yet."""

    __slots__ = ("job", "owner", "queue", "ready", "was_dropped")

    def __init__(self, owner: str | None, job: str | None) -> None:
        self.owner, self.job = owner, job
        self.queue: deque[bytes] = deque()
        self.ready = asyncio.Event()
        self.was_dropped = False

    def wants(self, event: Event) -> bool:
        if self.owner is not None and event.owner != self.owner:
            return False
        return self.job is None or self.job in (event.job, event.data.get("parent"))

    def put(self, text: bytes) -> None:
        if len(self.queue) >= _QUEUE:
            self.queue.clear()
            self.was_dropped = True
        if not self.was_dropped:
            self.queue.append(text)
        self.ready.set()


class Hub:
    """The reader and its streams."""

    def __init__(self, log: Log, limits: Limits, *, on_event: Callable[[Event], None]) -> None:
        self._log, self._limits, self._on_event = log, limits, on_event
        self._streams: set[_Stream] = set()
        self._kept: deque[tuple[Event, bytes]] = deque(maxlen=_KEPT)
        self._states: OrderedDict[tuple[str | None, str | None], tuple[int, bytes]] = OrderedDict()
        self._last = 0
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def open_streams(self) -> int:
        """How many listen."""
        return len(self._streams)

    async def start(self) -> None:
        """Begin to read behind the newest event."""
        self._last = await asyncio.to_thread(self._log.latest_event)
        self._task = asyncio.create_task(self._read())

    async def stop(self) -> None:
        """Stop reading, and end every stream."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        for stream in list(self._streams):
            stream.queue.append(b"")
            stream.ready.set()

    async def listen(
        self,
        tell_state: Callable[[], Sequence[Job]],
        *,
        sees: str | None,
        listener: str,
        job: str | None = None,
        after: int | None = None,
    ) -> AsyncIterator[bytes]:
        """Return a stream of server-sent events: first the whole state, then what happens.

        tell_state  reads the jobs that the state consists of; called in a thread
        sees        whose jobs; None is everybody's
        listener    who listens, of whom there may be so many
        after       the last event that the listener has: what came later and is still kept is
                    told again behind the state
        """
        if len(self._streams) >= self._limits.streams:
            raise Problem(503, "too many event streams are open", headers={"Retry-After": "5"})
        if sum(s.owner == sees for s in self._streams) >= self._limits.streams_per_owner:
            most = self._limits.streams_per_owner
            raise Problem(429, f"{listener} has {most} event streams open; close some",
                          headers={"Retry-After": "5"})  # fmt: skip
        stream = _Stream(sees, job)
        joined = self._last  # what comes later finds the stream's queue
        self._streams.add(stream)
        self._woken.set()
        try:
            first = await self._state(tell_state, sees, job)
        except BaseException:
            self._streams.discard(stream)
            raise
        missed = [
            text for event, text in self._kept
            if after is not None and after < event.id <= joined and stream.wants(event)
        ]  # fmt: skip
        if missed:  # their ids are smaller than the state's: end with that of the newest
            missed.append(f"id: {joined}\n\n".encode())
        return self._tell(stream, [b"retry: 1000\n\n", first, *missed], tell_state)

    async def _tell(
        self, stream: _Stream, first: list[bytes], tell_state: Callable[[], Sequence[Job]]
    ) -> AsyncIterator[bytes]:
        try:
            for text in first:
                yield text
            while True:
                await stream.ready.wait()
                stream.ready.clear()
                if stream.was_dropped:
                    stream.was_dropped = False
                    stream.queue.clear()
                    yield await self._state(tell_state, stream.owner, stream.job)
                while stream.queue:
                    text = stream.queue.popleft()
                    if not text:
                        return
                    yield text
        finally:
            self._streams.discard(stream)

    async def _state(
        self, tell_state: Callable[[], Sequence[Job]], sees: str | None, job: str | None
    ) -> bytes:
        """Return the whole state as an event; read once while nothing happens."""
        at = self._last
        held = self._states.pop((sees, job), None)
        if held is None or held[0] != at:
            jobs = await asyncio.to_thread(tell_state)
            told = {"jobs": [job_figures(each) for each in jobs]}
            held = (at, _written("state", at, told))
        self._states[sees, job] = held
        while len(self._states) > _STATES or (
            sum(len(text) for _, text in self._states.values()) > _STATE_BYTES
        ):
            self._states.popitem(last=False)
        return held[1]

    async def _read(self) -> None:
        beat_s = 0.0
        while True:
            self._woken.clear()
            try:
                events = await asyncio.to_thread(self._log.events, self._last, None)
            except Exception:  # the database may be away for a while: streams stay
                logger.exception("the log of jobs cannot be read")
                events = []
            for event in events:
                self._take(event)
            pause_s = POLL_S if self._streams else IDLE_POLL_S
            beat_s += pause_s
            if beat_s >= BEAT_S:
                beat_s = 0.0
                for stream in self._streams:
                    if not stream.queue:
                        stream.put(b": \n\n")
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._woken.wait()

    def _take(self, event: Event) -> None:
        self._last = max(self._last, event.id)
        told = {"job": event.job, "at": event.at, **event.data}
        text = _written(event.kind, event.id, told)
        self._kept.append((event, text))
        self._on_event(event)
        for stream in self._streams:
            if stream.wants(event):
                stream.put(text)


def job_figures(job: Job, *, whole: bool = False) -> dict[str, Any]:
    """Return a job as the API tells it.

    whole  with all of its result; in lists only the plain values, such as title and key, and how
           many items of a batch are in which state
    """
    result = None
    if job.result is not None:
        plain = {name: value for name, value in job.result.items() if name != "files"}
        result = {
            name: value for name, value in plain.items()
            if whole or name == "items" or isinstance(value, str | int | float | None)
        }  # fmt: skip
    return {
        "id": job.id, "kind": job.kind, "state": job.state, "stage": job.stage,
        "progress": round(job.progress, 4), "error": job.error, "parent": job.parent,
        "priority": job.priority, "attempt": job.attempt, "payload": dict(job.payload),
        "created_at": job.created_at, "updated_at": job.updated_at,
        "started_at": job.started_at, "finished_at": job.finished_at, "result": result,
        "artefacts": artefacts_of(job) if whole else [],
    }  # fmt: skip


def _written(kind: str, identity: int, told: dict[str, Any]) -> bytes:
    r"""Write one server-sent event; JSON has no line breaks of its own.

    >>> _written("state", 7, {"jobs": []})
    b'id: 7\nevent: state\ndata: {"jobs": []}\n\n'
    """
    text = json.dumps(told, ensure_ascii=False, default=str)
    return f"id: {identity}\nevent: {kind}\ndata: {text}\n\n".encode()
