"""What a request names as its source: an upload of the asker's, or a file of a job of theirs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tapeloom.app.api.forms import Source
from tapeloom.app.api.keys import Principal
from tapeloom.app.api.problems import Problem, not_found
from tapeloom.app.api.records import files_of
from tapeloom.app.api.service import Service
from tapeloom.app.jobs import UnknownJob


def artefact_key(service: Service, who: Principal, source: Source, *, default: str) -> str:
    """Return the key of what a request reads; Problem where it is nothing, or not the asker's.

    default  the file of a record where the request names none
    """
    if (source.upload is None) == (source.record is None):
        raise Problem(422, "name an upload or a record, one of them")
    if source.upload is not None:
        return str(service.uploads.get(who.sees, source.upload)["artefact"])
    assert source.record is not None  # noqa: S101
    return str(file_of(service, who, source.record, source.file or default)["key"])


def file_of(service: Service, who: Principal, job: str, name: str) -> Mapping[str, Any]:
    """Return a file that a job of the asker's has made: key, bytes and sha256."""
    try:
        found = service.jobs.get(job, who.sees)
    except UnknownJob:
        raise not_found("job", job) from None
    files = files_of(found)
    if name not in files:
        raise not_found("file", name)
    return files[name]


@contextmanager
def fetched(service: Service, key: str) -> Iterator[Path]:
    """Copy an artefact to a file of its own for a `with` block."""
    with TemporaryDirectory(prefix="tapeloom-source-") as folder:
        path = Path(folder) / key.rsplit("/", 1)[-1]
        service.jobs.store.get(key, path)
        yield path
