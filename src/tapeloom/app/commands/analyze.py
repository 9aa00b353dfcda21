"""`tapeloom analyze`: what a MIDI file, a score, an audio file or a record is made of."""

import json
import math
import shutil
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapeloom.core.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from tapeloom.core.score import Score


def analyze(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="MIDI, MusicXML, score.json, chords as text, audio, a record's folder; "
            "- reads stdin.",
        ),
    ],
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Write a PNG: a piano roll with its harmony, or waveform, spectrogram and "
            "loudness. A record gives two, NAME-score.png and NAME-audio.png."
        ),
    ] = None,
    romantext: Annotated[
        Path | None, typer.Option(help="Write the Roman numerals of a score as a romanText file.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON: an object, or a list for several files.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Tell harmony, swing, microtiming and syncopation of notes; loudness and spectrum of audio."""
    for option, target in (("--plot", plot), ("--romantext", romantext)):
        if target is None:
            continue
        if option == "--plot" and target.suffix.lower() != ".png":
            raise InputError(f"{target} is no PNG; give --plot a name that ends in .png")
        if len(files) > 1:
            raise InputError(f"{option} takes one file, and {len(files)} are given")
        if not target.parent.is_dir():
            raise InputError(f"{target.parent} is no folder; {option} writes into one that exists")
    results: list[dict[str, Any]] = []
    with ExitStack() as cleanup:
        for name in files:
            path = standard_input(cleanup) if name == "-" else Path(name)
            results.append({"file": name, **_analyze_one(path, plot, romantext)})
            if not as_json and not quiet:
                _show(results[-1])
    if as_json and not quiet:
        shown = results[0] if len(results) == 1 else results
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=1))


def standard_input(cleanup: ExitStack) -> Path:
    """Copy standard input to a file, for readers that must seek."""
    folder = cleanup.enter_context(TemporaryDirectory())
    path = Path(folder) / "standard-input"
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    if not path.stat().st_size:
        raise InputError("standard input is empty")
    return path


def _analyze_one(path: Path, plot: Path | None, romantext: Path | None) -> dict[str, Any]:
    from tapeloom.app import kernels
    from tapeloom.app.analysis import CURVE_HOP_S, analyze_audio, analyze_score, open_source
    from tapeloom.app.timing import played_score, timing_figures

    score, audio = _chords_in(path) or open_source(path)
    if audio is not None and not kernels.is_compiled():
        typer.echo("first use: compiling the inner loops takes some seconds", err=True)
    kind = "record" if path.is_dir() else "score" if score is not None else "audio"
    result: dict[str, Any] = {"kind": kind}
    both = score is not None and audio is not None
    if romantext is not None and score is None:
        raise InputError(f"{path} is audio; --romantext needs notes")
    if score is not None:
        from tapeloom.theory.analysis import analyse

        kernels.announce_theory(lambda line: typer.echo(line, err=True))
        analysis = analyse(score)
        figures = analyze_score(score, analysis)
        figures |= timing_figures(played_score(path, score))
        result |= {"score": figures} if path.is_dir() else figures
        if plot is not None:
            from tapeloom.media import plot_harmony

            target = plot.with_name(f"{plot.stem}-score.png") if both else plot
            plot_harmony(score, analysis, target)
        if romantext is not None:
            from tapeloom.app.harmony import to_romantext
            from tapeloom.core.files import replacing

            with replacing(romantext) as temporary:
                temporary.write_text(to_romantext(score, analysis, title=path.stem), "utf-8")
    if audio is not None:
        figures, curve = analyze_audio(audio)
        result |= {"audio": figures} if path.is_dir() else figures
        if plot is not None:
            from tapeloom.media import plot_audio

            target = plot.with_name(f"{plot.stem}-audio.png") if both else plot
            plot_audio(audio, curve, target, hop_s=CURVE_HOP_S)
    return result


def _chords_in(path: Path) -> "tuple[Score, None] | None":
    """Read a chart's file, or chords given in a file's place; None for anything else."""
    from tapeloom.app.song import ROMANTEXT, TEXT, read_song

    is_chart = path.suffix.lower() in (*TEXT, *ROMANTEXT)
    written_out = len(str(path).split()) > 1 and not path.exists() and not path.suffix
    return (read_song(str(path)).score, None) if is_chart or written_out else None


def _show(result: Mapping[str, Any]) -> None:
    from rich.console import Console

    from tapeloom.app.commands.harmony_tables import print_harmony
    from tapeloom.app.commands.timing_tables import print_timing

    console = Console(highlight=False)
    score = result.get("score") or (result if result["kind"] == "score" else None)
    audio = result.get("audio") or (result if result["kind"] == "audio" else None)
    console.print(result["file"], style="bold", markup=False, soft_wrap=True)
    if score is not None:
        console.print(_score_table(score))
        if score["parts"]:
            console.print(_parts_table(score))
        print_timing(console, score)
        print_harmony(console, score["harmony"])
    if audio is not None:
        console.print(_audio_table(audio))
        console.print(_bands_table(audio))


def _grid() -> "Table":
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE, show_header=False)


def _score_table(score: Mapping[str, Any]) -> "Table":
    table = _grid()
    low, high = score["tempo_range_bpm"]
    tempo = f"{score['tempo_bpm']:g} bpm" + (f" ({low:g} to {high:g})" if low != high else "")
    key = score["key"] or "none found"
    if score["key_found"] and score["key_found"] != score["key"]:
        key += f" (the notes suggest {score['key_found']}, {100 * score['key_confidence']:.0f} %)"
    elif score["key_found"]:
        key += f" ({100 * score['key_confidence']:.0f} %"
        if score["key_stated"] not in (None, score["key"]):
            key += f"; the file says {score['key_stated']}"
        key += ")"
    meters = list(dict.fromkeys(meter for _, meter in score["meters"]))
    rows = [
        ("key", key),
        ("tempo", tempo),
        ("meter", ", ".join(meters)),
        ("length", f"{_clock(score['duration_s'])}, {score['bars']} bars"),
        ("notes", f"{score['notes']}, {score['notes_per_bar']:g} a bar" if score["parts"] else ""),
        ("in key", "" if score["notes_in_key"] is None else f"{100 * score['notes_in_key']:.1f} %"),
        ("form", ", ".join(f"{s['name']} ({s['bars']})" for s in score["sections"])),
    ]
    for label, text in rows:
        if text:
            table.add_row(label, text)
    return table


def _parts_table(score: Mapping[str, Any]) -> "Table":
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE, header_style="bold")
    for heading in ("part", "role", "notes", "a bar", "range", "velocity"):
        table.add_column(heading, justify="right" if heading in ("notes", "a bar") else "left")
    for part in score["parts"]:
        table.add_row(
            escape(part["name"]), part["role"], str(part["notes"]), f"{part['notes_per_bar']:g}",
            part["range"] or "", f"{part['mean_velocity']:g}",
        )  # fmt: skip
    return table


def _audio_table(audio: Mapping[str, Any]) -> "Table":
    table = _grid()
    channels = {1: "mono", 2: "stereo"}.get(audio["channels"], f"{audio['channels']} channels")
    rows = [
        ("length", f"{_clock(audio['duration_s'])}, {channels}, {audio['rate_hz']} Hz"),
        ("integrated loudness", _unit(audio["integrated_lufs"], "LUFS")),
        ("loudness range", _unit(audio["range_lu"], "LU")),
        ("loudest 400 ms", _unit(audio["max_momentary_lufs"], "LUFS")),
        ("loudest 3 s", _unit(audio["max_short_term_lufs"], "LUFS")),
        ("true peak", _unit(audio["true_peak_dbtp"], "dBTP")),
        ("sample peak", _unit(audio["sample_peak_dbfs"], "dBFS")),
        ("peak to loudness", _unit(audio["plr_db"], "dB")),
        ("crest factor", _unit(audio["crest_db"], "dB")),
        ("DC offset", _unit(audio["dc_dbfs"], "dBFS")),
        ("correlation", f"{audio['correlation']:.2f}"),
        ("longest silence", _unit(audio["longest_silence_s"], "s")),
        ("spectral centroid", _unit(audio["centroid_hz"], "Hz", digits=0)),
        ("slope 100 Hz to 4 kHz", _unit(audio["slope_db_per_octave"], "dB an octave")),
        ("tempo", "none found" if audio["tempo_bpm"] is None else
                  f"{audio['tempo_bpm']:.1f} bpm (estimated, confidence "
                  f"{audio['tempo_confidence']:.2f})"),
        ("key", "none found" if audio["key"] is None else
                f"{audio['key']} (estimated, confidence {audio['key_confidence']:.2f}, "
                f"tuning {audio['tuning_cents']:+.0f} cents)"),
    ]  # fmt: skip
    for label, text in rows:
        table.add_row(label, text)
    return table


def _bands_table(audio: Mapping[str, Any]) -> "Table":
    """Draw the spectrum by octaves, from the loudest down to 60 dB under it."""
    table = _grid()
    levels = list(audio["bands_db"].items())
    octaves: list[tuple[str, float | None]] = []
    for i in range(0, len(levels), 3):
        near = [level for _, level in levels[max(0, i - 1) : i + 2] if level is not None]
        power = sum(10 ** (level / 10) for level in near)
        octaves.append((levels[i][0], 10 * math.log10(power) if power > 0 else None))
    loudest = max((level for _, level in octaves if level is not None), default=0.0)
    for hz, level in octaves:
        length = 0 if level is None else max(0, round((level - loudest + 60) / 2))
        name = f"{float(hz) / 1000:g} kHz" if float(hz) >= 1000 else f"{hz} Hz"
        table.add_row(name, _unit(level, "dB"), "█" * length)
    return table


def _unit(value: float | None, unit: str, *, digits: int = 1) -> str:
    return "-" if value is None else f"{value:.{digits}f} {unit}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
