"""`LoFiGenerator`: the calls that were promised, what they return, and what they refuse."""

import itertools
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import tapeloom.neural
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.midi import read_midi
from tapeloom.neural import GeneratorConfig, LoFiGenerator, Track, lofi_generator
from tapeloom.neural.generator import bars_of, write
from tapeloom.neural.limits import limits_of
from tapeloom.neural.originality import OriginalityIndex
from tapeloom.neural.runtime import Runtime
from tapeloom.neural.token_codec import Codec
from tapeloom.neural.token_grammar import check

from .tiny_model import TINY

CONFIG = GeneratorConfig(bars=4, candidates=2)


@pytest.fixture(scope="module")
def generator() -> LoFiGenerator:
    return LoFiGenerator(Runtime.load(TINY), Codec(), CONFIG)


def test_public_names_exist() -> None:
    assert all(hasattr(tapeloom.neural, name) for name in tapeloom.neural.__all__)
    assert set(tapeloom.neural.__all__) == set(tapeloom.neural._HOMES)
    modules = {module.name for module in pkgutil.iter_modules(tapeloom.neural.__path__)}
    assert not modules & set(tapeloom.neural.__all__)
    assert not hasattr(tapeloom.neural, "Oracle")


def test_the_promised_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    model, tokenizer, config = Runtime.load(TINY), Codec(), CONFIG
    tokens, metadata = LoFiGenerator(model, tokenizer, config).generate_track(
        tempo=75, key="Am", mood="peaceful"
    )
    LoFiGenerator(model, tokenizer, config).tokens_to_midi(tokens, "output.mid")
    score = read_midi(tmp_path / "output.mid")
    assert (float(score.tempo.initial_bpm), str(score.key)) == (75.0, "A minor")
    assert metadata["bars"] == len(score.bar_starts) == 4

    monkeypatch.setattr(lofi_generator, "MODEL", TINY)
    assert LoFiGenerator.load().config == GeneratorConfig()
    tokens, _ = LoFiGenerator.load(CONFIG).generate_track(75, "Am", "peaceful", seed=1)
    assert check(tokens).is_over


def test_the_same_seed_is_the_same_track(generator: LoFiGenerator) -> None:
    first, again, other = (generator.generate_track(seed=seed) for seed in (5, 5, 6))
    assert first == again
    assert first[0] != other[0]
    drawn = generator.generate_track(bars=1)[1]["seed"]
    assert generator.generate_track(bars=1, seed=drawn)[1]["seed"] == drawn


def test_the_metadata_tells_what_was_asked_and_how_good_it_is(generator: LoFiGenerator) -> None:
    tokens, told = generator.generate_track(82.5, "Eb dorian", "dark", bars=16, seed=3)
    assert (told["tempo"], told["key"], told["mood"]) == (82.5, "Eb dorian", "dark")
    assert (told["mood_control"], told["bars"], told["seed"]) == ("sad", 16, 3)
    assert told["sections"] == ["intro", "A", "outro"]
    assert 0 <= told["quality"]["total"] <= 1
    assert told["originality"]["is_original"]
    assert told["candidates"] == 2
    assert (tokens.key, tokens.bpm) == (Key("Eb", "dorian"), 82.5)
    assert len(list(bars_of(tokens))) == 16


@pytest.mark.parametrize(
    ("tempo", "key"), [(75, "Am"), (61.37, "F# minor"), (120, "Db lydian"), (40, "B major")]
)
def test_a_midi_file_keeps_key_and_tempo(
    generator: LoFiGenerator, tmp_path: Path, tempo: float, key: str
) -> None:
    tokens, _ = generator.generate_track(tempo, key, seed=2)
    generator.tokens_to_midi(tokens, tmp_path / "a.mid")
    written, read = generator.decode(tokens), read_midi(tmp_path / "a.mid")
    asked = Key.parse(key)
    assert written.key == asked
    assert float(written.tempo.initial_bpm) == pytest.approx(tempo)
    assert float(read.tempo.initial_bpm) == pytest.approx(tempo, rel=1e-6)
    assert read.key is not None
    assert (read.key.signature, read.key.is_minor) == (asked.signature, asked.is_minor)
    for part in written.parts:
        there = read.part(part.role).notes
        assert {(n.start, n.pitch) for n in there} <= {(n.start, n.pitch) for n in part.notes}
        assert {n.start for n in there} == {n.start for n in part.notes}
    scale = {*asked.scale, (asked.pitch_class + 11) % 12}
    tune = [
        note.pitch % 12 for part in written.parts if part.role == "melody" for note in part.notes
    ]
    chords = {tone for span in written.chords for tone in span.chord.pitch_classes}
    assert set(tune) <= scale | chords


def test_tokens_without_their_key_are_read_in_c(generator: LoFiGenerator) -> None:
    tokens, _ = generator.generate_track(75, "Ebm", seed=2)
    plain = generator.decode(list(tokens))
    assert plain.key == Key("C", "minor")
    assert plain.tempo.initial_bpm == 74  # the middle of the tempo's token
    moved = generator.decode(Track.of(list(tokens), key=Key("D", "minor"), bpm=90))
    assert moved.key == Key("D", "minor")


def test_a_stream_joins_up_to_what_is_written_at_once(generator: LoFiGenerator) -> None:
    outline = generator._outline(75, "Dm", "warm", 9)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        script = outline.script(limits_of(outline.controls), rng)
        (whole,) = write(generator.model, [script], [rng], choose=CONFIG.sampling.choose)
        bars = list(generator.stream(75, "Dm", "warm", bars=9, seed=seed))
        assert tuple(itertools.chain(*bars)) == whole.tokens
        assert bars == list(bars_of(whole.tokens))


def test_a_stream_over_a_full_context_is_what_is_written_at_once() -> None:
    """The tiny model sees 320 tokens."""
    generator = LoFiGenerator(Runtime.load(TINY), config=GeneratorConfig(bars=12))
    bars = list(generator.stream(seed=4))
    assert sum(map(len, bars)) > 2 * generator.model.context
    assert len(bars) == 12
    Codec().decode(list(itertools.chain(*bars)))


def test_a_stream_comes_bar_by_bar_and_stops_when_it_is_told(generator: LoFiGenerator) -> None:
    told = []

    def enough() -> bool:
        told.append(True)
        return len(told) == 3

    heard = list(generator.stream(bars=16, stop=enough))
    assert len(heard) == 3
    assert heard == list(itertools.islice(generator.stream(bars=16), 3))
    broken_off = generator.decode(list(itertools.chain(*heard)))
    assert broken_off.sections[-1].end == 3 * Meter().bar_ticks


def test_other_meters_are_configured() -> None:
    config = GeneratorConfig(bars=5, candidates=1, meter=Meter(7, 8), density=None)
    generator = LoFiGenerator(Runtime.load(TINY), config=config)
    tokens, told = generator.generate_track(seed=1)
    assert generator.decode(tokens).meters == ((0, Meter(7, 8)),)
    assert told["bars"] == 5


BAD = [
    ({"mood": "grumpy"}, "'grumpy' is no mood; choose one of any, happy, tense, sad, calm, peace"),
    ({"mood": ""}, "'' is no mood"),
    ({"mood": "rain"}, "'rain' is no mood"),
    ({"key": "H#"}, "'H#' is no key"),
    ({"key": ""}, "'' is no key"),
    ({"tempo": 0}, "bpm is 0"),
    ({"tempo": float("nan")}, "bpm is nan"),
    ({"bars": 0}, "bars is 0; it must lie between 1 and 10000"),
    ({"bars": 10_001}, "bars is 10001"),
    ({"seed": -1}, "seed is -1"),
]


@pytest.mark.parametrize(("asked", "told"), BAD, ids=[str(asked) for asked, _ in BAD])
def test_what_cannot_be_asked_is_one_sentence(
    generator: LoFiGenerator, asked: dict, told: str
) -> None:
    with pytest.raises(InputError, match=re.escape(told)) as caught:
        generator.generate_track(**asked)
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match=re.escape(told)):
        next(iter(generator.stream(**asked)))


@pytest.mark.parametrize("word", ["chill", "calm", "Dreamy", "happy", "any", "melancholic"])
def test_words_of_moods_are_known(generator: LoFiGenerator, word: str) -> None:
    assert generator._outline(75, "Am", word, 4).controls.mood in (
        "happy",
        "tense",
        "sad",
        "calm",
        "any",
    )


def test_a_config_is_checked() -> None:
    with pytest.raises(InputError, match="bars is 0"):
        GeneratorConfig(bars=0)
    with pytest.raises(InputError, match="candidates is 0 and rounds is 4"):
        LoFiGenerator(Runtime.load(TINY), config=GeneratorConfig(candidates=0))


def test_a_folder_that_is_not_there_is_said(generator: LoFiGenerator, tmp_path: Path) -> None:
    tokens, _ = generator.generate_track(bars=1, seed=1)
    with pytest.raises(Exception, match="cannot be written"):
        generator.tokens_to_midi(tokens, tmp_path / "none" / "a.mid")


def test_a_track_is_no_quotation_of_a_song_that_is_known(generator: LoFiGenerator) -> None:
    tokens, _ = generator.generate_track(bars=8, seed=9)
    index = OriginalityIndex.of([generator.decode(tokens)])
    wary = LoFiGenerator(generator.model, config=CONFIG, index=index)
    again, told = wary.generate_track(bars=8, seed=9)
    assert again != tokens
    assert told["refused"]["quotation"] >= 1
