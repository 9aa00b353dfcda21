"""Pictures for the sound: scenes, covers and plots, loaded when they are first asked for."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapeloom.media.contact_sheet import contact_sheet
    from tapeloom.media.cover import CoverDesign, draw_cover, draw_cover_of, paint_cover
    from tapeloom.media.filters import apply_filters
    from tapeloom.media.grading import ColorGrading, grade_image
    from tapeloom.media.layers import Camera, Layers
    from tapeloom.media.likeness import picture_hash
    from tapeloom.media.plots import plot_audio, plot_harmony, plot_score
    from tapeloom.media.scene_design import (
        SceneDesign,
        compose_scene,
        paint_scene,
        scene_frames,
        scene_layers,
    )
    from tapeloom.media.stage import TimeOfDay, Weather
    from tapeloom.media.thumbnail import Thumbnail, ThumbnailGenerator
    from tapeloom.media.thumbnail_config import ThumbnailConfig
    from tapeloom.media.thumbnail_layouts import ThumbnailStyle
    from tapeloom.media.user_image import crop_to, image_canvas, load_user_image
    from tapeloom.media.variants import vary
    from tapeloom.media.writing import missing_characters

_HOMES = {
    "Camera": "layers",
    "ColorGrading": "grading",
    "CoverDesign": "cover",
    "Layers": "layers",
    "SceneDesign": "scene_design",
    "Thumbnail": "thumbnail",
    "ThumbnailConfig": "thumbnail_config",
    "ThumbnailGenerator": "thumbnail",
    "ThumbnailStyle": "thumbnail_layouts",
    "TimeOfDay": "stage",
    "Weather": "stage",
    "apply_filters": "filters",
    "compose_scene": "scene_design",
    "contact_sheet": "contact_sheet",
    "crop_to": "user_image",
    "draw_cover": "cover",
    "draw_cover_of": "cover",
    "grade_image": "grading",
    "image_canvas": "user_image",
    "load_user_image": "user_image",
    "missing_characters": "writing",
    "paint_cover": "cover",
    "paint_scene": "scene_design",
    "picture_hash": "likeness",
    "plot_audio": "plots",
    "plot_harmony": "plots",
    "plot_score": "plots",
    "scene_frames": "scene_design",
    "scene_layers": "scene_design",
    "vary": "variants",
}

__all__ = [
    "Camera",
    "ColorGrading",
    "CoverDesign",
    "Layers",
    "SceneDesign",
    "Thumbnail",
    "ThumbnailConfig",
    "ThumbnailGenerator",
    "ThumbnailStyle",
    "TimeOfDay",
    "Weather",
    "apply_filters",
    "compose_scene",
    "contact_sheet",
    "crop_to",
    "draw_cover",
    "draw_cover_of",
    "grade_image",
    "image_canvas",
    "load_user_image",
    "missing_characters",
    "paint_cover",
    "paint_scene",
    "picture_hash",
    "plot_audio",
    "plot_harmony",
    "plot_score",
    "scene_frames",
    "scene_layers",
    "vary",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"tapeloom.media.{_HOMES[name]}"), name)
