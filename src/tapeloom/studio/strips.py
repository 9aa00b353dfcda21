"""Strips at work: a chain, a fader and a place, fed by a stem or by other strips."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.dsp.level import db_to_gain
from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.chain import Chain, Effect, Line
from tapeloom.studio.console import Channel, Setting
from tapeloom.studio.effects import Band, Duck, Equalizer, Filter, Gain, Pan, Ride, Width
from tapeloom.studio.routing import Feed, Node

NOTHING = np.zeros((2, 0), np.float32)


def channel_chain(channel: Channel, gain_db: float, kick_onsets_s: Sequence[float]) -> Chain:
    """Return what a channel's sound passes before its fader."""
    chain: list[Effect] = [Gain(gain_db)]
    steady = []
    for kind, cutoff_hz in (
        ("high_pass", channel.high_pass_hz),
        ("low_pass", channel.low_pass_hz),
    ):
        if isinstance(cutoff_hz, Curve):
            chain.append(Automated(Filter(kind, cutoff_hz.at(0.0)), (("cutoff_hz", cutoff_hz),)))
        elif cutoff_hz > 0.0:
            steady.append(Band(kind, cutoff_hz))
    if steady:
        chain.append(Equalizer(tuple(steady)))
    chain.extend(channel.effects)
    if channel.duck_db > 0.0 and len(kick_onsets_s):
        chain.append(Duck(tuple(float(onset) for onset in kick_onsets_s), channel.duck_db))
    if channel.mono_below_hz > 0.0:
        chain.append(Width(mono_below_hz=channel.mono_below_hz))
    return tuple(chain)


def fader_chain(faders_db: Iterable[Setting], pan: Setting) -> Chain:
    """Return what a strip's sound passes from its fader on; nothing where all stand at 0."""
    still_db = 0.0
    chain: list[Effect] = []
    for fader_db in faders_db:
        if isinstance(fader_db, Curve):
            chain.append(Ride(fader_db))
        else:
            still_db += fader_db
    if still_db:
        chain.append(Gain(still_db))
    if isinstance(pan, Curve):
        chain.append(Automated(Pan(), (("pan", pan),)))
    elif pan:
        chain.append(Pan(pan))
    return tuple(chain)


@dataclass(frozen=True, slots=True)
class Taps:
    """A strip's sound before and behind its fader, and as it is written; in time with the stems."""

    pre: Samples
    post: Samples
    written: Samples  # at the level of the premix


class Strip:
    """A strip at work. Its feeds may be held back by different lengths; it waits for the last.

    trim_db  from the level that its effects are set for to that of the premix
    stem     the blocks of a channel; None: what the feeds give is summed
    """

    def __init__(
        self,
        node: Node,
        chain: Chain,
        *,
        rate: int,
        trim_db: float,
        stem: Iterator[Samples] | None = None,
    ) -> None:
        self.node = node
        self._trim = np.float32(db_to_gain(trim_db))
        self._stem = stem
        self._line = Line(chain, rate=rate, channels=2)
        self._fader = Line(fader_chain(node.faders_db, node.strip.pan), rate=rate, channels=2)
        self._sends = [_Send(feed, rate) for feed in node.feeds]
        self._waiting = [Queue() for _ in (*node.feeds, *((stem,) if stem else ()))]
        self._keys = {key: Queue() for key in node.keys}

    @property
    def needs(self) -> tuple[str, ...]:
        """The strips whose next taps this one takes."""
        return (*(feed.source for feed in self.node.feeds), *self.node.keys)

    def step(self, taps: Mapping[str, Taps], *, is_last: bool) -> Taps:
        """Take the next taps of all feeds and side-chains and return this strip's.

        is_last  the stems have ended, and the others have given all that they held back
        """
        pieces = [send.take(taps[send.source]) for send in self._sends]
        if self._stem is not None:
            pieces.append(next(self._stem, NOTHING))
        for queue, piece in zip(self._waiting, pieces, strict=True):
            queue.put(piece)
        for key, queue in self._keys.items():
            queue.put(taps[key].pre)
        ready = min(len(queue) for queue in (*self._waiting, *self._keys.values()))
        block = total([queue.take(ready) for queue in self._waiting])
        heard = {key: queue.take(ready) for key, queue in self._keys.items()}
        pre = self._line.push(block, heard)
        if is_last:
            pre = np.concatenate((pre, self._line.finish()), axis=1)
        post = self._fader.push(pre)
        return Taps(pre, post, post * self._trim)


class _Send:
    """What a strip takes from another, at its level."""

    def __init__(self, feed: Feed, rate: int) -> None:
        self.source, self._pre_fader = feed.source, feed.pre_fader
        self._line: Line | None = None
        self._gain = np.float32(1.0)
        if isinstance(feed.level_db, Curve):
            self._line = Line(fader_chain((feed.level_db,), 0.0), rate=rate, channels=2)
        else:
            self._gain = np.float32(db_to_gain(feed.level_db))

    def take(self, taps: Taps) -> Samples:
        sound = taps.pre if self._pre_fader else taps.post
        if self._line is not None:
            return self._line.push(sound)
        return sound if self._gain == 1.0 else sound * self._gain


class Queue:
    """Samples that wait for others of the same time."""

    def __init__(self) -> None:
        self._held = NOTHING

    def __len__(self) -> int:
        return self._held.shape[1]

    def put(self, block: Samples) -> None:
        """Add samples at the end."""
        self._held = np.concatenate((self._held, block), axis=1) if len(self) else block

    def take(self, frames: int) -> Samples:
        """Return the first samples and let go of them."""
        taken, self._held = self._held[:, :frames], self._held[:, frames:]
        return taken


def total(blocks: Sequence[Samples]) -> Samples:
    """Return the sum of blocks of one length."""
    if len(blocks) == 1:
        return blocks[0]
    summed = np.zeros(blocks[0].shape, np.float32)
    for block in blocks:
        summed += block
    return summed
