"""How much one caller may ask of the service: sizes, times, rates."""

from collections import OrderedDict
from dataclasses import dataclass, fields

from tapeloom.core.errors import InputError

MOST_BUCKETS = 10_000  # callers that are remembered at once; the longest silent is forgotten


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of requests; all may be set in `tapeloom serve`'s environment."""

    body_bytes: int = 2**20  # of a JSON body
    score_bytes: int = 4 * 2**20  # of a score that is worked on at once
    upload_bytes: int = 256 * 2**20
    upload_seconds: float = 3600.0  # of audio or of a score
    upload_notes: int = 200_000
    stored_bytes: int = 2 * 2**30  # of one owner's uploads together
    header_s: float = 10.0  # from the first byte of a request to the end of its headers
    body_s: float = 30.0  # to the end of its body; an upload gets more, as its least rate allows
    upload_bytes_per_s: int = 16 * 2**10  # the least rate of an upload after body_s
    quick_s: float = 20.0  # of work that answers at once
    infill_s: float = 60.0  # of bars written anew, by a model that may have to be read first
    sound_s: float = 120.0  # of a long file's outline or loudness, which is kept then
    cached_bytes: int = 2 * 2**30  # of artefacts of a distant store that are kept near
    quick_notes: int = 20_000  # of a score that is analysed at once; a larger one is a job
    streams: int = 2_000  # event streams open at once
    streams_per_owner: int = 50
    live: int = 8  # live generations at once
    connections: int = 4_000

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                raise InputError(f"the limit {field.name} is {value}; it must be above 0")


class Buckets:
    """Token buckets: each caller's fills at its own rate, and each request takes one.

    >>> buckets = Buckets()
    >>> [buckets.take("me", per_minute=60, burst=2, now_s=0.0) for _ in range(3)]
    [0.0, 0.0, 1.0]
    >>> buckets.take("me", per_minute=60, burst=2, now_s=1.0)
    0.0
    """

    def __init__(self, most: int = MOST_BUCKETS) -> None:
        self._most = most
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, at (s)

    def take(self, caller: str, *, per_minute: float, burst: float, now_s: float) -> float:
        """Take a token; return 0, or the seconds until there is one."""
        rate = per_minute / 60
        tokens, at_s = self._held.pop(caller, (burst, now_s))
        tokens = min(burst, tokens + max(0.0, now_s - at_s) * rate)
        wait_s = 0.0 if tokens >= 1 else (1 - tokens) / rate
        self._held[caller] = (tokens - 1 if tokens >= 1 else tokens, now_s)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return wait_s
