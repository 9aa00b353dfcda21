"""Chords that move within their span, and spans taken together: clichés, turnarounds, cycles."""

from collections.abc import Iterator

from tapeloom.core.harmony import QUALITIES, Chord
from tapeloom.theory.approaches import place_chords
from tapeloom.theory.setting import SHORTEST, Setting, tones_of
from tapeloom.theory.techniques import Candidate, make_candidate, suits

_TURNAROUNDS: dict[str, tuple[tuple[tuple[int, str], ...], ...]] = {
    "major": (
        ((0, "major"), (9, "dominant"), (2, "minor7"), (7, "dominant")),
        ((0, "major"), (9, "minor7"), (2, "minor7"), (7, "dominant")),
        ((4, "minor7"), (9, "dominant"), (2, "minor7"), (7, "dominant")),
        ((0, "major"), (1, "diminished"), (2, "minor7"), (7, "dominant")),
        ((0, "major"), (3, "dominant"), (8, "major"), (1, "dominant")),
        ((4, "minor7"), (3, "dominant"), (2, "minor7"), (1, "dominant")),
    ),
    "minor": (
        ((0, "minor"), (9, "half-diminished"), (2, "half-diminished"), (7, "dominant")),
        ((0, "minor"), (8, "major"), (2, "half-diminished"), (7, "dominant")),
        ((0, "minor"), (8, "dominant"), (7, "dominant")),
    ),
}
_CLICHES = {
    "minor": (("min", "minmaj7", "min7", "min6"),),
    "minor7": (("min", "minmaj7", "min7", "min6"),),
    "major": (("maj", "maj7", "7"), ("maj", "aug", "maj6", "7")),
}
OVER_BASS = {"6/9": "maj6", "min6/9": "min6"}  # F6/9/A would read badly
_OVER_PEDAL = frozenset(name for name in QUALITIES if not tones_of(name) & {1, 6, 8})


def divisions(setting: Setting, index: int) -> Iterator[Candidate]:
    """Yield what one chord may do within itself: common-tone diminished, clichés, turnarounds.

    >>> from tapeloom.core.harmony import Key
    >>> from tapeloom.theory.chart import read_chart
    >>> from tapeloom.theory.palette import STYLES
    >>> setting = Setting(read_chart("Am | % | Dm7"), Key("A", "minor"), STYLES["jazz"])
    >>> [str(span.chord) for span in next(divisions(setting, 0)).spans]
    ['Am', 'AmMaj7', 'Am7', 'Am6']
    """
    span = setting.spans[index]
    kind = setting.kind_of(index)
    following = setting.following(index)
    length, bar = span.end - span.start, setting.bar_ticks(span.start)
    old = setting.text(span.chord)
    if kind == "major" and length >= bar and index:
        cuts = setting.split(span.start, span.end, 2)
        if cuts:
            head = setting.dressed(span.chord.root, "diminished", cuts[0], cuts[1])
            if head:
                tail = setting.coloured(index, start=cuts[1])
                placed = [(cuts[0], cuts[1], head[0][0]), (cuts[1], cuts[2], tail)]
                if suits(setting, placed):
                    yield make_candidate(
                        setting, index, index + 1, placed, "common-tone diminished"
                    )
    if length < 2 * bar or following is None:
        return
    for qualities in _CLICHES.get(kind, ()):
        falls_to_four = (following.root - span.chord.root) % 12 == 5
        if kind == "major" and not falls_to_four:
            continue
        cuts = setting.split(span.start, span.end, len(qualities))
        grid = bar if setting.meter(span.start).numerator % 2 else bar // 2
        if cuts is None or any((cut - cuts[0]) % grid for cut in cuts):
            continue
        placed = [(a, b, Chord(span.chord.root, q))
                  for a, b, q in zip(cuts, cuts[1:], qualities, strict=False)]  # fmt: skip
        if suits(setting, placed):
            yield make_candidate(setting, index, index + 1, placed, "line cliché", {"old": old})
    mode = "minor" if setting.key.is_minor else "major"
    if setting.degree(span.chord) == 0 and setting.degree(following) == 0:
        for steps in _TURNAROUNDS[mode]:
            made = place_chords(setting, steps, span.start, span.end, following)
            if made:
                words = {"target": setting.text(following)}
                yield make_candidate(
                    setting, index, index + 1, made[0], "turnaround", words, cost=made[1],
                    expects=following.root,
                )  # fmt: skip


def patterns(setting: Setting, index: int) -> Iterator[Candidate]:
    """Yield what several spans may do together: Coltrane changes, side-slips, pedal points.

    >>> from tapeloom.core.harmony import Key
    >>> from tapeloom.theory.chart import read_chart
    >>> from tapeloom.theory.palette import STYLES
    >>> setting = Setting(read_chart("Dm7 | G7 | C"), Key("C", "major"), STYLES["jazz"])
    >>> [[str(span.chord) for span in made.spans] for made in patterns(setting, 0)]
    [['Ebm7', 'Ab7', 'Dm7', 'G7'], ['Dm7/G', 'G7']]
    """
    yield from _coltrane(setting, index)
    yield from _side_slip(setting, index)
    for pedal, count in ((7, 2), (7, 3), (7, 4), (0, 3), (0, 4)):
        yield from _pedal(setting, index, count, pedal)


def _coltrane(setting: Setting, index: int) -> Iterator[Candidate]:
    """Replace ii V I, or V I of equal halves: Dm7 Eb7 | Abmaj7 B7 | Emaj7 G7 | Cmaj7."""
    kinds = [setting.kind_of(i) for i in range(index, min(index + 3, len(setting.spans)))]
    count = 3 if kinds == ["minor7", "dominant", "major"] else 2
    if count == 2 and kinds[:2] != ["dominant", "major"]:
        return
    spans = setting.spans[index : index + count]
    tonic = spans[-1].chord.root
    start, middle, end = spans[0].start, spans[-1].start, spans[-1].end
    falls = [(s.chord.root - tonic) % 12 for s in spans[:-1]] == [2, 7][3 - count :]
    if not falls or end - middle != middle - start:
        return
    steps = [(2, "minor7"), (3, "dominant"), (8, "major"), (11, "dominant"), (4, "major"),
             (7, "dominant"), (0, "major")]  # fmt: skip
    unit = (end - start) // 8
    if unit < 2 * SHORTEST:
        return
    placed: list[tuple[int, int, Chord]] = []
    following: Chord | None = None
    for i in range(6, -1, -1):
        above, kind = steps[i]
        stop = end if i == 6 else start + unit * (i + 1)
        options = setting.dressed(tonic + above, kind, start + unit * i, stop, target=following)
        if not options:
            return
        following = options[0][0]
        placed.insert(0, (start + unit * i, stop, following))
    yield make_candidate(setting, index, index + count, placed, "Coltrane changes")


def _side_slip(setting: Setting, index: int) -> Iterator[Candidate]:
    """Ii V over two bars: | Ebm7 Ab7 | Dm7 G7 |."""
    if index + 2 >= len(setting.spans):
        return
    one, two = setting.spans[index : index + 2]
    kinds = (setting.kind_of(index), setting.kind_of(index + 1))
    target = setting.spans[index + 2].chord
    falls = (one.chord.root - two.chord.root) % 12 == 7 == (two.chord.root - target.root) % 12
    even = one.end - one.start == two.end - two.start >= setting.bar_ticks(one.start)
    if kinds != ("minor7", "dominant") or not falls or not even:
        return
    inner = place_chords(setting, ((2, "minor7"), (7, "dominant")), two.start, two.end, target)
    if inner is None:
        return
    goal = inner[0][0][2]
    slipped = place_chords(
        setting, ((3, "minor7"), (8, "dominant")), one.start, one.end, goal, root=target.root
    )
    if slipped is not None:
        yield make_candidate(setting, index, index + 2, [*slipped[0], *inner[0]], "side-slip",
                    expects=target.root)  # fmt: skip


def _pedal(setting: Setting, index: int, count: int, pedal: int) -> Iterator[Candidate]:
    """Spans over one bass: on the dominant where they lead to the tonic, or on the tonic."""
    spans = setting.spans[index : index + count]
    after = setting.following(index + count - 1) if len(spans) == count else None
    if after is None or setting.degree(after) != 0:
        return
    bass = (setting.key.pitch_class + pedal) % 12
    scale = set(setting.key.scale) | {(setting.key.pitch_class + 11) % 12}
    placed = []
    for i, span in enumerate(spans):
        chord = setting.coloured(index + i)
        chord = Chord(chord.root, OVER_BASS.get(chord.quality, chord.quality), chord.bass)
        if not set(chord.pitch_classes) <= scale or chord.quality not in _OVER_PEDAL:
            return
        # A pedal a semitone under a chord tone sounds wrong.
        if bass not in chord.pitch_classes and (bass + 1) % 12 in chord.pitch_classes:
            return
        placed.append((span.start, span.end, Chord(chord.root, chord.quality, bass)))
    if len({chord.root for _, _, chord in placed}) < 2 or not suits(setting, placed):
        return
    yield make_candidate(setting, index, index + count, placed, "pedal point",
                words={"pedal": setting.text(Chord(bass))})  # fmt: skip
