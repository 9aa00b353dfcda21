"""Errors as problem+json (RFC 9457): what went wrong in one sentence, the same form everywhere."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from tapeloom.app.jobs import Conflict, TooMany, Unavailable, UnknownJob
from tapeloom.core.errors import InputError, TapeloomError

MEDIA_TYPE = "application/problem+json"
_MOST_FAULTS = 20  # of a body that are told one by one
_SENTENCES = {
    404: "there is nothing at this address",
    405: "this address does not answer that method",
}
_STATUSES = ((UnknownJob, 404), (Conflict, 409), (TooMany, 429))
logger = logging.getLogger(__name__)


class Problem(HTTPException):
    """A request that is refused: its status and one sentence.

    >>> Problem(404, "there is no job abc").body()["title"]
    'Not Found'
    """

    def __init__(
        self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(status, detail, dict(headers) if headers else None)
        self.more = more

    def body(self) -> dict[str, Any]:
        """Return the JSON of the answer."""
        return {
            "type": "about:blank",
            "title": HTTPStatus(self.status_code).phrase,
            "status": self.status_code,
            "detail": self.detail,
            **self.more,
        }

    def response(self) -> Response:
        """Return the answer."""
        content = json.dumps(self.body(), ensure_ascii=False).encode()
        return Response(content, self.status_code, self.headers, MEDIA_TYPE)


def not_found(what: str, identity: str) -> Problem:
    """Return the answer for what does not exist, or is not the asker's: they look the same."""
    return Problem(404, f"there is no {what} {identity[:64]!r}")


def install(app: FastAPI) -> None:
    """Answer every error of an application in this form."""

    def on_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        if isinstance(error, Problem):
            return error.response()
        detail = _SENTENCES.get(error.status_code, str(error.detail))
        return Problem(error.status_code, detail, headers=error.headers).response()

    def on_invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        faults = [
            {"at": "/".join(str(step) for step in fault["loc"]), "rule": str(fault["msg"])}
            for fault in error.errors()[:_MOST_FAULTS]
        ]
        first = faults[0] if faults else {"at": "body", "rule": "it cannot be read"}
        detail = f"{first['at']}: {first['rule']}"
        return Problem(422, detail, faults=faults).response()

    def on_input(_: Request, error: Exception) -> Response:
        status = next((each for kind, each in _STATUSES if isinstance(error, kind)), 422)
        return Problem(status, str(error)).response()

    def on_failure(_: Request, error: Exception) -> Response:
        if isinstance(error, Unavailable):
            logger.warning("away", extra={"fault": str(error)})
            return Problem(503, str(error), headers={"Retry-After": "5"}).response()
        logger.error("failed", exc_info=error)
        return Problem(500, str(error)).response()

    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(InputError, on_input)
    app.add_exception_handler(TapeloomError, on_failure)


_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "faults": {"type": "array", "items": {"type": "object"}},
    },
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of the errors of a route, with an example each.

    >>> sorted(documented(404))
    [404]
    """
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {
                MEDIA_TYPE: {
                    "schema": _SCHEMA,
                    "example": Problem(status, _EXAMPLES.get(status, "one sentence")).body(),
                }
            },
        }
        for status in statuses
    }


_EXAMPLES = {
    400: "the Range header 'bytes=x' cannot be read",
    401: "no key was given; send 'Authorization: Bearer KEY'",
    403: "this key lacks the scope 'write'",
    404: "there is no job 'abc'",
    405: "this address does not answer that method",
    408: "the body did not arrive within 30 s",
    409: "the job is done; only one that waits or runs can be cancelled",
    413: "the body has over 1048576 bytes",
    415: "the content type is text/html; send application/json",
    422: "bpm is 0; it must lie between 40 and 200 (lo-fi: 60 to 95)",
    429: "you may ask 600 times a minute; try again in 1 s",
    500: "something failed that is not your fault; it is logged under the request's id",
    503: "the service is busy; try again in 1 s",
}
