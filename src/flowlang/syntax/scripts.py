"""The nodes of `test` blocks.  What they do is in `engine.testing`."""

from __future__ import annotations

from dataclasses import dataclass

from flowlang.syntax.declarations import Declaration
from flowlang.syntax.expressions import Date, DateTime, Duration, Expression
from flowlang.syntax.tree import Node, Token, node

# ruff: noqa: D101 - each class is the node of the grammar's rule of that name


@dataclass(frozen=True, slots=True)
class ScriptLine(Node):
    """One line of a test."""


@node("test", block="lines")
@dataclass(frozen=True, slots=True)
class Test(Declaration):
    name: Token
    lines: tuple[ScriptLine, ...] | None


@dataclass(frozen=True, slots=True)
class Given(Node):
    """One line below `given contact`."""


@node("given_field")
@dataclass(frozen=True, slots=True)
class GivenField(Given):
    name: Token
    value: Expression


@node("given_tag")
@dataclass(frozen=True, slots=True)
class GivenTag(Given):
    tag: Token


@node("given_group")
@dataclass(frozen=True, slots=True)
class GivenGroup(Given):
    group: Token


@node("given_consent")
@dataclass(frozen=True, slots=True)
class GivenConsent(Given):
    channel: Token


@node("given_blocked")
@dataclass(frozen=True, slots=True)
class GivenBlocked(Given):
    pass


@node("given_robinson")
@dataclass(frozen=True, slots=True)
class GivenRobinson(Given):
    pass


@node("given_record", block="fields")
@dataclass(frozen=True, slots=True)
class GivenRecord(Given):
    name: Token
    fields: tuple[GivenField, ...] | None


@node("given_contact")
@dataclass(frozen=True, slots=True)
class GivenContact(ScriptLine):
    name: Token | None
    lines: tuple[Given, ...] | None


@node("given_coupons")
@dataclass(frozen=True, slots=True)
class GivenCoupons(ScriptLine):
    list: Token
    amount: Token


@node("given_call")
@dataclass(frozen=True, slots=True)
class GivenCall(ScriptLine):
    url: Token
    answer: tuple[Node, ...]


@node("given_call_fails")
@dataclass(frozen=True, slots=True)
class GivenCallFails(ScriptLine):
    url: Token


@dataclass(frozen=True, slots=True)
class Moving(ScriptLine):
    """A line that moves the clock, and may do something then."""

    to: DateTime | Date | Duration
    action: Node | None
    whom: Token | None
    lines: tuple[Given, ...] | None


@node("at")
@dataclass(frozen=True, slots=True)
class At(Moving):
    pass


@node("after_time")
@dataclass(frozen=True, slots=True)
class AfterTime(Moving):
    pass


@node("react")
@dataclass(frozen=True, slots=True)
class React(Node):
    event: Token
    message: Token | None


@node("system")
@dataclass(frozen=True, slots=True)
class SystemHappens(Node):
    event: Token
    name: Token | None
    data: tuple[Node, ...] | None


@node("import_coupons")
@dataclass(frozen=True, slots=True)
class ImportCoupons(Node):
    list: Token
    codes: tuple[Token, ...]


@node("resume")
@dataclass(frozen=True, slots=True)
class Resume(Node):
    message: Token


@node("run_automation")
@dataclass(frozen=True, slots=True)
class RunAutomation(Node):
    automation: Token


@node("new_contact")
@dataclass(frozen=True, slots=True)
class NewContact(Node):
    name: Token


@dataclass(frozen=True, slots=True)
class Expectation(Node):
    """What must be so."""


@node("expect")
@dataclass(frozen=True, slots=True)
class Expect(ScriptLine):
    what: Expectation
    whom: Token | None


@node("expect_not")
@dataclass(frozen=True, slots=True)
class ExpectNot(Expectation):
    what: Expectation


@node("expect_condition")
@dataclass(frozen=True, slots=True)
class ExpectCondition(Expectation):
    condition: Expression


@node("expect_sent")
@dataclass(frozen=True, slots=True)
class ExpectSent(Expectation):
    message: Token
    to: Token | None
    at: DateTime | Date | None
    times: Token | None


@node("expect_skipped")
@dataclass(frozen=True, slots=True)
class ExpectSkipped(Expectation):
    message: Token
    to: Token | None
    because: Token | None


@node("expect_subject")
@dataclass(frozen=True, slots=True)
class ExpectSubject(Expectation):
    message: Token
    to: Token | None
    text: Token


@node("expect_body")
@dataclass(frozen=True, slots=True)
class ExpectBody(Expectation):
    message: Token
    to: Token | None
    text: Token


@node("expect_waiting")
@dataclass(frozen=True, slots=True)
class ExpectWaiting(Expectation):
    until: DateTime | Date | None
    campaign: Token


@node("expect_state")
@dataclass(frozen=True, slots=True)
class ExpectState(Expectation):
    state: Token
    campaign: Token


@node("expect_not_in")
@dataclass(frozen=True, slots=True)
class ExpectNotIn(Expectation):
    campaign: Token


@node("expect_round")
@dataclass(frozen=True, slots=True)
class ExpectRound(Expectation):
    round: Token
    campaign: Token


@node("expect_notified")
@dataclass(frozen=True, slots=True)
class ExpectNotified(Expectation):
    who: Token
    text: Token


@node("expect_notified_inbox")
@dataclass(frozen=True, slots=True)
class ExpectNotifiedInbox(Expectation):
    text: Token


@node("expect_called")
@dataclass(frozen=True, slots=True)
class ExpectCalled(Expectation):
    url: Token
    times: Token | None


@node("expect_reported")
@dataclass(frozen=True, slots=True)
class ExpectReported(Expectation):
    who: Token


@node("expect_measured")
@dataclass(frozen=True, slots=True)
class ExpectMeasured(Expectation):
    name: Token
    operator: Token
    amount: Token


@node("expect_process")
@dataclass(frozen=True, slots=True)
class ExpectProcess(Expectation):
    message: Token
    done: Token
    of: Token


@node("expect_history")
@dataclass(frozen=True, slots=True)
class ExpectHistory(Expectation):
    text: Token


@node("expect_refused")
@dataclass(frozen=True, slots=True)
class ExpectRefused(Expectation):
    text: Token
