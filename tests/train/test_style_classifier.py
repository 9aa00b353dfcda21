"""Styles told from counts: features say what they should, what is learned is told again."""

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.train.style_classifier import (
    PLACES,
    Examples,
    StyleClassifier,
    drum_features,
    figures_of,
    macro_f1,
    main,
    nearest,
    pitched_features,
)
from tapeloom.train.style_examples import drum_examples, pitched_examples

from ..neural.toy_songs import toy_song
from .toy_data import write_groove, write_pop909, write_wjazzd


def clouds(rng, each=20, spread=0.4):
    centres = {"a": (0, 0, 0), "b": (2, 0, 1), "c": (0, 2, -1)}
    return Examples.of(
        (rng.normal(centre, spread), style) for style, centre in centres.items()
        for _ in range(each)
    )  # fmt: skip


def test_clouds_are_told_apart():
    taught, kept = clouds(np.random.default_rng(0)), clouds(np.random.default_rng(1))
    model = StyleClassifier.learn(taught)
    assert macro_f1(kept.styles, model.tell(kept.x)) > 0.9
    assert macro_f1(kept.styles, nearest(taught, kept.x)) > 0.9
    assert np.allclose(model.chances(kept.x).sum(1), 1)
    figures = figures_of(taught, kept)
    assert figures["majority"]["macro_f1"] == pytest.approx(1 / 6, abs=1e-3)
    assert figures["styles kept apart"] == 3


def test_a_rare_style_counts_as_much_as_another():
    rng = np.random.default_rng(0)
    rows = [(rng.normal(0, 1, 2), "often") for _ in range(200)]
    rows += [(rng.normal(1.5, 1, 2), "seldom") for _ in range(10)]
    taught = Examples.of(rows)
    told = [
        StyleClassifier.learn(taught, balanced=balanced).tell(taught.x).count("seldom")
        for balanced in (True, False)
    ]
    assert told[0] > 2 * max(told[1], 1)


def test_what_cannot_be_learned_is_told():
    with pytest.raises(InputError, match="no music"):
        Examples.of([])
    with pytest.raises(InputError, match="styles need 3 examples"):
        StyleClassifier.learn(Examples.of([(np.zeros(2), "a")] * 5 + [(np.ones(2), "b")]))


def test_drums_are_counted_by_place():
    kick = tuple(Note(i * 2 * PPQ, PPQ // 4, 36, 127) for i in range(4))
    x = drum_features(Score((Part("drums", "drums", notes=kick),), TempoMap.constant(200)))
    assert x[0] == x[8] == pytest.approx(0.5**0.5)  # roots of shares
    assert x[PLACES] == 0  # nothing lies off the sixteenths
    assert x[PLACES + 1] == pytest.approx(0.5**0.5)  # two strokes a bar
    assert tuple(x[-3:]) == (1.0, 1.0, 0.0)
    swung = (*kick, Note(PPQ // 3, 9, 36, 127))
    assert drum_features(Score((Part("drums", "drums", notes=swung),)))[PLACES] == pytest.approx(
        0.2**0.5
    )
    assert np.isfinite(drum_features(Score(()))).all()


def test_pitched_music_has_one_row_whatever_its_key():
    song = toy_song(0, bars=8)
    up = Score(
        tuple(Part(p.name, p.role, notes=tuple(
            Note(n.start, n.duration, n.pitch + 2, n.velocity) for n in p.notes
        )) for p in song.parts),
        chords=tuple(type(s)(s.start, s.end, s.chord.transpose(2)) for s in song.chords),
    )  # fmt: skip
    assert np.allclose(pitched_features(song), pitched_features(up))
    assert np.isfinite(pitched_features(Score(()))).all()


def test_sets_are_read_on_both_sides_of_the_split(tmp_path, capsys):
    sessions = {f"drummer1/session{i}": "funk" for i in range(10, 16)}
    sessions |= {"drummer9/session1": "funk"}
    write_groove(tmp_path, sessions)
    taught, kept = drum_examples(tmp_path)
    assert (len(taught.styles) + len(kept.styles), len(kept.styles) >= 1) == (7, True)
    with pytest.raises(InputError, match="must hold pop909 and wjazzd"):
        pitched_examples(tmp_path, composed=1)
    for number in ("001", "003"):
        write_pop909(tmp_path, number, bars=8)
    write_wjazzd(tmp_path, "Nobody_First_FINAL")
    taught, kept = pitched_examples(tmp_path, composed=2)
    assert (sorted(taught.styles), kept.styles) == (["jazz", "lofi", "lofi", "pop"], ("pop",))
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
    assert "styles need 3 examples" in capsys.readouterr().err
