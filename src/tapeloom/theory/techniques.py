"""Techniques of reharmonisation by name, and a candidate that one of them makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.harmony import Chord
from tapeloom.core.score import ChordSpan
from tapeloom.theory.melody_fit import clashes
from tapeloom.theory.setting import Setting

Placed = list[tuple[int, int, Chord]]  # start, end, chord


@dataclass(frozen=True, slots=True)
class Technique:
    """How far a technique goes, how much of a span it changes, and the words that explain it."""

    boldness: float  # 0..1
    size: float  # 0..1
    reason: str  # {target} is the chord it leads to, {old} the one it stands for


TECHNIQUES: dict[str, Technique] = {
    "kept": Technique(0.0, 0.0, "as it was"),
    "extension": Technique(0.0, 0.2, "the same chord in richer colours"),
    "simplification": Technique(0.0, 0.2, "the same chord in plainer colours"),
    "stepwise bass": Technique(0.25, 0.45, "inverted, so that the bass moves by step"),
    "suspension": Technique(0.2, 0.5, "the third of {old} comes late"),
    "relative": Technique(0.25, 0.8, "shares most tones with {old} and its function"),
    "dominant": Technique(0.25, 0.7, "the dominant of {target}"),
    "ii-V": Technique(0.3, 0.8, "the ii-V of {target}"),
    "secondary dominant": Technique(0.3, 0.7, "the dominant of {target}"),
    "secondary ii-V": Technique(0.35, 0.8, "the ii-V of {target}"),
    "related ii": Technique(0.2, 0.6, "the ii that belongs to {old}"),
    "passing diminished": Technique(
        0.3, 0.7, "diminished passing chord between {old} and {target}"
    ),
    "leading diminished": Technique(0.4, 0.7, "leading-tone diminished chord of {target}"),
    "common-tone diminished": Technique(
        0.45, 0.6, "diminished on the root that it keeps, before it"
    ),
    "minor plagal": Technique(0.35, 0.8, "the minor subdominant leads home to {target}"),
    "line cliché": Technique(0.4, 0.8, "an inner voice descends by semitones through {old}"),
    "pedal point": Technique(0.4, 0.5, "over a pedal on {pedal}"),
    "tritone substitute": Technique(0.45, 0.8, "tritone substitute"),
    "tritone approach": Technique(0.5, 0.7, "tritone substitute of the dominant of {target}"),
    "backdoor": Technique(0.45, 0.8, "backdoor dominant of {target}"),
    "backdoor ii-V": Technique(0.5, 0.8, "backdoor ii-V of {target}"),
    "ii with tritone substitute": Technique(
        0.5, 0.8, "the ii of {target}, then the tritone substitute of its dominant"
    ),
    "modal interchange": Technique(0.5, 0.9, "borrowed from {mode}"),
    "Neapolitan": Technique(0.6, 0.9, "a major seventh chord a semitone above {target}"),
    "turnaround": Technique(0.5, 0.9, "turnaround back to {target}"),
    "chromatic mediant": Technique(0.65, 0.9, "chromatic mediant of {old}"),
    "tritone ii-V": Technique(0.65, 0.9, "the ii-V a tritone away, into {target}"),
    "side-slip": Technique(0.7, 0.9, "the same a semitone above, before it comes"),
    "negative harmony": Technique(0.8, 0.9, "{old} mirrored about the axis of {key}"),
    "Coltrane changes": Technique(
        0.85, 1.0, "the cadence goes round three keys a major third apart"
    ),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may stand in place of the spans first..last-1."""

    first: int
    last: int
    spans: tuple[ChordSpan, ...]
    technique: str
    reason: str
    cost: float  # of the colours and the rhythm, the melody counted in
    distance: float  # 0..1: how foreign it is to what stood there
    expects: int | None = None  # root that has to follow

    @property
    def size(self) -> float:
        """How much it changes, in spans."""
        return TECHNIQUES[self.technique].size * (self.last - self.first)


def _distance(olds: Sequence[ChordSpan], news: Sequence[ChordSpan]) -> float:
    """Return how foreign spans are to what stood there: the share of old tones that are gone."""
    lost = total = 0.0
    for new in news:
        for old in olds:
            ticks = min(old.end, new.end) - max(old.start, new.start)
            if ticks > 0:
                lost += ticks * _difference(old.chord, new.chord)
                total += ticks
    return lost / total if total else 0.0


@lru_cache(maxsize=65536)
def _difference(old: Chord, new: Chord) -> float:
    tones = set(old.pitch_classes)
    return 0.7 * len(tones.difference(new.pitch_classes)) / len(tones) + 0.3 * (
        old.root != new.root
    )


def make_candidate(
    setting: Setting,
    first: int,
    last: int,
    placed: Sequence[tuple[int, int, Chord]],
    technique: str,
    words: Mapping[str, str] | None = None,
    *,
    cost: float = 0.0,
    expects: int | None = None,
) -> Candidate:
    """Make a candidate of chords laid out in time, priced for haste and by the style's taste.

    first, last  the spans that it replaces: first to last - 1
    placed       start, end and chord of what comes in their place
    words        what the technique's reason asks for
    cost         of the colours and the melody
    expects      root that has to follow

    >>> from tapeloom.core.harmony import Key
    >>> from tapeloom.theory.chart import read_chart
    >>> from tapeloom.theory.palette import STYLES
    >>> setting = Setting(read_chart("G7 | C"), Key("C", "major"), STYLES["jazz"])
    >>> made = make_candidate(setting, 0, 1, [(0, 40320, Chord(1, "7"))], "tritone substitute")
    >>> made.reason, made.size, round(made.distance, 2)
    ('tritone substitute', 0.8, 0.65)
    """
    spans = tuple(ChordSpan(start, end, chord) for start, end, chord in placed)
    beat = setting.bar_ticks(spans[0].start) / 4
    hurry = sum((span.end - span.start) < 2 * beat for span in spans) if len(spans) > 1 else 0
    cost += 0.45 * hurry + setting.style.tastes.get(technique, 0.0)
    reason = TECHNIQUES[technique].reason.format(**(words or {}))
    return Candidate(
        first,
        last,
        spans,
        technique,
        reason,
        cost,
        _distance(setting.spans[first:last], spans),
        expects,
    )


def suits(setting: Setting, placed: Sequence[tuple[int, int, Chord]]) -> bool:
    """Tell whether no chord has an avoid note under a long note of the melody.

    >>> from tapeloom.core.harmony import Key
    >>> from tapeloom.core.score import Note
    >>> from tapeloom.theory.chart import read_chart
    >>> from tapeloom.theory.palette import STYLES
    >>> melody = (Note(0, 40320, 65),)
    >>> setting = Setting(read_chart("F"), Key("C", "major"), STYLES["jazz"], melody=melody)
    >>> suits(setting, [(0, 40320, Chord(0, "maj7"))])
    False
    """
    return not any(clashes(chord, setting.over(start, end)) for start, end, chord in placed)
