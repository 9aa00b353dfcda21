from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tapeloom.compose.arranging import Arrangement, arrange_loop
from tapeloom.compose.energy import energy_agreement
from tapeloom.compose.energy_text import parse_energy
from tapeloom.compose.form_text import parse_form
from tapeloom.compose.line import class_costs
from tapeloom.compose.recognition import unrecognised
from tapeloom.compose.repeats import repeated_sections
from tapeloom.compose.section_plan import TREATED, plan_sections, usual_energies
from tapeloom.compose.treatments import TREATMENTS
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.orchestration import check_balance, check_playability

from .loops import loop, tune

FORM = "intro4 A8 A'8 B8 bridge8 A8 B8 A'8 outro4"
DATA = Path(__file__).parents[3] / "shared" / "data"
BAR = 4 * PPQ


def made(seed: int = 1, *roles: str, meter: str = "4/4", **asked: object) -> Arrangement:
    return arrange_loop(loop(*roles, meter=meter), rng=np.random.default_rng(seed), **asked)  # type: ignore[arg-type]


@cache
def whole() -> Arrangement:
    """An arrangement that several tests look at."""
    return made(form=parse_form(FORM))


def notes_in(score: Score, role: str, name: str) -> list[Note]:
    section = next(section for section in score.sections if section.name == name)
    part = next((part for part in score.parts if part.role == role), None)
    return [
        replace(note, start=note.start - section.start)
        for note in (part.notes if part else ())
        if section.start <= note.start < section.end
    ]


def test_the_first_a_is_the_loop() -> None:
    stated = [(note.start, note.pitch % 12) for note in notes_in(whole().score, "melody", "A")]
    own = [(note.start, note.pitch % 12) for note in tune()]
    kept = set(stated) & set(own)
    assert len(kept) >= len(own) - 2  # its last bar may lead on
    assert [str(whole().score.chord_at((4 + i) * BAR)) for i in range(4)] == ["C", "Am", "F", "G"]


def test_sections_are_those_of_the_form_and_grow_as_asked() -> None:
    score = whole().score
    assert [section.name for section in score.sections] == [
        "intro", "A", "A'", "B", "bridge", "A2", "B2", "A'2", "outro",
    ]  # fmt: skip
    assert score.end == 64 * BAR
    assert energy_agreement(score) >= 0.8


def test_every_section_is_known_and_none_is_another_one() -> None:
    arrangement = whole()
    letters = ["B" if plan.letter == "B" else "A" for plan in arrangement.plans]
    assert unrecognised(arrangement.score, letters) == ()
    assert repeated_sections(arrangement.score) == ()


def test_it_can_be_played_and_the_tune_is_heard() -> None:
    score = whole().score
    assert check_playability(score) == ()
    assert check_balance(score) == ()


def test_a_developed_tune_suits_its_chords() -> None:
    """No heavy note of the contrast costs what a clash costs."""
    score = whole().score
    section = next(section for section in score.sections if section.name == "B")
    key = next(key for tick, key in reversed(score.keys) if tick <= section.start)
    for note in score.part("melody").notes:
        if section.start <= note.start < section.end and (note.start - section.start) % BAR == 0:
            chord = score.chord_at(note.start)
            assert chord is not None
            assert class_costs(chord, key, 2)[note.pitch % 12] < 7.0


def test_the_contrast_is_in_another_key_and_the_end_at_home() -> None:
    plans = whole().plans
    keys = {plan.letter: plan.key for plan in plans}
    assert keys["A"] == Key("C", "major")
    assert keys["B"] != keys["A"]
    assert whole().score.chords[-1].chord.root == 0


def test_layers_come_in_with_the_energy() -> None:
    curve = parse_energy("0.1 0.4 0.9 0.2")
    score = made(form=parse_form("A4 A4 A4 A4"), energy=curve).score
    counts = [
        sum(bool(notes_in(score, role, section.name)) for role in ("bass", "drums", "pad"))
        for section in score.sections
    ]
    assert counts[0] == counts[3] == 0
    assert counts[0] < counts[1] < counts[2]


@pytest.mark.parametrize(
    "roles", [("melody",), ("keys",), ("melody", "drums"), ("melody", "keys", "bass", "drums")]
)
def test_any_roles_will_do(roles: tuple[str, ...]) -> None:
    score = made(2, *roles, bars=20).score
    assert {"melody", "keys", "bass", "drums"} <= {part.role for part in score.parts}
    assert score.end == 20 * BAR


@pytest.mark.parametrize("meter", ["3/4", "6/8", "5/4", "2/4"])
def test_any_metre_will_do(meter: str) -> None:
    arrangement = made(3, meter=meter, bars=16)
    assert str(arrangement.score.meters[0][1]) == meter
    assert check_playability(arrangement.score) == ()


@pytest.mark.parametrize("pitch", [0, 127])
def test_a_tune_at_the_edge_of_all_pitches_is_sung_in_range(pitch: int) -> None:
    notes = tuple(Note(i * PPQ, PPQ, abs(pitch - i % 5)) for i in range(16))
    score = arrange_loop(
        Score((Part("m", "melody", notes=notes),)), bars=12, rng=np.random.default_rng(1)
    ).score
    assert check_playability(score) == ()


def test_another_key_tempo_and_length() -> None:
    score = made(bars=12, key=Key("A", "minor"), bpm=70).score
    assert score.key == Key("A", "minor")
    assert float(score.tempo.initial_bpm) == 70
    two = made(minutes=1).score
    assert abs(two.tempo.tick_to_s(two.end) - 60) < 8


def test_the_same_seed_makes_the_same_music_and_another_one_other_music() -> None:
    first, again, other = (made(seed, bars=16).score for seed in (5, 5, 6))
    assert first == again
    assert first != other


@pytest.mark.parametrize("band", ["lofi-quartet", "lofi-strings", "jazz-trio", "string-quartet"])
def test_bands_play_it(band: str) -> None:
    from tapeloom.theory.orchestration import ensemble

    score = made(bars=16, band=band).score
    players = {player.instrument for player in ensemble(band).players}
    assert {part.instrument for part in score.parts} <= players
    assert check_playability(score) == ()


def test_a_long_record_is_a_set_of_related_pieces() -> None:
    score = made(4, bars=145, bpm=40).score
    pieces = {section.piece for section in score.sections}
    assert len(pieces) >= 4
    assert score.end <= 145 * BAR
    assert len({meter for _, meter in score.meters}) == 2
    assert len({key for _, key in score.keys}) >= 3
    assert score.keys[-1][1] == score.keys[0][1]


def test_chords_alone_get_a_tune() -> None:
    names = ("Am7", "Dm7", "E7", "Am7")
    spans = tuple(
        ChordSpan(i * BAR, (i + 1) * BAR, Chord.parse(name)) for i, name in enumerate(names)
    )
    score = arrange_loop(Score((), chords=spans), bars=16, rng=np.random.default_rng(1)).score
    assert score.key == Key("A", "minor")
    assert score.part("melody").notes


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"minutes": 0.1}, "minutes is 0.1; it must lie between 0.5 and 120"),
        ({"bars": 2}, "bars is 2"),
        ({"bpm": 300}, "bpm is 300"),
        ({"minutes": 1, "bars": 8}, "give one of them"),
        ({"band": "spoons"}, "is no band"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(asked: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        made(**asked)


def test_a_kind_of_section_is_never_left_as_it_was() -> None:
    """However often a kind returns, only its first appearance may be stated as it is."""
    form = tuple((f"A{i}", 4) for i in range(12))
    plans = plan_sections(
        form, usual_energies(form), key=Key("C", "major"), seats=("melody", "keys"),
        rng=np.random.default_rng(1),
    )  # fmt: skip
    assert [plan.treatments == () for plan in plans] == [True] + 11 * [False]
    assert all(set(row) <= set(TREATMENTS) for rows in TREATED.values() for row in rows)


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="needs the data sets")
def test_thirty_loops_of_songs(tmp_path: Path) -> None:
    """What `benchmarks/arrangements.py` counts, on the songs of the validation set."""
    from tapeloom.train.archives import unpacked
    from tapeloom.train.loops import read_loops

    loops = list(read_loops(unpacked(DATA, tmp_path, sources=("pop909",)), 30))
    assert len(loops) == 30
    for name, song in loops:
        arrangement = arrange_loop(song, minutes=4, rng=np.random.default_rng(1))
        score = arrangement.score
        letters = ["B" if plan.letter == "B" else "A" for plan in arrangement.plans]
        assert energy_agreement(score) >= 0.8, name
        assert unrecognised(score, letters) == (), name
        assert repeated_sections(score) == (), name
        assert check_playability(score) == check_balance(score) == (), name
