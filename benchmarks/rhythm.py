"""Measure the rhythm library and the performer.

    python benchmarks/rhythm.py meter FOLDER    tempo, meter and downbeat on the Groove set
    python benchmarks/rhythm.py patterns        10,000 events of each of some patterns
    python benchmarks/rhythm.py perform         a score of three minutes, played

FOLDER holds the Groove MIDI Dataset (info.csv and its MIDI files). `--split` names the part, by
default its validation files. Tempo is right within 4 %; twice, half, three times or a third of it
counts as an octave error; everything else as wrong. The meter is right where the time signature is
the same; beside it stands what "always 4/4" would reach, since nearly all files are in 4/4.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import process_time

from tapeloom.compose import engine, plan
from tapeloom.compose.perform import draw_feel, perform
from tapeloom.core.brief import Brief
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ
from tapeloom.rhythm import parse
from tapeloom.rhythm.pulse import Pulse, find_pulse
from tapeloom.train.corpus.groove import GrooveFile, read_groove

TOLERANCE = 0.04
OCTAVES = (2.0, 0.5, 3.0, 1 / 3)
DOWNBEAT_S = 0.07


def tempo_verdict(found_bpm: float, true_bpm: float) -> str:
    ratio = found_bpm / true_bpm
    if abs(ratio - 1.0) <= TOLERANCE:
        return "right"
    octave = any(abs(ratio / octave - 1.0) <= TOLERANCE for octave in OCTAVES)
    return "octave" if octave else "wrong"


def has_downbeat(pulse: Pulse, file: GrooveFile) -> bool:
    bar_s = 60.0 / file.bpm * file.meter.bar_ticks / PPQ
    off = (pulse.downbeat_s + 0.5 * bar_s) % bar_s - 0.5 * bar_s
    return abs(off) <= DOWNBEAT_S


def share(count: int, of: int) -> str:
    return f"{count:4d} of {of:4d}  {count / max(of, 1):6.1%}"


def report(title: str, rows: Sequence[tuple[GrooveFile, Pulse]]) -> None:
    n = len(rows)
    tempi = Counter(tempo_verdict(pulse.bpm, file.bpm) for file, pulse in rows)
    right = sum(pulse.meter == file.meter for file, pulse in rows)
    odd = [(file, pulse) for file, pulse in rows if str(file.meter) != "4/4"]
    print(f"{title} ({n} files)")
    print(f"  meter right            {share(right, n)}")
    print(f"  always 4/4 would be    {share(n - len(odd), n)}")
    print(f"  meter right, not 4/4   {share(sum(p.meter == f.meter for f, p in odd), len(odd))}")
    print(f"  tempo within 4 %       {share(tempi['right'], n)}")
    print(f"  tempo an octave off    {share(tempi['octave'], n)}")
    print(f"  downbeat within 70 ms  {share(sum(has_downbeat(p, f) for f, p in rows), n)}")


def measure_meter(folder: Path, split: str) -> None:
    rows = []
    timed = []
    spent = process_time()
    for file, hits in read_groove(folder):
        if file.split != split or len(hits) < 3:
            continue
        pulse = find_pulse(
            [hit.start * 60.0 / (file.bpm * PPQ) for hit in hits],
            [hit.velocity for hit in hits],
            pitches=[hit.key for hit in hits],
        )
        rows.append((file, pulse))
        span = (hits[-1].start - hits[0].start) * 60.0 / (file.bpm * PPQ)
        timed.append((file, pulse, span))
    report("all", rows)
    long = [(f, p, s) for f, p, s in timed if s >= 4.0]
    report("four seconds and longer", [(file, pulse) for file, pulse, _ in long])
    for kind in ("beat", "fill"):
        report(f"{kind}s", [(file, pulse) for file, pulse in rows if file.kind == kind])
    print(f"{process_time() - spent:.1f} CPU-seconds, reading included")
    for file, pulse in rows:
        if str(file.meter) != "4/4" or pulse.meter != file.meter:
            print(f"  {file.name}: {file.bpm:g} {file.meter}, found {pulse.bpm:.1f} {pulse.meter}")


# From plain to nested, as people write them.
PATTERNS = (
    "kick hat snare hat", "kick(3,8) [~ snare]*2 hat*8", "[kick(5,16), hat*16, ~ snare]",
    "<kick snare>(3,8) [hat hat*2]*4",
)  # fmt: skip
EVENTS = 10_000


def measure_patterns() -> None:
    print(f"CPU-seconds for {EVENTS} events, best of five")
    for text in PATTERNS:
        pattern = parse(text)
        cycles = max(EVENTS // max(len(pattern.onsets(0, 1)), 1), 1)
        best = float("inf")
        for _ in range(5):
            begin = process_time()
            count = len(pattern.onsets(0, cycles))
            best = min(best, (process_time() - begin) * EVENTS / max(count, 1))
        print(f"  {best:6.3f}  {text}")


def measure_perform() -> None:
    print("CPU-seconds to play three minutes, best of five after the first")
    for seed, words in enumerate(("rainy night, peaceful", "playful summer", "dark city"), 1):
        brief = Brief(words, minutes=3, seed=seed)
        score = engine("theory").compose(plan(brief, stream(seed, "plan")), stream(seed, "compose"))
        feel = draw_feel(brief.character, stream(seed, "feel"))
        notes = sum(len(part.notes) for part in perform(score, feel, stream(seed, "p")).parts)
        best = float("inf")
        for _ in range(5):
            begin = process_time()
            perform(score, feel, stream(seed, "p"))
            best = min(best, process_time() - begin)
        print(f"  {best:6.3f}  {words}: {notes} notes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    meter = commands.add_parser("meter", help="tempo, meter and downbeat on the Groove set")
    meter.add_argument("folder", type=Path)
    meter.add_argument("--split", default="validation", choices=("train", "validation", "test"))
    commands.add_parser("patterns", help="events of patterns")
    commands.add_parser("perform", help="a score of three minutes")
    arguments = parser.parse_args()
    if arguments.command == "meter":
        measure_meter(arguments.folder, arguments.split)
    elif arguments.command == "patterns":
        measure_patterns()
    else:
        measure_perform()


if __name__ == "__main__":
    main()
