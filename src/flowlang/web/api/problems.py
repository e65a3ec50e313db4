"""What is wrong with a request, as RFC 9457 has it: one clear sentence, and nothing of ours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import HTTPException, RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.requests import Request
from starlette.routing import Match

from flowlang.intake.problem import Problem as Flaw
from flowlang.intake.problem import printable, shown
from flowlang.stores.store import StoreError

MEDIA = "application/problem+json"
MOST_FLAWS = 10_000
"""So many flaws of a file are told, of others how many there are."""
PAUSE = 5
"""Seconds after which to try again where the store cannot be used."""


class Problem(HTTPException):
    """Ends a request."""

    def __init__(
        self,
        status: int,
        detail: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(status, printable(detail), dict(headers or {}))
        self.more = more
        """Further members of the answer."""


def too_often(wait: float) -> Problem:
    """A token has no tries left for so many seconds."""
    seconds = max(1, math.ceil(wait))
    return Problem(
        429,
        f"this token asks too often; try again in {seconds} s, and send events in batches",
        {"Retry-After": str(seconds)},
    )


def answer(
    status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    """A problem as it is sent."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail} | more
    return JSONResponse(body, status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA)


def install(app: FastAPI) -> None:
    """Let every failure of a request be answered so."""

    def refused(request: Request, failure: Exception) -> JSONResponse:
        assert isinstance(failure, AnyHTTPException)
        headers = dict(failure.headers or {})
        if failure.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(_methods(app, request))
        detail = failure.detail if isinstance(failure, Problem) else _OWN.get(failure.status_code)
        more = failure.more if isinstance(failure, Problem) else {}
        return answer(failure.status_code, detail or "this cannot be answered", headers, **more)

    def not_as_asked(request: Request, failure: Exception) -> JSONResponse:
        assert isinstance(failure, RequestValidationError)
        errors = failure.errors()
        if tuple(errors[0]["loc"]) == ("body",) and not _says_json(request):
            return answer(415, "say what the body is: `Content-Type: application/json`")
        return answer(422, in_words(errors))

    def busy(request: Request, failure: Exception) -> JSONResponse:
        assert isinstance(failure, StoreError)
        app.state.service.absence.failed(failure)
        detail = "the store cannot be used at the moment; try again in a few seconds"
        return answer(503, detail, {"Retry-After": str(PAUSE)})

    def broken(request: Request, failure: Exception) -> JSONResponse:
        # Starlette raises it again after the answer, for who watches over the whole server; but who
        # has the answer is to find the line there.
        app.state.service.tell_fault(failure)
        return answer(500, "something went wrong, and it is our fault")

    app.add_exception_handler(Exception, broken)
    app.add_exception_handler(AnyHTTPException, refused)
    app.add_exception_handler(RequestValidationError, not_as_asked)
    app.add_exception_handler(StoreError, busy)


def flaws(found: Sequence[Flaw]) -> dict[str, Any]:
    """What is wrong with the rows of what was sent, as members of an answer."""
    return {
        "problems": [one.data() for one in found[:MOST_FLAWS]],
        "more_problems": max(0, len(found) - MOST_FLAWS),
    }


_OWN = {
    404: "there is nothing at this address; /api/docs lists what there is",
    405: "this address does not know the method; `Allow` says which it knows",
}


def _methods(app: FastAPI, request: Request) -> list[str]:
    """All methods of an address; Starlette names those of its first route only."""
    found: set[str] = set()
    for method in ("GET", "POST", "DELETE"):
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in app.router.routes):
            found |= {"GET", "HEAD"} if method == "GET" else {method}
    return sorted(found)


def in_words(errors: Sequence[Any]) -> str:
    """The first of what pydantic found, without the value that was sent."""
    first = errors[0]
    place, *path = first["loc"] or ("body",)
    what = ".".join(map(str, path)) or str(place)
    where = "" if place == "body" else f" in the {place}"
    return printable(f"`{shown(what)}`{where}: {_say(first)}")


def _says_json(request: Request) -> bool:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media == "application/json" or media.endswith("+json")


_SAID = {
    "string_pattern_mismatch": "it holds characters that may not stand here",
    "model_attributes_type": "expected an object in { }",
}
"""In place of what pydantic says, by type."""


def _say(error: Any) -> str:
    if error["type"] in _SAID:
        return _SAID[error["type"]]
    said = str(error["msg"]).removeprefix("Value error, ")
    return said[:1].lower() + said[1:]
