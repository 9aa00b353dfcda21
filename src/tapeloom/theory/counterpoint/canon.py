"""Canon: one line that goes with itself, later and on another degree, found by search."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.counterpoint.dissonance import CONSONANT, find_dissonances
from tapeloom.theory.counterpoint.imitation import Degree, imitate
from tapeloom.theory.counterpoint.invertible import PARALLELS, stacked
from tapeloom.theory.keys import spell_key
from tapeloom.theory.part_writing import find_faults

_BEAMS = (160, 1000, 4000)  # states kept; more where the few lead nowhere
_REACH = 4  # diatonic steps that a leap may have; the octave too
_MELODIC = (1.2, 0.0, 0.4, 0.8, 1.0, 9.0, 9.0, 1.6)
_OUTSIDE = 2.5  # what a tone outside the frame's chord costs


@dataclass(frozen=True, slots=True)
class Canon:
    """A canon: the leader first, then the followers in the order in which they enter."""

    lines: tuple[tuple[Note, ...], ...]
    key: Key
    steps: int  # diatonic steps from each voice to the next
    delay_ticks: int


@dataclass(frozen=True, slots=True)
class CanonReport:
    """What is wrong with a canon."""

    strays: tuple[tuple[int, int], ...]  # (voice, tick) of notes that don't follow the leader
    parallels: int
    dissonances: int  # on beats, that nothing explains

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.strays or self.parallels or self.dissonances)


def check_canon(canon: Canon, *, beat_ticks: int = PPQ) -> CanonReport:
    """Check that each follower is the leader, later and moved, and that the voices agree.

    A follower may break off before it has said all.
    """
    leader = canon.lines[0]
    strays = []
    for number, line in enumerate(canon.lines[1:], 1):
        told = imitate(leader, key=_white(canon.key), steps=number * canon.steps,
                       delay_ticks=number * canon.delay_ticks)  # fmt: skip
        expected = {note.start: note.pitch for note in told}
        strays += [(number, n.start) for n in line if expected.get(n.start) != n.pitch]
    voices = stacked(canon.lines)
    end = max(line[-1].end for line in canon.lines)
    free = find_dissonances(voices, ticks=range(0, end, beat_ticks))
    return CanonReport(
        tuple(strays),
        len(find_faults(voices, rules=PARALLELS)),
        sum(d.kind == "free" for d in free),
    )


def solve_canon(
    rng: np.random.Generator,
    *,
    key: Key,
    steps: int,
    delay: int,
    beats: int,
    voices: int = 2,
    chords: Sequence[Chord] = (),
    reach: tuple[int, int] = (57, 76),
    beat_ticks: int = PPQ,
) -> Canon:
    """Find a canon by beam search: a note a beat, then eighth notes that fill its thirds.

    steps   diatonic steps from each voice to the next: 0 the unison, 7 the octave above, -4 the
            fifth below, and any other
    delay   beats from each entry to the next
    beats   how many the whole lasts, from 4 delays on
    voices  2 to 4
    chords  a harmonic frame, one a beat, which all voices keep to as they can
    reach   the leader's range, MIDI pitches

    The notes are the scale's, in minor without raised degrees. All voices are consonant on beats,
    no two go in parallel fifths, octaves or unisons, and all end together on the tonic's chord.

    >>> canon = solve_canon(np.random.default_rng(0), key=Key("C", "major"), steps=4, delay=2,
    ...                     beats=12)
    >>> check_canon(canon).is_clean, len(canon.lines)
    (True, 2)
    """
    if not 2 <= voices <= 4:
        raise InputError(f"a canon in {voices} voices is asked for; it can have 2 to 4")
    if delay < 1 or beats < delay * (voices + 1):
        raise InputError(
            f"the delay is {delay} and the length {beats} beats; the delay must be at least 1, "
            f"and {voices} voices need {max(delay, 1) * (voices + 1)} beats or more"
        )
    if chords and len(chords) != beats:
        raise InputError(f"the frame has {len(chords)} chords; give one for each of {beats} beats")
    notes = _white(key)
    scale = [step for step in range(-21, 28)
             if reach[0] <= Degree(step).pitch(notes) <= reach[1]]  # fmt: skip
    if len(scale) < 5:
        raise InputError(f"the reach {reach[0]} to {reach[1]} holds too few notes; widen it")
    for beam in _BEAMS:
        paths: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
        for beat in range(beats):
            grown = []
            for cost, path in paths:
                for step in scale:
                    more = _cost((*path, step), beat, beats, key, steps, delay, voices, chords)
                    if more is not None:
                        grown.append((cost + more + float(rng.uniform(0, 0.3)), (*path, step)))
            paths = sorted(grown)[:beam]
        if paths:
            canon = _canon(paths[0][1], key, steps, delay, voices, beat_ticks)
            return _filled(canon, beat_ticks)
    raise InputError(
        f"no canon of {voices} voices at {steps} steps after {delay} beats was found; "
        "try another interval, delay or frame"
    )


def _white(key: Key) -> Key:
    """Return the major key of the same notes: a canon in minor has no raised degrees."""
    return spell_key(key.pitch_class + 3, "major") if key.is_minor else key


def _pitches(
    path: Sequence[int], beat: int, key: Key, steps: int, delay: int, voices: int
) -> list[int | None]:
    """Return what each voice sings at a beat."""
    found: list[int | None] = []
    for voice in range(voices):
        at = beat - voice * delay
        found.append(Degree(path[at] + voice * steps).pitch(_white(key)) if at >= 0 else None)
    return found


def _cost(
    path: tuple[int, ...], beat: int, beats: int, key: Key, steps: int, delay: int, voices: int,
    chords: Sequence[Chord],
) -> float | None:  # fmt: skip
    now = _pitches(path, beat, key, steps, delay, voices)
    before = _pitches(path, beat - 1, key, steps, delay, voices) if beat else [None] * voices
    sounding = [pitch for pitch in now if pitch is not None]
    lowest = min(sounding)
    cost = 0.0
    for (a, x), (b, y) in itertools.combinations(enumerate(now), 2):
        if x is None or y is None:
            continue
        interval = abs(x - y) % 12
        if interval not in CONSONANT and (interval != 5 or min(x, y) == lowest):
            return None
        cost += 0.8 if x == y else 0.3 if interval in (0, 7) else 0.0
        p, q = before[a], before[b]
        if p is None or q is None or p == x or q == y:
            continue
        if interval in (0, 7) and abs(p - q) % 12 == interval:
            return None
    if len(path) > 1:
        move = path[-1] - path[-2]
        notes = _white(key)
        semitones = abs(Degree(path[-1]).pitch(notes) - Degree(path[-2]).pitch(notes))
        if abs(move) > 7 or (abs(move) > _REACH and abs(move) != 7) or semitones == 6:
            return None
        cost += _MELODIC[abs(move)]
        if len(path) > 2:
            past = path[-2] - path[-3]
            cost += 0.8 * (path[-1] == path[-3]) + 0.8 * (abs(past) > 2 and past * move > 0)
    if chords:
        tones = chords[beat].pitch_classes
        cost += _OUTSIDE * sum(pitch % 12 not in tones for pitch in sounding)
    if beat == beats - 1:
        triad = {key.scale[0], key.scale[2], key.scale[4]}
        if any(pitch % 12 not in triad for pitch in sounding):
            return None
        cost += 0.0 if lowest % 12 == key.pitch_class else 2.0
    return cost


def _canon(
    path: Sequence[int], key: Key, steps: int, delay: int, voices: int, beat_ticks: int
) -> Canon:
    leader = tuple(
        Note(i * beat_ticks, beat_ticks, Degree(step).pitch(_white(key)))
        for i, step in enumerate(path)
    )
    return _followed(leader, key, steps, delay * beat_ticks, voices)


def _followed(
    leader: tuple[Note, ...], key: Key, steps: int, delay_ticks: int, voices: int
) -> Canon:
    """Let the followers sing after a leader, until the leader ends."""
    lines = [leader]
    for number in range(1, voices):
        told = imitate(
            leader, key=_white(key), steps=number * steps, delay_ticks=number * delay_ticks
        )
        lines.append(tuple(note for note in told if note.end <= leader[-1].end))
    return Canon(tuple(lines), key, steps, delay_ticks)


def _filled(canon: Canon, beat_ticks: int) -> Canon:
    """Fill the leader's thirds with passing notes, each where the canon stays clean."""
    for index in range(len(canon.lines[0]) - 1):
        leader = canon.lines[0]
        at = next(i for i, note in enumerate(leader) if note.start == index * beat_ticks)
        here, after = (Degree.of(leader[i].pitch, _white(canon.key)).step for i in (at, at + 1))
        if abs(after - here) != 2:
            continue
        half = beat_ticks // 2
        between = Degree((here + after) // 2).pitch(_white(canon.key))
        line = (
            *leader[:at], replace(leader[at], duration=half),
            Note(leader[at].start + half, beat_ticks - half, between), *leader[at + 1 :],
        )  # fmt: skip
        tried = _followed(line, canon.key, canon.steps, canon.delay_ticks, len(canon.lines))
        if check_canon(tried, beat_ticks=beat_ticks).is_clean:
            canon = tried
    return canon
