"""Reharmonise ten public-domain tunes and write them into docs/theory.md.

    python docs/make_reharmonisations.py OPENEWLD_FOLDER

OPENEWLD_FOLDER holds the lead sheets of the OpenEWLD corpus, one folder a composer. Only chord
symbols are written.
"""

import argparse
from pathlib import Path

import numpy as np

from tapeloom.theory.chart import write_chart
from tapeloom.theory.reharmony import Reharmonisation, reharmonise
from tapeloom.theory.techniques import TECHNIQUES
from tapeloom.train.corpus.lead_sheet import LeadSheet
from tapeloom.train.corpus.openewld import read_openewld

PAGE = Path(__file__).with_name("theory.md")
BEGIN = "<!-- reharmonisations: made by docs/make_reharmonisations.py -->"
END = "<!-- end of reharmonisations -->"
AMOUNTS = (0.3, 0.6, 0.9)
NOTABLE = 4  # changes explained under each chart
# File stem, what is known of the tune, and the second style beside jazz.
TUNES = (
    ("Danny_Boy", "Londonderry Air, traditional", "gospel"),
    ("Aloha_Oe", "Queen Liliʻuokalani, 1878", "bossa"),
    ("Shenandoah", "traditional", "lofi"),
    ("Auld_Lang_Syne", "traditional", "pop"),
    ("After_You've_Gone", "Turner Layton, 1918", "lofi"),
    ("Beautiful_Dreamer", "Stephen Foster, 1864", "bossa"),
    ("My_Melancholy_Baby", "Ernie Burnett, 1912", "gospel"),
    ("What_Child_is_This", "Greensleeves, traditional", "lofi"),
    ("Swing_Low", "spiritual", "gospel"),
    ("Joshua_Fit", "spiritual", "pop"),
)


def find(folder: Path, stem: str) -> LeadSheet:
    """Read the tune whose file begins so."""
    wanted = stem.lower().replace("'", "").replace("_", "")
    for path in sorted(folder.rglob("*.mxl")):
        if path.stem.lower().replace("'", "").replace("_", "").startswith(wanted):
            return read_openewld(path)
    raise SystemExit(f"no tune {stem} in {folder}")


def notable(found: Reharmonisation) -> list[str]:
    """List the boldest changes, in the order in which they are heard."""
    changes = [c for c in found.changes if c.technique not in ("extension", "simplification")]
    seen: dict[str, int] = {}
    for i, change in enumerate(changes):
        seen.setdefault(change.technique, i)
    bold = sorted(seen, key=lambda name: -TECHNIQUES[name].boldness)[:NOTABLE]
    lines = []
    for i in sorted(seen[name] for name in bold):
        bar = sum(start <= changes[i].start for start in bars(found)) - upbeat(found)
        lines.append(f"- bar {bar}: {changes[i].text(found.key)} ({changes[i].technique})")
    return lines


def bars(found: Reharmonisation) -> list[int]:
    """List the ticks of the barlines."""
    from tapeloom.core.meter import bar_starts

    return bar_starts(found.meters, found.chords[-1].end)


def upbeat(found: Reharmonisation) -> int:
    """Return 1 where the tune begins with a short bar, which isn't counted."""
    meters = found.meters
    return int(len(meters) > 1 and meters[0][1].bar_ticks < meters[1][1].bar_ticks)


def section(sheet: LeadSheet, about: str, other: str, seed: int) -> str:
    """Write one tune: as it is, and in two styles by three amounts."""
    score = sheet.score
    key = score.keys[0][1]
    original = write_chart(score.chords, meters=score.meters, key=key)
    lines = [f"### {sheet.title}", "", f"{about}; {key}, {score.meters[-1][1]}.", ""]
    lines += ["```", original, "```", ""]
    for style in ("jazz", other):
        for amount in AMOUNTS:
            rng = np.random.default_rng(seed)
            found = reharmonise(score, amount=amount, style=style, rng=rng)[0]
            lines += [f"**{style}, {amount}**", "", "```", found.chart(), "```", ""]
            lines += [*notable(found), ""]
    return "\n".join(lines)


def main() -> None:
    """Write the section, between its marks, leaving the rest of the page as it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    parts = [
        section(find(folder, stem), about, other, seed)
        for seed, (stem, about, other) in enumerate(TUNES)
    ]
    text = f"{BEGIN}\n\n" + "\n".join(parts) + f"\n{END}"
    page = PAGE.read_text("utf-8") if PAGE.exists() else f"# The theory engine\n\n{BEGIN}{END}\n"
    if BEGIN not in page:
        page += f"\n{BEGIN}{END}\n"
    before, rest = page.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    PAGE.write_text(before + text + after, "utf-8")


if __name__ == "__main__":
    main()
