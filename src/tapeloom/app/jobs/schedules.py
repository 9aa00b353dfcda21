"""Orders that are given again and again, by a cron line."""

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Schedule:
    """An order that is given at each moment that a cron line names, in UTC."""

    name: str
    cron: str  # such as 0 6 * * *
    order: JobOrder


def add_schedule(service: JobService, schedule: Schedule) -> None:
    """Keep a schedule; a seed that the order leaves out is drawn for each moment.

    Raises InputError for a cron line that is none, and for a name that is taken.
    """
    order = schedule.order
    read_payload(order.kind, order.payload, service.limits)
    context = {
        "kind": order.kind, "payload": dict(order.payload), "owner": order.owner,
        "priority": order.priority, "name": schedule.name,
    }  # fmt: skip
    try:
        service.client.create_schedule(
            schedule_name=_full(order.owner, schedule.name), workflow_name=durable.TICK,
            schedule=schedule.cron, context=context,
        )  # fmt: skip
    except dbos_errors.DBOSException as error:
        raise InputError(f"the schedule cannot be kept: {error}") from error


def list_schedules(service: JobService, owner: str) -> tuple[Schedule, ...]:
    """Return an owner's schedules by name."""
    found = service.client.list_schedules()
    mine = sorted((one for one in found if one["context"]["owner"] == owner),
                  key=lambda one: one["schedule_name"])  # fmt: skip
    return tuple(
        Schedule(one["schedule_name"].rpartition("/")[2], one["schedule"], _order(one["context"]))
        for one in mine
    )


def remove_schedule(service: JobService, owner: str, name: str) -> None:
    """Drop a schedule; raise UnknownJob where the owner has none of that name."""
    if all(one.name != name for one in list_schedules(service, owner)):
        raise UnknownJob(f"there is no schedule {name!r}")
    service.client.delete_schedule(_full(owner, name))


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
