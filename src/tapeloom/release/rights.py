"""What may be claimed of a release, and what must be said of how it was made: from provenance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tapeloom.release.language import LICENCES

_SOURCE_CONTENT_ID = "YouTube Help, Content eligible for Content ID: exclusive rights"


@dataclass(frozen=True, slots=True)
class ContentId:
    """Whether a recording can be claimed on YouTube, and why."""

    is_eligible: bool
    reason: str
    source: str = _SOURCE_CONTENT_ID


def content_id(record: Mapping[str, Any], *, licence: str = LICENCES[0]) -> ContentId:
    """Judge by record.json: only what is exclusively the owner's can be claimed.

    >>> content_id({"origins": [{"file": "song.mid"}]}).is_eligible
    False
    """
    origins = record.get("origins") or []
    if origins:
        files = ", ".join(str(origin.get("file", "a file")) for origin in origins)
        return ContentId(False, f"it borrows from {files}, whose rights may be another's")
    if licence != LICENCES[0]:
        return ContentId(False, f"its licence ({licence}) lets others use it: not exclusive")
    copied = [
        100 * float(draft["originality"]["copied_share"])
        for draft in record.get("drafts") or []
        if "originality" in draft
    ]
    if copied and max(copied) > 5.0:
        return ContentId(
            False, f"{max(copied):.0f} % of a piece is also in the training songs of its model"
        )
    return ContentId(
        True,
        "nothing is borrowed or sampled and all rights are reserved; but whoever makes the same "
        "brief with the same seed and version has the same recording: keep the seed to yourself, "
        "or change the score by hand",
    )


@dataclass(frozen=True, slots=True)
class AiUse:
    """One answer that distributors ask for: what a machine had a part in, and which."""

    what: str  # composition, lyrics, vocals, instruments, mix and master, artwork
    is_ai: bool  # by a model that learned from others' works
    how: str


def ai_use(record: Mapping[str, Any]) -> tuple[AiUse, ...]:
    """Answer for each part of a record whether learned models made it.

    >>> [use.what for use in ai_use({"models": [{"name": "small"}]}) if use.is_ai]
    ['composition']
    """
    names = ", ".join(str(model.get("name")) for model in record.get("models") or [])
    borrowed = bool(record.get("origins"))
    if names:
        composition = AiUse("composition", True, f"notes drawn by the learned model {names}")
    elif borrowed:
        composition = AiUse("composition", False, "arranged by rules around a given song")
    else:
        composition = AiUse("composition", False, "composed by musical rules")
    return (
        composition,
        AiUse("lyrics", False, "there are none"),
        AiUse("vocals", False, "there are none"),
        AiUse("instruments", False, "synthesised from equations; a small learned model of "
              "drummers' timing shapes the performance"),
        AiUse("mix and master", False, "by measured rules"),
        AiUse("artwork", False, "drawn by a procedure, without a learned model"),
    )  # fmt: skip
