import itertools
from collections import Counter

import pytest

from tapeloom.compose.drums import draw_kit, write_drums
from tapeloom.core.meter import Meter, bar_starts
from tapeloom.core.score import Section
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ
from tapeloom.rhythm.limbs import FEET, playable, sticking
from tapeloom.rhythm.meters import step_ticks
from tapeloom.rhythm.patterns import grooves_in
from tapeloom.theory.instruments import DRUMS

NAMES = {key: name for name, key in DRUMS.items()}
ALL = ("melody", "keys", "bass", "drums")
FORM = (("intro", 4, 0.3), ("A", 8, 0.5), ("A'", 8, 0.55), ("B", 8, 0.75), ("breakdown", 4, 0.2),
        ("bridge", 8, 0.5), ("A2", 8, 0.65), ("outro", 4, 0.3))  # fmt: skip


def sections_of(meter, form=FORM, roles=ALL, piece=0, at=0):
    sections = []
    for name, bars, energy in form:
        sections.append(Section(name, at, at + bars * meter.bar_ticks, energy, piece, roles))
        at = sections[-1].end
    return sections


def drums_of(seed=1, *, text="4/4", density=0.5, energy=0.5, sections=None):
    meter = Meter.parse(text)
    sections = sections or sections_of(meter)
    return sections, write_drums(
        sections,
        meters=((0, meter),),
        end=sections[-1].end,
        density=density,
        energy=energy,
        rng=stream(seed, "drums"),
    )


def within(part, section):
    return [note for note in part.notes if section.start <= note.start < section.end]


def bars_of(part, section, meter):
    return [
        tuple((n.start - start, n.pitch) for n in within(part, section)
              if start <= n.start < start + meter.bar_ticks)
        for start in range(section.start, section.end, meter.bar_ticks)
    ]  # fmt: skip


METERS = ["4/4", "3/4", "6/8", "12/8", "5/4", "7/8", "2/4", "9/8", "1/4", "7/16", "5/32", "3/2"]


@pytest.mark.parametrize("text", METERS)
@pytest.mark.parametrize("energy", [0.0, 0.4, 1.0])
def test_the_part_is_playable_on_the_grid_and_quiet_only_where_asked(text, energy):
    meter = Meter.parse(text)
    for seed in range(6):
        sections, part = drums_of(seed, text=text, density=energy, energy=energy)
        assert (part.name, part.role, part.instrument) == ("drums", "drums", "dusty_kit")
        assert len({(n.start, n.pitch) for n in part.notes}) == len(part.notes)
        together = Counter((n.start, NAMES[n.pitch] in FEET) for n in part.notes)
        assert max(together.values()) <= 2
        for section in sections:
            for note in within(part, section):
                assert (note.start - section.start) % step_ticks(meter) == 0
                assert note.start < section.end
            bars = bars_of(part, section, meter)
            # A stop at a bar's end may empty a bar of one beat, nothing longer.
            assert all(bars) or meter.bar_ticks <= PPQ


@pytest.mark.no_cover  # loops in Python over every note: traced they take twice as long
@pytest.mark.parametrize("text", ["4/4", "3/4", "6/8", "7/8"])
def test_two_hands_and_two_feet_are_in_time_for_the_whole_part(text):
    for seed in range(2):
        _, part = drums_of(seed, text=text, density=0.9, energy=0.9)
        hits = sorted((note.start / PPQ * 60 / 95, NAMES[note.pitch]) for note in part.notes)
        assert sticking([at for at, _ in hits], [drum for _, drum in hits]).is_playable


def test_no_two_strokes_of_a_drum_overlap():
    for seed in range(10):
        _, part = drums_of(seed, energy=0.9, density=0.9)
        for pitch in NAMES:
            own = [note for note in part.notes if note.pitch == pitch]
            assert all(a.end <= b.start for a, b in itertools.pairwise(own))


def test_the_form_decides_who_plays():
    meter = Meter()
    silent = sections_of(meter, (("A", 4, 0.5),), roles=("keys",))
    loud = sections_of(meter, (("B", 4, 0.7),), at=silent[-1].end)
    _, part = drums_of(3, sections=silent + loud)
    assert not within(part, silent[0])
    assert within(part, loud[0])
    assert not drums_of(3, sections=silent)[1].notes


def test_the_intro_holds_the_kick_back_and_the_breakdown_too():
    for seed in range(8):
        sections, part = drums_of(seed)
        by_name = {section.name: section for section in sections}
        first = bars_of(part, by_name["intro"], Meter())[0]
        assert DRUMS["kick"] not in {pitch for _, pitch in first}
        for bar in bars_of(part, by_name["breakdown"], Meter())[:-1]:
            assert DRUMS["kick"] not in {pitch for _, pitch in bar}


def test_ghosts_are_quiet_and_marked():
    seen = 0
    for seed in range(12):
        _, part = drums_of(seed, density=0.9, energy=0.7)
        ghosts = {(mark.tick, mark.pitch) for mark in part.marks if mark.name == "ghost"}
        for note in part.notes:
            if (note.start, note.pitch) in ghosts:
                seen += 1
                assert 20 <= note.velocity <= 45
    assert seen > 50


def test_sections_end_with_a_fill_that_differs_from_their_bars():
    bar_ticks = Meter().bar_ticks
    filled = 0
    for seed in range(8):
        sections, part = drums_of(seed)
        fills = [mark.tick for mark in part.marks if mark.name == "fill"]
        last_bars = [(s.end - bar_ticks, s.end) for s in sections[:-1]]
        filled += sum(any(a <= tick < b for tick in fills) for a, b in last_bars)
        a = bars_of(part, sections[1], Meter())
        assert a[-1] != a[-3]
    assert filled > 0.6 * 8 * 7  # the rest are stops, which have no note to mark


def test_sections_repeat_with_variation():
    for seed in range(10):
        sections, part = drums_of(seed)
        a, varied, b = (set(itertools.chain.from_iterable(
            ((i, *hit) for hit in bar) for i, bar in enumerate(bars_of(part, s, Meter()))
        )) for s in sections[1:4])  # fmt: skip
        alike = len(a & varied) / len(a | varied)
        contrast = len(a & b) / len(a | b)
        assert 0.5 < alike < 1.0
        assert contrast < alike


def test_bars_of_a_section_are_not_one_loop():
    different = [len(set(bars_of(drums_of(seed)[1], drums_of(seed)[0][1], Meter())))
                 for seed in range(10)]  # fmt: skip
    assert min(different) >= 3


def test_energy_makes_it_louder():
    means = []
    for energy in (0.1, 0.9):
        velocities = [
            n.velocity for seed in range(8) for n in drums_of(seed, energy=energy)[1].notes
        ]
        means.append(sum(velocities) / len(velocities))
    assert means[1] > means[0] + 8


def test_pieces_of_a_long_record_have_their_own_grooves():
    meter = Meter()
    form = (("A", 8, 0.5), ("B", 8, 0.6))
    sections = []
    for piece in range(6):
        at = sections[-1].end if sections else 0
        sections += sections_of(meter, form, piece=piece, at=at)
    _, part = drums_of(5, sections=sections)
    firsts = {bars_of(part, section, meter)[1] for section in sections[::2]}
    assert len(firsts) >= 3


def test_same_seed_same_part_other_seed_another():
    assert drums_of(4)[1] == drums_of(4)[1]
    assert drums_of(4)[1] != drums_of(5)[1]


def test_a_change_of_meter_changes_the_groove():
    four, three = Meter(4, 4), Meter(3, 4)
    change = 8 * four.bar_ticks
    end = change + 8 * three.bar_ticks
    part = write_drums(
        [Section("A", 0, end, 0.6, roles=ALL)],
        meters=((0, four), (change, three)),
        end=end,
        density=0.5,
        energy=0.6,
        rng=stream(2, "drums"),
    )
    starts = bar_starts(((0, four), (change, three)), end)
    kicks = {note.start for note in part.notes if note.pitch == DRUMS["kick"]}
    assert sum(start in kicks for start in starts) >= len(starts) - 1


def test_hands_let_go_of_the_least_important():
    bar = {(0, drum): "x" for drum in ("snare", "closed_hat", "shaker", "crash", "kick")}
    assert {drum for _, drum in playable(bar)} == {"snare", "crash", "kick"}
    hats = {(0, "open_hat"): "x", (0, "closed_hat"): "x"}
    assert {drum for _, drum in playable(hats)} == {"open_hat"}


@pytest.mark.parametrize("text", ["3/4", "6/8", "12/8", "5/4", "7/8", "9/8"])
def test_records_in_other_meters_mostly_use_the_grooves_written_there(text):
    meter = Meter.parse(text)
    names = {groove.name for groove in grooves_in(meter)}
    drawn = [draw_kit(0.5, 0.5, stream(seed, "kit"), meter=meter).main for seed in range(40)]
    assert all(groove.meter == meter for groove in drawn)
    assert sum(groove.name in names for groove in drawn) >= 24
    assert len({groove.name for groove in drawn} & names) >= 2


def test_records_differ_and_suit_their_energy():
    calm, lively = (
        [draw_kit(level, level, stream(seed, "kit")).main for seed in range(60)]
        for level in (0.15, 0.75)
    )
    assert max(groove.energy for groove in calm) < 0.5
    assert min(groove.energy for groove in lively) > 0.45
    assert len({groove.name for groove in calm}) >= 4
    assert len({groove.name for groove in lively}) >= 10
    assert len({groove.style for groove in lively}) >= 4
