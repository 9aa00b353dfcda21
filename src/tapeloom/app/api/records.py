"""The catalogue: finished jobs that made a record, with the tags that their owners gave them."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tapeloom.app.api.problems import not_found
from tapeloom.app.api.tables import TAGS
from tapeloom.app.jobs import Job, JobService, UnknownJob
from tapeloom.app.jobs.database import jobs as JOBS  # noqa: N812  (a table, as ours are written)
from tapeloom.app.jobs.ledger import job_of_row

_ESCAPE = "\\"


class Records:
    """Finished records of one service."""

    def __init__(self, jobs: JobService) -> None:
        self._jobs = jobs
        self._engine = jobs.database.engine

    def find(
        self,
        owner: str | None,
        *,
        text: str = "",
        tag: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return records, the newest first, and where the next page begins.

        text  words that stand in the title, the brief's words or the key, in any case
        """
        title, key = JOBS.c.result["title"].as_string(), JOBS.c.result["key"].as_string()
        words = JOBS.c.payload["words"].as_string()
        wanted = (
            sa.select(JOBS)
            .where(JOBS.c.kind == "make", JOBS.c.state == "done")
            .order_by(JOBS.c.id.desc())
            .limit(limit + 1)
        )
        if owner is not None:
            wanted = wanted.where(JOBS.c.owner == owner)
        for word in text.lower().split():
            like = f"%{_escaped(word)}%"
            wanted = wanted.where(
                sa.or_(*(sa.func.lower(c).like(like, escape=_ESCAPE) for c in (title, words, key)))
            )
        if tag is not None:
            tagged = sa.select(TAGS.c.record).where(TAGS.c.tag == tag)
            wanted = wanted.where(JOBS.c.id.in_(tagged))
        if before is not None:
            wanted = wanted.where(JOBS.c.id < before)
        with self._engine.connect() as connection:
            found = [job_of_row(row) for row in connection.execute(wanted)]
        shown = found[:limit]
        tags = self._tags([job.id for job in shown])
        rows = [self._row(job, tags.get(job.id, [])) for job in shown]
        return rows, shown[-1].id if len(found) > limit else None

    def get(self, record: str, owner: str | None) -> dict[str, Any]:
        """Return a record with all its facts."""
        job = self.job(record, owner)
        row = self._row(job, self._tags([record]).get(record, []))
        facts = {name: value for name, value in (job.result or {}).items() if name != "files"}
        return row | {"facts": facts, "artefacts": artefacts_of(job)}

    def job(self, record: str, owner: str | None) -> Job:
        """Return the job of a record; Problem 404 where it is none, or somebody else's."""
        try:
            job = self._jobs.get(record, owner)
        except UnknownJob:
            raise not_found("record", record) from None
        if job.kind != "make" or job.state != "done":
            raise not_found("record", record)
        return job

    def set_tags(self, record: str, owner: str | None, tags: Sequence[str]) -> dict[str, Any]:
        """Give a record these tags in the place of those that it has."""
        self.job(record, owner)
        rows = [{"record": record, "tag": tag} for tag in dict.fromkeys(tags)]
        with self._engine.begin() as connection:
            connection.execute(sa.delete(TAGS).where(TAGS.c.record == record))
            if rows:
                connection.execute(sa.insert(TAGS), rows)
        return self.get(record, owner)

    def tags(self, owner: str | None) -> dict[str, int]:
        """Return every tag with how many records have it."""
        wanted = (
            sa.select(TAGS.c.tag, sa.func.count())
            .join(JOBS, JOBS.c.id == TAGS.c.record)
            .group_by(TAGS.c.tag)
            .order_by(TAGS.c.tag)
        )
        if owner is not None:
            wanted = wanted.where(JOBS.c.owner == owner)
        with self._engine.connect() as connection:
            return {str(tag): int(count) for tag, count in connection.execute(wanted)}

    def _tags(self, records: Sequence[str]) -> dict[str, list[str]]:
        wanted = sa.select(TAGS).where(TAGS.c.record.in_(records)).order_by(TAGS.c.tag)
        found: dict[str, list[str]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(wanted):
                found.setdefault(row.record, []).append(row.tag)
        return found

    def _row(self, job: Job, tags: list[str]) -> dict[str, Any]:
        facts: Mapping[str, Any] = job.result or {}
        loudness = facts.get("loudness") or {}
        return {
            "id": job.id, "title": facts.get("title") or "", "words": job.payload.get("words", ""),
            "key": facts.get("key"), "bpm": facts.get("bpm"),
            "duration_s": facts.get("duration_s"),
            "integrated_lufs": loudness.get("integrated_lufs"), "tags": tags,
            "created_at": job.finished_at or job.created_at,
        }  # fmt: skip


def files_of(job: Job) -> dict[str, Mapping[str, Any]]:
    """Return a finished job's files by their names in the record: key, bytes and sha256."""
    begin = len(f"jobs/{job.id}/")
    return {str(file["key"])[begin:]: file for file in (job.result or {}).get("files", ())}


def artefacts_of(job: Job) -> list[dict[str, Any]]:
    """Return what is told of a job's files: their names, sizes and checksums."""
    return [
        {"name": name, "bytes": file["bytes"], "sha256": file["sha256"]}
        for name, file in files_of(job).items()
    ]


def _escaped(word: str) -> str:
    r"""Take a word as it is written: % and _ are no wildcards.

    >>> print(_escaped("50%_"))
    50\%\_
    """
    for sign in (_ESCAPE, "%", "_"):
        word = word.replace(sign, _ESCAPE + sign)
    return word
