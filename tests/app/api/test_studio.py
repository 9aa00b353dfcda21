"""The studio's page, all that it needs to begin, and what it shows of jobs and covers."""

import gzip
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tapeloom.app.api.studio import WEB, shell
from tapeloom.app.jobs import JobOrder, ledger

from .conftest import House, me

MOST_FIRST_LOAD = 300_000  # bytes
VENDORED = WEB / "vendor" / "manrope.woff2"
_IMPORT = re.compile(r'^(?:import|export)\b[^"]*?from "(\./[^"]+|\.\./[^"]+)"', re.MULTILINE)
_LINKED = re.compile(r'(?:href|src)="([^"#]+\.(?:css|js|svg|webmanifest))"')
_FONT = re.compile(r'url\("([^"]+)"\)')


def test_the_page_has_a_nonce_of_its_own_and_allows_nothing_inline(shared: House) -> None:
    browser = shared.browser()
    pages = [browser.get("/"), browser.get("/index.html")]
    nonces = []
    for page in pages:
        policy = page.headers["content-security-policy"]
        found = re.search(r"style-src 'self' 'nonce-([\w-]+)'", policy)
        assert found
        assert f'name="style-nonce" content="{found[1]}"' in page.text
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
        assert "{{" not in page.text
        assert not re.search(r"<style|style=|<script>|\son\w+=", page.text)
        nonces.append(found[1])
    assert len(set(nonces)) == 2


def test_all_that_the_studio_keeps_offline_is_there(shared: House) -> None:
    client = shared.client()  # a stranger: the page itself is no secret
    names = client.get("/shell.json").json()
    assert names == shell()
    assert {"/", "/app.js", "/pages/make.js", "/styles/tokens.css"} <= set(names)
    assert not {"/index.html", "/sw.js"} & set(names)
    for name in names:
        answer = client.get(name)
        assert answer.status_code == 200, name
        assert answer.content, name
    assert client.get("/pages/none.js").status_code == 404
    assert client.get("/v1/none").headers["content-type"] == "application/problem+json"


def test_files_are_sent_compressed(shared: House) -> None:
    client = shared.client()
    for name in ("/", "/app.js", "/styles/layout.css"):
        packed = client.get(name, headers={"Accept-Encoding": "gzip"})
        plain = client.get(name, headers={"Accept-Encoding": "identity"})
        if name != "/":
            assert packed.headers["content-encoding"] == "gzip"
            assert packed.content == plain.content
        assert "content-encoding" not in plain.headers


def first_load() -> dict[Path, int]:
    """Return the files that a browser fetches before the page stands, with their bytes."""
    index = WEB / "index.html"
    wanted = [index, *(WEB / name for name in _LINKED.findall(index.read_text("utf-8")))]
    wanted.append(WEB / "pages" / "make.js")  # the page of the empty address
    found: dict[Path, int] = {}
    while wanted:
        path = wanted.pop().resolve()
        if path in found:
            continue
        content = path.read_bytes()
        found[path] = len(content) if path.suffix == ".woff2" else len(gzip.compress(content, 9))
        more = {".js": _IMPORT, ".css": _FONT}.get(path.suffix)
        if more is not None:
            wanted += [path.parent / name for name in more.findall(content.decode("utf-8"))]
    return found


@pytest.mark.skipif(not VENDORED.is_file(), reason="the build has not fetched what comes from npm")
def test_the_first_load_stays_small() -> None:
    weights = first_load()
    names = {path.name for path in weights}
    assert {"index.html", "app.js", "player.js", "making.js", "make.css", "manrope.woff2"} <= names
    assert not {"wavesurfer.js", "uplot.js", "compare.js"} & names  # only where they are shown
    total = sum(weights.values())
    assert total < MOST_FIRST_LOAD, sorted(weights.items(), key=lambda each: -each[1])[:10]


def test_every_module_that_is_named_is_there() -> None:
    for path in (one for one in WEB.rglob("*.js") if one.parent.name != "vendor"):
        text = path.read_text("utf-8")
        for name in [*_IMPORT.findall(text), *re.findall(r'import\("([^"]+)"\)', text)]:
            assert (path.parent / name).is_file() or "vendor" in name, f"{path.name}: {name}"


@pytest.mark.slow
def test_a_cover_is_shown_small(shared: House) -> None:
    client = shared.client("read")
    held = io.BytesIO()
    Image.fromarray(np.full((900, 900, 3), (200, 120, 40), np.uint8)).save(held, "PNG")
    record = shared.record(me(client), {"cover.png": held.getvalue()})
    asked = {"width": 160}
    answer = client.get(f"/v1/records/{record}/cover", params=asked, timeout=300)
    assert answer.headers["content-type"] == "image/jpeg"
    small = Image.open(io.BytesIO(answer.content))
    assert small.size == (160, 160)
    np.testing.assert_allclose(np.asarray(small).mean(axis=(0, 1)), (200, 120, 40), atol=3)
    known = {"If-None-Match": answer.headers["etag"]}
    again = client.get(f"/v1/records/{record}/cover", params=asked, headers=known)
    assert again.status_code == 304
    assert client.get(f"/v1/records/{record}/cover", params={"width": 161}).status_code == 422
    bare = shared.record(me(client))
    assert client.get(f"/v1/records/{bare}/cover").status_code == 404
    stranger = shared.client("read")
    assert stranger.get(f"/v1/records/{record}/cover").status_code == 404


def test_a_job_tells_how_long_its_stages_took(shared: House) -> None:
    client = shared.client("read")
    job = shared.jobs.submit(JobOrder("compose", {"words": "rain"}, me(client))).id
    assert client.get(f"/v1/jobs/{job}").json()["stages"] == []
    for stage, seconds in (("compose", 1.5), ("perform", 0.5)):
        ledger.end_stage(shared.jobs.database, job, "compose", stage, seconds)
    assert client.get(f"/v1/jobs/{job}").json()["stages"] == [
        {"name": "compose", "seconds": 1.5}, {"name": "perform", "seconds": 0.5},
    ]  # fmt: skip


def test_a_batch_tells_how_its_items_stand_in_lists_too(shared: House) -> None:
    client = shared.client("read")
    orders = [JobOrder("compose", {"seed": seed}, me(client)) for seed in (1, 2)]
    batch = shared.jobs.submit_batch(orders).id
    items = client.get("/v1/jobs", params={"parent": batch}).json()["jobs"]
    shared.finish(items[0]["id"], {"score.mid": b"x"})
    (told,) = [each for each in client.get("/v1/jobs").json()["jobs"] if each["id"] == batch]
    assert told["result"] == {"items": {"done": 1, "queued": 1}}
    assert told["progress"] == 0.5
