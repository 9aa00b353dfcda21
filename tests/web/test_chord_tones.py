"""The piano roll's chord tones are those of the chords that the program knows."""

import json
import shutil
import subprocess
from itertools import combinations
from pathlib import Path

import pytest

from tapeloom.core.harmony import QUALITIES, Chord

MODULE = Path(__file__).parents[2] / "src/tapeloom/app/web/roll/chord_tones.js"
READ = f"""
import {{ readFileSync }} from "node:fs";
import {{ readChord }} from {json.dumps(MODULE.as_uri())};
const found = JSON.parse(readFileSync(0, "utf8")).map((text) => readChord(text));
console.log(JSON.stringify(found.map(({{ root, tones }}) => [root, [...tones]])));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node 20 or later")
def test_every_chord_has_its_tones() -> None:
    degrees = ("b9", "3", "5", "b3", "11", "#11", "b7", "7", "13")
    nameless = [f"({','.join(few)})" for n in (2, 3) for few in combinations(degrees, n)]
    chords = [Chord(at % 12, name) for at, name in enumerate([*QUALITIES, *nameless])]
    chords += [Chord(1, "maj7", 8), Chord(2, "7", 1), Chord(10, "min9", 5)]
    done = subprocess.run(
        ["node", "--input-type=module", "-e", READ], input=json.dumps([str(one) for one in chords]),
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    for chord, (root, tones) in zip(chords, json.loads(done.stdout), strict=True):
        bass = set() if chord.bass is None else {chord.bass}
        assert (root, set(tones)) == (chord.root, {*chord.pitch_classes, *bass}), str(chord)
