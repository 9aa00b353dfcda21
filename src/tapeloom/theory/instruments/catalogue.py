"""All the instruments by name: the synth's own, and those that it stands in for."""

from difflib import get_close_matches

from tapeloom.core.errors import InputError
from tapeloom.theory.instruments.bowed import BOWED
from tapeloom.theory.instruments.brass import BRASS
from tapeloom.theory.instruments.description import Instrument
from tapeloom.theory.instruments.keyboards import KEYBOARDS
from tapeloom.theory.instruments.kits import DRUM_KITS, KITS
from tapeloom.theory.instruments.mallets import MALLETS
from tapeloom.theory.instruments.plucked import PLUCKED
from tapeloom.theory.instruments.synthesizers import SYNTHESIZERS
from tapeloom.theory.instruments.voices import VOICES
from tapeloom.theory.instruments.woodwinds import WOODWINDS

# Every instrument that arrangers can write for.
KNOWN: dict[str, Instrument] = {
    known.name: known
    for family in (KEYBOARDS, PLUCKED, MALLETS, WOODWINDS, BRASS, BOWED, VOICES, SYNTHESIZERS,
                   DRUM_KITS)
    for known in family
}  # fmt: skip
# Those that the synth plays.
INSTRUMENTS: dict[str, Instrument] = {
    name: known for name, known in KNOWN.items() if not known.stand_in
}
_TYPICAL = ("felt_piano", "electric_bass", "tape_choir", "lead", "warm_pad")


def of_program(program: int) -> Instrument:
    """Return the instrument of the synth that is nearest to a General MIDI program, 0..127.

    >>> of_program(73).name, of_program(40).name, of_program(1).name
    ('flute', 'solo_cello', 'upright_piano')
    """
    return min(
        (known for known in INSTRUMENTS.values() if known.name not in KITS),
        key=lambda known: (
            known.program != program, known.program // 8 != program // 8,
            known.name not in _TYPICAL, abs(known.program - program),
        ),
    )  # fmt: skip


def instrument(name: str) -> Instrument:
    """Return an instrument by name, whether the synth plays it or stands in for it.

    >>> instrument("upright_bass").low, instrument("english_horn").transposition
    (28, -7)
    """
    try:
        return KNOWN[name]
    except KeyError:
        near = get_close_matches(name, KNOWN, n=3, cutoff=0.6)
        hint = f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(KNOWN)}"
        raise InputError(f"{name!r} is no instrument; {hint}") from None


def played_by(name: str) -> str:
    """Return the synth's instrument that plays a known one: itself, or its stand-in.

    >>> played_by("flute"), played_by("oboe")
    ('flute', 'clarinet')
    """
    return instrument(name).stand_in or name
