from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from tapeloom import media
from tapeloom.core.audio import Audio
from tapeloom.core.errors import TapeloomError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Note, Part, Score, Section
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.media import plot_audio, plot_harmony, plot_score
from tapeloom.media.figures import ROLE_COLOURS
from tapeloom.media.folding import BANDS, LOWEST_HZ, fold
from tapeloom.media.harmony_plot import FUNCTION_COLOURS, key_colour
from tapeloom.media.rolls import part_colours
from tapeloom.theory.analysis import NOTHING, analyse

BAR = 4 * PPQ


def song(bars):
    melody = tuple(Note(i * BAR, PPQ, 72 + i % 5) for i in range(bars))
    drums = tuple(Note(i * PPQ, 100, 36 + 2 * (i % 2)) for i in range(4 * bars))
    spans = tuple(ChordSpan(i * BAR, (i + 1) * BAR, Chord.parse("Am9")) for i in range(bars))
    half = bars // 2 * BAR
    sections = (Section("A", 0, half), Section("$B_1$", half, bars * BAR)) if bars > 1 else ()
    return Score(
        (
            Part("Lead $x^2", "melody", notes=melody),
            Part("Second", "melody", notes=melody[::2]),
            Part("Kit", "drums", notes=drums),
        ),
        keys=((0, Key("A", "minor")),),
        chords=spans,
        sections=sections,
    )


def size_of(path):
    with Image.open(path) as image:
        return image.size


def colours_in(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), np.int64).reshape(-1, 3)


def near(pixels, text, tolerance=14):
    wanted = np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)])
    return int((np.abs(pixels - wanted).max(axis=1) <= tolerance).sum())


@pytest.mark.parametrize("bars", [1, 12, 60])
def test_a_piano_roll_shows_every_part_in_its_colour(tmp_path, bars):
    plot_score(song(bars), tmp_path / "roll.png")
    pixels = colours_in(tmp_path / "roll.png")
    assert near(pixels, ROLE_COLOURS["melody"]) > 40
    assert near(pixels, ROLE_COLOURS["drums"]) > 40


@pytest.mark.slow
def test_a_longer_score_takes_more_lines_up_to_six(tmp_path):
    heights = []
    for bars in (16, 60, 200):
        plot_score(song(bars), tmp_path / "roll.png")
        heights.append(size_of(tmp_path / "roll.png")[1])
    assert heights[0] < heights[1] < heights[2] < 4000


def test_two_parts_of_one_role_differ_in_shade():
    first, second = part_colours(song(4).parts[:2])
    assert sum(second) > sum(first)


@pytest.mark.parametrize(
    "score",
    [
        Score(()),
        Score((Part("empty", "keys"),)),
        Score((Part("kit", "drums", notes=(Note(0, 1, 99),)),)),
        Score(
            (Part("odd", "other", notes=(Note(5, 3, 0), Note(9, 2, 127))),),
            tempo=TempoMap(((0, Fraction(90)), (700, Fraction(40)))),
            meters=((0, Meter(7, 8)), (7 * PPQ // 2, Meter(3, 4))),
        ),
    ],
)
def test_odd_scores_are_drawn_too(tmp_path, score):
    plot_score(score, tmp_path / "roll.png")
    assert size_of(tmp_path / "roll.png")[0] > 500


def test_the_same_data_give_the_same_bytes_without_a_programs_name(tmp_path):
    for name in ("a.png", "b.png"):
        plot_score(song(8), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert b"atplotlib" not in (tmp_path / "a.png").read_bytes()


def test_a_plot_that_cannot_be_written_says_so_and_leaves_nothing(tmp_path):
    with pytest.raises(TapeloomError, match="cannot be written"):
        plot_score(song(2), tmp_path / "missing" / "roll.png")
    assert list(tmp_path.iterdir()) == []


def cadenced(bars):
    """Return a score that turns from C to E flat, a chord a bar, over drums."""
    symbols = ("Dm7", "G7", "Cmaj7", "Am7", "Fm7", "Bb7", "Ebmaj7", "Cm7")
    spans = tuple(
        ChordSpan(i * BAR, (i + 1) * BAR, Chord.parse(symbols[i % 8])) for i in range(bars)
    )
    keys = tuple(
        Note(s.start, BAR, 48 + s.chord.root + k) for s in spans for k in s.chord.intervals
    )
    kit = tuple(Note(i * PPQ, 100, 36) for i in range(4 * bars))
    return Score((Part("Keys", "keys", notes=keys), Part("Kit", "drums", notes=kit)))


@pytest.mark.parametrize("bars", [1, 8, pytest.param(20, marks=pytest.mark.slow)])
def test_harmony_is_drawn_with_keys_functions_and_tension(tmp_path, bars):
    score = cadenced(bars)
    analysis = analyse(score)
    plot_harmony(score, analysis, tmp_path / "harmony.png")
    pixels = colours_in(tmp_path / "harmony.png")
    for span in analysis.keys:
        assert near(pixels, key_colour(span.key), 6) > 200
    for chord in analysis.chords:
        assert near(pixels, FUNCTION_COLOURS[chord.function], 6) > 20
    assert near(pixels, ROLE_COLOURS["drums"]) > 10


@pytest.mark.slow
def test_a_long_piece_keeps_to_a_page_and_dense_chords_too(tmp_path):
    score = cadenced(150)
    plot_harmony(score, analyse(score), tmp_path / "long.png")
    width, height = size_of(tmp_path / "long.png")
    assert width < 2000
    assert height < 5500
    spans = tuple(ChordSpan(i * PPQ, (i + 1) * PPQ, Chord.parse("Ebm7b5/Bbb")) for i in range(64))
    dense = Score(cadenced(16).parts[:1], chords=spans)
    plot_harmony(dense, analyse(dense), tmp_path / "dense.png")
    assert size_of(tmp_path / "dense.png")[0] > 500


def test_nothing_is_drawn_too(tmp_path):
    plot_harmony(Score(()), NOTHING, tmp_path / "nothing.png")
    assert size_of(tmp_path / "nothing.png")[0] > 500


def test_the_circle_of_fifths_gives_each_key_a_colour_of_its_own():
    keys = [Key(tonic, mode) for tonic in ("C", "G", "D", "A", "E", "B", "Gb", "Db", "Ab", "Eb",
                                           "Bb", "F") for mode in ("major", "minor")]  # fmt: skip
    assert len({key_colour(key) for key in keys}) == 24


def tone(seconds=3.0, hz=440.0, rate=44_100, channels=2):
    t = np.arange(int(seconds * rate)) / rate
    x = 0.5 * np.sin(2 * np.pi * hz * t)
    return Audio(np.tile(x, (channels, 1)).astype(np.float32), rate)


@pytest.mark.parametrize(
    "audio",
    [
        tone(),
        tone(channels=1),
        tone(seconds=0.01),
        tone(channels=3, rate=8000),
        Audio(np.zeros((2, 44_100), np.float32)),
        Audio(np.zeros((2, 0), np.float32)),
    ],
)
def test_any_audio_is_drawn(tmp_path, audio):
    curve = np.full(int(audio.duration_s * 10), -20.0)
    curve[:1] = -np.inf
    plot_audio(audio, curve, tmp_path / "audio.png")
    assert size_of(tmp_path / "audio.png")[0] > 1000


def test_folding_keeps_the_extremes_whatever_the_blocks():
    rng = np.random.default_rng(4)
    audio = Audio(rng.uniform(-1, 1, (2, 100_003)).astype(np.float32))

    class Small:
        rate, channels, frames = audio.rate, audio.channels, audio.frames

        def blocks(self, size=0):
            return audio.blocks(777)

    whole, pieces = fold(audio, columns=50), fold(Small(), columns=50)
    np.testing.assert_array_equal(whole.low, pieces.low)
    np.testing.assert_array_equal(whole.high, pieces.high)
    np.testing.assert_allclose(whole.power, pieces.power)
    edges = [-(-k * audio.frames // 50) for k in range(50)]
    np.testing.assert_array_equal(
        whole.high, np.maximum(np.maximum.reduceat(audio.samples, edges, axis=1), 0)
    )


@pytest.mark.parametrize("hz", [60.0, 440.0, 5000.0])
def test_a_tone_lies_on_its_line_of_the_spectrogram(hz):
    folded = fold(tone(hz=hz), columns=40)
    band = folded.power.mean(axis=1).argmax()
    octaves = np.log2(44_100 / 2 / LOWEST_HZ)
    assert LOWEST_HZ * 2 ** (octaves * (band + 0.5) / BANDS) == pytest.approx(hz, rel=0.1)


def test_the_package_names_what_it_has():
    for name in media.__all__:
        assert getattr(media, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        media.nothing  # noqa: B018
