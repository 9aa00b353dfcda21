"""Loops out of songs: the first bars of melody of songs that no model learnt from."""

import itertools
from collections.abc import Iterator
from pathlib import Path

from tapeloom.compose.loop_material import bars_of
from tapeloom.core.errors import InputError
from tapeloom.core.score import Score
from tapeloom.train.corpus.lead_sheet import is_validation
from tapeloom.train.corpus.pop909_roles import read_pop909_song

BARS = 8


def read_loops(folder: Path, count: int, *, bars: int = BARS) -> Iterator[tuple[str, Score]]:
    """Read loops of validation songs of POP909, a number and a score each.

    folder   holds pop909 and pop909cl, unpacked
    bars     of a loop, from the first two bars in which the melody sounds
    """
    found = 0
    for path in sorted((folder / "pop909").glob("*/*/[0-9][0-9][0-9].mid")):
        quantised = next((folder / "pop909cl").glob(f"*/{path.stem}.mid"), None)
        if found == count or quantised is None or not is_validation(path.stem):
            continue
        try:
            song = read_pop909_song(path, quantised)
        except InputError:
            continue
        onsets = [note.start for note in song.part("melody").notes]
        edges = [*song.bar_starts, song.end]
        sung = [any(a <= tick < b for tick in onsets) for a, b in itertools.pairwise(edges)]
        begin = next((i for i in range(len(sung) - bars) if all(sung[i : i + 2])), None)
        if begin is not None:
            found += 1
            yield path.stem, bars_of(song, begin + 1, begin + bars)
