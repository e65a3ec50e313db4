"""The nodes of what happened, and of rows: how often, how far back, the first and the last.

What they mean is in `check.meanings.past` and `check.meanings.rows`.
"""

from __future__ import annotations

from flowlang.syntax.expressions import Duration, Expression
from flowlang.syntax.tree import Node, Token, node

# ruff: noqa: D101 - each class is the node of the grammar's rule of that name


class Reach(Node):
    """How far back something counts: `within the last …`, `since start`, `ever`."""


@node("within_the_last")
class WithinTheLast(Reach):
    duration: Duration


@node("since_start")
class SinceStart(Reach):
    pass


@node("ever")
class Ever(Reach):
    pass


@node("event_ref")
class EventRef(Node):
    """An event that is waited for: a declared one, or one of delivery, of one message or of any."""

    event: Token
    message: Token | None = None


@node("received")
class Received(Expression):
    message: Token
    reach: Reach | None


@node("reacted")
class Reacted(Expression):
    event: Token
    message: Token
    reach: Reach | None


@node("received_anything")
class ReceivedAnything(Expression):
    reach: Reach | None


@node("happened")
class Happened(Expression):
    event: Token
    times: Token | None
    reach: Reach | None
    where: Expression | None = None


@node("any")
class AnyRow(Expression):
    rows: Token
    where: Expression | None = None


@node("none")
class NoRow(Expression):
    rows: Token
    where: Expression | None = None


@node("count_of")
class CountOf(Expression):
    rows: Token
    reach: Reach | None
    where: Expression | None


@node("sum_of")
class SumOf(Expression):
    rows: Token
    field: Token
    reach: Reach | None
    where: Expression | None


@node("of_last")
class OfLast(Expression):
    field: Token
    event: Token


@node("of_first")
class OfFirst(Expression):
    field: Token
    event: Token


@node("at_of_last")
class AtOfLast(Expression):
    event: Token


@node("at_of_first")
class AtOfFirst(Expression):
    event: Token
