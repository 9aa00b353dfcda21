"""Writing music with a model: many candidates at once along a script, token by token."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.neural.script import Script, Writer
from tapeloom.neural.tokens import VOCABULARY

Floats = NDArray[np.float32]
Choose = Callable[[Floats, NDArray[np.bool_], Sequence[int], np.random.Generator], int]
REST = -1  # instead of a token: a sequence that is over
AT_ONCE = 8  # tokens that are settled in a row: more of them are read together
RESERVE = 2  # a full context is begun anew with its last half


class Model(Protocol):
    """What tells how probable each next token is, for a batch of sequences."""

    @property
    def context(self) -> int:
        """How many tokens it sees at once."""

    def begin(self, prompts: Sequence[Sequence[int]]) -> Floats:
        """Read a prompt for each sequence, of any lengths; return logits (B, V)."""

    def step(self, tokens: Sequence[int]) -> Floats:
        """Read one more token of each sequence; return logits (B, V).

        Where a token is REST its row stays as it is, and its logits say nothing.
        """

    def extend(self, row: int, tokens: Sequence[int]) -> Floats:
        """Read more tokens of one sequence at once; return its logits (V,)."""

    def renew(self, row: int, prompt: Sequence[int]) -> Floats:
        """Begin one row anew with another prompt, the rest staying; return its logits (V,)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What was written, and how probable the model found what it chose."""

    tokens: tuple[int, ...]
    nll: float  # nats a chosen token, as the model itself (unmasked) would say them
    chosen: int  # tokens that were the model's


def sample(
    logits: Floats, allowed: NDArray[np.bool_], tokens: Sequence[int], rng: np.random.Generator
) -> int:
    """Choose by the model's own chances among what is allowed.

    >>> logits = np.array([0.0, 9.0, 0.0], np.float32)
    >>> sample(logits, np.array([True, False, False]), [], np.random.default_rng(1))
    0
    """
    numbers = allowed.nonzero()[0]
    scores = logits[numbers].astype(np.float64)
    below = np.exp(scores - scores.max()).cumsum()
    at = int(below.searchsorted(rng.random() * below[-1], side="right"))
    return int(numbers[min(at, len(numbers) - 1)])


def write(
    model: Model,
    scripts: Sequence[Script],
    rngs: Sequence[np.random.Generator],
    *,
    choose: Choose = sample,
    limit: int = 60_000,
    on_token: Callable[[int, int], None] | None = None,
) -> tuple[Candidate, ...]:
    """Write a candidate along each script, all in one batch.

    rngs      one a script: a candidate is the same whoever is written beside it
    choose    (logits (V,), allowed (V,), tokens so far, rng) -> token
    limit     tokens a candidate may have
    on_token  is told of each candidate's number and token, as soon as it is written
    """
    if len(scripts) != len(rngs) or not scripts:
        raise InputError(f"{len(scripts)} scripts and {len(rngs)} generators; give as many of each")
    writers = [Writer(script) for script in scripts]
    losses = [0.0] * len(writers)
    reading = Reading(model)
    logits: Floats | None = None
    while any(not writer.is_over for writer in writers):
        for number, (writer, rng) in enumerate(zip(writers, rngs, strict=True)):
            first = len(writer.tokens)
            if logits is not None and not writer.is_over:
                token = choose(logits[number], writer.allowed(), writer.tokens, rng)
                losses[number] += surprise(logits[number], token)
                writer.take(token)
            _take_settled(writer, limit)
            if on_token is not None:
                for token in writer.tokens[first:]:
                    on_token(number, token)
        texts = [writer.tokens for writer in writers]
        logits = reading.begin(texts) if logits is None else reading.go_on(texts, _over(writers))
    return tuple(
        Candidate(tuple(writer.tokens), loss / max(writer.chosen, 1), writer.chosen)
        for writer, loss in zip(writers, losses, strict=True)
    )


def _take_settled(writer: Writer, limit: int) -> None:
    """Write what is settled, up to the next choice."""
    while not writer.is_over:
        if len(writer.tokens) >= limit:
            raise InputError(f"a candidate has over {limit} tokens; ask for fewer bars")
        token = writer.forced()
        if token is None:
            return
        writer.take(token)


def stream_bars(
    model: Model, script: Script, rng: np.random.Generator, *, choose: Choose = sample,
    limit: int = 60_000,
) -> Iterator[tuple[int, ...]]:  # fmt: skip
    """Write one candidate and yield each bar once it is whole, the header with the first.

    What is yielded joins up to what `write` returns for the same generator.
    """
    writer, reading = Writer(script), Reading(model)
    logits: Floats | None = None
    bar, held, seen, bars = VOCABULARY.of("BAR").start, 0, 0, 0
    while not writer.is_over:
        if logits is not None:
            writer.take(choose(logits[0], writer.allowed(), writer.tokens, rng))
        _take_settled(writer, limit)
        for at in range(seen, len(writer.tokens)):
            if writer.tokens[at] == bar:
                bars += 1
                if bars > 1:
                    yield tuple(writer.tokens[held:at])
                    held = at
        seen = len(writer.tokens)
        texts = [writer.tokens]
        logits = reading.begin(texts) if logits is None else reading.go_on(texts, _over([writer]))
    yield tuple(writer.tokens[held:])


class Reading:
    """What a model has read of some sequences that grow by a token at a time.

    A full context is begun anew row by row, so that each sequence is read as if it were alone.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.seen: list[int] = []  # tokens of each sequence that are in the model's context
        self._read: list[int] = []  # tokens of each sequence that were read at all
        self._logits: Floats = np.zeros((0, 0), np.float32)

    def begin(self, sequences: Sequence[Sequence[int]]) -> Floats:
        """Read what there is; return logits (B, V)."""
        windows = [window_of(tokens, self.model.context) for tokens in sequences]
        self.seen = [len(window) for window in windows]
        self._read = [len(tokens) for tokens in sequences]
        self._logits = self.model.begin(windows)
        return self._logits

    def go_on(self, sequences: Sequence[Sequence[int]], over: Sequence[bool]) -> Floats:
        """Read what was added to each sequence but those that are over; return logits (B, V).

        A long addition is read at once, the last tokens of all rows together.
        """
        context = self.model.context
        waiting: list[list[int]] = []
        for row, (tokens, end) in enumerate(zip(sequences, over, strict=True)):
            fresh = [] if end else list(tokens[self._read[row] :])
            if self.seen[row] + len(fresh) >= context:
                window = window_of(tokens, context // RESERVE)
                self._logits[row] = self.model.renew(row, window)
                self.seen[row], fresh = len(window), []
            elif len(fresh) > AT_ONCE:
                self.model.extend(row, fresh[:-1])
                self.seen[row] += len(fresh) - 1
                fresh = fresh[-1:]
            self._read[row] = len(tokens)
            waiting.append(fresh)
        while any(waiting):
            tokens_now = [fresh.pop(0) if fresh else REST for fresh in waiting]
            found = self.model.step(tokens_now)
            for row, token in enumerate(tokens_now):
                if token != REST:
                    self._logits[row] = found[row]
                    self.seen[row] += 1
        return self._logits

    def reorder(self, rows: Sequence[int]) -> None:
        """Let row i go on from what row rows[i] has read, as the model does."""
        self.seen = [self.seen[row] for row in rows]
        self._read = [self._read[row] for row in rows]
        self._logits = self._logits[list(rows)]


def _over(writers: Sequence[Writer]) -> list[bool]:
    return [writer.is_over for writer in writers]


def surprise(logits: Floats, token: int) -> float:
    """Return what a token costs in nats, all tokens being allowed."""
    peak = float(logits.max())
    return float(np.log(np.exp(logits - peak).sum()) + peak - logits[token])


def window_of(tokens: Sequence[int], room: int) -> list[int]:
    """Return what a model sees of a long sequence: its header, and the last bars that fit."""
    if len(tokens) < room:
        return list(tokens)
    bar = VOCABULARY.of("BAR").start
    header = list(tokens[: tokens.index(bar)])
    first = len(tokens) - room + len(header) + 1
    starts = [at for at in range(first, len(tokens)) if tokens[at] == bar]
    return header + list(tokens[starts[0] if starts else first :])


def bars_of(tokens: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Return a sequence bar by bar, the header with the first one.

    >>> names = ("BOS", "BAR", "LEFT_2", "BAR", "LEFT_1", "EOS")
    >>> [len(bar) for bar in bars_of([VOCABULARY.id(name) for name in names])]
    [3, 3]
    """
    bar = VOCABULARY.of("BAR").start
    starts = [at for at, token in enumerate(tokens) if token == bar]
    if not starts:
        return
    for start, stop in zip([0, *starts[1:]], [*starts[1:], len(tokens)], strict=True):
        yield tuple(tokens[start:stop])
