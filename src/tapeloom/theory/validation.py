"""What a musician would object to in a chord progression, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.objections import Line, object_to

SEVERITIES = ("hint", "warning", "error")
# How much each rule weighs in a style; a rule that isn't named doesn't hold there.
STYLES: dict[str, dict[str, str]] = {
    "common practice": {
        "unresolved dominant": "warning", "half-diminished": "warning", "diminished": "warning",
        "no function": "error", "foreign tension": "error", "avoid note": "error",
        "foreign bass": "error", "static": "hint", "modulation": "warning",
        "no cadence": "warning", "retrogression": "warning", "six-four": "warning",
        "too rich": "warning",
    },
    "jazz": {
        "unresolved dominant": "hint", "half-diminished": "hint", "diminished": "hint",
        "no function": "hint", "foreign tension": "hint", "avoid note": "warning",
        "foreign bass": "hint", "static": "hint", "modulation": "hint", "no cadence": "warning",
        "too plain": "hint",
    },
    "lo-fi": {
        "unresolved dominant": "hint", "half-diminished": "hint", "diminished": "hint",
        "no function": "warning", "foreign tension": "warning", "avoid note": "warning",
        "foreign bass": "warning", "static": "hint", "modulation": "warning",
        "no cadence": "hint", "too plain": "hint",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What is doubtful, where, how much and why."""

    start: int  # index of the first chord that it concerns
    end: int  # index after the last one
    rule: str  # one of the rules in STYLES
    severity: str  # one of SEVERITIES
    reason: str

    def __str__(self) -> str:
        return f"{self.severity}, chord {self.start + 1}: {self.reason}"


def validate_progression(
    chords: Sequence[Chord],
    key: Key | Sequence[Key],
    *,
    style: str = "jazz",
    beats: Sequence[float] | None = None,
    beats_a_bar: float = 4.0,
    is_loop: bool = False,
) -> tuple[Finding, ...]:
    """Check a progression against a style, and return each finding with its reason, in order.

    key       of the progression, or the local key of each chord
    style     one of STYLES
    beats     each chord's length, where it is known
    is_loop   whether the last chord leads to the first

    >>> line = [Chord.parse(name) for name in "Dm7 G7 Em7b5 Fmaj7".split()]
    >>> for finding in validate_progression(line, Key("C", "major")):
    ...     print(finding)
    hint, chord 2: G7 -> Em7b5: the dominant goes neither to C nor to what may stand for it
    hint, chord 3: Em7b5 -> Fmaj7: the half-diminished does not go to its dominant, A7
    warning, chord 4: the end has no cadence: Fmaj7 is neither the tonic nor the dominant of C major
    """
    if style not in STYLES:
        raise InputError(f"{style!r} is no style; choose one of {', '.join(STYLES)}")
    keys = (key,) * len(chords) if isinstance(key, Key) else tuple(key)
    for what, values in (("keys", keys), ("lengths", beats)):
        if values is not None and len(values) != len(chords):
            raise InputError(
                f"{len(chords)} chords have {len(values)} {what}; give one for each chord"
            )
    if beats is not None and not (beats_a_bar > 0 and all(length > 0 for length in beats)):
        raise InputError("a chord's length and beats_a_bar must be more than 0")
    lengths = None if beats is None else tuple(float(length) for length in beats)
    line = Line(tuple(chords), keys, lengths, beats_a_bar, is_loop)
    found = [
        Finding(start, end, rule, severity, reason)
        for rule, severity in STYLES[style].items()
        for start, end, reason in object_to(line, rule)
    ]
    return tuple(sorted(found, key=lambda f: (f.start, f.end, -SEVERITIES.index(f.severity))))
