"""Work in rounds: each lane takes its turn when those that it needs have had theirs."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

UNDER_WAY = 3  # rounds at once: early lanes are in the next while late ones finish this


@dataclass(frozen=True, slots=True)
class Lane:
    """A worker with a state of its own, who works once a round.

    work  takes what the lanes that it needs gave in this round, and whether it is the last one
    """

    name: str
    needs: tuple[str, ...]
    work: Callable[[Mapping[str, Any], bool], Any]


def run_lanes(
    lanes: Sequence[Lane], rounds: int, pool: ThreadPoolExecutor, say: Callable[[float], None]
) -> None:
    """Let all lanes work for some rounds; a lane stands behind those that it needs.

    Turns are queued in that order, so that one that waits only ever waits for turns which began
    before it: any number of threads will do, and none changes a result.

    >>> told = []
    >>> one = Lane("one", (), lambda given, is_last: 1)
    >>> two = Lane("two", ("one",), lambda given, is_last: told.append((given["one"], is_last)))
    >>> with ThreadPoolExecutor(1) as pool:
    ...     run_lanes([one, two], 2, pool, lambda done: None)
    >>> told
    [(1, False), (1, True)]
    """
    under_way: deque[dict[str, Future[Any]]] = deque()
    before: dict[str, Future[Any]] = {}
    finished = 0
    try:
        for index in range(rounds + UNDER_WAY):
            if index < rounds:
                now: dict[str, Future[Any]] = {}
                for lane in lanes:
                    needed = {name: now[name] for name in lane.needs}
                    now[lane.name] = pool.submit(
                        _turn, lane, needed, before.get(lane.name), index == rounds - 1
                    )
                under_way.append(now)
                before = now
            if len(under_way) > UNDER_WAY or (index >= rounds and under_way):
                for future in under_way.popleft().values():
                    future.result()
                finished += 1
                say(finished / rounds)
    finally:
        wait([future for turns in under_way for future in turns.values()])


def _turn(
    lane: Lane, needed: Mapping[str, Future[Any]], before: Future[Any] | None, is_last: bool
) -> Any:
    if before is not None:
        before.result()
    return lane.work({name: future.result() for name, future in needed.items()}, is_last)
