"""Bowed strings, alone and in sections."""

from dataclasses import replace

from tapeloom.theory.instruments.description import Instrument, registers

_BOWED = ("legato", "staccato", "spiccato", "tremolo", "pizzicato", "harmonic", "vibrato", "mute")
# Desks play the same line: eight of them are 9 dB above one. Their top is lower and their tempo
# slower than a soloist's.
_DESKS = {"violins": 12, "violas": 8, "cellos": 8, "double_basses": 6}

_SOLO = (
    Instrument(
        "violin", "Violin", 55, 100, (55, 91), 40, 2, family="bowed",
        registers=registers("G-string 55 61 rich 0; D-string 62 68 soft -1; "
                            "A-string 69 75 warm -1; E-string 76 91 brilliant 1; "
                            "top 92 100 thin -2"),
        notes_per_s=14.0, repeats_per_s=13.0, leap=15, strings=(55, 62, 69, 76),
        articulations=_BOWED, blends=("bowed", "flute", "reed"),
        partners=("flute", "viola", "oboe", "clarinet"), stand_in="solo_cello",
        source="four strings G3 D4 A4 E5, up to E7",
    ),
    Instrument(
        "viola", "Viola", 48, 88, (48, 79), 41, 2, family="bowed",
        registers=registers("C-string 48 54 dark -1; G-string 55 61 warm -2; "
                            "D-string 62 68 veiled -3; A-string 69 88 nasal -2"),
        clef="alto", notes_per_s=13.0, repeats_per_s=12.0, leap=15, strings=(48, 55, 62, 69),
        articulations=_BOWED, blends=("bowed", "reed", "brass"),
        partners=("clarinet", "cello", "violin", "english_horn"), stand_in="solo_cello",
        source="four strings C3 G3 D4 A4, up to E6",
    ),
    Instrument(
        "cello", "Cello", 36, 81, (36, 74), 42, 2, family="bowed",
        registers=registers("C-string 36 42 dark 2; G-string 43 49 warm 1; "
                            "D-string 50 56 soft 0; A-string 57 81 singing 2"),
        clef="bass", notes_per_s=11.0, repeats_per_s=11.0, leap=14, strings=(36, 43, 50, 57),
        articulations=_BOWED, blends=("bowed", "reed", "brass"),
        partners=("bassoon", "viola", "horn", "double_bass"), stand_in="solo_cello",
        source="four strings C2 G2 D3 A3, up to A5",
    ),
    Instrument(
        "double_bass", "Double bass", 28, 67, (28, 57), 43, 1, family="bowed",
        registers=registers("low 28 38 dark 2; middle 39 50 gruff 1; high 51 67 strained -1"),
        transposition=-12, clef="bass_8vb", notes_per_s=8.0, repeats_per_s=9.0, leap=12,
        strings=(28, 33, 38, 43), articulations=_BOWED, blends=("bowed", "reed", "brass"),
        partners=("cello", "bassoon", "tuba", "contrabassoon"), stand_in="solo_cello",
        source="four strings E1 A1 D2 G2, up to G4",
    ),
)  # fmt: skip


def _section(name: str, title: str, solo: Instrument) -> Instrument:
    return replace(
        solo, name=name, title=title, players=_DESKS[name], notes_per_s=0.85 * solo.notes_per_s,
        program=48, stand_in="string_ensemble",
    )  # fmt: skip


_SECTIONS = tuple(
    _section(name, title, solo)
    for (name, title), solo in zip(
        (("violins", "Violins"), ("violas", "Violas"), ("cellos", "Cellos"),
         ("double_basses", "Double basses")), _SOLO, strict=True,
    )
)  # fmt: skip
BOWED = (
    *_SOLO,
    Instrument(
        "solo_cello", "Solo cello", 36, 81, (36, 72), 42, 1, family="bowed",
        registers=registers("C-string 36 42 dark 2; G-string 43 49 warm 1; "
                            "D-string 50 56 soft 0; A-string 57 81 singing 2"),
        clef="bass", notes_per_s=11.0, repeats_per_s=11.0, leap=14, strings=(36, 43, 50, 57),
        articulations=_BOWED, blends=("bowed", "reed", "keyboard"),
        partners=("felt_piano", "clarinet", "nylon_guitar"),
        source="four strings C2 G2 D3 A3, up to A5",
    ),
    *_SECTIONS,
    # A whole string orchestra under one hand.
    Instrument(
        "string_ensemble", "String ensemble", 36, 93, (48, 84), 48, 8, family="bowed",
        registers=registers("low 36 54 dark 1; middle 55 72 warm 0; high 73 93 silken 0"),
        clef="grand", notes_per_s=8.0, repeats_per_s=10.0, leap=24,
        articulations=("legato", "staccato", "tremolo", "pizzicato"),
        blends=("bowed", "voice", "keyboard", "synth"),
        partners=("felt_piano", "flute", "tape_choir"), players=16,
        source="our own; the range in which it keeps its colour",
    ),
)  # fmt: skip
