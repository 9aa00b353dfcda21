"""Drum kits, and the keys of their drums."""

from tapeloom.theory.instruments.description import Instrument

KITS = (
    "dusty_kit", "boom_bap_kit", "brushes_kit", "jazz_kit", "soft_electronic_kit",
    "eight_oh_eight_kit",
)  # fmt: skip
# Their programs are those of General MIDI 2's sets: standard, power, brush, jazz, electronic,
# analog.
_PROGRAMS = (0, 16, 40, 32, 24, 25)
_TITLES = (
    "Dusty kit", "Boom bap kit", "Brushes kit", "Jazz kit", "Soft electronic kit", "808 kit",
)  # fmt: skip
DRUM_KITS = tuple(
    Instrument(
        name, title, 26, 92, (35, 81), program, 8, family="drums", clef="percussion",
        notes_per_s=16.0, repeats_per_s=14.0,
        articulations=("ghost", "flam", "drag", "rim", "choke"),
        blends=("mallet", "plucked"), acoustic=name in ("brushes_kit", "jazz_kit"),
        source="General MIDI's keys, and a few below and above them (see PERCUSSION)",
    )
    for name, title, program in zip(KITS, _TITLES, _PROGRAMS, strict=True)
)  # fmt: skip

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
