"""Songs as the sequences that the transformer learns from: a header, and one of its tasks.

Each score gives whole pieces and short ones: the parts in their order, a melody first or alone over
its chords, drums under the rest, bars to fill with both sides seen. Controls are now and then left
open, so that the model also knows what to do when nobody asks for anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.score import Score
from tapeloom.core.time import PPQ
from tapeloom.neural.controls import Controls, measure_mood
from tapeloom.neural.token_codec import ORDER, Codec, Page, controls_of, header_of
from tapeloom.neural.tokens import VOCABULARY

LEFT_OPEN = 0.2  # how often a control is left open
LEFT_OUT = 0.25  # how often a role is left out
INFILLS = 8  # excerpts with bars to fill, a score
EXCERPT_BARS = (4, 12)
EXCERPT_TOKENS = 900  # at most, of an excerpt with its answer
LIKE = 0.5  # share of a bar's tokens that it shares with an earlier one, to be its variation
SWUNG_AT = 2 * PPQ // 3  # where the second of two swung eighths is written


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One sequence, and how often it is drawn relative to others of its length."""

    task: str
    tokens: NDArray[np.int64]
    weight: float = 1.0


def sequences_of(score: Score, style: str, rng: np.random.Generator) -> list[Example]:
    """Return what is learned from a score; nothing where it cannot be written as tokens."""
    controls = describe(score, style)
    try:
        page = Codec().page(score, controls)
    except InputError:
        return []
    whole = page_of(page, controls, page.roles, rng)
    found = [Example("compose", whole.sequence("compose"))]
    one_meter = len(score.meters) == 1  # a header tells the first one alone
    if len(page.roles) == 1:
        return (
            [*found, *_cut(whole, "continue", rng), *_infills(page, controls, 2, rng)]
            if (one_meter)
            else found
        )
    some = [role for role in page.roles if rng.random() >= LEFT_OUT]
    if len(some) > 1:
        fewer = page_of(page, controls, some, rng)
        found.append(Example("compose", fewer.sequence("compose")))
    if one_meter:
        found += _cut(page_of(page, controls, page.roles, rng), "continue", rng)
    if "melody" in page.roles:
        rest = [role for role in page.roles if role not in ("melody", "chords")]
        first = page_of(page, controls, ["melody", *page.roles], rng)
        found.append(Example("accompany", first.sequence("accompany")))
        if "chords" in page.roles:
            tune = page_of(page, controls, ["chords", "melody"], rng)
            found.append(Example("melody", tune.sequence("melody")))
            led = page_of(page, controls, ["chords", *rest, "melody"], rng)
            found.append(Example("melody", led.sequence("melody"), 0.5))
    if "drums" in page.roles:
        under = page_of(page, controls, page.roles, rng)
        found.append(Example("drums", under.sequence("drums"), 0.5))
    return found + (_infills(page, controls, INFILLS, rng) if one_meter else [])


def describe(score: Score, style: str) -> Controls:
    """Return the controls that a score answers to, each measured on it by rule."""
    controls = controls_of(score, style=style)
    return replace(
        controls,
        mood=measure_mood(score, controls.key),
        swing=_written_swing(score),
        density=controls.density if controls.density else None,
    )


def _written_swing(score: Score) -> str:
    """Tell how eighths are written: even ones or triplets; `any` where there are too few."""
    places = [note.start % PPQ for part in score.parts for note in part.notes]
    swung, even = places.count(SWUNG_AT), places.count(PPQ // 2)
    if swung + even < 8:
        return "any"
    return "hard" if swung > 2 * even else "straight" if even > 4 * swung else "any"


def page_of(page: Page, controls: Controls, roles: Sequence[str], rng: np.random.Generator) -> Page:
    """Return a page with some roles in an order, and some of its controls left open."""
    open_mood, open_density, open_style, open_swing = rng.random(4) < LEFT_OPEN
    told = replace(
        controls,
        mood="any" if open_mood else controls.mood,
        density=None if open_density else controls.density,
        style="any" if open_style else controls.style,
        swing="any" if open_swing else controls.swing,
    )
    chosen = tuple(dict.fromkeys(role for role in roles if role in page.roles))
    bars = tuple({role: bar[role] for role in chosen} for bar in page.bars)
    return Page(header_of(told), chosen, bars, page.leads)


def _cut(page: Page, task: str, rng: np.random.Generator) -> list[Example]:
    """Return the rest of a piece from a bar on: what a continuation sees."""
    if len(page.bars) < 8:
        return []
    start = int(rng.integers(2, len(page.bars) - 4))
    return [Example(task, page.sequence(task, start=start))]


def _infills(page: Page, controls: Controls, count: int, rng: np.random.Generator) -> list[Example]:
    """Return excerpts in which one to four bars of a role are to be filled."""
    found: list[Example] = []
    fillable = [role for role in page.roles if role != "chords"]
    for _ in range(4 * count if fillable else 0):
        if len(found) == count:
            break
        bars = int(rng.integers(EXCERPT_BARS[0], EXCERPT_BARS[1] + 1))
        start = int(rng.integers(0, max(len(page.bars) - bars, 0) + 1))
        stop = min(start + bars, len(page.bars))
        role = str(rng.choice(fillable))
        length = int(rng.integers(1, min(4, stop - start) + 1))
        first = int(rng.integers(start, stop - length + 1))
        masked = range(first, first + length)
        if not any(page.bars[number][role] for number in masked) and rng.random() < 0.9:
            continue
        order = [r for r in ORDER if r in page.roles]
        told = page_of(page, controls, order, rng)
        task = "vary" if _is_variation(page, role, masked, start) else "infill"
        prompt, answer = told.infilling(role, masked, start=start, stop=stop, task=task)
        if len(prompt) + len(answer) <= EXCERPT_TOKENS:
            found.append(Example(task, np.concatenate([prompt, answer])))
    return found


def _is_variation(page: Page, role: str, masked: range, start: int) -> bool:
    """Tell whether bars are like those four or eight before, and not the same."""
    for back in (4, 8):
        if masked.start - back < start:
            continue
        pairs = [(page.bars[n][role], page.bars[n - back][role]) for n in masked]
        shared = sum(len(set(a) & set(b)) for a, b in pairs)
        whole = sum(len(set(a) | set(b)) for a, b in pairs)
        if whole and LIKE <= shared / whole < 1.0:
            return True
    return False


def unconditional(tokens: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a sequence whose header asks for nothing but a meter: style, mood, swing are open.

    Tempo and mode stay, since the vocabulary has no open ones; the density is left out.
    """
    opened = {family: VOCABULARY.id(f"{family}_any") for family in ("STYLE", "MOOD", "SWING")}
    kept = []
    for token in tokens.tolist():
        family = VOCABULARY.family(token)
        if family != "DENSITY":
            kept.append(opened.get(family, token))
    return np.array(kept, np.int64)
