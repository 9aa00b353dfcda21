"""The grammar of forms: weighted rules from a piece down to its sections.

A piece is derived from its rules so that it is exactly as long as asked: the weight of all
derivations of each length is summed first, and every rule is then drawn by what its derivations
weigh (sampling from a weighted context-free grammar, given the length of the word). Lengths are
counted in phrases, usually of four bars.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError

# Sections, and their phrases.
TERMINALS: Mapping[str, int] = MappingProxyType({
    "intro": 1, "long intro": 2, "A": 2, "short A": 1, "A'": 2, "short A'": 1, "B": 2,
    "bridge": 2, "breakdown": 1, "outro": 1,
})  # fmt: skip
Rule = tuple[float, tuple[str, ...]]
# A statement is A, mostly with its variation, and B; rounds of A and B follow, a bridge or a
# breakdown for contrast before some, and the last return. No more than two A follow each other.
RULES: Mapping[str, tuple[Rule, ...]] = MappingProxyType({
    "piece": ((1.0, ("intro", "body", "outro")), (0.12, ("long intro", "body", "outro"))),
    "body": (
        (0.05, ("short A",)), (1.0, ("A",)), (0.05, ("A", "short A'")), (0.8, ("A", "A'")),
        (1.0, ("statement",)), (1.0, ("statement", "rest")),
    ),
    "statement": ((1.0, ("A", "B")), (1.0, ("A", "A'", "B")), (0.15, ("A", "B", "short A'"))),
    "rest": ((1.0, ("last",)), (0.7, ("contrast", "last")), (0.8, ("round", "rest"))),
    "round": (
        (1.0, ("A'", "B")), (0.8, ("A", "B")), (0.5, ("A", "A'", "B")),
        (0.5, ("contrast", "A'", "B")), (0.4, ("contrast", "A", "B")),
    ),
    "last": (
        (1.0, ("A'",)), (1.0, ("A'", "B")), (0.7, ("A", "B")), (0.4, ("A",)), (0.4, ("A", "A'")),
    ),
    "contrast": ((1.0, ("bridge",)), (0.6, ("breakdown",))),
})  # fmt: skip


def draw_sections(phrases: int, rng: np.random.Generator) -> tuple[tuple[str, int], ...]:
    """Draw the sections of a piece as (name, phrases); they add up to `phrases`, 3 or more.

    >>> draw_sections(6, np.random.default_rng(3))
    (('intro', 1), ('A', 2), ('B', 2), ('outro', 1))
    """
    if phrases < 3:
        raise InputError(f"phrases is {phrases}; a form needs 3, an intro, a section and an outro")
    pending: list[tuple[tuple[str, ...], int]] = [(("piece",), phrases)]
    found: list[tuple[str, int]] = []
    while pending:
        symbols, length = pending.pop()
        if not symbols:
            continue
        head, tail = symbols[0], symbols[1:]
        if tail:
            own = _draw_split(symbols, length, rng)
            pending.append((tail, length - own))
            pending.append(((head,), own))
        elif head in TERMINALS:
            found.append((head.split()[-1], TERMINALS[head]))
        else:
            weights = np.array([
                weight * _table(parts, length)[length] for weight, parts in RULES[head]
            ])  # fmt: skip
            rule = int(rng.choice(len(weights), p=weights / weights.sum()))
            pending.append((RULES[head][rule][1], length))
    return tuple(found)


def _draw_split(symbols: tuple[str, ...], length: int, rng: np.random.Generator) -> int:
    """Draw how many phrases the first of some symbols has, of the length of all."""
    first, rest = _table(symbols[:1], length), _table(symbols[1:], length)
    weights = first[: length + 1] * rest[length::-1]
    return int(rng.choice(length + 1, p=weights / weights.sum()))


def _table(symbols: tuple[str, ...], length: int) -> NDArray[np.float64]:
    """Return what all derivations of some symbols weigh, by their length, up to a length or more.

    The tables grow in doublings, so that a few serve every length.
    """
    return _weights(symbols, max(64, 1 << length.bit_length()))


@lru_cache(maxsize=512)
def _weights(symbols: tuple[str, ...], size: int) -> NDArray[np.float64]:
    table = _symbol_weights(size)
    total = table[symbols[0]]
    for symbol in symbols[1:]:
        total = np.convolve(total, table[symbol])[: size + 1]
    return total


@lru_cache(maxsize=8)
def _symbol_weights(size: int) -> dict[str, NDArray[np.float64]]:
    """Return the weights of each symbol alone; `rest` calls itself, so lengths are found in turn.

    A round of the rules settles at least two phrases more; it is repeated until nothing changes.
    The weights are scaled by SCALE to the power of the length, or long forms would overflow.
    """
    table = {name: np.zeros(size + 1) for name in (*TERMINALS, *RULES)}
    for name, phrases in TERMINALS.items():
        table[name][phrases] = SCALE**phrases
    while True:
        changed = False
        for name, rules in RULES.items():
            total = np.zeros(size + 1)
            for weight, parts in rules:
                product = table[parts[0]]
                for part in parts[1:]:
                    product = np.convolve(product, table[part])[: size + 1]
                total += weight * product
            changed |= not np.array_equal(total, table[name])
            table[name] = total
        if not changed:
            return table


SCALE = 0.7  # a phrase; it leaves the odds as they are, since all derivations have one length
