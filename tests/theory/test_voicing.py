import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord
from tapeloom.theory.keys import spell_key
from tapeloom.theory.progressions import FAMILIES, progressions
from tapeloom.theory.voice_leading import lead, motion
from tapeloom.theory.voicing import STYLES, functions, voicings

chords = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))


@given(chords, st.sampled_from(STYLES), st.integers(2, 5))
def test_voicings_hold_chord_tones_in_range(chord: Chord, style: str, voices: int) -> None:
    for voicing in voicings(chord, style=style, voices=voices, low=48, high=76):
        assert voicing[0] >= 48
        assert voicing[-1] <= 76
        assert list(voicing) == sorted(set(voicing))
        assert {pitch % 12 for pitch in voicing} <= set(chord.pitch_classes)


@given(chords)
def test_every_voicing_tells_the_chord_by_its_third(chord: Chord) -> None:
    degrees = functions(chord.quality)
    for style in STYLES:
        for voicing in voicings(chord, style=style, voices=3, low=45, high=80):
            if "third" in degrees:
                assert (chord.root + degrees["third"]) % 12 in {pitch % 12 for pitch in voicing}


def test_rootless_voicings_are_the_books_a_and_b() -> None:
    dm9 = voicings(Chord.parse("Dm9"), style="rootless", low=50, high=69)
    assert (53, 57, 60, 64) in dm9  # A: 3 5 7 9
    assert (60, 64, 65, 69) in dm9  # B: 7 9 3 5


def test_drop_two_opens_the_chord() -> None:
    for voicing in voicings(Chord.parse("Cmaj7"), style="drop2", low=43, high=76):
        assert 12 < voicing[-1] - voicing[0] <= 16


@settings(max_examples=60)
@given(st.sampled_from(sorted(FAMILIES)), st.integers(0, 11), st.sampled_from(("major", "minor")),
       st.sampled_from(STYLES))  # fmt: skip
def test_voices_move_little(family: str, tonic: int, mode: str, style: str) -> None:
    for progression in progressions(family, mode):
        bars = progression.in_key(spell_key(tonic, mode))
        path = lead([chord for bar in (*bars, *bars) for chord in bar], style=style)
        moves = [motion(a, b) for a, b in itertools.pairwise(path)]
        assert np.mean(moves) <= 5.0


def test_the_best_path_is_found() -> None:
    """Dynamic programming finds what trying all the paths finds."""
    progression = [Chord.parse(name) for name in ("Dm7", "G7", "Cmaj7")]
    options = [voicings(chord, low=52, high=70) for chord in progression]
    middle = 61.0

    def price(path: tuple[tuple[int, ...], ...]) -> float:
        total = sum(0.12 * abs(np.mean(voicing) - middle) for voicing in path)
        for a, b in itertools.pairwise(path):
            steps = np.abs(np.array(a) - np.array(b))
            total += steps.mean() + 0.25 * steps[-1] + 0.15 * steps.max()
        return float(total)

    best = min(itertools.product(*options), key=price)
    assert price(lead(progression, low=52, high=70)) == pytest.approx(price(best))


def test_a_path_fits_its_neighbours() -> None:
    before = (64, 67, 71, 74)
    near = lead([Chord.parse("Cmaj7")], low=48, high=80, before=before)[0]
    far = lead([Chord.parse("Cmaj7")], low=48, high=80, before=tuple(p - 12 for p in before))[0]
    assert motion(before, near) < motion(before, far)
    after = lead([Chord.parse("Cmaj7")], low=48, high=80, after=before)[0]
    assert motion(before, after) == motion(before, near)


def test_voices_may_change_in_number() -> None:
    assert motion((60, 64), (60, 64, 67)) == pytest.approx(1.0)
    path = lead([Chord.parse("C5"), Chord.parse("Fmaj9")], voices=4)
    assert [len(voicing) for voicing in path] == [2, 4]


def test_a_range_without_room_is_refused() -> None:
    assert lead([]) == ()
    with pytest.raises(InputError, match="no voicing of C"):
        lead([Chord.parse("C")], low=60, high=61)
    with pytest.raises(InputError, match="'close' is no voicing"):
        voicings(Chord.parse("C"), style="close")
