"""What a data set holds, counted song by song: as a table, as JSON and as a picture."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tapeloom.core.files import replacing
from tapeloom.core.meter import bar_starts
from tapeloom.neural.controls import key_of, notes_per_bar
from tapeloom.train.corpus.song import Song

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 12  # bars of a chart: the rest is told together
DENSITY_STEPS = np.arange(0, 41, 2)  # notes a bar
TEMPO_STEPS = np.arange(40, 345, 10)  # quarter notes a minute


@dataclass(slots=True)
class SourceStatistics:
    """What one set holds."""

    songs: int = 0
    validation: int = 0
    bars: int = 0
    notes: int = 0
    chords: int = 0
    density: list[float] = field(default_factory=list)  # pitched notes a bar, of songs with some
    tempi: list[float] = field(default_factory=list)  # of songs whose tempo is known
    keys: Counter[str] = field(default_factory=Counter)  # of songs with pitched notes or chords
    kinds: Counter[str] = field(default_factory=Counter)  # of chords
    styles: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class CorpusStatistics:
    """What the songs hold that were shown to it.

    >>> from tapeloom.core.score import Note, Part, Score
    >>> statistics = CorpusStatistics()
    >>> statistics.add(Song("irb", "x", Score((Part("a", "melody", notes=(Note(0, 9, 60),)),))))
    >>> statistics.to_json()["irb"]["notes"]
    1
    """

    sources: defaultdict[str, SourceStatistics] = field(
        default_factory=lambda: defaultdict(SourceStatistics)
    )

    def add(self, song: Song) -> None:
        """Count one song."""
        score, told = song.score, self.sources[song.source]
        told.songs += 1
        told.validation += song.validation
        end = max([score.end, *(span.end for span in score.chords[-1:])])
        told.bars += len(bar_starts(score.meters, end))
        told.notes += sum(len(part.notes) for part in score.parts)
        told.chords += len(score.chords)
        told.styles[song.style] += 1
        told.kinds.update(span.chord.quality or "major" for span in score.chords)
        if song.tempo_known:
            told.tempi.append(float(score.tempo.initial_bpm))
        is_pitched = any(part.notes for part in score.parts if part.role != "drums")
        if is_pitched:
            told.density.append(notes_per_bar(score))
        if is_pitched or score.chords:
            told.keys[str(key_of(score))] += 1

    def to_json(self) -> dict[str, Any]:
        """Return the counts, the commonest first."""
        return {name: _json(told) for name, told in self.sources.items()}

    def table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Return headings and rows, a row a source.

        Medians of pitched notes a bar and of tempi; shares of songs in minor, and of chords that
        have four notes or more.
        """
        headings = ("set", "songs", "held out", "notes", "chords", "a bar", "bpm", "minor", "7ths")
        return headings, [
            (name, str(s.songs), str(s.validation), f"{s.notes:,}", f"{s.chords:,}",
             _median(s.density), _median(s.tempi), _share(_minor(s.keys), s.keys.total()),
             _share(_rich(s.kinds), s.kinds.total()))
            for name, s in self.sources.items()
        ]  # fmt: skip


def _json(told: SourceStatistics) -> dict[str, Any]:
    quartiles = {
        name: [round(float(x), 2) for x in np.percentile(values, (25, 50, 75))]
        for name, values in (("notes_per_bar", told.density), ("bpm", told.tempi)) if values
    }  # fmt: skip
    return {
        "songs": told.songs, "validation": told.validation, "bars": told.bars, "notes": told.notes,
        "chords": told.chords, **quartiles,
        **{name: dict(counts.most_common())
           for name, counts in (("keys", told.keys), ("chord_kinds", told.kinds),
                                ("styles", told.styles))},
    }  # fmt: skip


def _median(values: Sequence[float]) -> str:
    return f"{np.median(values):.1f}" if values else "-"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"


def _minor(keys: Counter[str]) -> int:
    return sum(count for key, count in keys.items() if not key.endswith("major"))


def _rich(kinds: Counter[str]) -> int:
    from tapeloom.core.harmony import QUALITIES

    return sum(
        count for kind, count in kinds.items()
        if kind in QUALITIES and len(QUALITIES[kind].intervals) > 3
    )  # fmt: skip


def plot_statistics(statistics: CorpusStatistics, path: Path) -> None:
    """Draw notes a bar, tempi, keys, modes, chord kinds and styles as a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    sources = statistics.sources
    figure = Figure(figsize=(13.0, 8.5), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2, 3).ravel()
    _histogram(axes[0], {n: s.density for n, s in sources.items()}, DENSITY_STEPS, "notes a bar")
    _histogram(axes[1], {n: s.tempi for n, s in sources.items()}, TEMPO_STEPS, "tempo, bpm")
    keys = sum((s.keys for s in sources.values()), Counter[str]())
    modes: Counter[str] = Counter()
    for key, count in keys.items():
        modes[key.split()[-1]] += count
    _bars(axes[2], keys, "keys")
    _bars(axes[3], modes, "modes")
    _bars(axes[4], sum((s.kinds for s in sources.values()), Counter[str]()), "chord kinds")
    _bars(axes[5], sum((s.styles for s in sources.values()), Counter[str]()), "styles")
    with replacing(path) as temporary:
        figure.savefig(temporary)


def _histogram(axes: "Axes", values: Mapping[str, Sequence[float]], steps: Any, title: str) -> None:
    """Draw each source's share of songs over the steps; what lies beyond counts to the last."""
    for name, told in values.items():
        if told:
            heights, _ = np.histogram(np.clip(told, steps[0], steps[-1] - 1e-6), steps)
            axes.stairs(heights / len(told), steps, label=name, linewidth=1.5)
    axes.set_title(title)
    axes.set_ylabel("share of songs")
    if any(values.values()):
        axes.legend(frameon=False, fontsize="small")


def _bars(axes: "Axes", counts: Counter[str], title: str) -> None:
    common = counts.most_common(MOST)
    rest = counts.total() - sum(count for _, count in common)
    rows = [*common, *([("others", rest)] if rest else [])]
    axes.barh([name for name, _ in rows], [count for _, count in rows], color="0.45")
    axes.invert_yaxis()
    axes.set_title(title)
