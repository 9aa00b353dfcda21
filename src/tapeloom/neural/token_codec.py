"""Scores to tokens and back: exact on the grid, nearest off it.

Music is written as if its tonic were C, so that a model learns each thing once; the key travels
beside the tokens. Bar by bar, and in each bar role by role, chords first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.score import Score
from tapeloom.neural.controls import Controls, density_bin, key_of, notes_per_bar, tempo_bin
from tapeloom.neural.token_grammar import check
from tapeloom.neural.token_reader import Reader
from tapeloom.neural.token_writer import bar_places, write_chords, write_leads, write_notes
from tapeloom.neural.tokens import TASKS, TOKEN_IDS, VOCABULARY, knows, to_c

Tokens = NDArray[np.int64]

MAX_BARS = 10_000
# The order in which a bar's roles stand where nobody asks for another.
ORDER = ("chords", "melody", "keys", "pad", "guitar", "other", "bass", "drums")


@dataclass(frozen=True, slots=True)
class Page:
    """A score as tokens, bar by bar, before tasks and masks: what sequences are put together from.

    `bars[i][role]` holds the tokens of a role in a bar without its ROLE token.
    """

    header: tuple[int, ...]  # without BOS and TASK
    roles: tuple[str, ...]  # in the order of the bars
    bars: tuple[Mapping[str, tuple[int, ...]], ...]
    leads: tuple[tuple[int, ...], ...]  # each bar's BAR LEFT [METER] [SECTION]

    def sequence(self, task: str = "compose", *, start: int = 0, stop: int | None = None) -> Tokens:
        """Return the sequence of some bars; EOS follows the last bar of the piece."""
        stop = len(self.bars) if stop is None else stop
        tokens = [*self.opening(task)]
        for number in range(start, stop):
            tokens += self.bar(number)
        if stop == len(self.bars):
            tokens.append(VOCABULARY.eos)
        return np.array(tokens, np.int64)

    def opening(self, task: str) -> tuple[int, ...]:
        """Return what stands before the first bar."""
        if task not in TASKS:
            raise InputError(f"{task!r} is no task; choose one of {', '.join(TASKS)}")
        return (VOCABULARY.bos, TOKEN_IDS[f"TASK_{task}"], *self.header)

    def bar(self, number: int, *, masked: frozenset[str] = frozenset()) -> list[int]:
        """Return a bar's tokens; masked roles are only named."""
        tokens = [*self.leads[number]]
        for role in self.roles:
            tokens.append(TOKEN_IDS[f"ROLE_{role}"])
            if role in masked:
                tokens.append(TOKEN_IDS["MASK"])
            else:
                tokens += self.bars[number][role]
        return tokens

    def infilling(
        self, role: str, masked: Sequence[int], *, start: int = 0, stop: int | None = None,
        task: str = "infill",
    ) -> tuple[Tokens, Tokens]:  # fmt: skip
        """Return the prompt that asks for bars of a role, both sides seen, and its answer.

        masked  bar numbers within start..stop
        """
        stop = len(self.bars) if stop is None else stop
        wanted = sorted(set(masked))
        if role not in self.roles:
            raise InputError(f"the piece has no {role}; it has {', '.join(self.roles)}")
        if not wanted or wanted[0] < start or wanted[-1] >= stop:
            raise InputError(f"bars to fill must lie within {start + 1} to {stop}")
        prompt, answer = [*self.opening(task)], []
        for number in range(start, stop):
            hidden = frozenset((role,)) if number in wanted else frozenset()
            prompt += self.bar(number, masked=hidden)
        prompt.append(TOKEN_IDS["SEP"])
        for number in wanted:
            answer += [TOKEN_IDS["BAR"], TOKEN_IDS[f"ROLE_{role}"], *self.bars[number][role]]
        answer.append(VOCABULARY.eos)
        return np.array(prompt, np.int64), np.array(answer, np.int64)


class Codec:
    """Turns scores into tokens and back.

    >>> from tapeloom.core.score import Note, Part
    >>> melody = Part("melody", "melody", notes=(Note(0, 10080, 69, 88),))
    >>> score = Score((melody,), keys=((0, Key("A", "minor")),))
    >>> tokens = Codec().encode(score)
    >>> [VOCABULARY.name(token) for token in tokens[9:].tolist()]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['BAR', 'LEFT_1', 'ROLE_melody', 'POS_0', 'VEL_5', 'PITCH_72', 'DUR_24', 'EOS']
    >>> Codec().decode(tokens, key=Key("A", "minor"), bpm=120).parts[0].notes
    (Note(start=0, duration=10080, pitch=69, velocity=88),)
    """

    def page(
        self,
        score: Score,
        controls: Controls | None = None,
        *,
        roles: Sequence[str] | None = None,
        micro: bool = False,
    ) -> Page:
        """Lay a score out as tokens, bar by bar.

        controls  the header; None is read from the score (`controls_of`)
        roles     which roles are written, in which order; None is all that have notes, in ORDER
        micro     whether drums keep what they lie off the grid, to a quarter of its step

        Several parts of a role become one. Raises for a score without notes and chords, and for
        bars that the vocabulary has no place for.
        """
        controls = controls_of(score) if controls is None else controls
        for _, meter in score.meters:
            if not knows(meter):
                raise InputError(f"bars of {meter} cannot be written as tokens")
        present = {part.role for part in score.parts if part.notes}
        present |= {"chords"} if score.chords else set()
        chosen = tuple(role for role in (roles or ORDER) if role in present)
        if not chosen:
            raise InputError("the score has no notes and no chords; there is nothing to write")
        starts = bar_places(score)
        if len(starts) > MAX_BARS:
            raise InputError(f"the score has {len(starts)} bars; at most {MAX_BARS} are written")
        shift = to_c(controls.key)
        written = {
            role: write_chords(score, starts, shift)
            if role == "chords"
            else write_notes(score, role, starts, shift, micro=micro)
            for role in chosen
        }
        bars = tuple(
            {role: tuple(written[role][number]) for role in chosen} for number in range(len(starts))
        )
        return Page(header_of(controls), chosen, bars, write_leads(score, starts))

    def encode(
        self,
        score: Score,
        controls: Controls | None = None,
        *,
        task: str = "compose",
        roles: Sequence[str] | None = None,
        micro: bool = False,
    ) -> Tokens:
        """Return a whole score's tokens, shape (n,); the parameters are those of `page`."""
        return self.page(score, controls, roles=roles, micro=micro).sequence(task)

    def decode(
        self, tokens: Sequence[int] | Tokens, *, key: Key | None = None, bpm: float | None = None
    ) -> Score:
        """Read a sequence, finished or broken off between two events.

        key  the key that it is put in; None is C with the header's mode
        bpm  the tempo; None is the middle of the header's

        Raises InputError naming the first token that the grammar does not allow.
        """
        numbers = [int(token) for token in tokens]
        check(numbers)
        reader = Reader()
        for token in numbers:
            reader.take(VOCABULARY.family(token), VOCABULARY.value(token))
        return reader.score(key, bpm)


def controls_of(score: Score, *, style: str = "any") -> Controls:
    """Read a score's key, tempo, meter and density; mood and swing are left open.

    >>> str(controls_of(Score(())).meter)
    '4/4'
    """
    bpm = min(max(float(score.tempo.changes[0][1]), 20.0), 400.0)
    return Controls(
        key=key_of(score), bpm=bpm, meter=score.meters[0][1], style=style,
        density=notes_per_bar(score),
    )  # fmt: skip


def on_grid(score: Score, *, micro: bool = False) -> Score:
    """Return what a score is once written and read: the score itself where it is on the grid.

    >>> from tapeloom.core.score import Note, Part
    >>> late = Score((Part("bass", "bass", notes=(Note(100, 10000, 40),)),))
    >>> on_grid(late).parts[0].notes
    (Note(start=0, duration=10080, pitch=40, velocity=72),)
    """
    controls = controls_of(score)
    tokens = Codec().encode(score, controls, micro=micro)
    return Codec().decode(tokens, key=controls.key, bpm=controls.bpm)


def header_of(controls: Controls) -> tuple[int, ...]:
    """Return the tokens that ask for controls: what stands between TASK and the first bar."""
    density = [] if controls.density is None else [f"DENSITY_{density_bin(controls.density)}"]
    names = (
        f"STYLE_{controls.style}", f"MOOD_{controls.mood}", f"TEMPO_{tempo_bin(controls.bpm)}",
        f"MODE_{controls.key.mode}", f"METER_{controls.meter.signature}", f"SWING_{controls.swing}",
        *density,
    )  # fmt: skip
    return tuple(TOKEN_IDS[name] for name in names)
