"""What a check reports, and whom it takes for the player of a part."""

from collections.abc import Iterable
from dataclasses import dataclass

from tapeloom.core.score import Part
from tapeloom.theory.instruments import KITS, KNOWN, Instrument

# What each kind of problem is called, and what is wrong.
KINDS = {
    "range": "notes that the instrument hasn't got",
    "comfort": "a passage where the instrument sounds strained or weak",
    "speed": "more notes a second than a good player keeps up",
    "repeats": "a note struck again faster than it speaks",
    "leap": "a leap too wide for the time it has",
    "stretch": "notes struck together that no hand can hold",
    "polyphony": "more notes at once than the instrument sounds",
    "breath": "a phrase longer than a breath",
    "covered": "a melody that is softer than what accompanies it",
    "masked": "a melody whose bands are filled by what accompanies it",
    "spacing": "notes of a chord that lie too close or too far apart",
    "doubling": "a tone doubled that a style wants once",
}
_BY_ROLE = {"bass": "upright_bass", "pad": "warm_pad", "guitar": "nylon_guitar"}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that a player or a listener would complain of: where, who, what, in a sentence.

    >>> print(Problem(0, 480, "flute", "range", "C3 lies below C4, the flute's lowest note"))
    tick 0, flute: C3 lies below C4, the flute's lowest note
    """

    tick: int  # where it begins
    end: int  # the first tick after it
    part: str  # its name
    kind: str  # in KINDS
    text: str  # one sentence without a full stop

    def __str__(self) -> str:
        return f"tick {self.tick}, {self.part}: {self.text}"


def tally(problems: Iterable[Problem]) -> dict[str, int]:
    """Count problems by kind, in the order of KINDS; kinds that don't occur are left out.

    >>> tally([Problem(0, 1, "flute", "breath", ""), Problem(9, 10, "flute", "breath", "")])
    {'breath': 2}
    """
    found = [problem.kind for problem in problems]
    return {kind: found.count(kind) for kind in KINDS if kind in found}


def the(player: Instrument) -> str:
    """Return an instrument as it is named within a sentence.

    >>> the(KNOWN["flute"]), the(KNOWN["english_horn"]), the(KNOWN["fm_piano"])
    ('the flute', 'the English horn', 'the FM piano')
    """
    proper = player.title.startswith("English") or player.title[1:2].isupper()
    return f"the {player.title if proper else player.title[0].lower() + player.title[1:]}"


def player_of(part: Part) -> Instrument | None:
    """Return the instrument of a part; None for drums, whose hands rhythm.limbs looks after.

    Where a part names none, its program and its notes tell: of several instruments of a program
    the one whose range has most of them.

    >>> from tapeloom.core.score import Note
    >>> player_of(Part("Vc", "other", notes=(Note(0, 1, 40),), program=42)).name
    'cello'
    """
    name = part.instrument.partition(":")[0]
    if part.role == "drums" or name in KITS:
        return None
    if name in KNOWN:
        return KNOWN[name]
    if part.program == 0 and part.role in _BY_ROLE:
        return KNOWN[_BY_ROLE[part.role]]
    pitches = {note.pitch for note in part.notes}
    return min(
        (known for known in KNOWN.values() if known.name not in KITS),
        key=lambda known: (
            known.program != part.program,
            known.program // 8 != part.program // 8,
            sum(not known.fits(pitch) for pitch in pitches),
            abs(known.program - part.program),
        ),
    )
