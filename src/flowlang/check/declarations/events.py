"""Events, and when and for whom the system makes them."""

from __future__ import annotations

from flowlang.check import diagnostics as d
from flowlang.check import schedules
from flowlang.check.declarations.fields import fields_of
from flowlang.check.declarations.reader import Reader, reads
from flowlang.check.names import Audience, Event, Names
from flowlang.kinds import ANY, DATETIME, Kind, UnknownFields
from flowlang.source import did_you_mean
from flowlang.speech import tr
from flowlang.syntax import declarations as tree


@reads(tree.EventBlock)
def event(reader: Reader, item: tree.EventBlock) -> None:
    """An event: what it carries, and what makes it."""
    reader.free(item.name, "an-event")
    lines = item.lines or ()
    fields = dict.fromkeys(reader.unreadable(item.span), ANY)
    fields |= {"at": DATETIME, **fields_of(reader, lines)}
    found = Event(item.name.value, fields, item.name.span)
    for line in lines:
        if isinstance(line, tree.ScheduleLine):
            schedule = schedules.schedule(line, reader.findings)
            if schedule is not None:
                found.schedules.append((schedule, line.span))
        elif isinstance(line, tree.AudienceLine):
            if found.audience is not None:
                reader.findings.report(d.DUPLICATE_LINE, line.span, what=tr("whom it concerns"))
            found.audience = _audience(line)
    if found.schedules and found.audience is None and not reader.broken_within(item.span):
        reader.findings.report(
            d.NO_SCHEDULE, item.name.span, what=tr("whom the event concerns is not said"),
            hint=tr("add `for contacts where …` or `for each … where …`"),
        )  # fmt: skip
    if reader.new(tr("event"), item.name):
        reader.names.events[found.name] = found


def complete_events(names: Names) -> None:
    """Give events that are about records the records' fields; all records must be known."""
    for event in names.events.values():
        audience = event.audience
        if audience is None or audience.kind == "contacts":
            continue
        fields = names.records.get(audience.records)
        if fields is None:
            hint = did_you_mean(audience.records, list(names.records), tr("records"))
            names.findings.report(
                d.UNKNOWN_RECORDS, audience.span, name=audience.records, hint=hint
            )
            event.fields = UnknownFields(event.fields)
        elif audience.kind == "each":
            event.fields.update(
                {name: kind for name, kind in fields.items() if name not in event.fields}
            )
        else:
            event.fields[audience.records] = Kind("list", row=fields)


def _audience(line: tree.AudienceLine) -> Audience | None:
    match line:
        case tree.ForContacts(where=where):
            return Audience("contacts", "", where, line.span)
        case tree.ForContactsWith(records=records, where=where):
            return Audience("with", records.value, where, records.span)
        case tree.ForEach(records=records, where=where):
            return Audience("each", records.value, where, records.span)
    return None
