"""Cadences of chord symbols, those of jazz among them: backdoor, tritone substitute, ii-V-I."""

from collections.abc import Sequence
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.steps import match_steps, merge_repeats

# (kind, in what mode, steps in C as `theory.steps` has them, what happens); where
# several end on the same chord the first one is told. An empty mode is either.
_ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("extended ii-V-I", "major", "En A7|Am Dn|D7 G7 C^", "iii and VI lead to ii-V-I"),
    ("ii-V-I", "major", "Dm G7 C^", "ii-V-I"),
    ("ii-V-I", "major", "Dh G7 C^", "the ii-V of the minor key resolves to major"),
    ("minor ii-V-i", "minor", "Dn G7 Cm", "ii-V-i"),
    ("backdoor", "major", "Fm Bb7 C^", "iv and bVII7 go to I by the back door"),
    ("tritone substitute", "", "Dn Db7 C", "bII7 stands for V7 after ii"),
    ("tritone substitute", "", "Abm Db7 C", "the ii-V of the tritone resolves down a semitone"),
    ("tritone substitute", "", "G7 Db7 C", "V7 moves to its tritone substitute, then home"),
    ("authentic", "major", "F^|Fm|Dn|D7|Ab GM CM", "a predominant, V and I"),
    ("authentic", "minor", "Fm|F7|Dn|D7|Ab|Db GM Cm", "a predominant, V and i"),
    ("authentic", "major", "GM C^", "V goes to I"),
    ("authentic", "minor", "GM Cm", "V goes to i"),
    ("Picardy", "minor", "GM C^", "V goes to a major tonic"),
    ("backdoor", "major", "Bb7 C^", "bVII7 goes to I by the back door"),
    ("tritone substitute", "", "Db7 C", "bII7 stands for V7"),
    ("leading tone", "", "Bo C", "the diminished chord on the leading tone resolves"),
    ("deceptive", "major", "GM Am|Ab^", "V goes to the sixth degree in the tonic's place"),
    ("deceptive", "minor", "GM Ab^|An", "V goes to the sixth degree in the tonic's place"),
    ("deceptive", "major", "Dn G7 Em", "ii-V goes to iii, which stands for I"),
    ("minor plagal", "major", "Fm CM", "iv, borrowed from minor, goes to I"),
    ("minor plagal", "major", "Dh C^", "the ii of minor goes to I without V"),
    ("plagal", "major", "FM CM", "IV goes to I"),
    ("plagal", "minor", "Fm Cm", "iv goes to i"),
    ("Aeolian", "minor", "Ab^ BbM Cm", "bVI and bVII lead up to i"),
    ("Aeolian", "major", "Ab^ BbM C^", "bVI and bVII, borrowed from minor, lead up to I"),
    ("subtonic", "minor", "BbM Cm", "bVII goes to i"),
    ("Phrygian", "", "Db^ C", "bII falls to the tonic"),
)
_STEPS = tuple(row[2] for row in _ROWS)
KINDS = (*dict.fromkeys(row[0] for row in _ROWS), "half", "unresolved ii-V")


@dataclass(frozen=True, slots=True)
class ChordCadence:
    """A close in a progression: the chords from `start` to `arrival`, both told by index."""

    start: int
    arrival: int
    kind: str  # one of KINDS
    key: Key
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} cadence in {self.key} on chord {self.arrival + 1}: {self.reason}"


def find_cadences_in_progression(
    chords: Sequence[Chord], key: Key | Sequence[Key]
) -> tuple[ChordCadence, ...]:
    """Find where a progression closes, one cadence at most on each chord, in order.

    key   of the progression, or one for each chord: a cadence belongs to the key of its last chord

    A half cadence is told at the end alone: elsewhere chord symbols don't show that a phrase
    stops. A ii-V that goes nowhere near its tonic is told where its dominant stands.

    >>> line = [Chord.parse(name) for name in "Cmaj7 Fm7 Bb7 Cmaj7 Dm7 G7 Am7 Dm7 Db7 C6".split()]
    >>> for cadence in find_cadences_in_progression(line, Key("C", "major")):
    ...     print(cadence)
    backdoor cadence in C major on chord 4: iv and bVII7 go to I by the back door
    deceptive cadence in C major on chord 7: V goes to the sixth degree in the tonic's place
    tritone substitute cadence in C major on chord 10: bII7 stands for V7 after ii
    """
    keys = [key] * len(chords) if isinstance(key, Key) else list(key)
    if len(keys) != len(chords):
        raise InputError(
            f"{len(chords)} chords have {len(keys)} keys; give one key for each chord, or one"
        )
    symbols, starts = merge_repeats(chords)
    found: dict[int, ChordCadence] = {}
    for row, first, last, tonic in sorted(match_steps(symbols, _STEPS)):
        kind, mode, _, reason = _ROWS[row]
        arrival = starts[last - 1]
        home = keys[arrival]
        fits = not mode or home.is_minor == (mode == "minor")
        if fits and home.pitch_class == tonic and arrival not in found:
            found[arrival] = ChordCadence(starts[first], arrival, kind, home, reason)
    for _, first, last, tonic in match_steps(symbols, ("Dn G7",)):
        # Its tonic may come after a moment, or as what stands for it; a vamp of i and IV is none.
        near = {root for root, _ in symbols[last : last + 2]}
        stands = {(tonic + step) % 12 for step in (0, 1, 3, 4, 6, 8, 9)}
        arrival = starts[last - 1]
        is_vamp = symbols[first][0] == keys[starts[first]].pitch_class
        if near and not near & stands and not is_vamp and arrival not in found:
            reason = "ii-V doesn't reach its tonic"
            found[arrival] = ChordCadence(
                starts[first], arrival, "unresolved ii-V", keys[arrival], reason
            )
    if chords and (chords[-1].root - keys[-1].pitch_class) % 12 == 7 and 4 in chords[-1].intervals:
        end = starts[-2]
        found[end] = ChordCadence(
            starts[max(len(starts) - 3, 0)], end, "half", keys[-1], "the progression stops on V"
        )
    return tuple(found[arrival] for arrival in sorted(found))
