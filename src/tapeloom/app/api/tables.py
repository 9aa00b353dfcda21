"""The service's own tables: keys, sessions, uploads, and what owners say of their records."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Engine,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

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

RECORDS = Table(  # what is kept beside a record; one that nobody spoke of has no row
    "tapeloom_records",
    TABLES,
    Column("record", String(80), primary_key=True),
    Column("title", String(200)),  # shown in the place of the one that it was made with
    Column("note", Text, nullable=False, default=""),
    Column("favourite", Boolean, nullable=False, default=False),
)
PREFERENCES = Table(  # which of two records somebody liked better
    "tapeloom_preferences",
    TABLES,
    Column("id", String(32), primary_key=True),  # sorts by time
    Column("owner", String(64), nullable=False),
    Column("a", JSON, nullable=False),  # what the record was: it may be removed
    Column("b", JSON, nullable=False),
    Column("choice", String(4), nullable=False),  # a, b, same
    Column("about", String(20), nullable=False),
    Column("listened_s", Float),
    Column("created_at", Float, nullable=False),
    Index("tapeloom_preferences_by_owner", "owner", "id"),
)
PREFERENCE_KEYS = Table(  # with which key a preference was told
    "tapeloom_preference_keys",
    TABLES,
    Column("owner", String(64), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("preference", String(32), nullable=False),
)


def create_tables(engine: Engine) -> None:
    """Make the tables that are not there yet, in the database of the jobs."""
    TABLES.create_all(engine)
