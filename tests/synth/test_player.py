"""What a player's feet and hands do to a whole part: pedal, free strings, controllers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.performance import PlayedControl, PlayedNote, PlayedPart
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.bending import Bending
from tapeloom.synth.expression import Expression, darken_kernel, with_wheel
from tapeloom.synth.pedalling import BRUSHED_S, Pedal
from tapeloom.synth.sympathy import Sympathy, sympathy_kernel

RATE = 16_000
STILL = Bending(np.zeros(1), np.zeros(1))


def part(*controls: tuple[float, int, int]) -> PlayedPart:
    notes = (PlayedNote(0.0, 8.0, 57, 90),)
    return PlayedPart(
        "keys", "keys", "felt_piano", notes, controls=tuple(PlayedControl(*c) for c in controls)
    )


@given(st.floats(0.0, 8.0), st.lists(st.tuples(st.floats(0, 8), st.integers(0, 127)), max_size=8))
def test_a_note_is_never_let_go_before_its_finger_nor_after_the_pedal(
    end: float, moves: list[tuple[float, int]]
) -> None:
    pedal = Pedal.of(part(*((time, 64, value) for time, value in moves)))
    gone = pedal.let_go(end)
    assert end <= gone <= max(end, pedal.end_s)


def test_the_deeper_the_pedal_the_longer_a_note_lives() -> None:
    ends = [
        Pedal.of(part((0.0, 64, value), (7.0, 64, 0))).let_go(1.0) for value in range(0, 128, 8)
    ]
    assert ends[0] == 1.0
    assert ends == sorted(ends)
    assert ends[-1] == 7.0
    half = Pedal.of(part((0.0, 64, 73), (7.0, 64, 0)))
    assert half.let_go(1.0) == pytest.approx(1.0 + BRUSHED_S / (1.0 - half.depth_at(1.0)))


def played(seconds: float, pitch: float) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    tone = 0.3 * np.sin(2 * np.pi * midi_to_hz(pitch) * t) * np.exp(-t / 0.15)
    return np.stack([tone, tone])


def test_free_strings_ring_after_a_note_that_is_theirs_and_only_with_the_pedal() -> None:
    level = {}
    for name, value, pitch in (("free", 127, 57), ("between", 127, 57.5), ("damped", 0, 57)):
        bank = Sympathy(RATE, Pedal.of(part((0.0, 64, value))), amount=0.1)
        sound = played(4.0, pitch)
        answer = bank.process(sound) - sound
        level[name] = float(np.sqrt((answer[:, 2 * RATE : 3 * RATE] ** 2).mean()))
    assert level["free"] > 2.5 * level["between"] > 0.0
    assert level["free"] > 100 * level["damped"]
    assert np.isfinite(level["free"])


def test_free_strings_are_stopped_when_the_pedal_goes_up() -> None:
    bank = Sympathy(RATE, Pedal.of(part((0.0, 64, 127), (2.0, 64, 0))), amount=0.1)
    sound = played(4.0, 57)
    answer = np.abs(bank.process(sound) - sound).max(axis=0)
    assert answer[3 * RATE :].max() < 0.02 * answer[int(1.5 * RATE) : 2 * RATE].max()


@pytest.mark.parametrize("block", [1, 64, 1000])
def test_blocks_of_any_size_ring_alike(block: int) -> None:
    rng = np.random.default_rng(1)
    sound = rng.normal(0, 0.1, (2, 4_000))
    controls = part((0.0, 64, 127), (0.1, 64, 60), (0.0, 11, 90), (0.1, 74, 20), (0.12, 7, 40))
    for make in (
        lambda: Sympathy(RATE, Pedal.of(controls), amount=0.1), lambda: Expression(controls, RATE),
    ):  # fmt: skip
        whole = make().process(sound)
        player = make()
        pieces = [player.process(sound[:, at : at + block]) for at in range(0, 4_000, block)]
        assert np.concatenate(pieces, axis=1).tobytes() == whole.tobytes()


def test_kernels_in_plain_python() -> None:
    rng = np.random.default_rng(2)
    sound = rng.normal(0, 0.1, (2, 300))
    keep = rng.uniform(0, 1, 300)
    plain, compiled = sound.copy(), sound.copy()
    darken_kernel.py_func(plain, keep, np.zeros(2))
    darken_kernel(compiled, keep, np.zeros(2))
    assert plain == pytest.approx(compiled)
    found = []
    for kernel in (sympathy_kernel.py_func, sympathy_kernel):
        out, lines = np.zeros((2, 300)), np.zeros((2, 60))
        kernel(
            out, sound[0], np.ones(300), lines, np.zeros(2, np.int64), np.array([50, 60]),
            np.array([0.99, 0.98]), np.full(2, 0.5), np.full(2, 0.3), np.zeros((2, 3)),
            np.ones(2), np.ones(2),
        )  # fmt: skip
        found.append(out)
    assert found[0] == pytest.approx(found[1])
    assert np.abs(found[0]).max() > 0.01


def test_volume_and_expression_follow_general_midi() -> None:
    tone = np.ones((2, RATE))
    for number, full in ((7, 100), (11, 127)):
        out = Expression(part((0.5, number, full // 2)), RATE).process(tone)
        assert out[:, : RATE // 2] == pytest.approx(1.0)
        gain = 40 * np.log10(full // 2 / full)
        assert 20 * np.log10(out[0, -1]) == pytest.approx(gain, abs=0.01)
        assert np.abs(np.diff(out[0])).max() < 0.02
    assert not Expression(part((0.0, 64, 127)), RATE).acts


def test_brightness_darkens_below_its_middle() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, (2, RATE))
    centroids = []
    for value in (127, 64, 32, 0):
        out = Expression(part((0.0, 74, value)), RATE).process(noise)[0, 1000:]
        power = np.abs(np.fft.rfft(out)) ** 2
        centroids.append(float((power * np.arange(len(power))).sum() / power.sum()))
    assert centroids[0] == pytest.approx(centroids[1])
    assert centroids[1] > centroids[2] > centroids[3]


def test_the_wheel_sways_about_the_pitch() -> None:
    bent = with_wheel(STILL, part((0.0, 1, 127)), onset_s=1.0, held_s=2.0)
    assert abs(bent.semitones.mean()) < 0.02
    assert bent.semitones.max() == pytest.approx(0.45, abs=0.01)
    assert with_wheel(STILL, part((0.0, 64, 127)), onset_s=1.0, held_s=2.0) is STILL
    late = with_wheel(STILL, part((5.0, 1, 127)), onset_s=1.0, held_s=2.0)
    assert not late.moves
