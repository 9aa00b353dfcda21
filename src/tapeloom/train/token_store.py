"""Songs as tokens on disk: what a data set hands to the training of a transformer.

    FOLDER/vocabulary.json                             size, digest, pad, bar, sources
    FOLDER/train/{tokens,starts,weights,sources}.npy   and the same for validation/

The tokens lie end to end and are mapped, not read: a corpus need not fit in memory.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json, replacing, write_json

SPLITS = ("train", "validation")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What training has to know of the vocabulary that the tokens are of."""

    size: int  # tokens are 0 .. size - 1
    digest: str  # of the vocabulary's table, hexadecimal: a model runs with this one only
    pad: int  # fills what is left of a row
    bar: int  # begins a bar; what stands before the first one is the header


@dataclass(frozen=True, slots=True)
class TokenStore:
    """Sequences of tokens, end to end.

    >>> store = TokenStore.of([[1, 4, 7], [1, 4]], Vocabulary(8, "", pad=0, bar=4))
    >>> len(store), store[1].tolist(), store.lengths.tolist()
    (2, [1, 4], [3, 2])
    """

    tokens: NDArray[np.int16]  # all sequences, shape (N,)
    starts: NDArray[np.int64]  # of each sequence, and the end of the last, shape (n + 1,)
    weights: NDArray[np.float32]  # how often a token of it is drawn, relative to 1, shape (n,)
    sources: NDArray[np.int16]  # index into source_names, shape (n,)
    source_names: tuple[str, ...]
    vocabulary: Vocabulary

    def __post_init__(self) -> None:
        n = len(self.starts) - 1
        if n < 0 or self.starts[0] != 0 or self.starts[-1] != len(self.tokens):
            raise InputError("starts of a token store must lead from 0 to the number of tokens")
        if (np.diff(self.starts) < 2).any():
            raise InputError("a sequence of a token store has under 2 tokens; leave it out")
        if len(self.weights) != n or len(self.sources) != n:
            raise InputError(
                f"a token store has {n} sequences, {len(self.weights)} weights and "
                f"{len(self.sources)} sources; there must be as many of each"
            )
        if n and not (self.weights >= 0).all():
            raise InputError("a weight of a token store is negative or no number")
        if n and not 0 <= self.sources.min() <= self.sources.max() < len(self.source_names):
            raise InputError("a source of a token store has no name")

    @classmethod
    def of(
        cls,
        sequences: Iterable[Any],
        vocabulary: Vocabulary,
        *,
        weights: Any = None,
        sources: Any = None,
        source_names: tuple[str, ...] = ("all",),
    ) -> "TokenStore":
        """Put sequences of token numbers together."""
        arrays = [np.asarray(sequence, np.int16) for sequence in sequences]
        n = len(arrays)
        return cls(
            np.concatenate(arrays) if arrays else np.zeros(0, np.int16),
            np.cumsum([0, *(len(array) for array in arrays)], dtype=np.int64),
            np.ones(n, np.float32) if weights is None else np.asarray(weights, np.float32),
            np.zeros(n, np.int16) if sources is None else np.asarray(sources, np.int16),
            source_names,
            vocabulary,
        )

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> NDArray[np.int16]:
        return self.tokens[self.starts[number] : self.starts[number + 1]]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Return the tokens of each sequence, shape (n,)."""
        return np.diff(self.starts)

    def save(self, folder: Path, split: str) -> None:
        """Write one split into a folder; the splits of a folder share vocabulary and sources."""
        place = folder / split
        place.mkdir(parents=True, exist_ok=True)
        write_json(
            folder / "vocabulary.json", {**asdict(self.vocabulary), "sources": self.source_names}
        )
        for name in ("tokens", "starts", "weights", "sources"):
            with replacing(place / f"{name}.npy") as temporary:
                np.save(temporary, getattr(self, name), allow_pickle=False)

    @staticmethod
    def stream(
        parts: Iterable[NDArray[np.int16]], folder: Path, split: str, *, vocabulary: Vocabulary,
        lengths: NDArray[np.int64], weights: Any, sources: Any, source_names: tuple[str, ...],
    ) -> None:  # fmt: skip
        """Write one split whose tokens come in parts: no more than one is in memory at a time.

        lengths  tokens of each sequence, shape (n,); the parts hold them end to end
        """
        frame = TokenStore(
            np.zeros(0, np.int16), np.zeros(1, np.int64), np.zeros(0, np.float32),
            np.zeros(0, np.int16), source_names, vocabulary,
        )  # fmt: skip
        frame.save(folder, split)
        place, starts = folder / split, np.cumsum([0, *lengths], dtype=np.int64)
        with replacing(place / "tokens.npy") as temporary:
            shape = (int(starts[-1]),)
            table = np.lib.format.open_memmap(temporary, "w+", np.int16, shape)
            at = 0
            for part in parts:
                if at + len(part) > len(table):
                    raise InputError(f"the parts of {split} have more tokens than their lengths")
                table[at : at + len(part)] = part
                at += len(part)
            if at != len(table):
                raise InputError(f"the parts of {split} have {at} of {len(table)} tokens")
            table.flush()
            del table
        for name, array in (
            ("starts", starts), ("weights", np.asarray(weights, np.float32)),
            ("sources", np.asarray(sources, np.int16)),
        ):  # fmt: skip
            with replacing(place / f"{name}.npy") as temporary, temporary.open("wb") as file:
                np.save(file, array, allow_pickle=False)
        TokenStore.load(folder, split)  # says what is wrong, if anything is

    @classmethod
    def load(cls, folder: Path, split: str) -> "TokenStore":
        """Open one split; its tokens stay on the disk until they are used."""
        facts = read_json(folder / "vocabulary.json")
        try:
            names = tuple(str(name) for name in facts.pop("sources"))
            vocabulary = Vocabulary(**facts)
            tokens, starts, weights, sources = (
                np.load(
                    folder / split / f"{name}.npy",
                    mmap_mode="r" if name == "tokens" else None,
                    allow_pickle=False,
                )
                for name in ("tokens", "starts", "weights", "sources")
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise InputError(
                f"{folder / split} is no token store that can be read: {error}; make it anew"
            ) from error
        return cls(tokens, starts, weights, sources, names, vocabulary)
