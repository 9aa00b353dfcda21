"""`tapeloom reharmonize`: other chords under the same melody, with a reason for each change."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tapeloom.core.errors import InputError

if TYPE_CHECKING:
    from tapeloom.app.reharmony import Setting
    from tapeloom.app.song import Song

MAX_INPUT = 64 * 2**20  # bytes of standard input


def reharmonize(
    source: Annotated[
        str,
        typer.Argument(
            help='Chords such as "Dm7 G7 | Cmaj7", or a file: MIDI, MusicXML, romanText, .txt, '
            "score.json; - reads stdin."
        ),
    ],
    amount: Annotated[
        float, typer.Option(help="0 changes nothing, 1 as much as still suits.")
    ] = 0.5,
    style: Annotated[str, typer.Option(help="jazz, lofi, gospel, bossa or pop.")] = "jazz",
    key: Annotated[
        str | None, typer.Option(help="Such as Am or Eb major; found if left out.")
    ] = None,
    meter: Annotated[
        str | None, typer.Option(help="Of chords given as text, such as 3/4; 4/4 if left out.")
    ] = None,
    keep: Annotated[
        str,
        typer.Option(help="What of a song stays: its melody, which the chords suit, or nothing."),
    ] = "melody",
    lock: Annotated[
        str | None, typer.Option(help="Numbers of chords that stay, from 1, such as 1,4.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many alternatives, 1 to 32, the best first.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed finds the same chords.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(help="Write a file: .mid, .musicxml, .mxl, .rntxt, .txt or .json."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Put other chords in the place of those of a song or a progression, each with its reason."""
    if seed < 0:
        raise InputError(f"seed is {seed}; it must be 0 or more")
    locks = _locks(lock)
    song = song_of(source, meter)
    from tapeloom.app import kernels
    from tapeloom.app.harmony_files import check_target
    from tapeloom.app.reharmony import reharmonize_song
    from tapeloom.core.harmony import Key

    if out is not None:
        check_target(out)
    kernels.announce_theory(lambda line: None if quiet else typer.echo(line, err=True))
    settings = reharmonize_song(
        song, key=Key.parse(key) if key else None, amount=amount, style=style, locks=locks,
        count=count, seed=seed, keep=keep,
    )  # fmt: skip
    if out is not None:
        save_settings(out, settings, song.title)
    if quiet:
        return
    if as_json:
        told = {
            "key": str(settings[0].key), "style": style, "amount": amount, "seed": seed,
            "alternatives": [setting.figures for setting in settings],
        }  # fmt: skip
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for i, setting in enumerate(settings):
        if len(settings) > 1:
            typer.echo(f"{'' if i == 0 else chr(10)}{i + 1}.")
        typer.echo(setting.chart)
        for change in setting.figures["changes"]:
            typer.echo(f"  bar {change['bar']}: {change['text']}")


def song_of(source: str, meter: str | None = None) -> "Song":
    """Read the song that a command was given: a name, chords, or standard input."""
    from tapeloom.app.song import read_chords, read_song
    from tapeloom.core.meter import Meter

    bars = Meter.parse(meter) if meter else None
    if source != "-":
        return read_song(source, meter=bars)
    data = sys.stdin.buffer.read(MAX_INPUT + 1)
    if len(data) > MAX_INPUT:
        raise InputError(f"standard input has over {MAX_INPUT // 2**20} MiB; that is no music")
    if not data.strip():
        raise InputError("standard input is empty")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and not data.startswith(b"MThd") and not text.lstrip("\ufeff \r\n").startswith("<"):
        return read_chords(text, meter=bars)
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "standard-input"
        path.write_bytes(data)
        return read_song(str(path), meter=bars)


def save_settings(out: Path, settings: "tuple[Setting, ...]", title: str) -> None:
    """Write each setting to its file."""
    from tapeloom.app.harmony_files import numbered, save_harmony

    for i, setting in enumerate(settings, 1):
        chart = "\n".join([setting.chart, *(f"{reason}" for reason in setting.reasons)])
        save_harmony(
            numbered(out, i, len(settings)), setting.score, setting.key,
            chart=setting.chart if not setting.reasons else chart, figures=setting.figures,
            title=title,
        )  # fmt: skip


def _locks(text: str | None) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in (text or "").replace(",", " ").split())
    except ValueError as error:
        raise InputError(f"--lock is {text!r}; write numbers such as 1,4") from error
