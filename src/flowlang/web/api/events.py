"""Events: one, a batch, or CloudEvents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from flowlang.engine.receiving import receive_events
from flowlang.intake import schemas
from flowlang.intake.event_types import SHAPES
from flowlang.intake.events import Arrival, misshapen, parse_event
from flowlang.intake.objects import flaw
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

    value: object
    wrong: str = ""
    line: int | None = None
    """In JSON Lines."""


@router.post(
    "/events",
    status_code=202,
    response_model=EventsTaken,
    summary="Send events",
    **asks("events:write", 409, takes=EVENT_BODIES),
)
async def send_events(request: Request, serving: Serving) -> Any:
    """Take events, as `flow event send` does: each waits until the engine applies it in the order
    of its time.

    One event is a JSON object, or a CloudEvent, in structured or binary mode (`ce-` headers). A
    batch is a JSON array, JSON Lines (`application/x-ndjson`), or a batch of CloudEvents: all of it
    is judged, the good ones are taken, and the rest is refused, each with its reason. An event
    whose `id` was seen before is `known` and changes nothing, so a request whose outcome is unknown
    can be sent again. Where nothing of a request is taken or known, the answer is 409, and 422
    where none of it has the form of an event.
    """
    return await run_in_threadpool(_take, serving, request.headers, await request.body())


def _read(headers: Mapping[str, str], data: bytes, most: int) -> tuple[list[_Given], bool]:
    """The events of a request, before they are judged; and whether it is a single one.

    Raises Problem; of several, none that is wrong makes the others wrong.
    """
    enveloped = headers.get("content-type", "").lower().startswith("application/cloudevents")
    if cloud_events.is_binary(headers) and not enveloped:
        return [_binary(headers, data)], True
    media = bodies.media_type(headers, _MEDIA)
    body = bodies.text(data)
    if media in bodies.LINES:
        lines = bodies.lines(body, "events", most)
        if not lines:
            raise Problem(409, "there is no event in it")
        return [_Given(one.value, one.message, one.line) for one in lines], False
    value = bodies.value(body)
    if media == BATCH and not isinstance(value, list):
        raise Problem(422, "a batch of CloudEvents is an array")
    if media == STRUCTURED and not isinstance(value, dict):
        raise Problem(422, "expected an object in { }")
    several = bodies.several(value, "events", most)
    given = [_Given(one) if media == bodies.JSON else _cloud(one) for one in several]
    return given, isinstance(value, dict)


def _binary(headers: Mapping[str, str], data: bytes) -> _Given:
    """The CloudEvent whose attributes are headers.  Raises Problem."""
    body = bodies.text(data)
    media = headers.get("content-type", bodies.JSON)
    if body and not cloud_events.is_json(media):
        raise Problem(415, f"the data of a CloudEvent is taken as `Content-Type: {bodies.JSON}`")
    try:
        cloud = cloud_events.in_headers(headers)
    except NoCloudEvent as wrong:
        raise Problem(422, str(wrong)) from None
    return _cloud(cloud | ({"data": bodies.value(body)} if body else {}))


def _cloud(value: object) -> _Given:
    if not isinstance(value, dict):
        return _Given(None, "expected an object in { }")
    try:
        return _Given(cloud_events.event(value, SHAPES), flaw(value))
    except NoCloudEvent as wrong:
        return _Given(None, str(wrong))


def _take(serving: Service, headers: Mapping[str, str], data: bytes) -> Any:
    """Judge the events of a request and take the good ones; the answer.  Raises Problem."""
    events, single = _read(headers, data, serving.limits.batch)
    known = schemas.event_schema(serving.program)
    zone, now = serving.program.config.timezone, serving.now()
    results: list[dict[str, Any]] = []
    arrivals: list[Arrival] = []
    formless = 0
    for index, one in enumerate(events):
        result: dict[str, Any] = {"index": index, "status": "refused", "line": one.line}
        results.append(result)
        found = None if one.wrong else parse_event(one.value, known, zone, line=index, now=now)
        if isinstance(found, Arrival):
            arrivals.append(found)
            continue
        wrong = one.wrong or misshapen(one.value, zone)
        if single and wrong:
            raise Problem(422, wrong)
        formless += bool(wrong)
        result["reason"] = wrong or (found.message if found else "")
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
    return answer(422 if formless == len(results) else 409, detail, **counts, results=results)
