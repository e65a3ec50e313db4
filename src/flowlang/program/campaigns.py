"""Compiles one campaign: its settings, and its steps into a flat list of instructions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.declarations import Reader
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.check.names import Names
from flowlang.kinds import ANY, DATETIME, Fields
from flowlang.program.brought import brings_answer, merged
from flowlang.program.program import Campaign, Ending, Start
from flowlang.source import did_you_mean
from flowlang.speech import tr
from flowlang.steps.event_match import event_match
from flowlang.steps.race import ForBranch
from flowlang.steps.send import Send, SendTo
from flowlang.steps.step import Code, Step
from flowlang.steps.wait_for import WaitFor as WaitForEvent
from flowlang.syntax import campaigns, policies
from flowlang.syntax import declarations as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax.tree import Node, walk


@dataclass(slots=True)
class CampaignCompiler:
    """One campaign on its way from tree to instructions."""

    item: campaigns.Campaign
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
            "step", event=event, reply=self._reply_fields(steps), answer=brings_answer(steps),
            sends=sends, in_run=True,
        )  # fmt: skip
        code = Code(self.names, self.expressions, place, campaign.name)
        code.start_events = {
            line.event.event.value for line in settings if isinstance(line, campaigns.StartOn)
        }
        self._settings(settings, campaign, code)
        if lines and not steps and not self.reader.broken_below(item.span):
            code.report(d.NO_STEPS, item.name.span, what=tr("campaign"), name=campaign.name)
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
            if isinstance(line, campaigns.StartOn):
                fields = self.names.fields_of_event(line.event.event.value)
            elif isinstance(line, campaigns.StartOnChange):
                kind = self.names.fields.get(line.field.value, ANY)
                fields = {"at": DATETIME, "old": kind, "new": kind}
            if fields is not None:
                found = merged(found or {}, fields)
        return found

    def _reply_fields(self, steps: tuple[Step, ...]) -> Fields | None:
        found: Fields | None = None
        for step in steps:
            for node in walk(step):
                if isinstance(node, (WaitForEvent, ForBranch)):
                    fields = self.names.fields_of_event(node.event.event.value)
                    found = merged(found or {}, fields)
        return found

    def _settings(self, settings: list[tree.Line], campaign: Campaign, code: Code) -> None:
        once: set[type] = set()
        for line in settings:
            if isinstance(
                line,
                (
                    campaigns.About,
                    campaigns.Runs,
                    campaigns.Settle,
                    policies.ZoneLine,
                    campaigns.ReportTo,
                    campaigns.IncludeExisting,
                ),
            ):
                if type(line) in once:
                    words = line.span.words.split()
                    code.report(d.DUPLICATE_LINE, line.span, what=f"`{words[0]}`")
                once.add(type(line))
            self._setting(line, campaign, code)
        self._existing(settings, campaign, code)

    def _setting(self, line: tree.Line, campaign: Campaign, code: Code) -> None:
        text = line.span.words
        match line:
            case campaigns.StartWhen() | campaigns.StartAsSoonAs():
                condition = self._start_condition(line, code)
                campaign.starts.append(
                    Start(condition, as_soon=isinstance(line, campaigns.StartAsSoonAs), text=text)
                )
            case campaigns.StartOn():
                place = Place("start", event=self.names.fields_of_event(line.event.event.value))
                match = event_match(code, line.event, line.where, place)
                campaign.starts.append(Start(event=match, text=text))
            case campaigns.StartOnChange(field=field):
                if field.value not in self.names.fields or field.value == "id":
                    hint = did_you_mean(field.value, list(self.names.fields))
                    code.report(
                        d.UNKNOWN_FIELD,
                        field.span,
                        whose=tr("the contact"),
                        name=field.value,
                        hint=hint,
                    )
                campaign.starts.append(Start(field=field.value, text=text))
            case campaigns.StopWhen() | campaigns.RestartWhen():
                place = Place("setting", event=code.place.event, in_run=True, used=code.place.used)
                condition = code.condition(line.where, place)
                restarts = isinstance(line, campaigns.RestartWhen)
                campaign.endings.append(Ending(condition, None, restarts, text))
            case campaigns.StopOn() | campaigns.RestartOn():
                place = Place("setting", event=code.place.event, in_run=True, used=code.place.used)
                match = event_match(code, line.event, line.where, place)
                restarts = isinstance(line, campaigns.RestartOn)
                campaign.endings.append(Ending(None, match, restarts, text))
            case campaigns.Runs():
                self._runs(line, campaign, code)
            case campaigns.Settle(duration=duration):
                campaign.settle = literals.duration(duration, code.findings)
            case policies.ZoneLine(zone=token):
                campaign.zone = literals.zone(token, code.findings)
            case campaigns.UsePolicy(names=tokens):
                campaign.policies += self.expressions.policies(tokens)
            case campaigns.IncludeExisting():
                campaign.include_existing = True
            case campaigns.ReportTo(address=token):
                campaign.report_to = literals.address(token, code.findings)
            case campaigns.About(text=about):
                campaign.about = about.value

    def _start_condition(
        self, line: campaigns.StartWhen | campaigns.StartAsSoonAs, code: Code
    ) -> Any:
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
                d.TIME_IS_NO_TRIGGER,
                asked.span,
                hint=tr(
                    "make time an event: `event due_today`, `every day at 08:00`, `for contacts "
                    "where {condition}`; then `start on due_today`",
                    condition=line.where.span.words,
                ),
            )
        return condition

    def _existing(self, settings: list[tree.Line], campaign: Campaign, code: Code) -> None:
        if campaign.include_existing and not any(start.condition for start in campaign.starts):
            line = next(one for one in settings if isinstance(one, campaigns.IncludeExisting))
            code.report(d.EXISTING_BY_EVENT, line.span)

    def _runs(self, line: campaigns.Runs, campaign: Campaign, code: Code) -> None:
        campaign.again = line.mode.value == "again"
        keys: list[ex.Expression] = [line.key] if line.key is not None else []
        for tail in line.tails:
            match tail:
                case campaigns.NewestWins():
                    campaign.newest_wins = True
                case campaigns.AtMostOnce(per=per):
                    campaign.at_most_once = literals.duration(per, code.findings)
                case ex.Ref() | ex.FieldValue() if line.key is not None:
                    keys.append(tail)
                case _:
                    code.report(d.RUN_KEY, tail.span, what=tr("a key stands behind `per`"))
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
                what=tr("a run is keyed by its event, and no event starts this campaign"),
            )
            return
        if isinstance(key, ex.FieldValue):
            if key.name.value != "event":
                code.report(
                    d.RUN_KEY,
                    key.span,
                    what=tr("a key is a field of the event: `event.{name}`", name=key.name.value),
                )
                return
            campaign.keys.append(lambda data: data)
            return
        assert isinstance(key, ex.Ref)
        head, _, name = key.name.value.partition(".")
        if head != "event" or name not in fields:
            hint = did_you_mean(name, list(fields))
            code.report(d.UNKNOWN_FIELD, key.span, whose=tr("the event"), name=name, hint=hint)
            return
        campaign.keys.append(_field(name))


def _field(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda data: data.get(name)
