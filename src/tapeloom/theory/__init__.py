"""What musicians know of pitch: name it, analyse it, voice it, reharmonise it, judge it.

Functions that bear the name of their module are imported from there: `chord_scales`, `harmonise`,
`progressions`, `roman`, `tension` and `upper_structures`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapeloom.theory.analysis import Analysis, analyse, analyse_progression
    from tapeloom.theory.cadence import Cadence, find_cadences
    from tapeloom.theory.chorale import write_chorale
    from tapeloom.theory.chorale_melody import harmonise_chorale
    from tapeloom.theory.chorale_reading import check_chorale
    from tapeloom.theory.chord_cadences import find_cadences_in_progression
    from tapeloom.theory.chord_names import identify, name_chord, name_chords
    from tapeloom.theory.chords import available_tensions, avoid_notes, chord_scale, recolour
    from tapeloom.theory.events import Events
    from tapeloom.theory.guitar import GuitarShape, guitar_shapes
    from tapeloom.theory.instruments import DRUMS, INSTRUMENTS, Instrument, instrument
    from tapeloom.theory.intervals import Interval
    from tapeloom.theory.keys import (
        KeyScore,
        find_key,
        find_keys,
        key_distribution,
        key_distributions,
        related_keys,
        spell_key,
    )
    from tapeloom.theory.numerals import RomanNumeral
    from tapeloom.theory.part_writing import Fault, Texture, find_faults
    from tapeloom.theory.patterns import FoundPattern, find_patterns
    from tapeloom.theory.progressions import Progression
    from tapeloom.theory.recognition import recognise, recognise_chords
    from tapeloom.theory.reharmony import Reharmonisation, reharmonise
    from tapeloom.theory.romantext import read_romantext, write_romantext
    from tapeloom.theory.scale_catalogue import find_scale
    from tapeloom.theory.scales import ladder, pentatonic, recognise_scale, scale
    from tapeloom.theory.spelling import spell, spell_chords
    from tapeloom.theory.validation import validate_progression
    from tapeloom.theory.voice_distance import minimal_leading
    from tapeloom.theory.voice_leading import explain, lead, motion
    from tapeloom.theory.voicing import voicings

_HOMES = {
    "Analysis": "analysis",
    "Cadence": "cadence",
    "DRUMS": "instruments",
    "Events": "events",
    "Fault": "part_writing",
    "FoundPattern": "patterns",
    "GuitarShape": "guitar",
    "INSTRUMENTS": "instruments",
    "Instrument": "instruments",
    "Interval": "intervals",
    "KeyScore": "keys",
    "Progression": "progressions",
    "Reharmonisation": "reharmony",
    "RomanNumeral": "numerals",
    "Texture": "part_writing",
    "analyse": "analysis",
    "analyse_progression": "analysis",
    "available_tensions": "chords",
    "avoid_notes": "chords",
    "check_chorale": "chorale_reading",
    "chord_scale": "chords",
    "explain": "voice_leading",
    "find_cadences": "cadence",
    "find_cadences_in_progression": "chord_cadences",
    "find_faults": "part_writing",
    "find_key": "keys",
    "find_keys": "keys",
    "find_patterns": "patterns",
    "find_scale": "scale_catalogue",
    "guitar_shapes": "guitar",
    "harmonise_chorale": "chorale_melody",
    "identify": "chord_names",
    "instrument": "instruments",
    "key_distribution": "keys",
    "key_distributions": "keys",
    "ladder": "scales",
    "lead": "voice_leading",
    "minimal_leading": "voice_distance",
    "motion": "voice_leading",
    "name_chord": "chord_names",
    "name_chords": "chord_names",
    "pentatonic": "scales",
    "read_romantext": "romantext",
    "recognise": "recognition",
    "recognise_chords": "recognition",
    "recognise_scale": "scales",
    "recolour": "chords",
    "reharmonise": "reharmony",
    "related_keys": "keys",
    "scale": "scales",
    "spell": "spelling",
    "spell_chords": "spelling",
    "spell_key": "keys",
    "validate_progression": "validation",
    "voicings": "voicing",
    "write_chorale": "chorale",
    "write_romantext": "romantext",
}

__all__ = [
    "DRUMS",
    "INSTRUMENTS",
    "Analysis",
    "Cadence",
    "Events",
    "Fault",
    "FoundPattern",
    "GuitarShape",
    "Instrument",
    "Interval",
    "KeyScore",
    "Progression",
    "Reharmonisation",
    "RomanNumeral",
    "Texture",
    "analyse",
    "analyse_progression",
    "available_tensions",
    "avoid_notes",
    "check_chorale",
    "chord_scale",
    "explain",
    "find_cadences",
    "find_cadences_in_progression",
    "find_faults",
    "find_key",
    "find_keys",
    "find_patterns",
    "find_scale",
    "guitar_shapes",
    "harmonise_chorale",
    "identify",
    "instrument",
    "key_distribution",
    "key_distributions",
    "ladder",
    "lead",
    "minimal_leading",
    "motion",
    "name_chord",
    "name_chords",
    "pentatonic",
    "read_romantext",
    "recognise",
    "recognise_chords",
    "recognise_scale",
    "recolour",
    "reharmonise",
    "related_keys",
    "scale",
    "spell",
    "spell_chords",
    "spell_key",
    "validate_progression",
    "voicings",
    "write_chorale",
    "write_romantext",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"tapeloom.theory.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
