"""Descriptions: a hook, chapters from the timeline, credits, licence, how it was made, hashtags."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.release.chapters import Chapter
from tapeloom.release.language import Language
from tapeloom.release.limits import limit
from tapeloom.release.phrases import choices, fill
from tapeloom.release.subject import Subject
from tapeloom.release.tags import hashtags

SOFTWARE = "Tapeloom"


@dataclass(frozen=True, slots=True)
class Description:
    """A description and the template of its first sentence."""

    text: str
    hook: str


def write_description(
    subject: Subject,
    language: Language,
    *,
    chapters: Sequence[Chapter],
    tags: Sequence[str],
    rng: np.random.Generator,
    avoid: Sequence[str] = (),
) -> Description:
    """Write a description within YouTube's 5,000 bytes; chapters are left out last of all.

    avoid  hooks that are left for later
    """
    words = {name: texts[int(rng.integers(len(texts)))]
             for name, texts in choices(subject, language).items()}  # fmt: skip
    hooks = [hook for hook in language.hooks if hook not in avoid] or list(language.hooks)
    hook = hooks[int(rng.integers(len(hooks)))]
    invitation = language.invitations[int(rng.integers(len(language.invitations)))]
    labels = language.labels
    facts = fill(labels["seed"], words)
    made_by = labels["made" if subject.artist == SOFTWARE else "made_by"].format(
        artist=subject.artist, software=SOFTWARE
    )
    origin = language.origins[subject.origin].format(artist=subject.artist)
    licence = language.licences[subject.licence].format(artist=subject.artist)
    first = "\n".join(language.repair(fill(text, words)) for text in (hook, invitation))
    listed = "\n".join([labels["chapters"], *map(str, chapters)]) if chapters else ""
    thanks = "\n".join([labels["credits"], made_by, facts])
    blocks = [first, listed, thanks, origin, licence, " ".join(hashtags(tags))]
    most = limit("YouTube", "description").most
    for dropped in (None, 5, 1):
        if dropped is not None:
            blocks[dropped] = ""
        text = "\n\n".join(block for block in blocks if block)
        if len(text.encode()) <= most:
            break
    return Description(text, hook)
