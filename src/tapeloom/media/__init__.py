"""Pictures for the sound: covers and plots, loaded when they are first asked for."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapeloom.media.cover import CoverDesign, draw_cover, paint_cover
    from tapeloom.media.grading import ColorGrading, grade_image
    from tapeloom.media.layers import Camera, Layers
    from tapeloom.media.writing import missing_characters
    from tapeloom.media.plots import plot_audio, plot_harmony, plot_score
    from tapeloom.media.scene_design import (
        SceneDesign,
        compose_scene,
        paint_scene,
        scene_frames,
        scene_layers,
    )
    from tapeloom.media.stage import TimeOfDay, Weather

_HOMES = {
    "Camera": "layers",
    "ColorGrading": "grading",
    "CoverDesign": "cover",
    "Layers": "layers",
    "SceneDesign": "scene_design",
    "TimeOfDay": "stage",
    "Weather": "stage",
    "compose_scene": "scene_design",
    "draw_cover": "cover",
    "grade_image": "grading",
    "missing_characters": "writing",
    "paint_cover": "cover",
    "paint_scene": "scene_design",
    "plot_audio": "plots",
    "plot_harmony": "plots",
    "plot_score": "plots",
    "scene_frames": "scene_design",
    "scene_layers": "scene_design",
}

__all__ = [
    "Camera",
    "ColorGrading",
    "CoverDesign",
    "Layers",
    "SceneDesign",
    "TimeOfDay",
    "Weather",
    "compose_scene",
    "draw_cover",
    "grade_image",
    "missing_characters",
    "paint_cover",
    "paint_scene",
    "plot_audio",
    "plot_harmony",
    "plot_score",
    "scene_frames",
    "scene_layers",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"tapeloom.media.{_HOMES[name]}"), name)
