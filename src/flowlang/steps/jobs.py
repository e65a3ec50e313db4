"""What an automation does to the system: group sends, imports, exports, coupon lists, groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any, ClassVar

from flowlang.calendar import Duration
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.comparing import Fn
from flowlang.check.names import Names
from flowlang.check.view import View
from flowlang.effects import END, Effects, Next
from flowlang.speech import tr
from flowlang.steps.groups import known_group
from flowlang.steps.send import terms_of
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax import expressions as tree
from flowlang.syntax.declarations import WhenEmpty
from flowlang.syntax.tree import Node, Token, node

REPORTS = ("campaigns", "contacts", "coupons", "history", "messages", "processes", "sends")
"""What can be exported as a report: the modules of `figures`, which a test holds equal to it."""


class Job(Step):
    """A step that acts on the system."""

    acts_on: ClassVar[str] = "S"


class Task(Instruction):
    """A job, ready to be done by whoever runs automations; `what` is its name in `engine.jobs`."""

    __slots__ = ("details", "what")

    def __init__(self, what: str, **details: Any) -> None:
        self.what = what
        self.details = details

    def run(self, do: Effects, pc: int) -> Next:
        return do.job(self.what, self.details, pc)

    def wake(self, do: Effects, pc: int) -> Next:
        return do.job(self.what, self.details, pc)

    def outcomes(self, pc: int, names: Names) -> list[tuple[Next, str]]:
        if not self.details.get("refuse"):
            return super().outcomes(pc, names)
        return [(pc + 1, "done"), (END, "refused")]


@node("to_group")
class ToGroup(Node):
    """`to group "G"`"""

    name: Token
    roles: ClassVar[Mapping[str, str]] = {"name": "group"}


@node("to_segment")
class ToSegment(Node):
    """`to segment "S"`"""

    name: Token
    roles: ClassVar[Mapping[str, str]] = {"name": "segment"}


@node("to_everyone")
class ToEveryone(Node):
    """`to everyone`"""


@node("send_all")
class SendAll(Job):
    """Sends a message to many; the audience is fixed when it starts."""

    message: Token
    recipients: ToGroup | ToSegment | ToEveryone
    language: tree.Expression | None
    spread: tree.Duration | None
    policies: tuple[Token, ...] | None
    when_empty: WhenEmpty | None
    otherwise: Token | None

    def compile(self, code: Code) -> bool:
        message = code.message(self.message)
        member = _members(code, self.recipients)
        refuse = self.otherwise is not None
        if self.otherwise is not None and self.otherwise.value != "stop":
            code.report(
                d.OUT_OF_PLACE, self.otherwise.span,
                what=tr("a group send whose list is too small can only stop"),
                hint=tr("write `, otherwise stop`, or `when empty …`"),
            )  # fmt: skip
        if refuse and self.when_empty is not None:
            code.report(
                d.OUT_OF_PLACE,
                self.span,
                what=tr("`otherwise stop` and `when empty` do not go together"),
            )
        spread = literals.duration(self.spread, code.findings) if self.spread else Duration()
        of_contact = code.place_with(contact=True)
        terms = terms_of(code, of_contact, self.language, self.policies, self.when_empty)
        task = Task(
            "send",
            message=message,
            member=member,
            spread=spread,
            terms=terms,
            refuse=refuse,
        )
        code.emit(task, self)
        return False


def _members(code: Code, recipients: Node) -> Callable[[Any], bool]:
    """Who belongs to the audience, as a function of a view."""
    if isinstance(recipients, ToGroup):
        known_group(code, recipients.name)
        name = recipients.name.value
        return lambda v: name in v.contact.groups
    if isinstance(recipients, ToSegment):
        return code.expressions.segment(recipients.name)
    return _everyone


def _everyone(v: View) -> bool:
    """The condition that holds for all contacts."""
    return True


def _file(token: Token) -> dict[str, Any]:
    """The path as it is written, and the folder it begins at: that of the file that names it."""
    source = token.span.source.path
    return {"path": token.value, "folder": source.parent if source else Path()}


def _written(code: Code, token: Token) -> dict[str, Any]:
    """The same of a file that is written; a finding where that would harm the workspace."""
    path = PurePath(token.value)
    if ".flow" in path.parts or path.suffix in (".flow", ".toml"):
        code.report(
            d.BAD_VALUE, token.span,
            what=tr('"{path}" would be written over what the workspace lives on', path=token.value),
        )  # fmt: skip
    return _file(token)


@node("import_contacts")
class ImportContacts(Job):
    """Imports contacts from a file."""

    path: Token

    def compile(self, code: Code) -> bool:
        code.emit(Task("import contacts", **_file(self.path)), self)
        return False


@node("export_contacts")
class ExportContacts(Job):
    """Writes contacts to a file; `{date}` in its name is the day."""

    where: tree.Expression | None
    path: Token

    def compile(self, code: Code) -> bool:
        of_contact = code.place_with(contact=True)
        where = code.condition(self.where, of_contact) if self.where else _everyone
        code.emit(Task("export contacts", where=where, **_written(code, self.path)), self)
        return False


@node("export_report")
class ExportReport(Job):
    """Writes a report to a file."""

    report: Token
    path: Token

    def compile(self, code: Code) -> bool:
        if self.report.value not in REPORTS:
            code.expressions.unknown(d.UNKNOWN_REPORT, self.report, REPORTS)
        code.emit(
            Task("export report", report=self.report.value, **_written(code, self.path)), self
        )
        return False


@node("refill")
class Refill(Job):
    """Imports codes into a coupon list."""

    list: Token
    path: Token

    def compile(self, code: Code) -> bool:
        if self.list.value not in code.names.coupons:
            code.expressions.unknown(d.UNKNOWN_COUPONS, self.list, code.names.coupons)
        code.emit(Task("refill coupons", list=self.list.value, **_file(self.path)), self)
        return False


class GroupJob(Job):
    """Changes who belongs to a group; `task` says how."""

    task: ClassVar[str]

    def change(self, code: Code, member: Fn, group: Token) -> None:
        known_group(code, group)
        code.emit(Task(self.task, member=member, group=group.value), self)


class SegmentJob(GroupJob):
    """The same for all contacts of a segment."""

    segment: Token
    group: Token

    def compile(self, code: Code) -> bool:
        self.change(code, code.expressions.segment(self.segment), self.group)
        return False


@node("add_segment")
class AddSegment(SegmentJob):
    """Puts all contacts of a segment into a group."""

    task: ClassVar[str] = "add segment"


@node("remove_segment")
class RemoveSegment(SegmentJob):
    """Takes all contacts of a segment out of a group."""

    task: ClassVar[str] = "remove segment"


@node("empty_group")
class EmptyGroup(GroupJob):
    """Takes everyone out of a group."""

    group: Token
    task: ClassVar[str] = "remove segment"

    def compile(self, code: Code) -> bool:
        self.change(code, _everyone, self.group)
        return False
