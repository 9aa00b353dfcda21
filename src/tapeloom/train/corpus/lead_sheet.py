"""A tune as a data set gives it, and which tunes are kept for validation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.core.score import Score

_CHORD = re.compile(r"([A-G][#b]?)([^/]*)(?:/([A-G][#b]?))?")


@dataclass(frozen=True, slots=True)
class LeadSheet:
    """A tune's title and its score, with what the reader had to mend or leave out."""

    title: str
    composer: str
    year: int | None
    score: Score  # chords, key and meters; a melody part where the data set has one
    problems: tuple[str, ...] = ()  # one sentence each

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise InputError("a lead sheet has no title; its file must name one")


def is_validation(song_key: str) -> bool:
    """Tell whether a song is kept for validation: about one in twenty, by a hash of its key.

    The song key is the song's (a title, a number), never a file's, a window's or a transposition's.

    >>> [title for title in ("All Of Me", "Blue Bossa", "Misty") if is_validation(title)]
    ['Blue Bossa']
    """
    return int(sha256(f"{song_key}#valid".encode()).hexdigest(), 16) % 20 == 0


def chord_of_symbol(text: str, suffixes: Mapping[str, tuple[str, ...]]) -> Chord | None:
    """Read a chord in a corpus's own notation; None where it is none that is known.

    suffixes  the corpus's suffix -> lead-sheet suffix, and plainer ones for what is not known

    >>> str(chord_of_symbol("Dmin7/C", {"min7": ("m7",)}))
    'Dm7/C'
    """
    match = _CHORD.fullmatch(text)
    if match is None:
        return None
    slash = f"/{match[3]}" if match[3] else ""
    for suffix in suffixes.get(match[2], ()):
        try:
            return Chord.parse(f"{match[1]}{suffix}{slash}")
        except InputError:
            continue  # a quality that the vocabulary lacks; the plainer one follows
    return None
