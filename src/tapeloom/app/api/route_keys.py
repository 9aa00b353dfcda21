"""Keys and sessions: the one-time link that logs a browser in, and keys for programs."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from tapeloom.app.api.forms import KeyAnswer, KeyForm, NewKeyAnswer
from tapeloom.app.api.gate import COOKIE
from tapeloom.app.api.identity import Admin, Reader, Served, bound_stranger
from tapeloom.app.api.keys import SESSION_S
from tapeloom.app.api.problems import Problem, documented, not_found
from tapeloom.app.api.route_jobs import JobId

router = APIRouter(tags=["keys"], responses=documented(400, 401, 403, 404, 408, 413, 415, 422, 429))


@router.get("/login", include_in_schema=False)
def log_in(
    request: Request, service: Served, token: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """Use up a one-time link: the browser gets a session and goes to the studio."""
    session = service.keys.log_in(token)
    if session is None:
        bound_stranger(request)
        raise Problem(401, "this link was used already, or is too old; "
                           "`tapeloom serve --link` prints a new one")  # fmt: skip
    answer = RedirectResponse("/", status_code=303)
    answer.set_cookie(
        COOKIE, session, max_age=int(SESSION_S), httponly=True, samesite="strict", path="/",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


@router.get("/v1/session", response_model=dict[str, Any], summary="Tell who asks")
def who_asks(who: Reader) -> Any:
    """Return whose key or session this is, and what it may."""
    return {"owner": who.owner, "scopes": sorted(who.scopes), "by_cookie": who.by_cookie}


@router.delete("/v1/session", status_code=204, summary="Log this browser out")
def log_out(request: Request, service: Served, _who: Reader) -> Response:
    """End the browser's session."""
    service.keys.log_out(request.cookies.get(COOKIE, ""))
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer


@router.get("/v1/keys", response_model=list[KeyAnswer], summary="List keys")
def list_keys(service: Served, _who: Admin) -> Any:
    """Return the keys that are in force, without their secrets."""
    return [_told(key) for key in service.keys.valid()]


@router.post("/v1/keys", status_code=201, response_model=NewKeyAnswer, summary="Make a key")
def make_key(form: KeyForm, service: Served, _who: Admin) -> Any:
    """Make a key; its text is shown this once."""
    key, text = service.keys.make_key(form.name, form.scopes, per_minute=form.per_minute)
    return _told(key) | {"key": text}


@router.delete("/v1/keys/{key}", status_code=204, summary="Revoke a key")
def revoke_key(key: JobId, service: Served, _who: Admin) -> Response:
    """Put a key out of force."""
    if not service.keys.revoke(key):
        raise not_found("key", key)
    return Response(status_code=204)


def _told(key: Any) -> dict[str, Any]:
    return {
        "id": key.id, "name": key.name, "scopes": list(key.scopes),
        "per_minute": key.per_minute, "created_at": key.created_at,
    }  # fmt: skip
