"""Patterns that musicians know by name, found in chord progressions in any key.

Most are rows of a table: chords written in C, with what may stand in their place. Lines, pedals,
cycles of fifths are found by rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.families import FAMILIES, family
from tapeloom.theory.keys import spell_key
from tapeloom.theory.steps import MARKS, match_steps, merge_repeats


@dataclass(frozen=True, slots=True)
class Pattern:
    """A named progression."""

    name: str
    group: str  # of two in the same group the longer one is told
    steps: str  # in C, see `theory.steps`
    mode: str = "major"


def _rows(group: str, mode: str, *rows: tuple[str, str]) -> list[Pattern]:
    return [Pattern(name, group, steps, mode) for name, steps in rows]


PATTERNS: tuple[Pattern, ...] = (
    *_rows(
        "ii-V", "major",
        ("ii-V-I", "Dm G7 C^"),
        ("minor ii-V to major", "Dh G7 C^"),
        ("iii-VI-ii-V-I", "En A7|Am Dn|D7 G7 C^"),
        ("ii-V-I with tritone substitute", "Dn Db7 C^"),
        ("tritone ii-V-I", "Abm Db7 C^"),
        ("backdoor ii-V-I", "Fm Bb7 C^"),
        ("deceptive ii-V", "Dn G7 Am|Em|Ab^"),
        ("II7-V-I", "D7 G7 C^"),
        ("ii-V", "Dm G7"),
    ),
    *_rows(
        "ii-V", "minor",
        ("minor ii-V-i", "Dn G7 Cm"),
        ("minor ii-V-i with tritone substitute", "Dn Db7 Cm"),
        ("minor ii-V-i by the flat sixth", "Ab7 G7 Cm"),
        ("minor ii-V", "Dh G7"),
    ),
    *_rows(
        "turnaround", "major",
        ("turnaround I-vi-ii-V", "CM Am Dn G7"),
        ("turnaround I-VI-ii-V", "CM A7 Dn G7"),
        ("turnaround I-VI-II-V", "CM A7 D7 G7"),
        ("turnaround iii-VI-ii-V", "En A7|Am Dn|D7 G7"),
        ("turnaround I-#io-ii-V", "CM Dbo Dn G7"),
        ("turnaround I-bIIIo-ii-V", "CM Ebo Dn G7"),
        ("turnaround with tritone substitutes", "CM Eb7|A7|Am D7|Dm|Ab7 Db7"),
        ("turnaround of Tadd Dameron", "CM EbM AbM DbM"),
        ("doo-wop I-vi-IV-V", "C^ Am FM GM"),
    ),
    *_rows(
        "turnaround", "minor",
        ("minor turnaround i-vi-ii-V", "Cm An Dn G7"),
        ("minor turnaround i-VI-ii-V", "Cm Ab Dn G7"),
    ),
    *_rows(
        "form", "major",
        ("rhythm changes, A section",
         "CM A|Ebo|Dbo Dn@2|D7 G7|Db7 CM@3|En A|Ebo|Eb7 Dn@4|D7 G7|Db7 CM@5|Gm CM|C7?"
         " FM@6|F F#o|Fm|Bb7? CM@7|En|Dn"),
        ("rhythm changes, bridge", "E7 A7@3 D7@5 G7@7"),
        ("Montgomery Ward bridge", "Gm? C7 FM@3 Am? D7@5 Dm? G7"),
        ("12-bar blues",
         "CM FM|F? CM|C? Gm? C7? FM@5|F F#o? CM@7|C En? A7|Eb? GM@9 F|FM@10 C@11"),
        ("12-bar jazz blues",
         "CM FM|F? F#o? CM|C? Gm? C7? FM@5|F F#o|Fm? Bb7? CM@7|C|En Em? A7|Ebm|Eb7? Ab7?"
         " Dn@9|D7 G7@10 C@11|En"),
    ),
    *_rows(
        "form", "minor",
        ("12-bar minor blues", "Cm Fm? Cm? C7? Fm@5 Cm@7 Ab@9|Dn|D7 G7|Gm@10 Cm@11"),
    ),
    *_rows(
        "cycle", "major",
        ("Coltrane cycle", "C^ Eb7 Ab^ B7 E^ G7? C^?"),
        ("major thirds rising by ii-V", "C^ F#m B7 E^ Bbm Eb7 Ab^"),
        ("major thirds falling", "C^ Ab^ E^"),
    ),
    *_rows(
        "loop", "major",
        ("Pachelbel's canon", "C^ GM Am Em FM C^ FM GM|Dm"),
        ("axis I-V-vi-IV", "C^ GM Am F^"),
        ("axis vi-IV-I-V", "Am F^ C^ GM"),
        ("royal road IV-V-iii-vi", "F^ GM En|E7 Am|A"),
        ("IV-III7-vi", "F^ E7 Am"),
        ("minor plagal IV-iv-I", "F^ Fm C^"),
        ("I-III7-IV-iv", "C^ EM F^ Fm"),
        ("double plagal bVII-IV-I", "Bb^ F^ C^"),
        ("bVI-bVII-I", "Ab^ Bb^ CM"),
        ("falling leaves ii-V-I-IV-vii-III-vi", "Dm G7 C^ F^ Bn E7 Am"),
    ),
    *_rows(
        "loop", "minor",
        ("Andalusian cadence", "Cm Bb^|Bb7 Ab^|Ab7 GM"),
        ("i-bVI-bIII-bVII", "Cm Ab^ Eb^ BbM"),
        ("bVI-bVII-i", "Ab^ BbM Cm"),
    ),
    *_rows(
        "passing", "major",
        ("passing diminished I-#io-ii", "CM Dbo Dn"),
        ("passing diminished ii-#iio-iii", "Dm Ebo Em"),
        ("passing diminished IV-#ivo-I", "FM F#o CM"),
    ),
)  # fmt: skip


_STEPS = tuple(pattern.steps for pattern in PATTERNS)


@dataclass(frozen=True, slots=True)
class FoundPattern:
    """A pattern in a progression: which chords, and the key it stands in."""

    name: str
    start: int  # index of the first chord
    end: int  # index after the last one
    key: Key

    def __str__(self) -> str:
        return f"{self.name} in {self.key} (chords {self.start + 1} to {self.end})"


def find_patterns(
    chords: Sequence[Chord],
    *,
    beats: Sequence[float] | None = None,
    beats_a_bar: float = 4.0,
    names: Sequence[str] | None = None,
) -> tuple[FoundPattern, ...]:
    """Find the named patterns of a progression, in order of their beginning.

    beats         each chord's length: then the last chord of a form must come in its bar
    beats_a_bar   how many of them make a bar
    names         tell only these (see PATTERNS; beside them `circle of fifths`, `line cliche`,
                  `pedal point`, `lament bass`)

    A chord that is repeated counts once. Where a pattern lies within a longer one of its group,
    only the longer one is told.

    >>> line = [Chord.parse(name) for name in "Cmaj7 A7 Dm9 G13 Cmaj7 Fm7 Bb7 C6".split()]
    >>> for found in find_patterns(line):
    ...     print(found)
    turnaround I-VI-ii-V in C major (chords 1 to 4)
    circle of fifths in C major (chords 2 to 7)
    ii-V-I in C major (chords 3 to 5)
    backdoor ii-V-I in C major (chords 6 to 8)
    """
    if beats is not None and len(beats) != len(chords):
        raise InputError(
            f"{len(chords)} chords have {len(beats)} lengths; give one length for each chord"
        )
    if not beats_a_bar > 0:
        raise InputError(f"beats_a_bar is {beats_a_bar}; it must be more than 0")
    known = {pattern.name for pattern in PATTERNS} | set(_RULES)
    unknown = [name for name in names or () if name not in known]
    if unknown:
        raise InputError(f"{unknown[0]!r} is no pattern; choose of {', '.join(sorted(known))}")
    symbols, starts = merge_repeats(chords)
    bars = None
    if beats is not None:
        begun = [0.0, *accumulate(beats)]
        bars = [begun[start] / beats_a_bar for start in starts]
    found: list[tuple[str, FoundPattern]] = []
    for row, first, last, tonic in match_steps(symbols, _STEPS, bars):
        pattern = PATTERNS[row]
        key = spell_key(tonic, pattern.mode)
        item = FoundPattern(pattern.name, starts[first], starts[last], key)
        found.append((pattern.group, item))
    for name, rule in _RULES.items():
        found += [(name, item) for item in rule(chords, name)]
    order = sorted(found, key=lambda pair: (pair[1].start, -pair[1].end))
    widest: dict[str, FoundPattern] = {}  # of each group the one that reaches farthest so far
    kept = []
    for group, item in order:
        other = widest.get(group, item)
        is_inside = item.end <= other.end and (item.start, item.end) != (other.start, other.end)
        if not is_inside:
            kept.append(item)
            widest[group] = item
    return tuple(dict.fromkeys(item for item in kept if not names or item.name in names))


def _find_circles(chords: Sequence[Chord], name: str) -> list[FoundPattern]:
    """Find roots that fall by fifths through four or more; one fifth may be diminished."""
    found = []
    first = 0
    turn: int | None = None  # the root before the diminished fifth
    roots = [chord.root for chord in chords]
    for i in range(1, len(roots) + 1):
        step = (roots[i] - roots[i - 1]) % 12 if i < len(roots) else -1
        if step in (0, 5) or (step == 6 and turn is None):
            turn = roots[i - 1] if step == 6 else turn
            continue
        if len({*roots[first:i]}) >= 4:
            found.append(FoundPattern(name, first, i, _circle_key(chords[first:i], turn)))
        first = i - 1 if step == 6 else i
        turn = roots[i - 1] if step == 6 else None
    return found


def _circle_key(chords: Sequence[Chord], turn: int | None) -> Key:
    """Return the key of a circle of fifths: IV to vii (VI to ii in minor) is its diminished one."""
    kinds = [(chord.root, FAMILIES[family(chord.quality)]) for chord in chords]
    minors = {root for root, kind in kinds if kind in MARKS["m"]}
    if turn is not None:
        relative = (turn + 4) % 12
        is_minor = relative in minors and kinds[-1][0] == relative
        return spell_key(relative, "minor") if is_minor else spell_key(turn - 5, "major")
    majors = [root for root, kind in kinds if kind == "major"]
    if majors:
        return spell_key(majors[-1], "major")
    if kinds[-1][1] in MARKS["7"]:  # it stops before its goal
        return spell_key(kinds[-1][0] + 5, "major")
    return spell_key(kinds[-1][0], "minor" if kinds[-1][0] in minors else "major")


def _find_lines(chords: Sequence[Chord], name: str) -> list[FoundPattern]:
    """Find a voice that moves by semitones in one direction while the root stays."""
    found = []
    for root, group in groupby(range(len(chords)), lambda i: chords[i].root):
        rows = list(group)
        if len(rows) < 3:
            continue
        tones = [{*chords[i].pitch_classes, chords[i].bass_pitch_class} for i in rows]
        at = 0
        while at < len(rows) - 2:
            longest = max(
                _line_length(tones[at:], tone, step) for tone in tones[at] for step in (-1, 1)
            )
            if longest >= 3:
                minor = 3 in chords[rows[at]].intervals
                key = spell_key(root, "minor" if minor else "major")
                found.append(FoundPattern(name, rows[at], rows[at] + longest, key))
            at += max(longest - 1, 1)
    return found


def _line_length(tones: Sequence[set[int]], tone: int, step: int) -> int:
    """Return through how many chords a line goes on that starts here and always moves on."""
    for i, chord in enumerate(tones[1:], 1):
        tone = (tone + step) % 12
        if tone not in chord or tone in tones[i - 1]:
            return i
    return len(tones)


def _find_pedals(chords: Sequence[Chord], name: str) -> list[FoundPattern]:
    """Find a bass that stays under three or more chords of two or more roots."""
    found = []
    for bass, group in groupby(range(len(chords)), lambda i: chords[i].bass_pitch_class):
        rows = list(group)
        if len(rows) < 3:
            continue
        kinds = {(chords[i].root, family(chords[i].quality)) for i in rows}
        if len(kinds) >= 3 and len({root for root, _ in kinds}) >= 2:
            own = next((chords[i] for i in rows if chords[i].root == bass), None)
            minor = own is not None and 3 in own.intervals
            key = spell_key(bass, "minor" if minor else "major")
            found.append(FoundPattern(name, rows[0], rows[-1] + 1, key))
    return found


def _find_laments(chords: Sequence[Chord], name: str) -> list[FoundPattern]:
    """Find a bass that falls from the tonic of a minor chord to the fifth below, by step."""
    found = []
    for i, chord in enumerate(chords):
        if 3 not in chord.intervals or chord.bass is not None:
            continue
        j, fallen = i, 0
        while fallen < 5 and j + 1 < len(chords):
            step = (chords[j].bass_pitch_class - chords[j + 1].bass_pitch_class) % 12
            if step > 2:
                break
            j, fallen = j + 1, fallen + step
        if fallen == 5:
            found.append(FoundPattern(name, i, j + 1, spell_key(chord.root, "minor")))
    return found


_RULES = {
    "circle of fifths": _find_circles,
    "line cliche": _find_lines,
    "pedal point": _find_pedals,
    "lament bass": _find_laments,
}
