"""Whether the tune is heard: planted faults are found and mended, good scores are left alone."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.compose import compose
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ
from tapeloom.studio.balance import _STRIPS
from tapeloom.theory.instruments import KITS, KNOWN
from tapeloom.theory.orchestration import (
    check_balance,
    check_playability,
    mend_balance,
    mend_playability,
    tally,
)
from tapeloom.theory.orchestration.balance import melody_of, phrases_of
from tapeloom.theory.orchestration.sounding import MIXED_DB, Stage, hear, stage_of

BAR = 4 * PPQ
HIGH = (72, 76, 79, 77, 76, 74, 72, 71)
LOW = (62, 64, 65, 67, 69, 67, 65, 64)


def tune(name: str, pitches: Sequence[int] = HIGH, velocity: int = 80) -> Part:
    notes = tuple(Note(i * PPQ, PPQ, pitch, velocity) for i, pitch in enumerate(tuple(pitches) * 4))
    return Part("tune", "melody", name, notes)


def chords(
    name: str, pitches: Sequence[int], velocity: int = 80, role: str = "keys", bars: int = 8
) -> Part:
    notes = tuple(Note(i * BAR, BAR, pitch, velocity) for i in range(bars) for pitch in pitches)
    return Part(name, role, name, notes)


FAULTY: dict[str, tuple[Score, Stage]] = {
    "a low flute against trumpets": (
        Score((tune("flute", LOW), chords("trumpet", (60, 64, 67)))), "hall"),
    "a low flute against full strings": (
        Score((tune("flute", LOW), chords("string_ensemble", (48, 55, 60, 64)))), "hall"),
    "a tune in a pad's own register": (
        Score((tune("flute"), chords("warm_pad", (71, 74, 76, 79), 110, "pad"))), "hall"),
    "a soft clarinet within violas": (
        Score((tune("clarinet", LOW, 50), chords("violas", (62, 65), 90, "other"))), "hall"),
    "a soft verse in a record": (
        Score((
            Part("tune", "melody", "kalimba", (
                *(replace(note, velocity=25) for note in tune("kalimba").notes[:16]),
                *(replace(note, velocity=110) for note in tune("kalimba").notes[16:]),
            )),
            chords("organ", (71, 74, 76, 79), 100),
        )), "record"),
}  # fmt: skip
SOUND = [
    (Score((tune("trumpet"), chords("flute", (62, 65)))), "hall"),
    (Score((tune("violin"), chords("viola", (62,), 70), chords("cello", (48,), 70))), "hall"),
    (Score((tune("flute"), chords("felt_piano", (48, 52, 55, 59), 64))), "record"),
    (Score((tune("upright_piano"), chords("upright_bass", (36,), 70, "bass"))), "record"),
]  # fmt: skip


@pytest.mark.parametrize("case", FAULTY)
def test_planted_faults_are_found_and_mended(case: str) -> None:
    score, stage = FAULTY[case]
    found = check_balance(score, stage=stage)
    assert found
    assert all(problem.part == "tune" and problem.tick < problem.end for problem in found)
    mended, reasons = mend_balance(score, stage=stage)
    assert check_balance(mended, stage=stage) == ()
    assert reasons
    # The tune is still there, in its rhythm and of its tones.
    old, new = score.part("melody").notes, mended.part("melody").notes
    assert [(a.start, a.pitch % 12) for a in old] == [(a.start, a.pitch % 12) for a in new]
    assert len(check_playability(mended)) <= len(check_playability(score))


def test_only_the_covered_phrases_change() -> None:
    score, stage = FAULTY["a soft verse in a record"]
    found = check_balance(score, stage=stage)
    assert max(problem.end for problem in found) <= 4 * BAR
    mended, _ = mend_balance(score, stage=stage)
    late = [note for note in score.parts[1].notes if note.start >= 4 * BAR]
    assert [note for note in mended.parts[1].notes if note.start >= 4 * BAR] == late


@pytest.mark.parametrize(("score", "stage"), SOUND)
def test_sound_scores_are_left_alone(score: Score, stage: Stage) -> None:
    assert check_balance(score, stage=stage) == ()
    assert mend_balance(score, stage=stage) == (score, ())


def below_db(score: Score, stage: Stage = "hall", **players: int) -> float:
    sounding = hear(score, stage=stage, players=players)
    first = melody_of(sounding)
    assert first is not None
    others = [each for each in sounding if each is not first]
    return phrases_of(first, others, bars=score.bar_starts)[0].below_db


def test_twice_the_players_are_three_decibels() -> None:
    score = Score((tune("flute"), chords("horn", (61,))))
    assert below_db(score, horn=2) - below_db(score) == pytest.approx(3.01, abs=0.01)
    assert below_db(score, horn=4) - below_db(score) == pytest.approx(6.02, abs=0.01)


def test_a_section_divides_itself() -> None:
    one = below_db(Score((tune("flute"), chords("violins", (67,)))))
    two = below_db(Score((tune("flute"), chords("violins", (66, 68)))))
    assert two == pytest.approx(one, abs=1.0)


def test_a_record_is_mixed_and_a_hall_is_not() -> None:
    soft, loud = (Score((tune("flute"), chords("organ", (60, 64), v))) for v in (40, 110))
    assert below_db(soft, "record") == pytest.approx(below_db(loud, "record"))
    assert below_db(loud) - below_db(soft) > 10.0
    assert stage_of(soft) == "record"
    assert stage_of(Score((tune("oboe"),))) == "hall"


def test_records_are_mixed_as_the_studio_mixes_them() -> None:
    tune_lufs = _STRIPS["melody"].loudness_lufs
    for role, level_db in MIXED_DB.items():
        assert abs(_STRIPS[role].loudness_lufs - tune_lufs - level_db) < 0.01


def test_what_doubles_the_tune_helps_it() -> None:
    against = chords("trumpet", (60, 64))
    double = replace(tune("violin", LOW), name="double", role="other")
    alone = Score((tune("flute", LOW), against))
    assert below_db(Score((*alone.parts, double))) < below_db(alone) - 2.0


def test_one_note_in_common_is_no_doubling() -> None:
    """A trumpet that meets the flute now and then hides it; one that plays along doesn't."""
    now_and_then = chords("trumpet", (64,))
    along = replace(tune("trumpet", LOW), name="trumpet", role="other")
    assert check_balance(Score((tune("flute", LOW), now_and_then)))
    assert check_balance(Score((tune("flute", LOW), along))) == ()


@pytest.mark.slow
def test_a_note_of_years_is_no_burden() -> None:
    drone = Part("drone", "pad", "warm_pad", (Note(0, 10**9, 60),))
    assert check_balance(Score((tune("flute"), drone))) == ()


def test_an_empty_part_has_no_tune() -> None:
    empty = Part("silent", "melody", "flute")
    score, stage = FAULTY["a low flute against trumpets"]
    mended, reasons = mend_balance(Score((empty, *score.parts)), stage=stage)
    assert check_balance(mended, stage=stage) == ()
    assert reasons


def test_without_a_tune_nothing_is_covered() -> None:
    score = Score((chords("trumpet", (60, 64)),))
    assert check_balance(score) == ()
    assert check_balance(Score((tune("flute"),))) == ()
    assert check_balance(Score(())) == ()


def test_softer_instruments_are_taken_where_players_cannot_be_soft_enough() -> None:
    score = Score((
        tune("flute", tuple(range(60, 68)), 116),
        *(replace(chords("trumpet", (60,), 127), name=f"t{i}") for i in range(6)),
    ))  # fmt: skip
    many = {f"t{i}": 60 for i in range(6)}
    mended, reasons = mend_balance(score, stage="hall", players=many)
    assert check_balance(mended, stage="hall", players=many) == ()
    assert any("the muted trumpet instead of the trumpet" in reason for reason in reasons)
    assert not any(reason.startswith("tune double") for reason in reasons)


def test_a_register_that_cannot_move_is_thinned() -> None:
    """Pans have nothing below C4: what lies about the tune leaves the chords."""
    score = Score((tune("flute", LOW, 60), chords("steel_drum", (61, 66, 70, 82), 90)))
    mended, reasons = mend_balance(score, stage="hall", players={"steel_drum": 30})
    assert check_balance(mended, stage="hall", players={"steel_drum": 30}) == ()
    assert any("left out of the tune's register" in reason for reason in reasons)
    assert all(note.pitch != 66 for note in mended.parts[1].notes)


def test_what_covers_the_tune_whatever_is_done_rests() -> None:
    score = Score((tune("kalimba"), chords("tuba", (29, 41), 127, bars=4)))
    players = {"tuba": 2000}
    mended, reasons = mend_balance(score, players=players)
    assert check_balance(mended, players=players) == ()
    assert "cover the tune whatever is done" in reasons[-1]


@st.composite
def scores(draw: st.DrawFn) -> Score:
    """A tune and one to three parts of any instruments, each in its comfortable range."""
    parts = []
    for number in range(draw(st.integers(2, 4))):
        known = KNOWN[draw(st.sampled_from([name for name in KNOWN if name not in KITS]))]
        rows = draw(
            st.lists(
                st.tuples(st.integers(0, 15), st.integers(1, 4),
                          st.integers(*known.comfortable), st.integers(20, 127)),
                min_size=1, max_size=12,
            )
        )  # fmt: skip
        notes = tuple(Note(a * PPQ, b * PPQ, pitch, velocity) for a, b, pitch, velocity in rows)
        role = "melody" if number == 0 else draw(st.sampled_from(("keys", "pad", "bass", "other")))
        parts.append(Part(f"part {number}", role, known.name, notes))
    return Score(tuple(parts))


@settings(max_examples=40, deadline=None)
@given(scores(), st.sampled_from(("hall", "record")))
def test_whatever_is_mended_is_heard_and_can_be_played(score: Score, stage: Stage) -> None:
    playable, _ = mend_playability(score)
    mended, reasons = mend_balance(playable, stage=stage)
    assert check_balance(mended, stage=stage) == ()
    assert check_playability(mended) == ()
    assert (mended == playable) == (not reasons)


@pytest.mark.parametrize(
    ("players", "match"), [({"nobody": 2}, "is no part of the score"), ({"tune": 0}, "0 players")]
)
def test_impossible_players_are_refused(players: dict[str, int], match: str) -> None:
    with pytest.raises(InputError, match=match):
        check_balance(Score((tune("flute"),)), players=players)


@pytest.mark.parametrize("seed", [3])
def test_a_composed_record_is_mended_whole(seed: int) -> None:
    score = compose(Brief("dark lo-fi", minutes=1, seed=seed), stream(seed, "compose"))
    mended, _ = mend_balance(mend_playability(score)[0])
    assert check_playability(mended) == ()
    assert check_balance(mended) == ()


@pytest.mark.slow
def test_composed_records_are_nearly_clean() -> None:
    """The limits are musical: what the composer writes breaks few of them."""
    moods = ("peaceful", "melancholic", "uplifting", "dreamy", "nostalgic", "dark", "warm",
             "focused", "playful", "romantic")  # fmt: skip
    found: dict[str, int] = {}
    phrases = 0
    for seed in range(20):
        score = compose(Brief(moods[seed % 10], minutes=3, seed=seed), stream(seed, "compose"))
        for kind, count in tally((*check_playability(score), *check_balance(score))).items():
            found[kind] = found.get(kind, 0) + count
        sounding = hear(score, stage="record", players={})
        first = melody_of(sounding)
        assert first is not None
        phrases += len(phrases_of(first, [s for s in sounding if s is not first],
                                  bars=score.bar_starts))  # fmt: skip
    assert found.get("covered", 0) + found.get("masked", 0) < 0.12 * phrases
    assert sum(found.values()) - found.get("covered", 0) - found.get("masked", 0) < 20
