"""Variety of a catalogue: which releases are so alike that a batch looks mass-produced."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tapeloom.core.errors import InputError
from tapeloom.release.titles import normal

HASH_BITS = 64
# How alike two releases may be, 0..1. Chosen by us: a hash within 10 of 64 bits is the same
# picture to the eye, titles share no more than a name of the style and a use.
MOST = {"title": 0.75, "thumbnail": 0.85, "melody": 0.8, "audio": 0.97}
SAME_TEMPLATE_SHARE = 0.34  # of a batch of three and more


@dataclass(frozen=True, slots=True)
class Entry:
    """A release as the gate knows it: what was computed elsewhere comes as values."""

    name: str
    title: str
    template: str = ""  # of the title
    thumbnail_hash: int | None = None  # 64 bits, perceptual
    melody: Mapping[str, float] = field(default_factory=dict)  # other's name -> likeness 0..1
    audio: Mapping[str, float] = field(default_factory=dict)  # other's name -> likeness 0..1

    def __post_init__(self) -> None:
        if self.thumbnail_hash is not None and not 0 <= self.thumbnail_hash < 2**HASH_BITS:
            raise InputError(f"{self.name}: a thumbnail's hash has {HASH_BITS} bits")
        for likenesses in (self.melody, self.audio):
            if any(not 0.0 <= x <= 1.0 for x in likenesses.values()):
                raise InputError(f"{self.name}: a likeness must lie between 0 and 1")


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two releases, or a batch, that are too much alike, and in what."""

    names: tuple[str, ...]
    what: str  # title, thumbnail, melody, audio, template
    likeness: float  # 0..1
    text: str


def title_likeness(a: str, b: str) -> float:
    """Return how much two titles share, 0..1: the Jaccard index of their letters in threes.

    Titles in any writing are compared; one that has under three letters, by whole.

    >>> title_likeness("Rainy Night · Lofi", "rainy night lofi"), title_likeness("Rain", "Sun")
    (1.0, 0.0)
    """
    first, second = _threes(a), _threes(b)
    return len(first & second) / len(first | second) if first | second else 1.0


def _threes(title: str) -> frozenset[str]:
    text = re.sub(r"\s+", " ", f" {normal(title)} ")
    return frozenset(text[i : i + 3] for i in range(len(text) - 2)) or frozenset({text})


def hash_likeness(a: int, b: int) -> float:
    """Return the share of bits in which two perceptual hashes agree.

    >>> hash_likeness(0b1011, 0b1001)
    0.984375
    """
    return 1.0 - (a ^ b).bit_count() / HASH_BITS


def likenesses(a: Entry, b: Entry) -> dict[str, float]:
    """Return how alike two releases are in all that is known of both."""
    found = {"title": title_likeness(a.title, b.title)}
    if a.thumbnail_hash is not None and b.thumbnail_hash is not None:
        found["thumbnail"] = hash_likeness(a.thumbnail_hash, b.thumbnail_hash)
    for what in ("melody", "audio"):
        told = [getattr(x, what)[y.name] for x, y in ((a, b), (b, a)) if y.name in getattr(x, what)]
        if told:
            found[what] = max(told)
    return found


def check_variety(entries: Sequence[Entry]) -> tuple[Likeness, ...]:
    """Warn of releases that are too much alike, the most alike first.

    >>> batch = [Entry("a", "Rain on the Window"), Entry("b", "Rain on the Windows")]
    >>> [found.what for found in check_variety(batch)]
    ['title']
    """
    found = []
    for a, b in itertools.combinations(entries, 2):
        for what, likeness in likenesses(a, b).items():
            if likeness >= MOST[what]:
                text = (
                    f"the {what} of {a.name} and that of {b.name} are {100 * likeness:.0f} % "
                    f"alike; at most {100 * MOST[what]:.0f} % looks varied"
                )
                found.append(Likeness((a.name, b.name), what, likeness, text))
    found.extend(_same_template(entries))
    return tuple(sorted(found, key=lambda warning: -warning.likeness))


def _same_template(entries: Sequence[Entry]) -> list[Likeness]:
    by_template: dict[str, list[str]] = {}
    for entry in entries:
        if entry.template:
            by_template.setdefault(entry.template, []).append(entry.name)
    found = []
    for names in by_template.values():
        share = len(names) / len(entries)
        if len(names) >= 3 and share > SAME_TEMPLATE_SHARE:
            text = f"{len(names)} of {len(entries)} titles follow one pattern: {', '.join(names)}"
            found.append(Likeness(tuple(names), "template", share, text))
    return found
