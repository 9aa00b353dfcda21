"""What the studio asks besides records: kits, training, covers, preferences, schedules."""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from tapeloom.app import quick_tasks
from tapeloom.app.api.forms import JobAnswer
from tapeloom.app.api.identity import Reader, Served, Writer
from tapeloom.app.api.problems import Problem, documented
from tapeloom.app.api.route_jobs import Count, Cursor, JobId
from tapeloom.app.api.route_orders import Again, check_notation, given, submit_order
from tapeloom.app.api.studio_forms import (
    CoverForm,
    KitForm,
    PictureField,
    PreferenceAnswer,
    PreferenceForm,
    PreferencesAnswer,
    ScheduleAnswer,
    ScheduleChanges,
    ScheduleForm,
    TrainForm,
)
from tapeloom.app.jobs import JobOrder
from tapeloom.app.jobs.ledger import new_id
from tapeloom.app.jobs.schedules import (
    Schedule,
    add_schedule,
    list_schedules,
    pause_schedule,
    remove_schedule,
)

router = APIRouter(
    prefix="/v1", tags=["studio"],
    responses=documented(400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503),
)  # fmt: skip
MOST_SCHEDULES = 50  # of one owner
_LINES = "application/x-ndjson"


@router.post(
    "/kits", status_code=202, response_model=JobAnswer, tags=["orders"], summary="Make a release"
)
def kits(form: KitForm, service: Served, who: Writer, answer: Response, again: Again = None) -> Any:
    """Order a kit of one record, or an album of several."""
    for record in form.records:
        service.records.job(record, who.sees)
    payload = form.model_dump(exclude_none=True, exclude={"priority"})
    return submit_order(service, who, answer, "kit", payload, form.priority, again)


@router.post(
    "/train", status_code=202, response_model=JobAnswer, tags=["orders"], summary="Train a model"
)
async def train(
    form: TrainForm, service: Served, who: Writer, answer: Response, again: Again = None
) -> Any:
    """Order a model that learns from MIDI files that were sent."""
    await service.quick.run(quick_tasks.check_style, form.style)

    def submit() -> dict[str, Any]:
        songs = [service.uploads.get(who.sees, upload) for upload in form.uploads]
        for song in songs:
            if song["kind"] != "score" or not song["name"].endswith((".mid", ".midi")):
                raise Problem(422, f"{song['name']} is no MIDI file; a model learns from those")
        payload = {"songs": [song["artefact"] for song in songs], "style": form.style,
                   "steps": form.steps, "seed": form.seed}  # fmt: skip
        return submit_order(service, who, answer, "train", payload, form.priority, again)

    return await run_in_threadpool(submit)


@router.post(
    "/covers", summary="Draw a cover", response_class=Response,
    responses={200: {"content": {"image/png": {}}, "description": "The cover."}},
)  # fmt: skip
async def covers(form: CoverForm, service: Served, who: Reader) -> Response:
    """Draw the cover that a record would get with these wishes, or that of words; at once."""
    wishes = form.fields.words()
    if form.record is None:
        if form.title is None:
            raise Problem(422, "name a record, or give words and a title")
        about: dict[str, Any] = {"words": form.words, "title": form.title, "seed": form.seed or 0}
    else:
        if form.words:
            raise Problem(422, "a record is named and words are given; give one of them")
        job = await run_in_threadpool(service.records.job, form.record, who.sees)
        about = {name: value for name, value in (job.result or {}).items() if name != "files"}
        about |= {"title": form.title} if form.title is not None else {}
        if form.seed is not None:
            wishes.setdefault("seed", str(form.seed))
    image = await service.quick.run(quick_tasks.cover, about, wishes, form.width)
    return Response(image, media_type="image/png")


@router.get(
    "/covers/fields", response_model=list[PictureField], summary="List what a cover can show"
)
async def cover_fields(service: Served, _who: Reader) -> Any:
    """Return the fields of a cover with their choices; without choices they are free."""
    return await service.table("cover fields", quick_tasks.cover_fields)


@router.post(
    "/preferences", status_code=201, response_model=PreferenceAnswer, summary="Keep a preference"
)
def add_preference(form: PreferenceForm, service: Served, who: Writer, again: Again = None) -> Any:
    """Keep which of two records was liked better; the same key again keeps nothing new."""
    return service.preferences.add(who.owner, who.sees, form.model_dump(), key=again)


@router.get(
    "/preferences", response_model=PreferencesAnswer, summary="List preferences",
    responses={200: {"content": {_LINES: {"schema": {"type": "string"}}}}},
)  # fmt: skip
def list_preferences(
    service: Served,
    who: Reader,
    before: Cursor = None,
    limit: Count = 50,
    format: Annotated[  # noqa: A002  (the name in the address)
        Literal["json", "jsonl"], Query(description="jsonl: all, one a line, for training.")
    ] = "json",
) -> Any:
    """List preferences, the newest first."""
    if format == "jsonl":
        lines = _lines(service.preferences.all(who.sees))
        return StreamingResponse(lines, media_type=_LINES)
    rows, cursor = service.preferences.page(who.sees, before=before, limit=limit)
    return {"preferences": rows, "before": cursor}


@router.get("/schedules", response_model=list[ScheduleAnswer], summary="List schedules")
def schedules(service: Served, who: Reader) -> Any:
    """Return the schedules by their age."""
    return [_told(one) for one in list_schedules(service.jobs, who.sees)]


@router.post(
    "/schedules", status_code=201, response_model=ScheduleAnswer, summary="Order again and again"
)
async def make_schedule(form: ScheduleForm, service: Served, who: Writer) -> Any:
    """Keep an order that is given at each moment of a cron line."""
    payload = given(form.order)
    await check_notation(service, [payload])
    schedule = Schedule(
        new_id(), form.cron, JobOrder(form.kind, payload, who.owner, priority=form.priority),
        title=form.name,
    )  # fmt: skip

    def keep() -> dict[str, Any]:
        if len(list_schedules(service.jobs, who.owner)) >= MOST_SCHEDULES:
            raise Problem(409, f"you have {MOST_SCHEDULES} schedules; remove some")
        add_schedule(service.jobs, schedule)
        return _told(schedule)

    return await run_in_threadpool(keep)


@router.patch("/schedules/{schedule}", response_model=ScheduleAnswer, summary="Hold a schedule")
def change_schedule(schedule: JobId, form: ScheduleChanges, service: Served, who: Writer) -> Any:
    """Hold a schedule, or let it go on."""
    return _told(pause_schedule(service.jobs, who.sees, schedule, is_paused=form.paused))


@router.delete("/schedules/{schedule}", status_code=204, summary="Drop a schedule")
def drop_schedule(schedule: JobId, service: Served, who: Writer) -> Response:
    """Order no more of it; what was ordered stays."""
    remove_schedule(service.jobs, who.sees, schedule)
    return Response(status_code=204)


def _told(schedule: Schedule) -> dict[str, Any]:
    order = schedule.order
    return {
        "id": schedule.name, "name": schedule.title or schedule.name, "cron": schedule.cron,
        "kind": order.kind, "order": dict(order.payload), "priority": order.priority,
        "paused": schedule.is_paused,
    }  # fmt: skip


def _lines(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        told = {name: value for name, value in row.items() if name != "owner"}
        yield json.dumps(told, ensure_ascii=False) + "\n"
