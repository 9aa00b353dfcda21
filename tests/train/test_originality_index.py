"""Making the originality index: duplicates, commonplaces, limits, and how well it sees."""

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.neural.fingerprints import line_of, note_passages
from tapeloom.train.originality import COMMON, build, read_songs
from tapeloom.train.quotations import ORNAMENTS, detection, false_alarms, random_tune

BAR = 4 * PPQ


def as_score(notes, role="melody"):
    return Score((Part("tune", role, notes=tuple(notes)),))


def tune(seed, bars=16):
    return random_tune(np.random.default_rng(seed), bars=bars)


SONGS = [(f"song {i}", as_score(tune(i))) for i in range(40)]


def moved(notes, *, bars=0, up=0):
    return [Note(n.start + bars * BAR, n.duration, n.pitch + up) for n in notes]


def test_strangers_share_little_and_are_known():
    index, baseline = build(read_songs(SONGS))
    assert index.songs == 40
    assert index.limits.copied_share[0] < 0.1
    assert len(set(baseline.groups.values())) == 40
    assert index.check(SONGS[7][1]).copied_share > 0.9


def test_other_versions_are_no_baseline():
    versions = [(key, as_score(moved(score.parts[0].notes, up=3))) for key, score in SONGS]
    _, alone = build(read_songs(SONGS))
    _, both = build(read_songs(SONGS + versions))
    assert both.limits == alone.limits


def test_one_song_under_two_names_is_one_group():
    twin = ("another name", as_score(moved(SONGS[0][1].parts[0].notes, up=5)))
    _, baseline = build(read_songs([*SONGS, twin]))
    assert baseline.groups["another name"] == baseline.groups["song 0"]
    assert max(line.copied_share for _, line in baseline.figures) < 0.1


def test_what_many_songs_say_belongs_to_nobody():
    figure = moved(tune(999, bars=4))
    songs = [(key, as_score([*figure, *moved(s.parts[0].notes, bars=4)])) for key, s in SONGS]
    index, _ = build(read_songs(songs))
    assert len(songs) >= COMMON
    known = np.isin(note_passages(line_of(as_score(figure).parts[0])).hashes, index.notes)
    assert not known.any()


def test_what_two_songs_share_raises_the_limits():
    songs = list(SONGS)
    for i in range(0, 6, 2):  # three pairs of 40 share four bars of twenty
        phrase = tune(500 + i, bars=4)
        for j in (i, i + 1):
            key, score = SONGS[j]
            songs[j] = (key, as_score([*score.parts[0].notes, *moved(phrase, bars=16, up=j)]))
    _, baseline = build(read_songs(songs))
    _, plain = build(read_songs(SONGS))
    assert baseline.limits.longest_run[0] > plain.limits.longest_run[0]
    told = baseline.percentiles("melody", [50, 99])
    assert told["longest_run"][0] < told["longest_run"][1]
    assert baseline.percentiles("bass", [50]) == {}


def test_kinds_that_are_rare_take_the_mildest_limits():
    index, _ = build(read_songs(SONGS))
    assert index.limits.longest_run[1] == index.limits.longest_run[0]
    with pytest.raises(InputError, match="give more songs"):
        build(read_songs(SONGS[:3]))
    with pytest.raises(InputError, match="no songs"):
        build([])


def test_quotations_are_detected_and_noise_is_not():
    index, _ = build(read_songs(SONGS))
    lines = [line_of(score.parts[0]) for _, score in SONGS]
    rng = np.random.default_rng(0)
    seen, refused = false_alarms(index, rng, count=40)
    assert seen < 0.1
    assert refused < 0.1
    found = {
        kind: detection(index, lines, rng, ornament=kind, bars=8, count=30) for kind in ORNAMENTS
    }
    assert found["none"].seen >= 0.95
    assert found["grace"].seen >= 0.7
    assert found["passing"].seen >= 0.7
