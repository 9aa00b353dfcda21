"""Pads, leads and synthesised basses: our own, with the ranges in which they keep their colour."""

from tapeloom.theory.instruments.description import Instrument, registers

_OWN = "our own; the range in which it keeps its colour"
_HELD = ("legato", "swell")  # they fade in: no quick notes
_KEYED = ("legato", "staccato", "accent")

SYNTHESIZERS = (
    Instrument(
        "warm_pad", "Warm pad", 36, 96, (48, 79), 89, 8,
        registers=registers("low 36 52 thick 0; middle 53 72 warm 0; high 73 96 soft -1"),
        clef="grand", notes_per_s=5.0, articulations=_HELD, blends=("keyboard", "bowed", "voice"),
        partners=("electric_piano", "felt_piano", "flute"), acoustic=False, source=_OWN,
    ),
    Instrument(
        "choir_pad", "Choir pad", 41, 84, (48, 79), 91, 8,
        registers=registers("low 41 54 dark 0; middle 55 69 vowel-like 0; high 70 84 airy 0"),
        clef="grand", notes_per_s=5.0, articulations=_HELD, blends=("voice", "bowed", "keyboard"),
        partners=("string_ensemble", "felt_piano", "celesta"), acoustic=False, source=_OWN,
    ),
    Instrument(
        "glass_pad", "Glass pad", 45, 96, (52, 88), 92, 8,
        registers=registers("low 45 59 cool 0; middle 60 76 glassy 0; high 77 96 crystal 0"),
        clef="grand", notes_per_s=5.0, articulations=_HELD, blends=("mallet", "keyboard"),
        partners=("celesta", "fm_piano", "music_box"), acoustic=False, source=_OWN,
    ),
    Instrument(
        "grain_pad", "Grain pad", 41, 93, (48, 84), 94, 8,
        registers=registers("low 41 54 murky 0; middle 55 72 shimmering 0; high 73 93 dusty 0"),
        clef="grand", notes_per_s=5.0, articulations=_HELD, blends=("keyboard", "voice"),
        partners=("felt_piano", "glass_pad"), acoustic=False, source=_OWN,
    ),
    Instrument(
        "wave_keys", "Wave keys", 36, 96, (48, 84), 90, 8,
        registers=registers("low 36 52 hollow 0; middle 53 72 moving 0; high 73 96 bright 0"),
        clef="grand", notes_per_s=15.0, hands=2, hand_span=14, articulations=_KEYED,
        blends=("keyboard", "mallet"), partners=("pluck", "warm_pad"), acoustic=False, source=_OWN,
    ),
    Instrument(
        "lead", "Lead", 40, 96, (52, 84), 81, 1,
        registers=registers("low 40 55 buzzing 0; middle 56 76 singing 0; high 77 96 piercing 2"),
        notes_per_s=15.0, articulations=(*_KEYED, "glide", "bend"), blends=("reed", "plucked"),
        partners=("pluck", "electric_guitar"), acoustic=False, source=_OWN,
    ),
    Instrument(
        "pluck", "Pluck", 36, 93, (48, 84), 84, 8,
        registers=registers("low 36 52 round 0; middle 53 72 snappy 0; high 73 93 bright 0"),
        clef="grand", articulations=_KEYED, blends=("plucked", "mallet", "keyboard"),
        partners=("marimba", "wave_keys", "lead"), acoustic=False, source=_OWN,
    ),
    Instrument(
        "sub_bass", "Sub bass", 24, 55, (26, 45), 39, 1,
        registers=registers("low 24 35 deep 0; high 36 55 round 0"),
        clef="bass", notes_per_s=10.0, articulations=("legato", "glide"),
        blends=("drums", "keyboard"), partners=("synth_bass", "warm_pad"), acoustic=False,
        source=_OWN,
    ),
    Instrument(
        "synth_bass", "Synth bass", 24, 60, (28, 50), 38, 1,
        registers=registers("low 24 38 fat 0; high 39 60 biting 0"),
        clef="bass", notes_per_s=14.0, articulations=(*_KEYED, "glide"),
        blends=("drums", "keyboard"), partners=("sub_bass", "lead"), acoustic=False, source=_OWN,
    ),
)  # fmt: skip
