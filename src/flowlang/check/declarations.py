"""Reads the declarations of all files into `Names`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flowlang import calendar
from flowlang.addresses import mailbox
from flowlang.calendar import WEEKDAYS
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.names import (
    Audience,
    Cap,
    Coupons,
    Event,
    Message,
    Names,
    Part,
    Policy,
    Segment,
    SendWindow,
    Variant,
    kind_of,
)
from flowlang.days import Days, Schedule, Window, known_holiday_region
from flowlang.kinds import ANY, DATETIME, Fields, Kind, UnknownFields
from flowlang.source import Source, Span, did_you_mean
from flowlang.syntax import declarations as tree
from flowlang.syntax import keywords, scripts
from flowlang.syntax.diagnostics import RESERVED_NAME
from flowlang.syntax.tree import Node, Token

MAX_FILE = 2_000_000
"""Characters of a body or codes file."""


@dataclass(slots=True)
class Reader:
    """Fills `names` from the trees of files, one after the other."""

    names: Names
    read_text: Callable[[Path, Span], Source | None]
    """Reads a file beside a source; reports and gives None where it cannot."""
    may_read: Callable[[Path, Span], bool]
    """Whether a file beside a source is there to be read; reports where it is not."""
    language: str = "en"
    """Of the file at hand."""
    languages: frozenset[str] = frozenset()
    """Of all files of the workspace: a name may be a word in none of them, for all may use it."""
    broken: tuple[Span, ...] = ()
    """Lines of the file that could not be read: what a declaration lacks may be there."""
    all_broken: list[Span] = dataclasses.field(default_factory=list)
    """Such lines of all files."""

    def file(self, file: tree.File) -> None:
        """Take the declarations of one file; conditions wait until all names are known."""
        self.all_broken += self.broken
        for item in file.items:
            read = _READERS.get(type(item))
            if read is not None:
                read(self, item)

    # -------------------------------------------------------------- names

    def _new(self, what: str, token: Token, known: object) -> bool:
        """Note where a name is declared; False, and a finding, where it is there already."""
        first = self.names.spans.get((what, token.value))
        if first is None:
            self.names.spans[what, token.value] = token.span
            return True
        self.names.findings.report(
            d.DUPLICATE_NAME, token.span, what=f"the {what}", name=token.value,
            also=((first, "first declared here"),),
        )  # fmt: skip
        return False

    def _free(self, token: Token, what: str) -> None:
        """A name may not be a word that the grammar needs where names stand."""
        words = keywords.load(self.language)
        spoken = {self.language, *self.languages}
        if any(token.value.lower() in keywords.reserved(language) for language in spoken):
            self.names.findings.report(
                words.spoken(RESERVED_NAME), token.span, name=token.value, what=words.say(what),
                hint=words.say("other-name", name=token.value),
            )  # fmt: skip

    # -------------------------------------------------------------- contacts and events

    def contact(self, item: tree.ContactBlock) -> None:
        for line in item.lines or ():
            if isinstance(line, tree.Records):
                self._records(line)
            elif isinstance(line, tree.ListField):
                self.names.findings.report(
                    d.OUT_OF_PLACE, line.span, what="lists stand in events; a contact has `records`"
                )
            else:
                self._contact_field(line)
        for name in self._unreadable(item.span):
            self.names.fields.setdefault(name, ANY)

    def _unreadable(self, span: Span) -> list[str]:
        """The first words of lines that could not be read: fields, most likely, of some kind."""
        lines = [bad for bad in self.broken if span.start <= bad.start <= span.end + 1]
        return [bad.text.split()[0] for bad in lines if bad.text.strip()]

    def _contact_field(self, line: tree.Field) -> None:
        name, kind = line.name.value, kind_of(line.type)
        self._free(line.name, "a-field")
        known = self.names.fields.get(name)
        if known is not None and known != kind:
            first = self.names.field_spans.get(name)
            self.names.findings.report(
                d.CONFLICTING_FIELD, line.span, name=name, kind=str(kind), other=str(known),
                also=((first, "declared here"),) if first else (),
                hint="" if first else f"every contact has `{name}`: choose another name",
            )  # fmt: skip
            return
        if name in self.names.records:
            self._twice(line.name, "the field", self.names.spans["records", name])
        self.names.fields[name] = kind
        self.names.field_spans.setdefault(name, line.span)

    def _records(self, line: tree.Records) -> None:
        name = line.name.value
        self._free(line.name, "some-records")
        fields = self._fields(line.fields or (), name)
        known = self.names.records.get(name)
        if known is None:
            if name in self.names.fields:
                self._twice(line.name, "the field", self.names.field_spans.get(name))
            self.names.records[name] = fields
            self.names.spans["records", name] = line.name.span
            return
        for part in line.fields or ():
            field = part.name.value
            kind = fields[field]
            if known.setdefault(field, kind) != kind:
                first = self.names.field_spans[f"{name}.{field}"]
                self.names.findings.report(
                    d.CONFLICTING_FIELD, part.span, name=field, kind=str(kind),
                    other=str(known[field]), also=((first, "declared here"),),
                )  # fmt: skip

    def _twice(self, token: Token, what: str, first: Span | None) -> None:
        self.names.findings.report(
            d.DUPLICATE_NAME, token.span, what=what, name=token.value,
            also=((first, "first declared here"),) if first else (),
        )  # fmt: skip

    def _fields(self, lines: tuple[Node, ...], owner: str = "") -> Fields:
        found: Fields = {}
        spans: dict[str, Span] = {}
        for line in lines:
            if isinstance(line, tree.Field):
                kind = kind_of(line.type)
            elif isinstance(line, tree.ListField):
                kind = Kind("list", row=self._fields(line.fields or ()))
            else:
                continue
            self._free(line.name, "a-field")
            name = line.name.value
            if name in found:
                self._twice(line.name, "the field", spans[name])
            spans.setdefault(name, line.name.span)
            if owner:
                self.names.field_spans.setdefault(f"{owner}.{name}", line.span)
            found[name] = kind
        return found

    def event(self, item: tree.EventBlock) -> None:
        self._free(item.name, "an-event")
        lines = item.lines or ()
        fields = dict.fromkeys(self._unreadable(item.span), ANY)
        fields |= {"at": DATETIME, **self._fields(lines)}
        event = Event(item.name.value, fields, item.name.span)
        for line in lines:
            if isinstance(line, tree.ScheduleLine):
                schedule = self.schedule(line)
                if schedule is not None:
                    event.schedules.append((schedule, line.span))
            elif isinstance(line, tree.AudienceLine):
                if event.audience is not None:
                    self.names.findings.report(d.DUPLICATE_LINE, line.span, what="whom it concerns")
                event.audience = _audience(line)
        if event.schedules and event.audience is None and not self._broken_within(item.span):
            self.names.findings.report(
                d.NO_SCHEDULE, item.name.span, what="whom the event concerns is not said",
                hint="add `for contacts where …` or `for each … where …`",
            )  # fmt: skip
        if self._new("event", item.name, None):
            self.names.events[event.name] = event

    def complete_events(self) -> None:
        """Give events that are about records the records' fields; all records must be known."""
        for event in self.names.events.values():
            audience = event.audience
            if audience is None or audience.kind == "contacts":
                continue
            fields = self.names.records.get(audience.records)
            if fields is None:
                hint = did_you_mean(audience.records, list(self.names.records), "records")
                self.names.findings.report(
                    d.UNKNOWN_RECORDS, audience.span, name=audience.records, hint=hint
                )
                event.fields = UnknownFields(event.fields)
            elif audience.kind == "each":
                event.fields.update(
                    {name: kind for name, kind in fields.items() if name not in event.fields}
                )
            else:
                event.fields[audience.records] = Kind("list", row=fields)

    def schedule(self, line: tree.ScheduleLine) -> Schedule | None:
        """When a schedule fires; None and a finding where it never can."""
        findings = self.names.findings
        if isinstance(line, tree.OnceAt):
            parts = literals.day_and_wall(line.moment, findings)
            return Schedule("once", frozenset(), 1, parts[1], parts[0]) if parts else None
        assert isinstance(line, (tree.EveryDay, tree.EveryWeekday, tree.EveryMonth))
        wall = literals.wall(line.time, findings)
        if wall is None:
            return None
        if isinstance(line, tree.EveryDay):
            return Schedule("days", frozenset(), 1, wall, None)
        if isinstance(line, tree.EveryWeekday):
            return Schedule("days", weekdays(line.days), 1, wall, None)
        day = line.day.value
        if not isinstance(day, int) or not 1 <= day <= 31:
            findings.report(d.BAD_VALUE, line.day.span, what=f"there is no day {day} in any month")
            return None
        return Schedule("month", frozenset(), day, wall, None)

    # -------------------------------------------------------------- segments, groups, coupons

    def segment(self, item: tree.Segment) -> None:
        lines = list(item.lines or ())
        if len(lines) > 1:
            self.names.findings.report(
                d.DUPLICATE_LINE, lines[1].span, what="the condition of a segment",
                hint="join conditions with `and` or `or`",
            )  # fmt: skip
        if self._new("segment", item.name, None):
            self.names.segments[item.name.value] = Segment(
                item.name.value, item.name.span, lines[0] if lines else None
            )

    def group(self, item: tree.Group) -> None:
        if self._new("group", item.name, None):
            self.names.groups[item.name.value] = item.name.span

    def coupons(self, item: tree.Coupons) -> None:
        found = Coupons(item.name.value, item.name.span)
        seen: set[type] = set()
        for line in item.lines or ():
            self._once(line, seen)
            match line:
                case tree.CodesFrom(path=token):
                    found.path = self._codes_file(token)
                case tree.WhenEmpty(action=action, text=text):
                    found.when_empty = action.kind.lower()  # type: ignore[assignment] # HALT, SKIP or SHOW
                    found.text = text.value if text else ""
                    found.decided = True
                case tree.WarnBelow(amount=amount):
                    found.warn_below = self._count(amount)
                case tree.ValidFor(duration=duration):
                    found.valid_for = literals.duration(duration, self.names.findings)
        if self._new("coupon list", item.name, None):
            self.names.coupons[found.name] = found

    def _count(self, token: Token, least: int = 1) -> int:
        if not isinstance(token.value, int) or token.value < least:
            self.names.findings.report(
                d.BAD_VALUE,
                token.span,
                what=f"a whole number from {least} is asked for, not {token.value}",
            )
            return least
        return token.value

    def _once(self, line: Node, seen: set[type]) -> None:
        if type(line) in seen:
            first = line.span.text.split("\n")[0].split('"')[0].strip()
            self.names.findings.report(d.DUPLICATE_LINE, line.span, what=f"`{first}`")
        seen.add(type(line))

    def _codes_file(self, token: Token) -> Path | None:
        """The file of a list's codes; it may not leave the workspace."""
        path = self._path(token)
        return path if path is not None and self.may_read(path, token.span) else None

    def _path(self, token: Token) -> Path | None:
        """The file that a path in a source names: beside that source."""
        source = token.span.source
        base = source.path.parent if source.path else Path()
        return base / str(token.value)

    # -------------------------------------------------------------- messages

    def message(self, item: tree.Message) -> None:
        found = Message(item.name.value, item.name.span)
        shared = found.variants[""] = Variant()
        seen: set[type] = set()
        said: set[str] = set()
        senders: list[Token] = []
        for line in item.lines or ():
            if isinstance(line, tree.Variant):
                self._variant(line, found)
                continue
            self._once(line, seen)
            match line:
                case tree.MessageKind(kind=kind):
                    found.kind = kind.kind.lower()
                    said.add("kind")
                case tree.Channel(name=name):
                    found.channel = self._channel(name)
                    said.add("channel")
                case tree.WhenMissing(action=action, text=text):
                    found.when_missing = action.kind.lower()  # type: ignore[assignment] # HALT, SKIP or SHOW
                    found.missing_text = text.value if text else ""
                case tree.Sender(address=address):
                    found.sender = address.value
                    senders.append(address)
                case tree.ReplyTo(address=address):
                    found.reply_to = address.value
                    senders.append(address)
                case _:
                    self._part(line, shared)
        for address in senders if found.channel == "email" else ():
            self._mailbox(address)
        if item.lines and not self._broken_within(item.span):
            self._complete(item, found, said)
        if self._new("message", item.name, None):
            self.names.messages[found.name] = found

    def _mailbox(self, token: Token) -> None:
        """What a mail comes from or is answered to; a finding where it would not be taken."""
        if mailbox(token.value) is None:
            self.names.findings.report(
                d.BAD_VALUE, token.span, what=f'"{token.value}" is not one plain e-mail address',
                hint='such as "Shop <news@example.com>"',
            )  # fmt: skip

    def _channel(self, token: Token) -> str:
        """The name of a channel, and a finding where there is none of that name."""
        name = str(token.value)
        if name not in self.names.channels:
            hint = did_you_mean(name, self.names.channels)
            self.names.findings.report(d.UNKNOWN_CHANNEL, token.span, name=name, hint=hint)
        return name

    def _complete(self, item: tree.Message, found: Message, said: set[str]) -> None:
        report = self.names.findings.report
        variants = [variant for language, variant in found.variants.items() if language]
        if "kind" not in said:
            report(
                d.MISSING_PART, item.name.span,
                what=f"the message `{found.name}` does not say its kind",
                hint="add `kind marketing` or `kind service`",
            )  # fmt: skip
        if "channel" not in said:
            report(
                d.MISSING_PART, item.name.span,
                what=f"the message `{found.name}` does not say its channel",
                hint="add `channel email`, for example",
            )  # fmt: skip
        shared = found.variants[""]
        if shared.body is None and not (variants and all(variant.body for variant in variants)):
            report(d.MISSING_PART, item.name.span, what=f"the message `{found.name}` has no body")
        needs_subject = found.channel == "email" and shared.subject is None
        if needs_subject and not (variants and all(variant.subject for variant in variants)):
            report(d.MISSING_PART, item.name.span, what=f"the mail `{found.name}` has no subject")

    def _variant(self, line: tree.Variant, found: Message) -> None:
        language = line.language.value
        if language in found.variants:
            self.names.findings.report(d.DUPLICATE_LINE, line.span, what=f'`in "{language}"`')
        variant = found.variants[language] = Variant()
        for part in line.lines or ():
            self._part(part, variant)

    def _part(self, line: Node, variant: Variant) -> None:
        match line:
            case tree.Subject(text=token):
                variant.subject = Part(token.value, token.span, token)
            case tree.Body(text=token):
                variant.body = Part(token.value, token.span, token)
            case tree.BodyFile(path=token):
                variant.body = self._body_file(token)

    def _body_file(self, token: Token) -> Part | None:
        path = self._path(token)
        html = token.value.lower().endswith((".html", ".htm"))
        source = self.read_text(path, token.span) if path is not None else None
        if source is None:
            return Part("", token.span, token, html)
        return Part(source.text, Span(source, 0, len(source.text)), None, html)

    # -------------------------------------------------------------- calendars and policies

    def calendar(self, item: tree.Calendar) -> None:
        weekdays_found: frozenset[int] = frozenset()
        regions: list[str] = []
        ranges: list[tuple[date, date]] = []
        excepted: list[tuple[date, date]] = []
        single: list[tuple[date, Span]] = []
        findings = self.names.findings
        for line in item.lines or ():
            match line:
                case tree.CalendarDays(days=days):
                    weekdays_found |= weekdays(days)
                case tree.CalendarDates(dates=dates):
                    found = self._ranges(dates)
                    ranges += [days for days, _ in found]
                    single += [(first, span) for (first, last), span in found if first == last]
                case tree.ExceptHolidays(region=token):
                    if known_holiday_region(token.value):
                        regions.append(token.value)
                    else:
                        findings.report(
                            d.UNKNOWN_REGION, token.span, name=token.value,
                            hint='a country such as "DE", or a part of one such as "DE-BW"',
                        )  # fmt: skip
                case tree.ExceptDates(dates=dates):
                    excepted += [days for days, _ in self._ranges(dates)]
        found_days = Days(weekdays_found, tuple(regions), tuple(excepted), tuple(ranges))
        for day, span in single:
            if not found_days.contains(day):
                findings.report(d.DAY_EXCEPTED, span, day=day.isoformat())
        if self._new("calendar", item.name, None):
            self.names.calendars[item.name.value] = found_days

    def _ranges(self, dates: tuple[tree.DateRange, ...]) -> list[tuple[tuple[date, date], Span]]:
        """First and last day of each, and where it stands; a finding where they are turned."""
        findings = self.names.findings
        found = []
        for one in dates:
            begin = literals.day(one.first, findings)
            end = literals.day(one.last, findings) if one.last else begin
            if begin and end and end < begin:
                findings.report(d.BAD_VALUE, one.span, what="these dates end before they begin")
            elif begin and end:
                found.append(((begin, end), one.span))
        return found

    def policies(self, file: tree.File) -> None:
        """Take the policies of a file; they speak of calendars, so all files are read before."""
        for item in file.items:
            if isinstance(item, tree.Policy):
                self._policy(item)

    def _policy(self, item: tree.Policy) -> None:
        found = Policy(item.name.value, item.name.span)
        for line in item.lines or ():
            match line:
                case tree.WindowLine():
                    self._window(line, found)
                case tree.CapLine():
                    self._cap(line, found)
                case tree.ZoneLine(zone=token):
                    found.zone = self.zone(token)
        if self._new("policy", item.name, None):
            self.names.policies[found.name] = found

    def zone(self, token: Token) -> ZoneInfo | None:
        """A time zone by its name; a finding where there is none."""
        found = calendar.zone(token.value)
        if found is None:
            self.names.findings.report(
                d.UNKNOWN_ZONE, token.span, name=token.value, hint='such as "Europe/Berlin"'
            )
        return found

    def _window(self, line: tree.WindowLine, found: Policy) -> None:
        findings = self.names.findings
        start, end = literals.wall(line.start, findings), literals.wall(line.end, findings)
        days: Days | None = None
        if isinstance(line.days, Token):
            days = self.names.calendars.get(line.days.value)
            if days is None:
                hint = did_you_mean(line.days.value, list(self.names.calendars), "calendar")
                findings.report(d.UNKNOWN_CALENDAR, line.days.span, name=line.days.value, hint=hint)
        elif line.days:
            days = Days(weekdays(line.days))
        if start is None or end is None:
            return
        otherwise = self._otherwise(line.otherwise, "wait", "a window")
        found.windows.append(
            SendWindow(Window(start, end, days), line.marketing is not None, otherwise, _said(line))
        )

    def _cap(self, line: tree.CapLine, found: Policy) -> None:
        per = literals.duration(line.per, self.names.findings)
        if per.is_zero:
            self.names.findings.report(
                d.BAD_VALUE, line.per.span, what="a cap counts over a span of time"
            )
            return
        found.caps.append(
            Cap(
                self._count(line.amount, least=0),
                per,
                line.marketing is not None,
                line.of_this_policy is not None,
                line.in_all is not None,
                self._otherwise(line.otherwise, "skip", "a cap"),
                _said(line),
            )
        )

    def _otherwise(self, token: Token | None, default: str, what: str) -> Literal["wait", "skip"]:
        if token is None:
            return default  # type: ignore[return-value] # wait or skip
        if token.value == "stop":
            self.names.findings.report(
                d.OUT_OF_PLACE, token.span, what=f"{what} waits or skips, it does not stop"
            )
            return default  # type: ignore[return-value] # wait or skip
        return token.value  # type: ignore[no-any-return] # wait or skip

    # -------------------------------------------------------------- campaigns, automations, tests

    def campaign(self, item: tree.Campaign) -> None:
        if self._new("campaign", item.name, None):
            self.names.campaigns[item.name.value] = item

    def automation(self, item: tree.Automation) -> None:
        if self._new("automation", item.name, None):
            self.names.automations[item.name.value] = item

    def test(self, item: scripts.Test) -> None:
        self._new("test", item.name, None)

    def broken_below(self, span: Span) -> bool:
        """Whether a line of a declaration, in any file, could not be read."""
        return any(
            bad.source is span.source and span.start <= bad.start <= span.end + 1
            for bad in self.all_broken
        )

    def _broken_within(self, span: Span) -> bool:
        return any(span.start <= bad.start <= span.end + 1 for bad in self.broken)


def weekdays(ranges: tuple[tree.WeekdayRange, ...]) -> frozenset[int]:
    """The days of the week that ranges name, Monday as 0; a range may pass over Sunday."""
    found: set[int] = set()
    for one in ranges:
        first = WEEKDAYS.index(one.first.value)
        last = WEEKDAYS.index(one.last.value) if one.last else first
        day = first
        found.add(day)
        while day != last:
            day = (day + 1) % 7
            found.add(day)
    return frozenset(found)


def _audience(line: tree.AudienceLine) -> Audience | None:
    match line:
        case tree.ForContacts(where=where):
            return Audience("contacts", "", where, line.span)
        case tree.ForContactsWith(records=records, where=where):
            return Audience("with", records.value, where, records.span)
        case tree.ForEach(records=records, where=where):
            return Audience("each", records.value, where, records.span)
    return None


def _said(line: Node) -> str:
    return " ".join(line.span.text.split())


_READERS: dict[type, Callable[[Reader, Any], None]] = {
    tree.ContactBlock: Reader.contact,
    tree.EventBlock: Reader.event,
    tree.Segment: Reader.segment,
    tree.Group: Reader.group,
    tree.Coupons: Reader.coupons,
    tree.Message: Reader.message,
    tree.Calendar: Reader.calendar,
    tree.Campaign: Reader.campaign,
    tree.Automation: Reader.automation,
    scripts.Test: Reader.test,
}
