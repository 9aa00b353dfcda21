import itertools
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord
from tapeloom.theory.keys import spell_key
from tapeloom.theory.progressions import FAMILIES, progressions
from tapeloom.theory.voice_costs import CHORALE, JAZZ, KEYS, WEIGHTS, Weights, tendencies
from tapeloom.theory.voice_leading import explain, lead, motion, path_cost
from tapeloom.theory.voicing import STYLE_TABLE, STYLES, voicings

qualities = st.sampled_from(sorted(QUALITIES))
chords = st.builds(Chord, st.integers(0, 11), qualities)
passages = st.lists(chords, min_size=2, max_size=6)
OLD = ("shell", "rootless", "drop2", "spread", "rootless_ab", "drop2+4")


def parse(text: str) -> list[Chord]:
    return [Chord.parse(name) for name in text.split()]


@given(st.sampled_from(sorted(FAMILIES)), st.integers(0, 11), st.sampled_from(("major", "minor")),
       st.sampled_from(OLD))  # fmt: skip
def test_voices_move_little(family: str, tonic: int, mode: str, style: str) -> None:
    for progression in progressions(family, mode):
        bars = progression.in_key(spell_key(tonic, mode))
        path = lead([chord for bar in (*bars, *bars) for chord in bar], style=style)
        moves = [motion(a, b) for a, b in itertools.pairwise(path)]
        assert np.mean(moves) <= 5.0


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("style", ["rootless", "drop2", "close"])
def test_the_best_path_is_found(weights: str, style: str) -> None:
    """Dynamic programming finds what trying all the paths finds."""
    progression = parse("Dm7 G7 Cmaj7 A7")
    options = [voicings(chord, style=style, low=48, high=74) for chord in progression]
    price = {
        path: path_cost(progression, path, weights=weights, centre=61.0)
        for path in itertools.product(*options)
    }
    assert len(price) > 100
    path = lead(progression, style=style, low=48, high=74, weights=weights)
    assert price[path] == pytest.approx(min(price.values()))


@given(passages, st.sampled_from(STYLES), st.sampled_from(sorted(WEIGHTS)))
def test_no_greedy_path_is_cheaper(progression: list[Chord], style: str, weights: str) -> None:
    table = STYLE_TABLE[style]
    centre = (table.low + table.high) / 2
    path = lead(progression, style=style, weights=weights)
    options = [voicings(chord, style=style) for chord in progression]
    if not all(options) or len({len(row[0]) for row in options}) > 1:
        return
    best = path_cost(progression, path, weights=weights, centre=centre)
    greedy = [min(options[0], key=lambda v: path_cost(progression[:1], [v], weights=weights,
                                                      centre=centre))]  # fmt: skip
    for i in range(1, len(options)):
        pair = progression[i - 1 : i + 1]
        greedy.append(min(options[i], key=lambda v, pair=pair: explain(  # type: ignore[misc]
            pair, [greedy[-1], v], weights=weights, centre=centre)[0].cost))  # fmt: skip
    assert best <= path_cost(progression, greedy, weights=weights, centre=centre) + 1e-9


@given(passages, st.sampled_from(STYLES), st.integers(40, 50), st.integers(26, 36))
def test_a_path_stays_in_its_range(
    progression: list[Chord], style: str, low: int, reach: int
) -> None:
    for voicing in lead(progression, style=style, low=low, high=low + reach):
        assert low <= voicing[0]
        assert voicing[-1] <= low + reach


@given(passages, st.sampled_from(OLD), st.sampled_from(sorted(WEIGHTS)), st.integers(1, 11))
def test_a_transposed_progression_costs_as_much(
    progression: list[Chord], style: str, weights: str, by: int
) -> None:
    here = lead(progression, style=style, low=52, high=80, weights=weights)
    moved = [chord.transpose(by) for chord in progression]
    there = lead(moved, style=style, low=52 + by, high=80 + by, weights=weights)
    price = path_cost(progression, here, weights=weights, centre=66)
    assert price == pytest.approx(path_cost(moved, there, weights=weights, centre=66 + by))
    shifted = [tuple(pitch + by for pitch in voicing) for voicing in here]
    assert price == pytest.approx(path_cost(moved, shifted, weights=weights, centre=66 + by))


@given(passages, st.sampled_from(sorted(WEIGHTS)))
def test_the_report_adds_up(progression: list[Chord], weights: str) -> None:
    path = lead(progression, weights=weights)
    moves = explain(progression, path, weights=weights)
    first = path_cost(progression[:1], path[:1], weights=weights)
    total = path_cost(progression, path, weights=weights)
    assert total == pytest.approx(first + sum(move.cost for move in moves))
    for move, a, b in zip(moves, path, path[1:], strict=False):
        assert (move.start, move.end) == (a, b)
        assert str(move)
        if move.steps:
            assert tuple(x + step for x, step in zip(a, move.steps, strict=True)) == b


def terms(first: str, second: str, a: tuple[int, ...], b: tuple[int, ...]) -> dict[str, float]:
    ones = Weights(*[1.0] * len(fields(Weights)))
    return dict(explain(parse(f"{first} {second}"), (a, b), weights=ones)[0].costs)


def test_each_cost_counts_what_it_names() -> None:
    assert terms("C", "Dm", (48, 55, 64, 72), (50, 57, 65, 74))["parallel"] == 2  # fifth, octave
    assert "parallel" not in terms("C", "C", (48, 55, 64, 72), (48, 55, 64, 72))
    assert terms("C", "F", (48, 55, 64, 67), (53, 60, 69, 72))["direct"] == 1
    assert "direct" not in terms("G", "C", (43, 59, 62, 71), (48, 60, 64, 72))
    assert terms("C", "F", (48, 52, 55), (57, 60, 65))["overlap"] == 2
    assert terms("C", "F", (48, 55, 60), (54, 65, 73))["awkward"] == 3  # 6, 10 and 13 semitones
    assert terms("G7", "C", (43, 53, 59, 62), (48, 55, 55, 60))["tendency"] == 2
    assert "tendency" not in terms("G7", "C", (43, 53, 59, 62), (48, 52, 60, 60))
    assert terms("C", "Am", (48, 52, 55), (45, 48, 52))["common"] == 2
    assert "common" not in terms("C", "Am", (48, 52, 55), (48, 52, 57))
    assert terms("C", "G7", (48, 55, 64), (47, 59, 65))["doubled"] == 1
    assert terms("C", "C", (48, 52, 67), (48, 52, 67))["spread"] == 3


def test_tendencies_by_rule() -> None:
    def wishes(first: str, second: str) -> dict[str, tuple[int, tuple[int, ...]]]:
        return {
            wish.name: (wish.tone, wish.steps) for wish in tendencies(*parse(f"{first} {second}"))
        }

    assert wishes("G7", "C") == {"seventh": (5, (-1,)), "leading tone": (11, (1,))}
    assert wishes("G7", "Cmaj7") == {"seventh": (5, (-1,)), "leading tone": (11, (1, 0))}
    assert wishes("D7", "G7") == {"seventh": (0, (-1,)), "leading tone": (6, (1, -1))}
    assert wishes("Bdim", "C") == {"leading tone": (11, (1,))}
    assert wishes("C", "Am") == {}
    assert wishes("Dm7", "G7") == {"seventh": (0, (-1,))}


def test_chorale_weights_lead_as_the_books_ask() -> None:
    progression = parse("C Am Dm G7 C F C/G G7 C")
    path = lead(progression, style="chorale", weights=CHORALE)
    for move in explain(progression, path, weights=CHORALE):
        assert not {"parallel", "overlap", "tendency", "doubled"} & {name for name, _ in move.costs}


def test_weights_have_their_say() -> None:
    """What a weight forbids happens less often than without it."""
    progression = parse("C Dm Em F G Am Bdim C") * 2
    free = lead(progression, style="chorale", weights=replace(CHORALE, parallel=0.0))
    strict = lead(progression, style="chorale", weights=CHORALE)

    def parallels(path: tuple[tuple[int, ...], ...]) -> float:
        only = replace(CHORALE, parallel=1.0)
        moves = explain(progression, path, weights=only)
        return sum(dict(move.costs).get("parallel", 0.0) for move in moves)

    assert parallels(strict) == 0 < parallels(free)


def test_the_top_voice_sings_a_given_tune() -> None:
    tops = (72, 72, 74, 72, None, 71, 72)
    path = lead(parse("C F G C Dm G C"), style="chorale", weights="chorale", tops=tops)
    assert all(top in (None, voicing[-1]) for top, voicing in zip(tops, path, strict=True))
    with pytest.raises(InputError, match="no voicing of C has Db5 on top"):
        lead(parse("C"), style="chorale", tops=(73,))
    with pytest.raises(InputError, match="1 chords, but 2"):
        lead(parse("C"), style="chorale", tops=(72, 72))


def test_a_path_fits_its_neighbours() -> None:
    before = (64, 67, 71, 74)
    near = lead([Chord.parse("Cmaj7")], low=48, high=80, before=before)[0]
    far = lead([Chord.parse("Cmaj7")], low=48, high=80, before=tuple(p - 12 for p in before))[0]
    assert motion(before, near) < motion(before, far)
    after = lead([Chord.parse("Cmaj7")], low=48, high=80, after=before)[0]
    assert motion(before, after) == motion(before, near)


def test_voices_may_change_in_number() -> None:
    assert motion((60, 64), (60, 64, 67)) == pytest.approx(1.0)
    progression = [Chord.parse("C5"), Chord.parse("Fmaj9")]
    path = lead(progression, voices=4)
    assert [len(voicing) for voicing in path] == [2, 4]
    (move,) = explain(progression, path)
    assert move.steps == ()
    assert str(move).count(" to ") + str(move).count("stays") == 4


def test_bad_use_is_refused() -> None:
    assert lead([]) == ()
    assert path_cost([], []) == 0.0
    for wrong, match in (
        (lambda: lead(parse("C"), low=60, high=61), "no voicing of C"),
        (lambda: lead(parse("C"), style="closed"), "'closed' is no voicing"),
        (lambda: lead(parse("C"), weights="bach"), "'bach' is no set of weights"),
        (lambda: Weights(motion=-1.0), "the weight of motion"),
        (lambda: explain(parse("C F"), ((60,),)), "2 chords, but 1 voicings"),
    ):
        with pytest.raises(InputError, match=match):
            wrong()
    assert WEIGHTS == {"keys": KEYS, "jazz": JAZZ, "chorale": CHORALE}
