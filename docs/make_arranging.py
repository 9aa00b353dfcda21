"""Make the loop, the pictures and the plan of docs/arranging.md.

    python docs/make_arranging.py

The loop is written here, note for note: eight bars in D minor for a melody, an electric piano and a
bass. It is arranged for five bands with one seed and one form.
"""

from pathlib import Path

import numpy as np

from tapeloom.app.arranging import arrange_file, arrangement_facts, arrangement_lines
from tapeloom.compose.recognition import section_likeness
from tapeloom.core.harmony import Key
from tapeloom.core.midi import write_midi
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.media.figures import TEXT, dress, new_figure, save
from tapeloom.media.rolls import plot_score

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
PAGE = ROOT / "docs" / "arranging.md"
LOOP = ROOT / "docs" / "arranging" / "loop.mid"
BANDS = ("lofi-quartet", "lofi-strings", "jazz-trio", "string-quartet", "flute-and-harp")
FORM = "intro4 A8 B8 A'8 outro4"
SEED = 8
BEGIN, END = "<!-- plan: made by docs/make_arranging.py -->", "<!-- end of the plan -->"
# Eighths: pitch names hold on with -, rest with a dot; bars of D minor.
TUNE = (
    "A4 - D5 E5 F5 - E5 D5 | C5 - - A4 - - . . | Bb4 - D5 F5 A5 - G5 F5 | E5 - - - . . E5 F5 |"
    "G5 - F5 E5 D5 - C5 D5 | A4 - - F4 - - . . | G4 - A4 Bb4 C5 - D5 E5 | D5 - - - - - . ."
)
CHORDS = ("D3 F3 A3 C4", "C3 F3 A3 E4", "Bb2 F3 A3 D4", "A2 G3 C#4 E4") * 2
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def pitch(name: str) -> int:
    """Return the MIDI number of a name such as Bb4.

    >>> pitch("C4"), pitch("Bb3"), pitch("C#5")
    (60, 58, 73)
    """
    return 12 * (int(name[-1]) + 1) + STEPS[name[0]] + name.count("#") - name.count("b")


def make_loop() -> Score:
    """Write the loop."""
    eighth = PPQ // 2
    tune: list[Note] = []
    for i, sign in enumerate(TUNE.replace("|", " ").split()):
        if sign == "-":
            last = tune.pop()
            tune.append(Note(last.start, last.duration + eighth, last.pitch, 84))
        elif sign != ".":
            tune.append(Note(i * eighth, eighth, pitch(sign), 84))
    keys, bass = [], []
    for i, chord in enumerate(CHORDS):
        low, *upper = (pitch(name) for name in chord.split())
        bar = 8 * i * eighth
        keys += [
            Note(bar + at * eighth, held * eighth, each, 66)
            for at, held in ((0, 3), (3, 3), (6, 2))
            for each in upper
        ]
        bass += [
            Note(bar, 3 * eighth, low - 12, 82),
            Note(bar + 3 * eighth, 3 * eighth, low - 12, 76),
            Note(bar + 6 * eighth, 2 * eighth, low - 5, 76),
        ]
    return Score(
        (
            Part("melody", "melody", "flute", tuple(tune), 73),
            Part("keys", "keys", "electric_piano", tuple(keys), 4),
            Part("bass", "bass", "upright_bass", tuple(bass), 32),
        ),
        tempo=TempoMap.constant(78), keys=((0, Key("D", "minor")),),
    )  # fmt: skip


def draw_likeness(score: Score, path: Path) -> None:
    """Draw how alike the tunes of the sections are."""
    table = section_likeness(score)
    names = [section.name for section in score.sections]
    figure = new_figure(5.6, 5.2, top=0.2)
    axes = figure.add_axes((0.16, 0.1, 0.8, 0.84))
    dress(axes)
    axes.imshow(table, vmin=0.0, vmax=1.0, cmap="magma")
    axes.set_xticks(range(len(names)), names, rotation=45, color=TEXT, fontsize=8)
    axes.set_yticks(range(len(names)), names, color=TEXT, fontsize=8)
    for (row, column), value in np.ndenumerate(table):
        axes.text(column, row, f"{value:.2f}"[1:] if value < 1 else "1", ha="center", va="center",
                  color="black" if value > 0.6 else TEXT, fontsize=7)  # fmt: skip
    save(figure, path)


def main() -> None:
    """Write the loop, its arrangements' pictures, and the plan in the page."""
    LOOP.parent.mkdir(exist_ok=True)
    write_midi(LOOP, make_loop())
    plot_score(make_loop(), IMAGES / "arranging-loop.png")
    for band in BANDS:
        made = arrange_file(str(LOOP), form=FORM, band=band, seed=SEED)
        plot_score(made.score, IMAGES / f"arranging-{band}.png")
    whole = arrange_file(str(LOOP), minutes=4.0, seed=SEED)
    plot_score(whole.score, IMAGES / "arranging-four-minutes.png")
    draw_likeness(whole.score, IMAGES / "arranging-likeness.png")
    plan = "\n".join(arrangement_lines(arrangement_facts(whole)))
    head, rest = PAGE.read_text("utf-8").split(BEGIN)
    tail = rest.split(END)[1]
    PAGE.write_text(f"{head}{BEGIN}\n\n```\n{plan}\n```\n\n{END}{tail}", "utf-8")


if __name__ == "__main__":
    main()
