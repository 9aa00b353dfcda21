"""Originality: quotations are found whatever their key, tempo and ornaments; files are checked."""

from dataclasses import replace

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.neural.fingerprints import GRAM_NOTES, frame_passages, line_of, note_passages
from tapeloom.neural.originality import Limits, OriginalityIndex
from tapeloom.train.quotations import random_tune

SONGS = [random_tune(np.random.default_rng(seed), bars=16) for seed in range(6)]
LIMITS = Limits((12.0, 12.0, 12.0), (0.2, 0.2, 0.2))


def as_score(notes: tuple[Note, ...], role: str = "melody") -> Score:
    return Score((Part("tune", role, notes=notes),))


INDEX = OriginalityIndex.of(map(as_score, SONGS), limits=LIMITS)


def varied(notes: tuple[Note, ...], *, up: int = 0, stretch: int = 1) -> tuple[Note, ...]:
    return tuple(
        replace(n, start=n.start * stretch, duration=n.duration * stretch, pitch=n.pitch + up)
        for n in notes
    )


@pytest.mark.parametrize(("up", "stretch"), [(0, 1), (5, 1), (-7, 2), (3, 3)])
def test_a_known_song_is_found_in_every_key_and_tempo(up, stretch):
    found = INDEX.check(as_score(varied(SONGS[2], up=up, stretch=stretch)))
    assert found.longest_run > 0.9 * len(line_of(as_score(SONGS[2]).parts[0]).onset)
    assert found.copied_share > 0.9
    assert not found.is_original


def test_new_tunes_are_original():
    for seed in range(100, 120):
        found = INDEX.check(as_score(random_tune(np.random.default_rng(seed), bars=32)))
        assert found.is_original
        assert found.longest_run <= GRAM_NOTES


def test_a_quotation_within_a_new_tune_is_seen():
    new = random_tune(np.random.default_rng(50), bars=8)
    old = [replace(n, start=n.start + 8 * 4 * PPQ, pitch=n.pitch + 2)
           for n in SONGS[0] if n.start < 8 * 4 * PPQ]  # fmt: skip
    found = INDEX.check(as_score((*new, *old)))
    assert not found.is_original
    assert 0.2 < found.copied_share < 0.8


def test_a_grace_note_hides_nothing():
    tune = tuple(Note(i * PPQ, PPQ, 60 + i * i % 11) for i in range(24))
    graced = [replace(n, duration=PPQ * 3 // 4) if i % 4 == 2 else n for i, n in enumerate(tune)]
    graced += [Note(n.end - PPQ // 4, PPQ // 4, n.pitch + 1) for n in tune[2::4]]
    index = OriginalityIndex.of([as_score(tune)])
    assert index.check(as_score(tuple(graced))).longest_run >= 23


def test_passing_notes_are_heard_through_by_frames():
    beats = tuple(Note(i * PPQ, PPQ, 60 + i * i % 11) for i in range(32))
    passing = tuple(
        Note(n.start + half * PPQ // 2, PPQ // 2, n.pitch + half) for n in beats for half in (0, 1)
    )
    found = OriginalityIndex.of([as_score(beats)], limits=LIMITS).check(as_score(passing))
    assert found.longest_run == 0
    assert found.copied_share > 0.9


def test_repeated_notes_and_seesaws_belong_to_nobody():
    for pitches in ((60,), (60, 64), (60, 64, 67)):
        notes = tuple(Note(i * PPQ, PPQ, pitches[i % len(pitches)]) for i in range(40))
        line = line_of(Part("a", "keys", notes=notes))
        assert not note_passages(line).telling.any()
        assert not frame_passages(line).telling.any()
        index = OriginalityIndex.of([as_score(notes)])
        assert index.check(as_score(notes)).is_original


def test_drums_and_silence_quote_nothing():
    assert INDEX.check(Score(())).is_original
    assert INDEX.check(as_score((), "melody")).lines == ()
    assert INDEX.check(as_score(SONGS[0], "drums")).lines == ()
    assert INDEX.check(as_score(SONGS[0][:3])).is_original


def test_a_users_songs_are_added():
    own = random_tune(np.random.default_rng(77), bars=16)
    both = INDEX.merged(OriginalityIndex.of([as_score(own)]))
    assert INDEX.check(as_score(own)).is_original
    assert not both.check(as_score(own)).is_original
    assert both.limits == INDEX.limits
    assert both.songs == INDEX.songs + 1


def test_an_index_is_read_back(tmp_path):
    path = tmp_path / "index.npz"
    INDEX.save(path)
    again = OriginalityIndex.load(path)
    np.testing.assert_array_equal(again.notes, INDEX.notes)
    np.testing.assert_array_equal(again.frames, INDEX.frames)
    assert (again.limits, again.songs) == (INDEX.limits, INDEX.songs)


def test_damaged_indices_are_refused(tmp_path):
    whole = tmp_path / "whole.npz"
    INDEX.save(whole)
    with np.load(whole) as file:
        arrays = dict(file)
    cut = tmp_path / "cut.npz"
    cut.write_bytes(whole.read_bytes()[:300])
    old, shape, large = (tmp_path / f"{name}.npz" for name in ("old", "shape", "large"))
    np.savez(old, **(arrays | {"format": np.array([99, 8, 12, 1])}))
    np.savez(shape, **(arrays | {"notes": np.zeros(5)}))
    np.savez(large, **(arrays | {"notes": np.full((4, 9), 255, np.uint8)}))
    pickled = tmp_path / "pickled.npz"
    np.savez(pickled, **(arrays | {"notes": np.array([{}], object)}))
    for path in (cut, old, shape, large, pickled, tmp_path / "nowhere.npz"):
        with pytest.raises(InputError, match="no originality index"):
            OriginalityIndex.load(path)


def test_figures_go_into_a_record():
    told = INDEX.check(as_score(SONGS[1])).to_json()
    assert told["is_original"] is False
    assert told["lines"]["tune"]["limit_longest_run"] == 12.0
