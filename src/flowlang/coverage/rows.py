"""What looks at many things, records or events of the past: how to have so many of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flowlang.calendar import Duration, duration_of
from flowlang.check import literals
from flowlang.check.names import Names
from flowlang.coverage.drafts import NOW, Act, Call, Data, Fact, Happens, RowIs
from flowlang.coverage.scenes import Scene, Wish
from flowlang.coverage.values import Constants, domain, quoted
from flowlang.kinds import Fields, UnknownFields
from flowlang.source import Findings
from flowlang.syntax import expressions as tree
from flowlang.syntax import moments, past
from flowlang.syntax.tree import Node, Token, walk

OVER_ROWS = (
    past.AnyRow, past.NoRow, past.CountOf, past.SumOf, past.Happened, past.OfLast, past.OfFirst,
    past.AtOfLast, past.AtOfFirst,
)  # fmt: skip
MOST = 30
"""Records or events that a test may have."""
_A_DAY = 86_400
_VALUES = 12
"""Values that are tried for what is summed up, or read of the last."""

Solve = Callable[[tree.Expression, bool, Scene], list[Wish]]
"""What makes a condition so: `wishes.wishes`."""


def over_rows(node: tree.Expression, want: bool, scene: Scene, solve: Solve) -> Iterator[Wish]:
    """What may make a condition so that looks at rows; whether it does shows in a run."""
    one = next(one for one in walk(node) if isinstance(one, OVER_ROWS))
    rows = _Rows(scene, solve, node)
    match one:
        case past.AnyRow(rows=token, where=where) | past.NoRow(rows=token, where=where):
            there = want is isinstance(one, past.AnyRow)
            yield from rows.many(token, where, 1 if there else 0)
            if where is not None and not there:
                yield from rows.many(token, where, 1, holds=False)
        case past.SumOf(rows=token, where=where, field=field):
            for amount in (1, 0) if want else (0, 1):
                yield from rows.many(token, where, amount, str(field.value))
        case past.CountOf(rows=token, where=where):
            for amount in amounts(node):
                yield from rows.many(token, where, amount)
        case past.Happened(event=token, where=where, reach=reach):
            for amount in (some for some in amounts(node) if some) if want else (0,):
                yield from rows.many(token, where, amount)
            if not want and isinstance(reach, past.WithinTheLast):
                seconds = literals.duration(reach.duration, Findings()).approximate_seconds
                gone = Act(timedelta(seconds=seconds + _A_DAY))
                yield from ((*wish, gone) for wish in rows.many(token, where, 1))
        case past.OfLast(event=token, field=field) | past.OfFirst(event=token, field=field):
            yield from rows.many(token, None, 1, str(field.value))
        case past.AtOfLast(event=token) | past.AtOfFirst(event=token):
            for length in _lengths(node):
                passing = (Act(length),) if length else ()
                yield from ((*wish, *passing) for wish in rows.many(token, None, 1))
    if not want:
        yield ()


def amounts(node: Node) -> list[int]:
    """How many there might be: around the numbers that are written there."""
    found = [1, 0]
    for one in walk(node):
        token = one.value if isinstance(one, tree.Number) else getattr(one, "times", None)
        if isinstance(token, Token) and isinstance(token.value, int) and 0 <= token.value < MOST:
            found += [token.value, token.value + 1, max(token.value - 1, 0)]
    return list(dict.fromkeys(found))


def _lengths(node: Node) -> list[timedelta]:
    """How long ago something may be: around the lengths of time that are written there."""
    found = [timedelta()]
    elapsed = (one for one in walk(node) if isinstance(one, moments.Elapsed))
    unit = next((str(one.unit.value) for one in elapsed), "day")
    for one in walk(node):
        length = Duration()
        if isinstance(one, tree.Number) and isinstance(one.value.value, int):
            length = duration_of(min(abs(one.value.value), 3_650), unit)
        elif isinstance(one, tree.Duration):
            length = literals.duration(one, Findings())
        seconds = length.approximate_seconds
        if seconds:
            found += [timedelta(seconds=seconds + more) for more in (0, _A_DAY, -_A_DAY)]
    return [length for length in dict.fromkeys(found) if length >= timedelta()]


class _Rows:
    """Rows for one condition."""

    def __init__(self, scene: Scene, solve: Solve, about: tree.Expression) -> None:
        self.scene = scene
        self.names: Names = scene.names
        self.solve = solve
        self.about = about

    def many(
        self,
        token: Token,
        where: tree.Expression | None,
        amount: int,
        read: str = "",
        *,
        holds: bool = True,
    ) -> Iterator[Wish]:
        """So many records, events or rows of an event's list that fit a `where`.

        `read` is the field of theirs that the condition reads.
        """
        name = str(token.value)
        for values, others in self._fitting(where, self._fields(name), read, holds=holds):
            yield (*others, *self._made(name, values, amount))

    def _fields(self, name: str) -> Fields:
        if name in self.names.records:
            return self.names.records[name]
        space, _, rest = name.partition(".")
        if not rest:
            return self.names.fields_of_event(name)
        kind = self.scene.kind(space, rest)
        return UnknownFields() if kind.name == "any" else kind.row

    def _fitting(
        self, where: tree.Expression | None, fields: Fields, read: str, *, holds: bool
    ) -> Iterator[tuple[dict[str, Any], Wish]]:
        """Values of a row that fits, and what else must be so for that."""
        known = Constants.of([one for one in (where, self.about) if one is not None], self.names)
        tries: list[dict[str, Any]] = [{}]
        if read and read in fields:
            found = domain(fields[read], known, self.scene.now, self.names)
            tries = [{read: value} for value in found[:_VALUES]]
        inner = replace(self.scene, row=fields)
        for wish in self.solve(where, holds, inner) if where is not None else [()]:
            values = {one.name: one.value for one in wish if isinstance(one, RowIs)}
            others = tuple(one for one in wish if not isinstance(one, RowIs))
            for more in tries:
                yield {**values, **more}, others

    def _made(self, name: str, values: dict[str, Any], amount: int) -> Wish:
        space, _, rest = name.partition(".")
        fields = self._fields(name)
        if rest:  # a row has no room for rows of its own
            fields = {one: kind for one, kind in fields.items() if kind.name != "list"}
        said = self.scene.filled(fields, values)
        if name in self.names.records:
            return (self._records(name, said, amount),)
        if rest:
            row = ", ".join(f"{one} {value}" for one, value in said) or 'name "something"'
            value = ", ".join([f"({row})"] * amount)
            if space == "answer" and self.scene.urls:
                return (Call(self.scene.urls[-1], ((rest, value),) if value else ()),)
            return (Data(self.scene.carrier(space, rest), rest, value),)
        if name in self.names.events:
            return (Act(NOW, Happens(name, said)),) * amount
        message = values.get("message") or next(
            (one.name for one in self.scene.sends), next(iter(self.names.messages), "")
        )
        return (Act(NOW, f"{name} {quoted(str(message))}"),) * amount

    def _records(self, name: str, said: tuple[tuple[str, str], ...], amount: int) -> Fact:
        """A contact with so many records; without any, those that there are are removed."""
        if amount == 0:
            return Fact(f"records {name}", "", f"remove {name}")
        row = "\n".join([name, *(f"  {one} {value}" for one, value in said)])
        values = ", ".join(f"{one} {value}" for one, value in said)
        return Fact(f"records {name}", "\n".join([row] * amount), f"add {name} {values}")
