"""The energy that is asked against the energy that is written, and how the writers follow it."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from tapeloom.compose import engine, plan
from tapeloom.compose.arrange import figure_by_density
from tapeloom.compose.curves import fit_layers
from tapeloom.compose.dynamics import MOST, follow_energy
from tapeloom.compose.energy import energy_agreement, energy_parts, measured_energy
from tapeloom.compose.engines import child_streams, write_parts
from tapeloom.compose.form import kind_of
from tapeloom.compose.harmony import write_harmony
from tapeloom.compose.plan import Plan
from tapeloom.compose.recognition import section_likeness, unrecognised
from tapeloom.compose.repeats import repeated_sections, turn_repeats, vary_repeats
from tapeloom.core.brief import Brief
from tapeloom.core.mood import MOODS
from tapeloom.core.score import Mark, Note, Part, Score, Section
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ

WORDS = list(MOODS)
FORM = "intro8 A16 A'16 B8 A16 outro8"
CURVES = ("0.2 0.4 0.8 0.6 0.3 0.2", "0.9 0.2 0.5 0.2 0.9 0.1", "0:0.1 32:0.9 72:0.2", None)
BRIEFS = (
    *(Brief(WORDS[seed % len(WORDS)], minutes=2.5, seed=seed) for seed in range(6)),
    *(Brief(WORDS[seed], form=FORM, energy_curve=CURVES[seed % 4], seed=seed) for seed in range(4)),
)
BAR = 4 * PPQ


@lru_cache(maxsize=32)
def score_of(brief: Brief) -> Score:
    return engine().compose(plan(brief, stream(brief.seed, "plan")), stream(brief.seed, "compose"))


def letters_of(score: Score) -> list[str]:
    letters = {"A": "A", "A'": "A", "B": "B", "bridge": "C"}
    return [letters.get(kind_of(s.name), "") if "melody" in s.roles else "" for s in score.sections]


# ---- what every piece keeps ----


def test_the_measured_energy_follows_the_one_that_is_asked() -> None:
    for brief in BRIEFS:
        assert energy_agreement(score_of(brief)) >= 0.8, brief


def test_no_section_is_repeated_to_the_letter() -> None:
    for brief in BRIEFS:
        assert repeated_sections(score_of(brief)) == (), brief


def test_every_section_is_nearer_to_its_own_letter() -> None:
    for brief in BRIEFS:
        score = score_of(brief)
        assert unrecognised(score, letters_of(score)) == (), brief


@pytest.mark.slow
def test_fifty_pieces_of_every_mood_keep_all_three() -> None:
    for seed in range(50):
        score = score_of(Brief(WORDS[seed % len(WORDS)], minutes=4, seed=1000 + seed))
        assert energy_agreement(score) >= 0.8, seed
        assert repeated_sections(score) == (), seed
        assert unrecognised(score, letters_of(score)) == (), seed


# ---- the measure ----


def two_bars(*, notes: int = 4, velocity: int = 70, pitch: int = 64, parts: int = 1) -> Score:
    """Return a section to measure beside one of four quarters of one part."""
    plain = [Note(i * PPQ, PPQ, 64, 70) for i in range(4)]
    length = BAR // notes
    other = [Note(BAR + i * length, length, pitch, velocity) for i in range(notes)]
    first = Part("keys", "keys", notes=(*plain, *other))
    more = tuple(Part(f"pad {i}", "pad", notes=tuple(other)) for i in range(parts - 1))
    return Score((first, *more), sections=(Section("A", 0, BAR), Section("B", BAR, 2 * BAR)))


@pytest.mark.parametrize(
    "change", [{"notes": 8}, {"velocity": 90}, {"pitch": 72}, {"parts": 3}], ids=str
)
def test_busier_louder_higher_and_fuller_is_more(change: dict[str, int]) -> None:
    same = measured_energy(two_bars())
    assert same[0] == same[1]
    more = measured_energy(two_bars(**change))
    assert more[0] == same[0]
    assert more[1] > same[1] + 0.01


def test_the_measure_lies_between_0_and_1() -> None:
    assert measured_energy(two_bars(notes=32, velocity=127, pitch=100, parts=9))[1] <= 1.0
    silent = replace(two_bars(), parts=())
    assert measured_energy(silent) == (0.0, 0.0)
    assert energy_parts(silent)[0].layers == 0.0
    assert measured_energy(replace(silent, sections=())) == ()


def test_agreement_of_what_is_flat() -> None:
    flat = two_bars()
    assert energy_agreement(flat) == 1.0
    asked = replace(flat, sections=(flat.sections[0], replace(flat.sections[1], energy=0.9)))
    assert energy_agreement(asked) == 0.0  # nothing of it was done


# ---- the writers ----


@lru_cache(maxsize=8)
def written(density: float, seed: int) -> Score:
    """Return a piece of which A has some density, and all else another."""
    drawn = plan(Brief("nostalgic", form="A8 B8", seed=seed), stream(seed, "plan"))
    roles = ("melody", "keys", "pad", "guitar", "bass", "drums")
    sections = (
        replace(drawn.sections[0], roles=roles, energy=0.5, density=density),
        replace(drawn.sections[1], roles=roles, energy=0.5, density=0.5),
    )
    drawn = replace(drawn, sections=sections, density=0.5)
    streams = child_streams(stream(seed, "compose"))
    return write_parts(drawn, write_harmony(drawn, streams["chords"]), streams)


@pytest.mark.parametrize("role", ["melody", "keys", "pad", "guitar", "bass", "drums"])
def test_a_denser_section_is_busier_in_every_part(role: str) -> None:
    counts = []
    for density in (0.1, 0.9):
        for seed in (5, 6, 7):
            score = written(density, seed)
            end = score.sections[0].end
            notes = [n for n in score.part(role).notes if n.start < end]
            # A pad is as busy as it has voices, the others as they have onsets.
            onsets = {n.start for n in notes}
            counts.append(sum(n.duration for n in notes) if role == "pad" else len(onsets))
    assert sum(counts[:3]) < sum(counts[3:]), role


def test_a_section_of_a_higher_register_sings_higher() -> None:
    drawn = plan(Brief("nostalgic", form="A8 B8", seed=5), stream(5, "plan"))
    means = []
    for register in (-4.0, 0.0, 4.0):
        first = replace(drawn.sections[0], register=register)
        moved: Plan = replace(drawn, sections=(first, drawn.sections[1]))
        streams = child_streams(stream(5, "compose"))
        score = write_parts(moved, write_harmony(moved, streams["chords"]), streams)
        notes = [n.pitch for n in score.part("melody").notes if n.start < first.end]
        means.append(float(np.mean(notes)))
    assert means[0] < means[1] < means[2]


def test_layers_come_in_and_stay_away_by_energy() -> None:
    assert fit_layers(("melody", "keys", "drums"), 0.1) == ("melody", "keys", "drums")
    assert "bass" in fit_layers(("melody", "keys", "drums"), 0.2)
    assert fit_layers(("keys",), -0.9) == ("keys",)
    assert "guitar" not in fit_layers(("keys",), 0.9, available=("keys", "bass", "drums", "pad"))
    assert figure_by_density((0, 1, -1, 2), 0.0) == (0, 1, -1, 2)


def test_dynamics_make_up_for_what_is_left_and_no_more() -> None:
    score = two_bars()
    asked = (replace(score.sections[0], energy=0.2), replace(score.sections[1], energy=0.8))
    ghost = Mark(0, 64, "ghost")
    part = replace(score.parts[0], marks=(ghost,))
    followed = follow_energy(replace(score, parts=(part,), sections=asked))
    before = [note.velocity for note in part.notes]
    after = [note.velocity for note in followed.parts[0].notes]
    assert after[0] == before[0]  # a ghost stays
    assert after[1] < before[1]
    assert after[5] > before[5]
    assert max(abs(a - b) for a, b in zip(after, before, strict=True)) <= MOST
    one = replace(score, sections=asked[:1])
    assert follow_energy(one) is one


def test_a_calmer_section_is_never_played_up_more_than_a_livelier_one() -> None:
    quiet = [Note(0, BAR, 60, 70)]
    busy = [Note(BAR + i * PPQ // 4, PPQ // 4, 72, 70) for i in range(32)]
    score = Score(
        (Part("keys", "keys", notes=(*quiet, *busy)),),
        sections=(Section("intro", 0, BAR, 0.3), Section("A", BAR, 2 * BAR, 0.4),
                  Section("B", 2 * BAR, 3 * BAR, 0.9)),
    )  # fmt: skip
    played = follow_energy(score).parts[0].notes
    steps = [
        next(note.velocity for note in played if note.start >= section.start) - 70
        for section in score.sections
    ]
    assert steps == sorted(steps)


# ---- repeats ----


def repeated(*, role: str = "melody", quarters: bool = True) -> Score:
    length = PPQ if quarters else PPQ // 2
    bar = [Note(i * length, length, 60 + i, 80) for i in range(4)]
    notes = (*bar, *(replace(note, start=note.start + BAR) for note in bar))
    sections = (Section("A", 0, BAR), Section("A2", BAR, 2 * BAR))
    return Score((Part(role, role, notes=notes),), sections=sections)


@pytest.mark.parametrize("role", ["melody", "pad", "other"])
@pytest.mark.parametrize("quarters", [True, False])
def test_what_is_repeated_to_the_letter_is_turned(role: str, quarters: bool) -> None:
    score = repeated(role=role, quarters=quarters)
    assert repeated_sections(score) == (1,)
    for turned in (turn_repeats(score), vary_repeats(score, rng=stream(1))):
        assert repeated_sections(turned) == ()
        first = [note for note in turned.parts[0].notes if note.start < BAR]
        assert first == [note for note in score.parts[0].notes if note.start < BAR]
        assert section_likeness(turned)[0, 1] > 0.6


def test_a_repeat_over_chords_is_varied_as_sections_are() -> None:
    score = score_of(BRIEFS[0])
    first = next(s for s in score.sections if s.name == "A")
    length = first.end - first.start
    inside = [n for n in score.part("melody").notes if first.start <= n.start < first.end]
    twice = tuple(replace(n, start=n.start - first.start + k * length) for k in (0, 1)
                  for n in inside)  # fmt: skip
    chords = tuple(
        replace(c, start=max(c.start, first.start) - first.start + k * length,
                end=min(c.end, first.end) - first.start + k * length)
        for k in (0, 1) for c in score.chords if c.start < first.end and c.end > first.start
    )  # fmt: skip
    sections = (Section("A", 0, length), Section("A2", length, 2 * length))
    same = Score((replace(score.part("melody"), notes=twice, marks=()),), keys=score.keys,
                 chords=chords, sections=sections)  # fmt: skip
    assert repeated_sections(same) == (1,)
    varied = vary_repeats(same, rng=stream(2))
    assert repeated_sections(varied) == ()
    assert 0.5 < section_likeness(varied)[0, 1] < 1.0


# ---- recognition ----


def test_a_tune_is_known_in_another_key_and_at_another_length() -> None:
    from tapeloom.core.harmony import Key

    tune = ((0, 60), (1, 64), (1.5, 65), (2, 67), (4, 69), (5, 65), (7, 64))
    other = ((0.5, 72), (1.5, 71), (3, 67), (3.5, 65), (4.5, 64), (6, 60))

    def at(bar: int, line: tuple[tuple[float, int], ...], up: int = 0) -> list[Note]:
        return [Note(bar * BAR + int(beat * PPQ), PPQ // 2, pitch + up) for beat, pitch in line]

    notes = (*at(0, tune), *at(2, other), *at(4, tune, 5), *at(6, tune, 5))
    sections = (Section("A", 0, 2 * BAR), Section("B", 2 * BAR, 4 * BAR),
                Section("A2", 4 * BAR, 8 * BAR))  # fmt: skip
    keys = ((0, Key("C")), (4 * BAR, Key("F")))
    score = Score((Part("melody", "melody", notes=notes),), keys=keys, sections=sections)
    likeness = section_likeness(score)
    assert np.allclose(likeness, likeness.T)
    assert likeness[0, 2] > 0.9
    assert likeness[0, 1] < 0.5
    assert unrecognised(score, ("A", "B", "A")) == ()
    assert unrecognised(score, ("A", "A", "B")) == (0, 1)


def test_sections_without_a_line_in_common_have_nothing_alike() -> None:
    first = Part("melody", "melody", notes=(Note(0, PPQ, 60),))
    second = Part("keys", "keys", notes=(Note(BAR, PPQ, 60),))
    sections = (Section("A", 0, BAR), Section("B", BAR, 2 * BAR), Section("C", 2 * BAR, 3 * BAR))
    likeness = section_likeness(Score((first, second), sections=sections))
    assert likeness.tolist() == np.eye(3).tolist()
