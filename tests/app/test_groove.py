"""`tapeloom groove` through its command line and through the function that it calls."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.app.commands import main
from tapeloom.app.grooving import groove_score, read_template
from tapeloom.compose.regroove import GrooveChange, extract_groove, regroove
from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.feels import FEELS
from tapeloom.rhythm.meters import step_ticks
from tapeloom.rhythm.patterns import GROOVES, VELOCITIES
from tapeloom.rhythm.swing_ratio import Swing
from tapeloom.rhythm.templates import GroovePlace, GrooveTemplate
from tapeloom.theory.instruments import DRUMS

STEPS = {"kick": (0, 3, 6, 10), "snare": (4, 12, 15), "closed_hat": tuple(range(16))}


def kit(groove, bars=8, bpm=85):
    """Write a groove out on the grid."""
    step = step_ticks(groove.meter)
    notes = tuple(
        Note(bar * groove.meter.bar_ticks + at * step, step // 2, DRUMS[drum], VELOCITIES[sign])
        for bar in range(bars)
        for (at, drum), sign in groove.bar(bar).items()
    )
    part = Part("Kit", "drums", "dusty_kit", notes)
    return Score((part,), TempoMap.constant(bpm), ((0, groove.meter),))


def beat(bars=8, bpm=80):
    """A kit with sixteenths in its hats, a bass and a melody, on the grid."""
    bar = 4 * PPQ
    drums = tuple(
        Note(i * bar + step * PPQ // 4, 1260, DRUMS[drum], 80)
        for i in range(bars)
        for drum, steps in STEPS.items()
        for step in steps
    )
    bass = tuple(Note(i * bar + at, PPQ, 40, 90) for i in range(bars) for at in (0, 3 * PPQ // 2))
    tune = tuple(Note(i * bar + k * PPQ, PPQ, 72 + k, 80) for i in range(bars) for k in range(4))
    return Score(
        (
            Part("Kit", "drums", "dusty_kit", drums),
            Part("Bass", "bass", "upright_bass", bass, 32),
            Part("Tune", "melody", "felt_piano", tune),
        ),
        TempoMap.constant(bpm),
    )


def plain(score):
    return [sorted((n.start, n.duration, n.pitch) for n in part.notes) for part in score.parts]


def lateness(figures):
    return {row["line"]: row["mean_ms"] for row in figures["microtiming"]}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    write_midi(tmp_path / "beat.mid", beat())
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ---- laws, through the command's function ----


@settings(max_examples=10, derandomize=True)
@given(
    st.floats(0.53, 0.66), st.sampled_from([8, 16]), st.floats(-10, 25), st.floats(-8, 8),
    st.integers(60, 110),
)  # fmt: skip
def test_a_groove_applied_and_measured_comes_back(ratio, level, snare_ms, hat_ms, bpm):
    late = {"snare": snare_ms, "closed_hat": hat_ms, "kick": 0.0}
    rows = tuple(
        (drum, tuple(GroovePlace(step, late[drum], 1.0) for step in steps))
        for drum, steps in STEPS.items()
    )
    template = GrooveTemplate("asked", Meter(), rows, Swing(ratio, level))
    score = replace(beat(bpm=bpm), parts=beat().parts[:1])
    done = groove_score(score, GrooveChange(template=template))
    assert done.after["swing"]["ratio"] == pytest.approx(ratio, abs=0.01)
    assert done.after["swing"]["level"] == level
    for drum, measured in lateness(done.after).items():
        assert measured == pytest.approx(late[drum], abs=2.0)


@pytest.mark.parametrize("name", ["dusty", "boom_bap", "trip_hop", "straight"])
def test_a_feel_applied_and_measured_comes_back(name):
    feel = FEELS[name]
    done = groove_score(beat(), GrooveChange(feel=feel))
    assert done.after["swing"]["ratio"] == pytest.approx(feel.swing, abs=0.01)
    for drum, measured in lateness(done.after).items():
        if drum in STEPS:
            places = [feel.offset_ms(drum, step=step, meter=Meter()) for step in STEPS[drum]]
            assert measured == pytest.approx(np.mean(places), abs=2.0)


@pytest.mark.parametrize("amount", [0.25, 0.5])
@pytest.mark.parametrize(
    "name", ["boom_bap", "smoke_ring", "seven_bap", "five_bap", "waltz", "half_shuffle"]
)
def test_quantise_after_humanise_restores_the_score(name, amount):
    score = kit(GROOVES[name], bars=6)
    for seed in range(2):
        human = groove_score(score, GrooveChange(humanise=amount), seed=seed).score
        assert plain(human) != plain(score)
        again = groove_score(human, GrooveChange(quantise=1.0)).score
        assert plain(again) == plain(score)


def test_pitched_parts_are_humanised_and_restored_too():
    score = beat()
    human = groove_score(score, GrooveChange(humanise=0.5, style="hiphop"), seed=4).score
    assert all(a.notes != b.notes for a, b in zip(human.parts, score.parts, strict=True))
    assert plain(groove_score(human, GrooveChange(quantise=1.0)).score) == plain(score)


def test_amount_goes_part_of_the_way_and_nothing_is_nothing():
    score = beat()
    rng = np.random.default_rng
    whole = regroove(score, GrooveChange(feel=FEELS["dusty"]), rng(1))
    half = regroove(score, GrooveChange(feel=FEELS["dusty"], amount=0.5), rng(1))
    for a, b, c in zip(*(s.parts[0].notes for s in (score, half, whole)), strict=True):
        assert abs(2 * (b.start - a.start) - (c.start - a.start)) <= 2
    assert regroove(score, GrooveChange(feel=FEELS["dusty"], amount=0.0), rng(1)) == score
    assert regroove(score, GrooveChange(), rng(1)) == score


def test_swing_alone_keeps_each_players_own_lateness():
    late = regroove(beat(), GrooveChange(feel=FEELS["dusty"]), np.random.default_rng(1))
    done = groove_score(late, GrooveChange(swing=Swing(0.64)))
    assert done.after["swing"]["ratio"] == pytest.approx(0.64, abs=0.01)
    before, after = lateness(done.before), lateness(done.after)
    assert after["snare"] == pytest.approx(before["snare"], abs=2.0)


def test_an_extracted_groove_gives_other_notes_its_time_and_accents():
    score = beat()
    source = regroove(score, GrooveChange(feel=FEELS["boom_bap"]), np.random.default_rng(1))
    template = extract_groove(source, name="mine")
    assert {"kick", "snare", "closed_hat", "bass", "melody"} <= dict(template.instruments).keys()
    done = groove_score(score, GrooveChange(template=template))
    for a, b in zip(done.score.parts, source.parts, strict=True):
        for x, y in zip(a.notes, b.notes, strict=True):
            assert abs(x.start - y.start) * 60_000 / (PPQ * 80) < 2.0


def test_notes_of_a_key_never_swallow_each_other():
    score = kit(GROOVES["boom_bap"])
    long = replace(
        score,
        parts=(Part("Kit", "drums", notes=tuple(
            Note(i * PPQ // 4, PPQ // 4, 42, 80) for i in range(64)
        )),),
    )  # fmt: skip
    played = regroove(
        long, GrooveChange(feel=FEELS["swung"], humanise=0.8), np.random.default_rng(2)
    )
    notes = played.parts[0].notes
    assert all(a.end <= b.start for a, b in itertools.pairwise(notes))


def test_a_file_without_a_sensible_tempo_is_put_on_the_pulse_that_is_heard():
    played = TempoMap.constant(93)
    wrong = TempoMap.constant(120)

    def at(tick):
        return round(wrong.s_to_tick(played.tick_to_s(tick) + 0.3))

    written = kit(GROOVES["boom_bap"], 16).parts[0].notes
    notes = tuple(replace(n, start=at(n.start), duration=600) for n in written)
    score = Score((Part("Kit", "drums", notes=notes),), wrong)
    done = groove_score(score, GrooveChange(feel=FEELS["dusty"]))
    assert done.before["pulse"]["used"]
    assert done.before["pulse"]["bpm"] == pytest.approx(93, rel=0.01)
    assert done.score.tempo.initial_bpm == pytest.approx(93, rel=0.01)
    assert lateness(done.after)["snare"] == pytest.approx(15.0, abs=3.0)


def test_noise_lies_on_no_grid():
    rng = np.random.default_rng(3)
    ticks = np.cumsum(rng.integers(400, 9000, 300))
    noise = Score((Part("Kit", "drums", notes=tuple(Note(int(t), 100, 42) for t in ticks)),))
    with pytest.raises(InputError, match="lie on no grid"):
        groove_score(noise, GrooveChange(feel=FEELS["dusty"]))


# ---- the command ----


def run(*arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code in (0, None)


def test_a_feel_is_written_and_told(folder, capsys):
    run("groove", "beat.mid", "--feel", "dusty", "--swing", "58%", "--amount", "0.7", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["out"] == "beat-groove.mid"
    assert told["before"]["swing"]["ratio"] == 0.5
    assert told["after"]["swing"]["ratio"] == pytest.approx(0.5 + 0.7 * 0.08, abs=0.01)
    assert lateness(told["after"])["snare"] == pytest.approx(0.7 * 15, abs=2.0)
    written = read_midi(folder / "beat-groove.mid")
    assert [p.name for p in written.parts] == ["Kit", "Bass", "Tune"]
    assert [len(p.notes) for p in written.parts] == [len(p.notes) for p in beat().parts]


def test_tables_are_for_people(folder, capsys):
    run("groove", "beat.mid")
    out = capsys.readouterr().out
    assert "closed_hat" in out
    assert "swing: straight" in out
    assert sorted(p.name for p in folder.iterdir()) == ["beat.mid"]
    run("groove", "beat.mid", "--feel", "dusty")
    out = capsys.readouterr().out
    assert "now 58" in out
    assert "wrote beat-groove.mid" in out


def test_extract_and_template_go_round(folder, capsys):
    run("groove", "beat.mid", "--feel", "boom_bap", "--out", "bap.mid", "--quiet")
    run("groove", "bap.mid", "--extract", "bap.toml", "--quiet")
    assert capsys.readouterr().out == ""
    template = read_template(folder / "bap.toml")
    assert template.swing.ratio == pytest.approx(0.60, abs=0.01)
    run("groove", "beat.mid", "--template", "bap.toml", "--out", "again.mid", "--quiet")
    a, b = (read_midi(folder / name) for name in ("bap.mid", "again.mid"))
    for x, y in zip(a.parts[0].notes, b.parts[0].notes, strict=True):
        assert abs(x.start - y.start) * 60_000 / (PPQ * 80) < 2.0


def test_one_seed_one_touch(folder):
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        run("groove", "beat.mid", "--humanise", "0.6", "--seed", seed, "--out", f"{name}.mid")
    a, b, c = ((folder / f"{name}.mid").read_bytes() for name in "abc")
    assert a == b != c


BAD = [
    (["--swing", "120%"], "swing is 120 %"),
    (["--swing", "a lot"], "'a lot' is no swing"),
    (["--swing", "60%", "--swing-level", "4"], "--swing-level is 4"),
    (["--swing-level", "8"], "give --swing, too"),
    (["--feel", "wobbly"], "'wobbly' is no feel; choose one of none, straight"),
    (["--feel", "dusty", "--amount", "2"], "amount is 2"),
    (["--quantise", "-1"], "quantise is -1"),
    (["--humanise", "nan"], "humanise is nan"),
    (["--humanise", "1", "--style", "polka"], "'polka' is no style"),
    (["--template", "none.toml"], "none.toml cannot be read"),
    (["--template", "beat.mid"], "it is no text"),
    (["--template", "waltz.toml"], "in 3/4 and the score in 4/4"),
    (["--template", "waltz.toml", "--feel", "dusty"], "give one of them"),
    (["--feel", "dusty", "--out", "x.wav"], "end it in .mid"),
    (["--feel", "dusty", "--out", "nowhere/x.mid"], "cannot be written"),
    (["--feel", "dusty", "--out", "beat.mid"], "use --force"),
    (["--out", "x.mid"], "nothing that changes the groove"),
    (["--extract", "x.mid"], "end it in .toml"),
    (["--seed", "-1"], "seed is -1"),
]


@pytest.mark.parametrize(("arguments", "sentence"), BAD, ids=[" ".join(a)[:40] for a, _ in BAD])
def test_bad_use_is_one_sentence(folder, capsys, arguments, sentence):
    (folder / "waltz.toml").write_text('name = "waltz"\nmeter = "3/4"\n')
    before = sorted(folder.iterdir())
    with pytest.raises(SystemExit) as stopped:
        main(["groove", "beat.mid", *arguments])
    told = capsys.readouterr()
    assert stopped.value.code == 2
    assert sentence in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "is empty"), (b"MThd", "cut short"), (b"hello", "no MIDI file"), (None, "no notes")],
)
def test_strange_files_are_refused(folder, capsys, content, sentence):
    if content is None:
        write_midi(folder / "odd.mid", Score(()))
    else:
        (folder / "odd.mid").write_bytes(content)
    with pytest.raises(SystemExit) as stopped:
        main(["groove", "odd.mid", "--feel", "dusty"])
    assert stopped.value.code == 2
    assert sentence in capsys.readouterr().err


def test_one_note_and_changing_meters_are_no_trouble(folder, capsys):
    one = Score((Part("Kit", "drums", notes=(Note(0, 100, 42),)),))
    changing = replace(beat(), meters=((0, Meter()), (4 * 4 * PPQ, Meter(7, 8))))
    for name, score in (("one", one), ("changing", changing)):
        write_midi(folder / f"{name}.mid", score)
        run("groove", f"{name}.mid", "--feel", "dilla", "--humanise", "0.3", "--seed", "1")
        assert (folder / f"{name}-groove.mid").is_file()
    with pytest.raises(SystemExit) as stopped:
        main(["groove", "changing.mid", "--extract", "x.toml"])
    assert stopped.value.code == 2
    assert "a template is of one meter" in capsys.readouterr().err
