"""Tapeloom makes a lo-fi record, ready to release, from a short brief.

from tapeloom import Brief, make

record = make(Brief("rainy night, peaceful", bpm=75, key="Am", minutes=3))
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = ["Brief", "Record", "__version__", "make", "remake"]

if TYPE_CHECKING:
    from tapeloom.app.pipeline import Record, make, remake
    from tapeloom.core.brief import Brief


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used: `tapeloom --help` stays quick."""
    if name == "Brief":
        from tapeloom.core.brief import Brief

        return Brief
    if name in __all__:
        from tapeloom.app import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
