"""Records and uploads: searched, tagged, looked at; files sent in."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tapeloom.app.api.forms import RecordsAnswer, TagsForm, UploadAnswer
from tapeloom.app.api.identity import Reader, Served, Writer
from tapeloom.app.api.problems import documented
from tapeloom.app.api.route_jobs import Count, Cursor, JobId

router = APIRouter(
    prefix="/v1",
    tags=["records"],
    responses=documented(400, 401, 403, 404, 408, 413, 415, 422, 429),
)
_TEXT = r"^[^\x00-\x1f\x7f]*$"


@router.get("/records", response_model=RecordsAnswer, summary="Search records")
def find_records(
    service: Served,
    who: Reader,
    q: Annotated[
        str, Query(max_length=200, pattern=_TEXT, description="Words of title, brief or key.")
    ] = "",
    tag: Annotated[str | None, Query(max_length=40, pattern=_TEXT)] = None,
    favourite: bool | None = None,
    sort: Annotated[
        Literal["newest", "title", "bpm"], Query(description="bpm: the slowest first.")
    ] = "newest",
    before: Cursor = None,
    limit: Count = 50,
) -> Any:
    """List finished records; `before` is the last one of the page before."""
    rows, cursor = service.records.find(
        who.sees, text=q, tag=tag, favourite=favourite, sort=sort, before=before, limit=limit
    )
    return {"records": rows, "before": cursor}


@router.get("/records/{record}", response_model=dict[str, Any], summary="Look at a record")
def get_record(record: JobId, service: Served, who: Reader) -> Any:
    """Return a record with its facts and the names of its files."""
    return service.records.get(record, who.sees)


@router.put("/records/{record}/tags", response_model=dict[str, Any], summary="Tag a record")
def set_tags(record: JobId, form: TagsForm, service: Served, who: Writer) -> Any:
    """Give a record these tags, in the place of those that it has."""
    return service.records.set_tags(record, who.sees, form.tags)


@router.get("/tags", response_model=dict[str, int], summary="List tags")
def list_tags(service: Served, who: Reader) -> Any:
    """Return every tag with how many records have it."""
    return service.records.tags(who.sees)


@router.post(
    "/uploads", status_code=201, response_model=UploadAnswer, summary="Send a file",
    responses=documented(408, 413, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string",
                                                                "format": "binary"}}},
        }
    },
)  # fmt: skip
async def upload(
    request: Request,
    service: Served,
    who: Writer,
    name: Annotated[str, Query(min_length=1, max_length=200, pattern=_TEXT, examples=["song.mid"])],
) -> Any:
    """Receive a score or an audio file; its bytes are the body."""
    return await service.uploads.take(who.owner, name, request.stream())


@router.get("/uploads/{upload}", response_model=UploadAnswer, summary="Look at an upload")
async def get_upload(upload: JobId, service: Served, who: Reader) -> Any:
    """Return what an upload is."""
    return await run_in_threadpool(service.uploads.get, who.sees, upload)


@router.delete("/uploads/{upload}", status_code=204, summary="Remove an upload")
def remove_upload(upload: JobId, service: Served, who: Writer) -> Response:
    """Remove an upload, which makes room for others."""
    service.uploads.remove(who.sees, upload)
    return Response(status_code=204)
