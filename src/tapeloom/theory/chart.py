"""Chord charts: bars of lead-sheet symbols, written and read."""

import itertools
from collections.abc import Sequence

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.core.meter import Meter, Meters, bar_starts, meter_at
from tapeloom.core.pitch import LETTERS, pitch_class_name
from tapeloom.core.score import ChordSpan

COMMON = Meter()
COMMON_METERS: Meters = ((0, COMMON),)  # four quarters a bar throughout
# Semitones above the tonic -> the letter's steps above the tonic's, as functions are named.
_STEPS = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)  # I bII II bIII III IV #IV V bVI VI bVII VII
_RISING = {1: 0, 3: 1, 8: 4}  # diminished chords rise: #I, #II, #V
_LETTERS = "CDEFGAB"


def spell_root(root: int, key: Key, *, rising: bool = False) -> str:
    """Spell a root by its degree in a key: bII, bIII, bVI and bVII flat, #IV sharp.

    rising   whether the degrees between are raised ones (the roots of diminished chords)

    Only the key's own scale has a Cb, an E#, an Fb or a B#.

    >>> spell_root(8, Key("G", "major")), spell_root(8, Key("A", "minor"), rising=True)
    ('Ab', 'G#')
    >>> [spell_root(11, Key(tonic, "major")) for tonic in ("Gb", "Bb")]
    ['Cb', 'B']
    """
    above = (root - key.pitch_class) % 12
    step = _RISING[above] if rising and above in _RISING else _STEPS[above]
    letter = _LETTERS[(_LETTERS.index(key.tonic[0]) + step) % 7]
    off = (root - LETTERS[letter] + 6) % 12 - 6
    is_odd = letter + "#" * off in ("E#", "B#") or letter + "b" * -off in ("Cb", "Fb")
    if abs(off) > 1 or (is_odd and root % 12 not in key.scale):
        return pitch_class_name(root, sharps=key.signature > 0)
    return letter + ("#" * off if off > 0 else "b" * -off)


def chord_text(chord: Chord, key: Key | None = None, *, following: Chord | None = None) -> str:
    """Write a chord's symbol, root and bass spelled by their degree in a key.

    following   tells a diminished chord that rises (D#dim7 Em7) from one that falls (Ebdim7 Dm7)

    >>> key = Key("G", "major")
    >>> chord_text(Chord(8, "7"), key), chord_text(Chord(8, "dim7"), key)
    ('Ab7', 'G#dim7')
    >>> chord_text(Chord(8, "7"), Key("C#", "minor"))
    'G#7'
    """
    if key is None:
        return chord.symbol()
    rising = chord.quality in ("dim", "dim7")
    if following is not None and (following.bass_pitch_class - chord.root) % 12 == 11:
        rising = False
    root = spell_root(chord.root, key, rising=rising)
    is_dark = 4 in chord.intervals and root in ("D#", "A#", "G#")
    is_dark = is_dark and chord.root not in key.scale
    if is_dark and (following is None or (chord.root - following.root) % 12 != 7):
        root = pitch_class_name(chord.root)  # Ebmaj7, not D#maj7, unless it is a dominant there
    text = f"{root}{QUALITIES[chord.quality].symbol}"
    if chord.bass is None:
        return text
    # A bass that is a chord tone takes the letter that its degree of the chord has.
    above = (chord.bass - chord.root) % 12
    steps = {3: 2, 4: 2, 6: 4, 7: 4, 8: 4, 9: 6 if rising else 5, 10: 6, 11: 6}
    letter = _LETTERS[(_LETTERS.index(root[0]) + steps.get(above, 0)) % 7]
    off = (chord.bass - LETTERS[letter] + 6) % 12 - 6
    if above in steps and above in {step % 12 for step in chord.intervals} and abs(off) <= 1:
        return f"{text}/{letter}{'#' * off if off > 0 else 'b' * -off}"
    return f"{text}/{spell_root(chord.bass, key)}"


def write_chart(
    spans: Sequence[ChordSpan], *, meters: Meters = COMMON_METERS, key: Key | None = None,
    bars_a_line: int = 4,
) -> str:  # fmt: skip
    """Write chords as bars, four to a line; `%` holds the chord before, `-` is silence.

    Where the chords of a bar don't share it evenly, a dot stands for each further beat.

    >>> print(write_chart(read_chart("Dm7 G7 | Cmaj7 | % | Em7 A7")))
    | Dm7 G7 | Cmaj7 | % | Em7 A7 |
    """
    if not spans:
        return ""
    end = max(span.end for span in spans)
    bars = bar_starts(meters, end)
    after = {a: b.chord for a, b in itertools.pairwise(spans)}
    cells = []
    for start, stop in itertools.pairwise([*bars, end]):
        inside = [s for s in spans if s.start < stop and s.end > start]
        new = [s for s in inside if s.start >= start]
        if not new:
            cells.append("%" if inside else "-")
            continue
        words = [chord_text(s.chord, key, following=after.get(s)) for s in inside]
        lengths = [min(s.end, stop) - max(s.start, start) for s in inside]
        beat = meter_at(meters, start).unit_ticks
        if len(set(lengths)) > 1:
            words = [" ".join([w, *"." * max(n // beat - 1, 0)])
                     for w, n in zip(words, lengths, strict=True)]  # fmt: skip
        cells.append(" ".join(words))
    lines = [cells[i : i + bars_a_line] for i in range(0, len(cells), bars_a_line)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def read_chart(text: str, *, meter: Meter = COMMON) -> tuple[ChordSpan, ...]:
    """Read bars of chords; without bar lines each chord fills a bar.

    The chords of a bar share it by beats, the first ones taking what is over; `.` or `/` lengthens
    a chord by one beat, a bar of `%` holds the last chord, `-` or `N.C.` is silence.

    >>> [(span.end - span.start) // 10080 for span in read_chart("Dm7 G7 Cmaj7 | F", meter=Meter())]
    [2, 1, 1, 4]
    >>> read_chart("Dm7 | H7b5")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: ...
    """
    bars = split_bars(text)
    spans: list[ChordSpan] = []
    before: list[str] = []
    tick = 0
    for bar in bars:
        words = bar or ["%"]
        if words == ["%"]:
            words = before[-1:] or ["-"]
        for start, stop, word in _shares(words, tick, meter):
            if word in ("-", "N.C.", "NC", "N"):
                continue
            chord = Chord.parse(word)
            if spans and bar == ["%"] and spans[-1].chord == chord and spans[-1].end == start:
                spans[-1] = ChordSpan(spans[-1].start, stop, chord)
            else:
                spans.append(ChordSpan(start, stop, chord))
        before = words
        tick += meter.bar_ticks
    if not spans:
        raise InputError("there is no chord in the chart; write one like Dm7 G7 | Cmaj7")
    return tuple(spans)


def split_bars(text: str) -> list[list[str]]:
    """Split a chart into the words of its bars; without bar lines each word fills a bar.

    >>> split_bars("| Dm7 G7 | % |"), split_bars("Am F")
    ([['Dm7', 'G7'], ['%']], [['Am'], ['F']])
    """
    if "|" not in text:
        return [[word] for word in text.split()]
    lines = (line.strip().strip("|") for line in text.splitlines() if line.strip(" |"))
    return [bar.split() for bar in "|".join(lines).split("|")]


def _shares(words: Sequence[str], tick: int, meter: Meter) -> list[tuple[int, int, str]]:
    """Give each chord of a bar its beats."""
    chords: list[str] = []
    beats: list[int] = []
    dotted = False
    for word in words:
        if word in (".", "/") and chords:
            beats[-1] += 1
            dotted = True
        else:
            chords.append(word)
            beats.append(1)
    if len(chords) > meter.numerator or sum(beats) > meter.numerator:
        raise InputError(f"a bar of {meter} cannot hold {' '.join(words)}; part bars with |")
    over = meter.numerator - sum(beats)
    if dotted:
        beats[-1] += over
    else:
        share, rest = divmod(over, len(chords))
        beats = [beat + share + (i < rest) for i, beat in enumerate(beats)]
    stops = list(itertools.accumulate(beats))
    starts = [0, *stops[:-1]]
    unit = meter.unit_ticks
    return [
        (tick + a * unit, tick + b * unit, chord)
        for a, b, chord in zip(starts, stops, chords, strict=True)
    ]
