"""Compiles campaigns and automations, and checks what only shows over all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flowlang.calendar import Duration
from flowlang.check import diagnostics as d
from flowlang.check import literals, templates
from flowlang.check.declarations import Reader
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.check.names import SYSTEM_EVENTS, Names
from flowlang.kinds import ANY, DATETIME, Fields, UnknownFields
from flowlang.program.program import (
    Automation,
    Campaign,
    Ending,
    Program,
    ScheduledEvent,
    Start,
)
from flowlang.source import did_you_mean
from flowlang.steps.call import Call
from flowlang.steps.campaigns import StartCampaign
from flowlang.steps.event_match import event_match
from flowlang.steps.jobs import Task
from flowlang.steps.race import ForBranch
from flowlang.steps.send import Send, SendMessage, SendTo
from flowlang.steps.step import Code, Step
from flowlang.steps.wait import WaitFor
from flowlang.steps.wait_for import WaitFor as WaitForEvent
from flowlang.syntax import declarations as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax.tree import Node, Token, walk


def compile_program(
    names: Names, reader: Reader, expressions: Expressions | None = None
) -> Program:
    """The program of a workspace; with errors in `names.findings` it must not be run.

    `expressions` gives conditions their meaning, where they are to do more than hold or not.
    """
    expressions = expressions or Expressions(names)
    program = Program(names.config, names)
    for segment in names.segments.values():
        expressions.segment(Token(segment.span, "STRING", segment.name))
    for message in names.messages.values():
        templates.prepare(message, names)
    _events(program, expressions)
    codes: list[tuple[Campaign, Code]] = []
    for item in names.campaigns.values():
        codes.append(_Campaign(item, len(codes), names, expressions, reader).compile())
    for campaign, _ in codes:
        program.campaigns.append(campaign)
        program.by_name[campaign.name] = campaign
    for index, automation in enumerate(names.automations.values()):
        made = _automation(automation, index, names, expressions, reader)
        program.automations.append(made)
        for campaign in (*_group_sends(made), *filter(None, (made.campaign,))):
            program.by_name[campaign.name] = campaign
    for campaign, code in codes:
        _check_events_of_messages("campaign", campaign, code)
        campaign.uses_event = "event." in code.place.used
    _check_starts(program, codes, reader)
    return program


def _events(program: Program, expressions: Expressions) -> None:
    """Compile whom the events concern that no one sends to a contact."""
    names = program.names
    for event in names.events.values():
        audience = event.audience
        if audience is None:
            continue
        about = event.fields if event.outside else None
        place = Place("audience", event=about)
        row: Fields = {}
        if audience.kind != "contacts":
            row = names.records.get(audience.records, UnknownFields())
        holds = expressions.filter(audience.where, row, place)
        if event.outside:
            program.concerns[event.name] = holds
        for schedule, _ in event.schedules:
            program.scheduled.append(ScheduledEvent(event, schedule, holds, len(program.scheduled)))


@dataclass(slots=True)
class _Campaign:
    """One campaign on its way from tree to instructions."""

    item: tree.Campaign
    index: int
    names: Names
    expressions: Expressions
    reader: Reader

    def compile(self) -> tuple[Campaign, Code]:
        item = self.item
        campaign = Campaign(item.name.value, self.index, item.name.span)
        lines = item.lines or ()
        settings = [
            line for line in lines if isinstance(line, tree.Line) and not isinstance(line, Step)
        ]
        steps = tuple(line for line in lines if isinstance(line, Step))
        self._order(lines)
        event = self._event_fields(settings)
        sends = frozenset(
            node.message.value
            for step in steps
            for node in walk(step)
            if isinstance(node, (Send, SendTo))
        )
        place = Place(
            "step", event=event, reply=self._reply_fields(steps), answer=_answers(steps),
            sends=sends, in_run=True,
        )  # fmt: skip
        code = Code(self.names, self.expressions, place, campaign.name)
        code.start_events = {
            line.event.event.value for line in settings if isinstance(line, tree.StartOn)
        }
        self._settings(settings, campaign, code)
        if lines and not steps and not self.reader.broken_below(item.span):
            code.report(d.NO_STEPS, item.name.span, what="campaign", name=campaign.name)
        code.block(steps)
        campaign.instructions = code.instructions
        campaign.nodes = code.nodes
        campaign.goals = code.goals
        campaign.measures = code.measures
        campaign.experiments = code.experiments
        campaign.sends = sends
        campaign.item = item
        return campaign, code

    def _order(self, lines: tuple[Node, ...]) -> None:
        seen_step = False
        for line in lines:
            if isinstance(line, Step):
                seen_step = True
            elif seen_step:
                self.names.findings.report(d.SETTING_AFTER_STEP, line.span)

    def _event_fields(self, settings: list[tree.Line]) -> Fields | None:
        """What `event.x` may be: the fields of all events that start it."""
        found: Fields | None = None
        for line in settings:
            fields: Fields | None = None
            if isinstance(line, tree.StartOn):
                fields = self.names.fields_of_event(line.event.event.value)
            elif isinstance(line, tree.StartOnChange):
                kind = self.names.fields.get(line.field.value, ANY)
                fields = {"at": DATETIME, "old": kind, "new": kind}
            if fields is not None:
                found = _merged(found or {}, fields)
        return found

    def _reply_fields(self, steps: tuple[Step, ...]) -> Fields | None:
        found: Fields | None = None
        for step in steps:
            for node in walk(step):
                if isinstance(node, (WaitForEvent, ForBranch)):
                    fields = self.names.fields_of_event(node.event.event.value)
                    found = _merged(found or {}, fields)
        return found

    def _settings(self, settings: list[tree.Line], campaign: Campaign, code: Code) -> None:
        once: set[type] = set()
        for line in settings:
            if isinstance(
                line,
                (
                    tree.About,
                    tree.Runs,
                    tree.Settle,
                    tree.ZoneLine,
                    tree.ReportTo,
                    tree.IncludeExisting,
                ),
            ):
                if type(line) in once:
                    words = line.span.text.split()
                    code.report(d.DUPLICATE_LINE, line.span, what=f"`{words[0]}`")
                once.add(type(line))
            self._setting(line, campaign, code)
        self._existing(settings, campaign, code)

    def _setting(self, line: tree.Line, campaign: Campaign, code: Code) -> None:
        text = " ".join(line.span.text.split())
        match line:
            case tree.StartWhen() | tree.StartAsSoonAs():
                condition = self._start_condition(line, code)
                campaign.starts.append(
                    Start(condition, as_soon=isinstance(line, tree.StartAsSoonAs), text=text)
                )
            case tree.StartOn():
                place = Place("start", event=self.names.fields_of_event(line.event.event.value))
                match = event_match(code, line.event, line.where, place)
                campaign.starts.append(Start(event=match, text=text))
            case tree.StartOnChange(field=field):
                if field.value not in self.names.fields or field.value == "id":
                    hint = did_you_mean(field.value, list(self.names.fields))
                    code.report(
                        d.UNKNOWN_FIELD,
                        field.span,
                        whose="the contact",
                        name=field.value,
                        hint=hint,
                    )
                campaign.starts.append(Start(field=field.value, text=text))
            case tree.StopWhen() | tree.RestartWhen():
                place = Place("setting", event=code.place.event, in_run=True, used=code.place.used)
                condition = code.condition(line.where, place)
                restarts = isinstance(line, tree.RestartWhen)
                campaign.endings.append(Ending(condition, None, restarts, text))
            case tree.StopOn() | tree.RestartOn():
                place = Place("setting", event=code.place.event, in_run=True, used=code.place.used)
                match = event_match(code, line.event, line.where, place)
                restarts = isinstance(line, tree.RestartOn)
                campaign.endings.append(Ending(None, match, restarts, text))
            case tree.Runs():
                self._runs(line, campaign, code)
            case tree.Settle(duration=duration):
                campaign.settle = literals.duration(duration, code.findings)
            case tree.ZoneLine(zone=token):
                campaign.zone = self.reader.zone(token)
            case tree.UsePolicy(names=tokens):
                campaign.policies += self.expressions.policies(tokens)
            case tree.IncludeExisting():
                campaign.include_existing = True
            case tree.ReportTo(address=address):
                campaign.report_to = _address(address, code)
            case tree.About(text=about):
                campaign.about = about.value

    def _start_condition(self, line: tree.StartWhen | tree.StartAsSoonAs, code: Code) -> Any:
        place = Place("start")
        condition = code.condition(line.where, place)
        # That something happened lately comes to hold when it happens; that it did not, by time.
        denied = {id(one) for no in walk(line.where) if isinstance(no, ex.Not) for one in walk(no)}
        timely = (
            one for one in place.timely if not isinstance(one, ex.Duration) or id(one) in denied
        )
        asked = next(timely, None)
        if asked is not None:
            code.report(
                d.TIME_IS_NO_TRIGGER, asked.span,
                hint="make time an event: `event due_today`, `every day at 08:00`, "
                f"`for contacts where {' '.join(line.where.span.text.split())}`; "
                "then `start on due_today`",
            )  # fmt: skip
        return condition

    def _existing(self, settings: list[tree.Line], campaign: Campaign, code: Code) -> None:
        if campaign.include_existing and not any(start.condition for start in campaign.starts):
            line = next(one for one in settings if isinstance(one, tree.IncludeExisting))
            code.report(d.EXISTING_BY_EVENT, line.span)

    def _runs(self, line: tree.Runs, campaign: Campaign, code: Code) -> None:
        campaign.again = line.mode.value == "again"
        keys: list[ex.Expression] = [line.key] if line.key is not None else []
        for tail in line.tails:
            match tail:
                case tree.NewestWins():
                    campaign.newest_wins = True
                case tree.AtMostOnce(per=per):
                    campaign.at_most_once = literals.duration(per, code.findings)
                case ex.Ref() | ex.FieldValue() if line.key is not None:
                    keys.append(tail)
                case _:
                    code.report(d.RUN_KEY, tail.span, what="a key stands behind `per`")
        if not keys:
            return
        campaign.keys = []
        for key in keys:
            self._key(key, campaign, code)

    def _key(self, key: ex.Expression, campaign: Campaign, code: Code) -> None:
        assert campaign.keys is not None
        fields = code.place.event
        if fields is None:
            code.report(
                d.RUN_KEY,
                key.span,
                what="a run is keyed by its event, and no event starts this campaign",
            )
            return
        if isinstance(key, ex.FieldValue):
            if key.name.value != "event":
                code.report(
                    d.RUN_KEY,
                    key.span,
                    what=f"a key is a field of the event: `event.{key.name.value}`",
                )
                return
            campaign.keys.append(lambda data: data)
            return
        assert isinstance(key, ex.Ref)
        head, _, name = key.name.value.partition(".")
        if head != "event" or name not in fields:
            hint = did_you_mean(name, list(fields))
            code.report(d.UNKNOWN_FIELD, key.span, whose="the event", name=name, hint=hint)
            return
        campaign.keys.append(_field(name))


def _answers(lines: tuple[Node, ...]) -> bool:
    """Whether a call among these lines brings an answer."""
    return any(
        isinstance(node, Call) and node.as_answer is not None
        for line in lines
        for node in walk(line)
    )


def _field(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda data: data.get(name)


def _merged(first: Fields, second: Fields) -> Fields:
    """Fields of several events: where kinds differ, any."""
    if isinstance(first, UnknownFields) or isinstance(second, UnknownFields):
        return UnknownFields({**first, **second})
    found = dict(first)
    for name, kind in second.items():
        found[name] = kind if found.get(name, kind) == kind else ANY
    return found


def _automation(
    item: tree.Automation, index: int, names: Names, expressions: Expressions, reader: Reader
) -> Automation:
    """Check an automation and make it ready."""
    automation = Automation(item.name.value, index, item.name.span)
    events = [line.event.value for line in item.lines or () if isinstance(line, tree.OnSystem)]
    fields: Fields = {"at": DATETIME}
    for event in events:
        fields = _merged(fields, SYSTEM_EVENTS[event])
    lines = item.lines or ()
    place = Place(
        "automation", event=fields if events else None, answer=_answers(lines), in_run=True,
        contact=False,
    )  # fmt: skip
    code = Code(names, expressions, place, automation.name, kind="S")
    for line in lines:
        _automation_line(line, automation, code, reader)
    steps = tuple(line for line in lines if isinstance(line, Step))
    if lines and not steps and not reader.broken_below(item.span):
        code.report(d.NO_STEPS, item.name.span, what="automation", name=automation.name)
    code.block(steps)
    automation.campaign = Campaign(
        f'automation "{automation.name}"', _AFTER_CAMPAIGNS + index, automation.span, item=item,
        again=True, zone=automation.zone, instructions=code.instructions, nodes=code.nodes,
    )  # fmt: skip
    _check_events_of_messages("automation", automation, code)
    return automation


_AFTER_CAMPAIGNS = 1_000_000
"""Automations come after all campaigns."""


def _group_sends(automation: Automation) -> list[Campaign]:
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


def _automation_line(line: Node, automation: Automation, code: Code, reader: Reader) -> None:
    """Take a setting of an automation."""
    names, expressions = code.names, code.expressions
    match line:
        case tree.OnSystem(event=event, name=name, where=where):
            fields = SYSTEM_EVENTS[event.value]
            holds = expressions.filter(where, fields, code.place) if where else None
            automation.events.append((event.value, name.value if name else None, holds))
            if name is not None and "list" in fields and name.value not in names.coupons:
                expressions.unknown(d.UNKNOWN_COUPONS, name, names.coupons)
            if name is not None and "message" in fields and name.value not in names.messages:
                expressions.unknown(d.UNKNOWN_MESSAGE, name, names.messages)
        case tree.ScheduleLine():
            schedule = reader.schedule(line)
            if schedule is not None:
                automation.schedules.append(schedule)
        case tree.ZoneLine(zone=token):
            automation.zone = reader.zone(token)
        case tree.UsePolicy(names=tokens):
            automation.policies += expressions.policies(tokens)
        case tree.ReportTo(address=address):
            automation.report_to = _address(address, code)


def _address(token: Token, code: Code) -> str:
    """An address that reports go to; a finding where it is none."""
    if "@" not in token.value:
        code.report(d.BAD_VALUE, token.span, what=f'"{token.value}" is no e-mail address')
    return str(token.value)


def _check_events_of_messages(what: str, sender: Campaign | Automation, code: Code) -> None:
    """`event.x` in a message: the campaign that sends it must be started by an event with `x`."""
    for message, token in code.sends:
        for template in message.ready.values():
            for need in template.events:
                who = f'the {what} "{sender.name}" sends "{message.name}"'
                if _check_need(need, who, token, code) and isinstance(sender, Campaign):
                    _check_every_start(need, template, sender, token, code)
    for template in code.texts:
        for need in template.events:
            _check_need(need, f'the {what} "{sender.name}" writes this', None, code)


def _check_every_start(
    need: templates.EventNeed,
    template: templates.Template,
    sender: Campaign,
    token: Token,
    code: Code,
) -> None:
    """A placeholder without a default: each start of the campaign must bring its value."""
    if (need.head, need.name) not in (template.needs or ()):
        return
    for start in sender.starts:
        fields: Fields = {}
        if start.event is not None:
            fields = code.names.fields_of_event(start.event.event)
        elif start.field is not None:
            fields = {"at": DATETIME, "old": ANY, "new": ANY}
        if need.head == "event" and need.name not in fields:
            code.report(
                d.TEMPLATE_EVENT, need.span, also=((token.span, "sent here"),),
                what=f'`event.{need.name}`: "{sender.name}" sends this, '
                f"and `{start.text}` does not bring it",
                hint=f"`event.{need.name} | default('…')` says what stands there then",
            )  # fmt: skip
            return


def _check_need(need: templates.EventNeed, who: str, token: Token | None, code: Code) -> bool:
    """Whether a campaign or automation can know a value at all; a finding where it cannot."""
    fields: Fields | None = code.place.event if need.head == "event" else code.place.reply
    if need.head == "event":
        code.place.used.add("event.")
    if need.head == "answer":
        fields = {need.name: ANY} if code.place.answer else None
    if fields is not None and need.name in fields:
        return True
    if fields is None:
        without = f"without {_BRINGS[need.head]}"
    else:
        without = f"and no event there carries `{need.name}`"
    also = ((token.span, "sent here"),) if token is not None else ()
    hint = did_you_mean(need.name, [name for name in fields if name != "at"]) if fields else ""
    code.findings.report(
        d.TEMPLATE_EVENT,
        need.span,
        what=f"`{need.head}.{need.name}`: {who} {without}",
        # Others may send the same text, where the name is right: then a guess is no fix.
        hint=str(hint) if token is not None else hint,
        also=also,
    )
    return False


_BRINGS = {
    "event": "an event", "reply": "a `wait for` before it",
    "answer": "a `call … as answer` before it",
}  # fmt: skip


def _check_starts(program: Program, codes: list[tuple[Campaign, Code]], reader: Reader) -> None:
    """A campaign has a start, or another starts it, which brings no event."""
    started: dict[str, list[Token]] = {}
    for _, code in codes:
        for token in code.starts:
            started.setdefault(token.value, []).append(token)
    for item in program.names.automations.values():
        for node in walk(item):
            if isinstance(node, StartCampaign):
                started.setdefault(node.campaign.value, []).append(node.campaign)
    for campaign, code in codes:
        tokens = started.get(campaign.name, [])
        if not campaign.starts and not tokens and campaign.instructions:
            _nothing_starts(campaign, code, reader)
        why = ""
        if campaign.keys is not None:
            why = "its runs are keyed by an event"
        elif campaign.uses_event:
            why = "it uses `event`, which such a start does not bring"
        for token in tokens if why else ():
            what = f'"{campaign.name}" cannot be started by a step: {why}'
            code.report(d.CANNOT_START, token.span, what=what)


def _nothing_starts(campaign: Campaign, code: Code, reader: Reader) -> None:
    """Say so, but where a line of the campaign could not be read: that may have been the start."""
    if not reader.broken_below(campaign.item.span if campaign.item else campaign.span):
        code.report(
            d.NO_START, campaign.span, name=campaign.name,
            hint="add `start when …` or `start on …`, or let another campaign start it",
        )  # fmt: skip
