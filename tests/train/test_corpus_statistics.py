"""What a data set holds, counted."""

import json

from tapeloom.train.corpus.song import read_songs
from tapeloom.train.corpus_statistics import CorpusStatistics, plot_statistics

from .toy_data import write_all


def test_songs_are_counted_by_set(tmp_path):
    write_all(tmp_path / "sets")
    statistics = CorpusStatistics()
    for song in read_songs(tmp_path / "sets"):
        statistics.add(song)
    told = json.loads(json.dumps(statistics.to_json()))
    pop = told["pop909"]
    assert (pop["songs"], pop["validation"], pop["bars"], pop["chords"]) == (3, 1, 48, 48)
    assert pop["keys"] == {"C major": 3}
    assert pop["chord_kinds"]["min7"] > 0
    assert told["groove"]["styles"] == {"funk": 1, "hiphop": 1}
    assert "notes_per_bar" not in told["groove"]  # drums have no pitches
    assert "bpm" not in told["irb"]  # its tempi are not the music's
    assert told["irb"]["bars"] == told["irb"]["chords"] == 64
    headings, rows = statistics.table()
    assert [row[0] for row in rows] == ["pop909", "groove", "wjazzd", "openewld", "irb"]
    assert {len(row) for row in rows} == {len(headings)}
    assert rows[0][-1] == "100 %"  # all of its chords are sevenths


def test_they_are_drawn(tmp_path):
    path = tmp_path / "statistics.png"
    plot_statistics(CorpusStatistics(), path)  # nothing at all is drawn, too
    write_all(tmp_path / "sets")
    statistics = CorpusStatistics()
    for song in read_songs(tmp_path / "sets"):
        statistics.add(song)
    plot_statistics(statistics, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert path.stat().st_size > 30_000
