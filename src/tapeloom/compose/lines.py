"""One line for one instrument: its phrases, their octaves, and what its player can do with them."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tapeloom.core.score import Note
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.theory.instruments import Instrument

_REST = PPQ  # ticks of silence that part two phrases
_LONGEST = 16 * PPQ  # ticks after which a phrase is taken to end at its next long note
_MOVED = 0.25  # what an octave's move costs, in notes outside of the comfortable range
_TURN = 0.6  # what another octave than the phrase before costs
_CATCH_S = 0.3  # the time that a breath takes
_EDGE = 0.6  # how much of what a player can do is asked for


def phrases_of(notes: Sequence[Note], *, breaks: Sequence[int] = ()) -> list[list[Note]]:
    """Part a line where it rests for a quarter and more, and at ticks where something new begins.

    >>> [len(phrase) for phrase in phrases_of([Note(0, PPQ, 60), Note(PPQ, PPQ, 62),
    ...                                        Note(4 * PPQ, PPQ, 64)])]
    [2, 1]
    """
    phrases: list[list[Note]] = []
    end = 0
    for note in sorted(notes):
        begins = not phrases or note.start - end >= _REST
        if not begins and phrases:
            first, last = phrases[-1][0].start, phrases[-1][-1]
            begins = bisect_right(breaks, note.start) > bisect_right(breaks, last.start)
            begins |= note.start - first >= _LONGEST and last.duration >= _REST
        if begins:
            phrases.append([])
        phrases[-1].append(note)
        end = max(end, note.end)
    return phrases


def place_line(
    notes: Sequence[Note],
    player: Instrument,
    *,
    breaks: Sequence[int] = (),
    around: float | None = None,
    ceiling: Mapping[int, int] | None = None,
) -> list[Note]:
    """Bring a line into an instrument's range, each phrase by whole octaves.

    around   the pitch that a phrase would like to lie around; where it was, when None
    ceiling  by the tick of a note, the pitch that it would like to stay under

    A phrase that no octave holds whole is parted where it leaps; what is wider still is folded
    note by note. Pitch classes, onsets and lengths stay.

    >>> from tapeloom.theory.instruments import instrument
    >>> line = [Note(0, PPQ, 48), Note(PPQ, PPQ, 55)]
    >>> [note.pitch for note in place_line(line, instrument("flute"))]
    [72, 79]
    """
    placed: list[Note] = []
    before: int | None = None
    for phrase in phrases_of(notes, breaks=breaks):
        shift = _octave(phrase, player, before, around, ceiling)
        if shift is None:
            placed.extend(_folded(phrase, player, placed[-1].pitch if placed else None))
        else:
            placed.extend(replace(note, pitch=note.pitch + shift) for note in phrase)
            before = shift
    return placed


def _octave(
    phrase: Sequence[Note], player: Instrument, before: int | None, around: float | None,
    ceiling: Mapping[int, int] | None,
) -> int | None:  # fmt: skip
    low, high = min(note.pitch for note in phrase), max(note.pitch for note in phrase)
    best: tuple[float, int] | None = None
    for octave in range(-5, 6):
        shift = 12 * octave
        if not (player.low <= low + shift and high + shift <= player.high):
            continue
        pitches = [note.pitch + shift for note in phrase]
        outside = sum(not player.comfortable[0] <= pitch <= player.comfortable[1]
                      for pitch in pitches) / len(pitches)  # fmt: skip
        cost = 4 * outside + (_TURN if before is not None and shift != before else 0.0)
        mean = sum(pitches) / len(pitches)
        cost += _MOVED * abs(octave) if around is None else 0.08 * abs(mean - around)
        if ceiling:
            over = [max(n.pitch + shift - ceiling.get(n.start, 127), 0) for n in phrase]
            cost += 2.0 * sum(over) / len(over)
        best = min(best, (cost, shift)) if best else (cost, shift)
    return None if best is None else best[1]


def _folded(phrase: Sequence[Note], player: Instrument, before: int | None) -> list[Note]:
    low, high = player.low, player.high
    result: list[Note] = []
    for note in phrase:
        near = before if before is not None else sum(player.comfortable) // 2
        options = [p for p in range(low, high + 1) if p % 12 == note.pitch % 12]
        if not options:
            continue
        before = min(options, key=lambda pitch: (abs(pitch - near), pitch))
        result.append(replace(note, pitch=before))
    return result


def thin(notes: Sequence[Note], player: Instrument, tempo: TempoMap) -> list[Note]:
    """Leave out what an instrument can't play in time, the note before filling its place.

    Notes on the heavier ticks stay.
    """
    kept: list[Note] = []
    for note in sorted(notes):
        if kept:
            last = kept[-1]
            gap_s = tempo.tick_to_s(note.start) - tempo.tick_to_s(last.start)
            rate = player.repeats_per_s if note.pitch == last.pitch else player.notes_per_s
            if gap_s * rate * _EDGE < 1.0:
                if _heaviness(note.start) > _heaviness(last.start):
                    kept[-1] = note
                else:
                    kept[-1] = replace(last, duration=max(note.end - last.start, 1))
                continue
        kept.append(note)
    return one_at_a_time(kept)


def _heaviness(tick: int) -> int:
    return next((k for k, unit in enumerate((4, 2, 1)) if tick % (unit * PPQ) == 0), 3) * -1


def one_at_a_time(notes: Sequence[Note]) -> list[Note]:
    """End each note where the next begins; of those that begin together the highest stays."""
    found: dict[int, Note] = {}
    for note in sorted(notes, key=lambda note: (note.start, note.pitch)):
        found[note.start] = note
    ordered = list(found.values())
    ends = [note.start for note in ordered[1:]]
    cut = [replace(n, duration=min(n.duration, end - n.start))
           for n, end in zip(ordered, ends, strict=False)]  # fmt: skip
    return cut + ordered[len(ends) :]


def breathe(notes: Sequence[Note], player: Instrument, tempo: TempoMap) -> list[Note]:
    """Shorten notes so that a wind player or a singer can breathe; no note is lost.

    Where a breath would run out, the longest note since the last breath ends earlier; a note that
    is longer than a breath is cut to it.
    """
    if player.breath_s is None or not notes:
        return list(notes)
    limit = _EDGE * player.breath_s
    result = sorted(notes)
    since = 0  # the first note after the last breath

    def at_s(tick: int) -> float:
        return float(tempo.tick_to_s(tick))

    i = 0
    while i < len(result):
        start_s = at_s(result[since].start)
        if i > since and at_s(result[i].start) - at_s(result[i - 1].end) >= _CATCH_S:
            since = i
            start_s = at_s(result[since].start)
        if at_s(result[i].end) - start_s > limit:
            if i == since:
                result[i] = _cut(result[i], start_s + limit, tempo, least=0.0)
            else:
                longest = max(range(since, i), key=lambda j: (result[j].duration, j))
                result[longest] = _cut(
                    result[longest], at_s(result[longest + 1].start) - _CATCH_S, tempo
                )
                since = longest + 1
                i = longest
        i += 1
    return result


def _cut(note: Note, end_s: float, tempo: TempoMap, *, least: float = 1 / 3) -> Note:
    """End a note at a time, in whole sixteenths where it is that long; some share of it stays."""
    share = (end_s - tempo.tick_to_s(note.start)) / (
        tempo.tick_to_s(note.end) - tempo.tick_to_s(note.start)
    )
    ticks = int(note.duration * min(max(share, least), 1.0))
    step = PPQ // 4
    return replace(note, duration=max(ticks // step * step if ticks > step else ticks, 1))
