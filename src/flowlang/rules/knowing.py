"""STEPS → WHAT THEY CHANGE of what is known about a contact, and what is known after them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch

from flowlang.check.names import Names
from flowlang.program.program import Campaign
from flowlang.source import Span
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
from flowlang.syntax.tree import Node, Token, walk

Knowledge = dict[tree.Expression, bool]
"""Conditions, each with whether it holds."""
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


def stands(condition: tree.Expression, changes: frozenset[Topic]) -> bool:
    """Whether it is known as before after these changes."""
    if not changes:
        return True
    return not any(topic in changes or topic == _ANYTHING for topic in topics(condition))


def topics(condition: tree.Expression) -> frozenset[Topic]:
    """What a condition hangs on."""
    return frozenset(topic for node in walk(condition) for topic in _topics(node))


def lasts(condition: tree.Expression, event_changes: bool) -> bool:
    """Whether time cannot change it: it speaks of the event that started the run alone."""
    if event_changes:
        return False
    return all(
        isinstance(node, _LASTING)
        or (isinstance(node, tree.Ref) and str(node.name.value).startswith("event."))
        for node in walk(condition)
    )


_LASTING = (
    tree.And, tree.Or, tree.Not, tree.Compare, tree.Between, tree.InList, tree.NotInList,
    tree.IsSet, tree.IsNotSet, tree.Text, tree.Number, tree.Percent, tree.Yes, tree.No,
    tree.Contains, tree.StartsWith, tree.EndsWith, tree.Flag,
)  # fmt: skip


# ---------------------------------------------------------------------- what conditions hang on


def _topics(node: Node) -> Iterator[Topic]:
    """What one part of a condition hangs on, by itself."""
    match node:
        case tree.Tagged(tag=tag):
            yield "tag", str(tag.value)
        case tree.FieldValue(name=name):
            yield "field", str(name.value)
        case tree.Ref(name=name):
            head, _, rest = str(name.value).partition(".")
            yield ("field", rest) if head == "contact" else (head, "")
        case tree.InGroup(group=group):
            yield "group", str(group.value)
        case tree.MayGet(channel=channel) | tree.MayNotGet(channel=channel):
            yield "consent", str(channel.value)
        case tree.IsBlocked():
            yield "blocked", ""
        case tree.Flag():
            yield "flag", type(node).__name__
        case tree.Happened() | tree.OfLast() | tree.OfFirst() | tree.AtOfLast() | tree.AtOfFirst():
            yield "events", ""
        case tree.CountOf() | tree.SumOf() | tree.AnyRow() | tree.NoRow():
            yield "events", ""
            yield "records", str(node.rows.value)
        case tree.Received() | tree.Reacted() | tree.ReceivedAnything() | tree.CouponsLeft():
            yield "sends", ""
        case tree.InSegment() | tree.CanReceive():
            yield _ANYTHING


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


def learnt_from(node: Node) -> Iterator[tuple[tree.Expression, bool]]:
    """What surely is so right after a step."""
    span = node.span
    match node:
        case Tag(tag=tag):
            yield tree.Tagged(span, tag), True
        case Untag(tag=tag):
            yield tree.Tagged(span, tag), False
        case Set(field=field, value=tree.Literal() | tree.Yes() | tree.No() as value):
            if not isinstance(value, (tree.Date, tree.DateTime, tree.Time)):
                yield _equals(span, field, value), True
        case Clear(field=field):
            yield tree.IsSet(span, tree.FieldValue(span, field)), False
        case JoinGroup(group=group):
            yield tree.InGroup(span, group), True
        case LeaveGroup(group=group):
            yield tree.InGroup(span, group), False
        case Grant(channel=channel):
            yield tree.MayGet(span, channel), True
        case Withdraw(channel=channel):
            yield tree.MayGet(span, channel), False
        case Block():
            yield tree.IsBlocked(span), True
        case Unblock():
            yield tree.IsBlocked(span), False
        case Wait() | WaitDays():
            yield tree.TimedOut(span), False
            yield tree.Missed(span), False
        case WaitFor(at_most=None):
            yield tree.TimedOut(span), False
            yield tree.Missed(span), False
        case WaitFor():
            yield tree.Missed(span), False
        case WaitUntil(at_most=None):
            yield tree.TimedOut(span), False


def _equals(span: Span, field: Token, value: tree.Expression) -> tree.Expression:
    return tree.Compare(span, tree.FieldValue(span, field), Token(span, "OP", "="), value)


__all__ = ["Knowledge", "changed_by", "lasts", "learnt_from", "let_time_pass", "stands"]
