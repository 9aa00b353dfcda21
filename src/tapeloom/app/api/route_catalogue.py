"""The catalogue changed: what is said of records, their removal, all files as a zip."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from tapeloom.app.api.archive import Entry, stream_zip
from tapeloom.app.api.identity import Reader, Served, Writer
from tapeloom.app.api.problems import Problem, documented
from tapeloom.app.api.records import files_of
from tapeloom.app.api.route_jobs import JobId
from tapeloom.app.api.studio_forms import RecordChanges
from tapeloom.core.files import file_name

router = APIRouter(
    prefix="/v1",
    tags=["records"],
    responses=documented(400, 401, 403, 404, 408, 409, 413, 415, 422, 429),
)


@router.patch(
    "/records/{record}", response_model=dict[str, Any], summary="Say something of a record"
)
def change_record(record: JobId, form: RecordChanges, service: Served, who: Writer) -> Any:
    """Change the title that is shown, tags, note or favourite; nothing is made anew."""
    changes = form.model_dump(exclude_unset=True)
    return service.records.change(record, who.sees, changes)


@router.delete("/records/{record}", status_code=204, summary="Remove a record")
def remove_record(record: JobId, service: Served, who: Writer) -> Response:
    """Remove a record with all its files; 409 while an unfinished job reads it."""
    service.records.remove(record, who.sees)
    return Response(status_code=204)


@router.delete("/jobs/{job}", status_code=204, tags=["jobs"], summary="Remove a job")
def remove_job(job: JobId, service: Served, who: Writer) -> Response:
    """Remove a job that has ended and made no record, or a batch and all that it made."""
    service.records.remove_job(job, who.sees)
    return Response(status_code=204)


@router.get(
    "/jobs/{job}/archive.zip", tags=["jobs"], summary="Fetch all files of a job",
    response_class=StreamingResponse,
    responses={200: {"description": "A zip, stored.", "content": {"application/zip": {}}}},
)  # fmt: skip
def archive(job: JobId, service: Served, who: Reader) -> Response:
    """Send all files of a job as one zip, within a folder of its title."""
    found = service.jobs.get(job, who.sees)
    files = files_of(found)
    if found.state != "done" or not files:
        raise Problem(409, f"the job is {found.state} and has no files; only a done one has")
    name = file_name(_title(found.result or {}) or f"{found.kind} {job[:8]}")
    entries = [Entry(f"{name}/{path}", file["key"], file["bytes"]) for path, file in files.items()]
    parts = stream_zip(service.jobs.store, entries, at_s=found.finished_at or found.created_at)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.zip",
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(_filled(parts), media_type="application/zip", headers=headers)


def _filled(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out empty parts, which would end a chunked answer."""
    return (part for part in parts if part)


def _title(facts: Any) -> str:
    kit = facts.get("kit")
    return str(facts.get("title") or (kit.get("title") if isinstance(kit, dict) else "") or "")
