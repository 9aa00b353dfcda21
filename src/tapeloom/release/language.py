"""A language: its words for moods, scenes, uses and seasons, and its grammar where they meet."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tapeloom.core.errors import InputError

MOODS = (
    "peaceful", "melancholic", "uplifting", "dreamy", "nostalgic", "dark", "warm", "focused",
    "playful", "romantic",
)  # fmt: skip
SCENES = (
    "rain", "night", "cafe", "winter", "autumn", "summer", "morning", "study", "sleep", "city",
    "home", "fireplace", "beach", "forest",
)  # fmt: skip
USES = ("study", "sleep", "work", "relax", "read", "code", "meditate", "drive", "create", "cook")
SEASONS = ("spring", "summer", "autumn", "winter")
PARTS = ("intro", "A", "A'", "B", "bridge", "breakdown", "outro")
LICENCES = ("all rights reserved", "cc by 4.0", "cc by-nc 4.0", "cc0 1.0")
ORIGINS = ("rules", "model", "borrowed")
SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun for a scene; its gender decides which form an adjective takes."""

    text: str
    gender: str = ""  # "m", "f", "n", "p" (plural), as the language needs


@dataclass(frozen=True, slots=True)
class Use:
    """What music is for."""

    to: str  # behind "music": "to study to"
    session: str  # a name for the time: "study session"


@dataclass(frozen=True, slots=True)
class Season:
    """A time of the year."""

    name: str
    during: str  # "in autumn"


@dataclass(frozen=True, slots=True)
class Language:
    """Everything that a release says in one language."""

    code: str  # ISO 639-1
    name: str
    adjectives: Mapping[str, tuple[str, ...]]  # mood -> adjectives as `agree` takes them
    feelings: Mapping[str, str]  # mood -> a noun
    nouns: Mapping[str, tuple[Noun, ...]]  # scene -> nouns that an adjective goes with
    images: Mapping[str, tuple[str, ...]]  # scene -> pictures that stand alone
    places: Mapping[str, str]  # scene -> where or when, behind a clause
    uses: Mapping[str, Use]
    seasons: Mapping[str, Season]
    music: tuple[str, ...]  # names of the style
    titles: tuple[str, ...]  # templates
    hooks: tuple[str, ...]  # templates of first sentences
    invitations: tuple[str, ...]  # templates of second sentences, for a use
    parts: Mapping[str, str]  # kind of section -> name of a chapter
    again: str  # "{name}, again": how a part is called that returns, with {name} and {number}
    labels: Mapping[str, str]  # chapters, credits, made_by, made, seed; {artist}, {software}
    origins: Mapping[str, str]  # of ORIGINS: what is said of how the music was made
    licences: Mapping[str, str]  # of LICENCES, with {artist}
    tags: tuple[str, ...]  # base tags, the most telling first
    lengths: tuple[str, str, str, str]  # a minute, {n} minutes, an hour, {n} hours
    agree: Callable[[str, Noun], str]  # an adjective and a noun as one phrase
    key_name: Callable[[str], str]  # "F# minor" as it is called here
    finish: Callable[[str], str]  # capitals and small repairs of a title
    repair: Callable[[str], str] = str  # small repairs of a sentence: a and an, elisions

    def __post_init__(self) -> None:
        wanted = (
            (self.adjectives, MOODS), (self.feelings, MOODS), (self.nouns, SCENES),
            (self.images, SCENES), (self.places, SCENES), (self.uses, USES),
            (self.seasons, SEASONS), (self.parts, PARTS), (self.origins, ORIGINS),
            (self.licences, LICENCES),
        )  # fmt: skip
        for table, names in wanted:
            lacking = [name for name in names if name not in table]
            if lacking:
                raise InputError(f"{self.name} has no word for {', '.join(lacking)}")

    def length(self, duration_s: float) -> str:
        """Say about how long something lasts, in whole minutes or hours.

        An hour and a half and more is said in hours only where it is close to whole ones.
        """
        minutes = max(1, round(duration_s / 60))
        hours = round(minutes / 60)
        if hours and abs(minutes - 60 * hours) <= 3:
            return self.lengths[2] if hours == 1 else self.lengths[3].format(n=hours)
        return self.lengths[0] if minutes == 1 else self.lengths[1].format(n=minutes)


def slots(template: str) -> frozenset[str]:
    """Name the slots of a template.

    >>> sorted(slots("{scene} · {music} {to}"))
    ['music', 'scene', 'to']
    """
    return frozenset(SLOT.findall(template))


def capital(text: str) -> str:
    """Return the text with its first letter in upper case.

    >>> capital("été à la plage")
    'Été à la plage'
    """
    return text[:1].upper() + text[1:]


def sentence_case(text: str) -> str:
    """Begin a title, and what follows a bar, dash, dot or colon in it, with a capital.

    >>> sentence_case("noche tranquila · beats lofi para estudiar")
    'Noche tranquila · Beats lofi para estudiar'
    """
    pieces = re.split(r"( [·|–—] |: )", text)
    return "".join(capital(piece) for piece in pieces)
