"""Templates filled: every way to say something of a subject in a language."""

import itertools
from collections.abc import Iterator, Mapping

from tapeloom.release.language import SLOT, Language, Noun, capital, slots
from tapeloom.release.subject import Subject

# What of the subject a slot needs; other slots can always be filled.
_NEEDS = {"season": "season", "during": "season", "series": "series", "number": "series",
          "title": "title"}  # fmt: skip


def choices(subject: Subject, language: Language) -> dict[str, tuple[str, ...]]:
    """Return what each slot may say."""
    nouns: tuple[Noun, ...] = language.nouns[subject.scene]
    adjectives = language.adjectives[subject.mood]
    use = language.uses[subject.use]
    found: dict[str, tuple[str, ...]] = {
        "scene": tuple(language.agree(word, noun) for noun in nouns for word in adjectives),
        "adjective": adjectives,
        "image": language.images[subject.scene],
        "place": (language.places[subject.scene],),
        "feeling": (language.feelings[subject.mood],),
        "music": (subject.style,) if subject.style else language.music,
        "to": (use.to,),
        "session": (use.session,),
        "length": (language.length(subject.duration_s),),
        "bpm": (f"{subject.bpm:.0f}",),
        "key": (language.key_name(str(subject.key)),),
    }
    if subject.season:
        season = language.seasons[subject.season]
        found |= {"season": (season.name,), "during": (season.during,)}
    if subject.series:
        found |= {"series": (subject.series,), "number": (str(subject.number),)}
    if subject.title:
        found["title"] = (subject.title,)
    return found


def can_say(template: str, subject: Subject) -> bool:
    """Tell whether a subject has what a template speaks of."""
    return all(
        getattr(subject, _NEEDS[slot]) is not None for slot in slots(template) if slot in _NEEDS
    )


def fill(template: str, words: Mapping[str, str]) -> str:
    """Fill a template; a slot that begins with a capital begins its words with one.

    >>> fill("{Image}, and {feeling}.", {"image": "rain", "feeling": "calm"})
    'Rain, and calm.'
    """

    def replace(match: "object") -> str:
        name = match[1]  # type: ignore[index]
        return words[name] if name in words else capital(words[name.lower()])

    return SLOT.sub(replace, template)


def every_filling(template: str, found: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield all that a template can say."""
    names = sorted({name if name in found else name.lower() for name in slots(template)})
    for words in itertools.product(*(found[name] for name in names)):
        yield fill(template, dict(zip(names, words, strict=True)))
