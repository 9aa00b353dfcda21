"""Who doubles whom, and at which interval."""

from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.core.pitch import pitch_name
from tapeloom.theory.instruments import KITS, KNOWN, Instrument, Register, instrument
from tapeloom.theory.orchestration.problems import the

_WORDS = {0: "at the unison", 12: "an octave higher", -12: "an octave lower"}
_WIDE = 24  # semitones of a comfortable range that are judged, those in the middle
_COVERS_DB = 8.0  # a partner this much louder is no doubling any more


@dataclass(frozen=True, slots=True)
class Doubling:
    """A partner, how far above the doubled line it plays, and why."""

    instrument: str
    interval: int  # semitones, sounding: 0, 12 or -12
    reason: str
    score: float  # the higher, the better


def doublings_for(
    name: str, register: str | None = None, *, count: int = 8
) -> tuple[Doubling, ...]:
    """List who can double an instrument, the best first, each with its reason.

    register  one of the instrument's own; the middle of its comfortable range when None

    A partner plays the whole register in comfort, isn't so loud that it covers the line, and is
    either a known partner of the instrument or of a family that it melts into.

    >>> [(found.instrument, found.interval) for found in doublings_for("flute", "low")][:2]
    [('violin', 0), ('clarinet', 0)]
    """
    known = instrument(name)
    if name in KITS:
        raise InputError(f"{name} has no line to double; give a pitched instrument")
    span = _span(known, register)
    found = []
    for partner in KNOWN.values():
        if partner is known or partner.name in KITS:
            continue
        is_partner = partner.name in known.partners
        melts = partner.family in known.blends and known.family in partner.blends
        if is_partner or melts:
            best = max(
                (_judged(known, span, partner, interval, is_partner) for interval in _WORDS),
                key=lambda doubling: doubling.score,
            )
            if best.score > 0.0:
                found.append(best)
    return tuple(sorted(found, key=lambda doubling: (-doubling.score, doubling.instrument))[:count])


def _span(known: Instrument, register: str | None) -> Register:
    if register is None:
        low, high = known.comfortable
        middle = known.register_at((low + high) // 2)
        low, high = (
            max(low, (low + high) // 2 - _WIDE // 2),
            min(high, (low + high) // 2 + _WIDE // 2),
        )
        return Register("comfortable", low, high, middle.colour, middle.loudness_db)
    for each in known.registers:
        if each.name == register:
            return each
    names = ", ".join(each.name for each in known.registers)
    raise InputError(f"{the(known)} has no register {register!r}; it has {names}")


def _judged(
    known: Instrument, span: Register, partner: Instrument, interval: int, is_partner: bool
) -> Doubling:
    low, high = span.low + interval, span.high + interval
    inside = min(high, partner.comfortable[1]) - max(low, partner.comfortable[0]) + 1
    share = max(inside, 0) / (high - low + 1)
    there = partner.register_at((low + high) // 2)
    louder_db = there.loudness_db - span.loudness_db
    covers = max(0.0, louder_db - _COVERS_DB)
    place = len(known.partners) - known.partners.index(partner.name) if is_partner else 0
    # Octaves are plainer than unisons, which hide both colours in a third one.
    score = (1.5 + 0.5 * place) * (share >= 0.75) * share - 0.15 * covers - 0.2 * (interval != 0)
    why = "an old pair" if is_partner else f"{partner.family} melts into {known.family}"
    reason = (
        f"{the(partner)} {_WORDS[interval]}: {why}; {there.colour} with {span.colour}, in comfort "
        f"on {100.0 * share:.0f} % of {pitch_name(span.low)} to {pitch_name(span.high)}"
    )
    return Doubling(partner.name, interval, reason, score)
