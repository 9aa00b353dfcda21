"""The rules by which a progression is judged: each says what it objects to, or nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.harmony import MODES, Chord, Key
from tapeloom.theory.chord_cadences import find_cadences_in_progression
from tapeloom.theory.families import FAMILIES, family

STATIC_BARS = 4.0  # longer on one chord is static
STATIC_CHORDS = 5  # so many repeats are, where lengths aren't known
_LENDERS = tuple(steps for mode, steps in MODES.items() if mode != "locrian")
_ALTERED = ((0, 2, 3, 5, 7, 8, 11), (0, 2, 3, 5, 7, 9, 11))  # harmonic and melodic minor
_TENSIONS = {
    13: "flat ninth", 14: "ninth", 15: "sharp ninth", 17: "eleventh", 18: "sharp eleventh",
    20: "flat thirteenth", 21: "thirteenth",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A progression as it is judged.

    >>> line = Line((Chord.parse("Dm7"), Chord.parse("G7")), (Key("C", "major"),) * 2)
    >>> line.kind(1), line.name(0), line.degree(1)
    ('dominant', 'Dm7', 7)
    """

    chords: tuple[Chord, ...]
    keys: tuple[Key, ...]  # one a chord
    beats: tuple[float, ...] | None = None  # one a chord
    beats_a_bar: float = 4.0
    is_loop: bool = False  # the last chord leads to the first

    def kind(self, i: int) -> str:
        """The family of a chord's quality."""
        return FAMILIES[family(self.chords[i].quality)]

    def name(self, i: int) -> str:
        """The chord's symbol, spelled by its key."""
        return self.chords[i].symbol(self.keys[i])

    def degree(self, i: int) -> int:
        """Semitones of the root above its key's tonic."""
        return (self.chords[i].root - self.keys[i].pitch_class) % 12

    def step(self, i: int, j: int) -> int:
        """Semitones up from one root to another, 0..11."""
        return (self.chords[j].root - self.chords[i].root) % 12


def object_to(line: Line, rule: str) -> Iterator[tuple[int, int, str]]:
    """Yield what a rule objects to: the first chord, the one after the last, the reason.

    >>> line = Line((Chord.parse("G7"), Chord.parse("Bm7")), (Key("C", "major"),) * 2)
    >>> list(object_to(line, "unresolved dominant"))
    [(0, 2, 'G7 -> Bm7: the dominant goes neither to C nor to what may stand for it')]
    """
    count = len(line.chords)
    if rule in _OF_WHOLES:
        yield from _OF_WHOLES[rule](line)
    for i in range(count) if rule in _OF_CHORDS else ():
        reason = _OF_CHORDS[rule](line, i)
        if reason:
            yield i, i + 1, reason
    for i in range(count) if rule in _OF_PAIRS else ():
        j = i + 1 if i + 1 < count else 0 if line.is_loop else i
        if line.chords[i] != line.chords[j]:
            reason = _OF_PAIRS[rule](line, i, j)
            if reason:
                yield i, max(i, j) + 1, f"{line.name(i)} -> {line.name(j)}: {reason}"


def _unresolved_dominant(line: Line, i: int, j: int) -> str:
    step, kind = line.step(i, j), line.kind(j)
    if line.kind(i) != "dominant":
        return ""
    goes = (
        step in (0, 5, 11, 1, 2)  # home by a fifth or a semitone, or deceptively up
        or (step == 6 and kind in ("dominant", "suspended"))  # its tritone substitute
        or (step == 7 and kind in ("dominant", "minor7", "minor", "half-diminished"))  # its ii
        or (step == 7 and line.degree(j) == 0)  # IV7 to I, as the blues has it
        or (step in (1, 4, 8) and kind in ("diminished", "half-diminished"))
        or (step == 9 and kind in ("minor7", "minor"))  # iii stands for I
        or (line.degree(i) == 0 and not line.keys[i].is_minor)  # the tonic of a blues
        or line.degree(i) == 5  # a subdominant, in blues and Dorian
    )
    target = line.keys[i].name_of((line.chords[i].root + 5) % 12)
    return "" if goes else f"the dominant goes neither to {target} nor to what may stand for it"


def _half_diminished(line: Line, i: int, j: int) -> str:
    step, kind = line.step(i, j), line.kind(j)
    if line.kind(i) != "half-diminished":
        return ""
    goes = (
        (step == 5 and kind in ("dominant", "suspended", "major", "augmented"))
        or (step == 1 and line.degree(j) == 0)  # a leading tone rises to its tonic
        or (step == 1 and kind == "dominant")  # the raised fourth rises to the dominant
        or (step == 6 and line.chords[j].bass is not None)  # or to the cadential six-four
        or step == 11  # or falls to iv
    )
    target = line.keys[i].name_of((line.chords[i].root + 5) % 12)
    return "" if goes else f"the half-diminished does not go to its dominant, {target}7"


def _diminished(line: Line, i: int, j: int) -> str:
    if line.kind(i) != "diminished":
        return ""
    chord, other = line.chords[i], line.chords[j]
    root = chord.root
    near = {root + 11, root, root + 1, root + 5}  # by a semitone, or as a ii to its V
    if len(chord.intervals) > 3:  # each tone of the seventh chord may lead up, or be held
        near |= {root + step + up for step in chord.intervals for up in (0, 1)}
        if line.kind(j) == "dominant":  # the same chord upon a root
            near |= {root + step - 1 for step in chord.intervals}
    if {tone % 12 for tone in near} & {other.root, other.bass_pitch_class}:
        return ""
    return "no tone of the diminished chord leads to the next root"


def _retrogression(line: Line, i: int, j: int) -> str:
    back = line.degree(i) == 7 and 4 in line.chords[i].intervals
    back = back and line.degree(j) in (2, 5) and line.kind(j) != "dominant"
    same = line.keys[i] == line.keys[j]
    return "the dominant goes back to the subdominant" if back and same else ""


@lru_cache(maxsize=4096)
def why_it_fits(chord: Chord, key: Key) -> str:
    """Say why a chord may stand in a key: `diatonic`, `borrowed`, `applied`; empty where not.

    >>> c = Key("C", "major")
    >>> [why_it_fits(Chord.parse(name), c) for name in ("Dm9", "Fm6", "E7", "F#maj7")]
    ['diatonic', 'borrowed', 'applied', '']
    """
    scale = set(MODES[key.mode])
    root = (chord.root - key.pitch_class) % 12
    tones = {(root + step) % 12 for step in chord.intervals}
    if tones <= scale or (key.is_minor and any(tones <= set(steps) for steps in _ALTERED)):
        return "diatonic"
    core = {(root + step) % 12 for step in chord.intervals if step < 12}
    if any(core <= set(steps) for steps in (*_LENDERS, *_ALTERED)):
        return "borrowed"
    kind = FAMILIES[family(chord.quality)]
    falls, rises = (root + 11) % 12 in scale, (root + 1) % 12 in scale
    fits = {
        "dominant": (root + 5) % 12 in scale or falls,
        "suspended": (root + 5) % 12 in scale or falls,
        "augmented": (root + 5) % 12 in scale or falls,
        "major": (root + 5) % 12 in scale and 11 not in chord.intervals,
        "diminished": rises or falls or root in scale,
        "half-diminished": rises or falls or root in scale,
    }
    return "applied" if fits.get(kind, False) else ""


def _no_function(line: Line, i: int) -> str:
    key = line.keys[i]
    if why_it_fits(line.chords[i], key):
        return ""
    if i + 1 < len(line.chords) and line.step(i, i + 1) in (1, 5, 11):
        return ""  # a fifth or a semitone leads on
    if i and line.step(i, i - 1) in (1, 11):
        return ""  # it slid in by a semitone
    if i and line.step(i, i - 1) in (3, 4, 8, 9) and line.kind(i) == "major" == line.kind(i - 1):
        return ""  # a chromatic mediant
    return (
        f"{line.name(i)} is foreign to {key}: neither in its scale nor borrowed from a parallel "
        "mode nor on the way to the next chord"
    )


def _foreign_tension(line: Line, i: int) -> str:
    chord, key = line.chords[i], line.keys[i]
    core = {(chord.root + step) % 12 for step in chord.intervals if step < 12}
    if line.kind(i) not in ("major", "minor7", "minor") or not core <= set(key.scale):
        return ""
    foreign = [
        f"its {_TENSIONS[step]}, {key.name_of((chord.root + step) % 12)},"
        for step in chord.intervals
        if step in _TENSIONS and step != 18 and (chord.root + step) % 12 not in key.scale
    ]
    return f"{line.name(i)}: {' and '.join(foreign)} is foreign to {key}" if foreign else ""


def _avoid_note(line: Line, i: int) -> str:
    chord = line.chords[i]
    if line.kind(i) in ("dominant", "suspended"):
        return ""
    core = {step for step in chord.intervals if step < 12}
    for step in chord.intervals:
        if step in _TENSIONS and (step - 1) % 12 in core and step % 12 not in core:
            below = line.keys[i].name_of((chord.root + step - 1) % 12)
            return (
                f"{line.name(i)}: its {_TENSIONS[step]} lies a semitone above the chord "
                f"tone {below}"
            )
    return ""


def _foreign_bass(line: Line, i: int) -> str:
    chord, key = line.chords[i], line.keys[i]
    if chord.bass is None or chord.bass in (*chord.pitch_classes, *key.scale):
        return ""
    if (chord.bass - chord.root) % 12 in (2, 10, 11):
        return ""  # a seventh that passes, a ninth that suspends
    around = line.chords[max(i - 1, 0) : i] + line.chords[i + 1 : i + 2]
    if any(other.bass_pitch_class == chord.bass for other in around):
        return ""  # a pedal
    return f"{line.name(i)}: the bass {key.name_of(chord.bass)} is foreign to the chord and {key}"


def _six_four(line: Line, i: int) -> str:
    chord = line.chords[i]
    bass = chord.bass_pitch_class
    if (bass - chord.root) % 12 != 7 or not {3, 4} & set(chord.intervals):
        return ""
    basses = [other.bass_pitch_class for other in line.chords]
    before, after = basses[i - 1] if i else bass, (basses[i + 1 :] or [bass])[0]
    steps = [min((a - bass) % 12, (bass - a) % 12) for a in (before, after)]
    cadential = i + 1 < len(basses) and line.chords[i + 1].root == bass
    if cadential or max(steps) <= 2:
        return ""
    return f"{line.name(i)}: this six-four neither goes to the dominant nor passes by step"


def _too_rich(line: Line, i: int) -> str:
    if not {14, 17, 18, 21} & set(line.chords[i].intervals):
        return ""
    return f"{line.name(i)}: a ninth or more is rich for this style"


Doubts = Iterator[tuple[int, int, str]]


def _static(line: Line) -> Doubts:
    start = 0
    for i in range(1, len(line.chords) + 1):
        if i < len(line.chords) and line.step(start, i) == 0 and line.kind(i) == line.kind(start):
            continue
        if line.beats is None:
            if i - start >= STATIC_CHORDS:
                yield start, i, f"{line.name(start)} comes {i - start} times in a row"
        elif sum(line.beats[start:i]) / line.beats_a_bar > STATIC_BARS:
            bars = sum(line.beats[start:i]) / line.beats_a_bar
            yield start, i, f"{line.name(start)} stays for {bars:g} bars"
        start = i


def _modulation(line: Line) -> Doubts:
    for i in range(1, len(line.chords)):
        old, new = line.keys[i - 1], line.keys[i]
        if set(old.scale) == set(new.scale):
            continue
        near = line.chords[max(i - 2, 0) : i + 1]
        both = any(why_it_fits(c, old) == "diatonic" == why_it_fits(c, new) for c in near)
        led = (line.kind(i), line.degree(i)) in (
            ("dominant", 7), ("suspended", 7), ("minor7", 2), ("half-diminished", 2),
            ("diminished", 11),
        )  # fmt: skip
        led = led or (line.kind(i - 1) == "dominant" and line.step(i - 1, i) in (5, 11))
        if not (both or led):
            reason = (
                f"{line.name(i - 1)} -> {line.name(i)}: the move from {old} to {new} comes "
                "without a chord of both keys and without a dominant"
            )
            yield i - 1, i + 1, reason


def _no_cadence(line: Line) -> Doubts:
    last = len(line.chords) - 1
    if last < 1:
        return
    turned = (last + 1) * line.is_loop  # a loop may close as its end leads to its beginning
    chords, keys = line.chords + line.chords[:turned], line.keys + line.keys[:turned]
    closes = [c for c in find_cadences_in_progression(chords, keys) if "unres" not in c.kind]
    key, name = line.keys[-1], line.name(last)
    if line.is_loop:
        if not closes:
            reason = f"the loop has no cadence in {key}, not even from {name} to {line.name(0)}"
            yield last, last + 1, reason
    elif line.degree(last) not in (0, 7):
        reason = f"the end has no cadence: {name} is neither the tonic nor the dominant of {key}"
        yield last, last + 1, reason
    elif line.degree(last) == 0 and not any(c.arrival >= last - 1 for c in closes):
        reason = f"the end has no cadence: {line.name(last - 1)} does not lead to {name}"
        yield last - 1, last + 1, reason


def _too_plain(line: Line) -> Doubts:
    plain = [i for i, chord in enumerate(line.chords) if len(chord.intervals) <= 3]
    if len(plain) > len(line.chords) / 2:
        reason = (
            f"{len(plain)} of {len(line.chords)} chords are plain triads; sevenths and ninths "
            "belong to this style"
        )
        yield plain[0], plain[-1] + 1, reason


_OF_PAIRS: dict[str, Callable[[Line, int, int], str]] = {
    "unresolved dominant": _unresolved_dominant,
    "half-diminished": _half_diminished,
    "diminished": _diminished,
    "retrogression": _retrogression,
}
_OF_CHORDS: dict[str, Callable[[Line, int], str]] = {
    "no function": _no_function,
    "foreign tension": _foreign_tension,
    "avoid note": _avoid_note,
    "foreign bass": _foreign_bass,
    "six-four": _six_four,
    "too rich": _too_rich,
}
_OF_WHOLES: dict[str, Callable[[Line], Doubts]] = {
    "static": _static,
    "modulation": _modulation,
    "no cadence": _no_cadence,
    "too plain": _too_plain,
}
