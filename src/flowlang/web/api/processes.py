"""Processes: how they stand, and what a person wishes of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request

from flowlang.engine.arrivals import Refused
from flowlang.engine.choosing import Unclear
from flowlang.engine.controls import Verb
from flowlang.engine.overview import View, views
from flowlang.engine.processes import ProcessStatus, ProcessType
from flowlang.engine.wishes import Wish, hear
from flowlang.web.api import models
from flowlang.web.api.guard import Guarded, Serving, asks
from flowlang.web.api.models import After, Limit
from flowlang.web.api.problems import Problem
from flowlang.web.service import Service

router = APIRouter(route_class=Guarded, tags=["processes"])

Number = Annotated[int, Path(ge=1, le=models.LAST, examples=[1])]
_CONTROL = asks("processes:write", 404, 409, body=True)


@router.get("/processes", response_model=models.Processes, **asks("processes:read"))
def list_processes(
    serving: Serving,
    limit: Limit = 100,
    after: After = 0,
    kind: Annotated[ProcessType | None, Query(alias="type")] = None,
    status: Annotated[ProcessStatus | None, Query()] = None,
) -> Any:
    """List the processes by number, as `flow process list` does."""
    found = [
        view
        for view in views(serving.store)
        if view.process.number > after
        and (kind is None or view.process.identity.type == kind)
        and (status is None or view.process.status == status)
    ]
    shown = found[:limit]
    following = shown[-1].process.number if len(found) > limit else None
    return {"processes": [_data(one) for one in shown], "next": following}


@router.get(
    "/processes/{number}",
    response_model=models.Process,
    **asks("processes:read", 404),
)
def show_process(number: Number, serving: Serving) -> Any:
    """Show all of one process."""
    return _data(_view(serving, number))


@router.post("/processes/{number}/pause", status_code=202, response_model=models.Asked, **_CONTROL)
def pause_process(
    number: Number, request: Request, serving: Serving, wish: models.Wish | None = None
) -> Any:
    """Hold a campaign, the sends of a message, or a group send."""
    return _ask(request, serving, number, "pause", wish or models.Wish())


@router.post("/processes/{number}/resume", status_code=202, response_model=models.Asked, **_CONTROL)
def resume_process(
    number: Number, request: Request, serving: Serving, wish: models.Resumption | None = None
) -> Any:
    """Let go on what is halted, paused or cancelled.

    A halted message is refused with 409 while a list it uses has fewer codes than people wait.
    """
    given = wish or models.Resumption()
    return _ask(request, serving, number, "resume", given, skip_overdue=given.skip_overdue)


@router.post("/processes/{number}/cancel", status_code=202, response_model=models.Asked, **_CONTROL)
def cancel_process(
    number: Number, request: Request, serving: Serving, wish: models.Wish | None = None
) -> Any:
    """End a group send, or let everyone pass over the sends of a message."""
    return _ask(request, serving, number, "cancel", wish or models.Wish())


def _ask(
    request: Request,
    serving: Service,
    number: int,
    verb: Verb,
    given: models.Wish,
    *,
    skip_overdue: bool = False,
) -> Any:
    """What a person wishes becomes an arrival; who it was is the token's to say."""
    _view(serving, number)
    who = f"token {request.state.token.name}"
    wish = Wish(verb, str(number), who, given.because, skip_overdue)
    try:
        heard = hear(serving.store, serving.program, wish, serving.now())
    except (Unclear, Refused) as refused:
        raise Problem(409, str(refused)) from None
    if heard.otherwise:
        said = f"{verb} is asked for already, with another `skip_overdue`"
        raise Problem(409, f'"{heard.name}": {said}')
    return {
        "number": number, "name": heard.name, "asked": verb, "already": heard.already,
        "going_on": heard.going_on,
    }  # fmt: skip


def _view(serving: Service, number: int) -> View:
    """Raises Problem where there is none."""
    for view in views(serving.store):
        if view.process.number == number:
            return view
    raise Problem(404, f"there is no process {number}")


def _data(view: View) -> dict[str, Any]:
    found = view.data()
    if "asked for" in found:
        found["asked"] = found.pop("asked for")
    return found
