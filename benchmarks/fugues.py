"""Make fugues on Bach's subjects and on drawn ones, and tell what is wrong with them.

    python benchmarks/fugues.py [--only NUMBER,NUMBER] [--json FILE]

Twenty subjects: ten of Bach's (theory.fugue.bach), where the answer by rule is compared with his,
and ten that are drawn in several keys and meters, of which three modulate.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from tapeloom.app.fugues import fugue_facts
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.theory.fugue.answer import find_answer
from tapeloom.theory.fugue.bach import EXAMPLES, compare
from tapeloom.theory.fugue.drawing import draw_subject
from tapeloom.theory.fugue.subject import Subject
from tapeloom.theory.fugue.writing import compose_fugue

DRAWN = (
    ("D minor", "4/4", 2, False), ("G major", "4/4", 2, False), ("A minor", "3/4", 3, False),
    ("F major", "6/8", 2, False), ("E minor", "4/4", 2, True), ("Bb major", "4/4", 2, True),
    ("C major", "2/2", 3, False), ("F# minor", "4/4", 2, False), ("Eb major", "3/4", 4, False),
    ("B minor", "4/4", 3, True),
)  # fmt: skip


def subjects() -> list[tuple[str, Subject, tuple[int, ...] | None]]:
    """Name the twenty subjects; with Bach's come his answers."""
    found: list[tuple[str, Subject, tuple[int, ...] | None]] = []
    for example in EXAMPLES:
        subject, his = example.read()
        found.append((example.name, subject, his))
    for i, (key, meter, bars, modulating) in enumerate(DRAWN):
        rng = np.random.default_rng(100 + i)
        subject = draw_subject(rng, key=Key.parse(key), meter=Meter.parse(meter), bars=bars,
                               modulating=modulating)  # fmt: skip
        found.append((f"drawn {i + 1}", subject, None))
    return found


def measure(number: int, name: str, subject: Subject, his: tuple[int, ...] | None) -> dict:
    answer = find_answer(subject)
    start = time.perf_counter()
    fugue = compose_fugue(subject, voices=3 + number % 2, rng=np.random.default_rng(number))
    seconds = time.perf_counter() - start
    differences = compare(answer, his) if his is not None else ()
    return {
        "subject": name,
        **fugue_facts(fugue),
        "mutated": [told.index for told in answer.explained if told.mutated],
        "like_bach": None if his is None else not differences,
        "differences": [
            f"note {d.index + 1}: {d.ours} for Bach's {d.his}; {d.reason}" for d in differences
        ],
        "beats": fugue.report.beats,
        "seconds": round(seconds, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="numbers from 1, with commas between")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    chosen = {int(text) for text in asked.only.split(",") if text}
    rows = []
    print("| subject | key | meter | voices | bars | answer | like Bach's | entries found "
          "| stretto | parallels | dissonances unexplained | crossed | outside | s |")  # fmt: skip
    print("|---" * 14 + "|")
    for number, (name, subject, his) in enumerate(subjects(), 1):
        if chosen and number not in chosen:
            continue
        row = measure(number, name, subject, his)
        rows.append(row)
        like = {None: "", True: "yes", False: "no"}[row["like_bach"]]
        print(
            f"| {name} | {row['key']} | {row['meter']} | {row['voices']} | {row['bars']} "
            f"| {row['answer']} | {like} | {row['entries_found']} of {row['entries']} "
            f"| {'yes' if row['stretto'] else ''} | {row['parallels']} "
            f"| {row['unexplained_dissonances']} of {row['beats']} beats "
            f"| {row['crossed_share']:.1%} | {row['outside_ranges']} | {row['seconds']} |",
            flush=True,
        )
        for difference in row["differences"]:
            print(f"    {difference}")
    total = {key: sum(row[key] for row in rows)
             for key in ("parallels", "entries", "entries_found", "unexplained_dissonances",
                         "beats", "seconds")}  # fmt: skip
    print(f"\n{len(rows)} fugues: {total}")
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1), "utf-8")


if __name__ == "__main__":
    main()
