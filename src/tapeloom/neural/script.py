"""A piece that is being written: what is settled beforehand, and what the model is free to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.core.meter import Meter
from tapeloom.neural.constraints import narrow
from tapeloom.neural.limits import Limits
from tapeloom.neural.token_codec import Page
from tapeloom.neural.token_grammar import Grammar, State, check
from tapeloom.neural.tokens import TOKEN_IDS, VOCABULARY

ANY_PITCH = -1  # in settled tokens: a pitch that the model chooses (its rhythm is locked)
_EVENTS = ~(
    VOCABULARY.masks["ROLE"] | VOCABULARY.masks["BAR"] | VOCABULARY.masks["EOS"]
    | VOCABULARY.masks["SEP"] | VOCABULARY.masks["MASK"]
)  # fmt: skip
_PITCHES = VOCABULARY.masks["PITCH"]
_POSITIONS = VOCABULARY.masks["POS"]


@dataclass(frozen=True, slots=True)
class Slot:
    """Tokens that are settled (a blank is ANY_PITCH), or a role's bar that is free or returns."""

    tokens: tuple[int, ...] = ()
    free: bool = False
    returns: tuple[int, str] | None = None  # the bar and the role that are played again
    rhythm: tuple[int, str] | None = None  # those whose rhythm comes again, chords changing alike


@dataclass(frozen=True, slots=True)
class Script:
    """Slots from the first token to the last."""

    slots: tuple[Slot, ...]
    limits: Limits = field(default_factory=Limits)
    meter: Meter = Meter()
    meters: tuple[Meter, ...] = ()  # of each bar, where they change

    def prompt(self) -> tuple[int, ...]:
        """Return what is settled up to the first choice."""
        tokens: list[int] = []
        for slot in self.slots:
            if slot.free or slot.returns is not None:
                break
            if ANY_PITCH in slot.tokens:
                tokens += slot.tokens[: slot.tokens.index(ANY_PITCH)]
                break
            tokens += slot.tokens
        return tuple(tokens)


def script_of(
    page: Page, *, task: str, free: Mapping[str, Sequence[int]], limits: Limits, meter: Meter,
    rhythm: bool = False, returns: Mapping[tuple[int, str], int] | None = None,
    echoes: Mapping[tuple[int, str], int] | None = None, meters: Sequence[Meter] = (),
) -> Script:  # fmt: skip
    """Return the script that writes some roles' bars anew and keeps the rest of a page.

    free     role -> the bars that are written
    rhythm   whether the free bars keep their onsets and lengths, and only pitches are chosen
    returns  (bar, role) -> an earlier bar that is played again there, whatever will be written
    echoes   (bar, role) -> an earlier bar whose rhythm a free bar has, where chords change alike
    meters   of each bar, where they change
    """
    slots: list[Slot] = [Slot(page.opening(task))]
    for number in range(len(page.bars)):
        slots.append(Slot(page.leads[number]))
        for role in page.roles:
            slots.append(Slot((TOKEN_IDS[f"ROLE_{role}"],)))
            source = (returns or {}).get((number, role))
            if source is not None:
                if not 0 <= source < number:
                    raise InputError(
                        f"bar {number + 1} can return a bar before it, not {source + 1}"
                    )
                slots.append(Slot(returns=(source, role)))
                continue
            source, is_free = (echoes or {}).get((number, role)), number in free.get(role, ())
            if source is not None and is_free:
                slots.append(Slot(free=True, rhythm=(source, role)))
                continue
            slots.append(_slot(page.bars[number][role], is_free, rhythm=rhythm))
    slots.append(Slot((VOCABULARY.eos,)))
    return Script(tuple(slots), limits, meter, tuple(meters))


def infill_script(
    page: Page, role: str, masked: Sequence[int], *, limits: Limits, meter: Meter,
    task: str = "infill", rhythm: bool = False, meters: Sequence[Meter] = (),
) -> Script:  # fmt: skip
    """Return the script that fills bars of a role with both sides in view."""
    prompt, _ = page.infilling(role, masked, task=task)
    slots = [Slot(tuple(prompt.tolist()))]
    for number in sorted(set(masked)):
        slots.append(Slot((TOKEN_IDS["BAR"], TOKEN_IDS[f"ROLE_{role}"])))
        slots.append(_slot(page.bars[number][role], True, rhythm=rhythm))
    slots.append(Slot((VOCABULARY.eos,)))
    return Script(tuple(slots), limits, meter, tuple(meters))


def _slot(tokens: tuple[int, ...], is_free: bool, *, rhythm: bool) -> Slot:
    if not is_free:
        return Slot(tokens)
    if not rhythm:
        return Slot(free=True)
    return Slot(tuple(ANY_PITCH if _PITCHES[token] else token for token in tokens))


class Writer:
    """One candidate on its way through a script.

    It tells which token is settled next, or which may be chosen, and takes what was chosen.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self._grammar = Grammar()
        self.state: State = self._grammar.start()
        self.tokens: list[int] = []
        self.chosen = 0  # how many tokens were the model's
        self._slot = 0
        self._at = 0  # in what is settled
        self._settled: tuple[int, ...] | None = None  # in this slot; None: it is free
        self._chords: list[tuple[int, Chord]] = []
        self._bar_chords: list[list[tuple[int, Chord]]] = []
        self._filled = -1
        self._masked: list[int] = []
        self._count = 0
        self._sum = 0  # pitched notes so far
        self._most = script.limits.budget(0, 0)  # what each role's bar may have
        self._pitches: list[int] = []
        self._root = 0
        self._meter = script.meter
        self._written: dict[tuple[int, str], tuple[int, ...]] = {}  # what each role's bar holds
        self._enter()

    def copy(self) -> "Writer":
        """Return a twin that goes on by itself."""
        twin = Writer.__new__(Writer)
        twin.__dict__.update(self.__dict__)
        twin.tokens, twin._pitches = self.tokens.copy(), self._pitches.copy()
        twin._written = self._written.copy()
        twin._masked, twin._bar_chords = self._masked.copy(), self._bar_chords.copy()
        if not self.state.filling:  # only the last bar's chords are still being written
            twin._chords = self._chords.copy()
            if twin._bar_chords:
                twin._bar_chords[-1] = twin._chords
        return twin

    @property
    def is_over(self) -> bool:
        """Whether the script has been written to its end."""
        return self._slot >= len(self._script.slots)

    def forced(self) -> int | None:
        """Return the settled token that comes next; None where there is a choice."""
        if self._settled is None:
            return None
        token = self._settled[self._at]
        return None if token == ANY_PITCH else token

    def _find_settled(self) -> tuple[int, ...] | None:
        """Return what is settled in the slot that begins; None where it is free."""
        slot = self._script.slots[self._slot]
        if slot.returns is not None:
            return self._written.get(slot.returns, ())
        if slot.rhythm is not None and self._changes_alike(slot.rhythm[0]):
            echoed = self._written.get(slot.rhythm, ())
            if echoed:
                return tuple(ANY_PITCH if _PITCHES[token] else token for token in echoed)
        return None if slot.free else slot.tokens

    def _changes_alike(self, bar: int) -> bool:
        """Tell whether the chords of this bar and of an earlier one change at the same places."""
        here, there = self._bar_chords[-1], self._bar_chords[bar]
        return [place for place, _ in here] == [place for place, _ in there]

    def allowed(self) -> NDArray[np.bool_]:
        """Tell which tokens may be chosen, shape (VOCABULARY.size,); at least one."""
        mask = self._grammar.allowed(self.state)
        if self._settled is None:
            closing = self._following()
            free = mask & _EVENTS
            if mask[closing]:
                free[closing] = True
            mask = free
        else:
            return self._pitches_allowed(mask & VOCABULARY.masks["PITCH"])
        return self._narrowed(mask)

    def _narrowed(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return narrow(
            mask, self.state, self._script.limits, chords=self._chords, meter=self._meter,
            count=self._count, most=self._most.get(self.state.role, 99), pitches=self._pitches,
        )  # fmt: skip

    def _pitches_allowed(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Allow pitches of a locked rhythm, the highest left for the notes that begin with it."""
        over = 0
        for token in (self._settled or ())[self._at + 1 :]:
            if token == ANY_PITCH:
                over += 1
            elif _POSITIONS[token]:
                break
        every, suited = mask.nonzero()[0], self._narrowed(mask).nonzero()[0]
        for pitches, above in ((suited, suited), (suited, every), (every, every)):
            room = len(above) - np.searchsorted(above, pitches, side="right")
            if (room >= over).any():
                fitting = np.zeros_like(mask)
                fitting[pitches[room >= over]] = True
                return fitting
        return mask

    def take(self, token: int) -> None:
        """Write a token that is settled or was chosen."""
        if self._settled is None:
            self.chosen += 1
            if not _EVENTS[token]:
                self._slot += 1  # the role's bar is closed
                self._enter()
        elif self._settled[self._at] == ANY_PITCH:
            self.chosen += 1
        settled = self._settled
        if settled is not None:
            if settled[self._at] not in (token, ANY_PITCH):
                raise InputError(f"{VOCABULARY.name(token)} is not what the script says")
            self._at += 1
        if not self._grammar.allowed(self.state)[token]:
            check([*self.tokens, token])  # says what is wrong
        self._note(token)
        self.tokens.append(token)
        if self.state.role and _EVENTS[token] and not self.state.filling:
            here = self.state.bars - 1, self.state.role
            self._written[here] = (*self._written.get(here, ()), token)
        self.state = self._grammar.advance(self.state, token)
        if settled is not None and self._at >= len(settled):
            self._slot += 1
            self._enter()

    def _enter(self) -> None:
        """Begin the next slot that holds anything."""
        self._at, self._settled = 0, None
        while not self.is_over:
            self._settled = self._find_settled()
            if self._settled is None or self._settled:
                return
            self._slot += 1

    def _following(self) -> int:
        """Return the settled token behind the free slot."""
        for slot in self._script.slots[self._slot + 1 :]:
            if slot.tokens:
                return slot.tokens[0]
        return VOCABULARY.eos

    def _note(self, token: int) -> None:
        """Remember the chords of the bar, and how many notes there are."""
        family, value = VOCABULARY.family(token), VOCABULARY.value(token)
        if family == "BAR":
            if self.state.filling:
                self._filled += 1
                bar = self._masked[self._filled]
                self._chords = self._bar_chords[bar]
            else:
                bar = len(self._bar_chords)
                self._chords = []
                self._bar_chords.append(self._chords)
                self._most = self._script.limits.budget(bar, self._sum)
            self._meter = self._script.meters[bar] if self._script.meters else self._script.meter
        elif family == "MASK":
            self._masked.append(len(self._bar_chords) - 1)
        elif family == "ROLE":
            self._count, self._pitches = 0, []
        elif family == "POS":
            self._pitches = []
        elif family in ("PITCH", "DRUM"):
            self._count += 1
            self._sum += family == "PITCH"
            self._pitches.append(int(str(value)))
        elif family == "ROOT":
            self._root = int(str(value))
        elif family == "QUAL":
            self._chords.append((self.state.place, Chord(self._root, str(value))))
        elif family == "BASS":
            place, chord = self._chords[-1]
            bass = (self._root + int(str(value))) % 12
            self._chords[-1] = (place, Chord(self._root, chord.quality, bass))
