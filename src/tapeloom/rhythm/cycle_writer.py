"""Patterns written as the text that `cycle_text` reads."""

from fractions import Fraction

from tapeloom.rhythm.cycle import Pattern
from tapeloom.rhythm.cycle_changes import (
    Chosen,
    Euclidean,
    Levelled,
    Lingering,
    Masked,
    Repeated,
    Reversed,
    Rotated,
    Structured,
    Thinned,
)
from tapeloom.rhythm.cycle_nodes import (
    Alternate,
    Faster,
    Polymeter,
    Pure,
    Sequence,
    Silence,
    Stack,
    Turns,
)

MAX_REPEATS = 1024  # of one step, as `a!1024`


def write(pattern: Pattern) -> str:
    """Write a pattern as text that `parse` reads.

    >>> from tapeloom.rhythm import cycles
    >>> write(cycles.every(cycles.sequence("a", "b"), 3, cycles.rev))
    'a b |> rev |> turns [a b]!2'
    """
    while isinstance(pattern, (Sequence, Stack, Turns)) and len(pattern.parts) == 1:
        pattern = pattern.parts[0]
    change = _piped(pattern)
    if change is not None:
        part, text = change
        return f"{write(part)} |> {text}"
    rows = pattern.parts if isinstance(pattern, Stack) else (pattern,)
    return ", ".join(_steps(row) if isinstance(row, Sequence) else _step(row) for row in rows)


def _steps(sequence: Sequence) -> str:
    weights = (f"@{weight}" if weight > 1 else "" for weight in sequence.weights)
    return _runs(
        [_step(part) + weight for part, weight in zip(sequence.parts, weights, strict=True)]
    )


def _runs(words: list[str]) -> str:
    """Join words, those that repeat themselves as `a!3`."""
    runs: list[tuple[str, int]] = []
    for word in words:
        if runs and runs[-1][0] == word and runs[-1][1] < MAX_REPEATS:
            runs[-1] = (word, runs[-1][1] + 1)
        else:
            runs.append((word, 1))
    return " ".join(f"{word}!{times}" if times > 1 else word for word, times in runs)


def _step(pattern: Pattern) -> str:
    """Write what may stand between two spaces."""
    match pattern:
        case Silence():
            return "~"
        case Pure(value=value):
            return value
        case Alternate(parts=parts):
            return f"<{_runs([_step(part) for part in parts])}>"
        case Polymeter(parts=rows, steps=steps):
            return f"{{{', '.join(_steps(row) for row in rows)}}}%{steps}"
        case Euclidean(part=part, strokes=k, pulses=n, rotation=rotation):
            return f"{_step(part)}({k},{n}{f',{rotation}' if rotation else ''})"
        case Faster(part=part, factor=factor):
            if factor.numerator == 1:
                return f"{_step(part)}/{factor.denominator}"
            return f"{_step(part)}*{_number(factor)}"
        case Thinned(part=part, chance=chance, seed=seed, others=others):
            return f"{_step(part)}{'??' if others else '?'}{_number(chance)}:{seed}"
        case Levelled(part=part, level=level):
            return f"{_step(part)}:{_number(level)}"
        case _:
            return f"[{write(pattern)}]"


def _number(number: Fraction) -> str:
    """Write a number as a decimal where it ends within six digits."""
    if number.denominator == 1:
        return str(number.numerator)
    decimal = f"{float(number):.6f}".rstrip("0")
    return decimal if Fraction(decimal) == number else f"({number})"


def _piped(pattern: Pattern) -> tuple[Pattern, str] | None:
    """Return what stands before the last `|>` and the change after it."""
    match pattern:
        case Reversed(part=part):
            return part, "rev"
        case Rotated(part=part, by=by):
            return part, f"rotate {by}"
        case Repeated(part=part, times=times):
            return part, f"ply {times}"
        case Lingering(part=part, length=length):
            return part, f"linger {length}"
        case Masked(part=part, mask=mask):
            return part, f"mask {_step(mask)}"
        case Structured(part=part, rhythm=rhythm):
            return part, f"struct {_step(rhythm)}"
        case Chosen(part=part, other=other, chance=chance, seed=seed):
            return part, f"some_cycles {chance} {seed} [{write(other)}]"
        case Turns(parts=(part, *others)):
            return part, f"turns {_runs([_step(other) for other in others])}"
        case _:
            return None
