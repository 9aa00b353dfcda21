"""What may stand for a chord: colours, inversions, relatives, borrowed chords, mirrors.

Each rule is a row of a table or a small generator (see `approaches` and `elaborations` too); a
candidate carries its technique's name, a reason in words, how foreign it is, and what has to
follow it.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from tapeloom.core.harmony import MODES, QUALITIES, Chord, Key
from tapeloom.core.score import ChordSpan
from tapeloom.theory.approaches import approaches
from tapeloom.theory.chords import name_chord
from tapeloom.theory.elaborations import OVER_BASS, divisions, patterns
from tapeloom.theory.families import FAMILIES, family
from tapeloom.theory.melody_fit import misfit
from tapeloom.theory.scales import SCALES
from tapeloom.theory.setting import Setting
from tapeloom.theory.techniques import Candidate, make_candidate, suits

# Degree and family -> degrees and families that share most tones and the function.
_RELATIVES: dict[str, dict[tuple[int, str], tuple[tuple[int, str], ...]]] = {
    "major": {
        (0, "major"): ((9, "minor7"), (4, "minor7")),
        (9, "minor7"): ((0, "major"), (5, "major")),
        (4, "minor7"): ((0, "major"), (9, "minor7")),
        (5, "major"): ((2, "minor7"), (9, "minor7")),
        (2, "minor7"): ((5, "major"),),
    },
    "minor": {
        (0, "minor"): ((3, "major"), (8, "major"), (9, "half-diminished")),
        (0, "minor7"): ((3, "major"), (8, "major"), (9, "half-diminished")),
        (5, "minor7"): ((2, "half-diminished"), (8, "major")),
        (3, "major"): ((0, "minor7"), (7, "minor7")),
        (8, "major"): ((5, "minor7"), (0, "minor7")),
        (2, "half-diminished"): ((5, "minor7"), (8, "major")),
    },
}
# Degrees of a function, and the borrowed roots that may stand for them.
_BORROWED_ROOTS = {0: (3, 8), 4: (3, 8), 9: (8, 3), 2: (2, 5, 8, 1), 5: (5, 2, 8, 10, 1),
                   7: (7, 10), 11: (10,), 3: (3, 8), 8: (5, 8, 1)}  # fmt: skip
_FAR = {"phrygian": 0.2, "lydian": 0.2, "locrian": 0.6}  # what borrowing from afar costs
_MODAL = (*tuple(MODES), "harmonic minor", "melodic minor")


@lru_cache(maxsize=64)
def borrowed(mode: str) -> tuple[tuple[int, str, str], ...]:
    """List the seventh chords that parallel modes lend to a mode: degree, quality, lending mode.

    The degree is in semitones above the tonic; chords that the mode itself has are left out, and
    the first mode of `core.harmony.MODES` that has a chord names it.

    >>> [row for row in borrowed("major") if row[0] == 5]
    [(5, '7', 'dorian'), (5, 'min7', 'minor')]
    """
    by_tones = {frozenset(q.intervals): name for name, q in QUALITIES.items()}

    def chords(name: str) -> Iterator[tuple[int, str]]:
        steps = SCALES[name]
        for i, root in enumerate(steps):
            tones = frozenset((steps[(i + 2 * k) % 7] - root) % 12 for k in range(4))
            if tones in by_tones:
                yield root, by_tones[tones]

    found: dict[tuple[int, str], str] = {}
    own = set(chords(mode))
    for name in _MODAL:
        for chord in chords(name):
            if chord not in own:
                found.setdefault(chord, name)
    return tuple((root, quality, name) for (root, quality), name in sorted(found.items()))


def mirror(chord: Chord, key: Key) -> Chord | None:
    """Reflect a chord about the axis between a key's tonic and its fifth: negative harmony.

    A tone so far above the tonic comes to lie as far below the fifth. None where the mirrored tones
    have no name.

    >>> str(mirror(Chord.parse("G7"), Key("C", "major")))
    'Fm6'
    """
    axis = 2 * key.pitch_class + 7
    tones = [(axis - tone) % 12 for tone in chord.pitch_classes]
    # The root turns into the fifth of a triad: a fifth below it lies the new root.
    root = (axis - chord.root - 7) % 12
    return name_chord(tones, bass=root)


# Modes whose colour foreign dominants would wash out, and what leaves it be.
_FRAGILE = frozenset({"phrygian", "lydian", "mixolydian", "locrian"})
_GENTLE = frozenset({"kept", "extension", "simplification", "stepwise bass", "suspension",
                     "relative", "pedal point", "modal interchange"})  # fmt: skip


def candidates(setting: Setting, index: int, *, splits: bool = True) -> list[Candidate]:
    """List what may stand from a span on, the span as it is first.

    What would put an avoid note under a long note of the melody is left out.

    splits   whether a span may be divided, and several taken together

    >>> from tapeloom.theory.chart import read_chart
    >>> from tapeloom.theory.palette import STYLES
    >>> setting = Setting(read_chart("G7 | C"), Key("C", "major"), STYLES["jazz"])
    >>> offers = {str(c.spans[0].chord): c.technique for c in candidates(setting, 0)}
    >>> offers["G7"], offers["Db7"], offers["Bdim7"]
    ('kept', 'tritone substitute', 'leading diminished')
    """
    span = setting.spans[index]
    found = [
        Candidate(index, index + 1, (span,), "kept", "as it was", _keep_cost(setting, index), 0)
    ]
    found += _colours(setting, index)
    found += _inversions(setting, index)
    found += approaches(setting, index, splits=splits)
    found += _replacements(setting, index)
    if splits:
        found += divisions(setting, index)
        found += patterns(setting, index)
    unique: dict[tuple[ChordSpan, ...], Candidate] = {}
    for candidate in found:
        if setting.key.mode not in _FRAGILE or candidate.technique in _GENTLE:
            unique.setdefault(candidate.spans, candidate)
    return list(unique.values())


def _keep_cost(setting: Setting, index: int) -> float:
    span = setting.spans[index]
    return 0.6 * misfit(span.chord, setting.over(span.start, span.end))


def _colours(setting: Setting, index: int) -> Iterator[Candidate]:
    """The chord's own root in other colours."""
    span = setting.spans[index]
    kind = setting.kind_of(index)
    kinds = (
        (kind, "minor") if kind == "minor7" and setting.degree(span.chord) in (0, 5) else (kind,)
    )
    for family_name in kinds:
        options = _options(setting, index, family_name)
        if not options and family_name in ("minor7", "minor"):
            options = _options(setting, index, "minor" if family_name == "minor7" else "minor7")
        liked = span.chord.quality in setting.style.qualities
        for chord, cost in options[:3]:
            if chord != span.chord:
                richer = len(chord.intervals) >= len(span.chord.intervals)
                name = "extension" if richer else "simplification"
                dear = cost + 0.5 * (liked and not richer)
                placed = [(span.start, span.end, chord)]
                yield make_candidate(setting, index, index + 1, placed, name, cost=dear)


def _options(setting: Setting, index: int, family_name: str) -> tuple[tuple[Chord, float], ...]:
    """Return the style's chords of a family on a span's own root and bass."""
    span = setting.spans[index]
    return setting.dressed(
        span.chord.root, family_name, span.start, span.end, target=setting.following(index),
        bass=span.chord.bass,
    )  # fmt: skip


def _inversions(setting: Setting, index: int) -> Iterator[Candidate]:
    """The chord with another of its tones in the bass, where that moves on by step."""
    following = setting.following(index)
    span = setting.spans[index]
    if following is None or span.chord.bass is not None or not index:
        return  # nothing begins on its inversion
    if span.end - span.start > setting.bar_ticks(span.start):
        return  # a passing bass doesn't stay
    chord = setting.coloured(index)
    chord = Chord(chord.root, OVER_BASS.get(chord.quality, chord.quality))
    if FAMILIES[family(chord.quality)] not in ("major", "minor7", "minor", "dominant"):
        return
    goal = following.bass_pitch_class
    for step in (3, 4, 7, 10, 11):
        bass = (chord.root + step) % 12
        # A seventh in the bass is on its way down from a root that sounded.
        if step >= 10 and (not index or setting.spans[index - 1].chord.root != chord.root):
            continue
        if step in chord.intervals and (bass - goal) % 12 in (1, 2, 10, 11):
            inverted = Chord(chord.root, chord.quality, bass)
            placed = [(span.start, span.end, inverted)]
            if suits(setting, placed):
                cost = 0.6 * misfit(inverted, setting.over(span.start, span.end)) + 0.2
                cost += 0.3 * (step in (7, 10, 11))  # the third carries a bass line best
                yield make_candidate(setting, index, index + 1, placed, "stepwise bass", cost=cost)


def _replacements(setting: Setting, index: int) -> Iterator[Candidate]:
    """Another root for the whole span: relatives, borrowed chords, mediants, mirrors."""
    span = setting.spans[index]
    kind = setting.kind_of(index)
    degree = setting.degree(span.chord)
    mode = "minor" if setting.key.is_minor else "major"
    tonic = setting.key.pitch_class
    old = setting.text(span.chord)

    def best(root: int, family_name: str, technique: str, **words: str) -> Iterator[Candidate]:
        options = setting.dressed(
            root, family_name, span.start, span.end, target=setting.following(index)
        )
        for chord, cost in options[:2]:
            placed = [(span.start, span.end, chord)]
            said = {"old": old, **words}
            yield make_candidate(setting, index, index + 1, placed, technique, said, cost=cost)

    for above, family_name in _RELATIVES[mode].get((degree, kind), ()):
        yield from best(tonic + above, family_name, "relative")
    roots = _BORROWED_ROOTS.get(degree, ())
    resolves = (kind == "dominant" and degree != 7) or kind in ("augmented", "diminished")
    for above, quality, lender in () if resolves else borrowed(setting.key.mode):
        family_name = FAMILIES[family(quality)]
        if above in roots and (above, family_name) != (degree, kind):
            if family_name in ("augmented", "diminished") or (kind == "dominant" and above == 7):
                continue
            # A dominant from elsewhere asks to be resolved; these two colour a place.
            if family_name == "dominant" and above not in (5, 10):
                continue
            # A half-diminished chord leads on: it stands for no tonic and no dominant.
            if family_name == "half-diminished" and degree in (0, 4, 7, 9):
                continue
            source = f"{setting.key.tonic} {lender}"
            for made in best(tonic + above, family_name, "modal interchange", mode=source):
                if not set(made.spans[0].chord.pitch_classes) <= set(setting.key.scale):
                    yield replace(made, cost=made.cost + _FAR.get(lender, 0.0))
    if kind == "major" and len(setting.spans) > 1:
        for step in (3, 4, 8, 9):
            yield from best(span.chord.root + step, "major", "chromatic mediant")
    reflected = mirror(Chord(span.chord.root, setting.coloured(index).quality), setting.key)
    scale = set(setting.key.scale)
    plain = set(span.chord.pitch_classes) <= scale | {(tonic + 11) % 12}
    if reflected is not None and degree and plain and not set(reflected.pitch_classes) <= scale:
        family_name = FAMILIES[family(reflected.quality)]
        yield from best(reflected.root, family_name, "negative harmony", key=str(setting.key))
