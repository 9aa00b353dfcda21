"""Performance to stems: instruments synthesised from equations.

The stage itself is `tapeloom.synth.render.render`; a package can't export a function that has the
name of one of its modules.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapeloom.synth.render import draw_voice, render_part
    from tapeloom.synth.textures import texture_blocks
    from tapeloom.synth.voice import Voice

_HOMES = {
    "Voice": "voice",
    "draw_voice": "render",
    "render_part": "render",
    "texture_blocks": "textures",
}

__all__ = ["Voice", "draw_voice", "render_part", "texture_blocks"]


def __getattr__(name: str) -> Any:
    # numba takes half a second to import: only those who make sound wait for it.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"tapeloom.synth.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'tapeloom.synth' has no attribute {name!r}")
