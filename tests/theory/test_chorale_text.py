import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.time import PPQ
from tapeloom.theory.chorale import write_chorale
from tapeloom.theory.chorale_text import read_chorale_text, write_voices
from tapeloom.theory.figured_bass import figured_chord

BAR = 4 * PPQ


def symbols(text: str, **known: Key) -> list[str]:
    return [str(span.chord) for span in read_chorale_text(text, **known).chords]


def test_three_ways_to_write_one_progression() -> None:
    wanted = ["C", "G/B", "C", "Dm7/F", "G7", "C"]
    assert symbols("C G/B | C Dm7/F | G7 C") == wanted
    assert symbols("key: C\nI V6 | I ii65 | V7 I") == wanted
    assert symbols("C B:6 | C F:65 | G:7 C", key=Key("C", "major")) == wanted


def test_the_head_says_key_meter_and_title() -> None:
    found = read_chorale_text("\ufeffTitle: Air\n\nkey: G minor\nmeter: 3/4\ni . V | i ||\niv | i")
    assert (found.title, found.key, found.meter) == ("Air", Key("G", "minor"), Meter(3, 4))
    assert found.phrases == (6 * PPQ,)
    assert [(s.start // PPQ, s.end // PPQ) for s in found.chords] == [
        (0, 2), (2, 3), (3, 6), (6, 9), (9, 12),
    ]  # fmt: skip
    # What the text says holds.
    assert read_chorale_text("key: C\nI", key=Key("F", "major")).key == Key("C", "major")


@pytest.mark.parametrize(
    ("word", "key", "chord"),
    [
        ("C", "C", "C"), ("E:6", "C", "C/E"), ("E:63", "C", "C/E"), ("G:64", "C", "C/G"),
        ("G:7", "C", "G7"), ("B:65", "C", "G7/B"), ("D:43", "C", "G7/D"), ("F:42", "C", "G7/F"),
        ("F:2", "C", "G7/F"), ("G:4", "C", "Gsus4"), ("E:#", "Am", "E"), ("E:7#", "Am", "E7"),
        ("E", "Am", "Em"), ("G#:6", "Am", "E/G#"), ("F#:6", "G", "D/F#"), ("F:n", "Cm", "F"),
        ("G:7n", "Cm", "G7"), ("G:n7", "Cm", "Gm7"), ("Bb:9", "Bb", "Bbadd9"),
        ("B:7", "C", "Bm7b5"),
    ],
)  # fmt: skip
def test_figures_are_read_in_the_key(word: str, key: str, chord: str) -> None:
    assert str(figured_chord(word, Key.parse(key))) == chord


def test_what_cannot_be_read_is_said() -> None:
    for text, match in (
        ("", "there is no chord in it"),
        ("||", "there is no chord in it"),
        ("I V I", "numerals need a key"),
        ("C B:6", "figures need a key"),
        ("C H7", "no chord that is known"),
        ("key: X\nC", "'X' is no key"),
        ("key: C\nI V8x", "no Roman numeral"),
        ("key: C\nC:x", "figures that can't be read"),
        ("key: C\nC:8 F", "figures that no chord is known for"),
        ("key: C\nC:6 H7", "is no figured bass"),
    ):
        with pytest.raises(InputError, match=match):
            read_chorale_text(text)


def test_voices_are_written_bar_by_bar() -> None:
    text = read_chorale_text("key: D\nI . V7 . | I ||")
    chorale = write_chorale(text.chords, Key("D", "major"), phrases=text.phrases)
    rows = write_voices(chorale, ((0, text.meter),)).splitlines()
    assert [row.split()[0] for row in rows] == ["chords", "soprano", "alto", "tenor", "bass"]
    assert rows[0].split("|")[1].split() == ["D", "A7"]
    assert rows[4].split("|")[2].split() == ["D3"]
    assert len({len(row) for row in rows}) == 1
