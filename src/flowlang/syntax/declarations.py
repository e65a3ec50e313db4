"""The nodes of everything a file declares, but for steps (in `steps`) and tests (in `scripts`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flowlang.source import Span
from flowlang.syntax.expressions import Duration, EventRef, Expression
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


# ------------------------------------------------------------------ calendars and policies


@node("calendar_days")
class CalendarDays(Line):
    days: tuple[WeekdayRange, ...]


@node("except_holidays")
class ExceptHolidays(Line):
    region: Token


@node("date_range")
class DateRange(Node):
    """A day, or all from the first to the last."""

    first: Token
    last: Token | None


@node("calendar_dates")
class CalendarDates(Line):
    dates: tuple[DateRange, ...]


@node("except_dates")
class ExceptDates(Line):
    dates: tuple[DateRange, ...]


@node("calendar", block="lines")
class Calendar(Declaration):
    name: Token
    lines: tuple[Line, ...] | None


@node("window")
class WindowLine(Line):
    marketing: Token | None
    start: Token
    end: Token
    days: tuple[WeekdayRange, ...] | Token | None
    otherwise: Token | None
    roles: ClassVar[Mapping[str, str]] = {"days": "calendar"}


@node("cap")
class CapLine(Line):
    amount: Token
    marketing: Token | None
    of_this_policy: Token | None
    in_all: Token | None
    per: Duration
    otherwise: Token | None


@node("time_zone")
class ZoneLine(Line):
    zone: Token


@node("policy", block="lines")
class Policy(Declaration):
    name: Token
    lines: tuple[Line, ...] | None


# ------------------------------------------------------------------ campaigns and automations


class Setting(Line):
    """A line of a campaign that stands above its steps."""


@node("about")
class About(Setting):
    text: Token


@node("use_policy")
class UsePolicy(Setting):
    names: tuple[Token, ...]
    roles: ClassVar[Mapping[str, str]] = {"names": "policy"}


class ConditionSetting(Setting):
    where: Expression


@node("start_when")
class StartWhen(ConditionSetting):
    pass


@node("start_as_soon_as")
class StartAsSoonAs(ConditionSetting):
    pass


@node("stop_when")
class StopWhen(ConditionSetting):
    pass


@node("restart_when")
class RestartWhen(ConditionSetting):
    pass


class EventSetting(Setting):
    event: EventRef
    where: Expression | None


@node("start_on")
class StartOn(EventSetting):
    brings: ClassVar[str] = "event"


@node("stop_on")
class StopOn(EventSetting):
    pass


@node("restart_on")
class RestartOn(EventSetting):
    pass


@node("start_on_change")
class StartOnChange(Setting):
    field: Token


@node("newest_wins")
class NewestWins(Node):
    word: Token


@node("at_most_once")
class AtMostOnce(Node):
    per: Duration


@node("runs")
class Runs(Setting):
    mode: Token
    key: Expression | None
    tails: tuple[Node, ...]


@node("settle")
class Settle(Setting):
    duration: Duration


@node("include_existing")
class IncludeExisting(Setting):
    pass


@node("report_to")
class ReportTo(Setting):
    address: Token


@node("campaign", block="lines")
class Campaign(Declaration):
    name: Token
    lines: tuple[Node, ...] | None


@node("on_system")
class OnSystem(Setting):
    event: Token
    name: Token | None
    where: Expression | None
    roles: ClassVar[Mapping[str, str]] = {"name": "coupons or message"}
    brings: ClassVar[str] = "event"


@node("automation", block="lines")
class Automation(Declaration):
    name: Token
    lines: tuple[Node, ...] | None
