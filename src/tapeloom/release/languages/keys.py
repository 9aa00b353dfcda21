"""Names of keys where notes are called do, re, mi, and where they have letters of their own."""

from collections.abc import Mapping

LATIN_MODES = {
    "dorian": "dórico", "phrygian": "frigio", "lydian": "lidio", "mixolydian": "mixolidio",
    "locrian": "locrio",
}  # fmt: skip


def split_key(key: str) -> tuple[str, str, str]:
    """Return a key's letter, accidental ("", "#" or "b") and mode.

    >>> split_key("F# minor"), split_key("Eb major")
    (('F', '#', 'minor'), ('E', 'b', 'major'))
    """
    tonic, _, mode = key.partition(" ")
    return tonic[0], tonic[1:], mode or "major"


def latin_key(
    key: str, notes: Mapping[str, str], *, sharp: str, flat: str, modes: Mapping[str, str]
) -> str:
    """Name a key after solmisation.

    >>> notes = {"F": "fa"}
    >>> latin_key("F# minor", notes, sharp="sostenido", flat="bemol", modes={"minor": "menor"})
    'fa sostenido menor'
    """
    letter, accidental, mode = split_key(key)
    middle = {"": "", "#": f" {sharp}", "b": f" {flat}"}.get(accidental, accidental)
    return f"{notes[letter]}{middle} {modes.get(mode, mode)}"
