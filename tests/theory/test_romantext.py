import contextlib
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.time import PPQ
from tapeloom.theory.roman import RomanNumeral
from tapeloom.theory.romantext import RomanEntry, RomanText, read_romantext, write_romantext

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from music21 import converter

BAR = 4 * PPQ
NUMERALS = ["I", "ii65", "V43", "viio7", "V65/V", "bVI", "Ger65", "Cad64", "N6", "IV[add9]",
            "V[no3][add4]", "iiø65"]  # fmt: skip
keys = st.builds(
    Key, st.sampled_from(["C", "F#", "Bb", "Eb", "B"]), st.sampled_from(["major", "minor"])
)


COMMON = ((0, Meter()),)


def an_analysis(steps, meters=COMMON, pickup=0) -> RomanText:
    entries = []
    tick = 0
    for ticks, key, text in steps:
        numeral = None if text is None else RomanNumeral.parse(text)
        entries.append(RomanEntry(tick, key, numeral))
        tick += ticks
    header = (("Composer", "Anon."), ("Title", "Air: a test"))
    return RomanText(tuple(entries), meters, header, pickup)


@given(
    st.lists(
        st.tuples(st.sampled_from([PPQ // 2, PPQ // 3, PPQ // 4, PPQ, 2 * PPQ, 5 * PPQ]), keys,
                  st.none() | st.sampled_from(NUMERALS)),
        min_size=1, max_size=12,
    ),
    st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(2, 2), Meter(7, 8)]),
)  # fmt: skip
def test_what_is_written_is_read_back(steps, meter):
    analysis = an_analysis(steps, ((0, meter),))
    assert read_romantext(write_romantext(analysis)) == analysis


def test_a_pickup_and_a_change_of_meter():
    c = Key("C", "major")
    steps = [(PPQ, c, "V"), (BAR, c, "I"), (BAR, c, "V7"), (3 * PPQ, c, "I"), (PPQ, c, "IV")]
    meters = ((0, Meter(4, 4)), (PPQ + 2 * BAR, Meter(3, 4)))
    analysis = an_analysis(steps, meters, pickup=PPQ)
    text = write_romantext(analysis)
    assert "m0 b4 C: V" in text
    assert "\n\nTime Signature: 3/4\n\nm3 I\nm4 IV\n" in text
    assert read_romantext(text) == analysis


def read_by_music21(text: str):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        score = converter.parse(text, format="romanText")
        return [
            (float(n.getOffsetInHierarchy(score)), {p.pitchClass for p in n.pitches}, n.key.name)
            for n in score.recurse().getElementsByClass("RomanNumeral")
        ]


@pytest.mark.parametrize("meter", [Meter(4, 4), Meter(3, 4), Meter(6, 8)], ids=str)
def test_music21_reads_what_we_write(meter):
    c, a, e_flat = Key("C", "major"), Key("A", "minor"), Key("Eb", "major")
    bar = meter.bar_ticks
    steps = [(bar // 2, c, "I"), (bar // 6, c, "V65/V"), (bar // 3, c, "V"), (bar, a, "viio7"),
             (bar // 2, a, "i"), (bar // 2, e_flat, "bVI"), (bar, e_flat, "V7[addb9]")]  # fmt: skip
    analysis = an_analysis(steps, ((0, meter),))
    heard = read_by_music21(write_romantext(analysis))
    assert len(heard) == len(steps)
    for entry, (offset, classes, key) in zip(analysis.entries, heard, strict=True):
        assert entry.numeral is not None
        assert set(entry.numeral.chord(entry.key).pitch_classes) == classes
        assert abs(offset - entry.tick / PPQ) < 1e-6
        assert key.replace("-", "b") == str(entry.key)


FILE = """Composer: J. S. Bach
Title: A chorale, made up for the test
Analyst: nobody
Proofreader: nobody

Note: this is no analysis
Time Signature: 4/4

m0 b4 G: I
m1 I b2 V6 b3 I || b4 viio6/ii
m1var1 vi
m2 ii b2.5 V7 b4 I
Pedal: G m1 b1 m2 b1
m3-4 = m1-2
m5a e: i b2 NC b3 V65 :||
m5b vi
m6 KS1 i;
"""


def test_a_file_with_much_in_it():
    analysis = read_romantext(FILE)
    assert dict(analysis.header)["Composer"] == "J. S. Bach"
    assert analysis.pickup_ticks == PPQ
    at = {entry.tick - PPQ: entry for entry in analysis.entries}
    assert str(at[BAR + 3 * PPQ // 2].numeral) == "V7"
    assert [str(at[tick].numeral) for tick in (2 * BAR, 3 * BAR)] == ["I", "ii"]
    assert str(at[4 * BAR].key) == "E minor"
    assert at[4 * BAR + PPQ].numeral is None
    assert len(analysis.entries) == 1 + 4 + 3 + 4 + 3 + 3 + 1
    assert read_romantext(write_romantext(analysis)) == analysis


def test_portable_text_leaves_our_own_signs_out():
    entry = RomanEntry(0, Key("C", "major"), RomanNumeral.parse("ii7[bass4]"))
    text = write_romantext(RomanText((entry,)), portable=True)
    assert "m1 C: ii7\n" in text
    assert "ii7[bass4]" in write_romantext(RomanText((entry,)))


@pytest.mark.parametrize(
    ("text", "said"),
    [("m1 C: I b3 Q7", "line 1: 'Q7' is no Roman numeral"), ("m5-8 = m1-2", "line 1: 2 measures"),
     ("m9-2 = m1", "line 1: measures 9 to 2"), ("Time Signature: five", "is no meter"),
     ("m2 = x", "is no copy")],
)  # fmt: skip
def test_what_is_wrong_is_named(text, said):
    with pytest.raises(InputError, match=said):
        read_romantext(text)


def test_an_empty_text_is_an_empty_analysis():
    assert read_romantext("").entries == ()
    assert "Time Signature: 4/4" in write_romantext(RomanText(()))
    with pytest.raises(InputError, match="follow one another"):
        one = RomanEntry(9, Key(), None)
        RomanText((one, RomanEntry(3, Key(), None)))


@given(st.text("m0123456789 b.=-VIvi:CcNTime/Sgatur\n|", max_size=60))
def test_any_text_is_read_or_refused_clearly(text):
    with contextlib.suppress(InputError):
        read_romantext(text)
