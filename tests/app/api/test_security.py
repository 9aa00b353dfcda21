"""What somebody with bad intentions tries: all of it is refused, and nothing tells a secret."""

import io
import json
import logging
import re
import socket
import struct
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import httpx
import numpy as np
import pytest
import soundfile
import sqlalchemy as sa

from tapeloom.app.api.gate import POLICY
from tapeloom.app.api.tables import UPLOADS
from tapeloom.app.logs import JsonFormatter, configure_logs, redact

from .conftest import LIMITS, House, me, midi


def test_nobody_comes_in_without_a_key(shared: House) -> None:
    paths = json.loads(shared.client().get("/openapi.json").text)["paths"]
    stranger = shared.client()
    opened = []
    for path, methods in paths.items():
        for method in methods:
            address = (
                path.replace("{job}", "0" * 26).replace("{name}", "a").replace("{record}", "0")
            )
            answer = stranger.request(
                method, address.replace("{upload}", "0").replace("{key}", "0"),
                content=b"{}", headers={"Content-Type": "application/json"},
            )  # fmt: skip
            if answer.status_code not in (401, 429):
                opened.append(path)
    assert opened == ["/healthz", "/readyz", "/metrics"]


def test_a_key_does_what_its_scopes_say_until_it_is_revoked(shared: House) -> None:
    reader = shared.client("read")
    assert reader.get("/v1/jobs").status_code == 200
    refused = reader.post("/v1/make", json={"words": "rain"})
    assert refused.status_code == 403
    assert "'write'" in refused.json()["detail"]
    assert reader.get("/v1/keys").status_code == 403
    assert shared.client("admin").delete(f"/v1/keys/{me(reader)}").status_code == 204
    assert reader.get("/v1/jobs").status_code == 401


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer tapeloom_00000000_x", "Basic YTpi", "Bearer " + "a" * 5000,
     "Bearer tapeloom__", "Bearer é"],
)  # fmt: skip
def test_forged_keys_are_refused(shared: House, header: str) -> None:
    answer = shared.client().get("/v1/jobs", headers={"Authorization": header.encode("utf-8")})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_key_with_another_secret_is_refused(shared: House) -> None:
    client = shared.client("read")
    text = client.headers["Authorization"]
    client.headers["Authorization"] = text[:-4] + ("AAAA" if not text.endswith("AAAA") else "BBBB")
    assert client.get("/v1/jobs").status_code == 401


def test_the_database_holds_hashes_only(shared: House) -> None:
    client = shared.client("read")
    secret = client.headers["Authorization"].rpartition("_")[2]
    with shared.jobs.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM tapeloom_keys").fetchall()
    assert secret not in repr(rows)


def test_another_keys_things_look_as_if_they_were_not_there(shared: House) -> None:
    mine, other = shared.client("read", "write"), shared.client("read", "write")
    record = shared.record(me(mine))
    job = mine.post("/v1/make", json={"words": "rain"}).json()["id"]
    upload = mine.post("/v1/uploads", params={"name": "a.mid"}, content=midi()).json()["id"]
    forged = "0" * 26
    for mask in (lambda text, known: text.replace(known, "ID"),):
        for method, path, body in (
            ("GET", "/v1/jobs/{}", None), ("POST", "/v1/jobs/{}/cancel", None),
            ("GET", "/v1/artefacts/{}/master.flac", None), ("GET", "/v1/records/{}", None),
            ("PUT", "/v1/records/{}/tags", {"tags": ["a"]}),
            ("GET", "/v1/jobs/{}/events", None), ("POST", "/v1/jobs/{}/retry", None),
        ):  # fmt: skip
            theirs = other.request(method, path.format(record), json=body)
            nothing = other.request(method, path.format(forged), json=body)
            assert theirs.status_code == nothing.status_code == 404, path
            assert mask(theirs.text, record) == mask(nothing.text, forged)
    assert other.get(f"/v1/uploads/{upload}").status_code == 404
    assert other.post("/v1/render", json={"upload": upload}).status_code == 404
    assert (
        other.post("/v1/master", json={"record": record, "file": "master.flac"}).status_code == 404
    )
    assert other.post("/v1/make", json={"base": record}).status_code in (404, 422)
    assert other.get("/v1/jobs").json()["jobs"] == []
    assert other.get("/v1/records").json()["records"] == []
    assert mine.get(f"/v1/jobs/{job}").json()["state"] == "queued"
    everything = shared.client("admin").get("/v1/records", params={"limit": 200}).json()["records"]
    assert record in [each["id"] for each in everything]


@pytest.mark.parametrize(
    "name",
    ["../../service.sqlite", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/jobs.sqlite", "/etc/passwd",
     "master.flac/../../x", "..\\..\\x", "master.flac%00.png", ".", ""],
)  # fmt: skip
def test_no_path_leads_out_of_a_job(shared: House, name: str) -> None:
    client = shared.client("read")
    record = shared.record(me(client))
    head = f"GET /v1/artefacts/{record}/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    head += f"Authorization: {client.headers['Authorization']}\r\nConnection: close\r\n\r\n"
    answer = raw(shared, head.encode())
    assert answer.split(b" ")[1] in (b"404", b"422", b"400", b"401"), answer[:200]
    for path in ("/../pyproject.toml", "/%2e%2e/__init__.py", "/..%2fapi%2fkeys.py"):
        assert b"200 OK" not in raw(
            shared, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
        )


def raw(house: House, data: bytes, *, wait_s: float = 5.0) -> bytes:
    """Send bytes as they are; return all that comes back until the other side closes."""
    with closing(socket.create_connection(("127.0.0.1", house.port), wait_s)) as connection:
        connection.sendall(data)
        parts = []
        try:
            while part := connection.recv(65_536):
                parts.append(part)
        except (TimeoutError, ConnectionError):
            pass
        return b"".join(parts)


def mxl(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("score.musicxml", content)
    return packed.getvalue()


def silence(seconds: float) -> bytes:
    """A FLAC file that unpacks to a hundred times its size."""
    written = io.BytesIO()
    soundfile.write(written, np.zeros(round(8000 * seconds), np.int16), 8000, format="FLAC")
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bomb.mxl", lambda: mxl(b"\0" * (65 * 2**20))),
        ("entities.musicxml", b'<!DOCTYPE a [<!ENTITY b "c">]><score>&b;</score>'),
        ("outside.musicxml", b'<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>'),
        ("nozip.mxl", b"PK\x03\x04 no zip at all"),
        ("long.flac", lambda: silence(700.0)),
        ("lying.wav", b"RIFF" + struct.pack("<I", 2**31) + b"WAVEfmt " + struct.pack(
            "<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + struct.pack("<I", 2**31 - 44)),
        ("many.mid", lambda: midi(3_000)),
        ("empty.mid", b""),
        ("text.mid", b"this is no MIDI file"),
        ("deep.json", b"[" * 100_000),
        ("program.exe", b"MZ"),
        ("https://example.com/a.mid", midi()),
        ("file:///etc/passwd", b"x"),
    ],
)  # fmt: skip
def test_bombs_and_addresses_are_refused_as_uploads(
    shared: House, name: str, content: bytes | Callable[[], bytes]
) -> None:
    client = shared.client("read", "write")
    content = content if isinstance(content, bytes) else content()
    answer = client.post("/v1/uploads", params={"name": name}, content=content)
    assert answer.status_code == 422, (answer.status_code, answer.text)
    assert "/tmp" not in answer.text  # noqa: S108  (no folder of ours is told)


def test_bodies_are_bounded_whatever_they_say_of_themselves(shared: House) -> None:
    client = shared.client("read", "write")
    large = b'{"words": "' + b"a" * LIMITS.body_bytes + b'"}'
    headers = {"Content-Type": "application/json"}
    assert client.post("/v1/make", content=large, headers=headers).status_code == 413
    parts = (large[i : i + 4096] for i in range(0, len(large), 4096))  # without a length
    assert client.post("/v1/make", content=parts, headers=headers).status_code == 413
    upload = client.post("/v1/uploads", params={"name": "a.wav"}, content=b"0" * (2**20 + 1))
    assert upload.status_code == 413
    assert upload.headers["content-type"] == "application/problem+json"
    form = client.post("/v1/make", data={"words": "rain"})
    assert form.status_code == 415
    deep = client.post("/v1/make", content=b'{"words":' + b"[" * 30_000, headers=headers)
    assert deep.status_code in (400, 422)


def test_all_uploads_of_one_owner_are_bounded_together(
    shared: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = shared.client("read", "write")
    monkeypatch.setattr(shared.service.uploads, "_limits", replace(LIMITS, stored_bytes=200))
    sizes = [
        client.post("/v1/uploads", params={"name": "a.mid"}, content=midi(8)).status_code
        for _ in range(3)
    ]
    assert sizes == [201, 201, 413]
    with shared.jobs.database.engine.connect() as connection:
        rows = connection.execute(sa.select(UPLOADS).where(UPLOADS.c.owner == me(client))).all()
    assert client.delete(f"/v1/uploads/{rows[0].id}").status_code == 204
    assert not shared.jobs.store.exists(rows[0].artefact)
    assert client.post("/v1/uploads", params={"name": "a.mid"}, content=midi(8)).status_code == 201


def test_slow_headers_and_slow_bodies_are_cut_off(shared: House) -> None:
    begin = time.monotonic()
    assert raw(shared, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ") == b""
    key = shared.client("read", "write").headers["Authorization"]
    head = (
        f"POST /v1/make HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {key}\r\n"
        "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
    )
    answer = raw(shared, head.encode())
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"problem+json" in answer
    assert time.monotonic() - begin < 5


def test_a_write_by_cookie_must_come_from_our_own_pages(shared: House) -> None:
    browser = shared.browser()
    ours = {"X-Tapeloom": "1", "Origin": shared.url, "Sec-Fetch-Site": "same-origin"}
    assert browser.post("/v1/compose", json={"bars": 8}, headers=ours).status_code == 202
    for change in (
        {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}, {"X-Tapeloom": None},
    ):  # fmt: skip
        headers = {k: v for k, v in {**ours, **change}.items() if v is not None}
        answer = browser.post("/v1/compose", json={"bars": 8}, headers=headers)
        assert answer.status_code == 403, change
    assert browser.get("/v1/jobs").status_code == 200
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    preflight = browser.options("/v1/make", headers=asks)
    assert "access-control-allow-origin" not in preflight.headers


def test_the_one_time_link_works_once_and_its_cookie_is_kept_from_scripts(shared: House) -> None:
    token = shared.service.keys.make_link()
    first = shared.client().get("/login", params={"token": token})
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert first.headers["location"] == "/"
    assert shared.client().get("/login", params={"token": token}).status_code == 401
    browser = shared.browser()
    assert browser.get("/v1/session").json()["scopes"] == ["admin"]
    headers = {"X-Tapeloom": "1"}
    body = {"name": "script", "scopes": ["read"], "per_minute": 5}
    made = browser.post("/v1/keys", json=body, headers=headers)
    assert made.status_code == 201
    key = made.json()["key"]
    by_key = shared.client()
    by_key.headers["Authorization"] = f"Bearer {key}"
    assert by_key.get("/v1/jobs").status_code == 200
    listed = browser.get("/v1/keys")
    assert key.rpartition("_")[2] not in listed.text
    assert browser.delete("/v1/session", headers=headers).status_code == 204
    assert browser.get("/v1/jobs").status_code == 401


def test_a_key_may_ask_only_so_often(shared: House) -> None:
    client = shared.client("read", per_minute=1)
    statuses = [client.get("/v1/session").status_code for _ in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    assert int(client.get("/v1/session").headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "a@127.0.0.1", "", "127.0.0.1:x"]
)
def test_an_unknown_host_is_refused(shared: House, host: str) -> None:
    head = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    assert raw(shared, head.encode()).split(b" ")[1] == b"400"
    assert shared.client().get("/", headers={"Host": f"localhost:{shared.port}"}).status_code == 200


def test_headers_cannot_be_injected(shared: House) -> None:
    client = shared.client("read", "write")
    bad = client.get("/healthz", headers={"X-Request-Id": "a b; Set-Cookie: x=1"})
    assert bad.headers["x-request-id"] != "a b; Set-Cookie: x=1"
    assert (
        client.get("/healthz", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    )
    name = 'x"\r\nSet-Cookie: a=b.mid'
    sent = client.post("/v1/uploads", params={"name": name}, content=midi())
    assert sent.status_code == 422
    record = shared.record(me(client), {'odd "name";\u00e9.flac': b"abc"})
    file = client.get(f'/v1/artefacts/{record}/odd "name";\u00e9.flac')
    assert file.status_code == 200
    assert file.headers["content-disposition"] == (
        "inline; filename*=UTF-8''odd%20%22name%22%3B%C3%A9.flac"
    )


def test_pages_bind_the_browser(shared: House) -> None:
    page = shared.client().get("/")
    nonce = re.search(r'name="style-nonce" content="([\w-]{20,})"', page.text)
    assert nonce is not None
    own = POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce[1]}'")
    assert page.headers["content-security-policy"] == own
    assert nonce[1] not in shared.client().get("/").text  # another one each time
    assert shared.client().get("/app.js").headers["content-security-policy"] == POLICY
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["cache-control"] == "no-cache"
    assert shared.client().get("/v1/jobs").headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=", page.text)
    assert shared.client().get("/docs.html").status_code == 200
    assert "server" not in page.headers


def test_no_secret_reaches_a_log(shared: House) -> None:
    written = io.StringIO()
    before = logging.getLogger().handlers, logging.getLogger().level
    try:
        configure_logs(written, level=logging.DEBUG)
        client = shared.client("read", "write")
        token = shared.service.keys.make_link()
        shared.client().get("/login", params={"token": token})
        browser = shared.browser()
        browser.get("/v1/jobs")
        job = client.post("/v1/make", json={"words": "a private brief"}).json()["id"]
        client.get(f"/v1/jobs/{job}")
        raw(shared, b"broken\r\n\r\n")
    finally:
        root = logging.getLogger()
        root.handlers, root.level = before
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    lines = [line for line in lines if not line["logger"].startswith("http")]  # the test's client
    told = [line for line in lines if line["logger"] == "tapeloom.access"]
    assert {"/login", "/v1/make", "/v1/jobs/{job}"} <= {line["route"] for line in told}
    assert job in [line.get("job_id") for line in told]
    assert all(line["request_id"] for line in told)
    secret = client.headers["Authorization"].rpartition("_")[2]
    for word in (secret, token, browser.cookies["tapeloom_session"], "private brief"):
        assert word not in json.dumps(lines)


def test_a_log_line_hides_what_looks_like_a_secret() -> None:
    record = logging.makeLogRecord({"msg": "Authorization: Bearer abc.def", "levelname": "INFO"})
    assert "abc.def" not in JsonFormatter().format(record)
    assert redact("nothing to hide") == "nothing to hide"


def test_a_fault_of_ours_is_a_500_without_its_inside(
    shared: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(shared.jobs, "list", fail)
    answer = shared.client("read").get("/v1/jobs")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "inside" not in answer.text
    assert answer.headers["x-request-id"] in answer.json()["detail"]
    assert "inside" in caplog.text


def test_unknown_addresses_and_methods_are_problems(shared: House) -> None:
    client = shared.client("read")
    for method, path, status in (
        ("GET", "/v1/nothing", 404), ("GET", "/nothing", 404), ("DELETE", "/v1/make", 405),
        ("POST", "/", 405), ("GET", "/v1/make", 405), ("GET", "/v1/jobs/NO!", 422),
    ):  # fmt: skip
        answer: httpx.Response = client.request(method, path)
        assert answer.status_code == status, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
