"""What this program asks of DBOS, in one place: names, the pinned version, and the client."""

import logging
from typing import TYPE_CHECKING, Any

from dbos import DBOS, DBOSClient

if TYPE_CHECKING:
    from tapeloom.app.jobs.database import Database

APPLICATION = "tapeloom"
# Of the shape of our workflow, not of the code: DBOS's own default is a hash of the code and would
# leave waiting work behind at each edit. Count up when the steps of a job change.
VERSION = "tapeloom-jobs-1"
WORKFLOW = "tapeloom.job"
TICK = "tapeloom.tick"  # what a schedule runs
SCHEMA = "dbos"


def migrate(database: "Database") -> None:
    """Bring DBOS's tables up to date."""
    quiet_down()
    DBOS.migrate(database.url, schema=SCHEMA)


def client(database: "Database") -> DBOSClient:
    """Return a client that enqueues and manages workflows and runs none."""
    quiet_down()
    return DBOSClient(
        system_database_engine=database.engine,
        application_name=APPLICATION,
        lazy=True,
        retry_connection_errors=False,
    )


def workflow_id(job: str, attempt: int) -> str:
    """Return the name of a job's workflow: each attempt has its own.

    >>> workflow_id("ab12", 2)
    'ab12-2'
    """
    return f"{job}-{attempt}"


def job_of(workflow: str) -> str:
    """Return the job of a workflow.

    >>> job_of("ab12-2")
    'ab12'
    """
    return workflow.rpartition("-")[0]


def configuration(database: "Database", executor: str, **more: Any) -> Any:
    """Return the configuration of a worker's DBOS."""
    return {
        "name": APPLICATION,
        "system_database_url": database.url,
        "system_database_engine": database.engine,
        "dbos_system_schema": SCHEMA,
        "application_version": VERSION,
        "executor_id": executor,
        "log_level": "WARNING",
        **more,
    }


def quiet_down() -> None:
    """Let DBOS speak of warnings only."""
    logging.getLogger("dbos").setLevel(logging.WARNING)
