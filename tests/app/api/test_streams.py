"""Progress by server-sent events: the whole state first, then what happens, and nothing missed."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tapeloom.app.api.hub import Hub
from tapeloom.app.api.limits import Limits
from tapeloom.app.jobs import Event, ledger

from .conftest import House

Told = tuple[str, str, dict[str, Any]]  # id, kind, data


@contextmanager
def following(client: httpx.Client, path: str, **headers: str) -> Iterator[Iterator[Told]]:
    """Open a stream; iterate over its events."""
    with client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield read(answer.iter_lines())


def read(lines: Iterator[str]) -> Iterator[Told]:
    told = {"id": "", "event": "", "data": ""}
    for line in lines:
        name, _, value = line.partition(": ")
        if name in told:
            told[name] = value
        if not line:
            if told["data"]:
                yield told["id"], told["event"], json.loads(told["data"])
            told |= {"event": "", "data": ""}


def report(house: House, job: str, progress: float) -> None:
    ledger.begin_stage(house.jobs.database, job, 1, "render")
    ledger.report(house.jobs.database, job, 1, "render", progress)


def test_the_whole_state_comes_first_and_then_what_happens(shared: House) -> None:
    client = shared.client("read", "write")
    job = client.post("/v1/make", json={"words": "rain"}).json()["id"]
    with following(client, "/v1/events") as events:
        _, kind, data = next(events)
        assert kind == "state"
        assert [each["id"] for each in data["jobs"]] == [job]
        threading.Thread(target=report, args=(shared, job, 0.4)).start()
        seen = next(told for told in events if told[1] == "progress")
        assert (seen[2]["job"], seen[2]["progress"]) == (job, 0.4)
        shared.finish(job, {}, title="Rain")
        last = next(told for told in events if told[2].get("state") == "done")
    assert int(last[0]) > int(seen[0])


def test_one_who_comes_back_hears_what_was_missed(shared: House) -> None:
    client = shared.client("read", "write")
    job = client.post("/v1/make", json={"words": "rain"}).json()["id"]
    path = f"/v1/jobs/{job}/events"
    with following(client, path) as events:
        first = next(events)[0]
        report(shared, job, 0.5)
        while next(events)[2].get("progress") != 0.5:
            pass
    with following(client, path, **{"Last-Event-ID": first}) as events:
        _, kind, data = next(events)
        assert (kind, data["jobs"][0]["progress"]) == ("state", 0.5)
        assert next(events)[2]["job"] == job
    with following(client, path, **{"Last-Event-ID": "rubbish"}) as events:
        assert next(events)[1] == "state"


def test_nobody_hears_of_anothers_jobs(shared: House) -> None:
    mine, other = shared.client("read", "write"), shared.client("read", "write")
    with following(other, "/v1/events") as events:
        assert next(events)[2] == {"jobs": []}
        mine.post("/v1/make", json={"words": "secret"})
        own = other.post("/v1/make", json={"words": "rain"}).json()["id"]
        assert next(events)[2]["job"] == own


def test_so_many_streams_and_no_more(shared: House) -> None:
    client = shared.client("read")
    with (
        following(client, "/v1/events"), following(client, "/v1/events"),
        following(client, "/v1/events"),
    ):  # fmt: skip
        refused = client.get("/v1/events")
        assert refused.status_code == 429
        assert refused.headers["retry-after"]
    until = time.monotonic() + 5
    while client.get("/v1/jobs").status_code and time.monotonic() < until:
        if shared.service.hub.open_streams == 0:
            break
        time.sleep(0.05)
    with following(client, "/v1/events"):
        pass


class Log:
    """A log of jobs that a test writes."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        self.reads = 0

    def events(self, after: int, owner: str | None) -> list[Event]:
        assert owner is None
        self.reads += 1
        return [event for event in self.told if event.id > after]

    def latest_event(self) -> int:
        return self.told[-1].id if self.told else 0


def test_a_thousand_streams_are_fed_by_one_reader() -> None:
    async def run() -> tuple[int, int, list[bytes]]:
        log, states = Log(), []
        hub = Hub(log, Limits(streams_per_owner=2_000), on_event=lambda _: None)
        await hub.start()

        def tell() -> list[Any]:
            states.append(1)
            return []

        streams = [await hub.listen(tell, sees="me", listener="me") for _ in range(1_000)]
        heads = [[await anext(stream) for _ in range(2)] for stream in streams]
        log.told.append(Event(1, "job", "me", "state", 0.0, {"state": "done", "parent": None}))
        heard = [await anext(stream) for stream in streams]
        await hub.stop()
        for stream in streams:
            assert [text async for text in stream] == []
        assert len({id(text) for text in heard}) == 1  # written out once
        assert hub.open_streams == 0
        assert log.reads < 50
        return len(states), len(heads), heard

    states, count, heard = asyncio.run(run())
    assert (states, count) == (1, 1_000)
    assert heard[0].startswith(b"id: 1\nevent: state\n")


def test_a_stream_that_does_not_read_is_told_the_state_anew() -> None:
    async def run() -> list[bytes]:
        log = Log()
        hub = Hub(log, Limits(), on_event=lambda _: None)
        await hub.start()
        stream = await hub.listen(list, sees=None, listener="me")
        log.told += [
            Event(i, "job", "me", "progress", 0.0, {"parent": None}) for i in range(1, 900)
        ]
        while hub._last < 899:
            await asyncio.sleep(0.01)
        heard = [await anext(stream) for _ in range(3)]
        await hub.stop()
        return heard

    _, first, second = asyncio.run(run())
    assert first.startswith(b"id: 0\nevent: state")
    assert second.startswith(b"id: 899\nevent: state")


def test_a_log_that_cannot_be_read_for_a_while_ends_no_stream(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Away(Log):
        def events(self, after: int, owner: str | None) -> list[Event]:
            if self.reads < 1:
                self.reads += 1
                raise ConnectionError("away")
            return super().events(after, owner)

    async def run() -> bytes:
        log = Away()
        hub = Hub(log, Limits(), on_event=lambda _: None)
        await hub.start()
        stream = await hub.listen(list, sees=None, listener="me")
        log.told.append(Event(1, "job", "me", "state", 0.0, {"parent": None}))
        heard = [await anext(stream) for _ in range(3)]
        await hub.stop()
        return heard[-1]

    assert asyncio.run(run()).startswith(b"id: 1\n")
    assert "away" in caplog.text


def live(house: House, **headers: str) -> Any:
    address = f"ws://127.0.0.1:{house.port}/v1/live"
    return connect(address, additional_headers=headers, open_timeout=30, close_timeout=1)


def hear(socket: Any, kind: str) -> dict[str, Any]:
    """Wait for a message of a kind."""
    while True:
        told: dict[str, Any] = json.loads(socket.recv(timeout=60))
        if told["type"] == kind:
            return told


@pytest.mark.slow
def test_live_generation_tells_midi_and_follows_its_parameters(shared: House) -> None:
    key = shared.client("live").headers["Authorization"]
    with live(shared, Authorization=key) as socket:
        piece = hear(socket, "piece")
        bars = [hear(socket, "bar") for _ in range(2)]
        assert [bar["bar"] for bar in bars] == [1, 2]
        assert bars[1]["at_s"] == pytest.approx(bars[0]["at_s"] + bars[0]["duration_s"], abs=1e-3)
        channels = {part["channel"] for part in piece["parts"]}
        sounding: dict[tuple[int, int], int] = {}
        for at_s, (status, pitch, velocity) in bars[0]["events"]:
            assert at_s >= 0
            assert status & 15 in channels
            assert 0 <= pitch <= 127
            assert 0 <= velocity <= 127
            step = 1 if status >> 4 == 9 else -1
            sounding[status & 15, pitch] = sounding.get((status & 15, pitch), 0) + step
        assert set(sounding.values()) <= {0}  # every note ends
        for wrong in ('{"bpm": 0}', "no JSON", '{"tempo": 80}', '{"key": "H"}'):
            socket.send(wrong)
            assert hear(socket, "error")["detail"]
        socket.send(json.dumps({"bpm": 190, "key": "C", "bars": 4, "words": "study"}))
        assert hear(socket, "piece")["bpm"] == 190
        with pytest.raises(InvalidStatus) as refused:  # one at once: the limit of the tests
            live(shared, Authorization=key)
        assert refused.value.response.status_code == 503


def test_live_generation_is_closed_to_strangers_and_to_other_sites(shared: House) -> None:
    reader = shared.client("read").headers["Authorization"]
    cookie = f"tapeloom_session={shared.browser().cookies['tapeloom_session']}"
    for headers in (
        {}, {"Authorization": reader}, {"Cookie": cookie, "Origin": "https://evil.example"},
    ):  # fmt: skip
        with pytest.raises(InvalidStatus) as refused:
            live(shared, **headers)
        assert refused.value.response.status_code in (401, 403), headers
