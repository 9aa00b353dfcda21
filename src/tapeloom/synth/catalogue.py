"""Which instruments there are: each design's module, imported when it is asked for."""

from difflib import get_close_matches
from importlib import import_module

from tapeloom.core.errors import InputError
from tapeloom.synth.patch import Design

# Instruments, in the order of lists; the module of each in synth.instruments has its name.
NAMES = (
    "electric_piano", "reed_piano", "fm_piano", "clavinet", "organ", "accordion",
    "felt_piano", "upright_piano", "celesta", "music_box",
    "vibraphone", "marimba", "kalimba", "bells", "steel_drum",
    "nylon_guitar", "steel_guitar", "jazz_guitar", "ukulele", "harp",
    "upright_bass", "electric_bass", "sub_bass", "synth_bass",
    "flute", "clarinet", "ocarina", "muted_trumpet", "tenor_sax", "solo_cello",
    "string_ensemble", "choir_pad", "tape_choir", "warm_pad", "glass_pad",
    "grain_pad", "lead", "pluck", "wave_keys",
    "dusty_kit", "boom_bap_kit", "brushes_kit", "jazz_kit", "soft_electronic_kit",
    "eight_oh_eight_kit",
)  # fmt: skip
ALIASES = {
    "tine": "electric_piano", "rhodes": "electric_piano", "wurlitzer": "reed_piano",
    "dx": "fm_piano", "piano": "upright_piano", "vibes": "vibraphone", "guitar": "nylon_guitar",
    "double_bass": "upright_bass", "trumpet": "muted_trumpet", "sax": "tenor_sax",
    "cello": "solo_cello", "strings": "string_ensemble", "choir": "choir_pad",
    "mellotron": "tape_choir", "808": "eight_oh_eight_kit",
}  # fmt: skip


def split_name(text: str) -> tuple[str, str]:
    """Return an instrument and its preset.

    >>> split_name("tine:worn"), split_name("harp")
    (('electric_piano', 'worn'), ('harp', ''))
    """
    name, _, preset = text.partition(":")
    return ALIASES.get(name, name), preset


def design(name: str) -> Design:
    """Return a design by its name; raise InputError with the nearest names."""
    name, _ = split_name(name)
    if name not in NAMES:
        near = get_close_matches(name, [*NAMES, *ALIASES], n=3, cutoff=0.6)
        hint = f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(NAMES)}"
        raise InputError(f"{name!r} is no instrument; {hint}")
    found: Design = import_module(f"tapeloom.synth.instruments.{name}").DESIGN
    return found
