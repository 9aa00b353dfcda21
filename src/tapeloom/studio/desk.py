"""The mixer at work: strips side by side, their sum, the room, and the bus."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tapeloom.core.audio import BLOCK, AudioStream, AudioWriter, Samples
from tapeloom.core.product import Stems
from tapeloom.core.seed import stream
from tapeloom.dsp.level import db_to_gain, gain_to_db
from tapeloom.studio.balance import Channel, MixSettings, Vinyl
from tapeloom.studio.chain import Chain, Effect, Line, ahead, run
from tapeloom.studio.effects import Band, Duck, Equalizer, Gain, Pan, Width

_VINYL_FADE_S = (0.8, 2.5)  # the needle goes down and up softly


@dataclass(frozen=True, slots=True)
class Reading:
    """What a pass measured."""

    premix_lufs: float
    premix_peak_dbfs: float
    stem_peak_dbfs: float
    mix_peak_dbfs: float


class Desk:
    """All strips, set up for one pass."""

    def __init__(
        self,
        stems: Stems,
        channels: Sequence[Channel],
        settings: MixSettings,
        *,
        gains_db: Sequence[float],
        bus_input_db: float,
        bus_output_db: float,
        kick_onsets_s: Sequence[float],
        seed: int,
    ) -> None:
        self._rate, self._frames = stems.rate, stems.frames
        self.names = [(stem.name, stem.role) for stem in stems.stems]
        self._sources: list[Iterator[Samples]] = []
        self._sends: list[float] = []
        for stem, channel, gain_db in zip(stems.stems, channels, gains_db, strict=True):
            self._sources.append(run(strip(channel, gain_db, kick_onsets_s), _Stereo(stem.audio)))
            send_db = channel.reverb_send_db
            self._sends.append(0.0 if send_db is None else db_to_gain(send_db))
        if settings.vinyl is not None:
            self._sources.append(
                _surface(settings.vinyl, self._rate, self._frames, seed, -bus_input_db)
            )
            self._sends.append(0.0)
            self.names.append((self._free("vinyl"), "texture"))
        self._room: Line | None = None
        if any(self._sends):
            self._room = Line((settings.reverb,), rate=self._rate, channels=2)
            self.names.append((self._free("reverb"), "texture"))
        bus: Chain = (Gain(bus_input_db), *settings.bus, Gain(bus_output_db))
        self._bus = Line(bus, rate=self._rate, channels=2)

    def _free(self, name: str) -> str:
        """Return the name, with underscores where a stem already has it."""
        while any(name == taken for taken, _ in self.names):
            name += "_"
        return name

    def run(self, folder: Path, pool: ThreadPoolExecutor, say: Callable[[float], None]) -> Reading:
        """Write all files and return what was measured on the way."""
        from tapeloom.dsp.loudness import Meter

        meter = Meter(self._rate, 2, true_peak=False)
        stem_peak = premix_peak = mix_peak = 0.0
        with ExitStack() as files:

            def create(path: Path) -> AudioWriter:
                return files.enter_context(AudioWriter(path, rate=self._rate, channels=2))

            writers = [create(folder / "stems" / f"{name}.flac") for name, _ in self.names]
            premix_file, mix_file = create(folder / "premix.flac"), create(folder / "mix.flac")
            # Three lanes: the strips, the room behind them, and the bus behind that.
            summed = ahead(self._summed(self._strips(writers, pool), writers[-1]))
            done = 0
            for premix, peak in summed:
                stem_peak = max(stem_peak, peak)
                meter.push(premix)
                premix_peak = max(premix_peak, _write(premix_file, premix))
                mix_peak = max(mix_peak, _write(mix_file, self._bus.push(premix)))
                done += premix.shape[1]
                say(done / self._frames)
            mix_peak = max(mix_peak, _write(mix_file, self._bus.finish()))
        return Reading(
            premix_lufs=meter.read().integrated_lufs,
            premix_peak_dbfs=gain_to_db(premix_peak),
            stem_peak_dbfs=gain_to_db(stem_peak),
            mix_peak_dbfs=gain_to_db(mix_peak),
        )

    def _strips(
        self, writers: Sequence[AudioWriter], pool: ThreadPoolExecutor
    ) -> Iterator[tuple[list[Samples], float]]:
        """Yield the blocks of all strips, written, with their highest peak."""

        def advance(index: int) -> tuple[Samples, float]:
            block = next(self._sources[index])
            return block, _write(writers[index], block)

        def start() -> list[Future[tuple[Samples, float]]]:
            return [pool.submit(advance, index) for index in range(len(self._sources))]

        count = -(-self._frames // BLOCK)
        pending = start() if count else []
        for index in range(count):
            done = [future.result() for future in pending]
            pending = start() if index + 1 < count else []
            yield [block for block, _ in done], max(peak for _, peak in done)

    def _summed(
        self, strips: Iterator[tuple[list[Samples], float]], room_file: AudioWriter
    ) -> Iterator[tuple[Samples, float]]:
        """Add the room and yield the premix, with the highest peak of what it is made of."""
        for blocks, strip_peak in strips:
            room_peak = 0.0
            if self._room is not None:
                wet = self._room.push(_sum(blocks, self._sends))
                room_peak = _write(room_file, wet)
                blocks.append(wet)
            yield _sum(blocks, [1.0] * len(blocks)), max(strip_peak, room_peak)


def strip(channel: Channel, gain_db: float, kick_onsets_s: Sequence[float]) -> Chain:
    """Return a channel's whole chain, from its gain to its pan."""
    cuts = []
    if channel.high_pass_hz > 0.0:
        cuts.append(Band("high_pass", channel.high_pass_hz))
    if channel.low_pass_hz > 0.0:
        cuts.append(Band("low_pass", channel.low_pass_hz))
    chain: list[Effect] = [Gain(gain_db)]
    if cuts:
        chain.append(Equalizer(tuple(cuts)))
    chain.extend(channel.effects)
    if channel.duck_db > 0.0 and len(kick_onsets_s):
        chain.append(Duck(tuple(float(onset) for onset in kick_onsets_s), channel.duck_db))
    if channel.mono_below_hz > 0.0:
        chain.append(Width(mono_below_hz=channel.mono_below_hz))
    if channel.pan:
        chain.append(Pan(channel.pan))
    return tuple(chain)


@dataclass(frozen=True, slots=True)
class _Stereo:
    """A stream with two channels, whatever it has."""

    audio: AudioStream

    @property
    def rate(self) -> int:
        return self.audio.rate

    @property
    def channels(self) -> int:
        return 2

    @property
    def frames(self) -> int:
        return self.audio.frames

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
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


def _sum(blocks: Sequence[Samples], gains: Sequence[float]) -> Samples:
    total = np.zeros(blocks[0].shape, np.float32)
    for block, gain in zip(blocks, gains, strict=True):
        if gain:
            total += block if gain == 1.0 else block * np.float32(gain)
    return total


def _write(file: AudioWriter, block: Samples) -> float:
    """Write a block and return its peak; beyond full scale the pass is made again, softer."""
    peak = max(float(block.max(initial=0.0)), -float(block.min(initial=0.0)))
    file.write(block if peak <= 1.0 else block / np.float32(peak))
    return peak
