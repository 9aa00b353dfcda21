"""The database of jobs, SQLite in the data folder or PostgreSQL by URL: its tables, its clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tapeloom.app.jobs.models import Unavailable
from tapeloom.core.errors import InputError, TapeloomError

FILE = "jobs.sqlite"
BUSY_TIMEOUT_MS = 30_000
POOL_SIZE = 12
# A machine whose cable is cut says nothing. Without these the server would keep what it locked, the
# event log for one, until TCP gives up after two hours, and the machine itself would wait as long.
_POSTGRES = {
    "connect_timeout": 10,  # seconds; so are the keepalives'
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,  # milliseconds, and so in the options
    "options": "-c idle_in_transaction_session_timeout=20000 "
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2 "
    "-c tcp_user_timeout=15000",
}
_LOG_LOCK = 0x7461706C  # of PostgreSQL's advisory locks: one writer of the event log at a time
_TABLES_LOCK = 0x7461706D

metadata = sa.MetaData()
jobs = sa.Table(
    "tapeloom_jobs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("queue", sa.Text, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("idempotency_key", sa.Text),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("stage", sa.Text, nullable=False, default=""),
    sa.Column("progress", sa.Float, nullable=False, default=0.0),
    sa.Column("error", sa.Text),
    sa.Column("result", sa.JSON(none_as_null=True)),
    sa.Column("parent", sa.Text),
    sa.Column("attempt", sa.Integer, nullable=False, default=1),
    sa.Column(
        "repairs", sa.Integer, nullable=False, default=0
    ),  # in a row, without a finished step
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("updated_at", sa.Float, nullable=False),
    sa.Column("started_at", sa.Float),
    sa.Column("finished_at", sa.Float),
    sa.Column("swept", sa.Boolean, nullable=False, default=False),  # what it left was removed
    sa.UniqueConstraint("owner", "idempotency_key"),
    sa.Index("tapeloom_jobs_by_owner", "owner", "id"),
    sa.Index("tapeloom_jobs_by_owners_state", "owner", "state", "kind"),
    sa.Index("tapeloom_jobs_by_state", "state", "kind"),
    sa.Index("tapeloom_jobs_by_parent", "parent", "state"),
)
events = sa.Table(
    "tapeloom_job_events",
    metadata,
    # On SQLite AUTOINCREMENT: an id that was given is never given again.
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("job", sa.Text, nullable=False, index=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Index("tapeloom_job_events_by_owner", "owner", "id"),
    sqlite_autoincrement=True,
)
stage_runs = sa.Table(
    "tapeloom_stage_runs",
    metadata,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("stage", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)
model_use = sa.Table(  # what workers had the models write, in all
    "tapeloom_model_use",
    metadata,
    sa.Column("model", sa.Text, primary_key=True),
    sa.Column("tokens", sa.BigInteger, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
)
workers = sa.Table(
    "tapeloom_workers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # its executor id
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # alive, lost or stopped
    sa.Column("started_at", sa.Float, nullable=False),
    sa.Column("seen_at", sa.Float, nullable=False),
)
leases = sa.Table(
    "tapeloom_leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)
traces = sa.Table(  # of jobs that were ordered while traces were on
    "tapeloom_traces",
    metadata,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("traceparent", sa.Text, nullable=False),
    sa.Column("parent", sa.Text),
)
tallies = sa.Table(
    "tapeloom_tallies",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

removals = sa.Table(  # jobs that are gone and whose files and workflows may still be there
    "tapeloom_removals",
    metadata,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)
# Built once: to build and compare SQL costs more than SQLite needs to run it.
_SQLITE_NOW = sa.cast((sa.func.julianday("now") - 2440587.5) * 86400.0, sa.Float)
_POSTGRES_NOW = sa.cast(sa.func.extract("epoch", sa.func.clock_timestamp()), sa.Float)


@dataclass(frozen=True, slots=True)
class Database:
    """One engine for DBOS's tables and ours, so that a transaction can span both."""

    engine: sa.Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file on this machine."""
        return self.engine.dialect.name == "sqlite"

    @property
    def url(self) -> str:
        """The address as DBOS reads it, with its password."""
        return self.engine.url.render_as_string(hide_password=False)

    def now(self) -> Any:
        """Return SQL for the database's own clock, in seconds since 1970: hosts' clocks differ."""
        return _SQLITE_NOW if self.is_sqlite else _POSTGRES_NOW

    def insert(self, table: sa.Table) -> Any:
        """Return an INSERT that knows ON CONFLICT."""
        if self.is_sqlite:
            from sqlalchemy.dialects.sqlite import insert
        else:
            from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
        return insert(table)

    @contextmanager
    def logging(self) -> Iterator[sa.Connection]:
        """Begin a transaction that may write events; Unavailable where there can be none.

        Their ids are given in the order of the commits: a reader who has seen an id has missed
        none before it. SQLite has one writer anyhow; PostgreSQL takes turns by a lock.
        """
        with self.asking(), self.engine.begin() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOG_LOCK)))
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Connect to read; Unavailable where that can't be."""
        with self.asking(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Turn a database that does not answer into Unavailable."""
        try:
            yield
        except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise Unavailable(f"the database of jobs does not answer: {reason}") from error

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()


def open_database(folder: Path, url: str | None = None) -> Database:
    """Open the database of jobs and bring its tables up to date.

    folder  where the SQLite file lies
    url     of PostgreSQL, such as postgresql://user:password@host/name; None is SQLite
    """
    engine = _postgres(url) if url else _sqlite(folder)
    database = Database(engine)
    try:
        _migrate(database)
    except (sa.exc.DBAPIError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        where = engine.url.render_as_string(hide_password=True)
        raise TapeloomError(f"the database {where} cannot be opened: {reason}") from error
    return database


def _sqlite(folder: Path) -> sa.Engine:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be written to: {error.strerror}") from error
    engine = sa.create_engine(f"sqlite:///{folder / FILE}", pool_size=POOL_SIZE)

    @sa.event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"  # as DBOS wants it: writers take turns
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


def _postgres(url: str) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise InputError(
            "TAPELOOM_DATABASE_URL is no address; write postgresql://user:password@host/name"
        ) from error
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise InputError(
            f"TAPELOOM_DATABASE_URL asks for {parsed.get_backend_name()}; "
            "it must begin with postgresql://, or leave it out for SQLite"
        )
    return sa.create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=POOL_SIZE,
        pool_pre_ping=True,
        connect_args=dict(_POSTGRES),
    )


def _migrate(database: Database) -> None:
    """Create what is missing of DBOS's tables and ours; processes that start at once take turns."""
    from tapeloom.app.jobs.durable import migrate

    with database.engine.connect() as connection:  # makes SQLite's file, in WAL
        connection.execute(sa.select(sa.literal(1)))
    migrate(database)
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TABLES_LOCK)))
        metadata.create_all(connection)
