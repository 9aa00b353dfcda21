"""How well songs are foreseen: what is counted, long pieces, n-grams, the unconditional reading."""

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.score import Score
from tapeloom.neural.tokens import VOCABULARY
from tapeloom.train.corpus.song import Song
from tapeloom.train.evaluation import (
    BAR,
    asked_for_nothing,
    five_gram,
    judged,
    load_model,
    models_of,
    plain_sequences,
    report_of,
    songs_to_judge,
    windowed,
)
from tapeloom.train.sequences import sequences_of, unconditional
from tapeloom.train.token_store import TokenStore, Vocabulary

from ..neural.toy_songs import toy_song
from .toy_data import write_all

WORDS = Vocabulary(VOCABULARY.size, VOCABULARY.digest, VOCABULARY.pad, BAR)


def song(number: int, *, source: str = "pop909") -> Song:
    return Song(source, f"{number:03d}", toy_song(number, bars=12), "pop")


SONGS = judged([song(i) for i in range(4)])


def store(*, digest: str = VOCABULARY.digest) -> TokenStore:
    sequences = [
        example.tokens for i in range(10, 16)
        for example in sequences_of(toy_song(i, bars=12), "pop", np.random.default_rng(i))
    ]  # fmt: skip
    return TokenStore.of(sequences, Vocabulary(WORDS.size, digest, WORDS.pad, BAR))


def test_roles_and_notes_are_counted():
    one = SONGS[0]
    score = toy_song(0, bars=12)
    for role in ("melody", "keys", "bass"):
        assert one.notes[role] == len(score.part(role).notes)
    assert one.notes["chords"] == len(score.chords)
    assert not np.sum([one.roles[role][: one.given] for role in one.roles])
    assert np.sum(list(one.roles.values()), axis=0).max() == 1  # a token is one role's
    assert VOCABULARY.family(int(one.tokens[one.given])) == "BAR"


def test_songs_that_have_no_tokens_are_left_out_and_sets_are_bounded():
    odd = Song("irb", "odd", Score((), meters=((0, Meter(17, 16)),)))
    assert len(judged([odd, song(1)])) == 1
    assert len(judged([song(i) for i in range(6)], most=2)) == 2
    with pytest.raises(InputError, match="no song to judge by"):
        judged([odd])


def test_a_piece_longer_than_the_context_is_read_from_its_last_bars():
    seen: list[list[int]] = []

    def read(tokens):
        seen.append(tokens.tolist())
        # It foresees the very next number, of sequences that count up behind each bar.
        logits = np.zeros((len(tokens), VOCABULARY.size), np.float32)
        logits[:, 0] = 1.0
        return logits

    tokens = SONGS[0].tokens
    costs = windowed(read, 128)(tokens)
    assert len(costs) == len(tokens)
    assert costs[0] == 0
    even = np.log(np.e + VOCABULARY.size - 1)
    assert np.allclose(costs[1:], even)  # each token is counted once
    assert all(len(window) <= 128 for window in seen)
    header = tokens[: SONGS[0].given].tolist()
    assert all(window[: len(header)] == header for window in seen)
    assert all(window[len(header)] == BAR for window in seen)
    assert len(seen) > len(tokens) / 128
    whole = windowed(read, 100_000)(tokens)
    assert np.allclose(whole, costs)


def test_the_unconditional_reading_is_of_the_same_music():
    tokens = SONGS[0].tokens
    asked: list[np.ndarray] = []

    def model(given):
        asked.append(given)
        return np.arange(len(given), 0, -1.0)  # what is left

    costs = asked_for_nothing(model)(tokens)
    assert np.array_equal(asked[0], unconditional(tokens))
    assert len(costs) == len(tokens)
    assert costs[-1] == 1.0
    assert costs[SONGS[0].given] == len(tokens) - SONGS[0].given
    assert costs[: SONGS[0].given].sum() == 0


def test_longer_contexts_foresee_more():
    counted = store()
    sequences = plain_sequences(counted, 10**6)
    assert all(VOCABULARY.name(int(s[1])) == "TASK_compose" for s in sequences)
    assert len(plain_sequences(counted, 1)) == 1
    tables = report_of(
        SONGS, {f"{n}-gram": lambda n=n: five_gram(counted, order=n).nll for n in (5, 2, 1)}
    )
    rows = {row[1]: row for row in tables[0].rows}
    assert rows["5-gram"][4] < rows["2-gram"][4] < rows["1-gram"][4] < np.log(VOCABULARY.size)
    tokens = sum(len(song.tokens) - song.given for song in SONGS)
    assert rows["5-gram"][2:4] == (4, tokens)
    assert {row[0] for row in tables[1].rows} == {"chords", "melody", "keys", "bass"}


def test_what_cannot_be_compared_is_told(tmp_path):
    with pytest.raises(InputError, match="another vocabulary"):
        five_gram(store(digest="other"))
    nothing = TokenStore.of([], WORDS)
    with pytest.raises(InputError, match="no whole piece"):
        plain_sequences(nothing, 10)
    with pytest.raises(InputError, match="nothing to evaluate"):
        models_of(None, None)
    with pytest.raises(InputError, match="must be a model's file"):
        load_model(tmp_path / "weights.bin")


def test_songs_for_validation_or_all_of_them(tmp_path):
    write_all(tmp_path)
    silent = {"report": lambda text: None}
    assert {s.validation for s in songs_to_judge(tmp_path, **silent)} == {True}
    assert len(list(songs_to_judge(tmp_path, every=True, **silent))) == 10


def test_weights_of_torch_are_read(tmp_path):
    torch = pytest.importorskip("torch")
    pytest.importorskip("accelerate")
    from tapeloom.train.gpt import GPT, GPTConfig
    from tapeloom.train.pretrain import save_weights

    torch.manual_seed(0)
    model = GPT(GPTConfig(vocabulary=VOCABULARY.size, context=64, layers=1, heads=1, width=16))
    save_weights(model, WORDS, tmp_path / "toy.pt")
    costs = load_model(tmp_path / "toy.pt", threads=1)(SONGS[0].tokens)
    assert abs(costs[1:].mean() - np.log(VOCABULARY.size)) < 0.5  # it knows nothing yet
    (tables, by_role) = report_of(SONGS[:2], models_of(tmp_path / "toy.pt", None, threads=1))
    assert [row[1] for row in tables.rows] == ["toy", "toy, asked for nothing"]
    assert np.isfinite([row[2] for row in by_role.rows]).all()
    save_weights(model, Vocabulary(VOCABULARY.size, "other", 0, BAR), tmp_path / "other.pt")
    with pytest.raises(InputError, match="another vocabulary"):
        load_model(tmp_path / "other.pt")
