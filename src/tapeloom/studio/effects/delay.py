"""Delays whose time may move: a tape echo, a ping-pong, each ducked by a key where asked."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.errors import InputError
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.blend import Blend, WetDuck
from tapeloom.studio.effects.settings import check_settings
from tapeloom.studio.effects.work import Work


class _Delay(Effect):
    """What both have in common: a running tape, clean or not."""

    __slots__ = ()

    time_ms: float
    feedback: float
    wet: float
    dry: float
    width: float
    duck_db: float
    key: str | None

    def _check(self) -> None:
        if not 0.0 <= self.feedback < 1.0:
            raise InputError(f"feedback is {self.feedback}; it must be at least 0 and below 1")
        check_settings(self, time_ms=(5.0, 5000.0), width=(0.0, 2.0), duck_db=(0.0, 60.0))

    def _tape(self) -> dict[str, float]:
        raise NotImplementedError

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.tape_delay import TapeDelay as Tape

        tape = Tape(rate, channels, **self._tape())
        blend = Blend(wet=self.wet, dry=self.dry, width=self.width)
        duck = WetDuck(rate, duck_db=self.duck_db, listens=self.key is not None)
        ducks = self.duck_db > 0.0

        def work(block: Samples) -> NDArray[Any]:
            wet = tape.process(block)
            if ducks:
                wet *= duck.gains(block)
            return blend.process(block, wet)

        def retune(to: _Delay) -> None:
            nonlocal ducks
            ducks = ducks or to.duck_db > 0.0
            tape.retune(**to._tape())
            duck.move(to.duck_db)
            blend.move(wet=to.wet, dry=to.dry, width=to.width)

        return Work(work, retune=retune, hear=duck.hear)


@dataclass(frozen=True, slots=True)
class TapeDelay(_Delay):
    """Repeats from a tape: darker, softer, never quite even. Their pitch slides with the time."""

    time_ms: float = 350.0
    feedback: float = 0.45
    low_cut_hz: float = 120.0
    high_cut_hz: float = 4000.0
    drive_db: float = 6.0  # how hot the tape is driven
    wow_percent: float = 0.1  # largest deviation of speed
    wet: float = 0.35
    dry: float = 1.0
    width: float = 1.0
    duck_db: float = 0.0  # by how much the repeats go down while the key sounds
    key: str | None = None  # the channel that ducks them; None: what is repeated

    def __post_init__(self) -> None:
        self._check()
        check_settings(self, drive_db=(0.0, 24.0), wow_percent=(0.0, 3.0))

    def _tape(self) -> dict[str, float]:
        names = ("time_ms", "feedback", "low_cut_hz", "high_cut_hz", "drive_db", "wow_percent")
        return {**{name: getattr(self, name) for name in names}, "cross": 0.0}


@dataclass(frozen=True, slots=True)
class PingPong(_Delay):
    """Clean repeats that go from side to side; in mono they stay where they are."""

    time_ms: float = 300.0
    feedback: float = 0.5
    low_cut_hz: float = 150.0
    high_cut_hz: float = 6000.0
    cross: float = 1.0  # 0: each side keeps its own repeats
    wet: float = 0.35
    dry: float = 1.0
    width: float = 1.0
    duck_db: float = 0.0
    key: str | None = None

    def __post_init__(self) -> None:
        self._check()
        check_settings(self, cross=(0.0, 1.0))

    def _tape(self) -> dict[str, float]:
        names = ("time_ms", "feedback", "low_cut_hz", "high_cut_hz", "cross")
        fixed = {"drive_db": 0.0, "wow_percent": 0.0}
        return {**{name: getattr(self, name) for name in names}, **fixed}
