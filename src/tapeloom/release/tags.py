"""Tags and hashtags: chosen in three groups, and no more of them than a platform counts."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tapeloom.release.limits import limit, tags_length

HASHTAGS = 8  # more look like a plea
_SHARES = (0.7, 0.15, 0.15)  # of the room: base, trending, seasonal


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a release by why they are there."""

    base: tuple[str, ...] = ()
    trending: tuple[str, ...] = ()
    seasonal: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """All of them, the base first."""
        return (*self.base, *self.trending, *self.seasonal)


def clean_tag(text: str) -> str:
    """Return a tag in lower case without what would end or quote it.

    >>> clean_tag('  Lofi, "Beats" <2> ')
    'lofi beats 2'
    """
    kept = re.sub(r"[,\"<>#]", " ", unicodedata.normalize("NFC", text))
    return " ".join(kept.split()).lower()


def choose_tags(
    base: Sequence[str], trending: Sequence[str] = (), seasonal: Sequence[str] = ()
) -> Tags:
    """Take tags from each group, in order, as many as fit into YouTube's 500 characters.

    Trending and seasonal tags may each take 15 % of the room; base tags take what is left.

    >>> choose_tags(["lofi", "beats"], ["Lofi", "rain core"], ["autumn vibes"]).trending
    ('rain core',)
    """
    most = limit("YouTube", "tags").most
    taken: set[str] = set()
    groups: dict[str, tuple[str, ...]] = {}
    first = [clean_tag(tag) for tag in base[:1]]
    taken.update(first)
    for name, tags, share in (
        ("trending", trending, _SHARES[1]),
        ("seasonal", seasonal, _SHARES[2]),
    ):
        groups[name] = _fitting(tags, taken, most * share)
    room = most - tags_length((*groups["trending"], *groups["seasonal"]))
    taken.difference_update(first)
    groups["base"] = _fitting(base, taken, room - 1)
    return Tags(**groups)


def _fitting(tags: Iterable[str], taken: set[str], room: float) -> tuple[str, ...]:
    """Take the tags that are new and fit, and note them as taken."""
    chosen: list[str] = []
    for tag in map(clean_tag, tags):
        if not tag or tag in taken or tags_length((*chosen, tag)) + 1 > room:
            continue
        chosen.append(tag)
        taken.add(tag)
    return tuple(chosen)


def hashtags(tags: Sequence[str], *, most: int = HASHTAGS) -> tuple[str, ...]:
    """Return tags as hashtags: letters and digits alone.

    >>> hashtags(["lofi", "chill beats", "lo-fi"])
    ('#lofi', '#chillbeats')
    """
    found = (re.sub(r"[\W_]+", "", tag) for tag in tags)
    return tuple(dict.fromkeys(f"#{word}" for word in found if word))[:most]
