"""The report of a master: a page, plots, and the mix and the master at equal loudness."""

import html
import math
from dataclasses import fields
from pathlib import Path

import numpy as np

from tapeloom.app.mastering import Mastered, report_folder
from tapeloom.core.audio import AudioStream, AudioWriter
from tapeloom.core.files import replacing
from tapeloom.core.product import Loudness
from tapeloom.media.master_plot import MasterTraces, plot_master
from tapeloom.studio.chain import run
from tapeloom.studio.effects import Gain
from tapeloom.studio.profile import SPLIT_NAMES, Profile, measure_profile
from tapeloom.studio.targets import target_for

_NAMES = {
    "integrated_lufs": ("integrated loudness", "LUFS"),
    "range_lu": ("loudness range", "LU"),
    "true_peak_dbtp": ("true peak", "dBTP"),
    "max_momentary_lufs": ("loudest 0.4 s", "LUFS"),
    "max_short_term_lufs": ("loudest 3 s", "LUFS"),
    "sample_peak_dbfs": ("sample peak", "dBFS"),
}


def write_report(mastered: Mastered) -> Path:
    """Write NAME-report beside the master: index.html, master.png, before.flac, after.flac."""
    audio = mastered.master.audio
    after = measure_profile(audio)
    folder = report_folder(Path(mastered.figures()["out"]))
    folder.mkdir(parents=True, exist_ok=True)
    level_lufs = common_level(mastered.before.loudness, mastered.master.loudness)
    plot_master(
        traces(mastered.before), traces(after), folder / "master.png",
        title=mastered.source.path.name, target_lufs=mastered.settings.target_lufs,
        target_bands_db=_aim(mastered),
    )  # fmt: skip
    if math.isfinite(level_lufs):
        _write_levelled(folder / "before.flac", mastered.source, mastered.before, level_lufs)
        _write_levelled(folder / "after.flac", audio, after, level_lufs)
    page = _page(mastered, after, level_lufs)
    with replacing(folder / "index.html") as temporary:
        temporary.write_text(page, "utf-8")
    return folder


def _aim(mastered: Mastered) -> list[tuple[float, float]]:
    """Return the third octaves that were aimed at; none where the tone was left alone."""
    target, settings = mastered.target, mastered.settings
    if target is None:
        if settings.slope_db_per_octave is None or mastered.before.is_silent:
            return []
        target = target_for(settings, "", mastered.before)
    return [(hz, db) for hz, db, _ in target.bands]


def common_level(before: Loudness, after: Loudness) -> float:
    """Return a loudness in LUFS that both can have without passing full scale."""
    headroom_db = -0.1 - max(before.true_peak_dbtp, before.sample_peak_dbfs)
    return min(after.integrated_lufs, before.integrated_lufs + headroom_db)


def _write_levelled(path: Path, audio: AudioStream, profile: Profile, level_lufs: float) -> None:
    gain = Gain(level_lufs - profile.loudness.integrated_lufs)
    with AudioWriter(path, rate=audio.rate, channels=audio.channels) as writer:
        for block in run((gain,), audio):
            writer.write(block)


def traces(profile: Profile) -> MasterTraces:
    """Return what is drawn of a profile; its spectrum stands at 0 LUFS."""
    from tapeloom.dsp.loudness import SHORT_TERM_STEPS

    level = profile.loudness.integrated_lufs
    curve = profile.short_term_lufs()
    peaks = profile.steps.peaks
    count = min(len(curve), max(0, (peaks.size - SHORT_TERM_STEPS) // 10 + 1))
    ratios = []
    for second in range(0, count, 10):
        peak = float(peaks[10 * second : 10 * second + SHORT_TERM_STEPS].max())
        if peak > 0.0 and curve[second] > -60.0:
            ratios.append(20.0 * math.log10(peak) - float(curve[second]))
    shift = level if math.isfinite(level) else 0.0
    bands = [(hz, db - shift) for hz, db in profile.spectrum.bands_db(per_octave=3)]
    return MasterTraces(
        short_term_lufs=curve.tolist(),
        bands_db=bands,
        peak_to_loudness_db=ratios,
        widths_db=list(zip(SPLIT_NAMES, profile.widths_db(), strict=True)),
        correlation=profile.correlation.tolist(),
    )


def _page(mastered: Mastered, after: Profile, level_lufs: float) -> str:
    name = html.escape(mastered.source.path.name)
    rows = []
    for field in fields(Loudness):
        title, unit = _NAMES[field.name]
        values = [getattr(side, field.name) for side in (mastered.before.loudness, after.loudness)]
        shown = ["silent" if not np.isfinite(value) else f"{value:.2f}" for value in values]
        rows.append(f"<tr><th>{title}</th><td>{shown[0]}</td><td>{shown[1]}</td><td>{unit}</td>")
    ratios = (mastered.before.peak_to_loudness_db, after.peak_to_loudness_db)
    rows.append(f"<tr><th>peak to loudness (PLR)</th><td>{ratios[0]:.2f}</td>"
                f"<td>{ratios[1]:.2f}</td><td>dB</td>")  # fmt: skip
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in mastered.master.notes)
    players = ""
    if math.isfinite(level_lufs):
        players = (
            f"<h2>Listen at equal loudness ({level_lufs:.1f} LUFS)</h2>"
            '<p><label>mix <audio controls src="before.flac"></audio></label></p>'
            '<p><label>master <audio controls src="after.flac"></audio></label></p>'
        )
    return _PAGE.format(name=name, rows="".join(rows), notes=notes, players=players)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{name}: master</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ background: #171426; color: #f4ecdd; font: 16px/1.5 system-ui, sans-serif;
 max-width: 62rem; margin: 2rem auto; padding: 0 1rem }}
h1 {{ font-size: 1.5rem }} h2 {{ font-size: 1.1rem; color: #ffcf87; margin-top: 2rem }}
img {{ width: 100%; border-radius: 8px }}
table {{ border-collapse: collapse }} th {{ text-align: left; font-weight: normal }}
th, td {{ padding: .25rem 1.2rem .25rem 0; border-bottom: 1px solid #352f4d }}
td {{ text-align: right; font-variant-numeric: tabular-nums }}
thead th {{ color: #a79fb8 }} label {{ display: flex; align-items: center; gap: 1rem }}
</style></head><body>
<h1>{name}</h1>
<img src="master.png" alt="Loudness over time, spectrum, dynamics and stereo field of both">
<h2>Measured (ITU-R BS.1770-5, EBU R 128)</h2>
<table><thead><tr><th></th><th>mix</th><th>master</th><th></th></tr></thead><tbody>{rows}</tbody>
</table>
<h2>What was done, and why</h2>
<ul>{notes}</ul>
{players}
</body></html>
"""
