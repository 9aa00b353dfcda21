from dataclasses import replace

import numpy as np
import pytest

from tapeloom.compose.loop_material import bars_of, read_loop, sung_register
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ

from .loops import bass, chords, kit, loop, tune

BAR = 4 * PPQ


def read(score: Score):  # type: ignore[no-untyped-def]
    return read_loop(score, rng=np.random.default_rng(1))


def test_every_role_is_found() -> None:
    material = read(loop())
    assert material.own == ("melody", "keys", "bass", "drums")
    assert material.theme.melody == tune()
    assert material.theme.bass == bass()
    assert material.theme.keys == tuple(sorted(chords()))
    assert [str(span.chord) for span in material.theme.chords][:4] == ["C", "Am", "F", "G"]
    assert material.groove is not None
    assert material.groove.lines["kick"][:16] == "X.......X......."
    assert (material.theme.key, material.bars, material.tempo) == (Key("C", "major"), 8, 80)


@pytest.mark.parametrize("roles", [("melody",), ("keys",), ("keys", "bass"), ("melody", "drums")])
def test_what_is_missing_is_written(roles: tuple[str, ...]) -> None:
    material = read(loop(*roles))
    theme = material.theme
    assert set(material.own) <= {*roles, "bass"}
    assert len(theme.melody) >= 3
    assert theme.chords[0].start == 0
    assert theme.chords[-1].end == theme.ticks == 8 * BAR


def test_one_part_that_holds_all_is_divided() -> None:
    piano = Part("piano", "keys", notes=(*tune(), *chords(), *bass()))
    material = read(Score((piano,)))
    assert material.own == ("melody", "keys", "bass")
    sung = [n.pitch for n in material.theme.melody if n.pitch >= 72]
    assert sung == [n.pitch for n in tune()]
    assert [n.pitch for n in material.theme.bass] == [n.pitch for n in bass()]


def test_a_short_loop_is_repeated_and_a_lead_in_left_out() -> None:
    late = replace(
        loop("melody"),
        parts=(Part("m", "melody", notes=tuple(
            replace(n, start=n.start + 2 * BAR) for n in tune() if n.start < BAR)),),
    )  # fmt: skip
    material = read(late)
    assert (material.bars, material.theme.bars) == (1, 4)
    first = [n.pitch for n in material.theme.melody if n.start < BAR]
    assert [n.pitch for n in material.theme.melody] == 4 * first


def test_chords_alone_will_do() -> None:
    spans = tuple(
        ChordSpan(i * BAR, (i + 1) * BAR, Chord.parse(name))
        for i, name in enumerate(("Am7", "Dm7", "E7", "Am7"))
    )
    material = read(Score((), chords=spans))
    assert material.theme.key == Key("A", "minor")
    assert material.own == ()
    assert material.theme.melody


def test_of_a_long_tune_eight_bars_are_the_theme_and_others_contrast() -> None:
    other = tuple(Note(8 * BAR + i * PPQ // 2, PPQ // 2, 79 - i % 5, 80) for i in range(64))
    again = tuple(replace(note, start=note.start + 16 * BAR) for note in tune())
    score = Score((Part("m", "melody", notes=(*tune(), *other, *again)),
                   Part("k", "keys", notes=chords())))  # fmt: skip
    material = read(score)
    assert material.theme.bars == material.contrast.bars == 8
    assert [n.pitch for n in material.contrast.melody] == [n.pitch for n in other]


def test_another_key_and_another_metre() -> None:
    material = read(loop())
    waltz = material.in_key(Key("A", "minor")).in_meter(Meter(3, 4))
    assert waltz.theme.ticks == 8 * 3 * PPQ
    assert [str(span.chord) for span in waltz.theme.chords][:4] == ["Am", "F", "Dm", "E"]
    assert len(waltz.theme.melody) == len(material.theme.melody)
    assert waltz.groove is None


@pytest.mark.parametrize(
    ("score", "sentence"),
    [
        (Score(()), "has no notes"),
        (loop("drums"), "has drums only"),
        (Score((Part("m", "melody", notes=(Note(0, PPQ, 60),)),)), "has 1 pitched note; it needs"),
        (Score((Part("m", "melody", notes=tuple(Note(i * BAR, PPQ, 60) for i in range(99))),)),
         "has 99 bars; it must have 1 to 64"),
        (Score((Part("m", "melody", notes=tuple(Note(i * PPQ, PPQ, 60) for i in range(12))),),
               meters=((0, Meter()), (BAR, Meter(3, 4)))), "is in 4/4 and in 3/4"),
    ],
)  # fmt: skip
def test_what_is_no_loop_is_refused_in_a_sentence(score: Score, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read(score)


def test_some_bars_of_a_song() -> None:
    second = bars_of(loop(), 5, 6)
    assert len(second.bar_starts) == 2
    assert [n.pitch for n in second.part("bass").notes] == [n.pitch for n in bass()][8:12]
    with pytest.raises(InputError, match="has the bars 1 to 8"):
        bars_of(loop(), 5, 12)


def test_a_tune_moves_by_octaves_into_the_range() -> None:
    low = [Note(i, 1, 40 + i) for i in range(8)]
    assert sung_register(low, low=62, high=80) == 24
    assert sung_register([], low=62, high=80) == 0


def test_drums_that_no_kit_has_are_no_groove() -> None:
    strange = Part("d", "drums", notes=(Note(0, PPQ, 81),))
    assert read(replace(loop("melody"), parts=(*loop("melody").parts, strange))).groove is None
    assert kit()
