"""HTTP connections that don't wait for ever: a request's headers must arrive within a time.

uvicorn bounds the silence between two requests, not a request line that drips in byte by byte.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class TimedProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 with a limit on the time that headers take."""

    header_s = 10.0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the time of the first request."""
        super().connection_made(transport)
        self._arm()

    def data_received(self, data: bytes) -> None:
        """Read on; the time stands while a request's headers are under way."""
        super().data_received(data)
        if self.transport.is_closing() or self.conn.their_state is not h11.IDLE:
            self._disarm()
        else:
            self._arm()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection over: its time is the WebSocket's affair."""
        self._disarm()
        super().handle_websocket_upgrade(event)

    def on_response_complete(self) -> None:
        """Count the silence up to the next request as uvicorn does."""
        self._disarm()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time."""
        self._disarm()
        super().connection_lost(exc)

    def _arm(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.header_s, self._give_up)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.close()


def timed_protocol(header_s: float) -> type[Any]:
    """Return the protocol with its limit in seconds."""
    return type("TimedProtocol", (TimedProtocol,), {"header_s": header_s})
