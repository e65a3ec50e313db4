"""The nodes of `test` blocks.  What they do is in `engine.testing`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flowlang.syntax.declarations import Declaration
from flowlang.syntax.expressions import Date, DateTime, Duration, Expression
from flowlang.syntax.tree import Node, Token, node

# ruff: noqa: D101 - each class is the node of the grammar's rule of that name


class ScriptLine(Node):
    """One line of a test."""


@node("test", block="lines")
class Test(Declaration):
    name: Token
    lines: tuple[ScriptLine, ...] | None


class Given(Node):
    """One line below `given contact`."""


@node("given_field")
class GivenField(Given):
    name: Token
    value: Expression
    roles: ClassVar[Mapping[str, str]] = {"name": "field"}


@node("given_tag")
class GivenTag(Given):
    tag: Token


@node("given_group")
class GivenGroup(Given):
    group: Token


@node("given_consent")
class GivenConsent(Given):
    channel: Token


@node("given_blocked")
class GivenBlocked(Given):
    pass


@node("given_robinson")
class GivenRobinson(Given):
    pass


@node("given_record", block="fields")
class GivenRecord(Given):
    name: Token
    fields: tuple[GivenField, ...] | None
    roles: ClassVar[Mapping[str, str]] = {"name": "records"}


@node("given_contact")
class GivenContact(ScriptLine):
    name: Token | None
    lines: tuple[Given, ...] | None
    roles: ClassVar[Mapping[str, str]] = {"name": "new contact"}


@node("given_coupons")
class GivenCoupons(ScriptLine):
    list: Token
    amount: Token


@node("given_call")
class GivenCall(ScriptLine):
    url: Token
    answer: tuple[Node, ...]


@node("given_call_fails")
class GivenCallFails(ScriptLine):
    url: Token


@node("given_event")
class GivenEvent(ScriptLine):
    """An event that happened before the test begins."""

    event: Token
    values: tuple[Node, ...] | None
    at: DateTime | Date
    whom: Token | None


class Moving(ScriptLine):
    """A line that moves the clock, and may do something then."""

    to: DateTime | Date | Duration
    action: Node | None
    whom: Token | None
    lines: tuple[Given, ...] | None


@node("at")
class At(Moving):
    pass


@node("after_time")
class AfterTime(Moving):
    pass


@node("react")
class React(Node):
    event: Token
    message: Token | None


@node("system")
class SystemHappens(Node):
    event: Token
    name: Token | None
    data: tuple[Node, ...] | None
    roles: ClassVar[Mapping[str, str]] = {"name": "coupons or message"}


@node("import_coupons")
class ImportCoupons(Node):
    list: Token
    codes: tuple[Token, ...]


@node("resume")
class Resume(Node):
    message: Token


@node("merge_contact")
class MergeContact(Node):
    gone: Token
    kept: Token
    roles: ClassVar[Mapping[str, str]] = {"gone": "contact", "kept": "contact"}


@node("run_automation")
class RunAutomation(Node):
    automation: Token


@node("new_contact")
class NewContact(Node):
    name: Token
    roles: ClassVar[Mapping[str, str]] = {"name": "new contact"}


class Expectation(Node):
    """What must be so."""


@node("expect")
class Expect(ScriptLine):
    what: Expectation
    whom: Token | None


@node("expect_not")
class ExpectNot(Expectation):
    what: Expectation


@node("expect_condition")
class ExpectCondition(Expectation):
    condition: Expression


@node("expect_sent")
class ExpectSent(Expectation):
    message: Token
    to: Token | None
    at: DateTime | Date | None
    times: Token | None
    roles: ClassVar[Mapping[str, str]] = {"to": "contact"}


@node("expect_skipped")
class ExpectSkipped(Expectation):
    message: Token
    to: Token | None
    because: Token | None
    roles: ClassVar[Mapping[str, str]] = {"to": "contact"}


@node("expect_subject")
class ExpectSubject(Expectation):
    message: Token
    to: Token | None
    text: Token
    roles: ClassVar[Mapping[str, str]] = {"to": "contact"}


@node("expect_body")
class ExpectBody(Expectation):
    message: Token
    to: Token | None
    text: Token
    roles: ClassVar[Mapping[str, str]] = {"to": "contact"}


@node("expect_waiting")
class ExpectWaiting(Expectation):
    until: DateTime | Date | None
    campaign: Token


@node("expect_state")
class ExpectState(Expectation):
    state: Token
    campaign: Token


@node("expect_in")
class ExpectIn(Expectation):
    campaign: Token


@node("expect_round")
class ExpectRound(Expectation):
    round: Token
    campaign: Token


@node("expect_notified")
class ExpectNotified(Expectation):
    who: Token
    text: Token


@node("expect_notified_inbox")
class ExpectNotifiedInbox(Expectation):
    text: Token


@node("expect_called")
class ExpectCalled(Expectation):
    url: Token
    times: Token | None


@node("expect_exported")
class ExpectExported(Expectation):
    path: Token
    times: Token | None


@node("expect_imported")
class ExpectImported(Expectation):
    path: Token
    times: Token | None


@node("expect_reported")
class ExpectReported(Expectation):
    who: Token


@node("expect_measured")
class ExpectMeasured(Expectation):
    name: Token
    operator: Token
    amount: Token
    roles: ClassVar[Mapping[str, str]] = {"name": "measure"}


@node("expect_process")
class ExpectProcess(Expectation):
    message: Token
    done: Token
    of: Token


@node("expect_history")
class ExpectHistory(Expectation):
    text: Token


@node("expect_refused")
class ExpectRefused(Expectation):
    text: Token
