from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.meter import Meter
from tapeloom.core.time import PPQ
from tapeloom.neural.humaniser import DRUMS, Humaniser
from tapeloom.train.corpus.groove import DrumHit, GrooveFile
from tapeloom.train.humaniser import (
    FEEDBACK,
    OFFSET_BINS,
    VELOCITY_BINS,
    Piece,
    batches,
    drummer_leans,
    feedback,
    scaled,
    session_leans,
    session_weights,
    to_bins,
    to_piece,
)
from tapeloom.train.humaniser_evaluation import (
    OFFSET_EDGES_MS,
    Habits,
    as_file,
    divergence,
    evaluate,
    learned,
    measure,
    real,
)
from tapeloom.train.humaniser_judge import judge

KEYS = {"kick": 36, "snare": 38, "closed_hat": 42, "open_hat": 46}


def file_of(number: int, *, drummer: int = 1, bpm: float = 100.0) -> GrooveFile:
    name = f"drummer{drummer}/session{number}"
    path = Path("none.mid")
    return GrooveFile(
        f"{name}/1", f"drummer{drummer}", name, "hiphop", "", bpm, "beat", Meter(), "train", path
    )


def performance(seed: int, *, drummer: int = 1, bars: int = 24) -> Piece:
    """Sixteen steps a bar, the lean of which wanders; accents on the beats."""
    rng = np.random.default_rng(seed)
    hits, lean = [], 0.0
    for step in range(16 * bars):
        lean = 0.9 * lean + rng.normal(0.0, 40.0)
        for drum in ("closed_hat", *(("kick",) if step % 8 == 0 else ("snare",) * (step % 8 == 4))):
            place = step * PPQ // 4
            velocity = int(np.clip((95 if step % 4 == 0 else 55) + rng.normal(0, 6), 1, 127))
            start = max(place + int(lean + rng.normal(0, 10)), 0)
            hits.append(DrumHit(start, place, drum, KEYS[drum], velocity))
    return to_piece(file_of(seed, drummer=drummer), hits)


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    return [performance(seed, drummer=1 + seed % 3) for seed in range(6)]


def test_of_two_strokes_on_one_place_the_loudest_is_kept() -> None:
    strokes = (
        DrumHit(5100, 5040, "snare", 38, 30), DrumHit(5000, 5040, "snare", 40, 100),
        DrumHit(5040, 5040, "kick", 36, 80),
    )  # fmt: skip
    piece = to_piece(file_of(1), strokes)
    assert piece.part.drums == ("kick", "snare")
    assert piece.velocities.tolist() == [80.0, 100.0]
    assert piece.offsets_ms[1] == pytest.approx(-40 * 600 / PPQ)


@given(st.lists(st.tuples(st.floats(-99, 99), st.integers(1, 127)), min_size=1, max_size=30))
def test_bins_hold_what_is_put_in(found: list[tuple[float, int]]) -> None:
    offsets, velocities = (np.array(column, np.float32) for column in zip(*found, strict=True))
    bins = to_bins(offsets, velocities)
    assert (np.abs((bins[:, 0] + 0.5) * 200 / OFFSET_BINS - 100 - offsets) <= 1.2501).all()
    assert (np.abs(bins[:, 1] * 2 + 1.5 - velocities) <= 0.5).all()
    assert bins.max() < max(OFFSET_BINS, VELOCITY_BINS)


def test_memory_holds_only_what_was_played_before() -> None:
    rng = np.random.default_rng(0)
    played = rng.normal(size=(40, 2)).astype(np.float32)
    drums, cells = rng.integers(len(DRUMS), size=40), rng.integers(5, size=40)
    rows = feedback(played, drums, cells)
    assert rows.shape == (40, FEEDBACK)
    assert not rows[0].any()
    assert np.allclose(rows[1:, :2], played[:-1])  # the first memory is the hit before
    for i in range(40):
        before = np.flatnonzero(drums[:i] == drums[i])
        last = played[before[-1]] if len(before) else np.zeros(2)
        assert np.allclose(rows[i, -7:-5], last)
        before = np.flatnonzero(cells[:i] == cells[i])
        assert rows[i, -1] == bool(len(before))
        assert np.allclose(rows[i, -5:-3], played[before[-1]] if len(before) else 0.0)
        habit = played[before[0]] if len(before) else np.zeros(2)
        for j in before[1:]:
            habit = habit + 0.35 * (played[j] - habit)
        assert np.allclose(rows[i, -3:-1], habit, atol=1e-5)
    changed = played.copy()
    changed[20:] += 1.0
    assert np.array_equal(feedback(changed, drums, cells)[:21], rows[:21])


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.integers(20, 300))
def test_batches_hold_every_hit_once(seed: int, size: int, length: int) -> None:
    whole = [performance(seed, bars=bars) for seed, bars in ((1, 3), (2, 9), (3, 1))]
    found = list(batches(whole, np.random.default_rng(seed), size=size, length=length))
    bins = np.concatenate([batch.bins.reshape(-1, 2) for batch in found])
    held = bins[bins[:, 0] >= 0]
    wanted = np.concatenate([to_bins(p.offsets_ms, p.velocities) for p in whole])
    assert sorted(map(tuple, held.tolist())) == sorted(map(tuple, wanted.tolist()))
    assert all(batch.features.shape[1] <= length for batch in found)


def test_sessions_weigh_by_the_root_of_their_hits(pieces: list[Piece]) -> None:
    short = performance(9, bars=6)
    weights = session_weights([*pieces, short])
    assert weights["drummer1/session9"] == pytest.approx(2 * weights["drummer1/session0"])
    hits = sum(weights[p.file.session] * len(p.offsets_ms) for p in [*pieces, short])
    assert hits == pytest.approx(sum(len(p.offsets_ms) for p in [*pieces, short]))


def test_every_drummer_has_one_lean() -> None:
    hits = tuple(
        DrumHit(tick + late, tick, "kick", 36, 90) for tick, late in ((PPQ, 84), (2 * PPQ, 168))
    )
    files = [file_of(1), file_of(2), file_of(3, drummer=2)]
    leans = session_leans([(files[0], hits), (files[1], hits[:1]), (files[2], hits[1:])])
    assert list(leans.values()) == pytest.approx([7.5, 5.0, 10.0])
    whole = [to_piece(file, hits, lean_ms=leans[file.session]) for file in files]
    assert drummer_leans(whole) == pytest.approx((6.25, 10.0))
    # The model learns what departs from the lean.
    assert whole[0].played[:, 0] * 25 == pytest.approx([-2.5, 2.5], abs=1e-5)


def test_divergence_grows_with_distance() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(0, 20, 5000)
    near, far = (divergence(x, x + shift, OFFSET_EDGES_MS) for shift in (5.0, 20.0))
    assert divergence(x, x, OFFSET_EDGES_MS) == 0.0
    # Of Gaussians of one spread: shift squared over twice the variance.
    assert near == pytest.approx(25 / 800, rel=0.25)
    assert far == pytest.approx(400 / 800, rel=0.25)


def test_a_performance_measured_against_itself_has_no_error(pieces: list[Piece]) -> None:
    from tapeloom.train.humaniser_evaluation import Playing

    figures, draws = measure(pieces, lambda piece, _: Playing.same(real(piece)), seed=1)
    assert figures["timing_error_ms"] < 0.4  # half a tick of the file
    assert figures["velocity_error"] == 0.0
    assert figures["offset_kl"] < 0.05
    assert len(draws) == len(pieces)


def test_templates_know_their_own_pieces(pieces: list[Piece]) -> None:
    habits = Habits(pieces)
    rng = np.random.default_rng(0)
    error = {
        name: np.abs(getattr(habits, name)(pieces[0], rng).centre - real(pieces[0])).mean(axis=0)
        for name in ("quantised", "jitter", "template")
    }
    assert error["template"][1] < error["quantised"][1] < error["jitter"][1]
    assert habits.quantised(pieces[0], rng).centre[:, 0].tolist() == [0.0] * len(
        pieces[0].offsets_ms
    )
    stranger = replace(pieces[0], file=replace(pieces[0].file, style="blues"))
    assert np.isfinite(habits.template_drawn(stranger, rng).drawn).all()


def test_the_judge_tells_jitter_and_not_copies(pieces: list[Piece]) -> None:
    habits = Habits(pieces)
    rng = np.random.default_rng(0)
    jitter = [as_file(habits.jitter(p, rng).drawn, p.file.bpm) for p in pieces]
    assert judge(pieces, jitter) > 0.85
    # Other performances by the same rule are not to be told from these.
    twins = [real(performance(100 + i)) for i in range(6)]
    assert judge(pieces, twins) < 0.7


@pytest.mark.slow
def test_the_shipped_model_goes_through_the_evaluation(pieces: list[Piece]) -> None:
    humaniser = Humaniser.load()
    table = evaluate(pieces[:4], pieces[4:], humaniser, seed=1)
    assert set(table["humaniser"]) == set(table["quantised"])
    assert all(np.isfinite(x) for row in table.values() for x in row.values())
    once, again = (measure(pieces[4:], learned(humaniser), seed=1)[0] for _ in range(2))
    assert once == again


@pytest.mark.slow
def test_the_exported_model_draws_by_the_network_s_own_chances(
    pieces: list[Piece], tmp_path: Path
) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnx")
    import onnxruntime

    from tapeloom.train.humaniser_export import save
    from tapeloom.train.humaniser_net import Humaniser as Network
    from tapeloom.train.humaniser_net import check, fit

    trained = fit(pieces, [], epochs=8, seed=1)
    untrained = fit(pieces, [], epochs=0, seed=1)
    assert sum(check(trained, pieces)) < sum(check(untrained, pieces)) - 2.0
    net: Network = trained
    path = tmp_path / "model.onnx"
    save(
        {name: value.numpy() for name, value in net.state_dict().items()},
        path,
        leans_ms=(-9.5, 3.0),
    )
    assert Humaniser.load(path).leans_ms == (-9.5, 3.0)
    part = pieces[0].part
    noise = np.random.default_rng(2).random((len(part.ticks), 2)).astype(np.float32)
    feed = {"features": part.describe(), "cells": part.cells, "noise": noise}
    (played,) = onnxruntime.InferenceSession(path).run(["played"], feed)
    values = scaled(played[:, 0], played[:, 1])
    memory = torch.from_numpy(feedback(values, part.numbers, part.cells))
    with torch.no_grad():
        context = net.reader(torch.from_numpy(part.describe())[None])
        hidden, _ = net.player(torch.cat([context, memory[None]], -1))
        state = torch.cat([hidden, context], -1)
        touch = torch.from_numpy(values[:, 1])[None, :, None]
        lean = torch.tanh(net.lean(torch.cat([state, touch], -1)))
        offset = torch.softmax(net.offset(lean), -1)[0].numpy()
        velocity = torch.softmax(net.velocity(state), -1)[0].numpy()
    for p, place, u in (
        (offset, (played[:, 0] + 100.0) / 200.0, noise[:, 0]),
        (velocity, (played[:, 1] - 0.5) / 128.0, noise[:, 1]),
    ):
        bins = p.shape[1]
        index = np.minimum((place * bins).astype(int), bins - 1)
        rows = np.arange(len(p))
        below = np.cumsum(p, axis=1)[rows, index] - p[rows, index]
        assert np.abs(below + (place * bins - index) * p[rows, index] - u).max() < 1e-3
