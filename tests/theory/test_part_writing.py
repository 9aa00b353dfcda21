import gzip
import itertools
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.pitch import FLAT_NAMES
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.part_writing import FAULTS, RULES, Fault, Rules, Texture, find_faults
from tapeloom.theory.voice_leading import lead

FUX = Path(__file__).parents[3] / "shared/bench/theory/fux_solutions.jsonl.gz"
EVERY = Rules(frozenset(FAULTS), outer_direct=False, direct_leap=1)
MOTION = Rules(
    frozenset(name for name in FAULTS if "parallel" in name or "direct" in name
              or "contrary" in name or name in ("crossing", "overlap")),
    outer_direct=False, direct_leap=1,
)  # fmt: skip
textures = st.integers(2, 4).flatmap(
    lambda voices: st.lists(
        st.lists(st.integers(40, 76), min_size=voices, max_size=voices), min_size=2, max_size=6
    )
)


def names(
    passage: Sequence[Sequence[int | None]], rules: Rules | str = EVERY, **known: Any
) -> set[str]:
    return {fault.name for fault in find_faults(Texture.from_chords(passage), rules=rules, **known)}


def found(faults: Sequence[Fault]) -> set[tuple[int, str, tuple[int, ...]]]:
    return {(fault.tick, fault.name, fault.voices) for fault in faults}


@pytest.mark.parametrize(
    ("name", "chords"),
    [
        ("parallel fifths", ((48, 55), (50, 57))),
        ("parallel fifths", ((48, 67), (50, 69))),  # twelfths
        ("parallel octaves", ((48, 60), (50, 62))),
        ("parallel octaves", ((48, 72), (45, 57))),
        ("parallel unisons", ((60, 60), (62, 62))),
        ("fifths by contrary motion", ((48, 67), (53, 60))),
        ("octaves by contrary motion", ((48, 72), (53, 65))),
        ("direct fifth", ((48, 64), (53, 72))),
        ("direct octave", ((48, 64), (53, 65))),
        ("dissonance", ((60, 62), (60, 64))),
        ("dissonance", ((60, 65), (60, 64))),
        ("crossing", ((60, 64), (65, 64))),
        ("overlap", ((48, 55), (57, 60))),
        ("spacing", ((48, 55, 69), (48, 55, 67))),
        ("leap", ((60, 64), (60, 75))),
        ("tritone leap", ((53, 65), (53, 71))),
    ],
)
def test_each_fault_is_found(name: str, chords: Sequence[Sequence[int]]) -> None:
    assert name in names(chords)


@pytest.mark.parametrize(
    ("name", "chords"),
    [
        ("parallel fifths", ((48, 55), (48, 55))),  # repeated
        ("parallel fifths", ((48, 54), (50, 57))),  # a diminished fifth before
        ("parallel octaves", ((48, 60), (48, 72))),  # one voice alone
        ("direct fifth", ((48, 60), (53, 60))),
        ("dissonance", ((48, 55, 60), (48, 55, 60))),  # a fourth between upper voices
        ("crossing", ((60, 60), (62, 64))),
        ("overlap", ((48, 55), (55, 60))),
        ("spacing", ((40, 60, 72), (40, 60, 72))),  # above the bass there is room
        ("leap", ((60, 64), (60, 76))),
    ],
)
def test_no_fault_is_invented(name: str, chords: Sequence[Sequence[int]]) -> None:
    assert name not in names(chords)


def test_faults_of_harmony() -> None:
    g7, c = Chord.parse("G7"), Chord.parse("C")
    key = Key("C", "major")
    clean = ((43, 59, 65, 74), (48, 60, 64, 72))
    assert names(clean, "chorale", chords=(g7, c), key=key) == set()
    wrong = {
        "unresolved seventh": ((43, 59, 65, 74), (48, 60, 67, 72)),
        "unresolved leading tone": ((43, 62, 65, 71), (48, 60, 64, 67)),
        "doubled leading tone": ((43, 59, 65, 71), (48, 60, 64, 72)),
        "doubled seventh": ((53, 59, 62, 65), (52, 60, 60, 64)),
        "missing third": ((43, 55, 62, 65), (48, 60, 64, 64)),
    }
    for name, chords in wrong.items():
        assert name in names(chords, "chorale", chords=(g7, c), key=key), name
    # Inside, a leading tone may fall to the fifth.
    inside = ((43, 59, 65, 74), (48, 55, 64, 72))
    assert "unresolved leading tone" not in names(inside, "chorale", chords=(g7, c), key=key)
    # A third that enters later within its chord is no gap.
    late = ((43, 62, 67), (43, 62, 71), (48, 60, 64))
    assert "missing third" not in names(late, chords=(Chord(7), Chord(7), c))
    assert "missing third" in names(late[:1] + late[2:], chords=(Chord(7), c))


def test_the_augmented_second_needs_a_minor_key() -> None:
    line = ((57, 65), (57, 68))
    assert names(line, key=Key("A", "minor")) == {"augmented second", "dissonance"}
    assert "augmented second" not in names(line, key=Key("F", "major"))
    assert "augmented second" not in names(line)


def test_ranges_are_the_choirs() -> None:
    low = find_faults(Texture.from_chords([(36, 55, 64, 72)]))
    assert low == (Fault(0, "range", (0,), end=(36,)),)
    assert str(low[0]) == "tick 0: range in voice 1, C2"


@given(textures, st.integers(-12, 12))
def test_a_transposed_passage_has_the_same_faults(chords: list[list[int]], by: int) -> None:
    here = find_faults(Texture.from_chords(chords), rules=EVERY)
    moved = [[pitch + by for pitch in chord] for chord in chords]
    assert found(find_faults(Texture.from_chords(moved), rules=EVERY)) == found(here)


@given(textures)
def test_a_mirrored_passage_has_the_same_motion(chords: list[list[int]]) -> None:
    """Upside down, fifths stay fifths, and the voices change places."""
    last = len(chords[0]) - 1
    here = find_faults(Texture.from_chords(chords), rules=MOTION)
    mirrored = [[120 - pitch for pitch in reversed(chord)] for chord in chords]
    there = find_faults(Texture.from_chords(mirrored), rules=MOTION)
    back = {(t, name, tuple(sorted(last - v for v in voices))) for t, name, voices in found(there)}
    assert back == found(here)


NATURAL = [pitch for pitch in range(40, 77) if pitch % 12 in (0, 2, 4, 5, 7, 9, 11)]


UNCROSSED = st.lists(st.sampled_from(NATURAL), min_size=2, max_size=2, unique=True).map(sorted)


@given(UNCROSSED, UNCROSSED)  # its crossings and unisons differ from ours
def test_music21_agrees_on_two_voices(first: list[int], second: list[int]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from music21 import note, voiceLeading  # type: ignore[import-untyped]

        (low, high), (low_next, high_next) = first, second
        quartet = voiceLeading.VoiceLeadingQuartet(*(
            note.Note(pitch) for pitch in (high, high_next, low, low_next)
        ))  # fmt: skip
        expected = {
            "fifths": quartet.parallelFifth(),
            "octaves": quartet.parallelOctave() or quartet.parallelUnison(),
            "direct fifth": quartet.hiddenFifth(),
            "overlap": quartet.voiceOverlap(),
        }
    ours = names([(low, high), (low_next, high_next)], MOTION)
    got = {
        "fifths": bool({"parallel fifths", "fifths by contrary motion"} & ours),
        "octaves": bool({"parallel octaves", "octaves by contrary motion"} & ours),
        "direct fifth": "direct fifth" in ours,
        "overlap": "overlap" in ours,
    }
    if (low % 12, high % 12) == (11, 5):  # what follows B and F as a fifth, it counts as parallel
        del got["direct fifth"], expected["direct fifth"]
    assert got == expected


def test_rhythm_is_read_as_it_sounds() -> None:
    """A held note moves nowhere; parallels lie between notes that follow at once in both voices."""
    bass = [Note(0, 4, 48), Note(4, 4, 50)]
    late = [Note(0, 6, 55), Note(6, 2, 57)]
    assert find_faults([bass, late]) == ()
    together = [Note(0, 4, 55), Note(4, 4, 57)]
    assert found(find_faults([bass, together])) == {(4, "parallel fifths", (0, 1))}
    rest = [Note(0, 3, 55), Note(5, 3, 57)]
    assert find_faults([bass, rest]) == ()
    spans = (ChordSpan(0, 4, Chord.parse("C")), ChordSpan(4, 8, Chord.parse("Dm")))
    missing = [fault.tick for fault in find_faults([bass, together], chords=spans)
               if fault.name == "missing third"]  # fmt: skip
    assert missing == [0, 4]


def test_a_score_is_read_from_the_lowest_part() -> None:
    high = Part("flute", "melody", notes=(Note(0, 4, 67), Note(4, 4, 69)))
    low = Part("cello", "bass", notes=(Note(0, 4, 48), Note(4, 4, 50)))
    drums = Part("drums", "drums", notes=(Note(0, 4, 36), Note(0, 4, 42)))
    (fault,) = find_faults(Texture.from_score(Score((high, drums, low))))
    assert (fault.name, fault.start, fault.end) == ("parallel fifths", (48, 67), (50, 69))
    keys = Part("keys", "keys", notes=(Note(0, 4, 60), Note(0, 4, 64)))
    with pytest.raises(InputError, match="part 'keys' sounds two notes at tick 0"):
        Texture.from_score(Score((keys,)))
    assert find_faults(Texture.from_score(Score(()))) == ()


PROGRESSIONS = (
    ("major", "C F G C"), ("major", "C Am Dm G7 C"), ("major", "C G/B Am Em F C/E Dm7 G7 C"),
    ("major", "C F C/G G7 C Am Dm/F G C"), ("major", "C D7 G E7 Am A7 Dm G7 C"),
    ("minor", "Cm Fm G7 Cm Ab Fm G Cm"), ("minor", "Cm Eb/Bb Ab Fm Cm/G G7 Cm"),
)  # fmt: skip


@pytest.mark.parametrize(("mode", "progression"), PROGRESSIONS)
@pytest.mark.parametrize("by", range(0, 12, 3))
def test_what_lead_writes_as_a_chorale_has_no_fault(mode: str, progression: str, by: int) -> None:
    chords = [Chord.parse(name).transpose(by) for name in progression.split()]
    path = lead(chords, style="chorale", weights="chorale")
    faults = find_faults(Texture.from_chords(path), chords=chords, key=Key(FLAT_NAMES[by], mode))
    assert faults == ()


# What may follow each chord of a major key.
AHEAD = {
    "C": "Dm Em F G Am G7 Dm7 C/E", "Dm": "G G7 Bdim/D C/G", "Dm7": "G G7", "Em": "Am F",
    "F": "G G7 Dm C C/G", "G": "C Am C/E G7", "G7": "C Am", "Am": "Dm F Dm7 G D7/F#",
    "C/E": "F Dm", "Bdim/D": "C C/E", "C/G": "G G7", "D7/F#": "G",
}  # fmt: skip


@given(st.data(), st.integers(2, 12))
def test_whatever_a_choir_is_led_through_is_clean(data: st.DataObject, length: int) -> None:
    """A functional progression in four parts has no fault."""
    progression = ["C"]
    for _ in range(length):
        progression.append(data.draw(st.sampled_from(AHEAD[progression[-1]].split())))
    chords = [Chord.parse(name) for name in progression]
    path = lead(chords, style="chorale", weights="chorale")
    faults = find_faults(Texture.from_chords(path), chords=chords, key=Key("C", "major"))
    assert faults == ()


def test_passing_notes_hide_no_parallels_from_the_frame() -> None:
    bass = [Note(0, 4, 48), Note(4, 4, 50)]
    tune = [Note(0, 2, 55), Note(2, 2, 60), Note(4, 4, 57)]
    only = Rules(frozenset({"parallel fifths"}))
    texture = Texture.from_voices([bass, tune])
    assert find_faults(texture, rules=only) == ()
    assert [fault.tick for fault in find_faults(texture.at([0, 4]), rules=only)] == [4]
    with pytest.raises(InputError, match="ticks must rise"):
        texture.at([4, 0])


def fux() -> list[dict[str, Any]]:
    with gzip.open(FUX, "rt", encoding="utf-8") as file:
        items = [json.loads(line) for line in file]
    for item in items:
        item["voices"] = [
            [Note(round(at * PPQ), round(held * PPQ), pitch) for at, held, pitch, _ in voice]
            for voice in item["voices"]
        ]
    return items


needs_fux = pytest.mark.skipif(not FUX.exists(), reason="../shared is not there")


@needs_fux
def test_fux_passes_in_the_first_species() -> None:
    first = [item for item in fux() if item["species"] == "1" and len(item["voices"]) == 2]
    assert len(first) == 10
    flagged = {item["id"]: find_faults(item["voices"], rules="strict") for item in first}
    assert {name for name, faults in flagged.items() if faults} == {"fux/022"}
    (fault,) = flagged["fux/022"]
    assert (fault.name, fault.tick) == ("dissonance", 7 * 4 * PPQ)  # bar 8, the voices crossed


@needs_fux
def test_fux_writes_hardly_a_parallel() -> None:
    """Of 120 solutions few hold parallels, octaves of three and four voices."""
    only = Rules(frozenset({"parallel fifths", "parallel octaves", "parallel unisons"}))
    wrong = [item["id"] for item in fux() if find_faults(item["voices"], rules=only)]
    assert len(wrong) <= 4


@needs_fux
@pytest.mark.parametrize("interval", [7, 12, 19, 24])
def test_injected_parallels_are_all_found(interval: int) -> None:
    """Where two notes of one voice are set a fifth or octaves above another's, none is missed."""
    kind = "fifths" if interval % 12 == 7 else "octaves"
    injected = 0
    for item in fux():
        if item["species"] != "1":
            continue
        voices = item["voices"]
        low, high = 0, len(voices) - 1
        for at, (here, there) in enumerate(itertools.pairwise(voices[low])):
            if here.pitch == there.pitch:
                continue
            line = list(voices[high])
            pair = [
                Note(note.start, note.duration, note.pitch + interval) for note in (here, there)
            ]
            line[at : at + 2] = pair
            faults = find_faults([*voices[:high], line], rules=MOTION)
            assert (there.start, f"parallel {kind}", (low, high)) in found(faults), item["id"]
            injected += 1
    assert injected > 150


def test_bad_use_is_refused() -> None:
    assert find_faults([]) == ()
    assert find_faults([[], []]) == ()
    assert find_faults(Texture.from_chords([])) == ()
    assert find_faults(Texture.from_chords([(None, 60), (48, None)]), rules=EVERY) == ()
    for wrong, match in (
        (lambda: find_faults([[Note(0, 4, 60), Note(2, 4, 62)]]), "voice 1 sounds two notes"),
        (lambda: find_faults([], rules="bach"), "'bach' are no rules"),
        (lambda: Rules(frozenset({"ugly"})), "'ugly' is no fault"),
        (lambda: Texture.from_chords([(60,), (60, 64)]), "differ in their numbers"),
        (lambda: names(((60, 64), (60, 64)), chords=(Chord(0),)), "1 chords, but 2 moments"),
    ):
        with pytest.raises(InputError, match=match):
            wrong()
    assert set(RULES) == {"strict", "chorale", "keyboard"}
