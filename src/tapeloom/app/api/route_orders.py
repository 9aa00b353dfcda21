"""Orders: what becomes a job, and what is answered at once."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from tapeloom.app import quick_tasks
from tapeloom.app.api.forms import (
    AnalyzeForm,
    BatchForm,
    BriefForm,
    ComposeForm,
    DescribeForm,
    JobAnswer,
    MakeForm,
    MasterForm,
    ReharmonizeForm,
    RenderForm,
    Source,
    ThumbnailForm,
)
from tapeloom.app.api.hub import job_figures
from tapeloom.app.api.identity import Needs, Reader, Served, Writer
from tapeloom.app.api.keys import Principal
from tapeloom.app.api.problems import Problem, documented
from tapeloom.app.api.service import Service
from tapeloom.app.api.sources import artefact_key, fetched
from tapeloom.app.jobs import Job, JobOrder
from tapeloom.app.jobs.batches import orders_of_count, orders_of_csv
from tapeloom.app.logs import JOB_ID
from tapeloom.core.errors import InputError
from tapeloom.core.seed import seed_of

Again = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", max_length=200, pattern=r"^[\x21-\x7e]+$",
        description="The same key again gives the same answer.",
    ),
]  # fmt: skip
_ERRORS = documented(400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503)
router = APIRouter(prefix="/v1", tags=["orders"], responses=_ERRORS)
_SEEDS = 1_000_000  # to draw from, as `tapeloom make` does
_NOTATION = ("meter", "grouping", "clave", "polyrhythm", "form", "energy_curve")
_BRIEF = frozenset(BriefForm.model_fields)


@router.post(
    "/compose",
    status_code=202,
    response_model=JobAnswer,
    summary="Compose a score and its performance",
)
async def compose(
    form: ComposeForm, service: Served, who: Writer, answer: Response, again: Again = None
) -> Any:
    """Order a composition."""
    payload = seeded(given(form), who.owner, again)
    await check_notation(service, [payload])
    return await run_in_threadpool(
        submit_order, service, who, answer, "compose", payload, form.priority, again
    )


@router.post("/make", status_code=202, response_model=JobAnswer, summary="Make a record")
async def make(
    form: MakeForm, service: Served, who: Writer, answer: Response, again: Again = None
) -> Any:
    """Order a record, or another one that goes on from one that is there."""
    payload = seeded(given(form), who.owner, again)
    await check_notation(service, [payload])
    if form.cover is not None:
        payload["cover"] = form.cover.words()
        await service.quick.run(quick_tasks.check_cover, payload["cover"])

    def submit() -> dict[str, Any]:
        if form.files:
            payload["files"] = {
                name: service.uploads.get(who.sees, upload)["artefact"]
                for name, upload in form.files.items()
            }
        return submit_order(service, who, answer, "make", payload, form.priority, again)

    return await run_in_threadpool(submit)


@router.post(
    "/render", status_code=202, response_model=JobAnswer, summary="Render the sound of a score"
)
def render(
    form: RenderForm, service: Served, who: Writer, answer: Response, again: Again = None
) -> Any:
    """Order the stems of a score, and their mix."""
    payload = _sourced(service, who, form, default="score.mid")
    return submit_order(service, who, answer, "render", payload, form.priority, again)


@router.post("/master", status_code=202, response_model=JobAnswer, summary="Master an audio file")
def master(
    form: MasterForm, service: Served, who: Writer, answer: Response, again: Again = None
) -> Any:
    """Order a master."""
    payload = _sourced(service, who, form, default="mix.flac")
    if form.references:
        payload["references"] = [
            service.uploads.get(who.sees, upload)["artefact"] for upload in form.references
        ]
    return submit_order(service, who, answer, "master", payload, form.priority, again)


@router.post(
    "/describe", status_code=202, response_model=JobAnswer, summary="Write the words of a record"
)
def describe(
    form: DescribeForm, service: Served, who: Writer, answer: Response, again: Again = None
) -> Any:
    """Order title, description and tags."""
    service.records.job(form.record, who.sees)
    payload = {"base": form.record, "language": form.language, "variants": form.variants}
    return submit_order(service, who, answer, "describe", payload, form.priority, again)


@router.post("/batches", status_code=202, response_model=JobAnswer, summary="Order many records")
async def batches(
    form: BatchForm, service: Served, who: Writer, answer: Response, again: Again = None
) -> Any:
    """Order items of one batch: by a count, one by one, or as CSV."""
    orders = orders_of(form, who.owner, again)
    await check_notation(service, [order.payload for order in orders])
    batch = await run_in_threadpool(service.jobs.submit_batch, orders, idempotency_key=again)
    return _accepted(answer, batch)


@router.post(
    "/analyze", summary="Tell what music is made of", response_model=dict[str, Any],
    responses={202: {"model": JobAnswer, "description": "Audio, or a long score: a job."}},
)  # fmt: skip
async def analyze(
    form: AnalyzeForm, service: Served, who: Writer, answer: Response, again: Again = None
) -> Any:
    """Analyse chords or a small score at once; anything larger is a job."""
    if form.chords is not None:
        _alone(form)
        return await service.quick.run(quick_tasks.analyze, _one_line(form.chords))
    key = await run_in_threadpool(artefact_key, service, who, form, default="score.mid")
    if await run_in_threadpool(_is_small, service, who, form, key):
        return await _on_file(service, key, quick_tasks.analyze)
    return await run_in_threadpool(
        submit_order, service, who, answer, "analyze", {"source": key}, form.priority, again
    )


@router.post("/reharmonize", summary="Find other chords", response_model=dict[str, Any])
async def reharmonize(form: ReharmonizeForm, service: Served, who: Reader) -> Any:
    """Put other chords in the place of those given, each with its reason."""
    options = {
        "key": form.key, "amount": form.amount, "style": form.style, "locks": form.locks,
        "count": form.count, "seed": form.seed, "keep": form.keep,
    }  # fmt: skip
    if form.chords is not None:
        _alone(form)
        text = _one_line(form.chords)
        return await service.quick.run(quick_tasks.reharmonize, text, form.meter, options)
    key = await run_in_threadpool(artefact_key, service, who, form, default="score.mid")
    if not await run_in_threadpool(_is_small, service, who, form, key):
        raise Problem(422, f"that score is audio or has over {service.limits.quick_notes} notes")
    return await _on_file(service, key, quick_tasks.reharmonize, form.meter, options)


@router.post(
    "/thumbnail", summary="Draw a thumbnail", response_class=Response,
    responses={200: {"content": {"image/png": {}}, "description": "The thumbnail."}},
)  # fmt: skip
async def thumbnail(
    form: ThumbnailForm, service: Served, _who: Annotated[Principal, Depends(Needs("read"))]
) -> Response:
    """Draw a thumbnail of 1280 x 720 with its title, at once."""
    image = await service.quick.run(
        quick_tasks.thumbnail, form.words, form.title, form.subtitle, form.style, form.seed
    )
    return Response(image, media_type="image/png")


def given(form: BaseModel) -> dict[str, Any]:
    """Return an order's fields as its payload: what was left out stays out."""
    told = form.model_dump(exclude_none=True, exclude_unset=True)
    for name in ("priority", "files", "upload", "record", "file", "references"):
        told.pop(name, None)
    return told


def seeded(payload: dict[str, Any], owner: str, again: str | None) -> dict[str, Any]:
    """Return an order with a seed: where it has none, one by its idempotency key, else by chance.

    One that goes on from a record keeps that record's seed.

    >>> seeded({"seed": 4}, "ann", None)
    {'seed': 4}
    >>> seeded({}, "ann", "monday") == seeded({}, "ann", "monday")
    True
    """
    if "seed" in payload or "base" in payload:
        return payload
    number = seed_of(owner, again) % _SEEDS if again else secrets.randbelow(_SEEDS)
    return payload | {"seed": number}


def orders_of(form: BatchForm, owner: str, again: str | None) -> list[JobOrder]:
    r"""Return the order of each item of a batch.

    >>> [each.payload for each in orders_of(BatchForm(csv="words,seed\nrain,8"), "ann", None)]
    [{'words': 'rain', 'seed': 8}]
    """
    if bool(form.items) + bool(form.csv) + (form.count > 1) > 1:
        raise InputError("count, items and csv are given together; give one of them")
    if form.csv:
        return list(orders_of_csv(form.csv, form.kind, owner, priority=form.priority))
    if form.items:
        return [
            JobOrder(form.kind, seeded(given(each), owner, f"{again} {number}" if again else None),
                     owner, priority=form.priority)
            for number, each in enumerate(form.items)
        ]  # fmt: skip
    payload = seeded(given(form.order), owner, again)
    return list(
        orders_of_count(JobOrder(form.kind, payload, owner, priority=form.priority), form.count)
    )


async def check_notation(service: Service, payloads: Sequence[Mapping[str, Any]]) -> None:
    """Refuse forms, curves and rhythms that cannot be read, before they wait in a queue."""
    written = [each for each in payloads if any(name in each for name in _NOTATION)]
    if written:
        briefs = [{name: each[name] for name in each if name in _BRIEF} for each in written]
        await service.quick.run(quick_tasks.check_briefs, briefs)


def _sourced(service: Service, who: Principal, form: Source, *, default: str) -> dict[str, Any]:
    return given(form) | {"source": artefact_key(service, who, form, default=default)}


def submit_order(
    service: Service, who: Principal, answer: Response, kind: str, payload: dict[str, Any],
    priority: int, again: str | None,
) -> dict[str, Any]:  # fmt: skip
    """Accept an order, and answer with its job."""
    order = JobOrder(kind, payload, who.owner, idempotency_key=again, priority=priority)
    return _accepted(answer, service.jobs.submit(order))


def _accepted(answer: Response, job: Job) -> dict[str, Any]:
    JOB_ID.set(job.id)
    answer.status_code = 202
    answer.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_figures(job)


def _alone(form: Source) -> None:
    if form.upload is not None or form.record is not None:
        raise Problem(422, "chords are given and a file is, too; give one of them")


def _one_line(chords: str) -> str:
    """Refuse what names no chords; what is read here is never the name of a file."""
    if not chords.strip():
        raise Problem(422, "there are no chords; write some such as Dm7 G7 | Cmaj7")
    return chords


def _is_small(service: Service, who: Principal, form: Source, key: str) -> bool:
    """Tell whether a source is a score that can be worked on at once."""
    if form.upload is not None:
        row = service.uploads.get(who.sees, form.upload)
        return row["kind"] == "score" and (row["notes"] or 0) <= service.limits.quick_notes
    return key.lower().endswith((".mid", ".json")) and service.jobs.store.size(key) <= 2**20


async def _on_file(service: Service, key: str, task: Any, *options: Any) -> Any:
    with_file = fetched(service, key)
    path = await run_in_threadpool(with_file.__enter__)
    try:
        return await service.quick.run(task, str(path), *options)
    finally:
        await run_in_threadpool(with_file.__exit__, None, None, None)
