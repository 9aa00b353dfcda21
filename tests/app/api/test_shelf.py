"""Kits, training, schedules, covers and preferences over HTTP."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from PIL import Image

from tapeloom.app.jobs.schedules import give_order

from .conftest import House, me, midi

BRIEF = {"words": "rain", "seed": 3, "bars": 4}
FACTS = {"brief": BRIEF, "engine": "theory", "seed": 3, "cover": {}, "version": "1"}


def test_a_title_a_cover_and_a_master_are_part_of_an_order(shared: House) -> None:
    client = shared.client("read", "write")
    record = shared.record(me(client), **FACTS)
    settings = json.dumps({"target_lufs": -16.0}).encode()
    sent = client.post("/v1/uploads", params={"name": "master.json"}, content=settings).json()
    assert (sent["kind"], sent["duration_s"]) == ("settings", None)
    order = {
        "base": record, "title": "Night Bus", "files": {"master.json": sent["id"]},
        "cover": {"scene": "night sky", "seed": 7},
    }  # fmt: skip
    made = client.post("/v1/make", json=order)
    assert made.status_code == 202, made.text
    payload = made.json()["payload"]
    assert (payload["title"], payload["cover"]) == (
        "Night Bus",
        {"scene": "night sky", "seed": "7"},
    )
    for wrong in (
        {"title": "two\nlines"},
        {"cover": {"scene": "moon"}},
        {"cover": {"colour": "red"}},
        {"cover": {"grading": "sepia"}},
        {"base": record, "files": {"score.mid": sent["id"], "performance.mid": sent["id"]}},
        {"base": record, "files": {"performance.mid": sent["id"]},
         "rerolls": [{"role": "bass", "first_bar": 1, "last_bar": 2}]},
    ):  # fmt: skip
        assert client.post("/v1/make", json=wrong).status_code == 422, wrong


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"target_lufs": 7}, "target_lufs"),
        ({"target_lufs": -9, "loud": 1}, "no setting"),
        ({"channels": [{"name": "bass"}]}, "lacks loudness_lufs"),
        (
            {"channels": [{"name": "bass", "loudness_lufs": -20, "chain": [
                {"type": "Convolution", "response": {"type": "AudioFile", "path": "/etc/passwd"}}
            ]}]},
            "names a file of audio",
        ),
        ({"words": 1}, "cannot be read"),
    ],
)  # fmt: skip
def test_wrong_settings_are_refused_when_they_are_sent(
    shared: House, content: object, sentence: str
) -> None:
    client = shared.client("read", "write")
    answer = client.post(
        "/v1/uploads", params={"name": "mix.json"}, content=json.dumps(content).encode()
    )
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


def test_a_kit_is_ordered_of_own_records(shared: House) -> None:
    client = shared.client("read", "write")
    records = [shared.record(me(client)) for _ in range(2)]
    order = {"records": records, "targets": ["spotify", "vinyl"], "title": "Tides"}
    made = client.post("/v1/kits", json=order)
    assert made.status_code == 202, made.text
    assert (made.json()["kind"], made.json()["payload"]) == ("kit", order)
    stranger = shared.client("read", "write")
    assert stranger.post("/v1/kits", json=order).status_code == 404
    for wrong in ({"records": []}, {"records": records, "targets": ["tape"]}):
        assert client.post("/v1/kits", json=wrong).status_code == 422
    assert shared.client("read").post("/v1/kits", json=order).status_code == 403


def test_a_model_is_trained_on_own_uploads(shared: House) -> None:
    client = shared.client("read", "write")
    sent = [
        client.post("/v1/uploads", params={"name": f"{name}.mid"}, content=midi()).json()["id"]
        for name in "ab"
    ]
    made = client.post("/v1/train", json={"uploads": sent, "style": "jazz", "steps": 10})
    assert made.status_code == 202, made.text
    payload = made.json()["payload"]
    assert (len(payload["songs"]), payload["style"], payload["steps"]) == (2, "jazz", 10)
    wrong = client.post("/v1/train", json={"uploads": sent, "style": "polka"})
    assert (wrong.status_code, "jazz" in wrong.text) == (422, True)
    assert client.post("/v1/train", json={"uploads": sent[:1]}).status_code == 422
    assert shared.client("write").post("/v1/train", json={"uploads": sent}).status_code == 404
    table = client.post("/v1/uploads", params={"name": "c.txt"}, content=b"| Dm7 G7 | Cmaj7 |")
    other = client.post("/v1/train", json={"uploads": [*sent, table.json()["id"]]})
    assert (other.status_code, "no MIDI file" in other.text) == (422, True)


def test_a_schedule_is_made_held_and_dropped_by_its_owner(house: House) -> None:
    client, stranger = house.client("read", "write"), house.client("read", "write")
    form = {"name": "every morning", "cron": "0 6 * * *", "order": {"words": "dawn", "bars": 8}}
    made = client.post("/v1/schedules", json=form)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["name"], told["cron"], told["kind"]) == ("every morning", "0 6 * * *", "make")
    assert (told["order"], told["paused"]) == (form["order"], False)
    at = f"/v1/schedules/{told['id']}"
    assert client.get("/v1/schedules").json() == [told]
    assert stranger.get("/v1/schedules").json() == []
    assert stranger.delete(at).status_code == 404
    assert stranger.patch(at, json={"paused": True}).status_code == 404
    assert client.patch(at, json={"paused": True}).json()["paused"] is True
    assert client.get("/v1/schedules").json()[0]["paused"] is True
    assert house.client("admin").patch(at, json={"paused": False}).json()["paused"] is False
    (kept,) = house.jobs.client.list_schedules()
    job = give_order(house.jobs, datetime(2026, 1, 1, 6, tzinfo=UTC), kept["context"])
    assert house.jobs.get(job, me(client)).payload["words"] == "dawn"
    for wrong in ("0 0 6 * * *", "soon", "99 6 * * *", "@daily"):
        assert client.post("/v1/schedules", json={**form, "cron": wrong}).status_code == 422, wrong
    wrong_form = {**form, "order": {"form": "nonsense!"}}
    assert client.post("/v1/schedules", json=wrong_form).status_code == 422
    assert client.delete(at).status_code == 204
    assert client.delete(at).status_code == 404


def test_an_owner_has_a_bounded_number_of_schedules(
    shared: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tapeloom.app.api.route_studio.MOST_SCHEDULES", 0)
    form = {"name": "a", "cron": "0 6 * * *"}
    assert shared.client("write").post("/v1/schedules", json=form).status_code == 409


def test_a_cover_is_drawn_at_once_with_what_is_asked_of_it(shared: House) -> None:
    client = shared.client("read")
    record = shared.record(me(client), **FACTS)
    fields = {each["name"]: each["choices"] for each in client.get("/v1/covers/fields").json()}
    assert "beach" in fields["scene"]
    assert (fields["side"], fields["seed"]) == (["left", "right"], [])
    drawn = []
    for body in (
        {"record": record},
        {"record": record, "fields": {"scene": "beach", "time": "dawn"}},
        {"record": record, "seed": 9},
        {"words": "rainy night", "title": "Rain", "fields": {"grading": "warm"}},
    ):
        answer = client.post("/v1/covers", json={**body, "width": 96})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "image/png"
        assert Image.open(io.BytesIO(answer.content)).size == (96, 96)
        drawn.append(answer.content)
    assert len(set(drawn)) == 4
    assert client.post("/v1/covers", json={"record": record, "width": 96}).content == drawn[0]
    for wrong in (
        {"words": "rain"},
        {"record": record, "words": "rain"},
        {"record": record, "fields": {"scene": "moon"}},
        {"title": "Rain", "width": 4000},
    ):
        assert client.post("/v1/covers", json=wrong).status_code == 422, wrong
    assert shared.client("read").post("/v1/covers", json={"record": record}).status_code == 404


def test_a_preference_told_twice_with_one_key_is_kept_once(house: House) -> None:
    client, stranger = house.client("read", "write"), house.client("read", "write")
    a, b = house.record(me(client), **FACTS), house.record(me(client), **FACTS)
    told = {"a": a, "b": b, "choice": "b", "about": "melody", "listened_s": 12.5}
    key = {"Idempotency-Key": "tuesday"}
    with ThreadPoolExecutor(4) as pool:  # all at once: one of them is kept
        answers = list(
            pool.map(lambda _: client.post("/v1/preferences", json=told, headers=key), range(8))
        )
    assert {answer.status_code for answer in answers} == {201}, answers[0].text
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = client.post("/v1/preferences", json={**told, "choice": "a"}, headers=key)
    assert other.status_code == 409
    assert "'tuesday' belongs to another preference" in other.json()["detail"]
    client.delete(f"/v1/records/{a}")  # what was told stays told
    assert client.post("/v1/preferences", json=told, headers=key).json() == answers[0].json()
    assert len(client.get("/v1/preferences").json()["preferences"]) == 1
    c, d = house.record(me(stranger), **FACTS), house.record(me(stranger), **FACTS)
    theirs = stranger.post("/v1/preferences", json={**told, "a": c, "b": d}, headers=key)
    assert theirs.status_code == 201


def test_preferences_are_kept_and_given_out_for_training(house: House) -> None:
    client, stranger = house.client("read", "write"), house.client("read", "write")
    a, b = house.record(me(client), **FACTS), house.record(me(client), **FACTS)
    told = {"a": a, "b": b, "choice": "b", "about": "melody", "listened_s": 12.5}
    kept = client.post("/v1/preferences", json=told)
    assert kept.status_code == 201, kept.text
    client.post("/v1/preferences", json={"a": a, "b": b, "choice": "same"})
    page = client.get("/v1/preferences", params={"limit": 1}).json()
    assert page["preferences"][0]["choice"] == "same"
    rest = client.get("/v1/preferences", params={"before": page["before"]}).json()
    assert [each["id"] for each in rest["preferences"]] == [kept.json()["id"]]
    client.delete(f"/v1/records/{a}")
    answer = client.get("/v1/preferences", params={"format": "jsonl"})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    _, first = (json.loads(line) for line in answer.text.splitlines())
    assert (first["a"]["id"], first["a"]["brief"], first["a"]["engine"]) == (a, BRIEF, "theory")
    assert (first["choice"], first["about"], first["listened_s"]) == ("b", "melody", 12.5)
    assert "owner" not in first
    assert stranger.get("/v1/preferences").json()["preferences"] == []
    assert stranger.get("/v1/preferences", params={"format": "jsonl"}).text == ""
    other = house.record(me(stranger))
    for wrong, status in (
        ({**told, "a": b}, 422),
        ({**told, "a": other}, 404),
        ({**told, "a": b, "b": b}, 422),
        ({**told, "choice": "c"}, 422),
        ({**told, "about": "weather"}, 422),
    ):
        assert client.post("/v1/preferences", json=wrong).status_code == status, wrong
