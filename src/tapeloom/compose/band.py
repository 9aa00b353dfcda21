"""Who plays a record: a band drawn from its moods and scenes, and whom the words name."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from tapeloom.core.mood import Character

Weights = Mapping[str, float]
Band = tuple[tuple[str, str], ...]  # role, name in theory.instruments

# Role -> instrument -> how often, where nothing else is told.
PLAIN: dict[str, dict[str, float]] = {
    "keys": {"electric_piano": 6, "felt_piano": 5, "reed_piano": 2, "upright_piano": 1.5,
             "fm_piano": 1, "organ": 0.4},
    "melody": {"electric_piano": 3, "felt_piano": 3, "nylon_guitar": 2.5, "jazz_guitar": 2,
               "vibraphone": 2, "flute": 1, "muted_trumpet": 1, "kalimba": 0.7, "celesta": 0.6,
               "clarinet": 0.7, "tenor_sax": 0.7, "lead": 0.6, "music_box": 0.3},
    "pad": {"warm_pad": 5, "string_ensemble": 2, "tape_choir": 1.5, "choir_pad": 1,
            "glass_pad": 1},
    "guitar": {"nylon_guitar": 3, "jazz_guitar": 2, "steel_guitar": 1},
    "bass": {"upright_bass": 5, "electric_bass": 3, "sub_bass": 1.5},
    "drums": {"dusty_kit": 5, "boom_bap_kit": 2, "jazz_kit": 1, "brushes_kit": 1,
              "soft_electronic_kit": 1, "eight_oh_eight_kit": 0.6},
}  # fmt: skip
# Mood or scene -> instrument -> by how much its weight is multiplied.
LEANINGS: dict[str, dict[str, float]] = {
    "peaceful": {"felt_piano": 2, "nylon_guitar": 2, "flute": 1.5, "brushes_kit": 3,
                 "muted_trumpet": 0.5, "eight_oh_eight_kit": 0.3, "boom_bap_kit": 0.5},
    "melancholic": {"felt_piano": 2.5, "upright_piano": 2, "clarinet": 2, "string_ensemble": 2,
                    "muted_trumpet": 1.5, "brushes_kit": 1.5, "kalimba": 0.3},
    "uplifting": {"electric_piano": 2, "vibraphone": 1.5, "flute": 2, "steel_guitar": 2,
                  "electric_bass": 2, "boom_bap_kit": 1.5, "brushes_kit": 0.3},
    "dreamy": {"glass_pad": 3, "choir_pad": 2, "celesta": 3, "fm_piano": 2, "sub_bass": 2,
               "soft_electronic_kit": 3, "jazz_kit": 0.3, "tape_choir": 2},
    "nostalgic": {"upright_piano": 2.5, "reed_piano": 2, "tape_choir": 3, "music_box": 3,
                  "muted_trumpet": 1.5, "dusty_kit": 2},
    "dark": {"reed_piano": 2, "organ": 3, "tenor_sax": 2, "muted_trumpet": 2, "sub_bass": 2,
             "eight_oh_eight_kit": 3, "boom_bap_kit": 1.5, "kalimba": 0.2, "celesta": 0.3},
    "warm": {"electric_piano": 1.5, "jazz_guitar": 2, "tenor_sax": 1.5, "upright_bass": 1.5,
             "string_ensemble": 1.5},
    "focused": {"electric_piano": 2, "fm_piano": 1.5, "electric_bass": 1.5, "vibraphone": 1.5,
                "soft_electronic_kit": 2, "muted_trumpet": 0.4, "tenor_sax": 0.4},
    "playful": {"reed_piano": 2, "clarinet": 2, "kalimba": 3, "vibraphone": 2, "organ": 2,
                "electric_bass": 2, "boom_bap_kit": 2, "glass_pad": 0.5},
    "romantic": {"felt_piano": 1.5, "nylon_guitar": 2, "tenor_sax": 2, "string_ensemble": 3,
                 "brushes_kit": 2, "jazz_kit": 1.5, "eight_oh_eight_kit": 0.3},
    "cafe": {"upright_piano": 2, "jazz_guitar": 2, "tenor_sax": 2, "upright_bass": 2,
             "brushes_kit": 3, "jazz_kit": 3, "clarinet": 1.5},
    "night": {"tenor_sax": 1.5, "muted_trumpet": 1.5, "vibraphone": 1.5},
    "winter": {"celesta": 3, "music_box": 2, "glass_pad": 2, "felt_piano": 1.5},
    "summer": {"steel_guitar": 2, "nylon_guitar": 1.5, "flute": 1.5, "kalimba": 1.5},
    "sleep": {"felt_piano": 2, "music_box": 3, "glass_pad": 2, "sub_bass": 1.5, "brushes_kit": 2,
              "muted_trumpet": 0.2, "tenor_sax": 0.2, "lead": 0.2},
    "city": {"reed_piano": 1.5, "muted_trumpet": 1.5, "boom_bap_kit": 2,
             "eight_oh_eight_kit": 1.5},
}  # fmt: skip
GUITARS = frozenset({"nylon_guitar", "jazz_guitar", "steel_guitar"})
# Instruments of one kind: two of them would hide one another.
ALIKE = (
    frozenset({"electric_piano", "reed_piano", "fm_piano"}),
    frozenset({"felt_piano", "upright_piano"}), GUITARS, frozenset({"celesta", "music_box"}),
)  # fmt: skip

# What a brief may say, in one word or two -> the role that then goes to an instrument.
NAMED: dict[str, tuple[str, str]] = {
    "808": ("drums", "eight_oh_eight_kit"), "accordion": ("melody", "accordion"),
    "bells": ("melody", "bells"), "boom bap": ("drums", "boom_bap_kit"),
    "brushes": ("drums", "brushes_kit"), "celesta": ("melody", "celesta"),
    "cello": ("melody", "solo_cello"), "choir": ("pad", "choir_pad"),
    "clarinet": ("melody", "clarinet"), "clavinet": ("keys", "clavinet"),
    "dusty": ("drums", "dusty_kit"), "electric bass": ("bass", "electric_bass"),
    "electric piano": ("keys", "electric_piano"), "electronic": ("drums", "soft_electronic_kit"),
    "felt": ("keys", "felt_piano"), "flute": ("melody", "flute"), "glass": ("pad", "glass_pad"),
    "grains": ("pad", "grain_pad"), "guitar": ("melody", "nylon_guitar"),
    "harp": ("melody", "harp"), "jazz": ("drums", "jazz_kit"),
    "jazz guitar": ("melody", "jazz_guitar"), "kalimba": ("melody", "kalimba"),
    "marimba": ("melody", "marimba"), "mellotron": ("pad", "tape_choir"),
    "music box": ("melody", "music_box"), "ocarina": ("melody", "ocarina"),
    "organ": ("keys", "organ"), "piano": ("keys", "upright_piano"),
    "rhodes": ("keys", "electric_piano"), "sax": ("melody", "tenor_sax"),
    "saxophone": ("melody", "tenor_sax"), "steel guitar": ("guitar", "steel_guitar"),
    "strings": ("pad", "string_ensemble"), "sub bass": ("bass", "sub_bass"),
    "synth": ("melody", "lead"), "trumpet": ("melody", "muted_trumpet"),
    "ukulele": ("guitar", "ukulele"), "upright bass": ("bass", "upright_bass"),
    "vibes": ("melody", "vibraphone"), "vibraphone": ("melody", "vibraphone"),
    "wavetable": ("keys", "wave_keys"), "wurlitzer": ("keys", "reed_piano"),
}  # fmt: skip

CHANGING = ("melody", "keys")  # who changes between the pieces of a set
_TRIES = 12


def named_in(text: str) -> dict[str, str]:
    """Return the instruments that a brief's words name, by role; the first of a role counts.

    Two words that name an instrument together name no other one each by itself.

    >>> named_in("quiet sax over strings"), named_in("a jazz guitar at night")
    ({'melody': 'tenor_sax', 'pad': 'string_ensemble'}, {'melody': 'jazz_guitar'})
    """
    words = re.findall(r"[^\W_]+", text.lower())
    found: dict[str, str] = {}
    at = 0
    while at < len(words):
        pair = " ".join(words[at : at + 2])
        name = pair if pair in NAMED else words[at]
        if name in NAMED:
            role, instrument = NAMED[name]
            found.setdefault(role, instrument)
        at += 2 if name == pair and " " in pair else 1
    return found


def draw_band(
    words: Sequence[str], character: Character, rng: np.random.Generator,
    named: Mapping[str, str] | None = None,
) -> Band:  # fmt: skip
    """Draw an instrument for each role.

    words  names of the brief's moods and scenes
    named  role -> instrument that the brief asks for

    Melody and keys are never of one kind; where a guitar has the melody, no other one plays
    (compose.plan). Bright moods lean to electric keys, dark ones to felt.
    """
    found: dict[str, str] = {}
    for role in ("keys", "melody", "pad", "guitar", "bass", "drums"):
        weights = _weights(PLAIN[role], words)
        if role == "keys":
            weights["electric_piano"] *= 0.5 + character.brightness
            weights["felt_piano"] *= 1.5 - character.brightness
        taken = {found[other] for other in ("keys", "melody") if other in found}
        barred = taken.union(*(kind for kind in ALIKE if kind & taken))
        names = [name for name in weights if name not in barred] or list(weights)
        chances = np.array([weights[name] for name in names])
        drawn = names[int(rng.choice(len(names), p=chances / chances.sum()))]
        found[role] = (named or {}).get(role, drawn)
    order = ("melody", "keys", "pad", "guitar", "bass", "drums")
    return tuple((role, found[role]) for role in order)


def draw_other_band(
    band: Band, words: Sequence[str], character: Character, named: Mapping[str, str],
    rng: np.random.Generator,
) -> Band:  # fmt: skip
    """Draw melody and keys for the contrasting pieces of a set; what the brief names stays.

    No new guitar comes in, since another one may be there; the two of a kind count as the same.
    """
    first = dict(band)
    found = dict(first)
    for _ in range(_TRIES):
        drawn = dict(draw_band(words, character, rng, named))
        for role in CHANGING:
            fresh = drawn[role] not in GUITARS and not _alike(drawn[role], first[role])
            other = found["keys" if role == "melody" else "melody"]
            if found[role] == first[role] and fresh and not _alike(drawn[role], other):
                found[role] = drawn[role]
    return tuple((role, found[role]) for role, _ in band if role in CHANGING)


def _alike(first: str, second: str) -> bool:
    return first == second or any({first, second} <= kind for kind in ALIKE)


def _weights(plain: Weights, words: Sequence[str]) -> dict[str, float]:
    weights = dict(plain)
    for word in words:
        for name, factor in LEANINGS.get(word, {}).items():
            if name in weights:
                weights[name] *= factor
    return weights
