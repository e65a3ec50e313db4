"""The nodes of everything a file declares, but for steps (in `steps`) and tests (in `scripts`)."""

from __future__ import annotations

from dataclasses import dataclass

from flowlang.source import Span
from flowlang.syntax.expressions import Duration, EventRef, Expression
from flowlang.syntax.tree import Node, Token, node

# ruff: noqa: D101 - each class is the node of the grammar's rule of that name


@dataclass(frozen=True, slots=True)
class Declaration(Node):
    """Stands on the top level of a file."""


@dataclass(frozen=True, slots=True)
class Line(Node):
    """One line of a declaration."""


@node("start")
@dataclass(frozen=True, slots=True)
class File(Node):
    items: tuple[Declaration, ...]

    @classmethod
    def build(cls, span: Span, *items: Declaration) -> File:
        return cls(span, items)


@node("use")
@dataclass(frozen=True, slots=True)
class Use(Declaration):
    name: Token


# ------------------------------------------------------------------ contacts and events


@node("plain_type")
@dataclass(frozen=True, slots=True)
class PlainType(Node):
    name: Token


@node("one_of_type")
@dataclass(frozen=True, slots=True)
class OneOfType(Node):
    choices: tuple[Token, ...]


@node("field")
@dataclass(frozen=True, slots=True)
class Field(Line):
    name: Token
    type: PlainType | OneOfType


@node("list_field", block="fields")
@dataclass(frozen=True, slots=True)
class ListField(Line):
    name: Token
    row_name: Token
    fields: tuple[Field | ListField, ...] | None


@node("records", block="fields")
@dataclass(frozen=True, slots=True)
class Records(Line):
    name: Token
    fields: tuple[Field | ListField, ...] | None


@node("contact", block="lines")
@dataclass(frozen=True, slots=True)
class ContactBlock(Declaration):
    lines: tuple[Field | ListField | Records, ...] | None


@dataclass(frozen=True, slots=True)
class ScheduleLine(Line):
    """When the system makes an event, or an automation runs."""


@node("every_day")
@dataclass(frozen=True, slots=True)
class EveryDay(ScheduleLine):
    time: Token


@node("weekday_range")
@dataclass(frozen=True, slots=True)
class WeekdayRange(Node):
    first: Token
    last: Token | None


@node("every_weekday")
@dataclass(frozen=True, slots=True)
class EveryWeekday(ScheduleLine):
    days: tuple[WeekdayRange, ...]
    time: Token


@node("every_month")
@dataclass(frozen=True, slots=True)
class EveryMonth(ScheduleLine):
    day: Token
    time: Token


@node("once_at")
@dataclass(frozen=True, slots=True)
class OnceAt(ScheduleLine):
    moment: Token


@dataclass(frozen=True, slots=True)
class AudienceLine(Line):
    """Whom an event that no one sends concerns."""


@node("for_contacts")
@dataclass(frozen=True, slots=True)
class ForContacts(AudienceLine):
    where: Expression | None


@node("for_contacts_with")
@dataclass(frozen=True, slots=True)
class ForContactsWith(AudienceLine):
    records: Token
    where: Expression | None


@node("for_each")
@dataclass(frozen=True, slots=True)
class ForEach(AudienceLine):
    records: Token
    where: Expression | None


@node("event")
@dataclass(frozen=True, slots=True)
class EventBlock(Declaration):
    name: Token
    lines: tuple[Line, ...] | None


# ------------------------------------------------------------------ segments, groups, coupons


@node("segment", block="lines")
@dataclass(frozen=True, slots=True)
class Segment(Declaration):
    name: Token
    lines: tuple[Expression, ...] | None


@node("group")
@dataclass(frozen=True, slots=True)
class Group(Declaration):
    name: Token


@node("when_empty")
@dataclass(frozen=True, slots=True)
class WhenEmpty(Line):
    action: Token
    text: Token | None = None


@node("codes_from")
@dataclass(frozen=True, slots=True)
class CodesFrom(Line):
    path: Token


@node("warn_below")
@dataclass(frozen=True, slots=True)
class WarnBelow(Line):
    amount: Token


@node("valid_for")
@dataclass(frozen=True, slots=True)
class ValidFor(Line):
    duration: Duration


@node("coupons")
@dataclass(frozen=True, slots=True)
class Coupons(Declaration):
    name: Token
    lines: tuple[Line, ...] | None


# ------------------------------------------------------------------ messages


@node("kind")
@dataclass(frozen=True, slots=True)
class MessageKind(Line):
    kind: Token


@node("channel")
@dataclass(frozen=True, slots=True)
class Channel(Line):
    name: Token


@node("subject")
@dataclass(frozen=True, slots=True)
class Subject(Line):
    text: Token


@node("body")
@dataclass(frozen=True, slots=True)
class Body(Line):
    text: Token


@node("body_file")
@dataclass(frozen=True, slots=True)
class BodyFile(Line):
    path: Token


@node("when_missing")
@dataclass(frozen=True, slots=True)
class WhenMissing(Line):
    action: Token
    text: Token | None = None


@node("sender")
@dataclass(frozen=True, slots=True)
class Sender(Line):
    address: Token


@node("reply_to")
@dataclass(frozen=True, slots=True)
class ReplyTo(Line):
    address: Token


@node("variant", block="lines")
@dataclass(frozen=True, slots=True)
class Variant(Line):
    language: Token
    lines: tuple[Line, ...] | None


@node("message", block="lines")
@dataclass(frozen=True, slots=True)
class Message(Declaration):
    name: Token
    lines: tuple[Line, ...] | None


# ------------------------------------------------------------------ calendars and policies


@node("calendar_days")
@dataclass(frozen=True, slots=True)
class CalendarDays(Line):
    days: tuple[WeekdayRange, ...]


@node("except_holidays")
@dataclass(frozen=True, slots=True)
class ExceptHolidays(Line):
    region: Token


@node("except_dates")
@dataclass(frozen=True, slots=True)
class ExceptDates(Line):
    first: Token
    last: Token | None


@node("calendar", block="lines")
@dataclass(frozen=True, slots=True)
class Calendar(Declaration):
    name: Token
    lines: tuple[Line, ...] | None


@node("window")
@dataclass(frozen=True, slots=True)
class WindowLine(Line):
    marketing: Token | None
    start: Token
    end: Token
    days: tuple[WeekdayRange, ...] | Token | None
    otherwise: Token | None


@node("cap")
@dataclass(frozen=True, slots=True)
class CapLine(Line):
    amount: Token
    marketing: Token | None
    of_this_policy: Token | None
    in_all: Token | None
    per: Duration
    otherwise: Token | None


@node("time_zone")
@dataclass(frozen=True, slots=True)
class ZoneLine(Line):
    zone: Token


@node("policy", block="lines")
@dataclass(frozen=True, slots=True)
class Policy(Declaration):
    name: Token
    lines: tuple[Line, ...] | None


# ------------------------------------------------------------------ campaigns and automations


@dataclass(frozen=True, slots=True)
class Setting(Line):
    """A line of a campaign that stands above its steps."""


@node("about")
@dataclass(frozen=True, slots=True)
class About(Setting):
    text: Token


@node("use_policy")
@dataclass(frozen=True, slots=True)
class UsePolicy(Setting):
    names: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class ConditionSetting(Setting):
    where: Expression


@node("start_when")
@dataclass(frozen=True, slots=True)
class StartWhen(ConditionSetting):
    pass


@node("start_as_soon_as")
@dataclass(frozen=True, slots=True)
class StartAsSoonAs(ConditionSetting):
    pass


@node("stop_when")
@dataclass(frozen=True, slots=True)
class StopWhen(ConditionSetting):
    pass


@node("restart_when")
@dataclass(frozen=True, slots=True)
class RestartWhen(ConditionSetting):
    pass


@dataclass(frozen=True, slots=True)
class EventSetting(Setting):
    event: EventRef
    where: Expression | None


@node("start_on")
@dataclass(frozen=True, slots=True)
class StartOn(EventSetting):
    pass


@node("stop_on")
@dataclass(frozen=True, slots=True)
class StopOn(EventSetting):
    pass


@node("restart_on")
@dataclass(frozen=True, slots=True)
class RestartOn(EventSetting):
    pass


@node("start_on_change")
@dataclass(frozen=True, slots=True)
class StartOnChange(Setting):
    field: Token


@node("newest_wins")
@dataclass(frozen=True, slots=True)
class NewestWins(Node):
    word: Token


@node("at_most_once")
@dataclass(frozen=True, slots=True)
class AtMostOnce(Node):
    per: Duration


@node("runs")
@dataclass(frozen=True, slots=True)
class Runs(Setting):
    mode: Token
    key: Expression | None
    tails: tuple[Node, ...]


@node("settle")
@dataclass(frozen=True, slots=True)
class Settle(Setting):
    duration: Duration


@node("include_existing")
@dataclass(frozen=True, slots=True)
class IncludeExisting(Setting):
    pass


@node("report_to")
@dataclass(frozen=True, slots=True)
class ReportTo(Setting):
    address: Token


@node("campaign", block="lines")
@dataclass(frozen=True, slots=True)
class Campaign(Declaration):
    name: Token
    lines: tuple[Node, ...] | None


@node("on_system")
@dataclass(frozen=True, slots=True)
class OnSystem(Setting):
    event: Token
    name: Token | None
    where: Expression | None


@node("automation", block="lines")
@dataclass(frozen=True, slots=True)
class Automation(Declaration):
    name: Token
    lines: tuple[Node, ...] | None
