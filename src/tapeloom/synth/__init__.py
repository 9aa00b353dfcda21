"""Performance to stems: instruments synthesised from equations."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapeloom.synth.render import draw_voice, render, render_part
    from tapeloom.synth.voice import Voice

__all__ = ["Voice", "draw_voice", "render", "render_part"]


def __getattr__(name: str) -> Any:
    # numba takes half a second to import: only those who make sound wait for it.
    if name in __all__:
        from importlib import import_module

        home = "voice" if name == "Voice" else "render"
        return getattr(import_module(f"tapeloom.synth.{home}"), name)
    raise AttributeError(f"module 'tapeloom.synth' has no attribute {name!r}")
