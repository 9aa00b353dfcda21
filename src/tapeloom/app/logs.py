"""Logs a machine can read: one JSON object a line, with the request's and the job's id."""

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import IO

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
TRACE_ID: ContextVar[str] = ContextVar("trace_id", default="")
JOB_ID: ContextVar[str] = ContextVar("job_id", default="")
_CONTEXT = (("request_id", REQUEST_ID), ("trace_id", TRACE_ID), ("job_id", JOB_ID))
_SECRET = re.compile(
    r"tapeloom_[0-9a-f]{8}_[\w-]{16,}|(?<=\btoken=)[\w-]{16,}|(?<=\bBearer )\S+", re.IGNORECASE
)
_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {
    "message", "asctime", "taskName", "color_message",  # the last is uvicorn's
}  # fmt: skip


def redact(text: str) -> str:
    """Replace what looks like a key or a token.

    >>> redact("GET /login?token=abcdefghijklmnopqrstuvwxyz by tapeloom_01234567_abcdefghijklmnopq")
    'GET /login?token=[secret] by [secret]'
    """
    return _SECRET.sub("[secret]", text)


class JsonFormatter(logging.Formatter):
    """Write a record as one line of JSON; what is passed as `extra` becomes fields of it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name, variable in _CONTEXT:
            if value := variable.get():
                told[name] = value
        told |= {name: value for name, value in record.__dict__.items() if name not in _OWN}
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return redact(json.dumps(told, ensure_ascii=False, default=str))


def configure_logs(stream: IO[str] | None = None, *, level: int = logging.INFO) -> None:
    """Send all logs of this process, uvicorn's too, to a stream (standard error where None)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = name != "uvicorn.access"
