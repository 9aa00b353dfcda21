"""What workers do for each kind of job, and that doing it twice gives the same."""

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tapeloom.app.jobs import Job, JobOrder, JobService, Store
from tapeloom.app.jobs.ledger import new_id
from tapeloom.app.jobs.work import Bench, clear, do
from tapeloom.app.kernels import compile_once
from tapeloom.app.pipeline import Record
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json, write_json
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.performance import performance_from_json
from tapeloom.core.score import score_from_json
from tests.app.test_jobs import FOUR_BARS, at_work, ended


def bench(tmp_path: Path, kind: str, **payload: Any) -> Bench:
    store = Store.open(str(tmp_path / "store"))
    return Bench(new_id(), kind, payload, tmp_path / "work", store, 1, lambda stage, done: None)


def kept(record: Record, tmp_path: Path) -> str:
    """Put a record into the store, as the job that made it would have."""
    job, store = new_id(), Store.open(str(tmp_path / "store"))
    for path in record.folder.rglob("*"):
        if path.is_file() and path.suffix in (".json", ".mid"):
            store.put(path, f"jobs/{job}/{path.relative_to(record.folder).as_posix()}")
    return job


def test_words_are_written_of_a_record_in_the_store(record: Record, tmp_path: Path) -> None:
    one = bench(tmp_path, "describe", base=kept(record, tmp_path), variants=2)
    assert do(one, "describe") == {}
    told = do(one, "publish")
    assert told["words"]["title"]
    assert [entry["key"] for entry in told["files"]] == [f"jobs/{one.job}/metadata.json"]
    clear(one)
    assert do(one, "publish") == told  # on another machine, where nothing of it lies
    clear(one)
    assert not one.folder.exists()
    with pytest.raises(InputError, match="not there any more"):
        do(bench(tmp_path, "describe", base="0" * 26), "describe")


@pytest.mark.parametrize(
    ("kind", "stage", "done"), [("make", "mix", 0.63), ("compose", "compose", 0.02)]
)
def test_progress_is_told_of_the_whole(
    kind: str, stage: str, done: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, float]] = []

    def advance(order: Any, final: Path, *, on_progress: Any, **rest: Any) -> Path:
        on_progress(stage, done)
        return final

    monkeypatch.setattr("tapeloom.app.jobs.work.advance", advance)
    one = replace(bench(tmp_path, kind, words="rain", seed=1), tell=lambda *each: told.append(each))
    do(one, stage)
    whole = 1.0 if kind == "make" else 0.03  # of a composition only the first two stages are asked
    assert told == [(stage, pytest.approx(0.97 * done / whole))]


def test_what_a_cut_off_attempt_stored_does_not_stay(record: Record, tmp_path: Path) -> None:
    one = bench(tmp_path, "describe", base=kept(record, tmp_path))
    stray = tmp_path / "stray"
    stray.write_text("half")
    for name in ("old.json", ".metadata.json.partial"):
        one.store.put(stray, f"jobs/{one.job}/{name}")
    do(one, "publish")
    assert [found.key for found in one.store.list(f"jobs/{one.job}")] == [
        f"jobs/{one.job}/metadata.json"
    ]


def test_sound_is_measured(tmp_path: Path) -> None:
    compile_once(print)
    audio = tmp_path / "tone.wav"
    time_s = np.arange(2 * 44_100) / 44_100
    soundfile.write(audio, 0.1 * np.sin(2 * np.pi * 997.0 * time_s), 44_100)
    store = Store.open(str(tmp_path / "store"))
    key = store.upload("ann", "tone.wav", io.BytesIO(audio.read_bytes()), max_bytes=2**20)
    told = do(bench(tmp_path, "analyze", source=key), "publish")
    assert told["duration_s"] == pytest.approx(2.0)
    assert told["files"][0]["key"].endswith("/analysis.json")


def test_learning_without_torch_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tapeloom.app.jobs.work.find_spec", lambda name: None)
    keys = [f"uploads/{'0' * 64}/1/{name}.mid" for name in "ab"]
    with pytest.raises(InputError, match=r"lacks torch.*tapeloom\[train\]"):
        do(bench(tmp_path, "train", songs=keys), "learn")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[JobService]:
    with closing(JobService.open(tmp_path / "data")) as opened:
        yield opened


@pytest.mark.slow
def test_each_kind_of_job_is_done(service: JobService, tmp_path: Path) -> None:
    compile_once(print)

    def done(kind: str, **payload: Any) -> dict[str, Any]:
        job = ended(service, service.submit(JobOrder(kind, payload, "ann")))[0]
        assert job.state == "done", job.error
        return {"id": job.id, **job.result}

    with at_work(service, tmp_path):
        record = done("make", **FOUR_BARS, loops=["A"])
        own = f"jobs/{record['id']}"
        names = {one["key"].removeprefix(f"{own}/") for one in record["files"]}
        assert {"master.flac", "mix.flac", "cover.png", "record.json"} <= names
        assert any(name.startswith("loops/") for name in names)
        assert (record["key"] is not None, record["bpm"]) == (True, 90.0)

        stems = done("render", source=f"{own}/score.mid", instruments={"keys": "tine"}, seed=2)
        assert any(one["key"].endswith("mix.flac") for one in stems["files"])
        master = done("master", source=f"{own}/mix.flac", preset="vinyl", coding="mp3")
        assert {one["key"].rpartition(".")[2] for one in master["files"]} == {"flac", "mp3"}
        assert done("describe", base=record["id"], language="ja")["words"]["title"]
        assert done("kit", records=[record["id"]], targets=["spotify"])["kit"]["tracks"]

        score = tmp_path / "score.mid"
        service.store.get(f"{own}/score.mid", score)
        written = read_midi(score)
        melody = written.part("melody")
        higher = replace(melody, notes=tuple(replace(n, pitch=n.pitch + 2) for n in melody.notes))
        write_midi(score, written.with_part(higher))
        file = io.BytesIO(score.read_bytes())
        key = service.upload("ann", "score.mid", file, max_bytes=2**20)
        edited = done("make", base=record["id"], files={"score.mid": key})
        service.store.get(f"jobs/{edited['id']}/score.mid", tmp_path / "edited.mid")
        pitches = [note.pitch for note in read_midi(tmp_path / "edited.mid").part("melody").notes]
        assert pitches == [note.pitch for note in higher.notes]

        faster = done("make", base=record["id"], bpm=96.0)
        assert (faster["bpm"], faster["seed"]) == (96.0, FOUR_BARS["seed"])
        reroll = {"role": "melody", "first_bar": 1, "last_bar": 2, "seed": 5}
        again = done("make", base=record["id"], rerolls=[reroll])
        assert again["files"] != record["files"]


@pytest.mark.slow
def test_a_record_goes_on_with_what_was_edited_of_it(service: JobService, tmp_path: Path) -> None:
    compile_once(print)

    def make(**payload: Any) -> Job:
        return ended(service, service.submit(JobOrder("make", payload, "ann")))[0]

    def fetched(job: Job, name: str) -> Path:
        path = tmp_path / job.id / name
        service.store.get(f"jobs/{job.id}/{name}", path)
        return path

    def sent(path: Path) -> str:
        with path.open("rb") as file:
            return service.upload("ann", path.name, file, max_bytes=2**20)

    with at_work(service, tmp_path):
        first = make(**FOUR_BARS, title="First", cover={"scene": "beach"})
        assert first.state == "done", first.error
        assert (first.result["title"], first.result["cover"]) == ("First", {"scene": "beach"})
        mix = read_json(fetched(first, "mix.json"))
        mix["channels"][0]["loudness_lufs"] -= 6.0
        score = read_json(fetched(first, "score.json"))
        (keys,) = (part for part in score["parts"] if part["name"] == "keys")
        keys["instrument"] = "tine:worn"
        for name, data in (("mix.json", mix), ("score.json", score),
                           ("master.json", {"target_lufs": -20.0})):  # fmt: skip
            write_json(tmp_path / name, data)
        files = {name: sent(tmp_path / name) for name in ("mix.json", "score.json", "master.json")}
        reroll = {"role": "bass", "first_bar": 1, "last_bar": 2, "seed": 5}
        second = make(base=first.id, files=files, rerolls=[reroll], title="Second")
        assert second.state == "done", second.error
        assert second.result["title"] == "Second"
        assert second.result["cover"] == {"scene": "beach"}
        assert second.result["instruments"]["keys"] == "tine:worn"
        assert second.result["loudness"]["integrated_lufs"] == pytest.approx(-20.0, abs=0.3)
        assert read_json(fetched(second, "mix.json")) == mix
        was, now = (score_from_json(read_json(fetched(job, "score.json")))
                    for job in (first, second))  # fmt: skip
        assert now.part("keys").notes == was.part("keys").notes
        assert now.part("bass").notes != was.part("bass").notes

        played = fetched(second, "performance.mid")
        heard = read_midi(played)
        bass = heard.part("bass")
        write_midi(played, heard.with_part(replace(bass, notes=bass.notes[:2])))
        third = make(base=second.id, files={"performance.mid": sent(played)})
        assert third.state == "done", third.error
        told = performance_from_json(read_json(fetched(third, "performance.json")))
        assert len(told.part("bass").notes) == 2
        assert third.result["loudness"]["integrated_lufs"] == pytest.approx(-20.0, abs=0.3)

        write_json(tmp_path / "mix.json", {**mix, "path": "/etc/passwd"})
        stolen = make(base=first.id, files={"mix.json": sent(tmp_path / "mix.json")})
        assert (stolen.state, "names a file" in str(stolen.error)) == ("failed", True)
