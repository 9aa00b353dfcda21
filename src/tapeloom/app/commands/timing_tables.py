"""Swing and microtiming as tables."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_LEVELS = {16: "sixteenths", 8: "eighths"}
UNSURE = 0.5  # the chance to be right to a point, below which that is said
FEWEST_OFFBEATS = 8  # from which a level's swing is worth a line


def swing_text(swing: Mapping[str, Any]) -> str:
    """Say the swing in a line, the level that leads first.

    >>> swing_text({"ratio": 0.5, "level": 16, "levels": []})
    'straight'
    """
    if swing["ratio"] == 0.5:
        return "straight"
    return f"{100 * swing['ratio']:.1f} % in {_LEVELS[swing['level']]}"


def levels_text(swing: Mapping[str, Any]) -> str:
    """Say what each level measures, where there is enough to measure."""
    return ", ".join(
        f"{_LEVELS[level['level']]} {100 * level['ratio']:.1f} %"
        + (" (unsure)" if level["confidence"] < UNSURE else "")
        for level in swing["levels"]
        if level["ratio"] is not None and level["offbeats"] >= FEWEST_OFFBEATS
    )


def print_timing(console: "Console", figures: Mapping[str, Any]) -> None:
    """Print swing, the pulse where the tempo map doesn't fit, and a row for each line."""
    if not figures["microtiming"]:
        return
    table = _table("played", "hits", "late (ms)", "sd", "velocity", "sd ", "LHL", "WNBD", "keeps")
    for line, beat in zip(figures["microtiming"], figures["syncopation"], strict=True):
        known = beat["timeline"]
        table.add_row(
            _plain(line["line"]), str(line["hits"]), f"{line['mean_ms']:+.1f}",
            f"{line['sd_ms']:.1f}", f"{line['velocity']:.0f}", f"{line['velocity_sd']:.0f}",
            f"{beat['lhl']:.1f}", f"{beat['wnbd']:.1f}",
            f"{known} ({100 * beat['timeline_share']:.0f} %)" if known else "",
        )  # fmt: skip
    console.print(table)
    levels = levels_text(figures["swing"])
    told = f"; measured {levels}" if levels else ""
    console.print(f"  swing: {swing_text(figures['swing'])}{told}", soft_wrap=True)
    pulse = figures["pulse"]
    if pulse and pulse["used"]:
        console.print(
            f"  no grid of the file's tempo fits its onsets; heard and measured at "
            f"{pulse['bpm']:.1f} bpm in {pulse['meter']} "
            f"({100 * pulse['confidence']:.0f} % sure of the tempo)",
            soft_wrap=True,
        )
    console.print()


def print_change(
    console: "Console", before: Mapping[str, Any], after: Mapping[str, Any] | None
) -> None:
    """Print what a groove was, and beside it what it has become."""
    if after is None:
        print_timing(console, before)
        return
    if not before["microtiming"]:
        return
    table = _table("played", "hits", "late (ms)", "now", "sd", "now ", "velocity sd", "now  ")
    for line, new in zip(before["microtiming"], after["microtiming"], strict=True):
        table.add_row(
            _plain(line["line"]), str(line["hits"]),
            f"{line['mean_ms']:+.1f}", f"{new['mean_ms']:+.1f}",
            f"{line['sd_ms']:.1f}", f"{new['sd_ms']:.1f}",
            f"{line['velocity_sd']:.1f}", f"{new['velocity_sd']:.1f}",
        )  # fmt: skip
    console.print(table)
    console.print(f"  swing: {swing_text(before['swing'])}; now {swing_text(after['swing'])}")
    if before["pulse"] and before["pulse"]["used"]:
        bpm, meter = before["pulse"]["bpm"], before["pulse"]["meter"]
        console.print(
            f"  no grid of the file's tempo fits its onsets: put on the {bpm:.1f} bpm in {meter} "
            "that they tell",
            soft_wrap=True,
        )
    if levels := levels_text(after["swing"]):
        console.print(f"  now measured: {levels}", soft_wrap=True)
    console.print()


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _table(*headings: str) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, header_style="bold")
    for i, heading in enumerate(headings):
        words = heading in ("played", "keeps")
        table.add_column(heading.strip(), justify="left" if i == 0 or words else "right")
    return table
