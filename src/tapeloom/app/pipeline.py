"""The order of the stages: a brief goes in, a record's folder comes out."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapeloom.app import stages
from tapeloom.app.loops import cut_loops, loops_of
from tapeloom.app.order import Order, read_order, write_order
from tapeloom.app.provenance import facts, provenance
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
    "cover": 0.04,
    "thumbnail": 0.01,
    "words": 0.0,
    "video": 2.0,  # where there is one: it takes twice as long as the rest
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
    video: bool = False,
    threads: int = 2,
    on_progress: OnProgress | None = None,
) -> Record:
    """Make a record in the folder `final`; with `base`, continue that record.

    A stage whose inputs are as they were is not run again; a video is made where it is asked for,
    or was before. Raises InputError for what cannot be asked,
    TapeloomError for what fails on the way.
    """
    return _produce(order, final, base, loops, threads, on_progress, force=force, video=video)


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
    video: bool = False,
) -> Record:
    with open_workshop(final, base=base, force=force) as shop:
        order = write_order(order, shop.folder)
        filmed = video or stages.wants_video(shop)
        run = _Run(shop, threads, on_progress, until, without=() if filmed else ("video",))

        score = run("compose", stages.compose, order)
        wanted = loops_of(loops, shop, score)
        performance = run("perform", stages.perform, order, score)
        stems = run("render", stages.render, order, performance)
        mix = run("mix", stages.mix, order, performance, stems)
        with ThreadPoolExecutor(1) as aside:  # the encoding of the master leaves a core idle
            painting = [
                aside.submit(run, "cover", stages.cover, order, score),
                aside.submit(run, "thumbnail", stages.thumbnail, order, score),
            ]
            master = run("master", stages.master, order, mix)
            for picture in painting:
                picture.result()
        cut_loops(wanted, shop, score, performance, mix)

        data = provenance(order) | facts(score, master, stages.drafts_of(shop.value("compose")))
        run("words", stages.words, score, performance, data)
        if filmed:
            run("video", stages.video, order, master)
        shop.finish(data)
    return Record(final, data["title"], master.loudness, read_json(final / RECORD))


class _Enough(Exception):  # noqa: N818  (no fault)
    """The last stage that was asked for is done."""


class _Run:
    """Run a stage and tell how far the whole has come."""

    def __init__(
        self, shop: Workshop, threads: int, on_progress: OnProgress | None, until: str,
        without: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self._shop, self._threads, self._until = shop, threads, until
        self._tell = on_progress or (lambda stage, done: None)
        self._parts = dict.fromkeys(STAGES, 0.0)
        self._whole = sum(share for stage, share in STAGES.items() if stage not in without)

    def __call__(self, name: str, stage: Callable[..., Any], *arguments: Any) -> Any:
        def tell(part: float) -> None:
            self._parts[name] = part
            done = sum(STAGES[stage] * part for stage, part in self._parts.items())
            self._tell(name, done / self._whole)

        tell(0.0)
        value = stage(stages.Site(self._shop, self._threads, tell), *arguments)
        tell(1.0)
        if name == self._until:
            raise _Enough
        return value


def make(
    words: str | Brief = "", *, out: str | Path = "out", force: bool = False, video: bool = False,
    title: str | None = None, **fields: Any,
) -> Record:  # fmt: skip
    """Make one record from words or a brief: the call behind `tapeloom make`.

    title   one line; drawn from the words where it is left out
    fields  those of Brief: bpm, key, minutes, bars, meter, grouping, clave, polyrhythm, form,
            energy_curve, seed
    """
    brief = words if isinstance(words, Brief) else Brief(words, **fields)
    final = Path(out) / stages.folder_name(brief, title)
    return produce(Order(brief, title=title), final, force=force, video=video)


def remake(
    folder: str | Path,
    *,
    loops: Sequence[str] = (),
    title: str | None = None,
    cover: Mapping[str, str] | None = None,
    **changes: Any,
) -> Record:
    """Continue a record with the first stage whose inputs have changed.

    folder   a record, or the hidden folder of an interrupted make
    title    in the place of the record's
    cover    fields of `order.PICTURE`, in the place of those that were asked for before
    changes  fields of the brief to change; refused where the score was edited by hand
    """
    order, final, base = continued(Path(folder), changes, title=title, cover=cover)
    return produce(order, final, base=base, loops=loops)


def continued(
    folder: Path,
    changes: Mapping[str, Any],
    *,
    title: str | None = None,
    cover: Mapping[str, str] | None = None,
) -> tuple[Order, Path, Path | None]:
    """Return what `produce` needs to continue a record: the order, its folder, its base."""
    order = read_order(folder, changes, title=title, cover=cover)
    if changes and stages.is_edited(folder):
        given = " ".join(f"--{name}" for name in changes)
        raise InputError(
            f"{folder.name} was edited by hand and {given} would compose it anew; "
            f"leave out {given}, or make a new record"
        )
    final = final_of(folder)
    return order, final, folder if final == folder else None
