"""A tune as a data set gives it, and which tunes are kept for validation."""

from dataclasses import dataclass
from hashlib import sha256

from tapeloom.core.errors import InputError
from tapeloom.core.score import Score


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
