from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.time import PPQ
from tapeloom.neural.humaniser import (
    DRUMS,
    FEATURES,
    MODEL,
    STAND_INS,
    STYLES,
    DrumPart,
    Humaniser,
)

BAR = Meter().bar_ticks


def groove(bars: int, *, bpm: float = 84.0, style: str | None = "hiphop") -> DrumPart:
    """Boom bap: kick, backbeat, eighths on the hats."""
    hits = [
        (bar * BAR + step * PPQ // 4, drum)
        for bar in range(bars)
        for drum, steps in (
            ("kick", (0, 7, 10)), ("snare", (4, 12)), ("closed_hat", range(0, 16, 2)),
        )
        for step in steps
    ]  # fmt: skip
    ticks = tuple(tick for tick, _ in hits)
    return DrumPart(ticks, tuple(d for _, d in hits), tuple(t % BAR for t in ticks), bpm, style)


hits = st.lists(
    st.tuples(st.integers(0, 127), st.sampled_from((*DRUMS, *STAND_INS))),
    max_size=40,
    unique_by=lambda hit: (hit[0], STAND_INS.get(hit[1], hit[1])),
)


def part_of(found: list[tuple[int, str]], bpm: float, style: str | None) -> DrumPart:
    ticks = tuple(step * PPQ // 8 for step, _ in found)
    return DrumPart(ticks, tuple(d for _, d in found), tuple(t % BAR for t in ticks), bpm, style)


@given(hits, st.floats(20, 400), st.sampled_from((None, *STYLES)), st.integers(0, 2**32 - 1))
def test_every_hit_is_played_within_bounds_and_the_seed_decides(
    found: list[tuple[int, str]], bpm: float, style: str | None, seed: int
) -> None:
    part = part_of(found, bpm, style)
    humaniser = Humaniser.load()
    touch = humaniser.play(part, np.random.default_rng(seed))
    again = humaniser.play(part, np.random.default_rng(seed))
    assert np.array_equal(touch.offsets_ms, again.offsets_ms)
    assert np.array_equal(touch.velocities, again.velocities)
    for one in (touch, humaniser.expect(part)):
        assert one.offsets_ms.shape == one.velocities.shape == (len(found),)
        assert (np.abs(one.offsets_ms) <= 100.0).all()
    assert (np.abs(touch.offsets_ms) <= 7500.0 / bpm).all()  # half a sixteenth
    for one in (touch, humaniser.expect(part)):
        assert ((one.velocities >= 1.0) & (one.velocities <= 127.0)).all()


@given(st.data(), hits)
def test_the_order_in_which_hits_are_given_does_not_matter(
    data: st.DataObject, found: list[tuple[int, str]]
) -> None:
    turn = data.draw(st.permutations(range(len(found))))
    humaniser = Humaniser.load()
    straight = humaniser.play(part_of(found, 90, "funk"), np.random.default_rng(5))
    mixed = part_of([found[i] for i in turn], 90, "funk")
    turned = humaniser.play(mixed, np.random.default_rng(5))
    assert turned.offsets_ms.tolist() == straight.offsets_ms[list(turn)].tolist()
    assert turned.velocities.tolist() == straight.velocities[list(turn)].tolist()


def test_seeds_differ_and_amounts_scale() -> None:
    humaniser, part = Humaniser.load(), groove(4)
    full = humaniser.play(part, np.random.default_rng(1))
    other = humaniser.play(part, np.random.default_rng(2))
    assert np.abs(full.offsets_ms - other.offsets_ms).mean() > 3.0
    half = humaniser.play(part, np.random.default_rng(1), amount=0.5)
    assert np.allclose(half.offsets_ms, 0.5 * full.offsets_ms)
    none = humaniser.play(part, np.random.default_rng(1), amount=0.0)
    assert not none.offsets_ms.any()
    assert np.allclose(none.velocities, humaniser.expect(part).velocities)


def test_timing_is_correlated_and_not_white() -> None:
    part = groove(64)
    touch = Humaniser.load().play(part, np.random.default_rng(3))
    order = part.order
    ticks = np.array(part.ticks)[order]
    _, group = np.unique(ticks, return_inverse=True)
    lean = np.bincount(group, touch.offsets_ms[order]) / np.bincount(group)
    assert np.corrcoef(lean[1:], lean[:-1])[0, 1] > 0.2  # white noise: 0 with a spread of 0.04


def test_the_touch_follows_drum_tempo_and_style() -> None:
    humaniser = Humaniser.load()
    plain = humaniser.expect(groove(8))
    names = np.array(groove(8).drums)
    assert (
        plain.velocities[names == "snare"].mean() > plain.velocities[names == "closed_hat"].mean()
    )
    for other in (groove(8, bpm=160.0), groove(8, style="jazz"), groove(8, style=None)):
        assert not np.allclose(humaniser.expect(other).offsets_ms, plain.offsets_ms)


def test_an_empty_part_and_the_description() -> None:
    empty = DrumPart((), (), (), 75.0)
    assert Humaniser.load().play(empty, np.random.default_rng(0)).offsets_ms.shape == (0,)
    assert empty.describe().shape == (0, FEATURES)
    part = DrumPart((5040, 0, 0), ("snare", "closed_hat", "kick"), (5040, 0, 0), 100.0, "jazz")
    rows = part.describe()
    drums = rows[:, : len(DRUMS)].argmax(1)
    assert [DRUMS[i] for i in drums] == ["kick", "closed_hat", "snare"]
    assert rows[0, len(DRUMS) : 2 * len(DRUMS)].sum() == 2.0  # kick and hat together
    assert rows[2, 2 * len(DRUMS) + 12] == 1.0  # half-way through the beat


def test_a_drum_plays_the_part_of_one_it_stands_for() -> None:
    ticks = (0, 5040, 10080)
    kit = DrumPart(ticks, ("kick", "closed_hat", "snare"), ticks, 80.0)
    soft = DrumPart(ticks, ("kick", "shaker", "brush"), ticks, 80.0)
    assert np.array_equal(kit.describe(), soft.describe())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (((0,), ("kick", "snare"), (0,), 90.0), "as many of each"),
        (((0,), ("cowbell",), (0,), 90.0), "'cowbell' is no drum"),
        (((0,), ("kick",), (0,), 0.0), "between 20 and 400"),
        (((0,), ("kick",), (0,), float("nan")), "between 20 and 400"),
        (((-1,), ("kick",), (0,), 90.0), "before its beginning"),
        (((0,), ("kick",), (0,), 90.0, "polka"), "'polka' is no style"),
    ],
)
def test_bad_parts_are_refused(fields: tuple, words: str) -> None:
    with pytest.raises(InputError, match=words):
        DrumPart(*fields)


def test_a_lean_moves_the_player_as_a_whole() -> None:
    humaniser, part = Humaniser.load(), groove(4, bpm=60.0)
    assert len(humaniser.leans_ms) > 1
    plain, late = humaniser.expect(part), humaniser.expect(part, lean_ms=12.0)
    assert np.allclose(late.offsets_ms - plain.offsets_ms, 12.0)
    drawn = [humaniser.play(part, np.random.default_rng(1), lean_ms=x) for x in (0.0, 12.0)]
    assert np.array_equal(drawn[0].velocities, drawn[1].velocities)
    assert 11.0 < (drawn[1].offsets_ms - drawn[0].offsets_ms).mean() <= 12.0
    with pytest.raises(InputError, match="between -100 and 100"):
        humaniser.play(part, np.random.default_rng(1), lean_ms=float("nan"))


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.5), st.integers(40, 220))
def test_what_is_humanised_by_half_is_read_back(seed: int, amount: float, bpm: int) -> None:
    part = groove(2, bpm=bpm)
    touch = Humaniser.load().play(part, np.random.default_rng(seed), amount=amount)
    played = np.array(part.ticks) + touch.offsets_ms * bpm * PPQ / 60_000
    grid = PPQ // 8  # thirty-seconds
    assert (np.rint(played / grid) * grid).astype(int).tolist() == list(part.ticks)


@pytest.mark.parametrize("amount", [-0.1, 1.1, float("nan")])
def test_bad_amounts_are_refused(amount: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        Humaniser.load().play(groove(1), np.random.default_rng(0), amount=amount)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    with pytest.raises(InputError, match="no humaniser that can be loaded"):
        Humaniser.load(broken)
    with pytest.raises(InputError, match="no humaniser that can be loaded"):
        Humaniser.load(tmp_path / "missing.onnx")


def test_the_model_is_small() -> None:
    assert MODEL.stat().st_size < 5_000_000
