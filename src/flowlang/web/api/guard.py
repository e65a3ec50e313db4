"""Who may ask, how often, and how much may be sent: looked at before anything else is."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import anyio
from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from flowlang.intake.objects import flaw, whole
from flowlang.intake.problem import shown
from flowlang.source import did_you_mean
from flowlang.web.api.problems import MEDIA, Problem, too_often
from flowlang.web.service import Limits, Service
from flowlang.web.tokens import Token

SCOPE = "x-scope"
"""The extension of OpenAPI that says which scope an operation asks for."""

_REALM = 'Bearer realm="flow"'
_SAID = {
    400: "It cannot be read.",
    401: "There is no valid token.",
    403: "The token lacks the scope.",
    404: "There is no such thing.",
    408: "The body did not arrive in time.",
    409: "It is well-formed, and refused: `detail` says why.",
    413: "The body is too large.",
    415: "The body is of a type that is not taken here.",
    422: "It does not have the form that is described here.",
    429: "The token asks too often.",
    500: "It is our fault.",
    503: "The store cannot be used at the moment.",
}
_BODY = (400, 408, 413, 415)
_HEADERS = {
    401: "WWW-Authenticate",
    403: "WWW-Authenticate",
    429: "Retry-After",
    503: "Retry-After",
}


def service_of(request: Request) -> Service:
    """What the server shares."""
    service: Service = request.app.state.service
    return service


Serving = Annotated[Service, Depends(service_of)]


def asks(
    scope: str, *statuses: int, takes: dict[str, Any] | None = None, body: bool = False
) -> dict[str, Any]:
    """What a route is declared with: its scope, and every status it may answer with.

    `takes` are the media types of a body that the endpoint reads by itself; a `body` is one that
    FastAPI reads.
    """
    extra: dict[str, Any] = {SCOPE: scope, "security": [{"token": []}]}
    if takes:
        extra["requestBody"] = {"required": True, "content": takes}
    more = _BODY if takes or body else ()
    found = answers(401, 403, 422, *statuses, *more, 429, 500, 503)
    return {"responses": found, "openapi_extra": extra}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that an operation may answer with."""
    found: dict[int | str, dict[str, Any]] = {}
    for status in sorted(set(statuses)):
        schema = {"$ref": "#/components/schemas/Problem"}
        found[status] = {"description": _SAID[status], "content": {MEDIA: {"schema": schema}}}
        if status in _HEADERS:
            header = {"required": True, "schema": {"type": "string"}}
            found[status]["headers"] = {_HEADERS[status]: header}
    return found


class Guarded(APIRoute):
    """A route whose scope is asked for before its request is read, and that answers nothing but
    what it was asked.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        scope = (self.openapi_extra or {}).get(SCOPE, "")
        known = [one.alias for one in self.dependant.query_params]

        async def guarded(request: Request) -> Response:
            service = service_of(request)
            if scope and not (scope == "metrics" and service.open_metrics):
                await _admit(request, service, scope)
            if scope and scope != "metrics":  # monitors add what keeps answers from being kept
                _check_query(request.query_params, known)
            answer = await handle(_Bounded(request, service.limits))
            answer.headers.setdefault("Cache-Control", "no-store")
            return answer

        return guarded


def _check_query(given: QueryParams, known: list[str]) -> None:
    """Raises Problem where a parameter is not known, or is there twice: it would be passed over."""
    for name in given:
        if name not in known:
            near = f" ({did_you_mean(name, known, 'parameter')})" if known else ""
            raise Problem(422, f"`{shown(name)}` in the query: there is no such parameter{near}")
        if len(given.getlist(name)) > 1:
            raise Problem(422, f"`{name}` in the query: it is given twice")


async def _admit(request: Request, service: Service, scope: str) -> None:
    """Let in who shows a token with the scope.  Raises Problem."""
    kind, _, shown = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not shown.strip():
        said = "this needs a token: `Authorization: Bearer flow_...`; `flow token new` makes one"
        raise Problem(401, said, {"WWW-Authenticate": _REALM})
    token = await run_in_threadpool(_known, service, shown.strip())
    if token is None:
        raise Problem(
            401, "there is no such token", {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
        )
    if wait := service.rate.take(token.name):
        raise too_often(wait)
    if scope not in token.scopes:
        lacking = f'{_REALM}, error="insufficient_scope", scope="{scope}"'
        raise Problem(403, f"the token lacks the scope `{scope}`", {"WWW-Authenticate": lacking})
    request.state.token = token


def _known(service: Service, shown: str) -> Token | None:
    """The token that someone shows; who has one is served by the version that runs now."""
    token = service.doorkeeper.find(shown)
    if token is not None:
        service.follow()
    return token


class _Bounded(Request):
    """A request whose body is bounded in size, in time and in what JSON may hold."""

    def __init__(self, request: Request, limits: Limits) -> None:
        super().__init__(request.scope, request.receive)
        self._limits = limits

    async def body(self) -> bytes:
        if not hasattr(self, "_body"):
            self._body = await self._read()
        return self._body

    async def _read(self) -> bytes:
        encoding = self.headers.get("content-encoding", "identity")
        if encoding.strip().lower() not in ("identity", ""):
            said = (
                f"the body is compressed (`Content-Encoding: {shown(encoding)}`); send it as it is"
            )
            raise Problem(415, said)
        most = self._limits.body
        too_large = Problem(413, f"the body is larger than {most / (1 << 20):g} MB; split it")
        length = self.headers.get("content-length", "")
        if length.isdecimal() and (len(length) > len(str(most)) or int(length) > most):
            raise too_large
        read = bytearray()
        try:
            with anyio.fail_after(self._limits.patience):
                async for part in self.stream():
                    read += part
                    if len(read) > most:
                        raise too_large
        except TimeoutError:
            raise Problem(
                408, f"the body did not arrive within {self._limits.patience:g} s"
            ) from None
        except ClientDisconnect:
            raise Problem(400, "the body ended before its end") from None
        return bytes(read)

    async def json(self) -> Any:
        try:
            found = whole((await self.body()).decode())
        except UnicodeDecodeError:
            raise Problem(400, "the body is not UTF-8") from None
        except ValueError as wrong:
            raise Problem(400, str(wrong)) from None
        if unfit := flaw(found):
            raise Problem(422, f"the body cannot be taken: {unfit}")
        return found
