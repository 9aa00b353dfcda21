"""A mix as a value: channels, groups, returns, what lies under them, and the bus."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.studio.automation import Curve
from tapeloom.studio.chain import Chain

SILENT_DB = -120.0  # a fader at its lower end: below the last bit of 24
Setting = float | Curve  # a number that stays, or one that moves with time


@dataclass(frozen=True, slots=True)
class Send:
    """A share of a strip's sound that goes to a return."""

    to: str  # the return's name
    level_db: Setting = -12.0
    pre_fader: bool = False  # taken before fader and pan: it stays when the fader goes down


@dataclass(frozen=True, slots=True)
class Channel:
    """One strip of the mixer. Its level is a loudness, whatever the stem's own level is.

    The way of the sound: the gain that leads to `loudness_lufs`, both cuts, `effects`, the duck,
    mono below; here side-chains and sends before the fader listen; then fader, pan, the sends
    behind them, and the group or the bus.
    """

    name: str  # of the stem
    loudness_lufs: float  # gated loudness of the strip before the mix is brought to its level
    pan: Setting = 0.0  # -1 left to 1 right
    high_pass_hz: Setting = 0.0  # 0: none
    low_pass_hz: Setting = 0.0  # 0: none
    effects: Chain = ()
    mono_below_hz: float = 0.0
    duck_db: float = 0.0  # how far each kick pushes it down
    fader_db: Setting = 0.0
    sends: tuple[Send, ...] = ()
    group: str | None = None

    def __post_init__(self) -> None:
        check_pan(self.pan)


@dataclass(frozen=True, slots=True)
class Bus:
    """A strip that sums others: a group sums its members, a return what is sent to it.

    A group that has no effects and no sends is a fader for its members, who stay stems of their
    own.
    """

    name: str
    effects: Chain = ()
    fader_db: Setting = 0.0
    pan: Setting = 0.0
    sends: tuple[Send, ...] = ()
    group: str | None = None  # that it goes on to; None: the bus

    def __post_init__(self) -> None:
        check_pan(self.pan)


@dataclass(frozen=True, slots=True)
class Vinyl:
    """How much surface noise lies under the record."""

    crackle_per_s: float = 15.0
    crackle_db: float = -40.0
    pops_per_s: float = 0.3
    hiss_db: float = -62.0
    rumble_db: float = -64.0


@dataclass(frozen=True, slots=True)
class Aim:
    """What the bus leads a mix towards, by measuring it; a mix inside stays as it is."""

    range_lu: tuple[float, float] | None = None  # of loudness, least and most: the level is ridden
    slope_db_per_octave: tuple[float, float] | None = None  # least and most, 100 Hz to 4 kHz
    centroid_hz: float | None = None  # the most

    def __post_init__(self) -> None:
        for name, bounds in (("range", self.range_lu), ("slope", self.slope_db_per_octave)):
            if bounds is not None and bounds[0] > bounds[1]:
                low, high = bounds
                raise InputError(
                    f"the {name} lies between {low:g} and {high:g}; the lower is first"
                )


@dataclass(frozen=True, slots=True)
class MixSettings:
    """A whole mix; a value that can be compared, saved and undone."""

    channels: tuple[Channel, ...]
    groups: tuple[Bus, ...] = ()
    returns: tuple[Bus, ...] = ()
    vinyl: Vinyl | None = None
    bus: Chain = ()
    aim: Aim = Aim()
    premix_lufs: float = -20.0

    def __post_init__(self) -> None:
        from tapeloom.studio.routing import check

        check(self)

    def strips(self) -> Iterator[Channel | Bus]:
        """Yield channels, groups and returns."""
        yield from self.channels
        yield from self.groups
        yield from self.returns


def check_pan(pan: Setting) -> None:
    """Refuse a place beyond left and right."""
    for place in (pan,) if not isinstance(pan, Curve) else (value for _, value in pan.points):
        if not -1.0 <= place <= 1.0:
            raise InputError(f"pan is {place}; it must lie between -1 (left) and 1 (right)")


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return a name with underscores behind it as long as another strip has it.

    >>> free_name("reverb", ["keys", "reverb"])
    'reverb_'
    """
    names = set(taken)
    while name in names:
        name += "_"
    return name
