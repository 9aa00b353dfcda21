"""MusDr, MGEval and other measures of sets: known answers and laws."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.train import mgeval
from tapeloom.train.metrics import NAMES, Pitched, measure, overlapping_area, table
from tapeloom.train.quotations import random_tune

from ..neural.toy_songs import toy_song

BAR = 4 * PPQ
RNG = np.random.default_rng(5)


def score(*notes: tuple[float, float, int]) -> Score:
    """Make a score of (quarter, quarters, pitch)."""
    made = tuple(Note(int(a * PPQ), int(d * PPQ), p) for a, d, p in notes)
    return Score((Part("a", "keys", notes=made),))


def test_entropy_of_known_bars():
    one = score(*((i, 1, 60) for i in range(16)))
    four = score(*((i, 1, 60 + i // 4) for i in range(16)))
    assert measure(one).entropy_1 == measure(one).entropy_4 == 0.0
    assert (measure(four).entropy_1, measure(four).entropy_4) == (0.0, 2.0)
    assert math.isnan(measure(score((0, 1, 60))).entropy_4)


def test_groove_of_known_bars():
    # Two bars of four onsets, half of them at the same places: 4 of 16 positions differ.
    bars = score(
        *((i, 1, 60) for i in range(4)), (4, 1, 60), (5, 1, 60), (6.5, 1, 60), (7.5, 0.5, 60)
    )
    assert measure(bars).groove == pytest.approx(1 - 4 / 16)


def test_drums_and_octaves_change_nothing_that_is_pitched():
    song = toy_song(1)
    drums = Part("kit", "drums", notes=tuple(Note(i * PPQ, PPQ, 36) for i in range(64)))
    with_drums = replace(song, parts=(*song.parts, drums))
    assert measure(with_drums) == measure(song)
    up = replace(song, parts=tuple(
        replace(p, notes=tuple(replace(n, pitch=n.pitch + 12) for n in p.notes)) for p in song.parts
    ))  # fmt: skip
    a, b = measure(song), measure(up)
    assert all(getattr(a, name) == pytest.approx(getattr(b, name)) for name in NAMES)


def test_scale_polyphony_and_density():
    found = measure(score((0, 2, 60), (0, 2, 64), (2, 2, 66), (6, 2, 67)))
    assert found.scale_consistency == 1.0  # all within G major
    assert found.polyphony == pytest.approx((2 * 2 + 2 + 2) / 6)  # the rest isn't counted
    assert found.notes_per_bar == 2.0
    chromatic = measure(score(*((i, 1, 60 + i) for i in range(12))))
    assert chromatic.scale_consistency == pytest.approx(7 / 12)


def test_overlapping_area_by_numbers():
    x = np.linspace(-30, 30, 200_001)
    for a, b in [((0, 1), (1, 3)), ((0, 2), (5, 2)), ((-4, 0.5), (3, 4)), ((1, 1), (1, 1.7))]:
        p, q = (np.exp(-0.5 * ((x - m) / s) ** 2) / (s * math.sqrt(2 * math.pi)) for m, s in (a, b))
        expected = np.minimum(p, q).sum() * (x[1] - x[0])
        assert overlapping_area(a, b) == pytest.approx(expected, abs=1e-4)
        assert overlapping_area(a, b) == pytest.approx(overlapping_area(b, a))


def test_a_loop_overlaps_with_itself():
    loop = score(*((i, 0.5 + i % 2, 60 + i % 4 * 3) for i in range(64)))
    assert measure(loop).overlap_pitch == pytest.approx(1.0)
    assert measure(loop).overlap_duration == pytest.approx(1.0)


def test_an_empty_score_has_no_figures():
    found = measure(Score(()))
    assert found.notes_per_bar == 0.0
    assert all(math.isnan(getattr(found, name)) for name in NAMES if name != "notes_per_bar")
    assert table([found]).keys() == {"notes_per_bar"}


def test_medians_leave_out_what_could_not_be_told():
    told = table([measure(toy_song(i)) for i in range(3)] + [measure(Score(()))])
    assert told["groove"]["count"] == 3
    assert told["groove"]["low"] <= told["groove"]["median"] <= told["groove"]["high"]


def test_an_onset_just_before_the_bar_belongs_to_its_downbeat():
    from tapeloom.train.metrics import onset_grid

    early = Score((Part("a", "keys", notes=(Note(0, PPQ, 60), Note(BAR - 9, BAR, 60))),))
    assert onset_grid(Pitched.of(early))[1, 0]


def test_features_of_a_known_tune():
    found = mgeval.features(score((0, 1, 60), (1, 0.5, 64), (1.5, 0.5, 67), (2, 2, 60)))
    assert found["pitch_count"] == [3.0]
    assert found["pitch_range"] == [7.0]
    assert found["pitch_interval"] == pytest.approx([(4 + 3 + 7) / 3])
    assert found["inter_onset"] == pytest.approx([2 / 3])
    assert found["pitch_class_histogram"][[0, 4, 7]].tolist() == [0.5, 0.25, 0.25]
    assert found["pitch_class_transitions"].reshape(12, 12)[0, 4] == pytest.approx(1 / 3)
    assert found["length_histogram"][[2, 3, 1]].tolist() == [0.25, 0.5, 0.25]
    assert set(found) == set(mgeval.FEATURES)
    with pytest.raises(InputError, match="fewer than two"):
        mgeval.features(score((0, 1, 60)))


def test_real_pieces_are_nearer_to_real_ones_than_noise_is():
    real = [mgeval.features(toy_song(i)) for i in range(24)]
    noise = [
        mgeval.features(Score((Part("a", "keys", notes=random_tune(RNG, bars=32)),)))
        for _ in range(12)
    ]
    near, far = mgeval.ceiling(real, np.random.default_rng(1)), mgeval.compare(noise, real)
    for name in ("pitch_class_histogram", "pitch_interval", "note_count"):
        assert near[name]["overlap"] > far[name]["overlap"] + 0.1, name
        assert near[name]["kl"] < far[name]["kl"], name


def test_divergence_of_normal_samples():
    a, b = RNG.normal(0, 1, 4000), RNG.normal(1, 1, 4000)
    kl, overlap = mgeval.divergence(a, b)
    assert kl == pytest.approx(0.5, abs=0.1)  # of two such normals
    assert overlap == pytest.approx(overlapping_area((0, 1), (1, 1)), abs=0.03)
    assert mgeval.divergence(np.ones(5), np.ones(9)) == (0.0, 1.0)
    with pytest.raises(InputError, match="three real pieces"):
        mgeval.compare([], [])
