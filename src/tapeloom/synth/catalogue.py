"""Which instruments there are: each design's module, imported when it is asked for."""

from difflib import get_close_matches
from importlib import import_module

from tapeloom.core.errors import InputError
from tapeloom.synth.patch import Design

# Name -> module in synth.instruments, whose DESIGN it is.
MODULES: dict[str, str] = {
    # Pianos.
    "felt_piano": "felt_piano",
    "upright_piano": "upright_piano",
    # Plucked strings.
    "nylon_guitar": "nylon_guitar",
    "steel_guitar": "steel_guitar",
    "jazz_guitar": "jazz_guitar",
    "ukulele": "ukulele",
    "upright_bass": "upright_bass",
    "electric_bass": "electric_bass",
    "harp": "harp",
    "clavinet": "clavinet",
    # Struck and plucked bars.
    "vibraphone": "vibraphone",
    "marimba": "marimba",
    "kalimba": "kalimba",
    "music_box": "music_box",
    "celesta": "celesta",
    "bells": "bells",
    "steel_drum": "steel_drum",
    # Electric keys and organs.
    "electric_piano": "electric_piano",
    "reed_piano": "reed_piano",
    "fm_piano": "fm_piano",
    "organ": "organ",
    "accordion": "accordion",
    "tape_choir": "tape_choir",
    # Pads and sections.
    "warm_pad": "warm_pad",
    "glass_pad": "glass_pad",
    "choir_pad": "choir_pad",
    "string_ensemble": "string_ensemble",
    # Synths.
    "lead": "lead",
    "pluck": "pluck",
    "sub_bass": "sub_bass",
    "synth_bass": "synth_bass",
    # Winds and a bow.
    "flute": "flute",
    "clarinet": "clarinet",
    "ocarina": "ocarina",
    "muted_trumpet": "muted_trumpet",
    "tenor_sax": "tenor_sax",
    "solo_cello": "solo_cello",
}
ALIASES = {"tine": "electric_piano", "rhodes": "electric_piano", "guitar": "nylon_guitar"}


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
    if name not in MODULES:
        near = get_close_matches(name, [*MODULES, *ALIASES], n=3, cutoff=0.6)
        hint = (
            f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(MODULES)}"
        )
        raise InputError(f"{name!r} is no instrument; {hint}")
    found: Design = import_module(f"tapeloom.synth.instruments.{MODULES[name]}").DESIGN
    return found
