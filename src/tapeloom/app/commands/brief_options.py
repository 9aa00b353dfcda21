"""The options that say what to compose: `make` and `compose` have the same."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapeloom.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from tapeloom.core.brief import Brief

Words = Annotated[
    list[str] | None, typer.Argument(help="The brief, such as: rainy night, peaceful")
]
Bpm = Annotated[float | None, typer.Option(help="Tempo, 40 to 200; lo-fi lies between 60 and 95.")]
KeyName = Annotated[str | None, typer.Option(help="Such as Am, F# minor, Eb major, D dorian.")]
Minutes = Annotated[float | None, typer.Option(help="Length, 0.5 to 120 [default: 3].")]
Bars = Annotated[int | None, typer.Option(help="Length in bars, instead of minutes.")]
MeterText = Annotated[
    str | None,
    typer.Option(
        help="Such as 4/4, 3/4, 6/8, 7/8, or a plan of changing meters such as "
        '"7/8 x3 | 4/4" [default: 4/4].'
    ),
]
Grouping = Annotated[
    str | None, typer.Option(help="How the meter's units are grouped, such as 2+2+3 or 3+2+2.")
]
Clave = Annotated[
    str | None,
    typer.Option(help="A clave over the groove, such as son32, rumba23 or bossa32."),
]
Polyrhythm = Annotated[
    str | None,
    typer.Option(help="A polyrhythm over the groove, such as 3:2 or 5:4, a round a bar."),
]
FormText = Annotated[
    str | None,
    typer.Option(
        "--form",
        help="The sections and their bars, instead of a length, such as "
        '"intro8 A16 A\'16 B8 A16 outro8".',
    ),
]
EnergyText = Annotated[
    str | None,
    typer.Option(
        "--energy",
        help='How energetic the sections are, 0 to 1, such as "0.2 0.4 0.8 0.6 0.3", or by bars '
        'such as "0:0.2 16:0.7 48:0.3".',
    ),
]
Seed = Annotated[
    int | None, typer.Option(help="The same seed makes the same music; drawn if left out.")
]
EngineName = Annotated[
    str, typer.Option(help="Who composes: theory, transformer, or hybrid (both).")
]
Mood = Annotated[list[str] | None, typer.Option(help="A mood, as a word of the brief; repeatable.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]


def words_of(words: list[str] | None, moods: list[str] | None) -> str:
    """Return the brief's words, the moods given by option behind them."""
    return " ".join([*(words or ()), *(moods or ())])


def given(**fields: Any) -> dict[str, Any]:
    """Return the fields that were given."""
    return {name: value for name, value in fields.items() if value is not None}


def check_brief(brief: "Brief", song: "Path | None" = None, *, engine: str = "theory") -> None:
    """Refuse what can't be composed before any work is done.

    song    a MIDI file to build on, whose meters then hold
    engine  who composes; a learned one knows the meters that it was taught
    """
    from tapeloom.compose.energy_text import parse_energy
    from tapeloom.compose.form_text import parse_form
    from tapeloom.compose.rhythms import layers_of, rhythms_of

    if brief.form is not None:
        parse_form(brief.form)
    if brief.energy_curve is not None:
        parse_energy(brief.energy_curve)
    if song is None:
        rhythms = rhythms_of(brief)
        if engine != "theory":
            from tapeloom.neural.tokens import check_meter

            for meter in rhythms.kinds:
                check_meter(meter)
        return
    if brief.grouping is not None:
        raise InputError(f"--grouping cannot be given with {song}, which has its own meter")
    from tapeloom.core.midi import read_midi

    layers_of(brief, tuple(meter for _, meter in read_midi(song).meters))


def day_of(text: str | None) -> date:
    """Read a date such as 2026-12-01; today where none is given."""
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text!r} is no date; write one like 2026-12-01") from error
