"""ONE TEST → WHAT IT SAYS of its subject: a field that is compared, a tag, something that happened.

Each test gives its ways to hold, and its ways not to.  A comparison with a missing value is false,
so where it does not hold its subject may as well be missing (language reference, conditions).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from flowlang.check.literals import literal
from flowlang.check.names import Names
from flowlang.kinds import Fields, Kind
from flowlang.rules.regions import (
    NOT_SET,
    SET,
    Numbers,
    Region,
    Texts,
    numbers,
    other_numbers,
    some_numbers,
)
from flowlang.rules.subjects import FAMILIES, Subjects
from flowlang.source import Findings
from flowlang.syntax import expressions as tree
from flowlang.syntax import facts, moments, past
from flowlang.syntax.tree import Node, Token, walk

Fact = tuple[Hashable, Region]
Ways = list[dict[Hashable, Region]]

_DAY = 1440.0
"""Minutes: what a change of clocks can move a written-out moment by, and more."""
_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_HOLDS = {
    "=": lambda x, y: x == y, "!=": lambda x, y: x != y, "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y, ">": lambda x, y: x > y, ">=": lambda x, y: x >= y,
}  # fmt: skip
_TRUE, _FALSE = Region(some_numbers([1])), Region(some_numbers([0]))
_SIGNS = {
    "=": (0.0,), "!=": (-1.0, 1.0), "<": (-1.0,), "<=": (-1.0, 0.0), ">": (1.0,), ">=": (0.0, 1.0)
}  # fmt: skip
_ORDERS: dict[type, str] = {moments.IsBefore: "<", moments.IsAfter: ">"}
_TEXT_TESTS: dict[type, Callable[[str, str], bool]] = {
    tree.Contains: lambda x, y: y in x,
    tree.StartsWith: lambda x, y: x.startswith(y),
    tree.EndsWith: lambda x, y: x.endswith(y),
}
_NEEDS_A_VALUE = (
    moments.IsToday, moments.IsNotToday, tree.Matches, moments.InCalendar, moments.NotInCalendar,
)  # fmt: skip


class Atoms:
    """Says of each test what it says of its subject."""

    def __init__(self, names: Names, row: Fields | None) -> None:
        self._names = names
        self._subjects = Subjects(names, row)
        self._silent = Findings()

    def segment(self, node: facts.InSegment) -> tree.Expression | None:
        """The condition of a segment, where each part of it means the same as it would here."""
        found = self._names.segments.get(node.segment.value)
        if (
            found is None
            or found.where is None
            or self._subjects.row
            or speaks_of_a_round(found.where)
        ):
            return None
        return found.where

    def met(self, subject: Hashable, one: Region, other: Region) -> Region:
        """What two tests leave of a subject."""
        found = one.meet(other)
        return self._subjects.within(subject, found)

    def ways(self, node: tree.Expression, holds: bool) -> Ways:
        """The ways in which a test holds, or in which it does not; none where there is no way."""
        match node:
            case tree.Yes() | tree.No():
                return [{}] if isinstance(node, tree.Yes) is holds else []
            case tree.Compare():
                return self._compared(node.left, str(node.operator.value), node.right, holds)
            case moments.IsBefore() | moments.IsAfter():
                return self._compared(node.left, _ORDERS[type(node)], node.right, holds)
            case tree.Between():
                return self._between(node, holds)
            case tree.InList() | tree.NotInList():
                return self._in_list(node, holds)
            case tree.IsSet() | tree.IsNotSet():
                wanted = isinstance(node, tree.IsSet) is holds
                return self._one(self._subjects.subject(node.operand), SET if wanted else NOT_SET)
            case tree.FieldValue() | tree.Ref():
                region = _TRUE if holds else Region(_FALSE.values, missing=True)
                return self._one((self._subjects.key(node), "yes/no"), region)
            case facts.MayNotGet(channel=channel):
                return self._asked(facts.MayGet(node.span, channel), not holds)
            case past.Happened() | past.AnyRow() | past.NoRow():
                return self._counted(node, holds)
            case tree.Contains() | tree.StartsWith() | tree.EndsWith():
                return self._text_test(node, holds)
        return self._asked(node, holds)

    # ------------------------------------------------------------------ questions

    def _asked(self, node: tree.Expression, holds: bool) -> Ways:
        """A test that is not looked into: it holds or not, and may need a value to hold."""
        way: dict[Hashable, Region] = {("so", node): _TRUE if holds else _FALSE}
        if holds and isinstance(node, _NEEDS_A_VALUE):
            way[self._subjects.subject(node.operand)] = SET
        if holds and isinstance(node, (moments.WithinNext, moments.WithinLast)):
            way[self._subjects.subject(node.left)] = SET
        return [way]

    def _counted(self, node: past.Happened | past.AnyRow | past.NoRow, holds: bool) -> Ways:
        """`happened` and `any` ask how many there are."""
        if isinstance(node, past.Happened):
            count = past.CountOf(node.span, node.event, node.reach, node.where)
            least = node.times.value if node.times is not None else 1
        else:
            count = past.CountOf(node.span, node.rows, None, node.where)
            least = 1
            holds = holds is isinstance(node, past.AnyRow)
        return self._one((count, "number"), Region(numbers(">=" if holds else "<", least)))

    def _text_test(self, node: tree.Expression, holds: bool) -> Ways:
        assert isinstance(node, tree.TwoSided)
        way: dict[Hashable, Region] = {("so", node): _TRUE if holds else _FALSE}
        if not holds:
            return [way]
        subject = self._subjects.subject(node.left)
        way[subject] = SET
        if isinstance(node.right, tree.Text) and subject[1] == "text":
            part, test = str(node.right.value.value).casefold(), _TEXT_TESTS[type(node)]
            choices = self._subjects.choices(node.left)
            if choices is not None:
                way[subject] = Region(choices.filtered(lambda one: test(one, part)))
        return [way]

    # ------------------------------------------------------------------ comparisons

    def _compared(
        self, left: tree.Expression, sign: str, right: tree.Expression, holds: bool
    ) -> Ways:
        a, b = self._literal(left), self._literal(right)
        if a is not None and b is not None:
            return self._written_out(left, a, sign, b, holds)
        if a is not None:
            left, right, sign, b = right, left, _MIRRORED[sign], a
        if b is None:
            return self._between_subjects(left, sign, right, holds)
        subject, region = self._against(left, sign if holds else _OPPOSITE[sign], b)
        if region is None:
            return self._asked(_comparison(left, sign, right), holds)
        return self._one(subject, region if holds else Region(region.values, missing=True))

    def _written_out(
        self, node: tree.Expression, a: tuple[Kind, Any], sign: str, b: tuple[Kind, Any],
        holds: bool,
    ) -> Ways:  # fmt: skip
        """A comparison of two values that are both written out."""
        x, y = _plain(*a), _plain(*b)
        if x is None or y is None or type(x) is not type(y):
            return self._asked(tree.Not(node.span, node), holds)
        return [{}] if _HOLDS[sign](x, y) is holds else []

    def _between_subjects(
        self, left: tree.Expression, sign: str, right: tree.Expression, holds: bool
    ) -> Ways:
        """Two things that are not written out: less, equal or more."""
        first, second = self._subjects.key(left), self._subjects.key(right)
        if repr(first) > repr(second):
            first, second, sign = second, first, _MIRRORED[sign]
        wanted = _SIGNS[sign if holds else _OPPOSITE[sign]]
        if first == second:
            wanted = tuple(one for one in wanted if one == 0)
        return self._one(("against", first, second), Region(some_numbers(wanted), not holds))

    def _between(self, node: tree.Between, holds: bool) -> Ways:
        above = self._compared(node.operand, ">=", node.low, holds)
        below = self._compared(node.operand, "<=", node.high, holds)
        if not holds:
            return [*above, *below]
        return [
            {
                **one,
                **other,
                **{key: self.met(key, one[key], other[key]) for key in one if key in other},
            }
            for one in above
            for other in below
        ]

    def _in_list(self, node: tree.InList | tree.NotInList, holds: bool) -> Ways:
        found = [self._literal(choice) for choice in node.choices]
        values: list[Any] = [_plain(*one) if one is not None else None for one in found]
        families = {FAMILIES.get(one[0].name, "") for one in found if one is not None}
        key, own = self._subjects.subject(node.operand)
        family = families.pop() if len(families) == 1 else ""
        fits = own in ("", family) or (own, family) == ("moment", "day")
        if None in values or not fits or family in ("", "moment"):
            return self._asked(node, holds)
        inside = isinstance(node, tree.InList) is holds
        region: Numbers | Texts
        if family == "text":
            region = Texts(frozenset(values), inside=inside)
        else:
            region = some_numbers(values) if inside else other_numbers(values)
        return self._one((key, family), Region(region, missing=not holds))

    def _against(
        self, node: tree.Expression, sign: str, value: tuple[Kind, Any]
    ) -> tuple[tuple[Hashable, str], Region | None]:
        """Where a subject stands that compares so with a written-out value."""
        plain, family = _plain(*value), FAMILIES.get(value[0].name, "")
        key, own = self._subjects.subject(node)
        subject = (key, family)
        mixed = own in ("day", "moment") and family != own
        if plain is None or (mixed and not (own == "moment" and family == "day")):
            return subject, None
        if family == "text":
            if sign not in ("=", "!="):
                return subject, None
            return subject, Region(Texts(frozenset({plain}), inside=sign == "="))
        if family == "moment":
            return subject, _moments(sign, plain)
        return subject, Region(numbers(sign, plain))

    # ------------------------------------------------------------------ values

    def _one(self, subject: tuple[Hashable, ...], region: Region) -> Ways:
        return [{subject: self._subjects.within(subject, region)}]

    def _literal(self, node: tree.Expression) -> tuple[Kind, Any] | None:
        return literal(node, self._silent)


def speaks_of_a_round(condition: Node) -> bool:
    """Whether a part of a condition means one thing in a step and another elsewhere."""
    return any(isinstance(one, (past.Received, past.Reacted)) for one in walk(condition))


def _plain(kind: Kind, value: Any) -> Any:
    """A written-out value as a number or as a text in one case; None where it is neither."""
    match kind.name:
        case "number":
            return float(value) if abs(value) < 2**53 else None
        case "yes/no" | "weekday":
            return float(value)
        case "date":
            return float(value.toordinal())
        case "datetime":
            day, wall = value
            return day.toordinal() * _DAY + wall.hour * 60 + wall.minute
        case "time":
            return float(value.hour * 60 + value.minute)
        case "text":
            return str(value).casefold()
    return None


def _moments(sign: str, minutes: float) -> Region:
    """Moments that stand so to one that is written out.

    Two that are written out may be the same instant, where the clocks leave an hour out: so those
    that may be equal reach a day further.
    """
    match sign:
        case "=":
            near = numbers(">=", minutes - _DAY).meet(numbers("<=", minutes + _DAY))
            return Region(near)
        case "!=":
            return SET
        case "<=":
            return Region(numbers("<=", minutes + _DAY))
        case _:
            return Region(numbers(sign, minutes))


def _comparison(left: tree.Expression, sign: str, right: tree.Expression) -> tree.Expression:
    return tree.Compare(left.span, left, Token(left.span, "COMPARE", sign), right)
