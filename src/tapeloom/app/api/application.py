"""The application: the routes under their layers, and the studio's pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from tapeloom import __version__
from tapeloom.app.api import (
    problems,
    route_jobs,
    route_keys,
    route_live,
    route_orders,
    route_records,
    route_scores,
    route_sound,
    route_status,
    route_tables,
)
from tapeloom.app.api.bodies import BoundedBodies
from tapeloom.app.api.gate import Gate
from tapeloom.app.api.service import Service, ServiceSettings
from tapeloom.app.api.studio import studio_routes
from tapeloom.app.api.telemetry import Telemetry
from tapeloom.app.jobs import JobService

_ABOUT = """Makes lo-fi records from short briefs. Orders answer with a job (202) that is followed
by `/v1/events`; errors are problem+json (RFC 9457)."""


def create_app(jobs: JobService, settings: ServiceSettings | None = None) -> FastAPI:
    """Return the service as an ASGI application over the jobs of a data folder."""
    service = Service(jobs, settings or ServiceSettings())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await service.start()
        yield
        await service.stop()

    app = FastAPI(
        title="Tapeloom", version=__version__, description=_ABOUT, lifespan=lifespan,
        docs_url=None, redoc_url=None, redirect_slashes=False,
        generate_unique_id_function=_operation_id,
    )  # fmt: skip
    app.state.service = service
    problems.install(app)
    routes = (route_orders, route_jobs, route_records, route_sound, route_scores, route_tables,
              route_keys, route_live, route_status)  # fmt: skip
    for module in routes:
        app.include_router(module.router)
    app.router.routes.extend(studio_routes())
    app.add_middleware(BoundedBodies, limits=service.limits)
    app.add_middleware(Gate, hosts=service.settings.hosts)
    app.add_middleware(Telemetry, on_request=service.metrics.on_request)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name
