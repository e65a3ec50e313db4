"""What is so of the contact now, and of the step it just passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowlang.check import diagnostics as d
from flowlang.check.meaning import NEVER, UNKNOWN, Compiled, Place, meaning
from flowlang.check.meanings.values import field_value
from flowlang.kinds import NUMBER, YES_NO
from flowlang.speech import tr
from flowlang.syntax import expressions as tree
from flowlang.syntax.tree import Token

if TYPE_CHECKING:
    from flowlang.check.expressions import Expressions


@meaning(tree.Tagged)
def _tagged(ex: Expressions, node: tree.Tagged, place: Place) -> Compiled:
    tag = node.tag.value
    return Compiled(YES_NO, lambda v: tag in v.contact.tags)


@meaning(tree.InGroup)
def _in_group(ex: Expressions, node: tree.InGroup, place: Place) -> Compiled:
    group = node.group.value
    if group not in ex.names.groups:
        ex.unknown(d.UNKNOWN_GROUP, node.group, ex.names.groups)
    return Compiled(YES_NO, lambda v: group in v.contact.groups)


@meaning(tree.InSegment)
def _in_segment(ex: Expressions, node: tree.InSegment, place: Place) -> Compiled:
    return Compiled(YES_NO, ex.segment(node.segment, place))


@meaning(tree.MayGet, tree.MayNotGet)
def _may_get(ex: Expressions, node: tree.MayGet | tree.MayNotGet, place: Place) -> Compiled:
    channel = ex.channel(node.channel)
    wanted = isinstance(node, tree.MayGet)
    if ex.names.config.regime == "opt-in":
        return Compiled(YES_NO, lambda v: (v.contact.consent.get(channel) is True) is wanted)
    return Compiled(YES_NO, lambda v: (v.contact.consent.get(channel) is not False) is wanted)


@meaning(tree.IsBlocked)
def _is_blocked(ex: Expressions, node: tree.IsBlocked, place: Place) -> Compiled:
    return Compiled(YES_NO, lambda v: v.contact.blocked)


@meaning(tree.CanReceive)
def _can_receive(ex: Expressions, node: tree.CanReceive, place: Place) -> Compiled:
    message = ex.names.messages.get(node.message.value)
    if message is None:
        ex.unknown(d.UNKNOWN_MESSAGE, node.message, ex.names.messages)
        return UNKNOWN
    return Compiled(YES_NO, lambda v: v.world.receivable(v, message))


@meaning(tree.CouponsLeft)
def _coupons_left(ex: Expressions, node: tree.CouponsLeft, place: Place) -> Compiled:
    name = node.list.value
    if name not in ex.names.coupons:
        ex.unknown(d.UNKNOWN_COUPONS, node.list, ex.names.coupons)
    return Compiled(NUMBER, lambda v: v.world.codes_left(name))


@meaning(tree.TimedOut, tree.Missed, tree.WasSent, tree.Failed)
def _flag(ex: Expressions, node: tree.Flag, place: Place) -> Compiled:
    name = _FLAGS[type(node)]
    if place.row is not None and name in place.row:
        # As with any bare word in a `where`: what is filtered has a field of that name.
        return field_value(ex, tree.FieldValue(node.span, Token(node.span, "NAME", name)), place)
    if not place.in_run:
        ex.findings.report(
            d.OUT_OF_PLACE,
            node.span,
            what=tr("`{text}` speaks of a step just passed", text=node.span.text),
        )
    return Compiled(YES_NO, lambda v: v.run is not None and getattr(v.run, name))


@meaning(tree.BadExpression)
def _bad(ex: Expressions, node: tree.BadExpression, place: Place) -> Compiled:
    return NEVER


@meaning(tree.Before, tree.After, tree.NextDay)
def _only_in_wait(ex: Expressions, node: tree.Expression, place: Place) -> Compiled:
    ex.findings.report(d.OUT_OF_PLACE, node.span, what=tr("this can only stand after `wait until`"))
    return NEVER


_FLAGS: dict[type, str] = {
    tree.TimedOut: "timed_out",
    tree.Missed: "missed",
    tree.WasSent: "sent",
    tree.Failed: "failed",
}
