"""Orders over HTTP: what becomes a job, what is answered at once, and what is refused."""

import io

import pytest
from PIL import Image

from .conftest import House, me, midi


def test_an_order_is_a_job_that_can_be_looked_at(shared: House) -> None:
    client = shared.client("read", "write")
    answer = client.post("/v1/make", json={"words": "rainy night", "bpm": 75, "key": "Am"})
    assert answer.status_code == 202
    job = answer.json()
    assert (job["kind"], job["state"]) == ("make", "queued")
    seed = job["payload"].pop("seed")
    assert 0 <= seed < 1_000_000
    assert job["payload"] == {"words": "rainy night", "bpm": 75.0, "key": "Am"}
    assert client.get(answer.headers["location"]).json()["id"] == job["id"]
    listed = client.get("/v1/jobs").json()["jobs"]
    assert [each["id"] for each in listed] == [job["id"]]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/make", {"words": "rain", "bmp": 80}),
        ("/v1/make", {"bpm": 0}),
        ("/v1/make", {"key": "H sharp"}),
        ("/v1/make", {"minutes": 1, "bars": 8}),
        ("/v1/make", {"words": "two\nlines"}),
        ("/v1/make", {"engine": "magic"}),
        ("/v1/make", {"seed": -1}),
        ("/v1/make", {"files": {"score.mid": "0123456789"}}),
        ("/v1/compose", {"form": "nonsense!"}),
        ("/v1/render", {}),
        ("/v1/master", {"upload": "00000000", "record": "00000000"}),
        ("/v1/master", {"upload": "https://example.com/a.wav"}),
        ("/v1/batches", {"count": 2, "items": [{"words": "rain"}]}),
        ("/v1/batches", {"csv": "words,bpm\nrain,0"}),
        ("/v1/batches", {"csv": "words,bmp\nrain,70"}),
        ("/v1/analyze", {"chords": "Dm7", "record": "00000000"}),
        ("/v1/analyze", {"chords": " "}),
        ("/v1/reharmonize", {"amount": 2, "chords": "Dm7"}),
        ("/v1/thumbnail", {"words": "rain"}),
    ],
)
def test_what_cannot_be_ordered_is_refused_in_a_sentence(
    shared: House, path: str, body: object
) -> None:
    answer = shared.client("read", "write").post(path, json=body)
    assert answer.status_code in (404, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["title"]
    assert told["detail"]


def test_the_same_idempotency_key_gives_the_same_job(shared: House) -> None:
    client = shared.client("read", "write")
    headers = {"Idempotency-Key": "mine-1"}
    first = client.post("/v1/make", json={"words": "snow"}, headers=headers).json()
    again = client.post("/v1/make", json={"words": "snow"}, headers=headers).json()
    assert first["id"] == again["id"]
    other = client.post("/v1/make", json={"words": "rain"}, headers=headers)
    assert other.status_code == 409
    assert len(client.get("/v1/jobs").json()["jobs"]) == 1


def test_a_batch_has_a_job_for_each_line_of_its_csv(shared: House) -> None:
    client = shared.client("read", "write")
    made = client.post("/v1/batches", json={"csv": "words,bars,seed\nrain,8,3\nsnow,16,4\n"})
    assert made.status_code == 202
    items = client.get("/v1/jobs", params={"parent": made.json()["id"]}).json()["jobs"]
    assert [each["payload"] for each in reversed(items)] == [
        {"words": "rain", "bars": 8, "seed": 3}, {"words": "snow", "bars": 16, "seed": 4},
    ]  # fmt: skip


def test_items_of_a_batch_are_counted_or_listed(shared: House) -> None:
    client = shared.client("read", "write")
    for body, seeds in (
        ({"order": {"words": "study", "seed": 7}, "count": 3}, [7, 8, 9]),
        ({"kind": "compose", "items": [{"seed": 1}, {"seed": 5}]}, [1, 5]),
    ):  # fmt: skip
        batch = client.post("/v1/batches", json=body).json()["id"]
        items = client.get("/v1/jobs", params={"parent": batch}).json()["jobs"]
        assert sorted(each["payload"]["seed"] for each in items) == seeds


def test_a_job_is_paused_resumed_cancelled_and_begun_again(shared: House) -> None:
    client = shared.client("read", "write")
    job = client.post("/v1/compose", json={"bars": 8}).json()["id"]
    states = [
        client.post(f"/v1/jobs/{job}/{verb}").json()["state"]
        for verb in ("pause", "resume", "cancel", "retry")
    ]
    assert states == ["paused", "queued", "cancelled", "queued"]
    refused = client.post(f"/v1/jobs/{job}/resume")
    assert refused.status_code == 409
    assert "queued" in refused.json()["detail"]


def test_chords_are_reharmonised_and_analysed_at_once(shared: House) -> None:
    client = shared.client("read", "write")
    found = client.post("/v1/reharmonize", json={"chords": "Dm7 G7 | Cmaj7", "amount": 0.9})
    assert found.status_code == 200
    assert found.json()["alternatives"][0]["chart"].startswith("|")
    told = client.post("/v1/analyze", json={"chords": "Dm7 G7 | Cmaj7"}).json()
    assert told["harmony"]["key"] == "C major"
    file = client.post("/v1/reharmonize", json={"chords": "/etc/passwd"})
    assert file.status_code == 422
    assert "root" not in file.text


def test_an_upload_is_analysed_at_once_where_small_and_rendered_by_a_job(shared: House) -> None:
    client = shared.client("read", "write")
    sent = client.post("/v1/uploads", params={"name": "../My tune.MID"}, content=midi())
    assert sent.status_code == 201
    upload = sent.json()
    assert (upload["name"], upload["kind"], upload["notes"]) == ("My tune.mid", "score", 16)
    told = client.post("/v1/analyze", json={"upload": upload["id"]})
    assert told.status_code == 200
    assert told.json()["notes"] == 16
    job = client.post("/v1/render", json={"upload": upload["id"], "mixed": False})
    assert job.status_code == 202
    large = client.post("/v1/uploads", params={"name": "large.mid"}, content=midi(600)).json()
    assert client.post("/v1/analyze", json={"upload": large["id"]}).status_code == 202
    assert client.post("/v1/reharmonize", json={"upload": large["id"]}).status_code == 422


def test_a_thumbnail_is_drawn_at_once(shared: House) -> None:
    body = {"words": "rainy night", "title": "Rain", "style": "minimal"}
    answer = shared.client("read").post("/v1/thumbnail", json=body)
    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (1280, 720)
    wrong = shared.client("read").post("/v1/thumbnail", json={**body, "style": "huge"})
    assert wrong.status_code == 422


def test_a_record_is_continued_with_an_edited_score(shared: House) -> None:
    client = shared.client("read", "write")
    record = shared.record(me(client))
    upload = client.post("/v1/uploads", params={"name": "score.mid"}, content=midi()).json()["id"]
    made = client.post("/v1/make", json={"base": record, "files": {"score.mid": upload}})
    assert made.status_code == 202, made.text
    assert made.json()["payload"]["base"] == record
    master = client.post("/v1/master", json={"record": record, "file": "master.flac"})
    assert master.status_code == 202
    assert client.post("/v1/describe", json={"record": record}).status_code == 202


def test_tables_tell_what_there_is(shared: House) -> None:
    client = shared.client("read")
    names = {name: {each["name"] for each in client.get(f"/v1/{name}").json()}
             for name in ("instruments", "presets", "models")}  # fmt: skip
    assert "felt_piano" in names["instruments"]
    assert {"streaming", "vinyl"} <= names["presets"]
    assert "generator" in names["models"]
