"""Settings of a stage as a file of the record: drawn, or as the user edited them there."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from tapeloom.app.workshop import Made, Workshop

T = TypeVar("T")
_OWN, _DRAWN = "own", "drawn"


@dataclass(frozen=True, slots=True)
class SettingsFile(Generic[T]):
    """How settings are drawn, written and read."""

    draw: Callable[[], T]
    save: Callable[[Path, T], None]
    load: Callable[[Path], T]  # InputError where somebody wrote what cannot be


def settled(
    shop: Workshop,
    stage: str,
    file: str,
    kind: SettingsFile[T],
    *,
    inputs: Mapping[str, Any],
    reads: Iterable[str] = (),
) -> T:
    """Return the settings of a stage as they stand in its file.

    They are drawn anew when `inputs` or `reads` have changed. Those that the user edited stay,
    whatever else changes, until the file is removed.
    """
    step, path = f"{stage} settings", shop.folder / file
    before = step if shop.value(step) is not None else stage
    is_own = path.is_file() and (shop.value(step) == _OWN or shop.is_edited(before, file))

    def keep() -> Made:
        return [path], _OWN

    def draw() -> Made:
        kind.save(path, kind.draw())
        return [path], _DRAWN

    if is_own:
        found = kind.load(path)
        shop.step(step, inputs={_OWN: shop.sha256(path)}, make=keep)
        return found
    shop.step(step, inputs=inputs, reads=reads, make=draw)
    return kind.load(path)
