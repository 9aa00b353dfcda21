"""Jobs: looked at, steered, followed by server-sent events; and the files that they made."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from tapeloom.app.api.downloads import send_file
from tapeloom.app.api.forms import JobAnswer, JobsAnswer
from tapeloom.app.api.hub import job_figures
from tapeloom.app.api.identity import Reader, Served, Writer
from tapeloom.app.api.keys import Principal
from tapeloom.app.api.problems import documented
from tapeloom.app.api.service import Service
from tapeloom.app.api.sources import file_of

JobId = Annotated[str, Path(pattern=r"^[0-9a-z]{1,64}$", examples=["0q3v9m2k7c5x8b1n4z6a0s9d2f"])]
Cursor = Annotated[str | None, Query(pattern=r"^[0-9a-z]{1,64}$")]
Count = Annotated[int, Query(ge=1, le=200)]
LastEvent = Annotated[
    str | None, Header(alias="Last-Event-ID", description="The last event that was received.")
]
_ERRORS = documented(400, 401, 403, 404, 409, 422, 429)
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "First `state`: all jobs as they stand; then each `state`, `progress` and "
        "`removed`.",
        "content": {
            "text/event-stream": {
                "example": 'id: 41\nevent: state\ndata: {"jobs": []}\n\n'
                'id: 42\nevent: progress\ndata: {"job": "0q3v", "progress": 0.4}\n\n'
            }
        },
    }
}
router = APIRouter(prefix="/v1", tags=["jobs"], responses=_ERRORS)
_SHOWN = 200  # jobs in the state of a stream


@router.get("/jobs", response_model=JobsAnswer, summary="List jobs")
def list_jobs(
    service: Served,
    who: Reader,
    state: Literal["queued", "running", "paused", "done", "failed", "cancelled"] | None = None,
    kind: Annotated[str | None, Query(pattern=r"^[a-z]{1,20}$")] = None,
    parent: Cursor = None,
    cursor: Cursor = None,
    limit: Count = 50,
) -> Any:
    """List jobs, the newest first; the items of a batch where `parent` names it."""
    page = service.jobs.list(
        who.sees, state=state, kind=kind, parent=parent, cursor=cursor, limit=limit
    )
    return {"jobs": [job_figures(job) for job in page.jobs], "cursor": page.cursor}


@router.get("/jobs/{job}", response_model=JobAnswer, summary="Look at a job")
def get_job(job: JobId, service: Served, who: Reader) -> Any:
    """Return a job as it stands, with the times of its stages."""
    found = service.jobs.get(job, who.sees)
    stages = [{"name": name, "seconds": seconds} for name, seconds in service.jobs.stages(job)]
    return job_figures(found, whole=True) | {"stages": stages}


@router.post("/jobs/{job}/cancel", response_model=JobAnswer, summary="Cancel a job")
def cancel(job: JobId, service: Served, who: Writer) -> Any:
    """Stop a job for good."""
    return job_figures(service.jobs.cancel(job, who.sees), whole=True)


@router.post("/jobs/{job}/pause", response_model=JobAnswer, summary="Pause a job")
def pause(job: JobId, service: Served, who: Writer) -> Any:
    """Hold a job."""
    return job_figures(service.jobs.pause(job, who.sees), whole=True)


@router.post("/jobs/{job}/resume", response_model=JobAnswer, summary="Resume a job")
def resume(job: JobId, service: Served, who: Writer) -> Any:
    """Go on with a paused job."""
    return job_figures(service.jobs.resume(job, who.sees), whole=True)


@router.post("/jobs/{job}/retry", response_model=JobAnswer, summary="Retry a job")
def retry(job: JobId, service: Served, who: Writer) -> Any:
    """Begin a failed or cancelled job again."""
    return job_figures(service.jobs.retry(job, who.sees), whole=True)


@router.get(
    "/events", summary="Follow all jobs", response_class=StreamingResponse, responses=_STREAM
)
async def all_events(service: Served, who: Reader, last_event: LastEvent = None) -> Response:
    """Stream what happens to the asker's jobs."""
    return await _stream(service, who, None, last_event)


@router.get(
    "/jobs/{job}/events", summary="Follow a job", response_class=StreamingResponse,
    responses=_STREAM,
)  # fmt: skip
async def job_events(
    job: JobId, service: Served, who: Reader, last_event: LastEvent = None
) -> Response:
    """Stream what happens to a job, and to the items of a batch."""
    return await _stream(service, who, job, last_event)


async def _stream(
    service: Service, who: Principal, job: str | None, last_event: str | None
) -> Response:
    def tell() -> Any:
        if job is None:
            return service.jobs.list(who.sees, limit=_SHOWN).jobs
        found = service.jobs.get(job, who.sees)
        items = service.jobs.list(who.sees, parent=job, limit=_SHOWN).jobs
        return [found, *items]

    after = (
        int(last_event) if last_event and last_event.isascii() and last_event.isdigit() else None
    )
    if after is not None and after >= 2**63:
        after = None
    parts = await service.hub.listen(tell, sees=who.sees, listener=who.owner, job=job, after=after)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(parts, media_type="text/event-stream", headers=headers)


@router.api_route(
    "/artefacts/{job}/{name:path}", methods=["GET"], tags=["records"],
    summary="Fetch a file of a job", response_class=Response,
    responses={
        200: {"description": "The file.", "content": {"application/octet-stream": {}}},
        206: {"description": "The bytes that the Range header asks for."},
        304: {"description": "It is as If-None-Match says."},
        **documented(416),
    },
)  # fmt: skip
@router.api_route(
    "/artefacts/{job}/{name:path}", methods=["HEAD"], include_in_schema=False,
    response_class=Response,
)  # fmt: skip
def artefact(
    job: JobId,
    name: Annotated[str, Path(max_length=400, examples=["master.flac"])],
    request: Request,
    service: Served,
    who: Reader,
) -> Response:
    """Send a file, whole or in part; only names that the job itself lists lead to one."""
    file = file_of(service, who, job, name)
    return send_file(
        request, service.jobs.store, file["key"], name=name, size=file["bytes"],
        version=file["sha256"],
    )  # fmt: skip
