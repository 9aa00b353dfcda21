"""Substitutions as a jazz musician knows them, found by rule in every key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.harmony import MODES, Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan
from tapeloom.core.time import PPQ
from tapeloom.theory.chart import chord_text, read_chart, spell_root, write_chart
from tapeloom.theory.palette import STYLES, dress
from tapeloom.theory.setting import Setting
from tapeloom.theory.substitutions import borrowed, candidates, mirror
from tapeloom.theory.techniques import TECHNIQUES

C = Key("C", "major")


def found(text: str, index: int, key: Key = C, style: str = "jazz") -> dict[str, set[str]]:
    """Return what each technique offers for one chord of a chart."""
    setting = Setting(read_chart(text), key, STYLES[style])
    offers: dict[str, set[str]] = {}
    for c in candidates(setting, index):
        after = [*(s.chord for s in c.spans[1:]), setting.following(c.last - 1)]
        names = " ".join(
            chord_text(span.chord, key, following=target)
            for span, target in zip(c.spans, after, strict=True)
        )
        offers.setdefault(c.technique, set()).add(names)
    return offers


@pytest.mark.parametrize(
    ("chart", "index", "technique", "wanted"),
    [
        ("G7 | C", 0, "tritone substitute", "Db7"),
        ("G7 | C", 0, "related ii", "Dm7 G7"),
        ("G7 | C", 0, "ii with tritone substitute", "Dm7 Db7"),
        ("G7 | C", 0, "tritone ii-V", "Abm7 Db7"),
        ("G7 | C", 0, "backdoor ii-V", "Fm7 Bb7"),
        ("G7 | C", 0, "leading diminished", "Bdim7"),
        ("G7 | C", 0, "minor plagal", "Fm6"),
        ("G7 | Cm", 0, "related ii", "Dm7b5 G7b9"),
        ("C | Dm7", 0, "secondary dominant", "Cmaj7 A7b9"),
        ("C | Dm7", 0, "secondary ii-V", None),
        ("C | Dm7", 0, "passing diminished", "Cmaj7 C#dim7"),
        ("Em7 | Dm7", 0, "passing diminished", "Em7 Ebdim7"),
        ("C | Am7", 0, "tritone approach", "Cmaj7 Bb7"),
        ("C | F", 0, "relative", "Am7"),
        ("F | C", 0, "modal interchange", "Fm7"),
        ("F | C", 0, "modal interchange", "Dm7b5"),
        ("F | C", 0, "modal interchange", "Abmaj7"),
        ("Cmaj7 | F", 0, "chromatic mediant", "Emaj7"),
        ("Cmaj7 | F", 0, "modal interchange", "Ebmaj7"),
        ("G7 | Am7", 0, "negative harmony", "Fm6"),
        ("Dm7 | G7 | C | C", 0, "side-slip", None),
    ],
)
def test_known_substitutions_are_offered(chart, index, technique, wanted):
    offers = found(chart, index)
    assert technique in offers
    if wanted is not None:
        assert wanted in offers[technique]


def test_coltrane_changes_divide_the_octave():
    spans = read_chart("Dm7 | G7 | Cmaj7 | % | F")
    setting = Setting(spans, C, STYLES["jazz"])
    made = next(c for c in candidates(setting, 0) if c.technique == "Coltrane changes")
    roots = [s.chord.root for s in made.spans]
    assert roots == [2, 3, 8, 11, 4, 7, 0]
    assert made.spans[-1].end == 4 * 4 * PPQ
    assert [s.chord.quality for s in made.spans][2::2] == ["maj7", "maj7", "maj7"]


def test_side_slip_plays_the_cadence_a_semitone_above_first():
    setting = Setting(read_chart("Dm7 | G7 | C"), C, STYLES["jazz"])
    made = next(c for c in candidates(setting, 0) if c.technique == "side-slip")
    assert [s.chord.root for s in made.spans] == [3, 8, 2, 7]
    assert made.last == 2
    assert made.expects == 0


def test_turnarounds_lead_back_and_include_dameron():
    spans = (ChordSpan(0, 8 * PPQ, Chord(0)), ChordSpan(8 * PPQ, 16 * PPQ, Chord(0)))
    setting = Setting(spans, C, STYLES["jazz"])
    offers = [c for c in candidates(setting, 0) if c.technique == "turnaround"]
    roots = {tuple(s.chord.root for s in c.spans) for c in offers}
    assert {(0, 9, 2, 7), (0, 3, 8, 1), (4, 3, 2, 1)} <= roots


def test_a_minor_chord_that_holds_gets_its_line():
    spans = (ChordSpan(0, 16 * PPQ, Chord(9, "min")), ChordSpan(16 * PPQ, 20 * PPQ, Chord(2, "7")))
    setting = Setting(spans, Key("A", "minor"), STYLES["jazz"])
    made = next(c for c in candidates(setting, 0) if c.technique == "line cliché")
    assert [str(s.chord) for s in made.spans] == ["Am", "AmMaj7", "Am7", "Am6"]


def test_a_pedal_lies_under_the_chords_before_the_tonic():
    offers = found("Dm7 | G7 | C", 0)["pedal point"]
    assert "Dm7/G G7" in offers


@given(st.sampled_from(sorted(MODES)))
def test_what_is_borrowed_is_never_ones_own(mode):
    steps = MODES[mode]
    rows = borrowed(mode)
    assert rows
    for degree, quality, lender in rows:
        tones = {(degree + step) % 12 for step in Chord(0, quality).intervals}
        assert not tones <= set(steps)
        assert lender != mode


@given(st.integers(0, 11), st.sampled_from(["maj7", "min7", "7", "min6", "hdim7", "maj", "min"]))
def test_the_mirror_twice_gives_the_tones_back(root, quality):
    chord = Chord(root, quality)
    once = mirror(chord, C)
    assert once is not None
    twice = mirror(once, C)
    assert twice is not None
    assert set(twice.pitch_classes) == set(chord.pitch_classes)


def test_negative_harmony_of_the_dominant_is_the_minor_subdominant():
    assert str(mirror(Chord.parse("G"), C)) == "Fm"
    assert str(mirror(Chord.parse("C"), C)) == "Cm"


@given(st.integers(0, 11), st.integers(0, 11))
def test_dominants_take_their_colour_from_where_they_go(root, other):
    for style in STYLES.values():
        minor = dress(root, "dominant", key=C, style=style, target=Chord((root + 5) % 12, "min7"))
        major = dress(root, "dominant", key=C, style=style, target=Chord((root + 5) % 12, "maj7"))
        assert minor[0][0].quality in ("7b9", "7b13", "7#9", "7alt", "7")
        assert major[0][0].quality in ("7", "9", "13")


def test_every_technique_has_words():
    for technique in TECHNIQUES.values():
        assert technique.reason
        assert 0.0 <= technique.boldness <= 1.0
        assert 0.0 <= technique.size <= 1.0


@pytest.mark.parametrize(
    ("root", "key", "rising", "wanted"),
    [
        (8, "G major", False, "Ab"), (1, "C major", True, "C#"), (1, "C major", False, "Db"),
        (6, "C major", False, "F#"), (10, "E major", False, "A#"), (4, "Ab major", True, "E"),
        (5, "Eb major", False, "F"), (11, "Eb minor", False, "Cb"),
        (11, "Gb major", False, "Cb"), (5, "F# major", False, "E#"), (11, "Bb major", False, "B"),
    ],
)  # fmt: skip
def test_roots_are_spelled_by_degree(root, key, rising, wanted):
    assert spell_root(root, Key.parse(key), rising=rising) == wanted


bars_of_chords = st.lists(
    st.lists(st.sampled_from(["C", "Am7", "Db7", "Gm7"]), min_size=1, max_size=4),
    min_size=1, max_size=6,
)  # fmt: skip


@given(bars_of_chords)
def test_a_chart_that_is_written_reads_back(bars):
    text = " | ".join(" ".join(bar) for bar in bars) + " |"
    spans = read_chart(text)
    assert spans[-1].end == len(bars) * 4 * PPQ
    merged = read_chart(write_chart(spans))
    for tick in range(0, spans[-1].end, PPQ):
        here = next(s.chord for s in spans if s.start <= tick < s.end)
        assert here == next(s.chord for s in merged if s.start <= tick < s.end)


def test_charts_in_other_meters_and_with_dots():
    spans = read_chart("C . G7 | %", meter=Meter(3, 4))
    assert [(s.end - s.start) // PPQ for s in spans] == [2, 4]
    assert write_chart(spans, meters=((0, Meter(3, 4)),)) == "| C . G7 | % |"
    assert write_chart([]) == ""
