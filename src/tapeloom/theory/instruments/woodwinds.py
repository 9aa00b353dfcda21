"""Flutes and reeds."""

from tapeloom.theory.instruments.description import Instrument, registers

_TONGUED = ("legato", "staccato", "tenuto", "accent", "trill", "vibrato")
_FLUTED = (*_TONGUED, "flutter")
_SAX = (*_TONGUED, "scoop", "fall", "growl")

WOODWINDS = (
    # Written an octave below what sounds.
    Instrument(
        "piccolo", "Piccolo", 74, 108, (77, 103), 72, 1, family="flute",
        registers=registers("low 74 81 hollow -8; middle 82 93 bright 2; high 94 108 shrill 9"),
        transposition=12, notes_per_s=13.0, repeats_per_s=11.0, leap=14, breath_s=8.0,
        articulations=_FLUTED, blends=("flute", "mallet"),
        partners=("flute", "glockenspiel", "violins"), stand_in="ocarina",
    ),
    Instrument(
        "flute", "Flute", 60, 96, (62, 88), 73, 1, family="flute",
        registers=registers("low 60 71 breathy -8; middle 72 83 clear 0; high 84 96 brilliant 5"),
        notes_per_s=13.0, repeats_per_s=11.0, leap=15, breath_s=9.0,
        articulations=_FLUTED, blends=("flute", "bowed", "plucked", "mallet"),
        partners=("violin", "clarinet", "oboe", "celesta", "harp"),
        source="a concert flute reaches C4 to C7",
    ),
    Instrument(
        "alto_flute", "Alto flute", 55, 91, (57, 79), 73, 1, family="flute",
        registers=registers("low 55 66 velvety -6; middle 67 79 soft -2; high 80 91 pale 1"),
        transposition=-5, notes_per_s=11.0, repeats_per_s=9.0, leap=14, breath_s=7.0,
        articulations=_FLUTED, blends=("flute", "plucked", "bowed"),
        partners=("harp", "viola", "nylon_guitar"), stand_in="flute",
        source="a flute in G, written C4 to C7",
    ),
    Instrument(
        "recorder", "Recorder", 65, 91, (67, 86), 74, 1, family="flute",
        registers=registers("low 65 72 soft -8; middle 73 83 woody -4; high 84 91 bright -1"),
        notes_per_s=12.0, repeats_per_s=10.0, leap=13, breath_s=11.0,
        articulations=("legato", "staccato", "trill"), blends=("flute", "plucked"),
        partners=("harpsichord", "viola", "nylon_guitar"), stand_in="ocarina",
        source="a treble (alto) recorder, F4 to G6",
    ),
    Instrument(
        "pan_flute", "Pan flute", 67, 91, (67, 88), 75, 1, family="flute",
        registers=registers("low 67 76 airy -5; high 77 91 pure -2"),
        notes_per_s=8.0, repeats_per_s=7.0, leap=12, breath_s=7.0,
        articulations=("legato", "staccato", "vibrato", "scoop"), blends=("flute", "plucked"),
        partners=("nylon_guitar", "harp", "string_ensemble"), stand_in="ocarina",
        source="common practice: a tenor of 15 to 18 pipes in G",
    ),
    Instrument(
        "ocarina", "Ocarina", 69, 89, (72, 86), 79, 1, family="flute",
        registers=registers("low 69 77 round -6; high 78 89 pure -3"),
        notes_per_s=10.0, repeats_per_s=9.0, leap=12, breath_s=8.0,
        articulations=("legato", "staccato", "vibrato"), blends=("flute", "plucked", "mallet"),
        partners=("ukulele", "nylon_guitar", "kalimba"), source="an alto ocarina in C, A4 to F6",
    ),
    Instrument(
        "oboe", "Oboe", 58, 91, (60, 84), 68, 1, family="reed",
        registers=registers("low 58 64 thick 3; middle 65 81 plaintive 1; high 82 91 thin -2"),
        notes_per_s=11.0, repeats_per_s=8.0, leap=12, breath_s=18.0,
        articulations=_TONGUED, blends=("reed", "flute", "bowed"),
        partners=("flute", "clarinet", "violins", "bassoon"), stand_in="clarinet",
    ),
    Instrument(
        "english_horn", "English horn", 52, 81, (52, 76), 69, 1, family="reed",
        registers=registers("low 52 60 dark 2; middle 61 73 melancholy 1; high 74 81 thin -2"),
        transposition=-7, notes_per_s=10.0, repeats_per_s=7.0, leap=12, breath_s=16.0,
        articulations=_TONGUED, blends=("reed", "bowed"),
        partners=("viola", "clarinet", "cello", "horn"), stand_in="clarinet",
        source="an oboe in F, written B3 to E6",
    ),
    Instrument(
        "clarinet", "Clarinet", 50, 91, (50, 84), 71, 1, family="reed",
        registers=registers("chalumeau 50 64 dark 0; throat 65 68 pale -3; "
                            "clarion 69 82 clear 2; altissimo 83 91 piercing 4"),
        transposition=-2, notes_per_s=13.0, repeats_per_s=8.0, leap=19, breath_s=13.0,
        articulations=(*_TONGUED, "scoop"), blends=("reed", "flute", "bowed", "brass"),
        partners=("flute", "bassoon", "viola", "horn"),
        source="a clarinet in B flat, written E3 to A6; above Bb6 nobody plays softly",
    ),
    Instrument(
        "bass_clarinet", "Bass clarinet", 37, 77, (37, 67), 71, 1, family="reed",
        registers=registers("chalumeau 37 52 dark 1; middle 53 64 hollow -1; "
                            "high 65 77 strained 0"),
        transposition=-14, notes_per_s=11.0, repeats_per_s=7.0, leap=19, breath_s=10.0,
        articulations=(*_TONGUED, "slap"), blends=("reed", "bowed", "brass"),
        partners=("bassoon", "cello", "double_bass"), stand_in="clarinet",
        source="written Eb3 to G6",
    ),
    Instrument(
        "bassoon", "Bassoon", 34, 75, (34, 67), 70, 1, family="reed",
        registers=registers("low 34 43 reedy 3; middle 44 59 sweet 0; high 60 75 strained -2"),
        clef="bass", notes_per_s=11.0, repeats_per_s=8.0, leap=19, breath_s=12.0,
        articulations=_TONGUED, blends=("reed", "brass", "bowed"),
        partners=("clarinet", "cello", "horn", "oboe"), stand_in="tenor_sax",
    ),
    Instrument(
        "contrabassoon", "Contrabassoon", 22, 58, (22, 48), 70, 1, family="reed",
        registers=registers("low 22 33 rattling 2; middle 34 45 dark 0; high 46 58 thin -4"),
        transposition=-12, clef="bass_8vb", notes_per_s=6.0, repeats_per_s=5.0, leap=14,
        breath_s=7.0, articulations=_TONGUED, blends=("reed", "bowed", "brass"),
        partners=("double_bass", "tuba", "bassoon"), stand_in="tenor_sax",
    ),
    Instrument(
        "soprano_sax", "Soprano saxophone", 56, 87, (58, 82), 64, 1, family="reed",
        registers=registers("low 56 63 honking 5; middle 64 77 nasal 4; high 78 87 bright 5"),
        transposition=-2, notes_per_s=13.0, repeats_per_s=9.0, leap=14, breath_s=12.0,
        articulations=_SAX, blends=("reed", "brass"), partners=("alto_sax", "trumpet", "clarinet"),
        stand_in="clarinet", source="written Bb3 to F6",
    ),
    Instrument(
        "alto_sax", "Alto saxophone", 49, 80, (51, 76), 65, 1, family="reed",
        registers=registers("low 49 57 husky 5; middle 58 70 singing 4; high 71 80 bright 5"),
        transposition=-9, notes_per_s=13.0, repeats_per_s=9.0, leap=14, breath_s=12.0,
        articulations=_SAX, blends=("reed", "brass"),
        partners=("tenor_sax", "trumpet", "flugelhorn"), stand_in="tenor_sax",
        source="written Bb3 to F6",
    ),
    Instrument(
        "tenor_sax", "Tenor saxophone", 44, 76, (46, 74), 66, 1, family="reed",
        registers=registers("low 44 51 husky 5; middle 52 65 smoky 4; high 66 76 singing 5"),
        transposition=-14, notes_per_s=12.0, repeats_per_s=8.0, leap=14, breath_s=11.0,
        articulations=_SAX, blends=("reed", "brass"),
        partners=("trumpet", "alto_sax", "trombone", "jazz_guitar"),
        source="a tenor in B flat, written Bb3 to F#6",
    ),
    Instrument(
        "baritone_sax", "Baritone saxophone", 36, 68, (37, 64), 67, 1, family="reed",
        registers=registers("low 36 44 gruff 6; middle 45 57 full 4; high 58 68 strained 4"),
        transposition=-21, notes_per_s=11.0, repeats_per_s=7.0, leap=14, breath_s=9.0,
        articulations=_SAX, blends=("reed", "brass"),
        partners=("bass_trombone", "tenor_sax", "electric_bass"), stand_in="tenor_sax",
        source="written A3, which today's instruments have, to F6",
    ),
)  # fmt: skip
