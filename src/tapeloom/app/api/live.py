"""Live generation over a WebSocket: parameters in, MIDI messages out, bar by bar.

A piece is composed in a quick worker and told a few seconds ahead of its time; when a parameter
changes, another piece is composed and takes over at the next bar that has not been told. What is
composed and not yet told waits in a queue of one piece.
"""

import asyncio
import json
import logging
import secrets
from time import monotonic
from typing import Annotated, Any

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import Field, ValidationError

from tapeloom.app.api.forms import Engine, Form, Line, Seed, Sentence
from tapeloom.app.api.problems import Problem
from tapeloom.app.api.quick import QuickWork
from tapeloom.app.quick_tasks import compose_bars
from tapeloom.core.errors import TapeloomError
from tapeloom.core.seed import MAX_SEED

logger = logging.getLogger(__name__)
AHEAD_S = 4.0  # how far what is told may be ahead of what sounds
MOST_MESSAGE = 4096  # bytes of one that comes in
LONGEST_S = 4 * 3600.0


class LiveForm(Form):
    """Parameters; what is left out stays as it was."""

    words: Line | None = None
    bpm: Annotated[float, Field(ge=40, le=200)] | None = None
    key: Sentence | None = None
    meter: Sentence | None = None
    bars: Annotated[int, Field(ge=4, le=64)] | None = None
    seed: Seed | None = None
    engine: Engine | None = None


class LiveSession:
    """One connection: what was asked, what is composed, and what has been told."""

    def __init__(self, socket: WebSocket, quick: QuickWork) -> None:
        self._socket, self._quick = socket, quick
        self._asked: dict[str, Any] = {"words": "", "bars": 16, "seed": secrets.randbelow(2**31)}
        self._engine = "theory"
        self._version = 0  # counts changes of what is asked
        self._pieces: asyncio.Queue[tuple[int, dict[str, Any]]] = asyncio.Queue(1)
        self._wanted = asyncio.Event()
        self._wanted.set()

    async def run(self) -> None:
        """Compose and tell until the other side leaves, or for hours."""
        tasks = [
            asyncio.create_task(work()) for work in (self._listen, self._compose, self._tell)
        ]  # fmt: skip
        try:
            async with asyncio.timeout(LONGEST_S):
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except (WebSocketDisconnect, TimeoutError):
            pass
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            text = await self._socket.receive_text()
            try:
                if len(text) > MOST_MESSAGE:
                    raise ValueError(f"a message has at most {MOST_MESSAGE} characters")
                form = LiveForm.model_validate_json(text)
            except ValidationError as error:
                fault = error.errors()[0]
                await self._refuse(f"{'/'.join(map(str, fault['loc']))}: {fault['msg']}")
                continue
            except ValueError as error:
                await self._refuse(str(error))
                continue
            given = form.model_dump(exclude_none=True)
            self._engine = given.pop("engine", self._engine)
            self._asked |= given
            self._version += 1
            if self._pieces.full():
                self._pieces.get_nowait()  # composed for what was asked before
            self._wanted.set()

    async def _compose(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            version = self._version
            try:
                piece = await self._quick.run(compose_bars, dict(self._asked), self._engine)
            except TapeloomError as error:
                await self._refuse(str(error))
                continue
            except Problem as problem:
                await self._refuse(problem.detail)
                continue
            if version != self._version:
                continue  # something else is asked by now
            if self._pieces.full():
                self._pieces.get_nowait()
            self._pieces.put_nowait((version, piece))
            self._asked["seed"] = (self._asked["seed"] + 1) % MAX_SEED  # of the piece after it

    async def _tell(self) -> None:
        begin_s, at_s, number = 0.0, 0.0, 0
        piece: dict[str, Any] = {"bars": []}
        bars: list[dict[str, Any]] = []
        version = -1
        while True:
            if not bars or (self._pieces.full() and version != self._version):
                version, piece = await self._pieces.get()
                bars = list(reversed(piece["bars"]))
                if number == 0:
                    begin_s = monotonic()
                at_s = max(at_s, monotonic() - begin_s)  # composing may have taken longer
                about = {name: value for name, value in piece.items() if name != "bars"}
                await self._send({"type": "piece", "at_s": round(at_s, 4), **about})
            bar = bars.pop()
            number += 1
            if len(bars) == min(2, len(piece["bars"]) - 1):
                self._wanted.set()  # the next piece is composed while the last bars sound
            events = [[round(at_s + after_s, 4), data] for after_s, data in bar["events"]]
            await self._send({"type": "bar", "bar": number, "at_s": round(at_s, 4),
                              "duration_s": bar["duration_s"], "events": events})  # fmt: skip
            at_s += bar["duration_s"]
            await asyncio.sleep(max(0.0, at_s - AHEAD_S - (monotonic() - begin_s)))

    async def _refuse(self, sentence: str) -> None:
        await self._send({"type": "error", "detail": sentence})

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send_text(json.dumps(message, ensure_ascii=False))
