"""Cadences: textbook closes, the laws of transposition and time, what is no cadence, bad input."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Note
from tapeloom.core.time import PPQ
from tapeloom.theory import cadence
from tapeloom.theory.arrivals import describe_arrivals
from tapeloom.theory.cadence import KINDS, Cadence, find_cadences
from tapeloom.theory.chord_cadences import KINDS as CHORD_KINDS
from tapeloom.theory.chord_cadences import find_cadences_in_progression
from tapeloom.theory.events import Events
from tapeloom.theory.spans import KeySpan

BAR = 4 * PPQ
FOUR = ((0, Meter(4, 4)),)
BENCH = Path(__file__).parents[3] / "shared" / "bench" / "theory"

# Four voices, bass to soprano, in C major or minor, half a bar each unless a number follows.
OPENING = [(48, 64, 67, 72), (50, 65, 69, 77), (52, 67, 72, 76), (53, 65, 69, 74)]
CLOSES: dict[str, list[Any]] = {
    "PAC": [*OPENING, (53, 62, 69, 74), (55, 59, 65, 74), ((48, 64, 67, 72), 4)],
    "IAC": [*OPENING, (53, 62, 69, 72), (55, 59, 65, 74), ((48, 60, 67, 76), 4)],
    "HC": [*OPENING, (52, 67, 72, 72), (53, 69, 72, 72), ((55, 59, 67, 74), 4)],
}


def play(chords: Sequence[Any], *, start: int = 0) -> Events:
    """Write block chords as notes, half a bar each."""
    notes, at = [], start
    for entry in chords:
        pitches, halves = entry if isinstance(entry[0], tuple) else (entry, 1)
        length = halves * BAR // 2
        notes += [Note(at, length, pitch) for pitch in pitches]
        at += length
    return Events.from_notes(notes)


@pytest.mark.parametrize("kind", CLOSES)
def test_textbook_close_is_found(kind: str) -> None:
    found = find_cadences(play(CLOSES[kind]), FOUR)
    assert (found[-1].tick, found[-1].kind, str(found[-1].key)) == (3 * BAR, kind, "C major")
    assert found[-1].reason
    assert 0.0 < found[-1].confidence < 1.0


def test_minor_plagal_and_deceptive_closes() -> None:
    minor = [(45, 60, 64, 69), (50, 62, 65, 69), (52, 59, 64, 68), ((45, 60, 64, 69), 4)]
    last = find_cadences(play([*minor[:2], *minor[:3], ((45, 60, 64, 69), 5)]), FOUR)[-1]
    assert (last.kind, str(last.key)) == ("PAC", "A minor")
    deceptive = [*OPENING, (53, 62, 69, 74), (55, 59, 65, 74), ((57, 64, 60, 72), 4)]
    assert all(c.kind not in ("PAC", "IAC") for c in find_cadences(play(deceptive), FOUR)[-1:])


def test_voices_that_never_close_have_no_cadence() -> None:
    one_chord = [(48, 64, 67, 72)] * 16
    assert find_cadences(play(one_chord), FOUR) == ()


def test_suspension_resolving_over_the_bass_is_the_arrival() -> None:
    close = [*OPENING, (53, 62, 69, 74), (55, 59, 65, 74), ((48, 65, 67, 74), 1)]
    close += [((48, 64, 67, 72), 3)]
    found = find_cadences(play(close), FOUR)[-1]
    assert found.kind == "PAC"
    assert found.tick in (3 * BAR, 3 * BAR + BAR // 2)


@given(semitones=st.integers(-9, 9), kind=st.sampled_from(sorted(CLOSES)))
def test_transposing_moves_only_the_keys(semitones: int, kind: str) -> None:
    plain = find_cadences(play(CLOSES[kind]), FOUR)
    moved = find_cadences(play(CLOSES[kind]).transpose(semitones), FOUR)
    assert [(c.tick, c.kind) for c in plain] == [(c.tick, c.kind) for c in moved]
    for a, b in zip(plain, moved, strict=True):
        assert (a.key.pitch_class + semitones) % 12 == b.key.pitch_class
        assert a.key.mode == b.key.mode


@given(bars=st.integers(1, 7))
@settings(max_examples=7)
def test_silence_before_moves_the_ticks_alone(bars: int) -> None:
    plain = find_cadences(play(CLOSES["PAC"]), FOUR)[-1]
    late = find_cadences(play(CLOSES["PAC"], start=bars * BAR), FOUR)[-1]
    assert (late.tick - plain.tick, late.kind) == (bars * BAR, plain.kind)


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 16), st.integers(0, 127)), max_size=40
    ),
    meter=st.sampled_from([Meter(4, 4), Meter(3, 8), Meter(6, 8), Meter(7, 8), Meter(1, 32)]),
)
def test_any_notes_give_cadences_in_order(rows: list[tuple[int, int, int]], meter: Meter) -> None:
    notes = [Note(a * PPQ // 2, b * PPQ // 2, pitch) for a, b, pitch in rows]
    found = find_cadences(Events.from_notes(notes), ((0, meter),))
    onsets = {note.start for note in notes}
    assert [c.tick for c in found] == sorted({c.tick for c in found})
    assert all(c.kind in KINDS and c.tick in onsets and 0 <= c.confidence <= 1 for c in found)


def test_strange_input_is_answered() -> None:
    assert find_cadences(Events.from_notes([]), FOUR) == ()
    close = play(CLOSES["PAC"])
    assert find_cadences(close, ()) == find_cadences(close, FOUR)
    assert find_cadences(close, FOUR, measures=(2 * BAR, BAR, BAR, 0, 3 * BAR)) != ()
    assert find_cadences(Events.from_notes([Note(0, BAR, 60)]), FOUR) == ()
    cluster = Events.from_notes([Note(0, BAR, pitch) for pitch in range(60, 72)])
    assert find_cadences(cluster, FOUR) == ()
    with pytest.raises(InputError, match="no cadence"):
        Cadence(0, "XYZ", Key("C", "major"))
    with pytest.raises(InputError, match="no note"):
        describe_arrivals(Events.from_notes([]), FOUR)


def test_given_harmony_is_heeded() -> None:
    events = play(CLOSES["PAC"])
    end = events.last
    keys = (KeySpan(0, end, Key("C", "major")),)
    spans = [(48, "C"), (50, "Dm"), (52, "C/E"), (53, "F"), (53, "Dm/F"), (55, "G7")]
    chords = [
        ChordSpan(i * BAR // 2, (i + 1) * BAR // 2, Chord.parse(name))
        for i, (_, name) in enumerate(spans)
    ]
    chords.append(ChordSpan(3 * BAR, end, Chord.parse("C")))
    right = find_cadences(events, FOUR, chords, keys)[-1]
    chords[-1] = ChordSpan(3 * BAR, end, Chord.parse("F#"))
    wrong = find_cadences(events, FOUR, chords, (KeySpan(0, end, Key("F#", "major")),))
    assert right.kind == "PAC"
    assert not wrong or wrong[-1].confidence < right.confidence


def test_bars_of_an_upbeat_and_of_a_repeat() -> None:
    quarters = [Note(i * PPQ, PPQ, 60 + i) for i in range(12)]
    # An upbeat of a quarter, a bar that a repeat cuts after three quarters, and its rest.
    found = describe_arrivals(
        Events.from_notes(quarters), FOUR, (0, PPQ, 5 * PPQ, 8 * PPQ, 9 * PPQ)
    )
    downbeats = (found.tick[found.metre == 0] // PPQ).tolist()
    assert downbeats == [1, 5, 9]


def test_arrivals_say_what_sounds() -> None:
    found = describe_arrivals(play(CLOSES["PAC"]), FOUR)
    assert found.bass.tolist() == [48, 50, 52, 53, 53, 55, 48]
    assert found.soprano.tolist() == [72, 77, 76, 74, 74, 74, 72]
    assert found.after.sum(axis=1) == pytest.approx(np.ones(7))
    assert found.late.tolist() == [False, False, False, False, True, False, False]
    assert len(found.take(np.array([0, 2]))) == 2


@pytest.mark.parametrize(
    ("text", "key", "kinds"),
    [
        ("C F G C", "C", ["plagal?", "authentic"]),
        ("Dm7 G7 Cmaj7", "C", ["ii-V-I"]),
        ("Dm7 Dm9 G7 G13 Cmaj7", "C", ["ii-V-I"]),
        ("Bm7b5 E7 Am6", "Am", ["minor ii-V-i"]),
        ("Fm7 Bb7 Cmaj7", "C", ["backdoor"]),
        ("Dm7 Db7 Cmaj7", "C", ["tritone substitute"]),
        ("Em7 A7 Dm7 G7 Cmaj7", "C", ["extended ii-V-I"]),
        ("C F Fm C", "C", ["minor plagal"]),
        ("Am Dm G7 Am", "C", ["deceptive"]),
        ("Am F G Am", "Am", ["Aeolian"]),
        ("Am Bb Am", "Am", ["Phrygian"]),
        ("C F C G", "C", ["plagal", "half"]),
        ("Cmaj7 F#m7 B7 Cmaj7 Am7", "C", ["unresolved ii-V?"]),
    ],
)
def test_cadences_of_chord_symbols(text: str, key: str, kinds: list[str]) -> None:
    chords = [Chord.parse(name) for name in text.split()]
    found = [c.kind for c in find_cadences_in_progression(chords, Key.parse(key))]
    assert found == [kind for kind in kinds if not kind.endswith("?")]


@given(
    shift=st.integers(0, 11),
    names=st.lists(
        st.sampled_from(["C", "Dm7", "G7", "Am7", "Fm6", "Bb7", "Db7", "E7"]), max_size=12
    ),
)
def test_chord_cadences_transpose(shift: int, names: list[str]) -> None:
    from tapeloom.theory.keys import spell_key

    line = [Chord.parse(name) for name in names]
    plain = find_cadences_in_progression(line, Key("C", "major"))
    moved = find_cadences_in_progression(
        [chord.transpose(shift) for chord in line], spell_key(shift, "major")
    )
    assert [(c.start, c.arrival, c.kind) for c in plain] == [
        (c.start, c.arrival, c.kind) for c in moved
    ]
    assert all(c.kind in CHORD_KINDS for c in plain)


def test_local_keys_belong_to_chords() -> None:
    line = [Chord.parse(name) for name in "Dm7 G7 Cmaj7 Am7 D7 Gmaj7".split()]
    keys = [Key("C", "major")] * 3 + [Key("G", "major")] * 3
    found = find_cadences_in_progression(line, keys)
    assert [(c.arrival, str(c.key)) for c in found] == [(2, "C major"), (5, "G major")]
    with pytest.raises(InputError, match="one key for each chord"):
        find_cadences_in_progression(line, keys[:2])


@pytest.mark.slow
@pytest.mark.skipif(not BENCH.exists(), reason="the benchmark is not here")
def test_benchmark_is_reached() -> None:
    with gzip.open(BENCH / "cadence.dev.inputs.jsonl.gz", "rt") as lines:
        items = [json.loads(line) for line in lines]
    with gzip.open(BENCH / "cadence.dev.labels.jsonl.gz", "rt") as lines:
        labels = {item["id"]: item["cadences"] for item in map(json.loads, lines)}
    hits = {"any": 0, "PAC": 0, "HC": 0}
    told = dict.fromkeys(hits, 0)
    true = dict.fromkeys(hits, 0)
    for item in items:
        rows = np.array(item["notes"], np.float64).reshape(-1, 4)
        start = rows[:, 0] * PPQ
        events = Events.from_columns(start, start + rows[:, 1] * PPQ, rows[:, 2], rows[:, 3])
        meters = tuple((round(at * PPQ), Meter.parse(text)) for at, text in item["timesigs"])
        measures = [round(at * PPQ) for at in item["measures"]]
        found = find_cadences(events, meters, measures=measures)
        for name in hits:
            ours = [c.tick / PPQ for c in found if name in ("any", c.kind)]
            theirs = [at for at, kind in labels[item["id"]] if name in ("any", kind)]
            told[name] += len(ours)
            true[name] += len(theirs)
            for at in ours:
                near = min(theirs, key=lambda t, at=at: abs(t - at), default=None)  # type: ignore[misc]
                if near is not None and abs(near - at) <= 1.0001:
                    theirs.remove(near)
                    hits[name] += 1
    f1 = {name: 2 * hits[name] / (told[name] + true[name]) for name in hits}
    assert f1["any"] > 0.56
    assert f1["PAC"] > 0.70
    assert f1["HC"] > 0.35


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_by_not_weighing_hopeless_arrivals(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closes on and off the beat among drawn chords: what can count is weighed as if all were."""
    rng = np.random.default_rng(seed)
    chords: list[Any] = []
    for _ in range(12):
        chords += [tuple(np.sort(rng.integers(40, 80, size=4)).tolist()) for _ in range(3)]
        chords += CLOSES[str(rng.choice(list(CLOSES)))][-3:]
    events = play(chords, start=PPQ // 2 * int(rng.integers(4))).transpose(int(rng.integers(12)))
    found = describe_arrivals(events, FOUR)
    prior = cadence._key_evidence(found, ())
    some, _ = cadence._weigh(found, prior)
    monkeypatch.setattr(cadence, "_MOST", 1e6)
    every, _ = cadence._weigh(found, prior)
    counts = every > cadence.THRESHOLD - cadence._SLACK
    assert counts.any()
    np.testing.assert_array_equal(some[counts], every[counts])
    assert (some < every).any()
