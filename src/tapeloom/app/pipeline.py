"""The order of the stages: a brief goes in, a record's folder comes out."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapeloom.app import stages
from tapeloom.app.order import Order, read_order, write_order
from tapeloom.app.workshop import RECORD, Workshop, final_of, open_workshop, partial_of
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json
from tapeloom.core.product import Loudness

# How much of the whole each stage takes (benchmarks/make_record.py measures it).
STAGES = {
    "compose": 0.02,
    "perform": 0.01,
    "render": 0.3,
    "mix": 0.3,
    "master": 0.32,
    "cover": 0.05,
}
OnProgress = Callable[[str, float], None]  # (stage, how much of the whole is done, 0..1)


@dataclass(frozen=True, slots=True)
class Record:
    """A finished record; `data` is its record.json."""

    folder: Path
    title: str
    loudness: Loudness
    data: Mapping[str, Any]


def produce(
    order: Order,
    final: Path,
    *,
    base: Path | None = None,
    force: bool = False,
    loops: Sequence[str] = (),
    threads: int = 2,
    on_progress: OnProgress | None = None,
) -> Record:
    """Make a record in the folder `final`; with `base`, continue that record.

    A stage whose inputs are as they were is not run again. Raises InputError for what cannot be
    asked, TapeloomError for what fails on the way.
    """
    return _produce(order, final, base, loops, threads, on_progress, force=force)


def advance(
    order: Order,
    final: Path,
    *,
    until: str,
    base: Path | None = None,
    loops: Sequence[str] = (),
    threads: int = 2,
    on_progress: OnProgress | None = None,
) -> Path:
    """Do a record's stages up to and with one of STAGES; return the hidden folder they lie in.

    What is done there already is not done again, and `produce` goes on from it.
    """
    with suppress(_Enough):
        _produce(order, final, base, loops, threads, on_progress, until=until)
    return partial_of(final)


def _produce(
    order: Order,
    final: Path,
    base: Path | None,
    loops: Sequence[str],
    threads: int,
    on_progress: OnProgress | None,
    *,
    force: bool = False,
    until: str = "",
) -> Record:
    with open_workshop(final, base=base, force=force) as shop:
        order = write_order(order, shop.folder)
        run = _Run(shop, threads, on_progress, until)

        score = run("compose", stages.compose, order)
        wanted = stages.loops_of(loops, shop, score)
        performance = run("perform", stages.perform, order, score)
        stems = run("render", stages.render, order, performance)
        mix = run("mix", stages.mix, order, performance, stems)
        with ThreadPoolExecutor(1) as aside:  # the encoding of the master leaves a core idle
            painting = aside.submit(run, "cover", stages.cover, order, score)
            master = run("master", stages.master, order, mix)
            painting.result()
        stages.cut_loops(wanted, shop, score, performance, mix)

        data = stages.provenance(order) | stages.facts(
            score, master, stages.drafts_of(shop.value("compose"))
        )
        shop.finish(data)
    return Record(final, data["title"], master.loudness, read_json(final / RECORD))


class _Enough(Exception):  # noqa: N818  (no fault)
    """The last stage that was asked for is done."""


class _Run:
    """Run a stage and tell how far the whole has come."""

    def __init__(
        self, shop: Workshop, threads: int, on_progress: OnProgress | None, until: str
    ) -> None:
        self._shop, self._threads, self._until = shop, threads, until
        self._tell = on_progress or (lambda stage, done: None)
        self._parts = dict.fromkeys(STAGES, 0.0)

    def __call__(self, name: str, stage: Callable[..., Any], *arguments: Any) -> Any:
        def tell(part: float) -> None:
            self._parts[name] = part
            self._tell(name, sum(STAGES[stage] * done for stage, done in self._parts.items()))

        tell(0.0)
        value = stage(stages.Site(self._shop, self._threads, tell), *arguments)
        tell(1.0)
        if name == self._until:
            raise _Enough
        return value


def make(
    words: str | Brief = "", *, out: str | Path = "out", force: bool = False, **fields: Any
) -> Record:
    """Make one record from words or a brief: the call behind `tapeloom make`.

    fields  those of Brief: bpm, key, minutes, bars, meter, grouping, clave, polyrhythm, form,
            energy_curve, seed
    """
    brief = words if isinstance(words, Brief) else Brief(words, **fields)
    return produce(Order(brief), Path(out) / stages.folder_name(brief), force=force)


def remake(folder: str | Path, *, loops: Sequence[str] = (), **changes: Any) -> Record:
    """Continue a record with the first stage whose inputs have changed.

    folder   a record, or the hidden folder of an interrupted make
    changes  fields of the brief to change; refused where the score was edited by hand
    """
    order, final, base = continued(Path(folder), changes)
    return produce(order, final, base=base, loops=loops)


def continued(folder: Path, changes: Mapping[str, Any]) -> tuple[Order, Path, Path | None]:
    """Return what `produce` needs to continue a record: the order, its folder, its base."""
    order = read_order(folder, changes)
    if changes and stages.is_edited(folder):
        given = " ".join(f"--{name}" for name in changes)
        raise InputError(
            f"the score of {folder.name} was edited by hand and {given} would compose it anew; "
            f"leave out {given}, or make a new record"
        )
    final = final_of(folder)
    return order, final, folder if final == folder else None
