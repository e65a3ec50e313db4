"""MESSAGE → PREVIEW: what a message looks like, with stand-ins for what only contacts have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from flowlang.calendar import Duration
from flowlang.check.names import DELIVERY_EVENTS, SYSTEM_EVENTS, Message, Names
from flowlang.contact import Contact, Happening, Run
from flowlang.engine.render import Renderer, Unrenderable
from flowlang.kinds import Fields, Kind
from flowlang.pictures.boxes import readable
from flowlang.program.program import Program

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
"""When all previews were rendered: a page is the same every day."""
_CODE = "CODE-1234"


@dataclass(frozen=True, slots=True)
class Preview:
    """A message in one of its languages."""

    language: str
    """Empty for what is shared by the languages that have nothing of their own."""
    subject: str
    text: str
    html: str


def previews(
    message: Message, program: Program, renderer: Renderer, language: str
) -> list[Preview]:
    """A message as a contact would see it; `language` is that of what is not in its own."""
    return [
        _preview(message, variant, program, renderer, variant or language)
        for variant in message.ready
    ]


def _preview(
    message: Message, variant: str, program: Program, renderer: Renderer, language: str
) -> Preview:
    template = message.ready[variant]
    codes = dict.fromkeys(message.lists, _CODE)
    do = cast("RunEffects", _Stage.of(program, language))
    try:
        shown = renderer.render(message, template, do, codes, language)
    except Unrenderable:
        # A stand-in did not fit what the template reckons with.
        body = readable(template.body)
        text, html = ("", body) if template.html else (body, "")
        return Preview(variant, readable(template.subject), text, html)
    return Preview(variant, shown.subject, shown.text, shown.html)


@dataclass(slots=True)
class _Moment:
    """What a view says of the moment, and of the event."""

    event: dict[str, Any]
    today: date


@dataclass(slots=True)
class _Stage:
    """What a renderer asks of the run that sends: a contact that has everything."""

    contact: Contact
    run: Run
    view: _Moment
    zone: ZoneInfo
    now: datetime = field(default=NOW)

    @classmethod
    def of(cls, program: Program, language: str) -> _Stage:
        names = program.names
        event = dict(_of_events(names))
        contact = Contact("preview", {**_values(names.fields), "language": language})
        contact.records = {name: [_values(fields)] for name, fields in names.records.items()}
        contact.events = {
            name: [Happening(NOW, _values(names.fields_of_event(name)), 1)]
            for name in (*names.events, *DELIVERY_EVENTS)
        }
        run = Run("", "", "", reply=event, answer=_Answer())
        return cls(contact, run, _Moment(event, NOW.date()), program.config.timezone)


class _Answer(dict[str, Any]):
    """The answer to a call, of which nobody knows what is in it."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return _named(name)


def _of_events(names: Names) -> Iterator[tuple[str, Any]]:
    """What `event.x` may be, whichever event it is; those that are declared count first."""
    for event in reversed(names.events.values()):
        yield from _values(event.fields).items()
    known = {name for event in names.events.values() for name in event.fields}
    for fields in (*DELIVERY_EVENTS.values(), *SYSTEM_EVENTS.values()):
        yield from ((name, value) for name, value in _values(fields).items() if name not in known)


def _values(fields: Fields) -> dict[str, Any]:
    return {name: _value(name, kind) for name, kind in fields.items()}


def _value(name: str, kind: Kind) -> Any:
    """A stand-in of a kind; a text says which field it stands for."""
    if kind.name == "list":
        return [_values(kind.row)]
    if kind.choices:
        return kind.choices[0]
    return _STAND_INS.get(kind.name, _named(name))


def _named(name: str) -> str:
    return f"‹{name}›"


_STAND_INS: Mapping[str, Any] = {
    "number": 42,
    "date": date(2026, 12, 24),
    "datetime": datetime(2026, 12, 24, 17, 0, tzinfo=UTC),
    "time": time(18, 0),
    "duration": Duration(days=14),
    "yes/no": True,
    "email": "anna@example.com",
    "phone": "+49 170 1234567",
}
