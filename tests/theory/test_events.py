import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.score import Note, Part, Score
from tapeloom.theory.events import Events, weigh

notes = st.lists(
    st.builds(Note, st.integers(0, 90), st.integers(1, 30), st.integers(0, 127)), max_size=20
)


def test_weights_count_what_sounds_in_each_span() -> None:
    assert weigh(Events.from_notes([]), [0, 4]).sum() == 0
    long = weigh(Events.from_notes([Note(1, 10, 62)]), [0, 4, 8, 12])
    assert long[:, 2].tolist() == [3, 4, 3]


@given(notes)
def test_weights_agree_with_counting_tick_by_tick(written: list[Note]) -> None:
    edges = [0, 7, 20, 64, 130]
    counted = np.zeros((4, 12))
    for note in written:
        for tick in range(note.start, note.end):
            counted[np.searchsorted(edges, tick, side="right") - 1, note.pitch % 12] += 1
    np.testing.assert_array_equal(weigh(Events.from_notes(written), edges), counted)


@given(notes, st.integers(0, 60), st.integers(61, 130))
def test_a_cut_holds_what_sounds_inside(written: list[Note], start: int, end: int) -> None:
    events = Events.from_notes(written)
    np.testing.assert_array_equal(
        weigh(events.between(start, end), [0, 200]), weigh(events, [start, end])
    )


def test_drums_are_no_pitches_and_microtones_go_to_the_nearest() -> None:
    parts = (
        Part("d", "drums", notes=(Note(0, 1, 36),)),
        Part("m", "melody", notes=(Note(0, 2, 60),)),
    )
    assert Events.from_score(Score(parts)).pitch.tolist() == [60]
    loose = Events.from_columns([0.2, 1], [0.3, 2], [60.4, 200], 3)
    assert (loose.pitch.tolist(), loose.end.tolist(), loose.part.tolist()) == ([60], [1], [3])
    assert Events.from_notes([]).last == 0


def test_columns_are_ones_own_and_in_one_piece() -> None:
    """Of views, too, as compiled loops want them, and as values want them."""
    rows = np.array([[0, 4, 60], [4, 8, 62]])
    for events in (Events.from_columns(*rows.T), Events.from_columns(*rows.T.copy())):
        columns = (events.onset, events.end, events.pitch, events.part)
        assert all(column.flags.c_contiguous for column in columns)
    whole = rows.T.copy()
    events = Events.from_columns(*whole)
    whole[:] = 0
    assert events.pitch.tolist() == [60, 62]
