"""What is told of each request: an id, one line in the log, figures by route, and its failure."""

import logging
import re
import secrets
from collections.abc import Callable
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tapeloom.app import tracing
from tapeloom.app.api.problems import Problem
from tapeloom.app.logs import JOB_ID, REQUEST_ID

logger = logging.getLogger("tapeloom.access")
_GIVEN_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_QUIET = ("/healthz", "/readyz", "/metrics")  # asked every few seconds by machines

# (method, route's template, status, seconds)
OnRequest = Callable[[str, str, int, float], None]


class Telemetry:
    """The outermost of our layers: nothing that a request does goes by unseen."""

    def __init__(self, app: ASGIApp, on_request: OnRequest) -> None:
        self._app, self._on_request = app, on_request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and tell what became of it; answer 500 where it fails."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["path"] in _QUIET:
            await self._answer(scope, receive, send, None)
            return
        with tracing.request(_header(scope, b"traceparent")) as traced:
            await self._answer(scope, receive, send, traced)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, traced: tracing.Request | None
    ) -> None:
        identity = _identity(scope)
        in_request, in_job = REQUEST_ID.set(identity), JOB_ID.set("")
        status, begin_s = 0, perf_counter()

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
                message["headers"] = [
                    *message["headers"], (b"x-request-id", identity.encode())
                ]  # fmt: skip
            elif message["type"] == "websocket.accept":
                status = 101
            elif message["type"] == "websocket.close" and not status:
                status = 403
            await send(message)

        try:
            await self._app(scope, receive, told)
        except Exception:
            logger.exception("a request failed")
            if status == 0 and scope["type"] == "http":
                detail = f"something failed that is not your fault; it is logged as {identity}"
                await Problem(500, detail).response()(scope, receive, told)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1011})
            else:
                raise  # half an answer is out: the connection must break
        finally:
            self._tell(scope, status, perf_counter() - begin_s, traced)
            REQUEST_ID.reset(in_request)
            JOB_ID.reset(in_job)

    def _tell(
        self, scope: Scope, status: int, seconds: float, traced: tracing.Request | None
    ) -> None:
        route = scope.get("route")
        template = getattr(route, "path", None) or "(none)"
        method = scope.get("method", "WEBSOCKET")
        self._on_request(method, template, status, seconds)
        if traced is not None:
            traced.tell(method, template, status)
        level = logging.DEBUG if scope["path"] in _QUIET else logging.INFO
        job = scope.get("path_params", {}).get("job")
        extra = {
            "method": method,
            "route": template,
            "status": status,
            "ms": round(1000 * seconds, 1),
        }
        logger.log(level, "request", extra=extra | ({"job_id": job} if job else {}))


def _identity(scope: Scope) -> str:
    """Return the id that a proxy gave the request, or a new one."""
    given = _header(scope, b"x-request-id") or ""
    return given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)


def _header(scope: Scope, name: bytes) -> str | None:
    return next((str(v.decode("latin-1")) for key, v in scope["headers"] if key == name), None)
