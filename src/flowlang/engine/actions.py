"""What the actions of a test do: to a contact, and to the world."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flowlang import calendar
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.meaning import Place
from flowlang.check.names import SYSTEM_EVENTS
from flowlang.engine.expectations import Check, Expectations
from flowlang.engine.written_out import WrittenOut
from flowlang.kinds import Fields
from flowlang.program.program import Program
from flowlang.source import Findings
from flowlang.speech import tr
from flowlang.steps.blocking import Block, Unblock
from flowlang.steps.campaigns import StartCampaign, StopCampaign
from flowlang.steps.clear import Clear
from flowlang.steps.consent import Grant, Withdraw
from flowlang.steps.delete import DeleteContact
from flowlang.steps.groups import JoinGroup, LeaveGroup
from flowlang.steps.happen import Happen
from flowlang.steps.records import Add, Remove, SetRecord
from flowlang.steps.set import Set
from flowlang.steps.tag import Tag
from flowlang.steps.untag import Untag
from flowlang.syntax import scripts
from flowlang.syntax.tree import Node, Token

if TYPE_CHECKING:
    from flowlang.engine.interpreter import Interpreter
    from flowlang.engine.play import Play

Change = Callable[["Play", str], None]
"""Lets something happen to the contact of that name."""


class Actions:
    """Checks the actions of a test, and makes them ready."""

    def __init__(self, program: Program, written: WrittenOut, expectations: Expectations) -> None:
        self.program = program
        self.names = program.names
        self.written = written
        self.expressions = written.expressions
        self.expectations = expectations

    @property
    def findings(self) -> Findings:
        return self.expressions.findings

    def on_world(self, node: Node) -> Check | None:
        """What an action does that is about no contact; None for every other."""
        compile_ = _WORLD.get(type(node))
        return compile_(self, node) if compile_ is not None else None

    # -------------------------------------------------------------- on a contact

    def on_contact(self, node: Node) -> Change | None:  # noqa: C901 - a case each
        """What an action does to a contact; None for what is no action of a test."""
        match node:
            case Tag(tag=tag, length=length):
                lasts = literals.duration(length, self.findings) if length else None
                return self._acting(
                    lambda do: do.tag(
                        tag.value, calendar.add(do.now, lasts, do.zone) if lasts else None
                    )
                )
            case Untag(tag=tag):
                return self._arrival("untag", {"tag": tag.value})
            case Set(field=field, value=value):
                kind = self.written.field(field, self.names.fields, tr("the contact"))
                new = self.written.value(value, kind, field) if kind else None
                return self._arrival("set", {"field": field.value, "value": new})
            case Clear(field=field):
                self.written.field(field, self.names.fields, tr("the contact"))
                return self._arrival("clear", {"field": field.value})
            case JoinGroup(group=group) | LeaveGroup(group=group):
                if group.value not in self.names.groups:
                    self.expressions.unknown(d.UNKNOWN_GROUP, group, self.names.groups)
                return self._arrival(
                    "join" if isinstance(node, JoinGroup) else "leave", {"group": group.value}
                )
            case Grant(channel=channel) | Withdraw(channel=channel):
                verb = "grant" if isinstance(node, Grant) else "withdraw"
                return self._arrival(verb, {"channel": self.expressions.channel(channel)})
            case Block():
                return self._arrival("block", {})
            case Unblock():
                return self._arrival("unblock", {})
            case DeleteContact():
                return self._arrival("delete", {})
            case Happen():
                return self._arrival(
                    "event", {"name": node.event.value, "data": self.written.data(node)}
                )
            case StartCampaign(campaign=campaign) | StopCampaign(campaign=campaign):
                if campaign.value not in self.names.campaigns:
                    self.expressions.unknown(d.UNKNOWN_CAMPAIGN, campaign, self.names.campaigns)
                elif isinstance(node, StartCampaign):
                    self._startable(campaign)
                verb = "start campaign" if isinstance(node, StartCampaign) else "stop campaign"
                return self._arrival(verb, {"campaign": campaign.value})
            case Add():
                row = self.written.rows(
                    node.values, self.names.records.get(node.records.value), node.records
                )
                return self._acting(lambda do: do.add_record(node.records.value, dict(row)))
            case SetRecord():
                return self._set_record(node)
            case Remove():
                fields = self._records(node.records)
                holds = self.expressions.filter(node.where, fields, Place("test"))
                return self._acting(
                    lambda do: do.remove_records(
                        node.records.value, lambda row: holds(do.view, row)
                    )
                )
            case scripts.React():
                return self._react(node)
        return None

    def _startable(self, campaign: Token) -> None:
        found = self.program.by_name.get(campaign.value)
        if found is not None and (found.keys is not None or found.uses_event):
            self.findings.report(
                d.CANNOT_START,
                campaign.span,
                what=tr(
                    '"{campaign}" cannot be started by hand: it needs the event that starts it',
                    campaign=found.name,
                ),
            )

    def _arrival(self, kind: str, data: dict[str, Any]) -> Change:
        return lambda play, name: play.timeline.arrive(name, kind, data, play.now)

    def _acting(self, change: Callable[[Interpreter], None]) -> Change:
        return lambda play, name: play.act(name, change)

    def _set_record(self, node: SetRecord) -> Change:
        fields = self._records(node.records)
        kind = self.written.field(node.field, fields, f"`{node.records.value}`") if fields else None
        new = self.written.value(node.value, kind, node.field) if kind else None
        holds = self.expressions.filter(node.where, fields, Place("test"))
        change = {node.field.value: new}
        return self._acting(
            lambda do: do.change_records(
                node.records.value, change, lambda row: holds(do.view, row)
            )
        )

    def _records(self, token: Token) -> Fields:
        fields = self.names.records.get(token.value)
        if fields is None:
            self.expressions.unknown(d.UNKNOWN_RECORDS, token, self.names.records)
        return fields or {}

    def _react(self, node: scripts.React) -> Change:
        kind = node.event.value
        message = node.message.value if node.message else None
        if node.message is not None and message not in self.names.messages:
            self.expressions.unknown(d.UNKNOWN_MESSAGE, node.message, self.names.messages)
        if node.message is None and kind in ("opened", "clicked"):
            self.findings.report(
                d.TEST_ACTION,
                node.span,
                what=tr("which message was {kind}?", kind=kind),
                hint=tr('write `{text} "…"`', text=node.span.text),
            )
        return self._arrival(kind, {"message": message, "channel": "email"})

    # -------------------------------------------------------------- on the world

    def _import_coupons(self, node: scripts.ImportCoupons) -> Check:
        if node.list.value not in self.names.coupons:
            self.expressions.unknown(d.UNKNOWN_COUPONS, node.list, self.names.coupons)
        data = {"list": node.list.value, "codes": tuple(code.value for code in node.codes)}
        return lambda play: play.timeline.arrive(None, "import coupons", data, play.now)

    def _merge(self, node: scripts.MergeContact) -> Check:
        gone = self.expectations.whose(node.gone, node)
        kept = self.expectations.whose(node.kept, node)
        return lambda play: play.timeline.arrive(gone, "merge", {"into": kept}, play.now)

    def _run_automation(self, node: scripts.RunAutomation) -> Check:
        name = node.automation.value
        if name not in self.names.automations:
            self.expressions.unknown(d.UNKNOWN_AUTOMATION, node.automation, self.names.automations)
        return lambda play: play.timeline.run_automation(name)

    def _system(self, node: scripts.SystemHappens) -> Check:
        event = node.event.value
        if event != "import finished":
            self.findings.report(
                d.TEST_ACTION,
                node.span,
                what=tr(
                    "`{event}` follows from what happens; a test does not make it", event=event
                ),
            )
        data = self.written.rows(node.data or (), SYSTEM_EVENTS[event], node.event)
        return lambda play: play.timeline.system_event(event, data)

    def _resume(self, node: scripts.Resume) -> Check:
        if node.message.value not in self.names.messages:
            self.expressions.unknown(d.UNKNOWN_MESSAGE, node.message, self.names.messages)
        return lambda play: play.timeline.arrive(
            None, "resume", {"message": node.message.value}, play.now
        )


_WORLD: dict[type, Callable[[Actions, Any], Check]] = {
    scripts.ImportCoupons: Actions._import_coupons,
    scripts.MergeContact: Actions._merge,
    scripts.Resume: Actions._resume,
    scripts.RunAutomation: Actions._run_automation,
    scripts.SystemHappens: Actions._system,
}
