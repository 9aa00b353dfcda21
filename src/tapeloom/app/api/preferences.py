"""What listeners liked better of two records: kept for training."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from tapeloom.app.api.records import Records
from tapeloom.app.api.tables import PREFERENCE_KEYS, PREFERENCES
from tapeloom.app.jobs import Conflict, Job
from tapeloom.app.jobs.ledger import new_id
from tapeloom.core.errors import InputError

MOST = 100_000  # of one owner
_PAGE = 500
_FACTS = ("brief", "engine", "title", "version", "seed")


class Preferences:
    """The preferences of one service."""

    def __init__(self, records: Records, engine: sa.Engine) -> None:
        self._records, self._engine = records, engine

    def add(
        self, owner: str, sees: str | None, told: Mapping[str, Any], *, key: str | None = None
    ) -> dict[str, Any]:
        """Keep a preference of an owner between two records that it sees.

        key   the same key again gives the same preference; Conflict where it told another one
        """
        if told["a"] == told["b"]:
            raise InputError("a and b are the same record; compare two")
        if key is not None and (before := self._told_before(owner, key)):
            return _same(before, told, key)
        pair = {name: _facts(self._records.job(told[name], sees)) for name in ("a", "b")}
        row = {"id": new_id(), "owner": owner, "created_at": time.time(), **told, **pair}
        mine = sa.select(sa.func.count()).where(PREFERENCES.c.owner == owner)
        try:
            with self._engine.begin() as connection:
                if key is not None:
                    values = {"owner": owner, "key": key, "preference": row["id"]}
                    connection.execute(sa.insert(PREFERENCE_KEYS).values(**values))
                if int(connection.execute(mine).scalar() or 0) >= MOST:
                    raise InputError(f"you have {MOST} preferences; no more are kept")
                connection.execute(sa.insert(PREFERENCES).values(**row))
        except sa.exc.IntegrityError:  # told at the same time by another request
            before = self._told_before(owner, key) if key is not None else None
            if before is None:
                raise
            return _same(before, told, str(key))
        return row

    def _told_before(self, owner: str, key: str) -> dict[str, Any] | None:
        wanted = (
            sa.select(PREFERENCES)
            .join(PREFERENCE_KEYS, PREFERENCE_KEYS.c.preference == PREFERENCES.c.id)
            .where(PREFERENCE_KEYS.c.owner == owner, PREFERENCE_KEYS.c.key == key)
        )
        with self._engine.connect() as connection:
            row = connection.execute(wanted).mappings().first()
        return None if row is None else dict(row)

    def page(
        self, owner: str | None, *, before: str | None = None, limit: int = 50
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return preferences, the newest first, and where the next page begins."""
        wanted = sa.select(PREFERENCES).order_by(PREFERENCES.c.id.desc()).limit(limit + 1)
        if owner is not None:
            wanted = wanted.where(PREFERENCES.c.owner == owner)
        if before is not None:
            wanted = wanted.where(PREFERENCES.c.id < before)
        with self._engine.connect() as connection:
            found = [dict(row) for row in connection.execute(wanted).mappings()]
        shown = found[:limit]
        return shown, shown[-1]["id"] if len(found) > limit else None

    def all(self, owner: str | None) -> Iterator[dict[str, Any]]:
        """Yield all preferences, the newest first, a page at a time."""
        before: str | None = None
        while True:
            rows, before = self.page(owner, before=before, limit=_PAGE)
            yield from rows
            if before is None:
                return


def _same(before: dict[str, Any], told: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return what was told before, if it was the same."""
    pair = {name: before[name]["id"] for name in ("a", "b")}
    if {**{name: before[name] for name in told}, **pair} != dict(told):
        raise Conflict(f"the key {key!r} belongs to another preference; use a new one")
    return before


def _facts(job: Job) -> dict[str, Any]:
    """Return what training needs to know of a record, also once it is gone.

    `edited` tells that its notes are not those of brief and engine alone.
    """
    facts = job.result or {}
    edited = job.payload.get("base") is not None
    told = {name: facts.get(name) for name in _FACTS}
    return {"id": job.id, **told, "base": job.payload.get("base"), "edited": edited}
