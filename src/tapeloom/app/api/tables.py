"""The service's own tables: keys, browser sessions, uploads and tags."""

from sqlalchemy import Column, Engine, Float, Index, Integer, MetaData, String, Table

TABLES = MetaData()

KEYS = Table(
    "tapeloom_keys",
    TABLES,
    Column("id", String(8), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("scopes", String(200), nullable=False),  # with blanks between
    Column("per_minute", Integer, nullable=False),
    Column("created_at", Float, nullable=False),  # seconds since 1970, as all times here
    Column("revoked_at", Float),
)
TOKENS = Table(  # one-time links and browser sessions
    "tapeloom_tokens",
    TABLES,
    Column("sha256", String(64), primary_key=True),
    Column("kind", String(10), nullable=False),  # link, session
    Column("expires_at", Float, nullable=False),
)
UPLOADS = Table(
    "tapeloom_uploads",
    TABLES,
    Column("id", String(32), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("name", String(120), nullable=False),
    Column("artefact", String(200), nullable=False),  # its key in the store
    Column("kind", String(10), nullable=False),  # score, audio
    Column("bytes", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("duration_s", Float),
    Column("notes", Integer),
    Column("created_at", Float, nullable=False),
    Index("tapeloom_uploads_by_owner", "owner"),
)
TAGS = Table(
    "tapeloom_tags",
    TABLES,
    Column("record", String(80), primary_key=True),
    Column("tag", String(40), primary_key=True),
    Index("tapeloom_tags_by_tag", "tag"),
)


def create_tables(engine: Engine) -> None:
    """Make the tables that are not there yet, in the database of the jobs."""
    TABLES.create_all(engine)
