"""What happened: messages that were received and opened, events, the first and the last of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flowlang import calendar
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.comparing import Fn
from flowlang.check.meaning import NEVER, UNKNOWN, Compiled, Place, meaning
from flowlang.check.view import View
from flowlang.kinds import DATETIME, YES_NO, Fields
from flowlang.speech import tr
from flowlang.syntax import expressions as tree
from flowlang.syntax import past
from flowlang.syntax.tree import Token

if TYPE_CHECKING:
    from flowlang.check.expressions import Expressions
    from flowlang.contact import Happening, Sent


@meaning(past.Received)
def _received(ex: Expressions, node: past.Received, place: Place) -> Compiled:
    return _of_message(ex, node, place, lambda sent: ((sent.at, sent.seq),))


@meaning(past.Reacted)
def _reacted(ex: Expressions, node: past.Reacted, place: Place) -> Compiled:
    event = node.event.value
    if event in ("opened", "clicked"):
        return _of_message(ex, node, place, lambda sent: getattr(sent, event))
    _message(ex, node.message)
    ex.findings.report(
        d.OUT_OF_PLACE, node.span, what=tr("`{event}` is not asked of one message", event=event)
    )
    return UNKNOWN


def _of_message(
    ex: Expressions,
    node: past.Received | past.Reacted,
    place: Place,
    moments: Callable[[Sent], Iterable[tuple[datetime, int]]],
) -> Compiled:
    """Whether one of the moments of a letter of that message counts."""
    message = _message(ex, node.message)
    reach = _reach(ex, node.reach, place)
    this_round = _this_round(ex, message, node.reach, place)

    def test(v: View) -> bool:
        run = v.run
        return any(
            sent.message == message
            and (not this_round or _of_round(sent, run))
            and any(reach(v, at, seq) for at, seq in moments(sent))
            for sent in v.contact.messages
        )

    return Compiled(YES_NO, test)


@meaning(past.ReceivedAnything)
def _received_anything(ex: Expressions, node: past.ReceivedAnything, place: Place) -> Compiled:
    reach = _reach(ex, node.reach, place)
    return Compiled(
        YES_NO, lambda v: any(reach(v, sent.at, sent.seq) for sent in v.contact.messages)
    )


def _message(ex: Expressions, token: Token) -> str:
    if token.value not in ex.names.messages:
        ex.unknown(d.UNKNOWN_MESSAGE, token, ex.names.messages)
    return str(token.value)


def _this_round(ex: Expressions, message: str, reach: past.Reach | None, place: Place) -> bool:
    return message in place.sends and not isinstance(reach, past.Ever)


def _reach(
    ex: Expressions, node: past.Reach | None, place: Place
) -> Callable[[View, datetime, int], bool]:
    """Whether something that happened at a moment, at a place in the order, still counts."""
    match node:
        case past.WithinTheLast(duration=duration):
            length = literals.duration(duration, ex.findings)
            return lambda v, at, seq: calendar.add(v.now, length, v.zone, -1) < at <= v.now
        case past.SinceStart():
            if not place.in_run:
                ex.findings.report(
                    d.OUT_OF_PLACE,
                    node.span,
                    what=tr("there is no run yet whose start could be meant"),
                )
            return lambda v, at, seq: v.run is not None and seq > v.run.start_seq
        case _:
            return lambda v, at, seq: True


@meaning(past.Happened)
def _happened(ex: Expressions, node: past.Happened, place: Place) -> Compiled:
    fields = ex.event(node.event)
    if fields is None:
        return UNKNOWN
    name = node.event.value
    times = _times(ex, node.times)
    test = history(ex, name, fields, node.reach, node.where, place)
    if times == 1:
        return Compiled(YES_NO, lambda v: any(True for _ in test(v)))
    return Compiled(YES_NO, lambda v: sum(1 for _ in test(v)) >= times)


def _times(ex: Expressions, token: Token | None) -> int:
    if token is None:
        return 1
    if not isinstance(token.value, int) or token.value < 1:
        ex.findings.report(
            d.BAD_VALUE,
            token.span,
            what=tr("a whole number from 1 is asked for, not {value}", value=token.value),
        )
        return 1
    return token.value


def history(
    ex: Expressions,
    name: str,
    fields: Fields,
    reach: past.Reach | None,
    where: tree.Expression | None,
    place: Place,
) -> Callable[[View], Iterable[dict[str, Any]]]:
    """The data of the events of a name that count."""
    counts = _reach(ex, reach, place)
    holds = ex.filter(where, fields, place)

    def rows(v: View) -> Iterable[dict[str, Any]]:
        for happening in v.contact.events.get(name, ()):
            if counts(v, happening.at, happening.seq) and holds(v, happening.data):
                yield happening.data

    return rows


@meaning(past.OfLast, past.OfFirst)
def _of_event(ex: Expressions, node: past.OfLast | past.OfFirst, place: Place) -> Compiled:
    fields = ex.event(node.event)
    if fields is None:
        return NEVER
    kind = fields.get(node.field.value)
    if kind is None:
        ex.unknown_field(node.field, tr("the event `{event}`", event=node.event.value), fields)
        return NEVER
    return Compiled(
        kind, _end_of(node.event.value, node.field.value, isinstance(node, past.OfLast))
    )


@meaning(past.AtOfLast, past.AtOfFirst)
def _at_of_event(ex: Expressions, node: past.AtOfLast | past.AtOfFirst, place: Place) -> Compiled:
    if ex.event(node.event) is None:
        return NEVER
    return Compiled(DATETIME, _end_of(node.event.value, "at", isinstance(node, past.AtOfLast)))


def _of_round(sent: Sent, run: Any) -> bool:
    return (
        run is not None and sent.campaign == run.campaign and sent.run == f"{run.key}#{run.label}"
    )


def _end_of(name: str, field_name: str, last: bool) -> Fn:
    def get(v: View) -> Any:
        happened: list[Happening] = v.contact.events.get(name, [])
        return happened[-1 if last else 0].data.get(field_name) if happened else None

    return get
