"""Spacing and doubling by style, partners, and suggestions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.theory.instruments import KITS, KNOWN
from tapeloom.theory.orchestration import (
    check_spacing,
    doubling_order,
    doublings_for,
    find_spacing_faults,
    suggest,
)
from tapeloom.theory.orchestration.genres import COLOURS, GENRES, ROLES
from tapeloom.theory.orchestration.spacing import STYLES
from tapeloom.theory.voicing import voicings

G7 = Chord.parse("G7")
FAULTY = [
    ((36, 40, 60), None, "orchestral", "C2 and E2 are too close"),
    ((48, 50, 67), None, "lofi", "C3 and D3 are too close"),
    ((48, 55, 72), None, "chorale", "17 semitones apart; 12 is the most"),
    ((48, 64, 77), None, "jazz", "E4 and F5 make a minor ninth"),
    ((43, 53, 59, 65), G7, "chorale", "the seventh, F, sounds twice"),
    ((43, 47, 53, 59, 71), G7, "jazz", "the third, B, sounds three times"),
]


@pytest.mark.parametrize(("pitches", "chord", "style", "text"), FAULTY)
def test_bad_spacing_is_said(
    pitches: tuple[int, ...], chord: Chord | None, style: str, text: str
) -> None:
    assert any(text in fault for fault in find_spacing_faults(pitches, chord, style=style))


def test_good_spacing_is_left_alone() -> None:
    assert find_spacing_faults((48, 55, 64, 72), Chord.parse("C"), style="chorale") == ()
    assert find_spacing_faults((36, 48, 55, 64, 67, 72), Chord.parse("C"), style="orchestral") == ()
    assert find_spacing_faults((43, 53, 59, 64), Chord.parse("G13"), style="jazz") == ()
    assert find_spacing_faults((41, 53, 60), G7, style="chorale")  # F doubled
    # A dominant may keep its minor ninth.
    assert find_spacing_faults((43, 53, 59, 68), Chord.parse("G7b9"), style="jazz") == ()


@given(st.sampled_from(("Cmaj7", "Dm7", "G7", "Am9", "F#m7b5")), st.sampled_from(sorted(STYLES)))
def test_close_voicings_double_no_single(name: str, style: str) -> None:
    chord = Chord.parse(name)
    for pitches in voicings(chord, style="close", voices=4)[:5]:
        assert not any(
            "sounds" in each for each in find_spacing_faults(pitches, chord, style=style)
        )


def test_doublings_begin_with_the_root() -> None:
    assert all(doubling_order(Chord.parse("Em"), style=style)[0] == 4 for style in STYLES)
    assert doubling_order(Chord.parse("Dm9"), style="jazz") == (2, 9, 4)


def test_a_scores_chords_are_judged_over_all_parts() -> None:
    keys = Part("keys", "keys", "felt_piano", tuple(Note(0, 8, p) for p in (53, 59)))
    bass = Part("bass", "bass", "upright_bass", (Note(0, 4, 43), Note(4, 4, 31)))
    pad = Part("pad", "pad", "warm_pad", (Note(4, 4, 65),))
    song = Part("tune", "melody", "flute", (Note(0, 8, 77),))
    chords = (ChordSpan(0, 4, G7), ChordSpan(4, 8, G7))
    found = check_spacing(Score((keys, bass, pad, song), chords=chords), style="chorale")
    assert [(each.tick, each.kind, each.text) for each in found] == [
        (4, "doubling", "the seventh, F, sounds twice"),
    ]
    with pytest.raises(InputError, match="is no style of spacing"):
        check_spacing(Score(()), style="barbershop")


@pytest.mark.parametrize("name", [name for name in KNOWN if name not in KITS])
def test_partners_play_along_in_comfort(name: str) -> None:
    for found in doublings_for(name):
        assert found.instrument != name
        assert found.interval in (-12, 0, 12)
        assert found.reason.startswith("the ")
    for register in KNOWN[name].registers:
        assert all(each.score > 0.0 for each in doublings_for(name, register.name))


def test_old_pairs_come_first() -> None:
    assert doublings_for("bassoon")[0].instrument in KNOWN["bassoon"].partners
    above = {each.instrument: each.interval for each in doublings_for("clarinet", "chalumeau")}
    assert above["flute"] == 12  # a flute doubles the chalumeau an octave above
    assert "trumpet" not in {each.instrument for each in doublings_for("flute", "low")}


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize("role", ["melody", "bass"])
def test_every_genre_has_players(genre: str, role: str) -> None:
    if (genre, role) in {("folk", "bass"), ("chamber", "bass")}:
        return
    found = suggest(genre, "warm", role=role)
    assert found
    assert list(found) == sorted(found, key=lambda each: (-each.fit, each.instrument))
    for each in found:
        low, high = ROLES[role][:2]
        assert KNOWN[each.instrument].comfortable[0] <= high
        assert KNOWN[each.instrument].comfortable[1] >= low
        assert 0.0 < each.fit <= 1.0
        assert len(each.reasons) >= 2


def test_suggestions_know_the_genre_and_the_mood() -> None:
    assert suggest("jazz", "dark")[0].instrument == "tenor_sax"
    assert "nylon_guitar" in {each.instrument for each in suggest("bossa", "warm", role="guitar")}
    assert suggest("baroque", "", role="keys")[0].instrument in ("harpsichord", "pipe_organ")
    dark = suggest("cinematic", "dark", role="bass")[0]
    assert dark.instrument == "double_basses"
    assert "suits dark" in " ".join(dark.reasons)
    assert suggest("classical", "sad", count=3) == suggest("classical", "melancholic", count=3)
    assert all(not KNOWN[each.instrument].stand_in
               for each in suggest("classical", "", synth_only=True))  # fmt: skip


def test_tables_name_what_exists() -> None:
    assert {name for table in GENRES.values() for name in table} <= KNOWN.keys()
    told = {register.colour for known in KNOWN.values() for register in known.registers}
    assert frozenset().union(*COLOURS.values()) <= told


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (("polka", "warm"), "is no genre known here"),
        (("jazz", "rainy"), "is no mood"),
        (("jazz", "xyz"), "is no mood"),
    ],
)
def test_unknown_words_are_refused(arguments: tuple[str, str], match: str) -> None:
    with pytest.raises(InputError, match=match):
        suggest(*arguments)


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(InputError, match="is no role"):
        suggest("jazz", "", role="drums")
    with pytest.raises(InputError, match="ask for 1 or more"):
        suggest("jazz", "", count=0)
    with pytest.raises(InputError, match="the lower first"):
        suggest("jazz", "", register=(80, 60))
    with pytest.raises(InputError, match="has no line to double"):
        doublings_for("jazz_kit")
    with pytest.raises(InputError, match="it has low, middle, high"):
        doublings_for("flute", "chalumeau")
