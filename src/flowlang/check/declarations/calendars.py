"""Calendars, and the policies that speak of them."""

from __future__ import annotations

from datetime import date
from typing import Literal

from flowlang.check import diagnostics as d
from flowlang.check import literals, schedules
from flowlang.check.declarations.reader import Reader, reads
from flowlang.check.names import Cap, Policy, SendWindow
from flowlang.days import Days, Window, known_holiday_region
from flowlang.source import Span, did_you_mean
from flowlang.speech import tr
from flowlang.syntax import policies as tree
from flowlang.syntax.tree import Node, Token


@reads(tree.Calendar)
def calendar(reader: Reader, item: tree.Calendar) -> None:
    """A calendar: its days, and those excepted."""
    weekdays_found: frozenset[int] = frozenset()
    regions: list[str] = []
    ranges: list[tuple[date, date]] = []
    excepted: list[tuple[date, date]] = []
    single: list[tuple[date, Span]] = []
    findings = reader.findings
    for line in item.lines or ():
        match line:
            case tree.CalendarDays(days=days):
                weekdays_found |= schedules.weekdays(days)
            case tree.CalendarDates(dates=dates):
                found = _ranges(reader, dates)
                ranges += [days for days, _ in found]
                single += [(first, span) for (first, last), span in found if first == last]
            case tree.ExceptHolidays(region=token):
                if known_holiday_region(token.value):
                    regions.append(token.value)
                else:
                    findings.report(
                        d.UNKNOWN_REGION, token.span, name=token.value,
                        hint=tr('a country such as "DE", or a part of one such as "DE-BW"'),
                    )  # fmt: skip
            case tree.ExceptDates(dates=dates):
                excepted += [days for days, _ in _ranges(reader, dates)]
    found_days = Days(weekdays_found, tuple(regions), tuple(excepted), tuple(ranges))
    for day, span in single:
        if not found_days.contains(day):
            findings.report(d.DAY_EXCEPTED, span, day=day.isoformat())
    if reader.new(tr("calendar"), item.name):
        reader.names.calendars[item.name.value] = found_days


def _ranges(
    reader: Reader, dates: tuple[tree.DateRange, ...]
) -> list[tuple[tuple[date, date], Span]]:
    """First and last day of each, and where it stands; a finding where they are turned."""
    findings = reader.findings
    found = []
    for one in dates:
        begin = literals.day(one.first, findings)
        end = literals.day(one.last, findings) if one.last else begin
        if begin and end and end < begin:
            findings.report(d.BAD_VALUE, one.span, what=tr("these dates end before they begin"))
        elif begin and end:
            found.append(((begin, end), one.span))
    return found


@reads(tree.Policy)
def policy(reader: Reader, item: tree.Policy) -> None:
    """Policies speak of calendars, so they are read when all files have been."""
    found = Policy(item.name.value, item.name.span)
    for line in item.lines or ():
        match line:
            case tree.WindowLine():
                _window(reader, line, found)
            case tree.CapLine():
                _cap(reader, line, found)
            case tree.ZoneLine(zone=token):
                found.zone = literals.zone(token, reader.findings)
    if reader.new(tr("policy"), item.name):
        reader.names.policies[found.name] = found


def _window(reader: Reader, line: tree.WindowLine, found: Policy) -> None:
    findings = reader.findings
    start, end = literals.wall(line.start, findings), literals.wall(line.end, findings)
    days: Days | None = None
    if isinstance(line.days, Token):
        days = reader.names.calendars.get(line.days.value)
        if days is None:
            hint = did_you_mean(line.days.value, list(reader.names.calendars), tr("calendar"))
            findings.report(d.UNKNOWN_CALENDAR, line.days.span, name=line.days.value, hint=hint)
    elif line.days:
        days = Days(schedules.weekdays(line.days))
    if start is None or end is None:
        return
    otherwise = _otherwise(reader, line.otherwise, "wait", tr("a window"))
    found.windows.append(
        SendWindow(Window(start, end, days), line.marketing is not None, otherwise, _said(line))
    )


def _cap(reader: Reader, line: tree.CapLine, found: Policy) -> None:
    per = literals.duration(line.per, reader.findings)
    if per.is_zero:
        reader.findings.report(
            d.BAD_VALUE, line.per.span, what=tr("a cap counts over a span of time")
        )
        return
    found.caps.append(
        Cap(
            reader.count(line.amount, least=0),
            per,
            line.marketing is not None,
            line.of_this_policy is not None,
            line.in_all is not None,
            _otherwise(reader, line.otherwise, "skip", tr("a cap")),
            _said(line),
        )
    )


def _otherwise(
    reader: Reader, token: Token | None, default: str, what: str
) -> Literal["wait", "skip"]:
    if token is None:
        return default  # type: ignore[return-value] # wait or skip
    if token.value == "stop":
        reader.findings.report(
            d.OUT_OF_PLACE,
            token.span,
            what=tr("{what} waits or skips, it does not stop", what=what),
        )
        return default  # type: ignore[return-value] # wait or skip
    return token.value  # type: ignore[no-any-return] # wait or skip


def _said(line: Node) -> str:
    return line.span.words
