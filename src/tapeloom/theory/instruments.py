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


INSTRUMENTS: dict[str, Instrument] = {
    instrument.name: instrument
    for instrument in (
        # A Rhodes Mark I 73 reaches E1 to E7.
        Instrument("electric_piano", "Electric piano", 28, 100, (40, 84), 4, 12),
        Instrument("felt_piano", "Felt piano", 21, 108, (36, 88), 0, 16),
        # Eighty-eight keys, A0 to C8.
        Instrument("upright_piano", "Upright piano", 21, 108, (36, 96), 0, 16),
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
        Instrument("dusty_kit", "Dusty kit", 35, 81, (35, 81), 0, 8),
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
