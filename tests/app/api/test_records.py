"""Records are found by their words and tags, and their files are sent whole or in part."""

import pytest

from tapeloom.app.api.downloads import byte_range
from tapeloom.app.api.problems import Problem

from .conftest import House, me

CONTENT = bytes(range(256)) * 4


def test_records_are_found_by_title_words_key_and_tag(house: House) -> None:
    client = house.client("read", "write")
    owner = me(client)
    rain = house.record(owner, title="Rain on Glass", words="rainy cafe")
    snow = house.record(owner, title="First Snow", words="winter 100%", key="Eb minor")
    house.record("somebody", title="Rain elsewhere")

    def found(**query: str) -> list[str]:
        return [each["id"] for each in client.get("/v1/records", params=query).json()["records"]]

    assert found() == [snow, rain]
    assert found(q="RAIN glass") == [rain]
    assert found(q="100%") == [snow]
    assert found(q="_") == []
    assert found(q="EB minor") == [snow]
    tagged = client.put(
        f"/v1/records/{rain}/tags", json={"tags": ["favourite", "favourite", "a b"]}
    )
    assert tagged.json()["tags"] == ["a b", "favourite"]
    assert found(tag="favourite") == [rain]
    assert client.get("/v1/tags").json() == {"a b": 1, "favourite": 1}
    page = client.get("/v1/records", params={"limit": 1}).json()
    assert [each["id"] for each in page["records"]] == [snow]
    assert found(before=page["before"]) == [rain]
    whole = client.get(f"/v1/records/{rain}").json()
    assert whole["facts"]["bpm"] == 75.0
    assert whole["artefacts"][0]["name"] == "master.flac"
    assert client.put(f"/v1/records/{rain}/tags", json={"tags": []}).json()["tags"] == []


def test_a_file_is_sent_with_its_type_name_and_tag(shared: House) -> None:
    client = shared.client("read")
    files = {"master.flac": CONTENT, "dry/keys_92bpm.flac": b"dry", "record.json": b"{}"}
    record = shared.record(me(client), files)
    at = f"/v1/artefacts/{record}"
    whole = client.get(f"{at}/master.flac")
    assert whole.content == CONTENT
    assert whole.headers["content-type"] == "audio/flac"
    assert whole.headers["content-disposition"] == "inline; filename*=UTF-8''master.flac"
    assert whole.headers["accept-ranges"] == "bytes"
    tag = whole.headers["etag"]
    assert client.get(f"{at}/master.flac", headers={"If-None-Match": tag}).status_code == 304
    head = client.head(f"{at}/master.flac")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(CONTENT)))
    assert client.get(f"{at}/dry/keys_92bpm.flac").content == b"dry"
    data = client.get(f"{at}/record.json")
    assert data.headers["content-disposition"].startswith("attachment")


def test_a_range_of_bytes_is_sent(shared: House) -> None:
    client = shared.client("read")
    path = f"/v1/artefacts/{shared.record(me(client), {'master.flac': CONTENT})}/master.flac"
    part = client.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, CONTENT[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(CONTENT)}"
    assert client.get(path, headers={"Range": "bytes=-5"}).content == CONTENT[-5:]
    beyond = client.get(path, headers={"Range": "bytes=5000-"})
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{len(CONTENT)}"
    assert beyond.headers["content-type"] == "application/problem+json"
    stale = client.get(path, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert (stale.status_code, stale.content) == (200, CONTENT)
    for odd in ("bytes=a-b", "lines=1-2", "bytes=9-1", "bytes=0-1,4-5", "bytes=-"):
        assert client.get(path, headers={"Range": odd}).status_code == 200, odd


def test_a_range_of_an_empty_file_cannot_be_met() -> None:
    with pytest.raises(Problem):
        byte_range("bytes=0-", 0)
