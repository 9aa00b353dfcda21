"""Files that callers send: bounded while they stream in, looked through, kept for their jobs."""

import asyncio
import hashlib
import re
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from starlette.requests import ClientDisconnect

from tapeloom.app.api.limits import Limits
from tapeloom.app.api.problems import Problem, not_found
from tapeloom.app.api.quick import QuickWork, busy
from tapeloom.app.api.tables import UPLOADS
from tapeloom.app.jobs import JobService
from tapeloom.app.quick_tasks import AUDIO, SCORES, probe
from tapeloom.core.errors import InputError
from tapeloom.core.files import file_name

_AT_ONCE = 16  # uploads under way
_BLOCK = 2**20  # bytes that are written at a time
_URL = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class Uploads:
    """The uploads of one service."""

    def __init__(self, jobs: JobService, quick: QuickWork, limits: Limits) -> None:
        self._jobs, self._quick, self._limits = jobs, quick, limits
        self._engine = jobs.database.engine
        self._under_way = 0

    async def take(self, owner: str, name: str, body: AsyncIterator[bytes]) -> dict[str, Any]:
        """Receive a file; return what it is. Nothing stays of one that is refused."""
        safe = safe_name(name)
        if self._under_way >= _AT_ONCE:
            raise busy()
        self._under_way += 1
        try:
            with TemporaryDirectory(prefix="tapeloom-upload-") as folder:
                path = Path(folder) / safe
                size, digest = await self._receive(path, body, await asyncio.to_thread(self._room, owner))  # noqa: E501  # fmt: skip
                facts = await self._quick.run(
                    probe, str(path), self._limits.upload_seconds, self._limits.upload_notes
                )
                return await asyncio.to_thread(self._keep, owner, path, size, digest, facts)
        finally:
            self._under_way -= 1

    def get(self, owner: str | None, upload: str) -> dict[str, Any]:
        """Return an upload; Problem 404 where it is none, or somebody else's."""
        wanted = sa.select(UPLOADS).where(UPLOADS.c.id == upload)
        with self._engine.connect() as connection:
            row = connection.execute(wanted).mappings().first()
        if row is None or owner not in (None, row["owner"]):
            raise not_found("upload", upload)
        return dict(row)

    def remove(self, owner: str | None, upload: str) -> None:
        """Remove an upload; a job that still waits for it will say that it is gone."""
        row = self.get(owner, upload)
        self._jobs.store.delete(row["artefact"])
        with self._engine.begin() as connection:
            connection.execute(sa.delete(UPLOADS).where(UPLOADS.c.id == upload))

    async def _receive(self, path: Path, body: AsyncIterator[bytes], room: int) -> tuple[int, str]:
        digest, size, held = hashlib.sha256(), 0, bytearray()
        with path.open("wb") as file:
            try:
                async for part in body:
                    size += len(part)
                    if size > room:
                        raise Problem(
                            413,
                            f"your uploads together have over {self._limits.stored_bytes} bytes",
                        )
                    held += part
                    if len(held) >= _BLOCK:
                        await asyncio.to_thread(file.write, bytes(held))
                        digest.update(held)
                        held.clear()
            except ClientDisconnect:
                raise Problem(400, "the upload broke off") from None
            file.write(held)
            digest.update(held)
        if not size:
            raise InputError("the upload is empty")
        return size, digest.hexdigest()

    def _room(self, owner: str) -> int:
        wanted = sa.select(sa.func.sum(UPLOADS.c.bytes)).where(UPLOADS.c.owner == owner)
        with self._engine.connect() as connection:
            held = connection.execute(wanted).scalar() or 0
        return self._limits.stored_bytes - int(held)

    def _keep(self, owner: str, path: Path, size: int, digest: str, facts: dict[str, Any]) -> dict[str, Any]:  # noqa: E501  # fmt: skip
        with path.open("rb") as file:
            key = self._jobs.upload(owner, path.name, file, max_bytes=size)
        row = {
            "id": secrets.token_hex(13), "owner": owner, "name": path.name, "artefact": key,
            "bytes": size, "sha256": digest, "created_at": time.time(), **facts,
        }  # fmt: skip
        with self._engine.begin() as connection:
            connection.execute(sa.insert(UPLOADS).values(**row))
        return row


def safe_name(name: str) -> str:
    """Return a file's name without folders and signs; refuse addresses and unknown endings.

    >>> safe_name("../My song?.MID")
    'My song.mid'
    >>> safe_name("https://example.com/a.mid")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: an upload is a file, not an address; send its bytes
    """
    if _URL.match(name):
        raise InputError("an upload is a file, not an address; send its bytes")
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    suffix = Path(plain).suffix.lower()
    if suffix not in (*SCORES, *AUDIO):
        known = ", ".join((*SCORES, *AUDIO))
        raise InputError(f"{plain[:80]!r} has no ending that is known; send one of {known}")
    stem = re.sub(r"[^\w #+-]", "", file_name(plain[: -len(suffix)]), flags=re.ASCII).strip()
    return f"{stem or 'file'}{suffix}"
