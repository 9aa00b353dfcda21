"""A record's sound comes in cuts that join, its outline hides no peak, its loudness is measured."""

import io
import json
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile

from .conftest import House, build, me

RATE = 44_100


def flac(samples: np.ndarray, subtype: str = "PCM_24") -> bytes:
    held = io.BytesIO()
    soundfile.write(held, samples, RATE, subtype, format="FLAC")
    return held.getvalue()


def heard(answer: httpx.Response) -> np.ndarray:
    assert answer.status_code == 200, answer.text
    samples, rate = soundfile.read(io.BytesIO(answer.content), dtype="int16")
    assert rate == int(answer.headers["x-rate"]) == RATE
    return np.asarray(samples)


def tone(seconds: float, *, level_db: float = -23.0) -> np.ndarray:
    """A sine in both channels."""
    line = 10 ** (level_db / 20) * np.sin(2 * np.pi * 997 * np.arange(round(seconds * RATE)) / RATE)
    return np.stack((line, line), axis=1)


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    return np.random.default_rng(1).uniform(-1, 1, (round(2.5 * RATE) + 7, 2))


def test_cuts_join_to_the_whole_file(shared: House, noise: np.ndarray) -> None:
    client = shared.client("read")
    record = shared.record(me(client), {"stems/bass.flac": flac(noise)})
    at = f"/v1/records/{record}/audio"
    cuts = [
        heard(client.get(at, params={"file": "stems/bass.flac", "start_s": s, "seconds": 0.7}))
        for s in (0.0, 0.7, 1.4, 2.1)
    ]
    whole, _ = soundfile.read(io.BytesIO(flac(noise)), dtype="float64")
    nearest = np.clip(np.floor(whole * 2**15 + 0.5), -(2**15), 2**15 - 1)
    assert [len(cut) for cut in cuts[:3]] == [round(0.7 * RATE)] * 3
    np.testing.assert_array_equal(np.concatenate(cuts), nearest)


def test_sixteen_bits_stay_as_they_are_and_a_file_may_be_mono(shared: House) -> None:
    client = shared.client("read")
    line = np.random.default_rng(2).integers(-(2**15), 2**15, RATE).astype(np.int16)
    record = shared.record(me(client), {"master.flac": flac(line, "PCM_16")})
    cut = client.get(f"/v1/records/{record}/audio", params={"start_s": 0.25, "seconds": 20})
    np.testing.assert_array_equal(heard(cut), line[11_025:])
    assert cut.headers["x-frames-total"] == str(RATE)


def test_a_cut_is_kept_by_its_tag_and_nothing_lies_behind_the_end(
    shared: House, noise: np.ndarray
) -> None:
    client = shared.client("read")
    record = shared.record(me(client), {"master.flac": flac(noise), "master.mp3": b"ID3"})
    at = f"/v1/records/{record}/audio"
    cut = client.get(at, params={"start_s": 1, "seconds": 1})
    assert cut.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert cut.headers["content-type"] == "audio/flac"
    tag = {"If-None-Match": cut.headers["etag"]}
    assert client.get(at, params={"start_s": 1, "seconds": 1}, headers=tag).status_code == 304
    assert client.get(at, params={"start_s": 1, "seconds": 0.5}, headers=tag).status_code == 200
    assert client.get(at, params={"start_s": 60}).status_code == 416
    for wrong in ({"seconds": 20.1}, {"seconds": 0}, {"start_s": -1}, {"start_s": "nan"},
                  {"file": "master.mp3"}, {"file": "../secret"}):  # fmt: skip
        answer = client.get(at, params=wrong)
        assert answer.status_code == 422, wrong
        assert answer.headers["content-type"] == "application/problem+json"
    assert client.get(at, params={"file": "../../jobs.flac"}).status_code == 404


def test_nobody_hears_anothers_record(shared: House, noise: np.ndarray) -> None:
    mine, other = shared.client("read"), shared.client("read")
    score = json.dumps({"format": 1}).encode()
    files = {"master.flac": flac(noise), "score.json": score}
    record = shared.record(me(mine), files)
    for view in ("audio", "peaks", "loudness", "score"):
        assert other.get(f"/v1/records/{record}/{view}").status_code == 404
    assert mine.get(f"/v1/records/{record}/score").status_code == 422  # no score that can be read


def test_a_waveform_shows_each_peak_where_it_is(shared: House) -> None:
    client = shared.client("read")
    samples = np.zeros((RATE, 2))
    samples[10_000, 0], samples[30_000, 1] = 0.5, -0.25
    record = shared.record(me(client), {"master.flac": flac(samples)})
    told = client.get(f"/v1/records/{record}/peaks", params={"points": 100})
    outline = told.json()
    assert (outline["duration_s"], outline["rate"], outline["channels"]) == (1.0, RATE, 2)
    assert len(outline["low"]) == len(outline["high"]) == 100
    assert {i: v for i, v in enumerate(outline["high"]) if v} == {10_000 * 100 // RATE: 0.5}
    assert {i: v for i, v in enumerate(outline["low"]) if v} == {30_000 * 100 // RATE: -0.25}
    tag = {"If-None-Match": told.headers["etag"]}
    again = client.get(f"/v1/records/{record}/peaks", params={"points": 100}, headers=tag)
    assert again.status_code == 304


def test_loudness_is_measured_and_of_the_master_taken_from_the_record(shared: House) -> None:
    client = shared.client("read")
    samples = np.concatenate((tone(4), np.zeros((RATE, 2))))
    figures = {"integrated_lufs": -14.0, "range_lu": 3.0, "true_peak_dbtp": -1.0}
    files = {"master.flac": flac(samples), "mix.flac": flac(samples),
             "loudness.json": json.dumps(figures).encode()}  # fmt: skip
    record = shared.record(me(client), files)
    at = f"/v1/records/{record}/loudness"
    mix = client.get(at, params={"file": "mix.flac"}).json()
    assert mix["integrated_lufs"] == pytest.approx(-23.0, abs=0.2)  # its end fades into silence
    assert mix["true_peak_dbtp"] == pytest.approx(-23.0, abs=0.1)
    assert mix["step_s"] == 0.1
    assert mix["momentary"][:36] == [pytest.approx(-23.0, abs=0.1)] * 36
    assert mix["momentary"][-1] is None or mix["momentary"][-1] < -60
    assert max(mix["short_term"]) == pytest.approx(-23.0, abs=0.1)
    master = client.get(at).json()
    assert master["integrated_lufs"] == -14.0
    assert master["loudness_range_lu"] == 3.0
    assert master["momentary"] == mix["momentary"]


def test_of_a_distant_store_a_file_is_fetched_once(tmp_path: Path, noise: np.ndarray) -> None:
    with contextmanager(build)(tmp_path, artefacts=f"memory://{tmp_path.name}") as house:
        client = house.client("read")
        record = house.record(me(client), {"master.flac": flac(noise)})
        at = f"/v1/records/{record}/audio"
        whole = heard(client.get(at, params={"seconds": 20}))
        house.jobs.store.delete(f"jobs/{record}")
        np.testing.assert_array_equal(heard(client.get(at, params={"seconds": 1})), whole[:RATE])
