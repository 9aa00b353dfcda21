"""Orders that are given again and again, by a cron line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dbos import DBOS
from dbos import error as dbos_errors

from tapeloom.app.jobs import durable
from tapeloom.app.jobs.models import JobOrder, UnknownJob
from tapeloom.app.jobs.payloads import read_payload
from tapeloom.app.jobs.service import JobService
from tapeloom.core.errors import InputError
from tapeloom.core.seed import seed_of

_PAUSED = "PAUSED"  # as DBOS calls it


@dataclass(frozen=True, slots=True)
class Schedule:
    """An order that is given at each moment that a cron line names, in UTC."""

    name: str  # of each owner's its own
    cron: str  # such as 0 6 * * *
    order: JobOrder
    title: str = ""  # what it is called
    is_paused: bool = False


def add_schedule(service: JobService, schedule: Schedule) -> None:
    """Keep a schedule; a seed that the order leaves out is drawn for each moment.

    Raises InputError for a cron line that is none, and for a name that is taken.
    """
    order = schedule.order
    read_payload(order.kind, order.payload, service.limits)
    context = {
        "kind": order.kind, "payload": dict(order.payload), "owner": order.owner,
        "priority": order.priority, "name": schedule.name, "title": schedule.title,
    }  # fmt: skip
    try:
        service.client.create_schedule(
            schedule_name=_full(order.owner, schedule.name), workflow_name=durable.TICK,
            schedule=schedule.cron, context=context,
        )  # fmt: skip
    except dbos_errors.DBOSException as error:
        raise InputError(f"the schedule cannot be kept: {error}") from error


def list_schedules(service: JobService, owner: str | None) -> tuple[Schedule, ...]:
    """Return an owner's schedules by name, or everybody's."""
    found = service.client.list_schedules(workflow_name=durable.TICK)
    mine = sorted((one for one in found if owner in (None, one["context"]["owner"])),
                  key=lambda one: one["schedule_name"])  # fmt: skip
    return tuple(
        Schedule(
            one["context"]["name"], one["schedule"], _order(one["context"]),
            one["context"].get("title", ""), one["status"] == _PAUSED,
        )
        for one in mine
    )  # fmt: skip


def find_schedule(service: JobService, owner: str | None, name: str) -> Schedule:
    """Return a schedule; raise UnknownJob where the owner has none of that name."""
    for one in list_schedules(service, owner):
        if one.name == name:
            return one
    raise UnknownJob(f"there is no schedule {name!r}")


def remove_schedule(service: JobService, owner: str | None, name: str) -> None:
    """Drop a schedule; raise UnknownJob where the owner has none of that name."""
    found = find_schedule(service, owner, name)
    service.client.delete_schedule(_full(found.order.owner, name))


def pause_schedule(
    service: JobService, owner: str | None, name: str, *, is_paused: bool
) -> Schedule:
    """Hold a schedule, or let it go on with the next moment; what it missed is not made up."""
    found = find_schedule(service, owner, name)
    act = service.client.pause_schedule if is_paused else service.client.resume_schedule
    act(_full(found.order.owner, name))
    return replace(found, is_paused=is_paused)


def register_ticks(service: JobService) -> None:
    """Give the workflow of schedules to DBOS: it runs at each moment, and orders a job."""

    @DBOS.workflow(name=durable.TICK)
    def tick(at: datetime, context: Any) -> None:
        give_order(service, at, context)


def give_order(service: JobService, at: datetime, context: Mapping[str, Any]) -> str:
    """Order a schedule's job for one moment, once however often it is asked; return its id."""
    moment = at.isoformat()
    order = _order(context, key=f"schedule {context['name']} {moment}")
    if order.kind in ("make", "compose") and "seed" not in order.payload:
        payload = {**order.payload, "seed": seed_of(order.owner, moment)}
        order = JobOrder(order.kind, payload, order.owner, order.idempotency_key, order.priority)
    return service.submit(order).id


def _order(context: Mapping[str, Any], key: str | None = None) -> JobOrder:
    return JobOrder(context["kind"], context["payload"], context["owner"], key,
                    context["priority"])  # fmt: skip


def _full(owner: str, name: str) -> str:
    if not name or "/" in name or len(name) > 80 or not name.isprintable():
        raise InputError("a schedule's name must have 1 to 80 characters without /")
    return f"{owner}/{name}"
