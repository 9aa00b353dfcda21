"""Make the pictures and tables of docs/rhythm.md.

    python docs/make_rhythm.py [--groove FOLDER] [--before FOLDER --after FOLDER]

The wheels and the designed feels are always drawn. With the Groove MIDI Dataset's folder its
drummers stand beside the feels. `--before` and `--after` hold performance.json files of the same
names, made by two versions from the same briefs: `python docs/make_rhythm.py --perform FOLDER`
makes them with the version that is installed.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from tapeloom.compose import engine, plan
from tapeloom.compose.perform import draw_feel, perform
from tapeloom.core.brief import Brief
from tapeloom.core.files import read_json, write_json
from tapeloom.core.performance import Performance, performance_from_json, performance_to_json
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.media.feel_plot import FeelPanel, plot_feels
from tapeloom.media.wheels import plot_wheels
from tapeloom.rhythm.evenness import evenness, off_beatness
from tapeloom.rhythm.feels import FEELS
from tapeloom.rhythm.microtiming import instruments_of, measure, played_notes, read_written
from tapeloom.rhythm.timelines import timeline
from tapeloom.theory.instruments import DRUMS

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
PAGE = ROOT / "docs" / "rhythm.md"
WHEELS = (
    "shiko", "son32", "soukous", "rumba32", "bossa32", "gahu", "tresillo", "cinquillo",
    "bembe", "yoruba", "tambu", "fume_fume",
)  # fmt: skip
SHOWN_DRUMS = ("kick", "snare", "closed_hat", "ride")
HATS = ("closed_hat", "ride", "shaker")
STYLES = ("hiphop", "soul", "funk", "jazz")
SHOWN_FEELS = ("dusty", "dilla", "boom_bap", "swung")
BRIEFS = (
    ("rainy night, peaceful", 75, "Am"),
    ("nostalgic cafe", 78, "F"),
    ("dark city night", 70, "Dm"),
    ("playful summer morning", 86, "C"),
    ("melancholic autumn", 72, "Em"),
)
COLUMNS = (
    "record", "version", "swing", "kick ms", "snare ms", "hat ms", "spread ms", "kick velocity sd",
    "hat velocity sd", "bass behind kick ms",
)  # fmt: skip


def wheels() -> None:
    rows = []
    for name in WHEELS:
        found = timeline(name)
        figures = f"evenness {evenness(found.rhythm):.3f}, off-beat {off_beatness(found.rhythm)}"
        rows.append((name.replace("_", " "), found.rhythm, found.origin.split(",")[0], figures))
    plot_wheels(rows, IMAGES / "rhythm-wheels.png")


def designed(name: str) -> FeelPanel:
    """Play eight patterns of a beat with a preset and measure them."""
    steps = {"kick": (0, 7, 10), "snare": (4, 12), "closed_hat": range(0, 16, 1)}
    beat = PPQ // 4
    notes = tuple(
        Note(bar * 4 * PPQ + step * beat, beat, DRUMS[drum], 90)
        for bar in range(64) for drum, places in steps.items() for step in places
    )  # fmt: skip
    score = Score((Part("drums", "drums", notes=notes),), TempoMap.constant(80))
    feel = replace(FEELS[name].player(), humanise=0.3, drummer="hiphop", breath_ms=0.0)
    part = perform(score, replace(feel, ritardando_ms=0.0), stream(1, name)).parts[0]
    played = played_notes(part, tempo=score.tempo)
    return panel(name.replace("_", " "), played, score.tempo, score.meters)


def panel(title, notes, tempo, meters) -> FeelPanel:
    found, swing = read_written(notes, tempo=tempo, meters=meters)
    offsets: dict[str, list[float]] = {}
    for drum, late in zip(instruments_of(notes), found.late_ms.tolist(), strict=True):
        offsets.setdefault(drum, []).append(late)
    return FeelPanel(title, f"swing {swing}, {len(notes)} hits", offsets)


def drummers(folder: Path) -> list[FeelPanel]:
    """Measure real drummers of some styles: hits against the places where they'd be written."""
    from tapeloom.train.corpus.groove import read_groove

    by_style: dict[str, dict[str, list[float]]] = {style: {} for style in STYLES}
    counts = dict.fromkeys(STYLES, 0)
    for file, hits in read_groove(folder):
        if file.style not in by_style or file.kind != "beat" or not 60 <= file.bpm <= 110:
            continue
        counts[file.style] += 1
        for hit in hits:
            if hit.drum in SHOWN_DRUMS:
                by_style[file.style].setdefault(hit.drum, []).append(hit.offset_ms(file.bpm))
    return [
        FeelPanel(
            f"drummers: {style}",
            f"{counts[style]} performances at 60 to 110 bpm, {sum(map(len, drums.values()))} hits",
            drums,
        )
        for style, drums in by_style.items()
    ]


def perform_briefs(out: Path) -> None:
    for seed, (words, bpm, key) in enumerate(BRIEFS, 1):
        brief = Brief(words, bpm=bpm, key=key, bars=32, seed=seed)
        score = engine("theory").compose(plan(brief, stream(seed, "plan")), stream(seed, "compose"))
        style = next((part.style for part in score.parts if part.role == "drums"), "")
        feel = draw_feel(brief.character, stream(seed, "feel"), style=style)
        played = perform(score, feel, stream(seed, "perform"))
        write_json(out / f"{seed}.json", performance_to_json(played))


def row(record: str, version: str, performance: Performance) -> list[str]:
    drums = performance.part("drums")
    notes = played_notes(drums, tempo=performance.tempo)
    found = measure(notes, tempo=performance.tempo, meters=performance.meters)
    late = found.lateness_ms
    counts = {name: sum(n.pitch == DRUMS[name] for n in drums.notes) for name in HATS}
    hat = max(counts, key=lambda name: counts[name])
    velocities = {
        name: np.std([n.velocity for n in drums.notes if n.pitch == DRUMS[name]] or [0])
        for name in ("kick", hat)
    }
    kicks = np.array([n.onset_s for n in drums.notes if n.pitch == DRUMS["kick"]])
    bass = np.array([n.onset_s for n in performance.part("bass").notes])
    nearest = kicks[np.abs(bass[:, None] - kicks[None, :]).argmin(1)] if len(kicks) else bass
    gaps = 1000.0 * (bass - nearest)
    near = gaps[np.abs(gaps) < 60.0]
    backbeat = next(
        (late[name] for name in ("snare", "rim", "clap", "brush") if name in late), None
    )

    def ms(value: float | None) -> str:
        return "" if value is None else f"{value:+.1f}"

    return [
        record, version, str(found.swing), ms(late.get("kick")), ms(backbeat),
        f"{ms(late.get(hat))} ({hat.replace('_', ' ')})",
        f"{found.spread_ms:.1f}", f"{velocities['kick']:.1f}", f"{velocities[hat]:.1f}",
        f"{near.mean():+.1f} ± {near.std():.1f}" if len(near) else "",
    ]  # fmt: skip


def table(before: Path, after: Path) -> str:
    lines = [f"| {' | '.join(COLUMNS)} |", "|" + " --- |" * len(COLUMNS)]
    for seed, (words, bpm, key) in enumerate(BRIEFS, 1):
        for version, folder in (("before", before), ("after", after)):
            played = performance_from_json(read_json(folder / f"{seed}.json"))
            lines.append(f"| {' | '.join(row(f'{words}, {bpm}, {key}', version, played))} |")
    return "\n".join(lines)


def feels_table() -> str:
    lines = ["| feel | swing | what it does |", "| --- | --- | --- |"]
    lines += [f"| `{f.name}` | {100 * f.swing:.0f} % | {f.says} |" for f in FEELS.values()]
    return "\n".join(lines)


def put(name: str, text: str) -> None:
    """Replace what stands between a part's two comments on the page."""
    page = PAGE.read_text("utf-8")
    begin, end = f"<!-- {name}: made by docs/make_rhythm.py -->", f"<!-- end of {name} -->"
    if begin not in page or end not in page:
        raise SystemExit(f"docs/rhythm.md has no place for {name}")
    head, tail = page.split(begin)[0], page.split(end)[1]
    PAGE.write_text(f"{head}{begin}\n{text}\n{end}{tail}", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groove", type=Path, help="the Groove MIDI Dataset's folder")
    parser.add_argument("--before", type=Path)
    parser.add_argument("--after", type=Path)
    parser.add_argument("--perform", type=Path, help="only perform the five briefs into a folder")
    arguments = parser.parse_args()
    if arguments.perform:
        arguments.perform.mkdir(parents=True, exist_ok=True)
        perform_briefs(arguments.perform)
        return
    wheels()
    put("feels", feels_table())
    panels = [designed(name) for name in SHOWN_FEELS]
    if arguments.groove:
        panels += drummers(arguments.groove)
    plot_feels(panels, IMAGES / "rhythm-feels.png")
    if arguments.before and arguments.after:
        put("records", table(arguments.before, arguments.after))


if __name__ == "__main__":
    main()
