"""A mix to a master: gentle tone, loudness and true peak to the standards, measured as written.

Gain is found by passes over the stream: the written file itself is metered, and made again while
it is off by more than 0.05 LU or its true peak lies over the ceiling. Nothing is kept in memory.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tapeloom.core.audio import AudioFile, AudioStream, AudioWriter, Samples
from tapeloom.core.errors import InputError
from tapeloom.core.product import Loudness, Master
from tapeloom.studio.chain import ahead, run, through
from tapeloom.studio.effects import Band, Equalizer, Gain, Limiter
from tapeloom.studio.forecast import Forecast

TOLERANCE_LU = 0.05
PASSES = 7
_MARGIN_DB = 0.1  # between the limiter's ceiling and the master's
_FADE_IN_S = 0.005


@dataclass(frozen=True, slots=True)
class MasterSettings:
    """What a master is made to be."""

    target_lufs: float = -14.0
    ceiling_dbtp: float = -1.0
    low_cut_hz: float = 32.0
    high_cut_hz: float = 12_000.0  # 12 dB an octave; 0: none
    slope_db_per_octave: float | None = -6.0  # that 100 Hz to 4 kHz is led towards; None: as it is
    most_tilt_db: float = 3.0  # of either end, however far the slope is off
    air_db: float = 0.0  # a shelf above 6 kHz
    release_ms: float = 140.0


PRESETS: Mapping[str, MasterSettings] = {
    "streaming": MasterSettings(),
    "quiet": MasterSettings(target_lufs=-16.0),
    "broadcast": MasterSettings(target_lufs=-23.0),
    "transparent": MasterSettings(low_cut_hz=20.0, high_cut_hz=0.0, slope_db_per_octave=None),
}


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
    fade_s: float = 2.0,
    on_progress: Callable[[float], None] | None = None,
) -> Master:
    """Write the master as 24-bit FLAC (or WAV) so that the file measures what is asked for.

    fade_s  length of the fade at the end, at most a tenth of the whole; 0: none
    """
    if not audio.frames:
        raise InputError("there are 0 samples to master; there must be at least 1")
    say = on_progress or (lambda _: None)
    search = GainSearch(audio, settings, fade_s=fade_s)
    say(0.3)
    for attempt in range(PASSES):
        loudness = _write(path, search.blocks(), audio, tags)
        say(1.0 - 0.7 * 0.4 ** (attempt + 1))
        if search.is_met(loudness):
            break
    say(1.0)
    return Master(AudioFile.open(path), loudness)


def _write(
    path: Path, blocks: Iterator[Samples], audio: AudioStream, tags: Mapping[str, str] | None
) -> Loudness:
    """Write blocks and return what a meter reads of them as they are in the file."""
    from tapeloom.dsp.loudness import Meter

    meter = Meter(audio.rate, audio.channels)
    with AudioWriter(path, rate=audio.rate, channels=audio.channels, tags=tags) as writer:
        for block in blocks:
            written = np.round(block * np.float32(2**23)) * np.float32(2.0**-23)
            writer.write(written)
            meter.push(written)
    return meter.read()


class GainSearch:
    """The search for the gain: a forecast from the source, then steps by what was measured."""

    def __init__(
        self, audio: AudioStream, settings: MasterSettings, *, fade_s: float = 0.0
    ) -> None:
        self._audio, self._settings, self._fade_s = audio, settings, fade_s
        self._tone = tone(settings, _slope(audio) if settings.slope_db_per_octave else 0.0)
        self._ceiling_db = settings.ceiling_dbtp - _MARGIN_DB
        forecast = Forecast.of(
            _faded(run((self._tone,), audio), audio, fade_s), audio.rate, audio.channels
        )
        self.is_silent = not math.isfinite(forecast.loudness(0.0, self._ceiling_db, 1.0))
        self._gain_db = 0.0
        if not self.is_silent:
            self._gain_db = forecast.gain_for(
                settings.target_lufs, self._ceiling_db, settings.release_ms
            )
        self._last: tuple[float, float] | None = None  # gain and loudness of the pass before

    def blocks(self) -> Iterator[Samples]:
        """Yield the master as far as it is known."""
        shaped = (self._tone, Gain(self._gain_db))
        limiter = (Limiter(self._ceiling_db, self._settings.release_ms),)
        faded = _faded(run(shaped, self._audio), self._audio, self._fade_s)
        return ahead(through(limiter, faded, rate=self._audio.rate, channels=self._audio.channels))

    def is_met(self, loudness: Loudness) -> bool:
        """Return whether a pass met the settings; if not, prepare the next."""
        over_db = loudness.true_peak_dbtp - self._settings.ceiling_dbtp
        if self.is_silent:
            return over_db <= 0.0
        off_lu = self._settings.target_lufs - loudness.integrated_lufs
        if over_db <= 0.0 and abs(off_lu) <= TOLERANCE_LU:
            return True
        if over_db > 0.0:
            self._ceiling_db -= over_db + 0.02
        here = (self._gain_db, loudness.integrated_lufs)
        slope = 1.0
        if self._last is not None and abs(here[0] - self._last[0]) > 1e-6:
            # Under a limiter loudness grows slower than gain.
            slope = (here[1] - self._last[1]) / (here[0] - self._last[0])
        self._last = here
        if abs(off_lu) > TOLERANCE_LU / 2:
            self._gain_db += float(np.clip(off_lu / min(1.2, max(0.2, slope)), -24.0, 24.0))
        return False


def tone(settings: MasterSettings, slope_db_per_octave: float) -> Equalizer:
    """Return the master's equalizer for a mix of a measured slope.

    It goes half of the way to the slope that is asked for, and never far: a mix that is dark by
    intent stays darker than others.
    """
    bands = []
    if settings.low_cut_hz > 0.0:
        bands.append(Band("high_pass", settings.low_cut_hz))
    if settings.slope_db_per_octave is not None and slope_db_per_octave != 0.0:
        octaves = math.log2(4000.0 / 100.0)
        end_db = 0.25 * octaves * (settings.slope_db_per_octave - slope_db_per_octave)
        end_db = min(settings.most_tilt_db, max(-settings.most_tilt_db, end_db))
        bands.append(Band("low_shelf", 220.0, -end_db, 0.5))
        bands.append(Band("high_shelf", 1800.0, end_db, 0.5))
    if settings.air_db:
        bands.append(Band("high_shelf", 6000.0, settings.air_db))
    if settings.high_cut_hz > 0.0:
        bands.append(Band("low_pass", settings.high_cut_hz))
    return Equalizer(tuple(bands))


def _slope(audio: AudioStream) -> float:
    from tapeloom.dsp.spectrum import measure_spectrum

    # One window in four says enough of a whole record's tone.
    return measure_spectrum(audio, hop=32_768).slope_db_per_octave


def _faded(blocks: Iterator[Samples], audio: AudioStream, fade_s: float) -> Iterator[Samples]:
    """Fade the end as half a cosine, and the very beginning so that it can't click."""
    longest = max(1.0, 0.1 * audio.frames)
    fade_in = min(longest, _FADE_IN_S * audio.rate) if fade_s > 0.0 else 1.0
    fade_out = min(longest, max(1.0, fade_s * audio.rate))
    start = 0
    for block in blocks:
        at = np.arange(start, start + block.shape[1])
        start += block.shape[1]
        if fade_s > 0.0 and (at[0] < fade_in or at[-1] >= audio.frames - fade_out):
            nearest = np.minimum(
                1.0, np.minimum((at + 0.5) / fade_in, (audio.frames - at - 0.5) / fade_out)
            )
            fade = 0.5 - 0.5 * np.cos(np.pi * nearest)
            yield np.asarray(block * fade, np.float32)
        else:
            yield block
