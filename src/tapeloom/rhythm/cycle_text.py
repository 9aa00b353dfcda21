"""Patterns as text, both ways: `kick [hat hat] <snare clap>(3,8)?0.3 |> every 4 rev`.

| text | means |
|---|---|
| `a b` | one after another, equally long |
| `~` | silence |
| `[a b]` | a group in the place of one |
| `<a b>` | another one each cycle |
| `a, b` | at once |
| `a@3` `a!3` | three times as long; three times |
| `a*2` `a/2` `a*(3/2)` | faster, slower |
| `a(3,8,2)` | Euclid's rhythm of 3 in 8, turned by 2 |
| `{a b c, d e}%4` | polymeter, four steps a cycle |
| `a?` `a?0.3:7` | falls away by chance (0.3, with seed 7); `a??0.3:7` only those |
| `a:0.5` | softer |
| `a b |> every 4 rev |> rotate 1/8` | changed, see `CHANGES` |

`parse(str(pattern))` is a pattern that sounds the same, for all that `cycles` can make.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tapeloom.core.errors import InputError
from tapeloom.rhythm import cycles
from tapeloom.rhythm.cycle import MAX_DEPTH, WORD, Pattern, exact
from tapeloom.rhythm.cycle_changes import (
    Thinned,
)
from tapeloom.rhythm.cycle_nodes import (
    SILENCE,
    Pure,
    Sequence,
)
from tapeloom.rhythm.cycle_writer import MAX_REPEATS, write

__all__ = ["CHANGES", "PatternError", "parse", "write"]

MAX_LENGTH = 20_000  # characters
MARGIN = 36  # characters shown on either side of an error
BRACKETS = {"[": "]", "<": ">", "{": "}"}
SPACE = re.compile(r"\s*")
NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
FRACTION = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:/\d+)?")
WHOLE = re.compile(r"-?\d+")
NAME = re.compile(r"[a-z_]+")

# Each change of `|>`: what it is followed by, and what it does to the pattern. A change that is
# itself an argument may be a name with its arguments, or a pattern that takes the place.
CHANGES: dict[str, tuple[tuple[str, ...], Callable[..., Pattern]]] = {
    "rev": ((), cycles.rev),
    "palindrome": ((), cycles.palindrome),
    "fast": (("number",), cycles.fast),
    "slow": (("number",), cycles.slow),
    "rotate": (("number",), cycles.rotate),
    "linger": (("number",), cycles.linger),
    "level": (("number",), cycles.level),
    "ply": (("whole",), cycles.ply),
    "iterate": (("whole",), cycles.iterate),
    "echo": (
        ("whole", "number", "number"), lambda p, n, by, fade: cycles.echo(p, n, by, fade=fade)
    ),
    "degrade": (("number", "seed"), lambda p, x, seed: cycles.degrade(p, x, seed=seed)),
    "mask": (("pattern",), cycles.mask),
    "struct": (("pattern",), cycles.struct),
    "turns": (("patterns",), lambda p, others: cycles.turns(p, *others)),
    "every": (("whole", "change"), cycles.every),
    "when": (("flags", "change"), cycles.when),
    "off": (("number", "change"), cycles.off),
    "sometimes": (
        ("number", "seed", "change"), lambda p, x, seed, f: cycles.sometimes(p, f, x, seed=seed)
    ),
    "some_cycles": (
        ("number", "seed", "change"), lambda p, x, seed, f: cycles.some_cycles(p, f, x, seed=seed)
    ),
}  # fmt: skip


class PatternError(InputError):
    """A pattern's text that can't be read: the sentence, the text, and a caret under the place."""

    place = 0  # in the text

    @classmethod
    def at(cls, place: int, text: str, reason: str) -> "PatternError":
        """Point at a place in a text, of which only the surroundings are shown."""
        first, last = max(place - MARGIN, 0), place + MARGIN
        shown = "".join(c if c.isprintable() else " " for c in text[first:last])
        error = cls(f"{reason}\n  {shown}\n  {' ' * (place - first)}^")
        error.place = place
        return error


def parse(text: str) -> Pattern:
    """Read a pattern.

    >>> [(str(e.begin), e.value) for e in parse("kick [hat hat]").query(0, 1)]
    [('0', 'kick'), ('1/2', 'hat'), ('3/4', 'hat')]
    >>> parse("kick [hat snare")
    Traceback (most recent call last):
    tapeloom.rhythm.cycle_text.PatternError: the bracket [ is never closed; it needs a ]
      kick [hat snare
           ^
    """
    if len(text) > MAX_LENGTH:
        raise InputError(f"the pattern has {len(text)} characters; it may have {MAX_LENGTH}")
    reader = _Reader(text)
    found = reader.piped()
    if reader.place < len(text):
        sign = reader.peek()
        closing = sign in BRACKETS.values()
        raise reader.error(
            f"nothing was opened that {sign} could close" if closing
            else f"{sign!r} has no meaning here"
        )  # fmt: skip
    return found


class _Reader:
    """A place in the text, and a method for each rule of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.depth = 0
        self.doubts = 0  # `?`s met, each the seed of the next: `a? b?` don't fall together

    def error(self, reason: str, place: int | None = None) -> PatternError:
        return PatternError.at(self.place if place is None else place, self.text, reason)

    def peek(self) -> str:
        return self.text[self.place : self.place + 1]

    def skip(self) -> None:
        match = SPACE.match(self.text, self.place)
        self.place = match.end() if match else self.place

    def take(self, sign: str) -> bool:
        found = self.text.startswith(sign, self.place)
        self.place += len(sign) * found
        return found

    def match(self, what: re.Pattern[str], wanted: str) -> str:
        found = what.match(self.text, self.place)
        if found is None:
            raise self.error(f"expected {wanted} here")
        self.place = found.end()
        return found[0]

    def build(self, place: int, make: Callable[[], Pattern]) -> Pattern:
        """Make a pattern; what the algebra refuses is pointed at."""
        try:
            return make()
        except PatternError:
            raise
        except InputError as refused:
            raise self.error(str(refused), place) from None

    def number(self) -> Fraction:
        start = self.place
        if self.take("("):
            found = self.fraction()
            if not self.take(")"):
                raise self.error("expected ) after the number")
        else:
            found = Fraction(self.match(NUMBER, "a number such as 2, 0.5 or (3/4)"))
        return self.bounded(found, start)

    def fraction(self) -> Fraction:
        start = self.place
        try:
            found = Fraction(self.match(FRACTION, "a number such as 2, 0.5 or 3/4"))
        except (ZeroDivisionError, ValueError):  # 1/0, 0.5/2
            raise self.error("this is no number; write one such as 2, 0.5 or 3/4", start) from None
        return self.bounded(found, start)

    def bounded(self, number: Fraction, start: int) -> Fraction:
        try:
            return exact(number, "the number")
        except InputError as refused:
            raise self.error(str(refused), start) from None

    def whole(self, most: int = 1_000_000) -> int:
        start = self.place
        digits = self.match(WHOLE, "a whole number")
        if len(digits) > 8 or abs(int(digits)) > most:
            raise self.error(f"a whole number of at most {most} belongs here", start)
        return int(digits)

    def piped(self) -> Pattern:
        found = self.layers()
        while self.take("|>"):
            self.skip()
            place = self.place
            change = self.change()
            found = self.build(place, lambda p=found, f=change: f(p))  # type: ignore[misc]
            self.skip()
        return found

    def layers(self) -> Pattern:
        start = self.place
        rows = self.rows()
        parts = [self.build(start, lambda row=row: _sequence(row)) for row in rows]  # type: ignore[misc]
        return parts[0] if len(parts) == 1 else self.build(start, lambda: cycles.stack(*parts))

    def rows(self) -> list[list[tuple[Pattern, Fraction]]]:
        rows = [self.steps()]
        while self.take(","):
            rows.append(self.steps())
        return rows

    def steps(self) -> list[tuple[Pattern, Fraction]]:
        found: list[tuple[Pattern, Fraction]] = []
        self.skip()
        while self.peek() and self.peek() not in "],>}|)":
            part, weight, times = self.step()
            found += [(part, weight)] * times
            self.skip()
        if not found:
            raise self.error("the pattern is empty here; write ~ for silence")
        return found

    def step(self) -> tuple[Pattern, Fraction, int]:
        start = self.place
        part, weight, times = self.term(), Fraction(1), 1
        while sign := self.peek():
            place = self.place
            if sign == "@":
                self.place += 1
                weight = self.number()
                if weight <= 0:
                    raise self.error("a step must last longer than 0", place + 1)
            elif sign == "!":
                self.place += 1
                times = self.whole(MAX_REPEATS)
                if times < 1:
                    raise self.error("a step must come at least once", place + 1)
            elif sign in "*/(?:":
                part = self.build(place, lambda p=part: self.changed(p))  # type: ignore[misc]
            elif sign.isspace() or sign in "],>}|)":
                break
            else:
                raise self.error(f"{sign!r} has no meaning after {self.text[start:place]!r}")
        return part, weight, times

    def changed(self, part: Pattern) -> Pattern:
        """Read one of the signs that follow a step and change it."""
        if self.take("*"):
            return cycles.fast(part, self.number())
        if self.take("/"):
            return cycles.slow(part, self.number())
        if self.take(":"):
            return cycles.level(part, self.number())
        if self.take("("):
            numbers = [self.within()]
            while self.take(","):
                numbers.append(self.within())
            if len(numbers) not in (2, 3) or not self.take(")"):
                raise self.error("a Euclidean rhythm is written (3,8) or (3,8,2)")
            rotation = numbers[2] if len(numbers) == 3 else 0
            return cycles.euclid(part, numbers[0], numbers[1], rotation=rotation)
        self.take("?")
        others = self.take("?")
        chance = self.number() if re.match(r"[\d.(]", self.peek()) else Fraction(1, 2)
        seed = self.whole() if self.take(":") else self.doubts
        self.doubts += 1
        return Thinned(part, chance, seed, others)

    def within(self) -> int:
        self.skip()
        found = self.whole()
        self.skip()
        return found

    def term(self) -> Pattern:
        start = self.place
        if self.take("~"):
            return SILENCE
        sign = self.peek()
        if sign not in BRACKETS:
            return Pure(self.match(WORD, "the name of a sound, ~, [, < or {"))
        self.place += 1
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"the brackets are over {MAX_DEPTH} levels deep", start)
        inner = self.piped() if sign == "[" else self.rows()
        if not self.peek():
            raise self.error(
                f"the bracket {sign} is never closed; it needs a {BRACKETS[sign]}", start
            )
        if not self.take(BRACKETS[sign]):
            raise self.error(
                f"{self.peek()} can't stand here; the bracket {sign} needs a {BRACKETS[sign]}"
            )
        self.depth -= 1
        if isinstance(inner, Pattern):
            return inner
        return self.build(start, lambda: self.turned(inner) if sign == "<" else self.poly(inner))

    def turned(self, rows: list[list[tuple[Pattern, Fraction]]]) -> Pattern:
        if any(weight != 1 for row in rows for _, weight in row):
            raise InputError("@ has no meaning in < >, where each part lasts a cycle; write a!3")
        parts = [cycles.alternate(*(part for part, _ in row)) for row in rows]
        return parts[0] if len(parts) == 1 else cycles.stack(*parts)

    def poly(self, rows: list[list[tuple[Pattern, Fraction]]]) -> Pattern:
        if any(weight.denominator != 1 for row in rows for _, weight in row):
            raise InputError("in { } each part must last a whole number of steps")
        steps = self.whole() if self.take("%") else None
        parts = [Sequence(tuple(p for p, _ in row), tuple(int(w) for _, w in row)) for row in rows]
        return cycles.polymeter(*parts, steps=steps)

    def change(self) -> cycles.Change:
        """Read a change: `rev`, `fast 2`, `(rev |> fast 2)`, or a pattern that takes the place."""
        start = self.place
        if self.take("("):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise self.error(f"the brackets are over {MAX_DEPTH} levels deep", start)
            self.skip()
            chain = [self.change()]
            while self.take("|>"):
                self.skip()
                chain.append(self.change())
            if not self.take(")"):
                raise self.error("the bracket ( is never closed; it needs a )", start)
            self.skip()
            self.depth -= 1
            return lambda p: _through(p, chain)
        if self.peek() in {*BRACKETS, "~"}:
            instead = self.step()[0]
            self.skip()
            return lambda _: instead
        found = NAME.match(self.text, self.place)
        if found is None or found[0] not in CHANGES:
            raise self.error(f"expected one of {', '.join(CHANGES)} here")
        self.place = found.end()
        kinds, make = CHANGES[found[0]]
        arguments = []
        for kind in kinds:
            self.skip()
            arguments.append(self.argument(kind))
        self.skip()
        return lambda p: make(p, *arguments)

    def argument(self, kind: str) -> Any:
        if kind == "number":
            return self.fraction()
        if kind == "whole":
            return self.whole()
        if kind == "seed":
            return self.whole() if re.match(r"\d", self.peek()) else 0
        if kind == "flags":
            return self.match(re.compile("[01]+"), "a line of 0 and 1 such as 0001")
        if kind == "change":
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise self.error(f"changes are over {MAX_DEPTH} levels deep")
            found = self.change()
            self.depth -= 1
            return found
        if kind == "pattern":
            return self.step()[0]
        return [part for part, _ in self.steps()]


def _through(part: Pattern, chain: list[cycles.Change]) -> Pattern:
    for change in chain:
        part = change(part)
    return part


def _sequence(row: list[tuple[Pattern, Fraction]]) -> Pattern:
    if len(row) == 1:
        return row[0][0]
    return cycles.sequence(*(part for part, _ in row), weights=[weight for _, weight in row])
