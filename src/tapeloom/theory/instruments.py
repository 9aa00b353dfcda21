"""What each instrument can play: the one owner of ranges and of the drum keys."""

from dataclasses import dataclass

from tapeloom.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument's sounding range, its comfortable part, and its General MIDI program."""

    name: str
    title: str
    low: int  # MIDI pitch, the lowest that it sounds
    high: int  # MIDI pitch, the highest
    comfortable: tuple[int, int]  # MIDI pitches that sound best
    program: int  # General MIDI program 0..127
    polyphony: int  # notes at once


KITS = (
    "dusty_kit", "boom_bap_kit", "brushes_kit", "jazz_kit", "soft_electronic_kit",
    "eight_oh_eight_kit",
)  # fmt: skip

INSTRUMENTS: dict[str, Instrument] = {
    instrument.name: instrument
    for instrument in (
        # A Rhodes Mark I 73 reaches E1 to E7.
        Instrument("electric_piano", "Electric piano", 28, 100, (40, 84), 4, 12),
        Instrument("felt_piano", "Felt piano", 21, 108, (36, 88), 0, 16),
        # Eighty-eight keys, A0 to C8.
        Instrument("upright_piano", "Upright piano", 21, 108, (36, 96), 1, 16),
        # Sixty keys, F1 to E6.
        Instrument("clavinet", "Clavinet", 29, 88, (36, 79), 7, 8),
        # Four strings E1 A1 D2 G2; the neck is played to about G4.
        Instrument("upright_bass", "Upright bass", 28, 67, (28, 50), 32, 1),
        # Six strings E2 to E4, nineteen frets: B5.
        Instrument("nylon_guitar", "Nylon guitar", 40, 83, (40, 79), 24, 6),
        # The same strings in steel; a cutaway reaches the twentieth fret.
        Instrument("steel_guitar", "Steel-string guitar", 40, 84, (40, 79), 25, 6),
        # Twenty-two frets on the same tuning: D6.
        Instrument("jazz_guitar", "Jazz guitar", 40, 86, (43, 79), 26, 6),
        # G4 C4 E4 A4 (C4 the lowest), fifteen frets to the body: C6.
        Instrument("ukulele", "Ukulele", 60, 84, (60, 79), 24, 4),
        # Four strings E1 A1 D2 G2, twenty-four frets: G4.
        Instrument("electric_bass", "Electric bass", 28, 67, (28, 52), 33, 1),
        # Forty-seven strings, C1 to G7.
        Instrument("harp", "Harp", 24, 103, (36, 88), 46, 16),
        # Three octaves, F3 to F6.
        Instrument("vibraphone", "Vibraphone", 53, 89, (53, 84), 11, 8),
        # Four and a third octaves, A2 to C7.
        Instrument("marimba", "Marimba", 45, 96, (45, 84), 12, 8),
        # Seventeen tines in C reach C4 to E6.
        Instrument("kalimba", "Kalimba", 60, 88, (60, 84), 108, 8),
        # A tune in a box lies high: teeth of the small combs sound from about C4 up.
        Instrument("music_box", "Music box", 60, 100, (65, 93), 10, 12),
        # Four octaves, sounding C4 to C8 (written an octave lower).
        Instrument("celesta", "Celesta", 60, 108, (60, 96), 8, 12),
        # Orchestral chimes hang from C4 to F5; towers have lower bells.
        Instrument("bells", "Bells", 48, 84, (55, 77), 14, 12),
        # A lead pan, C4 to E6.
        Instrument("steel_drum", "Steel drum", 60, 88, (60, 84), 114, 8),
        Instrument("warm_pad", "Warm pad", 36, 96, (48, 79), 89, 8),
        # Electric keys. A Wurlitzer 200A has 64 keys, A1 to C7; a DX7 61, C2 to C7.
        Instrument("reed_piano", "Reed piano", 33, 96, (40, 84), 4, 12),
        Instrument("fm_piano", "FM piano", 36, 96, (40, 84), 5, 12),
        # A manual of 61 keys, C2 to C7; at the top the drawbars fold back.
        Instrument("organ", "Organ", 36, 96, (43, 84), 16, 8),
        # A piano accordion's right hand of 41 keys, F3 to A6.
        Instrument("accordion", "Accordion", 53, 93, (55, 84), 21, 6),
        # A Mellotron's 35 keys, G2 to F5.
        Instrument("tape_choir", "Tape choir", 43, 77, (48, 74), 52, 6),
        # Pads and synths. Our own; ranges in which they keep their colour.
        Instrument("string_ensemble", "String ensemble", 36, 93, (48, 84), 48, 8),
        Instrument("choir_pad", "Choir pad", 41, 84, (48, 79), 91, 8),
        Instrument("glass_pad", "Glass pad", 45, 96, (52, 88), 92, 8),
        Instrument("grain_pad", "Grain pad", 41, 93, (48, 84), 94, 8),
        Instrument("wave_keys", "Wave keys", 36, 96, (48, 84), 90, 8),
        Instrument("lead", "Lead", 40, 96, (52, 84), 81, 1),
        Instrument("pluck", "Pluck", 36, 93, (48, 84), 84, 8),
        Instrument("sub_bass", "Sub bass", 24, 55, (26, 45), 39, 1),
        Instrument("synth_bass", "Synth bass", 24, 60, (28, 50), 38, 1),
        # Winds, sounding pitch. Concert flute C4 to C7 and a little more.
        Instrument("flute", "Flute", 60, 96, (62, 88), 73, 1),
        # A clarinet in B flat, written E3 to C7; above Bb6 nobody plays softly.
        Instrument("clarinet", "Clarinet", 50, 91, (50, 84), 71, 1),
        # A trumpet in B flat, F#3 to C6 and, muted, comfortable to A5.
        Instrument("muted_trumpet", "Muted trumpet", 52, 84, (55, 79), 59, 1),
        # A tenor in B flat, written Bb3 to F#6: Ab2 to E5.
        Instrument("tenor_sax", "Tenor saxophone", 44, 76, (46, 74), 66, 1),
        # An alto ocarina in C, A4 to F6.
        Instrument("ocarina", "Ocarina", 69, 89, (72, 86), 79, 1),
        # A cello's four strings C2 G2 D3 A3, up to A5.
        Instrument("solo_cello", "Solo cello", 36, 81, (36, 72), 42, 1),
        # Kits: General MIDI's keys, and a few below and above them (see PERCUSSION).
        Instrument("dusty_kit", "Dusty kit", 26, 92, (35, 81), 0, 8),
        # Their programs are those of General MIDI 2's sets: power, brush, jazz, electronic, analog.
        Instrument("boom_bap_kit", "Boom bap kit", 26, 92, (35, 81), 16, 8),
        Instrument("brushes_kit", "Brushes kit", 26, 92, (35, 81), 40, 8),
        Instrument("jazz_kit", "Jazz kit", 26, 92, (35, 81), 32, 8),
        Instrument("soft_electronic_kit", "Soft electronic kit", 26, 92, (35, 81), 24, 8),
        Instrument("eight_oh_eight_kit", "808 kit", 26, 92, (35, 81), 25, 8),
    )
}

DRUMS: dict[str, int] = {
    # General MIDI percussion key map (keys 35 to 81).
    "kick": 36,
    "rim": 37,
    "snare": 38,
    "clap": 39,
    "brush": 40,
    "closed_hat": 42,
    "pedal_hat": 44,
    "open_hat": 46,
    "crash": 49,
    "ride": 51,
    "shaker": 70,
}

# What else a player may have at hand. DRUMS are what the composer and the drummer's model know.
PERCUSSION: dict[str, int] = {
    # General MIDI's keys.
    "tambourine": 54,
    "cowbell": 56,
    "vibraslap": 58,
    "high_bongo": 60,
    "low_bongo": 61,
    "mute_conga": 62,
    "open_conga": 63,
    "low_conga": 64,
    "high_timbale": 65,
    "low_timbale": 66,
    "high_agogo": 67,
    "low_agogo": 68,
    "cabasa": 69,
    "whistle": 71,
    "long_whistle": 72,
    "guiro": 73,
    "long_guiro": 74,
    "claves": 75,
    "high_wood_block": 76,
    "low_wood_block": 77,
    "mute_cuica": 78,
    "open_cuica": 79,
    "mute_triangle": 80,
    "open_triangle": 81,
    # General MIDI has none of these: the snap's key is Roland's, the others lie above all others.
    "snap": 26,
    "djembe_bass": 88,
    "djembe_tone": 89,
    "djembe_slap": 90,
    "low_gankogui": 91,
    "high_gankogui": 92,
}


def of_program(program: int) -> Instrument:
    """Return the instrument that is nearest to a General MIDI program, 0..127.

    >>> of_program(73).name, of_program(40).name, of_program(1).name
    ('flute', 'solo_cello', 'upright_piano')
    """
    return min(
        (known for known in INSTRUMENTS.values() if known.name not in KITS),
        key=lambda known: (
            known.program != program, known.program // 8 != program // 8,
            known.name not in ("felt_piano", "electric_bass", "tape_choir", "lead", "warm_pad"),
            abs(known.program - program),
        ),
    )  # fmt: skip


def instrument(name: str) -> Instrument:
    """Return an instrument by name.

    >>> instrument("upright_bass").low
    28
    """
    try:
        return INSTRUMENTS[name]
    except KeyError:
        known = ", ".join(INSTRUMENTS)
        raise InputError(f"{name!r} is no instrument; choose one of {known}") from None
