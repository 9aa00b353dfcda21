"""The mixer at work: strips in their order, their sum, and the bus, block by block."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import BLOCK, AudioStream, AudioWriter, Samples
from tapeloom.core.files import file_name
from tapeloom.core.product import Stems
from tapeloom.core.seed import stream
from tapeloom.dsp.level import gain_to_db
from tapeloom.dsp.spectrum import Spectrum
from tapeloom.studio.chain import Line
from tapeloom.studio.console import Channel, MixSettings, Vinyl
from tapeloom.studio.effects import Gain
from tapeloom.studio.lanes import Lane, run_lanes
from tapeloom.studio.routing import Node, keys_of, plan
from tapeloom.studio.strips import NOTHING, Queue, Strip, Taps, channel_chain, total

_VINYL_FADE_S = (0.8, 2.5)  # the needle goes down and up softly


@dataclass(frozen=True, slots=True)
class Levels:
    """What a pass is made with: found by measuring, and by the passes before."""

    gains_db: Mapping[str, float]  # of each channel, up to its loudness
    trim_db: float = 0.0  # of all that reaches the bus, so that the premix has room
    bus_input_db: float = 0.0
    bus_output_db: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a pass measured."""

    premix_lufs: float
    premix_peak_dbfs: float
    stem_peak_dbfs: float
    mix_peak_dbfs: float
    mix_steps: NDArray[np.float64]  # K-weighted mean squares of every 10 ms of the mix
    mix_spectrum: Spectrum


@dataclass(frozen=True, slots=True)
class Part:
    """A strip that is written to stems/."""

    name: str
    role: str
    file: str  # below stems/
    reaches_bus: bool  # the sum of those that do is the premix


class Desk:
    """All strips, set up for one pass."""

    def __init__(
        self,
        stems: Stems,
        settings: MixSettings,
        levels: Levels,
        *,
        kick_onsets_s: Sequence[float],
        seed: int,
    ) -> None:
        self._rate, self._frames = stems.rate, stems.frames
        nodes = plan(settings)
        sources = {stem.name: stem.audio for stem in stems.stems}
        self._strips: dict[str, Strip] = {}
        for node in nodes:
            if isinstance(node.strip, Channel):
                gain_db = levels.gains_db[node.strip.name]
                chain = channel_chain(node.strip, gain_db, kick_onsets_s)
                blocks = Stereo(sources[node.strip.name]).blocks()
                self._strips[node.strip.name] = Strip(
                    node, chain, rate=self._rate, trim_db=levels.trim_db, stem=blocks
                )
            else:
                self._strips[node.strip.name] = Strip(
                    node, node.strip.effects, rate=self._rate, trim_db=levels.trim_db
                )
        self.parts = _parts(nodes, {stem.name: stem.role for stem in stems.stems}, settings)
        self._surface: Iterator[Samples] = iter(())
        if settings.vinyl is not None:
            level_db = -levels.bus_input_db
            self._surface = _surface(settings.vinyl, self._rate, self._frames, seed, level_db)
        self._bus_keys = keys_of(settings.bus)
        self._bus = Line(
            (
                Gain(levels.bus_input_db),
                *settings.bus,
                Gain(levels.bus_output_db),
            ),
            rate=self._rate,
            channels=2,
        )

    def run(self, folder: Path, pool: ThreadPoolExecutor, say: Callable[[float], None]) -> Reading:
        """Write all files and return what was measured on the way."""
        with ExitStack() as files:

            def create(path: Path) -> _File:
                path.parent.mkdir(parents=True, exist_ok=True)
                writer = AudioWriter(path, rate=self._rate, channels=2)
                return _File(files.enter_context(writer))

            written = {part.name: create(folder / "stems" / part.file) for part in self.parts}
            premix_file, mix_file = create(folder / "premix.flac"), create(folder / "mix.flac")
            premix = _Sum(
                [part.name for part in self.parts if part.reaches_bus], premix_file, self._rate
            )
            bus = _Bus(self._bus, self._bus_keys, mix_file, self._rate)
            lanes = [
                Lane(name, strip.needs, _strip_work(strip, written[name]))
                for name, strip in self._strips.items()
            ]
            lanes += [
                Lane(part.name, (), _surface_work(self._surface, written[part.name]))
                for part in self.parts
                if part.name not in self._strips
            ]
            lanes.append(Lane(_PREMIX, premix.needs, premix.work))
            lanes.append(Lane(_MIX, (_PREMIX, *self._bus_keys), bus.work))
            run_lanes(lanes, -(-self._frames // BLOCK) + 1, pool, say)
        return Reading(
            premix_lufs=premix.meter.read().integrated_lufs,
            premix_peak_dbfs=gain_to_db(premix_file.peak),
            stem_peak_dbfs=gain_to_db(max(file.peak for file in written.values())),
            mix_peak_dbfs=gain_to_db(mix_file.peak),
            mix_steps=bus.meter.steps,
            mix_spectrum=bus.spectrum.read(),
        )


_PREMIX, _MIX = "/premix", "/mix"  # lanes whose names no strip has


class _File:
    """A file and the peak of what was written to it."""

    def __init__(self, writer: AudioWriter) -> None:
        self._writer = writer
        self.peak = 0.0

    def write(self, block: Samples) -> None:
        """Write a block; beyond full scale it is lowered, and the pass is made again, softer."""
        if not block.shape[1]:
            return
        peak = max(float(block.max()), -float(block.min()))
        self.peak = max(self.peak, peak)
        self._writer.write(block if peak <= 1.0 else block / np.float32(peak))


def _strip_work(strip: Strip, file: _File) -> Callable[[Mapping[str, Any], bool], Taps]:
    def work(given: Mapping[str, Any], is_last: bool) -> Taps:
        taps = strip.step(given, is_last=is_last)
        file.write(taps.written)
        return taps

    return work


def _surface_work(
    surface: Iterator[Samples], file: _File
) -> Callable[[Mapping[str, Any], bool], Taps]:
    def work(given: Mapping[str, Any], is_last: bool) -> Taps:
        block = next(surface, NOTHING)
        file.write(block)
        return Taps(block, block, block)

    return work


class _Sum:
    """All that reaches the bus, added up and measured."""

    def __init__(self, names: Sequence[str], file: _File, rate: int) -> None:
        from tapeloom.dsp.loudness import Meter

        self.needs = tuple(names)
        self.meter = Meter(rate, 2, true_peak=False)
        self._waiting = {name: Queue() for name in names}
        self._file = file

    def work(self, given: Mapping[str, Any], is_last: bool) -> Samples:
        for name, queue in self._waiting.items():
            queue.put(given[name].written)
        ready = min(len(queue) for queue in self._waiting.values())
        block = total([queue.take(ready) for queue in self._waiting.values()])
        self.meter.push(block)
        self._file.write(block)
        return block


class _Bus:
    """The chain of the bus with its side-chains."""

    def __init__(self, line: Line, keys: Sequence[str], file: _File, rate: int) -> None:
        from tapeloom.dsp.loudness import Meter
        from tapeloom.dsp.spectrum import SpectrumMeter

        self._line, self._file = line, file
        self.meter = Meter(rate, 2, true_peak=False)
        self.spectrum = SpectrumMeter(rate, 2)
        self._premix = Queue()
        self._keys = {key: Queue() for key in keys}

    def work(self, given: Mapping[str, Any], is_last: bool) -> None:
        self._premix.put(given[_PREMIX])
        for key, queue in self._keys.items():
            queue.put(given[key].pre)
        ready = min(len(queue) for queue in (self._premix, *self._keys.values()))
        heard = {key: queue.take(ready) for key, queue in self._keys.items()}
        self._write(self._line.push(self._premix.take(ready), heard))
        if is_last:
            self._write(self._line.finish())

    def _write(self, block: Samples) -> None:
        self._file.write(block)
        self.meter.push(block)
        self.spectrum.push(block)


def _parts(
    nodes: Sequence[Node], roles: Mapping[str, str], settings: MixSettings
) -> tuple[Part, ...]:
    """Return what is written: the channels in their order, the surface, groups and returns."""
    routed = {node.strip.name: node for node in nodes}
    order = [strip.name for strip in settings.strips() if strip.name in routed]
    group_names = {group.name for group in settings.groups}
    for name in order:  # members come before their group: a nested one takes its members' role
        if name in group_names:
            members = [feed.source for feed in routed[name].feeds if feed.source in roles]
            roles = {**roles, name: roles[members[0]] if members else "other"}
    taken: set[str] = set()
    parts = []
    for name in order:
        way, parent = [name], routed[name].parent
        while parent is not None:
            way.append(parent)
            parent = routed[parent].parent
        file = "/".join(file_name(step) for step in reversed(way))
        while file.lower() in taken:
            file += "_"
        taken.add(file.lower())
        reaches = routed[name].parent is None
        parts.append(Part(name, roles.get(name, "texture"), f"{file}.flac", reaches))
    if settings.vinyl is not None:
        name = "vinyl" if settings.vinyl.crackle_per_s or settings.vinyl.pops_per_s else "hiss"
        while name.lower() in taken or name in routed:
            name += "_"
        parts.insert(len(roles), Part(name, "texture", f"{name}.flac", True))
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Stereo:
    """A stream with two channels, whatever it has."""

    audio: AudioStream

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self.audio.rate

    @property
    def channels(self) -> int:
        """Two."""
        return 2

    @property
    def frames(self) -> int:
        """Samples a channel."""
        return self.audio.frames

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
        """Yield (2, at most `size`) arrays."""
        for block in self.audio.blocks(size):
            yield np.repeat(block, 2, axis=0) if len(block) == 1 else block


def _surface(vinyl: Vinyl, rate: int, frames: int, seed: int, level_db: float) -> Iterator[Samples]:
    from tapeloom.dsp.vinyl import VinylNoise

    noise = VinylNoise(
        rate,
        rng=stream(seed, "vinyl"),
        crackle_per_s=vinyl.crackle_per_s,
        crackle_db=vinyl.crackle_db + level_db,
        pops_per_s=vinyl.pops_per_s,
        hiss_db=vinyl.hiss_db + level_db,
        rumble_db=vinyl.rumble_db + level_db,
    )
    fade_in, fade_out = (max(1.0, seconds * rate) for seconds in _VINYL_FADE_S)
    for start in range(0, frames, BLOCK):
        at = np.arange(start, min(start + BLOCK, frames))
        fade = np.minimum(1.0, np.minimum(at / fade_in, (frames - at) / fade_out))
        yield np.asarray(noise.take(at.size) * fade * fade, np.float32)
