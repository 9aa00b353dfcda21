"""A mix to a master: tone, density, loudness and true peak, measured as they are written.

Three passes over the stream, in constant memory: measure the mix; shape it and put it aside; bring
it to its loudness under the limiter while what is written is metered. The last pass is made again
while it is off by more than TOLERANCE_LU or its true peak lies over the ceiling.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from tapeloom.core.audio import AudioFile, AudioStream, AudioWriter, Samples
from tapeloom.core.errors import InputError
from tapeloom.core.product import Loudness, Master
from tapeloom.core.seed import stream
from tapeloom.studio.chain import ahead
from tapeloom.studio.presets import MasterSettings
from tapeloom.studio.profile import Profile, measure_profile
from tapeloom.studio.settling import Settling
from tapeloom.studio.shaping import Shape, shaped

PASSES = 7

Write = Callable[[Iterator[Samples]], Loudness]


def draw_master(*, rng: np.random.Generator, brightness: float) -> MasterSettings:
    """Draw how a record is mastered: -14 LUFS and -1 dBTP, its tone by its brightness (0..1).

    >>> settings = draw_master(rng=np.random.default_rng(1), brightness=0.5)
    >>> settings.target_lufs, settings.ceiling_dbtp, 8000 < settings.high_cut_hz < 14000
    (-14.0, -1.0, True)
    """
    tone, low, high, air, release = rng.uniform(0.0, 1.0, 5)
    return MasterSettings(
        low_cut_hz=28.0 + 10.0 * float(low),
        high_cut_hz=10_000.0 + 2500.0 * brightness + 800.0 * float(high),
        slope_db_per_octave=-6.8 + 1.2 * brightness + 0.4 * float(tone),
        air_db=-0.5 + 1.2 * brightness + 0.4 * float(air),
        release_ms=110.0 + 70.0 * float(release),
    )


def master(
    audio: AudioStream,
    settings: MasterSettings,
    path: Path,
    *,
    tags: Mapping[str, str] | None = None,
    fade_in_s: float = 0.005,
    fade_s: float = 2.0,
    seed: int = 0,
    profile: Profile | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Master:
    """Write the master as FLAC (or WAV) so that the file measures what is asked for.

    fade_in_s  length of the fade at the beginning; the default only keeps it from clicking
    fade_s     length of the fade at the end, at most a tenth of the whole; 0: none
    seed       of the dither, where the settings ask for 16 bits
    profile    of the audio, where it has been measured already
    """

    def write(blocks: Iterator[Samples]) -> Loudness:
        return _write(path, blocks, audio, settings.bits, tags)

    loudness, notes = settle(
        audio, settings, write, folder=path.parent, fades_s=(fade_in_s, fade_s), seed=seed,
        profile=profile, on_progress=on_progress,
    )  # fmt: skip
    return Master(AudioFile.open(path), loudness, notes)


def settle(
    audio: AudioStream,
    settings: MasterSettings,
    write: Write,
    *,
    folder: Path | None,
    fades_s: tuple[float, float] = (0.0, 0.0),
    seed: int = 0,
    profile: Profile | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> tuple[Loudness, tuple[str, ...]]:
    """Have the master written, again until it is what was asked; return its loudness and notes.

    write    takes the blocks of a pass and returns what it measured of them
    folder   for what is put aside; None: in memory
    profile  of the audio, where it has been measured already
    The notes say in sentences what was done, and what could not be reached.
    """
    if not audio.frames:
        raise InputError("there are 0 samples to master; there must be at least 1")
    say = on_progress or (lambda _: None)
    profile = profile or measure_profile(audio, true_peak=False)
    say(0.15)
    with shaped(audio, settings, profile, folder=folder) as shape:
        say(0.35)
        settling = Settling(shape.forecast, settings, clip_over_db=shape.clip_over_db)
        for attempt in range(PASSES):
            loudness = write(_finished(shape, settling, settings, fades_s, seed))
            say(1.0 - 0.65 * 0.4 ** (attempt + 1))
            if settling.is_met(loudness):
                break
        notes = (*shape.notes, *settling.notes(loudness))
    say(1.0)
    return loudness, notes


def _finished(
    shape: Shape,
    settling: Settling,
    settings: MasterSettings,
    fades_s: tuple[float, float],
    seed: int,
) -> Iterator[Samples]:
    """Yield the master as far as it is known."""
    audio = shape.audio
    blocks = settling.blocks(_faded(audio, fades_s), audio.rate, audio.channels)
    if settings.bits == 24:
        return ahead(np.round(block * np.float32(2**23)) * np.float32(2.0**-23) for block in blocks)
    from tapeloom.dsp.dither import Quantiser

    dither = Quantiser(audio.channels, bits=settings.bits, rng=stream(seed, "dither"))
    return ahead(np.asarray(dither.process(block), np.float32) for block in blocks)


def _write(
    path: Path,
    blocks: Iterator[Samples],
    audio: AudioStream,
    bits: int,
    tags: Mapping[str, str] | None,
) -> Loudness:
    """Write blocks and return what a meter reads of them as they are in the file."""
    from tapeloom.dsp.loudness import Meter

    meter = Meter(audio.rate, audio.channels)
    with AudioWriter(
        path, rate=audio.rate, channels=audio.channels, subtype=f"PCM_{bits}", tags=tags
    ) as writer:
        for block in blocks:
            writer.write(block)
            meter.push(block)
    return meter.read()


def _faded(audio: AudioStream, fades_s: tuple[float, float]) -> Iterator[Samples]:
    """Fade the beginning and the end as half a cosine."""
    longest = max(1.0, 0.1 * audio.frames)
    into, out = (min(longest, seconds * audio.rate) for seconds in fades_s)
    start = 0
    for block in audio.blocks():
        end = start + block.shape[1]
        if (into and start < into) or (out and end > audio.frames - out):
            at = np.arange(start, end) + 0.5
            way = np.ones(block.shape[1])
            for length, distance in ((into, at), (out, audio.frames - at)):
                if length:
                    way = np.minimum(way, distance / length)
            yield np.asarray(block * (0.5 - 0.5 * np.cos(np.pi * way)), np.float32)
        else:
            yield block
        start = end
