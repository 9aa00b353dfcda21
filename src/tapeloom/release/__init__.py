"""A master becomes a release: words, formats, checks, the kit that one can put out."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapeloom.release.chapters import Chapter, Moment, draw_up
    from tapeloom.release.limits import LIMITS, Limit
    from tapeloom.release.metadata import Metadata, MetadataGenerator, describe, faults
    from tapeloom.release.seasons import season_of
    from tapeloom.release.subject import Subject
    from tapeloom.release.variety import Entry, check_variety

_HOMES = {
    "LIMITS": "limits",
    "Chapter": "chapters",
    "Entry": "variety",
    "Limit": "limits",
    "Metadata": "metadata",
    "MetadataGenerator": "metadata",
    "Moment": "chapters",
    "Subject": "subject",
    "check_variety": "variety",
    "describe": "metadata",
    "draw_up": "chapters",
    "faults": "metadata",
    "season_of": "seasons",
}

__all__ = [
    "LIMITS",
    "Chapter",
    "Entry",
    "Limit",
    "Metadata",
    "MetadataGenerator",
    "Moment",
    "Subject",
    "check_variety",
    "describe",
    "draw_up",
    "faults",
    "season_of",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"tapeloom.release.{_HOMES[name]}"), name)
