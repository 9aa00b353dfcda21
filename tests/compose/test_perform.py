import itertools
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.compose.drums import write_drums
from tapeloom.compose.perform import STRAIGHT, Feel, draw_feel, perform
from tapeloom.core.harmony import Chord
from tapeloom.core.meter import Meter
from tapeloom.core.mood import character
from tapeloom.core.score import ChordSpan, Control, Mark, Note, Part, Score, Section
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.feels import FEELS, place_of
from tapeloom.rhythm.groove import played_swing, swing
from tapeloom.rhythm.microtiming import measure, played_notes
from tapeloom.rhythm.quantise import quantise
from tapeloom.rhythm.swing_ratio import Swing
from tapeloom.theory.instruments import DRUMS

BAR = 4 * PPQ
S = PPQ // 4
ROLES = ("melody", "keys", "bass", "drums", "guitar", "pad")


def song(bars=48, bpm=75):
    sections = tuple(
        Section(name, start * BAR, (start + 8) * BAR, energy, roles=ROLES)
        for name, start, energy in zip(
            ("A", "A'", "B", "A2", "B2", "outro"), range(0, bars, 8), (0.4, 0.5, 0.7) * 2,
            strict=False,
        )
    )  # fmt: skip
    rng = stream(1, "song")
    drums = write_drums(
        sections, meters=((0, Meter()),), end=bars * BAR, density=0.7, energy=0.6,
        rng=stream(1, "drums"),
    )  # fmt: skip
    melody, keys, bass, guitar, spans = [], [], [], [], []
    for bar in range(bars):
        at = bar * BAR
        chord = Chord(5 * bar % 12, "min7")
        spans.append(ChordSpan(at, at + BAR, chord))
        keys += [Note(at, BAR - S, 50 + step, 70) for step in chord.intervals]
        guitar += [Note(at + BAR // 2, PPQ, 52 + step, 60) for step in chord.intervals]
        steps = [int(step) for step in sorted(rng.choice(16, 6, replace=False))]
        for a, b in itertools.pairwise([*steps, 16]):
            melody.append(Note(at + a * S, (b - a) * S, 64 + int(rng.integers(12)), 80))
        bass += [Note(at + k * S, min(3, 16 - k) * S, 36 + chord.root % 12, 80)
                 for k in range(0, 16, 3)]  # fmt: skip
    return Score(
        (
            Part("melody", "melody", "felt_piano", tuple(melody)),
            Part("keys", "keys", "electric_piano", tuple(keys)),
            Part("guitar", "guitar", "nylon_guitar", tuple(guitar)),
            Part("bass", "bass", "upright_bass", tuple(bass), 32),
            drums,
        ),
        TempoMap.constant(bpm),
        chords=tuple(spans),
        sections=sections,
    )


SONG = song()
FULL_FEEL = draw_feel(character(["nostalgic"], []), stream(3, "feel"))
FEEL = replace(FULL_FEEL, ornaments=False)  # so that notes can be paired with written ones


def play(score=SONG, feel=FEEL, seed=1):
    return perform(score, feel, stream(seed, "perform"))


def by_key(score, performance, name, key):
    """Pair the written and the played notes of one key, by order."""
    written = [n for part in score.parts if part.name == name for n in part.notes if n.pitch == key]
    played = [n for p in performance.parts if p.name == name for n in p.notes if n.pitch == key]
    return written, sorted(played, key=lambda note: note.onset_s)


def test_straight_feel_plays_the_score_as_it_stands():
    performance = play(feel=STRAIGHT)
    for written, played in zip(SONG.parts, performance.parts, strict=True):
        assert [n.onset_s for n in played.notes] == pytest.approx(
            [SONG.tempo.tick_to_s(n.start) for n in written.notes], abs=1e-6
        )


def steady_ms(feel, name, tick):
    """Return where a feel says that a drum lies at a written tick, off the swung grid."""
    place = place_of(tick % BAR // S, Meter())
    return feel.lateness_ms.get(name, 0.0) + feel.place_ms.get((name, place), 0.0) + feel.lean_ms


@pytest.mark.parametrize("ratio", [0.5, 0.54, 0.58, 0.62, 2 / 3])
def test_swing_reads_back_within_a_point(ratio):
    feel = replace(FEEL, swing=ratio, breath_ms=0.0, ritardando_ms=0.0)
    performance = play(feel=feel)
    places = []
    for name, key in DRUMS.items():
        written, played = by_key(SONG, performance, "drums", key)
        places += [
            p.onset_s - steady_ms(feel, name, w.start) / 1000.0
            for w, p in zip(written, played, strict=True)
            if w.start % (2 * S)
        ]
    assert played_swing(np.array(places), beat=0.4) == pytest.approx(ratio, abs=0.01)


def test_swing_moves_every_part_alike():
    feel = Feel(swing=0.62, timing_sd_ms=0.0, breath_ms=0.0, ritardando_ms=0.0, strum_ms=0.0)
    performance = play(feel=feel)
    for part in ("melody", "bass", "drums"):
        onsets = np.array([n.onset_s for n in performance.part(part).notes])
        assert played_swing(onsets, beat=0.4) == pytest.approx(0.62, abs=0.001)


@pytest.mark.parametrize("kit", sorted(FEELS))
def test_a_kits_feel_reads_back_from_what_is_played(kit):
    """Swing within a point and each drum within 2 ms, measured as of any performance."""
    if FEELS[kit].swing_level == 8 or kit == "straight":
        pytest.skip("only feels that swing sixteenths")
    feel = replace(FEELS[kit].player(), humanise=0.3, breath_ms=0.0, ritardando_ms=0.0, place_ms={})
    performance = play(feel=feel)
    notes = played_notes(performance.part("drums"), tempo=SONG.tempo)
    found = measure(notes, tempo=SONG.tempo, meters=SONG.meters)
    assert found.swing.ratio == pytest.approx(feel.swing, abs=0.01)
    for name in ("kick", "snare", "closed_hat", "rim", "clap", "ride", "shaker"):
        if sum(note.pitch == DRUMS[name] for note in notes) >= 40:
            says = feel.lateness_ms.get(name, 0.0)
            assert found.lateness_ms[name] == pytest.approx(says, abs=2.0), name


def test_each_drum_sits_where_the_feel_puts_it_at_each_place():
    performance = play()
    for name in ("kick", "snare", "closed_hat", "rim", "clap", "ride", "shaker"):
        written, played = by_key(SONG, performance, "drums", DRUMS[name])
        if len(written) < 40:
            continue
        starts = np.array([n.start for n in written])
        grid = swing(starts, starts % BAR, ratio=FEEL.swing) / PPQ * 0.8
        late_ms = 1000.0 * (np.array([n.onset_s for n in played]) - grid)
        late_ms -= [steady_ms(FEEL, name, int(tick)) for tick in starts]
        assert np.mean(late_ms) == pytest.approx(0.0, abs=2.0), name
        assert 2.0 < late_ms.std() < 12.0


def test_one_voice_never_overlaps_itself():
    for seed in range(8):
        performance = play(seed=seed, feel=replace(FEEL, timing_sd_ms=25.0))
        for name in ("melody", "bass"):
            notes = performance.part(name).notes
            for a, b in itertools.pairwise(notes):
                assert a.onset_s < b.onset_s
                assert a.onset_s + a.duration_s <= b.onset_s + 2e-6


def test_the_order_of_a_melody_survives():
    written, played = SONG.part("melody").notes, play().part("melody").notes
    assert [n.pitch for n in played] == [n.pitch for n in written]


def test_melody_is_legato_and_bass_lets_go():
    feel = replace(FEEL, timing_sd_ms=0.0)
    performance = play(feel=feel)
    melody = performance.part("melody").notes
    gaps = [b.onset_s - a.onset_s - a.duration_s for a, b in itertools.pairwise(melody)]
    assert np.quantile(gaps, 0.8) < 1e-3
    bass = performance.part("bass").notes
    gaps = [b.onset_s - a.onset_s - a.duration_s for a, b in itertools.pairwise(bass)]
    assert np.median(gaps) > 0.02


def test_bars_and_sections_stay_exact():
    performance = play()
    assert performance.duration_s == pytest.approx(48 * 3.2)
    for written, played in zip(SONG.sections, performance.sections, strict=True):
        assert played.start_s == pytest.approx(SONG.tempo.tick_to_s(written.start), abs=1e-6)
        assert played.end_s == pytest.approx(SONG.tempo.tick_to_s(written.end), abs=1e-6)
        assert played.roles == written.roles


def test_chords_of_a_guitar_are_strummed_upwards():
    notes = play().part("guitar").notes
    spreads = []
    for chord in (
        itertools.batched(notes, 4)
        if hasattr(itertools, "batched")
        else zip(*[iter(notes)] * 4, strict=True)
    ):
        assert [n.pitch for n in chord] == sorted(n.pitch for n in chord)
        spreads.append(chord[-1].onset_s - chord[0].onset_s)
    assert min(spreads) > 0.004
    assert max(spreads) < 0.05


def test_a_roll_mark_rolls_a_chord():
    notes = tuple(Note(0, BAR, pitch, 70) for pitch in (50, 54, 57, 61))
    plain = Score((Part("keys", "keys", "felt_piano", notes),))
    rolled = plain.with_part(replace(plain.parts[0], marks=(Mark(0, 50, "roll"),)))
    feel = Feel(timing_sd_ms=0.0, strum_chance=0.0, strum_ms=20.0)
    onsets = [n.onset_s for n in play(plain, feel).parts[0].notes]
    assert max(onsets) - min(onsets) == pytest.approx(0.0, abs=1e-6)
    onsets = [n.onset_s for n in play(rolled, feel).parts[0].notes]
    assert 0.015 < max(onsets) - min(onsets) < 0.05


def test_staccato_is_short_and_a_grace_note_leads():
    notes = (Note(0, PPQ, 60), Note(PPQ, PPQ, 62), Note(2 * PPQ, S, 63), Note(3 * PPQ, PPQ, 64))
    marks = (Mark(0, 60, "staccato"), Mark(2 * PPQ, 63, "grace"))
    score = Score(
        (Part("melody", "melody", "felt_piano", notes, marks=marks),), TempoMap.constant(60)
    )
    played = play(score, replace(STRAIGHT, phrasing=0.0)).parts[0].notes
    assert played[0].duration_s < 0.5
    assert played[1].duration_s == pytest.approx(1.0, abs=0.02)
    assert played[3].onset_s - played[2].onset_s == pytest.approx(0.07)


def test_ghosts_stay_quiet():
    drums = SONG.part("drums")
    ghosts = {(mark.tick, mark.pitch) for mark in drums.marks if mark.name == "ghost"}
    assert ghosts
    for seed in range(3):
        performance = play(seed=seed)
        for key in {pitch for _, pitch in ghosts}:
            for w, p in zip(*by_key(SONG, performance, "drums", key), strict=True):
                if (w.start, key) in ghosts:
                    assert 20 <= p.velocity <= 45


def test_louder_sections_are_played_louder_and_tops_of_chords_sing():
    performance = play(feel=replace(FEEL, velocity_sd=0.0))
    quiet, loud = performance.sections[0], performance.sections[2]
    keys = performance.part("keys").notes

    def mean(section):
        return np.mean([n.velocity for n in keys if section.start_s <= n.onset_s < section.end_s])

    assert mean(loud) > mean(quiet) + 1
    tops = [n.velocity for n in keys if n.pitch == 60]
    inner = [n.velocity for n in keys if n.pitch == 57]
    assert np.mean(tops) > np.mean(inner) + 3


def test_the_pedal_changes_with_the_chord():
    performance = play()
    controls = [c for c in performance.part("keys").controls if c.number == 64]
    assert len(controls) == 2 * len(SONG.chords)
    assert [c.value for c in controls] == [127, 0] * len(SONG.chords)
    assert [c.time_s for c in controls] == sorted(c.time_s for c in controls)
    onsets = sorted({n.onset_s for n in performance.part("keys").notes})
    for up in controls[1::2]:
        following = [t for t in onsets if t > up.time_s]
        assert not following or following[0] - up.time_s < 0.3
    assert not performance.part("melody").controls


def test_stabs_with_rests_stay_dry_and_written_pedals_are_kept():
    stabs = tuple(Note(bar * BAR, S, 60, 70) for bar in range(8))
    spans = tuple(ChordSpan(bar * BAR, (bar + 1) * BAR, Chord(0)) for bar in range(8))
    dry = Score((Part("keys", "keys", "felt_piano", stabs),), chords=spans)
    assert not play(dry).parts[0].controls
    held = Part("keys", "keys", "felt_piano", SONG.part("keys").notes[:8],
                controls=(Control(PPQ, 64, 100), Control(2 * PPQ, 64, 0)))  # fmt: skip
    kept = play(Score((held,), chords=spans)).parts[0].controls
    assert [(c.time_s, c.value) for c in kept] == [(0.5, 100), (1.0, 0)]


def test_parts_draw_their_own_streams():
    without = replace(SONG, parts=tuple(p for p in SONG.parts if p.role != "guitar"))
    assert play(without).part("melody") == play().part("melody")
    assert play(without).part("drums") == play().part("drums")


def test_same_seed_same_performance():
    assert play(seed=2) == play(seed=2)
    assert play(seed=2).parts != play(seed=3).parts


def test_an_empty_score_and_an_empty_part_are_silence():
    assert play(Score(())).duration_s == 0.0
    performance = play(Score((Part("pad", "pad", "warm_pad"),), sections=SONG.sections[:1]))
    assert performance.duration_s == pytest.approx(8 * 2.0)
    assert performance.parts[0].notes == ()


@given(
    st.lists(
        st.builds(
            Note,
            st.integers(0, 60 * PPQ),
            st.integers(1, 8 * PPQ),
            st.integers(0, 127),
            st.integers(1, 127),
        ),
        max_size=40,
    ),
    st.sampled_from(["melody", "keys", "guitar", "bass", "drums", "pad", "other"]),
    st.sampled_from([Meter(4, 4), Meter(7, 8), Meter(5, 32), Meter(64, 1)]),
    st.integers(0, 3),
)
def test_any_notes_can_be_played(notes, role, meter, seed):
    tempo = TempoMap(((0, Fraction(75)), (9 * PPQ + 1, Fraction(71)), (20 * PPQ, Fraction(300))))
    score = Score((Part("x", role, "", tuple(notes)),), tempo, ((0, meter), (7 * PPQ, Meter(3, 4))))
    (part,) = perform(score, FEEL, stream(seed, "any")).parts
    assert sorted(n.pitch for n in part.notes) == sorted(n.pitch for n in notes)
    for note in part.notes:
        assert note.onset_s >= 0.0
        assert note.duration_s > 0.0
        assert 1 <= note.velocity <= 127
        assert round(note.onset_s, 6) == note.onset_s


def test_a_chord_that_comes_early_gets_a_clear_pedal():
    notes = tuple(Note(0, 3 * PPQ, 60 + i, 70) for i in (0, 4, 7))
    notes += tuple(Note(BAR - PPQ // 2, BAR // 2, 62 + i, 70) for i in (0, 3, 7))
    spans = (ChordSpan(0, BAR, Chord(0)), ChordSpan(BAR, 2 * BAR, Chord(2, "min")))
    score = Score((Part("keys", "keys", "felt_piano", notes),), TempoMap.constant(60), chords=spans)
    down, up = play(score, replace(STRAIGHT, pedal=True)).parts[0].controls[:2]
    assert (down.value, up.value) == (127, 0)
    assert up.time_s == pytest.approx(3.5 - 0.03)


def shifts_by_bar(feel, tick_of):
    """Return how late every part's notes at a place of each bar are, in milliseconds."""
    performance = play(feel=feel)
    late = {}
    for written, played in zip(SONG.parts, performance.parts, strict=True):
        for w, p in zip(written.notes, played.notes, strict=True):
            if w.start % BAR == tick_of:
                at = 1000.0 * (p.onset_s - SONG.tempo.tick_to_s(w.start))
                late.setdefault(w.start // BAR, []).append(at)
    return late


def test_the_tempo_slows_at_section_ends_and_recovers_with_all_parts_together():
    feel = replace(STRAIGHT, breath_ms=24.0)
    for place in (0, 12 * S):
        for bar, late_ms in shifts_by_bar(feel, place).items():
            assert np.ptp(late_ms) < 0.01, "everybody breathes alike"
            into = (bar + 1) % 8  # 0 the last bar of a section, 1 the first of the next
            if place == 0 and bar and into == 1:
                assert late_ms[0] == pytest.approx(24.0, abs=0.01)
            elif place and into == 0 and bar < 47:
                assert 15.0 < late_ms[0] < 24.0
            else:
                assert late_ms[0] == pytest.approx(0.0, abs=0.01)


def test_the_record_ends_with_a_ritardando():
    for bar, late_ms in shifts_by_bar(replace(STRAIGHT, ritardando_ms=60.0), 12 * S).items():
        assert late_ms[0] > 40.0 if bar == 47 else late_ms[0] == pytest.approx(0.0, abs=0.01)


def test_the_bass_follows_the_kick():
    kicks = {n.start for n in SONG.part("drums").notes if n.pitch == DRUMS["kick"]}
    for seed in range(4):
        performance = play(seed=seed, feel=replace(FEEL, timing_sd_ms=12.0))
        heard = np.array([
            n.onset_s for n in performance.part("drums").notes if n.pitch == DRUMS["kick"]
        ])  # fmt: skip
        together = [
            p.onset_s
            for w, p in zip(SONG.part("bass").notes, performance.part("bass").notes, strict=True)
            if w.start in kicks
        ]
        assert len(together) > 50
        for onset in together:
            gap_s = onset - heard[np.argmin(np.abs(heard - onset))]
            assert -1e-6 <= gap_s <= 0.0031


def test_the_melody_leads_the_chords_that_it_falls_on():
    for seed in range(4):
        performance = play(seed=seed, feel=replace(FEEL, lead_ms=10.0))
        chords = {}
        for w, p in zip(SONG.part("keys").notes, performance.part("keys").notes, strict=True):
            chords.setdefault(w.start, []).append(p.onset_s)
        led = [
            min(chords[w.start]) - p.onset_s
            for w, p in zip(
                SONG.part("melody").notes, performance.part("melody").notes, strict=True
            )
            if w.start in chords and w.start
        ]
        assert len(led) > 5
        assert min(led) > 0.0099


def test_the_top_of_a_struck_chord_is_a_little_ahead():
    notes = tuple(Note(0, BAR, pitch, 70) for pitch in (50, 54, 57, 61))
    score = Score((Part("keys", "keys", "felt_piano", notes),))
    feel = Feel(timing_sd_ms=0.0, strum_chance=0.0, lead_ms=10.0)
    onsets = {n.pitch: n.onset_s for n in play(score, feel).parts[0].notes}
    assert onsets[61] < onsets[50] == onsets[54] == onsets[57]
    assert onsets[50] - onsets[61] == pytest.approx(0.004)


@pytest.mark.parametrize("seed", range(6))
def test_half_of_any_feel_is_quantised_back_to_the_score(seed):
    """Swing, kit feel, the learned touch, drift, strums and ties at half: nothing is lost."""
    drawn = draw_feel(character(["nostalgic", "playful"], []), stream(seed, "feel"))
    feel = replace(drawn, humanise=1.0, ornaments=False).scaled(0.5)
    assert feel.humanise == 0.5
    performance = play(feel=feel, seed=seed)
    for written, played in zip(SONG.parts, performance.parts, strict=True):
        found = quantise(
            played_notes(played, tempo=SONG.tempo), tempo=SONG.tempo, meters=SONG.meters,
            role=written.role, swing=Swing(feel.swing, feel.swing_level), triplets=False,
        )  # fmt: skip
        assert sorted((n.start, n.pitch) for n in found.notes) == sorted(
            (n.start, n.pitch) for n in written.notes
        ), written.name


def test_no_feel_at_all_is_half_of_nothing():
    feel = FULL_FEEL.scaled(0.0)
    performance = play(feel=replace(feel, ornaments=False))
    for written, played in zip(SONG.parts, performance.parts, strict=True):
        marked = {m.tick for m in written.marks if m.name in ("grace", "roll")}
        for w, p in zip(written.notes, played.notes, strict=True):
            if w.start not in marked:
                assert p.onset_s == pytest.approx(SONG.tempo.tick_to_s(w.start), abs=1e-6)


def test_without_drums_the_learned_model_is_not_even_loaded():
    code = (
        "import sys\n"
        "from tapeloom.compose.perform import draw_feel, perform\n"
        "from tapeloom.core.mood import character\n"
        "from tapeloom.core.score import Note, Part, Score\n"
        "from tapeloom.core.seed import stream\n"
        "score = Score((Part('bass', 'bass', 'upright_bass', (Note(0, 9, 40),)),))\n"
        "perform(score, draw_feel(character([], []), stream(1, 'feel')), stream(1, 'perform'))\n"
        "print('onnxruntime' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
