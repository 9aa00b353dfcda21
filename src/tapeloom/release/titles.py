"""Titles: from templates, within the limit, and never one that the catalogue has."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.release.language import Language
from tapeloom.release.limits import limit
from tapeloom.release.phrases import can_say, choices, every_filling
from tapeloom.release.subject import Subject


@dataclass(frozen=True, slots=True)
class Title:
    """A title and the template that it was made from."""

    text: str
    template: str


def normal(title: str) -> str:
    """Return what two titles share that read alike: letters and digits in lower case.

    >>> normal("Rainy Night · Lofi!") == normal("rainy night, lofi")
    True
    """
    folded = unicodedata.normalize("NFKC", title).casefold()
    return " ".join(re.findall(r"\w+", folded))


def draw_title(
    subject: Subject,
    language: Language,
    *,
    rng: np.random.Generator,
    catalogue: Collection[str] = (),
    avoid: Sequence[str] = (),
) -> Title:
    """Draw a title that the catalogue doesn't have.

    catalogue  titles that are taken
    avoid      templates that are left for later, such as those of the last releases

    Raises InputError where all that can be said of the subject is taken.
    """
    taken = {normal(title) for title in catalogue}
    found = choices(subject, language)
    if "adjective" in found and language.code not in ("en", "ja"):
        # Elsewhere an adjective alone has no noun to agree with.
        del found["adjective"]
    templates = [template for template in language.titles if can_say(template, subject)]
    order = [templates[i] for i in rng.permutation(len(templates))]
    order.sort(key=lambda template: template in avoid)
    most = limit("YouTube", "title").most
    for template in order:
        fillings = list(every_filling(template, found))
        for i in rng.permutation(len(fillings)):
            text = language.finish(fillings[i])
            if len(text) <= most and normal(text) not in taken:
                return Title(text, template)
    raise InputError(
        f"all {len(taken)} titles for this mood, scene and use are taken; give a series or a title"
    )
