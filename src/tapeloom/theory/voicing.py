"""Ways to lay a chord out in pitches: close, drop, rootless, shell, quartal, upper structures."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.chord_scales import chord_scales
from tapeloom.theory.upper_structures import open_tensions, upper_structures

Voicing = tuple[int, ...]  # MIDI pitches from the bottom up


@dataclass(frozen=True, slots=True)
class Style:
    """How a style chooses the notes of a chord and lays them out."""

    order: tuple[str, ...]  # degrees, the most needed first; what has no room is left out
    drops: tuple[tuple[int, ...], ...] = ((),)  # voices from the top that go down an octave
    opens: tuple[int, ...] = ()  # numbers of voices of which every second goes up an octave
    begins: tuple[str, ...] = ()  # the degrees that may lie lowest; all may where it is empty
    low: int = 48  # the range when none is asked for
    high: int = 74
    slash: bool = True  # whether the bass of a slash chord is sounded, or left to the bass player
    fallback: str = "drop2"  # the style of a chord that this one can't hold


# The perfect fifth goes first, then the root, which somebody else may play.
_NEEDED = ("third", "altered", "seventh", "colour", "ninth", "root", "fifth")
_EVANS = ("third", "seventh", "ninth", "sixth", "fifth", "root")

STYLE_TABLE: dict[str, Style] = {
    "shell": Style(("third", "seventh", "ninth", "fifth", "root"), opens=(3,), slash=False),
    "rootless": Style(("third", "seventh", "ninth", "colour", "fifth", "root"), slash=False),
    "drop2": Style(
        ("third", "seventh", "root", "fifth", "ninth", "colour"),
        drops=((2,),), slash=False, fallback="shell",
    ),
    "spread": Style(
        ("root", "third", "seventh", "ninth", "colour", "fifth"),
        drops=((2,),), opens=tuple(range(2, 13)), slash=False,
    ),
    "close": Style(_NEEDED),
    "drop3": Style(_NEEDED, drops=((3,),), low=43, high=77),
    "drop2+4": Style(_NEEDED, drops=((2, 4),), low=43, high=77),
    "rootless_a": Style(_EVANS, begins=("third",), slash=False, fallback="rootless"),
    "rootless_b": Style(_EVANS, begins=("seventh",), slash=False, fallback="rootless"),
    "rootless_ab": Style(_EVANS, begins=("third", "seventh"), slash=False, fallback="rootless"),
    "quartal": Style(_NEEDED, low=46, high=79, slash=False, fallback="rootless"),
    "so_what": Style(_NEEDED, low=46, high=79, slash=False, fallback="quartal"),
    "upper": Style(_NEEDED, low=48, high=84, slash=False, fallback="rootless"),
    "chorale": Style(_NEEDED, low=40, high=79),
    "guitar": Style(_NEEDED, low=40, high=79),
}  # fmt: skip
STYLES = tuple(STYLE_TABLE)

# The lowest pitch, by semitones to the next one, at which an interval isn't mud yet.
LOWEST_SECOND = 52  # E3
LOWEST_THIRD = 46  # Bb2
FLOORS = {1: LOWEST_SECOND, 2: LOWEST_SECOND, 3: LOWEST_THIRD, 4: LOWEST_THIRD, 5: 45, 6: 45}
FLOORS |= {7: 34, 8: 41, 9: 41, 10: 41, 11: 41, 12: 0}

SO_WHAT = (5, 5, 5, 4)


@lru_cache(maxsize=1024)
def functions(quality: str) -> dict[str, int]:
    """Return a quality's degrees as semitones above the root, 0..11.

    `third` is the fourth or second of a suspended chord; `seventh` may be a sixth; `colour` holds
    the richest tension that there is.

    >>> functions("min11")
    {'root': 0, 'third': 3, 'fifth': 7, 'seventh': 10, 'ninth': 2, 'colour': 5}
    """
    intervals = Chord(0, quality).intervals
    found = {"root": 0} if 0 in intervals else {}
    for name, choices in (
        ("third", (3, 4, 5, 2)),
        ("fifth", (7, 6, 8)),
        ("seventh", (10, 11, 9)),
        ("ninth", (14, 13, 15)),
        ("colour", (21, 20, 18, 17)),
    ):
        present = next((step for step in choices if step in intervals), None)
        if present is not None:
            found[name] = present % 12
    return found


def steps_in_need(quality: str) -> tuple[int, ...]:
    """Order a quality's steps above the root, 0..11, from the most telling to the fifth.

    >>> steps_in_need("13"), steps_in_need("7#9")
    ((4, 10, 9, 2, 0, 7), (4, 10, 3, 0, 7))
    """
    return _steps(quality, "close", ())


@lru_cache(maxsize=4096)
def tensions_in(chord: Chord, key: Key | None) -> tuple[int, ...]:
    """List the tensions that a chord may take, in semitones above the root, 0..11.

    key   those of the best scale over the chord in this key; None: what the quality leaves open,
          as does a chord from outside of the key that is no dominant: it brings its own colours

    >>> tensions_in(Chord.parse("G7"), None), tensions_in(Chord.parse("G7"), Key("C", "minor"))
    ((2, 6, 9), (1, 8))
    """
    free = open_tensions(chord.quality)
    tones = {step % 12 for step in chord.intervals}
    is_dominant = {4, 10} <= tones or {5, 7, 10} <= tones
    if key is None or not (is_dominant or set(chord.pitch_classes) <= set(key.scale)):
        return free
    choices = chord_scales(chord, key)
    steps = {step % 12 for step in choices[0].tensions} if choices else set(free)
    if not is_dominant:
        steps -= {1, 3}
    # A minor seventh chord takes no thirteenth, as in open_tensions.
    return tuple(sorted(steps - ({9} if {3, 10} <= tones else set())))


@lru_cache(maxsize=4096)
def _steps(quality: str, style: str, tensions: tuple[int, ...]) -> tuple[int, ...]:
    """Order the steps above the root that a style may sound, the most needed first."""
    degrees = dict(functions(quality))
    order = STYLE_TABLE[style].order
    fifth = degrees.get("fifth", 7)
    if fifth != 7:
        degrees["altered"] = fifth
    if order is _EVANS:
        ninth = next((step for step in (2, 1, 3) if step in tensions), None)
        if ninth is not None and not (fifth == 6 and degrees.get("third") == 3):
            degrees.setdefault("ninth", ninth)
        # A dominant takes its thirteenth for its fifth, as any chord a colour that it states.
        sixth = next((step for step in (9, 8) if step in tensions), None)
        is_dominant = (degrees.get("third"), degrees.get("seventh"), fifth) == (4, 10, 7)
        if "colour" in degrees:
            degrees["sixth"] = degrees["colour"]
        elif is_dominant and sixth is not None:
            degrees["sixth"] = sixth
        if fifth != 7:
            degrees["sixth"] = fifth
    named = set(functions(quality).values())
    extra = [step % 12 for step in reversed(Chord(0, quality).intervals) if step % 12 not in named]
    chosen: list[int] = []
    for name in order:
        chosen.extend([degrees[name]] if name in degrees else [])
        chosen.extend(extra if name == "colour" else [])
    return tuple(dict.fromkeys(chosen))[: 4 if order is _EVANS else None]


def _closed(tones: Iterable[int]) -> Iterator[list[int]]:
    """Stack tones in close position upon each of them."""
    rising = sorted(tones)
    for start in range(len(rising)):
        close = [rising[start]]
        for tone in rising[start + 1 :] + rising[:start]:
            close.append(close[-1] + (tone - close[-1]) % 12)
        yield close


def _opened(close: list[int], style: Style, voices: int) -> Iterator[list[int]]:
    """Lay a close position out as the style does."""
    for drop in style.drops:
        stack = close
        if max(drop, default=0) > 2 and len(close) == 3 and voices > 3:
            stack = [*close, close[0] + 12]
        at = [len(stack) - place for place in drop if place <= len(stack)]
        if drop == (2,) and len(stack) < 4:
            at = []
        yield sorted(pitch - 12 * (i in at) for i, pitch in enumerate(stack))
    if len(close) in style.opens:
        yield sorted(pitch + 12 * (i % 2) for i, pitch in enumerate(close))


def _shapes(chord: Chord, name: str, voices: int, tensions: tuple[int, ...]) -> Iterator[list[int]]:
    """Yield the layouts of a chord in one style, in any octave."""
    style = STYLE_TABLE[name]
    legal = {*chord.pitch_classes, *((chord.root + step) % 12 for step in tensions)}
    if name == "quartal":
        yield from _fourths(chord, legal, voices)
    elif name == "so_what":
        yield from _stacks(chord, legal, SO_WHAT)
    elif name == "upper":
        yield from _upper(chord, legal)
    else:
        steps = _steps(chord.quality, name, tensions)
        degrees = functions(chord.quality)
        # Where there is no seventh the root takes its place.
        lowest = {degrees.get(name, 0) for name in style.begins} or set(steps)
        for close in _closed((chord.root + step) % 12 for step in steps[:voices]):
            if (close[0] - chord.root) % 12 in lowest:
                yield from _opened(close, style, voices)


def _stacks(chord: Chord, legal: set[int], gaps: tuple[int, ...]) -> Iterator[list[int]]:
    """Stack intervals of legal tones that hold the third or the seventh."""
    degrees = functions(chord.quality)
    telling = {
        (chord.root + degrees[name]) % 12 for name in ("third", "seventh") if name in degrees
    }
    for start in sorted(legal):
        stack = list(itertools.accumulate(gaps, initial=start))
        classes = {pitch % 12 for pitch in stack}
        if classes <= legal and classes & telling and len(classes) == len(stack):
            yield stack


def _fourths(chord: Chord, legal: set[int], voices: int) -> Iterator[list[int]]:
    """Stack perfect fourths, one of them augmented if need be, as many as the tones allow."""
    for count in range(voices, 2, -1):
        found = [
            stack
            for tritone in range(-1, count - 1)
            for stack in _stacks(chord, legal, tuple(5 + (i == tritone) for i in range(count - 1)))
        ]
        yield from found
        if found:
            return


def _upper(chord: Chord, legal: set[int]) -> Iterator[list[int]]:
    """Lay the triads of open tensions upon the third and seventh, or the root and third."""
    degrees = functions(chord.quality)
    lower = [name for name in ("third", "seventh", "root") if name in degrees][:2]
    shell = sorted((chord.root + degrees[name]) % 12 for name in lower)
    stated = {(chord.root + step) % 12 for step in chord.intervals if step >= 12}
    every = [each.triad.pitch_classes for each in upper_structures(chord)]
    triads = [triad for triad in every if legal.issuperset(triad)]
    most = max((len(stated.intersection(triad)) for triad in triads), default=0)
    if stated and not most:  # only an alteration tells what the chord states
        triads = every
        most = max((len(stated.intersection(triad)) for triad in triads), default=0)
    for triad in triads:
        # Above all, the triad tells the tensions that the chord states.
        if len(stated.intersection(triad)) == most:
            for left, right in itertools.product(_closed(shell), _closed(triad)):
                lift = -((right[0] - left[-1] - 1) // 12) * 12
                yield [*left, *(pitch + lift for pitch in right)]
                yield [*left, *(pitch + lift + 12 for pitch in right)]


@lru_cache(maxsize=16384)
def voicings(
    chord: Chord,
    *,
    style: str = "rootless",
    voices: int = 4,
    low: int | None = None,
    high: int | None = None,
    bass: bool | None = None,
    key: Key | None = None,
) -> tuple[Voicing, ...]:
    """List the voicings of a chord in one style within a range, each a rising tuple of pitches.

    style       one of STYLES: close positions are all the inversions of the chosen tones
                (rootless A and B among them; rootless_a, rootless_b and rootless_ab hold these
                alone, with the tensions that they take); drop 2, 3, 2+4 lower these voices from
                above by an octave; spread opens every second voice; quartal stacks fourths;
                so_what (five voices) a third upon three fourths; upper (five voices) a triad of
                tensions upon third and seventh; chorale is in four parts; guitar in shapes that a
                hand can hold
    voices      how many notes, where the chord has so many
    low, high   MIDI pitches that no voice passes; the style's own range when None
    bass        True puts the chord's bass at the bottom, under the others if need be; False
                leaves it to the bass player; None asks the style, which sounds slashes only
    key         where the styles that add tensions find them; what the quality leaves open when
                None

    Voicings with a cluster in the mud, or a semitone at the top, are left out. The result may be
    empty: `theory.voice_leading.lead` then takes the style's fallback.

    >>> voicings(Chord.parse("Dm9"), low=53, high=66)
    ((53, 57, 60, 64),)
    >>> voicings(Chord.parse("G7"), style="rootless_b", low=53, high=66)
    ((53, 57, 59, 64),)
    >>> voicings(Chord.parse("Dm7"), style="so_what", low=50, high=70)
    ((50, 55, 60, 65, 69),)
    """
    table = STYLE_TABLE.get(style)
    if table is None:
        raise InputError(f"{style!r} is no voicing; choose one of {', '.join(STYLES)}")
    if voices < 1:
        raise InputError(f"voices is {voices}; a voicing has at least 1")
    low = table.low if low is None else max(low, 0)
    high = table.high if high is None else min(high, 127)
    if style == "chorale":
        from tapeloom.theory.four_part import four_part_voicings

        return four_part_voicings(chord, low=low, high=high)
    if style == "guitar":
        from tapeloom.theory.guitar import guitar_shapes

        shapes = (shape.pitches for shape in guitar_shapes(chord, strings=voices))
        return tuple(sorted({each for each in shapes if low <= each[0] and each[-1] <= high}))
    holds_bass = table.slash and chord.bass is not None if bass is None else bass
    found: set[Voicing] = set()
    for shape in _shapes(chord, style, voices, tensions_in(chord, key)):
        for octave in range(-2, 11):
            pitches = tuple(pitch + 12 * octave for pitch in shape)
            if pitches[0] >= low and pitches[-1] <= high and _is_clear(pitches):
                found.add(pitches)
    if holds_bass:
        tone = chord.bass_pitch_class
        found = {pitches for pitches in found if pitches[0] % 12 == tone}
        rest = voicings(
            Chord(chord.root, chord.quality),
            style=style, voices=max(voices - 1, 1), low=low, high=high, bass=False, key=key,
        )  # fmt: skip
        found |= set(_upon_bass(chord.bass_pitch_class, rest, low))
        fullest = max(map(len, found), default=0)
        found = {pitches for pitches in found if len(pitches) == fullest}
    return tuple(sorted(found))


def _upon_bass(tone: int, upper: Iterable[Voicing], low: int) -> Iterator[Voicing]:
    """Set a bass below layouts of the other tones."""
    first = low + (tone - low) % 12
    for pitches in upper:
        for below in range(first, pitches[0], 12):
            if pitches[0] - below <= 24 and _is_clear((below, *pitches)):
                yield (below, *pitches)


def _is_clear(pitches: Voicing) -> bool:
    gaps = [above - below for below, above in itertools.pairwise(pitches)]
    for below, gap in zip(pitches, gaps, strict=False):
        if below < FLOORS.get(gap, 0):
            return False
    # A semitone at the top or two of them read as a wrong note.
    return gaps.count(1) <= 1 and (not gaps or gaps[-1] != 1) and all(gaps)
