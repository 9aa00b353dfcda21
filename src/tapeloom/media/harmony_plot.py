"""An analysis over the piano roll: keys, chords, numerals, cadences above, tension below."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tapeloom.core.harmony import Key
from tapeloom.core.meter import bar_starts
from tapeloom.core.score import Score
from tapeloom.media.figures import FAINT, GROUND, LINE, PANEL, TEXT, dress, new_figure, save
from tapeloom.media.rolls import draw_bars, draw_kit, draw_notes, name_parts, part_colours
from tapeloom.theory.analysis import Analysis
from tapeloom.theory.chart import chord_text
from tapeloom.theory.tension import swells

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_harmony"]

FUNCTION_COLOURS = {
    "tonic": "#8cc39a", "subdominant": "#ffcf87", "dominant": "#ef8577", "applied": "#d48fb8",
    "mixture": "#a99ff0", "other": "#a79fb8",
}  # fmt: skip
CADENCE_COLOURS = {
    "PAC": "#ffe9c2", "IAC": "#ffcf87", "HC": "#62b3c4", "DC": "#d48fb8", "EC": "#ef8577",
    "PC": "#8cc39a",
}  # fmt: skip
_TENSE = "#ef8577"
_WIDTH, _LEFT, _RIGHT = 16.0, 0.9, 0.4  # inches
_BARS_A_LINE, _MOST_LINES = 16, 9
_TOP = 0.62  # inches for the names of parts and functions
_SECTION, _KEY, _CHORD, _NUMERAL, _CADENCE = 0.23, 0.21, 0.2, 0.19, 0.21  # inches of the rows
_TENSION, _FOOT = 0.62, 0.5
_SIZES = (8.4, 5.6)  # points of chords and numerals: with room, and without
_BAR, _WIDEST_BAR = 1.6, 3.2  # inches
_GAP = 0.06  # inches between names
_LETTER = 0.0092  # inches of a letter's width by point of its size


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the page: its first bar, its ticks, and how many inches a tick has."""

    first: int
    start: int
    stop: int
    inches: float

    def x(self, tick: int) -> float:
        return (max(tick, self.start) - self.start) * self.inches


def plot_harmony(score: Score, analysis: Analysis, path: Path) -> None:
    """Draw a score with its analysis, in lines of 16 bars, a long one in nine lines of more."""
    end = max([score.end, 1, *(chord.end for chord in analysis.chords)])
    starts = bar_starts(score.meters, end)
    lines = _lines(starts, end, analysis)
    drums = [part for part in score.parts if part.role == "drums" and part.notes]
    pitched = [part for part in score.parts if part.role != "drums" and part.notes]
    colours = part_colours(pitched)
    rows = sorted({note.pitch for part in drums for note in part.notes})
    kit_height = 0.13 * len(rows) + (0.1 if rows else 0.02)
    roll_height = 0.2 if not pitched else 2.9 if len(lines) < 3 else 2.2
    section = _SECTION if score.sections else 0.0
    headed = section + _KEY + _CHORD + _NUMERAL + _CADENCE + 0.06
    line_height = headed + roll_height + kit_height + 0.06 + _TENSION + _FOOT
    height = _TOP + line_height * len(lines)
    page = max(_LEFT + _RIGHT + max((line.stop - line.start) * line.inches for line in lines), 7.0)
    figure = new_figure(page, height, top=_TOP)
    for i, line in enumerate(lines):
        top = height - _TOP - i * line_height - headed
        width = (line.stop - line.start) * line.inches

        def axes(upper: float, tall: float, width: float = width) -> "Axes":
            box = (_LEFT / page, (upper - tall) / height, width / page, tall / height)
            return figure.add_axes(box)

        roll = axes(top, roll_height)
        kit = axes(top - roll_height - 0.04, kit_height)
        curve = axes(top - roll_height - 0.04 - kit_height - 0.06, _TENSION)
        for each in (roll, kit, curve):
            dress(each)
            each.set_xlim(line.start, line.stop)
        after = lines[i + 1].first if i + 1 < len(lines) else len(starts)
        draw_bars(roll, kit, starts[line.first : after], line.first, numbered=curve)
        kit.set_xticks([])
        draw_notes(roll, pitched, colours, line.start, line.stop)
        if not pitched:
            roll.set_yticks([])
        draw_kit(kit, drums, rows, line.start, line.stop)
        _draw_tension(curve, analysis, line)
        above = _Rows(roll, line, roll_height)
        _draw_cadences(above, analysis, 0.03)
        _draw_chords(above, analysis, _CADENCE + 0.03)
        _draw_keys(above, analysis, _CADENCE + _NUMERAL + _CHORD + 0.05)
        _draw_sections(above, score, headed - section)
    name_parts(figure, pitched, colours)
    _name_functions(figure, analysis)
    save(figure, path)


def _lines(starts: Sequence[int], end: int, analysis: Analysis) -> list[_Line]:
    """Cut the bars into lines, wide enough for dense chords where they are few."""
    count = min(_MOST_LINES, -(-len(starts) // _BARS_A_LINE))
    per_line = -(-len(starts) // (4 * count)) * 4  # phrases are mostly of four bars
    firsts = range(0, len(starts), per_line)
    cuts = [(first, starts[first], starts[first + per_line] if first + per_line < len(starts)
             else end) for first in firsts]  # fmt: skip
    longest = max(stop - start for _, start, stop in cuts)
    # A piece of few bars doesn't fill the page: its letters would be lost in it.
    wanted = longest * max(
        (
            (_LETTER * _SIZES[0] * max(len(c.chord.symbol()), len(c.numeral)) + _GAP)
            / (c.end - c.start)
            for c in analysis.chords
        ),
        default=0.0,
    )
    wanted = max(min(wanted, _WIDEST_BAR * len(starts)), _BAR * len(starts), 6.0)
    room = min(_WIDTH - _LEFT - _RIGHT, wanted)
    return [_Line(first, start, stop, room / longest) for first, start, stop in cuts]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The space above a roll; heights are inches over its upper edge."""

    roll: "Axes"
    line: _Line
    height: float  # inches of the roll

    def y(self, inches: float) -> float:
        return 1 + inches / self.height

    def band(self, start: int, end: int, low: float, high: float, colour: str) -> None:
        """Fill a stretch of a row."""
        self.roll.fill_between(
            [max(start, self.line.start), min(end, self.line.stop)], self.y(low), self.y(high),
            transform=self.roll.get_xaxis_transform(), color=colour, linewidth=0, clip_on=False,
        )  # fmt: skip

    def write(
        self,
        tick: float,
        low: float,
        text: str,
        *,
        colour: str,
        size: float,
        weight: str = "normal",
    ) -> None:
        """Write on a row from a tick on."""
        self.roll.text(
            tick, self.y(low), text, transform=self.roll.get_xaxis_transform(), ha="left",
            va="bottom", color=colour, fontsize=size, fontweight=weight, parse_math=False,
        )  # fmt: skip

    def holds(self, start: int, end: int) -> bool:
        return end > self.line.start and start < self.line.stop


def _draw_keys(rows: _Rows, analysis: Analysis, low: float) -> None:
    line, above = rows.line, rows.roll.get_xaxis_transform()
    for span in analysis.keys:
        if not rows.holds(span.start, span.end):
            continue
        colour = key_colour(span.key)
        rows.band(span.start, span.end, low, low + _KEY - 0.03, colour)
        a, b = max(span.start, line.start), min(span.end, line.stop)
        rows.roll.axvspan(a, b, color=colour, alpha=0.05, linewidth=0, zorder=0)
        name = str(span.key)
        if len(name) * 8 * _LETTER > (b - a) * line.inches - 0.08:
            name = span.key.tonic + ("m" if span.key.is_minor else "")
        if len(name) * 8 * _LETTER > (b - a) * line.inches - 0.04:
            continue
        rows.roll.text(
            a + 0.06 / line.inches, rows.y(low + _KEY / 2 - 0.02), name, transform=above, ha="left",
            va="center", color=GROUND, fontsize=8, fontweight="bold", parse_math=False,
        )  # fmt: skip


def key_colour(key: Key) -> str:
    """Return a key's colour: neighbours on the circle of fifths have neighbouring hues.

    >>> key_colour(Key("C", "major")) != key_colour(Key("G", "major"))
    True
    """
    from colorsys import hsv_to_rgb

    hue = (7 * (key.pitch_class + (3 if key.is_minor else 0)) % 12) / 12
    red, green, blue = hsv_to_rgb((0.11 + hue) % 1, 0.42, 0.66 if key.is_minor else 0.87)
    return f"#{round(255 * red):02x}{round(255 * green):02x}{round(255 * blue):02x}"


def _draw_chords(rows: _Rows, analysis: Analysis, low: float) -> None:
    """Write chords and numerals over a ribbon of functions, smaller where they are dense."""
    line = rows.line
    here = [c for c in analysis.chords if rows.holds(c.start, c.end)]
    after = [*(chord.chord for chord in here[1:]), None][: len(here)]
    symbols = [chord_text(c.chord, c.key, following=a) for c, a in zip(here, after, strict=True)]
    for chord in here:
        colour = FUNCTION_COLOURS[chord.function]
        rows.band(chord.start, chord.end, low - 0.045, low - 0.01, colour)
    colours = [FUNCTION_COLOURS[chord.function] for chord in here]
    ticks = [max(chord.start, line.start) for chord in here]
    _write_row(rows, low, ticks, [chord.numeral for chord in here], colours)
    _write_row(rows, low + _NUMERAL, ticks, symbols, [TEXT] * len(here))


def _write_row(
    rows: _Rows, low: float, ticks: Sequence[int], names: Sequence[str], colours: Sequence[str]
) -> None:
    """Write names side by side: small where room is short, then shorter, else left out."""
    free = 0.0  # inches from which the row is free
    large, small = _SIZES
    edges = [rows.line.x(tick) for tick in ticks[1:]]
    edges.append(rows.line.x(rows.line.stop) + _RIGHT)
    for i, tick in enumerate(ticks):
        name, x = names[i], rows.line.x(tick)
        if x < free:
            continue
        room = edges[i] - x - _GAP
        if _LETTER * small * len(name) > room:
            name = re.sub(r"\[[^]]*\]", "", name)  # a numeral without what is added to its chord
        size = min(max(room / (_LETTER * len(name)), small), large)
        rows.write(tick, low, name, colour=colours[i], size=size)
        free = x + _LETTER * size * len(name)


def _draw_cadences(rows: _Rows, analysis: Analysis, low: float) -> None:
    line, free = rows.line, 0.0
    for cadence in analysis.cadences:
        if not line.start <= cadence.tick < line.stop:
            continue
        colour = CADENCE_COLOURS[cadence.kind]
        sure = 0.55 + 0.45 * cadence.confidence
        rows.roll.axvline(cadence.tick, color=colour, linewidth=1.0, alpha=0.75 * sure,
                          linestyle=(0, (3, 2)), zorder=3)  # fmt: skip
        x = line.x(cadence.tick)
        if x >= free:
            rows.roll.text(
                cadence.tick, rows.y(low), cadence.kind, transform=rows.roll.get_xaxis_transform(),
                ha="left", va="bottom", color=GROUND, fontsize=6.4, fontweight="bold",
                bbox={"facecolor": colour, "edgecolor": "none", "pad": 1.2, "alpha": sure},
            )  # fmt: skip
            free = x + _LETTER * 7 * len(cadence.kind) + 0.07


def _draw_sections(rows: _Rows, score: Score, low: float) -> None:
    line = rows.line
    for i, section in enumerate(score.sections):
        if not rows.holds(section.start, section.end):
            continue
        rows.band(section.start, section.end, low + 0.02, low + _SECTION - 0.02,
                  "#272241" if i % 2 else "#322c50")  # fmt: skip
        a, b = max(section.start, line.start), min(section.end, line.stop)
        if (b - a) * line.inches > _LETTER * 8 * len(section.name) + 0.1:
            rows.write(a + 0.06 / line.inches, low + 0.05, section.name, colour=TEXT, size=8)


def _draw_tension(axes: "Axes", analysis: Analysis, line: _Line) -> None:
    """Draw the curve of tension, with a dot where it peaks."""
    axes.set_ylim(0, max([*analysis.tension.total, 0.3]) * 1.15)
    axes.set_yticks([])
    axes.set_ylabel("tension", fontsize=7.5, rotation=0, ha="right", va="center")
    axes.tick_params(axis="x", pad=2)
    axes.set_facecolor(PANEL)
    axes.axhline(0, color=LINE, linewidth=0.8)
    ticks: list[int] = []
    values: list[float] = []
    for chord, value in zip(analysis.chords, analysis.tension.total, strict=False):
        if ticks and chord.start > ticks[-1]:
            ticks += [ticks[-1], chord.start]
            values += [0.0, 0.0]
        ticks += [chord.start, chord.end]
        values += [value, value]
    axes.fill_between(ticks, values, color=_TENSE, alpha=0.2, linewidth=0)
    axes.plot(ticks, values, color=_TENSE, linewidth=1.1)
    peaks = [swell.peak for swell in swells(analysis.tension.total)]
    middles = [(analysis.chords[i].start + analysis.chords[i].end) / 2 for i in peaks]
    here = [(x, analysis.tension.total[i]) for x, i in zip(middles, peaks, strict=True)
            if line.start <= x < line.stop]  # fmt: skip
    axes.scatter(
        [x for x, _ in here], [y for _, y in here], s=9, color=TEXT, zorder=3, linewidths=0
    )


def _name_functions(figure: "Figure", analysis: Analysis) -> None:
    """Name the functions in their colours, and the key of the whole, below the parts' names."""
    width, height = (float(inches) for inches in figure.get_size_inches())
    y, x = 1 - 0.48 / height, _LEFT
    if analysis.key is not None:
        told = f"{analysis.key}, {100 * analysis.key_confidence:.0f} %"
        figure.text(x / width, y, told, color=TEXT, fontsize=8.5, va="center", fontweight="bold")
        x += 0.3 + 0.082 * len(told)
    used = {chord.function for chord in analysis.chords}
    for name, colour in FUNCTION_COLOURS.items():
        if name in used:
            figure.text(x / width, y, "▬", color=colour, fontsize=9, va="center")
            figure.text((x + 0.17) / width, y, name, color=FAINT, fontsize=8, va="center")
            x += 0.38 + 0.072 * len(name)
