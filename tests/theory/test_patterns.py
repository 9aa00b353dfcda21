"""Patterns: each row of the table is found in itself, in every key; forms; lines; real tunes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.theory.patterns import PATTERNS, Pattern, find_patterns
from tapeloom.theory.steps import match_steps

# How a step of the table may be played.
SUFFIX = {"^": "maj7", "7": "7", "m": "m7", "h": "m7b5", "o": "dim7", "M": "", "n": "m7", "": "m7"}


def parse(text: str) -> list[Chord]:
    return [Chord.parse(name) for name in text.split()]


def play(pattern: Pattern) -> list[Chord]:
    """Write the plainest chords that a pattern stands for."""
    chords = []
    for word in pattern.steps.split():
        if word.endswith("?"):
            continue
        step = word.split("|")[0].split("@")[0]
        mark = step[-1] if step[-1] in "^7mhoMn" else ""
        chords.append(Chord.parse(step.removesuffix(mark) + SUFFIX[mark]))
    return chords


def names(text: str, **how: object) -> list[str]:
    return [found.name for found in find_patterns(parse(text), **how)]  # type: ignore[arg-type]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: f"{p.name}")
def test_each_pattern_is_found_in_every_key(pattern: Pattern) -> None:
    chords = play(pattern)
    for shift in range(12):
        moved = [chord.transpose(shift) for chord in chords]
        whole = [
            found
            for found in find_patterns(moved)
            if found.name == pattern.name and (found.start, found.end) == (0, len(chords))
        ]
        assert [(found.key.pitch_class, found.key.mode) for found in whole] == [
            (shift, pattern.mode)
        ]


def test_names_are_told_apart() -> None:
    assert len({pattern.name for pattern in PATTERNS}) == len(PATTERNS)


@given(
    line=st.lists(
        st.sampled_from(parse("C Dm7 G7 Cmaj7 Am7 E7 F Fm Bb7 Db7 Ebmaj7 Ab Bm7b5 C/G F#dim7")),
        max_size=20,
    ),
    shift=st.integers(0, 11),
)
def test_patterns_transpose(line: list[Chord], shift: int) -> None:
    plain = find_patterns(line)
    moved = find_patterns([chord.transpose(shift) for chord in line])
    assert sorted((f.name, f.start, f.end, (f.key.pitch_class + shift) % 12) for f in plain) == (
        sorted((f.name, f.start, f.end, f.key.pitch_class) for f in moved)
    )
    assert all(0 <= f.start < f.end <= len(line) for f in plain)


def test_the_longer_pattern_is_told() -> None:
    assert names("Dm7 G7 Cmaj7") == ["ii-V-I"]
    assert "ii-V" not in names("Fm7 Bb7 Cmaj7")
    assert names("Dm7 Dm7 G7 G7 Cmaj7") == ["ii-V-I"]  # repeats count once


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Cm CmMaj7 Cm7 Cm6", "line cliche"),
        ("C Caug C6 C7", "line cliche"),
        ("Cm Cm/B Cm/Bb", "line cliche"),
        ("C Cmaj7 C7", "line cliche"),
        ("C G/C F/C C", "pedal point"),
        ("Am G F E", "lament bass"),
        ("Am E/G# C/G D/F# F E", "lament bass"),
        ("Am7 D7 Gmaj7 Cmaj7 F#m7b5 B7 Em", "circle of fifths"),
    ],
)
def test_lines_and_pedals(line: str, name: str) -> None:
    assert name in names(line)


@pytest.mark.parametrize("line", ["C C C C", "Cm Cm Fm", "C G/B C", "C7 C7 C7", "C F"])
def test_what_stays_is_no_line(line: str) -> None:
    assert not set(names(line)) & {"line cliche", "pedal point", "lament bass", "circle of fifths"}


def test_circle_of_fifths_names_its_key() -> None:
    minor = find_patterns(parse("Am7 D7 Gmaj7 Cmaj7 F#m7b5 B7 Em"), names=["circle of fifths"])
    major = find_patterns(parse("C F Bdim Em Am Dm G C"), names=["circle of fifths"])
    assert [str(f.key) for f in (*minor, *major)] == ["E minor", "C major"]


BLUES = "C7 F7 C7 C7 F7 F7 C7 A7 Dm7 G7 C7 G7"


def test_blues_has_its_chords_in_their_bars() -> None:
    beats = [4.0] * 12
    assert "12-bar jazz blues" in names(BLUES, beats=beats)
    assert "12-bar jazz blues" not in names(BLUES, beats=[1.0] * 12)
    assert "12-bar jazz blues" in names(BLUES)
    assert "12-bar blues" in names("C7 F7 C7 F7 C7 G7 F7 C7")
    assert "12-bar minor blues" in names("Cm7 Fm7 Cm7 Ab7 G7 Cm7", beats=[16, 8, 8, 4, 4, 8])


def test_rhythm_changes() -> None:
    first = "Bb6 G7 Cm7 F7 Dm7 G7 Cm7 F7 Fm7 Bb7 Eb7 Ab7 Dm7 G7 Cm7 F7"
    bridge = "D7 G7 C7 F7"
    found = find_patterns(parse(f"{first} {bridge}"), beats=[2.0] * 16 + [8.0] * 4)
    told = {f.name: str(f.key) for f in found}
    assert told["rhythm changes, A section"] == "Bb major"
    assert told["rhythm changes, bridge"] == "Bb major"


def test_giant_steps() -> None:
    line = "Bmaj7 D7 Gmaj7 Bb7 Ebmaj7 Am7 D7 Gmaj7 Bb7 Ebmaj7 F#7 Bmaj7 Fm7 Bb7 Ebmaj7 Am7 D7"
    line += " Gmaj7 C#m7 F#7 Bmaj7 Fm7 Bb7 Ebmaj7 C#m7 F#7"
    found = [(f.name, str(f.key), f.start) for f in find_patterns(parse(line))]
    assert ("Coltrane cycle", "B major", 0) in found
    assert ("Coltrane cycle", "G major", 7) in found
    assert ("major thirds rising by ii-V", "Eb major", 14) in found


def test_bad_input_is_named() -> None:
    with pytest.raises(InputError, match="no pattern"):
        find_patterns(parse("C"), names=["nonsense"])
    with pytest.raises(InputError, match="one length for each chord"):
        find_patterns(parse("C F"), beats=[4.0])
    with pytest.raises(InputError, match="more than 0"):
        find_patterns(parse("C F"), beats_a_bar=0.0)
    with pytest.raises(InputError, match="'H7' is no step"):
        list(match_steps([(0, 0), (5, 0)], ["H7 C"]))
    with pytest.raises(InputError, match="too short"):
        list(match_steps([(0, 0), (5, 0)], ["G7? C"]))
    assert find_patterns([]) == ()


# Tunes of the jazz corpus and what musicians find in them.
TUNES = {
    "Anthropology": "rhythm changes, A section",
    "Cottontail": "rhythm changes, bridge",
    "Countdown": "Coltrane cycle",
    "26-2": "Coltrane cycle",
    "Lady_Bird": "turnaround of Tadd Dameron",
    "Billie_s_Bounce": "12-bar jazz blues",
    "Mr._P.C.": "12-bar minor blues",
    "Autumn_Leaves": "falling leaves ii-V-I-IV-vii-III-vi",
    "Freddie_Freeloader": "12-bar blues",
}
ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "irb.tar.xz"


@pytest.fixture(scope="module")
def tunes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import tarfile

    if not ARCHIVE.exists():
        pytest.skip("the jazz corpus is not here")
    folder = tmp_path_factory.mktemp("irb")
    with tarfile.open(ARCHIVE) as packed:
        packed.extractall(folder, filter="data")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("title", TUNES)
def test_real_tunes(tunes: Path, title: str) -> None:
    from tapeloom.train.corpus.irb import read_irb

    (path,) = list(tunes.rglob(f"{title}_*.json"))[:1]
    score = read_irb(path).score
    beats = [(span.end - span.start) / 10080 for span in score.chords]
    found = find_patterns([span.chord for span in score.chords], beats=beats)
    assert TUNES[title] in {item.name for item in found}
