"""WHAT A TEST ASKS ABOUT: one key for one thing, however it is written, and what it can ever be."""

from __future__ import annotations

from collections.abc import Hashable

from flowlang.check.names import Names
from flowlang.kinds import Fields, Kind
from flowlang.rules.regions import YES_OR_NO, Numbers, Region, Texts, numbers
from flowlang.syntax import expressions as tree
from flowlang.syntax import facts, moments, past

FAMILIES = {
    "text": "text", "email": "text", "phone": "text", "one of": "text", "number": "number",
    "date": "day", "datetime": "moment", "time": "time", "yes/no": "yes/no", "weekday": "weekday",
}  # fmt: skip
"""By kind: values of one family are compared in one way."""
_RANGES: dict[str, tuple[float, float]] = {
    "day": (1, 31), "month": (1, 12), "year": (1, 9999), "weekday": (0, 6)
}  # fmt: skip


class Subjects:
    """The subjects of the conditions of a workspace.

    A subject is a key and a family; in a filter a bare name is first a field of its `row`.
    """

    def __init__(self, names: Names, row: Fields | None) -> None:
        self._names = names
        self.row = row or {}

    def within(self, subject: Hashable, region: Region) -> Region:
        """A region without what the subject can never be."""
        key, family = subject if isinstance(subject, tuple) and len(subject) == 2 else (None, "")
        if family == "yes/no" or key == "so":
            return region.meet(Region(YES_OR_NO, missing=True))
        if family in ("day", "weekday") and isinstance(region.values, Numbers):
            region = Region(region.values.whole(), region.missing)
        if isinstance(key, (past.CountOf, facts.CouponsLeft)):
            least = region.meet(Region(numbers(">=", 0), missing=_may_be_missing(key)))
            return _whole(least)
        if isinstance(key, moments.Part):
            low, high = _RANGES[str(key.unit.value)]
            bounds = numbers(">=", low).meet(numbers("<=", high))
            missing = not isinstance(key.operand, moments.Today)
            return _whole(region.meet(Region(bounds, missing=missing)))
        if isinstance(key, (moments.Elapsed, moments.Remaining)):
            return _whole(region)
        choices = self.choices_of(key) if family == "text" else None
        if choices is not None:
            return region.meet(Region(choices, missing=True))
        return region

    def subject(self, node: tree.Expression) -> tuple[Hashable, str]:
        return self.key(node), self.family(node)

    def key(self, node: tree.Expression) -> Hashable:
        """What is asked: one field has one key, however it is written."""
        if isinstance(node, tree.FieldValue):
            name = str(node.name.value)
            return ("row" if name in self.row else "field", name)
        if isinstance(node, tree.Ref) and str(node.name.value).startswith("contact."):
            return ("field", str(node.name.value).partition(".")[2])
        return node

    def kind(self, key: Hashable) -> Kind | None:
        match key:
            case ("row", str() as name):
                return self.row.get(name)
            case ("field", str() as name):
                return self._names.fields.get(name)
        return None

    def family(self, node: tree.Expression) -> str:
        kind = self.kind(self.key(node))
        if kind is not None:
            return FAMILIES.get(kind.name, "")
        match node:
            case moments.Part(unit=unit):
                return "weekday" if unit.value == "weekday" else "number"
            case past.CountOf() | past.SumOf() | facts.CouponsLeft() | moments.Elapsed():
                return "number"
            case moments.Remaining() | tree.Product():
                return "number"
            case moments.Today() | moments.Anniversary():
                return "day"
            case moments.Now() | past.AtOfLast() | past.AtOfFirst() | moments.LastRun():
                return "moment"
        return ""

    def choices(self, node: tree.Expression) -> Texts | None:
        return self.choices_of(self.key(node))

    def choices_of(self, key: Hashable) -> Texts | None:
        """The texts that a field may have, where they are known."""
        kind = self.kind(key)
        if kind is None or kind.name != "one of":
            return None
        return Texts(frozenset(one.casefold() for one in kind.choices), inside=True)


def _whole(region: Region) -> Region:
    values = region.values
    return Region(values.whole(), region.missing) if isinstance(values, Numbers) else region


def _may_be_missing(key: past.CountOf | facts.CouponsLeft) -> bool:
    return isinstance(key, past.CountOf) and "." in str(key.rows.value)
