"""Who plays: bands that the catalogue and the tables of ranges know, drawn as the words ask."""

from collections import Counter

import numpy as np
import pytest

from tapeloom.compose.band import ALIKE, LEANINGS, NAMED, PLAIN, draw_band, named_in
from tapeloom.compose.plan import plan
from tapeloom.core.brief import Brief
from tapeloom.core.mood import MOODS, SCENES
from tapeloom.synth.catalogue import NAMES
from tapeloom.theory.instruments import INSTRUMENTS, KITS


def band(words: str, seed: int, **named: str) -> dict[str, str]:
    brief = Brief(words)
    found = draw_band(
        (*brief.moods, *brief.scenes), brief.character, np.random.default_rng(seed), named
    )
    return dict(found)


def test_every_name_is_an_instrument_that_sounds() -> None:
    names = {name for weights in PLAIN.values() for name in weights}
    names |= {name for _, name in NAMED.values()} | set().union(*ALIKE)
    assert names <= INSTRUMENTS.keys() & set(NAMES)
    for word, factors in LEANINGS.items():
        assert word in MOODS or word in SCENES
        assert factors.keys() <= {name for weights in PLAIN.values() for name in weights}
    assert {role for role, _ in NAMED.values()} <= PLAIN.keys()


@pytest.mark.parametrize("words", ["", "rainy night, peaceful", "dark city", "playful cafe"])
def test_melody_keys_and_guitar_never_hide_one_another(words: str) -> None:
    for seed in range(60):
        found = band(words, seed)
        assert list(found) == ["melody", "keys", "pad", "guitar", "bass", "drums"]
        for one, other in (("melody", "keys"), ("keys", "guitar")):
            assert found[one] != found[other]
            assert not any({found[one], found[other]} <= kind for kind in ALIKE)


def test_words_lean_the_draw() -> None:
    def share(words: str, role: str, name: str) -> float:
        return Counter(band(words, seed)[role] for seed in range(300))[name] / 300

    assert share("peaceful", "drums", "brushes_kit") > 2 * share(
        "uplifting", "drums", "brushes_kit"
    )
    assert share("nostalgic", "pad", "tape_choir") > 1.5 * share("warm", "pad", "tape_choir")
    assert share("dark", "keys", "electric_piano") < share("uplifting", "keys", "electric_piano")


def test_what_is_named_plays() -> None:
    assert named_in("sax, quiet, strings and a flute") == {
        "melody": "tenor_sax", "pad": "string_ensemble",
    }  # fmt: skip
    found = band("cafe", 1, melody="tenor_sax")
    assert found["melody"] == "tenor_sax"


def test_the_same_seed_draws_the_same() -> None:
    assert band("dreamy", 5) == band("dreamy", 5)
    assert len({tuple(band("dreamy", seed).items()) for seed in range(40)}) > 20


@pytest.mark.parametrize(
    ("text", "kit"),
    [("dusty tape", "dusty_kit"), ("slow, brushes", "brushes_kit"),
     ("Boom Bap, dark", "boom_bap_kit"), ("soft electronic", "soft_electronic_kit"),
     ("808s? an 808", "eight_oh_eight_kit"), ("jazz at night", "jazz_kit")],
)  # fmt: skip
def test_every_kit_can_be_asked_for(text: str, kit: str) -> None:
    assert named_in(text)["drums"] == kit
    assert plan(Brief(text, seed=3), np.random.default_rng(3)).instrument_of("drums") == kit


def test_every_kit_has_a_name() -> None:
    assert set(KITS) == {name for role, name in NAMED.values() if role == "drums"}


def test_two_words_that_name_one_instrument_name_no_other() -> None:
    assert named_in("jazz guitar") == {"melody": "jazz_guitar"}
    assert named_in("guitar, jazz") == {"melody": "nylon_guitar", "drums": "jazz_kit"}
    assert named_in("electric piano and sub bass") == {
        "keys": "electric_piano", "bass": "sub_bass",
    }  # fmt: skip
