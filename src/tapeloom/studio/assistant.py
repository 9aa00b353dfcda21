"""Settings of a master found by search: towards a target, on excerpts of the mix, with reasons.

Tone is fitted to the spectrum by least squares. Glue and drive are searched by the method of
Nelder and Mead (bounded, scipy) on three excerpts, a loud, a middle and a soft one, that are
mastered for every trial. Width follows from the levels of the sides.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Audio, AudioStream
from tapeloom.studio.band_fit import fit_bands
from tapeloom.studio.chain import apply
from tapeloom.studio.effects import Gain, Limiter
from tapeloom.studio.presets import MasterSettings
from tapeloom.studio.profile import Profile, measure_profile
from tapeloom.studio.shaping import first_density, shaping
from tapeloom.studio.targets import Target, bands_at_0_lufs

EXCERPT_S = 6.0
TRIALS = 20
MOST_DRIVE_DB = 9.0
LEAST_DB = 0.3  # a band that would do less is left out
_WIDTHS = (0.6, 1.5)  # how far the width may be led
_FIRST_WIDTH_BAND = 1  # the bass's is left alone

Progress = Callable[[float], None]


def match(
    profile: Profile, target: Target, settings: MasterSettings
) -> tuple[MasterSettings, tuple[str, ...]]:
    """Return settings that bring a mix near a target's level, tone and width, and why."""
    level_lufs = min(settings.ceiling_dbtp - 3.0, target.integrated_lufs)
    settings = replace(
        settings, target_lufs=level_lufs, slope_db_per_octave=None, air_db=0.0, high_cut_hz=0.0
    )
    notes = [f"level: {level_lufs:.1f} LUFS, as {target.name}"]
    settings, why = match_tone(bands_at_0_lufs(profile), target, settings)
    notes += why
    excess_db = profile.peak_to_loudness_db - target.peak_to_loudness_db
    if excess_db > 1.0:
        glue = min(1.0, excess_db / 8.0)
        settings = replace(settings, glue=glue)
        notes.append(
            f"dynamics: peaks stand {excess_db:.1f} dB further over the loudness than in "
            f"{target.name}: glue {glue:.2f}"
        )
    settings, why = _match_width(profile, target, settings)
    return settings, (*notes, *why)


def match_tone(
    bands_db: list[tuple[float, float]], target: Target, settings: MasterSettings
) -> tuple[MasterSettings, list[str]]:
    """Return settings with the bands that lead a spectrum to a target's, and why."""
    compared = target.compared(bands_db)
    level = float(np.mean([wanted - found for wanted, found, _ in compared])) if compared else 0.0
    missing_db = [(hz, wanted - found - level) for wanted, found, hz in compared]
    notes: list[str] = []
    if len(missing_db) < 2:
        return settings, notes
    hz, missing = np.array(missing_db).T
    bands = [
        band
        for band in fit_bands(hz, target.reach * missing, bells=3, most_db=target.most_db)
        if abs(band.gain_db) >= LEAST_DB
    ]
    for band in bands:
        near = [db for hz, db in missing_db if 0.7 < hz / band.cutoff_hz < 1.42]
        missing = float(np.mean(near)) if near else band.gain_db
        side = "under" if missing > 0 else "over"
        notes.append(
            f"{band.kind.replace('_', ' ')} at {band.cutoff_hz:.0f} Hz, {band.gain_db:+.1f} dB: "
            f"the mix lies {abs(missing):.1f} dB {side} {target.name} there"
        )
    return replace(settings, bands=(*settings.bands, *bands)), notes


def _match_width(
    profile: Profile, target: Target, settings: MasterSettings
) -> tuple[MasterSettings, list[str]]:
    if target.widths_db is None or profile.side is None:
        return settings, []
    pairs = zip(target.widths_db, profile.widths_db(), strict=True)
    offs = [wanted - found for wanted, found in pairs if found > -40.0 and wanted > -40.0]
    offs = offs[_FIRST_WIDTH_BAND:]
    if not offs or abs(float(np.median(offs))) < 0.5:
        return settings, []
    off_db = float(np.median(offs))
    width = min(_WIDTHS[1], max(_WIDTHS[0], settings.width * 10.0 ** (off_db / 20.0)))
    side = "narrower" if off_db > 0 else "wider"
    note = f"width {width:.2f}: the mix is {abs(off_db):.1f} dB {side} than {target.name}"
    return replace(settings, width=width), [note]


@dataclass(frozen=True, slots=True)
class _Excerpts:
    """Pieces of the mix, one after another, and how loud they are beside the whole."""

    audio: Audio
    offset_lu: float
    spread_lu: float  # between the loudest and the softest of them


def assist(
    audio: AudioStream,
    profile: Profile,
    target: Target,
    settings: MasterSettings,
    *,
    on_progress: Progress | None = None,
) -> tuple[MasterSettings, tuple[str, ...]]:
    """Search settings that bring a mix near a target; return them and what was found.

    Neither makes the mix what it isn't: gains stay within 6 dB, the width within 0.6 to 1.5.
    """
    say = on_progress or (lambda _: None)
    if profile.is_silent:
        return settings, ("the audio is silent: there is nothing to search",)
    start_db = target.distance_db(bands_at_0_lufs(profile))
    settings = replace(settings, slope_db_per_octave=None, air_db=0.0)
    settings, notes = match_tone(bands_at_0_lufs(profile), target, settings)
    settings, why = _match_width(profile, target, settings)
    notes += why
    excerpts = _choose(audio, profile)
    say(0.2)
    trial = 0

    def cost(x: NDArray[np.float64]) -> float:
        nonlocal trial
        trial += 1
        say(0.2 + 0.7 * min(1.0, trial / TRIALS))
        tried = replace(settings, glue=float(x[0]), drive_db=float(x[1]) * MOST_DRIVE_DB)
        return _cost(_render(excerpts, profile, tried), excerpts, profile, target, x)

    from scipy.optimize import minimize

    first = np.array([settings.glue, settings.drive_db / MOST_DRIVE_DB])
    simplex = np.clip(first + np.array([[0.0, 0.0], [0.4, 0.0], [0.0, 0.4]]), 0.0, 1.0)
    simplex[1, 0] -= 0.4 * (simplex[1, 0] == first[0])
    simplex[2, 1] -= 0.4 * (simplex[2, 1] == first[1])
    before = cost(first)
    found = minimize(
        cost, first, method="Nelder-Mead", bounds=((0.0, 1.0), (0.0, 1.0)),
        options={"maxfev": TRIALS, "xatol": 0.02, "fatol": 0.01, "initial_simplex": simplex},
    )  # fmt: skip
    if found.fun < before:
        glue, drive = (round(float(x), 2) for x in np.clip(found.x, 0.0, 1.0))
        settings = replace(settings, glue=glue, drive_db=round(drive * MOST_DRIVE_DB, 1))
        notes.append(
            f"glue {settings.glue:g} and drive {settings.drive_db:g} dB: best of {trial} trials on "
            f"three excerpts (cost {before:.2f} -> {found.fun:.2f}), towards "
            f"{target.peak_to_loudness_db:.1f} dB from loudness to peak and a range of "
            f"{target.range_lu:.1f} LU"
        )
    else:
        notes.append(f"glue {settings.glue:g} and drive {settings.drive_db:g} dB stay: "
                     f"none of {trial} trials was better")  # fmt: skip
    rendered = _render(excerpts, profile, settings)
    end_db = target.distance_db(bands_at_0_lufs(rendered))
    notes.append(f"tone: {start_db:.1f} dB RMS off {target.name} before, {end_db:.1f} after")
    say(1.0)
    return settings, tuple(notes)


def _choose(audio: AudioStream, profile: Profile) -> _Excerpts:
    """Cut a loud, a middle and a soft excerpt out of a stream, in the order of time."""
    length = round(EXCERPT_S * audio.rate)
    curve = profile.short_term_lufs()
    heard = np.flatnonzero(curve > float(curve.max(initial=-70.0)) - 20.0)
    if audio.frames <= 3 * length or heard.size < 3:
        starts = [0]
        length = min(audio.frames, 3 * length)
    else:
        order = heard[np.argsort(curve[heard])]
        picks = [order[int(part * (order.size - 1))] for part in (0.15, 0.5, 0.95)]
        starts = sorted({min(int(pick) * audio.rate // 10, audio.frames - length)
                         for pick in picks})  # fmt: skip
    pieces: list[NDArray[np.float32]] = [
        np.zeros((audio.channels, length), np.float32) for _ in starts
    ]
    at = 0
    for block in audio.blocks():
        end = at + block.shape[1]
        for start, piece in zip(starts, pieces, strict=True):
            low, high = max(start, at), min(start + length, end)
            if low < high:
                piece[:, low - start : high - start] = block[:, low - at : high - at]
        at = end
        if at >= starts[-1] + length:
            break
    whole = Audio(np.concatenate(pieces, axis=1), audio.rate)
    levels = [measure_profile(Audio(piece, audio.rate), true_peak=False).loudness.integrated_lufs
              for piece in pieces]  # fmt: skip
    finite = [level for level in levels if math.isfinite(level)]
    level = measure_profile(whole, true_peak=False).loudness.integrated_lufs
    offset = level - profile.loudness.integrated_lufs if math.isfinite(level) else 0.0
    return _Excerpts(whole, offset, max(finite) - min(finite) if finite else 0.0)


def _render(excerpts: _Excerpts, profile: Profile, settings: MasterSettings) -> Profile:
    """Master the excerpts and return what they are like."""
    chain, _ = shaping(settings, profile, first_density(settings, profile))
    shaped = apply(chain, excerpts.audio)
    steps = measure_profile(shaped, true_peak=False).steps
    gain_db = steps.gain_for(
        settings.target_lufs + excerpts.offset_lu, settings.ceiling_dbtp, settings.release_ms,
        most_limiting_db=settings.most_limiting_db,
    )  # fmt: skip
    limiter = Limiter(settings.ceiling_dbtp, settings.release_ms)
    return measure_profile(apply((Gain(gain_db), limiter), shaped), true_peak=False)


def _cost(
    found: Profile,
    excerpts: _Excerpts,
    profile: Profile,
    target: Target,
    x: NDArray[np.float64],
) -> float:
    """Return how far a trial is off, each figure by what is heard as a difference."""
    peak = (found.peak_to_loudness_db - target.peak_to_loudness_db) / 1.5
    pieces = np.array_split(found.short_term_lufs(), 3)
    means = [float(piece.mean()) for piece in pieces if piece.size]
    spread = max(means) - min(means) if means else 0.0
    # The range of the whole is taken to shrink as the distance between the excerpts does.
    shrunk = spread / excerpts.spread_lu if excerpts.spread_lu > 1.0 else 1.0
    loudness_range = (profile.loudness.range_lu * shrunk - target.range_lu) / 2.0
    tone = target.distance_db(bands_at_0_lufs(found)) / 3.0
    effort = 0.1 * float(np.sum(np.square(x)))
    return peak * peak + loudness_range * loudness_range + tone * tone + effort
