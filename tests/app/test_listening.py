"""Outlines of long files, and the files that are kept near."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tapeloom.app import listening
from tapeloom.app.api.file_cache import FileCache
from tapeloom.core.errors import InputError

RATE = 8_000


def test_an_outline_of_few_cells_hides_no_peak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "MOST_CELLS", 64)
    samples = np.random.default_rng(3).normal(0, 0.1, (5_001, 2)).clip(-1, 1)
    soundfile.write(tmp_path / "a.wav", samples, RATE, "FLOAT")
    listening.write_outline(tmp_path / "a.wav", tmp_path / "a.npy")
    assert np.load(tmp_path / "a.npy").shape == (2, -(-5_001 // 128))
    told = listening.peaks_of(tmp_path / "a.npy", 10, rate=RATE, frames=5_001, channels=2)
    for i in range(10):
        inside = samples[i * 5_001 // 10 : (i + 1) * 5_001 // 10]
        assert told["low"][i] <= inside.min() + 0.0006
        assert told["high"][i] >= inside.max() - 0.0006
    assert max(told["high"]) == pytest.approx(samples.max(), abs=0.0006)
    few = listening.peaks_of(tmp_path / "a.npy", 9_000, rate=RATE, frames=5_001, channels=2)
    assert len(few["low"]) == 5_001


def test_what_is_no_sound_is_refused_in_a_sentence(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "none.wav", np.zeros((0, 2)), RATE)
    with pytest.raises(InputError, match=r"none\.wav holds no samples"):
        listening.write_outline(tmp_path / "none.wav", tmp_path / "a.npy")
    assert listening.span_of(tmp_path / "none.wav", 0.0, 1.0) is None
    soundfile.write(tmp_path / "cut.flac", np.random.default_rng(1).normal(0, 0.1, 99_000), RATE)
    whole = (tmp_path / "cut.flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) // 2])
    span = listening.span_of(tmp_path / "cut.flac", 8.0, 4.0)
    assert span is not None
    with pytest.raises(InputError, match="is damaged"):
        listening.cut_flac(tmp_path / "cut.flac", span)


def writes(content: bytes):
    return lambda path: path.write_bytes(content)


def test_the_file_that_was_unused_longest_makes_room(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 25)
    for name in ("a", "b"):
        with cache.lease(name, writes(bytes(10))):
            pass
    with cache.lease("a", writes(b"")) as path:
        assert path.stat().st_size == 10  # it was there
    with cache.lease("c", writes(bytes(10))):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "c"]


def test_what_is_in_use_stays_however_large_it_is(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 5)
    with cache.lease("a", writes(bytes(10))) as first, cache.lease("b", writes(bytes(10))) as other:
        assert first.is_file()
        assert other.is_file()
    with cache.lease("c", writes(b"c")):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


def test_of_those_who_ask_at_once_one_makes_the_file(tmp_path: Path) -> None:
    cache, made = FileCache(tmp_path, 100), []

    def make(path: Path) -> None:
        made.append(path)
        time.sleep(0.05)
        path.write_bytes(b"x")

    def ask() -> None:
        with cache.lease("a", make) as path:
            assert path.read_bytes() == b"x"

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_a_file_that_could_not_be_made_is_made_when_it_is_asked_for_again(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 100)

    def fail(_: Path) -> None:
        raise InputError("no room")

    with pytest.raises(InputError), cache.lease("a", fail):
        pass
    with cache.lease("a", writes(b"a")) as path:
        assert path.read_bytes() == b"a"
