"""What workers do in each stage of each kind of job. Only workers import this."""

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tapeloom.app.jobs.artefacts import Store
from tapeloom.app.jobs.kinds import KINDS, PUBLISH
from tapeloom.app.jobs.payloads import (
    AnalyzePayload,
    DescribePayload,
    KitPayload,
    Limits,
    MasterPayload,
    RecordPayload,
    RenderPayload,
    TrainPayload,
    read_payload,
)
from tapeloom.app.pipeline import STAGES, advance, continued, produce
from tapeloom.app.workshop import RECORD, partial_of
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json, sha256_of, write_json

_NO_LIMITS = Limits(minutes=120.0, bars=5000)  # what was accepted is done, whatever was set since
NEEDED_TO_TRAIN = ("torch", "accelerate", "onnx")
_OUT, _FACTS = "out", "facts.json"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where one job is worked at: a folder of its own, and whom it tells of its progress."""

    job: str
    kind: str
    payload: Mapping[str, Any]
    folder: Path
    store: Store
    threads: int
    tell: Callable[[str, float], None]  # (stage, share of the whole 0..1)

    @property
    def record(self) -> Path:
        """The folder of the record in the making."""
        return self.folder / "record"

    @property
    def out(self) -> Path:
        """The folder whose files the job will have made."""
        return self.folder / _OUT

    def fetched(self, key: str) -> Path:
        """Return an artefact as a file of the bench."""
        name = hashlib.sha256(key.encode()).hexdigest()[:16]
        path = self.folder / "in" / name / key.rpartition("/")[2]
        if not path.is_file():
            self.store.get(key, path)
        return path

    def fetched_record(self, job: str) -> Path:
        """Return another job's record as a folder of the bench, whole."""
        folder = self.folder / "in" / job
        if folder.is_dir():
            return folder
        coming = folder.with_name(f".{job}")
        shutil.rmtree(coming, ignore_errors=True)
        prefix = f"jobs/{job}"
        for one in self.store.list(prefix):
            self.store.get(one.key, coming / one.key.removeprefix(f"{prefix}/"))
        if not (coming / "brief.json").is_file():
            raise InputError(f"the record {job} is not there any more")
        coming.rename(folder)
        return folder


def do(bench: Bench, stage: str) -> dict[str, Any]:
    """Do one stage of a job; doing it again gives the same. Return the facts of the last ones.

    Where an earlier stage's files are gone, on another machine, they are made again first.
    """
    bench.folder.mkdir(parents=True, exist_ok=True)
    if stage == PUBLISH:
        _made(bench)
        return _publish(bench)
    _WORK[bench.kind](bench, stage)
    return {}


def clear(bench: Bench) -> None:
    """Remove what a job needed on the way."""
    shutil.rmtree(bench.folder, ignore_errors=True)


def _made(bench: Bench) -> None:
    """See that all files of a job are there."""
    last = KINDS[bench.kind].stages[-1]
    if not (bench.out / _FACTS).is_file():
        _WORK[bench.kind](bench, last)


def _publish(bench: Bench) -> dict[str, Any]:
    """Put the job's files into the store, and return its result."""
    folder, prefix = bench.out, f"jobs/{bench.job}"
    files = [
        path for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] != _FACTS
        and not path.name.startswith(".")
    ]  # fmt: skip
    wanted = {f"{prefix}/{path.relative_to(folder).as_posix()}": path for path in files}
    for stale in bench.store.list(prefix):  # of an attempt that was cut off
        if stale.key not in wanted:
            bench.store.delete(stale.key)
    told = []
    for number, (key, path) in enumerate(wanted.items()):
        bench.store.put(path, key)
        told.append({"key": key, "bytes": path.stat().st_size, "sha256": sha256_of(path)})
        bench.tell(PUBLISH, 0.97 + 0.03 * (number + 1) / len(wanted))
    return {**read_json(folder / _FACTS), "files": told}


def _finish(bench: Bench, folder: Path, facts: Mapping[str, Any]) -> None:
    """Make a finished folder the job's output, in one step."""
    write_json(folder / _FACTS, dict(facts))
    if folder != bench.out:
        shutil.rmtree(bench.out, ignore_errors=True)
        folder.rename(bench.out)


def _record(bench: Bench, stage: str) -> None:
    """A stage of `make` or `compose`: those of the pipeline, up to this one."""
    payload = _payload(bench, RecordPayload)
    if (bench.out / _FACTS).is_file():
        return
    order, base = _order(bench, payload)
    last = stage == KINDS[bench.kind].stages[-1]
    share = 0.97 / (sum(STAGES.values()) if bench.kind == "make" else 0.03)

    def tell(at: str, done: float) -> None:
        bench.tell(at, min(0.97, share * done))

    if bench.kind == "compose" or not last:
        made = advance(order, bench.record, until=stage, base=base, loops=payload.loops,
                       threads=bench.threads, on_progress=tell)  # fmt: skip
        if last:
            _finish(bench, made, _score_facts(made))
        return
    if not (bench.record / RECORD).is_file():
        produce(order, bench.record, base=base, loops=payload.loops, threads=bench.threads,
                on_progress=tell)  # fmt: skip
    data = read_json(bench.record / RECORD)
    hidden = ("stages", "checksums")
    _finish(bench, bench.record, {name: data[name] for name in data if name not in hidden})


def _order(bench: Bench, payload: RecordPayload) -> tuple[Any, Path | None]:
    """Return the order of a record and the folder that it continues."""
    from tapeloom.app.mixing import MIX, check_names_no_file
    from tapeloom.app.order import Order
    from tapeloom.core.midi import write_midi
    from tapeloom.core.score import score_from_json

    if payload.base is None:
        order = Order(payload.brief, artist=payload.artist, engine=payload.engine,
                      title=payload.title, cover=payload.cover or {})  # fmt: skip
        return order, None
    base = bench.folder / "base"
    if not base.is_dir():
        source, coming = bench.fetched_record(payload.base), bench.folder / ".base"
        shutil.rmtree(coming, ignore_errors=True)
        shutil.copytree(source, coming)
        for name, key in payload.files.items():
            given = bench.fetched(key)
            if name == MIX:
                check_names_no_file(given)
            shutil.copyfile(given, coming / name)
        if payload.rerolls and "score.json" in payload.files:  # it holds the notes to go on from
            write_midi(coming / "score.mid", score_from_json(read_json(coming / "score.json")))
        for one in payload.rerolls:
            from tapeloom.app.composing import write_infilled

            score = coming / "score.mid"
            write_infilled(score, score, role=one.role, engine=one.engine, seed=one.seed,
                           bars=range(one.first_bar - 1, one.last_bar))  # fmt: skip
        coming.rename(base)
    order, _, _ = continued(base, payload.changes, title=payload.title, cover=payload.cover)
    return order, base


def _score_facts(folder: Path) -> dict[str, Any]:
    from tapeloom.app.composing import score_facts
    from tapeloom.core.score import score_from_json

    score = score_from_json(read_json(folder / "score.json"))
    notes = {part.name: len(part.notes) for part in score.parts}
    duration_s = round(score.tempo.tick_to_s(score.end), 3)
    return {**score_facts(score), "notes": notes, "duration_s": duration_s}


def _render(bench: Bench, stage: str) -> None:
    from tapeloom.app.rendering import render_score

    payload = _payload(bench, RenderPayload)
    folder = _empty(bench)
    source = bench.fetched(payload.source)
    told = render_score(source, folder, instruments=payload.instruments, seed=payload.seed,
                        brightness=payload.brightness, mixed=payload.mixed,
                        jobs=bench.threads)  # fmt: skip
    _finish(bench, folder, _without_paths(told))


def _master(bench: Bench, stage: str) -> None:
    from tapeloom.app.mastering import MasterOrder, check_can_be_mastered, master_file

    payload = _payload(bench, MasterPayload)
    folder = _empty(bench)
    order = MasterOrder(
        preset=payload.preset, changes=dict(payload.changes), assistant=payload.assistant,
        references=tuple(bench.fetched(key) for key in payload.references),
        coding=payload.coding, fade_in_s=payload.fade_in_s, fade_out_s=payload.fade_out_s,
        seed=payload.seed,
    )  # fmt: skip
    source = check_can_be_mastered(bench.fetched(payload.source))
    made = master_file(source, folder / "master.flac", order,
                       on_progress=lambda done: bench.tell(stage, 0.97 * done))  # fmt: skip
    _finish(bench, folder, _without_paths(made.figures()))


def _analyze(bench: Bench, stage: str) -> None:
    from tapeloom.app.analysis import analyze_audio, analyze_score, open_source
    from tapeloom.app.timing import played_score, timing_figures

    source = bench.fetched(_payload(bench, AnalyzePayload).source)
    score, audio = open_source(source)
    folder = _empty(bench)
    figures: dict[str, Any] = {}
    if score is not None:
        figures |= analyze_score(score) | timing_figures(played_score(source, score))
    if audio is not None:
        figures |= analyze_audio(audio)[0]
    write_json(folder / "analysis.json", figures)
    _finish(bench, folder, figures)


def _describe(bench: Bench, stage: str) -> None:
    from tapeloom.app.describing import Wording, words_of, write_words

    payload = _payload(bench, DescribePayload)
    record, folder = bench.fetched_record(payload.base), _empty(bench)
    wording = Wording(language=payload.language, variants=payload.variants)
    path = write_words(folder, words_of(record, wording))
    _finish(bench, folder, {"words": read_json(path)})


def _kit(bench: Bench, stage: str) -> None:
    from tapeloom.app.kit import KitOrder, make_kit

    payload = _payload(bench, KitPayload)
    folders, folder = [bench.fetched_record(job) for job in payload.records], _empty(bench)
    order = KitOrder(targets=payload.targets, title=payload.title, artist=payload.artist,
                     label=payload.label)  # fmt: skip
    make_kit(folders, folder, order, on_progress=lambda _, done: bench.tell(stage, 0.9 * done))
    _finish(bench, folder, {"kit": read_json(folder / "kit.json")})


def _train(bench: Bench, stage: str) -> None:
    payload = _payload(bench, TrainPayload)
    if missing := [name for name in NEEDED_TO_TRAIN if find_spec(name) is None]:
        raise InputError(
            f"this worker lacks {' and '.join(missing)}; `pip install 'tapeloom[train]'` brings it"
        )
    from tapeloom.neural.originality import OriginalityIndex
    from tapeloom.train.evaluation import SHIPPED
    from tapeloom.train.finetune import Adaptation, finetune
    from tapeloom.train.own_songs import read_own

    folder, songs = _empty(bench), bench.folder / "songs"
    songs.mkdir(exist_ok=True)
    for number, key in enumerate(payload.songs):
        shutil.copyfile(bench.fetched(key), songs / f"{number:03d}-{key.rpartition('/')[2]}")
    own = read_own(songs, style=payload.style, report=lambda _: bench.tell(stage, 0.01))
    done = finetune(
        SHIPPED, own, folder / "model.onnx", Adaptation(steps=payload.steps, seed=payload.seed),
        index=OriginalityIndex.load(), threads=bench.threads,
        report=lambda _: bench.tell(stage, 0.5),
    )  # fmt: skip
    _finish(bench, folder, {"taught": len(own.taught), "kept": len(own.kept),
                            "before": done.before, "after": done.after})  # fmt: skip


_WORK: Mapping[str, Callable[[Bench, str], None]] = {
    "make": _record, "compose": _record, "render": _render, "master": _master,
    "analyze": _analyze, "describe": _describe, "kit": _kit,
    "train": _train,
}  # fmt: skip


def _payload(bench: Bench, kind: type[Any]) -> Any:
    payload = read_payload(bench.kind, bench.payload, _NO_LIMITS)
    assert isinstance(payload, kind)  # noqa: S101  (the table of kinds pairs them)
    return payload


def _empty(bench: Bench) -> Path:
    """Return an empty folder to work in: nothing of an attempt that was cut off stays."""
    folder = partial_of(bench.out)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _without_paths(told: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out where files lay on the worker."""
    return {name: value for name, value in told.items() if name not in ("file", "out", "coded")}
