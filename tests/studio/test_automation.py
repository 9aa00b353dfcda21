"""Settings on curves, and side-chains that reach their effects in time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tapeloom.core.audio import Audio, Samples
from tapeloom.core.errors import InputError
from tapeloom.studio.automation import GLIDE_S, Automated, Curve
from tapeloom.studio.chain import Effect, Line, Process, run
from tapeloom.studio.effects import Echo, Gain, Limiter, Pan
from tapeloom.studio.effects.work import Work

RATE = 44_100


def test_a_curve_is_level_outside_of_its_points_and_a_line_between() -> None:
    curve = Curve(((1.0, 0.0), (2.0, 10.0)))
    assert [curve.at(s) for s in (0.0, 1.5, 3.0)] == [0.0, 5.0, 10.0]


def test_a_jump_takes_its_glide() -> None:
    curve = Curve(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))
    assert curve.at(1.0) == 0.0
    assert 0.0 < curve.at(1.0 + GLIDE_S / 2) < 1.0
    assert curve.at(1.0 + GLIDE_S) == 1.0


@pytest.mark.parametrize("size", [1, 63, 1000, 65_536])
def test_the_size_of_blocks_changes_nothing(size: int) -> None:
    x = Audio(np.random.default_rng(1).uniform(-1, 1, (2, 5000)).astype(np.float32), RATE)
    moving = Automated(Gain(), (("gain_db", Curve(((0.0, 0.0), (0.05, -20.0), (0.05, 0.0)))),))
    blocks = np.concatenate(list(run((moving,), x, size=size)), axis=1)
    assert np.array_equal(blocks, moving(x).samples)


def test_a_pan_that_jumps_from_side_to_side_does_not_click() -> None:
    x = Audio(np.ones((2, RATE), np.float32), RATE)
    moving = Automated(Pan(-1.0), (("pan", Curve(((0.0, -1.0), (0.5, -1.0), (0.5, 1.0)))),))
    y = moving(x).samples
    assert np.abs(np.diff(y)).max() < 0.01
    assert y[0, 0] > 1.4
    assert y[0, -1] == pytest.approx(0.0, abs=1e-6)


def test_settings_that_do_not_exist_or_cannot_move_are_refused() -> None:
    with pytest.raises(InputError, match="has no setting 'gain'; choose one of gain_db"):
        Automated(Gain(), (("gain", Curve(((0.0, 0.0),))),))
    echo = Automated(Echo(), (("time_ms", Curve(((0.0, 300.0), (1.0, 400.0)))),))
    with pytest.raises(InputError, match="time_ms of Echo cannot move"):
        echo(Audio(np.zeros((1, 9999), np.float32), RATE))


@dataclass(frozen=True, slots=True)
class Listens(Effect):
    """Returns its side-chain."""

    key: str | None = "drums"

    def open(self, rate: int, channels: int) -> Process:
        heard: list[Samples] = []
        return Work(lambda block: heard.pop(), hear=heard.append)


def push(line: Line, x: Samples, key: Samples, size: int) -> Samples:
    parts: list[Any] = [
        line.push(x[:, i : i + size], {"drums": key[:, i : i + size], "other": x})
        for i in range(0, x.shape[1], size)
    ]
    return np.concatenate([*parts, line.finish()], axis=1)


@pytest.mark.parametrize("size", [100, 4096, 30_000])
def test_a_side_chain_behind_a_late_effect_is_in_time(size: int) -> None:
    x = np.zeros((2, 20_000), np.float32)
    key = np.random.default_rng(2).uniform(-1, 1, x.shape).astype(np.float32)
    line = Line((Limiter(), Listens()), rate=RATE, channels=2)
    assert np.array_equal(push(line, x, key, size), key)
    late = Line((Listens(), Limiter(18.0)), rate=RATE, channels=2)
    assert np.allclose(push(late, x, key, size), key, atol=1e-6)


def test_a_limiters_ceiling_moves_and_what_sets_its_latency_does_not() -> None:
    tone = Audio((2.0 * np.sin(0.05 * np.arange(RATE)))[None].astype(np.float32), RATE)
    falling = Curve(((0.0, -1.0), (1.0, -13.0)))
    y = Automated(Limiter(), (("ceiling_db", falling),))(tone).samples[0]
    for second in (0.2, 0.5, 0.8):
        around = y[round(second * RATE) : round(second * RATE) + 300]
        # It may come down as much earlier as the limiter is late, 28 ms.
        peak_db = 20 * np.log10(np.abs(around).max())
        assert falling.at(second + 0.03) - 0.15 < peak_db < falling.at(second) + 0.02
    for name in ("lookahead_ms", "clip_over_db"):
        moving = Automated(Limiter(), ((name, Curve(((0.0, 2.0), (0.5, 4.0)))),))
        if name == "lookahead_ms":
            with pytest.raises(InputError, match="sets a limiter's latency"):
                moving(tone)
        else:
            assert moving(tone).samples.any()
