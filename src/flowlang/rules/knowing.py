"""STEPS → WHAT THEY CHANGE of what is known about a contact, and what is known after them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import singledispatch
from typing import Any

from flowlang.check.names import Names
from flowlang.program.program import Campaign
from flowlang.source import Source, Span
from flowlang.steps.blocking import Block, Unblock
from flowlang.steps.call import Call
from flowlang.steps.clear import Clear
from flowlang.steps.consent import Grant, Withdraw
from flowlang.steps.groups import JoinGroup, LeaveGroup
from flowlang.steps.happen import Happen
from flowlang.steps.measure import Measure
from flowlang.steps.notify import Notify, NotifyInbox
from flowlang.steps.race import Race
from flowlang.steps.records import Add, Remove, SetRecord
from flowlang.steps.send import Send, SendTo
from flowlang.steps.set import Set
from flowlang.steps.tag import Tag
from flowlang.steps.untag import Untag
from flowlang.steps.wait import Wait, WaitDays
from flowlang.steps.wait_for import WaitFor
from flowlang.steps.wait_until import WaitUntil
from flowlang.syntax import expressions as tree
from flowlang.syntax import facts, moments, past
from flowlang.syntax.tree import Node, Token, walk

Topic = tuple[str, str]
"""What a condition hangs on, and what a step changes: a tag, a field, …"""

_ANYTHING: Topic = ("anything", "")


def changed_by(node: Node) -> frozenset[Topic]:
    """What a step changes at once; what another step does not say it does, it may do."""
    return frozenset(_changes(node))


def let_time_pass(node: Node, campaign: Campaign, names: Names) -> bool:
    """Whether anything may have happened by the time that a run goes on behind a step."""
    if isinstance(node, Send):
        message = names.messages.get(node.message.value)
        if message is None or campaign.policies or node.policies or message.lists:
            return True
        return message.when_missing == "halt"
    return not isinstance(node, _AT_ONCE)


_AT_ONCE = (
    Tag, Untag, Set, Clear, JoinGroup, LeaveGroup, Add, SetRecord, Remove, Grant, Withdraw, Block,
    Unblock, Measure, Notify, NotifyInbox, Happen,
)  # fmt: skip
"""Steps after which the run goes on before anything else happens."""


class Fact:
    """A condition of which it is known whether it holds."""

    __slots__ = ("condition", "holds", "lasts", "topics")

    def __init__(self, condition: tree.Expression, holds: bool) -> None:
        self.condition = condition
        self.holds = holds
        self.topics = topics(condition)
        self.lasts = self._lasts()

    @property
    def pair(self) -> tuple[tree.Expression, bool]:
        return self.condition, self.holds

    def _lasts(self) -> bool:
        """Whether time cannot change it: it speaks of the event that started the run alone."""
        if not self.topics or any(head not in _LASTING for head, _ in self.topics):
            return False
        return not any(isinstance(node, _TIMES) for node in walk(self.condition))

    def stands(self, changes: frozenset[Topic]) -> bool:
        """Whether it is known as before after these changes."""
        return not changes or not (changes & self.topics or _ANYTHING in self.topics)

    def is_about(self, asked: frozenset[Topic]) -> bool:
        """Whether it may say something about a condition that hangs on these."""
        return bool(asked & self.topics) or _ANYTHING in asked or _ANYTHING in self.topics


def topics(condition: tree.Expression) -> frozenset[Topic]:
    """What a condition hangs on."""
    found: set[Topic] = set()
    for node in walk(condition):
        says = _TOPICS.get(type(node))
        if says is not None:
            found.update(says(node))
    return frozenset(found)


_LASTING = {"event", "flag"}
_TIMES = (tree.Date, tree.DateTime, tree.Time, moments.Today, moments.Now, tree.Duration)


# ---------------------------------------------------------------------- what conditions hang on


def _of_ref(node: tree.Ref) -> Iterable[Topic]:
    head, _, rest = str(node.name.value).partition(".")
    return [("field", rest) if head == "contact" else (head, "")]


def _of_rows(node: Any) -> Iterable[Topic]:
    return [("events", ""), ("records", str(node.rows.value))]


def _of_events(node: Node) -> Iterable[Topic]:
    return [("events", "")]


def _of_sends(node: Node) -> Iterable[Topic]:
    return [("sends", "")]


def _of_anything(node: Node) -> Iterable[Topic]:
    return [_ANYTHING]


def _of_flag(node: Node) -> Iterable[Topic]:
    return [("flag", type(node).__name__)]


def _of_consent(node: Any) -> Iterable[Topic]:
    return [("consent", str(node.channel.value))]


_TOPICS: dict[type[Node], Callable[[Any], Iterable[Topic]]] = {
    facts.Tagged: lambda node: [("tag", str(node.tag.value))],
    tree.FieldValue: lambda node: [("field", str(node.name.value))],
    facts.InGroup: lambda node: [("group", str(node.group.value))],
    facts.IsBlocked: lambda node: [("blocked", "")],
    tree.Ref: _of_ref,
    facts.MayGet: _of_consent,
    facts.MayNotGet: _of_consent,
    **dict.fromkeys((facts.TimedOut, facts.Missed, facts.WasSent, facts.Failed), _of_flag),
    **dict.fromkeys(
        (past.Happened, past.OfLast, past.OfFirst, past.AtOfLast, past.AtOfFirst), _of_events
    ),
    **dict.fromkeys((past.CountOf, past.SumOf, past.AnyRow, past.NoRow), _of_rows),
    **dict.fromkeys(
        (past.Received, past.Reacted, past.ReceivedAnything, facts.CouponsLeft), _of_sends
    ),
    **dict.fromkeys((facts.InSegment, facts.CanReceive), _of_anything),
}
"""What one part of a condition hangs on, by itself."""


# ---------------------------------------------------------------------- what steps change


@singledispatch
def _changes(node: Node) -> Iterator[Topic]:
    """What a step changes."""
    yield from ()


@_changes.register
def _(node: Tag) -> Iterator[Topic]:
    yield "tag", str(node.tag.value)


@_changes.register
def _(node: Untag) -> Iterator[Topic]:
    yield "tag", str(node.tag.value)


@_changes.register
def _(node: Set) -> Iterator[Topic]:
    yield "field", str(node.field.value)


@_changes.register
def _(node: Clear) -> Iterator[Topic]:
    yield "field", str(node.field.value)


@_changes.register(JoinGroup)
@_changes.register(LeaveGroup)
def _(node: JoinGroup | LeaveGroup) -> Iterator[Topic]:
    yield "group", str(node.group.value)


@_changes.register(Add)
@_changes.register(SetRecord)
@_changes.register(Remove)
def _(node: Add | SetRecord | Remove) -> Iterator[Topic]:
    yield "records", str(node.records.value)


@_changes.register(Grant)
@_changes.register(Withdraw)
def _(node: Grant | Withdraw) -> Iterator[Topic]:
    yield "consent", str(node.channel.value)


@_changes.register(Block)
@_changes.register(Unblock)
def _(node: Block | Unblock) -> Iterator[Topic]:
    yield "blocked", ""


@_changes.register
def _(node: Happen) -> Iterator[Topic]:
    yield "events", ""


@_changes.register(Send)
@_changes.register(SendTo)
def _(node: Send | SendTo) -> Iterator[Topic]:
    yield "sends", ""
    yield "flag", "WasSent"


@_changes.register(Wait)
@_changes.register(WaitDays)
@_changes.register(WaitUntil)
@_changes.register(WaitFor)
@_changes.register(Race)
def _(node: Node) -> Iterator[Topic]:
    yield "flag", "TimedOut"
    yield "flag", "Missed"


@_changes.register
def _(node: Call) -> Iterator[Topic]:
    yield "flag", "Failed"
    yield "answer", ""


# ---------------------------------------------------------------------- what is known after steps


_NOWHERE = Span(Source("", ""), 0, 0)
_NOT_LATE = (Fact(facts.TimedOut(_NOWHERE), False), Fact(facts.Missed(_NOWHERE), False))
NO_FLAGS = (*_NOT_LATE, Fact(facts.WasSent(_NOWHERE), False), Fact(facts.Failed(_NOWHERE), False))
"""What no step has said yet when a run starts."""


def learnt_from(node: Node) -> Iterator[Fact]:
    """What surely is so right after a step."""
    match node:
        case Wait() | WaitDays() | WaitFor(at_most=None):
            yield from _NOT_LATE
        case WaitUntil(at_most=None):
            yield _NOT_LATE[0]
        case WaitFor():
            yield _NOT_LATE[1]
        case _:
            for condition, holds in _said_by(node):
                yield Fact(condition, holds)


def _said_by(node: Node) -> Iterator[tuple[tree.Expression, bool]]:
    """The conditions that a step sees to."""
    span = node.span
    match node:
        case Tag(tag=tag):
            yield facts.Tagged(span, tag), True
        case Untag(tag=tag):
            yield facts.Tagged(span, tag), False
        case Set(field=field, value=tree.Literal() | tree.Yes() | tree.No() as value):
            if not isinstance(value, (tree.Date, tree.DateTime, tree.Time)):
                yield _equals(span, field, value), True
        case Clear(field=field):
            yield tree.IsSet(span, tree.FieldValue(span, field)), False
        case JoinGroup(group=group):
            yield facts.InGroup(span, group), True
        case LeaveGroup(group=group):
            yield facts.InGroup(span, group), False
        case Grant(channel=channel):
            yield facts.MayGet(span, channel), True
        case Withdraw(channel=channel):
            yield facts.MayGet(span, channel), False
        case Block():
            yield facts.IsBlocked(span), True
        case Unblock():
            yield facts.IsBlocked(span), False


def _equals(span: Span, field: Token, value: tree.Expression) -> tree.Expression:
    return tree.Compare(span, tree.FieldValue(span, field), Token(span, "COMPARE", "="), value)
