"""The runtime: prompts and steps say the same, and no row knows of another."""

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.neural.generator import REST, write
from tapeloom.neural.runtime import CHUNK, Runtime
from tapeloom.neural.sampling import Sampling
from tapeloom.neural.script import Script
from tapeloom.neural.token_codec import Codec
from tests.neural.test_script import small_script
from tests.neural.tiny_model import FACTS, TINY

TOKENS = np.random.default_rng(5).integers(0, FACTS.tokens, FACTS.context).tolist()


@pytest.fixture
def runtime() -> Runtime:
    return Runtime.load(TINY)


def test_a_prompt_says_what_its_tokens_say_one_by_one(runtime: Runtime) -> None:
    at_once = runtime.read(TOKENS)
    assert float(at_once.std()) > 0.5  # the model tells tokens apart
    stepped = [runtime.begin([TOKENS[:1]])[0]]
    stepped += [runtime.step([token])[0] for token in TOKENS[1:]]
    assert np.allclose(at_once, stepped, atol=1e-5)
    for length in (1, 2, CHUNK - 1, CHUNK, CHUNK + 1, FACTS.context):
        assert np.allclose(runtime.begin([TOKENS[:length]])[0], at_once[length - 1], atol=1e-5)


def test_the_past_matters_and_the_future_does_not(runtime: Runtime) -> None:
    first = runtime.read(TOKENS)
    other = list(TOKENS)
    other[100] = (other[100] + 1) % FACTS.tokens
    second = runtime.read(other)
    assert np.array_equal(first[:100], second[:100])
    assert all(not np.allclose(first[at], second[at], atol=1e-4) for at in (100, 101, 150))


@pytest.mark.parametrize("threads", [1, 2])
def test_rows_of_any_lengths_are_each_as_if_alone(threads: int) -> None:
    prompts = [TOKENS[:3], TOKENS[:290], TOKENS[40:41], TOKENS[:300], TOKENS[:290], TOKENS[7:90]]
    later = np.random.default_rng(2).integers(0, FACTS.tokens, (12, len(prompts)))
    batch, single = Runtime.load(TINY, threads=threads), Runtime.load(TINY)
    together = [batch.begin(prompts), *(batch.step(row.tolist()) for row in later)]
    for number, prompt in enumerate(prompts):
        alone = [single.begin([prompt])[0]]
        alone += [single.step([int(row[number])])[0] for row in later]
        assert np.allclose([rows[number] for rows in together], alone, atol=1e-5)


def test_a_row_that_rests_stays_as_it_is(runtime: Runtime) -> None:
    runtime.begin([TOKENS, TOKENS[:20]])  # the first one's context is full
    for token in TOKENS[20:30]:
        runtime.step([REST, token])
    assert runtime.lengths.tolist() == [FACTS.context, 30]
    runtime.begin([TOKENS[:50], TOKENS[:20]])
    for token in TOKENS[20:30]:
        runtime.step([REST, token])
    found = runtime.step([TOKENS[50], TOKENS[30]])
    straight = runtime.read(TOKENS)
    assert np.allclose(found[0], straight[50], atol=1e-5)
    assert np.allclose(found[1], straight[30], atol=1e-5)


def test_a_row_that_is_renewed_leaves_the_others(runtime: Runtime) -> None:
    straight = runtime.read(TOKENS)
    runtime.begin([TOKENS[:60], TOKENS[:20], TOKENS[:33]])
    assert np.allclose(runtime.renew(1, TOKENS[:7]), straight[6], atol=1e-5)
    found = runtime.step([TOKENS[60], TOKENS[7], TOKENS[33]])
    assert np.allclose(found, straight[[60, 7, 33]], atol=1e-5)


@pytest.mark.parametrize("rows", [[1, 0, 2], [2, 2, 0], [0, 0, 0, 1, 2], [1], [1, 2, 1, 0, 1, 2]])
def test_reordered_rows_go_on_from_where_their_origins_were(
    runtime: Runtime, rows: list[int]
) -> None:
    lengths = (60, 20, 33)
    straight = runtime.read(TOKENS)
    runtime.begin([TOKENS[:length] for length in lengths])
    for _ in range(2):  # the second time nothing may be left of the first
        runtime.reorder(rows)
        lengths = tuple(lengths[row] for row in rows)
        found = runtime.step([TOKENS[length] for length in lengths])
        assert np.allclose(found, straight[list(lengths)], atol=1e-5)
        lengths = tuple(length + 1 for length in lengths)
        rows = [*range(len(rows))][::-1]


def test_a_forked_prompt_goes_many_ways(runtime: Runtime) -> None:
    runtime.begin([TOKENS[:40]])
    runtime.fork(4)
    found = runtime.step([1, 2, 3, TOKENS[40]])
    for token, logits in zip([1, 2, 3], found, strict=False):
        assert np.allclose(logits, Runtime.load(TINY).begin([[*TOKENS[:40], token]])[0], atol=1e-5)
    with pytest.raises(InputError, match="only a single one"):
        runtime.fork(2)


def candidates(scripts: list[Script], seeds: list[int]) -> list[tuple[int, ...]]:
    model = Runtime.load(TINY)
    found = write(
        model, scripts, [np.random.default_rng(seed) for seed in seeds],
        choose=Sampling(top_p=0.95, repetition=0.2).choose,
    )  # fmt: skip
    return [candidate.tokens for candidate in found]


def test_a_candidate_is_the_same_whoever_is_written_beside_it() -> None:
    scripts = [small_script(seed) for seed in range(4)]
    together = candidates(scripts, [0, 1, 2, 3])
    assert any(len(tokens) < FACTS.context for tokens in together)
    for number, script in enumerate(scripts):
        assert candidates([script], [number]) == [together[number]]
    assert candidates([scripts[2], scripts[0]], [2, 0]) == [together[2], together[0]]


def test_a_piece_longer_than_the_context_is_written_to_its_end() -> None:
    script = Script(small_script(1).slots, small_script(1).limits)
    model = Runtime.load(TINY)
    wide = Script(script.slots, small_script(2).limits)
    rngs = [np.random.default_rng(seed) for seed in (3, 4, 5)]
    found = write(model, [wide, script, wide], rngs)
    for candidate in found:
        Codec().decode(candidate.tokens, key=Key("A", "minor"), bpm=75)


def test_what_a_model_cannot_read_is_told(runtime: Runtime) -> None:
    for prompts, told in (
        ([[]], "a prompt has 0 tokens"),
        ([[0] * (FACTS.context + 1)], "a prompt has 321 tokens"),
        ([[FACTS.tokens]], "687 is no token"),
        ([[-1]], "-1 is no token"),
        ([], "0 prompts"),
    ):
        with pytest.raises(InputError, match=told):
            runtime.begin(prompts)
    runtime.begin([TOKENS])
    with pytest.raises(InputError, match="all that the model sees"):
        runtime.step([1])
    with pytest.raises(InputError, match="2 tokens for 1 sequences"):
        runtime.step([1, 2])
    with pytest.raises(InputError, match="687 is no token"):
        runtime.step([FACTS.tokens])
    with pytest.raises(InputError, match="row 1 is none"):
        runtime.renew(1, [1])
    with pytest.raises(InputError, match="row -1 is none"):
        runtime.reorder([-1])
    with pytest.raises(InputError, match="0 rows"):
        runtime.reorder([])
    with pytest.raises(InputError, match="threads is 0"):
        Runtime.load(TINY, threads=0)
