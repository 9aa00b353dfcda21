from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.train.recipe import Recipe
from tapeloom.train.token_store import TokenStore, Vocabulary
from tapeloom.train.windows import Drawer, Window, cut_window, gather

BAR = 9
VOCABULARY = Vocabulary(2000, "digest", pad=0, bar=BAR)


def song_of(bars: list[int]) -> np.ndarray:
    """A header of three, then bars of so many tokens, each of which tells its place."""
    body: list[int] = []
    for size in bars:
        body += [BAR, *range(100 + len(body), 100 + len(body) + size)]
    return np.array([1, 2, 3, *body, 4], np.int16)


bars = st.lists(st.integers(0, 12), min_size=1, max_size=30)
places = st.floats(0.0, 1.0)


@given(bars, st.integers(20, 60), places, places)
def test_a_window_is_the_header_and_bars_of_the_song_in_order(
    sizes: list[int], length: int, place: float, shift: float
) -> None:
    song = song_of(sizes)
    window = cut_window(song, bar=BAR, length=length, context=64, place=place, shift=shift)
    n = len(window.positions)
    assert n == len(window.tokens) - 1 <= length
    assert window.tokens[:4].tolist() == [1, 2, 3, BAR]
    rest = window.tokens[3:].tolist()
    whole = song.tolist()
    assert any(whole[k : k + len(rest)] == rest for k in range(len(whole)))
    assert (np.diff(window.positions) >= 1).all()
    assert window.positions[:3].tolist() == [0, 1, 2]
    assert window.positions[-1] < 64
    if len(song) <= length + 1:
        assert window.tokens.tolist() == whole


def test_windows_meet_every_token_of_a_song_and_every_position() -> None:
    song = song_of([7, 3, 0, 11, 5, 8, 2, 9, 6, 6])
    rng = np.random.default_rng(1)
    seen, used = set(), set()
    for _ in range(400):
        place, shift = rng.random(2)
        window = cut_window(song, bar=BAR, length=24, context=64, place=place, shift=shift)
        seen |= set(window.tokens.tolist())
        used |= set(window.positions.tolist())
    assert seen == set(song.tolist())
    assert used == set(range(64))


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40), st.integers(1, 6))
def test_gathering_loses_no_window(sizes: list[int], groups: int) -> None:
    windows = [Window(np.arange(1, n + 2), np.arange(n), n % 3) for n in sizes]
    batches = gather(windows, pad=0, groups=groups)
    assert len(batches) == min(groups, len(windows))
    assert sum(batch.counted for batch in batches) == sum(sizes)
    assert sorted(int(s) for b in batches for s in b.sources) == sorted(n % 3 for n in sizes)
    for batch in batches:
        counted = batch.targets >= 0
        assert (batch.targets[counted] == batch.tokens[counted] + 1).all()
        assert (batch.tokens[~counted] == 0).all()


def test_songs_are_drawn_by_their_weight_and_length() -> None:
    songs = [song_of([9] * 20), song_of([9] * 60), song_of([9] * 20)]
    store = TokenStore.of(
        songs, VOCABULARY, weights=[1.0, 1.0, 0.0], sources=[0, 1, 2], source_names=("a", "b", "c")
    )
    drawer = Drawer(store, context=64)
    windows = drawer.draw(np.random.default_rng(2), tokens=64 * 2000, length=64)
    counts = np.bincount([window.source for window in windows], minlength=3)
    assert counts[2] == 0
    assert counts[1] / counts[0] == pytest.approx(3.0, abs=0.4)
    again = drawer.draw(np.random.default_rng(2), tokens=64 * 2000, length=64)
    assert all(np.array_equal(a.tokens, b.tokens) for a, b in zip(windows, again, strict=True))


def test_a_store_comes_back_from_its_folder(tmp_path: Path) -> None:
    store = TokenStore.of([[1, 9, 5], [1, 9]], VOCABULARY, weights=[1.0, 0.5])
    store.save(tmp_path, "train")
    back = TokenStore.load(tmp_path, "train")
    assert back.vocabulary == VOCABULARY
    assert [back[k].tolist() for k in range(len(back))] == [[1, 9, 5], [1, 9]]
    assert back.weights.tolist() == [1.0, 0.5]
    (tmp_path / "train" / "tokens.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(InputError, match="no token store that can be read"):
        TokenStore.load(tmp_path, "train")


def test_stores_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="under 2 tokens"):
        TokenStore.of([[1]], VOCABULARY)
    with pytest.raises(InputError, match="2 weights"):
        TokenStore.of([[1, 2]], VOCABULARY, weights=[1, 2])
    with pytest.raises(InputError, match="negative or no number"):
        TokenStore.of([[1, 2]], VOCABULARY, weights=[np.nan])


def test_recipes_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="steps is 0"):
        Recipe(steps=0)
    with pytest.raises(InputError, match=r"dropout is 1\.5"):
        Recipe(dropout=1.5)
    with pytest.raises(InputError, match="must be one of auto, float32"):
        Recipe(precision="int4")
