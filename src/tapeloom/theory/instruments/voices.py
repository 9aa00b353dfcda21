"""Singing voices, each alone."""

from tapeloom.theory.instruments.description import Instrument, registers

_SUNG = ("legato", "staccato", "accent", "vibrato", "scoop")

VOICES = (
    Instrument(
        "soprano_voice", "Soprano", 60, 84, (60, 79), 53, 1, family="voice",
        registers=registers("low 60 65 pale -5; middle 66 76 clear 0; high 77 84 radiant 5"),
        notes_per_s=8.0, repeats_per_s=6.0, leap=12, breath_s=11.0, articulations=_SUNG,
        blends=("voice", "flute", "bowed"), partners=("violin", "flute", "tenor_voice"),
        stand_in="choir_pad",
    ),
    Instrument(
        "alto_voice", "Alto", 53, 77, (55, 74), 53, 1, family="voice",
        registers=registers("low 53 59 dark -3; middle 60 69 warm 0; high 70 77 strong 3"),
        notes_per_s=7.0, repeats_per_s=6.0, leap=12, breath_s=11.0, articulations=_SUNG,
        blends=("voice", "reed", "bowed"), partners=("viola", "clarinet", "soprano_voice"),
        stand_in="choir_pad",
    ),
    Instrument(
        "tenor_voice", "Tenor", 47, 72, (48, 67), 53, 1, family="voice",
        registers=registers("low 47 53 soft -4; middle 54 63 warm 0; high 64 72 ringing 5"),
        clef="treble_8vb", transposition=-12, notes_per_s=7.0, repeats_per_s=6.0, leap=12,
        breath_s=12.0, articulations=_SUNG, blends=("voice", "brass", "bowed"),
        partners=("cello", "horn", "soprano_voice"), stand_in="choir_pad",
    ),
    Instrument(
        "bass_voice", "Bass", 40, 65, (40, 60), 53, 1, family="voice",
        registers=registers("low 40 46 deep -2; middle 47 57 full 1; high 58 65 strong 4"),
        clef="bass", notes_per_s=6.0, repeats_per_s=6.0, leap=12, breath_s=12.0,
        articulations=_SUNG, blends=("voice", "brass", "reed"),
        partners=("cello", "bassoon", "tenor_voice"), stand_in="choir_pad",
    ),
)  # fmt: skip
