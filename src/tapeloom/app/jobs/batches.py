"""The orders of a batch: one brief on seeds that follow, or a table of briefs."""

import csv
import io
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from tapeloom.app.jobs.models import JobOrder
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError, nearest
from tapeloom.core.seed import MAX_SEED

_WHOLE, _REAL = ("bars", "seed"), ("bpm", "minutes")
COLUMNS = (*(one.name for one in fields(Brief)), "engine", "artist", "priority")
MAX_BYTES = 2**20


def orders_of_count(order: JobOrder, count: int) -> tuple[JobOrder, ...]:
    """Return an order `count` times, each on the seed after the last one's.

    >>> two = orders_of_count(JobOrder("compose", {"seed": 7}, "ann"), 2)
    >>> [one.payload["seed"] for one in two]
    [7, 8]
    """
    first = order.payload.get("seed", 0)
    if not isinstance(first, int) or not 0 <= first <= MAX_SEED - count:
        raise InputError(f"seed is {first!r}; it must be a whole number from 0")
    return tuple(
        replace(order, payload={**order.payload, "seed": first + number}, idempotency_key=None)
        for number in range(count)
    )


def orders_of_csv(text: str, kind: str, owner: str, *, priority: int = 50) -> tuple[JobOrder, ...]:
    r"""Read a table of briefs: a line of names of columns, then a record in each line.

    The columns are those of COLUMNS in any order; an empty field is drawn by the composer, an
    empty seed is the number of its line.

    >>> orders_of_csv("words,bpm\nrain,72\ncafe,", "make", "ann")[1].payload
    {'words': 'cafe', 'seed': 2}
    """
    if len(text.encode()) > MAX_BYTES:
        raise InputError(f"the table has over {MAX_BYTES} bytes; cut it into several")
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise InputError(f"the table cannot be read in line {reader.line_num}: {error}") from error
    for name in reader.fieldnames or ("",):
        if name not in COLUMNS:
            raise InputError(f"{name!r} is no column of a table of briefs{nearest(name, COLUMNS)}")
    if not rows:
        raise InputError("the table has no record; write one in each line after the first")
    return tuple(_order(row, number, kind, owner, priority) for number, row in enumerate(rows, 1))


def _order(row: Mapping[str, Any], number: int, kind: str, owner: str, priority: int) -> JobOrder:
    if None in row or None in row.values():
        raise InputError(
            f"record {number} of the table has more or fewer fields than the first line"
        )
    payload: dict[str, Any] = {}
    for name, written in row.items():
        if not (value := written.strip()):
            continue
        try:
            payload[name] = (
                int(value) if name in (*_WHOLE, "priority")
                else float(value) if name in _REAL else value
            )  # fmt: skip
        except ValueError as error:
            raise InputError(f"record {number}: {name} is {value!r}, which is no number") from error
    priority = payload.pop("priority", priority)
    payload.setdefault("seed", number)
    return JobOrder(kind, payload, owner, priority=priority)
