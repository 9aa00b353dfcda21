"""Tuned percussion: bars, tubes, tines, pans and kettles."""

from tapeloom.theory.instruments.description import Instrument, registers

_STRUCK = ("staccato", "roll", "accent", "damp")

MALLETS = (
    Instrument(
        "vibraphone", "Vibraphone", 53, 89, (53, 84), 11, 8, family="mallet",
        registers=registers("low 53 64 mellow 0; middle 65 76 glowing 0; high 77 89 clear 0"),
        notes_per_s=11.0, repeats_per_s=12.0, leap=19, hands=2, hand_span=12, hand_notes=2,
        articulations=_STRUCK, blends=("keyboard", "plucked", "flute"),
        partners=("electric_piano", "jazz_guitar", "flute"), source="three octaves, F3 to F6",
    ),
    Instrument(
        "marimba", "Marimba", 45, 96, (45, 84), 12, 8, family="mallet",
        registers=registers("low 45 59 dark -2; middle 60 76 woody -1; high 77 96 dry -1"),
        clef="grand", notes_per_s=13.0, repeats_per_s=14.0, leap=19, hands=2, hand_span=12,
        hand_notes=2, articulations=_STRUCK, blends=("plucked", "reed", "flute"),
        partners=("clarinet", "nylon_guitar", "kalimba"),
        source="four and a third octaves, A2 to C7",
    ),
    Instrument(
        "xylophone", "Xylophone", 65, 108, (67, 103), 13, 4, family="mallet",
        registers=registers("low 65 76 woody 2; middle 77 91 hard 4; high 92 108 brittle 4"),
        transposition=12, notes_per_s=14.0, repeats_per_s=14.0, leap=19, hands=2, hand_span=12,
        hand_notes=2, articulations=_STRUCK, blends=("flute", "plucked"),
        partners=("piccolo", "flute", "violins"), stand_in="marimba",
        source="three and a half octaves, sounding F4 to C8",
    ),
    Instrument(
        "glockenspiel", "Glockenspiel", 79, 108, (79, 105), 9, 4, family="mallet",
        registers=registers("low 79 90 silvery 1; high 91 108 sparkling 3"),
        transposition=24, clef="treble_15ma", notes_per_s=11.0, repeats_per_s=12.0, leap=19,
        hands=2, hand_span=12, hand_notes=2, articulations=_STRUCK,
        blends=("flute", "keyboard"), partners=("flute", "celesta", "violins"), stand_in="celesta",
        source="two and a half octaves, sounding G5 to C8",
    ),
    Instrument(
        "crotales", "Crotales", 84, 108, (84, 108), 9, 2, family="mallet",
        registers=registers("low 84 95 pure 0; high 96 108 piercing 1"),
        transposition=24, clef="treble_15ma", notes_per_s=6.0, repeats_per_s=8.0, leap=12,
        hands=2, hand_span=12, hand_notes=1, articulations=("let ring", "damp", "bowed"),
        blends=("flute", "keyboard"), partners=("glockenspiel", "celesta", "harp"),
        stand_in="celesta", source="two octaves, sounding C6 to C8",
    ),
    Instrument(
        "tubular_bells", "Tubular bells", 60, 77, (60, 77), 14, 2, family="mallet",
        registers=registers("low 60 67 solemn 4; high 68 77 bright 5"),
        notes_per_s=4.0, repeats_per_s=4.0, leap=12, hands=2, hand_span=12, hand_notes=1,
        articulations=("let ring", "damp"), blends=("brass", "keyboard"),
        partners=("horn", "trombone", "pipe_organ"), stand_in="bells",
        source="one and a half octaves, C4 to F5",
    ),
    Instrument(
        "bells", "Bells", 48, 84, (55, 77), 14, 12, family="mallet",
        registers=registers("low 48 59 solemn 3; middle 60 71 clear 3; high 72 84 bright 3"),
        notes_per_s=6.0, repeats_per_s=6.0, leap=24, articulations=("let ring", "damp"),
        blends=("brass", "keyboard", "synth"), partners=("glass_pad", "horn", "music_box"),
        source="orchestral chimes hang from C4 to F5; towers have lower bells",
    ),
    Instrument(
        "kalimba", "Kalimba", 60, 88, (60, 84), 108, 8, family="mallet",
        registers=registers("low 60 69 warm -7; middle 70 81 plucked -7; high 82 88 thin -8"),
        notes_per_s=9.0, repeats_per_s=6.0, leap=24, hands=2, hand_span=28, hand_notes=1,
        articulations=("let ring", "damp"), blends=("plucked", "flute", "mallet"),
        partners=("marimba", "nylon_guitar", "ocarina"),
        source="seventeen tines in C reach C4 to E6",
    ),
    # Wound by a spring: no hand limits it.
    Instrument(
        "music_box", "Music box", 60, 100, (65, 93), 10, 12, family="mallet",
        registers=registers("low 60 71 mellow -8; middle 72 86 tinkling -7; high 87 100 tiny -8"),
        notes_per_s=10.0, repeats_per_s=5.0, articulations=("let ring",),
        blends=("keyboard", "synth", "plucked"), partners=("celesta", "felt_piano", "glass_pad"),
        source="teeth of the small combs sound from about C4 up",
    ),
    Instrument(
        "steel_drum", "Steel drum", 60, 88, (60, 84), 114, 8, family="mallet",
        registers=registers("low 60 71 round 1; high 72 88 bright 2"),
        notes_per_s=11.0, repeats_per_s=13.0, leap=19, hands=2, hand_span=12, hand_notes=1,
        articulations=("roll", "accent"), blends=("plucked", "mallet"),
        partners=("marimba", "ukulele", "electric_bass"), source="a lead pan, C4 to E6",
    ),
    Instrument(
        "timpani", "Timpani", 38, 60, (41, 57), 47, 2, family="mallet",
        registers=registers("low 38 44 rumbling 8; middle 45 53 round 8; high 54 60 taut 7"),
        clef="bass", notes_per_s=10.0, repeats_per_s=13.0, leap=12, hands=2, hand_span=22,
        hand_notes=1, articulations=("roll", "accent", "damp"), blends=("brass", "drums"),
        partners=("tuba", "double_basses", "trombone"), stand_in="bells",
        source="five kettles, D2 to C4",
    ),
)  # fmt: skip
