"""The chords that are to be reharmonised with all that bears on them: key, meter, melody, style."""

import itertools
from dataclasses import dataclass, field, replace
from functools import lru_cache

from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.core.meter import Meter, Meters, meter_at
from tapeloom.core.score import ChordSpan, Note
from tapeloom.core.time import PPQ
from tapeloom.theory.chart import chord_text
from tapeloom.theory.families import FAMILIES, family
from tapeloom.theory.melody_fit import MelodyNote, clashes, melody_over
from tapeloom.theory.palette import HarmonyStyle, dress

SHORTEST = PPQ  # ticks: no chord is shorter than a quarter


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """Chord spans with their key, meters, melody and the style to be written in.

    >>> from tapeloom.theory.chart import read_chart
    >>> from tapeloom.theory.palette import STYLES
    >>> setting = Setting(read_chart("Am D G G"), Key("G", "major"), STYLES["jazz"])
    >>> setting.kind_of(1), str(setting.coloured(1))
    ('dominant', 'D7')
    """

    spans: tuple[ChordSpan, ...]
    key: Key
    style: HarmonyStyle
    meters: Meters = ((0, Meter()),)
    melody: tuple[Note, ...] = ()
    _heard: dict[tuple[int, int], tuple[MelodyNote, ...]] = field(default_factory=dict)
    _dressed: dict[tuple[object, ...], tuple[tuple[Chord, float], ...]] = field(
        default_factory=dict
    )

    def in_key(self, key: Key) -> "Setting":
        """Return the same in another key."""
        return self if key == self.key else replace(self, key=key, _dressed={})

    def text(self, chord: Chord) -> str:
        """Write a chord's symbol in the key."""
        return chord_text(chord, self.key)

    def degree(self, chord: Chord) -> int:
        """Return a root's semitones above the tonic."""
        return (chord.root - _tonic(self.key)) % 12

    def following(self, index: int) -> Chord | None:
        """Return the chord after a span; None after the last."""
        return self.spans[index + 1].chord if index + 1 < len(self.spans) else None

    def meter(self, tick: int) -> Meter:
        """Return the meter in force."""
        return meter_at(self.meters, tick)

    def bar_ticks(self, tick: int) -> int:
        """Return the length of the bar in force."""
        return meter_at(self.meters, tick).bar_ticks

    def over(self, start: int, end: int) -> tuple[MelodyNote, ...]:
        """Return what of the melody sounds from one tick to another."""
        found = self._heard.get((start, end))
        if found is None:
            found = melody_over(self.melody, start, end, meters=self.meters)
            self._heard[start, end] = found
        return found

    def dressed(
        self,
        root: int,
        kind: str,
        start: int,
        end: int,
        *,
        target: Chord | None = None,
        bass: int | None = None,
    ) -> tuple[tuple[Chord, float], ...]:
        """Return the style's chords of a root and family that suit the melody, with costs."""
        root %= 12
        asked = (root, kind, start, end, target, bass)
        found = self._dressed.get(asked)
        if found is None:
            found = dress(
                root, kind, key=self.key, style=self.style, melody=self.over(start, end),
                target=target, bass=bass,
            )  # fmt: skip
            self._dressed[asked] = found
        return found

    def kind_of(self, index: int) -> str:
        """Return the family in which a span's chord is meant: a triad's function is filled in."""
        chord = self.spans[index].chord
        kind = FAMILIES[family(chord.quality)]
        following = self.following(index)
        if chord.quality in ("maj", "5", "add9"):
            falls = following is not None and (chord.root - following.root) % 12 == 7
            foreign = self.degree(chord) in ((2, 4, 9, 11) if not self.key.is_minor else (2, 4, 7))
            if self.degree(chord) == 7 or foreign or (falls and self.degree(chord) not in (0, 5)):
                return "dominant"
        liked = self.style.qualities
        sixth = liked.get("min6", 1.0) <= liked.get("min9", 1.0)  # or does a tonic take the ninth?
        if chord.quality == "min" and not (self.key.is_minor and self.degree(chord) == 0 and sixth):
            return "minor7"
        if chord.quality == "aug":  # a dominant with a raised fifth, but on the tonic
            return "dominant" if self.degree(chord) else kind
        return kind

    def coloured(self, index: int, *, start: int | None = None, end: int | None = None) -> Chord:
        """Return a span's chord as the style would write it, or as it is where nothing suits."""
        span = self.spans[index]
        first, last = span.start if start is None else start, span.end if end is None else end
        liked = span.chord.quality in self.style.qualities and len(span.chord.intervals) > 3
        if liked and not clashes(span.chord, self.over(first, last)):
            return span.chord
        options = self.dressed(
            span.chord.root, self.kind_of(index), first, last, target=self.following(index),
            bass=span.chord.bass,
        )  # fmt: skip
        return options[0][0] if options else span.chord

    def split(self, start: int, end: int, parts: int) -> tuple[int, ...] | None:
        """Return where a stretch may be cut into so many chords, ends included; None if nowhere.

        Two parts of a bar in three lie as two beats and one; no part is under a quarter long.
        """
        length, bar = end - start, self.bar_ticks(start)
        if parts == 1:
            return (start, end)
        beats = meter_at(self.meters, start).numerator
        if parts == 2 and length <= bar and beats % 2 and length == bar:
            cuts = [start, start + (beats // 2 + 1) * bar // beats, end]
        elif parts == 3 and length % 3 and length % 4 == 0:
            cuts = [start, start + length // 2, start + 3 * length // 4, end]
        else:
            cuts = [start + length * i // parts for i in range(parts + 1)]
        if min(b - a for a, b in itertools.pairwise(cuts)) < SHORTEST:
            return None
        return tuple(cuts)

    def tail(self, start: int, end: int) -> int | None:
        """Return where the last part of a stretch begins: its last bar, or its last half bar."""
        length, bar = end - start, self.bar_ticks(start)
        at = end - bar if length > bar else None
        if at is None:
            cuts = self.split(start, end, 2)
            at = cuts[1] if cuts else None
        return at


@lru_cache(maxsize=256)
def _tonic(key: Key) -> int:
    return key.pitch_class


def tones_of(quality: str) -> frozenset[int]:
    """Return a quality's pitch classes above the root.

    >>> sorted(tones_of("9"))
    [0, 2, 4, 7, 10]
    """
    return frozenset(step % 12 for step in QUALITIES[quality].intervals)
