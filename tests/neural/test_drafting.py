"""Drafting: the best original candidate is taken, quotations are drawn again."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import Score
from tapeloom.neural import drafting
from tapeloom.neural.controls import Controls
from tapeloom.neural.critic import Critic, Quality
from tapeloom.neural.drafting import Draft, Drafter, as_asked
from tapeloom.neural.fingerprints import GRAM_NOTES
from tapeloom.neural.limits import limits_for
from tapeloom.neural.originality import Limits, OriginalityIndex
from tapeloom.neural.outline import Outline, simple_form
from tapeloom.neural.runtime import Runtime
from tapeloom.neural.script import infill_script
from tapeloom.neural.token_codec import Codec, on_grid
from tapeloom.neural.watching import watched_by

from .chance import Chance
from .tiny_model import TINY
from .toy_songs import BAR, toy_song

C_MAJOR = Key("C", "major")
OUTLINE = Outline(Controls(C_MAJOR, 75, density=9.0), simple_form(8, Meter()))
LIMITS = limits_for(C_MAJOR, density=9.0)
NOTHING = OriginalityIndex.of([])
SONG = on_grid(toy_song(1, bars=8))


@dataclass(frozen=True)
class Likes(Critic):
    """A critic that keeps what it judged and likes what it is told to."""

    taste: Callable[[Score], float] = lambda score: 0.5
    judged: list[tuple[Score, float]] = field(default_factory=list)

    def judge(self, score: Score, **_: object) -> Quality:
        quality = Quality(self.taste(score), {}, {})
        self.judged.append((score, quality.total))
        return quality


def critic(taste: Callable[[Score], float] = lambda score: 0.5) -> Likes:
    real = Critic.load()
    return Likes(real.percentiles, real.weights, real.steps, taste=taste)


def notes_of(score: Score) -> float:
    return sum(len(part.notes) for part in score.parts) / 1000


def drafted(drafter: Drafter, seed: int = 1, outline: Outline = OUTLINE) -> Draft:
    return drafter.draft(outline, LIMITS, np.random.default_rng(seed))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_candidate_that_the_critic_likes_best_is_taken(sign: int) -> None:
    judge = critic(lambda score: 0.5 + sign * notes_of(score))
    draft = drafted(Drafter(Chance(), judge, NOTHING, candidates=6, by_controls=False))
    totals = [total for _, total in judge.judged]
    assert len(set(totals)) > 1
    assert draft.quality.total == max(totals)
    assert 0.5 + sign * notes_of(draft.score) == max(totals)
    assert (draft.drawn, dict(draft.refused)) == (6, {})


def test_what_is_as_asked_goes_before_what_is_better() -> None:
    judge = critic(lambda score: 0.5 + notes_of(score))
    draft = drafted(Drafter(Chance(), judge, NOTHING, candidates=6))
    met = [as_asked(score, OUTLINE.controls) for score, _ in judge.judged]
    assert as_asked(draft.score, OUTLINE.controls) == max(met)
    best = [total for (_, total), hits in zip(judge.judged, met, strict=True) if hits == max(met)]
    assert draft.quality.total == max(best)


def test_the_critic_that_is_shipped_decides() -> None:
    drafter = Drafter(Runtime.load(TINY), Critic.load(), OriginalityIndex.load())
    draft = drafted(drafter)
    again = drafter.critic.judge(draft.score, density=OUTLINE.controls.density)
    assert draft.quality.total == again.total
    assert "density" in draft.quality.parts
    assert draft.originality.is_original
    assert Codec().decode(draft.tokens, key=C_MAJOR, bpm=75) == draft.score


def test_a_quotation_is_refused_and_drawn_again() -> None:
    free = Drafter(Chance(), critic(), NOTHING, candidates=1)
    known = drafted(free)
    wary = replace(free, index=OriginalityIndex.of([known.score]))
    draft = drafted(wary)
    assert draft.tokens != known.tokens
    assert draft.originality.is_original
    assert draft.refused == {"quotation": 1}
    assert draft.drawn == 2
    only = replace(wary, candidates=4)  # in one batch: another of it is taken
    draft = drafted(only)
    assert draft.originality.is_original
    assert (draft.refused["quotation"], draft.drawn) == (1, 4)


def test_a_quotation_is_known_in_another_key() -> None:
    free = Drafter(Chance(), critic(), NOTHING, candidates=1)
    known = drafted(free).score
    up = replace(
        known,
        parts=tuple(
            part if part.role == "drums" else replace(
                part, notes=tuple(replace(note, pitch=note.pitch + 3) for note in part.notes)
            )
            for part in known.parts
        ),
    )  # fmt: skip
    assert drafted(replace(free, index=OriginalityIndex.of([up]))).refused == {"quotation": 1}


def test_where_all_are_refused_one_sentence_tells_why() -> None:
    nothing_allowed = Limits((-1.0,) * 3, (-1.0,) * 3)
    drafter = Drafter(Chance(), critic(), OriginalityIndex.of([], limits=nothing_allowed),
                      candidates=2, rounds=3)  # fmt: skip
    with pytest.raises(InputError, match="all candidates were refused") as caught:
        drafted(drafter)
    assert "6 for quotation" in str(caught.value)
    assert "another seed" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_piece_in_which_nobody_plays_is_silent() -> None:
    form = tuple(replace(section, roles=()) for section in OUTLINE.sections)
    drafter = Drafter(Chance(), critic(), NOTHING, candidates=2, rounds=2)
    with pytest.raises(InputError, match="4 for silent"):
        drafted(drafter, outline=replace(OUTLINE, sections=form))


def test_the_same_seed_is_the_same_draft() -> None:
    drafter = Drafter(Runtime.load(TINY), Critic.load(), OriginalityIndex.load(), candidates=3)
    first, again, other = (drafted(drafter, seed) for seed in (3, 3, 4))
    assert first.tokens == again.tokens
    assert first.score == again.score
    assert first.to_json() == again.to_json()
    assert first.tokens != other.tokens
    threads = replace(drafter, model=Runtime.load(TINY, threads=2))
    assert drafted(threads, 3).tokens == first.tokens


def test_a_draft_is_finished_before_it_is_judged() -> None:
    def finish(score: Score) -> Score:
        return replace(score, parts=score.parts[:1])

    judge = critic(notes_of)
    draft = drafted(Drafter(Chance(), judge, NOTHING, finish=finish))
    assert len(draft.score.parts) == 1
    assert all(len(score.parts) == 1 for score, _ in judge.judged)


def test_its_figures_are_json() -> None:
    drafter = Drafter(Runtime.load(TINY), Critic.load(), OriginalityIndex.load(), candidates=2)
    told = json.loads(json.dumps(drafted(drafter).to_json(), allow_nan=False))
    assert set(told) == {"quality", "originality", "nll", "candidates", "refused"}
    assert 0 <= told["quality"]["total"] <= 1
    assert told["originality"]["is_original"] is True
    assert set(told["originality"]["lines"]) <= {"melody", "keys", "bass", "pad", "guitar"}
    assert told["nll"] > 0
    assert told["candidates"] == 2


def fill_script(*, rhythm: bool, role: str = "melody"):
    page = Codec().page(SONG)
    return infill_script(page, role, [3, 4], limits=LIMITS, meter=Meter(), rhythm=rhythm)


@pytest.mark.parametrize("model", [Chance(), Runtime.load(TINY)], ids=["chance", "tiny"])
@pytest.mark.parametrize("role", ["melody", "keys", "bass"])
def test_a_fill_keeps_a_locked_rhythm(model: Chance | Runtime, role: str) -> None:
    drafter = Drafter(model, critic(), NOTHING, candidates=3)
    rng = np.random.default_rng
    old = SONG.part(role).notes
    held = drafter.fill(fill_script(rhythm=True, role=role), role, C_MAJOR, 75, rng(2))
    assert [(n.start, n.duration) for n in held] == [(n.start, n.duration) for n in old]
    assert [n.pitch for n in held] != [n.pitch for n in old]
    outside = [note for note in old if not 3 * BAR <= note.start < 5 * BAR]
    assert set(outside) <= set(held)
    free = drafter.fill(fill_script(rhythm=False, role=role), role, C_MAJOR, 75, rng(2))
    assert set(outside) <= set(free)
    again = drafter.fill(fill_script(rhythm=False, role=role), role, C_MAJOR, 75, rng(2))
    assert free == again


def test_a_fill_makes_no_quotation_longer_and_the_bars_around_may_be_known() -> None:
    drafter = Drafter(Chance(), critic(), NOTHING, candidates=1)
    script, rng = fill_script(rhythm=False), np.random.default_rng
    first = drafter.fill(script, "melody", C_MAJOR, 75, rng(2))
    known = SONG.with_part(replace(SONG.part("melody"), notes=first))
    wary = replace(drafter, index=OriginalityIndex.of([known]))
    other = wary.fill(script, "melody", C_MAJOR, 75, rng(2))
    assert other != first
    assert wary.index.check(known).longest_run > GRAM_NOTES
    assert {n for n in first if n.start < 3 * BAR} <= set(other)
    stubborn = replace(wary, choose=lambda logits, allowed, tokens, rng: int(
        allowed.nonzero()[0][len(tokens) * 7 % allowed.sum()]
    ))  # fmt: skip
    again = replace(stubborn, index=NOTHING).fill(script, "melody", C_MAJOR, 75, rng(2))
    known = SONG.with_part(replace(SONG.part("melody"), notes=again))
    with pytest.raises(InputError, match="all candidates quote songs"):
        replace(stubborn, index=OriginalityIndex.of([known])).fill(
            script, "melody", C_MAJOR, 75, rng(2)
        )


@pytest.mark.parametrize("settings", [{"candidates": 0}, {"candidates": 65}, {"rounds": 0}])
def test_settings_out_of_range_are_named(settings: dict[str, int]) -> None:
    with pytest.raises(InputError, match="must lie within 1 to 64"):
        Drafter(Chance(), critic(), NOTHING, **settings)


def test_the_models_of_the_package_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "MODEL", TINY)
    drafter = Drafter.load(threads=1, candidates=2)
    assert isinstance(drafter.model, Runtime)
    assert drafter.candidates == 2
    assert drafted(drafter).score.parts


class OneAtATime(Chance):
    """It fails where another thread begins before the last one's piece is over."""

    thread: int | None = None

    def begin(self, prompts):  # type: ignore[no-untyped-def]
        self.thread = threading.get_ident()
        time.sleep(0.002)
        return super().begin(prompts)

    def step(self, tokens):  # type: ignore[no-untyped-def]
        assert self.thread == threading.get_ident()
        return super().step(tokens)


def test_of_threads_that_draft_with_one_model_each_has_its_turn() -> None:
    drafter = Drafter(OneAtATime(), critic(), NOTHING, candidates=2)
    alone = [drafted(drafter, seed).tokens for seed in (1, 2)]
    with ThreadPoolExecutor(2) as pool:
        together = [draft.tokens for draft in pool.map(lambda s: drafted(drafter, s), (1, 2))]
    assert together == alone


def test_a_watcher_is_told_of_all_tokens_that_were_chosen_in_its_thread() -> None:
    @dataclass
    class Heard:
        told: list[object] = field(default_factory=list)

        def begins(self) -> None:
            self.told.append("begins")

        def ends(self, tokens: int) -> None:
            self.told.append(tokens)

    heard, drafter = Heard(), Drafter(Chance(), critic(), NOTHING, candidates=2)
    with watched_by(heard):
        drafted(drafter)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(drafted, drafter).result()
    drafted(drafter)
    assert heard.told[0] == "begins"
    assert len(heard.told) == 2
    assert isinstance(heard.told[1], int)
    assert heard.told[1] > 2 * 8
