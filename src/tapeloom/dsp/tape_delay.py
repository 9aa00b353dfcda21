"""A tape echo: one head writes on a running tape, another reads behind it.

The tape's way is kept with its sound, so that the time between the heads is the time that a point
of the tape truly took. When the motor turns faster, what lies between the heads is played faster:
the pitch slides up, then settles.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.delay_lines import PIECE, REACH, DelayLines, lagrange
from tapeloom.dsp.followers import smoothing
from tapeloom.dsp.glide import Ramp
from tapeloom.dsp.level import db_to_gain

SHORTEST_MS, LONGEST_MS = 5.0, 5_000.0
INERTIA_MS = 90.0  # what the motor takes for 63 % of a change of speed
# Wow and flutter of the motor: Hz, share of the depth.
_WANDER = ((0.71, 0.45), (1.87, 0.2), (4.3, 0.15), (9.1, 0.2))
_HEADROOM = 1.2  # how many of the longest delays the memory holds: wow makes some longer


@njit(cache=True, nogil=True)
def _echo(
    x: NDArray[np.float64],
    lines: NDArray[np.float64],
    way: NDArray[np.float64],
    first: int,
    speeds: NDArray[np.float64],
    settings: NDArray[np.float64],
    state: NDArray[np.float64],
    filters: NDArray[np.float64],
    oldest: int,
    out: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Run x (channels, samples) through the loop.

    lines     (channels + 1, ...): the last row is the way of the tape in head distances
    speeds    way a sample
    settings  (5, samples): feedback, cross-feedback, high-pass, low-pass, drive
    state     (2): the way so far; how far behind the read head is, in samples
    filters   (channels, 3): what high-pass and both low-passes hold
    """
    channels = x.shape[0]
    position, behind = state[0], int(state[1])
    for n in range(x.shape[1]):
        at = first + n
        position += speeds[n]
        way[at] = position
        wanted = position - 1.0
        # The head lies between the samples whose ways enclose it.
        behind += 1
        while behind > REACH + 1 and way[at - behind + 1] <= wanted:
            behind -= 1
        while behind < oldest and way[at - behind] > wanted:
            behind += 1
        before, after = way[at - behind], way[at - behind + 1]
        span = after - before
        f = (wanted - before) / span if span > 0.0 else 0.0
        delay = behind - min(1.0, max(0.0, f))
        feedback, cross = settings[0, n], settings[1, n]
        high, low, drive = settings[2, n], settings[3, n], settings[4, n]
        for channel in range(channels):
            y = lagrange(lines[channel], at, delay)
            held = filters[channel]
            held[0] += high * (y - held[0])
            y -= held[0]
            held[1] += low * (y - held[1])
            held[2] += low * (held[1] - held[2])
            out[channel, n] = held[2]
        for channel in range(channels):
            other = out[channels - 1 - channel, n]
            back = (1.0 - cross) * out[channel, n] + cross * other
            # In a ping-pong all sound enters on the first side.
            fed = x[channel, n]
            if channels == 2:
                first_side = 0.5 * (x[0, n] + x[1, n]) if channel == 0 else 0.0
                fed += cross * (first_side - fed)
            y = fed + feedback * back
            if drive > 0.0:
                y = math.tanh(drive * y) / drive
            lines[channel, at] = y
    for channel in range(channels):
        for k in range(3):
            if abs(filters[channel, k]) < 1e-30:
                filters[channel, k] = 0.0
    state[0], state[1] = position, behind


class TapeDelay:
    """Repeats over blocks, by a tape: the wet sound alone.

    time_ms       from a sound to its repeat, 5 to 5000; where it moves, the pitch slides
    feedback      how much of a repeat is repeated, 0 to below 1
    low_cut_hz    what each repeat loses below (6 dB an octave)
    high_cut_hz   and above (12 dB an octave)
    drive_db      how hot the tape is driven; 0 is clean
    wow_percent   largest deviation of speed
    cross         1 is a ping-pong: repeats change sides; 0 keeps theirs

    >>> echo = TapeDelay(44100, 1, time_ms=10.0, feedback=0.5, wow_percent=0.0, low_cut_hz=1.0)
    >>> y = echo.process(np.eye(1, 1000))
    >>> int(abs(y[0]).argmax()), bool(y[0, :430].any())
    (442, False)
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        time_ms: float = 350.0,
        feedback: float = 0.4,
        low_cut_hz: float = 120.0,
        high_cut_hz: float = 4000.0,
        drive_db: float = 0.0,
        wow_percent: float = 0.1,
        cross: float = 0.0,
    ) -> None:
        self._rate = rate
        self._speed = Ramp([1000.0 / (time_ms * rate)])
        self._running = 1000.0 / (time_ms * rate)
        self._inertia = smoothing(INERTIA_MS, rate)
        self._ramp = Ramp(
            self._wanted(feedback, low_cut_hz, high_cut_hz, drive_db, wow_percent, cross)
        )
        self._filters = np.zeros((channels, 3))
        self._lines = DelayLines(channels, reach=0)
        self._way = DelayLines(1, reach=0)
        self._oldest = 0
        self._hold(time_ms)
        self._state = np.array([0.0, math.ceil(time_ms / 1000.0 * rate)])
        self._now = 0

    def _hold(self, time_ms: float) -> None:
        """Remember enough of the tape; what lay before all memory ran as the tape runs now."""
        self._oldest = max(self._oldest, round(_HEADROOM * time_ms / 1000.0 * self._rate) + 64)
        had = self._way.reach
        first = self._way.values[0, self._way.at - had]
        self._lines.grow(self._oldest + REACH + 2)
        self._way.grow(self._oldest + REACH + 2)
        missing = self._way.reach - had
        way = self._way.values[0, self._way.at - self._way.reach :]
        way[:missing] = first - self._running * np.arange(missing, 0, -1)

    def _wanted(
        self,
        feedback: float,
        low_cut_hz: float,
        high_cut_hz: float,
        drive_db: float,
        wow_percent: float,
        cross: float,
    ) -> list[float]:
        steps = [
            1.0 - math.exp(-2.0 * math.pi * min(hz, 0.45 * self._rate) / self._rate)
            for hz in (low_cut_hz, high_cut_hz)
        ]
        # As soft as the tanh is near 0, the gain stays 1; drive only lowers the ceiling.
        drive = db_to_gain(drive_db) - 1.0
        return [feedback, cross, *steps, drive, wow_percent / 100.0]

    def retune(
        self,
        *,
        time_ms: float,
        feedback: float,
        low_cut_hz: float,
        high_cut_hz: float,
        drive_db: float,
        wow_percent: float,
        cross: float,
    ) -> None:
        """Take other settings from here on."""
        self._hold(time_ms)
        self._speed.move([1000.0 / (time_ms * self._rate)])
        self._ramp.move(
            self._wanted(feedback, low_cut_hz, high_cut_hz, drive_db, wow_percent, cross)
        )

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the repeats of (channels, samples)."""
        out = np.empty(block.shape)
        for start in range(0, block.shape[1], PIECE):
            x = np.array(block[:, start : start + PIECE], np.float64, order="C")
            frames = x.shape[1]
            *settings, wow = self._ramp.take(frames)
            heard = np.empty(x.shape)
            self._lines.make_room(frames)
            self._way.make_room(frames)
            _echo(
                x,
                self._lines.values,
                self._way.values[0],
                self._lines.at,
                self._speeds(frames, wow),
                np.stack(settings),
                self._state,
                self._filters,
                self._oldest,
                heard,
            )
            self._lines.advance(frames)
            self._way.advance(frames)
            self._now += frames
            out[:, start : start + frames] = heard
        return out

    def _speeds(self, frames: int, wow: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far the tape runs in each of the next samples."""
        from tapeloom.dsp.followers import follow

        motor, self._running = follow(
            self._speed.take(frames)[0],
            rise=self._inertia,
            fall=self._inertia,
            start=self._running,
        )
        if not wow.any():
            return motor
        seconds = np.arange(self._now, self._now + frames) / self._rate
        wander = np.zeros(frames)
        for k, (hz, share) in enumerate(_WANDER):
            wander += share * np.sin(2.0 * math.pi * hz * seconds + 1.9 * k)
        return np.asarray(motor * (1.0 + wow * wander))
