"""Who asks: a key in the Authorization header, or a browser's session; what they may, how often."""

import time
from typing import Annotated, Any

from fastapi import Depends, Request, WebSocket
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.concurrency import run_in_threadpool

from tapeloom.app.api.gate import COOKIE
from tapeloom.app.api.keys import Principal
from tapeloom.app.api.problems import Problem
from tapeloom.app.api.service import Service

BEARER = HTTPBearer(auto_error=False, description="An API key, made in the studio or by a key.")
SESSION = APIKeyCookie(name=COOKIE, auto_error=False, description="A browser that is logged in.")
_STRANGERS_PER_MINUTE = 300  # failed tries of one address
MOST_KEY_LENGTH = 200


async def service_of(request: Request) -> Service:
    """Return the service that answers; a plain function would be called in a thread each time."""
    found: Service = request.app.state.service
    return found


Served = Annotated[Service, Depends(service_of)]


class Needs:
    """A dependency: somebody known, who has the scope, and asks no more often than they may."""

    def __init__(self, scope: str) -> None:
        self.scope = scope

    async def __call__(
        self,
        request: Request,
        _bearer: Annotated[Any, Depends(BEARER)],
        _session: Annotated[Any, Depends(SESSION)],
    ) -> Principal:
        """Return who asks; 401, 403 or 429 where they may not."""
        return await admit(request, self.scope)


async def admit(asked: Request | WebSocket, scope: str) -> Principal:
    """Return who asks; Problem 401, 403 or 429 where they may not."""
    service: Service = asked.app.state.service
    kind, text = _credential(asked)
    principal = None
    if 0 < len(text) <= MOST_KEY_LENGTH:
        is_known, principal = service.keys.remembered(kind, text)
        if not is_known:
            principal = await run_in_threadpool(service.keys.look_up, kind, text)
    if principal is None:
        bound_stranger(asked)
        fault = "the key or session is not valid" if text else "no key was given"
        raise Problem(
            401, f"{fault}; send 'Authorization: Bearer KEY'",
            headers={"WWW-Authenticate": 'Bearer realm="tapeloom"'},
        )  # fmt: skip
    wait_s = service.buckets.take(
        principal.owner, per_minute=principal.per_minute, burst=max(10.0, principal.per_minute / 6),
        now_s=time.monotonic(),
    )  # fmt: skip
    if wait_s:
        raise too_often(principal.per_minute, wait_s)
    if not principal.may(scope):
        raise Problem(403, f"this key lacks the scope {scope!r}")
    return principal


def bound_stranger(asked: Request | WebSocket) -> None:
    """Count a try of somebody unknown; Problem 429 where their address tries too often."""
    service: Service = asked.app.state.service
    address = asked.client.host if asked.client else ""
    wait_s = service.buckets.take(
        f"address {address}", per_minute=_STRANGERS_PER_MINUTE, burst=_STRANGERS_PER_MINUTE,
        now_s=time.monotonic(),
    )  # fmt: skip
    if wait_s:
        raise too_often(_STRANGERS_PER_MINUTE, wait_s)


def _credential(asked: Request | WebSocket) -> tuple[str, str]:
    """Return a key, or a browser's session where no key is given."""
    given = asked.headers.get("authorization")
    if given is None:
        return "session", asked.cookies.get(COOKIE, "")
    scheme, _, text = given.partition(" ")
    return "key", text.strip() if scheme.lower() == "bearer" else ""


def too_often(per_minute: int, wait_s: float) -> Problem:
    """Return the answer to one who asks too often."""
    seconds = max(1, round(wait_s + 0.5))
    return Problem(
        429, f"you may ask {per_minute} times a minute; try again in {seconds} s",
        headers={"Retry-After": str(seconds)},
    )  # fmt: skip


Reader = Annotated[Principal, Depends(Needs("read"))]
Writer = Annotated[Principal, Depends(Needs("write"))]
Admin = Annotated[Principal, Depends(Needs("admin"))]
