"""`test` blocks: small scripts, run by the one interpreter with a clock of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flowlang import calendar, speech
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.expressions import Expressions
from flowlang.engine.actions import Actions
from flowlang.engine.expectations import Check, Expectations
from flowlang.engine.written_out import WrittenOut
from flowlang.program.program import Program
from flowlang.source import Findings, Span
from flowlang.speech import tr
from flowlang.steps.happen import Happen
from flowlang.syntax import expressions as tree
from flowlang.syntax import scripts
from flowlang.syntax.tree import Node

if TYPE_CHECKING:
    from flowlang.engine.play import Play

ONLY = "contact"
"""The name of a contact that was given without one."""


Stage = Callable[[Program, dict[str, tuple[str, ...]]], "Play"]
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
        self, program: Program, codes: dict[str, tuple[str, ...]], stage: Stage | None = None
    ) -> Result:
        """Run the test in a world of its own, which `stage` makes, or a play."""
        from flowlang.engine.play import Failed, Play  # the engine, which only a run needs

        play = (stage or Play.of)(program, codes)
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
            return self._failed(doing, speech.why(failure))
        return Result(self.name, self.file, self.line, passed=True)

    def _failed(self, line: int, why: str) -> Result:
        message = tr("line {number}: {what}", number=line, what=why)
        return Result(self.name, self.file, self.line, passed=False, message=message)


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
        self.zone = program.config.timezone
        self.contacts: list[str] = []
        """Those that there are by now."""
        self.expressions = Expressions(self.names)
        self.report_to(findings)
        self.expectations = Expectations(self.expressions, self.zone, self.contacts)
        self.written = WrittenOut(self.expressions, self.zone)
        self.actions = Actions(program, self.written, self.expectations)
        self.before: list[tuple[datetime, Span]] = []
        """When the given events happened, and where that is said."""
        self.clock: datetime | None = None
        """Where the lines have moved the clock to."""

    def report_to(self, findings: Findings) -> None:
        """What is wrong with the lines from here on is reported there."""
        self.expressions.findings = findings

    @property
    def findings(self) -> Findings:
        return self.expressions.findings

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
                answer = self.written.answer(line.answer)
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
            self.findings.report(d.DUPLICATE_NAME, line.span, what=tr("the contact"), name=name)
        self.contacts.append(name)
        facts = self.written.facts(line.lines or (), name)

        def give(play: Play) -> None:
            from flowlang.contact import Contact  # a run makes one, a check does not

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
        data = self.written.data(line)
        at = literals.moment(line.at, self.findings, self.zone)
        if at is None:
            return lambda play: None
        if self.clock is not None:
            self.findings.report(d.GIVEN_TOO_LATE, line.span)
        self.before.append((at, line.at.span))
        return lambda play: play.gave(name, line.event.value, data, at)

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
            hint = tr("the clock starts at the first `at`: `at 2026-11-20 10:00`")
            self.findings.report(d.TEST_TIME, line.span, hint=hint)
        else:
            try:
                self.clock = calendar.add(self.clock, length, self.zone)
            except OverflowError:
                self.clock = datetime.max.replace(tzinfo=UTC)
            self._check_clock(line.span)
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
        self._check_clock(node.span)
        return lambda play: moment

    def _check_clock(self, span: Span) -> None:
        """A finding where the lines have moved the clock to what it cannot show."""
        if self.clock is not None and self.clock.year not in calendar.CLOCK_YEARS:
            self.findings.report(d.BAD_VALUE, span, what=calendar.OFF_THE_CLOCK)

    def _action(self, line: scripts.Moving) -> Check | None:
        node, whom = line.action, line.whom
        if node is None:
            return None
        if line.lines and not isinstance(node, scripts.NewContact):
            self.findings.report(
                d.OUT_OF_PLACE, line.lines[0].span, what=tr("only a new contact has lines below it")
            )
        on_world = self.actions.on_world(node)
        if on_world is not None:
            return on_world
        if isinstance(node, scripts.NewContact):
            return self._new_contact(node, line.lines or ())
        if isinstance(node, Happen) and whom is None and node.event.value in self.program.concerns:
            data = self.written.data(node)
            name = node.event.value
            return lambda play: play.timeline.arrive(
                None, "event", {"name": name, "data": data}, play.now
            )
        change = self.actions.on_contact(node)
        if change is None:
            what = node.span.first_line
            self.findings.report(
                d.TEST_ACTION,
                node.span,
                what=tr(
                    "`{what}` is no action of a test: campaigns do that, tests look at it",
                    what=what,
                ),
            )
            return None
        name = self.expectations.whose(whom, node)
        return lambda play: change(play, name)

    def _new_contact(self, node: scripts.NewContact, lines: tuple[scripts.Given, ...]) -> Check:
        name = node.name.value
        facts = self.written.facts(lines, name)
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
