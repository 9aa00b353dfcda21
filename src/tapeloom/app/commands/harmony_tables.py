"""Harmony on the terminal: keys, chords over numerals, cadences, tension."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_BARS_A_LINE = 4
_WIDEST = 22  # letters of a bar; what has more sticks out
_STEPS = " ▁▂▃▄▅▆▇█"
_TENSION_BARS = 64  # a line


def print_harmony(console: "Console", harmony: Mapping[str, Any]) -> None:
    """Print what `app.harmony.harmony_figures` tells."""
    if not harmony["chords"]:
        return
    _print_chords(console, harmony["chords"])
    console.print(_keys_table(harmony["keys"]))
    if harmony["cadences"]:
        console.print(_cadences_table(harmony["cadences"]))
    _print_tension(console, harmony)
    if harmony["patterns"]:
        console.print(_patterns_table(harmony["patterns"]))


def _table(*headings: str) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, header_style="bold")
    for heading in headings:
        table.add_column(heading, justify="right" if heading == "bar" else "left")
    return table


def _print_chords(console: "Console", chords: Sequence[Mapping[str, Any]]) -> None:
    """Print chords over numerals in lines of four bars; lines that return are printed once."""
    bars: dict[int, list[Mapping[str, Any]]] = {
        bar: list(group) for bar, group in groupby(chords, key=lambda chord: int(chord["bar"]))
    }
    last = max(int(chord["to_bar"]) for chord in chords)
    held = {bar for chord in chords for bar in range(int(chord["bar"]) + 1, chord["to_bar"] + 1)}
    cells: list[tuple[str, str]] = []
    for bar in range(1, last + 1):
        nothing = "%" if bar in held else "-"
        pairs = [(str(chord["chord"]), str(chord["numeral"])) for chord in bars.get(bar, [])]
        pairs = pairs or [(nothing, "")]
        widths = [max(map(len, pair)) for pair in pairs]
        upper, lower = (
            " ".join(f"{pair[row]:<{width}}" for pair, width in zip(pairs, widths, strict=True))
            for row in (0, 1)
        )
        cells.append((upper.rstrip(), lower.rstrip()))
    width = min(max(len(text) for cell in cells for text in cell), _WIDEST)
    lines: dict[tuple[str, str], list[int]] = {}
    for first in range(0, last, _BARS_A_LINE):
        row = cells[first : first + _BARS_A_LINE]
        upper, lower = (mark.join(f"{cell[i]:<{width}}" for cell in row)
                        for i, mark in enumerate((" | ", "   ")))  # fmt: skip
        lines.setdefault((upper, lower), []).append(first + 1)
    for (symbols, numerals), firsts in lines.items():
        where = ", ".join(str(bar) for bar in firsts[:6]) + (" ..." if len(firsts) > 6 else "")
        for text, style in ((f"  {symbols}   bar {where}", ""), (f"  {numerals}", "dim")):
            console.print(text, style=style, markup=False, soft_wrap=True)
    console.print()


def _keys_table(keys: Sequence[Mapping[str, Any]]) -> "Table":
    table = _table("bar", "key", "confidence")
    for span in keys:
        table.add_row(_place(span), span["key"], _percent(span["confidence"]))
    return table


def _cadences_table(cadences: Sequence[Mapping[str, Any]]) -> "Table":
    table = _table("bar", "cadence", "key", "confidence", "why")
    for cadence in cadences:
        table.add_row(
            _place(cadence), cadence["name"], cadence["key"], _percent(cadence["confidence"]),
            cadence["reason"],
        )  # fmt: skip
    return table


def _patterns_table(patterns: Sequence[Mapping[str, Any]]) -> "Table":
    """List patterns; those that return are named once, with all their bars."""
    table = _table("pattern", "key", "bars")
    found: dict[tuple[str, str], list[str]] = {}
    for each in patterns:
        first, last = each["from_bar"], each["to_bar"]
        where = f"{first}" if first == last else f"{first} to {last}"
        found.setdefault((each["name"], each["key"]), []).append(where)
    for (name, key), places in found.items():
        more = f" and {len(places) - 6} more" if len(places) > 6 else ""
        table.add_row(name, key, ", ".join(places[:6]) + more)
    return table


def _print_tension(console: "Console", harmony: Mapping[str, Any]) -> None:
    """Draw the tension of each bar, and tell where it peaks."""
    sums: dict[int, list[float]] = {}
    for chord in harmony["chords"]:
        if chord["tension"] is not None:
            sums.setdefault(int(chord["bar"]), []).append(float(chord["tension"]))
    if not sums:
        return
    height = 0.0
    levels = []
    for bar in range(1, max(sums) + 1):
        height = max(sums[bar]) if bar in sums else height  # a chord holds until the next
        levels.append(height)
    top = max(*levels, 0.3)
    marks = "".join(_STEPS[min(round(8 * level / top), 8)] for level in levels)
    for first in range(0, len(marks), _TENSION_BARS):
        label = "tension" if first == 0 else ""
        console.print(f"  {label:<8} {marks[first : first + _TENSION_BARS]}", markup=False)
    highest = sorted(harmony["swells"], key=lambda swell: -swell["height"])[:6]
    if highest:
        told = ", ".join(f"bar {swell['peak_bar']}" for swell in
                         sorted(highest, key=lambda swell: swell["peak_bar"]))  # fmt: skip
        console.print(f"  {'peaks':<8} {told}", markup=False)


def _place(span: Mapping[str, Any]) -> str:
    beat = span["beat"]
    return f"{span['bar']}" if beat == 1 else f"{span['bar']} beat {beat:g}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
