"""The web studio's files: the page with its nonce, and all that it consists of, compressed."""

import hashlib
import secrets
from functools import cache
from importlib.resources import files
from pathlib import Path

from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.routing import Match, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from tapeloom.app.api.gate import POLICY

WEB = Path(str(files("tapeloom.app"))) / "web"
_LEAST_COMPRESSED = 600  # bytes
_SHOWN = (".html", ".js", ".css", ".svg", ".webmanifest", ".woff2")


class _Pages(Mount):
    """The studio's files: all that is no address of the API."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Leave addresses of the API alone: they know their methods and their errors."""
        if scope["type"] == "http" and scope["path"].startswith("/v1/"):
            return Match.NONE, {}
        return super().matches(scope)


def studio_routes() -> list[Route | Mount]:
    """Return the routes of the studio; they come behind those of the API."""
    static = GZipMiddleware(StaticFiles(directory=WEB), minimum_size=_LEAST_COMPRESSED)
    return [
        Route("/", _index, methods=["GET"]),
        Route("/index.html", _index, methods=["GET"]),
        Route("/shell.json", _shell, methods=["GET"]),
        _Pages("/", static, name="web"),
    ]


def shell() -> list[str]:
    """List the addresses that the studio needs to begin, for browsers to keep them."""
    names = sorted(
        path.relative_to(WEB).as_posix()
        for path in WEB.rglob("*")
        if path.suffix in _SHOWN and path.name not in ("index.html", "sw.js")
    )
    return ["/", *(f"/{name}" for name in names)]


@cache
def version() -> str:
    """Return what changes whenever one of the studio's files does."""
    hashed = hashlib.sha256()
    for path in sorted(WEB.rglob("*")):
        if path.is_file():
            hashed.update(path.relative_to(WEB).as_posix().encode() + b"\0" + path.read_bytes())
    return hashed.hexdigest()[:16]


async def _index(_: Request) -> Response:
    """Return the page. wavesurfer.js writes a style sheet of its own, which needs the nonce."""
    nonce = secrets.token_urlsafe(16)
    text = (WEB / "index.html").read_text("utf-8")
    text = text.replace("{{nonce}}", nonce).replace("{{version}}", version())
    policy = POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
    return HTMLResponse(text, headers={"content-security-policy": policy})


async def _shell(_: Request) -> Response:
    return JSONResponse(shell())
