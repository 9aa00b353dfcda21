"""What lies in a data folder: rows by table, jobs by state, files by kind, and their sizes."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tapeloom.app.api.tables import create_tables
from tapeloom.app.backup.tables import LEFT_OUT, snapshot, tables
from tapeloom.app.jobs import JobService, watch
from tapeloom.app.jobs.database import FILE, jobs


def inventory(service: JobService, data: Path) -> dict[str, Any]:
    """Return the counts and the bytes of all that a service keeps."""
    database = service.database
    create_tables(database.engine)
    with snapshot(database) as connection:
        count = sa.select(sa.func.count())
        counted = {
            table.name: int(connection.execute(count.select_from(table)).scalar() or 0)
            for table in tables()
        }
        by_state = sa.select(jobs.c.state, sa.func.count()).group_by(jobs.c.state)
        states = {str(state): int(number) for state, number in connection.execute(by_state)}
        if not database.is_sqlite:
            size = sa.text("SELECT pg_database_size(current_database())")
            database_bytes = int(connection.execute(size).scalar() or 0)
    if database.is_sqlite:
        database_bytes = sum(one.stat().st_size for one in data.glob(f"{FILE}*"))
    stored: dict[str, dict[str, int]] = {}
    for one in service.store.walk():
        of_kind = stored.setdefault(one.key.partition("/")[0], {"files": 0, "bytes": 0})
        of_kind["files"] += 1
        of_kind["bytes"] += one.bytes
    return {
        "database": "SQLite" if database.is_sqlite else "PostgreSQL",
        "database_bytes": database_bytes,
        "rows": counted,
        "left_out": dict(LEFT_OUT),
        "jobs": states,
        "schedules": len(service.client.list_schedules()),
        "workers": len(watch.alive(database, within_s=watch.HEARD_OF_S)),
        "artefacts": stored,
        "work_bytes": sum(
            one.stat().st_size for one in (data / "work").rglob("*") if one.is_file()
        ),
    }
