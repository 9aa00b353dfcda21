import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.theory.four_part import RANGES, doublings, four_part_voicings
from tapeloom.theory.upper_structures import degree_names, open_tensions, upper_structures
from tapeloom.theory.voice_leading import lead
from tapeloom.theory.voicing import STYLE_TABLE, STYLES, functions, steps_in_need, voicings

chords = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))
slashes = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)),
                    st.integers(0, 11))  # fmt: skip
COLOURED = ("rootless_a", "rootless_b", "rootless_ab", "quartal", "so_what", "upper")
PLAIN = tuple(style for style in STYLES if style not in COLOURED)


def legal(chord: Chord) -> set[int]:
    tensions = {(chord.root + step) % 12 for step in open_tensions(chord.quality)}
    return tensions | set(chord.pitch_classes)


@given(chords, st.sampled_from(STYLES), st.integers(1, 6))
def test_voicings_hold_legal_tones_in_range(chord: Chord, style: str, voices: int) -> None:
    for voicing in voicings(chord, style=style, voices=voices, low=48, high=76):
        assert voicing[0] >= 48
        assert voicing[-1] <= 76
        assert list(voicing) == sorted(set(voicing))
        tones = {pitch % 12 for pitch in voicing}
        if style == "upper":
            tones -= {tone for each in upper_structures(chord) for tone in each.triad.pitch_classes}
        assert tones <= (set(chord.pitch_classes) if style in PLAIN else legal(chord))


@given(chords, st.sampled_from([style for style in PLAIN if style != "guitar"]))
def test_every_plain_voicing_tells_the_chord_by_its_third(chord: Chord, style: str) -> None:
    third = functions(chord.quality).get("third")
    for voicing in voicings(chord, style=style, voices=3, low=45, high=80):
        assert third is None or (chord.root + third) % 12 in {pitch % 12 for pitch in voicing}


@pytest.mark.parametrize("style", STYLES)
def test_every_quality_is_voiced_in_every_style_or_its_fallback(style: str) -> None:
    """No style leaves a chord silent, and few need their fallback."""
    missing = []
    for quality in QUALITIES:
        roots = [Chord(root, quality) for root in (0, 4, 7)]
        assert all(lead([chord], style=style) for chord in roots)
        if not any(voicings(chord, style=style) for chord in roots):
            missing.append(quality)
    if style in PLAIN or style == "rootless_ab":
        assert missing == []
    elif style.startswith("rootless"):  # a semitone would lie on top
        assert len(missing) < 10
    assert len(missing) <= len(QUALITIES) / 2


@given(chords, st.sampled_from([style for style in STYLES if style not in ("chorale", "guitar")]),
       st.integers(0, 12), st.integers(2, 5))  # fmt: skip
def test_transposition_commutes_above_the_mud(
    chord: Chord, style: str, by: int, voices: int
) -> None:
    here = voicings(chord, style=style, voices=voices, low=52, high=78)
    there = voicings(chord.transpose(by), style=style, voices=voices, low=52 + by, high=78 + by)
    assert there == tuple(tuple(pitch + by for pitch in voicing) for voicing in here)


@given(chords, st.sampled_from([style for style in STYLES if style not in ("chorale", "guitar")]),
       st.integers(2, 5), st.booleans())  # fmt: skip
def test_no_cluster_lies_in_the_mud(chord: Chord, style: str, voices: int, bass: bool) -> None:
    for voicing in voicings(chord, style=style, voices=voices, low=24, high=80, bass=bass):
        for below, above in itertools.pairwise(voicing):
            assert above - below > 2 or below >= 52
            assert above - below > 4 or below >= 46
            assert above - below >= 12 or below >= 34
        assert len(voicing) < 2 or voicing[-1] - voicing[-2] != 1


def test_close_position_has_every_inversion() -> None:
    found = voicings(Chord.parse("Cmaj7"), style="close", low=60, high=84)
    assert {voicing[0] % 12 for voicing in found} == {0, 7, 11}  # on E the semitone is on top
    assert (60, 64, 67, 71) in found
    assert {voicing[0] % 12 for voicing in voicings(Chord.parse("C7"), style="close")} == {
        0, 4, 7, 10
    }  # fmt: skip


def test_rootless_voicings_are_the_books_a_and_b() -> None:
    dm9 = voicings(Chord.parse("Dm9"), style="rootless", low=50, high=69)
    assert (53, 57, 60, 64) in dm9  # A: 3 5 7 9
    assert (60, 64, 65, 69) in dm9  # B: 7 9 3 5
    for name, a, b in (
        ("Dm7", (53, 57, 60, 64), (60, 64, 65, 69)),
        ("G7", (59, 64, 65, 69), (53, 57, 59, 64)),  # 3 13 7 9 and 7 9 3 13
        ("Cmaj7", (52, 55, 59, 62), (59, 62, 64, 67)),
        ("G7b9", (59, 64, 65, 68), (53, 56, 59, 64)),
        ("C7b13", (52, 56, 58, 62), (58, 62, 64, 68)),
        ("Bm7b5", (50, 53, 57, 59), (57, 59, 62, 65)),  # its root, since C is no tension
    ):
        assert a in voicings(Chord.parse(name), style="rootless_a")
        assert b in voicings(Chord.parse(name), style="rootless_b")
        assert {a, b} <= set(voicings(Chord.parse(name), style="rootless_ab"))


def test_a_key_chooses_the_tensions() -> None:
    def steps(name: str, key: str, style: str) -> set[int]:
        chord = Chord.parse(name)
        found = voicings(chord, style=style, key=Key.parse(key))
        return {(pitch - chord.root) % 12 for voicing in found for pitch in voicing}

    assert steps("G7", "C minor", "rootless_ab") == {4, 10, 1, 8}
    assert steps("G7", "C major", "rootless_ab") == {4, 10, 2, 9}
    assert steps("Em7", "C major", "rootless_ab") == {0, 3, 7, 10}  # its ninth would be F#
    assert 6 not in steps("Cmaj7", "C major", "quartal")
    assert 6 in steps("Fmaj7", "C major", "quartal")
    assert steps("Dbmaj7", "C major", "rootless_ab") == {2, 4, 7, 11}  # borrowed, with its own Eb
    assert steps("G7", "C minor", "upper") <= {0, 4, 7, 10, 1, 3, 8}


def test_a_ii_v_i_alternates_a_and_b() -> None:
    progression = [Chord.parse(name) for name in ("Dm7", "G7", "Cmaj7")]
    path = lead(progression, style="rootless_ab", low=52, high=68)
    assert path == ((53, 57, 60, 64), (53, 57, 59, 64), (52, 55, 59, 62))


def test_shells_take_a_root_on_request() -> None:
    shells = voicings(Chord.parse("C7"), style="shell", voices=2, low=50, high=70)
    assert {tuple(pitch % 12 for pitch in voicing) for voicing in shells} == {(4, 10), (10, 4)}
    rooted = voicings(Chord.parse("C7"), style="shell", voices=3, low=48, high=70, bass=True)
    assert (48, 52, 58) in rooted
    assert (48, 58, 64) in rooted


def test_drops_lower_voices_by_an_octave() -> None:
    close = voicings(Chord.parse("C7"), style="close", low=62, high=90)
    for style, drops in (("drop2", (2,)), ("drop3", (3,)), ("drop2+4", (2, 4))):
        opened = set(voicings(Chord.parse("C7"), style=style, low=43, high=90))
        assert len(opened) >= 8
        for voicing in close:
            down = [p - 12 * (4 - i in drops) for i, p in enumerate(voicing)]
            assert tuple(sorted(down)) in opened
    for voicing in voicings(Chord.parse("Cmaj7"), style="drop2", low=43, high=76):
        assert 12 < voicing[-1] - voicing[0] <= 16


def test_quartal_voicings_stack_fourths() -> None:
    assert (50, 55, 60, 65, 69) in voicings(Chord.parse("Dm7"), style="so_what")  # So What
    assert (52, 57, 62, 67, 71) in voicings(Chord.parse("Cmaj7"), style="so_what")
    for name in ("Dm7", "C6/9", "G7sus4", "Cmaj9"):
        found = voicings(Chord.parse(name), style="quartal")
        assert found
        for voicing in found:
            gaps = [b - a for a, b in itertools.pairwise(voicing)]
            assert set(gaps) <= {5, 6}
            assert gaps.count(6) <= 1


@pytest.mark.parametrize(
    ("triad", "degrees"),
    [
        ("D", "9 #11 13"), ("Eb", "#9 5 b7"), ("Gb", "#11 b7 b9"), ("Ab", "b13 1 #9"),
        ("A", "13 b9 3"), ("Dbm", "b9 3 b13"), ("Ebm", "#9 #11 b7"), ("Gbm", "#11 13 b9"),
    ],
)  # fmt: skip
def test_upper_structures_of_a_dominant(triad: str, degrees: str) -> None:
    found = {str(each.triad): " ".join(each.degrees) for each in upper_structures(Chord(0, "7"))}
    assert found[triad] == degrees


@given(chords)
def test_upper_structures_add_tensions_and_contradict_nothing(chord: Chord) -> None:
    stated = degree_names(chord.quality)
    for found in upper_structures(chord):
        steps = {(tone - chord.root) % 12 for tone in found.triad.pitch_classes}
        assert steps - {step for step in chord.intervals if step < 12}
        if {4, 10} <= set(stated):
            assert not steps & {5, 11} - set(stated)
        if stated.get(2) == "9":
            assert not steps & {1, 3} - set(stated)


def test_an_upper_structure_lies_on_third_and_seventh() -> None:
    for voicing in voicings(Chord.parse("C7"), style="upper"):
        assert {pitch % 12 for pitch in voicing[:2]} == {4, 10}
        assert len(voicing) == 5
    for name, tension in (("C7b9", 1), ("C7#9", 3), ("C7b13", 8), ("C7#11", 6), ("C13", 9)):
        found = voicings(Chord.parse(name), style="upper")
        assert found
        assert all(tension in {pitch % 12 for pitch in voicing} for voicing in found), name


def test_a_minor_seventh_chord_is_no_dominant() -> None:
    assert open_tensions("min7") == (2, 5)
    for style in COLOURED:
        for voicing in voicings(Chord.parse("Dm7"), style=style):
            assert 11 not in {pitch % 12 for pitch in voicing}


@given(slashes, st.sampled_from(("close", "drop3", "drop2+4", "chorale")))
def test_a_slash_puts_the_bass_at_the_bottom(chord: Chord, style: str) -> None:
    for voicing in voicings(chord, style=style):
        assert chord.bass is None or voicing[0] % 12 == chord.bass
    for voicing in voicings(chord, style=style, bass=True):
        assert voicing[0] % 12 == chord.bass_pitch_class


@given(slashes, st.sampled_from(STYLES), st.booleans())
def test_the_voicings_of_a_chord_have_as_many_voices(chord: Chord, style: str, bass: bool) -> None:
    assert len({len(each) for each in voicings(chord, style=style, bass=bass)}) <= 1


@given(chords)
def test_the_fifth_goes_first_and_the_third_stays(chord: Chord) -> None:
    order = steps_in_need(chord.quality)
    steps = {step % 12 for step in chord.intervals}
    assert set(order) == steps
    if 7 in steps:
        assert order[-1] == 7
    third = functions(chord.quality).get("third")
    assert third in (None, order[0])


@given(slashes)
def test_four_parts_keep_their_ranges(chord: Chord) -> None:
    for voicing in four_part_voicings(chord):
        assert all(
            low <= pitch <= high
            for pitch, (low, high) in zip(voicing, RANGES.values(), strict=True)
        )
        assert voicing[0] % 12 == chord.bass_pitch_class
        assert max(voicing[2] - voicing[1], voicing[3] - voicing[2]) <= 12
        assert tuple(sorted(pitch % 12 for pitch in voicing)) in doublings(chord)


def test_four_parts_double_what_may_be_doubled() -> None:
    for choice in doublings(Chord.parse("G7")):
        assert choice.count(11) == choice.count(5) == 1
    assert all(choice.count(11) == 1 for choice in doublings(Chord.parse("Bdim7")))
    assert (0, 0, 4, 7) in doublings(Chord.parse("C"))
    assert (0, 0, 0, 4) in doublings(Chord.parse("C"))  # the fifth left out


def test_bad_wishes_are_refused() -> None:
    with pytest.raises(InputError, match="'closed' is no voicing"):
        voicings(Chord.parse("C"), style="closed")
    with pytest.raises(InputError, match="voices is 0"):
        voicings(Chord.parse("C"), voices=0)
    assert voicings(Chord.parse("C"), low=70, high=60) == ()
    assert all(style.low < style.high for style in STYLE_TABLE.values())
