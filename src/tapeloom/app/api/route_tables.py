"""Tables: instruments, presets of mastering, models."""

from typing import Any

from fastapi import APIRouter

from tapeloom.app import quick_tasks
from tapeloom.app.api.identity import Reader, Served
from tapeloom.app.api.problems import documented

router = APIRouter(prefix="/v1", tags=["tables"], responses=documented(401, 403, 429, 503))


@router.get("/instruments", response_model=list[dict[str, Any]], summary="List instruments")
async def instruments(service: Served, _who: Reader) -> Any:
    """Return every instrument with its range, presets and parameters."""
    return await service.table("instruments", quick_tasks.instruments)


@router.get("/presets", response_model=list[dict[str, Any]], summary="List presets of mastering")
async def presets(service: Served, _who: Reader) -> Any:
    """Return the destinations of a master with what each settles."""
    return await service.table("presets", quick_tasks.presets)


@router.get("/models", response_model=list[dict[str, Any]], summary="List models")
async def models(service: Served, _who: Reader) -> Any:
    """Return the models that are shipped, with the card of each."""
    return await service.table("models", quick_tasks.models)
