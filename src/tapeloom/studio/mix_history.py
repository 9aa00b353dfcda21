"""Mixes told apart in words, and a history of them to go back and forth in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.console import Bus, Channel, MixSettings, Send

_UNITS = {
    "db": "dB", "lufs": "LUFS", "lu": "LU", "hz": "Hz", "ms": "ms", "s": "s", "cents": "cents",
    "percent": "%",
}  # fmt: skip


def differences(before: MixSettings, after: MixSettings) -> list[str]:
    """Return what changed from one mix to another, a line each.

    >>> one = MixSettings((Channel("bass", -25.0), Channel("keys", -25.0)))
    >>> two = MixSettings((Channel("bass", -23.5, pan=0.1), Channel("pad", -30.0)))
    >>> for line in differences(one, two):
    ...     print(line)
    keys: taken out
    bass: loudness -25 -> -23.5 LUFS
    bass: pan 0 -> 0.1
    pad: added
    """
    lines = []
    for name in ("channels", "groups", "returns"):
        lines += _named("", getattr(before, name), getattr(after, name))
    rest = [field.name for field in fields(MixSettings)]
    lines += _fields("the mix", before, after, [n for n in rest if n not in _STRIPS])
    return lines


_STRIPS = ("channels", "groups", "returns")


def _named(
    where: str, before: Sequence[Channel | Bus | Send], after: Sequence[Channel | Bus | Send]
) -> list[str]:
    """Compare what has a name by its name."""
    old, new = ({_name(each): each for each in side} for side in (before, after))
    lines = [f"{where}{name}: taken out" for name in old if name not in new]
    for name, each in new.items():
        if name not in old:
            lines.append(f"{where}{name}: added")
        else:
            lines += _fields(f"{where}{name}", old[name], each)
    kept = [name for name in old if name in new]
    if kept != [name for name in new if name in old]:
        lines.append(f"{where or 'the mix: '}the order is now {', '.join(new)}")
    return lines


def _name(value: Channel | Bus | Send) -> str:
    return f"send to {value.to}" if isinstance(value, Send) else value.name


def _fields(where: str, before: Any, after: Any, names: Sequence[str] | None = None) -> list[str]:
    """Compare two values of one class, field by field."""
    lines: list[str] = []
    for name in names or [field.name for field in fields(before)]:
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        if name == "sends":
            lines += _named(f"{where}, ", old, new)
        elif _is_chain(old) or _is_chain(new):
            lines += _chains(where, name, old, new)
        elif is_dataclass(old) and type(old) is type(new) and not isinstance(old, Curve):
            lines += _fields(f"{where}, {_words(name)}", old, new)
        else:
            label, unit = _label(name)
            told_old, told_new = _told(old), _told(new)
            lines.append(f"{where}: {label} {told_old} -> {told_new}{unit}")
    return lines


def _is_chain(value: Any) -> bool:
    return isinstance(value, tuple) and any(is_dataclass(each) for each in value)


def _chains(where: str, name: str, before: Sequence[Any], after: Sequence[Any]) -> list[str]:
    """Compare two chains: effects of one kind in one place are compared by their settings."""
    lines: list[str] = []
    kinds = [[type(each).__name__ for each in side] for side in (before, after)]
    place = "" if name in ("effects", "bus") else f"{_words(name)} "
    steps = SequenceMatcher(None, kinds[0], kinds[1], autojunk=False).get_opcodes()
    for step, old_from, old_to, new_from, new_to in steps:
        if step == "equal":
            pairs = zip(before[old_from:old_to], after[new_from:new_to], strict=True)
            for number, (old, new) in enumerate(pairs, new_from + 1):
                many = kinds[1].count(type(new).__name__) > 1
                effect = f"{place}{type(new).__name__}" + (f" {number}" if many else "")
                lines += _effects(f"{where}, {effect}", old, new)
            continue
        lines += [f"{where}: {place}{kind} taken out" for kind in kinds[0][old_from:old_to]]
        lines += [f"{where}: {place}{kind} added" for kind in kinds[1][new_from:new_to]]
    return lines


def _effects(where: str, before: Any, after: Any) -> list[str]:
    if isinstance(before, Automated) and type(before.effect) is type(after.effect):
        where += f" {type(after.effect).__name__}"
        old, new = dict(before.curves), dict(after.curves)
        moved = [name for name in (old | new) if old.get(name) != new.get(name)]
        lines = [f"{where}: the curve of {_label(name)[0]} changed" for name in moved]
        return lines + _fields(where, before.effect, after.effect)
    return _fields(where, before, after)


def _label(name: str) -> tuple[str, str]:
    """Return a setting's name in words, and its unit.

    >>> _label("high_pass_hz"), _label("crackle_per_s"), _label("pan")
    (('high pass', ' Hz'), ('crackle', ' a second'), ('pan', ''))
    """
    if name.endswith("_per_s"):
        return _words(name.removesuffix("_per_s")), " a second"
    if name.endswith("_db_per_octave"):
        return _words(name.removesuffix("_db_per_octave")), " dB an octave"
    head, _, tail = name.rpartition("_")
    if head and tail in _UNITS:
        return _words(head), f" {_UNITS[tail]}"
    return _words(name), ""


def _words(name: str) -> str:
    return name.replace("_", " ")


def _told(value: Any) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return f"{value:.6g}"
    if isinstance(value, Curve):
        values = [number for _, number in value.points]
        return f"a curve from {min(values):.6g} to {max(values):.6g}"
    if isinstance(value, tuple) and all(isinstance(each, int | float) for each in value):
        return " to ".join(f"{each:.6g}" for each in value) if len(value) == 2 else "a list"
    return type(value).__name__ if is_dataclass(value) else str(value)


@dataclass(frozen=True, slots=True)
class History:
    """A mix with the mixes before it and those that were undone; a value itself.

    >>> start = History(MixSettings((Channel("bass", -25.0),)))
    >>> louder = start.do(MixSettings((Channel("bass", -23.0),)))
    >>> louder.undo().now == start.now, louder.undo().redo() == louder, start.undo() == start
    (True, True, True)
    >>> list(louder.told())
    ['bass: loudness -25 -> -23 LUFS']
    """

    now: MixSettings
    past: tuple[MixSettings, ...] = ()  # the latest last
    future: tuple[MixSettings, ...] = ()  # the next one last

    def do(self, settings: MixSettings) -> "History":
        """Go on to other settings; what was undone before is forgotten. No change is no step."""
        if settings == self.now:
            return self
        return History(settings, (*self.past, self.now))

    def undo(self) -> "History":
        """Go back a step; at the beginning stay."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (*self.future, self.now))

    def redo(self) -> "History":
        """Go forth again; where nothing was undone stay."""
        if not self.future:
            return self
        return replace(self, now=self.future[-1], past=(*self.past, self.now),
                       future=self.future[:-1])  # fmt: skip

    def told(self) -> Iterator[str]:
        """Yield what every step so far changed."""
        for before, after in pairwise((*self.past, self.now)):
            yield from differences(before, after)
