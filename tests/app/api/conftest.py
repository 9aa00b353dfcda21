"""A service that listens at a port, over a fresh data folder and with nobody working.

What jobs become is written by hand.
"""

import hashlib
import io
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from tapeloom.app.api import Limits, ServiceSettings, create_app
from tapeloom.app.api.server import configuration
from tapeloom.app.jobs import Job, JobOrder, JobService, ledger

LIMITS = Limits(
    body_bytes=64 * 2**10, upload_bytes=2**20, upload_notes=2_000, upload_seconds=600.0,
    stored_bytes=3 * 2**20, quick_notes=500, streams_per_owner=3, live=1, body_s=1.0, header_s=1.0,
    quick_s=300.0, infill_s=310.0,  # numba may have to compile first
)  # fmt: skip


@dataclass(frozen=True)
class House:
    """A service with its jobs and clients."""

    app: FastAPI
    jobs: JobService
    port: int
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def service(self) -> Any:
        return self.app.state.service

    def client(self, *scopes: str, per_minute: int = 60_000) -> httpx.Client:
        """A program with a key of its own; without scopes nobody in particular."""
        made = self._client()
        if scopes:
            _, text = self.service.keys.make_key("a test", scopes, per_minute=per_minute)
            made.headers["Authorization"] = f"Bearer {text}"
        return made

    def browser(self) -> httpx.Client:
        """A browser that used the one-time link."""
        made = self._client()
        answer = made.get("/login", params={"token": self.service.keys.make_link()})
        assert answer.status_code == 303
        return made

    def _client(self) -> httpx.Client:
        self.clients.append(httpx.Client(base_url=self.url, timeout=30.0))
        return self.clients[-1]

    def finish(self, job: str, files: dict[str, bytes], **facts: Any) -> Job:
        """Let a job be done, with these files and facts."""
        told = []
        for name, content in files.items():
            key = f"jobs/{job}/{name}"
            with TemporaryDirectory() as folder:
                path = Path(folder) / "file"
                path.write_bytes(content)
                self.jobs.store.put(path, key)
            told.append(
                {"key": key, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            )
        with self.jobs.database.logging() as connection:
            ledger.settle(
                connection, self.jobs.database, job, "done", states=("queued", "running"),
                result={**facts, "files": told},
            )  # fmt: skip
        return self.jobs.get(job, None)

    def record(self, owner: str, files: dict[str, bytes] | None = None, **facts: Any) -> str:
        """Let somebody have a finished record; return its id."""
        job = self.jobs.submit(JobOrder("make", {"words": facts.pop("words", "rain")}, owner))
        told = {"title": "Rain on Glass", "key": "A minor", "bpm": 75.0, "duration_s": 60.0}
        self.finish(job.id, files or {"master.flac": bytes(range(256)) * 4}, **told | facts)
        return job.id


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house of its own for a test that changes what others would see."""
    yield from build(tmp_path)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for the tests that keep to their own keys."""
    yield from build(tmp_path_factory.mktemp("house"))


def build(
    folder: Path, database_url: str | None = None, artefacts: str | None = None
) -> Iterator[House]:
    """Open a house, and close it."""
    jobs = JobService.open(folder, database_url=database_url, artefacts=artefacts)
    app = create_app(jobs, ServiceSettings(limits=LIMITS, quick_workers=1))
    server = uvicorn.Server(configuration(app, "127.0.0.1", 0, LIMITS))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    house = House(app, jobs, port)
    yield house
    for client in house.clients:
        client.close()
    server.should_exit = True
    thread.join()
    jobs.close()


def midi(notes: int = 16) -> bytes:
    """A MIDI file of quarters."""
    import mido

    track = mido.MidiTrack()
    for i in range(notes):
        pitch = (60, 64, 67, 72)[i % 4]
        track.append(mido.Message("note_on", note=pitch, velocity=90, time=0))
        track.append(mido.Message("note_off", note=pitch, velocity=0, time=480))
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks.append(track)
    written = io.BytesIO()
    file.save(file=written)
    return written.getvalue()


def me(client: httpx.Client) -> str:
    """The owner as whom a client acts."""
    return str(client.get("/v1/session").json()["owner"])
