import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.swing_ratio import Swing
from tapeloom.rhythm.templates import (
    GroovePlace,
    GrooveTemplate,
    apply_template,
    extract_template,
    template_from_toml,
    template_to_toml,
)
from tapeloom.theory.instruments import DRUMS

COMMON = ((0, Meter(4, 4)),)
SIXTEENTH = PPQ // 4
STEPS = {
    "kick": (0, 3, 6, 10),
    "snare": (4, 12, 15),
    "closed_hat": tuple(range(16)),
}
WRITTEN = tuple(
    Note(bar * 4 * PPQ + step * SIXTEENTH, 1260, DRUMS[drum], 70)
    for bar in range(8)
    for drum, steps in STEPS.items()
    for step in steps
)


@st.composite
def grooves(draw):
    """Grooves of the lo-fi kind: habits by drum, and small differences from place to place."""
    rows = []
    for drum, steps in STEPS.items():
        habit = draw(st.floats(-10.0, 25.0))
        rows.append((drum, tuple(
            GroovePlace(
                step,
                habit + draw(st.floats(-2.0, 2.0)),
                draw(st.floats(0.7, 1.4)),
            )
            for step in steps
        )))  # fmt: skip
    return GrooveTemplate(
        draw(st.text(max_size=12)), Meter(), tuple(rows),
        Swing(draw(st.floats(0.5, 0.66)), draw(st.sampled_from([8, 16]))),
        bpm=draw(st.floats(60.0, 110.0)),
    )  # fmt: skip


@given(grooves())
def test_a_groove_applied_and_measured_comes_back(groove):
    tempo = TempoMap.constant(round(groove.bpm))
    played = apply_template(WRITTEN, groove, tempo=tempo, meters=COMMON)
    found = extract_template(played, tempo=tempo, meters=COMMON, name=groove.name)
    assert found.swing.ratio == pytest.approx(groove.swing.ratio, abs=0.01)
    if groove.swing.ratio > 0.53:
        assert found.swing.level == groove.swing.level
    # Every onset within 2 ms of where the groove put it, the downbeat's cut at 0 apart.
    again = apply_template(WRITTEN, found, tempo=tempo, meters=COMMON)
    ms_a_tick = 60_000 / (PPQ * round(groove.bpm))
    errors = [
        abs(a.start - b.start) * ms_a_tick
        for a, b, note in zip(played, again, WRITTEN, strict=True)
        if note.start > 0
    ]
    assert max(errors) < 2.0
    # Accents come back as they are to each other: a drum's mean level is its part's own matter.
    for (drum, places), (same, measured) in zip(groove.instruments, found.instruments, strict=True):
        assert drum == same
        ratios = [
            b.velocity_ratio / a.velocity_ratio for a, b in zip(places, measured, strict=True)
        ]
        assert max(ratios) / min(ratios) < 1.05


@given(grooves())
def test_the_text_form_round_trips(groove):
    assert template_from_toml(template_to_toml(groove)) == groove


@given(grooves())
def test_no_amount_is_no_groove(groove):
    tempo = TempoMap.constant(90)
    assert apply_template(WRITTEN, groove, tempo=tempo, meters=COMMON, amount=0.0) == WRITTEN


@given(grooves(), st.floats(0.0, 1.0))
def test_amount_scales_the_offsets(groove, amount):
    tempo = TempoMap.constant(90)
    later = tuple(note for note in WRITTEN if note.start >= PPQ)
    whole = apply_template(later, groove, tempo=tempo, meters=COMMON)
    part = apply_template(later, groove, tempo=tempo, meters=COMMON, amount=amount)
    moved = np.array([b.start - a.start for a, b in zip(later, whole, strict=True)])
    partly = np.array([b.start - a.start for a, b in zip(later, part, strict=True)])
    assert np.abs(partly - amount * moved).max() <= 2.0


def test_what_the_groove_does_not_know_takes_its_kin():
    groove = GrooveTemplate(
        "kin", Meter(),
        (("snare", (GroovePlace(4, 20.0, 1.2), GroovePlace(12, 10.0, 0.8))),
         ("kick", (GroovePlace(0, 4.0, 1.0),))),
    )  # fmt: skip
    tempo = TempoMap.constant(60)
    step = {"snare": DRUMS["snare"], "ride": DRUMS["ride"]}

    def late_ms(drum, place):
        note = Note(4 * PPQ + place * SIXTEENTH, 100, step[drum], 80)
        (moved,) = apply_template([note], groove, tempo=tempo, meters=COMMON)
        return round((moved.start - note.start) * 1000 / PPQ, 0)

    assert late_ms("snare", 4) == 20.0
    assert late_ms("snare", 7) == 15.0  # the snare's mean
    assert late_ms("ride", 0) == 4.0  # the place's mean
    assert late_ms("ride", 7) == 0.0


def test_offsets_are_milliseconds_and_swing_is_a_share_at_any_tempo():
    groove = GrooveTemplate(
        "both", Meter(), (("closed_hat", (GroovePlace(1, 0.0, 1.0), GroovePlace(4, 12.0, 1.0))),),
        Swing(0.6),
    )  # fmt: skip
    for bpm in (60, 120):
        notes = [Note(SIXTEENTH, 100, 42), Note(PPQ, 100, 42)]
        swung, late = apply_template(notes, groove, tempo=TempoMap.constant(bpm), meters=COMMON)
        assert swung.start == 3024
        assert (late.start - PPQ) / (PPQ * bpm / 60_000) == pytest.approx(12.0, abs=0.1)


def test_two_bars_are_told_apart():
    played = [Note(bar * 4 * PPQ + PPQ + (bar % 2) * 160, 100, 38) for bar in range(8)]
    tempo = TempoMap.constant(100)
    groove = extract_template(played, tempo=tempo, meters=COMMON, bars=2)
    ((_, places),) = groove.instruments
    assert [place.step for place in places] == [4, 20]
    assert places[1].offset_ms - places[0].offset_ms == pytest.approx(160 / 16.8)
    written = [Note(bar * 4 * PPQ + PPQ, 100, 38) for bar in range(8)]
    again = apply_template(written, groove, tempo=tempo, meters=COMMON)
    assert [note.start for note in again] == [note.start for note in played]


def test_a_groove_of_another_meter_is_refused():
    groove = GrooveTemplate("four", Meter(), ())
    with pytest.raises(InputError, match="'four' is in 4/4 and the score in 7/8"):
        apply_template([Note(0, 1, 36)], groove, tempo=TempoMap(), meters=((0, Meter(7, 8)),))
    with pytest.raises(InputError, match="meter changes"):
        extract_template(
            [Note(0, 1, 36)], tempo=TempoMap(), meters=(*COMMON, (4 * PPQ, Meter(3, 4)))
        )


GOOD = 'name = "a"\nmeter = "4/4"\n[instruments.snare]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "is no TOML"),
        ('meter = "4/4"', "has no name"),
        ('name = "a"\nmeter = "4/0"', "is no meter"),
        ('name = "a"\nmeter = 4', "meter of the groove template is 4"),
        ('name = "a"\nmeter = "4/4"\nswing = 1.2', "swing is 120 %"),
        ('name = "a"\nmeter = "4/4"\nswing = nan', "must be a number"),
        ('name = "a"\nmeter = "4/4"\nbars = 0', "bars is 0"),
        ('name = "a"\nmeter = "4/4"\nbars = 1.5', "whole"),
        ('name = "a"\nmeter = "4/4"\nbpm = 2', "bpm is 2"),
        ('name = "a"\nmeter = "4/4"\ninstruments = 3', "instruments of the groove template is 3"),
        ('name = "a"\nmeter = "4/4"\ninstruments.kick = 3', "must be a table"),
        (GOOD + "step = [1]", "has no offset_ms"),
        (GOOD + "step = [1]\noffset_ms = []\nvelocity_ratio = [1.0]", "as many of each"),
        (GOOD + "step = [0.5]\noffset_ms = [1.0]\nvelocity_ratio = [1.0]", "whole sixteenth"),
        (GOOD + "step = [16]\noffset_ms = [1.0]\nvelocity_ratio = [1.0]", "steps 0 to 15"),
        (GOOD + "step = [-1]\noffset_ms = [1.0]\nvelocity_ratio = [1.0]", "0 or more"),
        (GOOD + "step = [1, 1]\noffset_ms = [1.0, 2.0]\nvelocity_ratio = [1, 1]", "twice"),
        (GOOD + "step = [1]\noffset_ms = [1e9]\nvelocity_ratio = [1]", "within 250 of 0"),
        (GOOD + "step = [1]\noffset_ms = [1]\nvelocity_ratio = [0]", "over 0"),
        (GOOD + 'step = ["x"]\noffset_ms = [1]\nvelocity_ratio = [1]', "must be a number"),
    ],
)
def test_a_damaged_text_is_refused(text, message):
    with pytest.raises(InputError, match=message):
        template_from_toml(text)


@given(st.text(max_size=60))
def test_any_text_is_a_template_or_an_input_error(text):
    with pytest.raises(InputError):
        template_from_toml(text)


@pytest.mark.parametrize("amount", [-0.1, 1.5])
def test_an_amount_out_of_range_is_refused(amount):
    groove = GrooveTemplate("x", Meter(), ())
    with pytest.raises(InputError, match="amount"):
        apply_template([Note(0, 1, 36)], groove, tempo=TempoMap(), meters=COMMON, amount=amount)
