from pathlib import Path

from tapeloom.core.time import PPQ
from tapeloom.train.corpus.lead_sheet import is_validation
from tapeloom.train.loops import read_loops

from .toy_data import write_pop909


def test_loops_are_eight_bars_of_songs_that_nothing_learnt_from(tmp_path: Path) -> None:
    held = next(f"{i:03}" for i in range(1, 910) if is_validation(f"{i:03}"))
    other = next(f"{i:03}" for i in range(1, 910) if not is_validation(f"{i:03}"))
    for number in (held, other):
        write_pop909(tmp_path, number, bars=16)
    found = list(read_loops(tmp_path, 5))
    assert [name for name, _ in found] == [held]
    loop = found[0][1]
    assert loop.end <= 8 * 4 * PPQ
    assert loop.part("melody").notes
    assert list(read_loops(tmp_path, 0)) == []
