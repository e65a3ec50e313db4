"""Events: one, a batch, or CloudEvents."""

from __future__ import annotations

from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from flowlang.engine.receiving import receive_events
from flowlang.intake import schemas
from flowlang.intake.event_types import SHAPES
from flowlang.intake.events import Arrival, misshapen, parse_event
from flowlang.intake.problem import Problem as Flaw
from flowlang.web.api import bodies, cloud_events
from flowlang.web.api.cloud_events import BATCH, STRUCTURED, NoCloudEvent
from flowlang.web.api.guard import Guarded, Serving, asks
from flowlang.web.api.models import EventsTaken
from flowlang.web.api.problems import Problem, answer
from flowlang.web.api.shapes import EVENT_BODIES
from flowlang.web.service import Service

router = APIRouter(route_class=Guarded, tags=["events"])

_MEDIA = (bodies.JSON, *bodies.LINES, STRUCTURED, BATCH)


class _Given(NamedTuple):
    """One event of a request, or why it is none."""

    line: int | None
    """In JSON Lines."""
    value: object
    wrong: str = ""


class _Sent(NamedTuple):
    events: list[_Given]
    batch: bool
    """They were sent as several: each is judged by itself."""


@router.post(
    "/events",
    status_code=202,
    response_model=EventsTaken,
    summary="Send events",
    **asks("events:write", 409, 422, takes=EVENT_BODIES),
)
async def send_events(request: Request, serving: Serving) -> Any:
    """Take events, as `flow event send` does: each waits until the engine applies it in the order
    of its time.

    One event is a JSON object, or a CloudEvent, in structured or binary mode (`ce-` headers). A
    batch is a JSON array, JSON Lines (`application/x-ndjson`), or a batch of CloudEvents: all of it is judged, the good ones
    are taken, and the rest is refused, each with its reason. An event whose `id` was seen before is
    `known` and changes nothing, so a request whose outcome is unknown can be sent again. Where
    nothing of a request is taken or known, the answer is 409.
    """
    sent = await _read(request, serving)
    return await run_in_threadpool(_take, serving, sent)


async def _read(request: Request, serving: Service) -> _Sent:
    """The events of a request, before they are judged.  Raises Problem."""
    binary = cloud_events.is_binary(request.headers)
    if binary and not request.headers.get("content-type", "").startswith("application/cloudevents"):
        return _Sent([await _binary(request)], batch=False)
    media = bodies.media_type(request, _MEDIA)
    body = await bodies.text(request)
    if media in bodies.LINES:
        found = [_Given(one.line, one.value, one.message) for one in bodies.lines(body)]
        batch = True
    else:
        value = bodies.value(body)
        batch = isinstance(value, list)
        if batch is not (media == BATCH) and media != bodies.JSON:
            raise Problem(422, f"`{media}` is {'an array' if media == BATCH else 'one object'}")
        values = bodies.several(value)
        if media != bodies.JSON:
            found = [_cloud(one) for one in values]
        else:
            found = [_Given(None, one) for one in values]
    if not found:
        raise Problem(409, "there is no event in it")
    if len(found) > serving.limits.batch:
        most = serving.limits.batch
        raise Problem(422, f"there are {len(found):,} events in it; send {most:,} at most at once")
    return _Sent(found, batch)


async def _binary(request: Request) -> _Given:
    body = await bodies.text(request)
    media = request.headers.get("content-type", bodies.JSON)
    if body and not cloud_events.is_json(media):
        raise Problem(415, f"the data of a CloudEvent is taken as `Content-Type: {bodies.JSON}`")
    try:
        cloud = cloud_events.in_headers(request.headers)
    except NoCloudEvent as wrong:
        raise Problem(422, str(wrong)) from None
    return _cloud(cloud | ({"data": bodies.value(body)} if body else {}))


def _cloud(value: object) -> _Given:
    if not isinstance(value, dict):
        return _Given(None, None, "expected an object in { }")
    try:
        return _Given(None, cloud_events.event(value, SHAPES))
    except NoCloudEvent as wrong:
        return _Given(None, None, str(wrong))


def _take(serving: Service, sent: _Sent) -> Any:
    """Judge events and take the good ones; the answer."""
    known = schemas.event_schema(serving.program)
    zone, now = serving.program.config.timezone, serving.now()
    results: list[dict[str, Any]] = []
    arrivals: list[Arrival] = []
    for index, given in enumerate(sent.events):
        result = {"index": index, "status": "refused"}
        results.append(result if given.line is None else result | {"line": given.line})
        wrong = given.wrong
        if not sent.batch and (wrong := wrong or misshapen(given.value)):
            raise Problem(422, wrong)
        found = Flaw("error", index, None, "", wrong) if wrong else None
        found = found or parse_event(given.value, known, zone, line=index, now=now)
        if isinstance(found, Arrival):
            arrivals.append(found)
        else:
            results[index]["reason"] = found.message
    for fate in receive_events(serving.store, arrivals):
        results[fate.line]["status"] = fate.status
        if fate.reason:
            results[fate.line]["reason"] = fate.reason
    counts = {
        status: sum(one["status"] == status for one in results)
        for status in ("taken", "known", "refused")
    }
    if counts["refused"] < len(results):
        return {**counts, "results": results}
    detail = f"nothing was taken: {results[0]['reason']}"
    return answer(409, detail, **counts, results=results)
