"""Six kinds of compressor from one kernel, by the table of circuits.

The level in decibels goes through the static curve to the reduction that is wanted; stages that
charge and discharge follow it; the fullest of them is the reduction. Attack and release are the
time in which 63 % of a change in decibels has been made. A circuit that hears its own output is
solved in closed form: its curve and its times are those of the closed loop, as manuals give them.
Behind a diode a release runs towards 0 and stops where the sound holds it. Without one it runs
towards what is wanted, and in a closed loop (the sound still above the threshold) faster by the
loop's gain.

D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range Compressor Design: A Tutorial and
Analysis", JAES 60(6), 2012.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.circuits import CIRCUITS, COVERED, Circuit, Stage
from tapeloom.dsp.compressor_kernels import ride_gain, want
from tapeloom.dsp.detectors import Detector
from tapeloom.dsp.filters import Section
from tapeloom.dsp.followers import follow, smoothing
from tapeloom.dsp.gain_stage import PIECE, Rider, refuse_changes
from tapeloom.dsp.level import db_to_gain

Signal = NDArray[np.float64]
RANGE_DB = {False: 60.0, True: 12.0}  # how far the gain goes at most: downward, upward
# A mean of the power covers 63 % of 10 dB in 0.556 of its time constant when it rises and falls by
# 10 dB in 2.303 of it. 0.6 keeps 10 and 20 dB within 10 % of the 160's 15 and 5 ms at once, and
# the slew gives its 3 ms for 30 dB.
_MEAN_RISE = 1.0 / 0.6
_MEAN_FALL = 1.0 / math.log(10.0)
_SLEW_DB = 104.0  # of level in one attack time


def reduction_db(
    level_db: Signal,
    *,
    kind: str = "digital",
    threshold_db: float,
    ratio: float,
    knee_db: float,
    range_db: float = 60.0,
    upward: bool = False,
) -> Signal:
    """Return by how many dB a compressor lowers each level at last (its static curve, eq. 4).

    Where a circuit's ratio grows, the reduction `o` dB above the threshold is
    (1 - 1/ratio) o^2 / (o + knee): a ratio of 1 at the threshold, `ratio` far above it. Upward the
    curve stands on its head, and what it raises is negative here.

    >>> reduction_db(np.array([-40.0, -20.0, 0.0]), threshold_db=-20, ratio=2, knee_db=0).round(6)
    array([ 0.,  0., 10.])
    """
    numbers = np.array([threshold_db, 1.0 - 1.0 / ratio, knee_db, range_db], np.float64)
    wanted, closed = np.empty((2, level_db.size))
    growing = CIRCUITS[kind].growing
    levels = np.asarray(level_db, np.float64)
    want(levels, numbers, numbers, 0, 1.0, growing, upward, wanted, closed)
    return np.asarray(wanted - range_db if upward else wanted)


class Compressor(Rider):
    """A compressor over blocks, of any of the kinds in CIRCUITS.

    rate, channels  of the sound; the side-chain may have any number of channels
    kind            a name in CIRCUITS; what is None below is as the circuit has it
    threshold_db    dBFS of a sine's peak; a constant is heard 3 dB above
    ratio           1 or more; math.inf holds the level
    attack_ms, release_ms   63 % of a change in dB. "vca": for 10 dB, shorter for more. "opto":
                    50 % of the release, then its slow half
    auto_release    the release of its own that the circuit has ("vari_mu", "bus")
    look_ahead_ms   by how much the sound is late, so that the gain is there before it
    key_sections    filters on the side-chain
    mix             below 1 the dry sound is blended in
    auto_makeup     adds half of what a sine at 0 dBFS is lowered by
    link            1: one gain for all channels, 0: each has its own
    upward          raises what lies below the threshold, instead
    range_db        how far the gain goes at most; None: 60, upward 12

    Reached to within the two samples in which a gain is looked at once: an attack of 20
    microseconds needs a rate of 96 kHz. The envelope of sound below 30 Hz (at 44.1 kHz; in
    proportion to the rate) ripples as a rectifier's does.

    >>> loud = np.ones((1, 44100))
    >>> Compressor(44100, 1, threshold_db=-20, ratio=4, attack_ms=5).process(loud)[0, -1].round(3)
    np.float64(0.137)
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        kind: str = "digital",
        look_ahead_ms: float = 0.0,
        upward: bool = False,
        key_sections: Sequence[Section] = (),
        **settings: Any,
    ) -> None:
        if kind not in CIRCUITS:
            raise InputError(f"{kind!r} is no compressor; choose one of {', '.join(CIRCUITS)}")
        self._circuit = CIRCUITS[kind]
        self._kept: dict[str, Any] = {
            "kind": kind,
            "look_ahead_ms": look_ahead_ms,
            "upward": upward,
        }
        self._rate, self._channels, self._upward = rate, channels, upward
        self._detector = Detector(channels, peak=not self._circuit.power, sections=key_sections)
        self._mean = np.zeros(channels)
        self._scratch = np.empty((6, PIECE // 2 + 1))
        self._split = False
        numbers = self._set(**settings)
        self._held = np.full((channels, 3), numbers[3] if upward else 0.0)
        super().__init__(rate, channels, numbers=numbers, look_ahead_ms=look_ahead_ms)

    def _set(
        self,
        *,
        threshold_db: float = -18.0,
        ratio: float | None = None,
        knee_db: float | None = None,
        attack_ms: float | None = None,
        release_ms: float | None = None,
        auto_release: bool = False,
        makeup_db: float = 0.0,
        auto_makeup: bool = False,
        mix: float = 1.0,
        link: float = 1.0,
        range_db: float | None = None,
    ) -> list[float]:
        """Take settings, and return the numbers that ramp."""
        circuit = self._circuit
        ratio = circuit.ratio if ratio is None else ratio
        knee_db = circuit.knee_db if knee_db is None else knee_db
        attack_ms = circuit.attack_ms if attack_ms is None else attack_ms
        release_ms = circuit.release_ms if release_ms is None else release_ms
        range_db = RANGE_DB[self._upward] if range_db is None else range_db
        looks = self._rate / 2.0
        self._mean_steps = (
            smoothing(attack_ms * _MEAN_RISE, looks),
            smoothing(release_ms * _MEAN_FALL, looks),
        )
        self._largest = (1.0 - 1.0 / ratio) * _SLEW_DB * 1000.0 / (max(attack_ms, 0.01) * looks)
        stages = circuit.automatic if auto_release else circuit.stages
        if not stages:
            raise InputError(
                f"a compressor of the kind {self._kept['kind']!r} has no automatic release; "
                f"{', '.join(k for k, c in CIRCUITS.items() if c.automatic)} have one"
            )
        self._stages = np.array(
            [
                _row(stage, circuit, looks, ratio=ratio, attack_ms=attack_ms, release_ms=release_ms)
                for stage in stages
            ]
        )
        self._split = self._split or (link < 1.0 and self._channels > 1)
        if auto_makeup:
            full = reduction_db(
                np.zeros(1),
                kind=self._kept["kind"],
                threshold_db=threshold_db,
                ratio=ratio,
                knee_db=knee_db,
                range_db=range_db,
                upward=self._upward,
            )
            makeup_db += float(full[0]) / 2.0
        wet = mix * db_to_gain(makeup_db)
        return [threshold_db, 1.0 - 1.0 / ratio, knee_db, range_db, link, wet, 1.0 - mix]

    def retune(self, *, key_sections: Sequence[Section] = (), **settings: Any) -> None:
        """Take other settings; what cannot change in the middle of a stream is refused."""
        refuse_changes(self._kept, settings)
        numbers = self._set(**{k: v for k, v in settings.items() if k not in self._kept})
        self._ramp.move(numbers)
        self._detector.filter(key_sections)

    def _gains(self, heard: Signal, phase: int, count: int) -> Signal:
        ramp, circuit = self._ramp, self._circuit
        link = self._now(phase, count)[4] if self._split else 1.0
        powers = self._detector.powers(heard, phase, link=link, split=self._split)
        gains = np.empty(powers.shape)
        for lane, mean in enumerate(self._mean[: powers.shape[0]]):
            if circuit.averages:
                rise, fall = self._mean_steps
                powers[lane], self._mean[lane] = follow(
                    powers[lane], rise=rise, fall=fall, start=mean
                )
            ride_gain(
                powers[lane],
                ramp.before,
                ramp.after,
                ramp.moved + phase,
                ramp.step,
                (circuit.growing, self._upward, circuit.diode, circuit.averages),
                self._largest,
                self._stages,
                self._held[lane],
                self._scratch,
                gains[lane],
            )
        if powers.shape[0] < self._channels:
            # Channels that part later part from the same gain.
            self._held[:], self._mean[:] = self._held[0], self._mean[0]
        return gains


def _row(
    stage: Stage,
    circuit: Circuit,
    looks: float,
    *,
    ratio: float,
    attack_ms: float,
    release_ms: float,
) -> list[float]:
    """Return a stage as the kernel reads it: weight, step up, steps down."""
    up_ms = attack_ms if stage.attack_ms is None else stage.attack_ms
    down_ms = release_ms if stage.release_ms is None else stage.release_ms
    if stage.release_ms is None and circuit.released != COVERED:
        down_ms /= -math.log(1.0 - circuit.released)
    closed_ms = down_ms / ratio if circuit.feedback else down_ms
    return [
        stage.weight,
        smoothing(up_ms, looks),
        smoothing(down_ms, looks),
        smoothing(closed_ms, looks),
    ]
