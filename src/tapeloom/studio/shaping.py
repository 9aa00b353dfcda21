"""The part of mastering before the limiter: tone, glue, density, drive, width."""

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tapeloom.core.audio import AudioStream, Samples
from tapeloom.studio.chain import Chain, Effect, ahead, run
from tapeloom.studio.effects import Band, Compressor, Equalizer, Gain, Saturation, Width
from tapeloom.studio.forecast import Forecast, StepPeaks
from tapeloom.studio.presets import MasterSettings
from tapeloom.studio.profile import Profile
from tapeloom.studio.spool import spooled

WORK_LUFS = -18.0  # what compressors and saturation are set for
EASY_LIMITING_DB = 4.0  # that a limiter does without being heard much
_MORE = 0.35  # density added where the loudness is still out of reach
_TRIES = 4
_REACH_LU = 0.1


@dataclass(frozen=True, slots=True)
class Shape:
    """The mix before its last gain and limiter."""

    audio: AudioStream
    forecast: Forecast
    chain: Chain
    notes: tuple[str, ...]


@contextmanager
def shaped(
    audio: AudioStream, settings: MasterSettings, profile: Profile, *, folder: Path | None
) -> Iterator[Shape]:
    """Yield the mix shaped and put aside; density goes up while the loudness is out of reach."""
    density = first_density(settings, profile)
    for attempt in range(_TRIES):
        chain, notes = shaping(settings, profile, density)
        with ExitStack() as held:
            heard = _Heard(ahead(run(chain, audio)), audio)
            stored = held.enter_context(
                spooled(heard, rate=audio.rate, channels=audio.channels, folder=folder)
            )
            forecast = heard.forecast()
            if (
                attempt == _TRIES - 1
                or density >= settings.density
                or _is_within_reach(forecast, settings)
            ):
                yield Shape(stored, forecast, chain, notes)
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


def _is_within_reach(forecast: Forecast, settings: MasterSettings) -> bool:
    gain_db = forecast.gain_for(
        settings.target_lufs,
        settings.ceiling_dbtp,
        settings.release_ms,
        most_limiting_db=settings.most_limiting_db,
    )
    reached = forecast.loudness(gain_db, settings.ceiling_dbtp, settings.release_ms)
    return not math.isfinite(reached) or reached > settings.target_lufs - _REACH_LU


def first_density(settings: MasterSettings, profile: Profile) -> float:
    """Return how dense the sound must get (0..1), by how much a limiter alone would take away."""
    if profile.is_silent:
        return 0.0
    gain_db = settings.target_lufs - profile.loudness.integrated_lufs
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
    if settings.glue > 0.0:
        chain.append(
            Compressor(
                threshold_db=-14.0 - 6.0 * settings.glue, ratio=1.5, knee_db=10.0,
                attack_ms=30.0, release_ms=250.0,
            )
        )  # fmt: skip
        notes.append(f"glue {settings.glue:g}: a slow 1.5 : 1 holds loud and soft moments together")
    if density > 0.0:
        chain.append(
            Compressor(
                threshold_db=-12.0 - 10.0 * density, ratio=1.5 + 3.5 * density, knee_db=8.0,
                attack_ms=2.0, release_ms=90.0,
            )
        )  # fmt: skip
        notes.append(
            f"density {density:.2f}: peaks stand too far out for the limiter alone "
            f"({profile.peak_to_loudness_db:.1f} dB over the loudness)"
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
