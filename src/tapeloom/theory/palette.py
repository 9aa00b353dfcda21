"""Styles of harmony: which qualities and which substitutions each prefers, and dressing by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.theory.chords import chord_scale
from tapeloom.theory.families import FAMILIES, family
from tapeloom.theory.melody_fit import MelodyNote, clashes, misfit

# A dominant's colour comes from where it goes: before minor, before major, or elsewhere (a
# substitute, a backdoor, a blues), where the lydian dominant is at home.
_BEFORE_MINOR = {"7b9": 0.0, "7b13": 0.1, "7alt": 0.15, "7#9": 0.2, "7": 0.15, "7b9b13": 0.3}
_BEFORE_MAJOR = {"7": 0.0, "9": 0.1, "13": 0.1, "7b9": 0.35, "13b9": 0.5, "7#9": 0.7, "7alt": 0.7,
                 "7b13": 0.5, "7#11": 0.8}  # fmt: skip
_ELSEWHERE = {"7": 0.1, "9": 0.05, "13": 0.15, "7#11": 0.2, "9#11": 0.3, "13#11": 0.4}


@dataclass(frozen=True, slots=True)
class HarmonyStyle:
    """What a style likes: costs by quality (others aren't used) and by substitution.

    `way` is what its progressions lean to where they are found anew: jazz or songs.
    """

    qualities: Mapping[str, float]
    tastes: Mapping[str, float] = field(default_factory=dict)  # technique -> added cost
    way: str = "jazz"


_COMMON = {"hdim7": 0.0, "dim7": 0.0, "augmaj7": 0.6, "aug7": 0.5, "minmaj7": 0.3}
STYLES: dict[str, HarmonyStyle] = {
    "jazz": HarmonyStyle(
        _COMMON
        | {
            "maj7": 0.0, "maj6": 0.15, "maj9": 0.25, "6/9": 0.25, "maj7#11": 0.5, "min7": 0.0,
            "min9": 0.2, "min11": 0.3, "min6": 0.1, "min6/9": 0.4, "9sus4": 0.1, "7sus4": 0.0,
            "13sus4": 0.3, "7": 0.0, "9": 0.1, "13": 0.1, "7b9": 0.0, "7#9": 0.2, "7#11": 0.1,
            "7b13": 0.2, "7alt": 0.1, "13b9": 0.3, "9#11": 0.4,
        },
        {
            "pedal point": 0.8, "relative": 0.1, "minor plagal": 0.2, "stepwise bass": 0.5,
            "tritone substitute": -0.9, "tritone approach": -0.3, "tritone ii-V": -0.2,
            "ii with tritone substitute": -0.6, "chromatic mediant": 0.9, "backdoor ii-V": -0.2,
            "secondary ii-V": -0.1, "turnaround": -0.2, "Coltrane changes": -0.3,
        },
    ),
    "lofi": HarmonyStyle(
        _COMMON
        | {
            "maj9": 0.0, "maj7": 0.1, "6/9": 0.25, "maj7#11": 0.5, "add9": 0.5, "min9": 0.0,
            "min7": 0.1, "min11": 0.2, "min6/9": 0.2, "min6": 0.2, "minadd9": 0.4, "9sus4": 0.0,
            "13sus4": 0.15, "13": 0.0, "9": 0.0, "7": 0.3, "7b9": 0.1, "7#9": 0.15, "7b13": 0.15,
            "7#11": 0.3, "7alt": 0.3, "maj13": 0.5,
        },
        {
            "Coltrane changes": 2.0, "tritone ii-V": 0.5, "side-slip": 0.6, "turnaround": 0.4,
            "modal interchange": -0.35, "backdoor": -0.2, "minor plagal": -0.3, "pedal point": -0.1,
            "chromatic mediant": 0.2, "extension": -0.1, "relative": -0.2, "stepwise bass": 0.3,
        },
    ),
    "gospel": HarmonyStyle(
        _COMMON
        | {
            "maj": 0.1, "maj6": 0.3, "maj7": 0.15, "maj9": 0.2, "add9": 0.1, "min7": 0.0,
            "min9": 0.1, "min11": 0.3, "min": 0.5, "min6": 0.2, "7": 0.0, "9": 0.05, "13": 0.1,
            "7b9": 0.1, "7#9": 0.1, "aug7": 0.15, "7b13": 0.2, "9sus4": 0.0, "13sus4": 0.1,
            "7sus4": 0.1, "sus4": 0.3,
        },
        {
            "passing diminished": -0.4, "common-tone diminished": -0.2, "secondary dominant": -0.2,
            "secondary ii-V": -0.2, "suspension": -0.3, "stepwise bass": 0.0,
            "minor plagal": -0.2, "Coltrane changes": 1.5, "side-slip": 0.4, "tritone ii-V": 0.4,
            "chromatic mediant": 0.6,
        },
        way="songs",
    ),
    "bossa": HarmonyStyle(
        _COMMON
        | {
            "maj7": 0.0, "6/9": 0.05, "maj9": 0.1, "maj6": 0.2, "min7": 0.0, "min9": 0.05,
            "min6": 0.0, "min6/9": 0.15, "min11": 0.4, "7": 0.1, "9": 0.05, "13": 0.05,
            "7b9": 0.0, "7b13": 0.05, "7#11": 0.1, "7sus4": 0.1, "9sus4": 0.0, "maj7#11": 0.5,
        },
        {
            "tritone substitute": -0.4, "passing diminished": -0.2, "stepwise bass": 0.1,
            "chromatic mediant": 0.5, "tritone approach": -0.2,
            "secondary ii-V": -0.1, "ii with tritone substitute": -0.3, "Coltrane changes": 1.5,
            "side-slip": 0.3, "line cliché": -0.2, "pedal point": 0.2,
        },
    ),
    "pop": HarmonyStyle(
        {
            "maj": 0.0, "min": 0.0, "add9": 0.25, "maj7": 0.3, "min7": 0.15, "7": 0.15,
            "sus4": 0.2, "sus2": 0.3, "7sus4": 0.2, "9sus4": 0.4, "hdim7": 0.9, "dim7": 0.3,
            "dim": 0.3, "aug": 0.5, "minadd9": 0.4, "maj6": 0.5, "min6": 0.4, "9": 0.6,
        },
        {
            "relative": -0.5, "stepwise bass": -0.2, "chromatic mediant": 0.6,
            "modal interchange": -0.2, "minor plagal": -0.3, "suspension": -0.2,
            "tritone substitute": 0.8,
            "tritone ii-V": 1.2, "secondary ii-V": 0.4, "Coltrane changes": 3.0, "side-slip": 1.5,
            "turnaround": 0.6, "ii with tritone substitute": 1.0, "negative harmony": 0.4,
        },
        way="songs",
    ),
}  # fmt: skip


def harmony_style(name: str) -> HarmonyStyle:
    """Return a style by name.

    >>> harmony_style("polka")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: 'polka' is no style; choose one of jazz, lofi, gospel, ...
    """
    if name not in STYLES:
        raise InputError(f"{name!r} is no style; choose one of {', '.join(STYLES)}")
    return STYLES[name]


def dress(
    root: int,
    kind: str,
    *,
    key: Key,
    style: HarmonyStyle,
    melody: Sequence[MelodyNote] = (),
    target: Chord | None = None,
    bass: int | None = None,
) -> tuple[tuple[Chord, float], ...]:
    """Return the qualities that a root and family can take, each with its cost, the best first.

    kind     a name in FAMILIES
    melody   what sounds over the chord: what clashes with a long note of it isn't returned
    target   the chord that follows: it tells the colour of a dominant

    >>> best = dress(7, "dominant", key=Key("C", "minor"), style=STYLES["jazz"],
    ...              target=Chord.parse("Cm6"))
    >>> str(best[0][0])
    'G7b9'
    """
    plain = _plainly_dressed(root, kind, key, tuple(style.qualities.items()), target, bass)
    if not melody:
        return plain
    options = [
        (
            chord,
            cost + _sourness(chord, kind, melody, target) + 0.6 * misfit(chord, melody),
        )
        for chord, cost in plain
        if not clashes(chord, melody)
    ]
    return tuple(sorted(options, key=lambda option: option[1]))


@lru_cache(maxsize=16_384)
def _plainly_dressed(
    root: int, kind: str, key: Key, qualities: tuple[tuple[str, float], ...],
    target: Chord | None, bass: int | None,
) -> tuple[tuple[Chord, float], ...]:  # fmt: skip
    """Return a root's qualities of a family with their costs, whatever the melody, best first."""
    chords = (
        (Chord(root, quality, bass), liking)
        for quality, liking in qualities
        if quality in QUALITIES and FAMILIES[family(quality)] == kind
    )
    options = [
        (chord, liking + _colour(chord, kind, key, target))
        for chord, liking in chords
        if not _is_foreign_bass(chord)
    ]
    return tuple(sorted(options, key=lambda option: option[1]))


def _is_foreign_bass(chord: Chord) -> bool:
    """Tell whether the bass rubs against the chord: a semitone below or above one of its tones."""
    if chord.bass is None or chord.bass in chord.pitch_classes:
        return False
    return any((chord.bass + step) % 12 in chord.pitch_classes for step in (1, 11))


def _sourness(chord: Chord, kind: str, melody: Sequence[MelodyNote], target: Chord | None) -> float:
    """Return what long altered notes cost over a dominant that doesn't fall by a fifth."""
    if kind != "dominant" or (target is not None and (chord.root - target.root) % 12 == 7):
        return 0.0
    long = {(note.pitch - chord.root) % 12 for note in melody if note.is_long}
    return 2.0 * len((long & {1, 3, 8}) - {step % 12 for step in chord.intervals})


@lru_cache(maxsize=65_536)
def _colour(chord: Chord, kind: str, key: Key, target: Chord | None) -> float:
    """Return what a quality's tensions cost where the chord stands."""
    if kind == "dominant":
        if target is None and (chord.root - key.pitch_class) % 12 == 7:
            target = Chord(key.pitch_class, "min" if key.is_minor else "maj")
        falls = target is not None and (chord.root - target.root) % 12 == 7
        table = _ELSEWHERE
        if falls and target is not None:
            minor = 3 in target.intervals and 4 not in target.intervals
            table = _BEFORE_MINOR if minor else _BEFORE_MAJOR
        return table.get(chord.quality, 1.0 if falls else 3.0)
    inside = set(chord_scale(Chord(chord.root, _core(chord.quality)), key))
    foreign = sum((chord.root + s) % 12 not in inside for s in chord.intervals if s > 12)
    # A triad of the key takes a sixth or seventh of the key: G6, not Gmaj7, in A minor.
    scale = set(key.scale)
    triad = {(chord.root + s) % 12 for s in chord.intervals if s < 9} <= scale
    bent = any((chord.root + s) % 12 not in scale for s in chord.intervals if 9 <= s < 12)
    return 0.5 * foreign + 0.7 * (kind == "major" and triad and bent)


@lru_cache(maxsize=4096)
def _core(quality: str) -> str:
    """Return the seventh chord or triad below a quality's tensions."""
    steps = tuple(s for s in QUALITIES[quality].intervals if s < 12)
    found = (name for name, q in QUALITIES.items() if q.intervals == steps)
    return next(found, quality)
