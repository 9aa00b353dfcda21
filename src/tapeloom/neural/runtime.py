"""Running a transformer on onnxruntime: prompts are read at once, then a token a row and step.

Keys and values lie in memory that is set aside once and that the graph reads and writes in place:
nothing is copied as a piece grows. Rows may have any lengths, and none depends on another: threads
share the rows among themselves and meet once a step.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.neural.model_file import ModelFile, read_model

Floats = NDArray[np.float32]
Tokens = Sequence[int] | NDArray[np.int64]
CHUNK = 256  # tokens of a prompt that are read at once: it bounds the memory for attention
MOST_ROWS = 256


class Runtime:
    """A model that is running: it implements generator.Model."""

    def __init__(self, file: ModelFile, *, threads: int = 1) -> None:
        import onnxruntime

        if not 1 <= threads <= 64:
            raise InputError(f"threads is {threads}; it must lie in 1..64")
        self.facts = file.facts
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # each thread runs the graph on rows of its own
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                file.data, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has one class of error for each cause
            why = str(error).splitlines()[0]
            raise InputError(f"{file.source} is no model that can be run: {why}") from error
        self._kept = np.dtype(np.int8 if self.facts.cache == "int8" else np.float32)
        self.cache = self._room(0)  # keys and values, shape (layers, 2, B, heads, T, D)
        self.lengths = np.zeros(0, np.int32)  # tokens that each row has read, shape (B,)
        self._next: list[_Feed] = []  # what step reads, bound once; rows for each thread
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    @classmethod
    def load(cls, path: Path, *, threads: int = 1, sha256: str | None = None) -> "Runtime":
        """Read a model's file, look it through and make it ready."""
        return cls(read_model(path, sha256=sha256), threads=threads)

    @property
    def context(self) -> int:
        """How many tokens it sees at once."""
        return self.facts.context

    @property
    def rows(self) -> int:
        """B, how many sequences are under way."""
        return len(self.lengths)

    def begin(self, prompts: Sequence[Sequence[int]]) -> Floats:
        """Read a prompt for each sequence, of any lengths; return logits (B, V).

        What prompts have in common from their beginning is read once and copied.
        """
        if not 1 <= len(prompts) <= MOST_ROWS:
            raise InputError(f"there are {len(prompts)} prompts; give 1 to {MOST_ROWS}")
        read = [self._checked(prompt) for prompt in prompts]
        if len(read) != self.rows:
            self.cache, self._next = self._room(len(read)), []
        self.lengths = np.zeros(len(read), np.int32)
        logits = np.empty((len(read), self.facts.tokens), np.float32)
        for row, tokens in enumerate(read):
            same, source = max(((_common(tokens, read[r]), r) for r in range(row)), default=(0, 0))
            if same == len(tokens) == len(read[source]):
                self._copy(row, source, same)
                logits[row] = logits[source]
            else:
                same = min(same, len(tokens) - 1) // CHUNK * CHUNK
                self._copy(row, source, same)
                logits[row] = self._prefill(row, tokens, same)
        return logits

    def renew(self, row: int, prompt: Sequence[int]) -> Floats:
        """Begin one row anew, the others staying as they are; return its logits (V,)."""
        self._check_row(row)
        return self._prefill(row, self._checked(prompt), 0)

    def extend(self, row: int, tokens: Sequence[int]) -> Floats:
        """Read more tokens of one sequence at once; return its logits (V,)."""
        self._check_row(row)
        read, start = self._checked(tokens), int(self.lengths[row])
        if start + len(read) > self.context:
            raise InputError(f"a sequence has over {self.context} tokens, all that the model sees")
        for first in range(0, len(read), CHUNK):
            logits = self._chunk(row, read[first : first + CHUNK], start + first, every=False)
        last: Floats = logits[-1]
        return last

    def step(self, tokens: Sequence[int]) -> Floats:
        """Read one more token of each sequence; return logits (B, V).

        A negative token lets its row rest: it stays as it is, and its logits say nothing.
        """
        if len(tokens) != self.rows:
            raise InputError(f"{len(tokens)} tokens for {self.rows} sequences; give one for each")
        read = np.asarray(tokens, np.int64)
        awake = read >= 0
        if read.size and read.max() >= self.facts.tokens:
            raise InputError(f"{read.max()} is no token of the model; it knows {self.facts.tokens}")
        if self.lengths[awake].max(initial=0) >= self.context:
            raise InputError(f"a sequence has {self.context} tokens, all that the model sees")
        # A row that rests reads a token behind its end, where the next one will be written over.
        logits = self._advance(np.maximum(read, 0))
        self.lengths += awake
        return logits

    def reorder(self, rows: Sequence[int]) -> None:
        """Let row i go on from what row rows[i] has read; there may be more or fewer rows."""
        if not 1 <= len(rows) <= MOST_ROWS:
            raise InputError(f"{len(rows)} rows are asked for; they must be 1 to {MOST_ROWS}")
        for row in rows:
            self._check_row(row)
        old, lengths = self.cache, self.lengths
        if len(rows) != self.rows:
            self.cache, self._next = self._room(len(rows)), []
        moved = [(i, row) for i, row in enumerate(rows) if self.cache is not old or i != row]
        taken = {row: old[:, :, row, :, : lengths[row]] for _, row in moved}
        if self.cache is old:
            overwritten = {i for i, _ in moved}
            taken = {r: t.copy() if r in overwritten else t for r, t in taken.items()}
        for i, row in moved:
            self.cache[:, :, i, :, : lengths[row]] = taken[row]
        self.lengths = lengths[list(rows)]

    def fork(self, count: int) -> None:
        """Let the only sequence go on as `count` equal ones."""
        if self.rows != 1:
            raise InputError(
                f"{self.rows} sequences are under way; only a single one can be forked"
            )
        self.reorder([0] * count)

    def read(self, tokens: Tokens) -> Floats:
        """Return the logits behind every token of one sequence, shape (T, V).

        It takes the place of what was under way.
        """
        checked = self._checked(tokens)
        if self.rows != 1:
            self.cache, self._next = self._room(1), []
        self.lengths = np.zeros(1, np.int32)
        return np.concatenate(
            [
                self._chunk(0, checked[first : first + CHUNK], first, every=True)
                for first in range(0, len(checked), CHUNK)
            ]
        )

    def _advance(self, tokens: NDArray[np.int64]) -> Floats:
        """Run a token of every row; return logits (B, V)."""
        if not self._next:
            shares = min(self._threads, self.rows)
            edges = [self.rows * share // shares for share in range(shares + 1)]
            self._next = [_Feed(self, slice(first, stop), 1, 1) for first, stop in pairwise(edges)]
        for feed in self._next:
            feed.tokens[:, 0] = tokens[feed.rows]
            np.minimum(self.lengths[feed.rows], self.context - 1, out=feed.positions[:, 0])
        if self._pool is None or len(self._next) == 1:
            for feed in self._next:
                feed.run(self.lengths[feed.rows])
        else:
            others = [
                self._pool.submit(feed.run, self.lengths[feed.rows]) for feed in self._next[1:]
            ]
            self._next[0].run(self.lengths[self._next[0].rows])
            for other in others:
                other.result()
        return np.concatenate([feed.logits[:, 0] for feed in self._next])

    def _prefill(self, row: int, tokens: NDArray[np.int64], start: int) -> Floats:
        """Read a prompt from a place on; return its last logits (V,)."""
        logits: Floats = np.empty((0, self.facts.tokens), np.float32)
        for first in range(start, len(tokens), CHUNK):
            logits = self._chunk(row, tokens[first : first + CHUNK], first, every=False)
        last: Floats = logits[-1]
        return last

    def _chunk(self, row: int, part: NDArray[np.int64], first: int, *, every: bool) -> Floats:
        """Read some tokens of a row, the first of them at a place of the context."""
        feed = _Feed(self, slice(row, row + 1), len(part), len(part) if every else 1)
        feed.tokens[0] = part
        feed.positions[0] = np.arange(first, first + len(part))
        feed.at[0, :, 0] = np.arange(len(part)) if every else len(part) - 1
        feed.run(np.array([first + len(part) - 1], np.int32))
        self.lengths[row] = first + len(part)
        found: Floats = feed.logits[0]
        return found

    def _room(self, rows: int) -> NDArray[Any]:
        """Set memory aside; the system gives it a page at a time, as it is written."""
        f = self.facts
        shape = (f.layers, 2, rows, f.heads, f.context + 1, f.head_width)
        return np.zeros(shape, self._kept)

    def _copy(self, row: int, source: int, count: int) -> None:
        self.cache[:, :, row, :, :count] = self.cache[:, :, source, :, :count]
        self.lengths[row] = count

    def _checked(self, prompt: Tokens) -> NDArray[np.int64]:
        tokens = np.asarray(prompt, np.int64)
        if not 1 <= len(tokens) <= self.context:
            raise InputError(f"a prompt has {len(tokens)} tokens; give 1 to {self.context}")
        if tokens.min() < 0 or tokens.max() >= self.facts.tokens:
            strange = tokens[(tokens < 0) | (tokens >= self.facts.tokens)][0]
            raise InputError(f"{strange} is no token of the model; it knows {self.facts.tokens}")
        return tokens

    def _check_row(self, row: int) -> None:
        if not 0 <= row < self.rows:
            raise InputError(f"row {row} is none of the {self.rows} under way")


class _Feed:
    """Some rows of the cache and arrays for a run's inputs and logits, bound to the session."""

    def __init__(self, runtime: Runtime, rows: slice, length: int, wanted: int) -> None:
        cache = runtime.cache[:, :, rows]
        B = cache.shape[2]
        self._session = runtime._session
        self.rows = rows
        self.tokens = np.zeros((B, length), np.int64)
        self.positions = np.zeros((B, length), np.int64)
        self.at = np.zeros((B, wanted, 1), np.int64)
        self.logits: Floats = np.zeros((B, wanted, runtime.facts.tokens), np.float32)
        self._lengths = np.zeros(B, np.int32)
        self._total = np.zeros(1, np.int32)
        self._cache = runtime.cache  # bound by its address: kept as long as this is
        self._binding = self._session.io_binding()
        for name, array in (
            ("tokens", self.tokens), ("positions", self.positions), ("at", self.at),
            ("lengths", self._lengths), ("total", self._total),
        ):  # fmt: skip
            self._binding.bind_input(*_bound(name, array))
        self._binding.bind_output(*_bound("logits", self.logits))
        for layer in range(runtime.facts.layers):
            for side, kind in enumerate(("key", "value")):
                part = cache[layer, side]
                self._binding.bind_input(*_bound(f"past_{kind}_{layer}", part))
                self._binding.bind_output(*_bound(f"{kind}_{layer}", part))

    def run(self, lengths: NDArray[np.int32]) -> None:
        """Run the model once; lengths are the places of the rows' last tokens."""
        self._lengths[:] = lengths
        self._total[0] = lengths.max() + 1
        self._session.run_with_iobinding(self._binding)


def _bound(name: str, array: NDArray[Any]) -> tuple[str, str, int, Any, tuple[int, ...], int]:
    return name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data


def _common(a: NDArray[np.int64], b: NDArray[np.int64]) -> int:
    """Return how many tokens two sequences begin with in common."""
    least = min(len(a), len(b))
    differing = np.flatnonzero(a[:least] != b[:least])
    return int(differing[0]) if len(differing) else least
