"""Records are named, noted, sorted and removed; all files of one come as a zip."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tapeloom.app.api.archive import Entry, stream_zip
from tapeloom.app.api.tables import RECORDS, TAGS
from tapeloom.app.jobs import JobOrder, Store, UnknownJob, removal, sweep
from tapeloom.app.jobs.database import events, removals
from tapeloom.app.jobs.database import jobs as jobs_table
from tapeloom.app.jobs.runner import Runner, Running
from tapeloom.app.jobs.work import Bench
from tapeloom.core.errors import InputError

from .conftest import House, me

FILES = {"master.flac": b"sound" * 100, "dry/keys_92bpm.flac": b"dry", "record.json": b"{}"}


def shown(client: Any, **query: Any) -> list[str]:
    return [each["id"] for each in client.get("/v1/records", params=query).json()["records"]]


def test_what_is_said_of_a_record_is_kept_beside_it(house: House) -> None:
    client = house.client("read", "write")
    record, other = house.record(me(client)), house.record(me(client), title="Other")
    at = f"/v1/records/{record}"
    said = client.patch(
        at, json={"title": "Night Bus", "note": "for\nAnn", "favourite": True, "tags": ["b", "a"]}
    )
    assert said.status_code == 200, said.text
    told = client.get(at).json()
    assert (told["title"], told["note"], told["favourite"]) == ("Night Bus", "for\nAnn", True)
    assert told["tags"] == ["a", "b"]
    assert told["facts"]["title"] == "Rain on Glass"
    client.patch(at, json={"note": "later"})
    assert client.get(at).json()["title"] == "Night Bus"
    assert shown(client, q="night") == shown(client, q="LATER") == [record]
    assert shown(client, favourite=True) == [record]
    assert shown(client, favourite=False) == [other]
    assert client.patch(at, json={"title": None}).json()["title"] == "Rain on Glass"
    for wrong in ({"title": ""}, {"title": "a\nb"}, {"note": "a\0"}, {"favourite": None}, {"x": 1}):
        assert client.patch(at, json=wrong).status_code == 422, wrong


def test_records_are_sorted_and_paged(house: House) -> None:
    client = house.client("read", "write")
    told = [
        house.record(me(client), title=title, bpm=bpm)
        for title, bpm in (("b", 80.0), ("C", None), ("a", 80.0), ("d", 70.0))
    ]
    b, c, a, d = told
    assert shown(client) == shown(client, sort="newest") == told[::-1]
    assert shown(client, sort="title") == [a, b, c, d]
    assert shown(client, sort="bpm") == [d, b, a, c]
    for sort, whole in (("title", [a, b, c, d]), ("bpm", [d, b, a, c]), ("newest", told[::-1])):
        found: list[str] = []
        before: dict[str, str] = {}
        while True:
            page = client.get("/v1/records", params={"sort": sort, "limit": 1, **before}).json()
            found += [each["id"] for each in page["records"]]
            if page["before"] is None:
                break
            before = {"before": page["before"]}
        assert found == whole
    gone = client.get("/v1/records", params={"sort": "title", "before": "0" * 26})
    assert gone.status_code == 404
    assert client.get("/v1/records", params={"sort": "length"}).status_code == 422


def test_a_record_tells_its_base_and_its_versions(house: House) -> None:
    client = house.client("read", "write")
    first = house.record(me(client))
    again = [
        client.post("/v1/make", json={"base": first, "title": f"Take {n}"}).json()["id"]
        for n in (1, 2, 3)
    ]
    for job in again[:2]:
        house.finish(job, {"master.flac": b"x"}, title="Take")
    told = client.get(f"/v1/records/{first}").json()
    assert (told["base"], told["versions"]) == (None, again[1::-1])
    version = client.get(f"/v1/records/{again[0]}").json()
    assert (told["changed"], version["base"], version["changed"]) == ([], first, ["title"])
    assert house.client("admin").get(f"/v1/records/{first}").json()["versions"] == again[1::-1]
    client.post(f"/v1/jobs/{again[2]}/cancel")
    client.delete(f"/v1/records/{first}")
    assert client.get(f"/v1/records/{again[0]}").json()["base"] is None


def test_a_removed_record_leaves_nothing(house: House) -> None:
    client, stranger = house.client("read", "write"), house.client("read", "write")
    record = house.record(me(client), FILES)
    at = f"/v1/records/{record}"
    client.patch(at, json={"favourite": True, "tags": ["a"]})
    assert house.client("read").delete(at).status_code == 403
    assert stranger.delete(at).status_code == stranger.patch(at, json={}).status_code == 404
    reader = client.post("/v1/describe", json={"record": record}).json()["id"]
    refused = client.delete(at)
    assert refused.status_code == 409
    assert reader in refused.json()["detail"]
    client.post(f"/v1/jobs/{reader}/cancel")
    assert client.delete(f"/v1/jobs/{record}").status_code == 409
    latest = house.jobs.latest_event()
    assert client.delete(at).status_code == 204
    assert client.get(at).status_code == client.delete(at).status_code == 404
    assert client.get(f"/v1/artefacts/{record}/master.flac").status_code == 404
    assert house.jobs.store.list(f"jobs/{record}") == ()
    (told,) = house.jobs.events(latest, me(client))
    assert (told.kind, told.job) == ("removed", record)
    with house.jobs.database.reading() as connection:
        for table in (TAGS, RECORDS):
            left = connection.execute(sa.select(table).where(table.c.record == record)).all()
            assert left == []
        wanted = sa.select(events.c.kind).where(events.c.job == record)
        assert list(connection.execute(wanted).scalars()) == ["removed"]
    with pytest.raises(InputError, match="no finished record"):
        house.jobs.submit(JobOrder("describe", {"base": record}, me(client)))


def test_an_order_that_was_checked_before_a_removal_is_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = house.record("ann")
    order = JobOrder("describe", {"base": record}, "ann")
    checked = house.jobs._checked(order)
    removal.remove_job(house.jobs, record, "ann")
    monkeypatch.setattr(house.jobs, "_checked", lambda _: checked)
    with pytest.raises(InputError, match="no finished record"):
        house.jobs.submit(order)


def test_a_removal_that_was_cut_off_is_finished_by_the_workers(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = house.client("read", "write")
    record = house.record(me(client), FILES)

    def dies(self: Store, prefix: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Store, "delete", dies)
        with pytest.raises(KeyboardInterrupt):
            removal.remove_job(house.jobs, record, None)
    assert client.get(f"/v1/records/{record}").status_code == 404
    assert client.get(f"/v1/artefacts/{record}/master.flac").status_code == 404
    assert len(house.jobs.store.list(f"jobs/{record}")) == 3
    assert sweep.sweep(house.jobs, tmp_path / "work") == ()  # a worker may be at it still
    with house.jobs.database.engine.begin() as connection:
        connection.execute(sa.update(removals).values(at=0.0))
    assert sweep.sweep(house.jobs, tmp_path / "work") == (record,)
    assert house.jobs.store.list(f"jobs/{record}") == ()
    assert sweep.sweep(house.jobs, tmp_path / "work") == ()


def test_a_worker_leaves_a_job_that_was_removed(house: House, tmp_path: Path) -> None:
    job = house.jobs.submit(JobOrder("compose", {"bars": 8}, "ann"))
    house.jobs.cancel(job.id, "ann")
    removal.remove_job(house.jobs, job.id, "ann")
    runner = Runner(house.jobs.database, house.jobs.store, tmp_path)
    runner.run(job.id, job.attempt)
    bench = Bench(job.id, "compose", {}, tmp_path, house.jobs.store, 1, lambda stage, done: None)
    assert runner._finish(bench, Running(job.id, 1), {}) == {}
    assert house.jobs.store.list(f"jobs/{job.id}") == ()


def test_jobs_and_batches_are_removed_once_they_have_ended(house: House) -> None:
    client = house.client("read", "write")
    job = client.post("/v1/compose", json={"bars": 8}).json()["id"]
    assert client.delete(f"/v1/jobs/{job}").status_code == 409
    client.post(f"/v1/jobs/{job}/cancel")
    assert client.delete(f"/v1/jobs/{job}").status_code == 204
    with pytest.raises(UnknownJob):
        house.jobs.get(job, None)
    batch = client.post("/v1/batches", json={"count": 2}).json()["id"]
    items = [each["id"] for each in
             client.get("/v1/jobs", params={"parent": batch}).json()["jobs"]]  # fmt: skip
    house.finish(items[0], FILES)
    assert client.delete(f"/v1/jobs/{batch}").status_code == 409
    house.finish(items[1], FILES)
    assert client.delete(f"/v1/records/{items[0]}").status_code == 204
    assert client.get(f"/v1/jobs/{batch}").status_code == 200
    assert client.delete(f"/v1/jobs/{batch}").status_code == 204
    with house.jobs.database.reading() as connection:
        assert connection.execute(sa.select(jobs_table)).all() == []
    alone = client.post("/v1/batches", json={"items": [{"words": "rain"}]}).json()["id"]
    (item,) = client.get("/v1/jobs", params={"parent": alone}).json()["jobs"]
    house.finish(item["id"], FILES)
    client.delete(f"/v1/records/{item['id']}")  # the last of a batch takes the batch along
    assert client.get(f"/v1/jobs/{alone}").status_code == 404


def test_all_files_come_as_one_zip(shared: House) -> None:
    client = shared.client("read", "write")
    record = shared.record(me(client), FILES, title="../Rain: Café")
    at = f"/v1/jobs/{record}/archive.zip"
    answer = client.get(at)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].endswith("Rain-%20Caf%C3%A9.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        read = {one.filename: archive.read(one) for one in archive.infolist()}
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
    assert read == {f"Rain- Café/{name}": content for name, content in FILES.items()}
    assert client.get(at).content == answer.content
    job = client.post("/v1/compose", json={"bars": 8}).json()["id"]
    assert client.get(f"/v1/jobs/{job}/archive.zip").status_code == 409
    assert shared.client("read").get(at).status_code == 404


def sparse(store: Store, name: str, size: int) -> Entry:
    path = Path(store._at(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
    return Entry(name, name, size)


def test_a_zip_is_zip64_only_where_it_must_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(str(tmp_path / "store"))
    entries = [sparse(store, "a/one", 600_000), sparse(store, "a/two", 3)]
    plain = b"".join(stream_zip(store, entries, at_s=0.0))
    assert b"PK\x06\x06" not in plain
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 500_000)  # as if that were 4 GiB
    large = b"".join(stream_zip(store, entries, at_s=0.0))
    assert b"PK\x06\x06" in large  # the end of a ZIP64's list
    with zipfile.ZipFile(io.BytesIO(large)) as archive:
        assert archive.testzip() is None
        assert [one.file_size for one in archive.infolist()] == [600_000, 3]


@pytest.mark.slow
def test_a_zip_of_over_four_gigabytes_is_read_again(tmp_path: Path) -> None:
    store = Store.open(str(tmp_path / "store"))
    entries = [sparse(store, "a/one", 2**32 + 5), sparse(store, "a/two", 3)]
    most = 0
    with (tmp_path / "all.zip").open("wb") as file:
        for part in stream_zip(store, entries, at_s=0.0):
            most = max(most, len(part))
            if part.count(0) == len(part):  # keep it sparse
                file.seek(len(part), 1)
            else:
                file.write(part)
    assert most < 3 * 2**20
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert [one.file_size for one in archive.infolist()] == [2**32 + 5, 3]
        assert archive.testzip() is None
