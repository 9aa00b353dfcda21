"""Piano rolls: parts by colour, sections and chords above, drums as rows below."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tapeloom.core.pitch import pitch_name
from tapeloom.core.score import Part, Score
from tapeloom.media.figures import FAINT, LINE, PANEL, ROLE_COLOURS, TEXT, dress, new_figure, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_bars", "draw_kit", "draw_notes", "name_parts", "part_colours", "plot_score"]

BARS_A_LINE, MOST_LINES = 32, 6
_WIDTH = 16.0  # inches
_DRUM_NAMES = {
    35: "kick 2", 36: "kick", 37: "rim", 38: "snare", 39: "clap", 40: "brush", 42: "closed hat",
    44: "pedal hat", 46: "open hat", 49: "crash", 51: "ride", 53: "ride bell", 70: "shaker",
}  # fmt: skip
_ORDER = ("pad", "keys", "guitar", "other", "bass", "melody")  # quiet layers first, melody on top
RGBA = tuple[float, float, float, float]


def plot_score(score: Score, path: Path) -> None:
    """Draw a score in lines of up to 32 bars, as on a page; a long one in six lines of more."""
    starts = score.bar_starts or [0]
    end = max(score.end, starts[-1] + 1)
    count = min(MOST_LINES, -(-len(starts) // BARS_A_LINE))
    per_line = -(-len(starts) // (4 * count)) * 4  # phrases are mostly of four bars
    lines = [
        (first, starts[first], starts[first + per_line] if first + per_line < len(starts) else end)
        for first in range(0, len(starts), per_line)
    ]
    drums = [part for part in score.parts if part.role == "drums" and part.notes]
    pitched = [part for part in score.parts if part.role != "drums" and part.notes]
    colours = part_colours(pitched)
    rows = sorted({note.pitch for part in drums for note in part.notes})
    kit_height = 0.17 * len(rows) + (0.12 if rows else 0.02)
    roll_height = 4.4 if len(lines) == 1 else 3.2
    headed = 0.5 if score.chords or score.sections else 0.12
    line_height = roll_height + kit_height + headed + 0.5
    figure = new_figure(_WIDTH, 0.45 + line_height * len(lines), top=0.45)
    height = float(figure.get_size_inches()[1])
    length = max(stop - start for _, start, stop in lines)
    for i, (first, start, stop) in enumerate(lines):
        top = height - 0.45 - i * line_height - headed
        share = (stop - start) / length
        box = (0.9 / _WIDTH, (top - roll_height) / height, share * (1 - 1.3 / _WIDTH),
               roll_height / height)  # fmt: skip
        roll = figure.add_axes(box)
        foot = (box[0], box[1] - (kit_height + 0.06) / height, box[2], kit_height / height)
        kit = figure.add_axes(foot)
        for axes in (roll, kit):
            dress(axes)
            axes.set_xlim(start, stop)
        bars = starts[first : first + per_line]
        draw_bars(roll, kit, bars, first)
        draw_notes(roll, pitched, colours, start, stop)
        draw_kit(kit, drums, rows, start, stop)
        _headings(roll, score, start, stop, box[2] * _WIDTH, roll_height)
    name_parts(figure, pitched, colours)
    save(figure, path)


def part_colours(parts: Sequence[Part]) -> list[RGBA]:
    """Give each part its role's colour, paler for the second and third of one role."""
    seen: dict[str, int] = {}
    colours = []
    for part in parts:
        paler = 0.42 * min(2, seen.get(part.role, 0))
        seen[part.role] = seen.get(part.role, 0) + 1
        text = ROLE_COLOURS[part.role]
        red, green, blue = (int(text[i : i + 2], 16) / 255 for i in (1, 3, 5))
        colours.append(
            (red + paler * (1 - red), green + paler * (1 - green), blue + paler * (1 - blue), 1.0)
        )
    return colours


def draw_bars(
    roll: "Axes", kit: "Axes", bars: Sequence[int], first: int, *, numbered: "Axes | None" = None
) -> None:
    """Draw bar lines on roll and kit; number the bars below the kit, or below other axes."""
    sparse = next(n for n in (1, 2, 4, 8, 16, 32, 64, 10**6) if len(bars) / n <= 130)
    for i, start in enumerate(bars):
        if i % sparse == 0:
            for axes in (roll, kit):
                strong = i % (4 * sparse) == 0
                axes.axvline(start, color=LINE, linewidth=1.0 if strong else 0.5, zorder=0)
    labelled = next(n for n in (1, 2, 4, 8, 16, 32, 64, 10**6) if len(bars) / n <= 40)
    shown = list(bars)[::labelled]
    foot = kit if numbered is None else numbered
    foot.set_xticks(shown, [str(first + 1 + labelled * i) for i in range(len(shown))])
    roll.set_xticks([])


def draw_notes(
    roll: "Axes", parts: Sequence[Part], colours: Sequence[RGBA], start: int, stop: int
) -> None:
    """Draw the notes that sound between two ticks, louder ones brighter."""
    from matplotlib.collections import PolyCollection

    pitches = [note.pitch for part in parts for note in part.notes]
    low, high = min(pitches, default=36) - 2, max(pitches, default=84) + 2
    for pitch in range(low, high + 1):
        if pitch % 12 in (1, 3, 6, 8, 10):
            roll.axhspan(pitch - 0.5, pitch + 0.5, color="#1a172b", linewidth=0, zorder=0)
        if pitch % 12 == 0:
            roll.axhline(pitch - 0.5, color=LINE, linewidth=0.6, zorder=0)
    for part, colour in sorted(
        zip(parts, colours, strict=True), key=lambda pair: _ORDER.index(pair[0].role)
    ):
        here = [note for note in part.notes if note.start < stop and note.end > start]
        shapes = [
            [(n.start, n.pitch - 0.45), (n.end, n.pitch - 0.45),
             (n.end, n.pitch + 0.45), (n.start, n.pitch + 0.45)]
            for n in here
        ]  # fmt: skip
        shades = [(*colour[:3], 0.35 + 0.65 * note.velocity / 127) for note in here]
        roll.add_collection(
            PolyCollection(shapes, facecolors=shades, edgecolors=PANEL, linewidths=0.4, zorder=2)
        )
    roll.set_ylim(low - 0.5, high + 0.5)
    octaves = [pitch for pitch in range(low, high + 1) if pitch % 12 == 0]
    roll.set_yticks(octaves, [pitch_name(pitch) for pitch in octaves])


def draw_kit(
    kit: "Axes", parts: Sequence[Part], rows: Sequence[int], start: int, stop: int
) -> None:
    """Draw the drums' strokes between two ticks, a row a drum."""
    here = [note for part in parts for note in part.notes if start <= note.start < stop]
    kit.scatter(
        [note.start for note in here],
        [rows.index(note.pitch) for note in here],
        s=[2 + 20 * (note.velocity / 127) ** 1.5 for note in here],
        color=ROLE_COLOURS["drums"], linewidths=0, zorder=2, clip_on=False,
    )  # fmt: skip
    kit.set_ylim(-0.7, max(len(rows), 1) - 0.3)
    kit.set_yticks(range(len(rows)), [_DRUM_NAMES.get(row, str(row)) for row in rows])


def _headings(
    roll: "Axes", score: Score, start: int, stop: int, width: float, height: float
) -> None:
    """Write sections and chords above a line; `width` and `height` are the roll's inches."""
    above = roll.get_xaxis_transform()
    inches = width / (stop - start)
    low, high = 1 + 0.22 / height, 1 + 0.43 / height
    for i, section in enumerate(score.sections):
        a, b = max(section.start, start), min(section.end, stop)
        if a >= b:
            continue
        colour = "#272241" if i % 2 else "#322c50"
        roll.fill_between([a, b], low, high, transform=above, color=colour, linewidth=0,
                          clip_on=False)  # fmt: skip
        if (b - a) * inches > 0.08 * len(section.name):
            roll.text((a + b) / 2, (low + high) / 2, section.name, transform=above, ha="center",
                      va="center", color=TEXT, fontsize=8, parse_math=False)  # fmt: skip
    free = 0.0  # inches from which the line of chords is free
    for span in score.chords:
        x, name = (max(span.start, start) - start) * inches, span.chord.symbol(score.key)
        if span.end <= start or span.start >= stop or x < free:
            continue
        roll.text(max(span.start, start), 1 + 0.05 / height, name, transform=above, ha="left",
                  va="bottom", color=FAINT, fontsize=6.5)  # fmt: skip
        free = x + 0.058 * len(name) + 0.06


def name_parts(figure: "Figure", parts: Sequence[Part], colours: Sequence[RGBA]) -> None:
    """Name the parts in their colours above the roll."""
    width, height = (float(inches) for inches in figure.get_size_inches())
    x, y = 0.9, 1 - 0.25 / height
    for part, colour in zip(parts, colours, strict=True):
        figure.text(x / width, y, "■", color=colour, fontsize=10, va="center")
        label = part.name if len(part.name) <= 28 else f"{part.name[:27]}…"
        figure.text((x + 0.16) / width, y, label, color=TEXT, fontsize=8.5, va="center",
                    parse_math=False)  # fmt: skip
        x += 0.42 + 0.078 * len(label)
        if x > width - 1.5:
            break
