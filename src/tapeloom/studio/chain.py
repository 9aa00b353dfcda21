"""Effects in a row: blocks flow through, latency is taken out again."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import numpy as np

from tapeloom.core.audio import BLOCK, Audio, AudioStream, Samples
from tapeloom.core.errors import InputError

Item = TypeVar("Item")


class Process(Protocol):
    """An effect at work: the state between two blocks."""

    @property
    def latency(self) -> int:
        """By how many samples the output is late."""

    def process(self, block: Samples) -> Samples:
        """Return the next block, of the same shape."""

    def retune(self, effect: Any) -> None:
        """Take other settings of the same effect from here on, keeping the state.

        InputError where they cannot change in the middle of a stream (the latency, say).
        """

    def hear(self, block: Samples) -> None:
        """Take the side-chain that goes with the next block; where there is none, do nothing."""


class Effect(Protocol):
    """An effect's settings: a frozen, slotted dataclass that compares and hashes as a value.

    One that listens to a side-chain has a field `key`: the name of the channel, or None for its
    own sound.
    """

    __slots__ = ()

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work, with a fresh state."""

    def __call__(self, audio: Audio) -> Audio:
        """Return whole audio with the effect on it, as long as before and in time."""
        return apply((self,), audio)


Chain = tuple[Effect, ...]
PIECE = 8_192  # samples that pass all effects together: what the processor's cache holds


class _Stage:
    """One process that drops what it is late by."""

    def __init__(self, process: Process, key: str | None) -> None:
        self._process, self._key = process, key
        self._late = process.latency  # samples at the beginning that are still to be dropped
        self._heard: Samples | None = None  # of the side-chain, from where this stage stands

    def hear(self, keys: Mapping[str, Samples]) -> None:
        """Queue the side-chain's next block; it waits while stages before this one are late."""
        if self._key is None or (block := keys.get(self._key)) is None:
            return
        heard = self._heard
        self._heard = block if heard is None else np.concatenate((heard, block), axis=1)

    def retune(self, effect: Effect) -> None:
        self._process.retune(effect)

    def push(self, block: Samples) -> Samples:
        frames = block.shape[1]
        if not frames:
            return block
        if self._heard is not None:
            heard, self._heard = self._heard[:, :frames], self._heard[:, frames:]
            short = frames - heard.shape[1]  # the tail, behind the side-chain's end
            self._process.hear(np.pad(heard, ((0, 0), (0, short))) if short else heard)
        block = self._process.process(block)
        dropped = min(self._late, block.shape[1])
        self._late -= dropped
        return block[:, dropped:]


class Line:
    """A chain at work on blocks that are pushed in; what comes out is in time with what went in.

    Each effect's latency is taken out behind it, so that a later one which keeps time (a duck)
    keeps the record's time.
    """

    def __init__(self, chain: Chain, *, rate: int, channels: int) -> None:
        processes = [effect.open(rate, channels) for effect in chain]
        self._stages = [
            _Stage(process, getattr(effect, "key", None))
            for effect, process in zip(chain, processes, strict=True)
        ]
        self._latencies = [process.latency for process in processes]
        self._chain, self._channels = chain, channels
        self._began = False

    @property
    def latency(self) -> int:
        """How many samples are held back until `finish`."""
        return sum(self._latencies)

    def retune(self, chain: Chain) -> None:
        """Take other settings of the same effects from here on."""
        if [type(effect) for effect in chain] != [type(effect) for effect in self._chain]:
            raise InputError("the effects of a chain cannot change in the middle of a stream")
        for stage, effect, before in zip(self._stages, chain, self._chain, strict=True):
            if effect != before:
                stage.retune(effect)
        self._chain = chain

    def push(self, block: Samples, keys: Mapping[str, Samples] | None = None) -> Samples:
        """Return what is ready: shorter than the block at the beginning.

        keys  side-chains by name, in time with the block: what an effect with this `key` hears
        """
        if not block.shape[1]:
            return block
        self._began = True
        for stage in self._stages:
            stage.hear(keys or {})
        pieces = []
        for start in range(0, block.shape[1], PIECE):
            piece = block[:, start : start + PIECE]
            for stage in self._stages:
                piece = stage.push(piece)
            pieces.append(piece)
        return np.concatenate(pieces, axis=1) if len(pieces) > 1 else pieces[0]

    def finish(self) -> Samples:
        """Return the last samples, which the latencies held back."""
        tail = np.zeros((self._channels, 0), np.float32)
        if not self._began:
            return tail
        for stage, latency in zip(self._stages, self._latencies, strict=True):
            silence = np.zeros((self._channels, latency), np.float32)
            tail = stage.push(np.concatenate((tail, silence), axis=1))
        return tail


def run(chain: Chain, audio: AudioStream, *, size: int = BLOCK) -> Iterator[Samples]:
    """Yield a stream's blocks of `size` (the last may be shorter) after a chain, in time."""
    blocks = audio.blocks(size)
    return through(chain, blocks, rate=audio.rate, channels=audio.channels, size=size)


def through(
    chain: Chain, blocks: Iterator[Samples], *, rate: int, channels: int, size: int = BLOCK
) -> Iterator[Samples]:
    """Yield blocks of any lengths as blocks of `size` after a chain, in time."""
    line = Line(chain, rate=rate, channels=channels)

    def processed() -> Iterator[Samples]:
        for block in blocks:
            yield line.push(block)
        yield line.finish()

    return rebatch(processed(), size)


def rebatch(blocks: Iterable[Samples], size: int) -> Iterator[Samples]:
    """Cut blocks of any lengths into blocks of `size`; the last may be shorter."""
    held: Samples | None = None
    for block in blocks:
        held = block if held is None or not held.shape[1] else np.concatenate((held, block), axis=1)
        start = 0
        while held.shape[1] - start >= size:
            yield held[:, start : start + size]
            start += size
        held = held[:, start:]
    if held is not None and held.shape[1]:
        yield held


def ahead(items: Iterator[Item], *, depth: int = 2) -> Iterator[Item]:
    """Yield the same items, made by a thread that works up to `depth` of them ahead."""
    with ThreadPoolExecutor(1) as worker:
        pending = deque(worker.submit(next, items, None) for _ in range(depth))
        while (item := pending.popleft().result()) is not None:
            pending.append(worker.submit(next, items, None))
            yield item


def apply(chain: Chain, audio: Audio) -> Audio:
    """Return whole audio after a chain."""
    blocks = list(run(chain, audio))
    return Audio(np.concatenate(blocks, axis=1), audio.rate) if blocks else audio
