"""Bodies of a bounded size that arrive in a bounded time: checked as they stream in."""

import asyncio
from time import monotonic

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tapeloom.app.api.limits import Limits
from tapeloom.app.api.problems import Problem

UPLOADS, SCORES = "/v1/uploads", "/v1/scores/"


class BoundedBodies:
    """Refuse a body that is too large (413) or too slow (408), before it is read whole."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body bounded."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_upload = scope["method"] == "POST" and scope["path"] == UPLOADS
        most = self._limits.upload_bytes if is_upload else self._limits.body_bytes
        if scope["path"].startswith(SCORES):
            most = self._limits.score_bytes
        if not is_upload and (refusal := _wrong_type(scope)):
            await refusal.response()(scope, receive, send)
            return
        declared = _declared(scope)
        if declared is not None and declared > most:
            await _too_large(most).response()(scope, receive, send)
            return
        bounded = _Bounded(receive, most, self._limits, is_upload=is_upload)
        await self._app(scope, bounded, send)


class _Bounded:
    """A `receive` that counts."""

    def __init__(self, receive: Receive, most: int, limits: Limits, *, is_upload: bool) -> None:
        self._receive, self._most, self._limits = receive, most, limits
        self._is_upload, self._is_whole = is_upload, False
        self._bytes, self._begin_s = 0, monotonic()

    async def __call__(self) -> Message:
        if self._is_whole:  # what comes now is the end of the connection
            return await self._receive()
        allowed_s = self._limits.body_s
        if self._is_upload:
            allowed_s += self._bytes / self._limits.upload_bytes_per_s
        try:
            async with asyncio.timeout(self._begin_s + allowed_s - monotonic()):
                message = await self._receive()
        except TimeoutError:
            raise Problem(
                408, f"the body did not arrive within {allowed_s:.0f} s",
                headers={"Connection": "close"},
            ) from None  # fmt: skip
        if message["type"] == "http.request":
            self._bytes += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
            if self._bytes > self._most:
                raise _too_large(self._most)
        return message


def _wrong_type(scope: Scope) -> Problem | None:
    """Refuse a body that is not JSON: a form of another site could send any other kind."""
    headers = Headers(scope=scope)
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    given = headers.get("content-type", "")
    if not has_body or given.partition(";")[0].strip().lower() == "application/json":
        return None
    return Problem(415, f"the content type is {given[:60] or 'missing'}; send application/json")


def _too_large(most: int) -> Problem:
    return Problem(413, f"the body has over {most} bytes", headers={"Connection": "close"})


def _declared(scope: Scope) -> int | None:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value)  # h11 has checked that it is a number
    return None
