"""Compiles one automation, and the campaign that each of its group sends is."""

from __future__ import annotations

from flowlang.calendar import Duration
from flowlang.check import diagnostics as d
from flowlang.check import literals, schedules
from flowlang.check.declarations import Reader
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.check.names import SYSTEM_EVENTS, Names
from flowlang.kinds import DATETIME, Fields
from flowlang.program.brought import brings_answer, merged
from flowlang.program.program import Automation, Campaign
from flowlang.program.senders import check_messages
from flowlang.speech import tr
from flowlang.steps.jobs import Task
from flowlang.steps.send import SendMessage
from flowlang.steps.step import Code, Step
from flowlang.steps.wait import WaitFor
from flowlang.syntax import campaigns, policies
from flowlang.syntax import declarations as tree
from flowlang.syntax.tree import Node


def compile_automation(
    item: campaigns.Automation, index: int, names: Names, expressions: Expressions, reader: Reader
) -> Automation:
    """Check an automation and make it ready."""
    automation = Automation(item.name.value, index, item.name.span)
    events = [line.event.value for line in item.lines or () if isinstance(line, campaigns.OnSystem)]
    fields: Fields = {"at": DATETIME}
    for event in events:
        fields = merged(fields, SYSTEM_EVENTS[event])
    lines = item.lines or ()
    place = Place(
        "automation", event=fields if events else None, answer=brings_answer(lines), in_run=True,
        contact=False,
    )  # fmt: skip
    code = Code(names, expressions, place, automation.name, kind="S")
    for line in lines:
        _setting(line, automation, code, reader)
    steps = tuple(line for line in lines if isinstance(line, Step))
    if lines and not steps and not reader.broken_below(item.span):
        code.report(d.NO_STEPS, item.name.span, what=tr("automation"), name=automation.name)
    code.block(steps)
    automation.campaign = Campaign(
        f'automation "{automation.name}"', _AFTER_CAMPAIGNS + index, automation.span, item=item,
        again=True, zone=automation.zone, instructions=code.instructions, nodes=code.nodes,
    )  # fmt: skip
    check_messages(tr("automation"), automation, code)
    return automation


_AFTER_CAMPAIGNS = 1_000_000
"""Automations come after all campaigns."""


def group_sends(automation: Automation) -> list[Campaign]:
    """For each group send, the campaign that its audience goes through: one send."""
    found: list[Campaign] = []
    for task in automation.instructions:
        if not isinstance(task, Task) or task.what != "send" or task.details["message"] is None:
            continue
        details = task.details
        name = f'send "{details["message"].name}" by the automation "{automation.name}"'
        if found:
            name = f"{name} ({len(found) + 1})"
        turn = WaitFor(Duration())
        send = SendMessage(details["message"], details["terms"])
        turn.where = send.where = task.where
        details["campaign"] = name
        found.append(
            Campaign(
                name, _AFTER_CAMPAIGNS, automation.span, again=True, zone=automation.zone,
                policies=automation.policies, instructions=[turn, send], group_send=automation.name,
            )
        )  # fmt: skip
    return found


def _setting(line: Node, automation: Automation, code: Code, reader: Reader) -> None:
    """Take a setting of an automation."""
    names, expressions = code.names, code.expressions
    match line:
        case campaigns.OnSystem(event=event, name=name, where=where):
            fields = SYSTEM_EVENTS[event.value]
            holds = expressions.filter(where, fields, code.place) if where else None
            automation.events.append((event.value, name.value if name else None, holds))
            if name is not None and "list" in fields and name.value not in names.coupons:
                expressions.unknown(d.UNKNOWN_COUPONS, name, names.coupons)
            if name is not None and "message" in fields and name.value not in names.messages:
                expressions.unknown(d.UNKNOWN_MESSAGE, name, names.messages)
        case tree.ScheduleLine():
            schedule = schedules.schedule(line, code.findings)
            if schedule is not None:
                automation.schedules.append(schedule)
        case policies.ZoneLine(zone=token):
            automation.zone = literals.zone(token, code.findings)
        case campaigns.UsePolicy(names=tokens):
            automation.policies += expressions.policies(tokens)
        case campaigns.ReportTo(address=token):
            automation.report_to = literals.address(token, code.findings)
