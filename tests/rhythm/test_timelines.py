import itertools

import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.time import PPQ
from tapeloom.rhythm.ensembles import ENSEMBLES, Ensemble, ensemble
from tapeloom.rhythm.necklaces import Rhythm, euclid, necklace, rotate
from tapeloom.rhythm.patterns import Groove
from tapeloom.rhythm.timelines import (
    CLAVES,
    TIMELINES,
    Timeline,
    clave,
    fits,
    groove_line,
    place,
    timeline,
)


def test_there_are_forty_and_more_each_with_an_origin():
    assert len(TIMELINES) >= 40
    for name, found in TIMELINES.items():
        assert found.name == name
        assert found.origin
        assert found.meter.bar_ticks == found.pulses * found.pulse_ticks


def test_names_dont_collide():
    names = [name for found in TIMELINES.values() for name in (found.name, *found.also)]
    plain = [name.casefold().replace("_", "") for name in names]
    assert len(set(plain)) == len(plain)
    for found in TIMELINES.values():
        for name in (found.name, *found.also, found.name.upper(), found.name.replace("_", "-")):
            assert timeline(name) is found


# Toussaint, "The Euclidean Algorithm Generates Traditional Musical Rhythms" (BRIDGES 2005): the
# Euclidean rhythm of each, begun on which of its onsets.
EUCLIDEAN = {
    "tresillo": (3, 8, 0), "cinquillo": (5, 8, 0), "cumbia": (3, 4, 0), "khafif_ramal": (2, 5, 0),
    "ruchenitsa": (3, 7, 0), "aksak": (4, 9, 0), "nawakht": (5, 7, 0), "aqsaq_samai": (5, 9, 0),
    "yuruk_samai": (5, 6, 1), "venda_clapping": (5, 12, 0), "tuareg_bendir": (7, 8, 0),
    "samba": (7, 16, -1), "ghana_clapping": (7, 16, 4), "central_african_bell": (9, 16, 0),
    "teleco_teco": (9, 16, 3), "aka": (11, 24, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", EUCLIDEAN)
def test_euclidean_timelines(name):
    k, n, start = EUCLIDEAN[name]
    wheel = euclid(k, n)
    assert timeline(name).rhythm == rotate(wheel, wheel.onsets[start])
    assert "Euclidean" in timeline(name).source


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("son32", "son23"), ("rumba32", "rumba23"), ("bossa32", "bossa23"),
        ("cascara32", "cascara23"), ("son32_ternary", "son23_ternary"),
        ("rumba32_ternary", "rumba23_ternary"),
    ],
)  # fmt: skip
def test_two_sides_are_half_a_cycle_apart(one, other):
    first, second = timeline(one), timeline(other)
    assert rotate(first.rhythm, first.pulses // 2) == second.rhythm


def test_sides_of_a_clave_have_three_and_two():
    for name in CLAVES:
        found = clave(name)
        half = found.pulses // 2
        first = sum(onset < half for onset in found.rhythm.onsets)
        assert (first, len(found.rhythm) - first) == ((3, 2) if name.endswith("32") else (2, 3))


def test_the_cascara_holds_the_rumba_clave_of_its_side():
    for side in ("32", "23"):
        shell = set(timeline(f"cascara{side}").rhythm.onsets)
        assert set(timeline(f"rumba{side}").rhythm.onsets) <= shell


def test_columbia_is_rumba_between_the_bembes_strokes():
    bell = set(timeline("bembe").rhythm.onsets)
    for name in ("son32_ternary", "rumba32_ternary"):
        assert set(timeline(name).rhythm.onsets) <= bell


def test_uneven_timelines_are_their_groups():
    groups = {
        "ruchenitsa": (2, 2, 3), "lesnoto": (3, 2, 2), "paydushko": (2, 3),
        "kopanitsa": (2, 2, 3, 2, 2), "aksak": (2, 2, 2, 3), "jurjina": (3, 2, 2, 3),
        "guajira": (3, 3, 2, 2, 2), "seguiriya": (2, 2, 3, 3, 2),
    }  # fmt: skip
    for name, expected in groups.items():
        assert timeline(name).rhythm == Rhythm.from_intervals(expected)


def test_egyptian_cousins_differ_only_in_the_hand():
    cousins = [timeline(name) for name in ("maqsum", "baladi", "saidi")]
    assert len({found.rhythm for found in cousins}) == 1
    assert len({found.strokes for found in cousins}) == 3


@pytest.mark.parametrize(
    "name", ["son32", "son 3-2", "Son-32", "son", "SON_3_2", "3:2 son clave", "son clave"]
)
def test_a_clave_answers_to_many_spellings(name):
    assert clave(name).name == "son32"


@pytest.mark.parametrize("name", CLAVES)
def test_a_clave_in_seven_is_refused_in_one_sentence(name):
    with pytest.raises(InputError) as told:
        clave(name, meter=Meter(7, 8))
    assert name in str(told.value)
    assert "7/8" in str(told.value)
    assert "4/4" in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("meter", ["3/4", "5/4", "7/4", "5/8", "9/8", "11/8", "15/16"])
def test_other_meters_that_hold_no_clave(meter):
    with pytest.raises(InputError, match="doesn't fit"):
        clave("son32", meter=Meter.parse(meter))


def test_compound_meters_take_the_clave_of_twelve():
    for meter in (Meter(6, 8), Meter(12, 8)):
        assert clave("son32", meter=meter).name == "son32_ternary"
    with pytest.raises(InputError, match="take 4/4 or 2/4"):
        clave("bossa32", meter=Meter(12, 8))


def test_places_in_ticks():
    sixteenth = PPQ // 4
    assert place(timeline("son32"), Meter(4, 4)) == (
        tuple(sixteenth * onset for onset in (0, 3, 6, 10, 12)), 4 * PPQ,
    )  # fmt: skip
    wide, cycle = place(timeline("son32"), Meter(4, 4), pulse_ticks=PPQ // 2)
    assert wide[1] == 3 * PPQ // 2
    assert cycle == 8 * PPQ
    assert place(timeline("bembe"), Meter(6, 8))[1] == 6 * PPQ  # two bars
    assert place(timeline("lesnoto"), Meter(7, 8))[0] == (0, 3 * PPQ // 2, 5 * PPQ // 2)


@pytest.mark.parametrize(
    ("name", "meter", "expected"),
    [
        ("tresillo", "4/4", True), ("tresillo", "2/2", True), ("tresillo", "12/8", False),
        ("bembe", "12/8", True), ("bembe", "6/8", True), ("bembe", "3/4", False),
        ("bembe", "9/8", False), ("lesnoto", "7/8", True), ("lesnoto", "4/4", False),
        ("samai_thaqil", "10/8", True), ("samai_thaqil", "5/4", False),
        ("masmudi_kabir", "4/4", True),
    ],
)  # fmt: skip
def test_what_fits_where(name, meter, expected):
    assert fits(timeline(name), Meter.parse(meter)) is expected


@pytest.mark.parametrize("name", ENSEMBLES)
def test_ensembles_are_whole(name):
    found = ensemble(name)
    lines = found.parts.values()
    assert {len(line) for line in lines} == {found.leader.pulses}
    assert len(found.parts) >= 3
    drums = set(found.kit.values())
    assert "kick" in drums
    assert drums & {"shaker", "closed_hat", "ride"}
    groove = found.groove()
    assert groove.meter == found.meter
    assert groove.bars == 1
    assert set(groove.lines) == drums


@pytest.mark.parametrize("name", sorted(set(ENSEMBLES) - {"maqsum"}))
def test_someone_in_the_ensemble_plays_the_timeline(name):
    found = ensemble(name)
    played = {
        tuple(i for i, sign in enumerate(line) if sign != ".") for line in found.parts.values()
    }
    assert found.leader.rhythm.onsets in played


def test_low_and_high_hand_share_the_maqsum():
    found = ensemble("maqsum")
    strokes = found.leader.strokes
    for part, stroke in (("darbuka_low", "D"), ("darbuka_high", "T")):
        hits = [i for i, sign in enumerate(found.parts[part]) if sign != "."]
        assert hits == [i for i, sign in enumerate(strokes) if sign == stroke]


def test_six_ensembles_and_more():
    assert len(ENSEMBLES) >= 6
    for a, b in itertools.combinations(ENSEMBLES.values(), 2):
        assert a.parts != b.parts


def test_wheels_that_are_one():
    assert necklace(timeline("son32_ternary").rhythm) == necklace(timeline("fume_fume").rhythm)
    assert necklace(timeline("rumba32_ternary").rhythm) == necklace(euclid(5, 12))


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: timeline("rhumba"), "take rumba32"),
        (lambda: timeline(""), "there is no timeline"),
        (lambda: clave("tresillo"), "is no clave; take son32"),
        (lambda: clave("son55"), "'son55' is no clave; take son32"),
        (lambda: clave(""), "is no clave; take son32"),
        (lambda: clave("xyz"), "is no clave; take son32"),
        (lambda: place(timeline("son32"), Meter(3, 4)), "doesn't fit in 3/4"),
        (lambda: place(timeline("son32"), Meter(4, 4), pulse_ticks=0), "1 or more"),
        (lambda: ensemble("brass"), "there is no ensemble"),
        (lambda: Timeline("t", "x.y.", Meter(4, 4), "nowhere"), "'y'"),
        (lambda: Timeline("t", "....", Meter(4, 4), "nowhere"), "don't divide"),
        (lambda: Ensemble("e", "tresillo", {"a": "x"}, {}), "8 signs"),
        (lambda: Ensemble("e", "tresillo", {"a": "x......."}, {"b": "kick"}), "no part 'b'"),
    ],
)
def test_what_isnt_there_says_so(ask, words):
    with pytest.raises(InputError, match=words):
        ask()


@pytest.mark.parametrize("name", CLAVES)
def test_claves_by_their_side_in_any_words(name):
    style, side = name[:-2], name[-2:]
    for spelled in (name, f"{style} {side[0]}-{side[1]}", f"{side[0]}:{side[1]} {style} clave"):
        assert clave(spelled).name == name


@pytest.mark.parametrize("name", TIMELINES)
def test_every_timeline_is_a_line_of_a_groove_in_its_own_meter(name):
    found = timeline(name)
    groove = Groove(name, {"rim": groove_line(found, found.meter)}, meter=found.meter)
    assert groove.bars == 1
    assert len(groove.bar(0)) == len(found.rhythm)


def test_a_wide_clave_takes_two_bars():
    line = groove_line(clave("son32"), Meter(4, 4), pulse_ticks=PPQ // 2)
    assert line == "x.....x.....x.......x...x......."
    assert Groove("wide", {"rim": line}).bars == 2
