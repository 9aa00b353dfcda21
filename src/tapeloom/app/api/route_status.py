"""What machines ask: is it alive, can it take orders, how is it doing."""

from ipaddress import ip_address
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool

from tapeloom.app.api.identity import Served, admit
from tapeloom.app.api.problems import documented

router = APIRouter(tags=["status"])
_FORWARDED = ("forwarded", "x-forwarded-for")


@router.get("/healthz", summary="Is it alive", response_model=dict[str, str])
async def healthz() -> Any:
    """Answer at once, whatever the database does."""
    return {"status": "ok"}


@router.get(
    "/readyz", summary="Can it take orders", response_model=dict[str, Any],
    responses={503: {"description": "The database or the store cannot be reached."}},
)  # fmt: skip
def readyz(service: Served) -> Any:
    """Tell whether orders are accepted, and how many workers are alive."""
    health = service.jobs.health()
    told = {"ready": health.is_ready, "database": health.database, "store": health.store,
            "workers": health.workers}  # fmt: skip
    return JSONResponse(told, 200 if health.is_ready else 503)


@router.get(
    "/metrics", summary="Figures for Prometheus", response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "In Prometheus' form."},
               **documented(401, 403, 429)},
)  # fmt: skip
async def metrics(request: Request, service: Served) -> Response:
    """Tell the figures to a scraper in the same network; from outside it takes a key."""
    if not _is_near(request):
        await admit(request, "metrics")
    text = await run_in_threadpool(service.metrics.text)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _is_near(request: Request) -> bool:
    """Tell whether a request comes from a private address and through no proxy."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_private
    except ValueError:
        return False
