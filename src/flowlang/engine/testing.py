"""`test` blocks: small scripts, run by the one interpreter with a clock of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flowlang import calendar
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.check.names import SYSTEM_EVENTS
from flowlang.contact import Contact
from flowlang.engine.expectations import Check, Expectations
from flowlang.engine.interpreter import Interpreter
from flowlang.engine.play import Failed, Play
from flowlang.kinds import Fields, Kind
from flowlang.program.program import Program
from flowlang.source import Findings, Span, did_you_mean
from flowlang.steps.blocking import Block, Unblock
from flowlang.steps.campaigns import StartCampaign, StopCampaign
from flowlang.steps.clear import Clear
from flowlang.steps.consent import Grant, Withdraw
from flowlang.steps.delete import DeleteContact
from flowlang.steps.groups import JoinGroup, LeaveGroup
from flowlang.steps.happen import Happen
from flowlang.steps.records import Add, Assignment, Remove, SetRecord
from flowlang.steps.set import Set
from flowlang.steps.step import Code
from flowlang.steps.tag import Tag
from flowlang.steps.untag import Untag
from flowlang.syntax import expressions as tree
from flowlang.syntax import scripts
from flowlang.syntax.tree import Node, Token

ONLY = "contact"
"""The name of a contact that was given without one."""


Stage = Callable[[Program, dict[str, tuple[str, ...]]], Play]
"""Makes a fresh world for a test out of the program and the codes of its lists' files."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a test went."""

    name: str
    file: str
    line: int
    passed: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """A test, checked: what each of its lines does, and where it stands."""

    name: str
    file: str
    line: int
    lines: tuple[tuple[int, bool, Check], ...]
    """Where it stands, whether it lets something happen, and what it does."""

    def run(
        self, program: Program, codes: dict[str, tuple[str, ...]], stage: Stage = Play.of
    ) -> Result:
        """Run the test in a world of its own, which `stage` makes."""
        play = stage(program, codes)
        doing = at = self.line
        try:
            for line, acts, act in self.lines:
                if acts:
                    play.no_surprise()
                    at = line
                doing = line
                act(play)
            doing = at
            play.no_surprise()
        except Failed as failure:
            return self._failed(doing, str(failure))
        return Result(self.name, self.file, self.line, passed=True)

    def _failed(self, line: int, why: str) -> Result:
        return Result(self.name, self.file, self.line, passed=False, message=f"line {line}: {why}")


def compile_test(test: scripts.Test, program: Program, findings: Findings | None = None) -> Script:
    """Check a test and make it ready; findings are reported like those of campaigns, or apart."""
    compiler = Compiler(program, program.names.findings if findings is None else findings)
    name = test.name
    lines = tuple(
        (line.span.line, isinstance(line, scripts.Moving), compiler.line(line))
        for line in test.lines or ()
    )
    return Script(name.value, name.span.source.name, name.span.line, lines)


class Compiler:
    """Makes the lines of one test ready, in order: what they may say hangs on those before."""

    def __init__(self, program: Program, findings: Findings) -> None:
        self.program = program
        self.names = program.names
        self.findings = findings
        self.zone = program.config.timezone
        self.contacts: list[str] = []
        """Those that there are by now."""
        self.expressions = Expressions(self.names)
        self.expectations = Expectations(self.expressions, self.zone, self.contacts)
        self.report_to(findings)
        self.code = Code(self.names, self.expressions, Place("test"), "")
        self.before: list[tuple[datetime, Span]] = []
        """When the given events happened, and where that is said."""
        self.clock: datetime | None = None
        """Where the lines have moved the clock to."""

    def report_to(self, findings: Findings) -> None:
        """What is wrong with the lines from here on is reported there."""
        self.findings = self.expressions.findings = self.expectations.findings = findings

    def line(self, line: scripts.ScriptLine) -> Check:
        """What a line does to a test under way; what is wrong with it is reported."""
        match line:
            case scripts.GivenContact():
                return self._given_contact(line)
            case scripts.GivenCoupons(list=token, amount=amount):
                if token.value not in self.names.coupons:
                    self.expressions.unknown(d.UNKNOWN_COUPONS, token, self.names.coupons)
                return lambda play: play.stock(token.value, int(amount.value))
            case scripts.GivenCall(url=url):
                answer = self._answer(line.answer)
                return lambda play: play.answers.update({url.value: answer})
            case scripts.GivenCallFails(url=url):
                return lambda play: play.answers.update({url.value: None})
            case scripts.GivenEvent():
                return self._given_event(line)
            case scripts.Moving():
                return self._moving(line)
            case scripts.Expect():
                return self.expectations.compile(line)
        raise AssertionError(f"no line of a test: {line!r}")

    # -------------------------------------------------------------- what is given

    def _given_contact(self, line: scripts.GivenContact) -> Check:
        name = line.name.value if line.name else ONLY
        if name in self.contacts:
            self.findings.report(d.DUPLICATE_NAME, line.span, what="the contact", name=name)
        self.contacts.append(name)
        facts = self._facts(line.lines or (), name)

        def give(play: Play) -> None:
            contact = Contact(name)
            contact.fields.update(
                {key: value for key, value in facts["fields"].items() if value is not None}
            )
            contact.tags.update(dict.fromkeys(facts["tags"]))
            contact.groups.update(facts["groups"])
            contact.consent.update(facts["consent"])
            contact.blocked = facts["blocked"]
            contact.records.update(
                {key: [dict(row) for row in rows] for key, rows in facts["records"].items()}
            )
            if facts["robinson"]:
                play.world.robinson.add(str(contact.fields.get("email", "")).casefold())
            play.give(contact)

        return give

    def _given_event(self, line: scripts.GivenEvent) -> Check:
        name = self.expectations.whose(line.whom, line)
        data = self._data(line)
        at = literals.moment(line.at, self.findings, self.zone)
        if at is None:
            return lambda play: None
        if self.clock is not None:
            self.findings.report(d.GIVEN_TOO_LATE, line.span)
        self.before.append((at, line.at.span))
        return lambda play: play.gave(name, line.event.value, data, at)

    def _facts(self, lines: tuple[scripts.Given, ...], name: str) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "fields": {}, "tags": [], "groups": [], "consent": {},
            "blocked": False, "records": {}, "robinson": False,
        }  # fmt: skip
        for line in lines:
            match line:
                case scripts.GivenField(name=field, value=value):
                    kind = self._field(field, self.names.fields, "the contact")
                    if kind is not None:
                        facts["fields"][field.value] = self._value(value, kind, field)
                case scripts.GivenTag(tag=tag):
                    facts["tags"].append(tag.value)
                case scripts.GivenGroup(group=group):
                    if group.value not in self.names.groups:
                        self.expressions.unknown(d.UNKNOWN_GROUP, group, self.names.groups)
                    facts["groups"].append(group.value)
                case scripts.GivenConsent(channel=channel):
                    facts["consent"][self.expressions.channel(channel)] = True
                case scripts.GivenBlocked():
                    facts["blocked"] = True
                case scripts.GivenRobinson():
                    facts["robinson"] = True
                case scripts.GivenRecord():
                    self._record(line, facts)
        facts["fields"].setdefault("email", f"{'.'.join(name.split())}@example.com")
        return facts

    def _record(self, line: scripts.GivenRecord, facts: dict[str, Any]) -> None:
        fields = self.names.records.get(line.name.value)
        if fields is None:
            known = [*self.names.records, *self.names.fields]
            self.expressions.unknown(d.UNKNOWN_RECORDS, line.name, known)
            return
        row: dict[str, Any] = {}
        for part in line.fields or ():
            kind = self._field(part.name, fields, f"`{line.name.value}`")
            if kind is not None:
                row[part.name.value] = self._value(part.value, kind, part.name)
        facts["records"].setdefault(line.name.value, []).append(row)

    def _field(self, token: Token, fields: Fields, whose: str) -> Kind | None:
        kind = fields.get(token.value)
        if kind is None or (token.value == "id" and whose == "the contact"):
            hint = did_you_mean(token.value, list(fields))
            self.findings.report(
                d.UNKNOWN_FIELD, token.span, whose=whose, name=token.value, hint=hint
            )
            return None
        return kind

    def _value(self, node: tree.Expression, kind: Kind, name: Token) -> Any:
        """A value that is written out, in the workspace's zone, fit for a kind."""
        found = literals.literal(node, self.findings, self.zone)
        if found is None:
            if not isinstance(node, (tree.Date, tree.DateTime, tree.Time, tree.BadExpression)):
                self.findings.report(d.TEST_VALUE, node.span)
            return None
        given, value = found
        compiled = self.expressions.compile(node, Place("test"))
        self.expressions.fitting(compiled, kind, node, f"`{name.value}`")
        if kind.name == "datetime" and given.name == "date":
            return calendar.instant(value, time(0), self.zone)
        if kind.name == "one of":
            return next(
                (one for one in kind.choices if one.casefold() == str(value).casefold()), value
            )
        if kind.is_text and not isinstance(value, str):
            return str(value)
        return value

    def _answer(self, assignments: Any) -> dict[str, Any]:
        """What a call is answered: values and rows, of whatever kind they are found with."""
        answer: dict[str, Any] = {}
        rows: list[dict[str, Any]] | None = None
        for part in assignments:
            if isinstance(part, tuple):
                if rows is None:
                    self.findings.report(
                        d.TYPE_MISMATCH, part[0].span, what="a row belongs to a list"
                    )
                else:
                    rows.append(self._answer(part))
                continue
            rows = None
            if isinstance(part.value, tuple):
                rows = answer[part.name.value] = [self._answer(part.value)]
                continue
            found = literals.literal(part.value, self.findings, self.zone)
            if found is None:
                self.findings.report(d.TEST_VALUE, part.span)
            else:
                answer[part.name.value] = found[1]
        return answer

    # -------------------------------------------------------------- time and actions

    def _moving(self, line: scripts.Moving) -> Check:
        to = self._later(line.to, line) if isinstance(line.to, tree.Duration) else self._at(line.to)
        if to is None:
            return lambda play: None
        action = self._action(line)
        if action is None:
            return lambda play: play.move(to(play))

        def act(play: Play) -> None:
            play.move(to(play))
            play.do(lambda: action(play))

        return act

    def _later(self, node: tree.Duration, line: Node) -> Callable[[Play], datetime]:
        """So long after the moment it is then."""
        length = literals.duration(node, self.findings)
        if self.clock is None:
            hint = "the clock starts at the first `at`: `at 2026-11-20 10:00`"
            self.findings.report(d.TEST_TIME, line.span, hint=hint)
        else:
            self.clock = calendar.add(self.clock, length, self.zone)
        return lambda play: calendar.add(play.now, length, self.zone)

    def _at(self, node: tree.DateTime | tree.Date) -> Callable[[Play], datetime] | None:
        """A moment; None and a finding where there is no such one."""
        moment = literals.moment(node, self.findings, self.zone)
        if moment is None:
            return None
        if self.clock is not None and moment < self.clock:
            self.findings.report(d.TEST_TIME, node.span)
        for given, span in self.before if self.clock is None else ():
            if given >= moment:
                self.findings.report(d.GIVEN_TOO_LATE, span)
        self.clock = moment
        return lambda play: moment

    def _action(self, line: scripts.Moving) -> Check | None:
        node, whom = line.action, line.whom
        if node is None:
            return None
        if line.lines and not isinstance(node, scripts.NewContact):
            self.findings.report(
                d.OUT_OF_PLACE, line.lines[0].span, what="only a new contact has lines below it"
            )
        world = _WORLD.get(type(node))
        if world is not None:
            return world(self, node)
        if isinstance(node, scripts.NewContact):
            return self._new_contact(node, line.lines or ())
        if isinstance(node, Happen) and whom is None and node.event.value in self.program.concerns:
            data = self._data(node)
            name = node.event.value
            return lambda play: play.timeline.arrive(
                None, "event", {"name": name, "data": data}, play.now
            )
        change = self._change(node)
        if change is None:
            what = node.span.text.split("\n")[0]
            self.findings.report(
                d.TEST_ACTION,
                node.span,
                what=f"`{what}` is no action of a test: campaigns do that, tests look at it",
            )
            return None
        name = self.expectations.whose(whom, node)
        return lambda play: change(play, name)

    def _new_contact(self, node: scripts.NewContact, lines: tuple[scripts.Given, ...]) -> Check:
        name = node.name.value
        facts = self._facts(lines, name)
        if name not in self.contacts:
            self.contacts.append(name)
        robinson = facts.pop("robinson")
        # To one who is there already, only what is said happens.
        said = {**facts, "fields": dict(facts["fields"]), "blocked": facts["blocked"] or None}
        fields = (line for line in lines if isinstance(line, scripts.GivenField))
        if all(line.name.value != "email" for line in fields):
            said["fields"].pop("email", None)

        def make(play: Play) -> None:
            if robinson:
                play.world.robinson.add(str(facts["fields"].get("email", "")).casefold())
            known = play.timeline.contacts.get(name)
            here = facts if known is None or known.deleted else said
            play.timeline.arrive(name, "contact", here, play.now)

        return make

    def _arrival(self, kind: str, data: dict[str, Any]) -> Callable[[Play, str], None]:
        return lambda play, name: play.timeline.arrive(name, kind, data, play.now)

    def _change(self, node: Node) -> Callable[[Play, str], None] | None:  # noqa: C901 - a case each
        """What an action does to a contact."""
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
                kind = self._field(field, self.names.fields, "the contact")
                new = self._value(value, kind, field) if kind else None
                return self._arrival("set", {"field": field.value, "value": new})
            case Clear(field=field):
                self._field(field, self.names.fields, "the contact")
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
                return self._arrival("event", {"name": node.event.value, "data": self._data(node)})
            case StartCampaign(campaign=campaign) | StopCampaign(campaign=campaign):
                if campaign.value not in self.names.campaigns:
                    self.expressions.unknown(d.UNKNOWN_CAMPAIGN, campaign, self.names.campaigns)
                elif isinstance(node, StartCampaign):
                    self._startable(campaign)
                verb = "start campaign" if isinstance(node, StartCampaign) else "stop campaign"
                return self._arrival(verb, {"campaign": campaign.value})
            case Add():
                row = self._rows(
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
                d.CANNOT_START, campaign.span,
                what=f'"{found.name}" cannot be started by hand: it needs the event that starts it',
            )  # fmt: skip

    def _acting(self, change: Callable[[Interpreter], None]) -> Callable[[Play, str], None]:
        return lambda play, name: play.act(name, change)

    def _set_record(self, node: SetRecord) -> Callable[[Play, str], None]:
        fields = self._records(node.records)
        kind = self._field(node.field, fields, f"`{node.records.value}`") if fields else None
        new = self._value(node.value, kind, node.field) if kind else None
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

    def _react(self, node: scripts.React) -> Callable[[Play, str], None]:
        kind = node.event.value
        message = node.message.value if node.message else None
        if node.message is not None and message not in self.names.messages:
            self.expressions.unknown(d.UNKNOWN_MESSAGE, node.message, self.names.messages)
        if node.message is None and kind in ("opened", "clicked"):
            self.findings.report(
                d.TEST_ACTION,
                node.span,
                what=f"which message was {kind}?",
                hint=f'write `{node.span.text} "…"`',
            )
        return self._arrival(kind, {"message": message, "channel": "email"})

    def _data(self, node: Happen | scripts.GivenEvent) -> dict[str, Any]:
        fields = self.expressions.event(node.event)
        return self._rows(node.values or (), fields, node.event) if fields is not None else {}

    def _rows(self, assignments: Any, fields: Fields | None, whose: Token) -> dict[str, Any]:
        """The data of an event or a record, written out."""
        if fields is None:
            if (
                whose.value not in self.names.records
                and self.names.event_fields(whose.value) is None
            ):
                self.expressions.unknown(d.UNKNOWN_RECORDS, whose, self.names.records)
            return {}
        found: dict[str, Any] = {}
        last: Assignment | None = None
        for part in assignments:
            if isinstance(part, tuple):
                if last is not None and isinstance(found.get(last.name.value), list):
                    found[last.name.value].append(self._row(part, fields[last.name.value].row))
                else:
                    self.findings.report(
                        d.TYPE_MISMATCH, part[0].span, what="a row belongs to a list"
                    )
                continue
            last = part
            kind = self._field(part.name, fields, f"`{whose.value}`")
            if kind is None:
                continue
            if isinstance(part.value, tuple):
                if kind.name == "list":
                    found[part.name.value] = [self._row(part.value, kind.row)]
                else:
                    self.findings.report(
                        d.TYPE_MISMATCH, part.span, what=f"`{part.name.value}` is no list"
                    )
            else:
                found[part.name.value] = self._value(part.value, kind, part.name)
        return found

    def _row(self, values: Any, fields: Fields) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for value in values:
            kind = self._field(value.name, fields, "the list")
            if kind is not None:
                row[value.name.value] = self._value(value.value, kind, value.name)
        return row

    # -------------------------------------------------------------- actions on the world

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
                what=f"`{event}` follows from what happens; a test does not make it",
            )
        data = self._rows(node.data or (), SYSTEM_EVENTS[event], node.event)
        return lambda play: play.timeline.system_event(event, data)

    def _resume(self, node: scripts.Resume) -> Check:
        if node.message.value not in self.names.messages:
            self.expressions.unknown(d.UNKNOWN_MESSAGE, node.message, self.names.messages)
        return lambda play: play.timeline.arrive(
            None, "resume", {"message": node.message.value}, play.now
        )


_WORLD: dict[type, Callable[[Compiler, Any], Check]] = {
    scripts.ImportCoupons: Compiler._import_coupons,
    scripts.MergeContact: Compiler._merge,
    scripts.Resume: Compiler._resume,
    scripts.RunAutomation: Compiler._run_automation,
    scripts.SystemHappens: Compiler._system,
}
