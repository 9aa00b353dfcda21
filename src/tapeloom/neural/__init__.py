"""Running what was learned: ONNX models, without torch."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapeloom.neural.lofi_generator import GeneratorConfig, LoFiGenerator, Track

_HOMES = {
    "GeneratorConfig": "lofi_generator",
    "LoFiGenerator": "lofi_generator",
    "Track": "lofi_generator",
}

__all__ = ["GeneratorConfig", "LoFiGenerator", "Track"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"tapeloom.neural.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
