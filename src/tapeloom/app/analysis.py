"""Figures of written music and of audio, as plain values with names that stay."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioFile, AudioStream
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json
from tapeloom.core.harmony import Key
from tapeloom.core.meter import bar_starts
from tapeloom.core.musicxml import SUFFIXES
from tapeloom.core.pitch import pitch_name
from tapeloom.core.score import Note, Score, score_from_json

if TYPE_CHECKING:
    from tapeloom.theory.analysis import Analysis

_SCORES = (".mid", ".midi", ".json")
CURVE_HOP_S = 0.1  # of the short-term loudness curve
# Nominal middles of third-octave bands in Hz, IEC 61260.
BANDS = (
    "31.5", "40", "50", "63", "80", "100", "125", "160", "200", "250", "315", "400", "500", "630",
    "800", "1000", "1250", "1600", "2000", "2500", "3150", "4000", "5000", "6300", "8000", "10000",
    "12500", "16000", "20000", "25000",
)  # fmt: skip


def open_source(path: Path) -> tuple[Score | None, AudioFile | None]:
    """Open a MIDI or MusicXML file, a score.json, audio, or a record's folder (both).

    What a file is, is told by its first bytes, then by its name.
    """
    if path.is_dir():
        score_path, master = path / "score.json", path / "master.flac"
        if not score_path.is_file() and not master.is_file():
            raise InputError(f"{path} holds no score.json and no master.flac; it is no record")
        return (
            read_score(score_path) if score_path.is_file() else None,
            AudioFile.open(master) if master.is_file() else None,
        )
    if not path.is_file():
        raise InputError(f"{path} does not exist")
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if not head:
        raise InputError(f"{path} is empty")
    if path.suffix.lower() in (*_SCORES, *SUFFIXES) or _is_score(head):
        return read_score(path), None
    return None, AudioFile.open(path)


def _is_score(head: bytes) -> bool:
    """Tell a score by its first bytes: MIDI, compressed MusicXML, or XML in any encoding."""
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith((b"MThd", b"PK\x03\x04")) or text.startswith((b"<?xml", b"<score-"))


def read_score(path: Path) -> Score:
    """Read score.json, a MIDI file or a MusicXML file."""
    if path.suffix.lower() == ".json":
        data = read_json(path)
        if not isinstance(data, dict):
            raise InputError(f"{path} is no score; a record's score is its score.json")
        try:
            return score_from_json(data)
        except InputError as error:
            raise InputError(f"{path} cannot be read: {error}") from error
    from tapeloom.core.midi import read_midi
    from tapeloom.core.musicxml import read_musicxml

    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if path.suffix.lower() in SUFFIXES or (_is_score(head) and not head.startswith(b"MThd")):
        return read_musicxml(path)
    return read_midi(path)


def analyze_score(score: Score, analysis: "Analysis | None" = None) -> dict[str, Any]:
    """Return key, tempo, meter, form, chords, density and ranges of a score, and its harmony."""
    from tapeloom.app.harmony import chord_names, chords_by_bar, harmony_figures
    from tapeloom.theory.analysis import analyse

    analysis = analyse(score) if analysis is None else analysis
    pitched = [note for part in score.parts if part.role != "drums" for note in part.notes]
    end = max([score.end, *(chord.end for chord in analysis.chords)])
    starts = bar_starts(score.meters, end)
    spans = [
        (chord.start, chord.end, name)
        for chord, name in zip(analysis.chords, chord_names(analysis), strict=True)
    ]
    found = analysis.key
    key = score.key if score.key is not None and score.chords else found
    tempos = [float(bpm) for _, bpm in score.tempo.changes]
    sounding = [part for part in score.parts if part.notes]
    return {
        "key": str(key) if key else None,
        "key_confidence": round(analysis.key_confidence, 3) if found else None,
        "key_found": str(found) if found else None,
        "key_stated": str(score.key) if score.key else None,
        "keys": [[_bar_of(starts, tick), str(at)] for tick, at in score.keys],
        "tempo_bpm": round(tempos[0], 3),
        "tempo_range_bpm": [round(min(tempos), 3), round(max(tempos), 3)],
        "meter": str(score.meters[0][1]),
        "meters": [[_bar_of(starts, tick), str(meter)] for tick, meter in score.meters],
        "bars": len(starts),
        "duration_s": round(score.tempo.tick_to_s(end), 3),
        "notes": sum(len(part.notes) for part in score.parts),
        "notes_per_bar": round(
            sum(len(part.notes) for part in score.parts) / max(1, len(starts)), 2
        ),
        "notes_in_key": _share_in_key(pitched, key),
        "sections": [
            {
                "name": s.name,
                "bar": _bar_of(starts, s.start),
                "bars": int(np.diff(np.searchsorted(starts, [s.start, s.end]))[0]),
                "energy": s.energy,
            }
            for s in score.sections
        ],
        "chords": chords_by_bar(spans, starts, end) if starts else [],
        "parts": [
            {
                "name": part.name,
                "role": part.role,
                "instrument": part.instrument or None,
                "notes": len(part.notes),
                "notes_per_bar": round(len(part.notes) / max(1, len(starts)), 2),
                "lowest": min(note.pitch for note in part.notes),
                "highest": max(note.pitch for note in part.notes),
                "range": None if part.role == "drums" else _range_of(part.notes, key),
                "mean_velocity": round(sum(n.velocity for n in part.notes) / len(part.notes), 1),
            }
            for part in sounding
        ],
        "harmony": harmony_figures(score, analysis),
    }  # fmt: skip


def analyze_audio(audio: AudioStream) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Return the figures of a stream in memory that doesn't grow with its length but for one
    number every 10 ms, and its short-term loudness every 0.1 s.
    """
    from tapeloom.dsp.chroma import ChromaMeter
    from tapeloom.dsp.loudness import Meter
    from tapeloom.dsp.samples import SampleMeter
    from tapeloom.dsp.spectrum import measure_spectrum
    from tapeloom.dsp.tempo import OnsetStrength, estimate_tempo
    from tapeloom.theory.keys import rank_keys

    meter, samples = Meter(audio.rate, audio.channels), SampleMeter(audio.rate, audio.channels)
    onsets, chroma = OnsetStrength(audio.rate), ChromaMeter(audio.rate)
    frames = 0
    for block in audio.blocks():
        for each in (meter, samples, onsets, chroma):
            each.push(block)
        frames += block.shape[1]
    loudness, plain, heard = meter.read(), samples.read(), chroma.read()
    spectrum = measure_spectrum(audio, hop=16_384)
    tempo = estimate_tempo(onsets.read())
    ranked = rank_keys(heard.weights, profile="temperley") if any(heard.weights) else ()
    figures = {
        "duration_s": frames / audio.rate,
        "rate_hz": audio.rate,
        "channels": audio.channels,
        "integrated_lufs": loudness.integrated_lufs,
        "range_lu": loudness.range_lu,
        "max_momentary_lufs": loudness.max_momentary_lufs,
        "max_short_term_lufs": loudness.max_short_term_lufs,
        "true_peak_dbtp": loudness.true_peak_dbtp,
        "sample_peak_dbfs": loudness.sample_peak_dbfs,
        "rms_dbfs": plain.rms_dbfs,
        "crest_db": loudness.sample_peak_dbfs - plain.rms_dbfs,
        "plr_db": loudness.true_peak_dbtp - loudness.integrated_lufs,
        "dc_dbfs": plain.dc_dbfs,
        "correlation": plain.correlation,
        "longest_silence_s": plain.longest_silence_s,
        "centroid_hz": spectrum.centroid_hz,
        "slope_db_per_octave": spectrum.slope_db_per_octave,
        "bands_db": {
            nominal: level
            for nominal, (_, level) in zip(BANDS, spectrum.bands_db(per_octave=3), strict=False)
        },
        "tempo_bpm": tempo.bpm or None,
        "tempo_confidence": tempo.confidence,
        "key": str(ranked[0].key) if ranked else None,
        "key_confidence": max(0.0, ranked[0].score) if ranked else None,
        "tuning_cents": heard.tuning_cents if ranked else None,
    }
    return _plain(figures), short_term_curve(meter.steps)


def short_term_curve(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the loudness of the 3 s around every 0.1 s, from K-weighted powers of 10 ms each.

    >>> short_term_curve(np.full(100, 1.0)).round(3)[:2]
    array([-0.691, -0.691])
    """
    if not len(steps):
        return np.zeros(0)
    centres = np.arange(5, len(steps), 10)
    low, high = np.maximum(centres - 150, 0), np.minimum(centres + 150, len(steps))
    sums = np.concatenate([[0.0], np.cumsum(steps)])
    power = (sums[high] - sums[low]) / (high - low)
    curve = np.full(len(centres), -np.inf)
    curve[power > 0] = -0.691 + 10 * np.log10(power[power > 0])
    return curve


def _plain(value: Any) -> Any:
    """Round for reading; what is no number becomes None."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, float | np.floating):
        number = float(value)
        return round(number, 3) if math.isfinite(number) else None
    return value


def _bar_of(starts: Sequence[int], tick: int) -> int:
    """Number the bar, from 1, that begins at a tick or holds it."""
    return int(np.searchsorted(starts, tick, side="right"))


def _range_of(notes: Sequence[Note], key: Key | None) -> str:
    pitches = [note.pitch for note in notes]
    low, high = (
        pitch_name(pitch, sharps=key is not None and key.signature > 0)
        for pitch in (min(pitches), max(pitches))
    )
    return f"{low} to {high}"


def _share_in_key(notes: Sequence[Note], key: Key | None) -> float | None:
    if key is None or not notes:
        return None
    inside = set(key.scale)
    return round(sum(note.pitch % 12 in inside for note in notes) / len(notes), 3)
