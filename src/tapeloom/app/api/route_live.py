"""The door of live generation."""

from fastapi import APIRouter, WebSocket

from tapeloom.app.api.identity import admit
from tapeloom.app.api.live import LiveSession
from tapeloom.app.api.problems import Problem
from tapeloom.app.api.service import Service

router = APIRouter()


@router.websocket("/v1/live")
async def live(socket: WebSocket) -> None:
    """Take parameters and tell MIDI messages until the other side leaves."""
    service: Service = socket.app.state.service
    try:
        await admit(socket, "live")
        if service.live >= service.limits.live:
            raise Problem(503, f"{service.live} live generations are open; try again later")
    except Problem as problem:
        await socket.send_denial_response(problem.response())
        return
    service.live += 1
    try:
        await socket.accept()
        await LiveSession(socket, service.quick).run()
    finally:
        service.live -= 1
