"""Pianos, electric keys, organs and other instruments of a keyboard."""

from tapeloom.theory.instruments.description import Instrument, registers

_TOUCH = ("legato", "staccato", "accent", "roll", "pedal")
_EVEN = ("legato", "staccato", "accent")

KEYBOARDS = (
    Instrument(
        "electric_piano", "Electric piano", 28, 100, (40, 84), 4, 12, family="keyboard",
        registers=registers("bass 28 47 growling 1; middle 48 71 bell-like 0; "
                            "treble 72 88 glassy -1; top 89 100 thin -4"),
        clef="grand", notes_per_s=14.0, repeats_per_s=8.0, hands=2, hand_span=14,
        articulations=_TOUCH, blends=("mallet", "synth", "plucked"),
        partners=("vibraphone", "warm_pad", "jazz_guitar"), acoustic=False,
        source="a Rhodes Mark I 73 reaches E1 to E7",
    ),
    Instrument(
        "felt_piano", "Felt piano", 21, 108, (36, 88), 0, 16, family="keyboard",
        registers=registers("bass 21 40 dark -2; tenor 41 59 warm -3; middle 60 83 soft -5; "
                            "treble 84 108 thin -9"),
        clef="grand", notes_per_s=12.0, repeats_per_s=7.0, hands=2, hand_span=14,
        articulations=_TOUCH, blends=("bowed", "mallet", "synth"),
        partners=("solo_cello", "celesta", "string_ensemble"),
        source="eighty-eight keys, A0 to C8",
    ),
    Instrument(
        "upright_piano", "Upright piano", 21, 108, (36, 96), 1, 16, family="keyboard",
        registers=registers("bass 21 40 dark 3; tenor 41 59 warm 2; middle 60 83 singing 1; "
                            "treble 84 108 bright -3"),
        clef="grand", notes_per_s=13.0, repeats_per_s=7.0, hands=2, hand_span=14,
        articulations=_TOUCH, blends=("plucked", "mallet", "bowed"),
        partners=("upright_bass", "flute", "vibraphone"),
        source="eighty-eight keys, A0 to C8",
    ),
    # The double escapement lets a grand repeat faster than an upright.
    Instrument(
        "grand_piano", "Grand piano", 21, 108, (28, 100), 0, 16, family="keyboard",
        registers=registers("bass 21 40 sonorous 5; tenor 41 59 warm 4; middle 60 83 singing 3; "
                            "treble 84 108 brilliant -1"),
        clef="grand", notes_per_s=15.0, repeats_per_s=11.0, hands=2, hand_span=14,
        articulations=_TOUCH, blends=("bowed", "mallet", "reed"),
        partners=("violin", "cello", "clarinet"), stand_in="upright_piano",
        source="eighty-eight keys, A0 to C8",
    ),
    Instrument(
        "clavinet", "Clavinet", 29, 88, (36, 79), 7, 8, family="keyboard",
        registers=registers("bass 29 47 percussive 1; middle 48 71 funky 0; treble 72 88 wiry -2"),
        clef="grand", notes_per_s=14.0, repeats_per_s=10.0, hands=2, hand_span=14,
        articulations=("staccato", "accent", "mute"), blends=("plucked", "synth"),
        partners=("electric_bass", "electric_guitar", "organ"), acoustic=False,
        source="sixty keys, F1 to E6",
    ),
    Instrument(
        "reed_piano", "Reed piano", 33, 96, (40, 84), 4, 12, family="keyboard",
        registers=registers("bass 33 47 growling 1; middle 48 71 reedy 0; treble 72 96 chiming -2"),
        clef="grand", notes_per_s=14.0, repeats_per_s=8.0, hands=2, hand_span=14,
        articulations=_TOUCH, blends=("reed", "plucked", "synth"),
        partners=("organ", "tenor_sax", "jazz_guitar"), acoustic=False,
        source="a Wurlitzer 200A has 64 keys, A1 to C7",
    ),
    Instrument(
        "fm_piano", "FM piano", 36, 96, (40, 84), 5, 12, family="keyboard",
        registers=registers("bass 36 47 round 0; middle 48 71 glassy 0; treble 72 96 crystal -1"),
        clef="grand", notes_per_s=15.0, repeats_per_s=10.0, hands=2, hand_span=14,
        articulations=_TOUCH, blends=("synth", "mallet", "bowed"),
        partners=("glass_pad", "string_ensemble", "celesta"), acoustic=False,
        source="a DX7 has 61 keys, C2 to C7",
    ),
    Instrument(
        "organ", "Organ", 36, 96, (43, 84), 16, 8, family="keyboard",
        registers=registers("bass 36 47 round 0; middle 48 71 full 1; treble 72 96 piercing 2"),
        clef="grand", notes_per_s=13.0, repeats_per_s=11.0, hands=2, hand_span=14,
        articulations=_EVEN, blends=("brass", "reed", "voice"),
        partners=("tenor_sax", "jazz_guitar", "reed_piano"), acoustic=False,
        source="a manual of 61 keys, C2 to C7; at the top the drawbars fold back",
    ),
    Instrument(
        "pipe_organ", "Pipe organ", 36, 96, (36, 91), 19, 10, family="keyboard",
        registers=registers("bass 36 47 grave 6; middle 48 71 full 6; treble 72 96 brilliant 6"),
        clef="grand", notes_per_s=11.0, repeats_per_s=8.0, hands=2, hand_span=14,
        articulations=("legato", "staccato"), blends=("brass", "voice"),
        partners=("trumpet", "trombone", "soprano_voice"), stand_in="organ",
        source="an eight-foot stop on a manual of 61 keys, C2 to C7",
    ),
    Instrument(
        "harmonium", "Harmonium", 36, 96, (43, 84), 20, 8, family="keyboard",
        registers=registers("bass 36 52 buzzing -2; middle 53 76 reedy -1; treble 77 96 thin -1"),
        clef="grand", notes_per_s=10.0, repeats_per_s=7.0, hands=2, hand_span=14,
        articulations=_EVEN, blends=("reed", "voice", "bowed"),
        partners=("clarinet", "solo_cello", "tenor_voice"), stand_in="accordion",
        source="an eight-foot stop on five octaves, C2 to C7",
    ),
    Instrument(
        "accordion", "Accordion", 53, 93, (55, 84), 21, 6, family="keyboard",
        registers=registers("low 53 64 reedy 1; middle 65 81 full 2; high 82 93 bright 2"),
        notes_per_s=13.0, repeats_per_s=9.0, hands=1, hand_span=14,
        articulations=("legato", "staccato", "accent", "swell"), blends=("reed", "bowed"),
        partners=("clarinet", "violin", "nylon_guitar"),
        source="a piano accordion's right hand of 41 keys, F3 to A6",
    ),
    Instrument(
        "tape_choir", "Tape choir", 43, 77, (48, 74), 52, 6, family="keyboard",
        registers=registers("low 43 54 murky -1; middle 55 67 veiled 0; high 68 77 wavering 0"),
        notes_per_s=6.0, repeats_per_s=5.0, hands=2, hand_span=14,
        articulations=_EVEN, blends=("voice", "bowed", "synth"),
        partners=("string_ensemble", "flute", "felt_piano"), acoustic=False,
        source="a Mellotron's 35 keys, G2 to F5",
    ),
    Instrument(
        "harpsichord", "Harpsichord", 29, 89, (36, 84), 6, 10, family="keyboard",
        registers=registers("bass 29 47 sonorous -2; middle 48 71 wiry -2; treble 72 89 bright -3"),
        clef="grand", notes_per_s=14.0, repeats_per_s=10.0, hands=2, hand_span=14,
        articulations=("legato", "staccato", "roll", "ornament"), blends=("plucked", "bowed"),
        partners=("cello", "recorder", "violin"), stand_in="clavinet",
        source="a French double of five octaves, F1 to F6",
    ),
    # Written an octave below what sounds.
    Instrument(
        "celesta", "Celesta", 60, 108, (60, 96), 8, 12, family="keyboard",
        registers=registers("low 60 71 soft -6; middle 72 95 sweet -5; high 96 108 sparkling -5"),
        transposition=12, clef="grand", notes_per_s=12.0, repeats_per_s=7.0, hands=2, hand_span=14,
        articulations=("staccato", "roll"), blends=("mallet", "flute", "plucked"),
        partners=("flute", "harp", "glockenspiel"),
        source="four octaves, sounding C4 to C8",
    ),
)  # fmt: skip
