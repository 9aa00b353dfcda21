"""Entries: one voice has the subject, another the countersubject; and the exposition of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tapeloom.core.harmony import Key
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.invertible import PARALLELS
from tapeloom.theory.fugue.answer import Answer, dominant
from tapeloom.theory.fugue.blueprint import Blueprint, Span, fit, transposed
from tapeloom.theory.fugue.countersubject import Countersubject, with_answer
from tapeloom.theory.fugue.subject import turn_of
from tapeloom.theory.part_writing import find_faults

# In which order the voices enter, from the lowest counted 0: neighbours follow one another.
ORDERS = {
    3: ((1, 2, 0), (2, 1, 0), (0, 1, 2), (1, 0, 2)),
    4: ((2, 3, 1, 0), (1, 2, 3, 0), (2, 3, 0, 1), (3, 2, 1, 0), (0, 1, 2, 3), (1, 0, 2, 3),
        (1, 2, 0, 3)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Themes:
    """What a fugue is made of."""

    answer: Answer
    countersubject: Countersubject


def add_entry(
    plan: Blueprint,
    themes: Themes,
    voice: int,
    *,
    key: Key,
    answer: bool = False,
    partner: int | None = None,
    kind: str | None = None,
) -> None:
    """Let a voice enter with the subject in a key, or with the answer, at the plan's tick.

    partner   who has the countersubject, None where nobody has
    """
    subject, now = plan.subject, plan.now
    source = themes.answer.notes if answer else subject.notes
    if answer:
        placed = fit([n.pitch for n in source], plan.ranges[voice], near=plan.last_pitch(voice))
        line = tuple(
            replace(n, start=n.start + now, pitch=p) for n, p in zip(source, placed, strict=True)
        )
    else:
        line = transposed(source, subject.key, key, plan.ranges[voice], at=now,
                          near=plan.last_pitch(voice), turn=turn_of(subject))  # fmt: skip
    plan.rests[voice].append((now, line[0].start))
    plan.add(voice, line)
    told = ""
    if answer:
        told = "real" if themes.answer.is_real else "tonal"
    elif key != subject.key:
        told = f"in {key}"
    name = kind or ("answer" if answer else "subject")
    plan.spans.append(Span(line[0].start, line[-1].end, voice, name, key, told))
    _set_keys(plan, key, answer=answer)
    if partner is not None:
        counter = _counter(plan, themes, partner, line, key, answer=answer)
        if counter:
            plan.add(partner, counter)
            plan.spans.append(
                Span(counter[0].start, counter[-1].end, partner, "countersubject", key)
            )
            lower, upper = (line, counter) if voice < partner else (counter, line)
            plan.faults += len(find_faults([lower, upper], rules=PARALLELS))
    plan.now += subject.period_ticks


def _set_keys(plan: Blueprint, key: Key, *, answer: bool) -> None:
    turn = turn_of(plan.subject)
    plan.set_key(plan.now, key)
    if turn is not None:
        plan.set_key(plan.now + turn, plan.subject.key if answer else dominant(key))


def _counter(
    plan: Blueprint, themes: Themes, partner: int, line: Sequence[Note], key: Key, *, answer: bool
) -> tuple[Note, ...]:
    """Place the countersubject in the octave in which it crosses the entry least."""
    subject, found = plan.subject, themes.countersubject
    if answer:
        moved = with_answer(found, subject, themes.answer)
        notes = tuple(replace(n, start=n.start + plan.now) for n in moved)
    else:
        notes = transposed(found.notes, subject.key, key, plan.ranges[partner], at=plan.now,
                           turn=turn_of(subject))  # fmt: skip
    above = sum(line_note.pitch for line_note in line) / len(line)
    mean = sum(n.pitch for n in notes) / len(notes)
    voice_above = any(span.voice > partner for span in plan.spans[-1:])
    low, high = plan.ranges[partner]
    reach = plan.reach(partner)
    near = plan.last_pitch(partner)

    def strain(octave: int) -> float:
        moved = [n.pitch + octave for n in notes]
        beyond = max(0, reach[0] - min(moved)) + max(0, max(moved) - reach[1])
        outside = max(0, low - min(moved)) + max(0, max(moved) - high)
        side = mean + octave - above
        crossed = max(0.0, side + 4) if voice_above else max(0.0, 4 - side)
        leap = abs(moved[0] - near) if near is not None else 0
        return 20.0 * beyond + 1.5 * outside + 0.8 * crossed + 0.15 * leap

    best = min(range(-48, 60, 12), key=strain)
    return tuple(replace(n, pitch=n.pitch + best) for n in notes)


def add_exposition(plan: Blueprint, themes: Themes, order: Sequence[int]) -> None:
    """Let all voices enter in turn: subject, answer, (a codetta,) subject, answer."""
    subject = plan.subject
    home = subject.key
    begins = []
    for i, voice in enumerate(order):
        if i == 2:
            _add_codetta(plan, order)
        begins.append(plan.now)
        is_answer = i % 2 == 1
        partner = order[i - 1] if i else None
        key = themes.answer.key if is_answer else home
        add_entry(plan, themes, voice, key=key, answer=is_answer, partner=partner)
    for voice, begin in zip(order, begins, strict=True):
        if begin:
            plan.rests[voice].append((0, begin))


def _add_codetta(plan: Blueprint, order: Sequence[int]) -> None:
    """Lead back from the answer's key: a unit that both voices fill freely."""
    end = plan.now + plan.subject.unit_ticks
    plan.set_key(plan.now, plan.subject.key)
    for voice in order[:2]:
        plan.spans.append(Span(plan.now, end, voice, "codetta", plan.subject.key))
    plan.now = end
