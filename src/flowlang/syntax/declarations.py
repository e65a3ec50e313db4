"""The nodes of what a file declares: contacts, events, segments, groups, coupons, messages.

Calendars and policies are in `policies`, campaigns and automations in `campaigns`, tests in
`scripts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flowlang.source import Span
from flowlang.syntax.expressions import Duration, Expression
from flowlang.syntax.tree import Node, Token, node

# ruff: noqa: D101 - each class is the node of the grammar's rule of that name


class Declaration(Node):
    """Stands on the top level of a file."""


class Line(Node):
    """One line of a declaration."""


@node("start")
class File(Node):
    items: tuple[Declaration, ...]

    @classmethod
    def build(cls, span: Span, *items: Declaration) -> File:
        return cls(span, items)


@node("use")
class Use(Declaration):
    name: Token
    roles: ClassVar[Mapping[str, str]] = {"name": "module"}


# ------------------------------------------------------------------ contacts and events


@node("plain_type")
class PlainType(Node):
    name: Token


@node("one_of_type")
class OneOfType(Node):
    choices: tuple[Token, ...]


@node("field")
class Field(Line):
    name: Token
    type: PlainType | OneOfType
    roles: ClassVar[Mapping[str, str]] = {"name": "new field"}


@node("list_field", block="fields")
class ListField(Line):
    name: Token
    row_name: Token
    fields: tuple[Field | ListField, ...] | None
    roles: ClassVar[Mapping[str, str]] = {"name": "new field"}


@node("records", block="fields")
class Records(Line):
    name: Token
    fields: tuple[Field | ListField, ...] | None
    roles: ClassVar[Mapping[str, str]] = {"name": "new records"}


@node("contact", block="lines")
class ContactBlock(Declaration):
    lines: tuple[Field | ListField | Records, ...] | None


class ScheduleLine(Line):
    """When the system makes an event, or an automation runs."""


@node("every_day")
class EveryDay(ScheduleLine):
    time: Token


@node("weekday_range")
class WeekdayRange(Node):
    first: Token
    last: Token | None


@node("every_weekday")
class EveryWeekday(ScheduleLine):
    days: tuple[WeekdayRange, ...]
    time: Token


@node("every_month")
class EveryMonth(ScheduleLine):
    day: Token
    time: Token


@node("once_at")
class OnceAt(ScheduleLine):
    moment: Token


class AudienceLine(Line):
    """Whom an event that no one sends concerns."""


@node("for_contacts")
class ForContacts(AudienceLine):
    where: Expression | None


@node("for_contacts_with")
class ForContactsWith(AudienceLine):
    records: Token
    where: Expression | None
    brings: ClassVar[str] = "rows"


@node("for_each")
class ForEach(AudienceLine):
    records: Token
    where: Expression | None
    brings: ClassVar[str] = "row"


@node("event")
class EventBlock(Declaration):
    name: Token
    lines: tuple[Line, ...] | None


# ------------------------------------------------------------------ segments, groups, coupons


@node("segment", block="lines")
class Segment(Declaration):
    name: Token
    lines: tuple[Expression, ...] | None


@node("group")
class Group(Declaration):
    name: Token


@node("when_empty")
class WhenEmpty(Line):
    action: Token
    text: Token | None = None


@node("codes_from")
class CodesFrom(Line):
    path: Token


@node("warn_below")
class WarnBelow(Line):
    amount: Token


@node("valid_for")
class ValidFor(Line):
    duration: Duration


@node("coupons")
class Coupons(Declaration):
    name: Token
    lines: tuple[Line, ...] | None


# ------------------------------------------------------------------ messages


@node("kind")
class MessageKind(Line):
    kind: Token


@node("channel")
class Channel(Line):
    name: Token
    roles: ClassVar[Mapping[str, str]] = {"name": "channel"}


@node("subject")
class Subject(Line):
    text: Token
    roles: ClassVar[Mapping[str, str]] = {"text": "template"}


@node("body")
class Body(Line):
    text: Token
    roles: ClassVar[Mapping[str, str]] = {"text": "template"}


@node("body_file")
class BodyFile(Line):
    path: Token
    roles: ClassVar[Mapping[str, str]] = {"path": "template file"}


@node("when_missing")
class WhenMissing(Line):
    action: Token
    text: Token | None = None


@node("sender")
class Sender(Line):
    address: Token


@node("reply_to")
class ReplyTo(Line):
    address: Token


@node("variant", block="lines")
class Variant(Line):
    language: Token
    lines: tuple[Line, ...] | None


@node("message", block="lines")
class Message(Declaration):
    name: Token
    lines: tuple[Line, ...] | None
