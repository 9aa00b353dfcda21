"""Artefacts as answers: whole or a range of bytes, with a tag that lets browsers keep them."""

import re
from pathlib import PurePosixPath
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from tapeloom.app.api.problems import Problem
from tapeloom.app.jobs import Store

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
TYPES = {
    ".flac": "audio/flac", ".mp3": "audio/mpeg", ".wav": "audio/wav", ".m4a": "audio/mp4",
    ".opus": "audio/ogg", ".mid": "audio/midi", ".json": "application/json", ".png": "image/png",
    ".jpg": "image/jpeg", ".mp4": "video/mp4", ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8", ".xml": "application/xml", ".zip": "application/zip",
    ".musicxml": "application/vnd.recordare.musicxml+xml",
    ".mxl": "application/vnd.recordare.musicxml",
    ".lrc": "text/plain; charset=utf-8", ".md": "text/plain; charset=utf-8",
}  # fmt: skip
_SHOWN = ("audio/", "image/", "video/")  # by the browser; the rest is saved


def send_file(
    request: Request, store: Store, key: str, *, name: str, size: int, version: str
) -> Response:
    """Answer with an artefact, or the part of it that was asked for.

    version  changes whenever the content does
    """
    base = PurePosixPath(name).name
    media_type = TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")
    kind = "inline" if media_type.startswith(_SHOWN) else "attachment"
    etag = f'"{version}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=0, must-revalidate",
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(base, safe='')}",
    }
    if holds_tag(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    start, stop, status = 0, size, 200
    asked = request.headers.get("range")
    same = request.headers.get("if-range") in (None, etag)
    if asked is not None and same and request.method == "GET":
        span = byte_range(asked, size)
        if span is not None:
            (start, stop), status = span, 206
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    headers["Content-Length"] = str(stop - start)
    if request.method == "HEAD":
        return Response(status_code=200, headers=headers, media_type=media_type)
    return StreamingResponse(store.pieces(key, start, stop), status, headers, media_type)


def byte_range(text: str, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one behind the last; None where the whole is to be sent.

    Several ranges at once may be answered with the whole (RFC 9110, section 14.2).

    >>> byte_range("bytes=0-9", 100), byte_range("bytes=-10", 100), byte_range("bytes=95-", 100)
    ((0, 10), (90, 100), (95, 100))
    >>> byte_range("bytes=0-1,5-6", 100) is None
    True
    """
    match = _RANGE.fullmatch(text.strip())
    if match is None or (not match[1] and not match[2]):
        return None
    if not match[1]:
        start, stop = max(0, size - int(match[2])), size
    else:
        start = int(match[1])
        stop = min(size, int(match[2]) + 1) if match[2] else size
        if match[2] and int(match[2]) < start:
            return None
    if start >= stop:
        raise Problem(
            416, f"the range {text[:60]!r} lies outside of the {size} bytes",
            headers={"Content-Range": f"bytes */{size}"},
        )  # fmt: skip
    return start, stop


def holds_tag(header: str | None, etag: str) -> bool:
    """Tell whether an If-None-Match header names a tag.

    >>> holds_tag('W/"a", "b"', '"a"'), holds_tag(None, '"a"')
    (True, False)
    """
    if header is None:
        return False
    tags = [each.strip().removeprefix("W/") for each in header.split(",")]
    return "*" in tags or etag in tags
