"""What musicians know of pitch: scales, chords, keys, progressions, voicings."""

from tapeloom.theory.chords import (
    available_tensions,
    avoid_notes,
    chord_scale,
    name_chord,
    recolour,
)
from tapeloom.theory.instruments import DRUMS, INSTRUMENTS, Instrument, instrument
from tapeloom.theory.keys import KeyScore, find_keys, related_keys, spell_key
from tapeloom.theory.progressions import Progression, progressions
from tapeloom.theory.recognition import recognise_chords
from tapeloom.theory.scales import ladder, pentatonic, scale
from tapeloom.theory.voice_leading import lead, motion
from tapeloom.theory.voicing import voicings

__all__ = [
    "DRUMS",
    "INSTRUMENTS",
    "Instrument",
    "KeyScore",
    "Progression",
    "available_tensions",
    "avoid_notes",
    "chord_scale",
    "find_keys",
    "instrument",
    "ladder",
    "lead",
    "motion",
    "name_chord",
    "pentatonic",
    "progressions",
    "recognise_chords",
    "recolour",
    "related_keys",
    "scale",
    "spell_key",
    "voicings",
]
