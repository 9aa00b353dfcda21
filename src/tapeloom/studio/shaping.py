"""The part of mastering before the limiter: tone, glue, density, drive, width."""

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tapeloom.core.audio import AudioStream, Samples
from tapeloom.dsp.steps import StepPeaks
from tapeloom.studio.chain import Chain, Effect, ahead, run
from tapeloom.studio.effects import (
    Band,
    Compressor,
    DeEsser,
    Equalizer,
    Gain,
    Multiband,
    Saturation,
    Width,
)
from tapeloom.studio.forecast import Forecast
from tapeloom.studio.presets import MasterSettings
from tapeloom.studio.profile import Profile
from tapeloom.studio.spool import spooled

WORK_LUFS = -18.0  # what compressors and saturation are set for
EASY_LIMITING_DB = 4.0  # that a limiter does without being heard much
MOST_EASY_LIMITING_DB = 6.0  # beyond, density goes up first
CLIP_OVER_DB = 2.0  # soft, where the sound is made dense: shorter than a limiter, and less heard
_MORE = 0.35  # density added where the loudness is still out of reach
_TRIES = 4
_DENSE_HZ = (150.0, 2500.0)
_DENSE_DB = (-16.0, -16.0, -22.0)  # thresholds in the bands at the least density
_REACH_LU = 0.1


@dataclass(frozen=True, slots=True)
class Shape:
    """The mix before its last gain and limiter."""

    audio: AudioStream
    forecast: Forecast
    chain: Chain
    clip_over_db: float  # how far over the ceiling peaks are clipped before the limiter; inf: never
    notes: tuple[str, ...]


@contextmanager
def shaped(
    audio: AudioStream, settings: MasterSettings, profile: Profile, *, folder: Path | None
) -> Iterator[Shape]:
    """Yield the mix shaped and put aside.

    Density goes up while the loudness is out of reach, or would take the limiter too much.
    """
    density = first_density(settings, profile)
    for attempt in range(_TRIES):
        chain, notes = shaping(settings, profile, density)
        clip_over_db = CLIP_OVER_DB if density > 0.0 else math.inf
        with ExitStack() as held:
            heard = _Heard(ahead(run(chain, audio)), audio)
            stored = held.enter_context(
                spooled(heard, rate=audio.rate, channels=audio.channels, folder=folder)
            )
            forecast = heard.forecast()
            if (
                attempt == _TRIES - 1
                or density >= settings.density
                or _is_in_easy_reach(forecast, settings, clip_over_db)
            ):
                yield Shape(stored, forecast, chain, clip_over_db, notes)
                return
        density = min(settings.density, density + _MORE)


class _Heard:
    """Blocks that are measured as they pass."""

    def __init__(self, blocks: Iterator[Samples], audio: AudioStream) -> None:
        from tapeloom.dsp.loudness import Meter

        self._blocks = blocks
        self._meter = Meter(audio.rate, audio.channels, true_peak=False)
        self._peaks = StepPeaks(audio.rate)

    def __iter__(self) -> Iterator[Samples]:
        for block in self._blocks:
            self._meter.push(block)
            self._peaks.push(block)
            yield block

    def forecast(self) -> Forecast:
        return Forecast(self._meter.steps, self._peaks.read())


def _is_in_easy_reach(forecast: Forecast, settings: MasterSettings, clip_over_db: float) -> bool:
    gain_db = forecast.gain_for(
        settings.target_lufs,
        settings.ceiling_dbtp,
        settings.release_ms,
        clip_over_db=clip_over_db,
        most_limiting_db=settings.most_limiting_db,
    )
    reached = forecast.loudness(
        gain_db, settings.ceiling_dbtp, settings.release_ms, clip_over_db=clip_over_db
    )
    is_easy = forecast.limiting_db(gain_db, settings.ceiling_dbtp) <= MOST_EASY_LIMITING_DB
    return not math.isfinite(reached) or (is_easy and reached > settings.target_lufs - _REACH_LU)


def first_density(settings: MasterSettings, profile: Profile) -> float:
    """Return how dense the sound must get (0..1), by how much a limiter alone would take away."""
    if profile.is_silent:
        return 0.0
    gain_db = profile.steps.gain_for(
        settings.target_lufs, settings.ceiling_dbtp, settings.release_ms
    )
    limiting_db = profile.steps.limiting_db(gain_db, settings.ceiling_dbtp)
    return min(settings.density, max(0.0, (limiting_db - EASY_LIMITING_DB) / 8.0))


def shaping(
    settings: MasterSettings, profile: Profile, density: float
) -> tuple[Chain, tuple[str, ...]]:
    """Return the chain before the limiter for a mix, and why each part of it is there."""
    equalizer, notes = tone(settings, profile)
    chain: list[Effect] = [equalizer] if equalizer.bands else []
    if not profile.is_silent:
        chain.append(Gain(WORK_LUFS - profile.loudness.integrated_lufs))
    if settings.sibilance_db is not None:
        chain.append(DeEsser(settings.sibilance_db, range_db=8.0, low_hz=5000.0, look_ahead_ms=1.0))
        notes.append(f"sibilance is held {-settings.sibilance_db:g} dB under the whole")
    if settings.glue > 0.0:
        chain.append(
            Compressor(
                -14.0 - 6.0 * settings.glue, 1.5, 10.0, attack_ms=30.0, kind="bus",
                auto_release=True,
            )
        )  # fmt: skip
        notes.append(f"glue {settings.glue:g}: a bus compressor of 1.5 : 1 holds it together")
    if density > 0.0:
        chain.append(_dense(density))
        notes.append(
            f"density {density:.2f} in three bands and a soft clipper: peaks stand too far out for "
            f"the limiter alone ({profile.peak_to_loudness_db:.1f} dB over the loudness)"
        )
    if settings.drive_db > 0.0:
        chain.append(Saturation(drive_db=settings.drive_db))
        notes.append(f"soft saturation, {settings.drive_db:g} dB")
    if settings.width != 1.0 or settings.mono_below_hz > 0.0:
        chain.append(Width(settings.width, mono_below_hz=settings.mono_below_hz))
        if profile.side is not None:
            below = f", mono below {settings.mono_below_hz:g} Hz" if settings.mono_below_hz else ""
            notes.append(f"width {settings.width:g}{below}")
    return tuple(chain), tuple(notes)


def _dense(density: float) -> Multiband:
    """Return compression in bands: a kick that is held down does not take the chords with it."""

    def held(threshold_db: float) -> Chain:
        return (
            Compressor(
                threshold_db - 10.0 * density, 1.5 + 3.5 * density, 8.0, attack_ms=1.0,
                release_ms=60.0, look_ahead_ms=1.5,
            ),
        )  # fmt: skip

    low, middle, high = _DENSE_DB
    return Multiband(_DENSE_HZ, (held(low), held(middle), held(high)))


def tone(settings: MasterSettings, profile: Profile) -> tuple[Equalizer, list[str]]:
    """Return the master's equalizer for a mix, and why.

    It goes half of the way to the slope that is asked for, and never far: a mix that is dark by
    intent stays darker than others.
    """
    bands, notes = [], []
    slope = profile.spectrum.slope_db_per_octave
    if settings.low_cut_hz > 0.0:
        bands.append(Band("high_pass", settings.low_cut_hz))
        notes.append(f"nothing below {settings.low_cut_hz:.0f} Hz: rumble costs loudness")
    if settings.slope_db_per_octave is not None and slope != 0.0:
        octaves = math.log2(4000.0 / 100.0)
        end_db = 0.25 * octaves * (settings.slope_db_per_octave - slope)
        end_db = min(settings.most_tilt_db, max(-settings.most_tilt_db, end_db))
        bands.append(Band("low_shelf", 220.0, -end_db, 0.5))
        bands.append(Band("high_shelf", 1800.0, end_db, 0.5))
        notes.append(
            f"tilted by {-end_db:+.1f} dB below 220 Hz and {end_db:+.1f} dB above 1.8 kHz: the mix "
            f"falls by {-slope:.1f} dB an octave, {-settings.slope_db_per_octave:g} is led towards"
        )
    if settings.air_db:
        bands.append(Band("high_shelf", 6000.0, settings.air_db))
        notes.append(f"air: {settings.air_db:+.1f} dB above 6 kHz")
    bands.extend(settings.bands)
    if settings.high_cut_hz > 0.0:
        bands.append(Band("low_pass", settings.high_cut_hz))
        notes.append(f"the top rolls off from {settings.high_cut_hz:.0f} Hz")
    return Equalizer(tuple(bands)), notes
