"""Joining and comparing: `and`, `or`, `not`, `=`, `in`, `between`, tests of text."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from flowlang.check import diagnostics as d
from flowlang.check.comparing import Fn, among, comparable, compare, outside
from flowlang.check.hints import a_kind, beside_hint, comparison_hint
from flowlang.check.meaning import UNKNOWN, Compiled, Place, meaning
from flowlang.kinds import NUMBER, TEXT, YES_NO, Kind
from flowlang.speech import tr
from flowlang.syntax import expressions as tree
from flowlang.syntax import past

if TYPE_CHECKING:
    from flowlang.check.expressions import Expressions


@meaning(tree.Or)
def _or(ex: Expressions, node: tree.Or, place: Place) -> Compiled:
    _choices_without_in(ex, node)
    parts = tuple(ex.condition(part, place) for part in node.parts)
    if len(parts) == 2:
        a, b = parts
        return Compiled(YES_NO, lambda v: a(v) or b(v))
    return Compiled(YES_NO, lambda v: any(part(v) for part in parts))


def _choices_without_in(ex: Expressions, node: tree.Or) -> None:
    """`country = "DE" or "AT"` means `in`; `tagged "a" or "b"` means `or tagged "b"`."""
    for first, other in pairwise(node.parts):
        if isinstance(first, tree.Compare) and isinstance(other, (tree.Text, tree.Number)):
            left, right = first.left.span.text, first.right.span.text
            kind = TEXT if isinstance(other, tree.Text) else NUMBER
            hint = tr(
                "write `{left} in ({right}, {other})`",
                left=left,
                right=right,
                other=other.span.text,
            )
            ex.findings.report(d.NOT_A_CONDITION, other.span, kind=a_kind(kind), hint=hint)
        elif isinstance(other, tree.Text) and (again := beside_hint(other, first)):
            ex.findings.report(d.NOT_A_CONDITION, other.span, kind=a_kind(TEXT), hint=again)


@meaning(tree.And)
def _and(ex: Expressions, node: tree.And, place: Place) -> Compiled:
    parts = tuple(ex.condition(part, place) for part in node.parts)
    if len(parts) == 2:
        a, b = parts
        return Compiled(YES_NO, lambda v: a(v) and b(v))
    if len(parts) == 3:
        a, b, c = parts
        return Compiled(YES_NO, lambda v: a(v) and b(v) and c(v))
    return Compiled(YES_NO, lambda v: all(part(v) for part in parts))


@meaning(tree.Not)
def _not(ex: Expressions, node: tree.Not, place: Place) -> Compiled:
    part = ex.condition(node.part, place)
    if isinstance(getattr(node.part, "reach", None), past.WithinTheLast):
        place.timely.append(node)  # that something is long ago comes with time
    return Compiled(YES_NO, lambda v: not part(v))


@meaning(tree.Compare)
def _compare(ex: Expressions, node: tree.Compare, place: Place) -> Compiled:
    left, right = ex.compile(node.left, place), ex.compile(node.right, place)
    sign = str(node.operator.value)
    return compared(ex, sign, node, left, right)


def compared(
    ex: Expressions, sign: str, node: tree.Compare | tree.TwoSided, left: Compiled, right: Compiled
) -> Compiled:
    """The condition that two values stand to each other as a sign says."""
    if not comparable(left.kind, right.kind):
        hint = comparison_hint(node, left, right)
        return ex.mismatch(
            node,
            tr(
                "{kind} cannot be compared with {other}",
                kind=a_kind(left.kind),
                other=a_kind(right.kind),
            ),
            hint,
        )._replace(kind=YES_NO)
    if left.kind.name == "yes/no" and sign not in ("=", "!="):
        return ex.mismatch(node, tr("yes and no have no order"))._replace(kind=YES_NO)
    _known_choice(ex, left, right, node.left, node.right)
    _known_choice(ex, right, left, node.right, node.left)
    fn = compare(sign, left.kind, left.fn, right.kind, right.fn, right.constant)
    return Compiled(YES_NO, fn)


def _known_choice(
    ex: Expressions, side: Compiled, other: Compiled, node: tree.Expression, there: tree.Expression
) -> None:
    if side.kind.name == "one of" and isinstance(other.constant, str):
        ex.choice(side.kind, other.constant, there, node.span.text, other.fn)


@meaning(tree.Between)
def _between(ex: Expressions, node: tree.Between, place: Place) -> Compiled:
    value = ex.compile(node.operand, place)
    low, high = ex.compile(node.low, place), ex.compile(node.high, place)
    for side, at in ((low, node.low), (high, node.high)):
        if not comparable(value.kind, side.kind):
            ex.mismatch(
                at,
                tr(
                    "{kind} cannot be compared with {other}",
                    kind=a_kind(value.kind),
                    other=a_kind(side.kind),
                ),
            )
            return UNKNOWN
    above = compare(">=", value.kind, value.fn, low.kind, low.fn, low.constant)
    below = compare("<=", value.kind, value.fn, high.kind, high.fn, high.constant)
    return Compiled(YES_NO, lambda v: above(v) and below(v))


@meaning(tree.InList, tree.NotInList)
def _in_list(ex: Expressions, node: tree.InList | tree.NotInList, place: Place) -> Compiled:
    value = ex.compile(node.operand, place)
    choices: list[tuple[Kind, Fn, Any]] = []
    for choice in node.choices:
        compiled = ex.compile(choice, place)
        if not comparable(value.kind, compiled.kind):
            ex.mismatch(
                choice,
                tr(
                    "{kind} cannot be compared with {other}",
                    kind=a_kind(value.kind),
                    other=a_kind(compiled.kind),
                ),
            )
            continue
        _known_choice(ex, value, compiled, node.operand, choice)
        choices.append(compiled)
    test = among if isinstance(node, tree.InList) else outside
    return Compiled(YES_NO, test(value.kind, value.fn, choices))


@meaning(tree.IsSet)
def _is_set(ex: Expressions, node: tree.IsSet, place: Place) -> Compiled:
    fn = ex.compile(node.operand, place).fn
    return Compiled(YES_NO, lambda v: fn(v) is not None)


@meaning(tree.IsNotSet)
def _is_not_set(ex: Expressions, node: tree.IsNotSet, place: Place) -> Compiled:
    fn = ex.compile(node.operand, place).fn
    return Compiled(YES_NO, lambda v: fn(v) is None)


@meaning(tree.Contains, tree.StartsWith, tree.EndsWith)
def _text_test(ex: Expressions, node: tree.TwoSided, place: Place) -> Compiled:
    a = _text(ex, node.left, place)
    b = _text(ex, node.right, place)
    test = _TEXT_TESTS[type(node)]
    return Compiled(
        YES_NO,
        lambda v: (
            (x := a(v)) is not None
            and (y := b(v)) is not None
            and test(str(x).casefold(), str(y).casefold())
        ),
    )


def _text(ex: Expressions, node: tree.Expression, place: Place) -> Fn:
    compiled = ex.compile(node, place)
    if not compiled.kind.is_text and compiled.kind.name != "any":
        ex.mismatch(node, tr("text is asked for here, this is {kind}", kind=a_kind(compiled.kind)))
    return compiled.fn


@meaning(tree.Matches)
def _matches(ex: Expressions, node: tree.Matches, place: Place) -> Compiled:
    fn = _text(ex, node.operand, place)
    search = ex.pattern(node.pattern)
    if search is None:
        return UNKNOWN
    return Compiled(YES_NO, lambda v: (x := fn(v)) is not None and search(str(x)) is not None)


_TEXT_TESTS: dict[type, Callable[[str, str], bool]] = {
    tree.Contains: lambda x, y: y in x,
    tree.StartsWith: lambda x, y: x.startswith(y),
    tree.EndsWith: lambda x, y: x.endswith(y),
}
