from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.compose import compose
from tapeloom.compose.inner_voices import Moment, lead_inner
from tapeloom.compose.lines import breathe, phrases_of, place_line, thin
from tapeloom.compose.material import material_of, skyline
from tapeloom.compose.transcription import transcribe
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Mark, Note, Part, Score, Section
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.theory.instruments import KITS, instrument
from tapeloom.theory.orchestration import ENSEMBLES, check_playability

BAR = 4 * PPQ


@lru_cache
def record() -> Score:
    """A composed record of twenty-four bars."""
    return compose(Brief("rain at night", bars=24, bpm=75), np.random.default_rng(5))


def lead_sheet() -> Score:
    return replace(record(), parts=(record().part("melody"),))


def on_a_piano() -> Score:
    notes = {
        (n.start, n.pitch): n for p in record().parts if p.role != "drums" for n in p.notes
    }  # fmt: skip
    piano = Part("piano", "keys", "upright_piano", tuple(notes.values()))
    return replace(record(), parts=(piano,))


@pytest.mark.parametrize("band", ENSEMBLES)
def test_every_band_can_play_what_is_written_for_it(band: str) -> None:
    made = transcribe(record(), band, rng=np.random.default_rng(1))
    assert check_playability(made) == ()
    assert len(made.parts) >= len(ENSEMBLES[band].players)
    assert [part.instrument for part in made.parts if part.role != "drums"] == [
        player.instrument for player in ENSEMBLES[band].players if player.task != "drums"
    ]


def classes(score: Score) -> set[tuple[int, int]]:
    return {(n.start, n.pitch % 12) for p in score.parts if p.role != "drums" for n in p.notes}


@pytest.mark.parametrize("source", [record, lead_sheet, on_a_piano])
@pytest.mark.parametrize("band", ["string-quartet", "jazz-trio", "lofi-band", "wind-quintet"])
def test_the_tune_and_the_basses_of_the_chords_stay(source: object, band: str) -> None:
    score = source()  # type: ignore[operator]
    made = transcribe(score, band, rng=np.random.default_rng(2))
    material = material_of(score)
    played = classes(made)
    assert len(material.melody) > 20
    assert [n for n in material.melody if (n.start, n.pitch % 12) not in played] == []
    low = {(n.start, n.pitch % 12) for n in made.part("bass").notes}
    rooted = {(n.start, n.pitch % 12) for n in material.bass} & {
        (span.start, span.chord.bass_pitch_class) for span in made.chords
    }
    assert rooted
    assert rooted <= low


def test_a_seed_says_it_all_and_another_says_it_otherwise() -> None:
    first, again, other = (
        transcribe(record(), "jazz-quartet", rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.part("bass").notes != other.part("bass").notes


def test_a_quartet_moves_without_parallels_and_knows_its_thirds() -> None:
    from tapeloom.theory.part_writing import Rules, Texture, find_faults

    made = transcribe(record(), "string-quartet", rng=np.random.default_rng(1))
    rows = Texture.from_score(made)
    rules = Rules(frozenset({"parallel fifths", "parallel octaves", "missing third"}))
    faults = find_faults(rows, rules=rules, chords=made.chords)
    assert len(faults) <= 0.03 * len(rows.ticks)


def test_a_lofi_band_keeps_a_loops_drums_and_a_jazz_band_brings_its_own() -> None:
    drums = record().part("drums").notes
    lofi = transcribe(record(), "lofi-quartet", rng=np.random.default_rng(1))
    jazz = transcribe(record(), "jazz-quartet", rng=np.random.default_rng(1))
    assert lofi.part("drums").notes == drums
    assert jazz.part("drums").notes != drums
    assert jazz.part("drums").instrument in KITS


def test_a_jazz_bass_walks_in_quarters_and_steps_into_the_next_chord() -> None:
    made = transcribe(record(), "jazz-trio", rng=np.random.default_rng(3))
    line = made.part("bass").notes
    assert {note.start % PPQ for note in line} == {0}
    begins = {span.start for span in made.chords}
    leads = [abs(b.pitch - a.pitch) for a, b in pairwise(line)
             if b.start in begins and a.start not in begins]  # fmt: skip
    assert np.mean([step <= 2 or step == 12 for step in leads]) > 0.8


def test_the_piano_of_a_trio_plays_rootless_chords_under_its_tune() -> None:
    made = transcribe(lead_sheet(), "jazz-trio", rng=np.random.default_rng(1))
    tune = {note.start: note for note in material_of(lead_sheet()).melody}
    piano = made.part("keys").notes
    chords = [n for n in piano if n.start not in tune]
    assert chords
    for note in chords:
        over = [t for t in tune.values() if t.start <= note.start < t.end]
        top = [n.pitch for n in piano if over and n.start == over[0].start]
        assert not over or note.pitch < max(top)


def test_an_articulation_goes_with_its_note() -> None:
    tune = Part("t", "melody", "flute", (Note(0, BAR, 72),), marks=(Mark(0, 72, "tenuto"),))
    score = Score((tune,), keys=((0, Key("C")),), chords=(ChordSpan(0, BAR, Chord(0)),))
    made = transcribe(score, "brass-quartet", rng=np.random.default_rng(1))
    lead = made.part("melody")
    assert lead.marks == (Mark(0, lead.notes[0].pitch, "tenuto"),)


def test_what_no_one_plays_in_the_source_rests() -> None:
    tune = Part("t", "melody", "flute", tuple(Note(i * PPQ, PPQ, 72) for i in range(16)))
    keys = Part("k", "keys", "felt_piano", tuple(Note(2 * BAR, 2 * BAR, p) for p in (48, 52, 55)))
    chords = (ChordSpan(0, 4 * BAR, Chord(0)),)
    sections = (Section("intro", 0, 2 * BAR), Section("A", 2 * BAR, 4 * BAR))
    score = Score((tune, keys), keys=((0, Key("C")),), chords=chords, sections=sections)
    made = transcribe(score, "string-quartet", rng=np.random.default_rng(1))
    for part in made.parts[1:]:
        assert min(note.start for note in part.notes) >= 2 * BAR


def test_there_must_be_something_to_arrange() -> None:
    kit = Part("d", "drums", "dusty_kit", (Note(0, PPQ, 36),))
    with pytest.raises(InputError, match="nothing to arrange"):
        transcribe(Score((kit,)), "string-quartet", rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="no band"):
        transcribe(record(), "seventeen tubas", rng=np.random.default_rng(1))


def test_chords_alone_become_music() -> None:
    spans = tuple(ChordSpan(i * BAR, (i + 1) * BAR, Chord.parse(name))
                  for i, name in enumerate(("Dm7", "G7", "Cmaj7")))  # fmt: skip
    score = Score((), chords=spans, keys=((0, Key("C", "major")),))
    made = transcribe(score, "jazz-quartet", rng=np.random.default_rng(1))
    assert {"bass", "drums", "keys"} == {part.role for part in made.parts}


def test_chords_with_holes_and_sections_that_cut_bars_are_taken_as_they_come() -> None:
    tune = Part("t", "melody", "flute", tuple(Note(i * PPQ, PPQ, 72 + i % 5) for i in range(35)))
    chords = (ChordSpan(PPQ, 3 * PPQ, Chord(0)), ChordSpan(20 * PPQ, 35 * PPQ, Chord(7, "7")))
    sections = (Section("A", 0, 9 * PPQ), Section("B", 9 * PPQ, 35 * PPQ))
    score = Score((tune,), TempoMap.constant(90), ((0, Meter(7, 8)),), ((0, Key("C")),), chords,
                  sections)  # fmt: skip
    for band in ("lofi-band", "lofi-strings", "wind-quintet", "piano-solo", "flute-and-harp"):
        made = transcribe(score, band, rng=np.random.default_rng(1))
        assert {(n.start, n.pitch % 12) for n in tune.notes} <= classes(made)
        assert check_playability(made) == ()


def test_the_highest_line_is_found_over_what_accompanies_it() -> None:
    tune = [Note(i * PPQ, PPQ, pitch) for i, pitch in enumerate((72, 74, 76, 72))]
    below = [Note(i * PPQ // 2, PPQ // 2, 48 + i % 3) for i in range(8)]
    assert skyline([*tune, *below]) == tune


pitches = st.lists(st.integers(30, 100), min_size=1, max_size=14)


@settings(max_examples=40, deadline=None)
@given(pitches, st.sampled_from(["flute", "tuba", "viola", "satb"]))
def test_a_line_is_brought_into_range_by_octaves(line: list[int], name: str) -> None:
    player = instrument("alto_voice" if name == "satb" else name)
    notes = [Note(i * PPQ, PPQ, pitch) for i, pitch in enumerate(line)]
    placed = place_line(notes, player)
    assert all(player.fits(note.pitch) for note in placed)
    assert [(n.start, n.duration, n.pitch % 12) for n in placed] == [
        (n.start, n.duration, n.pitch % 12) for n in notes
    ]


def test_a_phrase_moves_as_one_where_it_fits() -> None:
    notes = [Note(i * PPQ, PPQ, pitch) for i, pitch in enumerate((40, 47, 43))]
    steps = np.diff([note.pitch for note in place_line(notes, instrument("violin"))])
    assert steps.tolist() == [7, -4]
    assert len(phrases_of(notes, breaks=[PPQ])) == 2


def test_a_wind_player_breathes_and_a_tuba_leaves_out_what_is_too_quick() -> None:
    tempo = TempoMap.constant(60)
    flute = instrument("flute")
    line = [Note(i * PPQ, PPQ, 72) for i in range(30)]
    breathing = breathe(line, flute, tempo)
    assert [note.start for note in breathing] == [note.start for note in line]
    score = Score((Part("f", "melody", "flute", tuple(breathing)),), tempo)
    assert check_playability(score) == ()
    long = breathe([Note(0, 40 * PPQ, 72)], flute, tempo)
    assert tempo.tick_to_s(long[0].end) <= (flute.breath_s or 0.0)
    quick = [Note(i * PPQ // 8, PPQ // 8, 40 + i % 2) for i in range(16)]
    assert len(thin(quick, instrument("tuba"), TempoMap.constant(120))) < 16


def test_inner_voices_stay_under_the_tune_and_out_of_parallels() -> None:
    names = ("C", "Am", "F", "G", "C")
    tops, bottoms = (76, 76, 72, 71, 72), (48, 45, 41, 43, 48)
    moments = [
        Moment(i, i + 1, Chord.parse(name), top, top, low)
        for i, (name, top, low) in enumerate(zip(names, tops, bottoms, strict=True))
    ]
    path = lead_inner(moments, ((55, 74), (48, 67)))
    assert all(top > high >= low > bottom for (high, low), top, bottom
               in zip(path, tops, bottoms, strict=True))  # fmt: skip
    with pytest.raises(InputError, match="no tone of"):
        lead_inner([Moment(0, 1, Chord(0))], ((61, 63),))
