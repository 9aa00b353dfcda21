"""Guitars, basses, harps and what else is plucked."""

from tapeloom.theory.instruments.description import Instrument, registers

_GUITAR = (40, 45, 50, 55, 59, 64)
_BASS = (28, 33, 38, 43)
_FRETTED = ("slide", "hammer", "mute", "harmonic", "strum", "vibrato")

PLUCKED = (
    Instrument(
        "nylon_guitar", "Nylon guitar", 40, 83, (40, 79), 24, 6, family="plucked",
        registers=registers("low 40 51 warm -4; middle 52 68 mellow -5; high 69 83 sweet -7"),
        transposition=-12, clef="treble_8vb", notes_per_s=11.0, repeats_per_s=11.0, leap=17,
        hands=1, hand_span=28, hand_notes=6, strings=_GUITAR, articulations=_FRETTED,
        blends=("flute", "mallet", "voice"), partners=("flute", "upright_bass", "vibraphone"),
        source="six strings E2 to E4, nineteen frets: B5",
    ),
    Instrument(
        "steel_guitar", "Steel-string guitar", 40, 84, (40, 79), 25, 6, family="plucked",
        registers=registers("low 40 51 full -3; middle 52 68 ringing -4; high 69 84 bright -6"),
        transposition=-12, clef="treble_8vb", notes_per_s=11.0, repeats_per_s=10.0, leap=17,
        hands=1, hand_span=28, hand_notes=6, strings=_GUITAR, articulations=_FRETTED,
        blends=("keyboard", "voice", "bowed"), partners=("upright_piano", "mandolin", "violin"),
        source="six strings E2 to E4; a cutaway reaches the twentieth fret, C6",
    ),
    Instrument(
        "jazz_guitar", "Jazz guitar", 40, 86, (43, 79), 26, 6, family="plucked",
        registers=registers("low 40 51 round 0; middle 52 68 warm 0; high 69 86 mellow -2"),
        transposition=-12, clef="treble_8vb", notes_per_s=12.0, repeats_per_s=10.0, leap=17,
        hands=1, hand_span=28, hand_notes=6, strings=_GUITAR, articulations=_FRETTED,
        blends=("keyboard", "reed", "mallet"),
        partners=("electric_piano", "tenor_sax", "vibraphone"), acoustic=False,
        source="twenty-two frets on six strings E2 to E4: D6",
    ),
    Instrument(
        "electric_guitar", "Electric guitar", 40, 86, (40, 84), 27, 6, family="plucked",
        registers=registers("low 40 51 full 0; middle 52 68 clear 0; high 69 86 singing 0"),
        transposition=-12, clef="treble_8vb", notes_per_s=13.0, repeats_per_s=12.0, leap=17,
        hands=1, hand_span=28, hand_notes=6, strings=_GUITAR, articulations=(*_FRETTED, "bend"),
        blends=("keyboard", "synth", "brass"), partners=("organ", "clavinet", "electric_bass"),
        acoustic=False, stand_in="jazz_guitar",
        source="twenty-two frets on six strings E2 to E4: D6",
    ),
    Instrument(
        "ukulele", "Ukulele", 60, 84, (60, 79), 24, 4, family="plucked",
        registers=registers("low 60 69 plain -7; high 70 84 bright -7"),
        notes_per_s=10.0, repeats_per_s=10.0, leap=14, hands=1, hand_span=19, hand_notes=4,
        strings=(60, 64, 67, 69), articulations=_FRETTED, blends=("flute", "mallet", "voice"),
        partners=("ocarina", "nylon_guitar", "kalimba"),
        source="strings G4 C4 E4 A4 (C4 the lowest), fifteen frets to the body: C6",
    ),
    # Two strings of a course sound one note.
    Instrument(
        "mandolin", "Mandolin", 55, 93, (55, 88), 25, 4, family="plucked",
        registers=registers("low 55 66 woody -5; middle 67 81 bright -5; high 82 93 thin -8"),
        notes_per_s=12.0, repeats_per_s=14.0, leap=15, hands=1, hand_span=30, hand_notes=4,
        strings=(55, 62, 69, 76), articulations=(*_FRETTED, "tremolo"),
        blends=("bowed", "voice"), partners=("steel_guitar", "violin", "accordion"),
        stand_in="ukulele",
        source="courses G3 D4 A4 E5, seventeen frets: A6",
    ),
    Instrument(
        "harp", "Harp", 24, 103, (36, 88), 46, 16, family="plucked",
        registers=registers("bass 24 43 dark -3; middle 44 79 rich -3; high 80 103 dry -7"),
        clef="grand", notes_per_s=10.0, repeats_per_s=5.0, hands=2, hand_span=16, hand_notes=4,
        articulations=("roll", "glissando", "harmonic", "damp"),
        blends=("flute", "mallet", "bowed"), partners=("flute", "celesta", "violins"),
        source="forty-seven strings, C1 to G7",
    ),
    Instrument(
        "upright_bass", "Upright bass", 28, 67, (28, 50), 32, 1, family="plucked",
        registers=registers("low 28 38 deep -2; middle 39 50 woody -2; high 51 67 nasal -4"),
        transposition=-12, clef="bass_8vb", notes_per_s=7.5, repeats_per_s=7.0, leap=14,
        strings=_BASS, articulations=("slide", "ghost", "slap"),
        blends=("plucked", "drums", "keyboard"), partners=("upright_piano", "jazz_guitar"),
        source="four strings E1 A1 D2 G2; the neck is played to about G4",
    ),
    Instrument(
        "electric_bass", "Electric bass", 28, 67, (28, 52), 33, 1, family="plucked",
        registers=registers("low 28 38 deep 0; middle 39 52 round 0; high 53 67 singing -1"),
        transposition=-12, clef="bass_8vb", notes_per_s=11.0, repeats_per_s=10.0, leap=17,
        strings=_BASS, articulations=("slide", "ghost", "slap", "mute"),
        blends=("plucked", "drums", "keyboard"), partners=("electric_piano", "clavinet"),
        acoustic=False, source="four strings E1 A1 D2 G2, twenty-four frets: G4",
    ),
)  # fmt: skip
