"""What is so of the contact now, and of the step it just passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowlang.check import diagnostics as d
from flowlang.check.meaning import NEVER, UNKNOWN, Compiled, Place, meaning
from flowlang.check.meanings.values import field_value
from flowlang.kinds import NUMBER, YES_NO
from flowlang.speech import tr
from flowlang.syntax import expressions as tree
from flowlang.syntax import facts, moments
from flowlang.syntax.tree import Token

if TYPE_CHECKING:
    from flowlang.check.expressions import Expressions


@meaning(facts.Tagged)
def _tagged(ex: Expressions, node: facts.Tagged, place: Place) -> Compiled:
    tag = node.tag.value
    return Compiled(YES_NO, lambda v: tag in v.contact.tags)


@meaning(facts.InGroup)
def _in_group(ex: Expressions, node: facts.InGroup, place: Place) -> Compiled:
    group = node.group.value
    if group not in ex.names.groups:
        ex.unknown(d.UNKNOWN_GROUP, node.group, ex.names.groups)
    return Compiled(YES_NO, lambda v: group in v.contact.groups)


@meaning(facts.InSegment)
def _in_segment(ex: Expressions, node: facts.InSegment, place: Place) -> Compiled:
    return Compiled(YES_NO, ex.segment(node.segment, place))


@meaning(facts.MayGet, facts.MayNotGet)
def _may_get(ex: Expressions, node: facts.MayGet | facts.MayNotGet, place: Place) -> Compiled:
    channel = ex.channel(node.channel)
    wanted = isinstance(node, facts.MayGet)
    if ex.names.config.regime == "opt-in":
        return Compiled(YES_NO, lambda v: (v.contact.consent.get(channel) is True) is wanted)
    return Compiled(YES_NO, lambda v: (v.contact.consent.get(channel) is not False) is wanted)


@meaning(facts.IsBlocked)
def _is_blocked(ex: Expressions, node: facts.IsBlocked, place: Place) -> Compiled:
    return Compiled(YES_NO, lambda v: v.contact.blocked)


@meaning(facts.CanReceive)
def _can_receive(ex: Expressions, node: facts.CanReceive, place: Place) -> Compiled:
    message = ex.names.messages.get(node.message.value)
    if message is None:
        ex.unknown(d.UNKNOWN_MESSAGE, node.message, ex.names.messages)
        return UNKNOWN
    return Compiled(YES_NO, lambda v: v.world.receivable(v, message))


@meaning(facts.CouponsLeft)
def _coupons_left(ex: Expressions, node: facts.CouponsLeft, place: Place) -> Compiled:
    name = node.list.value
    if name not in ex.names.coupons:
        ex.unknown(d.UNKNOWN_COUPONS, node.list, ex.names.coupons)
    return Compiled(NUMBER, lambda v: v.world.codes_left(name))


@meaning(facts.TimedOut, facts.Missed, facts.WasSent, facts.Failed)
def _flag(ex: Expressions, node: facts.Flag, place: Place) -> Compiled:
    name = _FLAGS[type(node)]
    if place.row is not None and name in place.row:
        # As with any bare word in a `where`: what is filtered has a field of that name.
        return field_value(ex, tree.FieldValue(node.span, Token(node.span, "NAME", name)), place)
    if not place.in_run:
        ex.findings.report(
            d.OUT_OF_PLACE,
            node.span,
            what=tr("`{text}` speaks of a step just passed", text=node.span.words),
        )
    return Compiled(YES_NO, lambda v: v.run is not None and getattr(v.run, name))


@meaning(tree.BadExpression)
def _bad(ex: Expressions, node: tree.BadExpression, place: Place) -> Compiled:
    return NEVER


@meaning(moments.Before, moments.After, moments.NextDay)
def _only_in_wait(ex: Expressions, node: tree.Expression, place: Place) -> Compiled:
    ex.findings.report(d.OUT_OF_PLACE, node.span, what=tr("this can only stand after `wait until`"))
    return NEVER


_FLAGS: dict[type, str] = {
    facts.TimedOut: "timed_out",
    facts.Missed: "missed",
    facts.WasSent: "sent",
    facts.Failed: "failed",
}
