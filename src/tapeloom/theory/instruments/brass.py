"""Horns, trumpets, trombones and tubas."""

from tapeloom.theory.instruments.description import Instrument, registers

_BLOWN = ("legato", "staccato", "tenuto", "accent", "sforzando", "mute")
_JAZZ = (*_BLOWN, "fall", "doit", "scoop", "shake")

BRASS = (
    Instrument(
        "horn", "Horn in F", 35, 77, (43, 72), 60, 1, family="brass",
        registers=registers("low 35 47 dark -1; middle 48 64 mellow 4; high 65 77 heroic 8"),
        transposition=-7, notes_per_s=8.0, repeats_per_s=8.0, leap=12, breath_s=12.0,
        articulations=(*_BLOWN, "stopped"), blends=("brass", "reed", "bowed"),
        partners=("bassoon", "cello", "clarinet", "trombone"), stand_in="muted_trumpet",
        source="a double horn in F, written F#2 to C6",
    ),
    Instrument(
        "trumpet", "Trumpet", 52, 84, (55, 79), 56, 1, family="brass",
        registers=registers("low 52 59 dull 3; middle 60 72 ringing 7; high 73 84 brilliant 11"),
        transposition=-2, notes_per_s=11.0, repeats_per_s=11.0, leap=11, breath_s=12.0,
        articulations=_JAZZ, blends=("brass", "reed"),
        partners=("trombone", "tenor_sax", "alto_sax", "horn"), stand_in="muted_trumpet",
        source="a trumpet in B flat, written F#3 to D6",
    ),
    Instrument(
        "muted_trumpet", "Muted trumpet", 52, 84, (55, 79), 59, 1, family="brass",
        registers=registers("low 52 59 hollow -2; middle 60 72 nasal 1; high 73 84 wiry 3"),
        transposition=-2, notes_per_s=10.0, repeats_per_s=10.0, leap=11, breath_s=12.0,
        articulations=_JAZZ, blends=("reed", "flute", "plucked"),
        partners=("tenor_sax", "flute", "jazz_guitar"),
        source="a trumpet in B flat, written F#3 to D6 and, muted, comfortable to sounding G5",
    ),
    Instrument(
        "cornet", "Cornet", 52, 82, (55, 77), 56, 1, family="brass",
        registers=registers("low 52 59 dark 2; middle 60 72 round 5; high 73 82 bright 8"),
        transposition=-2, notes_per_s=12.0, repeats_per_s=11.0, leap=12, breath_s=12.0,
        articulations=_JAZZ, blends=("brass", "reed"),
        partners=("clarinet", "trombone", "euphonium"), stand_in="muted_trumpet",
        source="a cornet in B flat, written F#3 to C6",
    ),
    Instrument(
        "flugelhorn", "Flugelhorn", 52, 82, (54, 75), 56, 1, family="brass",
        registers=registers("low 52 59 velvety 2; middle 60 70 mellow 4; high 71 82 thin 6"),
        transposition=-2, notes_per_s=10.0, repeats_per_s=9.0, leap=11, breath_s=11.0,
        articulations=_JAZZ, blends=("brass", "reed", "bowed"),
        partners=("tenor_sax", "horn", "flute"), stand_in="muted_trumpet",
        source="a flugelhorn in B flat, written F#3 to C6",
    ),
    Instrument(
        "trombone", "Trombone", 40, 74, (41, 67), 57, 1, family="brass",
        registers=registers("low 40 48 dark 5; middle 49 62 noble 7; high 63 74 brilliant 10"),
        clef="bass", notes_per_s=7.0, repeats_per_s=8.0, leap=11, breath_s=10.0,
        articulations=(*_JAZZ, "glissando"), blends=("brass", "reed"),
        partners=("trumpet", "horn", "tenor_sax", "tuba"), stand_in="tenor_sax",
        source="a tenor trombone without its valve, E2 to D5",
    ),
    Instrument(
        "bass_trombone", "Bass trombone", 34, 67, (34, 62), 57, 1, family="brass",
        registers=registers("low 34 43 grave 6; middle 44 57 full 7; high 58 67 bright 9"),
        clef="bass", notes_per_s=6.0, repeats_per_s=7.0, leap=11, breath_s=7.0,
        articulations=_BLOWN, blends=("brass", "reed"),
        partners=("tuba", "trombone", "baritone_sax"), stand_in="tenor_sax",
    ),
    Instrument(
        "euphonium", "Euphonium", 40, 70, (41, 67), 58, 1, family="brass",
        registers=registers("low 40 49 warm 3; middle 50 62 mellow 5; high 63 70 singing 7"),
        clef="bass", notes_per_s=10.0, repeats_per_s=9.0, leap=12, breath_s=10.0,
        articulations=_BLOWN, blends=("brass", "reed"),
        partners=("tuba", "horn", "trombone"), stand_in="tenor_sax",
    ),
    Instrument(
        "tuba", "Tuba", 26, 65, (29, 58), 58, 1, family="brass",
        registers=registers("low 26 38 massive 5; middle 39 52 round 6; high 53 65 firm 8"),
        clef="bass", notes_per_s=7.0, repeats_per_s=7.0, leap=11, breath_s=6.0,
        articulations=_BLOWN, blends=("brass", "reed", "bowed"),
        partners=("trombone", "double_basses", "bassoon"), stand_in="tenor_sax",
    ),
)  # fmt: skip
