"""Beam search along a script: likelier than greedy, never against the grammar."""

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.neural.beam import Beam, search
from tapeloom.neural.generator import Candidate, surprise, write
from tapeloom.neural.limits import Limits
from tapeloom.neural.runtime import Runtime
from tapeloom.neural.sampling import Sampling
from tapeloom.neural.script import Script, Writer, infill_script, script_of
from tapeloom.neural.token_codec import Codec
from tests.neural.test_script import small_script, song
from tests.neural.tiny_model import TINY


@pytest.fixture(scope="module")
def model() -> Runtime:
    return Runtime.load(TINY)


def short_script(seed: int) -> Script:
    """Two bars of a melody, the bass below it being settled."""
    page = Codec().page(song(2))
    limits = Limits(busiest={"melody": 2 + seed % 3})
    free = {"melody": range(2)}
    return script_of(page, task="melody", free=free, limits=limits, meter=Meter())


def greedy(model: Runtime, script: Script) -> Candidate:
    choose = Sampling(temperature=0.0).choose
    return write(model, [script], [np.random.default_rng(0)], choose=choose)[0]


def test_one_beam_is_greedy(model: Runtime) -> None:
    (found,) = search(model, short_script(1), Beam(beams=1))
    best = greedy(model, short_script(1))
    assert found.tokens == best.tokens
    assert found.nll == pytest.approx(best.nll, abs=1e-5)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("beam", [Beam(2), Beam(6), Beam(6, groups=3), Beam(5, length_power=0.6)])
def test_what_is_found_is_at_least_as_likely_as_greedy(
    model: Runtime, seed: int, beam: Beam
) -> None:
    script = short_script(seed)
    found, least = search(model, script, beam), greedy(model, script)

    def score(candidate: Candidate) -> float:
        return candidate.nll * candidate.chosen / candidate.chosen**beam.length_power

    assert score(found[0]) <= score(least) + 1e-5
    assert len({candidate.tokens for candidate in found[: beam.beams // beam.groups]}) > 1
    assert [score(c) for c in found] == sorted(score(c) for c in found)
    for candidate in found:
        made = Codec().decode(candidate.tokens, key=Key("A", "minor"), bpm=75)
        assert made.part("bass") == song(2).part("bass")


def test_a_ways_cost_is_what_the_model_says_of_it(model: Runtime) -> None:
    script = short_script(2)
    for candidate in search(model, script, Beam(4)):
        logits = model.read(candidate.tokens)
        writer, nats = Writer(script), 0.0
        for number, token in enumerate(candidate.tokens):
            if writer.forced() is None:
                nats += surprise(logits[number - 1], token)
            writer.take(token)
        assert candidate.nll == pytest.approx(nats / candidate.chosen, abs=1e-4)


def test_groups_differ_more_than_beams(model: Runtime) -> None:
    def kinds(beam: Beam) -> float:
        found = [np.array(c.tokens[-20:]) for c in search(model, small_script(0), beam)]
        return float(np.mean([(a != b).mean() for a in found for b in found]))

    assert kinds(Beam(4, groups=4, diversity=2.0)) > kinds(Beam(4))


def test_bars_are_filled_with_both_sides_in_view(model: Runtime) -> None:
    page = Codec().page(song(2))
    script = infill_script(page, "bass", [1], limits=Limits(busiest={"bass": 3}), meter=Meter())
    for candidate in search(model, script, Beam(3)):
        made = Codec().decode(candidate.tokens, key=Key("A", "minor"), bpm=75)
        assert made.part("melody") == song(2).part("melody")


def test_a_script_without_a_choice_is_written_as_it_is(model: Runtime) -> None:
    page = Codec().page(song(2))
    script = script_of(page, task="compose", free={}, limits=Limits(), meter=Meter())
    (found,) = search(model, script)
    assert found.tokens == tuple(page.sequence().tolist())
    assert found.nll == found.chosen == 0


def test_a_copied_writer_goes_on_by_itself() -> None:
    rng = np.random.default_rng(4)
    writer = Writer(small_script(2))
    for _ in range(120):
        twin, before = writer.copy(), list(writer.tokens)
        while not twin.is_over and len(twin.tokens) < len(before) + 25:
            forced = twin.forced()
            twin.take(rng.choice(twin.allowed().nonzero()[0]) if forced is None else forced)
        assert writer.tokens == before
        again = writer.copy()
        for token in twin.tokens[len(before) :]:  # what the twin may, its origin may
            assert token == again.forced() or again.allowed()[token]
            again.take(int(token))
        token = writer.forced()
        writer.take(rng.choice(writer.allowed().nonzero()[0]) if token is None else token)
        if writer.is_over:
            break


def test_settings_that_cannot_be_are_named(model: Runtime) -> None:
    for settings, told in (
        ({"beams": 0}, "beams is 0"), ({"beams": 8, "groups": 3}, "must divide the 8 beams"),
        ({"diversity": -1.0}, "diversity is -1.0"), ({"length_power": 3.0}, "length_power is 3.0"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=told):
            Beam(**settings)
    with pytest.raises(InputError, match="over 30 tokens"):
        search(model, short_script(0), Beam(2), limit=30)
