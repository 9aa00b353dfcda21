from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.compose.recast import chord_in, notes_in_meter, pitch_in, tick_in
from tapeloom.core.harmony import MODES, Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.scales import degree_of

C, A_MINOR, C_MINOR = Key("C", "major"), Key("A", "minor"), Key("C", "minor")
keys = st.builds(Key, st.sampled_from("C D E F G A B".split()), st.sampled_from(list(MODES)))


@settings(max_examples=40, deadline=None)
@given(st.integers(36, 96), keys, keys)
def test_a_pitch_keeps_its_degree_and_moves_no_farther_than_a_fifth(
    pitch: int, old: Key, new: Key
) -> None:
    moved = pitch_in(pitch, old, new)
    degree, altered = degree_of(pitch, old)
    if altered == 0:
        assert degree_of(moved, new) == (degree, 0)
        assert pitch_in(moved, new, old) % 12 == pitch % 12
    assert abs(moved - pitch) <= 8


def test_a_progression_in_the_parallel_and_in_the_relative_key() -> None:
    chords = [Chord.parse(name) for name in ("Cmaj7", "Am7", "Dm7", "G7")]
    assert [str(chord_in(c, C, C_MINOR)) for c in chords] == ["Cm7", "Abmaj7", "Dm7b5", "G7"]
    assert [str(chord_in(c, C, A_MINOR)) for c in chords] == ["Am7", "Fmaj7", "Bm7b5", "E7"]
    # Borrowed chords keep what they are.
    assert str(chord_in(Chord.parse("Fm6"), C, Key("G", "major"))) == "Cm6"


def test_a_transposition_is_the_same_chords_elsewhere() -> None:
    for name in ("Cmaj9", "F#m7b5", "Bb13", "Dsus4", "E7#9/G#"):
        chord = Chord.parse(name)
        assert chord_in(chord, C, Key("E", "major")).quality == chord.quality


def test_bar_lines_stay_bar_lines_and_the_order_stays() -> None:
    for old, new in (("4/4", "3/4"), ("3/4", "4/4"), ("4/4", "6/8"), ("4/4", "5/4")):
        first, second = Meter.parse(old), Meter.parse(new)
        ticks = range(0, 3 * first.bar_ticks + 1, PPQ // 4)
        moved = [tick_in(tick, first, second) for tick in ticks]
        assert moved == sorted(set(moved))
        assert all(
            tick_in(bar * first.bar_ticks, first, second) == bar * second.bar_ticks
            for bar in range(4)
        )


def test_a_waltz_made_of_four_quarters_and_back() -> None:
    four, three = Meter(4, 4), Meter(3, 4)
    line = [Note(i * PPQ, PPQ, 60 + i) for i in range(8)]
    waltz = notes_in_meter(line, four, three)
    assert [note.start / PPQ for note in waltz] == [0, 1, 2, 2.5, 3, 4, 5, 5.5]
    assert list(notes_in_meter(waltz, three, four)) == line
