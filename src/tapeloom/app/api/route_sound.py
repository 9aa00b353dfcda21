"""What a player and a piano roll read of a record: cuts of its sound, its outline, its score."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from tapeloom.app.api.downloads import holds_tag
from tapeloom.app.api.identity import Reader, Served
from tapeloom.app.api.problems import documented
from tapeloom.app.api.route_jobs import JobId
from tapeloom.app.api.sound_forms import LoudnessAnswer, PeaksAnswer, ScoreAnswer
from tapeloom.app.api.sounds import SUFFIXES
from tapeloom.core.errors import InputError

MOST_S = 20.0  # of one cut
MASTER, LOUDNESS, SCORE = "master.flac", "loudness.json", "score.json"
_KNOWN: dict[int | str, dict[str, Any]] = {
    304: {"description": "What the asker has is still right."}
}
router = APIRouter(
    prefix="/v1/records/{record}",
    tags=["sound"],
    responses=documented(400, 401, 403, 404, 422, 429, 503),
)


def _audio_file(
    file: Annotated[
        str,
        Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$", examples=["stems/bass.flac"],
              description="A FLAC or WAV file of the record."),
    ] = MASTER,
) -> str:  # fmt: skip
    """Return the name of a file whose samples can be counted."""
    if PurePosixPath(file).suffix.lower() not in SUFFIXES:
        raise InputError(f"{file!r} cannot be cut to the sample; name a FLAC or WAV file")
    return file


File = Annotated[str, Depends(_audio_file)]


@router.get(
    "/audio", summary="Hear a stretch", response_class=Response,
    responses={200: {"content": {"audio/flac": {}}, "description": "FLAC of 16 bit."},
               **_KNOWN, **documented(416)},
)  # fmt: skip
async def audio(
    record: JobId,
    request: Request,
    service: Served,
    who: Reader,
    file: File,
    start_s: Annotated[float, Query(ge=0, le=100_000, allow_inf_nan=False)] = 0.0,
    seconds: Annotated[float, Query(gt=0, le=MOST_S, allow_inf_nan=False)] = 5.0,
) -> Response:
    """Return the samples from round(start_s x rate) to round((start_s + seconds) x rate).

    Cuts of which one begins where the other ends join without a gap; the last one is shorter.
    """
    found, _ = await service.sounds.find(record, file, who.sees)
    span = await service.sounds.span(found, start_s, seconds)
    version = f"{found['sha256']}-{span.start}-{span.stop}"
    told = {"X-Rate": str(span.rate), "X-Frames-Total": str(span.total)}
    cut = partial(service.sounds.cut, found, span)
    return await _unless_known(request, version, cut, media_type="audio/flac", told=told)


@router.get("/peaks", summary="See a waveform", response_model=PeaksAnswer, responses=_KNOWN)
async def peaks(
    record: JobId,
    request: Request,
    service: Served,
    who: Reader,
    file: File,
    points: Annotated[int, Query(ge=10, le=10_000)] = 2000,
) -> Response:
    """Return the lowest and the highest sample of each of so many stretches, over all channels."""
    found, _ = await service.sounds.find(record, file, who.sees)
    read = partial(service.sounds.peaks, found, points)
    return await _unless_known(request, f"{found['sha256']}-peaks-{points}", read)


@router.get(
    "/loudness", summary="See the loudness", response_model=LoudnessAnswer, responses=_KNOWN
)
async def loudness(
    record: JobId, request: Request, service: Served, who: Reader, file: File
) -> Response:
    """Return the loudness of a file and how it goes.

    Value i of a curve is the highest of the windows (momentary 0.4 s, short-term 3 s) that begin
    from i x step_s on; null is silence.
    """
    known = [LOUDNESS] if file == MASTER else []
    found, others = await service.sounds.find(record, file, who.sees, *known)
    read = partial(service.sounds.loudness, found, others[0] if others else None)
    return await _unless_known(request, f"{found['sha256']}-loudness", read)


@router.get("/score", summary="Read the score", response_model=ScoreAnswer, responses=_KNOWN)
async def score(record: JobId, request: Request, service: Served, who: Reader) -> Response:
    """Return score.json with the bars' ticks and times: all that a piano roll needs."""
    found, _ = await service.sounds.find(record, SCORE, who.sees)
    read = partial(service.sounds.score, found)
    return await _unless_known(request, f"{found['sha256']}-sheet", read)


async def _unless_known(
    request: Request, version: str, read: Callable[[], Awaitable[bytes]],
    *, media_type: str = "application/json", told: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """Answer with what is read, or 304 where the asker has it: what a record holds stays."""
    headers = {
        "ETag": f'"{version}"',
        "Cache-Control": "private, max-age=31536000, immutable",
        "Vary": "Authorization, Cookie",
        **(told or {}),
    }
    if holds_tag(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(await read(), headers=headers, media_type=media_type)
