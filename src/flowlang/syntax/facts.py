"""The nodes of what is so of the contact now, and of the step it just passed.

What they mean is in `check.meanings.facts`.
"""

from __future__ import annotations

from flowlang.syntax.expressions import Expression
from flowlang.syntax.tree import Token, node

# ruff: noqa: D101 - each class is the node of the grammar's rule of that name


@node("tagged")
class Tagged(Expression):
    tag: Token


@node("in_group")
class InGroup(Expression):
    group: Token


@node("in_segment")
class InSegment(Expression):
    segment: Token


@node("may_get")
class MayGet(Expression):
    channel: Token


@node("may_not_get")
class MayNotGet(Expression):
    channel: Token


@node("is_blocked")
class IsBlocked(Expression):
    pass


@node("can_receive")
class CanReceive(Expression):
    message: Token


@node("coupons_left")
class CouponsLeft(Expression):
    list: Token


class Flag(Expression):
    """What became of the wait, send or call just passed."""


@node("timed_out")
class TimedOut(Flag):
    pass


@node("missed")
class Missed(Flag):
    pass


@node("was_sent")
class WasSent(Flag):
    pass


@node("failed")
class Failed(Flag):
    pass
