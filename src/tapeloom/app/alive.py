"""The sign of life that workers give in the data folder: what a health check looks at.

It imports nothing of the service, so that asking every half minute costs next to nothing. The
database knows as well who lives, but a check that needs it would end every worker while it is away.
"""

import socket
import time
from pathlib import Path

from tapeloom.core.errors import TapeloomError

DATA_FOLDER = Path("tapeloom-data")
HEARD_OF_S = 60.0  # a worker gives a sign at least every second


def sign_of_life(data: Path) -> Path:
    """Return the file whose time tells when a worker of this host last turned its loop."""
    return data / "alive" / socket.gethostname()


def give_sign(sign: Path) -> None:
    """Say that we live; raises OSError where the folder cannot be written to."""
    sign.parent.mkdir(parents=True, exist_ok=True)
    sign.touch()


def check(data: Path, *, within_s: float = HEARD_OF_S) -> None:
    """Raise TapeloomError where no worker of this host and data folder lives."""
    sign = sign_of_life(data)
    try:
        silent_s = time.time() - sign.stat().st_mtime
    except OSError:
        raise TapeloomError(f"no worker of this host has given a sign of life in {data}") from None
    if silent_s > within_s:
        raise TapeloomError(f"the workers of this host have been silent for {silent_s:.0f} s")
