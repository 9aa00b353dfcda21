"""API keys, one-time links and browser sessions: random tokens of which only a hash is kept.

A token has 256 bits from the operating system's generator. There is no list of likely ones to
try, so that one SHA-256 keeps it as safe as a slow password hash would, and each request can
afford it.
"""

import hmac
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from tapeloom.app.api.tables import KEYS, TOKENS
from tapeloom.core.errors import InputError, nearest

SCOPES = {
    "read": "look at jobs, records, artefacts and tables",
    "write": "upload, start and steer jobs, change and remove records",
    "live": "open live generation",
    "metrics": "read /metrics from outside",
    "admin": "everything, of every owner, and the keys",
}
LINK_S = 24 * 3600.0
SESSION_S = 30 * 24 * 3600.0
MOST_KEYS = 10_000
MOST_PER_MINUTE = 100_000
_REMEMBERED_S = 5.0  # a key that another process revokes works on at most this long
_MOST_REMEMBERED = 10_000
_PREFIX = "tapeloom"
STUDIO = "studio"  # the owner of what a logged-in browser makes


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: what belongs to them, what they may, and how often."""

    owner: str
    scopes: frozenset[str]
    per_minute: int = 6000
    by_cookie: bool = False

    def may(self, scope: str) -> bool:
        """Tell whether a scope is granted.

        >>> Principal("a", frozenset({"admin"})).may("write")
        True
        """
        return scope in self.scopes or "admin" in self.scopes

    @property
    def sees(self) -> str | None:
        """The owner whose things are shown; None is everybody's."""
        return None if "admin" in self.scopes else self.owner


@dataclass(frozen=True, slots=True)
class Key:
    """What is told of a key: everything but its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    per_minute: int
    created_at: float
    revoked_at: float | None


class KeyRing:
    """The keys and sessions of one service."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._remembered: dict[str, tuple[float, Principal | None]] = {}

    def make_key(self, name: str, scopes: Sequence[str], *, per_minute: int = 600) -> tuple[Key, str]:  # noqa: E501  # fmt: skip
        """Make a key; return it and its secret text, which is shown this once."""
        for scope in scopes:
            if scope not in SCOPES:
                raise InputError(f"{scope!r} is no scope{nearest(scope, SCOPES)}")
        if not scopes:
            raise InputError(f"a key needs a scope; choose of {', '.join(SCOPES)}")
        if not name.strip() or len(name) > 80 or not name.isprintable():
            raise InputError("a key's name is one line of 1 to 80 characters")
        if not 1 <= per_minute <= MOST_PER_MINUTE:
            raise InputError(
                f"per_minute is {per_minute}; it must lie between 1 and {MOST_PER_MINUTE}"
            )
        if len(self.valid()) >= MOST_KEYS:
            raise InputError(f"there are {MOST_KEYS} keys; revoke some")
        made = Key(secrets.token_hex(4), name, tuple(dict.fromkeys(scopes)), per_minute, time.time(), None)  # noqa: E501  # fmt: skip
        secret = secrets.token_urlsafe(32)
        row = {
            "id": made.id, "name": name, "sha256": _hash(secret), "scopes": " ".join(made.scopes),
            "per_minute": per_minute, "created_at": made.created_at,
        }  # fmt: skip
        with self._engine.begin() as connection:
            connection.execute(insert(KEYS).values(**row))
        return made, f"{_PREFIX}_{made.id}_{secret}"

    def valid(self) -> list[Key]:
        """List the keys that are in force, the newest first."""
        wanted = select(KEYS).where(KEYS.c.revoked_at.is_(None)).order_by(KEYS.c.created_at.desc())
        with self._engine.connect() as connection:
            return [_key(row) for row in connection.execute(wanted)]

    def revoke(self, identity: str) -> bool:
        """Put a key out of force; tell whether there was one."""
        change = (
            update(KEYS)
            .where(KEYS.c.id == identity, KEYS.c.revoked_at.is_(None))
            .values(revoked_at=time.time())
        )
        with self._engine.begin() as connection:
            count = connection.execute(change).rowcount
        self._remembered.clear()
        return count > 0

    def remembered(self, kind: str, text: str) -> tuple[bool, Principal | None]:
        """Tell without the database whether and whose a key or session is known to be."""
        held = self._remembered.get(_hash(f"{kind} {text}"))
        is_fresh = held is not None and time.monotonic() - held[0] < _REMEMBERED_S
        return (True, held[1]) if held is not None and is_fresh else (False, None)

    def look_up(self, kind: str, text: str) -> Principal | None:
        """Return whose key or session this is; None of one that is unknown, revoked or over."""
        found = self._look_up_key(text) if kind == "key" else self._look_up_session(text)
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[_hash(f"{kind} {text}")] = (time.monotonic(), found)
        return found

    def make_link(self) -> str:
        """Make the token of a one-time link, good for a day; an older link is void."""
        with self._engine.begin() as connection:
            connection.execute(delete(TOKENS).where(TOKENS.c.kind == "link"))
            return _put(connection, "link", LINK_S)

    def log_in(self, link: str) -> str | None:
        """Use up a link; return the token of a new session, or None where it is no good."""
        used = delete(TOKENS).where(
            TOKENS.c.sha256 == _hash(link), TOKENS.c.kind == "link",
            TOKENS.c.expires_at > time.time(),
        )  # fmt: skip
        with self._engine.begin() as connection:
            if connection.execute(used).rowcount != 1:  # of two at once, one finds it
                return None
            connection.execute(delete(TOKENS).where(TOKENS.c.expires_at <= time.time()))
            return _put(connection, "session", SESSION_S)

    def log_out(self, token: str) -> None:
        """End a session."""
        with self._engine.begin() as connection:
            connection.execute(delete(TOKENS).where(TOKENS.c.sha256 == _hash(token)))
        self._remembered.clear()

    def is_new(self) -> bool:
        """Tell whether nobody can come in yet: no key and no session."""
        wanted = select(TOKENS.c.sha256).where(
            TOKENS.c.kind == "session", TOKENS.c.expires_at > time.time()
        )
        with self._engine.connect() as connection:
            return not self.valid() and connection.execute(wanted).first() is None

    def _look_up_key(self, text: str) -> Principal | None:
        prefix, _, rest = text.partition("_")
        identity, _, secret = rest.partition("_")
        if prefix != _PREFIX or not secret:
            return None
        wanted = select(KEYS).where(KEYS.c.id == identity, KEYS.c.revoked_at.is_(None))
        with self._engine.connect() as connection:
            row = connection.execute(wanted).first()
        if row is None or not hmac.compare_digest(row.sha256, _hash(secret)):
            return None
        return Principal(row.id, frozenset(row.scopes.split()), row.per_minute)

    def _look_up_session(self, token: str) -> Principal | None:
        wanted = select(TOKENS.c.sha256).where(
            TOKENS.c.sha256 == _hash(token), TOKENS.c.kind == "session",
            TOKENS.c.expires_at > time.time(),
        )  # fmt: skip
        with self._engine.connect() as connection:
            if connection.execute(wanted).first() is None:
                return None
        return Principal(STUDIO, frozenset({"admin"}), by_cookie=True)


def _put(connection: Connection, kind: str, lasts_s: float) -> str:
    token = secrets.token_urlsafe(32)
    row = {"sha256": _hash(token), "kind": kind, "expires_at": time.time() + lasts_s}
    connection.execute(insert(TOKENS).values(**row))
    return token


def _key(row: Row[tuple[object, ...]]) -> Key:
    return Key(row.id, row.name, tuple(row.scopes.split()), row.per_minute, row.created_at, row.revoked_at)  # noqa: E501  # fmt: skip


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
