"""Naming chords as Roman numerals: diatonic, borrowed, applied, augmented sixths."""

from dataclasses import replace
from functools import lru_cache

from tapeloom.core.chord_grammar import DEGREE_OF, read_suffix, write_degree
from tapeloom.core.harmony import MODES, Chord, Key
from tapeloom.theory.numerals import (
    FIGURES,
    READ_FIGURES,
    SIGNS,
    SIXTH_FIGURES,
    RomanNumeral,
    chord_in,
    spell_out,
    stack_of,
)

__all__ = ["RomanNumeral", "roman"]

_SIXTH_QUALITIES = {"7": "Ger", "7b5": "Fr", "(1,3,b7)": "It"}


def roman(
    chord: Chord, key: Key, *, next_chord: Chord | None = None, jazz: bool = False
) -> RomanNumeral:
    """Name a chord in a key as a Roman numeral.

    A chromatic dominant or leading-tone chord is named as applied to the degree of the key that it
    leads to; with the chord after it known, also the ii before such a dominant, the augmented
    sixths (before V or the cadential six-four) and `Cad64`.

    next_chord   the chord that follows, where it is known
    jazz         write a lead sheet's text in the place of figures (`IVmaj9`, `V7alt`)

    >>> c = Key("C", "major")
    >>> [str(roman(Chord.parse(text), c)) for text in ("D7/F#", "Fm6", "Ab", "C#dim7", "Db/F")]
    ['V65/V', 'iv[add6]', 'bVI', 'viio7/ii', 'N6']
    >>> str(roman(Chord.parse("Ab7"), c, next_chord=Chord.parse("G"))), str(roman(Chord(5, "7"), c))
    ('Ger65', 'IV7[b7]')
    """
    # A numeral is the same in every key of a mode, so that all are named in C and remembered.
    up = -key.pitch_class
    following = None if next_chord is None else next_chord.transpose(up)
    return _name(chord.transpose(up), key.mode, following, jazz)


@lru_cache(maxsize=32768)
def _name(chord: Chord, mode: str, following: Chord | None, jazz: bool) -> RomanNumeral:
    tonic, steps, minor = 0, MODES[mode], mode == "minor"
    if not jazz:
        special = _name_special(chord, tonic, steps, following)
        if special is not None:
            return special
    target = _target(chord, tonic, steps, minor, following)
    if target is not None:
        third = "min" if _is_small(target, tonic, steps, minor) else "maj"
        of = _direct(Chord(target, third), tonic, steps, minor, False)
        inside = "minor" if third == "min" else "major"
        local = _direct(chord, target, MODES[inside], third == "min", jazz)
        return replace(local, of=of)
    return _direct(chord, tonic, steps, minor, jazz)


def _name_special(
    chord: Chord, tonic: int, steps: tuple[int, ...], following: Chord | None
) -> RomanNumeral | None:
    above = (chord.root - tonic) % 12
    if above == 1 and chord.quality == "maj" and chord.bass == (chord.root + 4) % 12:
        return RomanNumeral(2, "maj", -1, 5, 1, special="N")
    if following is None:
        return None
    to_dominant = (following.root - tonic) % 12 == 7 and 4 in following.intervals
    to_six_four = following.root == tonic and following.bass == (tonic + 7) % 12
    sixth = _SIXTH_QUALITIES.get(chord.quality)
    if above == 8 and sixth and chord.bass is None and (to_dominant or to_six_four):
        figure, inversion = SIXTH_FIGURES[sixth]
        triad, degree, front = ("maj", 2, 0) if sixth == "Fr" else ("min", 4, 1)
        return RomanNumeral(degree, triad, front, READ_FIGURES[figure][0], inversion, special=sixth)
    is_tonic = above == 0 and chord.quality == ("min" if steps[2] == 3 else "maj")
    is_six_four = is_tonic and chord.bass == (tonic + 7) % 12 == following.bass_pitch_class
    return (
        RomanNumeral(1, "maj", inversion=2, special="Cad") if is_six_four and to_dominant else None
    )


def _is_small(root: int, tonic: int, steps: tuple[int, ...], minor: bool) -> bool:
    """Tell whether the key's own triad on a degree is minor (the dominant of minor is not)."""
    tones = {(tonic + step) % 12 for step in steps}
    return (root + 3) % 12 in tones and not (minor and root == (tonic + 7) % 12)


def _target(
    chord: Chord, tonic: int, steps: tuple[int, ...], minor: bool, following: Chord | None
) -> int | None:
    """Return the root of the degree that a chord is applied to; None where it is the key's own."""
    tones = {(tonic + step) % 12 for step in steps}
    heard = {(chord.root + step) % 12 for step in chord.intervals if step <= 11}
    after = None if following is None else following.root

    def is_degree(root: int) -> bool:
        diminished = not {(root + 7) % 12} <= tones
        return root in tones and root != tonic and not diminished

    dominant = 4 in chord.intervals and 11 not in chord.intervals and 9 not in chord.intervals
    to_fourth = (chord.root + 5) % 12
    if dominant:
        own = tones | ({(tonic + 11) % 12} if minor else set())
        if heard <= own:  # VII7 in minor is the key's own unless it goes to III
            goes_to_third = minor and chord.root == (tonic + 10) % 12 and 10 in chord.intervals
            return to_fourth if goes_to_third and after == to_fourth else None
        if not is_degree(to_fourth):
            return None
        above = (chord.root - tonic) % 12
        is_mixture = minor and above in (0, 5) and (10 not in chord.intervals or above == 5)
        return to_fourth if not is_mixture or after == to_fourth else None
    third_fifth = chord.intervals[1:3]
    if third_fifth[:1] == (3,) and 10 in chord.intervals and following is not None:
        chromatic = not heard <= tones
        before_dominant = 4 in following.intervals and 10 in following.intervals
        goal = (to_fourth + 5) % 12
        if chromatic and before_dominant and after == to_fourth and is_degree(goal):
            return goal
    if third_fifth == (3, 6):
        own = tones | {(tonic + 11) % 12}
        goal = (chord.root + 1) % 12
        if chord.root in own or not is_degree(goal):
            # Edim7 in C: its root belongs to the key, but not to any chord of it.
            fully = 9 in chord.intervals and chord.root in tones and is_degree(goal)
            return goal if fully and (after is None or after == goal) else None
        leads_on = after is None or after in (goal, (goal + 7) % 12, chord.root)
        return goal if leads_on or (following and following.bass == goal) else None
    return None


def _place(
    chord: Chord, triad: str, tonic: int, steps: tuple[int, ...], minor: bool
) -> tuple[int, int]:
    """Return the degree and the accidental that a root is written with."""
    above = (chord.root - tonic) % 12
    is_small = triad in ("min", "dim", "hdim")
    if above in steps:
        degree = steps.index(above) + 1
        return degree, -1 if minor and is_small and degree in (6, 7) else 0
    if minor and above in (9, 11):
        return (6 if above == 9 else 7), 0 if is_small else 1
    raised = triad in ("dim", "hdim") or (above == 6 and triad == "min") or (minor and above == 4)
    if raised and above - 1 in steps:
        return steps.index(above - 1) + 1, 1
    if (above + 1) % 12 in steps and above != 11:
        return steps.index(above + 1) + 1, -1
    return steps.index(above - 1) + 1, 1


@lru_cache(maxsize=8192)
def _direct(
    chord: Chord, tonic: int, steps: tuple[int, ...], minor: bool, jazz: bool
) -> RomanNumeral:
    """Write a chord on its own degree of the key."""
    held = chord.intervals
    third = 3 if 3 in held and 4 not in held else 4
    if third == 3:
        triad = "min" if 7 in held or 6 not in held else "hdim" if 10 in held else "dim"
    else:
        triad = "aug" if 8 in held and 7 not in held else "maj"
    degree, accidental = _place(chord, triad, tonic, steps, minor)
    plain = RomanNumeral(degree, triad, accidental)
    sevenths = (9,) if triad == "dim" else (10, 11)
    inversions = [0]
    if chord.bass is not None:
        below = (chord.bass - chord.root) % 12
        stack = [
            next((step for step in steps_of if step in held), None)
            for steps_of in ((0,), (4, 3), (7, 6, 8), sevenths)
        ]
        inversions = [stack.index(below)] if below in stack else []
    slash = ""
    if not inversions:
        slash = "bass" + write_degree(DEGREE_OF[((chord.bass or 0) - chord.root) % 12])
    if not jazz:
        sizes = (7, 9, 11) if any(step in held for step in sevenths) else (5,)
        inversion = inversions[0] if inversions else 0
        options = []
        for size in sizes if inversion == 0 else sizes[:1]:
            if inversion < len(FIGURES[size]):
                start = replace(plain, extension=size, inversion=inversion)
                options.append(_bracketed(start, chord, tonic, steps, slash))
        fitting = [
            option for option in options
            if option is not None and chord_in(option, tonic, steps, minor) == chord
        ]  # fmt: skip
        if fitting:
            return min(fitting, key=lambda option: len(option.changes))
    changes = (slash,) if slash else ()
    if chord.bass is not None and not slash:
        changes = ("bass" + write_degree(DEGREE_OF[(chord.bass - chord.root) % 12]),)
    return _lettered(plain, chord, tonic, steps, minor, changes, jazz)


def _bracketed(
    start: RomanNumeral, chord: Chord, tonic: int, steps: tuple[int, ...], slash: str
) -> RomanNumeral | None:
    """Add the brackets that make a numeral's notes those of a chord."""
    tones = stack_of(start, chord.root, tonic, steps)
    wanted = set(chord.intervals)
    left = wanted - {0}
    changes = []
    for number, step in tones.items():
        if number == 1:
            continue
        if step in left:
            left.discard(step)
            continue
        near = [s for s in (step - 1, step + 1) if s in left and s in _NEAR.get(int(number), ())]
        if near:
            left.discard(near[0])
            changes.append(f"{'b' if near[0] < step else '#'}{number}")
        else:
            changes.append(f"no{number}")
    for step in sorted(left):
        number = DEGREE_OF[step][0]
        base = (tonic + steps[(start.degree + number - 2) % 7] - chord.root) % 12
        shift = (step - base + 6) % 12 - 6
        if abs(shift) > 2:
            return None
        changes.append(f"add{'#' * shift if shift > 0 else 'b' * -shift}{number}")
    return replace(start, changes=(*changes, *([slash] if slash else [])))


_NEAR: dict[int, tuple[int, ...]] = {5: (6, 7, 8), 7: (9, 10, 11)}  # what a step may be altered to


def _lettered(
    plain: RomanNumeral, chord: Chord, tonic: int, steps: tuple[int, ...], minor: bool,
    changes: tuple[str, ...], jazz: bool,
) -> RomanNumeral:  # fmt: skip
    """Write a chord's symbol behind the numeral."""
    symbol = Chord(0, chord.quality).symbol()[1:]
    for triad in (plain.triad, "min" if plain.triad in ("min", "dim", "hdim") else "maj"):
        said = {"min": "m", "dim": "dim", "hdim": "m7b5", "aug": "aug"}.get(triad, "")
        bare = symbol.removeprefix(said)
        for suffix in ("7" if triad == "hdim" and not bare else bare, symbol):
            degree, accidental = _place(chord, triad, tonic, steps, minor)
            option = replace(
                plain, degree=degree, accidental=accidental, triad=triad,
                suffix=SIGNS[triad] + suffix, changes=changes,
            )  # fmt: skip
            if read_suffix(spell_out(triad, suffix)) is None:
                continue
            # Without figures a text such as `I6` would be read as one.
            again = option if jazz else RomanNumeral.parse(str(option))
            if chord_in(again, tonic, steps, minor) == chord:
                return option
    degree, accidental = _place(chord, "maj", tonic, steps, minor)
    return RomanNumeral(degree, "maj", accidental, changes=changes, suffix=symbol)
