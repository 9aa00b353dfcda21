"""Every route at once against bad intentions: found by its OpenAPI, so new ones too."""

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile
import sqlalchemy as sa

from tapeloom.app.api import keys as keys_module
from tapeloom.app.api.keys import LINK_S, SESSION_S, KeyRing
from tapeloom.app.api.tables import create_tables

from ..conftest import tapeloom
from ..jobs_faults import POSTGRES, Postgres
from .conftest import House, me, midi
from .test_status import free_port, until_it_answers

JSON = {"Content-Type": "application/json"}
Operation = tuple[str, str, dict[str, Any]]


def operations(house: House) -> tuple[list[Operation], dict[str, Any]]:
    told = house.client().get("/openapi.json").json()
    found = [
        (method.upper(), path, about)
        for path, methods in told["paths"].items()
        for method, about in methods.items()
    ]
    return found, told["components"]["schemas"]


def body_of(about: dict[str, Any], schemas: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """The schema of an operation's JSON body, and an example of it."""
    content = about.get("requestBody", {}).get("content", {}).get("application/json")
    if not content:
        return {}, None
    schema = resolved(content["schema"], schemas)
    return schema, (schema.get("examples") or [{}])[0]


def resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return schema


def strings(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Iterator[tuple[list[str], dict[str, Any]]]:  # noqa: E501  # fmt: skip
    """Where a body holds free text: the way to it, and its schema."""
    schema = resolved(schema, schemas)
    if depth > 5:
        return
    for kind in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(kind, ()):
            yield from strings(each, schemas, depth)
    if schema.get("type") == "string" and "enum" not in schema:
        yield [], schema
    for name, each in schema.get("properties", {}).items():
        for way, leaf in strings(each, schemas, depth + 1):
            yield [name, *way], leaf
    if isinstance(schema.get("items"), dict):
        for way, leaf in strings(schema["items"], schemas, depth + 1):
            yield ["[]", *way], leaf
    if isinstance(schema.get("additionalProperties"), dict):
        keys = resolved(schema.get("propertyNames", {}), schemas).get("enum", ["x"])
        for way, leaf in strings(schema["additionalProperties"], schemas, depth + 1):
            yield [f"{{}}{keys[0]}", *way], leaf


def put(body: Any, way: list[str], value: str) -> Any:
    """A copy of a body with a value at the end of a way."""
    if not way:
        return value
    step, *rest = way
    if step == "[]":
        return [put(None, rest, value)]
    if step.startswith("{}"):
        return {step[2:]: put(None, rest, value)}
    body = dict(body) if isinstance(body, dict) else {}
    return {**body, step: put(body.get(step), rest, value)}


def test_another_keys_ids_lead_nowhere_in_any_route(shared: House) -> None:
    mine, other = shared.client("read", "write"), shared.client("read", "write", "live")
    record = shared.record(me(mine), title="A canary of mine")
    upload = mine.post("/v1/uploads", params={"name": "canary.mid"}, content=midi()).json()["id"]
    mine.put(f"/v1/records/{record}/tags", json={"tags": ["canarytag"]})
    ids = {
        "job": record,
        "record": record,
        "upload": upload,
        "key": me(mine),
        "name": "master.flac",
    }
    found, schemas = operations(shared)
    walked = fields = 0
    for method, path, about in found:
        schema, body = body_of(about, schemas)
        paging = ("parent", "cursor", "before")
        asked = [one["name"] for one in about.get("parameters", ()) if one["in"] == "query"]
        query = {name: record for name in asked if name in paging}
        names = [
            part[1:].partition(":")[0].rstrip("}") for part in path.split("/") if part[:1] == "{"
        ]
        address = path
        for name in names:
            address = address.replace(f"{{{name}}}", ids.get(name, record))
        if path.endswith("/events") and not names:
            continue  # does not end; test_streams has it
        if names or method == "GET":
            answer = other.request(method, address, params=query, json=body)
            assert b"canary" not in answer.content.lower(), path
        if names:
            bad_form = () if names[0] in ids else (422,)
            assert answer.status_code in (403, 404, *bad_form), (method, path)
            walked += 1
        for way, leaf in strings(schema, schemas) if schema else ():
            if leaf.get("pattern") != "^[0-9a-z]{8,40}$":
                continue
            for value in (record, upload):
                theirs = other.request(method, address, json=put(body, way, value))
                assert theirs.status_code in (403, 404, 422), (method, path, way, theirs.text)
                assert "canary" not in theirs.text
            fields += 1
    assert walked >= 10
    assert fields >= 8
    assert mine.get(f"/v1/records/{record}").json()["tags"] == ["canarytag"]
    assert shared.jobs.get(record, None).state == "done"
    assert other.get("/v1/jobs").json()["jobs"] == []


def test_no_route_writes_by_cookie_for_another_site(shared: House) -> None:
    browser = shared.browser()
    written = 0
    for method, path, about in operations(shared)[0]:
        if method in ("GET", "HEAD"):
            continue
        _, body = body_of(about, operations(shared)[1]) if not written else ({}, {})
        address = path.replace("{job}", "0" * 26).replace("{record}", "0" * 26)
        address = address.replace("{upload}", "0" * 26).replace("{key}", "0" * 8)
        for headers in (
            {}, {"X-Tapeloom": "1", "Origin": "http://evil.example"},
            {"X-Tapeloom": "1", "Sec-Fetch-Site": "cross-site"},
        ):  # fmt: skip
            answer = browser.request(method, address, json=body, headers=headers)
            assert answer.status_code == 403, (method, path, headers)
        written += 1
    assert written > 15
    assert browser.get("/v1/session").status_code == 200


WATCHER = """
import os, sys
_NAMES = ("open", "os.listdir", "os.scandir", "socket.connect", "socket.getaddrinfo", "os.system",
          "subprocess.Popen", "os.exec", "os.posix_spawn", "urllib.Request", "os.mkdir",
          "os.rename", "os.remove", "shutil.rmtree", "glob.glob")
_file = os.open(os.environ["TAPELOOM_WATCH"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def _hook(name, given):
    if name in _NAMES and "canary" in repr(given).lower():
        os.write(_file, f"{name} {given!r}\\n".encode())
sys.addaudithook(_hook)
"""
CANARIES = (
    "/tmp/canary/score.mid", "../../canary", "file:///tmp/canary", "http://canary.invalid/a.mid",  # noqa: S108
    "s3://canary/a", "memory://canary", "simplecache::http://canary.invalid/a", "|touch canary",
    "$(touch canary)", "\\\\canary\\share\\a.mid", "canary.mid", "canary\r\nSet-Cookie: canary=1",
)  # fmt: skip


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Writes down whatever this process, and each that it starts, opens of a canary's name."""
    told, folder = tmp_path / "told", tmp_path / "watcher"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCHER)
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.setenv("TAPELOOM_WATCH", str(told))
    exec(WATCHER, {})  # noqa: S102  (an audit hook stays for good; it looks for canaries only)
    yield told
    told.unlink(missing_ok=True)


def asked_for_canaries(house: House, canaries: tuple[str, ...]) -> list[httpx.Response]:
    """Put each canary into each text of each route's body and query."""
    client = house.client("read", "write")
    found, schemas = operations(house)
    answers = []
    for number, (method, path, about) in enumerate(found):
        if path.endswith("/events") or "{" in path or path == "/v1/session":
            continue
        schema, body = body_of(about, schemas)
        for place, (way, leaf) in enumerate(strings(schema, schemas) if schema else ()):
            if leaf.get("pattern") == "^[0-9a-z]{8,40}$" and place:
                continue
            for canary in canaries[(number + place) % 2 :: 2] if len(canaries) > 3 else canaries:
                asked_so = client.request(method, path, json=put(body, way, canary))
                answers.append(asked_so)
        for one in about.get("parameters", ()):
            if one["in"] == "query":
                asked = {one["name"]: canaries[number % len(canaries)]}
                answers.append(client.request(method, path, params=asked, content=b"{}",
                                              headers=JSON))  # fmt: skip
    return answers


def harmless(answers: list[httpx.Response]) -> None:
    for answer in answers:
        assert answer.status_code < 500, answer.text
        assert "set-cookie" not in answer.headers
        assert b"root:" not in answer.content


def test_the_watcher_sees_what_is_opened(watched: Path, tmp_path: Path) -> None:
    with suppress(OSError):
        (tmp_path / "canary").read_text()
    with suppress(OSError):
        socket.getaddrinfo("canary.invalid", 80)
    os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", "open('canary')"])  # noqa: S606
    told = watched.read_text()
    assert told.count("open (") == 2
    assert "getaddrinfo" in told


@pytest.mark.slow
def test_no_text_of_a_request_is_opened_as_a_file_or_an_address(
    watched: Path, house: House
) -> None:
    answers = asked_for_canaries(house, CANARIES[3:6:2])
    harmless(answers)
    assert len(answers) > 60
    assert {answer.status_code for answer in answers} >= {202, 422}
    assert not watched.read_text()


@pytest.mark.slow
def test_no_text_of_an_order_is_opened_by_a_worker(
    watched: Path, house: House, tmp_path: Path
) -> None:
    from tapeloom.app.jobs.pool import WorkerPool

    harmless(asked_for_canaries(house, CANARIES))
    client = house.client("admin")
    for state in ("queued", "running"):
        for job in client.get("/v1/jobs", params={"state": state, "limit": 200}).json()["jobs"]:
            client.post(f"/v1/jobs/{job['id']}/cancel")
    made = []
    for canary in CANARIES[:-1]:
        for name in ("words", "artist"):
            body = {"bars": 4, "bpm": 120, name: canary}
            kind = "make" if name == "artist" else "compose"
            if kind == "make" and len(made) > 6:
                continue
            answer = client.post(f"/v1/{kind}", json=body)
            if answer.status_code == 202:
                made.append(answer.json()["id"])
    assert len(made) > 10
    with WorkerPool(1, arguments=["--data", str(tmp_path), "--quiet"],
                    environment={"TAPELOOM_POLL_S": "0.1"}):  # fmt: skip
        ended = [house.jobs.wait_for(job, None, timeout_s=300) for job in made]
    assert {job.state for job in ended} == {"done"}
    opened = [line for line in watched.read_text().splitlines() if line]
    # An upload's file has its name, in a folder of its own that is emptied by its descriptor.
    ours = ("/tapeloom-upload-", "os.remove ('canary.mid', ", str(tmp_path))
    assert not [line for line in opened if not any(word in line for word in ours)]


def test_headers_and_bodies_that_drip_are_cut_off(shared: House) -> None:
    """Each byte comes in time; all of them do not."""
    key = shared.client("read", "write").headers["Authorization"]
    head = f"Host: 127.0.0.1\r\nAuthorization: {key}\r\n"
    begun = {
        "headers": b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        "body": f"POST /v1/make HTTP/1.1\r\n{head}Content-Type: application/json\r\n"
                "Content-Length: 900\r\n\r\n".encode(),
        "chunks": f"POST /v1/make HTTP/1.1\r\n{head}Content-Type: application/json\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n".encode(),
        "upload": f"POST /v1/uploads?name=a.wav HTTP/1.1\r\n{head}"
                  "Content-Length: 900000\r\n\r\n".encode(),
    }  # fmt: skip

    def drip(kind: str) -> float:
        begin = time.monotonic()
        with closing(socket.create_connection(("127.0.0.1", shared.port), 5)) as connection:
            connection.sendall(begun[kind])
            connection.settimeout(0.1)
            while time.monotonic() - begin < 8:
                try:
                    connection.sendall(b"1\r\na\r\n" if kind == "chunks" else b"a")
                    if connection.recv(4096) == b"":
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
        return time.monotonic() - begin

    with ThreadPoolExecutor(len(begun)) as pool:
        lasted = dict(zip(begun, pool.map(drip, begun), strict=True))
    assert max(lasted.values()) < 6, lasted
    assert shared.client().get("/healthz").status_code == 200


def test_links_and_sessions_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'keys'}")
    create_tables(engine)
    ring = KeyRing(engine)
    now = time.time()
    late, good = ring.make_link(), None
    monkeypatch.setattr(keys_module.time, "time", lambda: now + LINK_S + 1)
    assert ring.log_in(late) is None
    older, newer = ring.make_link(), ring.make_link()
    assert ring.log_in(older) is None  # a newer link makes it void
    good = ring.log_in(newer)
    assert good is not None
    assert ring.log_in(newer) is None
    monkeypatch.setattr(keys_module.time, "time", lambda: now + LINK_S + SESSION_S - 9)
    assert ring.look_up("session", good) is not None
    monkeypatch.setattr(keys_module.time, "time", lambda: now + LINK_S + SESSION_S + 9)
    assert ring.look_up("session", good) is None
    assert ring.is_new()
    assert ring.look_up("key", good) is None  # a session is no key
    engine.dispose()


def test_of_many_who_use_a_link_at_once_one_comes_in(house: House) -> None:
    token = house.service.keys.make_link()
    barrier = threading.Barrier(8)

    def log_in(_: int) -> int:
        with httpx.Client(base_url=house.url) as browser:
            barrier.wait()
            return browser.get("/login", params={"token": token}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(log_in, range(8))) == [303] + [401] * 7


def test_a_secret_is_compared_in_constant_time(
    shared: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    real = keys_module.hmac.compare_digest

    def compare(first: str, second: str) -> bool:
        compared.append((len(first), len(second)))
        return real(first, second)

    monkeypatch.setattr(keys_module.hmac, "compare_digest", compare)
    client = shared.client("read")
    good = client.headers["Authorization"]
    for secret, status in ((good, 200), (good[:-8], 401), (good[:-1] + "?", 401)):
        answer = client.get("/v1/session", headers={"Authorization": secret})
        assert answer.status_code == status
    assert compared == [(64, 64)] * 3  # hashes of one length, whatever was sent


def test_the_cookie_is_bound_to_https_where_the_browser_came_by_it(shared: House) -> None:
    for proto, is_secure in (("https", True), ("http", False)):
        token = shared.service.keys.make_link()
        answer = shared.client().get("/login", params={"token": token},
                                     headers={"X-Forwarded-Proto": proto})  # fmt: skip
        cookie = answer.headers["set-cookie"]
        assert ("Secure" in cookie) == is_secure
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    shared.client()  # a browser that is not logged in has no session
    stale = shared.client()
    stale.cookies.set("tapeloom_session", "a" * 43)
    assert stale.get("/v1/session").status_code == 401


def test_names_of_uploads_and_titles_stay_text(shared: House) -> None:
    client = shared.client("read", "write")
    hostile = '<img src=x onerror="alert(1)">'
    sent = client.post("/v1/uploads", params={"name": f"{hostile}.mid"}, content=midi())
    assert sent.status_code == 201
    assert "<" not in sent.json()["name"]
    record = shared.record(me(client), {"page.html": b"<script>1</script>", "a.svg": b"<svg/>"},
                           title=hostile)  # fmt: skip
    told = client.get("/v1/records", params={"q": "onerror"})
    assert told.headers["content-type"] == "application/json"
    for name in ("page.html", "a.svg"):
        file = client.get(f"/v1/artefacts/{record}/{name}")
        assert file.headers["content-type"] == "application/octet-stream"
        assert file.headers["content-disposition"].startswith("attachment")
        assert file.headers["x-content-type-options"] == "nosniff"
    assert json.loads(told.text)["records"][0]["title"] == hostile


LATE = (  # a note that ends after 2^28 - 1 beats
    b"MThd\0\0\0\6\0\0\0\1\0\1MTrk\0\0\0\x10\0\x90\x40\x40\xff\xff\xff\x7f\x80\x40\0\0\xff\x2f\0\0"
)


def mp3(seconds: int) -> bytes:
    """Silence, at the lowest rate there is."""
    import av

    written = io.BytesIO()
    with av.open(written, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=8000)
        stream.bit_rate = 8000
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 8000 * seconds), np.int16), format="s16", layout="mono"
        )
        frame.rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return written.getvalue()


def lying_flac() -> bytes:
    """A few bytes whose header claims 2^36 - 1 samples."""
    written = io.BytesIO()
    soundfile.write(written, np.zeros(8000, np.int16), 8000, format="FLAC")
    told = bytearray(written.getvalue())
    told[21] |= 0x0F
    told[22:26] = b"\xff" * 4
    return bytes(told)


def crowded_mxl() -> bytes:
    """A zip of very many entries, one of which names a way out."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("META-INF/container.xml", '<container><rootfiles><rootfile full-path='
                         '"../../../../etc/passwd"/></rootfiles></container>')  # fmt: skip
        for number in range(5000):
            archive.writestr(f"{number}", b"")
    return packed.getvalue()


def laughs() -> bytes:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY a0 "ha">{levels}]><score-partwise>&a9;</score-partwise>'.encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("long.mp3", lambda: mp3(700), marks=pytest.mark.slow),
        ("lying.flac", lying_flac),
        ("crowded.mxl", crowded_mxl),
        ("laughs.musicxml", laughs),
        ("laughs.xml", lambda: b"\xff\xfe" + laughs().decode().encode("utf-16-le")),
        ("outside.xml", lambda: b'<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/passwd">%b;]><a/>'),
        ("late.mid", lambda: LATE),
        ("large.mid", lambda: b"MThd\0\0\0\6\0\1\xff\xff\1\xe0MTrk\xff\xff\xff\xff\0\xff\x2f\0"),
        ("digits.json", lambda: b'{"ppq": ' + b"9" * 100_000 + b"}"),
    ],
)
def test_what_grows_when_it_is_read_is_refused(
    shared: House, name: str, content: Callable[[], bytes]
) -> None:
    client = shared.client("read", "write")
    answer = client.post("/v1/uploads", params={"name": name}, content=content())
    assert answer.status_code == 422, (answer.status_code, answer.text)
    assert "root:" not in answer.text
    assert client.get("/healthz").status_code == 200


@pytest.mark.slow
@pytest.mark.skipif(not POSTGRES.is_dir(), reason="needs PostgreSQL 15")
def test_no_password_nor_key_is_written_by_any_process(tmp_path: Path) -> None:
    """The service and its worker, with PostgreSQL that goes away while they work."""
    port, secret = free_port(), "a-password-of-the-database"
    with Postgres(tmp_path) as postgres:
        url = postgres.url.replace("tapeloom@", f"tapeloom:{secret}@")
        program = "from tapeloom.app.commands import main; main()"
        command = [sys.executable, "-c", program, "serve", "--port", str(port), "--workers", "1",
                   "--data", str(tmp_path / "data"), "--quiet"]  # fmt: skip
        environment = {**os.environ, "TAPELOOM_DATABASE_URL": url, "TAPELOOM_POLL_S": "0.1"}
        log = (tmp_path / "log").open("w")
        with log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process:
            try:
                with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                    until_it_answers(client)
                    token = re.search(r"token=(\S+)", (tmp_path / "log").read_text())
                    assert token is not None
                    client.get("/login", params={"token": token[1]})
                    session = client.cookies["tapeloom_session"]
                    headers = {"X-Tapeloom": "1"}
                    key = client.post("/v1/keys", json={"name": "a", "scopes": ["write", "read"]},
                                      headers=headers).json()["key"]  # fmt: skip
                    by_key = {"Authorization": f"Bearer {key}"}
                    client.post("/v1/compose", json={"bars": 4}, headers=by_key)
                    client.get(f"/v1/jobs?key={key}", headers=by_key)
                    client.get(f"/{key}")
                    postgres.stop()
                    lost = client.post("/v1/compose", json={"bars": 4}, headers=by_key)
                    assert lost.status_code == 503
                    time.sleep(3)
                    postgres.start()
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(60)
    written = (tmp_path / "log").read_text()
    assert "does not answer" in written or "connection" in written
    for word in (secret, key.rpartition("_")[2], session):
        assert word not in written
    assert written.count(token[1]) == 1  # printed for whoever started it
    ran = tapeloom("data", "info", cwd=tmp_path, TAPELOOM_DATABASE_URL=url.replace("jobs", "no"))
    assert ran.code == 1
    assert secret not in ran.err + ran.out
