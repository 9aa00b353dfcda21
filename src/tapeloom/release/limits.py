"""What platforms accept in a field: how much of it, and what it may not hold, with the source."""

import re
from dataclasses import dataclass

from tapeloom.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that a platform takes in one field."""

    platform: str
    field: str
    most: int
    unit: str  # "characters", "bytes" (UTF-8) or "items"
    source: str
    forbidden: str = ""  # characters that are refused

    def measure(self, value: "str | tuple[str, ...]") -> int:
        """Count a value as the platform does; a tuple of tags as YouTube counts them."""
        if isinstance(value, tuple):
            return len(value) if self.unit == "items" else tags_length(value)
        return len(value.encode()) if self.unit == "bytes" else len(value)


_API = "YouTube Data API, resource videos, properties of snippet"
_CHAPTERS = "YouTube Help, Add chapters to videos"
_COMMON = "common practice of distributors; ask yours"
LIMITS = (
    Limit("YouTube", "title", 100, "characters", _API, "<>"),
    Limit("YouTube", "description", 5000, "bytes", _API, "<>"),
    Limit("YouTube", "tags", 500, "characters", _API),
    Limit("YouTube", "hashtags", 60, "items", "YouTube Help, Use hashtags for video search"),
    # The stores publish no lengths: these keep a title whole in lists and in distributors' forms.
    Limit("Spotify", "title", 100, "characters", _COMMON),
    Limit("Apple Music", "title", 100, "characters", _COMMON),
    Limit("Bandcamp", "title", 100, "characters", _COMMON),
    Limit("SoundCloud", "title", 100, "characters", _COMMON),
    Limit("SoundCloud", "description", 4000, "characters", _COMMON),
)
CHAPTERS_FEWEST, CHAPTER_SHORTEST_S = 3, 10  # and the first begins at 0:00
CHAPTERS_SOURCE = _CHAPTERS
# Apple Music Style Guide and its kin at the other stores: titles hold no prices, no addresses and
# no names of stores.
STORE_TITLE = re.compile(
    r"https?://|www\.|[$€£¥]\d|\b(?:spotify|apple music|itunes|youtube|soundcloud|bandcamp)\b",
    re.IGNORECASE,
)


def limit(platform: str, field: str) -> Limit:
    """Return the limit of a field.

    >>> limit("YouTube", "description").most
    5000
    """
    for known in LIMITS:
        if (known.platform, known.field) == (platform, field):
            return known
    raise InputError(f"no limit is known for the {field} of {platform}")


def tags_length(tags: tuple[str, ...]) -> int:
    """Count tags as YouTube does: with commas between them, and quotes around what has a space.

    YouTube Data API, resource videos, property snippet.tags[].

    >>> tags_length(("lofi", "chill beats"))
    18
    """
    return sum(len(tag) + 2 * (" " in tag) for tag in tags) + max(0, len(tags) - 1)


def problems(platform: str, field: str, value: str | tuple[str, ...]) -> tuple[str, ...]:
    """Say what a platform would refuse of a field, a sentence each; empty where all is well.

    >>> problems("YouTube", "title", "a" * 101)
    ('the title for YouTube has 101 characters; at most 100 are accepted',)
    """
    known = limit(platform, field)
    found = []
    length = known.measure(value)
    if length > known.most:
        found.append(
            f"the {field} for {platform} has {length} {known.unit}; "
            f"at most {known.most} are accepted"
        )
    bad = sorted({c for c in "".join(value) if c in known.forbidden})
    if bad:
        found.append(f"the {field} for {platform} holds {' and '.join(bad)}, which is refused")
    if field == "title" and platform != "YouTube" and STORE_TITLE.search("".join(value)):
        found.append(f"the title for {platform} holds a price, an address or a store's name")
    return tuple(found)
