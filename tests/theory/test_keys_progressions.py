import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, Chord, Key
from tapeloom.core.mood import MOODS
from tapeloom.core.pitch import FLAT_NAMES
from tapeloom.core.score import Note
from tapeloom.theory.keys import PROFILES, find_keys, rank_keys, related_keys, spell_key
from tapeloom.theory.progressions import (
    FAMILIES,
    Progression,
    chord_to_numeral,
    dominant_of,
    numeral_to_chord,
    progressions,
    tritone_substitute,
    two_five,
)

# "Ode to Joy" (Beethoven), the tune's first half, in C; and "Greensleeves", its first phrase, in A.
ODE = (64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62)
GREENSLEEVES = (57, 60, 62, 64, 65, 64, 62, 59, 55, 57, 59, 60, 57, 57, 56, 57, 59, 56, 52)


@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("shift", range(12))
def test_tunes_are_in_their_keys(profile: str, shift: int) -> None:
    for tune, tonic, mode in ((ODE, 0, "major"), (GREENSLEEVES, 9, "minor")):
        notes = [Note(i, 1, pitch + shift) for i, pitch in enumerate(tune)]
        best = find_keys(notes, profile=profile)[0].key
        assert (best.pitch_class, best.mode) == ((tonic + shift) % 12, mode)


def test_a_ranking_holds_all_keys_in_falling_order() -> None:
    ranked = rank_keys(np.arange(12.0), profile="temperley")
    assert len({entry.key for entry in ranked}) == 24
    assert all(a.score >= b.score for a, b in itertools.pairwise(ranked))
    assert rank_keys(np.zeros(12), profile="temperley")[0].score == 0.0


@given(st.integers(0, 11), st.sampled_from(sorted(MODES)))
def test_keys_are_spelled_with_few_accidentals(tonic: int, mode: str) -> None:
    key = spell_key(tonic, mode)
    assert key.pitch_class == tonic
    assert abs(key.signature) <= 7


@given(st.sampled_from(FLAT_NAMES), st.sampled_from(("major", "minor", "dorian", "lydian")))
def test_related_keys_share_tones(tonic: str, mode: str) -> None:
    key = Key(tonic, mode)
    near = related_keys(key)
    assert len(set(near["fifth up"].scale) & set(key.scale)) == 6
    assert near["parallel"].pitch_class == key.pitch_class
    assert near["parallel"].is_minor != key.is_minor
    assert near["relative"].is_minor != key.is_minor


@given(st.sampled_from(FLAT_NAMES), st.sampled_from(sorted(MODES)))
def test_every_family_has_progressions_in_every_key(tonic: str, mode: str) -> None:
    key = Key(tonic, mode)
    for family in FAMILIES:
        for progression in progressions(family, mode):
            bars = progression.in_key(key)
            assert len(bars) == 4
            text = " | ".join(" ".join(chord_to_numeral(c, key) for c in bar) for bar in bars)
            # Numerals come back as they were, but for another name of the same degree.
            assert Progression(text).in_key(key) == bars


def test_the_moods_name_only_known_families() -> None:
    assert {name for mood in MOODS.values() for name in mood.progressions} == set(FAMILIES)


def test_most_of_a_progression_lies_in_its_mode() -> None:
    for family, modes in FAMILIES.items():
        for mode in modes:
            key = Key("C", mode)
            chords = [c for p in progressions(family, mode) for bar in p.in_key(key) for c in bar]
            inside = [set(c.pitch_classes) <= set(key.scale) for c in chords]
            assert np.mean(inside) >= (0.2 if family in ("chromatic", "backdoor") else 0.4), family


def test_substitutes_share_the_tritone() -> None:
    for root in range(12):
        plain, other = Chord(root, "7"), tritone_substitute(Chord(root, "7"))
        guide = {(root + 4) % 12, (root + 10) % 12}
        assert guide <= set(plain.pitch_classes) & set(other.pitch_classes)


def test_dominants_lead_home() -> None:
    target = Chord.parse("Am9")
    two, five = two_five(target)
    assert (five.root - target.root) % 12 == 7
    assert (two.root - five.root) % 12 == 7
    assert dominant_of(target) == five


@pytest.mark.parametrize("text", ["H7", "iim9", "I%", ""])
def test_what_is_no_numeral_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        numeral_to_chord(text, Key())


def test_unknown_families_and_modes_are_refused() -> None:
    with pytest.raises(InputError, match="'jazzy' is no family"):
        progressions("jazzy", "major")
    with pytest.raises(InputError, match="'blue' is no mode"):
        progressions("royal", "blue")
