"""The catalogue: finished jobs that made a record, with what their owners say of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tapeloom.app.api.problems import Problem, not_found
from tapeloom.app.api.tables import RECORDS, TAGS
from tapeloom.app.jobs import Job, JobService, UnknownJob
from tapeloom.app.jobs.database import jobs as JOBS  # noqa: N812  (a table, as ours are written)
from tapeloom.app.jobs.ledger import job_of_row
from tapeloom.app.jobs.removal import remove_job

_ESCAPE = "\\"
_NO_BPM = 1e9  # behind all others
_IS_RECORD = sa.and_(JOBS.c.kind == "make", JOBS.c.state == "done")
_MADE_TITLE = JOBS.c.result["title"].as_string()
_TITLE = sa.func.coalesce(RECORDS.c.title, _MADE_TITLE, "")
_base_of = JOBS.c.payload["base"].as_string()
_SORTS: Mapping[str, Any] = {
    "title": sa.func.lower(_TITLE),
    "bpm": sa.func.coalesce(JOBS.c.result["bpm"].as_float(), _NO_BPM),
}
SORTS = ("newest", *_SORTS)
MOST_VERSIONS = 200  # that are told of one record


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
        favourite: bool | None = None,
        sort: str = "newest",
        before: str | None = None,
        limit: int = 50,
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return records and where the next page begins.

        text    words that stand in the title, the brief's words, the key or the note, in any case
        sort    one of SORTS: the newest first, by title, or the slowest first
        before  the record that the page before ended with
        """
        words, key = JOBS.c.payload["words"].as_string(), JOBS.c.result["key"].as_string()
        wanted = _rows().where(_IS_RECORD).limit(limit + 1)
        if owner is not None:
            wanted = wanted.where(JOBS.c.owner == owner)
        for word in text.lower().split():
            like, places = f"%{_escaped(word)}%", (_TITLE, words, key, RECORDS.c.note)
            found = (sa.func.lower(place).like(like, escape=_ESCAPE) for place in places)
            wanted = wanted.where(sa.or_(*found))
        if tag is not None:
            tagged = sa.select(TAGS.c.record).where(TAGS.c.tag == tag)
            wanted = wanted.where(JOBS.c.id.in_(tagged))
        if favourite is not None:
            wanted = wanted.where(sa.func.coalesce(RECORDS.c.favourite, sa.false()) == favourite)
        with self._engine.connect() as connection:
            rows = connection.execute(_paged(connection, wanted, sort, before)).all()
            shown = rows[:limit]
            bases = _bases(connection, shown)
        tags = self._tags([row.id for row in shown])
        told = [_row(row, tags.get(row.id, []), bases) for row in shown]
        return told, shown[-1].id if len(rows) > limit else None

    def get(self, record: str, owner: str | None) -> dict[str, Any]:
        """Return a record with all its facts, the one that it goes on from and its versions."""
        with self._engine.connect() as connection:
            row = connection.execute(_rows().where(_IS_RECORD, JOBS.c.id == record)).first()
            if row is None or owner not in (None, row.owner):
                raise not_found("record", record)
            mine = sa.and_(_IS_RECORD, JOBS.c.owner == row.owner)
            versions = sa.select(JOBS.c.id).where(mine, _base_of == record)
            newest = versions.order_by(JOBS.c.id.desc()).limit(MOST_VERSIONS)
            told = [str(each) for each in connection.execute(newest).scalars()]
            bases = _bases(connection, [row])
        job = job_of_row(row)
        facts = {name: value for name, value in (job.result or {}).items() if name != "files"}
        return _row(row, self._tags([record]).get(record, []), bases) | {
            "versions": told, "facts": facts, "artefacts": artefacts_of(job),
        }  # fmt: skip

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
        return self.change(record, owner, {"tags": tags})

    def change(self, record: str, owner: str | None, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change what is said of a record: tags, and columns of RECORDS; return it."""
        self.job(record, owner)
        values = {name: value for name, value in changes.items() if name != "tags"}
        with self._jobs.database.logging() as connection:
            there = sa.select(JOBS.c.id).where(JOBS.c.id == record)
            if connection.execute(there).first() is None:  # removed since
                raise not_found("record", record)
            if values:
                row = {"record": record, "note": "", "favourite": False, **values}
                connection.execute(
                    self._jobs.database.insert(RECORDS)
                    .values(row)
                    .on_conflict_do_update(index_elements=["record"], set_=values)
                )
            if "tags" in changes:
                connection.execute(sa.delete(TAGS).where(TAGS.c.record == record))
                rows = [{"record": record, "tag": tag} for tag in dict.fromkeys(changes["tags"])]
                if rows:
                    connection.execute(sa.insert(TAGS), rows)
        return self.get(record, owner)

    def remove(self, record: str, owner: str | None) -> None:
        """Remove a record with its files; Conflict where an unfinished job reads it."""
        self.job(record, owner)
        remove_job(self._jobs, record, owner, also=_forget)

    def remove_job(self, job: str, owner: str | None) -> None:
        """Remove a job that made no record, or a batch with all that it made."""
        found = self._jobs.get(job, owner)
        if found.kind == "make" and found.state == "done":
            raise Problem(409, f"the job {job} made a record; remove that at /v1/records/{job}")
        remove_job(self._jobs, job, owner, also=_forget)

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


def _rows() -> sa.Select[Any]:
    """Select jobs with what their owners say of them."""
    said = (RECORDS.c.title.label("shown"), RECORDS.c.note, RECORDS.c.favourite)
    return sa.select(JOBS, *said).outerjoin(RECORDS, RECORDS.c.record == JOBS.c.id)


def _paged(
    connection: sa.Connection, wanted: sa.Select[Any], sort: str, before: str | None
) -> sa.Select[Any]:
    """Order records, and begin behind one: its place is looked up, whatever was added since."""
    if sort not in _SORTS:
        wanted = wanted.order_by(JOBS.c.id.desc())
        return wanted if before is None else wanted.where(JOBS.c.id < before)
    value = _SORTS[sort]
    wanted = wanted.order_by(value, JOBS.c.id)
    if before is None:
        return wanted
    joined = sa.select(value).select_from(JOBS).outerjoin(RECORDS, RECORDS.c.record == JOBS.c.id)
    place = connection.execute(joined.where(JOBS.c.id == before)).scalar()
    if place is None:
        raise Problem(404, f"the page {before!r} began with a record that is gone; list anew")
    return wanted.where(sa.or_(value > place, sa.and_(value == place, JOBS.c.id > before)))


def _bases(connection: sa.Connection, rows: Sequence[Any]) -> frozenset[str]:
    """Return which of the records that these go on from are still there."""
    named = [base for row in rows if (base := row.payload.get("base"))]
    there = sa.select(JOBS.c.id).where(_IS_RECORD, JOBS.c.id.in_(named))
    return frozenset(connection.execute(there).scalars()) if named else frozenset()


def _row(row: Any, tags: list[str], bases: frozenset[str]) -> dict[str, Any]:
    facts: Mapping[str, Any] = row.result or {}
    loudness, base = facts.get("loudness") or {}, row.payload.get("base")
    return {
        "id": row.id, "title": row.shown or facts.get("title") or "",
        "words": row.payload.get("words", ""), "key": facts.get("key"), "bpm": facts.get("bpm"),
        "duration_s": facts.get("duration_s"),
        "integrated_lufs": loudness.get("integrated_lufs"), "tags": tags,
        "note": row.note or "", "favourite": bool(row.favourite),
        "base": base if base in bases else None, "changed": _changed(row.payload) if base else [],
        "created_at": row.finished_at or row.created_at,
    }  # fmt: skip


def _changed(payload: Mapping[str, Any]) -> list[str]:
    """Return what an order with a base changed of it: its edited files, bars, title, cover.

    >>> _changed({"base": "a", "files": {"mix.json": "key"}, "title": "Rain", "rerolls": []})
    ['mix', 'title']
    """
    files = sorted({name.partition(".")[0] for name in payload.get("files") or ()})
    others = (("rerolls", "bars"), ("title", "title"), ("cover", "cover"))
    return [*files, *(word for name, word in others if payload.get(name))]


def _forget(connection: sa.Connection, removed: Sequence[str]) -> None:
    """Remove what was said of records; preferences stay, which hold what they need."""
    connection.execute(sa.delete(TAGS).where(TAGS.c.record.in_(removed)))
    connection.execute(sa.delete(RECORDS).where(RECORDS.c.record.in_(removed)))


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
