"""Slow oscillators that move a delay or a level: chorus, flanger, vibrato, tremolo.

J. Dattorro, "Effect Design, part 2: Delay-Line Modulation and Chorus", JAES 45(10), 1997.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.delay_lines import PIECE, REACH, DelayLines, lagrange
from tapeloom.dsp.glide import Ramp
from tapeloom.dsp.oscillator import SHAPES, Oscillator

Signal = NDArray[np.float64]
LONGEST_MS = 50.0  # of a delay that moves


@njit(cache=True, nogil=True)
def _read_moving(
    x: Signal,
    lines: Signal,
    first: int,
    delays: NDArray[np.float64],
    feedback: Signal,
    out: Signal,
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Write x (channels, samples) into lines and sum what lies `delays` behind.

    delays    samples, at least REACH: (channels, voices, samples)
    feedback  how much of the first voice is written again: (samples)
    """
    for channel in range(x.shape[0]):
        line = lines[channel]
        for n in range(x.shape[1]):
            at = first + n
            heard = lagrange(line, at, delays[channel, 0, n])
            line[at] = x[channel, n] + feedback[n] * heard
            for voice in range(1, delays.shape[1]):
                heard += lagrange(line, at, delays[channel, voice, n])
            out[channel, n] = heard


class MovingDelay:
    """Voices behind the sound at distances that swing, over blocks: the wet sound alone.

    base_ms   the middle of the swing
    depth_ms  how far it goes to either side; base + depth is at most 50 ms
    rate_hz   swings a second
    spread    how far the channels' swings are apart, in turns
    feedback  how much of the first voice goes round again, -1 to 1, without the ends
    voices    that start evenly over a turn

    >>> delay = MovingDelay(1000, 1, base_ms=5.0, depth_ms=0.0)
    >>> delay.process(np.eye(1, 8)).round(3)
    array([[0., 0., 0., 0., 0., 1., 0., 0.]])
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        base_ms: float,
        depth_ms: float,
        rate_hz: float = 0.8,
        spread: float = 0.25,
        feedback: float = 0.0,
        voices: int = 1,
    ) -> None:
        self._rate, self._channels, self._voices = rate, channels, voices
        self._oscillator = Oscillator(rate)
        self._ramp = Ramp([base_ms, depth_ms, rate_hz, spread, feedback])
        self._lines = DelayLines(channels, reach=math.ceil(LONGEST_MS / 1000.0 * rate) + 3 * REACH)

    def retune(
        self, *, base_ms: float, depth_ms: float, rate_hz: float, spread: float, feedback: float
    ) -> None:
        """Take other settings from here on."""
        self._ramp.move([base_ms, depth_ms, rate_hz, spread, feedback])

    def process(self, block: NDArray[Any]) -> Signal:
        """Return what the voices make of (channels, samples), their sum."""
        out = np.empty(block.shape)
        for start in range(0, block.shape[1], PIECE):
            x = np.array(block[:, start : start + PIECE], np.float64, order="C")
            frames = x.shape[1]
            base, depth, rate_hz, spread, feedback = self._ramp.take(frames)
            phase = self._oscillator.take(rate_hz)
            apart = np.arange(self._channels)[:, None, None] * spread
            voices = np.arange(self._voices)[:, None] / self._voices
            turns = phase + apart + voices
            delays = (base + depth * np.sin(2.0 * np.pi * turns)) * (self._rate / 1000.0)
            heard = np.empty(x.shape)
            self._lines.make_room(frames)
            _read_moving(
                x,
                self._lines.values,
                self._lines.at,
                np.maximum(delays, REACH),
                feedback,
                heard,
            )
            self._lines.advance(frames)
            out[:, start : start + frames] = heard
        return out


class Tremolo:
    """A level that swings, over blocks.

    depth   0 leaves the level, 1 goes down to silence
    spread  how far the channels' swings are apart, in turns: 0.5 moves the sound from side to side
    shape   one of SHAPES

    >>> tremolo = Tremolo(4, 1, rate_hz=1.0, depth=1.0)
    >>> tremolo.process(np.ones((1, 4))).round(3) + 0.0
    array([[1. , 0.5, 0. , 0.5]])
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        rate_hz: float = 4.0,
        depth: float = 0.5,
        spread: float = 0.0,
        shape: str = "sine",
    ) -> None:
        if shape not in SHAPES:
            raise InputError(f"{shape!r} is no shape; choose one of {', '.join(SHAPES)}")
        self._shape = SHAPES[shape]
        self._oscillator = Oscillator(rate)
        self._ramp = Ramp([rate_hz, depth, spread])
        self._sides = np.arange(channels)[:, None]

    def retune(self, *, rate_hz: float, depth: float, spread: float) -> None:
        """Take other settings from here on."""
        self._ramp.move([rate_hz, depth, spread])

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the (channels, samples) with their level swinging."""
        rate_hz, depth, spread = self._ramp.take(block.shape[1])
        turns = self._oscillator.take(rate_hz) + self._sides * spread
        return np.asarray(block * (1.0 - depth * (0.5 - 0.5 * self._shape(turns))))
