"""Scores that are worked on at once: bars written anew, other chords, a look through.

The bodies are read by a quick worker: a long score would hold up everybody else here.
"""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from tapeloom.app import score_tasks
from tapeloom.app.api.identity import Reader, Served
from tapeloom.app.api.problems import documented
from tapeloom.app.api.service import Service
from tapeloom.app.api.sound_forms import CheckAnswer, ChordsAnswer, InfillAnswer
from tapeloom.app.score_requests import CheckRequest, ChordsRequest, InfillRequest

router = APIRouter(
    prefix="/v1/scores",
    tags=["scores"],
    responses=documented(400, 401, 403, 408, 413, 415, 422, 429, 503),
)


def _reads(kind: type[BaseModel]) -> dict[str, Any]:
    """Tell OpenAPI what the body is."""
    content = {"application/json": {"schema": kind.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


@router.post(
    "/infill", summary="Write bars anew", response_model=InfillAnswer,
    openapi_extra=_reads(InfillRequest),
)  # fmt: skip
async def infill(request: Request, service: Served, _who: Reader) -> Response:
    """Write bars of a role anew by an engine so that they fit both sides; all else stays."""
    return await _answer(service, request, score_tasks.infill, limit_s=service.limits.infill_s)


@router.post(
    "/chords", summary="Change chords", response_model=ChordsAnswer,
    openapi_extra=_reads(ChordsRequest),
)  # fmt: skip
async def chords(request: Request, service: Served, _who: Reader) -> Response:
    """Put a lead-sheet line into a score from a bar on; what accompanies follows, melodies stay.

    `notes` tells in sentences which long notes of the melody rub against the new chords.
    """
    return await _answer(service, request, score_tasks.put_chords)


@router.post(
    "/check", summary="Look through a score", response_model=CheckAnswer,
    openapi_extra=_reads(CheckRequest),
)  # fmt: skip
async def check(request: Request, service: Served, _who: Reader) -> Response:
    """Return a score in its canonical form, and what is wrong with it by part and bar.

    The score is null where something in it cannot be.
    """
    return await _answer(service, request, score_tasks.check)


async def _answer(
    service: Service,
    request: Request,
    task: Callable[[bytes], bytes],
    *,
    limit_s: float | None = None,
) -> Response:
    content = await service.quick.run(task, await request.body(), limit_s=limit_s)
    return Response(content, media_type="application/json")
