"""Which token may follow which: an automaton over the table of `tokens`.

A sequence that it lets through always decodes: bars count down to the last one, every bar has the
same roles in the same order, events move forward in time, masked bars are filled in their order.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.neural.tokens import LEFT, LONGEST_BAR, MICRO, TOKEN_ROLES, VOCABULARY, places_in

Mask = NDArray[np.bool_]

_HEADER = ("BOS", "TASK", "STYLE", "MOOD", "TEMPO", "MODE", "METER", "SWING", "DENSITY")
_FILLING_TASKS = ("infill", "vary")
_ENDLESS = (1, 10**9)
_LEFT_OF = dict(LEFT)


@dataclass(frozen=True, slots=True)
class State:
    """Where in a sequence one is: what was last read, and what the rest depends on."""

    last: str = ""  # the family of the last token
    task: str = ""
    length: int = LONGEST_BAR  # places in the bar
    left: tuple[int, int] = _ENDLESS  # how many bars there may be from this one on
    roles: tuple[str, ...] = ()  # as the first bar has them
    number: int = 0  # of the role in its bar
    bars: int = 0  # begun so far
    role: str = ""
    place: int = -1  # of the last event in this role's bar
    micro: int = 0
    passed: int = -MICRO  # the time of the event before it, in quarters of a place
    pitch: int = -1  # of the last note at this place
    loudness: int = -1  # the last VEL in this role's bar
    masked: tuple[tuple[int, str], ...] = ()  # lengths and roles of bars to be filled
    filling: bool = False

    @property
    def fine(self) -> int:
        """The last event's time in quarters of a place."""
        return self.place * MICRO + self.micro

    @property
    def is_over(self) -> bool:
        """Whether the sequence has ended."""
        return self.last == "EOS"


class Grammar:
    """The automaton.

    >>> grammar = Grammar()
    >>> state = grammar.start()
    >>> [VOCABULARY.name(int(token)) for token in np.flatnonzero(grammar.allowed(state))]
    ['BOS']
    """

    def start(self) -> State:
        """Return the state before the first token."""
        return State()

    def allowed(self, state: State) -> Mask:
        """Tell which tokens may come next, shape (VOCABULARY.size,)."""
        return _allowed(state)

    def advance(self, state: State, token: int) -> State:
        """Return the state after a token that is allowed."""
        return _advance(state, token)


def check(tokens: Iterable[int]) -> State:
    """Return the state after some tokens; raise InputError at the first that is not allowed.

    >>> check([VOCABULARY.bos]).last
    'BOS'
    >>> check([VOCABULARY.eos])
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: token 1, EOS, cannot stand there: the grammar allows BOS
    """
    state = State()
    for number, token in enumerate(tokens, 1):
        mask = _allowed(state)
        if not 0 <= token < len(mask) or not mask[token]:
            name = VOCABULARY.name(token)
            families = dict.fromkeys(VOCABULARY.family(int(t)) for t in np.flatnonzero(mask))
            known = ", ".join(families) or "nothing more"
            raise InputError(
                f"token {number}, {name}, cannot stand there: the grammar allows {known}"
            )
        state = _advance(state, token)
    return state


Changes = dict[str, object]


def _advance(state: State, token: int) -> State:
    family = VOCABULARY.family(token)
    step = _STEPS.get(family)
    changes = step(state, VOCABULARY.value(token)) if step else {}
    return State(**{**dict(zip(_NAMES, _values_of(state), strict=True)), **changes, "last": family})


def _on_task(_: State, value: object) -> Changes:
    return {"task": str(value)}


def _on_meter(_: State, value: object) -> Changes:
    return {"length": places_in(Meter.parse(str(value)))}


def _on_bar(state: State, _: object) -> Changes:
    if state.filling:
        length, role = state.masked[0]
        return {"length": length, "role": role, "bars": state.bars + 1}
    low, high = state.left
    left = state.left if state.bars == 0 else (max(low - 1, 1), high - 1)
    return {"bars": state.bars + 1, "number": 0, "role": "", "left": left}


def _on_left(state: State, value: object) -> Changes:
    low = int(str(value))
    return {"left": (max(low, state.left[0]), min(_LEFT_OF[low], state.left[1]))}


def _on_role(state: State, value: object) -> Changes:
    role = str(value)
    fresh: Changes = {
        "role": role, "place": -1, "micro": 0, "passed": -MICRO, "pitch": -1, "loudness": -1,
    }  # fmt: skip
    if state.filling:
        return {**fresh, "masked": state.masked[1:]}
    roles = (*state.roles, role) if state.bars == 1 else state.roles
    return {**fresh, "roles": roles, "number": state.number + 1}


def _on_mask(state: State, _: object) -> Changes:
    return {"masked": (*state.masked, (state.length, state.role))}


def _on_pos(state: State, value: object) -> Changes:
    return {"passed": state.fine, "place": int(str(value)), "micro": 0, "pitch": -1}


def _on_micro(_: State, value: object) -> Changes:
    return {"micro": int(str(value))}


def _on_velocity(_: State, value: object) -> Changes:
    return {"loudness": int(str(value))}


def _on_pitch(_: State, value: object) -> Changes:
    return {"pitch": int(str(value))}


_NAMES = tuple(field.name for field in fields(State))
_values_of = attrgetter(*_NAMES)
_STEPS: Mapping[str, Callable[[State, object], Changes]] = {
    "TASK": _on_task, "METER": _on_meter, "BAR": _on_bar, "LEFT": _on_left, "ROLE": _on_role,
    "MASK": _on_mask, "POS": _on_pos, "MICRO": _on_micro, "VEL": _on_velocity,
    "PITCH": _on_pitch, "DRUM": _on_pitch, "SEP": lambda _, __: {"filling": True},
}  # fmt: skip


@lru_cache(maxsize=4096)
def _allowed(state: State) -> Mask:
    mask = _told(state)
    mask.flags.writeable = False  # it is kept
    return mask


def _told(state: State) -> Mask:
    if not state.bars and state.last != "EOS":
        return _after_header(state.last)
    if state.last in ("EOS", "PAD"):
        return _any("PAD")
    rule = _RULES.get(state.last, _after_event)
    return rule(state)


def _after_header(last: str) -> Mask:
    following = _HEADER[_HEADER.index(last) + 1 :][:1] if last else _HEADER[:1]
    return _any(*(following or ("BAR",)), *(("BAR",) if last == "SWING" else ()))


def _after_bar(state: State) -> Mask:
    if state.filling:
        return _only("ROLE", (state.role,))
    low, high = state.left
    return _only("LEFT", tuple(a for a, b in LEFT if a <= high and b >= low))


def _after_lead(state: State) -> Mask:
    further = {"LEFT": ("METER", "SECTION", "DENSITY"), "METER": ("SECTION", "DENSITY"),
               "SECTION": ("DENSITY",)}.get(state.last, ())  # fmt: skip
    return _union(_any(*further), _next_role(state))


def _next_role(state: State) -> Mask:
    if state.bars == 1:
        return _only("ROLE", tuple(role for role in TOKEN_ROLES if role not in state.roles))
    return _only("ROLE", state.roles[state.number : state.number + 1])


def _after_role(state: State) -> Mask:
    if state.role == "chords":
        first = _only("POS", (0,))
    else:
        first = _union(_positions(0, state.length), _next(state))
    fillable = state.task in _FILLING_TASKS and not state.filling and state.role != "chords"
    return _union(first, _any("MASK")) if fillable else first


def _after_pos(state: State) -> Mask:
    if state.role == "chords":
        return _any("ROOT", "NOCHORD")
    if state.role != "drums":
        return _note(state)
    first = state.place * MICRO
    found = [_note(state)] if first > state.passed else []
    micros = [off for off in (-1, 1, 2) if first + off > state.passed]
    if state.bars == 1 and first == 0:
        micros = [off for off in micros if off > 0]
    return _union(*found, _only("MICRO", tuple(micros)))


def _note(state: State) -> Mask:
    """Allow a note above the last one of its place, or first another loudness."""
    family = "DRUM" if state.role == "drums" else "PITCH"
    tone = _above(family, state.pitch)
    if state.loudness < 0:
        return _any("VEL")
    if state.last == "VEL" or not tone.any():
        return tone
    return _union(tone, _without("VEL", state.loudness))


def _after_event(state: State) -> Mask:
    """Allow what may follow a whole event: another one, the next role, bar, or the end."""
    if state.role == "chords":
        ahead = _positions(state.place + 1, state.length)
        return _union(ahead, _next(state))
    least = state.place + 1
    if state.role == "drums":
        least = max((state.fine - 2) // MICRO + 1, 0)
    return _union(_note(state), _positions(least, state.length), _next(state))


def _after_quality(state: State) -> Mask:
    return _union(_any("BASS"), _after_event(state))


def _next(state: State) -> Mask:
    """Allow the bar's next role, or what may follow when the bar has them all."""
    if state.filling:
        return _any("BAR") if state.masked else _any("EOS")
    if state.bars > 1 and state.number < len(state.roles):
        return _next_role(state)
    low, high = state.left
    found = [_next_role(state)] if state.bars == 1 else []
    if high > 1:
        found.append(_any("BAR"))
    if low == 1:
        found.append(_any("SEP" if state.masked else "EOS"))
    elif state.masked:
        found.append(_any("SEP"))
    return _union(*found)


def _union(*masks: Mask) -> Mask:
    found = masks[0]
    for mask in masks[1:]:
        found = found | mask
    return found


@lru_cache(maxsize=256)
def _any(*families: str) -> Mask:
    mask = np.zeros(VOCABULARY.size, np.bool_)
    for family in families:
        mask |= VOCABULARY.masks[family]
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=1024)
def _only(family: str, values: tuple[object, ...]) -> Mask:
    mask = np.zeros(VOCABULARY.size, np.bool_)
    for value in values:
        mask[VOCABULARY.id(f"{family}_{value}")] = True
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=1024)
def _above(family: str, value: int) -> Mask:
    found = tuple(v for v in VOCABULARY.families[family] if int(str(v)) > value)
    return _only(family, found)


@lru_cache(maxsize=64)
def _without(family: str, value: int) -> Mask:
    return _only(family, tuple(v for v in VOCABULARY.families[family] if v != value))


@lru_cache(maxsize=4096)
def _positions(first: int, stop: int) -> Mask:
    return _only("POS", tuple(range(first, stop)))


_RULES: Mapping[str, Callable[[State], Mask]] = {
    "BAR": _after_bar, "LEFT": _after_lead, "METER": _after_lead, "SECTION": _after_lead,
    "DENSITY": _after_lead,
    "ROLE": _after_role, "MASK": _next, "POS": _after_pos, "MICRO": _note, "VEL": _note,
    "ROOT": lambda _: _any("QUAL"), "QUAL": _after_quality, "PITCH": lambda _: _any("DUR"),
    "SEP": lambda _: _any("BAR"),
}  # fmt: skip
