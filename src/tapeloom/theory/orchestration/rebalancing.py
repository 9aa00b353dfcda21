"""Let the tune be heard: softer players, open registers, doublings, other instruments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import TempoMap
from tapeloom.theory.instruments import KNOWN, Instrument
from tapeloom.theory.orchestration.balance import check_balance
from tapeloom.theory.orchestration.draft import Draft
from tapeloom.theory.orchestration.lines import Flags, Ints
from tapeloom.theory.orchestration.mending import mend_part
from tapeloom.theory.orchestration.playability import check_part
from tapeloom.theory.orchestration.problems import Problem, player_of, the
from tapeloom.theory.orchestration.sounding import VELOCITY_DB, Stage, hear, stage_of

_SOFTEST, _LOUDEST = 24, 116  # velocities that a player is asked for at most
_SOFTEN_DB, _STRENGTHEN_DB = 6.0, 4.0
_NEAR = 4  # semitones about the tune that are its own


@dataclass(frozen=True, slots=True)
class _Spans:
    """The stretches of time in which the tune isn't heard."""

    ticks: Ints
    ends: Ints

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> "_Spans":
        rows = np.array([(problem.tick, problem.end) for problem in problems], np.int64)
        return cls(rows[:, 0], np.maximum.accumulate(rows[:, 1]))

    def touch(self, notes: Sequence[Note]) -> Flags:
        """Mark the notes that sound within them."""
        rows = np.array([(note.start, note.end) for note in notes], np.int64).reshape(-1, 2)
        at = np.searchsorted(self.ends, rows[:, 0], side="right")
        begins = np.append(self.ticks, np.iinfo(np.int64).max)
        return np.asarray(begins[at] < rows[:, 1], np.bool_)


Step = Callable[[Score, Part, _Spans, Stage], tuple[Score, list[str]]]


def mend_balance(
    score: Score, *, stage: Stage | None = None, players: Mapping[str, int] | None = None
) -> tuple[Score, tuple[str, ...]]:
    """Return a score whose tune is heard, and what was done to each part.

    stage, players  as in `check_balance`

    What changes least is tried first: softer accompaniment, a stronger tune, a register that is
    left to it, the tune an octave higher, a partner that doubles it, a softer instrument beside it.
    What still covers it rests. Only the phrases that aren't heard are changed.

    >>> def part(name, role, instrument, *pitches):
    ...     notes = tuple(Note(40320 * i, 40320, pitch) for i in range(2) for pitch in pitches)
    ...     return Part(name, role, instrument, notes)
    >>> low = Score((part("tune", "melody", "flute", 62), part("brass", "keys", "trumpet", 60, 64)))
    >>> mended, reasons = mend_balance(low)
    >>> check_balance(mended), reasons[0]
    ((), 'brass: 4 notes softer while the tune is covered')
    """
    where = stage or stage_of(score)
    told: list[str] = []
    problems = check_balance(score, stage=where, players=players)
    for step in (*_STEPS, *(_let_rest,) * len(score.parts)):
        if not problems:
            break
        tune = next(part for part in score.parts if part.name == problems[0].part)
        score, reasons = step(score, tune, _Spans.of(problems), where)
        told += [reason for reason in reasons if reason not in told]
        problems = check_balance(score, stage=where, players=players)
    return score, tuple(told)


def _with_parts(score: Score, changed: Mapping[str, Part]) -> Score:
    return replace(score, parts=tuple(changed.get(part.name, part) for part in score.parts))


def _beside(score: Score, tune: Part) -> list[tuple[Part, Instrument]]:
    """Return the pitched parts that accompany the tune and don't double it."""
    sung = {(note.start, note.pitch % 12) for note in tune.notes}
    found = [
        (part, player_of(part))
        for part in score.parts
        if part is not tune and any((n.start, n.pitch % 12) not in sung for n in part.notes)
    ]
    return [(part, player) for part, player in found if player is not None]


def _count(part: Part, count: int, what: str) -> str:
    return f"{part.name}: {count} note{'s' if count > 1 else ''} {what}"


def _still_playable(before: Part, after: Part, tempo: TempoMap) -> Part:
    """Return a changed part, mended where it could be played before and can't any more."""
    return after if check_part(before, tempo) else mend_part(after, tempo)[0]


def _scaled(part: Part, spans: _Spans, gain_db: float) -> tuple[Part, int]:
    """Scale the velocities of the notes that sound within the spans."""
    draft = Draft(part)
    changed = 0
    for index in np.flatnonzero(spans.touch(part.notes)).tolist():
        old = part.notes[index].velocity
        new = round(old * 10.0 ** (gain_db / VELOCITY_DB))
        new = min(old, max(_SOFTEST, new)) if gain_db < 0.0 else max(old, min(_LOUDEST, new))
        if new != old:
            draft.soften(index, new)
            changed += 1
    return draft.part(), changed


def _soften(score: Score, tune: Part, spans: _Spans, stage: Stage) -> tuple[Score, list[str]]:
    changed, told = {}, []
    for part, _ in _beside(score, tune):
        changed[part.name], count = _scaled(part, spans, -_SOFTEN_DB)
        if count:
            told.append(_count(part, count, "softer while the tune is covered"))
    return _with_parts(score, changed), told


def _strengthen(score: Score, tune: Part, spans: _Spans, stage: Stage) -> tuple[Score, list[str]]:
    part, count = _scaled(tune, spans, _STRENGTHEN_DB)
    told = [_count(tune, count, "stronger to be heard")] if count else []
    return _with_parts(score, {tune.name: part}), told


def _open_register(
    score: Score, tune: Part, spans: _Spans, stage: Stage
) -> tuple[Score, list[str]]:
    """Take the accompaniment out of the tune's register: an octave down, or left out of a chord."""
    inside = [note for note, near in zip(tune.notes, spans.touch(tune.notes), strict=True) if near]
    starts = np.array([note.start for note in inside])
    changed, told = {}, []
    for part, player in _beside(score, tune):
        if part.role == "bass":
            continue
        draft = Draft(part)
        chords: dict[int, int] = {}
        for note in part.notes:
            chords[note.start] = chords.get(note.start, 0) + 1
        moved = dropped = 0
        sounding: dict[int, list[Note]] = {}
        for note in part.notes:
            sounding.setdefault(note.pitch, []).append(note)
        for index in np.flatnonzero(spans.touch(part.notes)).tolist():
            note = part.notes[index]
            first = max(int(np.searchsorted(starts, note.start, side="right")) - 1, 0)
            last = int(np.searchsorted(starts, note.end))
            if not any(
                abs(other.pitch - note.pitch) <= _NEAR and other.end > note.start
                for other in inside[first:last]
            ):
                continue
            lower = note.pitch - 12
            is_free = not any(
                other.start < note.end and note.start < other.end
                for other in sounding.get(lower, ())
            )
            if player.comfortable[0] <= lower and is_free:
                draft.move(index, -12)
                sounding.setdefault(lower, []).append(note)
                moved += 1
            elif chords[note.start] > 2:
                draft.drop(index)
                chords[note.start] -= 1
                dropped += 1
        changed[part.name] = _still_playable(part, draft.part(), score.tempo)
        if moved:
            told.append(_count(part, moved, "an octave lower, out of the tune's register"))
        if dropped:
            told.append(_count(part, dropped, "left out of the tune's register"))
    return _with_parts(score, changed), told


def _raise_tune(score: Score, tune: Part, spans: _Spans, stage: Stage) -> tuple[Score, list[str]]:
    """Put the tune an octave higher where that is comfortable and a louder register."""
    player = player_of(tune)
    inside = np.flatnonzero(spans.touch(tune.notes)).tolist()
    if player is None or not inside:
        return score, []
    pitches = [tune.notes[index].pitch for index in inside]
    if max(pitches) + 12 > player.comfortable[1]:
        return score, []
    draft = Draft(tune)
    for index in inside:
        draft.move(index, 12)
    raised = _still_playable(tune, draft.part(), score.tempo)
    return _with_parts(score, {tune.name: raised}), [
        _count(tune, len(inside), "an octave higher to be heard")
    ]


def _double(score: Score, tune: Part, spans: _Spans, stage: Stage) -> tuple[Score, list[str]]:
    """Let a partner of the tune's instrument play along, at the unison or an octave above."""
    player = player_of(tune)
    inside = [note for note, near in zip(tune.notes, spans.touch(tune.notes), strict=True) if near]
    if player is None or not inside:
        return score, []
    low, high = min(note.pitch for note in inside), max(note.pitch for note in inside)
    found: list[tuple[float, Instrument, int]] = []
    for name in player.partners:
        partner = KNOWN[name]
        if stage == "record" and partner.stand_in:
            continue
        for octave in (0, 12):
            if partner.comfortable[0] <= low + octave and high + octave <= partner.comfortable[1]:
                loudness = partner.register_at((low + high) // 2 + octave).loudness_db
                found.append((loudness + 10.0 * float(np.log10(partner.players)), partner, octave))
    if not found:
        return score, []
    _, partner, octave = max(found, key=lambda row: row[0])
    top = {note.start: replace(note, pitch=note.pitch + octave, moves=()) for note in inside}
    line = tuple(top.values())  # of a chord the highest note, which comes last
    double, _ = mend_part(
        Part(f"{tune.name} double", "other", partner.name, line, partner.program), score.tempo
    )
    return score.with_part(double), [
        f"{tune.name}: doubled by {the(partner)}{' an octave higher' if octave else ''} in "
        f"{len(line)} notes"
    ]


def _softer_instruments(
    score: Score, tune: Part, spans: _Spans, stage: Stage
) -> tuple[Score, list[str]]:
    """Give loud parts beside the tune to a softer instrument of the same family."""
    if stage == "record":
        return score, []
    changed, told = {}, []
    for part, player in _beside(score, tune):
        touched = [n for n, near in zip(part.notes, spans.touch(part.notes), strict=True) if near]
        if not touched:
            continue
        pitches = [note.pitch for note in part.notes]
        middle = sum(pitches) // len(pitches)
        softer = min(
            (
                other for other in KNOWN.values()
                if other.family == player.family and other.players <= player.players
                and other.polyphony >= player.polyphony
                and other.low <= min(pitches) and max(pitches) <= other.high
            ),
            key=lambda other: other.register_at(middle).loudness_db, default=player,
        )  # fmt: skip
        gain_db = softer.register_at(middle).loudness_db - player.register_at(middle).loudness_db
        if gain_db <= -3.0:
            given = replace(part, instrument=softer.name, program=softer.program)
            changed[part.name] = _still_playable(part, given, score.tempo)
            told.append(
                f"{part.name}: {the(softer)} instead of {the(player)}, which covers the tune"
            )
    return _with_parts(score, changed), told


def _let_rest(score: Score, tune: Part, spans: _Spans, stage: Stage) -> tuple[Score, list[str]]:
    """Let the part that is loudest beside the tune rest in the phrases that it covers."""
    beside = {part.name for part, _ in _beside(score, tune)}
    loudness = {
        each.part.name: float(each.power[spans.touch(each.part.notes)].sum())
        for each in hear(score, stage=stage, players={})
        if each.part.name in beside
    }
    if not loudness:
        return score, []
    name = max(loudness, key=lambda name: loudness[name])
    part = next(part for part in score.parts if part.name == name)
    draft = Draft(part)
    touched = np.flatnonzero(spans.touch(part.notes)).tolist()
    draft.thin(touched)
    return _with_parts(score, {name: draft.part()}), [
        _count(part, len(touched), "left out, which cover the tune whatever is done")
    ]


_STEPS: tuple[Step, ...] = (
    _soften, _strengthen, _open_register, _raise_tune, _soften, _double, _softer_instruments,
    _soften,
)  # fmt: skip
