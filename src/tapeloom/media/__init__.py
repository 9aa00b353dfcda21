"""Pictures for the sound: covers and plots, loaded when they are first asked for."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapeloom.media.cover import CoverDesign, draw_cover, paint_cover
    from tapeloom.media.lettering import missing_characters
    from tapeloom.media.plots import plot_audio, plot_harmony, plot_score

_HOMES = {
    "CoverDesign": "cover",
    "draw_cover": "cover",
    "missing_characters": "lettering",
    "paint_cover": "cover",
    "plot_audio": "plots",
    "plot_harmony": "plots",
    "plot_score": "plots",
}

__all__ = [
    "CoverDesign",
    "draw_cover",
    "missing_characters",
    "paint_cover",
    "plot_audio",
    "plot_harmony",
    "plot_score",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"tapeloom.media.{_HOMES[name]}"), name)
