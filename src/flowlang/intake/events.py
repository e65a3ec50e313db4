"""Arrivals from JSON Lines, or one from the HTTP API: typed, or refused with a clear reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from flowlang.calendar import CLOCK_YEARS, OFF_THE_CLOCK
from flowlang.intake.decoding import NotText, decode
from flowlang.intake.event_types import SHAPES
from flowlang.intake.objects import flaw, objects
from flowlang.intake.problem import Problem, shown
from flowlang.intake.report import RowsRead, but
from flowlang.intake.schema import EventSchema
from flowlang.intake.shape import Shape
from flowlang.kinds import DATETIME, BadValue, read
from flowlang.source import did_you_mean, guess
from flowlang.speech import Text, forms, tr, why


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that happened, ready to be applied."""

    at: datetime
    """In UTC."""
    contact: str | None
    """The contact's id; None for what is about no contact."""
    type: str
    data: dict[str, Any]
    """The keys of the type (see `event_types`), as typed values."""
    id: str | None = None
    """Given by the sender; one that was seen before changes nothing."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class EventRows(RowsRead):
    """What a file of events gave, in its order.  `read` is always `taken` + `left_out`."""

    NOUN = forms("{count:,} event", "{count:,} events")
    name: str
    arrivals: tuple[Arrival, ...]
    problems: tuple[Problem, ...]
    read: int
    left_out: int
    encoding: str = ""

    @property
    def taken(self) -> int:
        return len(self.arrivals)

    def without(self, lines: Iterable[int]) -> EventRows:
        """The same where what stood in these lines was refused after all."""
        kept = but(self.arrivals, lines)
        return replace(self, arrivals=kept, left_out=self.read - len(kept))


def read_events(
    data: bytes,
    known: EventSchema,
    zone: ZoneInfo,
    *,
    name: str = "events",
    now: datetime | None = None,
) -> EventRows:
    """The arrivals in the bytes of a file; what is wrong with it is in the result, never raised.

    `zone` is the workspace's, for times without an offset; `now` (aware) stands in for a missing
    `at`, which is refused without it.
    """
    try:
        decoded = decode(data)
    except NotText as bad:
        return EventRows(name, (), (Problem("error", 0, None, "", why(bad)),), 0, 0)
    arrivals: list[Arrival] = []
    problems: list[Problem] = []
    seen = 0
    for line, value, message in objects(decoded.text):
        seen += 1
        found = _refused(line, message) if value is None else _event(value, known, zone, line, now)
        if isinstance(found, Arrival):
            arrivals.append(found)
        else:
            problems.append(found)
    left_out = len(problems)
    if not seen:
        problems.append(Problem("error", 0, None, "", tr("there is no event in this file")))
    return EventRows(name, tuple(arrivals), tuple(problems), seen, left_out, decoded.encoding)


def parse_event(
    obj: object,
    known: EventSchema,
    zone: ZoneInfo,
    *,
    line: int = 1,
    now: datetime | None = None,
) -> Arrival | Problem:
    """One arrival from decoded JSON, or what is wrong; `zone` and `now` as in `read_events`."""
    if wrong := flaw(obj):
        return _refused(line, wrong)
    if not isinstance(obj, dict):
        return _refused(line, tr("expected an object in {{ }}"))
    return _event(obj, known, zone, line, now)


def misshapen(obj: object, zone: ZoneInfo) -> str:
    """What is wrong with an event whatever a workspace declares; empty where nothing is."""
    if not isinstance(obj, dict):
        return tr("expected an object in {{ }}")
    try:
        shape = _shape(obj)
        if shape.at is not None:
            _time(shape.at, zone)
    except BadValue as bad:
        return why(bad)
    return ""


def _event(
    obj: dict[str, Any], known: EventSchema, zone: ZoneInfo, line: int, now: datetime | None
) -> Arrival | Problem:
    try:
        shape = _shape(obj)
        _check_contact(shape, known)
        data = shape.meaning(known, zone)
        at = _moment(shape.at, zone, now)
    except BadValue as bad:
        return _refused(line, why(bad))
    return Arrival(at, shape.contact, shape.type, data, shape.id, line)


def _check_contact(shape: Shape, known: EventSchema) -> None:
    if shape.contact is None and shape.asks_contact(known):
        raise BadValue(tr("`contact` is missing"))
    if shape.contact is not None and not shape.needs_contact:
        raise BadValue(tr("`contact` does not belong to `{type}`", type=shape.type))


def _refused(line: int, message: str) -> Problem:
    return Problem("error", line, None, "", message, left_out=True)


def _shape(obj: dict[str, Any]) -> Shape:
    kind = obj.get("type")
    if kind is None:
        raise BadValue(tr("`type` is missing"))
    if not isinstance(kind, str) or kind not in SHAPES:
        hint = did_you_mean(str(kind), sorted(SHAPES), "type")
        raise BadValue(tr("there is no type `{text}` ({hint})", text=shown(str(kind)), hint=hint))
    try:
        return SHAPES[kind].model_validate(obj)
    except ValidationError as bad:
        raise BadValue(_in_words(bad, kind)) from None


def _in_words(bad: ValidationError, kind: str) -> str:
    """The most telling of what the model found: a key too many explains the one that is missing."""
    found = bad.errors(include_url=False)
    missing = [str(error["loc"][0]) for error in found if error["type"] == "missing"]
    for error in found:
        if error["type"] == "extra_forbidden":
            key = str(error["loc"][0])
            near = guess(key, missing)
            hint = tr(" (did you mean `{name}`?)", name=near) if near else ""
            return tr(
                "`{text}` does not belong to `{kind}`{hint}", text=shown(key), kind=kind, hint=hint
            )
    if missing:
        return tr("`{name}` is missing", name=missing[0])
    error = found[0]
    key = ".".join(str(part) for part in error["loc"])
    asked = Text(
        _ASKED.get(error["type"], "{message}"), {"message": error["msg"], **error.get("ctx", {})}
    )
    return tr("`{text}`: {asked}", text=shown(key), asked=asked) if key else asked


_ASKED = {
    error: asked.template
    for error, asked in {
        "string_type": tr("expected text"),
        "string_unicode": tr("it holds half a character (a lone surrogate)"),
        "string_too_short": tr("it is empty"),
        "string_too_long": tr("it is longer than {max_length} characters", max_length=0),
        "too_long": tr("it is longer than {max_length} characters", max_length=0),
        "list_type": tr("expected a list"),
        "dict_type": tr("expected an object in {{ }}"),
        "too_short": tr("it is empty"),
        "literal_error": tr("expected one of {expected}", expected=""),
    }.items()
}


def _time(raw: object, zone: ZoneInfo) -> object:
    if raw == "":
        raise BadValue(tr("`{text}`: {asked}", text="at", asked=tr("it is empty")))
    try:
        return read(raw, DATETIME, zone)
    except BadValue as bad:
        raise BadValue(tr("`at`: {why}", why=why(bad))) from None


def _moment(raw: object, zone: ZoneInfo, now: datetime | None) -> datetime:
    if raw is None:
        if now is None:
            raise BadValue(tr("`at` is missing"))
        return now
    at = _time(raw, zone)
    if not isinstance(at, datetime) or at.year not in CLOCK_YEARS:
        raise BadValue(tr('`at`: {why}, got "{text}"', why=OFF_THE_CLOCK, text=shown(str(raw))))
    return at
