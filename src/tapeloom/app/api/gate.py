"""The gate before every request: known hosts, no forged writes, and headers that bind a browser."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tapeloom.app.api.problems import Problem

COOKIE = "tapeloom_session"
WRITE_HEADER = "x-tapeloom"  # a page elsewhere cannot send it without our leave (CORS)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SAFE = ("GET", "HEAD", "OPTIONS")
_PROBES = ("/healthz", "/readyz", "/metrics")  # orchestrators ask by address
_PRIVATE = ("/v1/", "/login")
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = tuple(
    (name.encode(), value.encode())
    for name, value in (
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    )
)


class Gate:
    """Refuse unknown hosts and forged writes; put the security headers on every answer."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return

        is_private = scope["path"].startswith(_PRIVATE)
        kept = b"no-store" if is_private else b"no-cache"  # pages are asked for again by their tag

        async def guarded(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                present = {name.lower() for name, _ in message["headers"]}
                extra = [pair for pair in _HEADERS if pair[0] not in present]
                if b"cache-control" not in present:
                    extra.append((b"cache-control", kept))
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, guarded)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": str(refusal.detail)})
        else:
            await refusal.response()(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        host = hosts[0] if len(hosts) == 1 else ""
        if scope["path"] not in _PROBES and not self._is_known(host):
            return Problem(400, "the Host header names no host of this service (--allow-host)")
        origin = headers.get("origin")
        if scope["type"] == "websocket":
            if origin is not None and not _is_same(origin, host):
                return Problem(403, "the request comes from another site")
            return None
        if scope["method"] in _SAFE or not _is_by_cookie(headers):
            return None
        site = headers.get("sec-fetch-site")
        if site not in (None, "same-origin") or (origin is not None and not _is_same(origin, host)):
            return Problem(403, "the request comes from another site")
        if WRITE_HEADER not in headers:
            return Problem(403, "a write by cookie needs the header X-Tapeloom: 1")
        return None

    def _is_known(self, host: str) -> bool:
        name = _host_of(host)
        return name is not None and ("*" in self._hosts or name in self._hosts)


def _is_by_cookie(headers: Headers) -> bool:
    return "authorization" not in headers and COOKIE in headers.get("cookie", "")


def _is_same(origin: str, host: str) -> bool:
    """Tell whether an Origin names the host that was asked."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False


def _host_of(host: str) -> str | None:
    """Return the name in a Host header without its port; None where it is none.

    >>> _host_of("Studio.example:8000"), _host_of("[::1]:80"), _host_of("a b")
    ('studio.example', '::1', None)
    """
    try:
        parts = urlsplit(f"//{host}")
        parts.port  # noqa: B018  (raises where it is none)
    except ValueError:
        return None
    if parts.netloc != host or "@" in host or any(c.isspace() for c in host):
        return None
    return parts.hostname
