"""What a player would refuse: found in every part, located, and said in a sentence."""

from collections.abc import Iterator

import numpy as np

from tapeloom.core.pitch import pitch_name
from tapeloom.core.score import Part, Score
from tapeloom.core.time import TempoMap
from tapeloom.theory.instruments import Instrument
from tapeloom.theory.orchestration.hands import can_hold
from tapeloom.theory.orchestration.lines import Ints, Line, runs, windows
from tapeloom.theory.orchestration.problems import Problem, player_of, the

QUICK_BREATH_S = 0.15  # a rest in which a wind player can breathe
STOLEN_S = 0.75  # a note this long gives the time for a breath at its end
LEGATO_S = 0.08  # notes that overlap by less are one after another
BURST = 4  # intervals in a row that count as a run: a grace note is no tempo
_COMFORT_RUN = 4  # notes in a row beyond the comfortable range
_BEYOND = 999  # above every pitch
_HAND_SPEED = 60.0  # semitones a second that a hand moves over the keys


def check_playability(score: Score, *, comfort: bool = False) -> tuple[Problem, ...]:
    """Find what the players of a score can't play, in order of time.

    comfort  whether passages out of the comfortable range are told, too

    Ranges, breaths, hands and tempi are those of `theory.instruments`. Drums are not looked at,
    and a hand's pedal is taken to hold what it lets go.

    >>> from tapeloom.core.score import Note
    >>> flute = Part("tune", "melody", "flute", (Note(0, 10080, 50), Note(10080, 10080, 72)))
    >>> [str(problem) for problem in check_playability(Score((flute,)))]
    ['tick 0, tune: D3 lies below C4, the lowest note of the flute']
    """
    found = [problem for part in score.parts for problem in check_part(part, score.tempo)]
    if comfort:
        for part in score.parts:
            player = player_of(part)
            if player is not None and part.notes:
                found += _comfort(part.name, Line.of(part.notes, score.tempo), player)
    return tuple(sorted(found))


def check_part(part: Part, tempo: TempoMap) -> list[Problem]:
    """Find what the player of one part can't play."""
    player = player_of(part)
    if player is None or not part.notes:
        return []
    line = Line.of(part.notes, tempo)
    return [
        problem
        for check in (_range, _speed, _repeats, _leaps, _stretch, _polyphony, _breath)
        for problem in check(part.name, line, player)
    ]


def _range(name: str, line: Line, player: Instrument) -> Iterator[Problem]:
    outside = (line.pitch < player.low) | (line.pitch > player.high)
    for first, last in runs(outside):
        pitch = int(line.pitch[first])
        below = pitch < player.low
        edge, word = (player.low, "lowest") if below else (player.high, "highest")
        more = f" and {last - first} more" if last > first else ""
        yield Problem(
            int(line.start[first]), int(line.end[last]), name, "range",
            f"{pitch_name(pitch)}{more} {'lie' if more else 'lies'} "
            f"{'below' if below else 'above'} {pitch_name(edge)}, the {word} note of "
            f"{the(player)}",
        )  # fmt: skip


def _comfort(name: str, line: Line, player: Instrument) -> Iterator[Problem]:
    low, high = player.comfortable
    for first, last in runs((line.pitch < low) | (line.pitch > high)):
        if last - first + 1 >= _COMFORT_RUN:
            colour = player.register_at(int(line.pitch[first])).colour
            yield Problem(
                int(line.start[first]), int(line.end[last]), name, "comfort",
                f"{last - first + 1} notes lie outside {pitch_name(low)} to {pitch_name(high)}, "
                f"the best of {the(player)}; here its sound is {colour}",
            )  # fmt: skip


def _too_quick(times_s: np.ndarray, size: int, per_s: float) -> np.ndarray:
    """Mark the members of every `size` intervals in a row that are faster than a rate."""
    if len(times_s) <= size:
        return np.zeros(len(times_s), np.bool_)
    quick = times_s[size:] - times_s[:-size] < size / per_s - 1e-6
    return windows(quick, size + 1)


def _speed(name: str, line: Line, player: Instrument) -> Iterator[Problem]:
    firsts = line.firsts
    times = line.start_s[firsts]
    for first, last in runs(_too_quick(times, BURST, player.notes_per_s)):
        rate = (last - first) / float(times[last] - times[first])
        yield Problem(
            int(line.start[firsts[first]]), int(line.end[firsts[last]]), name, "speed",
            f"{rate:.1f} notes a second; the limit of {the(player)} is {player.notes_per_s:g}",
        )  # fmt: skip


def _repeats(name: str, line: Line, player: Instrument) -> Iterator[Problem]:
    order = np.lexsort((line.start, line.pitch))
    pitch, start_s = line.pitch[order], line.start_s[order]
    size = BURST - 1
    if len(order) <= size:
        return
    quick = (start_s[size:] - start_s[:-size] < size / player.repeats_per_s - 1e-6) & (
        pitch[size:] == pitch[:-size]
    )
    # A run must not go over from one pitch to the next.
    for first, last in runs(quick):
        at = order[first], order[last + size]
        yield Problem(
            int(line.start[at[0]]), int(line.end[at[1]]), name, "repeats",
            f"{pitch_name(int(pitch[first]))} comes again faster than {player.repeats_per_s:g} "
            f"times a second, the limit of {the(player)}",
        )  # fmt: skip


def leap_seconds(player: Instrument, semitones: Ints) -> np.ndarray:
    """Return the least seconds from onset to onset that leaps need; 0 where they are easy.

    What goes beyond the easy leap costs the time of one quick note more for each tritone.
    """
    over = np.abs(semitones) - player.leap
    return np.where(over > 0, (1.0 + over / 6.0) / player.notes_per_s, 0.0)


def _leaps(name: str, line: Line, player: Instrument) -> Iterator[Problem]:
    if player.hands:
        yield from _hand_leaps(name, line, player)
        return
    if player.polyphony > 2:
        return
    steps = np.diff(line.pitch)
    time_s = np.diff(line.start_s)
    alone = np.diff(line.start, prepend=-1, append=-1) != 0  # double stops and desks are no leaps
    single = alone[:-1] & alone[1:]
    rushed = (leap_seconds(player, steps) > time_s + 1e-6) & single[:-1] & single[1:]
    for i in np.flatnonzero(rushed).tolist():
        yield Problem(
            int(line.start[i]), int(line.end[i + 1]), name, "leap",
            f"{pitch_name(int(line.pitch[i]))} to {pitch_name(int(line.pitch[i + 1]))} in "
            f"{time_s[i]:.2f} s; {player.leap} semitones are easy for {the(player)}",
        )  # fmt: skip


def _hand_leaps(name: str, line: Line, player: Instrument) -> Iterator[Problem]:
    """Find two or three onsets in a row that neither lie under the hands nor leave time to move."""
    firsts = line.firsts
    sizes = np.diff(firsts, append=len(line))
    low, high = (each.reduceat(line.pitch, firsts) for each in (np.minimum, np.maximum))
    times = line.start_s[firsts]
    for more in (1, 2):
        count = len(firsts) - more
        if count < 1:
            return
        spans = [slice(step, step + count) for step in range(more + 1)]
        lowest = np.min([low[span] for span in spans], axis=0)
        top = np.max([high[span] for span in spans], axis=0)
        time_s = times[more:] - times[:count]
        reach = player.hand_span + _HAND_SPEED * time_s
        # One hand covers what lies above the lowest note; what lies beyond is left to the other.
        right = np.full(count, _BEYOND)
        for span in spans:
            last = span.stop
            notes = slice(int(firsts[span.start]), int(firsts[last - 1] + sizes[last - 1]))
            bound = np.repeat(lowest + reach, sizes[span])
            pitch = line.pitch[notes]
            beyond = np.where(pitch > bound, pitch, _BEYOND)
            right = np.minimum(
                right, np.minimum.reduceat(beyond, firsts[span] - firsts[span.start])
            )
        rushed = (right < _BEYOND) & ((top - right > reach) if player.hands > 1 else True)
        for i in np.flatnonzero(rushed).tolist():
            yield Problem(
                int(line.start[firsts[i]]), int(line.end[firsts[i + more]]), name, "leap",
                f"{pitch_name(int(lowest[i]))} to {pitch_name(int(top[i]))} within "
                f"{time_s[i]:.2f} s; no hand gets there on {the(player)}",
            )  # fmt: skip


def _stretch(name: str, line: Line, player: Instrument) -> Iterator[Problem]:
    firsts = line.firsts
    sizes = np.diff(firsts, append=len(line))
    pitches = line.pitch.tolist()
    for at, size in zip(firsts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        chord = tuple(sorted(set(pitches[at : at + size])))
        if not can_hold(player, chord):
            names = " ".join(pitch_name(pitch) for pitch in chord)
            kind = "polyphony" if len(chord) > player.polyphony else "stretch"
            yield Problem(
                int(line.start[at]), int(line.end[at]), name, kind,
                f"{names} can't be struck together on {the(player)}",
            )  # fmt: skip


def _polyphony(name: str, line: Line, player: Instrument) -> Iterator[Problem]:
    if player.players > 1:
        return
    firsts = line.firsts
    times = line.start_s[firsts]
    begun = np.append(firsts[1:], len(line))
    over = np.searchsorted(np.sort(line.end_s - LEGATO_S), times, side="right")
    sounding = begun - np.minimum(over, begun)
    sizes = np.diff(firsts, append=len(line))
    too_many = (sounding > player.polyphony) & (sizes <= player.polyphony)
    for first, last in runs(too_many):
        most = int(sounding[first : last + 1].max())
        yield Problem(
            int(line.start[firsts[first]]), int(line.end[firsts[last]]), name, "polyphony",
            f"{most} notes sound at once; {player.polyphony} is the most for {the(player)}",
        )  # fmt: skip


def breaths(line: Line, *, long_s: float = STOLEN_S) -> Ints:
    """Return the indices of the notes before which a wind player can breathe, the first included.

    long_s  seconds of a note whose end gives time for a breath without a written rest

    >>> from tapeloom.core.score import Note
    >>> notes = [Note(0, 5040, 60), Note(5040, 2520, 62), Note(10080, 10080, 64), Note(20160, 9, 6)]
    >>> breaths(Line.of(notes, TempoMap.constant(60))).tolist()
    [0, 2, 3]
    """
    ended = np.maximum.accumulate(line.end_s)[:-1]
    rests = line.start_s[1:] - ended >= QUICK_BREATH_S
    long = (line.end_s - line.start_s)[:-1] >= long_s
    return np.append(0, np.flatnonzero(rests | long) + 1)


def _breath(name: str, line: Line, player: Instrument) -> Iterator[Problem]:
    if player.breath_s is None or player.players > 1:
        return
    begins = breaths(line)
    ends = np.maximum.reduceat(line.end_s, begins)
    lasts = np.append(begins[1:], len(line)) - 1
    for i in np.flatnonzero(ends - line.start_s[begins] > player.breath_s + 1e-6).tolist():
        length = float(ends[i] - line.start_s[begins[i]])
        yield Problem(
            int(line.start[begins[i]]), int(line.end[lasts[i]]), name, "breath",
            f"a phrase of {length:.1f} s without a place to breathe; the breath of {the(player)} "
            f"lasts {player.breath_s:g} s",
        )  # fmt: skip
