"""The service over HTTP: orders, jobs, records, keys, event streams, live generation.

Extra `service`.
"""

from tapeloom.core.errors import InputError

try:
    import fastapi  # noqa: F401  (asked for here, so that its lack is told in one sentence)
    import prometheus_client  # noqa: F401
    import uvicorn  # noqa: F401
    import websockets  # noqa: F401
except ImportError as error:
    raise InputError(
        f"{error.name} is not installed; "
        "`pip install 'tapeloom[service]'` brings what the service needs"
    ) from error

from tapeloom.app.api.application import create_app
from tapeloom.app.api.limits import Limits
from tapeloom.app.api.service import ServiceSettings

__all__ = ["Limits", "ServiceSettings", "create_app"]
