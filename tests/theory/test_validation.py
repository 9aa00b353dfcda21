"""Validation: each rule objects to what it should and keeps silent on what musicians accept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.theory.keys import spell_key
from tapeloom.theory.objections import why_it_fits
from tapeloom.theory.progressions import FAMILIES, progressions
from tapeloom.theory.validation import SEVERITIES, STYLES, validate_progression

C, A_MINOR = Key("C", "major"), Key("A", "minor")


def parse(text: str) -> list[Chord]:
    return [Chord.parse(name) for name in text.split()]


def rules(text: str, key: Key = C, **how: object) -> set[str]:
    return {f.rule for f in validate_progression(parse(text), key, **how)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "key", "style", "rule"),
    [
        ("Dm7 G7 Bm7 C", C, "jazz", "unresolved dominant"),
        ("Em7b5 Fmaj7 Dm7 G7 C", C, "jazz", "half-diminished"),
        ("C Bdim7 C#m C", C, "jazz", "diminished"),
        ("Cmaj7 F#maj7 Cmaj7", C, "lo-fi", "no function"),
        ("Cmaj7 Em9 Am7 Dm7 G7 C6", C, "lo-fi", "foreign tension"),
        ("Cmaj7 C/F# F Dm7 G7 C", C, "lo-fi", "foreign bass"),
        ("C C C C C G7 C", C, "jazz", "static"),
        ("Dm7 G7 C Dm7 F", C, "jazz", "no cadence"),
        ("Cmaj7 Am7 Dm7 Fmaj7", C, "jazz", "no cadence"),
        ("C F G7 F C", C, "common practice", "retrogression"),
        ("C F/C Am C/G F G7 C", C, "common practice", "six-four"),
        ("C Dm9 G7 C", C, "common practice", "too rich"),
        ("C Am F G", C, "lo-fi", "too plain"),
    ],
)
def test_each_rule_objects(text: str, key: Key, style: str, rule: str) -> None:
    assert rule in rules(text, key, style=style)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Cmaj7 Am7 Dm7 G7 Cmaj7", C),
        ("Cmaj7 A7 Dm7 Db7 Cmaj7", C),
        ("Cmaj7 Fm7 Bb7 Cmaj7", C),
        ("Cmaj7 C#dim7 Dm7 G7 Cmaj7", C),
        ("Am7 Bm7b5 E7b9 Am6", A_MINOR),
        ("Cmaj7 Ebmaj7 Abmaj7 Dbmaj7 Cmaj7", C),
        ("C7 F7 C7 G7 F7 C7", C),
        ("Fmaj7 E7 Am7 Gm7 C7 Fmaj7 Fm6 Cmaj7", C),
        ("Cmaj7 Gsus4 G7sus4 G7 Cmaj7", C),
    ],
)
def test_what_jazz_plays_is_accepted(text: str, key: Key) -> None:
    found = validate_progression(parse(text), key)
    assert [str(f) for f in found if f.severity != "hint"] == []


@pytest.mark.parametrize("text", ["C F C/G G7 C", "C Dm/F G Am F G7 C", "C G/D C/E F G C"])
def test_what_common_practice_writes_is_accepted(text: str) -> None:
    assert rules(text, style="common practice") == set()


def test_own_progressions_have_no_errors() -> None:
    doubted = []
    count = 0
    for name, modes in FAMILIES.items():
        for mode in modes:
            for progression in progressions(name, mode):
                bars = progression.in_key(Key("C", mode))
                chords = [chord for bar in bars for chord in bar]
                beats = [4.0 / len(bar) for bar in bars for _ in bar]
                key = Key("C", mode)
                found = validate_progression(chords, key, style="lo-fi", beats=beats, is_loop=True)
                assert all(f.severity != "error" for f in found)
                doubted += [f for f in found if f.severity == "warning"]
                count += 1
    assert len(doubted) < count / 20


def test_modulation_wants_a_bridge() -> None:
    far = Key("E", "major")
    abrupt = validate_progression(parse("C F C E A E"), [C] * 3 + [far] * 3)
    prepared = validate_progression(parse("C F C B7 E A E"), [C] * 3 + [far] * 4)
    near = validate_progression(parse("C Am D7 G"), [C] * 2 + [Key("G", "major")] * 2)
    assert "modulation" in {f.rule for f in abrupt}
    assert "modulation" not in {f.rule for f in (*prepared, *near)}


def test_lengths_decide_what_is_static() -> None:
    assert "static" in rules("C F", beats=[40.0, 4.0])
    assert "static" not in rules("C F", beats=[8.0, 4.0])


def test_loops_turn() -> None:
    assert "no cadence" not in rules("Cmaj7 Am7 Dm7 G7", is_loop=True)
    assert "no cadence" in rules("Dm7 Em7 Dm7 Em7", is_loop=True)


def test_reasons_name_the_chords() -> None:
    found = validate_progression(parse("Em7b5 Fmaj7 G7 C"), C)
    assert str(found[0]) == (
        "hint, chord 1: Em7b5 -> Fmaj7: the half-diminished does not go to its dominant, A7"
    )
    assert (found[0].start, found[0].end) == (0, 2)


@given(
    line=st.lists(
        st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES))), max_size=12
    ),
    style=st.sampled_from(sorted(STYLES)),
    shift=st.integers(0, 11),
    is_loop=st.booleans(),
)
def test_any_progression_is_answered_alike_in_every_key(
    line: list[Chord], style: str, shift: int, is_loop: bool
) -> None:
    plain = validate_progression(line, C, style=style, is_loop=is_loop)
    key = spell_key(shift, "major")
    moved = validate_progression(
        [chord.transpose(shift) for chord in line], key, style=style, is_loop=is_loop
    )
    told = sorted((f.start, f.end, f.rule, f.severity) for f in plain)
    assert told == sorted((f.start, f.end, f.rule, f.severity) for f in moved)
    for f in plain:
        assert 0 <= f.start < f.end <= len(line)
        assert f.severity in SEVERITIES
        assert f.reason


def test_bad_input_is_named() -> None:
    with pytest.raises(InputError, match="no style"):
        validate_progression(parse("C"), C, style="polka")
    with pytest.raises(InputError, match="2 chords have 1 keys"):
        validate_progression(parse("C F"), [C])
    with pytest.raises(InputError, match="2 chords have 1 lengths"):
        validate_progression(parse("C F"), C, beats=[1.0])
    with pytest.raises(InputError, match="more than 0"):
        validate_progression(parse("C"), C, beats=[0.0])
    assert validate_progression([], C) == ()


def test_why_chords_fit() -> None:
    assert why_it_fits(Chord.parse("E7"), A_MINOR) == "diatonic"
    assert why_it_fits(Chord.parse("Abmaj7"), C) == "borrowed"
    assert why_it_fits(Chord.parse("D7"), C) == "borrowed"  # of the Lydian mode
    assert why_it_fits(Chord.parse("C#dim7"), C) == "applied"
    assert why_it_fits(Chord.parse("Emaj7"), C) == ""
