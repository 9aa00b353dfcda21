import json
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key, parse_chords
from tapeloom.core.pitch import FLAT_NAMES
from tapeloom.core.score import ChordSpan
from tapeloom.core.time import PPQ
from tapeloom.theory.chorale import MOST_CHORDS, Chorale, write_chorale
from tapeloom.theory.chorale_reading import check_chorale
from tapeloom.theory.chorale_search import States, search
from tapeloom.theory.four_part import LIMITS
from tapeloom.theory.inversions import bass_price, inversions, position_price
from tapeloom.train.chorale_exercises import NUMERALS, PLANTED, Passage, plant, progression

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
EXERCISES = [(mode, text) for mode in NUMERALS for text in NUMERALS[mode][3::4]]


def written(text: str, key: Key, **options: bool) -> Chorale:
    chords = [chord for chord in parse_chords(text) if chord is not None]
    return write_chorale(chords, key, **options)


def benchmark(*arguments: str) -> dict[str, object]:
    command = [sys.executable, str(ROOT / "benchmarks" / "chorales.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("mode", "text"), EXERCISES)
@pytest.mark.parametrize("by", [0, 5])
def test_a_progression_is_sung_without_a_fault(mode: str, text: str, by: int) -> None:
    key = Key(FLAT_NAMES[by], mode)
    chords = progression(text, key)
    chorale = write_chorale(chords, key)
    assert chorale.faults == ()
    assert check_chorale(chorale.voices, key=key, chords=chorale.chords) == ()
    for chord, row in zip(chords, chorale.voicings(), strict=True):
        assert row[0] % 12 == chord.bass_pitch_class
        assert {pitch % 12 for pitch in row} <= {*chord.pitch_classes, chord.bass_pitch_class}
        assert list(row) == sorted(row)
        for pitch, (low, high) in zip(row, LIMITS.values(), strict=True):
            assert low <= pitch <= high


def test_the_seventh_falls_and_the_leading_tone_rises() -> None:
    g7, c = written("G7 C", Key("C", "major")).voicings()
    steps = {(a % 12, b - a) for a, b in zip(g7, c, strict=True)}
    assert (5, -1) in steps
    assert {(11, 1), (11, -4)} & steps


def test_free_inversions_make_a_line_of_the_bass() -> None:
    key = Key("C", "major")
    text = "C G Am Em F C Dm G C"
    firm, free = written(text, key), written(text, key, free_inversions=True)
    assert free.faults == ()
    assert [span.chord.root for span in free.chords] == [span.chord.root for span in firm.chords]
    ways = [
        np.abs(np.diff([row[0] for row in chorale.voicings()])).mean() for chorale in (firm, free)
    ]
    assert ways[1] < ways[0] - 1
    for end in (free.chords[0], free.chords[-1], free.chords[-2]):
        assert end.chord.bass is None


def test_what_a_chord_may_stand_on() -> None:
    assert [str(each) for each in inversions(Chord.parse("Am"))] == ["Am", "Am/C", "Am/E"]
    assert inversions(Chord.parse("C9")) == (Chord.parse("C9"),)
    assert inversions(Chord.parse("Gsus4")) == (Chord.parse("Gsus4"),)
    cadential = bass_price(Chord.parse("C/G"), Chord.parse("G7"))
    assert cadential < bass_price(Chord.parse("C/G"), Chord.parse("Dm7/C"))
    firm, loose = (position_price(Chord.parse("C/E"), firm=firm) for firm in (True, False))
    assert firm > loose > position_price(Chord.parse("C"), firm=True)


def test_a_phrase_may_begin_anew() -> None:
    """Into a new phrase a voice may leap; parallels are heard all the same."""
    key = Key("C", "major")
    spans = [ChordSpan(i * PPQ, (i + 1) * PPQ, Chord.parse(each))
             for i, each in enumerate("C G C Ab Db Ab".split())]  # fmt: skip
    chorale = write_chorale(spans, key, phrases=(3 * PPQ,))
    assert chorale.phrases == (3 * PPQ,)
    assert chorale.faults == ()


def test_a_bass_that_cannot_be_clean_is_told() -> None:
    """The seventh in the bass is made to rise."""
    chorale = written("C G7/F G C", Key("C", "major"))
    assert [fault.name for fault in chorale.faults] == []  # the harmony stays, so it is free
    chorale = written("C G7/F C/G G7 C", Key("C", "major"))
    assert [fault.name for fault in chorale.faults] == ["unresolved seventh"]


def test_the_search_avoids_what_the_checker_alone_sees() -> None:
    rows = np.arange(8).reshape(2, 4)
    place = States((Chord(0),), np.zeros(2, np.intp), rows, rows, np.array([0.0, 1.0]))
    links = [np.zeros((2, 2))]
    path = search([place, place], links, lambda path: [1] if path == [0, 0] else [])
    assert sorted(path) == [0, 1]
    assert search([place, place], [np.zeros((2, 2))], lambda _: [1], tries=2) == [0, 0]


def test_bad_use_is_refused() -> None:
    key = Key("C", "major")
    with pytest.raises(InputError, match="there is no chord"):
        write_chorale([], key)
    with pytest.raises(InputError, match=f"four voices take {MOST_CHORDS} at most"):
        write_chorale([Chord(0)] * (MOST_CHORDS + 1), key)


@pytest.fixture(scope="module")
def passages() -> list[tuple[Chorale, Passage]]:
    found = []
    for i, (mode, text) in enumerate(EXERCISES):
        key = Key(FLAT_NAMES[(5 * i) % 12], mode)
        chorale = write_chorale(progression(text, key), key)
        chords = tuple(span.chord for span in chorale.chords)
        found.append((chorale, Passage(chorale.voicings(), chords, key)))
    return found


@pytest.mark.parametrize("name", PLANTED)
def test_planted_faults_are_found(name: str, passages: list[tuple[Chorale, Passage]]) -> None:
    rng = np.random.default_rng(7)
    planted = 0
    for chorale, passage in passages * 2:
        wrong = plant(passage, name, rng)
        if wrong is None:
            continue
        spans = chorale.chords
        faults = check_chorale(_voices(wrong.passage.rows, spans), key=passage.key, chords=spans)
        found = [(fault.name, fault.tick, fault.voices) for fault in faults]
        assert (name, spans[wrong.at].start, wrong.voices) in found
        planted += 1
    assert planted >= 6


def _voices(rows: object, spans: object) -> list[list[object]]:
    from tapeloom.core.score import Note

    return [
        [Note(s.start, s.end - s.start, row[voice])
         for row, s in zip(rows, spans, strict=True)]  # type: ignore[call-overload, attr-defined]
        for voice in range(4)
    ]  # fmt: skip


@pytest.mark.slow
def test_a_hundred_progressions() -> None:
    found = benchmark("progressions")
    assert found["count"] == 100
    assert found["parallels, crossings and notes out of range"] == 0


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="needs the data sets")
def test_a_hundred_progressions_with_charts(tmp_path: Path) -> None:
    for name in ("irb", "openewld"):
        with tarfile.open(DATA / f"{name}.tar.xz") as archive:
            archive.extractall(tmp_path / name, filter="data")
    found = benchmark("progressions", str(tmp_path))
    assert found["count"] == 100
    assert found["parallels, crossings and notes out of range"] == 0
    assert found["clean"] >= 85  # type: ignore[operator]  # some basses can't be clean


@pytest.mark.slow
def test_every_planted_fault_is_found() -> None:
    for name, counts in benchmark("planted", "--each", "100").items():
        assert counts == {"planted": 100, "found": 100}, name
